/* Promises through the header: a unit's next activity, a shift that is over, a place that changes, states taken back,
 * what is told late, who leads; and the same with values out of range. */
#include "host.h"

static hj_engine *engine;

static void begin(const char *plans) {
  hj_config config = poll_config();
  engine = open_engine(&config);
  if (plans != NULL) REQUIRE_STATUS(hj_plans_load(engine, plans, (uint32_t)strlen(plans), NULL), HJ_OK);
  poll_at(engine, START_NS);
}

static void finish(void) {
  drop_events(engine);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
}

static void after(int64_t seconds) {
  poll_at(engine, START_NS + seconds * SECOND_NS);
}

static int64_t wall_after(int64_t seconds) {
  return START_US + seconds * 1000000;
}

static hj_dispatch call(int32_t tier, int north) {
  hj_report report = make_report(tier, north, 0);
  hj_dispatch dispatch = empty_dispatch();
  REQUIRE_TAKEN(hj_incident_report(engine, &report, &dispatch));
  return dispatch;
}

static hj_figures figures(int32_t interval) {
  hj_figures_query query = {sizeof query, HJ_FIGURES_ALL, 0, interval};
  hj_figures read;
  memset(&read, 0, sizeof read);
  read.size = sizeof read;
  REQUIRE_STATUS(hj_figures_read(engine, &query, &read), HJ_OK);
  return read;
}

static hj_breach newest_breach(void) {
  hj_breach breach;
  memset(&breach, 0, sizeof breach);
  breach.size = sizeof breach;
  uint32_t count;
  REQUIRE_STATUS(hj_figures_breaches(engine, &breach, 1, &count), HJ_OK);
  REQUIRE_EQUAL(count, 1);
  return breach;
}

/* Events of a kind since the last look; the newest is copied to `last`. */
static int events_of(int32_t kind, int32_t reason, hj_event *last) {
  hj_event events[64];
  int found = 0;
  for (uint32_t count; (count = take_events(engine, events, 64)) > 0;)
    for (uint32_t index = 0; index < count; index++)
      if (events[index].kind == kind && events[index].reason == reason) {
        *last = events[index];
        found++;
      }
  return found;
}

static const hj_action because = {sizeof because, 5, 7, 0, 0, 0, 0, 0};

/* ---- What a unit does next ------------------------------------------------------------------------------------ */

static void next_activity(void) {
  begin(NULL);
  put_unit(engine, 1, 10, 0);
  hj_dispatch first = call(HJ_TIER_EMERGENCY, 0), second = call(HJ_TIER_EMERGENCY, 5);
  CHECK_EQUAL(second.assignment_count, 0);
  CHECK_EQUAL(read_unit(engine, 1).next_activity, HJ_ACTIVITY_NONE);
  CHECK_STATUS(hj_unit_set_activity(engine, 1, HJ_ACTIVITY_OFF_DUTY, 0), HJ_OK);
  CHECK_STATUS(hj_unit_set_activity(engine, 1, HJ_ACTIVITY_OFF_DUTY, 0), HJ_UNCHANGED);
  CHECK_EQUAL(read_unit(engine, 1).next_activity, HJ_ACTIVITY_OFF_DUTY);
  CHECK_EQUAL(read_unit(engine, 1).activity, HJ_ACTIVITY_EN_ROUTE);
  static const int32_t of_assignments[] = {HJ_ACTIVITY_EN_ROUTE, HJ_ACTIVITY_ON_SCENE, HJ_ACTIVITY_TRANSPORTING,
                                           HJ_ACTIVITY_AT_DESTINATION};
  for (int index = 0; index < 4; index++) {
    CHECK_STATUS(hj_unit_set_activity(engine, 1, of_assignments[index], 0), HJ_E_BUSY);
    hj_unit read_back = make_unit(1, 10, 0);
    read_back.activity = of_assignments[index];
    CHECK_STATUS(hj_unit_put(engine, &read_back), HJ_OK);
    CHECK_EQUAL(read_unit(engine, 1).next_activity, HJ_ACTIVITY_OFF_DUTY);
  }
  CHECK_STATUS(hj_unit_set_activity(engine, 1, HJ_ACTIVITY_NONE, 0), HJ_E_ARGUMENT);
  CHECK_STATUS(hj_unit_set_activity(engine, 1, INT32_MAX, 0), HJ_E_ARGUMENT);
  CHECK_STATUS(hj_unit_remove(engine, 1), HJ_E_BUSY);
  CHECK_STATUS(hj_assignment_advance(engine, first.chosen[0].assignment_id, HJ_ASSIGNMENT_CANCELLED, 0), HJ_OK);
  hj_unit_status car = read_unit(engine, 1);
  CHECK_EQUAL(car.activity, HJ_ACTIVITY_OFF_DUTY);
  CHECK_EQUAL(car.incident_id, 0); /* not sent to the call that waits */
  CHECK_EQUAL(car.next_activity, HJ_ACTIVITY_NONE);
  CHECK_EQUAL(read_incident(engine, second.incident_id).live_assignments, 0);
  /* hj_unit_put says it too, and 0 is PATROLLING. */
  put_unit(engine, 2, 10, 0);
  CHECK_DIFFERENT(read_unit(engine, 2).incident_id, 0);
  CHECK_STATUS(hj_unit_set_activity(engine, 2, HJ_ACTIVITY_COURT, 0), HJ_OK);
  put_unit(engine, 2, 10, 0);
  CHECK_EQUAL(read_unit(engine, 2).next_activity, HJ_ACTIVITY_PATROLLING);
  finish();
}

static void shift_over(void) {
  begin(NULL);
  hj_unit car = make_unit(1, 100, 0);
  car.shift_end_wall_us = START_US - 1000000;
  REQUIRE_STATUS(hj_unit_put(engine, &car), HJ_OK);
  hj_dispatch calm = call(HJ_TIER_ROUTINE, 0);
  CHECK_EQUAL(calm.assignment_count, 0);
  CHECK_EQUAL(calm.shortfall, HJ_SHORTFALL_SHIFT_END);
  put_unit(engine, 2, 9000, 0);
  CHECK_STATUS(hj_incident_cancel(engine, calm.incident_id, 0), HJ_OK);
  CHECK_EQUAL(call(HJ_TIER_EMERGENCY, 0).chosen[0].unit_id, 2); /* ten kilometres away, and on shift */
  hj_dispatch stabbing = call(HJ_TIER_EMERGENCY, 0);
  CHECK_EQUAL(stabbing.assignment_count, 1);
  CHECK_EQUAL(stabbing.chosen[0].unit_id, 1);
  CHECK(stabbing.chosen_flags[0] & HJ_CHOSEN_SHIFT_OVER);
  CHECK_EQUAL(stabbing.shortfall & HJ_SHORTFALL_SHIFT_END, 0);
  finish();
}

/* ---- An incident that is somewhere else ----------------------------------------------------------------------- */

static void place_changed(void) {
  begin(NULL);
  put_unit(engine, 1, 100, 0);
  hj_dispatch answer = call(HJ_TIER_EMERGENCY, 0);
  uint32_t before_ms = answer.chosen[0].travel_ms;
  hj_event told;
  put_unit(engine, 2, 5000, 0);
  drop_events(engine);
  hj_report change = make_report(HJ_TIER_NONE, 4900, 0);
  hj_dispatch after_change = empty_dispatch();
  CHECK_STATUS(hj_incident_update(engine, answer.incident_id, &change, &after_change), HJ_OK);
  CHECK_EQUAL(after_change.assignment_count, 1);
  CHECK_EQUAL(after_change.chosen[0].unit_id, 1);
  CHECK_MORE(after_change.chosen[0].travel_ms, 20 * before_ms);
  CHECK_MORE(after_change.chosen[0].distance_dm, 50000);
  CHECK_EQUAL(events_of(HJ_EVENT_INCIDENT, HJ_REASON_PLACE_CHANGED, &told), 1);
  CHECK_EQUAL(told.unit_id, 2);
  CHECK_MORE(told.travel_ms, 0);
  CHECK_LESS(told.travel_ms, after_change.chosen[0].travel_ms);
  CHECK_EQUAL(read_unit(engine, 2).incident_id, 0); /* told, not sent */
  /* From where it is now: its events say what the answer said. */
  hj_position fix;
  memset(&fix, 0, sizeof fix);
  fix.size = sizeof fix;
  fix.unit_id = 1;
  fix.heading_cdeg = fix.speed_cms = HJ_UNKNOWN;
  place(4800, 0, &fix.lat_e7, &fix.lon_e7);
  REQUIRE_STATUS(hj_positions_report(engine, &fix, 1, NULL), HJ_OK);
  place(4890, 0, &change.lat_e7, &change.lon_e7);
  CHECK_STATUS(hj_incident_update(engine, answer.incident_id, &change, &after_change), HJ_OK);
  CHECK_LESS(after_change.chosen[0].travel_ms, 2 * before_ms);
  CHECK_EQUAL(events_of(HJ_EVENT_INCIDENT, HJ_REASON_PLACE_CHANGED, &told), 1);
  CHECK_EQUAL(told.unit_id, 0); /* the other is no nearer any more */
  CHECK_STATUS(hj_assignment_advance(engine, answer.chosen[0].assignment_id, HJ_ASSIGNMENT_EN_ROUTE, 0), HJ_OK);
  CHECK_EQUAL(events_of(HJ_EVENT_ASSIGNMENT, HJ_REASON_NONE, &told), 1);
  CHECK_EQUAL(told.travel_ms, after_change.chosen[0].travel_ms);
  /* No place, or the same: nothing is told. */
  CHECK_STATUS(hj_incident_update(engine, answer.incident_id, &change, NULL), HJ_OK);
  change.lat_e7 = change.lon_e7 = 0;
  CHECK_STATUS(hj_incident_update(engine, answer.incident_id, &change, NULL), HJ_OK);
  CHECK_EQUAL(events_of(HJ_EVENT_INCIDENT, HJ_REASON_PLACE_CHANGED, &told), 0);
  finish();
}

static void vulnerable_taken_back(void) {
  begin(NULL);
  put_unit(engine, 1, 100, 0);
  hj_report report = make_report(HJ_TIER_EMERGENCY, 0, 0), change = report;
  report.flags = HJ_REPORT_VULNERABLE;
  hj_dispatch answer = empty_dispatch();
  REQUIRE_STATUS(hj_incident_report(engine, &report, &answer), HJ_OK);
  CHECK_STATUS(hj_assignment_advance(engine, answer.chosen[0].assignment_id, HJ_ASSIGNMENT_EN_ROUTE, 0), HJ_OK);
  after(100);
  hj_clock_ref clock = {sizeof clock, HJ_CLOCK_ARRIVAL, answer.incident_id, 0, 0, 0, 0};
  hj_clock_status status;
  memset(&status, 0, sizeof status);
  status.size = sizeof status;
  CHECK_STATUS(hj_clock_read(engine, &clock, &status), HJ_OK);
  CHECK_EQUAL(status.due_wall_us, wall_after(300));
  CHECK_STATUS(hj_incident_update(engine, answer.incident_id, &change, NULL), HJ_OK);
  CHECK_EQUAL(read_incident(engine, answer.incident_id).flags, 0);
  CHECK_STATUS(hj_clock_read(engine, &clock, &status), HJ_OK);
  CHECK_EQUAL(status.due_wall_us, wall_after(480)); /* from the first dispatch */
  finish();
}

/* ---- Taken back, told late ------------------------------------------------------------------------------------ */

static void taken_back(void) {
  begin(NULL);
  put_unit(engine, 1, 100, 0);
  hj_dispatch answer = call(HJ_TIER_EMERGENCY, 0);
  uint64_t order = answer.chosen[0].assignment_id;
  CHECK_STATUS(hj_assignment_advance(engine, order, HJ_ASSIGNMENT_ON_SCENE, 0), HJ_OK);
  after(600);
  drop_events(engine);
  CHECK_STATUS(hj_assignment_advance(engine, order, HJ_ASSIGNMENT_DISPATCHED, 0), HJ_E_REASON);
  CHECK_STATUS(hj_assignment_advance_by(engine, order, HJ_ASSIGNMENT_DISPATCHED, 0, &because), HJ_OK);
  CHECK_EQUAL(read_incident(engine, answer.incident_id).arrived_wall_us, 0);
  CHECK_EQUAL(read_incident(engine, answer.incident_id).state, HJ_INCIDENT_ASSIGNED);
  CHECK_EQUAL(read_unit(engine, 1).activity, HJ_ACTIVITY_EN_ROUTE);
  CHECK_EQUAL(figures(HJ_INTERVAL_DISPATCH_TO_ARRIVAL).count, 0);
  after(600);
  hj_event events[64];
  uint32_t count = take_events(engine, events, 64);
  int arrivals = 0, signatures = 0;
  for (uint32_t index = 0; index < count; index++)
    if (events[index].kind == HJ_EVENT_ESCALATION && events[index].step == 1) {
      arrivals += events[index].clock == HJ_CLOCK_ARRIVAL && events[index].late_ns == 120 * SECOND_NS;
      signatures += events[index].clock == HJ_CLOCK_ACKNOWLEDGE && events[index].late_ns == 585 * SECOND_NS;
    }
  CHECK_EQUAL(arrivals, 1);
  CHECK_EQUAL(signatures, 1);
  /* It never was there: withdrawn, the incident waits, and somebody is promised again. */
  CHECK_STATUS(hj_assignment_advance(engine, order, HJ_ASSIGNMENT_CANCELLED, 0), HJ_OK);
  CHECK_EQUAL(read_incident(engine, answer.incident_id).state, HJ_INCIDENT_PENDING);
  after(601);
  hj_clock_ref clock = {sizeof clock, HJ_CLOCK_PENDING, answer.incident_id, 0, 0, 0, 0};
  hj_clock_status status;
  memset(&status, 0, sizeof status);
  status.size = sizeof status;
  CHECK_STATUS(hj_clock_read(engine, &clock, &status), HJ_OK);
  CHECK_EQUAL(status.state, HJ_CLOCK_STATE_BREACHED);
  finish();
}

static void told_late(void) {
  begin(NULL);
  put_unit(engine, 1, 100, 0);
  hj_dispatch answer = call(HJ_TIER_EMERGENCY, 0);
  uint64_t order = answer.chosen[0].assignment_id;
  CHECK_STATUS(hj_assignment_advance(engine, order, HJ_ASSIGNMENT_ACKNOWLEDGED, 0), HJ_OK);
  after(1200);
  int64_t escalations = read_stats(engine).escalations;
  CHECK_EQUAL(read_stats(engine).breaches, 1);
  hj_breach breach = newest_breach();
  CHECK_EQUAL(breach.over_ms, 720000);
  CHECK_EQUAL(breach.is_over, 0);
  CHECK_EQUAL(breach.flags, 0);
  CHECK_STATUS(hj_assignment_advance(engine, order, HJ_ASSIGNMENT_ON_SCENE, wall_after(300)), HJ_OK);
  breach = newest_breach();
  CHECK_EQUAL(breach.clock, HJ_CLOCK_ARRIVAL);
  CHECK_EQUAL(breach.flags, HJ_BREACH_KEPT_TOLD_LATE);
  CHECK_EQUAL(breach.is_over, 1);
  CHECK_EQUAL(breach.over_ms, 0);
  CHECK_EQUAL(read_stats(engine).breaches, 0);
  CHECK_EQUAL(read_stats(engine).escalations, escalations);
  hj_figures arrival = figures(HJ_INTERVAL_DISPATCH_TO_ARRIVAL);
  CHECK_EQUAL(arrival.with_target, 1);
  CHECK_EQUAL(arrival.within_target, 1);
  CHECK_EQUAL(arrival.mean_ms, 300000);
  finish();
}

/* ---- Who leads ------------------------------------------------------------------------------------------------ */

static const char *const two_agencies =
    "{\"version\":1,\"clocks\":{\"lead\":{\"limit_s\":60,\"steps\":[{\"do\":\"first_leads\"}]},\"acknowledge\":null},"
    "\"plans\":[{\"name\":\"both\",\"units\":[{\"agency\":1},{\"agency\":2}]}]}";

static void who_leads(void) {
  for (int kind = 0; kind < 4; kind++) {
    begin(two_agencies);
    hj_unit far = make_unit(1, 9000, 0), near = make_unit(2, 10, 0);
    far.agency = 1;
    near.agency = 2;
    REQUIRE_STATUS(hj_unit_put(engine, &far), HJ_OK);
    REQUIRE_STATUS(hj_unit_put(engine, &near), HJ_OK);
    hj_report report = make_report(HJ_TIER_URGENT, 0, 0);
    report.source = HJ_SOURCE_AGENCY;
    report.agency = kind == 3 ? 9 : 0;
    hj_dispatch answer = empty_dispatch();
    REQUIRE_STATUS(hj_incident_report(engine, &report, &answer), HJ_OK);
    REQUIRE_EQUAL(answer.assignment_count, 2);
    CHECK_EQUAL(answer.chosen[0].unit_id, 1); /* the plan's first row */
    after(20);
    if (kind == 1)
      CHECK_STATUS(hj_assignment_advance(engine, answer.chosen[1].assignment_id, HJ_ASSIGNMENT_ON_SCENE, 0), HJ_OK);
    if (kind == 2)
      for (int index = 1; index >= 0; index--) {
        CHECK_STATUS(hj_assignment_advance(engine, answer.chosen[index].assignment_id, HJ_ASSIGNMENT_ACKNOWLEDGED,
                                           wall_after(10 - index)),
                     HJ_OK);
      }
    drop_events(engine);
    after(60);
    static const uint32_t leads[] = {0, 2, 2, 9};
    hj_event told;
    CHECK_EQUAL(events_of(HJ_EVENT_ESCALATION, kind == 0 ? HJ_REASON_NOBODY : HJ_REASON_LEAD, &told), 1);
    hj_incident_status incident = read_incident(engine, answer.incident_id);
    CHECK_EQUAL(incident.lead_agency, leads[kind]);
    CHECK_EQUAL(incident.source, HJ_SOURCE_AGENCY);
    CHECK_EQUAL(incident.agency, report.agency);
    finish();
  }
}

static void bad_sources(void) {
  begin(NULL);
  hj_report report = make_report(HJ_TIER_URGENT, 0, 0);
  hj_dispatch answer = empty_dispatch();
  static const int32_t wrong[] = {-1, 10, INT32_MIN, INT32_MAX, 256};
  for (int index = 0; index < 5; index++) {
    report.source = wrong[index];
    CHECK_STATUS(hj_incident_report(engine, &report, &answer), HJ_E_ARGUMENT);
    CHECK_STATUS(hj_incident_recommend(engine, &report, &answer), HJ_E_ARGUMENT);
    CHECK_STATUS(hj_incident_post(engine, &report), HJ_E_ARGUMENT);
  }
  /* The body that a key stands for has them too. */
  report.source = HJ_SOURCE_CATCH_UP;
  report.agency = UINT32_MAX;
  report.key_low = 1;
  CHECK_STATUS(hj_incident_report(engine, &report, &answer), HJ_MANUAL);
  CHECK_STATUS(hj_incident_report(engine, &report, &answer), HJ_EXISTS);
  report.source = HJ_SOURCE_PHONE;
  CHECK_STATUS(hj_incident_report(engine, &report, &answer), HJ_E_CONFLICT);
  report.source = HJ_SOURCE_CATCH_UP;
  report.agency = 1;
  CHECK_STATUS(hj_incident_report(engine, &report, &answer), HJ_E_CONFLICT);
  /* A change ignores both, and checks them. */
  CHECK_STATUS(hj_incident_update(engine, answer.incident_id, &report, NULL), HJ_OK);
  CHECK_EQUAL(read_incident(engine, answer.incident_id).agency, UINT32_MAX);
  report.source = 10;
  CHECK_STATUS(hj_incident_update(engine, answer.incident_id, &report, NULL), HJ_E_ARGUMENT);
  CHECK_STATUS(hj_incident_update(engine, answer.incident_id, NULL, NULL), HJ_E_NULL);
  finish();
}

int main(void) {
  next_activity();
  shift_over();
  place_changed();
  vulnerable_taken_back();
  taken_back();
  told_late();
  who_leads();
  bad_sources();
  return check_finish();
}
