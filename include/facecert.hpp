/*
 * facecert.hpp - C++17 over facecert.h: handles that release themselves, one exception, texts as strings.
 * SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Everything else is facecert.h. A handle is passed to its functions with get():
 *
 *   facecert::pack pack = facecert::make<facecert_pack>(facecert_pack_default);
 *   facecert::engine engine = facecert::make<facecert_engine>(facecert_engine_create, pack.get());
 *   facecert::call(facecert_engine_warm_up, engine.get());
 *   std::string lines = facecert::text(facecert_policy_worklist_json, policy.get(), events.get(), "2026-03-09",
 *                                      FACECERT_NUL);
 *
 * A callback must not throw: catch inside, keep the exception, return non-zero, and throw it again after the call.
 */
#ifndef FACECERT_HPP
#define FACECERT_HPP

#include "facecert.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace facecert {

/* A call that could not be carried out. A verdict never comes this way. */
class error : public std::runtime_error {
 public:
  explicit error(const facecert_error &details)
      : std::runtime_error(std::string(facecert_status_name(details.status)) + ": " + details.message),
        details_(details) {}

  facecert_status status() const noexcept { return details_.status; }
  const facecert_error &details() const noexcept { return details_; }

 private:
  facecert_error details_;
};

/* A struct of facecert.h, ready for use: zero, with its size. */
template <class Struct>
Struct init() noexcept {
  Struct s;
  FACECERT_INIT(&s);
  return s;
}

/* Calls a function whose last parameter is a facecert_error *; throws error if it could not be carried out. */
template <class Function, class... Arguments>
void call(Function function, Arguments &&...arguments) {
  facecert_error details = init<facecert_error>();
  if (function(std::forward<Arguments>(arguments)..., &details) != FACECERT_OK) throw error(details);
}

/* The text of a function that ends with buf, capacity, len, err. */
template <class Function, class... Arguments>
std::string text(Function function, const Arguments &...arguments) {
  std::size_t len = 0;
  call(function, arguments..., static_cast<char *>(nullptr), std::size_t{0}, &len);
  std::string out(len + 1, '\0');
  call(function, arguments..., out.data(), out.size(), &len);
  out.resize(len);
  return out;
}

/* The bytes of a function that ends with buf, capacity, len, err. */
template <class Function, class... Arguments>
std::vector<std::uint8_t> bytes(Function function, const Arguments &...arguments) {
  std::size_t len = 0;
  call(function, arguments..., static_cast<std::uint8_t *>(nullptr), std::size_t{0}, &len);
  std::vector<std::uint8_t> out(len);
  call(function, arguments..., out.data(), out.size(), &len);
  out.resize(len);
  return out;
}

/* Releases a handle of any kind. */
struct release {
  void operator()(facecert_pack *handle) const noexcept { facecert_pack_release(handle); }
  void operator()(facecert_engine *handle) const noexcept { facecert_engine_release(handle); }
  void operator()(facecert_image *handle) const noexcept { facecert_image_release(handle); }
  void operator()(facecert_template *handle) const noexcept { facecert_template_release(handle); }
  void operator()(facecert_calibration *handle) const noexcept { facecert_calibration_release(handle); }
  void operator()(facecert_gallery *handle) const noexcept { facecert_gallery_release(handle); }
  void operator()(facecert_gallery_writer *handle) const noexcept { facecert_gallery_writer_release(handle); }
  void operator()(facecert_policy *handle) const noexcept { facecert_policy_release(handle); }
  void operator()(facecert_events *handle) const noexcept { facecert_events_release(handle); }
  void operator()(facecert_signing_key *handle) const noexcept { facecert_signing_key_release(handle); }
  void operator()(facecert_key_list *handle) const noexcept { facecert_key_list_release(handle); }
  void operator()(facecert_seal_key *handle) const noexcept { facecert_seal_key_release(handle); }
  void operator()(facecert_session *handle) const noexcept { facecert_session_release(handle); }
  void operator()(facecert_recipient_key *handle) const noexcept { facecert_recipient_key_release(handle); }
};

template <class Handle>
using owned = std::unique_ptr<Handle, release>;

using pack = owned<facecert_pack>;
using engine = owned<facecert_engine>;
using image = owned<facecert_image>;
using face_template = owned<facecert_template>;
using calibration = owned<facecert_calibration>;
using gallery = owned<facecert_gallery>;
using gallery_writer = owned<facecert_gallery_writer>;
using policy = owned<facecert_policy>;
using events = owned<facecert_events>;
using signing_key = owned<facecert_signing_key>;
using key_list = owned<facecert_key_list>;
using seal_key = owned<facecert_seal_key>;
using session = owned<facecert_session>;
using recipient_key = owned<facecert_recipient_key>;

/* The handle that a function gives whose last parameters are Handle **out and err. */
template <class Handle, class Function, class... Arguments>
owned<Handle> make(Function function, Arguments &&...arguments) {
  Handle *handle = nullptr;
  call(function, std::forward<Arguments>(arguments)..., &handle);
  return owned<Handle>(handle);
}

}  // namespace facecert

#endif
