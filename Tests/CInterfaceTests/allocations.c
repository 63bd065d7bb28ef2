/* After open, 10,000 rounds of report, positions, advance and events allocate exactly nothing: neither from the C
 * library nor from the host's hooks. The counter is proved to count first. */
#include "counting.h"
#include <sched.h>
/* counting.h first: it defines malloc and its family. */
#include <pthread.h>

#include "journal_host.h"

static int64_t hook_calls;

static void *hook_allocate(void *context, uint64_t bytes, uint64_t alignment) {
  (void)context;
  hook_calls++;
  void *result = NULL;
  return posix_memalign(&result, alignment, bytes) == 0 ? result : NULL;
}

static void hook_release(void *context, void *pointer, uint64_t bytes, uint64_t alignment) {
  (void)context, (void)bytes, (void)alignment;
  hook_calls++;
  free(pointer);
}

enum { UNITS = 40 };

/* A few streets are slower, closed, open again; the next poll builds the epoch. */
static void some_traffic(hj_engine *engine, int64_t round) {
  hj_street_time times[6];
  for (int index = 0; index < 6; index++) {
    memset(&times[index], 0, sizeof times[index]);
    times[index].size = sizeof times[index];
    times[index].street_id = (uint64_t)((round * 7 + index) % 600 + 1);
    times[index].travel_ms = round % 3 == 0   ? HJ_STREET_CLOSED
                             : round % 3 == 1 ? HJ_STREET_AS_MAPPED
                                              : 1 + (uint32_t)(round % 50000);
    times[index].direction = index % 3;
  }
  uint32_t accepted = 0;
  REQUIRE_TAKEN(hj_traffic_report_each(engine, times, 6, NULL, &accepted));
}

/* Watches come, beat, fall silent, raise alarms and go; figures are read. */
static void watch_and_count(hj_engine *engine, int64_t round) {
  hj_watch watch;
  memset(&watch, 0, sizeof watch);
  watch.size = sizeof watch;
  watch.limit_s = 3;
  watch.tier = HJ_TIER_PREVENTIVE;
  place(3, 3, &watch.lat_e7, &watch.lon_e7);
  hj_heartbeat beats[8];
  memset(beats, 0, sizeof beats);
  beats[0].size = sizeof beats[0];
  for (uint64_t id = 1; id <= 8; id++) {
    watch.id = id;
    beats[id - 1].watch_id = id;
    REQUIRE_STATUS(hj_watch_put(engine, &watch), HJ_OK);
  }
  REQUIRE_STATUS(hj_watch_beats(engine, beats, round % 9 < 4 ? 2 : 8, NULL), HJ_OK);
  if (round % 50 == 7) {
    hj_dispatch dispatch = empty_dispatch();
    REQUIRE_TAKEN(hj_watch_alarm(engine, 3, 0, &dispatch));
    REQUIRE_STATUS(hj_incident_cancel(engine, dispatch.incident_id, 0), HJ_OK);
    REQUIRE_TAKEN(hj_watch_pause(engine, 4, 0));
    REQUIRE_STATUS(hj_watch_resume(engine, 4), HJ_OK);
    REQUIRE_STATUS(hj_watch_remove(engine, 8), HJ_OK);
  }
  hj_figures_query query = {sizeof query, (int32_t)(round % 6), 0, 1 + (int32_t)(round % 6)};
  hj_figures figures;
  memset(&figures, 0, sizeof figures);
  figures.size = sizeof figures;
  REQUIRE_STATUS(hj_figures_read(engine, &query, &figures), HJ_OK);
  hj_breach breach;
  memset(&breach, 0, sizeof breach);
  breach.size = sizeof breach;
  uint32_t count;
  REQUIRE_STATUS(hj_figures_breaches(engine, &breach, 1, &count), HJ_OK);
}

/* One round: a call comes in, its unit signs, drives, arrives, clears; all report positions; events are read. */
static int64_t one_round(hj_engine *engine, int64_t round, int64_t *now_ns) {
  hj_report report = make_report(1 + (int32_t)(round % 4), (int)(round % 700), (int)(round * 7 % 900));
  report.key_high = 1;
  report.key_low = (uint64_t)round + 1;
  report.flags = round % 5 == 0 ? HJ_REPORT_VULNERABLE : 0;
  hj_dispatch dispatch = empty_dispatch();
  hj_status status = hj_incident_report(engine, &report, &dispatch);
  REQUIRE_EITHER(status, HJ_OK, HJ_MANUAL);
  if (round % 3 == 0) REQUIRE_STATUS(hj_incident_report(engine, &report, &dispatch), HJ_EXISTS);
  hj_dispatch wish = empty_dispatch();
  REQUIRE_TAKEN(hj_incident_recommend(engine, &report, &wish));

  if (round % 5 == 0) some_traffic(engine, round);
  hj_position fixes[UNITS];
  for (int index = 0; index < UNITS; index++) {
    memset(&fixes[index], 0, sizeof fixes[index]);
    fixes[index].size = sizeof fixes[index];
    fixes[index].unit_id = (uint64_t)index + 1;
    fixes[index].heading_cdeg = (int32_t)(round * 100 % 36000);
    fixes[index].speed_cms = 900;
    place((int)((round * 3 + index * 17) % 800), (int)((round * 5 + index * 29) % 800), &fixes[index].lat_e7,
          &fixes[index].lon_e7);
  }
  uint32_t accepted = 0;
  REQUIRE_TAKEN(hj_positions_report(engine, fixes, UNITS, &accepted));

  uint64_t assignment = dispatch.assignment_count > 0 ? dispatch.chosen[0].assignment_id : 0;
  if (assignment != 0) {
    if (round % 11 == 0) {
      REQUIRE_STATUS(hj_assignment_advance(engine, assignment, HJ_ASSIGNMENT_DECLINED, 0), HJ_OK);
    } else if (round % 13 == 0) {
      *now_ns += 50 * SECOND_NS; /* nobody signs: the whole chain */
      REQUIRE_TAKEN(hj_engine_poll(engine, *now_ns, START_US, 0, NULL));
    } else {
      REQUIRE_STATUS(hj_assignment_advance(engine, assignment, HJ_ASSIGNMENT_ACKNOWLEDGED, 0), HJ_OK);
      REQUIRE_STATUS(hj_assignment_advance(engine, assignment, HJ_ASSIGNMENT_ON_SCENE, 0), HJ_OK);
    }
  }
  REQUIRE_STATUS(hj_incident_close(engine, dispatch.incident_id, 1, 0), HJ_OK);

  hj_report posted = make_report(HJ_TIER_ROUTINE, 5, 5);
  if (round % 4 == 0) {
    posted.key_high = 2;
    posted.key_low = (uint64_t)round + 1;
    REQUIRE_STATUS(hj_incident_post(engine, &posted), HJ_OK);
  }
  *now_ns += SECOND_NS;
  REQUIRE_TAKEN(hj_engine_poll(engine, *now_ns, START_US + *now_ns / 1000, 0, NULL));

  hj_event events[64];
  uint32_t count;
  int64_t seen = 0;
  while ((count = take_events(engine, events, 64)) > 0) {
    seen += count;
    for (uint32_t index = 0; index < count; index++)
      if (events[index].kind == HJ_EVENT_DECIDED && events[index].key_high == 2)
        REQUIRE_STATUS(hj_incident_cancel(engine, events[index].incident_id, 0), HJ_OK);
  }
  hj_nearest nearest[8];
  memset(&nearest, 0, sizeof nearest);
  nearest[0].size = sizeof nearest[0];
  hj_nearest_query query;
  memset(&query, 0, sizeof query);
  query.size = sizeof query;
  query.k = 8;
  place((int)(round % 500), 5, &query.lat_e7, &query.lon_e7);
  REQUIRE_TAKEN(hj_nearest_units(engine, &query, nearest, 8, &count));
  hj_route_point points[64];
  points[0].size = sizeof points[0];
  char name[64];
  uint32_t needed;
  REQUIRE_DIFFERENT(hj_route_by_profile(engine, query.lat_e7, query.lon_e7, centre_lat_e7, centre_lon_e7,
                                        (int32_t)(round % 3), NULL, points, 64, &needed),
                    HJ_E_ARGUMENT);
  uint32_t travel_ms, distance_dm;
  REQUIRE_STATUS(hj_travel_time(engine, query.lat_e7, query.lon_e7, centre_lat_e7, centre_lon_e7, (int32_t)(round % 3),
                                &travel_ms, round % 2 ? &distance_dm : NULL, NULL, NULL),
                 HJ_OK);
  hj_status named = hj_street_name(engine, points[1].street_id, name, sizeof name, &needed);
  REQUIRE_EITHER(named, HJ_OK, HJ_E_UNKNOWN);
  watch_and_count(engine, round);
  hj_stats stats;
  memset(&stats, 0, sizeof stats);
  stats.size = sizeof stats;
  REQUIRE_STATUS(hj_engine_stats(engine, &stats), HJ_OK);
  return seen;
}

static void run(int uses_hooks, const char *map) {
  hj_config config = poll_config();
  config.map_path = map;
  config.max_speed_cms = UINT32_MAX; /* these units jump about */
  config.max_incidents = 64;
  config.key_capacity = 128;
  config.traffic = HJ_TRAFFIC_AT_OPEN;
  if (uses_hooks) {
    config.allocate = hook_allocate;
    config.release = hook_release;
    config.allocator_name = "counting";
  }
  hook_calls = 0;
  hj_engine *engine = open_engine(&config);
  CHECK_EQUAL(hook_calls > 0, uses_hooks);
  int64_t now_ns = START_NS;
  REQUIRE_STATUS(hj_engine_poll(engine, now_ns, START_US, 0, NULL), HJ_OK);
  for (int index = 1; index <= UNITS; index++) put_unit(engine, (uint64_t)index, index * 13, index * 7);
  if (map != NULL) CHECK_EQUAL(read_unit(engine, 1).off_network, 0);
  int64_t round = 0, events = 0;
  for (; round < 200; round++) one_round(engine, round, &now_ns); /* warm-up: the C library's own first uses */

  int64_t before = __atomic_load_n(&allocations_seen, __ATOMIC_RELAXED);
  int64_t released = __atomic_load_n(&releases_seen, __ATOMIC_RELAXED);
  int64_t hooked = hook_calls;
  for (; round < 10200; round++) events += one_round(engine, round, &now_ns);
  CHECK_EQUAL(__atomic_load_n(&allocations_seen, __ATOMIC_RELAXED) - before, 0);
  CHECK_EQUAL(__atomic_load_n(&releases_seen, __ATOMIC_RELAXED) - released, 0);
  CHECK_EQUAL(hook_calls - hooked, 0);
  CHECK_MORE(events, 10000);
  hj_stats stats = read_stats(engine);
  CHECK_AT_LEAST(stats.reports, 10000);
  CHECK_AT_LEAST(stats.positions_accepted, 10000 * UNITS);
  CHECK_MORE(stats.escalations, 0);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
}

/* With a journal no call allocates either, its record included, nor one that waits until its events may be shown. The
 * journal's own thread does what it likes, so each call's thread is counted alone. */
static void run_journaled(int32_t events_when, int64_t rounds) {
  new_folder();
  hj_config config = poll_config();
  config.events_when = events_when;
  config.journal_path = folder;
  config.ring_bytes = 32 << 20;
  config.snapshot_records = HJ_SNAPSHOT_AT_CLOSE;
  config.max_speed_cms = UINT32_MAX;
  config.max_incidents = 64;
  config.key_capacity = 128;
  hj_engine *engine = open_engine(&config);
  int64_t now_ns = START_NS;
  REQUIRE_STATUS(hj_engine_poll(engine, now_ns, START_US, 0, NULL), HJ_OK);
  for (int index = 1; index <= UNITS; index++) put_unit(engine, (uint64_t)index, index * 13, index * 7);
  int64_t round = 0, events = 0, before = 0, released = 0;
  for (; round < 200 + rounds; round++) {
    if (round == 200) {
      before = own_allocations;
      released = own_releases;
    }
    events += one_round(engine, round, &now_ns);
    /* A slow disk keeps nobody but this test: a ring that is full refuses routine work. */
    if (round % 20 == 0) REQUIRE_STATUS(hj_journal_wait(engine, 0, HJ_STRENGTH_DURABLE, 60 * SECOND_NS), HJ_OK);
  }
  CHECK_EQUAL(own_allocations - before, 0);
  CHECK_EQUAL(own_releases - released, 0);
  CHECK_MORE(events, rounds);
  CHECK_MORE(journal_info(engine).recorded, 2 * rounds);
  CHECK_EQUAL(journal_info(engine).reasons, 0);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  remove_folder();
}

/* The builder's threads allocate nothing either. */
static void builder(const char *map) {
  hj_config config = poll_config();
  config.run_mode = HJ_RUN_THREAD;
  config.map_path = map;
  hj_engine *engine = open_engine(&config);
  put_unit(engine, 1, 0, 0);
  int64_t before = 0, released = 0;
  for (int64_t round = 0; round < 300; round++) {
    some_traffic(engine, round);
    while (read_stats(engine).traffic_pending > 0) sched_yield();
    drop_events(engine);
    if (round != 20) continue;
    before = __atomic_load_n(&allocations_seen, __ATOMIC_RELAXED);
    released = __atomic_load_n(&releases_seen, __ATOMIC_RELAXED);
  }
  CHECK_EQUAL(__atomic_load_n(&allocations_seen, __ATOMIC_RELAXED) - before, 0);
  CHECK_EQUAL(__atomic_load_n(&releases_seen, __ATOMIC_RELAXED) - released, 0);
  CHECK_AT_LEAST(read_stats(engine).epochs_built, 300);
  CHECK_MORE(read_stats(engine).epochs_mended, 200);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
}

/* ---- Contended: calls that are published, combined and handed over allocate nothing either ---- */

enum { CALLERS = 4, ROUNDS = 2000 };
static hj_engine *contended;
static pthread_barrier_t barrier;

static void rounds_of(uint64_t mine, int rounds) {
  for (int round = 0; round < rounds; round++) {
    hj_position fix;
    memset(&fix, 0, sizeof fix);
    fix.size = sizeof fix;
    fix.unit_id = mine;
    fix.heading_cdeg = fix.speed_cms = HJ_UNKNOWN;
    place((int)mine * 100 + round % 40, 0, &fix.lat_e7, &fix.lon_e7);
    REQUIRE_TAKEN(hj_positions_report(contended, &fix, 1, NULL));
    hj_report report = make_report(HJ_TIER_URGENT, (int)mine * 100, 0);
    hj_dispatch answer = empty_dispatch();
    REQUIRE_STATUS(hj_incident_report(contended, &report, &answer), HJ_OK);
    if (answer.assignment_count > 0)
      hj_assignment_advance(contended, answer.chosen[0].assignment_id, HJ_ASSIGNMENT_ON_SCENE, 0);
    hj_incident_close(contended, answer.incident_id, 0, 0); /* where the reader of its event was not quicker */
    hj_incident_post(contended, &report);
    /* All of them: a lost event is a posted call that nobody calls off, and the tables would fill. */
    hj_event events[16];
    uint32_t count;
    do {
      count = take_events(contended, events, 16);
      for (uint32_t index = 0; index < count; index++)
        if (events[index].kind == HJ_EVENT_DECIDED) hj_incident_cancel(contended, events[index].incident_id, 0);
    } while (count == 16);
  }
}

static void *caller(void *number) {
  uint64_t mine = 1 + (uint64_t)(uintptr_t)number;
  rounds_of(mine, 200);
  pthread_barrier_wait(&barrier);
  pthread_barrier_wait(&barrier); /* counting begins */
  rounds_of(mine, ROUNDS);
  pthread_barrier_wait(&barrier);
  pthread_barrier_wait(&barrier); /* and has ended */
  return NULL;
}

static void run_contended(const char *map) {
  hj_config config = poll_config();
  config.run_mode = HJ_RUN_THREAD;
  config.map_path = map;
  config.max_incidents = 1024;
  config.max_assignments = 2048;
  config.event_capacity = 1 << 14;
  config.post_capacity = 256; /* so that a loop which got to run late decides fewer at once than there is room for */
  contended = open_engine(&config);
  for (uint64_t id = 1; id <= CALLERS; id++) put_unit(contended, id, (int)id * 100, 0);
  REQUIRE_EQUAL(pthread_barrier_init(&barrier, NULL, CALLERS + 1), 0);
  pthread_t threads[CALLERS];
  for (int number = 0; number < CALLERS; number++)
    REQUIRE_EQUAL(pthread_create(&threads[number], NULL, caller, (void *)(uintptr_t)number), 0);
  pthread_barrier_wait(&barrier);
  int64_t before = __atomic_load_n(&allocations_seen, __ATOMIC_RELAXED);
  int64_t combined = read_stats(contended).calls_combined;
  pthread_barrier_wait(&barrier);
  pthread_barrier_wait(&barrier);
  CHECK_EQUAL(__atomic_load_n(&allocations_seen, __ATOMIC_RELAXED) - before, 0);
  if (read_stats(contended).calls_combined == combined) check_skip("calls combined", "no two calls met in all rounds");
  pthread_barrier_wait(&barrier);
  for (int number = 0; number < CALLERS; number++) pthread_join(threads[number], NULL);
  pthread_barrier_destroy(&barrier);
  CHECK_STATUS(hj_engine_close(contended), HJ_OK);
}

int main(void) {
  void *(*volatile plain_malloc)(size_t) = malloc; /* so that no compiler drops the pair */
  int64_t before = allocations_seen;
  void *probe = plain_malloc(17);
  CHECK_EQUAL(allocations_seen - before, 1);
  free(probe);

  run(0, NULL);
  run(1, NULL);
  run_journaled(HJ_EVENTS_WHEN_RECORDED, 2000);
  run_journaled(HJ_EVENTS_WHEN_DURABLE, 200);
  const char *map = on_streets();
  if (map != NULL) {
    run(0, map);
    run(1, map);
    builder(map);
    run_contended(map);
  }
  off_streets();
  run_contended(NULL);
  return check_finish();
}
