/* The four objects through their states, as a call-centre program moves them: forward, skipping, back with a reason,
 * declined, unsigned, cancelled, closed, repeated, posted, changed, by hand. Host-driven time, no streets. */
#include <poll.h>
#include <unistd.h>

#include "host.h"

static hj_engine *engine;
static int64_t now_ns;

static void begin(uint32_t units) {
  hj_config config = poll_config();
  engine = open_engine(&config);
  now_ns = START_NS;
  poll_at(engine, now_ns);
  for (uint32_t id = 1; id <= units; id++) put_unit(engine, id, 0, (int)id * 100);
}

static void finish(void) {
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
}

static hj_dispatch report_at(int32_t tier, int north, int east) {
  hj_report report = make_report(tier, north, east);
  hj_dispatch dispatch = empty_dispatch();
  CHECK_STATUS(hj_incident_report(engine, &report, &dispatch), HJ_OK);
  return dispatch;
}

/* The event of a kind with this subject and state, among those waiting; all of them are taken out. */
static int saw(int32_t kind, uint64_t id, int32_t state, int32_t reason) {
  hj_event events[64];
  uint32_t count;
  int found = 0;
  while ((count = take_events(engine, events, 64)) > 0)
    for (uint32_t index = 0; index < count; index++)
      if (events[index].kind == kind && events[index].state == state && events[index].reason == reason &&
          (events[index].assignment_id == id || events[index].incident_id == id))
        found++;
  return found;
}

static int32_t state_of(uint64_t incident) {
  return read_incident(engine, incident).state;
}

static void all_the_way(void) {
  begin(2);
  hj_dispatch dispatch = report_at(HJ_TIER_EMERGENCY, 0, 0);
  uint64_t incident = dispatch.incident_id, assignment = dispatch.chosen[0].assignment_id;
  CHECK_EQUAL(dispatch.incident_state, HJ_INCIDENT_ASSIGNED);
  CHECK_EQUAL(dispatch.assignment_count, 1);
  CHECK_EQUAL(dispatch.chosen[0].unit_id, 1);
  CHECK_EQUAL(dispatch.tier, HJ_TIER_EMERGENCY);
  CHECK_MORE(dispatch.chosen[0].travel_ms, 0);
  CHECK_MORE(dispatch.chosen[0].distance_dm, 0);
  CHECK_EQUAL(dispatch.chosen[0].reason, HJ_REASON_STRAIGHT_LINE);
  CHECK(dispatch.shortfall & HJ_SHORTFALL_NOT_ON_STREETS);
  CHECK_EQUAL(dispatch.decided_in_ns, 0); /* no clock is read in HJ_RUN_POLL */
  CHECK_EQUAL(read_unit(engine, 1).level, HJ_LEVEL_NOT_AVAILABLE);
  CHECK_EQUAL(read_unit(engine, 1).incident_id, incident);
  CHECK_EQUAL(saw(HJ_EVENT_DECIDED, incident, HJ_INCIDENT_ASSIGNED, HJ_OK), 1);

  const struct {
    int32_t state, incident, activity;
  } moves[] = {
      {HJ_ASSIGNMENT_DELIVERED, HJ_INCIDENT_ASSIGNED, HJ_ACTIVITY_EN_ROUTE},
      {HJ_ASSIGNMENT_ACKNOWLEDGED, HJ_INCIDENT_ASSIGNED, HJ_ACTIVITY_EN_ROUTE},
      {HJ_ASSIGNMENT_EN_ROUTE, HJ_INCIDENT_EN_ROUTE, HJ_ACTIVITY_EN_ROUTE},
      {HJ_ASSIGNMENT_ON_SCENE, HJ_INCIDENT_ON_SCENE, HJ_ACTIVITY_ON_SCENE},
      {HJ_ASSIGNMENT_TRANSPORTING, HJ_INCIDENT_HANDLING, HJ_ACTIVITY_TRANSPORTING},
      {HJ_ASSIGNMENT_AT_DESTINATION, HJ_INCIDENT_HANDLING, HJ_ACTIVITY_AT_DESTINATION},
      {HJ_ASSIGNMENT_REPORTED, HJ_INCIDENT_REPORTED, HJ_ACTIVITY_ON_SCENE},
  };
  for (size_t index = 0; index < sizeof moves / sizeof moves[0]; index++) {
    CHECK_STATUS(hj_assignment_advance(engine, assignment, moves[index].state, 0), HJ_OK);
    CHECK_STATUS(hj_assignment_advance(engine, assignment, moves[index].state, 0), HJ_UNCHANGED);
    CHECK_EQUAL(state_of(incident), moves[index].incident);
    CHECK_EQUAL(read_unit(engine, 1).activity, moves[index].activity);
    CHECK_EQUAL(saw(HJ_EVENT_ASSIGNMENT, assignment, moves[index].state, HJ_REASON_NONE), 1);
  }
  CHECK_MORE(read_incident(engine, incident).arrived_wall_us, 0);
  CHECK_STATUS(hj_assignment_advance(engine, assignment, HJ_ASSIGNMENT_CLEARED, 0), HJ_OK);
  CHECK_STATUS(hj_assignment_advance(engine, assignment, HJ_ASSIGNMENT_CLEARED, 0), HJ_E_STALE);
  CHECK_EQUAL(state_of(incident), HJ_INCIDENT_REPORTED);
  CHECK_EQUAL(read_unit(engine, 1).incident_id, 0);
  CHECK_EQUAL(read_unit(engine, 1).level, HJ_LEVEL_AVAILABLE);
  CHECK_STATUS(hj_incident_close(engine, incident, 42, 0), HJ_OK);
  CHECK_STATUS(hj_incident_close(engine, incident, 42, 0), HJ_UNCHANGED);
  CHECK_STATUS(hj_incident_cancel(engine, incident, 0), HJ_E_STATE);
  CHECK_STATUS(hj_incident_assign(engine, incident, 2, 0, NULL), HJ_E_STATE);
  hj_report change = make_report(HJ_TIER_URGENT, 0, 0);
  CHECK_STATUS(hj_incident_update(engine, incident, &change, NULL), HJ_E_STATE);
  CHECK_EQUAL(state_of(incident), HJ_INCIDENT_CLOSED);
  CHECK_EQUAL(read_incident(engine, incident).disposition, 42);
  finish();
}

static void skips_and_back(void) {
  begin(2);
  hj_dispatch dispatch = report_at(HJ_TIER_EMERGENCY, 0, 0);
  uint64_t assignment = dispatch.chosen[0].assignment_id;
  CHECK_STATUS(hj_assignment_advance(engine, assignment, HJ_ASSIGNMENT_CLEARED, 0), HJ_E_STATE);
  CHECK_STATUS(hj_assignment_advance(engine, assignment, HJ_ASSIGNMENT_ON_SCENE, 0),
               HJ_OK); /* by radio, no "en route" */
  CHECK_EQUAL(state_of(dispatch.incident_id), HJ_INCIDENT_ON_SCENE);
  CHECK_STATUS(hj_assignment_advance(engine, assignment, HJ_ASSIGNMENT_DECLINED, 0), HJ_E_STATE);
  CHECK_STATUS(hj_assignment_advance(engine, assignment, HJ_ASSIGNMENT_EN_ROUTE, 0), HJ_E_REASON);
  CHECK_EQUAL(state_of(dispatch.incident_id), HJ_INCIDENT_ON_SCENE);
  hj_action action;
  memset(&action, 0, sizeof action);
  action.size = sizeof action;
  action.reason = 5;
  action.operator_id = 4711;
  drop_events(engine);
  CHECK_STATUS(hj_assignment_advance_by(engine, assignment, HJ_ASSIGNMENT_EN_ROUTE, 0, &action), HJ_OK);
  CHECK_EQUAL(state_of(dispatch.incident_id), HJ_INCIDENT_EN_ROUTE);
  hj_event events[8];
  uint32_t count = take_events(engine, events, 8);
  CHECK_MORE(count, 0);
  for (uint32_t index = 0; index < count; index++) CHECK_EQUAL(events[index].operator_id, 4711);
  finish();
}

static void declined(void) {
  begin(2);
  hj_dispatch dispatch = report_at(HJ_TIER_EMERGENCY, 0, 0);
  drop_events(engine);
  CHECK_STATUS(hj_assignment_advance(engine, dispatch.chosen[0].assignment_id, HJ_ASSIGNMENT_DECLINED, 0), HJ_OK);
  CHECK_STATUS(hj_assignment_advance(engine, dispatch.chosen[0].assignment_id, HJ_ASSIGNMENT_EN_ROUTE, 0), HJ_E_STALE);
  hj_incident_status incident = read_incident(engine, dispatch.incident_id);
  CHECK_EQUAL(incident.live_assignments, 1);
  CHECK_EQUAL(read_unit(engine, 2).assignment_id, incident.assignment_ids[0]);
  CHECK_EQUAL(read_unit(engine, 1).assignment_id, 0);
  CHECK_EQUAL(saw(HJ_EVENT_ASSIGNMENT, incident.assignment_ids[0], HJ_ASSIGNMENT_DISPATCHED, HJ_REASON_NEXT_UNIT), 1);
  /* The second declines too: nobody is left, the incident waits, and does not ask the first one again. */
  CHECK_STATUS(hj_assignment_advance(engine, incident.assignment_ids[0], HJ_ASSIGNMENT_DECLINED, 0), HJ_OK);
  CHECK_EQUAL(state_of(dispatch.incident_id), HJ_INCIDENT_PENDING);
  CHECK_EQUAL(read_incident(engine, dispatch.incident_id).live_assignments, 0);
  CHECK_EQUAL(read_stats(engine).assignments_declined, 2);
  /* A third unit comes on duty and is sent at once. */
  put_unit(engine, 3, 50, 50);
  CHECK_EQUAL(state_of(dispatch.incident_id), HJ_INCIDENT_ASSIGNED);
  CHECK_EQUAL(read_unit(engine, 3).incident_id, dispatch.incident_id);
  finish();
}

static void unsigned_orders(void) {
  begin(2);
  hj_dispatch dispatch = report_at(HJ_TIER_EMERGENCY, 0, 0);
  drop_events(engine);
  poll_at(engine, START_NS + 30 * SECOND_NS - 1);
  CHECK_EQUAL(read_unit(engine, 1).incident_id, dispatch.incident_id);
  poll_at(engine, START_NS + 30 * SECOND_NS);
  CHECK_EQUAL(read_unit(engine, 1).incident_id, 0);
  CHECK_EQUAL(read_unit(engine, 2).incident_id, dispatch.incident_id);
  CHECK_EQUAL(saw(HJ_EVENT_ASSIGNMENT, dispatch.chosen[0].assignment_id, HJ_ASSIGNMENT_EXPIRED, HJ_REASON_NEXT_UNIT),
              1);
  CHECK_EQUAL(read_stats(engine).assignments_expired, 1);
  finish();
}

static void cancelled(void) {
  begin(1);
  hj_dispatch first = report_at(HJ_TIER_ROUTINE, 0, 0);
  hj_dispatch second = report_at(HJ_TIER_EMERGENCY, 10, 10);
  CHECK_EQUAL(second.assignment_count, 0);
  CHECK(second.shortfall & HJ_SHORTFALL_NOT_AVAILABLE);
  CHECK_EQUAL(second.incident_state, HJ_INCIDENT_PENDING);
  CHECK_STATUS(hj_incident_cancel(engine, first.incident_id, 0), HJ_OK);
  CHECK_STATUS(hj_incident_cancel(engine, first.incident_id, 0), HJ_UNCHANGED);
  CHECK_STATUS(hj_incident_close(engine, first.incident_id, 0, 0), HJ_E_STATE);
  CHECK_EQUAL(state_of(first.incident_id), HJ_INCIDENT_CANCELLED);
  CHECK_EQUAL(read_unit(engine, 1).incident_id, second.incident_id); /* freed and sent on at once */
  CHECK_STATUS(hj_assignment_advance(engine, first.chosen[0].assignment_id, HJ_ASSIGNMENT_EN_ROUTE, 0), HJ_E_STALE);
  /* A single assignment withdrawn: the incident waits again. */
  uint64_t assignment = read_unit(engine, 1).assignment_id;
  CHECK_STATUS(hj_unit_set_activity(engine, 1, HJ_ACTIVITY_EN_ROUTE, 0), HJ_E_BUSY);
  CHECK_STATUS(hj_assignment_advance(engine, assignment, HJ_ASSIGNMENT_CANCELLED, 0), HJ_OK);
  CHECK(state_of(second.incident_id) == HJ_INCIDENT_PENDING || state_of(second.incident_id) == HJ_INCIDENT_ASSIGNED);
  finish();
}

static void repeated(void) {
  begin(3);
  hj_report report = make_report(HJ_TIER_URGENT, 0, 0);
  report.key_high = 1;
  report.key_low = 2;
  hj_dispatch first = empty_dispatch(), again = empty_dispatch();
  CHECK_STATUS(hj_incident_report(engine, &report, &first), HJ_OK);
  CHECK_STATUS(hj_incident_report(engine, &report, &again), HJ_EXISTS);
  CHECK_EQUAL(memcmp(&first, &again, sizeof first), 0);
  CHECK_EQUAL(read_stats(engine).incidents_opened, 1);
  CHECK_EQUAL(read_stats(engine).repeated, 1);
  hj_report other = report;
  other.type = 9;
  CHECK_STATUS(hj_incident_report(engine, &other, &again), HJ_E_CONFLICT);
  CHECK_EQUAL(read_stats(engine).incidents_opened, 1);
  /* Still the first answer when the incident has long moved on. */
  CHECK_STATUS(hj_incident_close(engine, first.incident_id, 1, 0), HJ_OK);
  CHECK_STATUS(hj_incident_report(engine, &report, &again), HJ_EXISTS);
  CHECK_EQUAL(again.incident_id, first.incident_id);
  /* A day later the key is forgotten. */
  poll_at(engine, START_NS + 86401 * SECOND_NS);
  CHECK_STATUS(hj_incident_report(engine, &report, &again), HJ_OK);
  CHECK_DIFFERENT(again.incident_id, first.incident_id);
  finish();
}

static void recommended(void) {
  begin(2);
  hj_report report = make_report(HJ_TIER_URGENT, 0, 0);
  hj_dispatch wish = empty_dispatch(), deed = empty_dispatch();
  hj_stats before = read_stats(engine);
  for (int times = 0; times < 3; times++) CHECK_STATUS(hj_incident_recommend(engine, &report, &wish), HJ_OK);
  hj_stats after = read_stats(engine);
  CHECK_EQUAL(after.incidents_opened, before.incidents_opened);
  CHECK_EQUAL(after.assignments_opened, before.assignments_opened);
  CHECK_EQUAL(after.events_written, before.events_written);
  CHECK_EQUAL(after.deadlines_armed, before.deadlines_armed);
  CHECK_EQUAL(wish.incident_id, 0);
  CHECK_EQUAL(wish.chosen[0].assignment_id, 0);
  CHECK_STATUS(hj_incident_report(engine, &report, &deed), HJ_OK);
  CHECK_EQUAL(wish.assignment_count, deed.assignment_count);
  CHECK_EQUAL(wish.chosen[0].unit_id, deed.chosen[0].unit_id);
  CHECK_EQUAL(wish.chosen[0].travel_ms, deed.chosen[0].travel_ms);
  CHECK_EQUAL(wish.shortfall, deed.shortfall);
  finish();
}

static void posted(void) {
  begin(1);
  for (uint64_t key = 1; key <= 3; key++) {
    hj_report report = make_report(HJ_TIER_URGENT, (int)key, 0);
    report.key_low = key;
    CHECK_STATUS(hj_incident_post(engine, &report), HJ_OK);
  }
  hj_event events[16];
  CHECK_EQUAL(take_events(engine, events, 16), 0); /* decided by the poll, not before */
  poll_at(engine, START_NS + SECOND_NS);
  uint32_t count = take_events(engine, events, 16);
  int decided = 0, assigned = 0;
  uint64_t sequence = 0;
  for (uint32_t index = 0; index < count; index++) {
    CHECK_EQUAL(events[index].sequence, ++sequence);
    if (events[index].kind == HJ_EVENT_DECIDED) CHECK_EQUAL(events[index].key_low, ++decided);
    if (events[index].kind == HJ_EVENT_ASSIGNMENT) {
      assigned++;
      CHECK_EQUAL(events[index].key_low, 1);
      CHECK_EQUAL(events[index].unit_id, 1);
      CHECK_EQUAL(events[index].state, HJ_ASSIGNMENT_DISPATCHED);
    }
  }
  CHECK_EQUAL(decided, 3);
  CHECK_EQUAL(assigned, 1);
  /* A repeat by post: its answer names the first incident; another body: refused, with the key. */
  hj_report report = make_report(HJ_TIER_URGENT, 1, 0);
  report.key_low = 1;
  CHECK_STATUS(hj_incident_post(engine, &report), HJ_OK);
  report.type = 5;
  CHECK_STATUS(hj_incident_post(engine, &report), HJ_OK);
  poll_at(engine, START_NS + 2 * SECOND_NS);
  count = take_events(engine, events, 16);
  CHECK_EQUAL(count, 2);
  CHECK_EQUAL(events[0].kind, HJ_EVENT_DECIDED);
  CHECK_STATUS(events[0].reason, HJ_EXISTS);
  CHECK_DIFFERENT(events[0].incident_id, 0);
  CHECK_EQUAL(events[1].kind, HJ_EVENT_REFUSED);
  CHECK_STATUS(events[1].reason, HJ_E_CONFLICT);
  CHECK_EQUAL(events[1].key_low, 1);
  finish();
}

static void changed(void) {
  begin(2);
  hj_dispatch dispatch = report_at(HJ_TIER_ROUTINE, 0, 0);
  int64_t received_us = read_incident(engine, dispatch.incident_id).received_wall_us;
  poll_at(engine, START_NS + 10 * SECOND_NS);
  hj_report change;
  memset(&change, 0, sizeof change);
  change.size = sizeof change;
  change.tier = HJ_TIER_EMERGENCY;
  hj_dispatch now = empty_dispatch();
  CHECK_STATUS(hj_incident_update(engine, dispatch.incident_id, &change, &now), HJ_OK);
  CHECK_EQUAL(now.tier, HJ_TIER_EMERGENCY);
  CHECK_EQUAL(now.incident_id, dispatch.incident_id);
  CHECK_EQUAL(now.assignment_count, 1); /* the unit that was sent stays */
  CHECK_EQUAL(now.chosen[0].assignment_id, dispatch.chosen[0].assignment_id);
  hj_incident_status incident = read_incident(engine, dispatch.incident_id);
  CHECK_EQUAL(incident.tier, HJ_TIER_EMERGENCY);
  CHECK_EQUAL(incident.received_wall_us, received_us);
  CHECK_EQUAL(incident.lat_e7, CENTRE_LAT_E7); /* both zero = as it is */
  CHECK_STATUS(hj_assignment_advance(engine, dispatch.chosen[0].assignment_id, HJ_ASSIGNMENT_ACKNOWLEDGED, 0), HJ_OK);
  drop_events(engine);
  /* The new arrival limit counts from the change: 8 minutes after it. */
  poll_at(engine, START_NS + 10 * SECOND_NS + 8 * MINUTE_NS - 1);
  hj_event events[8];
  CHECK_EQUAL(take_events(engine, events, 8), 0);
  poll_at(engine, START_NS + 10 * SECOND_NS + 8 * MINUTE_NS);
  CHECK_EQUAL(take_events(engine, events, 8), 1);
  CHECK_EQUAL(events[0].clock, HJ_CLOCK_ARRIVAL);
  finish();
}

static void by_hand(void) {
  begin(3);
  hj_dispatch dispatch = report_at(HJ_TIER_URGENT, 0, 0);
  uint64_t assignment = 0, same = 0;
  CHECK_STATUS(hj_incident_assign(engine, dispatch.incident_id, 3, 0, &assignment), HJ_OK);
  CHECK_DIFFERENT(assignment, 0);
  CHECK_STATUS(hj_incident_assign(engine, dispatch.incident_id, 3, 0, &same), HJ_UNCHANGED);
  CHECK_EQUAL(same, assignment);
  hj_dispatch other = report_at(HJ_TIER_URGENT, 10, 0);
  CHECK_STATUS(hj_incident_assign(engine, other.incident_id, 3, 0, NULL), HJ_E_BUSY);
  CHECK_EQUAL(read_incident(engine, dispatch.incident_id).live_assignments, 2);
  /* Off duty, and sent all the same: a person can always override. */
  put_unit(engine, 4, 0, 0);
  CHECK_STATUS(hj_unit_set_activity(engine, 4, HJ_ACTIVITY_OFF_DUTY, 0), HJ_OK);
  CHECK_STATUS(hj_unit_set_activity(engine, 4, HJ_ACTIVITY_OFF_DUTY, 0), HJ_UNCHANGED);
  CHECK_STATUS(hj_incident_assign(engine, other.incident_id, 4, 0, NULL), HJ_OK);
  /* No more than sixteen on one incident. */
  for (uint64_t id = 5; id <= 20; id++) {
    put_unit(engine, id, 0, (int)id * 50);
    hj_status status = hj_incident_assign(engine, dispatch.incident_id, id, 0, NULL);
    CHECK_STATUS(status, id <= 18 ? HJ_OK : HJ_FULL);
  }
  CHECK_EQUAL(read_incident(engine, dispatch.incident_id).live_assignments, 16);
  finish();
}

static void full_tables(void) {
  hj_config config = poll_config();
  config.max_units = 3;
  config.max_incidents = 4;
  config.max_assignments = 2;
  engine = open_engine(&config);
  poll_at(engine, START_NS);
  for (uint64_t id = 1; id <= 3; id++) put_unit(engine, id, 0, (int)id);
  hj_unit more = make_unit(4, 0, 0);
  CHECK_STATUS(hj_unit_put(engine, &more), HJ_FULL);
  hj_dispatch first = report_at(HJ_TIER_URGENT, 0, 0);
  report_at(HJ_TIER_URGENT, 0, 1);
  hj_dispatch third = report_at(HJ_TIER_URGENT, 0, 2);
  CHECK_EQUAL(third.assignment_count, 0); /* a unit is free, an assignment is not */
  CHECK(third.shortfall & HJ_SHORTFALL_TABLE_FULL);
  report_at(HJ_TIER_URGENT, 0, 3);
  hj_report report = make_report(HJ_TIER_URGENT, 0, 4);
  hj_dispatch dispatch = empty_dispatch();
  hj_stats before = read_stats(engine);
  CHECK_STATUS(hj_incident_report(engine, &report, &dispatch), HJ_FULL);
  CHECK_EQUAL(read_stats(engine).incidents_opened, before.incidents_opened);
  CHECK_EQUAL(read_stats(engine).refused, before.refused + 1);
  /* A closed one makes room: its slot is taken over and its id becomes stale. */
  CHECK_STATUS(hj_incident_close(engine, first.incident_id, 0, 0), HJ_OK);
  CHECK_EQUAL(state_of(first.incident_id), HJ_INCIDENT_CLOSED);
  CHECK_STATUS(hj_incident_report(engine, &report, &dispatch), HJ_OK);
  hj_incident_status gone;
  memset(&gone, 0, sizeof gone);
  gone.size = sizeof gone;
  CHECK_STATUS(hj_incident_read(engine, first.incident_id, &gone), HJ_E_STALE);
  finish();
}

/* What was posted is decided before an engine is gone. Its events go with it; that they came is still to be seen at a
 * copy of the descriptor that told of them. */
static void posted_and_closed(void) {
  begin(1);
  drop_events(engine);
  struct pollfd told = {dup(hj_events_fd(engine)), POLLIN, 0};
  REQUIRE_AT_LEAST(told.fd, 0);
  hj_report report = make_report(HJ_TIER_ROUTINE, 1, 1);
  CHECK_STATUS(hj_incident_post(engine, &report), HJ_OK);
  CHECK_EQUAL(poll(&told, 1, 0), 0);
  finish();
  CHECK_EQUAL(poll(&told, 1, 0), 1);
  close(told.fd);
}

int main(void) {
  all_the_way();
  skips_and_back();
  declined();
  unsigned_orders();
  cancelled();
  repeated();
  recommended();
  posted();
  posted_and_closed();
  changed();
  by_hand();
  full_tables();
  return check_finish();
}
