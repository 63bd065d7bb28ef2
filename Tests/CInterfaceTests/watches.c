/* Watches as a host has them: three days of silence to an incident under way, heartbeats in batches, alarms, pauses;
 * the same in an engine with a thread of its own; and whatever a broken feed may send. */
#include <poll.h>
#include <time.h>

#include "host.h"

#define HOUR_NS (60 * MINUTE_NS)

static hj_engine *engine;

static void begin(void) {
  hj_config config = poll_config();
  config.max_watches = 8;
  engine = open_engine(&config);
  put_unit(engine, 1, 30, 0);
  poll_at(engine, START_NS);
}

static hj_watch make_watch(uint64_t id) {
  hj_watch watch;
  memset(&watch, 0, sizeof watch);
  watch.size = sizeof watch;
  watch.id = id;
  watch.tier = HJ_TIER_URGENT;
  watch.type = 31;
  watch.alarm_type = 32;
  watch.home_officer_id = 101;
  watch.grid_worker_id = 102;
  place(200, 0, &watch.lat_e7, &watch.lon_e7);
  return watch;
}

static hj_watch_status read_watch(uint64_t id) {
  hj_watch_status status;
  memset(&status, 0, sizeof status);
  status.size = sizeof status;
  REQUIRE_STATUS(hj_watch_read(engine, id, &status), HJ_OK);
  return status;
}

static hj_status beat(uint64_t id, int64_t wall_us) {
  hj_heartbeat beat = {sizeof beat, 0, id, wall_us};
  uint32_t accepted = 9;
  hj_status status = hj_watch_beats(engine, &beat, 1, &accepted);
  CHECK_EQUAL(accepted, status == HJ_OK);
  return status;
}

/* The next event of a kind, other kinds dropped; 0 = none. */
static int next_event(int32_t kind, hj_event *event) {
  while (take_events(engine, event, 1) == 1)
    if (event->kind == kind) return 1;
  return 0;
}

static void three_days(void) {
  begin();
  hj_watch watch = make_watch(7);
  CHECK_STATUS(hj_watch_put(engine, &watch), HJ_OK);
  hj_watch_status status = read_watch(7);
  CHECK_EQUAL(status.state, HJ_WATCH_PRESENT);
  CHECK_EQUAL(status.limit_s, 72 * 3600);
  CHECK_EQUAL(status.last_wall_us, START_US);
  CHECK_EQUAL(status.next_wall_us, START_US + INT64_C(72) * 3600 * 1000000);
  int64_t wanted_ns = poll_at(engine, START_NS + 72 * HOUR_NS - 1);
  CHECK_EQUAL(wanted_ns, START_NS + 72 * HOUR_NS);
  hj_event event;
  CHECK(!next_event(HJ_EVENT_ESCALATION, &event));

  static const struct {
    int64_t hour;
    int32_t action;
    uint64_t unit;
  } steps[] = {{72, HJ_STEP_HOME_OFFICER, 101}, {74, HJ_STEP_GRID_WORKER, 102}, {76, HJ_STEP_OPEN_INCIDENT, 0}};
  for (int index = 0; index < 3; index++) {
    poll_at(engine, START_NS + steps[index].hour * HOUR_NS - 1);
    CHECK(!next_event(HJ_EVENT_ESCALATION, &event));
    poll_at(engine, START_NS + steps[index].hour * HOUR_NS);
    CHECK(next_event(HJ_EVENT_ESCALATION, &event));
    CHECK_EQUAL(event.clock, HJ_CLOCK_ABSENCE);
    CHECK_EQUAL(event.step, index + 1);
    CHECK_EQUAL(event.action, steps[index].action);
    CHECK_EQUAL(event.unit_id, steps[index].unit);
    CHECK_EQUAL(event.watch_id, 7);
    CHECK_EQUAL(event.late_ns, 0);
    CHECK_EQUAL(read_watch(7).step, index + 1);
  }
  CHECK_DIFFERENT(event.incident_id, 0);
  status = read_watch(7);
  CHECK_EQUAL(status.state, HJ_WATCH_ABSENT);
  CHECK_EQUAL(status.incident_id, event.incident_id);
  CHECK_EQUAL(status.next_wall_us, 0);
  hj_incident_status incident = read_incident(engine, event.incident_id);
  CHECK_EQUAL(incident.state, HJ_INCIDENT_ASSIGNED);
  CHECK_EQUAL(incident.type, 31);
  CHECK_EQUAL(incident.tier, HJ_TIER_URGENT);
  CHECK_EQUAL(incident.live_assignments, 1);
  CHECK_EQUAL(incident.lat_e7, watch.lat_e7);

  /* She was only out: the chain is over, the incident is a person's to end. */
  CHECK_STATUS(beat(7, 0), HJ_OK);
  hj_event ended;
  CHECK(next_event(HJ_EVENT_ABSENCE_ENDED, &ended));
  CHECK_EQUAL(ended.reason, HJ_REASON_SIGN_OF_LIFE);
  CHECK_EQUAL(ended.watch_id, 7);
  CHECK_EQUAL(ended.incident_id, event.incident_id);
  CHECK_EQUAL(read_watch(7).state, HJ_WATCH_PRESENT);
  CHECK_STATUS(hj_incident_cancel(engine, event.incident_id, 0), HJ_OK);
  CHECK_EQUAL(read_watch(7).incident_id, 0);
  CHECK(!next_event(HJ_EVENT_ABSENCE_ENDED, &ended));
  CHECK_EQUAL(read_stats(engine).absences, 1);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
}

static void batches(void) {
  begin();
  hj_heartbeat beats[600];
  memset(beats, 0, sizeof beats);
  beats[0].size = sizeof beats[0];
  for (uint64_t id = 1; id <= 8; id++) {
    hj_watch watch = make_watch(id);
    watch.limit_s = 60;
    CHECK_STATUS(hj_watch_put(engine, &watch), HJ_OK);
  }
  hj_watch ninth = make_watch(9);
  CHECK_STATUS(hj_watch_put(engine, &ninth), HJ_FULL);
  poll_at(engine, START_NS + 50 * SECOND_NS);
  const int64_t now_us = START_US + 50 * INT64_C(1000000);
  for (int index = 0; index < 600; index++) beats[index].watch_id = (uint64_t)(index % 8) + 1;
  uint32_t accepted = 0;
  CHECK_STATUS(hj_watch_beats(engine, beats, 600, &accepted), HJ_OK);
  CHECK_EQUAL(accepted, 600);
  CHECK_STATUS(hj_watch_beats(engine, beats, 8, NULL), HJ_OK);
  static const struct {
    uint64_t id;
    int64_t wall_us;
  } refused[] = {{77, 0}, {0, 0}, {1, 1}, {1, -1}, {1, INT64_MIN}, {1, INT64_MAX}};
  for (int index = 0; index < 6; index++) {
    beats[index].watch_id = refused[index].id;
    beats[index].wall_us = refused[index].wall_us;
  }
  beats[6].wall_us = now_us + INT64_C(86400000001);
  beats[7].wall_us = now_us + INT64_C(86400000000);
  CHECK_STATUS(hj_watch_beats(engine, beats, 8, &accepted), HJ_PARTIAL);
  CHECK_EQUAL(accepted, 1);
  hj_stats stats = read_stats(engine);
  CHECK_EQUAL(stats.watches, 8);
  CHECK_EQUAL(stats.watch_beats, 609);
  CHECK_EQUAL(stats.watch_beats_refused, 7);
  hj_event event;
  poll_at(engine, START_NS + 110 * SECOND_NS - 1);
  CHECK(!next_event(HJ_EVENT_ESCALATION, &event));
  poll_at(engine, START_NS + 110 * SECOND_NS);
  for (int index = 0; index < 8; index++) CHECK(next_event(HJ_EVENT_ESCALATION, &event));
  CHECK(!next_event(HJ_EVENT_ESCALATION, &event));
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
}

static void alarms(void) {
  begin();
  hj_watch watch = make_watch(7);
  watch.alarm_tier = HJ_TIER_ROUTINE;
  REQUIRE_STATUS(hj_watch_put(engine, &watch), HJ_OK);
  hj_dispatch first = empty_dispatch(), again = empty_dispatch();
  CHECK_STATUS(hj_watch_alarm(engine, 7, 0, &first), HJ_OK);
  CHECK_EQUAL(first.assignment_count, 1);
  CHECK_EQUAL(first.chosen[0].unit_id, 1);
  CHECK_EQUAL(first.tier, HJ_TIER_ROUTINE);
  CHECK_EQUAL(read_incident(engine, first.incident_id).type, 32);
  for (int times = 0; times < 5; times++) CHECK_STATUS(hj_watch_alarm(engine, 7, 0, &again), HJ_EXISTS);
  CHECK_EQUAL(again.incident_id, first.incident_id);
  CHECK_EQUAL(again.assignment_count, 1);
  watch.alarm_tier = HJ_TIER_EMERGENCY;
  REQUIRE_STATUS(hj_watch_put(engine, &watch), HJ_OK);
  CHECK_STATUS(hj_watch_alarm(engine, 7, 0, NULL), HJ_EXISTS);
  CHECK_EQUAL(read_incident(engine, first.incident_id).tier, HJ_TIER_EMERGENCY);
  CHECK_EQUAL(read_stats(engine).incidents_opened, 1);
  CHECK_EQUAL(read_stats(engine).watch_alarms, 7);
  REQUIRE_STATUS(hj_incident_close(engine, first.incident_id, 1, 0), HJ_OK);
  CHECK_STATUS(hj_watch_alarm(engine, 7, START_US, &again), HJ_OK);
  CHECK_DIFFERENT(again.incident_id, first.incident_id);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
}

static void pauses(void) {
  begin();
  hj_watch watch = make_watch(7);
  watch.limit_s = 100;
  REQUIRE_STATUS(hj_watch_put(engine, &watch), HJ_OK);
  CHECK_STATUS(hj_watch_pause(engine, 7, START_US + INT64_C(1000000000)), HJ_OK);
  CHECK_STATUS(hj_watch_pause(engine, 7, START_US + INT64_C(1000000000)), HJ_UNCHANGED);
  CHECK_EQUAL(read_watch(7).state, HJ_WATCH_PAUSED);
  CHECK_EQUAL(read_watch(7).next_wall_us, START_US + INT64_C(1000000000));
  hj_event event;
  poll_at(engine, START_NS + 1099 * SECOND_NS);
  CHECK(!next_event(HJ_EVENT_ESCALATION, &event));
  poll_at(engine, START_NS + 1100 * SECOND_NS);
  CHECK(next_event(HJ_EVENT_ESCALATION, &event));
  CHECK_STATUS(hj_watch_pause(engine, 7, 0), HJ_OK);
  CHECK(next_event(HJ_EVENT_ABSENCE_ENDED, &event));
  CHECK_EQUAL(event.reason, HJ_REASON_PAUSED);
  CHECK_STATUS(hj_watch_resume(engine, 7), HJ_OK);
  CHECK_STATUS(hj_watch_resume(engine, 7), HJ_UNCHANGED);
  CHECK_STATUS(hj_watch_remove(engine, 7), HJ_OK);
  CHECK_STATUS(hj_watch_remove(engine, 7), HJ_E_UNKNOWN);
  poll_at(engine, START_NS + 9000 * SECOND_NS);
  CHECK(!next_event(HJ_EVENT_ESCALATION, &event));
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
}

static void bad_input(void) {
  begin();
  hj_watch watch = make_watch(0);
  CHECK_STATUS(hj_watch_put(engine, &watch), HJ_E_ARGUMENT);
  static const int32_t numbers[] = {INT32_MIN, -1, 5, 255, 256, INT32_MAX};
  for (int index = 0; index < 6; index++) {
    watch = make_watch(1);
    watch.tier = numbers[index];
    CHECK_STATUS(hj_watch_put(engine, &watch), HJ_E_ARGUMENT);
    watch = make_watch(1);
    watch.alarm_tier = numbers[index];
    CHECK_STATUS(hj_watch_put(engine, &watch), HJ_E_ARGUMENT);
    watch = make_watch(1);
    watch.datum = numbers[index];
    CHECK_STATUS(hj_watch_put(engine, &watch), HJ_E_ARGUMENT);
  }
  watch = make_watch(1);
  watch.flags = 2;
  CHECK_STATUS(hj_watch_put(engine, &watch), HJ_E_ARGUMENT);
  static const int64_t times[] = {INT64_MIN, -1, START_US + INT64_C(86400000001), INT64_MAX};
  for (int index = 0; index < 4; index++) {
    watch = make_watch(1);
    watch.last_wall_us = times[index];
    CHECK_STATUS(hj_watch_put(engine, &watch), HJ_E_ARGUMENT);
  }
  watch = make_watch(1);
  watch.lat_e7 = 900000001;
  CHECK_STATUS(hj_watch_put(engine, &watch), HJ_E_RANGE);
  watch = make_watch(1);
  watch.lon_e7 = INT32_MIN;
  CHECK_STATUS(hj_watch_put(engine, &watch), HJ_E_RANGE);
  CHECK_EQUAL(read_stats(engine).watches, 0);
  /* The longest limit and the oldest sign of life there can be. */
  watch = make_watch(UINT64_MAX);
  watch.limit_s = UINT32_MAX;
  watch.last_wall_us = 1;
  CHECK_STATUS(hj_watch_put(engine, &watch), HJ_OK);
  CHECK_STATUS(hj_watch_pause(engine, UINT64_MAX, INT64_MAX), HJ_OK);
  CHECK_STATUS(hj_watch_pause(engine, UINT64_MAX, -1), HJ_E_ARGUMENT);
  CHECK_STATUS(hj_watch_pause(engine, UINT64_MAX, START_US), HJ_E_ARGUMENT);
  CHECK_STATUS(hj_watch_alarm(engine, UINT64_MAX, -1, NULL), HJ_E_ARGUMENT);
  CHECK_STATUS(hj_watch_alarm(engine, 5, 0, NULL), HJ_E_UNKNOWN);
  CHECK_STATUS(hj_watch_pause(engine, 5, 0), HJ_E_UNKNOWN);
  CHECK_STATUS(hj_watch_resume(engine, 5), HJ_E_UNKNOWN);
  hj_watch_status status = {0};
  status.size = sizeof status;
  CHECK_STATUS(hj_watch_read(engine, 5, &status), HJ_E_UNKNOWN);
  hj_heartbeat beat = {sizeof beat, 0, 1, 0};
  uint32_t accepted = 9;
  CHECK_STATUS(hj_watch_beats(engine, &beat, 0, &accepted), HJ_OK);
  CHECK_EQUAL(accepted, 0);
  CHECK_STATUS(hj_watch_beats(engine, NULL, 1, NULL), HJ_E_NULL);
  CHECK_STATUS(hj_watch_beats(engine, &beat, 1048577, NULL), HJ_E_ARGUMENT);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);

  /* An engine that was opened without watches, and the limits of the table. */
  hj_config config = poll_config();
  config.max_watches = 0;
  engine = open_engine(&config);
  watch = make_watch(1);
  CHECK_STATUS(hj_watch_put(engine, &watch), HJ_FULL);
  CHECK_STATUS(hj_watch_pause(engine, 1, 0), HJ_E_UNKNOWN);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  config.max_watches = 1048577;
  hj_engine *none = NULL;
  CHECK_STATUS(hj_engine_open(&config, &none, NULL), HJ_E_LIMIT);

  /* Before the first poll no wall time is known. */
  config.max_watches = 4;
  engine = open_engine(&config);
  CHECK_STATUS(hj_watch_put(engine, &watch), HJ_OK);
  CHECK_STATUS(hj_watch_pause(engine, 1, START_US + 5), HJ_E_STATE);
  poll_at(engine, START_NS);
  CHECK_EQUAL(read_watch(1).last_wall_us, START_US);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
}

static int64_t monotonic_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * SECOND_NS + now.tv_nsec;
}

/* Heartbeats hold the absence off, as long as they come in time: a machine that stood still for a second has broken
 * the promise itself, and the next row is looked at. */
static void held_off(void) {
  hj_event event;
  for (int rows = 0; rows < 20; rows++) {
    CHECK_STATUS(beat(7, 0), HJ_OK);
    drop_events(engine);
    CHECK_STATUS(beat(7, 0), HJ_OK);
    int is_in_time = 1;
    int64_t last_ns = monotonic_ns();
    for (int times = 0; times < 15; times++) {
      poll(NULL, 0, 100);
      CHECK_STATUS(beat(7, 0), HJ_OK);
      int64_t now_ns = monotonic_ns();
      is_in_time &= now_ns - last_ns < SECOND_NS / 2;
      last_ns = now_ns;
    }
    int is_fired = next_event(HJ_EVENT_ESCALATION, &event);
    is_in_time &= monotonic_ns() - last_ns < SECOND_NS / 2;
    if (!is_in_time) continue;
    REQUIRE(!is_fired);
    return;
  }
  check_skip("heartbeats hold an absence off", "this machine stood still in each of 20 rows");
}

/* Real time: the engine's own thread fires a watch of one second. */
static void own_thread(void) {
  hj_config config = poll_config();
  config.run_mode = HJ_RUN_THREAD;
  config.max_watches = 8;
  engine = open_engine(&config);
  hj_watch watch = make_watch(7);
  watch.limit_s = 1;
  REQUIRE_STATUS(hj_watch_put(engine, &watch), HJ_OK);
  held_off();
  hj_event event;
  struct pollfd wait = {hj_events_fd(engine), POLLIN, 0};
  int is_fired = 0;
  for (int times = 0; times < 60 && !is_fired; times++) {
    poll(&wait, 1, 1000);
    is_fired = next_event(HJ_EVENT_ESCALATION, &event);
  }
  CHECK(is_fired);
  CHECK_EQUAL(event.action, HJ_STEP_HOME_OFFICER);
  CHECK_AT_LEAST(event.late_ns, 0);
  CHECK_STATUS(beat(7, 0), HJ_OK);
  CHECK(next_event(HJ_EVENT_ABSENCE_ENDED, &event));
  /* The self-audit has come around meanwhile, and found everything in order. */
  for (int times = 0; times < 600 && read_stats(engine).audit_runs == 0; times++) poll(NULL, 0, 100);
  CHECK_AT_LEAST(read_stats(engine).audit_runs, 1);
  CHECK_EQUAL(read_stats(engine).audit_found, 0);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
}

int main(void) {
  three_days();
  batches();
  alarms();
  pauses();
  bad_input();
  own_thread();
  return check_finish();
}
