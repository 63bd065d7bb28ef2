/* What people and plans do to running clocks: take, snooze, escalate now, K of N signatures, the last resort, windows
 * and the hour that daylight-saving time leaves out or repeats, migration to newer plans, which of two wins. */
#include <unistd.h>

#include "clock_host.h"

#define HOUR_NS (60 * MINUTE_NS)
#define ANY_UNIT "\"plans\": [{\"name\": \"any\", \"units\": [{\"count\": 1}]}]"

static hj_action by(uint64_t operator_id, uint32_t reason) {
  hj_action action = {sizeof action, reason, operator_id, 0, 0, 0, 0, 0};
  return action;
}

static hj_clock_ref seen(const hj_event *event) {
  hj_clock_ref reference = clock_of(event->clock, event->incident_id, 0);
  if (event->clock == HJ_CLOCK_ACKNOWLEDGE) reference.assignment_id = event->assignment_id;
  reference.step = event->step;
  reference.cycle = event->cycle;
  return reference;
}

static hj_status take(hj_clock_ref reference, uint64_t operator_id) {
  hj_action action = by(operator_id, 0);
  return hj_clock_take(engine, &reference, &action);
}

static hj_status snooze(hj_clock_ref reference, uint32_t for_s, uint64_t operator_id, uint32_t reason) {
  hj_action action = by(operator_id, reason);
  return hj_clock_snooze(engine, &reference, for_s, &action);
}

static hj_status escalate(hj_clock_ref reference, uint64_t operator_id) {
  hj_action action = by(operator_id, 0);
  return hj_clock_escalate(engine, &reference, &action);
}

/* The HJ_EVENT_CLOCK that an act leaves. */
static void check_act(int32_t state, uint64_t operator_id, uint32_t reason) {
  hj_event events[8];
  uint32_t count = take_events(engine, events, 8);
  REQUIRE_AT_LEAST(count, 1);
  CHECK_EQUAL(events[0].kind, HJ_EVENT_CLOCK);
  CHECK_EQUAL(events[0].state, state);
  CHECK_EQUAL(events[0].operator_id, operator_id);
  CHECK_EQUAL(events[0].reason, reason);
}

static const char pending_plans[] =
    "{\"version\": 1, \"clocks\": {\"pending\": {\"steps\": [{\"do\": \"supervisor\"}, {\"after_s\": 60, \"do\": "
    "\"tell_caller\"}], \"repeat_s\": 100, \"snooze_max_s\": 50}, \"arrival\": null, \"resolve\": null, "
    "\"acknowledge\": {\"limit_s\": 15, \"steps\": [{\"do\": \"supervisor\"}], \"repeat_s\": 30, \"snooze_max_s\": 0, "
    "\"taken_s\": 40}}, " ANY_UNIT "}";

/* Taken: it climbs and repeats no more, until its clock stops. What was not seen cannot be taken. */
static void taken(void) {
  begin_with(0, pending_plans);
  hj_dispatch dispatch = report_as(HJ_TIER_EMERGENCY, 0);
  hj_clock_ref early = clock_of(HJ_CLOCK_PENDING, dispatch.incident_id, 0);
  CHECK_STATUS(take(early, 7), HJ_E_STEP); /* nothing has fired */
  hj_event event = step_at(60 * SECOND_NS, HJ_CLOCK_PENDING, 1, HJ_STEP_SUPERVISOR, 0);
  hj_clock_ref first = seen(&event), other = first;
  CHECK_STATUS(take(first, 0), HJ_E_ARGUMENT);
  CHECK_STATUS(take(early, 7), HJ_PASSED);
  other.step = 2;
  CHECK_STATUS(take(other, 7), HJ_E_STEP);
  other = first;
  other.cycle = 1;
  CHECK_STATUS(take(other, 7), HJ_E_STEP);
  other = first;
  other.clock = HJ_CLOCK_ARRIVAL;
  CHECK_STATUS(take(other, 7), HJ_E_NO_CLOCK);
  other.clock = 99;
  CHECK_STATUS(take(other, 7), HJ_E_ARGUMENT);
  drop_events(engine);
  CHECK_STATUS(take(first, 7), HJ_OK);
  check_act(HJ_CLOCK_STATE_TAKEN, 7, 0);
  CHECK_STATUS(take(first, 8), HJ_UNCHANGED);
  CHECK_STATUS(snooze(first, 10, 7, 1), HJ_E_STATE);
  hj_clock_status status = read_clock(first);
  CHECK_EQUAL(status.state, HJ_CLOCK_STATE_TAKEN);
  CHECK_EQUAL(status.due_wall_us, 0);
  quiet_until(9 * HOUR_NS, HJ_CLOCK_PENDING);
  /* Not even a taken one is beyond a person's wish. */
  CHECK_STATUS(escalate(first, 7), HJ_OK);
  CHECK_EQUAL(fired_of(HJ_CLOCK_PENDING, &event), 1);
  CHECK_EQUAL(event.step, 2);
  CHECK_EQUAL(event.action, HJ_STEP_TELL_CALLER);
  CHECK_STATUS(take(first, 7), HJ_PASSED);
  step_at(9 * HOUR_NS + 100 * SECOND_NS, HJ_CLOCK_PENDING, 2, HJ_STEP_TELL_CALLER, 1);
  finish();
}

/* `taken_s`: the person that takes it has 40 s; then the next step comes after all. */
static void taken_for_a_while(void) {
  begin_with(1, pending_plans);
  hj_dispatch dispatch = report_as(HJ_TIER_EMERGENCY, 0);
  hj_event event = step_at(15 * SECOND_NS, HJ_CLOCK_ACKNOWLEDGE, 1, HJ_STEP_SUPERVISOR, 0);
  CHECK_STATUS(snooze(seen(&event), 1, 7, 1), HJ_E_SNOOZE); /* these plans allow none */
  poll_at(engine, START_NS + 20 * SECOND_NS);
  CHECK_STATUS(take(seen(&event), 7), HJ_OK);
  event = step_at(60 * SECOND_NS, HJ_CLOCK_ACKNOWLEDGE, 1, HJ_STEP_SUPERVISOR, 1);
  CHECK_STATUS(take(seen(&event), 7), HJ_OK);
  poll_at(engine, START_NS + 99 * SECOND_NS);
  advance_to(dispatch.chosen[0].assignment_id, HJ_ASSIGNMENT_ACKNOWLEDGED);
  quiet_until(HOUR_NS, HJ_CLOCK_ACKNOWLEDGE);
  CHECK_STATUS(take(seen(&event), 7), HJ_E_NO_CLOCK);
  finish();
}

/* A snooze needs an operator, a reason and an end that the policy allows; what comes after counts from it. */
static void snoozed(void) {
  begin_with(0, pending_plans);
  hj_dispatch dispatch = report_as(HJ_TIER_EMERGENCY, 0);
  hj_clock_ref reference = clock_of(HJ_CLOCK_PENDING, dispatch.incident_id, 0);
  poll_at(engine, START_NS + 50 * SECOND_NS);
  CHECK_STATUS(snooze(reference, 30, 0, 1), HJ_E_ARGUMENT);
  CHECK_STATUS(snooze(reference, 30, 7, 0), HJ_E_REASON);
  CHECK_STATUS(snooze(reference, 0, 7, 1), HJ_E_ARGUMENT);
  CHECK_STATUS(snooze(reference, 61, 7, 1), HJ_E_SNOOZE); /* 60 + 50 s is the latest */
  CHECK_STATUS(snooze(reference, UINT32_MAX, 7, 1), HJ_E_SNOOZE);
  CHECK_STATUS(snooze(reference, 10, 7, 1), HJ_UNCHANGED); /* due then anyway */
  CHECK_STATUS(snooze(reference, 60, 7, 5), HJ_OK);
  check_act(HJ_CLOCK_STATE_SNOOZED, 7, 5);
  CHECK_EQUAL(read_clock(reference).state, HJ_CLOCK_STATE_SNOOZED);
  CHECK_EQUAL(read_clock(reference).due_wall_us, START_US + 110000000);
  CHECK_EQUAL(read_clock(reference).planned_wall_us, START_US + 60000000);
  CHECK_STATUS(snooze(reference, 61, 8, 5), HJ_E_SNOOZE); /* no longer for being asked twice */
  hj_event event = step_at(110 * SECOND_NS, HJ_CLOCK_PENDING, 1, HJ_STEP_SUPERVISOR, 0);
  CHECK_STATUS(snooze(reference, 10, 7, 1), HJ_PASSED);
  event = step_at(170 * SECOND_NS, HJ_CLOCK_PENDING, 2, HJ_STEP_TELL_CALLER, 0);
  CHECK_STATUS(snooze(seen(&event), 150, 7, 1), HJ_E_SNOOZE); /* it is a nanosecond past 170 s: 320 s would be passed */
  CHECK_STATUS(snooze(seen(&event), 149, 7, 1), HJ_OK);
  step_at(319 * SECOND_NS + 1, HJ_CLOCK_PENDING, 2, HJ_STEP_TELL_CALLER, 1);
  finish();
}

/* Now: the next step at once, the ones after it counted from then; only by a person that saw the last. */
static void hurried(void) {
  begin_with(0, pending_plans);
  hj_dispatch dispatch = report_as(HJ_TIER_EMERGENCY, 0);
  hj_clock_ref reference = clock_of(HJ_CLOCK_PENDING, dispatch.incident_id, 0), other = reference;
  poll_at(engine, START_NS + 10 * SECOND_NS);
  CHECK_STATUS(escalate(reference, 0), HJ_E_ARGUMENT);
  other.step = 1;
  CHECK_STATUS(escalate(other, 7), HJ_E_STEP);
  CHECK_STATUS(escalate(reference, 7), HJ_OK);
  CHECK_STATUS(escalate(reference, 7), HJ_PASSED); /* a second press of the same button */
  hj_event event;
  CHECK_EQUAL(fired_of(HJ_CLOCK_PENDING, &event), 1);
  CHECK_EQUAL(event.step, 1);
  CHECK_EQUAL(event.late_ns, 0);
  step_at(70 * SECOND_NS, HJ_CLOCK_PENDING, 2, HJ_STEP_TELL_CALLER, 0);
  finish();
}

/* K of N: so many signatures end the asking of all. */
static void signatures(void) {
  for (int wanted = 0; wanted <= 3; wanted++) {
    char text[600], key[40] = "";
    if (wanted > 0) snprintf(key, sizeof key, "\"acknowledgements\": %d, ", wanted);
    int length = snprintf(text, sizeof text,
                          "{\"version\": 1, \"clocks\": {\"acknowledge\": {\"limit_s\": 15, %s\"steps\": [{\"do\": "
                          "\"supervisor\"}], \"repeat_s\": 1000}}, \"plans\": [{\"name\": \"three\", \"units\": "
                          "[{\"count\": 3}]}]}",
                          key);
    REQUIRE_MORE(length, 0);
    REQUIRE_LESS((size_t)length, sizeof text);
    for (int signed_by = 0; signed_by <= 3; signed_by++) {
      begin_with(3, text);
      hj_dispatch dispatch = report_as(HJ_TIER_ROUTINE, 0);
      CHECK_EQUAL(dispatch.assignment_count, 3);
      for (int index = 0; index < signed_by; index++)
        advance_to(dispatch.chosen[index].assignment_id, HJ_ASSIGNMENT_ACKNOWLEDGED);
      drop_events(engine);
      hj_event event;
      poll_at(engine, START_NS + 15 * SECOND_NS);
      int is_enough = wanted > 0 && signed_by >= wanted;
      CHECK_EQUAL(fired_of(HJ_CLOCK_ACKNOWLEDGE, &event), is_enough ? 0 : 3 - signed_by);
      finish();
    }
  }
}

/* No step found anybody: the person in charge has it, at once, and again until a person takes it. */
static void last_resort(void) {
  begin_with(
      1,
      "{\"version\": 1, \"clocks\": {\"acknowledge\": {\"limit_s\": 15, \"steps\": [{\"do\": \"next_unit\"}, "
      "{\"after_s\": 20, \"do\": \"next_unit\"}], \"nobody\": \"skip\", \"last_resort\": \"manual\", \"repeat_s\": "
      "30}}, " ANY_UNIT "}");
  report_as(HJ_TIER_ROUTINE, 0);
  poll_at(engine, START_NS + 15 * SECOND_NS);
  hj_event events[8], event;
  uint32_t count = take_events(engine, events, 8);
  CHECK_EQUAL(count, 3);
  for (uint32_t index = 0; index < count; index++) {
    CHECK_EQUAL(events[index].step, index + 1);
    CHECK_EQUAL(events[index].action, index < 2 ? HJ_STEP_NEXT_UNIT : HJ_STEP_MANUAL);
    CHECK_EQUAL(events[index].reason, index < 2 ? HJ_REASON_NOBODY : HJ_REASON_NONE);
    CHECK_EQUAL(events[index].due_wall_us, START_US + 15000000);
  }
  event = step_at(45 * SECOND_NS, HJ_CLOCK_ACKNOWLEDGE, 3, HJ_STEP_MANUAL, 1);
  CHECK_STATUS(take(seen(&event), 7), HJ_OK);
  quiet_until(HOUR_NS, HJ_CLOCK_ACKNOWLEDGE);
  finish();
}

/* ---- Windows -------------------------------------------------------------------------------------------------- */

#define SECOND_US INT64_C(1000000)

/* A report at this moment of UTC, and the limit in seconds that its pending clock got. */
static int64_t limit_at(int64_t wall_s) {
  static int64_t now_ns = START_NS;
  now_ns += SECOND_NS;
  CHECK_STATUS(hj_engine_poll(engine, now_ns, wall_s * SECOND_US, 0, NULL), HJ_OK);
  hj_dispatch dispatch = report_as(HJ_TIER_ROUTINE, 0);
  hj_clock_status status = read_clock(clock_of(HJ_CLOCK_PENDING, dispatch.incident_id, 0));
  CHECK_STATUS(hj_incident_cancel(engine, dispatch.incident_id, 0), HJ_OK);
  drop_events(engine);
  return (status.planned_wall_us - wall_s * SECOND_US) / SECOND_US;
}

/* In Berlin, 2018: two o'clock is left out on 25 March and comes twice on 28 October. */
static void daylight_saving(void) {
  if (access("/usr/share/zoneinfo/Europe/Berlin", R_OK) != 0) {
    check_skip("windows of a named zone", "no zone database in /usr/share/zoneinfo");
    return;
  }
  begin_with(0,
             "{\"version\": 1, \"time_zone\": \"Europe/Berlin\", \"tiers\": {\"routine\": {\"respond_s\": 1000}}, "
             "\"clocks\": {\"pending\": {\"steps\": [{\"do\": \"supervisor\"}]}, \"resolve\": null}, \"clock_rules\": "
             "[{\"clock\": \"pending\", "
             "\"hours\": [[2, 3]], \"limit_s\": 100}], " ANY_UNIT "}");
  static const struct {
    int64_t wall_s, limit_s;
    const char *what;
  } rows[] = {
      {1521855599, 100, "24 March 02:39:59 there, an ordinary night"},
      {1521932400, 1000, "25 March, midnight there"},
      {1521939599, 1000, "25 March 00:59:59 UTC, 01:59:59 there"},
      {1521939600, 1000, "25 March 01:00 UTC, 03:00 there: there is no two o'clock"},
      {1521943199, 1000, "25 March 03:59:59 there"},
      {1522022399, 1000, "26 March 01:59:59 there"},
      {1522022400, 100, "26 March 02:00 there"},
      {1522025999, 100, "26 March 02:59:59 there"},
      {1522026000, 1000, "26 March 03:00 there"},
      {1540684799, 1000, "27 October 23:59:59 UTC, 01:59:59 there"},
      {1540684800, 100, "28 October 00:00 UTC, two o'clock for the first time"},
      {1540688399, 100, "28 October 00:59:59 UTC"},
      {1540688400, 100, "28 October 01:00 UTC, two o'clock for the second time"},
      {1540691999, 100, "28 October 01:59:59 UTC"},
      {1540692000, 1000, "28 October 02:00 UTC, three o'clock"},
  };
  for (size_t index = 0; index < sizeof rows / sizeof rows[0]; index++) {
    int64_t limit_s = limit_at(rows[index].wall_s);
    if (limit_s != rows[index].limit_s) fprintf(stderr, "%s\n", rows[index].what);
    CHECK_EQUAL(limit_s, rows[index].limit_s);
  }
  finish();
}

/* Over midnight and by weekday, at +08:00; a running clock keeps its chain when its window closes. */
static void windows(void) {
  begin_with(
      0,
      "{\"version\": 1, \"time_zone\": \"+08:00\", \"tiers\": {\"routine\": {\"respond_s\": 1000}}, \"clocks\": "
      "{\"pending\": {\"steps\": [{\"do\": \"supervisor\"}]}, \"resolve\": null}, \"clock_rules\": [{\"clock\": "
      "\"pending\", \"hours\": "
      "[[22, 6]], \"limit_s\": 3600}, {\"clock\": \"pending\", \"days\": [\"sat\", \"sun\"], \"hours\": [[8, 9]], "
      "\"limit_s\": 60}], " ANY_UNIT "}");
  const int64_t monday_s = 1515945600; /* 15 January 2018, 00:00 at +08:00 is 16:00 UTC of the day before */
  CHECK_EQUAL(limit_at(monday_s), 3600);
  CHECK_EQUAL(limit_at(monday_s + 6 * 3600 - 1), 3600);
  CHECK_EQUAL(limit_at(monday_s + 6 * 3600), 1000);
  CHECK_EQUAL(limit_at(monday_s + 8 * 3600), 1000);
  CHECK_EQUAL(limit_at(monday_s + 22 * 3600 - 1), 1000);
  CHECK_EQUAL(limit_at(monday_s + 22 * 3600), 3600);
  CHECK_EQUAL(limit_at(monday_s + 5 * 86400 + 8 * 3600), 60); /* Saturday */
  CHECK_EQUAL(limit_at(monday_s + 6 * 86400 + 9 * 3600 - 1), 60);
  CHECK_EQUAL(limit_at(monday_s + 6 * 86400 + 9 * 3600), 1000);
  CHECK_EQUAL(limit_at(monday_s + 7 * 86400 + 8 * 3600), 1000); /* Monday again */
  finish();
}

/* ---- Migration ------------------------------------------------------------------------------------------------ */

#define PENDING_OF(limit, wait)                                                            \
  "{\"version\": 1, \"tiers\": {\"routine\": {\"respond_s\": " limit                       \
  "}}, \"clocks\": {\"pending\": {\"steps\": [{\"do\": "                                   \
  "\"supervisor\"}, {\"after_s\": " wait ", \"do\": \"tell_caller\"}, {\"after_s\": " wait \
  ", \"do\": \"supervision\"}], \"repeat_s\": 500}}, " ANY_UNIT "}"

static void migration(void) {
  begin_with(0, PENDING_OF("900", "60"));
  hj_dispatch first = report_as(HJ_TIER_ROUTINE, 0);
  poll_at(engine, START_NS + 300 * SECOND_NS);
  load_plans(PENDING_OF("60", "60"), strlen(PENDING_OF("60", "60")));
  hj_dispatch second = report_as(HJ_TIER_ROUTINE, 0);
  CHECK_EQUAL(read_incident(engine, first.incident_id).plans_version + 1,
              read_incident(engine, second.incident_id).plans_version);
  /* Until someone asks, each keeps the clocks it was opened with. */
  hj_event event = step_at(360 * SECOND_NS, HJ_CLOCK_PENDING, 1, HJ_STEP_SUPERVISOR, 0);
  CHECK_EQUAL(event.incident_id, second.incident_id);
  int64_t due_us = read_clock(clock_of(HJ_CLOCK_PENDING, first.incident_id, 0)).due_wall_us - START_US;
  CHECK_WITHIN(due_us, 900 * SECOND_US - 1, 900 * SECOND_US); /* to the microsecond of now */
  /* Of three steps that the new limit has behind it at most one fires now; the second counts from now. */
  poll_at(engine, START_NS + 400 * SECOND_NS);
  uint32_t moved = 0;
  CHECK_STATUS(hj_plans_migrate(engine, &moved), HJ_OK);
  CHECK_EQUAL(moved, 1);
  CHECK_STATUS(hj_incident_migrate(engine, first.incident_id), HJ_UNCHANGED);
  poll_at(engine, START_NS + 400 * SECOND_NS);
  CHECK_EQUAL(fired_of(HJ_CLOCK_PENDING, &event), 1);
  CHECK_EQUAL(event.incident_id, first.incident_id);
  CHECK_EQUAL(event.step, 1);
  CHECK_EQUAL(event.late_ns, 0);
  CHECK_EQUAL(event.plans_version, read_incident(engine, second.incident_id).plans_version);
  CHECK_STATUS(hj_incident_cancel(engine, second.incident_id, 0), HJ_OK);
  drop_events(engine);
  step_at(460 * SECOND_NS, HJ_CLOCK_PENDING, 2, HJ_STEP_TELL_CALLER, 0);
  /* One that has fired keeps the due time of its next step, with the new chain; a clock the plans lack stops. */
  load_plans(PENDING_OF("5000", "7"), strlen(PENDING_OF("5000", "7")));
  CHECK_STATUS(hj_incident_migrate(engine, first.incident_id), HJ_OK);
  step_at(520 * SECOND_NS, HJ_CLOCK_PENDING, 3, HJ_STEP_SUPERVISION, 0);
  static const char without[] = "{\"version\": 1, \"clocks\": {\"pending\": null}, " ANY_UNIT "}";
  load_plans(without, sizeof without - 1);
  CHECK_STATUS(hj_incident_migrate(engine, first.incident_id), HJ_OK);
  CHECK_EQUAL(read_clock(clock_of(HJ_CLOCK_PENDING, first.incident_id, 0)).state, HJ_CLOCK_STATE_NONE);
  quiet_until(2 * HOUR_NS - SECOND_NS, HJ_CLOCK_PENDING);
  CHECK_STATUS(hj_incident_close(engine, first.incident_id, 1, 0), HJ_OK);
  CHECK_STATUS(hj_incident_migrate(engine, first.incident_id), HJ_E_STATE);
  finish();
}

/* ---- Which of two wins ---------------------------------------------------------------------------------------- */

/* Closing wins over everything that comes after it, at the very moment that a step is due. */
static void close_wins(void) {
  for (int index = 0; index < 2; index++) {
    begin(2, 1024);
    hj_dispatch dispatch = report_as(HJ_TIER_EMERGENCY, 0);
    uint64_t assignment = dispatch.chosen[0].assignment_id;
    hj_clock_ref reference = clock_of(HJ_CLOCK_ACKNOWLEDGE, dispatch.incident_id, assignment);
    poll_at(engine, START_NS + 15 * SECOND_NS - 1);
    CHECK_STATUS(hj_incident_close(engine, dispatch.incident_id, 1, 0), HJ_OK);
    drop_events(engine);
    CHECK_STATUS(hj_assignment_advance(engine, assignment, HJ_ASSIGNMENT_ACKNOWLEDGED, 0), HJ_E_STALE);
    CHECK_STATUS(take(reference, 7), HJ_E_STALE);
    CHECK_STATUS(escalate(reference, 7), HJ_E_STALE);
    reference = clock_of(HJ_CLOCK_ARRIVAL, dispatch.incident_id, 0);
    CHECK_STATUS(escalate(reference, 7), HJ_E_STATE);
    CHECK_STATUS(snooze(reference, 10, 7, 1), HJ_E_STATE);
    CHECK_STATUS(hj_incident_close(engine, dispatch.incident_id, 1, 0), HJ_UNCHANGED);
    CHECK_STATUS(hj_incident_cancel(engine, dispatch.incident_id, 0), HJ_E_STATE);
    hj_event event;
    poll_at(engine, START_NS + 24 * HOUR_NS);
    CHECK_EQUAL(escalations(&event), 0);
    CHECK_EQUAL(read_unit(engine, 1).assignment_id, 0);
    CHECK_EQUAL(read_stats(engine).deadlines_armed, 0);
    finish();
  }
}

/* A second signature changes nothing; one that comes after the next unit was sent is refused. */
static void signatures_out_of_turn(void) {
  begin(2, 1024);
  hj_dispatch dispatch = report_as(HJ_TIER_EMERGENCY, 0);
  uint64_t old = dispatch.chosen[0].assignment_id;
  poll_at(engine, START_NS + 30 * SECOND_NS);
  hj_event event;
  CHECK_EQUAL(fired_of(HJ_CLOCK_ACKNOWLEDGE, &event), 2);
  CHECK_EQUAL(event.action, HJ_STEP_NEXT_UNIT);
  CHECK_STATUS(hj_assignment_advance(engine, old, HJ_ASSIGNMENT_ACKNOWLEDGED, 0), HJ_E_STALE);
  CHECK_EQUAL(read_unit(engine, 1).assignment_id, 0);
  advance_to(event.assignment_id, HJ_ASSIGNMENT_ACKNOWLEDGED);
  CHECK_STATUS(hj_assignment_advance(engine, event.assignment_id, HJ_ASSIGNMENT_ACKNOWLEDGED, 0), HJ_UNCHANGED);
  CHECK_STATUS(hj_assignment_advance(engine, event.assignment_id, HJ_ASSIGNMENT_DELIVERED, 0), HJ_E_REASON);
  quiet_until(HOUR_NS, HJ_CLOCK_ACKNOWLEDGE);
  finish();
}

int main(void) {
  taken();
  taken_for_a_while();
  snoozed();
  hurried();
  signatures();
  last_resort();
  daylight_saving();
  windows();
  migration();
  close_wins();
  signatures_out_of_turn();
  return check_finish();
}
