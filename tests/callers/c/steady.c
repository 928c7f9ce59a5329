/* Memory stays where it is: 10,000 rounds of calls that make, use and release handles, a failure in each.
 * Usage: steady DATA FOLDER. Exit code: 0 all as promised, 1 otherwise. */
#define _POSIX_C_SOURCE 200809L
#include "expect.h"
#include "files.h"
#include <unistd.h>

#define DIM 256
#define ROUNDS 10000
#define WARM_UP 1000
#define MAX_GROWTH_BYTES (1 << 20)

static long resident_bytes(void) {
  FILE *file = fopen("/proc/self/statm", "r");
  long total = 0, resident = 0;
  CHECK(file && fscanf(file, "%ld %ld", &total, &resident) == 2);
  if (file) fclose(file);
  return resident * sysconf(_SC_PAGESIZE);
}

static void one_round(const facecert_calibration *calibration, const uint8_t *contract, const char *events_text,
                      const char *path) {
  float values[DIM] = {0.25f, 0.5f};
  facecert_template *tmpl = NULL, *again = NULL;
  facecert_events *events = NULL;
  facecert_gallery *gallery = NULL;
  facecert_comparison result;
  const facecert_template *query;
  facecert_hit hits[4];
  uint8_t bytes[2048];
  size_t len = 0, count = 0;
  facecert_gallery_options options;
  FACECERT_INIT(&result);
  FACECERT_INIT(&options);
  options.threads = 1;
  options.purpose = "a test";
  options.purpose_len = FACECERT_NUL;
  DONE(facecert_template_from_floats(contract, values, DIM, &tmpl, &err));
  DONE(facecert_template_to_bytes(tmpl, bytes, sizeof bytes, &len, &err));
  EXPECT(E_FORMAT, 1, facecert_template_from_bytes(bytes, len - 1, &again, &err));
  DONE(facecert_template_from_bytes(bytes, len, &again, &err));
  DONE(facecert_compare(calibration, tmpl, again, 100000, &result, &err));
  DONE(facecert_events_read(events_text, FACECERT_NUL, &events, &err));
  DONE(facecert_gallery_open(path, FACECERT_NUL, &options, &gallery, &err));
  query = tmpl;
  DONE(facecert_gallery_search(gallery, NULL, &query, 1, NULL, hits, 4, &count, &err));
  CHECK(count == 4 && result.outcome == FACECERT_MATCH);
  CHECK(facecert_gallery_release(gallery) == FACECERT_OK && facecert_events_release(events) == FACECERT_OK);
  CHECK(facecert_template_release(tmpl) == FACECERT_OK && facecert_template_release(again) == FACECERT_OK);
}

static void fill(const char *path, const uint8_t *contract) {
  facecert_gallery_writer *writer = NULL;
  uint64_t i, row = 0;
  DONE(facecert_gallery_create(path, FACECERT_NUL, contract, DIM, &writer, &err));
  for (i = 0; i < 4; i++) {
    facecert_template *tmpl = NULL;
    float values[DIM] = {0};
    values[i] = 1.0f;
    DONE(facecert_template_from_floats(contract, values, DIM, &tmpl, &err));
    DONE(facecert_gallery_writer_append(writer, tmpl, i, i, NULL, 0, &row, &err));
    CHECK(facecert_template_release(tmpl) == FACECERT_OK);
  }
  DONE(facecert_gallery_writer_commit(writer, &err));
  CHECK(facecert_gallery_writer_release(writer) == FACECERT_OK);
}

int main(int argc, char **argv) {
  facecert_pack *pack = NULL;
  facecert_calibration *calibration = NULL;
  uint8_t contract[32];
  char path[512];
  char *events_text;
  size_t len = 0;
  long before = 0, growth;
  int i;
  FACECERT_INIT(&err);
  if (argc != 3 || strlen(argv[1]) > 400 || strlen(argv[2]) > 400) return 2;
  sprintf(path, "%s/events.jsonl", argv[1]);
  events_text = read_file(path, &len);
  if (!events_text) return 2;
  sprintf(path, "%s/steady.gallery", argv[2]);
  DONE(facecert_pack_default(&pack, &err));
  DONE(facecert_pack_contract(pack, contract, &err));
  DONE(facecert_pack_calibration(pack, &calibration, &err));
  fill(path, contract);
  for (i = 0; i < ROUNDS + WARM_UP && !broken; i++) {
    if (i == WARM_UP) before = resident_bytes();
    one_round(calibration, contract, events_text, path);
  }
  growth = resident_bytes() - before;
  if (growth > MAX_GROWTH_BYTES) {
    fprintf(stderr, "%ld bytes more after %d rounds\n", growth, ROUNDS);
    broken = 1;
  }
  CHECK(facecert_calibration_release(calibration) == FACECERT_OK && facecert_pack_release(pack) == FACECERT_OK);
  free(events_text);
  return broken;
}
