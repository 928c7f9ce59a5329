/* Are two photos of the same person? Step by step, as a server does that keeps templates.
 * Exit code: 0 match, 1 no match or not decidable, 2 error. */
#include <facecert.h>
#include <stdio.h>
#include <stdlib.h>

#define FMR_PER_BILLION 100000 /* 1e-4 */

static facecert_error err;

static int failed(const char *what, facecert_status status) {
  if (status == FACECERT_OK) return 0;
  fprintf(stderr, "%s: %s: %s\n", what, facecert_status_name(status), err.message);
  return 1;
}

/* The whole file; NULL if it cannot be read. */
static uint8_t *read_file(const char *path, size_t *len) {
  FILE *file = fopen(path, "rb");
  uint8_t *bytes = NULL;
  long end;
  if (!file) return NULL;
  if (!fseek(file, 0, SEEK_END) && (end = ftell(file)) > 0 && !fseek(file, 0, SEEK_SET)) {
    *len = (size_t)end;
    bytes = malloc(*len);
    if (bytes && fread(bytes, 1, *len, file) != *len) {
      free(bytes);
      bytes = NULL;
    }
  }
  fclose(file);
  return bytes;
}

static facecert_image *decode(const char *path) {
  facecert_image *image = NULL;
  size_t len = 0;
  uint8_t *bytes = read_file(path, &len);
  if (!bytes) {
    fprintf(stderr, "%s: cannot be read\n", path);
    return NULL;
  }
  failed(path, facecert_image_decode(bytes, len, NULL, &image, &err));
  free(bytes);
  return image;
}

/* What to tell the person when a photo gives no answer. */
static int say(int32_t reason) {
  char zh[256], next[256];
  size_t len;
  if (failed("text", facecert_reason_text(reason, FACECERT_ZH_CN, FACECERT_SUBJECT, zh, sizeof zh, &len, &err)) ||
      failed("text", facecert_reason_next_step(reason, FACECERT_ZH_CN, next, sizeof next, &len, &err)))
    return 2;
  printf("not decidable: %s%s\n", zh, next);
  return 1;
}

/* The face that the photo is of. Return value: 0 found, 1 none, 2 error. */
static int find_face(const facecert_engine *engine, const facecert_frame *frame, facecert_face *face) {
  facecert_face *faces;
  size_t count = 0;
  int32_t reason = 0;
  int failure;
  if (failed("detect", facecert_detect(engine, frame, NULL, NULL, 0, &count, &err))) return 2;
  faces = malloc((count + 1) * sizeof *faces);
  if (!faces) return 2;
  failure = failed("detect", facecert_detect(engine, frame, NULL, faces, count, &count, &err)) ||
            failed("main face", facecert_main_face(faces, count, 0, face, &reason, &err));
  free(faces);
  return failure ? 2 : reason ? say(reason) : 0;
}

/* A template as it is kept: to bytes and back. */
static facecert_template *kept(const facecert_template *made) {
  facecert_template *again = NULL;
  size_t len = 0;
  uint8_t *bytes = NULL;
  if (!failed("size", facecert_template_to_bytes(made, NULL, 0, &len, &err)) && (bytes = malloc(len)) &&
      !failed("bytes", facecert_template_to_bytes(made, bytes, len, &len, &err)))
    failed("template", facecert_template_from_bytes(bytes, len, &again, &err));
  facecert_wipe(bytes, bytes ? len : 0);
  free(bytes);
  return again;
}

static int compare(const facecert_engine *engine, const facecert_calibration *calibration, const facecert_frame *frames,
                   facecert_template **templates) {
  facecert_comparison stepwise, at_once;
  facecert_face face;
  int i, code;
  FACECERT_INIT(&stepwise);
  FACECERT_INIT(&at_once);
  for (i = 0; i < 2; i++) {
    facecert_template *made = NULL;
    code = find_face(engine, &frames[i], &face);
    if (code) return code;
    if (failed("embed", facecert_embed(engine, &frames[i], &face, &made, &err))) return 2;
    templates[i] = kept(made);
    facecert_template_release(made);
    if (!templates[i]) return 2;
  }
  if (failed("compare", facecert_compare(calibration, templates[0], templates[1], FMR_PER_BILLION, &stepwise, &err)) ||
      failed("verify", facecert_verify(engine, &frames[0], &frames[1], FMR_PER_BILLION, &at_once, &err)))
    return 2;
  if (memcmp(&stepwise, &at_once, sizeof stepwise) != 0) {
    fprintf(stderr, "the steps and facecert_verify differ\n");
    return 2;
  }
  printf("%s: score %.4f, threshold %.4f\n", stepwise.outcome == FACECERT_MATCH ? "match" : "no match",
         (double)stepwise.score, (double)stepwise.threshold);
  return stepwise.outcome == FACECERT_MATCH ? 0 : 1;
}

int main(int argc, char **argv) {
  facecert_pack *pack = NULL;
  facecert_engine *engine = NULL;
  facecert_calibration *calibration = NULL;
  facecert_image *images[2] = {NULL, NULL};
  facecert_template *templates[2] = {NULL, NULL};
  facecert_frame frames[2];
  int i, code = 2;

  FACECERT_INIT(&err);
  FACECERT_INIT(&frames[0]);
  FACECERT_INIT(&frames[1]);
  if (argc != 3) {
    fprintf(stderr, "usage: %s REFERENCE PROBE\n", argv[0]);
    return 2;
  }
  if (!failed("pack", facecert_pack_default(&pack, &err)) &&
      !failed("engine", facecert_engine_create(pack, &engine, &err)) &&
      !failed("calibration", facecert_pack_calibration(pack, &calibration, &err)) && (images[0] = decode(argv[1])) &&
      (images[1] = decode(argv[2])) && !failed("frame", facecert_image_frame(images[0], &frames[0], &err)) &&
      !failed("frame", facecert_image_frame(images[1], &frames[1], &err)))
    code = compare(engine, calibration, frames, templates);
  for (i = 0; i < 2; i++) {
    facecert_template_release(templates[i]);
    facecert_image_release(images[i]);
  }
  facecert_calibration_release(calibration);
  facecert_engine_release(engine);
  facecert_pack_release(pack);
  return code;
}
