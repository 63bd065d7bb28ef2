/* Sixty-four threads at once, with nothing lost: what was accepted and what was refused is exactly what was offered.
 * Then the same against an engine that is opened and closed under them. Also run with the thread and the address
 * sanitizer. */
#include <pthread.h>
#include <time.h>

#include "host.h"

enum { UNITS = 64, KEYS = 1 << 20 };

static int threads_count = 64;
static int rounds = 300;
static int64_t lives_wanted = 15;
static int64_t lives, doubles; /* engines opened under the threads; closes that came second */
static int races_close;
static const char *map; /* NULL: no streets, and every street time is refused */

/* What the threads did, added up. */
static int64_t offered_reports, accepted_reports, full_reports, stale_reports;
static int64_t offered_posts, accepted_posts, full_posts, stale_posts;
static int64_t offered_fixes, accepted_fixes;
static int64_t offered_times, accepted_times;
static int64_t answers, sequence_errors;
static unsigned char *answered; /* by key: how many answers */

static void add(int64_t *total, int64_t by) {
  __atomic_fetch_add(total, by, __ATOMIC_RELAXED);
}

static hj_engine *shared;
static hj_engine *shared_engine(void) {
  return __atomic_load_n(&shared, __ATOMIC_ACQUIRE);
}

static uint64_t next_random(uint64_t *state) {
  *state ^= *state << 13;
  *state ^= *state >> 7;
  *state ^= *state << 17;
  return *state;
}

static int one_report(hj_engine *engine, uint64_t *random) {
  hj_report report = make_report(1 + (int32_t)(next_random(random) % 4), (int)(next_random(random) % 1000), 0);
  hj_dispatch dispatch = empty_dispatch();
  add(&offered_reports, 1);
  hj_status status = hj_incident_report(engine, &report, &dispatch);
  if (status == HJ_E_STALE) {
    add(&stale_reports, 1);
    return 0;
  }
  if (status == HJ_FULL) {
    add(&full_reports, 1);
    return 1;
  }
  CHECK_EACH_STATUS(status, HJ_OK);
  add(&accepted_reports, 1);
  for (uint32_t index = 0; index < dispatch.assignment_count; index++) {
    uint64_t assignment = dispatch.chosen[index].assignment_id;
    int32_t state = next_random(random) % 4 == 0 ? HJ_ASSIGNMENT_DECLINED : HJ_ASSIGNMENT_ON_SCENE;
    hj_status moved = hj_assignment_advance(engine, assignment, state, 0);
    CHECK_EACH_EITHER(moved, HJ_OK, HJ_E_STALE);
  }
  hj_status closed = hj_incident_close(engine, dispatch.incident_id, 0, 0);
  CHECK_EACH_EITHER(closed, HJ_OK, HJ_E_STALE);
  return 1;
}

/* One that waits a while for room is sent home by the close of its engine. */
static void one_post(hj_engine *engine, uint64_t key, int waits) {
  hj_report report = make_report(HJ_TIER_ROUTINE, 5, 5);
  report.key_high = 9;
  report.key_low = key;
  add(&offered_posts, 1);
  hj_status status = waits ? hj_incident_post_within(engine, &report, 5000000) : hj_incident_post(engine, &report);
  if (status == HJ_OK) {
    add(&accepted_posts, 1);
  } else if (status == HJ_FULL) {
    add(&full_posts, 1);
  } else {
    CHECK_EACH_STATUS(status, HJ_E_STALE);
    add(&stale_posts, 1);
  }
}

static void one_batch(hj_engine *engine, uint64_t *random) {
  hj_position fixes[24];
  memset(fixes, 0, sizeof fixes);
  for (int index = 0; index < 24; index++) {
    fixes[index].size = sizeof fixes[index];
    fixes[index].unit_id = 1 + next_random(random) % (UNITS + 4); /* a few are unknown */
    fixes[index].heading_cdeg = fixes[index].speed_cms = HJ_UNKNOWN;
    place((int)(next_random(random) % 900), (int)(next_random(random) % 900), &fixes[index].lat_e7,
          &fixes[index].lon_e7);
  }
  uint32_t accepted = 0;
  hj_status status = hj_positions_report(engine, fixes, 24, &accepted);
  if (status == HJ_E_STALE) return;
  CHECK_EACH_EITHER(status, HJ_OK, HJ_PARTIAL);
  add(&offered_fixes, 24);
  add(&accepted_fixes, accepted);
}

/* Reads events; a post's answer closes its incident, so that the tables never stay full. */
static void some_events(hj_engine *engine) {
  hj_event events[32];
  memset(&events[0], 0, sizeof events[0]);
  events[0].size = sizeof events[0];
  uint32_t count = 0;
  hj_status status = hj_events_poll(engine, events, 32, &count);
  if (status == HJ_E_STALE) return;
  CHECK_EACH_STATUS(status, HJ_OK);
  uint64_t last = 0;
  for (uint32_t index = 0; index < count; index++) {
    if (events[index].sequence <= last) add(&sequence_errors, 1);
    last = events[index].sequence;
    if ((events[index].kind == HJ_EVENT_DECIDED || events[index].kind == HJ_EVENT_REFUSED) &&
        events[index].key_high == 9) {
      add(&answers, 1);
      __atomic_fetch_add(&answered[events[index].key_low], 1, __ATOMIC_RELAXED);
      if (events[index].kind == HJ_EVENT_DECIDED) hj_incident_cancel(engine, events[index].incident_id, 0);
    }
  }
}

static void some_reading(hj_engine *engine, uint64_t *random) {
  hj_stats stats;
  memset(&stats, 0, sizeof stats);
  stats.size = sizeof stats;
  hj_status status = hj_engine_stats(engine, &stats);
  CHECK_EACH_EITHER(status, HJ_OK, HJ_E_STALE);
  hj_unit_status unit;
  memset(&unit, 0, sizeof unit);
  unit.size = sizeof unit;
  status = hj_unit_read(engine, 1 + next_random(random) % UNITS, &unit);
  CHECK_EACH_EITHER(status, HJ_OK, HJ_E_STALE);
  hj_nearest nearest[4];
  memset(nearest, 0, sizeof nearest);
  nearest[0].size = sizeof nearest[0];
  hj_nearest_query query;
  memset(&query, 0, sizeof query);
  query.size = sizeof query;
  query.k = 4;
  place(100, 100, &query.lat_e7, &query.lon_e7);
  uint32_t count;
  status = hj_nearest_units(engine, &query, nearest, 4, &count);
  CHECK_EACH_EITHER(status, HJ_OK, HJ_E_STALE);
  CHECK_EACH_AT_LEAST(hj_events_fd(engine), -1);
}

static void some_traffic(hj_engine *engine, uint64_t *random) {
  hj_street_time times[8];
  memset(times, 0, sizeof times);
  for (int index = 0; index < 8; index++) {
    times[index].size = sizeof times[index];
    times[index].street_id = 1 + next_random(random) % 700; /* a few are unknown, all of them off the streets */
    times[index].travel_ms =
        next_random(random) % 4 == 0 ? HJ_STREET_CLOSED : 1 + (uint32_t)next_random(random) % 40000;
    times[index].direction = (int32_t)(next_random(random) % 3);
    times[index].profile = (int32_t)(next_random(random) % 3);
  }
  uint32_t accepted = 0;
  hj_status status = hj_traffic_report_each(engine, times, 8, NULL, &accepted);
  if (status == HJ_E_STALE) return;
  CHECK_EACH_EITHER(status, HJ_OK, HJ_PARTIAL);
  add(&offered_times, 8);
  add(&accepted_times, accepted);
}

static void *worker(void *number) {
  uint64_t random = 88172645463325252u * ((uint64_t)(uintptr_t)number + 1);
  uint64_t key = (uint64_t)(uintptr_t)number << 14; /* 64 threads, fewer than 16,384 posts each */
  for (int round = 0; races_close ? __atomic_load_n(&lives, __ATOMIC_RELAXED) < lives_wanted : round < rounds;
       round++) {
    hj_engine *engine = shared_engine();
    switch (next_random(&random) % 6) {
      case 0:
        one_report(engine, &random);
        break;
      case 1:
        one_post(engine, races_close ? 0 : ++key, round % 2);
        break;
      case 2:
        one_batch(engine, &random);
        break;
      case 3:
        some_events(engine);
        break;
      case 4:
        some_traffic(engine, &random);
        break;
      default:
        some_reading(engine, &random);
        break;
    }
  }
  return NULL;
}

static hj_config thread_config(void) {
  hj_config config = poll_config();
  config.map_path = map;
  config.run_mode = HJ_RUN_THREAD;
  config.max_units = UNITS;
  config.max_speed_cms = UINT32_MAX; /* these units jump about */
  config.max_incidents = 256;
  config.max_assignments = 512;
  config.event_capacity = 1 << 20; /* so that no ordinary event is lost and all can be counted */
  config.post_capacity = 64;
  return config;
}

static void put_units(hj_engine *engine) {
  for (uint64_t id = 1; id <= UNITS; id++) put_unit(engine, id, (int)id * 11, (int)id * 7);
}

static void run_workers(void) {
  pthread_t threads[64];
  for (int number = 0; number < threads_count; number++)
    REQUIRE_EQUAL(pthread_create(&threads[number], NULL, worker, (void *)(uintptr_t)number), 0);
  for (int number = 0; number < threads_count; number++) pthread_join(threads[number], NULL);
}

static void everything_is_counted(void) {
  hj_config config = thread_config();
  hj_engine *engine = open_engine(&config);
  put_units(engine);
  __atomic_store_n(&shared, engine, __ATOMIC_RELEASE);
  run_workers();
  /* What is still queued is decided by the loop; read until all is answered. */
  for (int times = 0; times < 20000 && answers < accepted_posts; times++) {
    some_events(engine);
    struct timespec pause = {0, 1000000};
    nanosleep(&pause, NULL);
  }
  hj_stats stats = read_stats(engine);
  CHECK_EQUAL(accepted_reports + full_reports + stale_reports, offered_reports);
  CHECK_EQUAL(accepted_posts + full_posts + stale_posts, offered_posts);
  CHECK_EQUAL(stale_reports + stale_posts, 0);
  CHECK_EQUAL(stats.posts, accepted_posts);
  CHECK_EQUAL(answers, accepted_posts);
  CHECK_EQUAL(stats.reports, offered_reports + accepted_posts);
  CHECK_EQUAL(stats.positions_accepted, accepted_fixes);
  CHECK_EQUAL(stats.positions_accepted + stats.positions_refused, offered_fixes);
  CHECK_EQUAL(stats.traffic_reports, accepted_times);
  CHECK_EQUAL(stats.traffic_reports + stats.traffic_refused, offered_times);
  /* First come, first served: at most one call of each other thread (and of the loop) goes ahead of one that waits. */
  CHECK_AT_MOST(stats.calls_ahead_high, threads_count + 2); /* the loop and the traffic builder call too */
  if (stats.calls_combined + stats.calls_handed_over == 0)
    check_skip("calls combined and handed over", "no two calls met in all rounds");
  else
    CHECK_MORE(stats.longest_wait_ns, 0);
  CHECK_EQUAL(stats.events_lost, 0);
  CHECK_EQUAL(sequence_errors, 0);
  int64_t twice = 0;
  for (int key = 0; key < KEYS; key++) twice += answered[key] > 1;
  CHECK_EQUAL(twice, 0);
  /* Every unit is free again or on exactly one live incident. */
  uint64_t assignments[UNITS];
  for (uint64_t id = 1; id <= UNITS; id++) {
    hj_unit_status unit = read_unit(engine, id);
    assignments[id - 1] = unit.assignment_id;
    CHECK_EACH_EQUAL((unit.incident_id == 0), (unit.assignment_id == 0));
    for (uint64_t other = 1; other < id; other++)
      CHECK_EACH(unit.assignment_id == 0 || assignments[other - 1] != unit.assignment_id);
  }
  printf("%" PRId64 " reports, %" PRId64 " posts (%" PRId64 " full), %" PRId64 " fixes\n", offered_reports,
         offered_posts, full_posts, offered_fixes);
  printf("%" PRId64 " calls combined, %" PRId64 " handed over, at most %" PRId64 " ahead, longest wait %" PRId64
         " us\n",
         stats.calls_combined, stats.calls_handed_over, stats.calls_ahead_high, stats.longest_wait_ns / 1000);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
}

static int is_over;

/* Two threads close the same engine and open the next: exactly one close counts. */
static void *closer(void *unused) {
  (void)unused;
  while (!__atomic_load_n(&is_over, __ATOMIC_ACQUIRE)) {
    hj_engine *engine = shared_engine();
    hj_status status = hj_engine_close(engine);
    if (status == HJ_OK) {
      hj_config config = thread_config();
      config.event_capacity = 1024;
      hj_engine *next = NULL;
      hj_status opened = hj_engine_open(&config, &next, NULL);
      CHECK_EACH_STATUS(opened, HJ_OK);
      put_units(next);
      __atomic_store_n(&shared, next, __ATOMIC_RELEASE);
      add(&lives, 1);
    } else {
      CHECK_EACH_STATUS(status, HJ_E_STALE);
      add(&doubles, 1);
    }
    struct timespec pause = {0, 200000};
    nanosleep(&pause, NULL);
  }
  return NULL;
}

static void opened_and_closed_under_them(void) {
  hj_config config = thread_config();
  config.event_capacity = 1024;
  hj_engine *engine = open_engine(&config);
  put_units(engine);
  __atomic_store_n(&shared, engine, __ATOMIC_RELEASE);
  races_close = 1;
  pthread_t closers[2];
  for (int number = 0; number < 2; number++) REQUIRE_EQUAL(pthread_create(&closers[number], NULL, closer, NULL), 0);
  run_workers();
  __atomic_store_n(&is_over, 1, __ATOMIC_RELEASE);
  for (int number = 0; number < 2; number++) pthread_join(closers[number], NULL);
  CHECK_STATUS(hj_engine_close(shared_engine()), HJ_OK);
  CHECK_STATUS(hj_engine_close(shared_engine()), HJ_E_STALE);
  CHECK_AT_LEAST(lives, lives_wanted);
  printf("%" PRId64 " lives, %" PRId64 " closes that came second\n", lives, doubles);
}

int main(void) {
  if (getenv("HUJIA_FULL") != NULL) {
    rounds = 1000;
    lives_wanted = 40;
  }
  map = on_streets();
  answered = calloc(KEYS, 1);
  REQUIRE(answered != NULL);
  everything_is_counted();
  opened_and_closed_under_them();
  free(answered);
  return check_finish();
}
