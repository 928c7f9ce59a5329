// Photos, a gallery and a case through facecert.hpp. Usage: caller REPOSITORY FOLDER.
// Exit code: 0 all as promised, 1 otherwise; each broken promise is a line on standard error.
#include <facecert.hpp>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using facecert::call;
using facecert::init;
using facecert::make;

int broken = 0;

void check(bool holds, const char *what) {
  if (holds) return;
  std::fprintf(stderr, "not so: %s\n", what);
  broken = 1;
}
#define CHECK(holds) check(holds, #holds)

std::string read_file(const std::string &path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error(path + " cannot be read");
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

facecert::image open_image(const std::string &path) {
  return make<facecert_image>(facecert_image_open, path.data(), path.size(), nullptr);
}

facecert::face_template embed(const facecert_engine *engine, const std::string &photo) {
  const facecert::image image = open_image(photo);
  auto frame = init<facecert_frame>();
  call(facecert_image_frame, image.get(), &frame);
  std::size_t count = 0;
  std::vector<facecert_face> faces(16);
  call(facecert_detect, engine, &frame, nullptr, faces.data(), faces.size(), &count);
  facecert_face face{};
  std::int32_t reason = 0;
  call(facecert_main_face, faces.data(), count, 0.0f, &face, &reason);
  CHECK(reason == 0);
  return make<facecert_template>(facecert_embed, engine, &frame, &face);
}

// Three people in a gallery; the second photo of one of them finds the first.
void search(const std::string &photos, const std::string &folder) {
  const auto pack = make<facecert_pack>(facecert_pack_default);
  const auto engine = make<facecert_engine>(facecert_engine_create, pack.get());
  const auto calibration = make<facecert_calibration>(facecert_pack_calibration, pack.get());
  const std::string path = folder + "/people.gallery";
  std::uint8_t contract[32];
  call(facecert_pack_contract, pack.get(), contract);
  const auto probe = embed(engine.get(), photos + "obama-2.jpg");
  {
    // The header of a template's bytes holds its number of components; here it is known from the model.
    const auto bytes = facecert::bytes(facecert_template_to_bytes, probe.get());
    const auto dim = static_cast<std::uint32_t>((bytes.size() - 44) / sizeof(float));
    const auto writer =
        make<facecert_gallery_writer>(facecert_gallery_create, path.data(), path.size(), contract, dim);
    std::uint64_t id = 1, row = 0;
    for (const char *name : {"obama-1.jpg", "collins-1.png", "hopper-1.jpg"}) {
      const auto tmpl = embed(engine.get(), photos + name);
      call(facecert_gallery_writer_append, writer.get(), tmpl.get(), id, id, nullptr, std::size_t{0}, &row);
      ++id;
    }
    call(facecert_gallery_writer_commit, writer.get());
  }
  auto options = init<facecert_gallery_options>();
  options.purpose = "a test";
  options.purpose_len = FACECERT_NUL;
  const auto gallery = make<facecert_gallery>(facecert_gallery_open, path.data(), path.size(), &options);
  auto wanted = init<facecert_search_options>();
  wanted.fmr_per_billion = 100000;
  const facecert_template *query = probe.get();
  std::vector<facecert_hit> hits(3);
  std::size_t count = 0;
  call(facecert_gallery_search, gallery.get(), calibration.get(), &query, std::size_t{1}, &wanted, hits.data(),
       hits.size(), &count);
  CHECK(count == 1 && hits[0].id == 1);
}

void decide(const std::string &repository) {
  const std::string schemes = repository + "/crates/policy/schemes/";
  std::vector<std::pair<std::string, std::string>> read;
  for (const char *name : {"wenshui-2025-20.toml", "calendars/cn-2025.toml", "calendars/cn-2026.toml",
                           "forms/chengnuoshu.txt"})
    read.emplace_back(name, read_file(schemes + name));
  std::vector<facecert_named_file> files;
  for (const auto &[name, content] : read)
    files.push_back({name.data(), name.size(), reinterpret_cast<const std::uint8_t *>(content.data()), content.size()});
  const std::string lines = read_file(repository + "/tests/data/policy/events.jsonl");
  const std::string one = read_file(repository + "/tests/data/policy/window-case.json");
  const std::string now = "2026-03-05T10:30:00+08:00";
  const auto policy =
      make<facecert_policy>(facecert_policy_load, files.data(), files.size(), "2025-09-01", FACECERT_NUL);
  const auto events = make<facecert_events>(facecert_events_read, lines.data(), lines.size());
  facecert_decision outcome{};
  const std::string decision = facecert::text(facecert_policy_decide_json, policy.get(), events.get(), one.data(),
                                              one.size(), now.data(), now.size(), &outcome);
  CHECK(outcome == FACECERT_DECISION_CERTIFIED && decision.find("PassRecorded") != std::string::npos);
  const std::string words = facecert::text(facecert_policy_explain_json, policy.get(), decision.data(), decision.size(),
                                           FACECERT_ZH_CN, FACECERT_SUBJECT);
  CHECK(words.find("\"text\"") != std::string::npos);
}

void failures_are_exceptions() {
  try {
    open_image("/nowhere/at all.jpg");
    CHECK(false);
  } catch (const facecert::error &failure) {
    CHECK(failure.status() == FACECERT_E_IO && failure.details().argument == 1);
    CHECK(std::string(failure.what()).find("FACECERT_E_IO: ") == 0);
  }
}

}  // namespace

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  const std::string repository = argv[1];
  try {
    search(repository + "/tests/data/photos/", argv[2]);
    decide(repository);
    failures_are_exceptions();
  } catch (const std::exception &failure) {
    std::fprintf(stderr, "%s\n", failure.what());
    return 1;
  }
  return broken;
}
