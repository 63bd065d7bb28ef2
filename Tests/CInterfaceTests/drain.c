/* The end of a shift: hj_engine_drain takes no more, decides what was posted, leaves the events to be read, and then
 * nothing happens any more. In every run mode, under load, twice, and with threads that wait for room. */
#define _GNU_SOURCE
#include <poll.h>
#include <pthread.h>
#include <time.h>
#include <uv.h>

#include "host.h"

static const char hasty[] =
    "{\"version\": 1, \"clocks\": {\"acknowledge\": {\"limit_s\": 1, \"steps\": [{\"do\": \"notify_again\"},"
    " {\"after_s\": 1, \"do\": \"supervisor\"}], \"repeat_s\": 1}},"
    " \"plans\": [{\"name\": \"any\", \"units\": [{\"count\": 1}]}]}";

static hj_engine *engine;

static void pause_ms(int64_t ms) {
  struct timespec pause = {ms / 1000, ms % 1000 * 1000000};
  nanosleep(&pause, NULL);
}

static hj_config config_of(int32_t mode) {
  hj_config config = poll_config();
  config.run_mode = mode;
  config.stall_ms = 20;
  config.max_incidents = 4096;
  config.max_watches = 4;
  config.event_capacity = 1 << 16;
  return config;
}

/* ---- Every call that changes something is refused, every other one answers ---- */

static void everything_is_refused(hj_engine *of, uint64_t incident, uint64_t assignment) {
  hj_report report = make_report(HJ_TIER_EMERGENCY, 1, 1);
  hj_dispatch answer = empty_dispatch();
  hj_unit unit = make_unit(2, 0, 0);
  hj_action action;
  memset(&action, 0, sizeof action);
  action.size = sizeof action;
  action.operator_id = 5;
  action.reason = 6;
  hj_position fix;
  memset(&fix, 0, sizeof fix);
  fix.size = sizeof fix;
  fix.unit_id = 1;
  place(3, 3, &fix.lat_e7, &fix.lon_e7);
  hj_watch watch;
  memset(&watch, 0, sizeof watch);
  watch.size = sizeof watch;
  watch.id = 8;
  place(3, 3, &watch.lat_e7, &watch.lon_e7);
  hj_heartbeat beat;
  memset(&beat, 0, sizeof beat);
  beat.size = sizeof beat;
  beat.watch_id = 7;
  hj_clock_ref clock;
  memset(&clock, 0, sizeof clock);
  clock.size = sizeof clock;
  clock.clock = HJ_CLOCK_ACKNOWLEDGE;
  clock.incident_id = incident;
  clock.assignment_id = assignment;
  clock.step = 1;
  hj_street_time time;
  memset(&time, 0, sizeof time);
  time.size = sizeof time;
  time.street_id = 1;
  time.travel_ms = 1000;
  uint32_t count = 7;
  uint64_t id = 0;
  CHECK_STATUS(hj_incident_report(of, &report, &answer), HJ_E_STATE);
  CHECK_EQUAL(answer.incident_id, 0);
  CHECK_STATUS(hj_incident_post(of, &report), HJ_E_STATE);
  CHECK_STATUS(hj_incident_post_within(of, &report, 0), HJ_E_STATE);
  CHECK_STATUS(hj_incident_post_within(of, &report, INT64_MAX), HJ_E_STATE);
  CHECK_STATUS(hj_incident_update(of, incident, &report, NULL), HJ_E_STATE);
  CHECK_STATUS(hj_incident_assign(of, incident, 1, 0, &id), HJ_E_STATE);
  CHECK_STATUS(hj_incident_assign_by(of, incident, 1, 0, &id, &action), HJ_E_STATE);
  CHECK_STATUS(hj_incident_cancel(of, incident, 0), HJ_E_STATE);
  CHECK_STATUS(hj_incident_cancel_by(of, incident, 0, &action), HJ_E_STATE);
  CHECK_STATUS(hj_incident_close(of, incident, 1, 0), HJ_E_STATE);
  CHECK_STATUS(hj_incident_close_by(of, incident, 1, 0, &action), HJ_E_STATE);
  CHECK_STATUS(hj_incident_called_back(of, incident, 0), HJ_E_STATE);
  CHECK_STATUS(hj_incident_called_back_by(of, incident, 0, &action), HJ_E_STATE);
  CHECK_STATUS(hj_incident_called_back_with(of, incident, 1, 0, &action), HJ_E_STATE);
  CHECK_STATUS(hj_incident_set_lead(of, incident, 1, 0), HJ_E_STATE);
  CHECK_STATUS(hj_incident_set_lead_by(of, incident, 1, 0, &action), HJ_E_STATE);
  CHECK_STATUS(hj_incident_raise(of, incident, 2, 0, NULL), HJ_E_STATE);
  CHECK_STATUS(hj_incident_raise_by(of, incident, 2, 0, NULL, &action), HJ_E_STATE);
  CHECK_STATUS(hj_incident_merge(of, incident, incident, 0), HJ_E_STATE);
  CHECK_STATUS(hj_incident_merge_by(of, incident, incident, 0, &action), HJ_E_STATE);
  CHECK_STATUS(hj_incident_unmerge(of, incident, 0), HJ_E_STATE);
  CHECK_STATUS(hj_incident_unmerge_by(of, incident, 0, &action), HJ_E_STATE);
  CHECK_STATUS(hj_incident_separate(of, incident, 0, NULL), HJ_E_STATE);
  CHECK_STATUS(hj_incident_separate_by(of, incident, 0, NULL, &action), HJ_E_STATE);
  CHECK_STATUS(hj_incident_add_call(of, incident, &report), HJ_E_STATE);
  CHECK_STATUS(hj_incident_add_call_by(of, incident, &report, &action), HJ_E_STATE);
  CHECK_STATUS(hj_unit_self_initiated(of, 1, &report, &answer), HJ_E_STATE);
  CHECK_STATUS(hj_unit_self_initiated_by(of, 1, &report, &answer, &action), HJ_E_STATE);
  CHECK_STATUS(hj_incident_migrate(of, incident), HJ_E_STATE);
  CHECK_STATUS(hj_assignment_advance(of, assignment, HJ_ASSIGNMENT_ACKNOWLEDGED, 0), HJ_E_STATE);
  CHECK_STATUS(hj_assignment_advance_by(of, assignment, HJ_ASSIGNMENT_ACKNOWLEDGED, 0, &action), HJ_E_STATE);
  CHECK_STATUS(hj_assignment_divert(of, assignment, incident, 0, &id), HJ_E_STATE);
  CHECK_STATUS(hj_assignment_divert_by(of, assignment, incident, 0, &id, &action), HJ_E_STATE);
  CHECK_STATUS(hj_assignment_undeliverable(of, assignment, 0), HJ_E_STATE);
  CHECK_STATUS(hj_clock_take(of, &clock, &action), HJ_E_STATE);
  CHECK_STATUS(hj_clock_snooze(of, &clock, 10, &action), HJ_E_STATE);
  CHECK_STATUS(hj_clock_escalate(of, &clock, &action), HJ_E_STATE);
  CHECK_STATUS(hj_unit_put(of, &unit), HJ_E_STATE);
  CHECK_STATUS(hj_unit_remove(of, 1), HJ_E_STATE);
  CHECK_STATUS(hj_unit_set_activity(of, 1, HJ_ACTIVITY_MEAL, 0), HJ_E_STATE);
  CHECK_STATUS(hj_unit_check_in(of, 1, 0), HJ_E_STATE);
  CHECK_STATUS(hj_positions_report(of, &fix, 1, &count), HJ_E_STATE);
  CHECK_EQUAL(count, 0);
  CHECK_STATUS(hj_watch_put(of, &watch), HJ_E_STATE);
  CHECK_STATUS(hj_watch_remove(of, 7), HJ_E_STATE);
  CHECK_STATUS(hj_watch_beats(of, &beat, 1, &count), HJ_E_STATE);
  CHECK_STATUS(hj_watch_pause(of, 7, 0), HJ_E_STATE);
  CHECK_STATUS(hj_watch_resume(of, 7), HJ_E_STATE);
  CHECK_STATUS(hj_watch_alarm(of, 7, 0, &answer), HJ_E_STATE);
  CHECK_STATUS(hj_traffic_report(of, &time, 1), HJ_E_STATE);
  CHECK_STATUS(hj_traffic_report_each(of, &time, 1, NULL, NULL), HJ_E_STATE);
  CHECK_STATUS(hj_traffic_report_by(of, &time, 1, NULL, NULL, &action), HJ_E_STATE);
  CHECK_STATUS(hj_plans_load(of, hasty, sizeof hasty - 1, NULL), HJ_E_STATE);
  CHECK_STATUS(hj_plans_migrate(of, &count), HJ_E_STATE);
  CHECK_STATUS(hj_figures_reset(of), HJ_E_STATE);
  CHECK_STATUS(hj_engine_drain(of), HJ_UNCHANGED);
}

static void everything_can_be_read(hj_engine *of, uint64_t incident) {
  CHECK_EQUAL(read_incident(of, incident).live_assignments, 1);
  CHECK_EQUAL(read_unit(of, 1).incident_id, incident);
  hj_report report = make_report(HJ_TIER_EMERGENCY, 1, 1);
  hj_dispatch answer = empty_dispatch();
  CHECK_STATUS(hj_incident_recommend(of, &report, &answer), HJ_OK);
  hj_watch_status watch;
  memset(&watch, 0, sizeof watch);
  watch.size = sizeof watch;
  CHECK_STATUS(hj_watch_read(of, 7, &watch), HJ_OK);
  uint32_t count = 0;
  hj_breach breach;
  memset(&breach, 0, sizeof breach);
  breach.size = sizeof breach;
  CHECK_STATUS(hj_figures_breaches(of, &breach, 1, &count), HJ_OK);
  hj_nearest_query query;
  memset(&query, 0, sizeof query);
  query.size = sizeof query;
  query.k = 1;
  query.levels = 7;
  place(0, 0, &query.lat_e7, &query.lon_e7);
  hj_nearest nearest;
  memset(&nearest, 0, sizeof nearest);
  nearest.size = sizeof nearest;
  CHECK_STATUS(hj_nearest_units(of, &query, &nearest, 1, &count), HJ_OK);
  CHECK_AT_LEAST(hj_events_fd(of), 0);
}

/* ---- What was posted is decided; what is not due stays; then time stands still ---- */

enum { POSTED = 300 };

static void set_up(int32_t mode) {
  CHECK_STATUS(hj_plans_load(engine, hasty, sizeof hasty - 1, NULL), HJ_OK);
  if (mode == HJ_RUN_POLL) poll_at(engine, START_NS);
  put_unit(engine, 1, 0, 0);
  hj_watch watch;
  memset(&watch, 0, sizeof watch);
  watch.size = sizeof watch;
  watch.id = 7;
  watch.limit_s = 1;
  place(3, 3, &watch.lat_e7, &watch.lon_e7);
  CHECK_STATUS(hj_watch_put(engine, &watch), HJ_OK);
}

static void drained_in(int32_t mode, uv_loop_t *loop) {
  hj_config config = config_of(mode);
  config.uv_loop = loop;
  engine = open_engine(&config);
  set_up(mode);
  hj_report report = make_report(HJ_TIER_EMERGENCY, 1, 1);
  hj_dispatch answer = empty_dispatch();
  CHECK_STATUS(hj_incident_report(engine, &report, &answer), HJ_OK);
  int posted = 0;
  for (int times = 0; times < POSTED; times++) {
    report.key_low = (uint64_t)times + 1;
    posted += hj_incident_post(engine, &report) == HJ_OK;
  }
  CHECK_EQUAL(posted, POSTED);
  CHECK_STATUS(hj_engine_drain(engine), HJ_OK);
  int64_t escalations = read_stats(engine).escalations; /* a slow machine may have come to the first */
  everything_is_refused(engine, answer.incident_id, answer.chosen[0].assignment_id);
  everything_can_be_read(engine, answer.incident_id);
  if (mode == HJ_RUN_POLL) {
    int64_t next_ns = 0;
    CHECK_STATUS(hj_engine_poll(engine, START_NS + 60 * SECOND_NS, START_US + 60000000, 0, &next_ns), HJ_E_STATE);
    CHECK_EQUAL(next_ns, INT64_MAX);
  }
  CHECK_EQUAL(read_stats(engine).posts, POSTED);
  CHECK_EQUAL(read_stats(engine).reports, POSTED + 1);
  /* Every post has its answer, and the descriptor says that it waits. */
  struct pollfd events = {hj_events_fd(engine), POLLIN, 0};
  CHECK_EQUAL(poll(&events, 1, 0), 1);
  int decided = 0;
  hj_event taken[64];
  uint32_t count;
  while ((count = take_events(engine, taken, 64)) > 0)
    for (uint32_t index = 0; index < count; index++)
      decided += (taken[index].kind == HJ_EVENT_DECIDED || taken[index].kind == HJ_EVENT_REFUSED) &&
                 taken[index].key_low >= 1 && taken[index].key_low <= POSTED;
  CHECK_EQUAL(decided, POSTED);
  CHECK_EQUAL(poll(&events, 1, 0), 0);
  /* The limits of a second pass, the loop is blocked for longer than stall_ms: nothing happens any more. */
  int64_t written = read_stats(engine).events_written;
  for (int times = 0; times < 26; times++) {
    if (loop != NULL && times % 5 == 0) uv_run(loop, UV_RUN_NOWAIT);
    pause_ms(50);
  }
  CHECK_EQUAL(read_stats(engine).events_written, written);
  CHECK_EQUAL(read_stats(engine).escalations, escalations);
  CHECK_EQUAL(poll(&events, 1, 0), 0);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  CHECK_STATUS(hj_engine_drain(engine), HJ_E_STALE);
  CHECK_STATUS(hj_engine_drain(NULL), HJ_E_STALE);
}

static void drained_in_a_host_loop(void) {
  uv_loop_t loop;
  REQUIRE_EQUAL(uv_loop_init(&loop), 0);
  drained_in(HJ_RUN_HOST_LOOP, &loop);
  uv_run(&loop, UV_RUN_DEFAULT);
  CHECK_EQUAL(uv_loop_close(&loop), 0);
}

static int64_t over_ms(void) {
  hj_breach breach;
  memset(&breach, 0, sizeof breach);
  breach.size = sizeof breach;
  uint32_t count = 0;
  REQUIRE_STATUS(hj_figures_breaches(engine, &breach, 1, &count), HJ_OK);
  return count == 0 ? -1 : breach.over_ms;
}

/* A promise that is broken when the shift ends is broken by as much for ever after. */
static void time_stands_still(void) {
  hj_config config = config_of(HJ_RUN_THREAD);
  config.breach_capacity = 4;
  engine = open_engine(&config);
  set_up(HJ_RUN_THREAD);
  hj_report report = make_report(HJ_TIER_EMERGENCY, 1, 1);
  hj_dispatch answer = empty_dispatch();
  CHECK_STATUS(hj_incident_report(engine, &report, &answer), HJ_OK);
  int64_t before_ms = -1;
  for (int times = 0; times < 4000 && before_ms < 20; times++) {
    before_ms = over_ms();
    pause_ms(5);
  }
  CHECK_MORE(over_ms(), before_ms);
  CHECK_STATUS(hj_engine_drain(engine), HJ_OK);
  int64_t at_rest_ms = over_ms();
  CHECK_MORE(at_rest_ms, before_ms);
  pause_ms(40);
  CHECK_EQUAL(over_ms(), at_rest_ms);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
}

/* What is due fires first; what finds no room fires as events are read. */
static void due_without_room(void) {
  hj_config config = config_of(HJ_RUN_POLL);
  config.event_capacity = 16;
  config.max_incidents = 64;
  engine = open_engine(&config);
  set_up(HJ_RUN_POLL);
  for (uint64_t id = 2; id <= 60; id++) put_unit(engine, id, (int)id, 0);
  int sent = 0;
  for (int times = 0; times < 50; times++) {
    hj_report report = make_report(HJ_TIER_EMERGENCY, times, 1);
    hj_dispatch answer = empty_dispatch();
    sent += hj_incident_report(engine, &report, &answer) == HJ_OK;
  }
  CHECK_EQUAL(sent, 50);
  /* Nobody reads for a minute, then the shift ends. */
  for (int64_t second = 1; second <= 60; second++) poll_at(engine, START_NS + second * SECOND_NS);
  CHECK_STATUS(hj_engine_drain(engine), HJ_OK);
  int escalations = 0;
  hj_event events[4];
  uint32_t count;
  uint64_t last = 0;
  while ((count = take_events(engine, events, 4)) > 0)
    for (uint32_t index = 0; index < count; index++) {
      CHECK_EACH_MORE(events[index].sequence, last);
      last = events[index].sequence;
      escalations += events[index].kind == HJ_EVENT_ESCALATION;
      CHECK_EACH_AT_MOST(events[index].wall_us, START_US + 60000000);
    }
  CHECK_AT_LEAST(escalations, 50 * 2);
  CHECK_EQUAL(read_stats(engine).escalations_waiting, 0);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
}

/* ---- Threads that wait for room are sent home ---- */

static void *wait_for_room(void *raw) {
  hj_report report = make_report(HJ_TIER_ROUTINE, 1, 1);
  *(hj_status *)raw = hj_incident_post_within(engine, &report, INT64_MAX);
  return NULL;
}

static void waiters_go_home(void) {
  hj_config config = config_of(HJ_RUN_POLL);
  config.post_capacity = 4;
  engine = open_engine(&config);
  poll_at(engine, START_NS);
  hj_report report = make_report(HJ_TIER_ROUTINE, 1, 1);
  int64_t posted = 0;
  while (hj_incident_post(engine, &report) == HJ_OK) posted++;
  pthread_t threads[6];
  hj_status answers[6];
  for (int index = 0; index < 6; index++) {
    answers[index] = -99;
    REQUIRE_EQUAL(pthread_create(&threads[index], NULL, wait_for_room, &answers[index]), 0);
  }
  pause_ms(100);
  CHECK_STATUS(hj_engine_drain(engine), HJ_OK);
  for (int index = 0; index < 6; index++) {
    pthread_join(threads[index], NULL);
    CHECK_STATUS(answers[index], HJ_E_STATE);
  }
  CHECK_EQUAL(read_stats(engine).posts, posted);
  CHECK_EQUAL(read_stats(engine).reports, posted);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
}

/* ---- Under load: what was accepted is decided, whichever moment it came at ---- */

enum { POSTERS = 6, ROUNDS = 60 };
static int64_t accepted, opened;

static void *post_until_refused(void *raw) {
  int number = (int)(intptr_t)raw;
  for (int times = 0;; times++) {
    hj_report report = make_report(HJ_TIER_ROUTINE, times % 40, number);
    hj_status status;
    if (number % 3 == 2) {
      hj_dispatch answer = empty_dispatch();
      status = hj_incident_report(engine, &report, &answer);
      if (status == HJ_OK) __atomic_fetch_add(&opened, 1, __ATOMIC_RELAXED);
      if (status == HJ_OK) hj_incident_cancel(engine, answer.incident_id, 0);
    } else {
      status =
          number % 3 == 0 ? hj_incident_post(engine, &report) : hj_incident_post_within(engine, &report, INT64_MAX);
      if (status == HJ_OK) __atomic_fetch_add(&accepted, 1, __ATOMIC_RELAXED);
    }
    if (status == HJ_E_STATE) return NULL;
    CHECK_EACH_EITHER(status, HJ_OK, HJ_FULL);
  }
}

static void *drain_it(void *raw) {
  *(hj_status *)raw = hj_engine_drain(engine);
  return NULL;
}

static void nothing_accepted_is_lost(void) {
  for (int round = 0; round < ROUNDS; round++) {
    hj_config config = config_of(round % 2 == 0 ? HJ_RUN_THREAD : HJ_RUN_POLL);
    config.max_incidents = 65536;
    config.post_capacity = 8;
    engine = open_engine(&config);
    if (round % 2 != 0) poll_at(engine, START_NS);
    accepted = opened = 0;
    pthread_t threads[POSTERS], drainers[3];
    hj_status answers[3];
    for (int index = 0; index < POSTERS; index++)
      REQUIRE_EQUAL(pthread_create(&threads[index], NULL, post_until_refused, (void *)(intptr_t)index), 0);
    pause_ms(round % 5);
    for (int index = 0; index < 3; index++)
      REQUIRE_EQUAL(pthread_create(&drainers[index], NULL, drain_it, &answers[index]), 0);
    int done = 0;
    for (int index = 0; index < 3; index++) {
      pthread_join(drainers[index], NULL);
      done += answers[index] == HJ_OK;
      CHECK_EACH_EITHER(answers[index], HJ_OK, HJ_UNCHANGED);
    }
    CHECK_EACH_EQUAL(done, 1);
    int64_t reports = read_stats(engine).reports; /* over by now, whatever the others still try */
    for (int index = 0; index < POSTERS; index++) pthread_join(threads[index], NULL);
    CHECK_EACH_EQUAL(read_stats(engine).reports, reports);
    CHECK_EACH_EQUAL(read_stats(engine).posts, accepted);
    CHECK_EACH_EQUAL(reports - read_stats(engine).refused, accepted + opened);
    CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  }
}

/* ---- hj_is_taken ---- */

static void what_is_taken(void) {
  CHECK_EQUAL(hj_is_taken(HJ_OK), 1);
  CHECK_EQUAL(hj_is_taken(HJ_EXISTS), 1);
  CHECK_EQUAL(hj_is_taken(HJ_FULL), 0);
  CHECK_EQUAL(hj_is_taken(HJ_MANUAL), 1);
  CHECK_EQUAL(hj_is_taken(HJ_UNCHANGED), 1);
  CHECK_EQUAL(hj_is_taken(HJ_PARTIAL), 1);
  CHECK_EQUAL(hj_is_taken(HJ_TIME_BACKWARDS), 1);
  CHECK_EQUAL(hj_is_taken(HJ_PASSED), 0);
  CHECK_EQUAL(hj_is_taken(HJ_HELD), 1);
  CHECK_EQUAL(hj_is_taken(9), 0); /* HJ_TIMEOUT, of a later version */
  CHECK_EQUAL(hj_is_taken(10), 1);
  for (int32_t status = -64; status < 0; status++) CHECK_EACH_EQUAL(hj_is_taken(status), 0);
  CHECK_EQUAL(hj_is_taken(INT32_MIN), 0);
  CHECK_EQUAL(hj_is_taken(INT32_MAX), 1);
}

int main(void) {
  what_is_taken();
  drained_in(HJ_RUN_THREAD, NULL);
  drained_in(HJ_RUN_POLL, NULL);
  drained_in_a_host_loop();
  time_stands_still();
  due_without_room();
  waiters_go_home();
  nothing_accepted_is_lost();
  return check_finish();
}
