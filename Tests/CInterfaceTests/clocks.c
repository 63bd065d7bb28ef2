/* Every promise at its very nanosecond: never early, exactly once, never lost. Time is given by the test, so a whole
 * day takes no time and one nanosecond can be told from the next. */
#include "clock_host.h"

static void acknowledge(void) {
  begin(2, 1024);
  hj_dispatch dispatch = report_as(HJ_TIER_EMERGENCY, 0);
  hj_event event = exactly_at(START_NS + 15 * SECOND_NS, HJ_CLOCK_ACKNOWLEDGE, 1, HJ_STEP_NOTIFY_AGAIN);
  CHECK_EQUAL(event.unit_id, 1);
  CHECK_EQUAL(event.assignment_id, dispatch.chosen[0].assignment_id);
  CHECK_EQUAL(event.incident_id, dispatch.incident_id);
  event = exactly_at(START_NS + 30 * SECOND_NS, HJ_CLOCK_ACKNOWLEDGE, 2, HJ_STEP_NEXT_UNIT);
  CHECK_EQUAL(event.unit_id, 2);
  CHECK_EQUAL(event.reason, HJ_REASON_NEXT_UNIT);
  CHECK_DIFFERENT(event.assignment_id, dispatch.chosen[0].assignment_id);
  exactly_at(START_NS + 45 * SECOND_NS, HJ_CLOCK_ACKNOWLEDGE, 3, HJ_STEP_SUPERVISOR);
  /* It never disappears: every 5 minutes the supervisor again, until a person signs. */
  poll_at(engine, START_NS + 45 * SECOND_NS + 5 * MINUTE_NS - 1);
  CHECK_EQUAL(escalations(&event), 0);
  poll_at(engine, START_NS + 45 * SECOND_NS + 5 * MINUTE_NS);
  CHECK_EQUAL(escalations(&event), 1);
  CHECK_EQUAL(event.step, 3);
  CHECK_EQUAL(event.cycle, 1);
  uint64_t assignment = read_incident(engine, dispatch.incident_id).assignment_ids[0];
  CHECK_STATUS(hj_assignment_advance(engine, assignment, HJ_ASSIGNMENT_ACKNOWLEDGED, 0), HJ_OK);
  poll_at(engine, START_NS + 7 * MINUTE_NS);
  CHECK_EQUAL(escalations(&event), 0);
  finish();
}

/* With nobody else to send, the one that was asked stays asked, and the chain goes on. */
static void acknowledge_alone(void) {
  begin(1, 1024);
  report_as(HJ_TIER_EMERGENCY, 0);
  exactly_at(START_NS + 15 * SECOND_NS, HJ_CLOCK_ACKNOWLEDGE, 1, HJ_STEP_NOTIFY_AGAIN);
  hj_event event = exactly_at(START_NS + 30 * SECOND_NS, HJ_CLOCK_ACKNOWLEDGE, 2, HJ_STEP_NEXT_UNIT);
  CHECK_EQUAL(event.reason, HJ_REASON_NOBODY);
  CHECK_EQUAL(event.unit_id, 1);
  CHECK_EQUAL(read_unit(engine, 1).activity, HJ_ACTIVITY_EN_ROUTE);
  exactly_at(START_NS + 45 * SECOND_NS, HJ_CLOCK_ACKNOWLEDGE, 3, HJ_STEP_SUPERVISOR);
  finish();
}

/* A receipt of the terminal is not a signature; any sign of a person is. */
static void what_stops_it(void) {
  const int32_t states[] = {HJ_ASSIGNMENT_DELIVERED, HJ_ASSIGNMENT_ACKNOWLEDGED, HJ_ASSIGNMENT_EN_ROUTE,
                            HJ_ASSIGNMENT_ON_SCENE};
  for (int index = 0; index < 4; index++) {
    begin(2, 1024);
    hj_dispatch dispatch = report_as(HJ_TIER_EMERGENCY, 0);
    poll_at(engine, START_NS + 14 * SECOND_NS);
    CHECK_STATUS(hj_assignment_advance(engine, dispatch.chosen[0].assignment_id, states[index], 0), HJ_OK);
    poll_at(engine, START_NS + 20 * SECOND_NS);
    hj_event event;
    CHECK_EQUAL(escalations(&event), states[index] == HJ_ASSIGNMENT_DELIVERED ? 1 : 0);
    finish();
  }
}

static void arrival(void) {
  const struct {
    int32_t tier;
    uint32_t flags;
    int64_t limit_ns;
  } rows[] = {{HJ_TIER_EMERGENCY, 0, 8 * MINUTE_NS},
              {HJ_TIER_EMERGENCY, HJ_REPORT_VULNERABLE, 5 * MINUTE_NS},
              {HJ_TIER_URGENT, 0, 15 * MINUTE_NS},
              {HJ_TIER_NONE, 0, 8 * MINUTE_NS}};
  for (int index = 0; index < 4; index++) {
    begin(1, 1024);
    hj_dispatch dispatch = report_as(rows[index].tier, rows[index].flags);
    uint64_t assignment = dispatch.chosen[0].assignment_id;
    CHECK_STATUS(hj_assignment_advance(engine, assignment, HJ_ASSIGNMENT_ACKNOWLEDGED, 0), HJ_OK);
    exactly_at(START_NS + rows[index].limit_ns, HJ_CLOCK_ARRIVAL, 1, HJ_STEP_SUPERVISOR);
    CHECK_STATUS(hj_assignment_advance(engine, assignment, HJ_ASSIGNMENT_ON_SCENE, 0), HJ_OK);
    hj_event event;
    poll_at(engine, START_NS + 24 * 60 * MINUTE_NS);
    CHECK_EQUAL(escalations(&event), 0);
    finish();
  }
}

static void pending(void) {
  const struct {
    int32_t tier;
    int64_t limit_ns;
  } rows[] = {{HJ_TIER_EMERGENCY, 60 * SECOND_NS}, {HJ_TIER_URGENT, 5 * MINUTE_NS}, {HJ_TIER_ROUTINE, 30 * MINUTE_NS}};
  for (int index = 0; index < 3; index++) {
    begin(0, 1024);
    hj_dispatch dispatch = report_as(rows[index].tier, 0);
    CHECK_EQUAL(dispatch.assignment_count, 0);
    CHECK(dispatch.shortfall & HJ_SHORTFALL_CAPABILITY);
    exactly_at(START_NS + rows[index].limit_ns, HJ_CLOCK_PENDING, 1, HJ_STEP_SUPERVISOR);
    exactly_at(START_NS + rows[index].limit_ns + 60 * SECOND_NS, HJ_CLOCK_PENDING, 2, HJ_STEP_TELL_CALLER);
    put_unit(engine, 1, 0, 0); /* sent at once: the clock stops, another starts */
    CHECK_EQUAL(read_incident(engine, dispatch.incident_id).state, HJ_INCIDENT_ASSIGNED);
    exactly_at(START_NS + rows[index].limit_ns + 75 * SECOND_NS + 1, HJ_CLOCK_ACKNOWLEDGE, 1, HJ_STEP_NOTIFY_AGAIN);
    finish();
  }
}

static void resolve(void) {
  const struct {
    int32_t tier;
    int64_t limit_ns;
  } rows[] = {{HJ_TIER_ROUTINE, 120 * MINUTE_NS}, {HJ_TIER_PREVENTIVE, 24 * 60 * MINUTE_NS}};
  for (int index = 0; index < 2; index++) {
    begin(1, 1024);
    hj_dispatch dispatch = report_as(rows[index].tier, 0);
    uint64_t assignment = dispatch.chosen[0].assignment_id;
    CHECK_STATUS(hj_assignment_advance(engine, assignment, HJ_ASSIGNMENT_ON_SCENE, 0), HJ_OK);
    CHECK_STATUS(hj_assignment_advance(engine, assignment, HJ_ASSIGNMENT_CLEARED, 0), HJ_OK);
    drop_events(engine);
    exactly_at(START_NS + rows[index].limit_ns, HJ_CLOCK_RESOLVE, 1, HJ_STEP_SUPERVISOR);
    CHECK_STATUS(hj_incident_close(engine, dispatch.incident_id, 0, 0), HJ_OK);
    drop_events(engine);
    hj_event event;
    poll_at(engine, START_NS + 7 * 24 * 60 * MINUTE_NS);
    CHECK_EQUAL(escalations(&event), 0);
    CHECK_EQUAL(read_stats(engine).deadlines_armed, 0);
    finish();
  }
}

/* Sixty incidents, room for sixteen ordinary events, and nobody reads: every escalation is still there at the end. */
static void full_ring(void) {
  begin(0, 16);
  for (int index = 0; index < 60; index++) {
    hj_report report = make_report(HJ_TIER_EMERGENCY, index, 0);
    hj_dispatch dispatch = empty_dispatch();
    CHECK_STATUS(hj_incident_report(engine, &report, &dispatch), HJ_OK);
  }
  CHECK_AT_LEAST(read_stats(engine).events_lost, 60 - 16);
  for (int64_t second = 1; second <= 130; second++) poll_at(engine, START_NS + second * SECOND_NS);
  hj_event events[32];
  uint32_t count;
  uint64_t sequence = 0, told = 0;
  int found = 0;
  while ((count = take_events(engine, events, 32)) > 0)
    for (uint32_t index = 0; index < count; index++) {
      /* A gap is told before what comes behind it, with the number of the last lost event. */
      uint64_t lost = events[index].kind == HJ_EVENT_OVERFLOW ? (uint64_t)events[index].step : 1;
      CHECK_EQUAL(events[index].sequence, sequence + lost);
      sequence = events[index].sequence;
      if (events[index].kind == HJ_EVENT_OVERFLOW) told += lost;
      if (events[index].kind == HJ_EVENT_ESCALATION) {
        found++;
        CHECK_EQUAL(events[index].clock, HJ_CLOCK_PENDING);
        CHECK_WITHIN(events[index].step, 1, 2);
        CHECK_EQUAL(events[index].late_ns, 0);
      }
    }
  CHECK_EQUAL(found, 120);
  hj_stats stats = read_stats(engine);
  CHECK_EQUAL(stats.escalations, 120);
  CHECK_EQUAL(told, stats.events_lost);
  finish();
}

/* Even the reserved room can fill when nobody reads for hours: then deadlines wait, and still none is lost. */
static void everything_full(void) {
  hj_config config = poll_config();
  config.max_incidents = 4;
  config.max_assignments = 1;
  config.event_capacity = 16;
  engine = open_engine(&config);
  poll_at(engine, START_NS);
  for (int index = 0; index < 4; index++) {
    hj_report report = make_report(HJ_TIER_EMERGENCY, index, 0);
    hj_dispatch dispatch = empty_dispatch();
    CHECK_STATUS(hj_incident_report(engine, &report, &dispatch), HJ_OK);
  }
  int64_t minutes = 24 * 60;
  for (int64_t minute = 1; minute <= minutes; minute++) poll_at(engine, START_NS + minute * MINUTE_NS);
  hj_stats stats = read_stats(engine);
  CHECK_MORE(stats.escalations_waiting, 0);
  int found = 0;
  hj_event events[8];
  uint32_t count;
  /* Each incident's first two steps and its repeats, the waiting ones marked late. */
  int late = 0, first = 0;
  for (int turn = 0; turn < 200; turn++) {
    while ((count = take_events(engine, events, 8)) > 0)
      for (uint32_t index = 0; index < count; index++)
        if (events[index].kind == HJ_EVENT_ESCALATION) {
          found++;
          late += events[index].late_ns > 0;
          first += events[index].step == 1;
        }
    poll_at(engine, START_NS + minutes * MINUTE_NS);
  }
  CHECK_EQUAL(first, 4);
  CHECK_AT_LEAST(late, 4); /* those that had waited */
  CHECK_EQUAL(read_stats(engine).escalations, found);
  CHECK_EQUAL(read_stats(engine).escalations_waiting, 0);
  finish();
}

/* The wall clock jumps a year either way between polls: nothing fires early, nothing is lost. */
static void wall_jumps(void) {
  begin(1, 1024);
  report_as(HJ_TIER_EMERGENCY, 0);
  const int64_t year_us = INT64_C(31536000000000);
  hj_event event;
  int total = 0;
  for (int64_t second = 1; second <= 45; second++) {
    int64_t wall_us = START_US + (second % 3 - 1) * year_us;
    CHECK_STATUS(hj_engine_poll(engine, START_NS + second * SECOND_NS, wall_us, 0, NULL), HJ_OK);
    int found = escalations(&event);
    CHECK_EQUAL(found, second % 15 == 0);
    if (found) CHECK_EQUAL(event.late_ns, 0);
    total += found;
  }
  CHECK_EQUAL(total, 3);
  finish();
}

/* A machine that slept: what was due fires once, in order of due time, marked late. */
static void suspend(void) {
  begin(2, 1024);
  report_as(HJ_TIER_ROUTINE, 0);
  hj_event events[32];
  poll_at(engine, START_NS + 3 * 60 * MINUTE_NS);
  uint32_t count = take_events(engine, events, 32);
  int acknowledge_steps = 0, resolve_steps = 0;
  int64_t due_us = 0;
  for (uint32_t index = 0; index < count; index++)
    if (events[index].kind == HJ_EVENT_ESCALATION) {
      CHECK_AT_LEAST(events[index].due_wall_us, due_us);
      due_us = events[index].due_wall_us;
      acknowledge_steps += events[index].clock == HJ_CLOCK_ACKNOWLEDGE && events[index].cycle == 0;
      resolve_steps += events[index].clock == HJ_CLOCK_RESOLVE && events[index].cycle == 0;
    }
  CHECK_EQUAL(acknowledge_steps, 3);
  CHECK_EQUAL(resolve_steps, 1);
  hj_stats stats = read_stats(engine);
  CHECK_AT_LEAST(stats.late_deadlines, 4);
  CHECK_EQUAL(stats.worst_lateness_ns, 3 * 60 * MINUTE_NS - 15 * SECOND_NS);
  finish();
}

/* Calls before the first poll are taken and timed from it. */
static void before_the_first_poll(void) {
  hj_config config = poll_config();
  engine = open_engine(&config);
  put_unit(engine, 1, 0, 100);
  hj_dispatch dispatch = report_as(HJ_TIER_EMERGENCY, 0);
  CHECK_EQUAL(dispatch.assignment_count, 1);
  hj_event event;
  poll_at(engine, START_NS);
  CHECK_EQUAL(escalations(&event), 0);
  CHECK_EQUAL(read_incident(engine, dispatch.incident_id).received_wall_us, START_US);
  exactly_at(START_NS + 15 * SECOND_NS, HJ_CLOCK_ACKNOWLEDGE, 1, HJ_STEP_NOTIFY_AGAIN);
  finish();
}

static void backwards_and_bounded(void) {
  begin(0, 1024);
  int64_t next_ns = 0;
  CHECK_STATUS(hj_engine_poll(engine, START_NS - 1, START_US, 0, &next_ns), HJ_TIME_BACKWARDS);
  CHECK_EQUAL(next_ns, INT64_MAX);
  for (int index = 0; index < 10; index++) {
    hj_report report = make_report(HJ_TIER_EMERGENCY, index, 0);
    hj_dispatch dispatch = empty_dispatch();
    CHECK_STATUS(hj_incident_report(engine, &report, &dispatch), HJ_OK);
  }
  drop_events(engine);
  hj_event event;
  int total = 0, turns = 0;
  do {
    CHECK_STATUS(hj_engine_poll(engine, START_NS + 60 * SECOND_NS, START_US, 3, &next_ns), HJ_OK);
    int found = escalations(&event);
    CHECK_AT_MOST(found, 3);
    total += found;
    turns++;
  } while (next_ns == START_NS + 60 * SECOND_NS && turns < 20);
  CHECK_EQUAL(total, 10);
  CHECK_AT_LEAST(turns, 4);
  finish();
}

int main(void) {
  acknowledge();
  acknowledge_alone();
  what_stops_it();
  arrival();
  pending();
  resolve();
  full_ring();
  everything_full();
  wall_jumps();
  suspend();
  before_the_first_poll();
  backwards_and_bounded();
  return check_finish();
}
