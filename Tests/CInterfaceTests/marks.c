/* How old and how sure what is known of a unit is: times ahead of now, ages and marks in every struct that has them,
 * people off duty, and two feeds that race for one unit. */
#include <pthread.h>

#include "host.h"

static hj_engine *engine;

#define AHEAD(hours) ((int64_t)(hours)*INT64_C(3600000000))

static hj_position fix_of(uint64_t unit, int north, int64_t wall_us) {
  hj_position fix;
  memset(&fix, 0, sizeof fix);
  fix.size = sizeof fix;
  fix.unit_id = unit;
  fix.wall_us = wall_us;
  fix.heading_cdeg = fix.speed_cms = HJ_UNKNOWN;
  place(north, 0, &fix.lat_e7, &fix.lon_e7);
  return fix;
}

static int is_taken(uint64_t unit, int north, int64_t wall_us) {
  hj_position fix = fix_of(unit, north, wall_us);
  uint32_t accepted = 9;
  hj_status status = hj_positions_report(engine, &fix, 1, &accepted);
  CHECK_EQUAL(status, (accepted == 1 ? HJ_OK : HJ_PARTIAL));
  return (int)accepted;
}

static int64_t second(int64_t seconds) {
  return START_US + seconds * 1000000;
}
static void at(int64_t seconds) {
  poll_at(engine, START_NS + seconds * SECOND_NS);
}
static int north_of(uint64_t unit) {
  return (read_unit(engine, unit).lat_e7 - centre_lat_e7) / 100;
}

/* ---- Times ahead of now ---- */

static void ahead(void) {
  hj_config config = poll_config();
  engine = open_engine(&config);
  for (uint64_t id = 1; id <= 4; id++) put_unit(engine, id, 0, 0);
  at(0);
  /* One wrong time blocks nothing, and is not shown. */
  CHECK(is_taken(1, 1, second(0) + AHEAD(8)));
  CHECK_EQUAL(read_unit(engine, 1).fix_wall_us, second(0));
  CHECK_EQUAL(read_unit(engine, 1).age_s, 0);
  at(5);
  CHECK(is_taken(1, 2, second(5)));
  CHECK_EQUAL(north_of(1), 2);
  CHECK(!is_taken(1, 3, second(4))); /* its own backlog is as old as ever */
  CHECK_EQUAL(north_of(1), 2);
  /* "Now" is not refused either. */
  CHECK(is_taken(1, 4, second(5) + AHEAD(8)));
  at(6);
  CHECK(is_taken(1, 5, 0));
  CHECK_EQUAL(north_of(1), 5);
  /* A clock that is always ahead: in order of arrival. */
  for (int times = 0; times < 100; times++) {
    at(10 + times);
    CHECK_EACH(is_taken(2, times, second(10 + times) + AHEAD(8)));
    CHECK_EACH_EQUAL(north_of(2), times);
  }
  /* Beyond max_ahead_s nothing is believed. */
  CHECK(!is_taken(2, 7, second(109) + AHEAD(24) + 1));
  CHECK(is_taken(2, 7, second(109) + AHEAD(24)));
  CHECK_EQUAL(read_stats(engine).positions_future, 1);
  /* The wall clock is set back two hours: fixes with the right time are taken again within ten seconds. */
  CHECK(is_taken(3, 1, second(109)));
  REQUIRE_STATUS(hj_engine_poll(engine, START_NS + 120 * SECOND_NS, second(120) - AHEAD(2), 0, NULL), HJ_OK);
  CHECK(is_taken(3, 2, second(119) - AHEAD(2)));
  CHECK_EQUAL(north_of(3), 2);
  CHECK_EQUAL(read_unit(engine, 3).age_s, 1);
  CHECK_EQUAL(read_unit(engine, 2).age_s, 11); /* and nothing became old or young by it */
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
}

/* Before the first poll no time is known; a time that came then blocks nothing after. */
static void before_time(void) {
  hj_config config = poll_config();
  engine = open_engine(&config);
  for (uint64_t id = 1; id <= 3; id++) put_unit(engine, id, 0, 0);
  CHECK(is_taken(1, 1, second(0) + AHEAD(8)));
  CHECK(is_taken(2, 1, second(-70)));
  CHECK(is_taken(3, 1, 0));
  at(0);
  CHECK_EQUAL(read_unit(engine, 1).age_s, 0);
  CHECK_EQUAL(read_unit(engine, 2).age_s, 70);
  CHECK_EQUAL(read_unit(engine, 3).age_s, 0);
  at(1);
  for (uint64_t id = 1; id <= 3; id++) CHECK(is_taken(id, 2, second(1)));
  for (uint64_t id = 1; id <= 3; id++) CHECK_EQUAL(north_of(id), 2);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
}

/* ---- Ages and marks ---- */

static hj_nearest nearest_of(uint64_t unit) {
  hj_nearest_query query;
  memset(&query, 0, sizeof query);
  query.size = sizeof query;
  query.k = 64;
  query.levels = 7;
  place(0, 0, &query.lat_e7, &query.lon_e7);
  hj_nearest found[64];
  memset(found, 0, sizeof found);
  found[0].size = sizeof found[0];
  uint32_t count = 0;
  CHECK_STATUS(hj_nearest_units(engine, &query, found, 64, &count), HJ_OK);
  for (uint32_t index = 0; index < count; index++)
    if (found[index].unit_id == unit) return found[index];
  fprintf(stderr, "unit %" PRIu64 " is not among the %u near\n", unit, count);
  exit(1);
}

/* What each answer says of a unit of which the age is known. */
static void check_answers(uint64_t unit, uint32_t age_s, uint32_t marks) {
  hj_report call = make_report(HJ_TIER_URGENT, 0, 0);
  hj_dispatch answer = empty_dispatch();
  CHECK_STATUS(hj_incident_recommend(engine, &call, &answer), HJ_OK);
  CHECK_EQUAL(answer.chosen[0].unit_id, unit);
  CHECK_EQUAL(answer.chosen_age_s[0], age_s);
  CHECK_EQUAL(answer.chosen_flags[0], marks);
  CHECK_EQUAL(answer.chosen_age_s[1], 0);
  call.key_low = 77 + age_s;
  CHECK_STATUS(hj_incident_report(engine, &call, &answer), HJ_OK);
  CHECK_EQUAL(answer.chosen_age_s[0], age_s);
  CHECK_EQUAL(answer.chosen_flags[0], marks);
  hj_dispatch again = empty_dispatch();
  CHECK_STATUS(hj_incident_report(engine, &call, &again), HJ_EXISTS);
  CHECK_EQUAL(again.chosen_age_s[0], age_s);
  CHECK_EQUAL(again.chosen_flags[0], marks);
  hj_report change = make_report(HJ_TIER_NONE, 0, 0);
  change.lat_e7 = change.lon_e7 = 0;
  again = empty_dispatch();
  CHECK_STATUS(hj_incident_update(engine, answer.incident_id, &change, &again), HJ_OK);
  CHECK_EQUAL(again.assignment_count, 1);
  CHECK_EQUAL(again.chosen_age_s[0], age_s);
  CHECK_EQUAL(again.chosen_flags[0], marks);
  CHECK_STATUS(hj_incident_cancel(engine, answer.incident_id, 0), HJ_OK);

  hj_watch watch;
  memset(&watch, 0, sizeof watch);
  watch.size = sizeof watch;
  watch.id = 9;
  watch.alarm_tier = HJ_TIER_URGENT;
  place(0, 0, &watch.lat_e7, &watch.lon_e7);
  CHECK_STATUS(hj_watch_put(engine, &watch), HJ_OK);
  for (int times = 0; times < 2; times++) { /* the second is a repeat: the live assignments */
    again = empty_dispatch();
    CHECK_STATUS(hj_watch_alarm(engine, 9, 0, &again), times == 0 ? HJ_OK : HJ_EXISTS);
    CHECK_EQUAL(again.assignment_count, 1);
    CHECK_EQUAL(again.chosen_age_s[0], age_s);
    CHECK_EQUAL(again.chosen_flags[0], marks);
  }
  CHECK_STATUS(hj_incident_cancel(engine, again.incident_id, 0), HJ_OK);

  CHECK_EQUAL(read_unit(engine, unit).age_s, age_s);
  hj_nearest near = nearest_of(unit);
  CHECK_EQUAL(near.age_s, age_s);
  uint32_t expected = (marks & HJ_CHOSEN_STALE ? HJ_NEAREST_STALE : 0) |
                      (marks & HJ_CHOSEN_OFF_NETWORK ? HJ_NEAREST_OFF_NETWORK : 0) |
                      (marks & HJ_CHOSEN_STRAIGHT_LINE ? HJ_NEAREST_STRAIGHT_LINE : 0);
  CHECK_EQUAL(near.flags, expected);
}

static void ages(const char *map, uint32_t stale_s, uint32_t bound_s) {
  hj_config config = poll_config();
  CHECK_EQUAL(config.stale_s, 900);
  config.map_path = map;
  config.stale_s = stale_s;
  engine = open_engine(&config);
  at(0);
  put_unit(engine, 1, 10, 0);
  uint32_t estimate = map == NULL ? HJ_CHOSEN_OFF_NETWORK | HJ_CHOSEN_STRAIGHT_LINE : 0;
  check_answers(1, 0, estimate); /* a place by hand is of the moment */
  at(30);
  CHECK(is_taken(1, 10, second(10)));
  check_answers(1, 20, estimate);
  uint32_t old = bound_s == UINT32_MAX ? 0 : HJ_CHOSEN_STALE;
  uint32_t last_s = bound_s == UINT32_MAX ? 200000 : bound_s;
  at(10 + (int64_t)last_s);
  check_answers(1, last_s, estimate);
  at(11 + (int64_t)last_s);
  check_answers(1, last_s + 1, estimate | old);
  /* The wall clock jumps a year ahead: nothing grows old. */
  REQUIRE_STATUS(
      hj_engine_poll(engine, START_NS + (12 + (int64_t)last_s) * SECOND_NS, second(12 + last_s) + AHEAD(8760), 0, NULL),
      HJ_OK);
  check_answers(1, last_s + 2, estimate | old);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
}

/* Without a position there is no age, and no mark that speaks of one; very old and very long times stay in range. */
static void odd_ages(void) {
  hj_config config = poll_config();
  engine = open_engine(&config);
  at(0);
  hj_unit unit = make_unit(1, 0, 0);
  unit.lat_e7 = unit.lon_e7 = 0;
  REQUIRE_STATUS(hj_unit_put(engine, &unit), HJ_OK);
  hj_report call = make_report(HJ_TIER_URGENT, 0, 0);
  hj_dispatch answer = empty_dispatch();
  CHECK_STATUS(hj_incident_recommend(engine, &call, &answer), HJ_OK);
  CHECK_EQUAL(answer.chosen[0].reason, HJ_REASON_NO_POSITION);
  CHECK_EQUAL(answer.chosen_age_s[0], HJ_AGE_UNKNOWN);
  CHECK_EQUAL(answer.chosen_flags[0], 0);
  CHECK(is_taken(1, 0, 1)); /* 1970 */
  CHECK_EQUAL(read_unit(engine, 1).age_s, 126144000);
  CHECK_EQUAL(read_unit(engine, 1).fix_wall_us, 1);
  int64_t far_ns = (INT64_C(1) << 62) - 1;
  REQUIRE_STATUS(hj_engine_poll(engine, far_ns, START_US, 0, NULL), HJ_OK);
  CHECK_MORE(read_unit(engine, 1).age_s, 4000000000u);
  CHECK(is_taken(1, 0, START_US));
  CHECK_EQUAL(read_unit(engine, 1).age_s, 0);
  CHECK_EQUAL(is_taken(1, 0, START_US), 1);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
}

/* ---- Off duty ---- */

static void off_duty(int32_t use) {
  int is_refused = use == HJ_OFF_DUTY_POSITIONS_REFUSE;
  hj_config config = poll_config();
  CHECK_EQUAL(config.off_duty_positions, HJ_OFF_DUTY_POSITIONS_REFUSE);
  config.off_duty_positions = use;
  engine = open_engine(&config);
  at(0);
  put_unit(engine, 1, 0, 0);
  CHECK(is_taken(1, 1, second(0)));
  CHECK_STATUS(hj_unit_set_activity(engine, 1, HJ_ACTIVITY_OFF_DUTY, 0), HJ_OK);
  CHECK_EQUAL(north_of(1), 1); /* what was reported before counts */
  at(1);
  CHECK_EQUAL(is_taken(1, 2, second(1)), !is_refused);
  CHECK_EQUAL(north_of(1), is_refused ? 1 : 2);
  /* Every other activity is followed, also after an order by hand, and home again it is not. */
  hj_report call = make_report(HJ_TIER_EMERGENCY, 0, 0);
  hj_dispatch answer = empty_dispatch();
  CHECK_STATUS(hj_incident_report(engine, &call, &answer), HJ_OK);
  CHECK_EQUAL(answer.assignment_count, 0);
  uint64_t assignment = 0;
  CHECK_STATUS(hj_incident_assign(engine, answer.incident_id, 1, 0, &assignment), HJ_OK);
  at(2);
  CHECK(is_taken(1, 3, second(2)));
  CHECK_STATUS(hj_incident_cancel(engine, answer.incident_id, 0), HJ_OK);
  CHECK_EQUAL(read_unit(engine, 1).activity, HJ_ACTIVITY_OFF_DUTY);
  at(3);
  CHECK_EQUAL(is_taken(1, 4, second(3)), !is_refused);
  CHECK_STATUS(hj_unit_set_activity(engine, 1, HJ_ACTIVITY_PATROLLING, 0), HJ_OK);
  CHECK_EQUAL(read_unit(engine, 1).age_s, is_refused ? 1 : 0); /* the old place has aged */
  CHECK(is_taken(1, 5, second(3)));
  CHECK_EQUAL(north_of(1), 5);
  /* By hj_unit_put likewise; a place that the host gives by hand is the host's. */
  hj_unit unit = make_unit(1, 6, 0);
  unit.activity = HJ_ACTIVITY_OFF_DUTY;
  CHECK_STATUS(hj_unit_put(engine, &unit), HJ_OK);
  CHECK_EQUAL(north_of(1), 6);
  CHECK_EQUAL(is_taken(1, 7, second(3)), !is_refused);
  /* The next unit in its slot is nobody's heir. */
  CHECK_STATUS(hj_unit_remove(engine, 1), HJ_OK);
  put_unit(engine, 2, 0, 0);
  CHECK(is_taken(2, 8, second(3)));
  hj_stats stats = read_stats(engine);
  CHECK_EQUAL(stats.positions_off_duty, is_refused ? 3 : 0);
  CHECK_EQUAL(stats.positions_refused, is_refused ? 3 : 0);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
}

/* A reporter goes on all the time. When hj_unit_set_activity has returned, nothing of it moves the unit any more. */
static int is_over;

static void *goes_on(void *unused) {
  (void)unused;
  for (int north = 1; !__atomic_load_n(&is_over, __ATOMIC_ACQUIRE); north = north % 9000 + 1) is_taken(1, north, 0);
  return NULL;
}

static void off_duty_under_reports(void) {
  hj_config config = poll_config();
  config.run_mode = HJ_RUN_THREAD;
  config.event_capacity = 65536;
  engine = open_engine(&config);
  put_unit(engine, 1, 0, 0);
  pthread_t thread;
  REQUIRE_EQUAL(pthread_create(&thread, NULL, goes_on, NULL), 0);
  for (int times = 0; times < 300; times++) {
    CHECK_EACH_STATUS(hj_unit_set_activity(engine, 1, HJ_ACTIVITY_OFF_DUTY, 0), HJ_OK);
    int north = north_of(1);
    int64_t refused = read_stats(engine).positions_off_duty;
    while (read_stats(engine).positions_off_duty < refused + 3) hj_unit_check_in(engine, 1, 0);
    CHECK_EACH_EQUAL(north_of(1), north);
    CHECK_EACH_STATUS(hj_unit_set_activity(engine, 1, HJ_ACTIVITY_PATROLLING, 0), HJ_OK);
    int64_t accepted = read_stats(engine).positions_accepted;
    while (read_stats(engine).positions_accepted < accepted + 1) hj_unit_check_in(engine, 1, 0);
  }
  __atomic_store_n(&is_over, 1, __ATOMIC_RELEASE);
  pthread_join(thread, NULL);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
}

/* ---- Two feeds race for one unit ---- */

enum { FIXES = 20000 };

/* Each feed reports the odd or the even fixes of one drive, every one with its device's time; a fix says by its place
 * which time it carries. */
static void *feeds(void *number) {
  int64_t first = read_unit(engine, 1).fix_wall_us, seen = 0;
  for (int index = (int)(uintptr_t)number; index < FIXES; index += 2) {
    is_taken(1, index, START_US - INT64_C(3600000000) + index * INT64_C(1000));
    hj_unit_status status = read_unit(engine, 1);
    /* Never back, and never the time of one fix with the place of the other. */
    CHECK_EACH(status.fix_wall_us >= first && status.fix_wall_us >= seen);
    int64_t carried = (status.fix_wall_us - (START_US - INT64_C(3600000000))) / 1000;
    CHECK_EACH_EQUAL((status.lat_e7 - centre_lat_e7) / 100, carried);
    seen = status.fix_wall_us;
  }
  return NULL;
}

static void two_feeds(void) {
  hj_config config = poll_config();
  config.run_mode = HJ_RUN_THREAD;
  engine = open_engine(&config);
  put_unit(engine, 1, 0, 0);
  CHECK(is_taken(1, 0, START_US - INT64_C(3600000000)));
  pthread_t threads[2];
  for (int number = 0; number < 2; number++)
    REQUIRE_EQUAL(pthread_create(&threads[number], NULL, feeds, (void *)(uintptr_t)number), 0);
  for (int number = 0; number < 2; number++) pthread_join(threads[number], NULL);
  hj_stats stats = read_stats(engine);
  CHECK_EQUAL(stats.positions_accepted + stats.positions_refused, FIXES + 1);
  CHECK_EQUAL(stats.positions_refused, stats.positions_old + stats.positions_busy);
  /* The newest of both wins, unless its writer found the other asleep at it. */
  if (stats.positions_busy == 0) CHECK_EQUAL(north_of(1), FIXES - 1);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
}

static void settings(void) {
  hj_config config = poll_config();
  hj_error_detail detail;
  memset(&detail, 0, sizeof detail);
  detail.size = sizeof detail;
  hj_engine *none = NULL;
  config.stale_s = 31622401;
  CHECK_STATUS(hj_engine_open(&config, &none, &detail), HJ_E_LIMIT);
  CHECK_TEXT(detail.field, "stale_s");
  config = poll_config();
  config.off_duty_positions = 2;
  CHECK_STATUS(hj_engine_open(&config, &none, &detail), HJ_E_ARGUMENT);
  CHECK_TEXT(detail.field, "off_duty_positions");
  config = poll_config();
  CHECK_EQUAL(config.output_datum, HJ_DATUM_WGS84);
  config.output_datum = 4;
  CHECK_STATUS(hj_engine_open(&config, &none, &detail), HJ_E_ARGUMENT);
  CHECK_TEXT(detail.field, "output_datum");
}

int main(void) {
  ahead();
  before_time();
  ages(NULL, 0, 900);
  ages(NULL, 60, 60);
  ages(NULL, UINT32_MAX, UINT32_MAX);
  odd_ages();
  off_duty(HJ_OFF_DUTY_POSITIONS_REFUSE);
  off_duty(HJ_OFF_DUTY_POSITIONS_TAKE);
  REQUIRE_EQUAL(checks_failed, 0); /* the next waits for refusals, which may never come */
  off_duty_under_reports();
  two_feeds();
  settings();
  const char *map = on_streets();
  if (map != NULL) ages(map, 0, 900);
  return check_finish();
}
