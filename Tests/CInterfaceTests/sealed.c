/* What a journal is on the disk: by which hash it is chained, and what of it can be read there. */
#define _GNU_SOURCE /* memmem */
#include <dirent.h>

#include "../../examples/c/seal_aes.h"
#include "journal_host.h"

/* Each opening begins a segment with the digest that it asks for; the chain goes on, and the head says which. */
static void digests_change(void) {
  new_folder();
  hj_config config = journal_config(HJ_RUN_POLL);
  uint64_t recorded = 0;
  for (int32_t life = 0; life < 4; life++) {
    config.journal_digest = life % 2 == 0 ? HJ_DIGEST_SM3 : HJ_DIGEST_SHA256;
    hj_engine *engine = open_engine(&config);
    CHECK_STATUS(hj_journal_wait(engine, 0, HJ_STRENGTH_DURABLE, 20 * SECOND_NS), HJ_OK);
    hj_journal_info info = journal_info(engine);
    CHECK_EACH_EQUAL(info.digest, config.journal_digest);
    CHECK_EACH_EQUAL(info.reasons, 0);
    CHECK_MORE(info.recorded, recorded);
    recorded = info.recorded;
    CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  }
  remove_folder();
}

/* ---- Sealed ---- */

/* Places that stand nowhere else: of a call, a unit, a fix and a watch. */
static const int32_t planted[][2] = {
    {377123457, -1224234561}, {377234563, -1224345677}, {377345671, -1224456781}, {377456789, -1224567899}};
#define PLANTED (sizeof planted / sizeof planted[0])

static seal_aes key_of(unsigned char first) {
  seal_aes made;
  for (int at = 0; at < 32; at++) made.key[at] = (unsigned char)(first + at * 7);
  made.cipher = EVP_CIPHER_CTX_new();
  REQUIRE(made.cipher != NULL);
  return made;
}

static hj_config sealed_config(seal_aes *key, const char *name) {
  hj_config config = journal_config(HJ_RUN_POLL);
  config.telemetry = HJ_TELEMETRY_ALL;
  config.seal = seal_aes_seal;
  config.open = seal_aes_open;
  config.seal_context = key;
  config.seal_name = name;
  return config;
}

static hj_engine *live(const hj_config *config) {
  hj_engine *engine = open_engine(config);
  CHECK_STATUS(hj_engine_poll(engine, 1, START_US, 0, NULL), HJ_OK);
  hj_unit unit = make_unit(1, 0, 0);
  unit.lat_e7 = planted[1][0];
  unit.lon_e7 = planted[1][1];
  CHECK_STATUS(hj_unit_put(engine, &unit), HJ_OK);
  hj_position fix = {.size = sizeof fix, .unit_id = 1, .lat_e7 = planted[2][0], .lon_e7 = planted[2][1]};
  fix.heading_cdeg = fix.speed_cms = HJ_UNKNOWN;
  uint32_t accepted = 0;
  CHECK_STATUS(hj_positions_report(engine, &fix, 1, &accepted), HJ_OK);
  CHECK_EQUAL(accepted, 1);
  hj_watch watch = {.size = sizeof watch, .id = 5, .lat_e7 = planted[3][0], .lon_e7 = planted[3][1]};
  CHECK_STATUS(hj_watch_put(engine, &watch), HJ_OK);
  hj_report report = make_report(HJ_TIER_EMERGENCY, 0, 0);
  report.lat_e7 = planted[0][0];
  report.lon_e7 = planted[0][1];
  hj_dispatch answer = empty_dispatch();
  CHECK_STATUS(hj_incident_report(engine, &report, &answer), HJ_OK);
  CHECK_EQUAL(answer.assignment_count, 1);
  CHECK_STATUS(hj_journal_wait(engine, 0, HJ_STRENGTH_DURABLE, 20 * SECOND_NS), HJ_OK);
  return engine;
}

/* How often a number stands in the file: as it stands in memory, turned round, as a float, in digits. */
static int count_places(const unsigned char *bytes, size_t size, int32_t number) {
  double degrees = number / 1e7;
  uint32_t turned = __builtin_bswap32((uint32_t)number);
  char digits[16], dotted[16];
  snprintf(digits, sizeof digits, "%d", number);
  snprintf(dotted, sizeof dotted, "%.7f", degrees);
  const struct {
    const void *bytes;
    size_t size;
  } forms[] = {{&number, 4}, {&turned, 4}, {&degrees, 8}, {digits, strlen(digits)}, {dotted, strlen(dotted)}};
  int found = 0;
  for (size_t form = 0; form < sizeof forms / sizeof forms[0]; form++)
    for (const unsigned char *at = bytes;
         (at = memmem(at, size - (size_t)(at - bytes), forms[form].bytes, forms[form].size)) != NULL; at++)
      found++;
  return found;
}

enum { IN_SEGMENT = 1, IN_SNAPSHOT = 2, IN_POSITIONS = 4, IN_WATCHES = 8, ELSEWHERE = 16 };
static int kind_of(const char *name) {
  static const struct {
    const char *prefix;
    int kind;
  } kinds[] = {
      {"journal-", IN_SEGMENT}, {"snapshot-", IN_SNAPSHOT}, {"positions-", IN_POSITIONS}, {"watches-", IN_WATCHES}};
  for (size_t at = 0; at < sizeof kinds / sizeof kinds[0]; at++)
    if (strncmp(name, kinds[at].prefix, strlen(kinds[at].prefix)) == 0) return kinds[at].kind;
  return ELSEWHERE;
}

/* In which kinds of files each planted place stands. */
static void look_for_places(int found[PLANTED]) {
  memset(found, 0, sizeof(int) * PLANTED);
  DIR *listing = opendir(folder);
  REQUIRE(listing != NULL);
  int files = 0;
  for (struct dirent *entry; (entry = readdir(listing)) != NULL;) {
    char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
    FILE *file = entry->d_name[0] == '.' || strcmp(entry->d_name, "reserve") == 0 ? NULL : fopen(path, "rb");
    if (file == NULL) continue;
    size_t room = 64 << 20;
    unsigned char *bytes = malloc(room);
    size_t size = fread(bytes, 1, room, file);
    fclose(file);
    files++;
    int kind = kind_of(entry->d_name);
    for (size_t place = 0; size > 0 && place < PLANTED; place++)
      if (count_places(bytes, size, planted[place][0]) + count_places(bytes, size, planted[place][1]) > 0)
        found[place] |= kind;
    free(bytes);
  }
  closedir(listing);
  CHECK_MORE(files, 1);
}

static void planted_places_are_found_nowhere(void) {
  seal_aes key = key_of(3);
  for (int is_sealed = 0; is_sealed < 2; is_sealed++) {
    new_folder();
    hj_config config = sealed_config(&key, "AES-256-GCM, test");
    if (!is_sealed) {
      config.seal = NULL;
      config.open = NULL;
    }
    hj_engine *engine = live(&config);
    uint64_t recorded = journal_info(engine).recorded;
    CHECK_STATUS(hj_engine_close(engine), HJ_OK);
    int found[PLANTED];
    look_for_places(found);
    /* Without the hook each of them is there: so this test can fail. What decided something stays in the chain; what a
     * watch said stands apart, and so does a position, which the call's record has as well. */
    for (size_t place = 0; place < PLANTED; place++) CHECK_EACH_EQUAL(found[place] != 0, !is_sealed);
    CHECK_EACH_EQUAL(found[3] & ~IN_SNAPSHOT, is_sealed ? 0 : IN_WATCHES);
    CHECK_EACH_EQUAL(found[2] & IN_POSITIONS, is_sealed ? 0 : IN_POSITIONS);
    engine = open_engine(&config);
    CHECK_EACH_EQUAL(journal_info(engine).reasons, 0);
    CHECK_MORE(journal_info(engine).recorded, recorded);
    hj_unit_status unit = {.size = sizeof unit};
    CHECK_STATUS(hj_unit_read(engine, 1, &unit), HJ_OK);
    CHECK_EACH_EQUAL(unit.lat_e7, planted[2][0]);
    CHECK_STATUS(hj_engine_close(engine), HJ_OK);
    remove_folder();
  }
  EVP_CIPHER_CTX_free(key.cipher);
}

/* Another key, no key: named, with the remedy, and nothing is changed. */
static void another_key_is_named(void) {
  seal_aes key = key_of(3), other = key_of(4);
  new_folder();
  hj_config config = sealed_config(&key, "key of 2026");
  hj_engine *engine = live(&config);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  for (int has_hook = 0; has_hook < 2; has_hook++) {
    hj_config wrong = sealed_config(&other, "key of 2027");
    if (!has_hook) {
      wrong.seal = NULL;
      wrong.open = NULL;
    }
    hj_error_detail detail;
    memset(&detail, 0, sizeof detail);
    detail.size = sizeof detail;
    engine = NULL;
    CHECK_EACH_STATUS(hj_engine_open(&wrong, &engine, &detail), HJ_E_JOURNAL);
    CHECK_EACH_TEXT(detail.field, "journal_path");
    CHECK_EACH_EQUAL(strstr(detail.text, "key of 2026") != NULL, 1);
    CHECK_NULL(engine);
  }
  engine = open_engine(&config);
  CHECK_EQUAL(journal_info(engine).reasons, 0);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  remove_folder();
  EVP_CIPHER_CTX_free(key.cipher);
  EVP_CIPHER_CTX_free(other.cipher);
}

static int must_fail;
static hj_status failing_seal(void *context, const void *about, uint64_t about_bytes, const void *clear,
                              uint64_t clear_bytes, void *sealed, uint64_t *sealed_bytes) {
  int how = __atomic_load_n(&must_fail, __ATOMIC_ACQUIRE);
  if (how == 1) return HJ_E_MEMORY;
  if (how == 2) {
    *sealed_bytes = UINT64_MAX; /* a length that cannot be */
    return HJ_OK;
  }
  return seal_aes_seal(context, about, about_bytes, clear, clear_bytes, sealed, sealed_bytes);
}

/* A seal that fails keeps the records in the ring, degrades the engine, and stops no dispatch. */
static void a_seal_that_fails_is_told(void) {
  seal_aes key = key_of(3);
  for (int how = 1; how <= 2; how++) {
    new_folder();
    hj_config config = sealed_config(&key, "AES-256-GCM, test");
    config.seal = failing_seal;
    hj_engine *engine = live(&config);
    __atomic_store_n(&must_fail, how, __ATOMIC_RELEASE);
    hj_report report = make_report(HJ_TIER_EMERGENCY, 5, 5);
    hj_dispatch answer = empty_dispatch();
    CHECK_STATUS(hj_incident_report(engine, &report, &answer), HJ_OK);
    CHECK_EACH_STATUS(hj_journal_wait(engine, 0, HJ_STRENGTH_DURABLE, SECOND_NS / 2), HJ_TIMEOUT);
    CHECK_EACH_EQUAL(journal_info(engine).reasons, HJ_HEALTH_NOT_SEALED);
    CHECK_EACH_EQUAL(journal_info(engine).state, HJ_JOURNAL_DEGRADED);
    __atomic_store_n(&must_fail, 0, __ATOMIC_RELEASE);
    CHECK_EACH_STATUS(hj_journal_wait(engine, 0, HJ_STRENGTH_DURABLE, 20 * SECOND_NS), HJ_OK);
    CHECK_EACH_EQUAL(journal_info(engine).reasons, 0);
    CHECK_STATUS(hj_engine_close(engine), HJ_OK);
    remove_folder();
  }
  EVP_CIPHER_CTX_free(key.cipher);
}

/* Bytes of mappings that go into no core file; of the ring's file whether it does. */
static uint64_t kept_from_dumps(int *ring_is_kept) {
  FILE *file = fopen("/proc/self/smaps", "r");
  REQUIRE(file != NULL);
  char line[512];
  uint64_t from = 0, to = 0, all = 0;
  int is_ring = 0;
  *ring_is_kept = 0;
  while (fgets(line, sizeof line, file) != NULL) {
    unsigned long long first, last;
    if (sscanf(line, "%llx-%llx ", &first, &last) == 2) {
      from = first;
      to = last;
      is_ring = strstr(line, "/dev/shm/hujia-") != NULL;
    } else if (strncmp(line, "VmFlags:", 8) == 0 && strstr(line, " dd") != NULL) {
      all += to - from;
      *ring_is_kept |= is_ring;
    }
  }
  fclose(file);
  return all;
}

static void memory_goes_into_no_core_file(void) {
  new_folder();
  hj_config config = journal_config(HJ_RUN_POLL);
  config.max_units = 4096;
  int ring_is_kept;
  uint64_t before = kept_from_dumps(&ring_is_kept);
  CHECK_EQUAL(ring_is_kept, 0);
  hj_engine *engine = open_engine(&config);
  /* Twice the ring, which is mapped twice in a row, and the tables. */
  CHECK_MORE(kept_from_dumps(&ring_is_kept), before + 2 * config.ring_bytes + (1 << 20));
  CHECK_EQUAL(ring_is_kept, 1);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  remove_folder();
}

/* ---- What is refused ---- */

static void refuse_as(hj_config config, hj_status status, const char *field) {
  hj_engine *engine = NULL;
  hj_error_detail detail;
  memset(&detail, 0, sizeof detail);
  detail.size = sizeof detail;
  CHECK_EACH_STATUS(hj_engine_open(&config, &engine, &detail), status);
  CHECK_EACH_TEXT(detail.field, field);
  CHECK_NULL(engine);
}

static void refuse(hj_config config, const char *field) {
  refuse_as(config, HJ_E_ARGUMENT, field);
}

static void settings_are_checked(void) {
  new_folder();
  hj_config config = journal_config(HJ_RUN_POLL);
  config.journal_digest = HJ_DIGEST_SM3 + 1;
  refuse(config, "journal_digest");
  config.journal_digest = -1;
  refuse(config, "journal_digest");
  config = poll_config();
  config.journal_digest = HJ_DIGEST_SM3;
  refuse(config, "journal_path"); /* without a journal */
  config = journal_config(HJ_RUN_POLL);
  config.retain_positions_h = UINT32_MAX - 1;
  refuse_as(config, HJ_E_LIMIT, "retain_positions_h");
  config = journal_config(HJ_RUN_POLL);
  config.retain_watches_d = UINT32_MAX;
  refuse_as(config, HJ_E_LIMIT, "retain_watches_d");
  config = poll_config();
  config.retain_watches_d = 5;
  refuse(config, "journal_path");
  seal_aes key = key_of(1);
  config = sealed_config(&key, "a name");
  config.open = NULL;
  refuse(config, "seal");
  config = sealed_config(&key, "a name");
  config.seal = NULL;
  refuse(config, "seal");
  refuse(sealed_config(&key, NULL), "seal_name");
  refuse(sealed_config(&key, ""), "seal_name");
  refuse(sealed_config(&key, "a name of thirty-three bytes, ....."), "seal_name");
  config = sealed_config(&key, "a name");
  config.journal_path = NULL;
  config.telemetry = HJ_TELEMETRY_NEWEST;
  refuse(config, "journal_path");
  EVP_CIPHER_CTX_free(key.cipher);
  remove_folder();
}

int main(void) {
  digests_change();
  planted_places_are_found_nowhere();
  another_key_is_named();
  a_seal_that_fails_is_told();
  memory_goes_into_no_core_file();
  settings_are_checked();
  return check_finish();
}
