/* Live traffic from outside: what is refused and how, when new times serve, a city cut in two and joined again, floods
 * of reports, and engines that close under them. Needs streets: HUJIA_TEST_MAP. */
#include <poll.h>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host.h"

enum { UNITS = 12, MOST_STREETS = 100000 };

static hj_street_time all[MOST_STREETS];

static hj_street_time street_time(uint64_t id, uint32_t travel_ms) {
  hj_street_time time;
  memset(&time, 0, sizeof time);
  time.size = sizeof time;
  time.street_id = id;
  time.travel_ms = travel_ms;
  return time;
}

/* Ids are row numbers; those of merged rows are unknown, which is counted and harmless. */
static uint32_t every_street(hj_engine *engine, uint32_t travel_ms) {
  uint32_t count = (uint32_t)read_stats(engine).map_streets;
  REQUIRE_MORE(count, 100);
  REQUIRE_LESS(count, MOST_STREETS);
  for (uint32_t index = 0; index < count; index++) all[index] = street_time(index + 1, travel_ms);
  return count;
}

static hj_engine *open_city(int32_t run_mode, int32_t traffic) {
  hj_config config = poll_config();
  config.run_mode = run_mode;
  config.map_path = on_streets();
  config.traffic = traffic;
  config.event_capacity = 1 << 16;
  hj_engine *engine = open_engine(&config);
  for (int id = 1; id <= UNITS; id++) put_unit(engine, (uint64_t)id, id * 60, id * 37);
  return engine;
}

/* From one end of the test's corner of the city to the other. */
static hj_route_summary drive(hj_engine *engine, hj_route_point *points, uint32_t capacity, uint32_t *needed) {
  hj_route_summary summary;
  memset(&summary, 0, sizeof summary);
  summary.size = sizeof summary;
  int32_t from_lat, from_lon, to_lat, to_lon;
  place(0, 0, &from_lat, &from_lon);
  place(700, 500, &to_lat, &to_lon);
  if (capacity > 0) points[0].size = sizeof points[0];
  hj_status status = hj_route(engine, from_lat, from_lon, to_lat, to_lon, &summary, points, capacity, needed);
  REQUIRE_STATUS(status, HJ_OK);
  /* The time alone, in the same words. */
  uint32_t travel_ms = 0, distance_dm = 0, flags = 9;
  uint64_t epoch = 9;
  status = hj_travel_time(engine, from_lat, from_lon, to_lat, to_lon, HJ_PROFILE_DEFAULT, &travel_ms, &distance_dm,
                          &flags, &epoch);
  REQUIRE_STATUS(status, HJ_OK);
  if (epoch == summary.epoch) { /* another may have begun between the two calls */
    CHECK_EACH_EQUAL(travel_ms, summary.travel_ms);
    CHECK_EACH_EQUAL(distance_dm, summary.distance_dm);
    CHECK_EACH_EQUAL(flags, summary.flags);
  }
  CHECK_EACH_AT_LEAST(epoch, summary.epoch);
  return summary;
}

static hj_nearest nearest_to_start(hj_engine *engine) {
  hj_nearest nearest;
  memset(&nearest, 0, sizeof nearest);
  nearest.size = sizeof nearest;
  hj_nearest_query query;
  memset(&query, 0, sizeof query);
  query.size = sizeof query;
  query.k = 1;
  place(0, 0, &query.lat_e7, &query.lon_e7);
  uint32_t count = 0;
  hj_status status = hj_nearest_units(engine, &query, &nearest, 1, &count);
  REQUIRE_STATUS(status, HJ_OK);
  REQUIRE_EQUAL(count, 1);
  return nearest;
}

/* The epoch of the last HJ_EVENT_TRAFFIC among the events; 0: none. */
static uint64_t epoch_told(hj_engine *engine) {
  hj_event events[64];
  uint32_t count;
  uint64_t told = 0;
  while ((count = take_events(engine, events, 64)) > 0) {
    for (uint32_t index = 0; index < count; index++) {
      if (events[index].kind != HJ_EVENT_TRAFFIC) continue;
      CHECK_EACH(events[index].epoch > told && events[index].incident_id == 0 && events[index].wall_us > 0);
      told = events[index].epoch;
    }
  }
  return told;
}

static void wait_until_served(hj_engine *engine) {
  for (int times = 0; times < 60000 && read_stats(engine).traffic_pending > 0; times++) poll(NULL, 0, 1);
  REQUIRE_EQUAL(read_stats(engine).traffic_pending, 0);
}

/* ---- What is refused, and that the rest is not ---- */

static void bad_input(void) {
  hj_engine *engine = open_city(HJ_RUN_POLL, HJ_TRAFFIC_ON_DEMAND);
  hj_street_time one = street_time(1, 5000);
  hj_status verdict = 99;
  uint32_t accepted = 99;
  CHECK_STATUS(hj_traffic_report(engine, NULL, 0), HJ_OK);
  CHECK_STATUS(hj_traffic_report(engine, NULL, 1), HJ_E_NULL);
  CHECK_STATUS(hj_traffic_report(engine, &one, UINT32_MAX), HJ_E_ARGUMENT);
  CHECK_STATUS(hj_traffic_report(engine, &one, 1048577), HJ_E_ARGUMENT);
  CHECK_STATUS(hj_traffic_report_each(engine, NULL, 2, &verdict, &accepted), HJ_E_NULL);
  CHECK_EQUAL(accepted, 0);
  CHECK_EQUAL(verdict, 99);
  CHECK_EQUAL(read_stats(engine).traffic_reports + read_stats(engine).traffic_refused, 0);

  static const struct {
    uint64_t id;
    uint32_t travel_ms;
    int32_t direction, profile;
    hj_status expected;
  } rows[] = {
      {1, 5000, HJ_DIRECTION_BOTH, 0, HJ_OK},
      {1, 1, HJ_DIRECTION_BOTH, HJ_PROFILE_RESPONSE, HJ_OK},
      {1, HJ_STREET_TIME_MAX, HJ_DIRECTION_BOTH, HJ_PROFILE_NORMAL, HJ_OK},
      {1, HJ_STREET_CLOSED, HJ_DIRECTION_BOTH, 0, HJ_OK},
      {1, HJ_STREET_AS_MAPPED, HJ_DIRECTION_BOTH, 0, HJ_OK},
      {1, 0, HJ_DIRECTION_BOTH, 0, HJ_E_ARGUMENT},
      {1, HJ_STREET_TIME_MAX + 1, HJ_DIRECTION_BOTH, 0, HJ_E_ARGUMENT},
      {1, HJ_STREET_AS_MAPPED - 1, HJ_DIRECTION_BOTH, 0, HJ_E_ARGUMENT},
      {1, 5000, 3, 0, HJ_E_ARGUMENT},
      {1, 5000, -1, 0, HJ_E_ARGUMENT},
      {1, 5000, INT32_MIN, 0, HJ_E_ARGUMENT},
      {1, 5000, HJ_DIRECTION_BOTH, 3, HJ_E_ARGUMENT},
      {1, 5000, HJ_DIRECTION_BOTH, -1, HJ_E_ARGUMENT},
      {0, 5000, HJ_DIRECTION_BOTH, 0, HJ_E_UNKNOWN},
      {UINT64_MAX, 5000, HJ_DIRECTION_BOTH, 0, HJ_E_UNKNOWN},
      {2, HJ_STREET_AS_MAPPED, HJ_DIRECTION_BOTH, 0, HJ_OK},
  };
  enum { ROWS = sizeof rows / sizeof rows[0] };
  hj_street_time times[ROWS];
  hj_status verdicts[ROWS];
  uint32_t good = 0;
  for (int index = 0; index < ROWS; index++) {
    times[index] = street_time(rows[index].id, rows[index].travel_ms);
    times[index].direction = rows[index].direction;
    times[index].profile = rows[index].profile;
    good += rows[index].expected == HJ_OK;
    CHECK_STATUS(hj_traffic_report_each(engine, &times[index], 1, verdicts, &accepted),
                 rows[index].expected == HJ_OK ? HJ_OK : HJ_PARTIAL);
    CHECK_STATUS(verdicts[0], rows[index].expected);
    CHECK_EQUAL(accepted, rows[index].expected == HJ_OK);
  }
  CHECK_STATUS(hj_traffic_report_each(engine, times, ROWS, verdicts, &accepted), HJ_PARTIAL);
  CHECK_EQUAL(accepted, good);
  for (int index = 0; index < ROWS; index++) CHECK_EQUAL(verdicts[index], rows[index].expected);
  CHECK_EQUAL(read_stats(engine).traffic_reports, 2 * good);
  CHECK_EQUAL(read_stats(engine).traffic_refused, 2 * (ROWS - good));
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);

  engine = open_city(HJ_RUN_POLL, HJ_TRAFFIC_OFF);
  CHECK_STATUS(hj_traffic_report(engine, &one, 1), HJ_E_UNSUPPORTED);
  CHECK_EQUAL(drive(engine, NULL, 0, NULL).epoch, 0);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  hj_config config = poll_config();
  hj_error_detail why;
  memset(&why, 0, sizeof why);
  why.size = sizeof why;
  config.traffic = 3;
  CHECK_STATUS(hj_engine_open(&config, &engine, &why), HJ_E_ARGUMENT);
  CHECK_TEXT(why.field, "traffic");
  config.traffic = HJ_TRAFFIC_AT_OPEN;
  engine = open_engine(&config); /* no streets at all */
  CHECK_STATUS(hj_traffic_report_each(engine, &one, 1, &verdict, NULL), HJ_PARTIAL);
  CHECK_STATUS(verdict, HJ_E_UNKNOWN);
  poll_at(engine, START_NS);
  CHECK_EQUAL(read_stats(engine).epochs_built, 0);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  CHECK_STATUS(hj_traffic_report(engine, &one, 1), HJ_E_STALE);
  CHECK_STATUS(hj_traffic_report(NULL, &one, 1), HJ_E_STALE);
}

/* ---- When times serve, and which epoch an answer names ---- */

static void epochs_are_told(void) {
  hj_engine *engine = open_city(HJ_RUN_POLL, HJ_TRAFFIC_ON_DEMAND);
  poll_at(engine, START_NS);
  hj_route_summary mapped = drive(engine, NULL, 0, NULL);
  CHECK_EQUAL(mapped.epoch, 0);
  /* Of two times of a street that wait for one epoch, the newest serves. */
  uint32_t count = every_street(engine, 90000);
  CHECK_TAKEN(hj_traffic_report(engine, all, count));
  count = every_street(engine, 7000);
  CHECK_TAKEN(hj_traffic_report(engine, all, count));
  hj_route_summary before = drive(engine, NULL, 0, NULL);
  CHECK_BYTES(&before, &mapped, sizeof mapped);
  CHECK_MORE(read_stats(engine).traffic_pending, 0);
  int64_t next_due_ns = 0;
  CHECK_STATUS(hj_engine_poll(engine, START_NS + 1, START_US, 0, &next_due_ns), HJ_OK);
  CHECK_MORE(next_due_ns, START_NS + 1);
  CHECK_EQUAL(epoch_told(engine), 1);
  hj_stats stats = read_stats(engine);
  CHECK_EQUAL(stats.traffic_epoch, 1);
  CHECK_EQUAL(stats.traffic_pending, 0);
  CHECK_EQUAL(stats.epochs_built, 1);
  CHECK_EQUAL(stats.epoch_build_ns, 0);

  static hj_route_point points[4096];
  uint32_t needed = 0;
  hj_route_summary uniform = drive(engine, points, 4096, &needed);
  CHECK_EQUAL(uniform.epoch, 1);
  CHECK_DIFFERENT(uniform.travel_ms, mapped.travel_ms);
  /* Whole streets take 7 s each now: the first and the last may be driven in part. */
  uint32_t streets = 1;
  for (uint32_t index = 2; index < needed; index++) streets += points[index].street_id != points[index - 1].street_id;
  CHECK_WITHIN(uniform.travel_ms, 7000 * streets - 14000, 7000 * streets);
  CHECK_EQUAL(points[needed - 1].time_ms, uniform.travel_ms);
  hj_nearest near = nearest_to_start(engine);
  CHECK_EQUAL(near.epoch, 1);

  hj_report report = make_report(HJ_TIER_URGENT, 0, 0);
  report.key_high = 5;
  hj_dispatch first = empty_dispatch(), again = empty_dispatch();
  CHECK_STATUS(hj_incident_recommend(engine, &report, &first), HJ_OK);
  CHECK_EQUAL(first.epoch, 1);
  CHECK_EQUAL(first.chosen[0].travel_ms, near.travel_ms);
  CHECK_STATUS(hj_incident_report(engine, &report, &first), HJ_OK);

  count = every_street(engine, HJ_STREET_AS_MAPPED);
  CHECK_TAKEN(hj_traffic_report(engine, all, count));
  poll_at(engine, START_NS + 2);
  CHECK_EQUAL(epoch_told(engine), 2);
  hj_route_summary after = drive(engine, NULL, 0, NULL);
  CHECK_EQUAL(after.epoch, 2);
  CHECK_EQUAL(after.travel_ms, mapped.travel_ms);
  CHECK_EQUAL(after.distance_dm, mapped.distance_dm);
  /* The same key again: the first answer, and the epoch that it was computed on. */
  CHECK_STATUS(hj_incident_report(engine, &report, &again), HJ_EXISTS);
  CHECK_EQUAL(again.epoch, 1);
  CHECK_EQUAL(again.chosen[0].travel_ms, first.chosen[0].travel_ms);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
}

/* A program of version 0.1 asks: nothing is written behind what it knows. */
static void old_programs(void) {
  hj_engine *engine = open_city(HJ_RUN_POLL, HJ_TRAFFIC_ON_DEMAND);
  poll_at(engine, START_NS);
  hj_street_time one = street_time(1, HJ_STREET_CLOSED);
  CHECK_STATUS(hj_traffic_report(engine, &one, 1), HJ_OK);
  poll_at(engine, START_NS + 1);
  hj_dispatch answer;
  memset(&answer, 0, sizeof answer);
  answer.size = 680;
  answer.epoch = 0xabcdef;
  hj_report report = make_report(HJ_TIER_URGENT, 0, 0);
  CHECK_STATUS(hj_incident_report(engine, &report, &answer), HJ_OK);
  CHECK_EQUAL(answer.assignment_count, 1);
  CHECK_EQUAL(answer.epoch, 0xabcdef);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
}

/* ---- The same calls give the same answers ---- */

static void tell(hj_engine *engine, hj_dispatch *answers, int rounds) {
  uint64_t random = 7;
  poll_at(engine, START_NS);
  for (int round = 0; round < rounds; round++) {
    hj_street_time times[40];
    for (int index = 0; index < 40; index++) {
      random = random * 6364136223846793005u + 1442695040888963407u;
      times[index] = street_time(1 + (random >> 33) % 900,
                                 (random >> 20) % 5 == 0 ? HJ_STREET_CLOSED : 1 + (uint32_t)(random >> 40) % 60000);
      times[index].direction = (int32_t)((random >> 10) % 3);
    }
    CHECK_TAKEN(hj_traffic_report(engine, times, 40));
    poll_at(engine, START_NS + round);
    hj_report report = make_report(HJ_TIER_URGENT, round * 31 % 700, round * 17 % 500);
    answers[round] = empty_dispatch();
    CHECK_TAKEN(hj_incident_report(engine, &report, &answers[round]));
    CHECK_EACH_EQUAL(answers[round].epoch, (uint64_t)round + 1);
    hj_incident_close(engine, answers[round].incident_id, 0, 0);
  }
}

static void polled_engines_agree(void) {
  enum { ROUNDS = 60 };
  static hj_dispatch first[ROUNDS], second[ROUNDS];
  hj_engine *one = open_city(HJ_RUN_POLL, HJ_TRAFFIC_ON_DEMAND);
  hj_engine *other = open_city(HJ_RUN_POLL, HJ_TRAFFIC_AT_OPEN);
  tell(one, first, ROUNDS);
  tell(other, second, ROUNDS);
  for (int round = 0; round < ROUNDS; round++) CHECK_BYTES(&first[round], &second[round], sizeof first[0]);
  CHECK_MORE(read_stats(one).epochs_mended, ROUNDS / 2);
  CHECK_STATUS(hj_engine_close(one), HJ_OK);
  CHECK_STATUS(hj_engine_close(other), HJ_OK);
}

/* ---- Closures that contradict each other: the city falls in two, honestly ---- */

static void city_cut_in_two(void) {
  static hj_route_point points[4096];
  hj_engine *engine = open_city(HJ_RUN_POLL, HJ_TRAFFIC_AT_OPEN);
  poll_at(engine, START_NS);
  uint32_t needed = 0;
  hj_route_summary whole = drive(engine, points, 4096, &needed);
  CHECK_EQUAL(whole.flags, 0);
  hj_nearest near = nearest_to_start(engine);
  CHECK_EQUAL(near.flags, 0);
  /* Close the road between, and the next best, until there is none. */
  int closed = 0;
  hj_route_summary now = whole;
  while ((now.flags & HJ_ROUTE_STRAIGHT_LINE) == 0 && closed < 2000) {
    CHECK_EACH_AT_LEAST(now.travel_ms, whole.travel_ms);
    hj_street_time middle = street_time(points[needed / 2].street_id, HJ_STREET_CLOSED);
    CHECK_EACH_STATUS(hj_traffic_report(engine, &middle, 1), HJ_OK);
    poll_at(engine, START_NS + ++closed);
    now = drive(engine, points, 4096, &needed);
    for (uint32_t index = 1; index + 1 < needed; index++)
      CHECK_EACH_DIFFERENT(points[index].street_id, middle.street_id);
  }
  CHECK_LESS(closed, 2000);
  CHECK_MORE(closed, 1);
  CHECK_EQUAL(needed, 2);
  CHECK_EQUAL(now.epoch, closed);
  printf("%d closures cut the city in two\n", closed);
  /* Nobody drives through any street: far from every unit the decision rests on an estimate and says so. */
  uint32_t count = every_street(engine, HJ_STREET_CLOSED);
  CHECK_TAKEN(hj_traffic_report(engine, all, count));
  poll_at(engine, START_NS + ++closed);
  now = drive(engine, points, 4096, &needed);
  CHECK_EQUAL(now.flags, HJ_ROUTE_STRAIGHT_LINE);
  hj_report report = make_report(HJ_TIER_URGENT, 900, 1100);
  hj_dispatch dispatch = empty_dispatch();
  CHECK_STATUS(hj_incident_recommend(engine, &report, &dispatch), HJ_OK);
  CHECK_EQUAL(dispatch.chosen[0].reason, HJ_REASON_STRAIGHT_LINE);
  CHECK_DIFFERENT((dispatch.shortfall & HJ_SHORTFALL_NOT_ON_STREETS), 0);
  /* Joined again. */
  count = every_street(engine, HJ_STREET_AS_MAPPED);
  CHECK_TAKEN(hj_traffic_report(engine, all, count));
  poll_at(engine, START_NS + ++closed);
  now = drive(engine, points, 4096, &needed);
  CHECK_EQUAL(now.travel_ms, whole.travel_ms);
  CHECK_EQUAL(now.distance_dm, whole.distance_dm);
  CHECK_EQUAL(now.flags, 0);
  CHECK_EQUAL(nearest_to_start(engine).unit_id, near.unit_id);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
}

/* ---- Floods ---- */

static void storm(int32_t traffic) {
  static hj_route_point points[4096];
  hj_engine *engine = open_city(HJ_RUN_THREAD, traffic);
  uint32_t needed = 0;
  hj_route_summary mapped = drive(engine, points, 4096, &needed);
  uint64_t street = points[needed / 2].street_id;
  uint32_t count = every_street(engine, 0);
  int64_t reports = 0;
  for (int round = 0; round < 400; round++) {
    for (uint32_t index = 0; index < count; index++) all[index].travel_ms = 1 + (uint32_t)((index * 7 + round) % 40000);
    hj_status status = hj_traffic_report(engine, all, count);
    CHECK_EACH_EITHER(status, HJ_OK, HJ_PARTIAL);
    reports++;
    hj_street_time one = street_time(street, round % 2 == 0 ? HJ_STREET_CLOSED : 5);
    CHECK_EACH_STATUS(hj_traffic_report(engine, &one, 1), HJ_OK);
    reports++;
    drive(engine, NULL, 0, NULL);
    CHECK_EACH_AT_MOST(read_stats(engine).traffic_pending, 8 * (int64_t)count); /* two ways, two profiles, two tables */
  }
  for (uint32_t index = 0; index < count; index++) all[index].travel_ms = HJ_STREET_AS_MAPPED;
  CHECK_TAKEN(hj_traffic_report(engine, all, count));
  hj_street_time one = street_time(street, HJ_STREET_CLOSED);
  CHECK_STATUS(hj_traffic_report(engine, &one, 1), HJ_OK);
  one.travel_ms = HJ_STREET_AS_MAPPED;
  CHECK_STATUS(hj_traffic_report(engine, &one, 1), HJ_OK);
  wait_until_served(engine);
  hj_route_summary after = drive(engine, NULL, 0, NULL);
  CHECK_EQUAL(after.travel_ms, mapped.travel_ms);
  CHECK_EQUAL(after.distance_dm, mapped.distance_dm);
  hj_stats stats = read_stats(engine);
  CHECK_WITHIN(stats.epochs_built, 1, reports + 3);
  CHECK_EQUAL(stats.traffic_epoch, stats.epochs_built);
  CHECK_EQUAL(after.epoch, stats.traffic_epoch);
  CHECK_EQUAL(epoch_told(engine), stats.traffic_epoch);
  CHECK_AT_LEAST(stats.epoch_build_longest_ns, stats.epoch_build_ns);
  CHECK_MORE(stats.epoch_build_ns, 0);
  printf("%" PRId64 " reports became %" PRId64 " epochs\n", reports, stats.epochs_built);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
}

static hj_engine *flooded;

static void *flood(void *number) {
  uint64_t random = 88172645463325252u * ((uint64_t)(uintptr_t)number + 1);
  for (int round = 0; round < 60; round++) {
    hj_street_time times[20];
    for (int index = 0; index < 20; index++) {
      random ^= random << 13;
      random ^= random >> 7;
      random ^= random << 17;
      times[index] = street_time(1 + random % 900, random % 9 == 0 ? HJ_STREET_CLOSED : 1 + (uint32_t)(random % 50000));
      times[index].profile = (int32_t)(random >> 40) % 3;
    }
    hj_status status = hj_traffic_report(flooded, times, 20);
    CHECK_EACH_EITHER(status, HJ_OK, HJ_PARTIAL);
    hj_route_summary summary = drive(flooded, NULL, 0, NULL);
    CHECK_EACH_AT_MOST(summary.epoch, 64 * 60);
  }
  return NULL;
}

static void sixty_four_threads(void) {
  pthread_t threads[64];
  flooded = open_city(HJ_RUN_THREAD, HJ_TRAFFIC_ON_DEMAND);
  hj_route_summary mapped = drive(flooded, NULL, 0, NULL);
  for (int number = 0; number < 64; number++)
    REQUIRE_EQUAL(pthread_create(&threads[number], NULL, flood, (void *)(uintptr_t)number), 0);
  for (int number = 0; number < 64; number++) pthread_join(threads[number], NULL);
  uint32_t count = every_street(flooded, HJ_STREET_AS_MAPPED);
  CHECK_TAKEN(hj_traffic_report(flooded, all, count));
  wait_until_served(flooded);
  hj_stats stats = read_stats(flooded);
  CHECK_EQUAL(stats.traffic_reports + stats.traffic_refused, 64 * 60 * 20 + count);
  CHECK_EQUAL(drive(flooded, NULL, 0, NULL).travel_ms, mapped.travel_ms);
  CHECK_STATUS(hj_engine_close(flooded), HJ_OK);
}

/* ---- Ends ---- */

static void close_while_building(void) {
  for (int round = 0; round < 40; round++) {
    hj_engine *engine = open_city(HJ_RUN_THREAD, round % 2 == 0 ? HJ_TRAFFIC_ON_DEMAND : HJ_TRAFFIC_AT_OPEN);
    uint32_t count = every_street(engine, 1000 + (uint32_t)round);
    CHECK_TAKEN(hj_traffic_report(engine, all, count));
    if (round % 4 > 1) poll(NULL, 0, round % 7);
    CHECK_STATUS(hj_engine_close(engine), HJ_OK);
    CHECK_STATUS(hj_traffic_report(engine, all, 1), HJ_E_STALE);
  }
}

static void two_engines(void) {
  hj_engine *one = open_city(HJ_RUN_THREAD, HJ_TRAFFIC_ON_DEMAND);
  hj_engine *other = open_city(HJ_RUN_THREAD, HJ_TRAFFIC_ON_DEMAND);
  hj_route_summary mapped = drive(other, NULL, 0, NULL);
  uint32_t count = every_street(one, 20000);
  CHECK_TAKEN(hj_traffic_report(one, all, count));
  wait_until_served(one);
  CHECK_DIFFERENT(drive(one, NULL, 0, NULL).travel_ms, mapped.travel_ms);
  CHECK_EQUAL(drive(other, NULL, 0, NULL).travel_ms, mapped.travel_ms);
  CHECK_EQUAL(read_stats(other).epochs_built, 0);
  CHECK_STATUS(hj_engine_close(one), HJ_OK);
  CHECK_EQUAL(drive(other, NULL, 0, NULL).travel_ms, mapped.travel_ms);
  CHECK_STATUS(hj_engine_close(other), HJ_OK);
}

static void fork_while_building(void) {
  hj_engine *engine = open_city(HJ_RUN_THREAD, HJ_TRAFFIC_ON_DEMAND);
  for (int round = 0; round < 20; round++) {
    uint32_t count = every_street(engine, 900 + (uint32_t)round);
    CHECK_TAKEN(hj_traffic_report(engine, all, count));
    pid_t child = fork();
    REQUIRE_AT_LEAST(child, 0);
    if (child == 0)
      _exit(hj_traffic_report(engine, all, count) != HJ_E_FORKED || hj_engine_close(engine) != HJ_E_FORKED);
    int status = 1;
    waitpid(child, &status, 0);
    CHECK(WIFEXITED(status));
    CHECK_EQUAL(WEXITSTATUS(status), 0);
  }
  wait_until_served(engine);
  CHECK_AT_LEAST(read_stats(engine).traffic_epoch, 1);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
}

int main(void) {
  if (on_streets() == NULL) return check_finish();
  int is_small = getenv("HUJIA_TEST_SMALL") != NULL; /* under a sanitizer: no fork */
  bad_input();
  epochs_are_told();
  old_programs();
  polled_engines_agree();
  city_cut_in_two();
  storm(HJ_TRAFFIC_ON_DEMAND);
  storm(HJ_TRAFFIC_AT_OPEN);
  sixty_four_threads();
  close_while_building();
  two_engines();
  if (!is_small) fork_while_building();
  return check_finish();
}
