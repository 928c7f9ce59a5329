/* The rules of the shipped scheme, a person's events and two cases: every function, then every mistake.
 * Usage: policy SCHEMES DATA. Exit code: 0 all as promised, 1 otherwise. */
#include "expect.h"
#include "files.h"

#define ROOM (1 << 20)
#define NOW "2026-03-05T10:30:00+08:00"
#define TEXT(text) text, FACECERT_NUL

static const char *const names[] = {"wenshui-2025-20.toml", "calendars/cn-2025.toml", "calendars/cn-2026.toml",
                                    "forms/chengnuoshu.txt"};
#define FILES (sizeof names / sizeof *names)

static facecert_named_file files[FILES];
static facecert_policy *policy;
static facecert_events *events, *none, *certified; /* certified: with the pass that was decided */
static char *events_text, *case_text, *face_case_text;
static char text[ROOM], decision[ROOM];
static size_t len;

static int read_inputs(char **argv) {
  char path[1024];
  size_t i, events_len = 0, case_len = 0;
  for (i = 0; i < FILES; i++) {
    sprintf(path, "%.900s/%s", argv[1], names[i]);
    files[i].name = names[i];
    files[i].name_len = FACECERT_NUL;
    files[i].bytes = (const uint8_t *)read_file(path, &files[i].bytes_len);
    if (!files[i].bytes) return 0;
  }
  sprintf(path, "%.900s/events.jsonl", argv[2]);
  events_text = read_file(path, &events_len);
  sprintf(path, "%.900s/window-case.json", argv[2]);
  case_text = read_file(path, &case_len);
  sprintf(path, "%.900s/face-case.json", argv[2]);
  face_case_text = read_file(path, &case_len);
  return events_text && case_text && face_case_text;
}

static void load(void) {
  facecert_policy *without_day = NULL;
  uint8_t hash[32] = {0}, other[32] = {0};
  EXPECT(E_POLICY, 1, facecert_policy_load(files, FILES, NULL, 0, &without_day, &err));
  DONE(facecert_policy_lint_json(files, FILES, NULL, 0, text, ROOM, &len, &err));
  CHECK(!without_day && strstr(text, "\"code\":\"effective_date\"") && len == strlen(text));
  DONE(facecert_policy_lint_json(files, FILES, TEXT("2025-09-01"), text, ROOM, &len, &err));
  CHECK(strstr(text, "\"faults\":[]") != NULL);
  DONE(facecert_policy_load(files, FILES, TEXT("2025-09-01"), &policy, &err));
  DONE(facecert_policy_hash(policy, hash, &err));
  CHECK(memcmp(hash, other, sizeof hash) != 0);
  DONE(facecert_events_read(TEXT(events_text), &events, &err));
  DONE(facecert_events_read(NULL, 0, &none, &err));
}

/* The person comes to the window, and the decision's event is appended to those that are known. */
static void decide(void) {
  facecert_decision outcome = (facecert_decision)0;
  size_t asked = 0;
  char *event;
  DONE(facecert_policy_decide_json(policy, events, TEXT(case_text), TEXT(NOW), &outcome, NULL, 0, &asked, &err));
  CHECK(outcome == FACECERT_DECISION_CERTIFIED);
  DONE(facecert_policy_decide_json(policy, events, TEXT(case_text), TEXT(NOW), &outcome, decision, asked + 1, &len, &err));
  CHECK(len == asked && strstr(decision, "\"outcome\":\"Certified\"") && strstr(decision, "\"kind\":\"PassRecorded\""));
  DONE(facecert_policy_explain_json(policy, decision, len, FACECERT_ZH_CN, FACECERT_SUBJECT, text, ROOM, &len, &err));
  CHECK(strstr(text, "\"no\":2000") && strstr(text, "\"doors\":[]"));

  event = strstr(decision, "\"event\":");
  if (!event) return;
  len = (size_t)sprintf(text, "%s%s", events_text, event + strlen("\"event\":"));
  text[len - 1] = '\n'; /* the decision's own brace */
  DONE(facecert_events_read(text, len, &certified, &err));

  /* Nobody has accepted the model pack yet, so a face alone certifies nobody; another door does. */
  DONE(facecert_policy_decide_json(policy, events, TEXT(face_case_text), TEXT(NOW), &outcome, text, ROOM, &len, &err));
  CHECK(outcome == FACECERT_DECISION_INCOMPLETE && strstr(text, "\"reasons\":[2309]"));
  DONE(facecert_policy_explain_json(policy, text, len, FACECERT_EN, FACECERT_SUBJECT, decision, ROOM, &len, &err));
  CHECK(strstr(decision, "\"id\":\"outlet\"") && !strstr(decision, "FACE_EVALUATION_GRADE"));
  DONE(facecert_policy_decide_json(policy, none, TEXT(case_text), TEXT(NOW), &outcome, text, ROOM, &len, &err));
  CHECK(outcome > FACECERT_DECISION_CERTIFIED); /* nobody is known */
}

static void lists(void) {
  char new_events[1 << 16];
  size_t new_len = 0;
  DONE(facecert_policy_status_json(policy, events, TEXT("p_1"), TEXT(NOW), text, ROOM, &len, &err));
  CHECK(strstr(text, "\"person_ref\":\"p_1\"") && strstr(text, "\"status\":\"DueSoon\"") && text[len - 1] == '\n');
  DONE(facecert_policy_status_json(policy, events, TEXT("p_2"), TEXT(NOW), text, ROOM, &len, &err));
  CHECK(len == 0);
  DONE(facecert_policy_reminders_json(policy, events, TEXT("2025-09-11"), TEXT(NOW), text, ROOM, &len, &err));
  CHECK(len > 0 && strstr(text, "\"person_ref\":\"p_1\""));
  DONE(facecert_policy_worklist_json(policy, events, TEXT("2026-06-01"), text, ROOM, &len, &err));
  CHECK(len > 0);
  DONE(facecert_policy_kpi_json(policy, events, TEXT("2025-09-01"), TEXT("2026-03-31"), TEXT("2026-04-01"), 1, text, ROOM,
                                &len, &err));
  CHECK(text[0] == '{' && strstr(text, "\"public\":true"));
  DONE(facecert_policy_export_jsonl(policy, certified, TEXT(NOW), text, ROOM, &len, new_events, sizeof new_events, &new_len,
                                    &err));
  CHECK(strstr(text, "\"type\":\"certification\"") && strlen(text) == len && strlen(new_events) == new_len && new_len > 0);
  DONE(facecert_policy_status_json(policy, certified, NULL, 0, TEXT(NOW), text, ROOM, &len, &err));
  CHECK(strstr(text, "\"status\":\"Active\"") != NULL);
}

static void identify(void) {
  uint8_t key[32] = {7};
  DONE(facecert_policy_identify_json(TEXT("resident_id"), TEXT("990101195103070014"), key, FACECERT_HASH_SM3, text, ROOM,
                                     &len, &err));
  CHECK(strstr(text, "\"person_ref\":\"p_") && strstr(text, "hmac-sm3:") && !strstr(text, "19510307"));
  DONE(facecert_policy_identify_json(TEXT("resident_id"), TEXT("990101195103070010"), key, FACECERT_HASH_DEFAULT, text,
                                     ROOM, &len, &err));
  CHECK(strstr(text, "\"person_ref\":null") != NULL);
  EXPECT(E_ARGUMENT, 1, facecert_policy_identify_json(TEXT("card"), TEXT("1"), key, FACECERT_HASH_SM3, text, ROOM, &len, &err));
  EXPECT(E_ARGUMENT, 6, facecert_policy_identify_json(TEXT("resident_id"), TEXT("1"), key, (facecert_hash)3, text, ROOM, &len, &err));
}

static void null_pointers(void) {
  facecert_policy *no_policy = NULL;
  facecert_events *no_events = NULL;
  facecert_decision outcome = (facecert_decision)0;
  facecert_named_file hollow = {NULL, 1, NULL, 0};
  uint8_t key[32] = {0};
  char t[4] = "???";
  size_t n = 7;
  EXPECT(E_NULL, 1, facecert_policy_load(NULL, 1, NULL, 0, &no_policy, &err));
  EXPECT(E_NULL, 1, facecert_policy_load(&hollow, 1, NULL, 0, &no_policy, &err));
  EXPECT(E_NULL, 3, facecert_policy_load(files, 1, NULL, 1, &no_policy, &err));
  EXPECT(E_NULL, 5, facecert_policy_load(files, FILES, NULL, 0, NULL, &err));
  EXPECT(E_NULL, 1, facecert_policy_lint_json(NULL, 1, NULL, 0, t, 4, &n, &err));
  EXPECT(E_NULL, 5, facecert_policy_lint_json(files, FILES, NULL, 0, NULL, 4, &n, &err));
  EXPECT(E_NULL, 7, facecert_policy_lint_json(files, FILES, NULL, 0, t, 4, NULL, &err));
  EXPECT(E_NULL, 1, facecert_policy_hash(NULL, key, &err));
  EXPECT(E_NULL, 2, facecert_policy_hash(policy, NULL, &err));
  EXPECT(E_NULL, 1, facecert_events_read(NULL, 1, &no_events, &err));
  EXPECT(E_NULL, 3, facecert_events_read(NULL, 0, NULL, &err));
  EXPECT(E_NULL, 1, facecert_policy_decide_json(NULL, events, TEXT(case_text), TEXT(NOW), &outcome, t, 4, &n, &err));
  EXPECT(E_NULL, 2, facecert_policy_decide_json(policy, NULL, TEXT(case_text), TEXT(NOW), &outcome, t, 4, &n, &err));
  EXPECT(E_NULL, 3, facecert_policy_decide_json(policy, events, NULL, 0, TEXT(NOW), &outcome, t, 4, &n, &err));
  EXPECT(E_NULL, 5, facecert_policy_decide_json(policy, events, TEXT(case_text), NULL, 0, &outcome, t, 4, &n, &err));
  EXPECT(E_NULL, 7, facecert_policy_decide_json(policy, events, TEXT(case_text), TEXT(NOW), NULL, t, 4, &n, &err));
  EXPECT(E_NULL, 8, facecert_policy_decide_json(policy, events, TEXT(case_text), TEXT(NOW), &outcome, NULL, 4, &n, &err));
  EXPECT(E_NULL, 10, facecert_policy_decide_json(policy, events, TEXT(case_text), TEXT(NOW), &outcome, t, 4, NULL, &err));
  EXPECT(E_NULL, 1, facecert_policy_status_json(NULL, events, NULL, 0, TEXT(NOW), t, 4, &n, &err));
  EXPECT(E_NULL, 2, facecert_policy_status_json(policy, NULL, NULL, 0, TEXT(NOW), t, 4, &n, &err));
  EXPECT(E_NULL, 3, facecert_policy_status_json(policy, events, NULL, 1, TEXT(NOW), t, 4, &n, &err));
  EXPECT(E_NULL, 5, facecert_policy_status_json(policy, events, NULL, 0, NULL, 0, t, 4, &n, &err));
  EXPECT(E_NULL, 9, facecert_policy_status_json(policy, events, NULL, 0, TEXT(NOW), t, 4, NULL, &err));
  EXPECT(E_NULL, 1, facecert_policy_explain_json(NULL, TEXT(decision), FACECERT_EN, FACECERT_AUDIT, t, 4, &n, &err));
  EXPECT(E_NULL, 2, facecert_policy_explain_json(policy, NULL, 0, FACECERT_EN, FACECERT_AUDIT, t, 4, &n, &err));
  EXPECT(E_NULL, 8, facecert_policy_explain_json(policy, TEXT(decision), FACECERT_EN, FACECERT_AUDIT, t, 4, NULL, &err));
  EXPECT(E_NULL, 1, facecert_policy_reminders_json(NULL, events, TEXT(NOW), TEXT(NOW), t, 4, &n, &err));
  EXPECT(E_NULL, 3, facecert_policy_reminders_json(policy, events, NULL, 0, TEXT(NOW), t, 4, &n, &err));
  EXPECT(E_NULL, 1, facecert_policy_worklist_json(NULL, events, TEXT(NOW), t, 4, &n, &err));
  EXPECT(E_NULL, 3, facecert_policy_worklist_json(policy, events, NULL, 0, t, 4, &n, &err));
  EXPECT(E_NULL, 3, facecert_policy_kpi_json(policy, events, NULL, 0, TEXT("2026-01-01"), TEXT(NOW), 0, t, 4, &n, &err));
  EXPECT(E_NULL, 12, facecert_policy_kpi_json(policy, events, TEXT("2026-01-01"), TEXT("2026-01-01"), TEXT(NOW), 0, t, 4, NULL, &err));
  EXPECT(E_NULL, 3, facecert_policy_export_jsonl(policy, events, NULL, 0, t, 4, &n, t, 4, &n, &err));
  EXPECT(E_NULL, 7, facecert_policy_export_jsonl(policy, events, TEXT(NOW), t, 4, NULL, t, 4, &n, &err));
  EXPECT(E_NULL, 10, facecert_policy_export_jsonl(policy, events, TEXT(NOW), t, 4, &n, t, 4, NULL, &err));
  EXPECT(E_NULL, 1, facecert_policy_identify_json(NULL, 0, TEXT("1"), key, FACECERT_HASH_SM3, t, 4, &n, &err));
  EXPECT(E_NULL, 3, facecert_policy_identify_json(TEXT("resident_id"), NULL, 0, key, FACECERT_HASH_SM3, t, 4, &n, &err));
  EXPECT(E_NULL, 5, facecert_policy_identify_json(TEXT("resident_id"), TEXT("1"), NULL, FACECERT_HASH_SM3, t, 4, &n, &err));
  CHECK(facecert_policy_release(NULL) == FACECERT_OK && facecert_events_release(NULL) == FACECERT_OK);
  CHECK(!no_policy && !no_events && n == 7 && strcmp(t, "???") == 0 && (int)outcome == 0);
}

static void values(void) {
  facecert_policy *no_policy = NULL;
  facecert_events *no_events = NULL;
  facecert_decision outcome = (facecert_decision)0;
  facecert_named_file twice[2];
  char t[4] = "???";
  size_t n = 0, m = 0;
  twice[0] = files[0];
  twice[1] = files[0];
  EXPECT(E_POLICY, 1, facecert_policy_load(NULL, 0, NULL, 0, &no_policy, &err));
  EXPECT(E_POLICY, 1, facecert_policy_load(twice, 2, TEXT("2025-09-01"), &no_policy, &err));
  EXPECT(E_POLICY, 1, facecert_policy_load(files, 1, TEXT("2025-09-01"), &no_policy, &err));
  EXPECT(E_ARGUMENT, 3, facecert_policy_load(files, FILES, TEXT("2025-13-01"), &no_policy, &err));
  EXPECT(E_ARGUMENT, 2, facecert_policy_load(files, SIZE_MAX / 8, NULL, 0, &no_policy, &err));
  EXPECT(E_UTF8, 3, facecert_policy_load(files, FILES, "\xFF", 1, &no_policy, &err));
  EXPECT(E_JSON, 1, facecert_events_read(TEXT("{}"), &no_events, &err));
  EXPECT(E_JSON, 1, facecert_events_read(TEXT("{\"kind\":\"Zhang San 990101195103070014\"}"), &no_events, &err));
  CHECK(facecert_events_read(TEXT("{\"kind\":\"Zhang San 990101195103070014\"}"), &no_events, &err) == FACECERT_E_JSON);
  CHECK(!strstr(err.message, "Zhang") && !strstr(err.message, "9901"));
  EXPECT(E_JSON, 3, facecert_policy_decide_json(policy, events, TEXT("{}"), TEXT(NOW), &outcome, t, 4, &n, &err));
  EXPECT(E_ARGUMENT, 5, facecert_policy_decide_json(policy, events, TEXT(case_text), TEXT("soon"), &outcome, t, 4, &n, &err));
  EXPECT(E_BUFFER, 8, facecert_policy_decide_json(policy, events, TEXT(case_text), TEXT(NOW), &outcome, t, 4, &n, &err));
  CHECK(n > 4 && strcmp(t, "???") == 0 && (int)outcome == 0);
  EXPECT(E_ARGUMENT, 3, facecert_policy_status_json(policy, events, TEXT("a b"), TEXT(NOW), t, 4, &n, &err));
  EXPECT(E_JSON, 2, facecert_policy_explain_json(policy, TEXT("[]"), FACECERT_EN, FACECERT_AUDIT, t, 4, &n, &err));
  EXPECT(E_ARGUMENT, 4, facecert_policy_explain_json(policy, TEXT(decision), (facecert_language)9, FACECERT_AUDIT, t, 4, &n, &err));
  EXPECT(E_ARGUMENT, 5, facecert_policy_explain_json(policy, TEXT(decision), FACECERT_EN, (facecert_audience)9, t, 4, &n, &err));
  EXPECT(E_ARGUMENT, 3, facecert_policy_kpi_json(policy, events, TEXT("2026-02-01"), TEXT("2026-01-01"), TEXT(NOW), 0, t, 4, &n, &err));
  EXPECT(E_ARGUMENT, 9, facecert_policy_kpi_json(policy, events, TEXT("2026-01-01"), TEXT("2026-01-01"), TEXT(NOW), 2, t, 4, &n, &err));
  EXPECT(E_BUFFER, 8, facecert_policy_export_jsonl(policy, certified, TEXT(NOW), text, ROOM, &n, t, 4, &m, &err));
  CHECK(n > 4 && m > 4 && strcmp(t, "???") == 0);
  EXPECT(E_HANDLE, 1, facecert_policy_hash((facecert_policy *)(void *)events, (uint8_t *)text, &err));
  CHECK(!no_policy && !no_events);
}

int main(int argc, char **argv) {
  size_t i;
  FACECERT_INIT(&err);
  if (argc != 3 || !read_inputs(argv)) return 2;
  load();
  if (broken) return 1; /* nothing to decide by */
  decide();
  lists();
  identify();
  null_pointers();
  values();
  CHECK(facecert_policy_release(policy) == FACECERT_OK && facecert_policy_release(policy) == FACECERT_E_HANDLE);
  CHECK(facecert_events_release(events) == FACECERT_OK && facecert_events_release(none) == FACECERT_OK);
  CHECK(facecert_events_release(certified) == FACECERT_OK);
  for (i = 0; i < FILES; i++) free((void *)files[i].bytes);
  free(events_text);
  free(case_text);
  free(face_case_text);
  return broken;
}
