/* Every mistake that a caller can make and the library can notice: each gives its status and changes nothing.
 * Usage: hostile PHOTO. Exit code: 0 all as promised, 1 otherwise; each broken promise is a line on standard error. */
#define _POSIX_C_SOURCE 200809L
#include "expect.h"
#include <limits.h>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

static facecert_pack *pack;
static facecert_engine *engine;
static facecert_calibration *calibration;
static facecert_image *image;
static facecert_template *tmpl;
static facecert_frame frame;
static facecert_face face;
static uint8_t digest[32];

static void null_pointers(const char *path) {
  facecert_build build;
  facecert_comparison out;
  facecert_frame view;
  facecert_pack *no_pack = NULL;
  facecert_engine *no_engine = NULL;
  facecert_image *no_image = NULL;
  facecert_template *no_template = NULL;
  facecert_calibration *no_calibration = NULL;
  const facecert_template *same = tmpl;
  float values[64] = {1.0f};
  uint64_t person = 1;
  double rate = 0;
  uint8_t byte = 0;
  char text[8];
  size_t n = 7;
  uint32_t width = 0, extrapolated = 0;
  int32_t reason = 0;
  float threshold = 0;
  FACECERT_INIT(&build);
  FACECERT_INIT(&out);
  FACECERT_INIT(&view);

  EXPECT(E_NULL, 1, facecert_build_info(NULL, &err));
  EXPECT(E_NULL, 1, facecert_pack_default(NULL, &err));
  EXPECT(E_NULL, 1, facecert_pack_open(NULL, 0, &no_pack, &err));
  EXPECT(E_NULL, 1, facecert_pack_open(NULL, FACECERT_NUL, &no_pack, &err));
  EXPECT(E_NULL, 3, facecert_pack_open("x", 1, NULL, &err));
  EXPECT(E_NULL, 1, facecert_pack_contract(NULL, digest, &err));
  EXPECT(E_NULL, 2, facecert_pack_contract(pack, NULL, &err));
  EXPECT(E_NULL, 1, facecert_pack_digest(NULL, digest, &err));
  EXPECT(E_NULL, 2, facecert_pack_digest(pack, NULL, &err));
  EXPECT(E_NULL, 1, facecert_engine_create(NULL, &no_engine, &err));
  EXPECT(E_NULL, 2, facecert_engine_create(pack, NULL, &err));
  EXPECT(E_NULL, 1, facecert_engine_warm_up(NULL, &err));
  EXPECT(E_NULL, 1, facecert_frame_check(NULL, &err));
  EXPECT(E_NULL, 1, facecert_frame_upright_size(NULL, &width, &width, &err));
  EXPECT(E_NULL, 2, facecert_frame_upright_size(&frame, NULL, &width, &err));
  EXPECT(E_NULL, 3, facecert_frame_upright_size(&frame, &width, NULL, &err));
  EXPECT(E_NULL, 1, facecert_frame_to_rgb(NULL, &byte, 1, &n, &err));
  EXPECT(E_NULL, 2, facecert_frame_to_rgb(&frame, NULL, 1, &n, &err));
  EXPECT(E_NULL, 4, facecert_frame_to_rgb(&frame, &byte, 1, NULL, &err));
  EXPECT(E_NULL, 1, facecert_image_decode(NULL, 1, NULL, &no_image, &err));
  EXPECT(E_NULL, 4, facecert_image_decode(&byte, 1, NULL, NULL, &err));
  EXPECT(E_NULL, 1, facecert_image_open(NULL, FACECERT_NUL, NULL, &no_image, &err));
  EXPECT(E_NULL, 4, facecert_image_open(path, FACECERT_NUL, NULL, NULL, &err));
  EXPECT(E_NULL, 1, facecert_image_frame(NULL, &view, &err));
  EXPECT(E_NULL, 2, facecert_image_frame(image, NULL, &err));
  EXPECT(E_NULL, 1, facecert_detect(NULL, &frame, NULL, &face, 1, &n, &err));
  EXPECT(E_NULL, 2, facecert_detect(engine, NULL, NULL, &face, 1, &n, &err));
  EXPECT(E_NULL, 4, facecert_detect(engine, &frame, NULL, NULL, 1, &n, &err));
  EXPECT(E_NULL, 6, facecert_detect(engine, &frame, NULL, &face, 1, NULL, &err));
  EXPECT(E_NULL, 1, facecert_main_face(NULL, 1, 0, &face, &reason, &err));
  EXPECT(E_NULL, 4, facecert_main_face(&face, 1, 0, NULL, &reason, &err));
  EXPECT(E_NULL, 5, facecert_main_face(&face, 1, 0, &face, NULL, &err));
  EXPECT(E_NULL, 1, facecert_embed(NULL, &frame, &face, &no_template, &err));
  EXPECT(E_NULL, 2, facecert_embed(engine, NULL, &face, &no_template, &err));
  EXPECT(E_NULL, 3, facecert_embed(engine, &frame, NULL, &no_template, &err));
  EXPECT(E_NULL, 4, facecert_embed(engine, &frame, &face, NULL, &err));
  EXPECT(E_NULL, 1, facecert_template_from_bytes(NULL, 1, &no_template, &err));
  EXPECT(E_NULL, 3, facecert_template_from_bytes(&byte, 1, NULL, &err));
  EXPECT(E_NULL, 1, facecert_template_to_bytes(NULL, &byte, 1, &n, &err));
  EXPECT(E_NULL, 2, facecert_template_to_bytes(tmpl, NULL, 1, &n, &err));
  EXPECT(E_NULL, 4, facecert_template_to_bytes(tmpl, &byte, 1, NULL, &err));
  EXPECT(E_NULL, 1, facecert_template_contract(NULL, digest, &err));
  EXPECT(E_NULL, 2, facecert_template_contract(tmpl, NULL, &err));
  EXPECT(E_NULL, 1, facecert_template_from_floats(NULL, values, 64, &no_template, &err));
  EXPECT(E_NULL, 2, facecert_template_from_floats(digest, NULL, 64, &no_template, &err));
  EXPECT(E_NULL, 4, facecert_template_from_floats(digest, values, 64, NULL, &err));
  EXPECT(E_NULL, 1, facecert_pack_calibration(NULL, &no_calibration, &err));
  EXPECT(E_NULL, 2, facecert_pack_calibration(pack, NULL, &err));
  EXPECT(E_NULL, 1, facecert_calibrate(NULL, &person, 1, NULL, 0, &no_calibration, &err));
  EXPECT(E_NULL, 2, facecert_calibrate(&same, NULL, 1, NULL, 0, &no_calibration, &err));
  EXPECT(E_NULL, 4, facecert_calibrate(&same, &person, 1, NULL, 1, &no_calibration, &err));
  EXPECT(E_NULL, 6, facecert_calibrate(&same, &person, 1, NULL, 0, NULL, &err));
  EXPECT(E_NULL, 1, facecert_calibration_load(NULL, 1, &no_calibration, &err));
  EXPECT(E_NULL, 3, facecert_calibration_load("{}", 2, NULL, &err));
  EXPECT(E_NULL, 1, facecert_calibration_json(NULL, text, 8, &n, &err));
  EXPECT(E_NULL, 2, facecert_calibration_json(calibration, NULL, 8, &n, &err));
  EXPECT(E_NULL, 4, facecert_calibration_json(calibration, text, 8, NULL, &err));
  EXPECT(E_NULL, 1, facecert_calibration_threshold(NULL, 100000, &threshold, &extrapolated, &err));
  EXPECT(E_NULL, 3, facecert_calibration_threshold(calibration, 100000, NULL, &extrapolated, &err));
  EXPECT(E_NULL, 4, facecert_calibration_threshold(calibration, 100000, &threshold, NULL, &err));
  EXPECT(E_NULL, 1, facecert_calibration_fmr(NULL, 0.5f, &rate, &extrapolated, &err));
  EXPECT(E_NULL, 3, facecert_calibration_fmr(calibration, 0.5f, NULL, &extrapolated, &err));
  EXPECT(E_NULL, 4, facecert_calibration_fmr(calibration, 0.5f, &rate, NULL, &err));
  EXPECT(E_NULL, 1, facecert_compare(NULL, tmpl, tmpl, 100000, &out, &err));
  EXPECT(E_NULL, 2, facecert_compare(calibration, NULL, tmpl, 100000, &out, &err));
  EXPECT(E_NULL, 3, facecert_compare(calibration, tmpl, NULL, 100000, &out, &err));
  EXPECT(E_NULL, 5, facecert_compare(calibration, tmpl, tmpl, 100000, NULL, &err));
  EXPECT(E_NULL, 1, facecert_verify(NULL, &frame, &frame, 100000, &out, &err));
  EXPECT(E_NULL, 2, facecert_verify(engine, NULL, &frame, 100000, &out, &err));
  EXPECT(E_NULL, 3, facecert_verify(engine, &frame, NULL, 100000, &out, &err));
  EXPECT(E_NULL, 5, facecert_verify(engine, &frame, &frame, 100000, NULL, &err));
  EXPECT(E_NULL, 2, facecert_reason_name(1001, NULL, 8, &n, &err));
  EXPECT(E_NULL, 4, facecert_reason_name(1001, text, 8, NULL, &err));
  EXPECT(E_NULL, 2, facecert_reason_audio_key(1001, NULL, 8, &n, &err));
  EXPECT(E_NULL, 4, facecert_reason_audio_key(1001, text, 8, NULL, &err));
  EXPECT(E_NULL, 4, facecert_reason_text(1001, FACECERT_EN, FACECERT_SUBJECT, NULL, 8, &n, &err));
  EXPECT(E_NULL, 6, facecert_reason_text(1001, FACECERT_EN, FACECERT_SUBJECT, text, 8, NULL, &err));
  EXPECT(E_NULL, 3, facecert_reason_next_step(1001, FACECERT_EN, NULL, 8, &n, &err));
  EXPECT(E_NULL, 5, facecert_reason_next_step(1001, FACECERT_EN, text, 8, NULL, &err));
  CHECK(facecert_wipe(NULL, 1) == FACECERT_E_NULL);
  CHECK(facecert_wipe(NULL, 0) == FACECERT_OK);
  CHECK(facecert_pack_release(NULL) == FACECERT_OK && facecert_engine_release(NULL) == FACECERT_OK);
  CHECK(facecert_image_release(NULL) == FACECERT_OK && facecert_template_release(NULL) == FACECERT_OK);
  CHECK(facecert_calibration_release(NULL) == FACECERT_OK);

  CHECK(!no_pack && !no_engine && !no_image && !no_template && byte == 0 && n == 7);
  CHECK(!no_calibration && rate == 0 && threshold == 0);
  CHECK(width == 0 && reason == 0 && extrapolated == 0 && out.outcome == 0 && view.width == 0);
  CHECK(facecert_frame_check(NULL, NULL) == FACECERT_E_NULL);
}

static void misaligned_pointers(void) {
  double room[64] = {0};
  size_t n = 7;
  int32_t reason = 0;
  facecert_image *no_image = NULL;
  EXPECT(E_ALIGNMENT, 1, facecert_build_info(ODD(facecert_build, room), &err));
  EXPECT(E_ALIGNMENT, 1, facecert_pack_default(ODD(facecert_pack *, room), &err));
  EXPECT(E_ALIGNMENT, 1, facecert_engine_warm_up(ODD(facecert_engine, room), &err));
  EXPECT(E_ALIGNMENT, 1, facecert_frame_check(ODD(facecert_frame, &frame), &err));
  EXPECT(E_ALIGNMENT, 2, facecert_frame_upright_size(&frame, ODD(uint32_t, room), (uint32_t *)room, &err));
  EXPECT(E_ALIGNMENT, 3, facecert_image_decode(digest, 1, ODD(facecert_decode_options, room), &no_image, &err));
  EXPECT(E_ALIGNMENT, 3, facecert_detect(engine, &frame, ODD(facecert_detect_options, room), &face, 1, &n, &err));
  EXPECT(E_ALIGNMENT, 4, facecert_detect(engine, &frame, NULL, ODD(facecert_face, room), 1, &n, &err));
  EXPECT(E_ALIGNMENT, 6, facecert_detect(engine, &frame, NULL, &face, 1, ODD(size_t, room), &err));
  EXPECT(E_ALIGNMENT, 1, facecert_main_face(ODD(facecert_face, room), 1, 0, &face, &reason, &err));
  EXPECT(E_ALIGNMENT, 5, facecert_verify(engine, &frame, &frame, 100000, ODD(facecert_comparison, room), &err));
  CHECK(facecert_frame_check(&frame, ODD(facecert_error, room)) == FACECERT_E_ALIGNMENT);
  CHECK(n == 7 && !no_image && room[0] == 0);
}

/* A struct of a newer header: a tail that this library does not know. */
static void struct_sizes(void) {
  struct { facecert_frame known; uint32_t tail[4]; } in;
  struct { facecert_build known; uint32_t tail[4]; } out;
  facecert_error bad;
  uint32_t wrong[] = {0, 1, 4, 31, (uint32_t)sizeof(facecert_frame) - 1, 65537, UINT32_MAX};
  size_t i;
  memset(&in, 0, sizeof in);
  memset(&out, 0xFF, sizeof out);
  in.known = frame;
  for (i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    in.known.struct_size = wrong[i];
    EXPECT(E_STRUCT_SIZE, 1, facecert_frame_check(&in.known, &err));
    out.known.struct_size = wrong[i] == UINT32_MAX ? wrong[i] : wrong[i] % 60;
    EXPECT(E_STRUCT_SIZE, 1, facecert_build_info(&out.known, &err));
    FACECERT_INIT(&bad);
    bad.struct_size = wrong[i];
    CHECK(facecert_frame_check(NULL, &bad) == FACECERT_E_STRUCT_SIZE);
    CHECK(bad.status == 0 && bad.struct_size == wrong[i]);
  }
  in.known.struct_size = sizeof in;
  EXPECT(OK, 0, facecert_frame_check(&in.known, &err));
  in.tail[3] = 1;
  EXPECT(E_STRUCT_SIZE, 1, facecert_frame_check(&in.known, &err));
  in.known.struct_size = sizeof in.known;
  EXPECT(OK, 0, facecert_frame_check(&in.known, &err));

  out.known.struct_size = sizeof out;
  EXPECT(OK, 0, facecert_build_info(&out.known, &err));
  CHECK(out.known.struct_size == sizeof out && out.known.abi == FACECERT_ABI_VERSION);
  CHECK(out.tail[0] == 0 && out.tail[3] == 0 && strcmp(out.known.version, "0.1.0") == 0);
}

static void frames(void) {
  static const int64_t strides[] = {INT64_MIN, INT64_MIN + 1, INT64_MAX, INT64_MAX / 2, 1, -1};
  static uint8_t pixels[64 * 48 * 3 / 2];
  facecert_frame f;
  uint8_t rgb[4];
  size_t i, n = 0;
  uint32_t width, height;
  FACECERT_INIT(&f);
  EXPECT(E_ARGUMENT, 1, facecert_frame_check(&f, &err));
  f.format = FACECERT_FORMAT_NV21;
  f.width = 64;
  f.height = 48;
  f.rotation_deg = 90;
  f.plane_count = 2;
  EXPECT(E_NULL, 1, facecert_frame_check(&f, &err));
  f.planes[0].data = pixels;
  f.planes[0].len = 64 * 48;
  f.planes[1].data = pixels + 64 * 48;
  f.planes[1].len = 64 * 24;
  EXPECT(OK, 0, facecert_frame_upright_size(&f, &width, &height, &err));
  CHECK(width == 48 && height == 64);
  for (i = 0; i < sizeof strides / sizeof *strides; i++) {
    f.planes[0].row_stride = strides[i];
    EXPECT(E_ARGUMENT, 1, facecert_frame_check(&f, &err));
  }
  f.planes[0].row_stride = -64;
  EXPECT(OK, 0, facecert_frame_check(&f, &err));
  f.planes[0].len--;
  EXPECT(E_ARGUMENT, 1, facecert_frame_to_rgb(&f, rgb, sizeof rgb, &n, &err));
  f.planes[0].len = HUGE_LEN;
  EXPECT(E_ARGUMENT, 1, facecert_frame_check(&f, &err));
  f.planes[0].len = 64 * 48;
  f.planes[1].pixel_stride = UINT32_MAX;
  EXPECT(E_ARGUMENT, 1, facecert_frame_check(&f, &err));
  f.planes[1].pixel_stride = 1;
  EXPECT(E_ARGUMENT, 1, facecert_frame_check(&f, &err));
  f.planes[1].pixel_stride = 0;
  f.planes[1].reserved = 1;
  EXPECT(E_ARGUMENT, 1, facecert_frame_check(&f, &err));
  f.planes[1].reserved = 0;
  for (i = 0; i < 8; i++) {
    facecert_frame g = f;
    if (i == 0) g.format = (facecert_pixel_format)10;
    if (i == 1) g.width = 0;
    if (i == 2) g.height = UINT32_MAX;
    if (i == 3) g.rotation_deg = 45;
    if (i == 4) g.mirror = 2;
    if (i == 5) g.yuv = (facecert_yuv)4;
    if (i == 6) g.plane_count = 1;
    if (i == 7) g.plane_count = UINT32_MAX;
    EXPECT(E_ARGUMENT, 1, facecert_frame_check(&g, &err));
  }
  EXPECT(E_BUFFER, 2, facecert_frame_to_rgb(&f, rgb, sizeof rgb, &n, &err));
  CHECK(n == 64 * 48 * 3);
  n = 0;
  EXPECT(OK, 0, facecert_frame_to_rgb(&f, NULL, 0, &n, &err));
  CHECK(n == 64 * 48 * 3);
  EXPECT(E_ARGUMENT, 3, facecert_frame_to_rgb(&f, rgb, HUGE_LEN, &n, &err));
}

static void values(const char *path) {
  facecert_detect_options options;
  facecert_decode_options limits;
  facecert_comparison out;
  facecert_image *no_image = NULL;
  facecert_template *no_template = NULL;
  facecert_pack *no_pack = NULL;
  facecert_calibration *no_calibration = NULL;
  facecert_template *foreign = NULL;
  const facecert_template *both[2];
  const uint64_t persons[2] = {1, 2};
  float zeros[64] = {0};
  facecert_face other = face;
  double rate = 7.0;
  float threshold = 0;
  uint32_t extrapolated = 0, known = 7;
  size_t n = 0;
  int32_t reason = 0;
  char text[4] = "???";
  FACECERT_INIT(&options);
  FACECERT_INIT(&limits);
  FACECERT_INIT(&out);
  both[0] = tmpl;
  both[1] = tmpl;
  options.min_score = 1.5f;
  EXPECT(E_ARGUMENT, 3, facecert_detect(engine, &frame, &options, &face, 1, &n, &err));
  options.min_score = 0;
  options.any_rotation = 7;
  EXPECT(E_ARGUMENT, 3, facecert_detect(engine, &frame, &options, &face, 1, &n, &err));
  EXPECT(E_ARGUMENT, 5, facecert_detect(engine, &frame, NULL, &face, SIZE_MAX / 8, &n, &err));
  EXPECT(E_ARGUMENT, 3, facecert_main_face(&face, 1, -1.0f, &other, &reason, &err));
  EXPECT(E_ARGUMENT, 2, facecert_main_face(&face, SIZE_MAX / 8, 0, &other, &reason, &err));
  EXPECT(OK, 0, facecert_main_face(NULL, 0, 0, &other, &reason, &err));
  CHECK(reason == 1001 && memcmp(&other, &face, sizeof face) == 0);

  limits.max_pixels = 10;
  EXPECT(E_LIMIT, 1, facecert_image_open(path, FACECERT_NUL, &limits, &no_image, &err));
  limits.max_pixels = 0;
  limits.max_bytes = 10;
  EXPECT(E_LIMIT, 1, facecert_image_open(path, strlen(path), &limits, &no_image, &err));
  EXPECT(E_IMAGE, 1, facecert_image_decode(NULL, 0, NULL, &no_image, &err));
  EXPECT(E_IMAGE, 1, facecert_image_decode((const uint8_t *)path, strlen(path), NULL, &no_image, &err));
  EXPECT(E_ARGUMENT, 2, facecert_image_decode(digest, HUGE_LEN, NULL, &no_image, &err));
  EXPECT(E_IO, 1, facecert_image_open("/nowhere/at all.jpg", FACECERT_NUL, NULL, &no_image, &err));
  EXPECT(E_UTF8, 1, facecert_image_open("\xC3(", 2, NULL, &no_image, &err));
  EXPECT(E_PACK, 1, facecert_pack_open("/nowhere", FACECERT_NUL, &no_pack, &err));
  EXPECT(E_UTF8, 1, facecert_pack_open("\xFF", FACECERT_NUL, &no_pack, &err));
  EXPECT(E_FORMAT, 1, facecert_template_from_bytes(digest, sizeof digest, &no_template, &err));
  EXPECT(E_FORMAT, 1, facecert_template_from_bytes(NULL, 0, &no_template, &err));

  memset(&other, 0, sizeof other);
  EXPECT(E_ARGUMENT, 3, facecert_embed(engine, &frame, &other, &no_template, &err));
  EXPECT(E_ARGUMENT, 2, facecert_calibration_threshold(calibration, 0, &threshold, &extrapolated, &err));
  EXPECT(E_ARGUMENT, 2, facecert_calibration_threshold(calibration, UINT64_MAX, &threshold, &extrapolated, &err));
  EXPECT(OK, 0, facecert_calibration_fmr(calibration, -2.0f, &rate, &known, &err));
  CHECK(known == 0 && rate == 7.0);
  EXPECT(OK, 0, facecert_calibration_fmr(calibration, 0.55f, &rate, &known, &err));
  CHECK(known == 1 && rate > 1e3 && rate < 1e5);
  EXPECT(E_CALIBRATION, 1, facecert_calibration_load("{}", FACECERT_NUL, &no_calibration, &err));
  EXPECT(E_CALIBRATION, 1, facecert_calibrate(NULL, NULL, 0, NULL, 0, &no_calibration, &err));
  EXPECT(E_CALIBRATION, 1, facecert_calibrate(both, persons, 1, "a note", FACECERT_NUL, &no_calibration, &err));
  EXPECT(E_ARGUMENT, 3, facecert_calibrate(both, persons, SIZE_MAX / 4, NULL, 0, &no_calibration, &err));
  EXPECT(E_ARGUMENT, 2, facecert_template_from_floats(digest, zeros, 63, &no_template, &err));
  EXPECT(E_ARGUMENT, 2, facecert_template_from_floats(digest, zeros, 64, &no_template, &err));
  EXPECT(E_ARGUMENT, 3, facecert_template_from_floats(digest, zeros, HUGE_LEN, &no_template, &err));
  zeros[5] = 1.0f;
  EXPECT(OK, 0, facecert_template_from_floats(digest, zeros, 64, &foreign, &err));
  both[1] = foreign;
  EXPECT(E_CONTRACT, 1, facecert_calibrate(both, persons, 2, NULL, 0, &no_calibration, &err));
  EXPECT(E_CONTRACT, -1, facecert_compare(calibration, tmpl, foreign, 100000, &out, &err));
  CHECK(facecert_template_release(foreign) == FACECERT_OK);
  EXPECT(E_ARGUMENT, -1, facecert_compare(calibration, tmpl, tmpl, 1, &out, &err));
  EXPECT(E_ARGUMENT, 1, facecert_reason_name(-1, text, sizeof text, &n, &err));
  EXPECT(E_ARGUMENT, 2, facecert_reason_text(1001, (facecert_language)3, FACECERT_SUBJECT, text, 4, &n, &err));
  EXPECT(E_ARGUMENT, 3, facecert_reason_text(1001, FACECERT_EN, (facecert_audience)0, text, 4, &n, &err));
  EXPECT(E_BUFFER, 2, facecert_reason_name(1001, text, sizeof text, &n, &err));
  CHECK(n == 7 && strcmp(text, "???") == 0);
  EXPECT(OK, 0, facecert_reason_name(1001, NULL, 0, &n, &err));
  CHECK(n == 7 && !no_image && !no_pack && !no_template && !no_calibration && threshold == 0 && out.outcome == 0);
  CHECK(strcmp(facecert_status_name((facecert_status)12345), "FACECERT_E_UNKNOWN") == 0);
}

static void handles(void) {
  facecert_pack *second = NULL;
  facecert_engine *child = NULL;
  uint64_t zeros[32] = {0};
  EXPECT(OK, 0, facecert_pack_default(&second, &err));
  EXPECT(OK, 0, facecert_engine_create(second, &child, &err));
  EXPECT(E_HANDLE, 1, facecert_engine_warm_up((facecert_engine *)(void *)second, &err));
  CHECK(facecert_engine_release((facecert_engine *)(void *)second) == FACECERT_E_HANDLE);
  EXPECT(E_HANDLE, 1, facecert_pack_digest((facecert_pack *)(void *)zeros, digest, &err));
  EXPECT(OK, 0, facecert_pack_digest(second, digest, &err));
  CHECK(facecert_pack_release(second) == FACECERT_OK);
  CHECK(facecert_pack_release(second) == FACECERT_E_HANDLE);
  EXPECT(E_HANDLE, 1, facecert_pack_digest(second, digest, &err));
  EXPECT(E_HANDLE, 1, facecert_engine_create(second, &child, &err));
  EXPECT(OK, 0, facecert_engine_warm_up(child, &err)); /* its parent is gone */
  CHECK(facecert_engine_release(child) == FACECERT_OK);
  CHECK(facecert_engine_release(child) == FACECERT_E_HANDLE);
}

/* const means concurrent: every thread gets the same answer. */
static void *compare_often(void *out) {
  facecert_comparison *result = out;
  int i;
  for (i = 0; i < 500; i++)
    if (facecert_compare(calibration, tmpl, tmpl, 100000, result, NULL) != FACECERT_OK) result->reason = -1;
  return NULL;
}

static void threads(void) {
  pthread_t thread[8];
  facecert_comparison results[8];
  int i;
  for (i = 0; i < 8; i++) {
    FACECERT_INIT(&results[i]);
    CHECK(pthread_create(&thread[i], NULL, compare_often, &results[i]) == 0);
  }
  for (i = 0; i < 8; i++) {
    CHECK(pthread_join(thread[i], NULL) == 0);
    CHECK(memcmp(&results[i], &results[0], sizeof results[0]) == 0 && results[i].reason == 0);
  }
  CHECK(results[0].outcome == FACECERT_MATCH && results[0].fmr_per_billion == 100000);
}

static void after_fork(void) {
  int state = 0;
  pid_t child = fork();
  if (child == 0) {
    facecert_pack *own = NULL;
    EXPECT(E_FORK, 1, facecert_pack_digest(pack, digest, &err));
    CHECK(facecert_pack_release(pack) == FACECERT_E_FORK);
    CHECK(facecert_pack_default(&own, &err) == FACECERT_OK && facecert_pack_release(own) == FACECERT_OK);
    _exit(broken);
  }
  CHECK(child > 0 && waitpid(child, &state, 0) == child && WIFEXITED(state) && WEXITSTATUS(state) == 0);
  EXPECT(OK, 0, facecert_pack_digest(pack, digest, &err));
}

int main(int argc, char **argv) {
  facecert_face faces[16], before;
  size_t count = 0;
  if (argc != 2) return 2;
  FACECERT_INIT(&err);
  FACECERT_INIT(&frame);
  EXPECT(OK, 0, facecert_pack_default(&pack, &err));
  EXPECT(OK, 0, facecert_engine_create(pack, &engine, &err));
  EXPECT(OK, 0, facecert_pack_calibration(pack, &calibration, &err));
  EXPECT(OK, 0, facecert_image_open(argv[1], FACECERT_NUL, NULL, &image, &err));
  EXPECT(OK, 0, facecert_image_frame(image, &frame, &err));
  EXPECT(OK, 0, facecert_detect(engine, &frame, NULL, faces, 16, &count, &err));
  CHECK(count > 0);
  face = faces[0];
  EXPECT(OK, 0, facecert_embed(engine, &frame, &face, &tmpl, &err));
  if (broken) return 1; /* nothing to be hostile to */
  before = face;

  null_pointers(argv[1]);
  misaligned_pointers();
  struct_sizes();
  frames();
  values(argv[1]);
  handles();
  threads();
  after_fork();
  CHECK(memcmp(&face, &before, sizeof face) == 0);

  CHECK(facecert_template_release(tmpl) == FACECERT_OK && facecert_image_release(image) == FACECERT_OK);
  CHECK(facecert_engine_release(engine) == FACECERT_OK && facecert_pack_release(pack) == FACECERT_OK);
  CHECK(facecert_calibration_release(calibration) == FACECERT_OK);
  return broken;
}
