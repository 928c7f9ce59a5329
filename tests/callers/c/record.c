/* Records, receipts and sealed templates: every function, then every mistake. A key in a device is played by openssl.
 * Usage: record KEYS FOLDER. Exit code: 0 all as promised, 1 otherwise. */
#include "expect.h"
#include "files.h"

#define ROOM (1 << 20)
#define TEXT(text) text, FACECERT_NUL
#define SIGNED "2026-03-09T10:12:00+08:00"
#define ONES "1111111111111111111111111111111111111111111111111111111111111111"
#define EVIDENCE                                                                                                     \
  "{\"face_evidence\":{\"match\":\"match\",\"fmr_per_billion\":100000,\"pad\":\"live\",\"challenge\":\"active\","      \
  "\"quality\":\"pass\",\"engine_id\":\"facecert\",\"contract_id\":\"" ONES "\",\"pack_id\":\"default@sha256:" ONES   \
  "\",\"pack_grade\":\"accepted\",\"reasons\":[],\"evidence_digest\":\"sha256:" ONES "\",\"captured_at\":\"" SIGNED   \
  "\",\"reference_source\":\"id_chip\",\"reference_date\":\"2019-05-20\",\"device_id\":\"kiosk-07\","                  \
  "\"capture_integrity\":\"asserted\",\"nonce_check\":\"consumed\"}}"
#define ACCEPTED                                                                                                     \
  "{\"record\":\"facecert-import/1\",\"type\":\"certification\",\"key\":\"" ONES "\",\"county\":\"141121\","           \
  "\"person_ref\":\"p_7f3c\",\"entitlement\":\"e_01\",\"kind\":\"enterprise_pension\",\"channel\":\"kiosk\","          \
  "\"certified_on\":\"2026-03-09\",\"next_due\":\"2026-09-09\",\"pilot\":false}\n"

static char keys_folder[400], folder[400], text[ROOM], code[8192];
static char *county_pem, *county_public;
static facecert_signing_key *county, *device;
static facecert_key_list *keys;
static uint8_t chain[32768];
static size_t chain_len, first_len;

static char *key_file(const char *name) {
  char path[512];
  size_t len = 0;
  sprintf(path, "%s/%s", keys_folder, name);
  return read_file(path, &len);
}

/* As many security modules work: the message goes in, the signature comes out. */
static int32_t sign_in_device(void *user, const uint8_t *message, size_t message_len, uint8_t *signature) {
  char command[2048], in[512], out[512];
  size_t len = 0;
  char *made;
  FILE *file;
  if (*(int *)user) return *(int *)user;
  sprintf(in, "%s/message", folder);
  sprintf(out, "%s/signature", folder);
  file = fopen(in, "wb");
  if (!file || fwrite(message, 1, message_len, file) != message_len || fclose(file)) return -1;
  sprintf(command, "openssl pkeyutl -sign -rawin -inkey %s/county-ed25519.pem -in %s -out %s", keys_folder, in, out);
  if (system(command) != 0 || !(made = read_file(out, &len)) || len != 64) return -2;
  memcpy(signature, made, 64);
  free(made);
  return 0;
}

static int32_t sign_nonsense(void *user, const uint8_t *message, size_t message_len, uint8_t *signature) {
  (void)user, (void)message, (void)message_len;
  memset(signature, 0x55, 64);
  return 0;
}

static void load_keys(int *answer) {
  sprintf(text,
          "format = \"facecert-keys/1\"\n[[key]]\nid = \"county-2026\"\nrole = \"county\"\n"
          "valid_from = \"2026-01-01T00:00:00+08:00\"\nvalid_until = \"2027-01-01T00:00:00+08:00\"\n"
          "public_key = \"\"\"\n%.4000s\"\"\"\n",
          county_public);
  DONE(facecert_key_list_load(TEXT(text), &keys, &err));
  DONE(facecert_signing_key_from_pem(TEXT(county_pem), TEXT("county-2026"), &county, &err));
  DONE(facecert_signing_key_from_device(TEXT(county_public), TEXT("county-2026"), sign_in_device, answer, &device, &err));
}

static int32_t reason_of(const uint8_t *record, size_t len) {
  int32_t reason = 0;
  size_t n = 0;
  DONE(facecert_record_verify_json(keys, record, len, &reason, text, ROOM, &n, &err));
  return reason;
}

/* Two records, the second signed in the device. */
static void records(int *answer) {
  char digest[80];
  size_t most = 0, len = 0, n = 0;
  int32_t reason = 0;
  uint8_t small[16];
  DONE(facecert_record_sign(county, TEXT(EVIDENCE), NULL, 0, FACECERT_HASH_DEFAULT, TEXT(SIGNED), NULL, 0, &most, &err));
  DONE(facecert_record_sign(county, TEXT(EVIDENCE), NULL, 0, FACECERT_HASH_DEFAULT, TEXT(SIGNED), chain, sizeof chain,
                            &first_len, &err));
  CHECK(first_len > 500 && first_len < most);
  DONE(facecert_record_digest(chain, first_len, digest, sizeof digest, &n, &err));
  CHECK(n == 71 && strncmp(digest, "sha256:", 7) == 0);
  *answer = 1;
  EXPECT(E_CALLBACK, -1, facecert_record_sign(device, TEXT(EVIDENCE), TEXT(digest), FACECERT_HASH_DEFAULT, TEXT(SIGNED),
                                              chain + first_len, sizeof chain - first_len, &len, &err));
  *answer = -9;
  EXPECT(E_CALLBACK, -1, facecert_record_sign(device, TEXT(EVIDENCE), TEXT(digest), FACECERT_HASH_DEFAULT, TEXT(SIGNED),
                                              chain + first_len, sizeof chain - first_len, &len, &err));
  EXPECT(E_BUFFER, 9, facecert_record_sign(device, TEXT(EVIDENCE), TEXT(digest), FACECERT_HASH_DEFAULT, TEXT(SIGNED), small,
                                           sizeof small, &len, &err)); /* before the device is asked */
  *answer = 0;
  DONE(facecert_record_sign(device, TEXT(EVIDENCE), TEXT(digest), FACECERT_HASH_DEFAULT, TEXT(SIGNED), chain + first_len,
                            sizeof chain - first_len, &len, &err));
  chain_len = first_len + len;
  CHECK(reason_of(chain, first_len) == 3000 && strstr(text, "\"device_id\":\"kiosk-07\""));
  DONE(facecert_record_verify_chain_json(keys, chain, chain_len, &reason, text, ROOM, &n, &err));
  CHECK(reason == 3000 && strstr(text, "\"records\":2"));
  DONE(facecert_record_verify_chain_json(keys, chain + first_len, len, &reason, text, ROOM, &n, &err));
  CHECK(reason > 3000 && strstr(text, "\"first_bad\":0"));
  chain[first_len / 2] ^= 1;
  CHECK(reason_of(chain, first_len) > 3000);
  chain[first_len / 2] ^= 1;
  DONE(facecert_reason_text(3003, FACECERT_ZH_CN, FACECERT_OPERATOR, text, ROOM, &n, &err));
  CHECK(n > 10);
}

static void receipts(void) {
  size_t most = 0, len = 0, n = 0;
  int32_t reason = 0;
  DONE(facecert_receipt_issue(county, TEXT(ACCEPTED), NULL, 0, TEXT(SIGNED), NULL, 0, &most, &err));
  DONE(facecert_receipt_issue(county, TEXT(ACCEPTED), NULL, 0, TEXT(SIGNED), code, sizeof code, &len, &err));
  CHECK(strncmp(code, "FCR1:", 5) == 0 && len == strlen(code) && len <= most);
  DONE(facecert_receipt_verify_json(keys, code, len, TEXT("2026-03-10T09:00:00+08:00"), &reason, text, ROOM, &n, &err));
  CHECK(reason == 3000 && strstr(text, "2026-09-09"));
  DONE(facecert_receipt_verify_json(keys, code, len, TEXT("2030-01-01T09:00:00+08:00"), &reason, text, ROOM, &n, &err));
  CHECK(reason > 3000);
  DONE(facecert_receipt_verify_json(keys, code, len / 2, TEXT(SIGNED), &reason, text, ROOM, &n, &err));
  CHECK(reason == 3001);
  DONE(facecert_receipt_page(code, len, text, ROOM, &n, &err));
  CHECK(strstr(text, "<svg") && n == strlen(text));
}

static void seals(void) {
  static const uint8_t contract[32] = {9}, secret[32] = {4};
  facecert_seal_key *key = NULL, *sm4 = NULL;
  facecert_template *tmpl = NULL, *opened = NULL, *renewed = NULL;
  uint8_t sealed[4096], bytes[2][2048], id[32];
  float values[64] = {0.5f, 0.25f};
  size_t len = 0, most = 0, n[2] = {0, 0};
  DONE(facecert_template_from_floats(contract, values, 64, &tmpl, &err));
  DONE(facecert_seal_key_create(FACECERT_SEAL_AES256_GCM, secret, 32, TEXT("seal-2026"), &key, &err));
  DONE(facecert_seal_key_create(FACECERT_SEAL_SM4_GCM, secret, 16, TEXT("seal-2026"), &sm4, &err));
  EXPECT(E_KEY, -1, facecert_seal_key_create(FACECERT_SEAL_SM4_GCM, secret, 32, TEXT("k"), &key, &err));
  EXPECT(E_KEY, -1, facecert_seal_key_create(FACECERT_SEAL_AES256_GCM, secret, 32, TEXT("a b"), &key, &err));
  EXPECT(E_ARGUMENT, 1, facecert_seal_key_create((facecert_seal_algorithm)3, secret, 32, TEXT("k"), &key, &err));
  DONE(facecert_template_seal(tmpl, key, TEXT("p_1"), TEXT("certification"), NULL, 0, &most, &err));
  EXPECT(E_BUFFER, 7, facecert_template_seal(tmpl, key, TEXT("p_1"), TEXT("certification"), sealed, 64, &len, &err));
  DONE(facecert_template_seal(tmpl, key, TEXT("p_1"), TEXT("certification"), sealed, sizeof sealed, &len, &err));
  CHECK(len > 256 && len <= most);
  EXPECT(E_SEAL, 1, facecert_template_open(sealed, len, key, TEXT("p_2"), TEXT("certification"), &opened, &err));
  EXPECT(E_SEAL, 1, facecert_template_open(sealed, len, key, TEXT("p_1"), TEXT("research"), &opened, &err));
  EXPECT(E_SEAL, 1, facecert_template_open(sealed, len, sm4, TEXT("p_1"), TEXT("certification"), &opened, &err));
  EXPECT(E_SEAL, 1, facecert_template_open(sealed, len - 1, key, TEXT("p_1"), TEXT("certification"), &opened, &err));
  EXPECT(E_SEAL, 1, facecert_template_open(NULL, 0, key, TEXT("p_1"), TEXT("certification"), &opened, &err));
  CHECK(!opened);
  DONE(facecert_template_open(sealed, len, key, TEXT("p_1"), TEXT("certification"), &opened, &err));
  DONE(facecert_template_to_bytes(tmpl, bytes[0], sizeof bytes[0], &n[0], &err));
  DONE(facecert_template_to_bytes(opened, bytes[1], sizeof bytes[1], &n[1], &err));
  CHECK(n[0] == n[1] && memcmp(bytes[0], bytes[1], n[0]) == 0);
  EXPECT(E_ARGUMENT, 2, facecert_template_renew(tmpl, secret, 15, &renewed, &err));
  DONE(facecert_template_renew(tmpl, secret, 32, &renewed, &err));
  DONE(facecert_template_contract(renewed, id, &err));
  CHECK(memcmp(id, contract, 32) != 0);
  EXPECT(E_NULL, 1, facecert_template_seal(NULL, key, TEXT("a"), TEXT("b"), sealed, 64, &len, &err));
  EXPECT(E_NULL, 2, facecert_template_seal(tmpl, NULL, TEXT("a"), TEXT("b"), sealed, 64, &len, &err));
  EXPECT(E_NULL, 3, facecert_template_seal(tmpl, key, NULL, 0, TEXT("b"), sealed, 64, &len, &err));
  EXPECT(E_NULL, 5, facecert_template_seal(tmpl, key, TEXT("a"), NULL, 0, sealed, 64, &len, &err));
  EXPECT(E_NULL, 9, facecert_template_seal(tmpl, key, TEXT("a"), TEXT("b"), sealed, 64, NULL, &err));
  EXPECT(E_NULL, 3, facecert_template_open(sealed, len, NULL, TEXT("a"), TEXT("b"), &opened, &err));
  EXPECT(E_NULL, 8, facecert_template_open(sealed, len, key, TEXT("a"), TEXT("b"), NULL, &err));
  EXPECT(E_NULL, 2, facecert_template_renew(tmpl, NULL, 32, &renewed, &err));
  EXPECT(E_NULL, 4, facecert_template_renew(tmpl, secret, 32, NULL, &err));
  EXPECT(E_NULL, 2, facecert_seal_key_create(FACECERT_SEAL_AES256_GCM, NULL, 32, TEXT("k"), &key, &err));
  EXPECT(E_NULL, 4, facecert_seal_key_create(FACECERT_SEAL_AES256_GCM, secret, 32, NULL, 0, &key, &err));
  EXPECT(E_NULL, 6, facecert_seal_key_create(FACECERT_SEAL_AES256_GCM, secret, 32, TEXT("k"), NULL, &err));
  CHECK(facecert_template_release(tmpl) == FACECERT_OK && facecert_template_release(opened) == FACECERT_OK);
  CHECK(facecert_template_release(renewed) == FACECERT_OK);
  CHECK(facecert_seal_key_release(key) == FACECERT_OK && facecert_seal_key_release(sm4) == FACECERT_OK);
}

static void mistakes(void) {
  facecert_signing_key *no_key = NULL, *confused = NULL;
  facecert_key_list *no_list = NULL;
  char t[4] = "???";
  size_t n = 7;
  int32_t reason = 7;
  EXPECT(E_NULL, 1, facecert_signing_key_from_pem(NULL, 0, TEXT("k"), &no_key, &err));
  EXPECT(E_NULL, 3, facecert_signing_key_from_pem(TEXT(county_pem), NULL, 0, &no_key, &err));
  EXPECT(E_NULL, 5, facecert_signing_key_from_pem(TEXT(county_pem), TEXT("k"), NULL, &err));
  EXPECT(E_NULL, 1, facecert_signing_key_from_device(NULL, 0, TEXT("k"), sign_nonsense, NULL, &no_key, &err));
  EXPECT(E_NULL, 5, facecert_signing_key_from_device(TEXT(county_public), TEXT("k"), NULL, NULL, &no_key, &err));
  EXPECT(E_NULL, 7, facecert_signing_key_from_device(TEXT(county_public), TEXT("k"), sign_nonsense, NULL, NULL, &err));
  EXPECT(E_NULL, 1, facecert_key_list_load(NULL, 0, &no_list, &err));
  EXPECT(E_NULL, 3, facecert_key_list_load(TEXT(""), NULL, &err));
  EXPECT(E_KEY, -1, facecert_signing_key_from_pem(TEXT(county_public), TEXT("k"), &no_key, &err));
  EXPECT(E_KEY, -1, facecert_signing_key_from_pem(TEXT(county_pem), TEXT("a b"), &no_key, &err));
  EXPECT(E_KEY, 3, facecert_signing_key_from_device(TEXT(county_public), TEXT("a b"), sign_nonsense, NULL, &no_key, &err));
  EXPECT(E_KEY, 1, facecert_signing_key_from_device(TEXT(county_pem), TEXT("k"), sign_nonsense, NULL, &no_key, &err));
  EXPECT(E_KEY, 1, facecert_key_list_load(TEXT("Zhang San"), &no_list, &err));
  EXPECT(E_NULL, 1, facecert_record_sign(NULL, TEXT(EVIDENCE), NULL, 0, FACECERT_HASH_DEFAULT, TEXT(SIGNED), chain, 1, &n, &err));
  EXPECT(E_NULL, 2, facecert_record_sign(county, NULL, 0, NULL, 0, FACECERT_HASH_DEFAULT, TEXT(SIGNED), chain, 1, &n, &err));
  EXPECT(E_NULL, 7, facecert_record_sign(county, TEXT(EVIDENCE), NULL, 0, FACECERT_HASH_DEFAULT, NULL, 0, chain, 1, &n, &err));
  EXPECT(E_NULL, 9, facecert_record_sign(county, TEXT(EVIDENCE), NULL, 0, FACECERT_HASH_DEFAULT, TEXT(SIGNED), NULL, 1, &n, &err));
  EXPECT(E_NULL, 11, facecert_record_sign(county, TEXT(EVIDENCE), NULL, 0, FACECERT_HASH_DEFAULT, TEXT(SIGNED), chain, 1, NULL, &err));
  EXPECT(E_RECORD, 2, facecert_record_sign(county, TEXT("[]"), NULL, 0, FACECERT_HASH_DEFAULT, TEXT(SIGNED), chain, 1, &n, &err));
  EXPECT(E_ARGUMENT, 4, facecert_record_sign(county, TEXT(EVIDENCE), TEXT("x"), FACECERT_HASH_DEFAULT, TEXT(SIGNED), chain, 1, &n, &err));
  EXPECT(E_ARGUMENT, 6, facecert_record_sign(county, TEXT(EVIDENCE), NULL, 0, (facecert_hash)7, TEXT(SIGNED), chain, 1, &n, &err));
  EXPECT(E_ARGUMENT, 7, facecert_record_sign(county, TEXT(EVIDENCE), NULL, 0, FACECERT_HASH_SM3, TEXT("today"), chain, 1, &n, &err));
  EXPECT(E_NULL, 1, facecert_record_verify_json(NULL, chain, 1, &reason, t, 4, &n, &err));
  EXPECT(E_NULL, 2, facecert_record_verify_json(keys, NULL, 1, &reason, t, 4, &n, &err));
  EXPECT(E_NULL, 4, facecert_record_verify_json(keys, chain, 1, NULL, t, 4, &n, &err));
  EXPECT(E_NULL, 7, facecert_record_verify_json(keys, chain, 1, &reason, t, 4, NULL, &err));
  EXPECT(E_BUFFER, 5, facecert_record_verify_json(keys, chain, 1, &reason, t, 4, &n, &err));
  EXPECT(E_NULL, 1, facecert_record_verify_chain_json(NULL, chain, 1, &reason, t, 4, &n, &err));
  EXPECT(E_NULL, 4, facecert_record_verify_chain_json(keys, chain, 1, NULL, t, 4, &n, &err));
  EXPECT(E_NULL, 1, facecert_record_digest(NULL, 1, t, 4, &n, &err));
  EXPECT(E_RECORD, 1, facecert_record_digest(chain, 1, t, 4, &n, &err));
  EXPECT(E_NULL, 1, facecert_receipt_issue(NULL, TEXT(ACCEPTED), NULL, 0, TEXT(SIGNED), t, 4, &n, &err));
  EXPECT(E_NULL, 2, facecert_receipt_issue(county, NULL, 0, NULL, 0, TEXT(SIGNED), t, 4, &n, &err));
  EXPECT(E_NULL, 6, facecert_receipt_issue(county, TEXT(ACCEPTED), NULL, 0, NULL, 0, t, 4, &n, &err));
  EXPECT(E_BUFFER, 8, facecert_receipt_issue(county, TEXT(ACCEPTED), NULL, 0, TEXT(SIGNED), t, 4, &n, &err));
  EXPECT(E_RECORD, -1, facecert_receipt_issue(county, TEXT("{}"), NULL, 0, TEXT(SIGNED), code, sizeof code, &n, &err));
  EXPECT(E_NULL, 1, facecert_receipt_page(NULL, 0, t, 4, &n, &err));
  EXPECT(E_RECORD, 1, facecert_receipt_page(TEXT("FCR1:"), t, 4, &n, &err));
  EXPECT(E_NULL, 1, facecert_receipt_verify_json(NULL, TEXT(code), TEXT(SIGNED), &reason, t, 4, &n, &err));
  EXPECT(E_NULL, 6, facecert_receipt_verify_json(keys, TEXT(code), TEXT(SIGNED), NULL, t, 4, &n, &err));
  EXPECT(E_ARGUMENT, 4, facecert_receipt_verify_json(keys, TEXT(code), TEXT("now"), &reason, t, 4, &n, &err));
  CHECK(!no_key && !no_list && reason == 7 && strcmp(t, "???") == 0);
  DONE(facecert_signing_key_from_device(TEXT(county_public), TEXT("county-2026"), sign_nonsense, NULL, &confused, &err));
  EXPECT(E_CALLBACK, -1, facecert_record_sign(confused, TEXT(EVIDENCE), NULL, 0, FACECERT_HASH_DEFAULT, TEXT(SIGNED), chain,
                                              sizeof chain, &n, &err));
  CHECK(facecert_signing_key_release(confused) == FACECERT_OK);
  CHECK(facecert_signing_key_release(NULL) == FACECERT_OK && facecert_key_list_release(NULL) == FACECERT_OK);
  CHECK(facecert_seal_key_release(NULL) == FACECERT_OK);
}

int main(int argc, char **argv) {
  int answer = 0;
  FACECERT_INIT(&err);
  if (argc != 3 || strlen(argv[1]) > 390 || strlen(argv[2]) > 390) return 2;
  strcpy(keys_folder, argv[1]);
  strcpy(folder, argv[2]);
  county_pem = key_file("county-ed25519.pem");
  county_public = key_file("county-ed25519.pub.pem");
  if (!county_pem || !county_public) return 2;
  load_keys(&answer);
  if (broken) return 1; /* nothing to sign with */
  records(&answer);
  receipts();
  seals();
  mistakes();
  CHECK(facecert_wipe((uint8_t *)county_pem, strlen(county_pem)) == FACECERT_OK && !county_pem[0]);
  CHECK(facecert_signing_key_release(county) == FACECERT_OK && facecert_signing_key_release(device) == FACECERT_OK);
  CHECK(facecert_key_list_release(keys) == FACECERT_OK);
  free(county_pem);
  free(county_public);
  return broken;
}
