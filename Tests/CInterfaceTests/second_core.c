/* A snapshot needs the memory of one more core. Where that is not to be had it is told, and the engine goes on; where
 * there is room again, it is made. */
#define _GNU_SOURCE
#include <dirent.h>
#include <sys/resource.h>
#include <time.h>

#include "journal_host.h"

static hj_engine *engine;
static uint32_t calls;

static uint32_t reasons_now(void) {
  hj_health_info health;
  memset(&health, 0, sizeof health);
  health.size = sizeof health;
  REQUIRE_STATUS(hj_health(engine, &health), HJ_OK);
  return health.reasons;
}

static void nap(void) {
  struct timespec time = {0, 1000000};
  nanosleep(&time, NULL);
}

static void some_calls(void) {
  for (int number = 0; number < 600; number++) {
    hj_report report = make_report(HJ_TIER_URGENT, (int)(++calls % 300), 7);
    hj_dispatch answer = empty_dispatch();
    REQUIRE_TAKEN(hj_incident_report(engine, &report, &answer));
    REQUIRE_STATUS(hj_incident_close(engine, answer.incident_id, 1, 0), HJ_OK);
    if (number % 64 == 0) drop_events(engine);
  }
  REQUIRE_STATUS(hj_journal_wait(engine, 0, HJ_STRENGTH_DURABLE, 60 * SECOND_NS), HJ_OK);
}

static int snapshot_count(void) {
  int count = 0;
  DIR *opened = opendir(folder);
  REQUIRE(opened != NULL);
  for (struct dirent *entry; (entry = readdir(opened)) != NULL;)
    count += strncmp(entry->d_name, "snapshot-", 9) == 0 && strstr(entry->d_name, ".new") == NULL;
  closedir(opened);
  return count;
}

static int64_t address_space(void) {
  int64_t pages = 0;
  FILE *file = fopen("/proc/self/statm", "r");
  REQUIRE(file != NULL);
  REQUIRE_EQUAL(fscanf(file, "%" PRId64, &pages), 1);
  fclose(file);
  return pages * sysconf(_SC_PAGESIZE);
}

static void limit(int64_t bytes) {
  struct rlimit limit;
  REQUIRE_EQUAL(getrlimit(RLIMIT_AS, &limit), 0);
  limit.rlim_cur = bytes < 0 ? limit.rlim_max : (rlim_t)bytes;
  REQUIRE_EQUAL(setrlimit(RLIMIT_AS, &limit), 0);
}

/* With so much beyond what the engine has. Gives 1 where a snapshot was made all the same. */
static int with_room(int64_t bytes) {
  hj_config config = journal_config(HJ_RUN_THREAD);
  config.snapshot_records = 1000;
  engine = open_engine(&config);
  for (uint64_t unit = 1; unit <= 8; unit++) put_unit(engine, unit, (int)unit * 10, 0);
  limit(address_space() + bytes);
  int32_t is_told = 0, is_made = 0;
  for (int round = 0; round < 20000 && !is_told && !is_made; round++) {
    if (round % 1000 == 0) some_calls();
    nap();
    is_told = (reasons_now() & HJ_HEALTH_SNAPSHOT_FAILED) != 0;
    is_made = !is_told && snapshot_count() > 0;
  }
  CHECK_EACH_DIFFERENT(is_told | is_made, 0);
  limit(-1);
  int before = snapshot_count();
  for (int round = 0; round < 20000 && (reasons_now() != 0 || snapshot_count() < (before > 1 ? 2 : before + 1));
       round++) {
    if (round % 1000 == 0) some_calls();
    nap();
  }
  CHECK_EACH_EQUAL(reasons_now(), 0);
  CHECK_EACH_STATUS(hj_engine_close(engine), HJ_OK);
  return is_made;
}

int main(void) {
  int refused = 0, made = 0;
  for (int64_t bytes = 2 << 20; bytes <= INT64_C(2) << 30; bytes *= 4) {
    new_folder();
    pid_t child = fork();
    REQUIRE_AT_LEAST(child, 0);
    if (child == 0) {
      int is_made = with_room(bytes);
      _exit(checks_failed > 0 ? 1 : is_made ? 3 : 2);
    }
    int status = 0;
    REQUIRE_EQUAL(waitpid(child, &status, 0), child);
    CHECK(WIFEXITED(status));
    CHECK_WITHIN(WEXITSTATUS(status), 2, 3);
    refused += WEXITSTATUS(status) == 2;
    made += WEXITSTATUS(status) == 3;
    remove_folder();
  }
  CHECK_AT_LEAST(refused, 1);
  CHECK_AT_LEAST(made, 1);
  return check_finish();
}
