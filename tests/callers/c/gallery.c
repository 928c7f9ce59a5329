/* A gallery from enrolment to compaction, with made-up templates of an own embedder. Usage: gallery FOLDER.
 * Rows 2k and 2k + 1 are of person k; rows 10 and 300 are of one face under two names.
 * Exit code: 0 all as promised, 1 otherwise. */
#include "expect.h"

#define DIM 128
#define PEOPLE 200
#define ROWS (2 * PEOPLE)

static const uint8_t contract[32] = {7, 7, 7};
static facecert_template *templates[ROWS];
static uint64_t persons[ROWS];
static char path[512], output[512], again[512], checkpoint[512], plan[512], parts[512];

/* Even numbers from -1 to 1, the same on every machine. */
static float noise(uint64_t *state) {
  *state = *state * 6364136223846793005u + 1442695040888963407u;
  return (float)(int32_t)(*state >> 32) / 2147483648.0f;
}

/* A row is its person's direction and a little of its own. */
static void make_templates(void) {
  float values[DIM];
  uint64_t row, person, own;
  int k;
  for (row = 0; row < ROWS; row++) {
    persons[row] = row / 2;
    person = row == 300 ? 10 / 2 : row / 2;
    own = 1000 + row;
    person = person * 7919 + 1;
    for (k = 0; k < DIM; k++) values[k] = noise(&person) + 0.3f * noise(&own);
    DONE(facecert_template_from_floats(contract, values, DIM, &templates[row], &err));
  }
}

static void enrol(void) {
  facecert_gallery_writer *writer = NULL, *second = NULL;
  uint64_t row = 0, i;
  char key[16];
  DONE(facecert_gallery_create(path, FACECERT_NUL, contract, DIM, &writer, &err));
  EXPECT(E_IO, -1, facecert_gallery_create(path, FACECERT_NUL, contract, DIM, &second, &err));
  EXPECT(E_LOCKED, 1, facecert_gallery_writer_open(path, FACECERT_NUL, &second, &err));
  for (i = 0; i < ROWS; i++) {
    int len = sprintf(key, "photo-%d", (int)i);
    DONE(facecert_gallery_writer_append(writer, templates[i], 5000 + i, persons[i], (uint8_t *)key, (size_t)len, &row,
                                        &err));
    CHECK(row == i);
  }
  EXPECT(E_ARGUMENT, -1, facecert_gallery_writer_append(writer, templates[0], 5000, 1, NULL, 0, &row, &err));
  DONE(facecert_gallery_writer_commit(writer, &err));
  CHECK(facecert_gallery_writer_release(writer) == FACECERT_OK && !second);
}

static facecert_gallery *open_gallery(uint32_t threads) {
  facecert_gallery_options options;
  facecert_gallery *gallery = NULL;
  FACECERT_INIT(&options);
  options.threads = threads;
  options.max_resident_bytes = 1 << 20;
  options.purpose = "a test of the C interface";
  options.purpose_len = FACECERT_NUL;
  DONE(facecert_gallery_open(path, FACECERT_NUL, &options, &gallery, &err));
  return gallery;
}

static void look_up(const facecert_gallery *gallery) {
  facecert_gallery_info info;
  uint64_t row = 0;
  uint32_t found = 0;
  uint8_t key[16];
  size_t len = 0;
  FACECERT_INIT(&info);
  DONE(facecert_gallery_describe(gallery, &info, &err));
  CHECK(info.rows == ROWS && info.dim == DIM && info.subjects == PEOPLE && !info.recovered && !info.removed_rows);
  CHECK(memcmp(info.contract_id, contract, sizeof contract) == 0);
  DONE(facecert_gallery_find(gallery, 5042, &row, &found, &err));
  CHECK(found == 1 && row == 42);
  DONE(facecert_gallery_key(gallery, row, key, sizeof key, &len, &err));
  CHECK(len == 8 && memcmp(key, "photo-42", 8) == 0);
}

static void search(const facecert_gallery *gallery, const facecert_calibration *calibration) {
  const facecert_template *queries[2];
  facecert_search_options options;
  facecert_hit one[3], many[6];
  size_t count = 0;
  FACECERT_INIT(&options);
  queries[0] = templates[10];
  queries[1] = templates[77];
  options.limit = 3;
  DONE(facecert_gallery_search(gallery, NULL, queries, 1, &options, one, 3, &count, &err));
  CHECK(count == 3 && one[0].row == 10 && one[0].score > 0.999f && one[1].row == 300 && one[1].person == 150);
  DONE(facecert_gallery_search(gallery, NULL, queries, 2, &options, many, 6, &count, &err));
  CHECK(count == 6 && memcmp(one, many, sizeof one) == 0 && many[3].query == 1 && many[3].person == 38);
  options.limit = 0;
  options.fmr_per_billion = 10000; /* 1e-5 */
  DONE(facecert_gallery_search(gallery, calibration, queries, 2, &options, many, 6, &count, &err));
  CHECK(count == 3 && many[1].row == 300 && many[2].query == 1);
}

static facecert_calibration *calibrate(void) {
  facecert_calibration *made = NULL, *again_read = NULL;
  const facecert_template *some[ROWS];
  uint64_t true_persons[ROWS];
  float threshold = 0;
  uint32_t extrapolated = 0;
  char json[16384];
  size_t len = 0, i;
  for (i = 0; i < ROWS; i++) {
    some[i] = templates[i];
    true_persons[i] = i == 300 ? persons[10] : persons[i];
  }
  DONE(facecert_calibrate(some, true_persons, ROWS, "made up", FACECERT_NUL, &made, &err));
  DONE(facecert_calibration_json(made, json, sizeof json, &len, &err));
  DONE(facecert_calibration_load(json, len, &again_read, &err));
  DONE(facecert_calibration_threshold(again_read, 1000000, &threshold, &extrapolated, &err));
  CHECK(threshold > 0.1f && threshold < 0.7f && extrapolated == 0);
  CHECK(facecert_calibration_release(made) == FACECERT_OK);
  return again_read;
}

struct seen {
  facecert_pair pairs[64];
  size_t count;
  uint64_t told, stop_after;
};

static int32_t on_pairs(void *user, const facecert_pair *pairs, size_t count) {
  struct seen *seen = user;
  size_t i;
  for (i = 0; i < count && seen->count < 64; i++) seen->pairs[seen->count++] = pairs[i];
  return 0;
}

static int32_t on_progress(void *user, uint64_t done, uint64_t total) {
  struct seen *seen = user;
  CHECK(done <= total && total == (uint64_t)ROWS * (ROWS - 1) / 2);
  return ++seen->told == seen->stop_after;
}

static long size_of_file(const char *name) {
  FILE *file = fopen(name, "rb");
  long size = -1;
  if (file && !fseek(file, 0, SEEK_END)) size = ftell(file);
  if (file) fclose(file);
  return size;
}

static int same_files(const char *a, const char *b) {
  FILE *left = fopen(a, "rb"), *right = fopen(b, "rb");
  int same = left && right, c = 0;
  while (same && c != EOF) {
    c = fgetc(left);
    same = c == fgetc(right);
  }
  if (left) fclose(left);
  if (right) fclose(right);
  return same;
}

static void dedup(const facecert_gallery *gallery, const facecert_calibration *calibration) {
  struct seen whole = {0}, merged = {0};
  facecert_dedup_options options;
  facecert_dedup_result result;
  uint64_t tasks = 0, task;
  FACECERT_INIT(&options);
  FACECERT_INIT(&result);
  options.review_budget = 3;
  options.user = &whole;
  options.on_pairs = on_pairs;
  options.on_progress = on_progress;
  DONE(facecert_dedup(gallery, NULL, NULL, &options, &result, &err));
  CHECK(whole.count == 3 && whole.told > 0 && result.compared_pairs == (uint64_t)ROWS * (ROWS - 1) / 2);
  CHECK(whole.pairs[0].person_a != whole.pairs[0].person_b && whole.pairs[0].score > 0.7f);
  CHECK((whole.pairs[0].row_a / 2 == 5) && whole.pairs[0].row_b == 300 && whole.pairs[0].id_b == 5300);

  /* Stopped by a callback: no result, and no pair but those that were handed over before. */
  whole.stop_after = whole.told + 1;
  result.compared_pairs = 0;
  EXPECT(E_CANCELLED, -1, facecert_dedup(gallery, NULL, NULL, &options, &result, &err));
  CHECK(result.compared_pairs == 0);
  whole.stop_after = 0;

  /* By a rate, into a file: stopped, taken up, and once more without a checkpoint. */
  options.review_budget = 0;
  options.fmr_per_billion = 100000;
  options.on_pairs = NULL;
  whole.stop_after = whole.told + 1;
  EXPECT(E_CANCELLED, -1, facecert_dedup_to_file(gallery, NULL, calibration, &options, output, FACECERT_NUL, checkpoint,
                                                 FACECERT_NUL, &result, &err));
  DONE(facecert_dedup_to_file(gallery, NULL, calibration, &options, output, FACECERT_NUL, checkpoint, FACECERT_NUL,
                              &result, &err));
  DONE(facecert_dedup_to_file(gallery, NULL, calibration, &options, again, FACECERT_NUL, NULL, 0, &result, &err));
  CHECK(result.threshold > 0.1f && size_of_file(output) > 20 && size_of_file(checkpoint) < 0);
  CHECK(same_files(output, again));

  /* On many machines: the pairs of one. */
  whole.count = 0;
  options.on_pairs = on_pairs;
  DONE(facecert_dedup(gallery, NULL, calibration, &options, &result, &err));
  options.on_pairs = NULL;
  options.on_progress = NULL;
  DONE(facecert_dedup_plan(gallery, NULL, calibration, &options, 128, plan, FACECERT_NUL, &tasks, &err));
  CHECK(tasks == 10); /* of 4 blocks each with itself and every later one */
  for (task = tasks; task-- > 1;)
    DONE(facecert_dedup_run_task(gallery, NULL, plan, FACECERT_NUL, task, parts, FACECERT_NUL, NULL, NULL, &err));
  EXPECT(E_PLAN, -1, facecert_dedup_merge(plan, FACECERT_NUL, parts, FACECERT_NUL, on_pairs, &merged, &err));
  DONE(facecert_dedup_run_task(gallery, NULL, plan, FACECERT_NUL, 0, parts, FACECERT_NUL, NULL, NULL, &err));
  EXPECT(E_PLAN, -1,
         facecert_dedup_run_task(gallery, NULL, plan, FACECERT_NUL, 10, parts, FACECERT_NUL, NULL, NULL, &err));
  DONE(facecert_dedup_merge(plan, FACECERT_NUL, parts, FACECERT_NUL, on_pairs, &merged, &err));
  CHECK(merged.count > 0 && merged.count == whole.count);
  CHECK(memcmp(merged.pairs, whole.pairs, whole.count * sizeof *whole.pairs) == 0);
}

static void remove_and_compact(void) {
  const uint64_t ids[] = {5300, 5301}, unknown[] = {5001, 9};
  facecert_gallery_writer *writer = NULL;
  facecert_gallery_soundness soundness;
  uint64_t erased = 0, cut = 7;
  FACECERT_INIT(&soundness);
  DONE(facecert_gallery_writer_open(path, FACECERT_NUL, &writer, &err));
  EXPECT(E_ARGUMENT, 2, facecert_gallery_writer_remove(writer, unknown, 2, &err));
  DONE(facecert_gallery_writer_remove(writer, ids, 2, &err));
  DONE(facecert_gallery_writer_commit(writer, &err));
  CHECK(facecert_gallery_writer_release(writer) == FACECERT_OK);
  DONE(facecert_gallery_check(path, FACECERT_NUL, &soundness, &err));
  CHECK(soundness.rows == ROWS && soundness.removed_rows == 2 && soundness.subjects == PEOPLE - 1);
  DONE(facecert_gallery_compact(path, FACECERT_NUL, &erased, &err));
  DONE(facecert_gallery_check(path, FACECERT_NUL, &soundness, &err));
  CHECK(erased == 2 && soundness.rows == ROWS - 2 && soundness.removed_rows == 0 && !soundness.recovered);
  CHECK(soundness.bytes == (uint64_t)size_of_file(path));
  DONE(facecert_gallery_accept_recovered(path, FACECERT_NUL, &cut, &err));
  CHECK(cut == 0);
}

int main(int argc, char **argv) {
  facecert_gallery *single, *threaded;
  facecert_calibration *calibration;
  size_t i;
  if (argc != 2 || strlen(argv[1]) > 400) return 2;
  FACECERT_INIT(&err);
  sprintf(path, "%s/made-up.gallery", argv[1]);
  sprintf(output, "%s/pairs.csv", argv[1]);
  sprintf(again, "%s/again.csv", argv[1]);
  sprintf(checkpoint, "%s/checkpoint", argv[1]);
  sprintf(plan, "%s/plan.json", argv[1]);
  sprintf(parts, "%s", argv[1]);
  make_templates();
  enrol();
  if (broken) return 1; /* nothing to look at */
  single = open_gallery(1);
  threaded = open_gallery(3);
  calibration = calibrate();
  look_up(single);
  search(single, calibration);
  search(threaded, calibration);
  dedup(threaded, calibration);
  remove_and_compact();
  look_up(single); /* it keeps the state that it opened */
  CHECK(facecert_gallery_release(single) == FACECERT_OK && facecert_gallery_release(threaded) == FACECERT_OK);
  CHECK(facecert_calibration_release(calibration) == FACECERT_OK);
  for (i = 0; i < ROWS; i++) CHECK(facecert_template_release(templates[i]) == FACECERT_OK);
  return broken;
}
