/* Clocks of watches as people use them: read, taken, put off and hurried like every other clock; what ends an absence
 * ends that; and whatever a host may name wrongly. */
#include "clock_host.h"

#define SENSOR 7

/* Limit 100 s; the officer at once, 20 s later a supervisor, repeated every 30 s. */
#define PLANS(steps, manners)                                                                                     \
  "{\"version\": 1, \"clocks\": {\"absence\": {\"limit_s\": 100, \"repeat_s\": 30, " manners "\"steps\": [" steps \
  "]}}, \"plans\": [{\"name\": \"x\", \"units\": [{}]}]}"
#define TWO_STEPS "{\"do\": \"home_officer\"}, {\"after_s\": 20, \"do\": \"supervisor\"}"
#define OPENS "{\"do\": \"home_officer\"}, {\"after_s\": 20, \"do\": \"open_incident\"}"

static void put_sensor(void) {
  hj_watch watch;
  memset(&watch, 0, sizeof watch);
  watch.size = sizeof watch;
  watch.id = SENSOR;
  watch.home_officer_id = 101;
  CHECK_STATUS(hj_watch_put(engine, &watch), HJ_OK);
}

static void begin_watch(const char *plans) {
  begin_with(0, plans);
  put_sensor();
}

static void beat(void) {
  hj_heartbeat beat = {sizeof beat, 0, SENSOR, 0};
  CHECK_STATUS(hj_watch_beats(engine, &beat, 1, NULL), HJ_OK);
}

static hj_clock_ref absence(int32_t step, int32_t cycle) {
  hj_clock_ref reference = clock_of(HJ_CLOCK_ABSENCE, 0, 0);
  reference.watch_id = SENSOR;
  reference.step = step;
  reference.cycle = cycle;
  return reference;
}

static hj_clock_status is_now(int32_t state, int32_t step, int32_t cycle, int64_t due_s) {
  hj_clock_status status = read_clock(absence(0, 0));
  CHECK_EQUAL(status.state, state);
  CHECK_EQUAL(status.step, step);
  CHECK_EQUAL(status.cycle, cycle);
  CHECK_EQUAL(status.due_wall_us, due_s < 0 ? 0 : START_US + due_s * 1000000);
  return status;
}

static hj_status take(int32_t step, int32_t cycle) {
  hj_clock_ref reference = absence(step, cycle);
  hj_action action = {sizeof action, 3, 9, 0, 0, 0, 0, 0};
  return hj_clock_take(engine, &reference, &action);
}

static hj_status snooze(int32_t step, int32_t cycle, uint32_t for_s) {
  hj_clock_ref reference = absence(step, cycle);
  hj_action action = {sizeof action, 3, 9, 0, 0, 0, 0, 0};
  return hj_clock_snooze(engine, &reference, for_s, &action);
}

static hj_status hurry(int32_t step, int32_t cycle) {
  hj_clock_ref reference = absence(step, cycle);
  hj_action action = {sizeof action, 3, 9, 0, 0, 0, 0, 0};
  return hj_clock_escalate(engine, &reference, &action);
}

static void seconds(int64_t second) {
  poll_at(engine, START_NS + second * SECOND_NS);
}

static int absences(hj_event *last) {
  return fired_of(HJ_CLOCK_ABSENCE, last);
}

/* The event of an act names the watch, the firing and the person. */
static void told(int32_t state, int32_t step, int32_t cycle, int64_t due_s) {
  hj_event event;
  CHECK_EQUAL(take_events(engine, &event, 1), 1);
  CHECK_EQUAL(event.kind, HJ_EVENT_CLOCK);
  CHECK_EQUAL(event.watch_id, SENSOR);
  CHECK_EQUAL(event.clock, HJ_CLOCK_ABSENCE);
  CHECK_EQUAL(event.state, state);
  CHECK_EQUAL(event.step, step);
  CHECK_EQUAL(event.cycle, cycle);
  CHECK_EQUAL(event.operator_id, 9);
  CHECK_EQUAL(event.operator_reason, 3);
  CHECK_EQUAL(event.reason, 3);
  CHECK_EQUAL(event.due_wall_us, due_s < 0 ? 0 : START_US + due_s * 1000000);
}

static void taken(void) {
  begin_watch(PLANS(TWO_STEPS, ""));
  hj_clock_status status = is_now(HJ_CLOCK_STATE_RUNNING, 0, 0, 100);
  CHECK_EQUAL(status.planned_wall_us, START_US + 100 * 1000000);
  CHECK_EQUAL(status.plans_version, 2);
  CHECK_STATUS(take(0, 0), HJ_E_STEP);
  hj_event event;
  seconds(100);
  CHECK_EQUAL(absences(&event), 1);
  CHECK_EQUAL(event.plans_version, 2);
  CHECK_EQUAL(event.unit_id, 101);
  is_now(HJ_CLOCK_STATE_BREACHED, 1, 0, 120);
  CHECK_STATUS(take(2, 0), HJ_E_STEP);
  CHECK_STATUS(take(1, 1), HJ_E_STEP);
  CHECK_STATUS(take(1, 0), HJ_OK);
  told(HJ_CLOCK_STATE_TAKEN, 1, 0, -1);
  CHECK_STATUS(take(1, 0), HJ_UNCHANGED);
  CHECK_STATUS(snooze(1, 0, 10), HJ_E_STATE);
  is_now(HJ_CLOCK_STATE_TAKEN, 1, 0, -1);
  seconds(3000);
  CHECK_EQUAL(absences(&event), 0);
  /* It can still be asked to climb, and then goes on. */
  CHECK_STATUS(hurry(1, 0), HJ_OK);
  CHECK_EQUAL(absences(&event), 1);
  CHECK_EQUAL(event.step, 2);
  CHECK_EQUAL(event.operator_id, 9);
  CHECK_EQUAL(event.operator_reason, 3);
  CHECK_STATUS(hurry(1, 0), HJ_PASSED);
  CHECK_STATUS(take(1, 0), HJ_PASSED);
  seconds(3030);
  CHECK_EQUAL(absences(&event), 1);
  CHECK_EQUAL(event.cycle, 1);
  /* A sign of life ends it all; the next absence is another one. */
  beat();
  drop_events(engine);
  is_now(HJ_CLOCK_STATE_RUNNING, 0, 2, 3130);
  seconds(3130);
  CHECK_EQUAL(absences(&event), 1);
  CHECK_EQUAL(event.step, 1);
  CHECK_EQUAL(event.cycle, 2);
  CHECK_STATUS(take(1, 0), HJ_PASSED);
  CHECK_STATUS(take(2, 1), HJ_PASSED);
  CHECK_STATUS(take(1, 2), HJ_OK);
  finish();
}

static void taken_for_a_while(void) {
  begin_watch(PLANS(TWO_STEPS, "\"taken_s\": 50, "));
  hj_event event;
  seconds(101);
  CHECK_EQUAL(absences(&event), 1);
  CHECK_STATUS(take(1, 0), HJ_OK);
  told(HJ_CLOCK_STATE_TAKEN, 1, 0, 151);
  poll_at(engine, START_NS + 151 * SECOND_NS - 1);
  CHECK_EQUAL(absences(&event), 0);
  seconds(151);
  CHECK_EQUAL(absences(&event), 1);
  CHECK_EQUAL(event.step, 2);
  finish();
}

static void put_off(void) {
  begin_watch(PLANS(TWO_STEPS, "\"snooze_max_s\": 40, "));
  seconds(90);
  hj_clock_ref reference = absence(0, 0);
  hj_action action = {sizeof action, 0, 9, 0, 0, 0, 0, 0};
  CHECK_STATUS(hj_clock_snooze(engine, &reference, 20, &action), HJ_E_REASON);
  CHECK_STATUS(snooze(0, 0, 10), HJ_UNCHANGED);
  CHECK_STATUS(snooze(0, 0, 51), HJ_E_SNOOZE);
  CHECK_STATUS(snooze(0, 0, 0), HJ_E_ARGUMENT);
  CHECK_STATUS(snooze(0, 0, 50), HJ_OK);
  told(HJ_CLOCK_STATE_SNOOZED, 0, 0, 140);
  is_now(HJ_CLOCK_STATE_SNOOZED, 0, 0, 140);
  hj_event event;
  poll_at(engine, START_NS + 140 * SECOND_NS - 1);
  CHECK_EQUAL(absences(&event), 0);
  seconds(140);
  CHECK_EQUAL(absences(&event), 1);
  CHECK_EQUAL(event.late_ns, 0);
  CHECK_STATUS(snooze(1, 0, 60), HJ_OK);
  told(HJ_CLOCK_STATE_SNOOZED, 1, 0, 200);
  poll_at(engine, START_NS + 200 * SECOND_NS - 1);
  CHECK_EQUAL(absences(&event), 0);
  seconds(200);
  CHECK_EQUAL(absences(&event), 1);
  CHECK_EQUAL(event.step, 2);
  finish();
  /* A new sign of life: its silence is as long as ever, also where the old one had been put off beyond that. */
  begin_watch(PLANS(TWO_STEPS, "\"snooze_max_s\": 1000, "));
  seconds(10);
  CHECK_STATUS(snooze(0, 0, 900), HJ_OK);
  seconds(200);
  CHECK_EQUAL(absences(&event), 0);
  beat();
  is_now(HJ_CLOCK_STATE_RUNNING, 0, 0, 300);
  poll_at(engine, START_NS + 300 * SECOND_NS - 1);
  CHECK_EQUAL(absences(&event), 0);
  seconds(300);
  CHECK_EQUAL(absences(&event), 1);
  finish();
}

/* Before the limit: it is an absence from now on, until the next sign of life. */
static void hurried(void) {
  begin_watch(PLANS(TWO_STEPS, ""));
  seconds(10);
  CHECK_STATUS(hurry(0, 0), HJ_OK);
  hj_event event;
  CHECK_EQUAL(absences(&event), 1);
  CHECK_EQUAL(event.step, 1);
  CHECK_EQUAL(event.late_ns, 0);
  seconds(30);
  CHECK_EQUAL(absences(&event), 1);
  CHECK_EQUAL(event.step, 2);
  beat();
  CHECK_EQUAL(absences(&event), 0);
  is_now(HJ_CLOCK_STATE_RUNNING, 0, 1, 130);
  CHECK_EQUAL(read_stats(engine).absences, 1);
  finish();
}

/* A chain that has opened its incident rests until that is over. */
static void opened(void) {
  begin_watch(PLANS(OPENS, "\"taken_s\": 50, "));
  hj_event event;
  seconds(120);
  CHECK_EQUAL(absences(&event), 2);
  CHECK_EQUAL(event.action, HJ_STEP_OPEN_INCIDENT);
  uint64_t incident = event.incident_id;
  is_now(HJ_CLOCK_STATE_BREACHED, 2, 0, -1);
  CHECK_STATUS(hurry(2, 0), HJ_E_STATE);
  CHECK_STATUS(snooze(2, 0, 10), HJ_UNCHANGED);
  /* As its event names it: the incident is the watch's own. */
  hj_clock_ref reference = absence(event.step, event.cycle);
  reference.incident_id = incident;
  hj_action action = {sizeof action, 3, 9, 0, 0, 0, 0, 0};
  CHECK_STATUS(hj_clock_take(engine, &reference, &action), HJ_OK);
  reference.incident_id = incident + 1;
  CHECK_STATUS(hj_clock_take(engine, &reference, &action), HJ_E_ARGUMENT);
  drop_events(engine);
  seconds(5000);
  CHECK_EQUAL(absences(&event), 0); /* taken_s brings back what comes next, and nothing does */
  CHECK_STATUS(hj_incident_close(engine, incident, 1, 0), HJ_OK);
  is_now(HJ_CLOCK_STATE_RUNNING, 0, 1, 5100);
  CHECK_STATUS(take(2, 0), HJ_PASSED);
  finish();
}

static void paused_removed_and_wrong(void) {
  begin_watch(PLANS(TWO_STEPS, ""));
  hj_event event;
  seconds(100);
  CHECK_EQUAL(absences(&event), 1);
  CHECK_STATUS(take(1, 0), HJ_OK);
  CHECK_STATUS(hj_watch_pause(engine, SENSOR, 0), HJ_OK);
  is_now(HJ_CLOCK_STATE_NONE, 0, 0, -1);
  CHECK_STATUS(take(1, 0), HJ_E_NO_CLOCK);
  CHECK_STATUS(snooze(0, 1, 5), HJ_E_NO_CLOCK);
  CHECK_STATUS(hurry(0, 1), HJ_E_NO_CLOCK);
  CHECK_STATUS(hj_watch_resume(engine, SENSOR), HJ_OK);
  is_now(HJ_CLOCK_STATE_RUNNING, 0, 1, 200);
  seconds(200);
  CHECK_EQUAL(absences(&event), 1);
  CHECK_EQUAL(event.cycle, 1);
  /* The id comes again, the firings do not. */
  CHECK_STATUS(hj_watch_remove(engine, SENSOR), HJ_OK);
  CHECK_STATUS(take(1, 1), HJ_E_UNKNOWN);
  put_sensor();
  CHECK_STATUS(take(1, 1), HJ_PASSED);
  is_now(HJ_CLOCK_STATE_RUNNING, 0, 2, 300);
  /* Ids that do not go together. */
  hj_clock_ref reference = absence(0, 2);
  hj_clock_status status = {0};
  status.size = sizeof status;
  reference.assignment_id = 1;
  CHECK_STATUS(hj_clock_read(engine, &reference, &status), HJ_E_ARGUMENT);
  reference = absence(0, 2);
  reference.incident_id = 1;
  CHECK_STATUS(hj_clock_read(engine, &reference, &status), HJ_E_ARGUMENT);
  reference = absence(0, 2);
  reference.watch_id = 8;
  CHECK_STATUS(hj_clock_read(engine, &reference, &status), HJ_E_UNKNOWN);
  reference.watch_id = UINT64_MAX;
  CHECK_STATUS(hj_clock_read(engine, &reference, &status), HJ_E_UNKNOWN);
  reference.watch_id = 0;
  CHECK_STATUS(hj_clock_read(engine, &reference, &status), HJ_E_ARGUMENT);
  for (int32_t clock = HJ_CLOCK_PENDING; clock <= HJ_CLOCK_APPOINTMENT; clock++) {
    if (clock == HJ_CLOCK_ABSENCE) continue;
    reference = absence(0, 0);
    reference.clock = clock;
    CHECK_STATUS(hj_clock_read(engine, &reference, &status), HJ_E_ARGUMENT);
  }
  /* A program of version 0.2 knows no watch_id. */
  reference = absence(0, 2);
  reference.size = 32;
  CHECK_STATUS(hj_clock_read(engine, &reference, &status), HJ_E_ARGUMENT);
  /* Plans without a chain: there is no clock. */
  static const char none[] =
      "{\"version\": 1, \"clocks\": {\"absence\": null}, \"plans\": [{\"name\": \"x\", \"units\": [{}]}]}";
  load_plans(none, sizeof none - 1);
  is_now(HJ_CLOCK_STATE_NONE, 0, 0, -1);
  CHECK_STATUS(take(0, 2), HJ_E_NO_CLOCK);
  finish();
}

int main(void) {
  taken();
  taken_for_a_while();
  put_off();
  hurried();
  opened();
  paused_removed_and_wrong();
  return check_finish();
}
