/* Every mistake with a gallery that the library can notice. Usage: hostile_gallery FOLDER.
 * Exit code: 0 all as promised, 1 otherwise. */
#define _POSIX_C_SOURCE 200809L
#include "expect.h"
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#define DIM 64
#define ROWS 5

static const uint8_t contract[32] = {1}, foreign_contract[32] = {2};
static char path[512], output[512], plan[512], folder[512];
static facecert_gallery_writer *writer;
static facecert_gallery *gallery, *idle; /* idle: opened without a purpose */
static facecert_template *tmpl, *foreign;
static facecert_gallery_options with_purpose;
static facecert_dedup_options strongest;

static facecert_template *make(const uint8_t *contract_id, int at) {
  facecert_template *made = NULL;
  float values[DIM] = {0};
  values[at] = 1.0f;
  DONE(facecert_template_from_floats(contract_id, values, DIM, &made, &err));
  return made;
}

static int32_t ignore(void *user, const facecert_pair *pairs, size_t count) {
  (void)user, (void)pairs, (void)count;
  return 0;
}

static int32_t refuse(void *user, const facecert_pair *pairs, size_t count) {
  (void)user, (void)pairs, (void)count;
  return -5;
}

static void set_up(void) {
  uint64_t i, row;
  DONE(facecert_gallery_create(path, FACECERT_NUL, contract, DIM, &writer, &err));
  for (i = 0; i < ROWS; i++) {
    facecert_template *made = make(contract, (int)i);
    DONE(facecert_gallery_writer_append(writer, made, i, i, NULL, 0, &row, &err));
    CHECK(facecert_template_release(made) == FACECERT_OK);
  }
  DONE(facecert_gallery_writer_commit(writer, &err));
  FACECERT_INIT(&with_purpose);
  with_purpose.purpose = "a test";
  with_purpose.purpose_len = 6;
  DONE(facecert_gallery_open(path, FACECERT_NUL, &with_purpose, &gallery, &err));
  DONE(facecert_gallery_open(path, FACECERT_NUL, NULL, &idle, &err));
  tmpl = make(contract, 0);
  foreign = make(foreign_contract, 0);
  FACECERT_INIT(&strongest);
  strongest.on_pairs = ignore;
}

static void null_pointers(void) {
  facecert_gallery_writer *no_writer = NULL;
  facecert_gallery *no_gallery = NULL;
  facecert_gallery_info info;
  facecert_gallery_soundness soundness;
  facecert_dedup_result result;
  facecert_dedup_options nobody = strongest;
  const facecert_template *query = tmpl, *none = NULL;
  facecert_hit hit;
  uint64_t number = 7;
  uint32_t found = 7;
  uint8_t byte = 0;
  size_t n = 7;
  FACECERT_INIT(&info);
  FACECERT_INIT(&soundness);
  FACECERT_INIT(&result);
  nobody.on_pairs = NULL;

  EXPECT(E_NULL, 1, facecert_gallery_create(NULL, FACECERT_NUL, contract, DIM, &no_writer, &err));
  EXPECT(E_NULL, 3, facecert_gallery_create(output, FACECERT_NUL, NULL, DIM, &no_writer, &err));
  EXPECT(E_NULL, 5, facecert_gallery_create(output, FACECERT_NUL, contract, DIM, NULL, &err));
  EXPECT(E_NULL, 1, facecert_gallery_writer_open(NULL, 0, &no_writer, &err));
  EXPECT(E_NULL, 3, facecert_gallery_writer_open(path, FACECERT_NUL, NULL, &err));
  EXPECT(E_NULL, 1, facecert_gallery_writer_append(NULL, tmpl, 9, 9, NULL, 0, &number, &err));
  EXPECT(E_NULL, 2, facecert_gallery_writer_append(writer, NULL, 9, 9, NULL, 0, &number, &err));
  EXPECT(E_NULL, 5, facecert_gallery_writer_append(writer, tmpl, 9, 9, NULL, 1, &number, &err));
  EXPECT(E_NULL, 7, facecert_gallery_writer_append(writer, tmpl, 9, 9, NULL, 0, NULL, &err));
  EXPECT(E_NULL, 1, facecert_gallery_writer_remove(NULL, &number, 1, &err));
  EXPECT(E_NULL, 2, facecert_gallery_writer_remove(writer, NULL, 1, &err));
  EXPECT(E_NULL, 1, facecert_gallery_writer_commit(NULL, &err));
  EXPECT(E_NULL, 1, facecert_gallery_open(NULL, 1, NULL, &no_gallery, &err));
  EXPECT(E_NULL, 4, facecert_gallery_open(path, FACECERT_NUL, NULL, NULL, &err));
  EXPECT(E_NULL, 1, facecert_gallery_describe(NULL, &info, &err));
  EXPECT(E_NULL, 2, facecert_gallery_describe(gallery, NULL, &err));
  EXPECT(E_NULL, 1, facecert_gallery_find(NULL, 1, &number, &found, &err));
  EXPECT(E_NULL, 3, facecert_gallery_find(gallery, 1, NULL, &found, &err));
  EXPECT(E_NULL, 4, facecert_gallery_find(gallery, 1, &number, NULL, &err));
  EXPECT(E_NULL, 1, facecert_gallery_key(NULL, 0, &byte, 1, &n, &err));
  EXPECT(E_NULL, 3, facecert_gallery_key(gallery, 0, NULL, 1, &n, &err));
  EXPECT(E_NULL, 5, facecert_gallery_key(gallery, 0, &byte, 1, NULL, &err));
  EXPECT(E_NULL, 1, facecert_gallery_search(NULL, NULL, &query, 1, NULL, &hit, 1, &n, &err));
  EXPECT(E_NULL, 3, facecert_gallery_search(gallery, NULL, NULL, 1, NULL, &hit, 1, &n, &err));
  EXPECT(E_NULL, 3, facecert_gallery_search(gallery, NULL, &none, 1, NULL, &hit, 1, &n, &err));
  EXPECT(E_NULL, 6, facecert_gallery_search(gallery, NULL, &query, 1, NULL, NULL, 1, &n, &err));
  EXPECT(E_NULL, 8, facecert_gallery_search(gallery, NULL, &query, 1, NULL, &hit, 1, NULL, &err));
  EXPECT(E_NULL, 1, facecert_dedup(NULL, NULL, NULL, &strongest, &result, &err));
  EXPECT(E_NULL, 4, facecert_dedup(gallery, NULL, NULL, NULL, &result, &err));
  EXPECT(E_NULL, 4, facecert_dedup(gallery, NULL, NULL, &nobody, &result, &err));
  EXPECT(E_NULL, 5, facecert_dedup(gallery, NULL, NULL, &strongest, NULL, &err));
  EXPECT(E_NULL, 1, facecert_dedup_to_file(NULL, NULL, NULL, &nobody, output, FACECERT_NUL, NULL, 0, &result, &err));
  EXPECT(E_NULL, 4, facecert_dedup_to_file(gallery, NULL, NULL, NULL, output, FACECERT_NUL, NULL, 0, &result, &err));
  EXPECT(E_NULL, 5, facecert_dedup_to_file(gallery, NULL, NULL, &nobody, NULL, 0, NULL, 0, &result, &err));
  EXPECT(E_NULL, 7, facecert_dedup_to_file(gallery, NULL, NULL, &nobody, output, FACECERT_NUL, NULL, 1, &result, &err));
  EXPECT(E_NULL, 9, facecert_dedup_to_file(gallery, NULL, NULL, &nobody, output, FACECERT_NUL, NULL, 0, NULL, &err));
  EXPECT(E_NULL, 1, facecert_dedup_plan(NULL, NULL, NULL, &nobody, 0, plan, FACECERT_NUL, &number, &err));
  EXPECT(E_NULL, 4, facecert_dedup_plan(gallery, NULL, NULL, NULL, 0, plan, FACECERT_NUL, &number, &err));
  EXPECT(E_NULL, 6, facecert_dedup_plan(gallery, NULL, NULL, &nobody, 0, NULL, 0, &number, &err));
  EXPECT(E_NULL, 8, facecert_dedup_plan(gallery, NULL, NULL, &nobody, 0, plan, FACECERT_NUL, NULL, &err));
  EXPECT(E_NULL, 1, facecert_dedup_run_task(NULL, NULL, plan, 1, 0, folder, 1, NULL, NULL, &err));
  EXPECT(E_NULL, 3, facecert_dedup_run_task(gallery, NULL, NULL, 0, 0, folder, 1, NULL, NULL, &err));
  EXPECT(E_NULL, 6, facecert_dedup_run_task(gallery, NULL, plan, 1, 0, NULL, 0, NULL, NULL, &err));
  EXPECT(E_NULL, 1, facecert_dedup_merge(NULL, 0, folder, 1, ignore, NULL, &err));
  EXPECT(E_NULL, 3, facecert_dedup_merge(plan, 1, NULL, 0, ignore, NULL, &err));
  EXPECT(E_NULL, 5, facecert_dedup_merge(plan, 1, folder, 1, NULL, NULL, &err));
  EXPECT(E_NULL, 1, facecert_gallery_check(NULL, 0, &soundness, &err));
  EXPECT(E_NULL, 3, facecert_gallery_check(path, FACECERT_NUL, NULL, &err));
  EXPECT(E_NULL, 1, facecert_gallery_accept_recovered(NULL, 0, &number, &err));
  EXPECT(E_NULL, 3, facecert_gallery_accept_recovered(path, FACECERT_NUL, NULL, &err));
  EXPECT(E_NULL, 1, facecert_gallery_compact(NULL, 0, &number, &err));
  EXPECT(E_NULL, 3, facecert_gallery_compact(path, FACECERT_NUL, NULL, &err));
  CHECK(facecert_gallery_release(NULL) == FACECERT_OK && facecert_gallery_writer_release(NULL) == FACECERT_OK);

  CHECK(!no_writer && !no_gallery && number == 7 && found == 7 && n == 7 && byte == 0);
  CHECK(info.rows == 0 && soundness.rows == 0 && result.compared_pairs == 0);
}

static void structs_and_alignment(void) {
  double room[64] = {0};
  struct { facecert_gallery_options known; uint32_t tail[4]; } longer;
  facecert_gallery_info info;
  facecert_gallery *no_gallery = NULL;
  const facecert_template *query = tmpl;
  size_t n = 7;
  EXPECT(E_ALIGNMENT, 1, facecert_gallery_describe(ODD(facecert_gallery, room), &info, &err));
  EXPECT(E_ALIGNMENT, 2, facecert_gallery_describe(gallery, ODD(facecert_gallery_info, room), &err));
  EXPECT(E_ALIGNMENT, 3, facecert_gallery_open(path, FACECERT_NUL, ODD(facecert_gallery_options, room), &no_gallery,
                                               &err));
  EXPECT(E_ALIGNMENT, 6, facecert_gallery_search(gallery, NULL, &query, 1, NULL, ODD(facecert_hit, room), 1, &n, &err));
  EXPECT(E_ALIGNMENT, 2, facecert_gallery_writer_remove(writer, ODD(uint64_t, room), 1, &err));
  memset(&info, 0, sizeof info);
  EXPECT(E_STRUCT_SIZE, 2, facecert_gallery_describe(gallery, &info, &err));
  memset(&longer, 0, sizeof longer);
  longer.known = with_purpose;
  longer.known.struct_size = sizeof longer;
  longer.tail[2] = 1;
  EXPECT(E_STRUCT_SIZE, 3, facecert_gallery_open(path, FACECERT_NUL, &longer.known, &no_gallery, &err));
  longer.known.struct_size--;
  longer.tail[2] = 0;
  DONE(facecert_gallery_open(path, FACECERT_NUL, &longer.known, &no_gallery, &err));
  CHECK(facecert_gallery_release(no_gallery) == FACECERT_OK && n == 7 && info.rows == 0);
}

static void values(void) {
  facecert_gallery_writer *no_writer = NULL;
  facecert_gallery *no_gallery = NULL;
  facecert_gallery_soundness soundness;
  facecert_dedup_result result;
  facecert_dedup_options options = strongest;
  facecert_search_options by_rate;
  facecert_calibration *calibration = NULL;
  facecert_pack *pack = NULL;
  const facecert_template *queries[2];
  facecert_hit hits[ROWS];
  uint64_t number = 7;
  uint32_t found = 7;
  uint8_t key[1025] = {0};
  size_t n = 0;
  FACECERT_INIT(&soundness);
  FACECERT_INIT(&result);
  FACECERT_INIT(&by_rate);
  queries[0] = tmpl;
  queries[1] = foreign;

  EXPECT(E_ARGUMENT, -1, facecert_gallery_create(output, FACECERT_NUL, contract, 63, &no_writer, &err));
  EXPECT(E_UTF8, 1, facecert_gallery_create("\xC3(", 2, contract, DIM, &no_writer, &err));
  EXPECT(E_IO, -1, facecert_gallery_create("/nowhere/a", FACECERT_NUL, contract, DIM, &no_writer, &err));
  EXPECT(E_IO, 1, facecert_gallery_open("/nowhere/a", FACECERT_NUL, NULL, &no_gallery, &err));
  EXPECT(E_GALLERY, 1, facecert_gallery_open("/proc/self/exe", FACECERT_NUL, NULL, &no_gallery, &err));
  EXPECT(E_GALLERY, 1, facecert_gallery_check("/proc/self/exe", FACECERT_NUL, &soundness, &err));
  EXPECT(E_CONTRACT, -1, facecert_gallery_writer_append(writer, foreign, 9, 9, NULL, 0, &number, &err));
  EXPECT(E_ARGUMENT, -1, facecert_gallery_writer_append(writer, tmpl, 9, 9, key, sizeof key, &number, &err));
  EXPECT(E_ARGUMENT, 6, facecert_gallery_writer_append(writer, tmpl, 9, 9, key, HUGE_LEN, &number, &err));
  EXPECT(E_ARGUMENT, 3, facecert_gallery_writer_remove(writer, &number, SIZE_MAX / 4, &err));
  EXPECT(E_ARGUMENT, 2, facecert_gallery_writer_remove(writer, &number, 1, &err));
  DONE(facecert_gallery_writer_remove(writer, NULL, 0, &err));
  EXPECT(E_LOCKED, 1, facecert_gallery_compact(path, FACECERT_NUL, &number, &err));
  EXPECT(E_ARGUMENT, 2, facecert_gallery_key(gallery, ROWS, key, sizeof key, &n, &err));
  EXPECT(E_ARGUMENT, 2, facecert_gallery_key(gallery, UINT64_MAX, key, sizeof key, &n, &err));
  DONE(facecert_gallery_find(gallery, 12345, &number, &found, &err));
  CHECK(found == 0 && number == 7);

  EXPECT(E_PURPOSE, 1, facecert_gallery_search(idle, NULL, queries, 1, NULL, hits, ROWS, &n, &err));
  EXPECT(E_PURPOSE, 1, facecert_dedup(idle, NULL, NULL, &options, &result, &err));
  EXPECT(E_PURPOSE, 2, facecert_dedup(gallery, idle, NULL, &options, &result, &err));
  EXPECT(E_CONTRACT, -1, facecert_gallery_search(gallery, NULL, queries, 2, NULL, hits, ROWS, &n, &err));
  EXPECT(E_ARGUMENT, 4, facecert_gallery_search(gallery, NULL, queries, SIZE_MAX / 4, NULL, hits, ROWS, &n, &err));
  EXPECT(E_ARGUMENT, 7, facecert_gallery_search(gallery, NULL, queries, 1, NULL, hits, SIZE_MAX / 4, &n, &err));
  DONE(facecert_gallery_search(gallery, NULL, NULL, 0, NULL, hits, ROWS, &n, &err));
  CHECK(n == 0);
  EXPECT(E_BUFFER, 6, facecert_gallery_search(gallery, NULL, queries, 1, NULL, hits, ROWS - 1, &n, &err));
  CHECK(n == ROWS);
  by_rate.fmr_per_billion = 100000;
  EXPECT(E_NULL, 2, facecert_gallery_search(gallery, NULL, queries, 1, &by_rate, hits, ROWS, &n, &err));
  DONE(facecert_pack_default(&pack, &err));
  DONE(facecert_pack_calibration(pack, &calibration, &err));
  EXPECT(E_CONTRACT, 2, facecert_gallery_search(gallery, calibration, queries, 1, &by_rate, hits, ROWS, &n, &err));
  options.fmr_per_billion = 100000;
  EXPECT(E_NULL, 3, facecert_dedup(gallery, NULL, NULL, &options, &result, &err));
  EXPECT(E_CONTRACT, 3, facecert_dedup(gallery, NULL, calibration, &options, &result, &err));
  options.review_budget = 1;
  EXPECT(E_ARGUMENT, 4, facecert_dedup(gallery, NULL, NULL, &options, &result, &err));
  options.fmr_per_billion = 0;
  options.within_person = 2;
  EXPECT(E_ARGUMENT, 4, facecert_dedup(gallery, NULL, NULL, &options, &result, &err));
  options.within_person = 0;
  options.reserved = &options;
  EXPECT(E_ARGUMENT, 4, facecert_dedup(gallery, NULL, NULL, &options, &result, &err));
  options.reserved = NULL;
  EXPECT(E_ARGUMENT, 4,
         facecert_dedup_to_file(gallery, NULL, NULL, &options, output, FACECERT_NUL, NULL, 0, &result, &err));
  EXPECT(E_ARGUMENT, 4, facecert_dedup_plan(gallery, NULL, NULL, &options, 0, plan, FACECERT_NUL, &number, &err));
  options.on_pairs = refuse;
  EXPECT(E_CANCELLED, -1, facecert_dedup(gallery, NULL, NULL, &options, &result, &err));
  EXPECT(E_IO, 1, facecert_dedup_merge("/nowhere/a", FACECERT_NUL, folder, FACECERT_NUL, ignore, NULL, &err));
  EXPECT(E_PLAN, 3, facecert_dedup_run_task(gallery, NULL, "/proc/self/status", FACECERT_NUL, 0, folder, FACECERT_NUL, NULL,
                                            NULL, &err));
  CHECK(!no_writer && !no_gallery && result.compared_pairs == 0 && soundness.rows == 0 && number == 7);
  CHECK(facecert_calibration_release(calibration) == FACECERT_OK && facecert_pack_release(pack) == FACECERT_OK);
}

static void handles(void) {
  facecert_gallery *second = NULL;
  facecert_gallery_info info;
  uint64_t row = 0;
  FACECERT_INIT(&info);
  EXPECT(E_HANDLE, 1, facecert_gallery_describe((facecert_gallery *)(void *)writer, &info, &err));
  EXPECT(E_HANDLE, 1,
         facecert_gallery_writer_append((facecert_gallery_writer *)(void *)gallery, tmpl, 9, 9, NULL, 0, &row, &err));
  CHECK(facecert_gallery_release((facecert_gallery *)(void *)writer) == FACECERT_E_HANDLE);
  DONE(facecert_gallery_open(path, FACECERT_NUL, NULL, &second, &err));
  CHECK(facecert_gallery_release(second) == FACECERT_OK && facecert_gallery_release(second) == FACECERT_E_HANDLE);
  EXPECT(E_HANDLE, 1, facecert_gallery_describe(second, &info, &err));
  CHECK(info.rows == 0);
}

/* const means concurrent: every thread gets the same answer. */
static void *search_often(void *out) {
  const facecert_template *query = tmpl;
  size_t *wrong = out, n;
  facecert_hit hits[ROWS];
  int i;
  for (i = 0; i < 200; i++) {
    facecert_status status = facecert_gallery_search(gallery, NULL, &query, 1, NULL, hits, ROWS, &n, NULL);
    *wrong += status != FACECERT_OK || n != ROWS || hits[0].id != 0;
  }
  return NULL;
}

static void threads(void) {
  pthread_t thread[8];
  size_t wrong[8] = {0};
  int i;
  for (i = 0; i < 8; i++) CHECK(pthread_create(&thread[i], NULL, search_often, &wrong[i]) == 0);
  for (i = 0; i < 8; i++) {
    CHECK(pthread_join(thread[i], NULL) == 0);
    CHECK(wrong[i] == 0);
  }
}

static void after_fork(void) {
  int state = 0;
  pid_t child = fork();
  if (child == 0) {
    facecert_gallery_info info;
    const facecert_template *query = tmpl;
    facecert_hit hit;
    size_t n = 0;
    FACECERT_INIT(&info);
    EXPECT(E_FORK, 1, facecert_gallery_describe(gallery, &info, &err));
    EXPECT(E_FORK, 1, facecert_gallery_search(gallery, NULL, &query, 1, NULL, &hit, 1, &n, &err));
    EXPECT(E_FORK, 1, facecert_gallery_writer_commit(writer, &err));
    _exit(broken);
  }
  CHECK(child > 0 && waitpid(child, &state, 0) == child && WIFEXITED(state) && WEXITSTATUS(state) == 0);
}

static void nothing_has_changed(void) {
  facecert_gallery_soundness soundness;
  FACECERT_INIT(&soundness);
  DONE(facecert_gallery_writer_commit(writer, &err));
  DONE(facecert_gallery_check(path, FACECERT_NUL, &soundness, &err));
  CHECK(soundness.rows == ROWS && soundness.subjects == ROWS && soundness.removed_rows == 0);
}

int main(int argc, char **argv) {
  if (argc != 2 || strlen(argv[1]) > 400) return 2;
  FACECERT_INIT(&err);
  sprintf(path, "%s/hostile.gallery", argv[1]);
  sprintf(output, "%s/hostile.csv", argv[1]);
  sprintf(plan, "%s/hostile.json", argv[1]);
  sprintf(folder, "%s", argv[1]);
  set_up();
  if (broken) return 1; /* nothing to be hostile to */
  null_pointers();
  structs_and_alignment();
  values();
  handles();
  threads();
  after_fork();
  nothing_has_changed();
  CHECK(facecert_gallery_release(gallery) == FACECERT_OK && facecert_gallery_release(idle) == FACECERT_OK);
  CHECK(facecert_gallery_writer_release(writer) == FACECERT_OK);
  CHECK(facecert_template_release(tmpl) == FACECERT_OK && facecert_template_release(foreign) == FACECERT_OK);
  return broken;
}
