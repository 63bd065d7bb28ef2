/* The clocks that run only where the plans name them, each through its whole life: what starts it, its warning, its
 * steps at their very nanosecond, what stops it. The plans are examples/plans/all-clocks.json, as a host would copy
 * them.
 *
 *   clocks_all [all-clocks.json]     from the repository's root without an argument */
#include "clock_host.h"

#define HOUR_NS (60 * MINUTE_NS)

static const char *plans_path = "examples/plans/all-clocks.json";
static char plans[65536];
static size_t plans_length;

static void read_plans(void) {
  FILE *file = fopen(plans_path, "r");
  if (file == NULL) fprintf(stderr, "%s is not there\n", plans_path);
  REQUIRE(file != NULL);
  plans_length = fread(plans, 1, sizeof plans, file);
  fclose(file);
  REQUIRE_MORE(plans_length, 0);
  REQUIRE_LESS(plans_length, sizeof plans);
}

/* `units` cars; one incident; its first assignment. */
static uint64_t incident, assignment;

static void begin_call(uint32_t units, int32_t tier) {
  begin(units, 1024);
  load_plans(plans, plans_length);
  hj_dispatch dispatch = report_as(tier, 0);
  incident = dispatch.incident_id;
  assignment = dispatch.chosen[0].assignment_id;
}

static int32_t state_of(int32_t clock) {
  int is_assignments = clock == HJ_CLOCK_DELIVERY || clock == HJ_CLOCK_ACKNOWLEDGE || clock == HJ_CLOCK_TURNOUT ||
                       clock == HJ_CLOCK_WELFARE || clock == HJ_CLOCK_REPORT;
  return read_clock(clock_of(clock, incident, is_assignments ? assignment : 0)).state;
}

/* Dispatched -> the terminal has it. 15 s, the other channel, again every minute. */
static void delivery(void) {
  begin_call(1, HJ_TIER_EMERGENCY);
  hj_event event = step_at(15 * SECOND_NS, HJ_CLOCK_DELIVERY, 1, HJ_STEP_OTHER_CHANNEL, 0);
  CHECK_EQUAL(event.assignment_id, assignment);
  CHECK_EQUAL(event.unit_id, 1);
  step_at(75 * SECOND_NS, HJ_CLOCK_DELIVERY, 1, HJ_STEP_OTHER_CHANNEL, 1);
  advance_to(assignment, HJ_ASSIGNMENT_DELIVERED);
  CHECK_EQUAL(state_of(HJ_CLOCK_DELIVERY), HJ_CLOCK_STATE_NONE);
  CHECK_EQUAL(state_of(HJ_CLOCK_ACKNOWLEDGE), HJ_CLOCK_STATE_BREACHED); /* a receipt is no signature */
  quiet_until(HOUR_NS, HJ_CLOCK_DELIVERY);
  finish();
  static const int32_t stops[] = {HJ_ASSIGNMENT_DELIVERED, HJ_ASSIGNMENT_ACKNOWLEDGED, HJ_ASSIGNMENT_EN_ROUTE,
                                  HJ_ASSIGNMENT_ON_SCENE, HJ_ASSIGNMENT_CANCELLED};
  for (int index = 0; index < 5; index++) {
    begin_call(1, HJ_TIER_EMERGENCY);
    poll_at(engine, START_NS + 15 * SECOND_NS - 1);
    advance_to(assignment, stops[index]);
    quiet_until(15 * SECOND_NS, HJ_CLOCK_DELIVERY);
    finish();
  }
}

/* Every channel failed: the signature's chain does not wait for a unit that cannot be told. */
static void undeliverable(void) {
  begin_call(2, HJ_TIER_EMERGENCY);
  poll_at(engine, START_NS + 5 * SECOND_NS);
  CHECK_STATUS(hj_assignment_undeliverable(engine, assignment, 0), HJ_OK);
  CHECK_STATUS(hj_assignment_undeliverable(engine, assignment, 0), HJ_UNCHANGED);
  CHECK_EQUAL(state_of(HJ_CLOCK_DELIVERY), HJ_CLOCK_STATE_NONE);
  poll_at(engine, START_NS + 5 * SECOND_NS);
  hj_event events[32];
  uint32_t count = take_events(engine, events, 32);
  int steps = 0;
  for (uint32_t index = 0; index < count; index++) {
    const hj_event *event = &events[index];
    if (event->kind != HJ_EVENT_ESCALATION) continue;
    steps++;
    CHECK_EQUAL(event->clock, HJ_CLOCK_ACKNOWLEDGE);
    CHECK_EQUAL(event->step, steps);
    CHECK_EQUAL(event->reason, steps == 1 ? HJ_REASON_NOBODY : HJ_REASON_NEXT_UNIT);
    CHECK_EQUAL(event->unit_id, steps);
    CHECK_EQUAL(event->due_wall_us, START_US + 5000000);
  }
  CHECK_EQUAL(steps, 2);
  CHECK_STATUS(hj_assignment_undeliverable(engine, assignment, 0), HJ_E_STALE);
  /* The one sent instead inherits the chain: its third step counts from the second. */
  step_at(20 * SECOND_NS, HJ_CLOCK_ACKNOWLEDGE, 3, HJ_STEP_SUPERVISOR, 0);
  finish();
}

/* A person signed -> the unit moves: 60 s, 80 s for the kind that dresses first. */
static void turnout(void) {
  for (uint32_t kind = 0; kind < 8; kind += 7) {
    const int64_t limit = (kind == 7 ? 80 : 60) * SECOND_NS;
    begin(0, 1024);
    load_plans(plans, plans_length);
    for (uint64_t id = 1; id <= 2; id++) {
      hj_unit unit = make_unit(id, 0, (int)id * 100);
      unit.kind = kind;
      REQUIRE_STATUS(hj_unit_put(engine, &unit), HJ_OK);
    }
    hj_dispatch dispatch = report_as(HJ_TIER_URGENT, 0);
    incident = dispatch.incident_id;
    assignment = dispatch.chosen[0].assignment_id;
    CHECK_EQUAL(state_of(HJ_CLOCK_TURNOUT), HJ_CLOCK_STATE_NONE); /* it waits for the signature */
    poll_at(engine, START_NS + 5 * SECOND_NS);
    advance_to(assignment, HJ_ASSIGNMENT_ACKNOWLEDGED);
    hj_event event = step_at(5 * SECOND_NS + limit, HJ_CLOCK_TURNOUT, 1, HJ_STEP_NOTIFY_AGAIN, 0);
    CHECK_EQUAL(event.unit_id, 1);
    event = step_at(65 * SECOND_NS + limit, HJ_CLOCK_TURNOUT, 2, HJ_STEP_NEXT_UNIT, 0);
    CHECK_EQUAL(event.unit_id, 2);
    CHECK_EQUAL(event.reason, HJ_REASON_NEXT_UNIT);
    CHECK_EQUAL(read_unit(engine, 1).assignment_id, 0);
    /* The firing is that of the withdrawn unit's clock, which has ended with its assignment. */
    CHECK_EQUAL(event.assignment_id, assignment);
    assignment = read_incident(engine, incident).assignment_ids[0];
    CHECK_DIFFERENT(assignment, event.assignment_id);
    CHECK_EQUAL(state_of(HJ_CLOCK_TURNOUT), HJ_CLOCK_STATE_NONE); /* the new unit has signed nothing yet */
    CHECK_EQUAL(state_of(HJ_CLOCK_ACKNOWLEDGE), HJ_CLOCK_STATE_RUNNING);
    finish();
  }
  static const int32_t stops[] = {HJ_ASSIGNMENT_EN_ROUTE, HJ_ASSIGNMENT_ON_SCENE, HJ_ASSIGNMENT_DECLINED};
  for (int index = 0; index < 3; index++) {
    begin_call(1, HJ_TIER_URGENT);
    advance_to(assignment, HJ_ASSIGNMENT_ACKNOWLEDGED);
    poll_at(engine, START_NS + 60 * SECOND_NS - 1);
    advance_to(assignment, stops[index]);
    quiet_until(30 * MINUTE_NS, HJ_CLOCK_TURNOUT);
    finish();
  }
  /* Typed in 20 s late with its real time: the limit counts from then. */
  begin_call(1, HJ_TIER_URGENT);
  poll_at(engine, START_NS + 30 * SECOND_NS);
  CHECK_STATUS(hj_assignment_advance(engine, assignment, HJ_ASSIGNMENT_ACKNOWLEDGED, START_US + 10000000), HJ_OK);
  step_at(70 * SECOND_NS, HJ_CLOCK_TURNOUT, 1, HJ_STEP_NOTIFY_AGAIN, 0);
  finish();
}

/* On scene -> any sign of the unit, each time anew: call it, send another, tell a supervisor. */
static void welfare(void) {
  static const struct {
    int32_t tier;
    int64_t limit_s, wait_s, repeat_s;
  } rows[] = {{HJ_TIER_EMERGENCY, 300, 30, 60}, {HJ_TIER_URGENT, 600, 60, 120}, {HJ_TIER_ROUTINE, 600, 60, 120}};
  for (int index = 0; index < 3; index++) {
    begin_call(2, rows[index].tier);
    poll_at(engine, START_NS + 10 * SECOND_NS);
    CHECK_STATUS(hj_unit_check_in(engine, 1, 0), HJ_UNCHANGED); /* nobody asks yet */
    advance_to(assignment, HJ_ASSIGNMENT_ON_SCENE);
    int64_t due = 10 * SECOND_NS + rows[index].limit_s * SECOND_NS, wait = rows[index].wait_s * SECOND_NS;
    hj_event event = step_at(due, HJ_CLOCK_WELFARE, 1, HJ_STEP_CALL_UNIT, 0);
    CHECK_EQUAL(event.unit_id, 1);
    event = step_at(due + wait, HJ_CLOCK_WELFARE, 2, HJ_STEP_BACKUP, 0);
    CHECK_EQUAL(event.unit_id, 2);
    CHECK_EQUAL(event.assignment_id, assignment); /* of the clock, and of what may be taken */
    CHECK_EQUAL(event.reason, HJ_REASON_BACKUP);
    CHECK_EQUAL(read_incident(engine, incident).live_assignments, 2);
    step_at(due + 2 * wait, HJ_CLOCK_WELFARE, 3, HJ_STEP_SUPERVISOR, 0);
    step_at(due + 2 * wait + rows[index].repeat_s * SECOND_NS, HJ_CLOCK_WELFARE, 3, HJ_STEP_SUPERVISOR, 1);
    finish();
  }
}

static void welfare_begins_again(void) {
  begin_call(1, HJ_TIER_EMERGENCY);
  advance_to(assignment, HJ_ASSIGNMENT_ON_SCENE);
  poll_at(engine, START_NS + 300 * SECOND_NS - 1);
  CHECK_STATUS(hj_unit_check_in(engine, 1, 0), HJ_OK);
  poll_at(engine, START_NS + 400 * SECOND_NS);
  CHECK_STATUS(hj_unit_check_in(engine, 1, START_US + 350000000), HJ_OK); /* said 50 s ago */
  CHECK_STATUS(hj_unit_check_in(engine, 1, START_US + 349000000), HJ_UNCHANGED);
  CHECK_STATUS(hj_unit_check_in(engine, 9, 0), HJ_E_UNKNOWN);
  CHECK_STATUS(hj_unit_check_in(engine, 1, -1), HJ_E_ARGUMENT);
  /* Twice begun again: cycle 2, so that no two firings look alike. Alone, the backup's step finds nobody. */
  hj_event event = step_at(650 * SECOND_NS, HJ_CLOCK_WELFARE, 1, HJ_STEP_CALL_UNIT, 2);
  hj_event events[8];
  poll_at(engine, START_NS + 680 * SECOND_NS);
  uint32_t count = take_events(engine, events, 8);
  CHECK_EQUAL(count, 2);
  CHECK_EQUAL(events[0].action, HJ_STEP_BACKUP);
  CHECK_EQUAL(events[0].reason, HJ_REASON_NOBODY);
  CHECK_EQUAL(events[1].action, HJ_STEP_SUPERVISOR);
  CHECK_EQUAL(events[1].due_wall_us, events[0].due_wall_us);
  /* A status of the unit says the same as a check-in, and the end of its work ends the asking. */
  advance_to(assignment, HJ_ASSIGNMENT_TRANSPORTING);
  event = step_at(980 * SECOND_NS, HJ_CLOCK_WELFARE, 1, HJ_STEP_CALL_UNIT, 3);
  CHECK_EQUAL(event.assignment_id, assignment);
  advance_to(assignment, HJ_ASSIGNMENT_CLEARED);
  CHECK_STATUS(hj_unit_check_in(engine, 1, 0), HJ_UNCHANGED);
  quiet_until(4 * HOUR_NS, HJ_CLOCK_WELFARE);
  finish();
}

/* On scene -> reported: a warning at 25 minutes, supervision at 30, again every 30. */
static void report_back(void) {
  static const int32_t ends[] = {HJ_ASSIGNMENT_REPORTED, HJ_ASSIGNMENT_CLEARED};
  for (int index = 0; index < 2; index++) {
    begin_call(1, HJ_TIER_URGENT);
    poll_at(engine, START_NS + 100 * SECOND_NS);
    advance_to(assignment, HJ_ASSIGNMENT_ON_SCENE);
    one_at(1600 * SECOND_NS, HJ_EVENT_WARNING, HJ_CLOCK_REPORT, 0, 0, 0);
    CHECK_EQUAL(state_of(HJ_CLOCK_REPORT), HJ_CLOCK_STATE_WARNED);
    hj_event event = step_at(1900 * SECOND_NS, HJ_CLOCK_REPORT, 1, HJ_STEP_SUPERVISION, 0);
    CHECK_EQUAL(event.assignment_id, assignment);
    step_at(3700 * SECOND_NS, HJ_CLOCK_REPORT, 1, HJ_STEP_SUPERVISION, 1);
    advance_to(assignment, ends[index]);
    quiet_until(9 * HOUR_NS, HJ_CLOCK_REPORT);
    finish();
  }
  begin_call(1, HJ_TIER_URGENT);
  advance_to(assignment, HJ_ASSIGNMENT_ON_SCENE);
  poll_at(engine, START_NS + 1500 * SECOND_NS - 1);
  advance_to(assignment, HJ_ASSIGNMENT_REPORTED);
  quiet_until(HOUR_NS, HJ_CLOCK_REPORT); /* no warning either */
  finish();
}

/* Arrival has a warning at three quarters of its limit; resolve one 15 minutes before. */
static void warnings(void) {
  begin_call(1, HJ_TIER_URGENT);
  advance_to(assignment, HJ_ASSIGNMENT_EN_ROUTE);
  one_at(675 * SECOND_NS, HJ_EVENT_WARNING, HJ_CLOCK_ARRIVAL, 0, 0, 0);
  step_at(900 * SECOND_NS, HJ_CLOCK_ARRIVAL, 1, HJ_STEP_SUPERVISOR, 0);
  step_at(960 * SECOND_NS, HJ_CLOCK_ARRIVAL, 2, HJ_STEP_SUGGEST_EXCHANGE, 0);
  step_at(1020 * SECOND_NS, HJ_CLOCK_ARRIVAL, 3, HJ_STEP_NEIGHBOUR, 0);
  step_at(1320 * SECOND_NS, HJ_CLOCK_ARRIVAL, 3, HJ_STEP_NEIGHBOUR, 1);
  advance_to(assignment, HJ_ASSIGNMENT_ON_SCENE);
  quiet_until(2 * HOUR_NS, HJ_CLOCK_ARRIVAL);
  finish();
  begin_call(1, HJ_TIER_ROUTINE);
  one_at(6300 * SECOND_NS, HJ_EVENT_WARNING, HJ_CLOCK_RESOLVE, 0, 0, 0);
  step_at(7200 * SECOND_NS, HJ_CLOCK_RESOLVE, 1, HJ_STEP_SUPERVISOR, 0);
  step_at(10800 * SECOND_NS, HJ_CLOCK_RESOLVE, 1, HJ_STEP_SUPERVISOR, 1);
  CHECK_STATUS(hj_incident_close(engine, incident, 1, 0), HJ_OK);
  quiet_until(24 * HOUR_NS, HJ_CLOCK_RESOLVE);
  finish();
}

/* Closed -> called back, within 24 hours; not for what was cancelled, nor for patrol requests. */
static void callback(void) {
  begin_call(1, HJ_TIER_URGENT);
  poll_at(engine, START_NS + HOUR_NS);
  CHECK_EQUAL(state_of(HJ_CLOCK_CALLBACK), HJ_CLOCK_STATE_NONE);
  CHECK_STATUS(hj_incident_called_back(engine, incident, 0), HJ_E_STATE);
  CHECK_STATUS(hj_incident_close(engine, incident, 1, 0), HJ_OK);
  hj_event event = step_at(25 * HOUR_NS, HJ_CLOCK_CALLBACK, 1, HJ_STEP_SUPERVISOR, 0);
  CHECK_EQUAL(event.incident_id, incident);
  step_at(29 * HOUR_NS, HJ_CLOCK_CALLBACK, 1, HJ_STEP_SUPERVISOR, 1);
  CHECK_STATUS(hj_incident_called_back(engine, incident, 0), HJ_OK);
  CHECK_STATUS(hj_incident_called_back(engine, incident, 0), HJ_UNCHANGED);
  CHECK_EQUAL(read_incident(engine, incident).state, HJ_INCIDENT_ARCHIVED);
  quiet_until(240 * HOUR_NS, HJ_CLOCK_CALLBACK);
  CHECK_EQUAL(read_stats(engine).deadlines_armed, 0);
  finish();
  for (int index = 0; index < 2; index++) {
    begin_call(1, index == 0 ? HJ_TIER_URGENT : HJ_TIER_PREVENTIVE);
    if (index == 0)
      CHECK_STATUS(hj_incident_cancel(engine, incident, 0), HJ_OK);
    else
      CHECK_STATUS(hj_incident_close(engine, incident, 1, 0), HJ_OK);
    quiet_until(72 * HOUR_NS, HJ_CLOCK_CALLBACK);
    finish();
  }
}

/* Three agencies go: one leads within a minute, else the one that received the call. */
static void lead(void) {
  for (int index = 0; index < 3; index++) {
    begin(0, 1024);
    load_plans(plans, plans_length);
    for (uint32_t agency = 1; agency <= (index == 2 ? 0u : 3u); agency++) {
      hj_unit unit = make_unit(agency, 0, (int)agency * 100);
      unit.agency = agency;
      REQUIRE_STATUS(hj_unit_put(engine, &unit), HJ_OK);
    }
    hj_report report = make_report(HJ_TIER_EMERGENCY, 0, 0);
    report.type = 900;
    report.agency = index == 0 ? 1 : 0;
    hj_dispatch dispatch = empty_dispatch();
    CHECK_STATUS(hj_incident_report(engine, &report, &dispatch), HJ_OK);
    drop_events(engine);
    incident = dispatch.incident_id;
    CHECK_EQUAL(state_of(HJ_CLOCK_LEAD), HJ_CLOCK_STATE_RUNNING);
    CHECK_STATUS(hj_incident_set_lead(engine, incident, 0, 0), HJ_E_ARGUMENT);
    if (index == 1) {
      poll_at(engine, START_NS + 60 * SECOND_NS - 1);
      CHECK_STATUS(hj_incident_set_lead(engine, incident, 2, 0), HJ_OK);
      CHECK_STATUS(hj_incident_set_lead(engine, incident, 2, 0), HJ_UNCHANGED);
      quiet_until(HOUR_NS, HJ_CLOCK_LEAD);
    } else if (index == 0) {
      CHECK_EQUAL(dispatch.assignment_count, 3);
      hj_event event = step_at(60 * SECOND_NS, HJ_CLOCK_LEAD, 1, HJ_STEP_FIRST_LEADS, 0);
      CHECK_EQUAL(event.reason, HJ_REASON_LEAD);
      quiet_until(HOUR_NS, HJ_CLOCK_LEAD);
    } else { /* nobody was sent: nobody leads, and the person in charge hears of it at once */
      hj_event events[16];
      poll_at(engine, START_NS + 60 * SECOND_NS);
      uint32_t count = take_events(engine, events, 16), steps = 0;
      for (uint32_t place = 0; place < count; place++)
        if (events[place].clock == HJ_CLOCK_LEAD) {
          CHECK_EQUAL(events[place].step, ++steps);
          CHECK_EQUAL(events[place].action, steps == 1 ? HJ_STEP_FIRST_LEADS : HJ_STEP_LAST_RESORT);
        }
      CHECK_EQUAL(steps, 2);
    }
    CHECK_EQUAL(read_incident(engine, incident).lead_agency, index == 0 ? 1 : index == 1 ? 2 : 0);
    finish();
  }
  begin_call(1, HJ_TIER_EMERGENCY);
  CHECK_EQUAL(state_of(HJ_CLOCK_LEAD), HJ_CLOCK_STATE_NONE); /* one agency needs no lead */
  finish();
}

/* Held until its appointment: no clock before, limits count from it; a jump of the wall clock moves nothing. */
static void appointment(void) {
  begin(0, 1024);
  load_plans(plans, plans_length);
  hj_report report = make_report(HJ_TIER_ROUTINE, 0, 0);
  report.appointment_wall_us = START_US + INT64_C(3600000000);
  hj_dispatch dispatch = empty_dispatch();
  CHECK_STATUS(hj_incident_report(engine, &report, &dispatch), HJ_HELD);
  incident = dispatch.incident_id;
  CHECK_EQUAL(state_of(HJ_CLOCK_PENDING), HJ_CLOCK_STATE_NONE);
  CHECK_EQUAL(state_of(HJ_CLOCK_RESOLVE), HJ_CLOCK_STATE_NONE);
  CHECK_STATUS(hj_engine_poll(engine, START_NS + HOUR_NS - 1, START_US * 2, 0, NULL), HJ_OK);
  CHECK_EQUAL(read_incident(engine, incident).state, HJ_INCIDENT_HELD);
  poll_at(engine, START_NS + HOUR_NS);
  CHECK_EQUAL(read_incident(engine, incident).state, HJ_INCIDENT_PENDING);
  step_at(HOUR_NS + 30 * MINUTE_NS, HJ_CLOCK_PENDING, 1, HJ_STEP_SUPERVISOR, 0);
  step_at(HOUR_NS + 31 * MINUTE_NS, HJ_CLOCK_PENDING, 2, HJ_STEP_TELL_CALLER, 0);
  one_at(HOUR_NS + 105 * MINUTE_NS, HJ_EVENT_WARNING, HJ_CLOCK_RESOLVE, 0, 0, 0);
  step_at(3 * HOUR_NS, HJ_CLOCK_RESOLVE, 1, HJ_STEP_SUPERVISOR, 0);
  finish();
  /* A person does not wait for it. */
  begin(1, 1024);
  load_plans(plans, plans_length);
  CHECK_STATUS(hj_incident_report(engine, &report, &dispatch), HJ_HELD);
  incident = dispatch.incident_id;
  poll_at(engine, START_NS + 10 * MINUTE_NS);
  CHECK_STATUS(hj_incident_assign(engine, incident, 1, 0, NULL), HJ_OK);
  CHECK_EQUAL(read_incident(engine, incident).state, HJ_INCIDENT_ASSIGNED);
  step_at(10 * MINUTE_NS + 15 * SECOND_NS, HJ_CLOCK_DELIVERY, 1, HJ_STEP_OTHER_CHANNEL, 0);
  finish();
}

int main(int argc, char **argv) {
  if (argc > 1) plans_path = argv[1];
  read_plans();
  delivery();
  undeliverable();
  turnout();
  welfare();
  welfare_begins_again();
  report_back();
  warnings();
  callback();
  lead();
  appointment();
  return check_finish();
}
