/* Records go in their time, though nothing comes any more: a thread makes the snapshots that let them go, what went is
 * told, and the next process has everything but them. With HJ_SNAPSHOT_AT_CLOSE they stay, and that is told; and where
 * somebody has set the wall clock ahead, in this life or before it. */
#define _GNU_SOURCE
#include "life_kinds.h"

enum { CALLS = 40, LONGEST_S = 120, DAY_S = 86400 };

static hj_engine *engine;
static uint64_t incidents[CALLS + 1];
static int64_t now_ns = START_NS; /* of polls: it never goes back */

static hj_config going_config(int32_t mode, uint32_t snapshot_records) {
  hj_config config = journal_config(mode);
  config.retain_record_d = 2;
  config.snapshot_records = snapshot_records;
  return config;
}

static void open_going(int32_t mode, uint32_t snapshot_records) {
  hj_config config = going_config(mode, snapshot_records);
  engine = open_engine(&config);
  if (mode == HJ_RUN_POLL) poll_at(engine, now_ns += SECOND_NS);
}

static uint32_t reasons_now(int32_t *mode) {
  hj_health_info health;
  memset(&health, 0, sizeof health);
  health.size = sizeof health;
  REQUIRE_STATUS(hj_health(engine, &health), HJ_OK);
  if (mode != NULL) *mode = health.mode;
  return health.reasons;
}

static void call_some(void) {
  for (int number = 1; number <= CALLS; number++) {
    hj_report report = make_report(HJ_TIER_URGENT, number, 7);
    report.key_high = 3;
    report.key_low = (uint64_t)number;
    hj_dispatch answer = empty_dispatch();
    REQUIRE_TAKEN(hj_incident_report(engine, &report, &answer));
    incidents[number] = answer.incident_id;
  }
  REQUIRE_STATUS(hj_journal_wait(engine, 0, HJ_STRENGTH_DURABLE, 60 * SECOND_NS), HJ_OK);
}

static void all_are_known(void) {
  for (int number = 1; number <= CALLS; number++) {
    uint64_t incident = 0;
    CHECK_EACH_STATUS(hj_incident_find(engine, 3, (uint64_t)number, NULL, &incident), HJ_OK);
    CHECK_EACH_EQUAL(incident, incidents[number]);
  }
}

static void nap(void) {
  struct timespec time = {0, 10000000};
  nanosleep(&time, NULL);
}

static void wait_for_reason(uint32_t bit) {
  for (int naps = 0; naps < LONGEST_S * 100 && (reasons_now(NULL) & bit) == 0; naps++) nap();
}

/* HJ_EVENT_MODE told it; the loop, or a poll, brings it. */
static int is_told(int32_t mode, uint32_t bit) {
  static hj_event events[512];
  for (int naps = 0; naps < LONGEST_S * 100; naps++) {
    if (mode == HJ_RUN_POLL) poll_at(engine, now_ns += SECOND_NS / 1000);
    uint32_t count;
    while ((count = read_events(engine, events, 512)) > 0)
      for (uint32_t index = 0; index < count; index++)
        if (events[index].kind == HJ_EVENT_MODE && ((uint32_t)events[index].step & bit) != 0) {
          CHECK_EACH_EQUAL(events[index].state, bit == HJ_HEALTH_RECORDS_WENT ? HJ_MODE_NORMAL : HJ_MODE_DEGRADED);
          return 1;
        }
    /* A turn, in which the engine looks at how it is. */
    put_unit(engine, 5, 50 + naps % 2, 0);
    nap();
  }
  return 0;
}

static void goes_by_itself(int32_t mode) {
  new_folder();
  memset(world, 0, sizeof *world);
  open_going(mode, 0);
  put_unit(engine, 1, 10, 0);
  call_some();
  hj_journal_info before = journal_info(engine);
  CHECK_EACH_EQUAL(before.first_record, 1);
  CHECK_EACH_EQUAL(before.gone, 0);
  CHECK_EACH_EQUAL(before.held_by, HJ_HELD_BY_NOTHING);
  /* A day: nothing is old enough, and a segment is finished for its age. */
  world->later_s += DAY_S;
  for (int naps = 0; naps < LONGEST_S * 100 && !life_has_file("journal-000000000002"); naps++) nap();
  CHECK_EACH_EQUAL(life_has_file("journal-000000000002"), 1);
  for (int naps = 0; naps < LONGEST_S * 100 && journal_info(engine).held_by != HJ_HELD_BY_RETENTION; naps++) nap();
  CHECK_EACH_EQUAL(journal_info(engine).held_by, HJ_HELD_BY_RETENTION);
  CHECK_EACH_EQUAL(journal_info(engine).gone, 0);
  CHECK_EACH_EQUAL(world->snapshots, 0);
  /* Two days more. */
  world->later_s += 2 * DAY_S;
  wait_for_reason(HJ_HEALTH_RECORDS_WENT);
  int32_t how = 0;
  CHECK_EACH_EQUAL(reasons_now(&how), HJ_HEALTH_RECORDS_WENT);
  CHECK_EACH_EQUAL(how, HJ_MODE_NORMAL);
  hj_journal_info info = journal_info(engine);
  CHECK_EACH_EQUAL(info.state, HJ_JOURNAL_GOOD);
  CHECK_EACH_AT_LEAST(info.gone, before.recorded);
  CHECK_EACH_MORE(info.first_record, before.recorded);
  CHECK_EACH_EQUAL(life_has_file("journal-000000000001"), 0);
  CHECK_EACH_EQUAL(world->snapshots, 2);
  CHECK_EACH_EQUAL(is_told(mode, HJ_HEALTH_RECORDS_WENT), 1);
  all_are_known();
  REQUIRE_STATUS(hj_engine_close(engine), HJ_OK);
  open_going(mode, 0);
  all_are_known();
  CHECK_EACH_EQUAL(reasons_now(NULL), 0);
  REQUIRE_STATUS(hj_engine_close(engine), HJ_OK);
  remove_folder();
}

static void stays_without_snapshots(void) {
  new_folder();
  memset(world, 0, sizeof *world);
  open_going(HJ_RUN_THREAD, HJ_SNAPSHOT_AT_CLOSE);
  call_some();
  world->later_s += 4 * DAY_S;
  wait_for_reason(HJ_HEALTH_KEPT_TOO_LONG);
  int32_t how = 0;
  CHECK_EQUAL(reasons_now(&how), HJ_HEALTH_KEPT_TOO_LONG);
  CHECK_EQUAL(how, HJ_MODE_DEGRADED);
  CHECK_EQUAL(journal_info(engine).held_by, HJ_HELD_BY_SNAPSHOT);
  CHECK_EQUAL(journal_info(engine).gone, 0);
  CHECK_EQUAL(life_has_file("journal-000000000001"), 1);
  CHECK_EQUAL(is_told(HJ_RUN_THREAD, HJ_HEALTH_KEPT_TOO_LONG), 1);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  remove_folder();
}

static void stays_by_a_wrong_clock(int32_t mode) {
  new_folder();
  memset(world, 0, sizeof *world);
  open_going(mode, 0);
  call_some();
  world->later_s += DAY_S;
  for (int naps = 0; naps < LONGEST_S * 100 && !life_has_file("journal-000000000002"); naps++) nap();
  REQUIRE_STATUS(hj_engine_close(engine), HJ_OK);
  open_going(mode, 0);
  REQUIRE_STATUS(hj_engine_close(engine), HJ_OK);
  for (int life = 0; life < 2; life++) {
    open_going(mode, 0);
    world->ahead_s = 3650LL * DAY_S;
    wait_for_reason(HJ_HEALTH_TIME_UNCERTAIN);
    int32_t how = 0;
    CHECK_EACH_EQUAL(reasons_now(&how), HJ_HEALTH_TIME_UNCERTAIN);
    CHECK_EACH_EQUAL(how, HJ_MODE_DEGRADED);
    CHECK_EACH_EQUAL(journal_info(engine).held_by, HJ_HELD_BY_RETENTION);
    CHECK_EACH_EQUAL(journal_info(engine).first_record, 1);
    CHECK_EACH_EQUAL(journal_info(engine).gone, 0);
    CHECK_EACH_EQUAL(life_has_file("journal-000000000001"), 1);
    if (life == 0) CHECK_EQUAL(is_told(mode, HJ_HEALTH_TIME_UNCERTAIN), 1);
    REQUIRE_STATUS(hj_engine_close(engine), HJ_OK);
  }
  remove_folder();
}

int main(void) {
  world_take();
  goes_by_itself(HJ_RUN_POLL);
  goes_by_itself(HJ_RUN_THREAD);
  stays_without_snapshots();
  stays_by_a_wrong_clock(HJ_RUN_THREAD);
  return check_finish();
}
