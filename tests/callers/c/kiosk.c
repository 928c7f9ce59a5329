/* A kiosk from start to end: the portrait of the card's chip (BMP), frames of the camera, the rules' decision.
 * Usage: kiosk PORTRAIT SCHEMES DATA. The portrait stands for both: shrunk to a chip's 102 x 126 pixels it is the card's, and a
 * window that moves over it is the camera. Exit code: 0 all as expected; it prints what a kiosk would show. */
#include "expect.h"
#include "files.h"
#include <string.h>

#define CHIP_WIDTH 102
#define CHIP_HEIGHT 126
#define CHIP_EYES 27.0
#define WINDOW 480
#define NOW "2026-03-05T10:30:00+08:00"

static char text[1 << 20];
static size_t len;

static facecert_face main_face_of(const facecert_engine *engine, const facecert_frame *frame) {
  facecert_face faces[8], face;
  size_t count = 0;
  int32_t reason = 0;
  memset(&face, 0, sizeof face);
  DONE(facecert_detect(engine, frame, NULL, faces, 8, &count, &err));
  DONE(facecert_main_face(faces, count, 0, &face, &reason, &err));
  CHECK(reason == 0);
  return face;
}

/* The portrait as a card reader returns it: 24-bit BMP, rows from the bottom, each padded to four bytes. */
static size_t chip_portrait(const facecert_frame *photo, const facecert_face *face, uint8_t *bmp) {
  const size_t row = (CHIP_WIDTH * 3 + 3) / 4 * 4, size = 54 + row * CHIP_HEIGHT;
  double scale = (double)face->inter_eye_px / CHIP_EYES;
  double middle = ((double)face->points[0].x + (double)face->points[1].x) / 2, eyes = (double)face->points[0].y;
  int x, y, i, j, k;
  memset(bmp, 0, size);
  bmp[0] = 'B';
  bmp[1] = 'M';
  bmp[2] = (uint8_t)size;
  bmp[3] = (uint8_t)(size >> 8);
  bmp[10] = 54;
  bmp[14] = 40;
  bmp[18] = CHIP_WIDTH;
  bmp[22] = CHIP_HEIGHT;
  bmp[26] = 1;
  bmp[28] = 24;
  for (y = 0; y < CHIP_HEIGHT; y++)
    for (x = 0; x < CHIP_WIDTH; x++)
      for (k = 0; k < 3; k++) {
        int sum = 0, count = 0;
        for (j = 0; j < 3; j++)
          for (i = 0; i < 3; i++) {
            double px = middle + (x + i / 3.0 - CHIP_WIDTH / 2.0) * scale, py = eyes + (y + j / 3.0 - 55) * scale;
            if (px < 0 || py < 0 || px >= photo->width || py >= photo->height) continue;
            sum += photo->planes[0].data[(size_t)py * (size_t)photo->planes[0].row_stride + 3 * (size_t)px + (size_t)(2 - k)];
            count++;
          }
        bmp[54 + row * (size_t)(CHIP_HEIGHT - 1 - y) + 3 * (size_t)x + (size_t)k] = (uint8_t)(count ? sum / count : 0);
      }
  return size;
}

static facecert_template *chip_template(const facecert_engine *engine, const facecert_frame *photo, const facecert_face *face) {
  uint8_t bmp[54 + 308 * CHIP_HEIGHT];
  size_t size = chip_portrait(photo, face, bmp);
  facecert_image *image = NULL;
  facecert_frame frame;
  facecert_template *tmpl = NULL;
  FACECERT_INIT(&frame);
  DONE(facecert_image_decode(bmp, size, NULL, &image, &err));
  DONE(facecert_image_frame(image, &frame, &err));
  CHECK(frame.width == CHIP_WIDTH && frame.height == CHIP_HEIGHT);
  {
    facecert_face found = main_face_of(engine, &frame);
    DONE(facecert_embed(engine, &frame, &found, &tmpl, &err));
  }
  facecert_image_release(image);
  return tmpl;
}

/* The session before the camera; this kiosk only looks. */
static facecert_session *session(const facecert_engine *engine, const facecert_frame *photo) {
  facecert_session_options options;
  facecert_session *session = NULL;
  facecert_step step;
  uint8_t nonce[16];
  int32_t shown = 0;
  uint64_t time_ms = 0;
  FACECERT_INIT(&options);
  FACECERT_INIT(&step);
  DONE(facecert_nonce_draw(nonce, sizeof nonce, &err));
  options.passive_only = 1;
  options.profile = FACECERT_PROFILE_PHONE;
  options.nonce = nonce;
  options.nonce_len = sizeof nonce;
  DONE(facecert_session_create(engine, &options, &session, &err));
  for (; step.kind != FACECERT_STEP_DONE && time_ms < 20000; time_ms += 100) {
    facecert_frame frame = *photo;
    size_t n = (size_t)time_ms / 100, skipped = n / 24 * (size_t)photo->planes[0].row_stride + n % 24 * 3;
    frame.width = frame.height = WINDOW;
    frame.planes[0].data += skipped;
    frame.planes[0].len -= skipped;
    DONE(facecert_session_feed(session, &frame, time_ms, &step, &err));
    if (step.reason != shown) { /* what the kiosk says */
      DONE(facecert_reason_text(step.reason, FACECERT_ZH_CN, FACECERT_SUBJECT, text, sizeof text, &len, &err));
      printf("%s\n", text);
      shown = step.reason;
    }
  }
  return session;
}

static facecert_policy *policy_of(const char *schemes) {
  static const char *const names[] = {"wenshui-2025-20.toml", "calendars/cn-2025.toml", "calendars/cn-2026.toml",
                                      "forms/chengnuoshu.txt"};
  facecert_named_file files[4];
  facecert_policy *policy = NULL;
  char path[1024];
  size_t i;
  for (i = 0; i < 4; i++) {
    sprintf(path, "%.900s/%s", schemes, names[i]);
    files[i].name = names[i];
    files[i].name_len = FACECERT_NUL;
    files[i].bytes = (const uint8_t *)read_file(path, &files[i].bytes_len);
  }
  DONE(facecert_policy_load(files, 4, "2025-09-01", FACECERT_NUL, &policy, &err));
  for (i = 0; i < 4; i++) free((void *)files[i].bytes);
  return policy;
}

int main(int argc, char **argv) {
  facecert_pack *pack = NULL;
  facecert_engine *engine = NULL;
  facecert_calibration *calibration = NULL;
  facecert_image *photo = NULL;
  facecert_template *chip, *live = NULL;
  facecert_session *held;
  facecert_session_result result;
  facecert_comparison comparison;
  facecert_evidence_context context;
  facecert_events *events = NULL;
  facecert_policy *policy;
  facecert_frame frame;
  facecert_face face;
  facecert_decision outcome = (facecert_decision)0;
  static char evidence[4096], given[8192];
  char path[1024], *events_text;
  size_t events_len = 0;
  if (argc != 4) return 2;
  FACECERT_INIT(&err);
  FACECERT_INIT(&frame);
  FACECERT_INIT(&result);
  FACECERT_INIT(&comparison);
  FACECERT_INIT(&context);
  DONE(facecert_pack_default(&pack, &err));
  DONE(facecert_engine_create(pack, &engine, &err));
  DONE(facecert_pack_calibration(pack, &calibration, &err));
  DONE(facecert_image_open(argv[1], FACECERT_NUL, NULL, &photo, &err));
  DONE(facecert_image_frame(photo, &frame, &err));
  frame.planes[0].row_stride = 3 * (int64_t)frame.width; /* no longer packed once a window is narrower */

  face = main_face_of(engine, &frame);
  chip = chip_template(engine, &frame, &face);
  held = session(engine, &frame);
  DONE(facecert_session_result_get(held, &result, &err));
  CHECK(result.passed == 1);
  DONE(facecert_session_template(held, &live, &err));
  DONE(facecert_compare(calibration, chip, live, 100000, &comparison, &err));
  CHECK(comparison.outcome == FACECERT_MATCH);

  context.started_at = "2026-03-05T10:00:00+08:00";
  context.device_id = "kiosk-07";
  context.started_at_len = context.device_id_len = FACECERT_NUL;
  context.reference_source = FACECERT_REFERENCE_ID_CHIP;
  DONE(facecert_session_evidence_json(held, &comparison, &context, evidence, sizeof evidence, &len, &err));
  sprintf(given,
          "{\"person_ref\":\"p_1\",\"channel\":\"kiosk\",\"at\":\"2026-03-05T10:00:00+08:00\",\"documents\":[{\"code\":"
          "\"resident_id\",\"original\":true,\"number_matches\":true}],\"face_evidence\":%.4000s}",
          evidence);
  sprintf(path, "%.900s/events.jsonl", argv[3]);
  events_text = read_file(path, &events_len);
  DONE(facecert_events_read(events_text, events_len, &events, &err));
  policy = policy_of(argv[2]);
  DONE(facecert_policy_decide_json(policy, events, given, FACECERT_NUL, NOW, FACECERT_NUL, &outcome, text, sizeof text, &len, &err));
  /* Nobody has accepted the pack, and no net told whether the person is alive: a person decides, not this machine. */
  CHECK(outcome != FACECERT_DECISION_CERTIFIED && outcome >= FACECERT_DECISION_PENDING && outcome <= FACECERT_DECISION_REFERRED);
  CHECK(strstr(text, "\"doors\":[") && !strstr(text, "\"doors\":[]"));

  facecert_policy_release(policy);
  facecert_events_release(events);
  facecert_session_release(held);
  facecert_template_release(chip);
  facecert_template_release(live);
  facecert_image_release(photo);
  facecert_calibration_release(calibration);
  facecert_engine_release(engine);
  facecert_pack_release(pack);
  free(events_text);
  return broken;
}
