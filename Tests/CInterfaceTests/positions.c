/* Which positions are taken and which are refused, that each refusal is counted under its reason, that what was taken
 * is what later calls see, and that units which come and go under reporting threads neither lose nor swap positions. */
#include <pthread.h>

#include "host.h"

static hj_engine *engine;

static hj_position fix_of(uint64_t unit, int north, int east, int64_t wall_us) {
  hj_position fix;
  memset(&fix, 0, sizeof fix);
  fix.size = sizeof fix;
  fix.unit_id = unit;
  fix.wall_us = wall_us;
  fix.heading_cdeg = fix.speed_cms = HJ_UNKNOWN;
  place(north, east, &fix.lat_e7, &fix.lon_e7);
  return fix;
}

static int64_t now_us;

static void at(int64_t wall_us) {
  poll_at(engine, START_NS + (wall_us - START_US) * 1000);
  now_us = wall_us;
}

/* Time goes on to that of the fix, unless it lies too far ahead. 1 = taken. */
static int report(hj_position fix) {
  uint32_t accepted = 9;
  if (fix.wall_us > now_us && fix.wall_us < now_us + INT64_C(86400) * 1000000) at(fix.wall_us);
  hj_status status = hj_positions_report(engine, &fix, 1, &accepted);
  CHECK_EQUAL(status, (accepted == 1 ? HJ_OK : HJ_PARTIAL));
  return (int)accepted;
}

static int is_at(uint64_t unit, int north, int east) {
  hj_unit_status status = read_unit(engine, unit);
  int32_t lat_e7, lon_e7;
  place(north, east, &lat_e7, &lon_e7);
  return status.has_position == 1 && status.lat_e7 == lat_e7 && status.lon_e7 == lon_e7;
}

static int64_t refused(hj_stats stats) {
  return stats.positions_unknown_unit + stats.positions_out_of_range + stats.positions_inaccurate +
         stats.positions_future + stats.positions_old + stats.positions_too_fast + stats.positions_busy +
         stats.positions_off_duty;
}

#define T(seconds) (START_US + (int64_t)(seconds)*1000000)

static void each_reason(void) {
  hj_config config = poll_config();
  config.max_speed_cms = 9000;
  engine = open_engine(&config);
  put_unit(engine, 1, 0, 0);
  at(START_US);
  CHECK_EQUAL(report(fix_of(1, 10, 0, T(1))), 1);
  CHECK(is_at(1, 10, 0));
  CHECK_EQUAL(report(fix_of(2, 10, 0, T(1))), 0);
  hj_position fix = fix_of(1, 10, 0, T(1));
  fix.heading_cdeg = -7;
  CHECK_EQUAL(report(fix), 0);
  fix = fix_of(1, 10, 0, T(1));
  fix.accuracy_dm = 5001;
  CHECK_EQUAL(report(fix), 0);
  fix.accuracy_dm = 5000;
  CHECK_EQUAL(report(fix), 1);
  CHECK_EQUAL(report(fix_of(1, 10, 0, T(86402))), 0); /* more than a day ahead */
  CHECK_EQUAL(report(fix_of(1, 20, 0, T(0))), 0);     /* older than what is known */
  CHECK(is_at(1, 10, 0));
  CHECK_EQUAL(report(fix_of(1, 10 + 270, 0, T(1))), 0); /* 300 m in no time */
  CHECK(is_at(1, 10, 0));
  hj_stats stats = read_stats(engine);
  CHECK_EQUAL(stats.positions_accepted, 2);
  CHECK_EQUAL(stats.positions_unknown_unit, 1);
  CHECK_EQUAL(stats.positions_out_of_range, 1);
  CHECK_EQUAL(stats.positions_inaccurate, 1);
  CHECK_EQUAL(stats.positions_future, 1);
  CHECK_EQUAL(stats.positions_old, 1);
  CHECK_EQUAL(stats.positions_too_fast, 1);
  CHECK_EQUAL(stats.positions_busy, 0);
  CHECK_EQUAL(stats.positions_refused, 6);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
}

/* Steps of 1e-5 degrees of latitude are 1.11 m: 90 m/s is 81 steps a second, 150 m are 134 steps. */
static void speed(void) {
  hj_config config = poll_config();
  /* By default a fix is judged when it states its accuracy. */
  CHECK_EQUAL(config.max_speed_cms, 0);
  engine = open_engine(&config);
  put_unit(engine, 1, 0, 0);
  at(START_US);
  CHECK_EQUAL(report(fix_of(1, 0, 0, T(1))), 1);
  CHECK_EQUAL(report(fix_of(1, 5000, 0, T(2))), 1);
  hj_position stated = fix_of(1, 0, 0, T(3));
  stated.accuracy_dm = 50;
  CHECK_EQUAL(report(stated), 0);
  CHECK(is_at(1, 5000, 0));
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);

  config.max_speed_cms = 9000;
  engine = open_engine(&config);
  put_unit(engine, 1, 0, 0);
  at(START_US);
  CHECK_EQUAL(report(fix_of(1, 5000, 0, T(1))), 1); /* the first after a place by hand: anywhere */
  CHECK_EQUAL(report(fix_of(1, 0, 0, T(2))), 0);
  CHECK_EQUAL(report(fix_of(1, 5080, 0, T(3))), 1); /* it was one wrong fix: the unit goes on */
  CHECK(is_at(1, 5080, 0));
  CHECK_EQUAL(report(fix_of(1, 5080 + 134 - 3, 0, T(3))), 1); /* a receiver that jumps while it rests */
  CHECK_EQUAL(report(fix_of(1, 5080, 0, T(3))), 1);
  CHECK_EQUAL(report(fix_of(1, 5080 + 136, 0, T(3))), 0);
  hj_position fix = fix_of(1, 5080 + 136, 0, T(3));
  fix.accuracy_dm = 300; /* it says itself that it may be 30 m off */
  CHECK_EQUAL(report(fix), 1);
  CHECK_EQUAL(report(fix_of(1, 5216 + 213, 0, T(4))), 1); /* 81 + 134 steps in a second */
  CHECK_EQUAL(report(fix_of(1, 5429 + 217, 0, T(5))), 0);
  /* Three in a row that agree are believed: the third is taken. */
  CHECK_EQUAL(report(fix_of(1, 0, 0, T(6))), 0);
  CHECK_EQUAL(report(fix_of(1, 20, 0, T(7))), 0);
  CHECK(is_at(1, 5429, 0));
  CHECK_EQUAL(report(fix_of(1, 40, 0, T(8))), 1);
  CHECK(is_at(1, 40, 0));
  /* Wrong ones all over the place do not add up. */
  for (int times = 0; times < 12; times++) CHECK_EQUAL(report(fix_of(1, 4000 * (1 + times % 3), 0, T(9 + times))), 0);
  CHECK(is_at(1, 40, 0));
  /* A minute later any place is believed. */
  CHECK_EQUAL(report(fix_of(1, 20000, 0, T(8 + 59))), 0);
  CHECK_EQUAL(report(fix_of(1, 9000, 0, T(8 + 60))), 1);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);

  config.max_speed_cms = UINT32_MAX;
  config.max_accuracy_dm = UINT32_MAX;
  engine = open_engine(&config);
  put_unit(engine, 1, 0, 0);
  at(START_US);
  CHECK_EQUAL(report(fix_of(1, 0, 0, T(1))), 1);
  fix = fix_of(1, 9000, 0, T(1));
  fix.accuracy_dm = UINT32_MAX;
  CHECK_EQUAL(report(fix), 1);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);

  config.max_speed_cms = 1000;
  config.speed_fixes = 1;
  engine = open_engine(&config);
  put_unit(engine, 1, 0, 0);
  at(START_US);
  CHECK_EQUAL(report(fix_of(1, 0, 0, T(1))), 1);
  CHECK_EQUAL(report(fix_of(1, 9000, 0, T(1))), 1); /* one in a row is enough: never refused */
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);

  hj_engine *none = NULL;
  config.speed_fixes = 256;
  CHECK_STATUS(hj_engine_open(&config, &none, NULL), HJ_E_LIMIT);
  config.speed_fixes = 0;
  config.max_speed_cms = 1000001;
  CHECK_STATUS(hj_engine_open(&config, &none, NULL), HJ_E_LIMIT);
  config.max_speed_cms = 0;
  config.speed_s = 3601;
  CHECK_STATUS(hj_engine_open(&config, &none, NULL), HJ_E_LIMIT);
  config.speed_s = 0;
  config.max_ahead_s = 366 * 86400 + 1;
  CHECK_STATUS(hj_engine_open(&config, &none, NULL), HJ_E_LIMIT);
  config.max_ahead_s = 0;
  config.stall_ms = 19;
  CHECK_STATUS(hj_engine_open(&config, &none, NULL), HJ_E_LIMIT);
}

/* A place by hand makes what the device said before void; a unit that is taken out and put back starts afresh. */
static void by_hand(void) {
  hj_config config = poll_config();
  engine = open_engine(&config);
  put_unit(engine, 1, 0, 0);
  at(START_US);
  CHECK_EQUAL(report(fix_of(1, 50, 0, T(10))), 1);
  put_unit(engine, 1, 70, 0);
  CHECK(is_at(1, 70, 0));
  CHECK_EQUAL(report(fix_of(1, 80, 0, T(5))), 1);
  CHECK(is_at(1, 80, 0));
  CHECK_STATUS(hj_unit_remove(engine, 1), HJ_OK);
  CHECK_EQUAL(report(fix_of(1, 90, 0, T(20))), 0);
  hj_unit unit = make_unit(2, 0, 0); /* takes the free slot, and has no position */
  unit.lat_e7 = unit.lon_e7 = 0;
  CHECK_STATUS(hj_unit_put(engine, &unit), HJ_OK);
  CHECK_EQUAL(read_unit(engine, 2).has_position, 0);
  CHECK_EQUAL(report(fix_of(2, 5000, 0, T(1))), 1);
  CHECK(is_at(2, 5000, 0));
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
}

/* ---- What later calls see, with the baton busy ---- */

enum { MANY = 3000, REPORTERS = 4 };
static int is_over;
static int64_t offered, taken;

/* The nearest unit to a point is the one that this thread has just put there, each time. */
static void *sees_its_own(void *number) {
  uint64_t mine = 1 + (uint64_t)(uintptr_t)number;
  int64_t wrong = 0;
  for (int times = 0; times < 2000; times++) {
    int north = 20000 * (int)mine + times, east = 0; /* each thread in a part of the town of its own */
    hj_position fix = fix_of(mine, north, east, 0);
    uint32_t accepted = 0;
    hj_positions_report(engine, &fix, 1, &accepted);
    if (accepted != 1) wrong++;
    hj_report call = make_report(HJ_TIER_URGENT, north, east);
    hj_dispatch answer = empty_dispatch();
    hj_status status = hj_incident_recommend(engine, &call, &answer);
    if (status != HJ_OK || answer.assignment_count != 1 || answer.chosen[0].unit_id != mine ||
        answer.chosen[0].distance_dm > 20)
      wrong++;
    if (!is_at(mine, north, east)) wrong++;
  }
  CHECK_EQUAL(wrong, 0);
  return NULL;
}

static void seen_at_once(void) {
  hj_config config = poll_config();
  config.run_mode = HJ_RUN_THREAD;
  engine = open_engine(&config);
  for (uint64_t id = 1; id <= REPORTERS; id++) put_unit(engine, id, 20000 * (int)id, 0);
  pthread_t threads[REPORTERS];
  for (int number = 0; number < REPORTERS; number++)
    REQUIRE_EQUAL(pthread_create(&threads[number], NULL, sees_its_own, (void *)(uintptr_t)number), 0);
  for (int number = 0; number < REPORTERS; number++) pthread_join(threads[number], NULL);
  CHECK_EQUAL(refused(read_stats(engine)), 0);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
}

/* ---- Units come and go under the reports ---- */

/* Units from MANY / 2 up come and go; those below stay, and every fix of theirs must be known. A place names
 * its unit, so one that got another's position would be found out. */
static void *report_all(void *number) {
  uint64_t random = 88172645463325252u * ((uint64_t)(uintptr_t)number + 1);
  int64_t strange = 0;
  for (int times = 0; times < 40000; times++) {
    random ^= random << 13;
    random ^= random >> 7;
    random ^= random << 17;
    uint64_t unit = 1 + random % MANY;
    hj_position fix = fix_of(unit, (int)unit * 10, (int)(times % 9), 0);
    uint32_t accepted = 0;
    hj_positions_report(engine, &fix, 1, &accepted);
    if (accepted == 0 && unit < MANY / 2) strange++;
    __atomic_fetch_add(&offered, 1, __ATOMIC_RELAXED);
    __atomic_fetch_add(&taken, accepted, __ATOMIC_RELAXED);
  }
  /* Two threads may report one unit at once: the one whose moment was earlier comes second. */
  hj_stats stats = read_stats(engine);
  CHECK_AT_MOST(strange, stats.positions_busy + stats.positions_old);
  return NULL;
}

static void *come_and_go(void *unused) {
  (void)unused;
  uint64_t random = 31;
  while (!__atomic_load_n(&is_over, __ATOMIC_ACQUIRE)) {
    random = random * 6364136223846793005u + 1442695040888963407u;
    uint64_t unit = MANY / 2 + (random >> 33) % (MANY / 2);
    hj_status status = hj_unit_remove(engine, unit);
    CHECK_EACH_EITHER(status, HJ_OK, HJ_E_UNKNOWN);
    if (status != HJ_E_UNKNOWN) continue;
    hj_unit put = make_unit(unit, 0, 0);
    put.lat_e7 = put.lon_e7 = 0;
    CHECK_EACH_STATUS(hj_unit_put(engine, &put), HJ_OK);
  }
  return NULL;
}

static void come_and_go_under_them(void) {
  hj_config config = poll_config();
  config.run_mode = HJ_RUN_THREAD;
  config.max_units = MANY;
  engine = open_engine(&config);
  for (uint64_t id = 1; id < MANY; id++) {
    hj_unit unit = make_unit(id, 0, 0);
    unit.lat_e7 = unit.lon_e7 = 0;
    REQUIRE_STATUS(hj_unit_put(engine, &unit), HJ_OK);
  }
  pthread_t threads[REPORTERS + 1];
  for (int number = 0; number < REPORTERS; number++)
    REQUIRE_EQUAL(pthread_create(&threads[number], NULL, report_all, (void *)(uintptr_t)number), 0);
  REQUIRE_EQUAL(pthread_create(&threads[REPORTERS], NULL, come_and_go, NULL), 0);
  for (int number = 0; number < REPORTERS; number++) pthread_join(threads[number], NULL);
  __atomic_store_n(&is_over, 1, __ATOMIC_RELEASE);
  pthread_join(threads[REPORTERS], NULL);
  int32_t lat_e7, lon_e7;
  int known = 0;
  for (uint64_t id = 1; id < MANY; id++) {
    hj_unit_status status;
    memset(&status, 0, sizeof status);
    status.size = sizeof status;
    if (hj_unit_read(engine, id, &status) != HJ_OK || !status.has_position) continue;
    place((int)id * 10, 0, &lat_e7, &lon_e7);
    CHECK_EACH_EQUAL(status.lat_e7, lat_e7);
    known++;
  }
  CHECK_AT_LEAST(known, MANY / 2 - 1);
  hj_stats stats = read_stats(engine);
  CHECK_EQUAL(stats.positions_accepted, taken);
  CHECK_EQUAL(stats.positions_accepted + stats.positions_refused, offered);
  CHECK_EQUAL(stats.positions_refused, refused(stats));
  printf("%" PRId64 " of %" PRId64 " taken; %" PRId64 " of units that had gone, %" PRId64 " busy\n", taken, offered,
         stats.positions_unknown_unit, stats.positions_busy);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
}

int main(void) {
  each_reason();
  speed();
  by_hand();
  seen_at_once();
  come_and_go_under_them();
  return check_finish();
}
