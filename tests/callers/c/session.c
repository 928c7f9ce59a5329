/* A capture session over frames: a portrait under a moving camera window. It looks without asking, keeps a portrait, travels
 * in a package, plain and sealed, is checked anew by a server with its store of nonces, and becomes face evidence. Asked to
 * act, the same picture does not pass.
 * Usage: session PORTRAIT SERVER-PUBLIC-KEY SERVER-PRIVATE-KEY. Exit code: 0 all as promised. */
#include "expect.h"
#include "files.h"
#include <string.h>

#define WINDOW 480

static facecert_engine *engine;
static facecert_frame portrait;
static uint8_t nonce[16];

/* The window at a time: another place each time, by its plane's address alone. */
static facecert_frame window_at(uint64_t time_ms) {
  facecert_frame frame = portrait;
  size_t step = (size_t)(time_ms / 100) % 700, x = step % 24, y = step / 24;
  size_t skipped = y * (size_t)portrait.planes[0].row_stride + 3 * x;
  frame.width = frame.height = WINDOW;
  frame.planes[0].data += skipped;
  frame.planes[0].len -= skipped;
  return frame;
}

/* Feeds a session until it ends; the number of frames. */
static int hold(facecert_session *session, uint64_t limit_ms) {
  facecert_step step;
  uint64_t time_ms;
  int frames = 0;
  FACECERT_INIT(&step);
  for (time_ms = 5000; time_ms < 5000 + limit_ms && step.kind != FACECERT_STEP_DONE; time_ms += 100, frames++) {
    facecert_frame frame = window_at(time_ms);
    DONE(facecert_session_feed(session, &frame, time_ms, &step, &err));
    CHECK(step.kind == FACECERT_STEP_SHOW || step.kind == FACECERT_STEP_DONE);
    CHECK(step.face_seen && step.face.inter_eye_px > 40 && step.reason >= 1000 && step.reason < 2000);
  }
  return frames;
}

static facecert_session *session_of(uint32_t passive_only) {
  facecert_session_options options;
  facecert_session *session = NULL;
  FACECERT_INIT(&options);
  options.passive_only = passive_only;
  options.nonce = nonce;
  options.nonce_len = sizeof nonce;
  DONE(facecert_session_create(engine, &options, &session, &err));
  return session;
}

/* A store that knows one nonce. */
struct store {
  int used;
  int calls;
};

static int32_t consume(void *user, const uint8_t *given, size_t len, int64_t now_unix_ms) {
  struct store *store = user;
  store->calls++;
  if (now_unix_ms < 0) return -1;
  if (len != sizeof nonce || memcmp(given, nonce, len) != 0) return 1;
  if (now_unix_ms > 1000000) return 2;
  return store->used++ ? 3 : 0;
}

static uint8_t *package_of(const facecert_session *session, const char *recipient, size_t *len) {
  uint8_t *bytes;
  size_t most = 0;
  DONE(facecert_session_package(session, "kiosk-7", FACECERT_NUL, "2026-03-09T10:12:00+08:00", FACECERT_NUL, recipient,
                                recipient ? FACECERT_NUL : 0, NULL, 0, &most, &err));
  bytes = malloc(most);
  DONE(facecert_session_package(session, "kiosk-7", FACECERT_NUL, "2026-03-09T10:12:00+08:00", FACECERT_NUL, recipient,
                                recipient ? FACECERT_NUL : 0, bytes, most, len, &err));
  CHECK(*len <= most);
  return bytes;
}

/* What a server makes of a package. */
static void check(const uint8_t *package, size_t len, const facecert_recipient_key *key, uint32_t sealed) {
  facecert_session *checked = NULL;
  facecert_session_result result;
  facecert_frame frame = window_at(0);
  facecert_step step;
  struct store store = {0, 0};
  FACECERT_INIT(&result);
  FACECERT_INIT(&step);
  DONE(facecert_package_check(engine, package, len, key, consume, &store, 1000, &checked, &err));
  DONE(facecert_session_result_get(checked, &result, &err));
  CHECK(result.passed == 1 && result.nonce_check == FACECERT_PASS && result.sealed == sealed && store.calls == 1);
  EXPECT(E_STATE, 1, facecert_session_feed(checked, &frame, 1, &step, &err));
  EXPECT(E_STATE, 1, facecert_session_finish(checked, &err));
  facecert_session_release(checked);

  DONE(facecert_package_check(engine, package, len, key, consume, &store, 1000, &checked, &err));
  DONE(facecert_session_result_get(checked, &result, &err));
  CHECK(result.passed == 0 && result.nonce_check == FACECERT_FAIL);
  facecert_session_release(checked);

  DONE(facecert_package_check(engine, package, len, key, NULL, NULL, 0, &checked, &err));
  DONE(facecert_session_result_get(checked, &result, &err));
  CHECK(result.passed == 1 && result.nonce_check == FACECERT_NOT_RUN);
  facecert_session_release(checked);
  checked = NULL;
  EXPECT(E_CALLBACK, 5, facecert_package_check(engine, package, len, key, consume, &store, -1, &checked, &err));
  CHECK(checked == NULL);
}

static void evidence(const facecert_session *session, const facecert_calibration *calibration) {
  facecert_template *tmpl = NULL;
  facecert_comparison comparison;
  facecert_evidence_context context;
  uint8_t chip[112 * 112 * 3];
  char json[2048];
  size_t len = 0;
  FACECERT_INIT(&comparison);
  FACECERT_INIT(&context);
  DONE(facecert_session_chip(session, NULL, 0, &len, &err));
  CHECK(len == sizeof chip);
  DONE(facecert_session_chip(session, chip, sizeof chip, &len, &err));
  DONE(facecert_session_template(session, &tmpl, &err));
  DONE(facecert_compare(calibration, tmpl, tmpl, 100000, &comparison, &err));
  CHECK(comparison.outcome == FACECERT_MATCH);
  facecert_template_release(tmpl);

  EXPECT(E_ARGUMENT, 3, facecert_session_evidence_json(session, NULL, &context, json, sizeof json, &len, &err));
  context.started_at = "2026-03-09T10:12:00+08:00";
  context.device_id = "kiosk-7";
  context.started_at_len = context.device_id_len = FACECERT_NUL;
  EXPECT(E_ARGUMENT, 3, facecert_session_evidence_json(session, &comparison, &context, json, sizeof json, &len, &err));
  context.reference_source = FACECERT_REFERENCE_ID_CHIP;
  context.reference_date = "2019-05-01";
  context.reference_date_len = FACECERT_NUL;
  context.capture_integrity = FACECERT_INTEGRITY_ASSERTED;
  DONE(facecert_session_evidence_json(session, &comparison, &context, json, sizeof json, &len, &err));
  CHECK(len == strlen(json) && strstr(json, "\"match\":\"match\"") && strstr(json, "\"challenge\":\"passive\""));
  CHECK(strstr(json, "\"reference_source\":\"id_chip\"") && strstr(json, "\"pack_grade\":\"evaluation\""));
}

static void looked_at(void) {
  facecert_frame frame = window_at(0);
  facecert_face faces[4];
  facecert_look look;
  facecert_point points[68];
  facecert_quality quality;
  facecert_quality_item items[17];
  facecert_liveness liveness;
  size_t faces_count = 0, count = 0;
  FACECERT_INIT(&look);
  FACECERT_INIT(&quality);
  FACECERT_INIT(&liveness);
  DONE(facecert_detect(engine, &frame, NULL, faces, 4, &faces_count, &err));
  CHECK(faces_count >= 1);
  DONE(facecert_look_at(engine, &frame, &faces[0], &look, points, 68, &count, &err));
  CHECK(count == 68 && look.yaw_deg > -10 && look.yaw_deg < 10 && look.eyes_open > 0.5f && points[36].x < points[45].x);
  DONE(facecert_quality_of(engine, &frame, faces, faces_count, 0, FACECERT_PROFILE_PHONE, &quality, items, 17, &count, &err));
  CHECK(quality.passes == 1 && quality.reason == 0 && count > 14 && items[0].component == FACECERT_INTER_EYE_DISTANCE);
  CHECK(items[0].raw > 40 && items[count - 1].component == FACECERT_BACKGROUND);
  EXPECT(E_ARGUMENT, 5, facecert_quality_of(engine, &frame, faces, faces_count, faces_count, FACECERT_PROFILE_PHONE, &quality, items, 17, &count, &err));
  EXPECT(E_ARGUMENT, 6, facecert_quality_of(engine, &frame, faces, faces_count, 0, 9, &quality, items, 17, &count, &err));
  EXPECT(E_BUFFER, 8, facecert_quality_of(engine, &frame, faces, faces_count, 0, FACECERT_PROFILE_PHONE, &quality, items, 3, &count, &err));
  DONE(facecert_liveness_of(engine, &frame, &faces[0], &liveness, &err));
  CHECK(liveness.verdict >= FACECERT_LIVE && liveness.verdict <= FACECERT_LIVENESS_NOT_RUN);
}

/* Mistakes of a caller. */
static void refused(facecert_session *ended) {
  facecert_session_options options;
  facecert_session *none = NULL, *open = session_of(1);
  facecert_session_result result;
  facecert_template *tmpl = NULL;
  facecert_step step;
  facecert_frame frame = window_at(0);
  uint8_t byte = 0;
  size_t len = 0;
  FACECERT_INIT(&options);
  FACECERT_INIT(&result);
  FACECERT_INIT(&step);
  EXPECT(E_ARGUMENT, 2, facecert_session_create(engine, &options, &none, &err)); /* no nonce */
  options.nonce = nonce;
  options.nonce_len = sizeof nonce;
  options.without = 32;
  EXPECT(E_ARGUMENT, 2, facecert_session_create(engine, &options, &none, &err));
  options.without = FACECERT_TURN_LEFT | FACECERT_TURN_RIGHT | FACECERT_NOD | FACECERT_OPEN_MOUTH;
  EXPECT(E_ARGUMENT, 2, facecert_session_create(engine, &options, &none, &err)); /* one action is left, two are asked for */
  options.without = 0;
  options.actions = 6;
  EXPECT(E_ARGUMENT, 2, facecert_session_create(engine, &options, &none, &err));
  options.actions = 0;
  options.slow = 2;
  EXPECT(E_ARGUMENT, 2, facecert_session_create(engine, &options, &none, &err));
  EXPECT(E_NULL, 1, facecert_session_create(NULL, &options, &none, &err));
  EXPECT(E_NULL, 2, facecert_session_create(engine, NULL, &none, &err));
  EXPECT(E_NULL, 3, facecert_session_create(engine, &options, NULL, &err));
  CHECK(none == NULL);

  EXPECT(E_STATE, 1, facecert_session_result_get(open, &result, &err));
  EXPECT(E_STATE, 1, facecert_session_template(open, &tmpl, &err));
  EXPECT(E_STATE, 1, facecert_session_package(open, "k", 1, "2026-03-09T10:12:00+08:00", FACECERT_NUL, NULL, 0, NULL, 0, &len, &err));
  DONE(facecert_session_feed(open, &frame, 10, &step, &err));
  EXPECT(E_ARGUMENT, 3, facecert_session_feed(open, &frame, 9, &step, &err)); /* time runs backwards */
  EXPECT(E_NULL, 2, facecert_session_feed(open, NULL, 11, &step, &err));
  EXPECT(E_NULL, 4, facecert_session_feed(open, &frame, 11, NULL, &err));
  DONE(facecert_session_pause(open, &err));
  DONE(facecert_session_finish(open, &err));
  DONE(facecert_session_result_get(open, &result, &err));
  CHECK(result.passed == 0 && result.reason >= 1000);
  facecert_session_release(open);
  EXPECT(E_HANDLE, 1, facecert_session_finish(open, &err));

  EXPECT(E_NULL, 2, facecert_session_result_get(ended, NULL, &err));
  EXPECT(E_BUFFER, 2, facecert_session_chip(ended, &byte, 1, &len, &err));
  EXPECT(E_ARGUMENT, 2, facecert_session_package(ended, "", 0, "2026-03-09T10:12:00+08:00", FACECERT_NUL, NULL, 0, NULL, 0, &len, &err));
  EXPECT(E_ARGUMENT, 4, facecert_session_package(ended, "k", 1, "yesterday", FACECERT_NUL, NULL, 0, NULL, 0, &len, &err));
  EXPECT(E_KEY, 6, facecert_session_package(ended, "k", 1, "2026-03-09T10:12:00+08:00", FACECERT_NUL, "x", 1, NULL, 0, &len, &err));
  EXPECT(E_FORMAT, 2, facecert_package_check(engine, nonce, sizeof nonce, NULL, NULL, NULL, 0, &none, &err));
  EXPECT(E_ARGUMENT, 2, facecert_nonce_draw(nonce, 7, &err));
  EXPECT(E_NULL, 1, facecert_nonce_draw(NULL, 16, &err));
  CHECK(none == NULL);
}

int main(int argc, char **argv) {
  facecert_pack *pack = NULL;
  facecert_calibration *calibration = NULL;
  facecert_image *image = NULL;
  facecert_session *session, *active;
  facecert_session_result result;
  facecert_recipient_key *key = NULL;
  size_t len = 0, sealed_len = 0;
  char *photo, *public_pem, *private_pem;
  uint8_t *plain, *sealed;
  if (argc != 4) return 2;
  photo = read_file(argv[1], &len);
  FACECERT_INIT(&err);
  FACECERT_INIT(&portrait);
  FACECERT_INIT(&result);
  DONE(facecert_pack_default(&pack, &err));
  DONE(facecert_engine_create(pack, &engine, &err));
  DONE(facecert_pack_calibration(pack, &calibration, &err));
  DONE(facecert_image_decode((uint8_t *)photo, len, NULL, &image, &err));
  DONE(facecert_image_frame(image, &portrait, &err));
  portrait.planes[0].row_stride = 3 * (int64_t)portrait.width; /* no longer packed once a window is narrower */
  DONE(facecert_nonce_draw(nonce, sizeof nonce, &err));
  public_pem = read_file(argv[2], &len);
  private_pem = read_file(argv[3], &len);
  DONE(facecert_recipient_key_from_pem(private_pem, len, &key, &err));

  looked_at();
  session = session_of(1);
  CHECK(hold(session, 10000) < 60);
  DONE(facecert_session_result_get(session, &result, &err));
  CHECK(result.passed == 1 && result.challenge == FACECERT_CHALLENGE_PASSIVE && result.challenge_count == 1);
  CHECK(result.quality == FACECERT_PASS && result.nonce_check == FACECERT_NOT_RUN && result.frames > 15);
  evidence(session, calibration);
  plain = package_of(session, NULL, &len);
  check(plain, len, NULL, 0);
  sealed = package_of(session, public_pem, &sealed_len);
  check(sealed, sealed_len, key, 1);
  EXPECT(E_KEY, 4, facecert_package_check(engine, sealed, sealed_len, NULL, NULL, NULL, 0, &active, &err));
  sealed[sealed_len - 1] ^= 1;
  EXPECT(E_SEAL, 2, facecert_package_check(engine, sealed, sealed_len, key, NULL, NULL, 0, &active, &err));
  refused(session);

  active = session_of(0);
  hold(active, 60000);
  DONE(facecert_session_result_get(active, &result, &err));
  CHECK(result.passed == 0 && result.challenge == FACECERT_CHALLENGE_ACTIVE && result.challenge_count == 20);

  facecert_session_release(session);
  facecert_session_release(active);
  facecert_recipient_key_release(key);
  facecert_image_release(image);
  facecert_calibration_release(calibration);
  facecert_engine_release(engine);
  facecert_pack_release(pack);
  free(photo);
  free(public_pem);
  free(private_pem);
  free(plain);
  free(sealed);
  return broken;
}
