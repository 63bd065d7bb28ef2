/* A host that does the wrong thing at the wrong time: it does not poll, polls backwards, signs twice, too late, for
 * somebody else's turn or after the end, and gives times that cannot be. Each is a named status or a documented rule;
 * nothing is lost and nothing fires twice. */
#include "host.h"

static hj_engine *engine;

static void begin(uint32_t units) {
  hj_config config = poll_config();
  engine = open_engine(&config);
  poll_at(engine, START_NS);
  for (uint32_t id = 1; id <= units; id++) put_unit(engine, id, (int)id * 100, 0);
}

static void finish(void) {
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
}

static hj_dispatch report_call(int32_t tier, int64_t received_us) {
  hj_report report = make_report(tier, 0, 0);
  report.wall_us = received_us;
  hj_dispatch dispatch = empty_dispatch();
  CHECK_STATUS(hj_incident_report(engine, &report, &dispatch), HJ_OK);
  drop_events(engine);
  return dispatch;
}

/* Escalations among what waits; the first 64 in `into`. */
static int escalations(hj_event *into) {
  hj_event events[64];
  uint32_t count;
  int found = 0;
  while ((count = take_events(engine, events, 64)) > 0)
    for (uint32_t index = 0; index < count; index++)
      if (events[index].kind == HJ_EVENT_ESCALATION && found < 64) into[found++] = events[index];
  return found;
}

static int fires_at(int64_t since_start_ns) {
  hj_event found[64];
  poll_at(engine, START_NS + since_start_ns);
  return escalations(found);
}

static hj_status advance(uint64_t assignment, int32_t state) {
  return hj_assignment_advance(engine, assignment, state, 0);
}

/* No poll for a minute: ten calls, three steps each fell due. One event each, oldest first, exactly late. */
static void silent_minute(void) {
  begin(10);
  uint64_t incidents[10];
  for (int index = 0; index < 10; index++) {
    poll_at(engine, START_NS + index * SECOND_NS);
    incidents[index] = report_call(HJ_TIER_PREVENTIVE, 0).incident_id;
  }
  poll_at(engine, START_NS + 9 * SECOND_NS + 60 * SECOND_NS);
  hj_event found[64];
  CHECK_EQUAL(escalations(found), 30);
  for (int index = 0; index < 30; index++) {
    int call = index % 10, step = index / 10 + 1;
    CHECK_EQUAL(found[index].incident_id, incidents[call]);
    CHECK_EQUAL(found[index].step, step);
    CHECK_EQUAL(found[index].cycle, 0);
    CHECK_EQUAL(found[index].late_ns, (69 - call - 15 * step) * SECOND_NS);
  }
  /* Half of them were at most 34 s late, all at most 54 s. */
  hj_stats stats = read_stats(engine);
  CHECK_EQUAL(stats.worst_lateness_ns, 54 * SECOND_NS);
  CHECK_MORE(stats.late_p50_ns, 34 * SECOND_NS * 99 / 100);
  CHECK_LESS(stats.late_p50_ns, 34 * SECOND_NS * 101 / 100);
  CHECK_MORE(stats.late_p99_ns, 54 * SECOND_NS * 99 / 100);
  CHECK_AT_MOST(stats.late_p99_ns, 54 * SECOND_NS);
  CHECK_EQUAL(fires_at(69 * SECOND_NS), 0);
  CHECK_EQUAL(fires_at(344 * SECOND_NS), 0);
  CHECK_EQUAL(fires_at(345 * SECOND_NS), 1); /* the first call's supervisor again, 300 s after it was due */
  finish();
}

/* Signed when it is too late, twice, after the end; what stands is what was there before. */
static void signed_wrongly(void) {
  begin(2);
  hj_dispatch dispatch = report_call(HJ_TIER_EMERGENCY, 0);
  uint64_t first = dispatch.chosen[0].assignment_id;
  CHECK_EQUAL(fires_at(30 * SECOND_NS), 2); /* again; then the next unit in its place */
  CHECK_STATUS(advance(first, HJ_ASSIGNMENT_ACKNOWLEDGED), HJ_E_STALE);
  CHECK_STATUS(advance(first, HJ_ASSIGNMENT_DECLINED), HJ_E_STALE);
  uint64_t second = read_incident(engine, dispatch.incident_id).assignment_ids[0];
  CHECK_DIFFERENT(second, first);
  CHECK_EQUAL(fires_at(45 * SECOND_NS), 1); /* the stale signature stopped nothing: the supervisor hears */
  CHECK_STATUS(advance(second, HJ_ASSIGNMENT_ACKNOWLEDGED), HJ_OK);
  CHECK_STATUS(advance(second, HJ_ASSIGNMENT_ACKNOWLEDGED), HJ_UNCHANGED);
  CHECK_STATUS(advance(second, HJ_ASSIGNMENT_DELIVERED), HJ_E_REASON);
  CHECK_STATUS(advance(second, HJ_ASSIGNMENT_CLEARED), HJ_E_STATE); /* it was never there */
  CHECK_EQUAL(fires_at(400 * SECOND_NS), 0);
  CHECK_STATUS(hj_incident_close(engine, dispatch.incident_id, 1, 0), HJ_OK);
  CHECK_STATUS(hj_incident_close(engine, dispatch.incident_id, 1, 0), HJ_UNCHANGED);
  CHECK_STATUS(hj_incident_cancel(engine, dispatch.incident_id, 0), HJ_E_STATE);
  CHECK_STATUS(advance(second, HJ_ASSIGNMENT_ACKNOWLEDGED), HJ_E_STALE);
  CHECK_STATUS(advance(second, HJ_ASSIGNMENT_ON_SCENE), HJ_E_STALE);
  drop_events(engine);
  CHECK_EQUAL(fires_at(7 * 60 * MINUTE_NS), 0);
  CHECK_EQUAL(read_unit(engine, 2).incident_id, 0);
  finish();
}

/* States that are none, and those that only the engine gives; the clock runs on through all of it. */
static void states_that_are_none(void) {
  begin(1);
  hj_dispatch dispatch = report_call(HJ_TIER_EMERGENCY, 0);
  uint64_t assignment = dispatch.chosen[0].assignment_id;
  const int32_t none[] = {0, -1, INT32_MIN, INT32_MAX, 16, 99};
  for (int index = 0; index < 6; index++) CHECK_STATUS(advance(assignment, none[index]), HJ_E_ARGUMENT);
  const int32_t engines[] = {HJ_ASSIGNMENT_RESERVED, HJ_ASSIGNMENT_EXPIRED, HJ_ASSIGNMENT_DIVERTED,
                             HJ_ASSIGNMENT_EXCHANGED};
  for (int index = 0; index < 4; index++) CHECK_STATUS(advance(assignment, engines[index]), HJ_E_STATE);
  CHECK_STATUS(hj_assignment_advance(engine, assignment, HJ_ASSIGNMENT_ACKNOWLEDGED, -1), HJ_E_ARGUMENT);
  CHECK_STATUS(hj_assignment_advance(engine, assignment, HJ_ASSIGNMENT_ACKNOWLEDGED, INT64_MIN), HJ_E_ARGUMENT);
  CHECK_STATUS(advance(0, HJ_ASSIGNMENT_ACKNOWLEDGED), HJ_E_STALE);
  CHECK_STATUS(advance(UINT64_MAX, HJ_ASSIGNMENT_ACKNOWLEDGED), HJ_E_STALE);
  CHECK_STATUS(advance(dispatch.incident_id ^ assignment, HJ_ASSIGNMENT_ACKNOWLEDGED), HJ_E_STALE);
  drop_events(engine);
  CHECK_EQUAL(fires_at(15 * SECOND_NS - 1), 0);
  CHECK_EQUAL(fires_at(15 * SECOND_NS), 1);
  finish();
}

/* A device that lives in another year signs: the signature counts, and its time moves no clock. */
static void signed_in_another_year(void) {
  const int64_t times_us[] = {1, START_US - INT64_C(31536000000000), START_US + INT64_C(31536000000000), INT64_MAX};
  for (int index = 0; index < 4; index++) {
    begin(1);
    hj_dispatch dispatch = report_call(HJ_TIER_EMERGENCY, 0);
    uint64_t assignment = dispatch.chosen[0].assignment_id;
    poll_at(engine, START_NS + 10 * SECOND_NS);
    CHECK_STATUS(hj_assignment_advance(engine, assignment, HJ_ASSIGNMENT_ACKNOWLEDGED, times_us[index]), HJ_OK);
    CHECK_STATUS(hj_assignment_advance(engine, assignment, HJ_ASSIGNMENT_EN_ROUTE, times_us[index]), HJ_OK);
    drop_events(engine);
    CHECK_EQUAL(fires_at(480 * SECOND_NS - 1), 0);
    CHECK_EQUAL(fires_at(480 * SECOND_NS), 1); /* the arrival limit, from the dispatch */
    finish();
  }
}

/* Received yesterday, or tomorrow: a receipt in the future promises nothing later than now does, and one whose limit
 * has long run out fires nothing at once. */
static void received_at_no_time(void) {
  const struct {
    int64_t received_us, due_ns;
  } rows[] = {{0, 60 * SECOND_NS},
              {START_US, 60 * SECOND_NS},
              {START_US - 20000000, 40 * SECOND_NS},
              {START_US - 59999999, 1000},
              {START_US - 60000000, 60 * SECOND_NS},
              {1, 60 * SECOND_NS},
              {START_US + 1, 60 * SECOND_NS},
              {START_US + INT64_C(86400000000), 60 * SECOND_NS},
              {INT64_MAX, 60 * SECOND_NS}};
  for (int index = 0; index < 9; index++) {
    begin(0);
    report_call(HJ_TIER_EMERGENCY, rows[index].received_us);
    CHECK_EQUAL(fires_at(0), 0);
    CHECK_EQUAL(fires_at(rows[index].due_ns - 1), 0);
    CHECK_EQUAL(fires_at(rows[index].due_ns), 1);
    finish();
  }
  begin(0);
  hj_report report = make_report(HJ_TIER_EMERGENCY, 0, 0);
  hj_dispatch dispatch = empty_dispatch();
  report.wall_us = -1;
  CHECK_STATUS(hj_incident_report(engine, &report, &dispatch), HJ_E_ARGUMENT);
  CHECK_STATUS(hj_incident_post(engine, &report), HJ_E_ARGUMENT);
  CHECK_EQUAL(read_stats(engine).deadlines_armed, 0);
  finish();
}

/* Polls that go backwards or to the end of time: the last good time stands, nothing fires twice. */
static void polls_at_no_time(void) {
  begin(1);
  report_call(HJ_TIER_EMERGENCY, 0);
  hj_event found[64];
  CHECK_EQUAL(fires_at(15 * SECOND_NS), 1);
  const int64_t before_ns[] = {0, 1, START_NS - 1, START_NS, START_NS + 15 * SECOND_NS - 1};
  for (int index = 0; index < 5; index++) {
    int64_t next_ns = 0;
    CHECK_STATUS(hj_engine_poll(engine, before_ns[index], START_US, 0, &next_ns), HJ_TIME_BACKWARDS);
    CHECK_EQUAL(next_ns, START_NS + 30 * SECOND_NS);
    CHECK_EQUAL(escalations(found), 0);
  }
  const int64_t never_ns[] = {-1, INT64_MIN, INT64_C(1) << 62, INT64_MAX};
  for (int index = 0; index < 4; index++) {
    CHECK_STATUS(hj_engine_poll(engine, never_ns[index], START_US, 0, NULL), HJ_E_ARGUMENT);
    CHECK_EQUAL(escalations(found), 0);
  }
  CHECK_STATUS(hj_engine_poll(engine, START_NS + 15 * SECOND_NS, -1, 0, NULL), HJ_E_ARGUMENT);
  CHECK_EQUAL(fires_at(30 * SECOND_NS - 1), 0);
  CHECK_EQUAL(fires_at(30 * SECOND_NS), 1);
  /* The last time there is: what is due fires, a call taken then is promised something later. */
  const int64_t last_ns = (INT64_C(1) << 62) - 1;
  int64_t next_ns = 0;
  CHECK_STATUS(hj_engine_poll(engine, last_ns, INT64_MAX, 0, &next_ns), HJ_OK);
  CHECK_EQUAL(escalations(found), 5); /* supervisor and one repeat; arrival, its second step and one repeat */
  hj_report report = make_report(HJ_TIER_EMERGENCY, 1, 1);
  hj_dispatch dispatch = empty_dispatch();
  CHECK_STATUS(hj_incident_report(engine, &report, &dispatch), HJ_OK);
  CHECK_STATUS(hj_engine_poll(engine, last_ns, INT64_MAX, 0, &next_ns), HJ_OK);
  CHECK_MORE(next_ns, last_ns);
  CHECK_EQUAL(escalations(found), 0);
  finish();
}

/* Thirty overdue, taken a few at a time, with signatures in between: a unit that signs before a turn is not told of. */
static void signed_between_slices(void) {
  begin(10);
  uint64_t assignments[10];
  for (int index = 0; index < 10; index++)
    assignments[index] = report_call(HJ_TIER_PREVENTIVE, 0).chosen[0].assignment_id;
  int fired[10] = {0};
  int64_t next_ns = 0, now_ns = START_NS + 50 * SECOND_NS;
  int turns = 0;
  do {
    hj_event found[64];
    CHECK_STATUS(hj_engine_poll(engine, now_ns, START_US, 4, &next_ns), HJ_OK);
    int count = escalations(found);
    CHECK_AT_MOST(count, 4);
    for (int index = 0; index < count; index++)
      for (int unit = 0; unit < 10; unit++) fired[unit] += found[index].assignment_id == assignments[unit];
    if (turns == 0) {
      for (int unit = 0; unit < 10; unit += 2)
        CHECK_STATUS(advance(assignments[unit], HJ_ASSIGNMENT_ACKNOWLEDGED), HJ_OK);
    }
    turns++;
  } while (next_ns == now_ns && turns < 40);
  /* The first turn told of units 0 to 3, and then the even ones signed. */
  for (int unit = 0; unit < 10; unit++) CHECK_EQUAL(fired[unit], unit % 2 == 1 ? 3 : unit < 4);
  CHECK_EQUAL(read_stats(engine).escalations, 17);
  finish();
}

/* Positions from a device with a wrong clock: too far ahead is refused, older than the last is refused. */
static void positions_at_no_time(void) {
  begin(1);
  hj_position fix;
  memset(&fix, 0, sizeof fix);
  fix.size = sizeof fix;
  fix.unit_id = 1;
  fix.heading_cdeg = fix.speed_cms = HJ_UNKNOWN;
  place(50, 50, &fix.lat_e7, &fix.lon_e7);
  const struct {
    int64_t wall_us;
    uint32_t taken;
  } rows[] = {{START_US - 5000000, 1},
              {START_US - 5000001, 0},
              {0, 1},
              {START_US - 1, 0},
              {1, 0},
              {START_US + INT64_C(90000000000), 0},
              {INT64_MAX, 0},
              {START_US + 1000000, 1}};
  for (int index = 0; index < 8; index++) {
    uint32_t accepted = 99;
    fix.wall_us = rows[index].wall_us;
    CHECK_STATUS(hj_positions_report(engine, &fix, 1, &accepted), rows[index].taken ? HJ_OK : HJ_PARTIAL);
    CHECK_EQUAL(accepted, rows[index].taken);
  }
  finish();
}

/* ---- Escalations that people take at the wrong time ------------------------------------------------------------- */

static hj_clock_ref of_incident(uint64_t incident, int32_t clock, int32_t step, int32_t cycle) {
  hj_clock_ref reference;
  memset(&reference, 0, sizeof reference);
  reference.size = sizeof reference;
  reference.clock = clock;
  reference.incident_id = incident;
  reference.step = step;
  reference.cycle = cycle;
  return reference;
}

static hj_status take(hj_clock_ref reference, uint64_t operator_id) {
  hj_action action = {sizeof action, 1, operator_id, 0, 0, 0, 0, 0};
  return hj_clock_take(engine, &reference, &action);
}

static hj_status snooze(hj_clock_ref reference, uint32_t for_s, uint32_t reason) {
  hj_action action = {sizeof action, reason, 7, 0, 0, 0, 0, 0};
  return hj_clock_snooze(engine, &reference, for_s, &action);
}

static hj_status hurry(hj_clock_ref reference) {
  hj_action action = {sizeof action, 0, 7, 0, 0, 0, 0, 0};
  return hj_clock_escalate(engine, &reference, &action);
}

/* The wrong step, too early, twice, by two people, after it moved on, after the end: each its own answer. */
static void taken_wrongly(void) {
  begin(0);
  uint64_t id = report_call(HJ_TIER_EMERGENCY, 0).incident_id;
  const int32_t pending = HJ_CLOCK_PENDING;
  CHECK_EQUAL(fires_at(60 * SECOND_NS - 1), 0);
  CHECK_STATUS(take(of_incident(id, pending, 0, 0), 7), HJ_E_STEP); /* nothing has fired */
  CHECK_STATUS(take(of_incident(id, pending, 1, 0), 7), HJ_E_STEP);
  CHECK_EQUAL(fires_at(60 * SECOND_NS), 1);
  CHECK_STATUS(take(of_incident(id, pending, 2, 0), 7), HJ_E_STEP);
  CHECK_STATUS(take(of_incident(id, pending, 1, 1), 7), HJ_E_STEP);
  CHECK_STATUS(take(of_incident(id, pending, 0, 0), 7), HJ_PASSED);
  CHECK_STATUS(take(of_incident(id, pending, 1, 0), 0), HJ_E_ARGUMENT); /* by nobody */
  CHECK_STATUS(take(of_incident(id, HJ_CLOCK_LEAD, 1, 0), 7), HJ_E_NO_CLOCK);
  CHECK_STATUS(take(of_incident(id, HJ_CLOCK_ARRIVAL, 1, 0), 7), HJ_E_NO_CLOCK);
  CHECK_STATUS(take(of_incident(id, 99, 1, 0), 7), HJ_E_ARGUMENT);
  CHECK_STATUS(take(of_incident(id, HJ_CLOCK_ACKNOWLEDGE, 1, 0), 7), HJ_E_STALE); /* names no assignment */
  CHECK_STATUS(take(of_incident(id ^ 1, pending, 1, 0), 7), HJ_E_STALE);
  CHECK_STATUS(snooze(of_incident(id, pending, 1, 0), 30, 0), HJ_E_REASON);
  CHECK_STATUS(snooze(of_incident(id, pending, 1, 0), 0, 1), HJ_E_ARGUMENT);
  CHECK_STATUS(snooze(of_incident(id, pending, 1, 0), 60, 1), HJ_UNCHANGED); /* it is due then anyway */
  CHECK_STATUS(snooze(of_incident(id, pending, 1, 0), 361, 1), HJ_E_SNOOZE);
  CHECK_STATUS(snooze(of_incident(id, pending, 1, 0), UINT32_MAX, 1), HJ_E_SNOOZE);
  CHECK_EQUAL(fires_at(120 * SECOND_NS), 1);                        /* none of it stopped anything */
  CHECK_STATUS(take(of_incident(id, pending, 1, 0), 7), HJ_PASSED); /* an old screen */
  CHECK_STATUS(take(of_incident(id, pending, 2, 0), 7), HJ_OK);
  CHECK_STATUS(take(of_incident(id, pending, 2, 0), 7), HJ_UNCHANGED);
  CHECK_STATUS(take(of_incident(id, pending, 2, 0), 8), HJ_UNCHANGED);
  CHECK_STATUS(snooze(of_incident(id, pending, 2, 0), 30, 1), HJ_E_STATE);
  drop_events(engine);
  CHECK_EQUAL(fires_at(3600 * SECOND_NS), 0); /* a person has it */
  CHECK_STATUS(hurry(of_incident(id, pending, 2, 0)), HJ_OK);
  hj_event found[64];
  CHECK_EQUAL(escalations(found), 1);
  CHECK_EQUAL(found[0].step, 2);
  CHECK_EQUAL(found[0].cycle, 1);
  CHECK_EQUAL(found[0].late_ns, 0);
  CHECK_STATUS(hurry(of_incident(id, pending, 2, 0)), HJ_PASSED);
  CHECK_EQUAL(fires_at(3600 * SECOND_NS), 0);
  CHECK_EQUAL(fires_at(3900 * SECOND_NS), 1); /* and it repeats from there */
  CHECK_STATUS(hj_incident_close(engine, id, 1, 0), HJ_OK);
  CHECK_STATUS(take(of_incident(id, pending, 2, 2), 7), HJ_E_STATE);
  CHECK_STATUS(snooze(of_incident(id, pending, 2, 2), 30, 1), HJ_E_STATE);
  CHECK_STATUS(hurry(of_incident(id, pending, 2, 2)), HJ_E_STATE);
  drop_events(engine);
  CHECK_EQUAL(fires_at(24 * 3600 * SECOND_NS), 0);
  CHECK_EQUAL(read_stats(engine).deadlines_armed, 0);
  finish();
}

static const char welfare_plans[] =
    "{\"version\": 1, \"tiers\": {\"urgent\": {\"arrive_s\": null, \"resolve_s\": null}}, \"clocks\": {"
    " \"welfare\": {\"limit_s\": 100, \"steps\": [{\"do\": \"call_unit\"}], \"repeat_s\": 50}},"
    " \"plans\": [{\"name\": \"one\", \"units\": [{\"count\": 1}]}]}";

/* Signs of life that come late, twice, from another year, or from a unit that nobody waits for. */
static void checked_in_wrongly(void) {
  begin(2);
  hj_error_detail detail;
  memset(&detail, 0, sizeof detail);
  detail.size = sizeof detail;
  REQUIRE_STATUS(hj_plans_load(engine, welfare_plans, sizeof welfare_plans - 1, &detail), HJ_OK);
  hj_dispatch dispatch = report_call(HJ_TIER_URGENT, 0);
  CHECK_STATUS(hj_unit_check_in(engine, 1, 0), HJ_UNCHANGED); /* not on scene yet */
  CHECK_STATUS(hj_unit_check_in(engine, 2, 0), HJ_UNCHANGED); /* free */
  CHECK_STATUS(hj_unit_check_in(engine, 99, 0), HJ_E_UNKNOWN);
  CHECK_STATUS(hj_unit_check_in(engine, 1, -1), HJ_E_ARGUMENT);
  CHECK_STATUS(advance(dispatch.chosen[0].assignment_id, HJ_ASSIGNMENT_ON_SCENE), HJ_OK);
  drop_events(engine);
  CHECK_EQUAL(fires_at(60 * SECOND_NS), 0);
  CHECK_STATUS(hj_unit_check_in(engine, 1, START_US + 50000000), HJ_OK);        /* sent 10 s ago */
  CHECK_STATUS(hj_unit_check_in(engine, 1, START_US + 20000000), HJ_UNCHANGED); /* an older one comes after it */
  CHECK_EQUAL(fires_at(150 * SECOND_NS - 1), 0);
  CHECK_EQUAL(fires_at(150 * SECOND_NS), 1);
  CHECK_STATUS(hj_unit_check_in(engine, 1, INT64_MAX), HJ_OK); /* another year: now */
  CHECK_EQUAL(fires_at(250 * SECOND_NS - 1), 0);
  CHECK_EQUAL(fires_at(250 * SECOND_NS), 1);
  CHECK_STATUS(hj_unit_check_in(engine, 1, 1), HJ_UNCHANGED); /* 1970 */
  CHECK_EQUAL(fires_at(300 * SECOND_NS), 1);
  CHECK_STATUS(hj_incident_close(engine, dispatch.incident_id, 1, 0), HJ_OK);
  CHECK_STATUS(hj_unit_check_in(engine, 1, 0), HJ_UNCHANGED);
  drop_events(engine);
  CHECK_EQUAL(fires_at(24 * 3600 * SECOND_NS), 0);
  finish();
}

int main(void) {
  silent_minute();
  signed_wrongly();
  states_that_are_none();
  signed_in_another_year();
  received_at_no_time();
  polls_at_no_time();
  signed_between_slices();
  positions_at_no_time();
  taken_wrongly();
  checked_in_wrongly();
  return check_finish();
}
