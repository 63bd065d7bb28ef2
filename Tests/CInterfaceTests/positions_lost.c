/* HJ_TELEMETRY_ALL behind a disk that stands still: positions are taken in and serve, are left off the record once the
 * ring is three quarters full, and that is told until the next opening. */
#define _GNU_SOURCE
#include "held_calls.h"

enum { UNITS = 64, MOST_REPORTS = 60000, MOST_BATCHES = 2000 };

static hj_engine *engine;
static int64_t now_ns = START_NS;
static uint32_t fixes_taken;

static void turn(void) {
  now_ns += SECOND_NS / 100;
  poll_at(engine, now_ns);
}

static hj_health_info health_now(void) {
  hj_health_info health = {.size = sizeof health};
  REQUIRE_STATUS(hj_health(engine, &health), HJ_OK);
  return health;
}

/* Each unit moves a little, so that each fix is taken in. */
static void move_all(void) {
  hj_position fixes[UNITS];
  memset(fixes, 0, sizeof fixes);
  turn();
  for (uint32_t unit = 0; unit < UNITS; unit++) {
    fixes[unit] = (hj_position){.size = sizeof fixes[unit], .unit_id = unit + 1};
    place((int)unit, (int)(fixes_taken / UNITS % 200), &fixes[unit].lat_e7, &fixes[unit].lon_e7);
  }
  uint32_t accepted = 0;
  CHECK_EACH_STATUS(hj_positions_report(engine, fixes, UNITS, &accepted), HJ_OK);
  CHECK_EACH_EQUAL(accepted, UNITS);
  fixes_taken += accepted;
}

static hj_status call(void) {
  hj_report report = make_report(HJ_TIER_ROUTINE, 3, 7);
  hj_dispatch answer = empty_dispatch();
  hj_status status = hj_incident_report(engine, &report, &answer);
  if (hj_is_taken(status)) CHECK_EACH_STATUS(hj_incident_close(engine, answer.incident_id, 1, 0), HJ_OK);
  drop_events(engine);
  return status;
}

static hj_config config_of(int32_t telemetry) {
  hj_config config = journal_config(HJ_RUN_POLL);
  config.telemetry = telemetry;
  config.snapshot_records = HJ_SNAPSHOT_AT_CLOSE;
  return config;
}

/* Until the ring takes no routine work. */
static void fill(void) {
  uint32_t count = 0;
  while (hj_is_taken(call()) && count < MOST_REPORTS)
    if (++count % 64 == 0) turn();
  CHECK_LESS(count, MOST_REPORTS);
  CHECK_DIFFERENT(health_now().reasons & HJ_HEALTH_RING_FILLING, 0);
}

static void lost_and_told(void) {
  new_folder();
  hj_config config = config_of(HJ_TELEMETRY_ALL);
  engine = open_engine(&config);
  turn();
  for (uint64_t unit = 1; unit <= UNITS; unit++) put_unit(engine, unit, (int)unit, 0);
  for (int batch = 0; batch < 200; batch++) move_all();
  CHECK_EQUAL(journal_info(engine).positions_lost, 0);
  CHECK_EQUAL(health_now().reasons, 0);
  REQUIRE_STATUS(hj_journal_wait(engine, 0, HJ_STRENGTH_DURABLE, 60 * SECOND_NS), HJ_OK);
  hold_disk(HOLD_SYNCS);
  fill();
  CHECK_EQUAL(journal_info(engine).positions_lost, 0);
  uint32_t before = fixes_taken;
  for (int batch = 0; batch < MOST_BATCHES && journal_info(engine).positions_lost == 0; batch++) move_all();
  CHECK_DIFFERENT(journal_info(engine).positions_lost, 0);
  CHECK_AT_LEAST(fixes_taken - before, journal_info(engine).positions_lost);
  CHECK_DIFFERENT(health_now().reasons & HJ_HEALTH_POSITIONS_LOST, 0);
  /* They serve all the same. */
  hj_unit_status unit = {.size = sizeof unit};
  int32_t lat_e7, lon_e7;
  place(UNITS - 1, (int)((fixes_taken / UNITS - 1) % 200), &lat_e7, &lon_e7);
  REQUIRE_STATUS(hj_unit_read(engine, UNITS, &unit), HJ_OK);
  CHECK_EQUAL(unit.lat_e7, lat_e7);
  CHECK_EQUAL(unit.lon_e7, lon_e7);
  /* The disk comes back: no more are lost, those that were stay told, and the engine is well. */
  hold_disk(HOLD_NOTHING);
  REQUIRE_STATUS(hj_journal_wait(engine, 0, HJ_STRENGTH_DURABLE, 60 * SECOND_NS), HJ_OK);
  uint64_t lost = journal_info(engine).positions_lost;
  for (int batch = 0; batch < 200; batch++) move_all();
  CHECK_EQUAL(journal_info(engine).positions_lost, lost);
  CHECK_EQUAL(health_now().reasons, HJ_HEALTH_POSITIONS_LOST);
  CHECK_EQUAL(health_now().mode, HJ_MODE_NORMAL);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  engine = open_engine(&config);
  CHECK_EQUAL(journal_info(engine).positions_lost, 0);
  CHECK_EQUAL(health_now().reasons, 0);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  remove_folder();
}

/* Nothing was promised of them: nothing is lost. */
static void newest_alone_loses_none(void) {
  new_folder();
  hj_config config = config_of(HJ_TELEMETRY_NEWEST);
  engine = open_engine(&config);
  turn();
  for (uint64_t unit = 1; unit <= UNITS; unit++) put_unit(engine, unit, (int)unit, 0);
  hold_disk(HOLD_SYNCS);
  fill();
  for (int batch = 0; batch < 200; batch++) move_all();
  CHECK_EQUAL(journal_info(engine).positions_lost, 0);
  CHECK_EQUAL(health_now().reasons & HJ_HEALTH_POSITIONS_LOST, 0);
  hold_disk(HOLD_NOTHING);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  remove_folder();
}

int main(void) {
  held_take();
  lost_and_told();
  newest_alone_loses_none();
  return check_finish();
}
