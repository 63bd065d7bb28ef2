/* A person sends a unit from one incident to another, as a host sees it: the new order, what the first incident gets
 * and keeps, what only force does, and whatever a host may name wrongly. */
#include "clock_host.h"

static uint64_t open_as(int32_t tier, int north) {
  hj_report report = make_report(tier, north, 0);
  hj_dispatch dispatch = empty_dispatch();
  CHECK_TAKEN(hj_incident_report(engine, &report, &dispatch));
  return dispatch.incident_id;
}

static uint64_t order_of(uint64_t incident) {
  hj_incident_status status = read_incident(engine, incident);
  REQUIRE_AT_LEAST(status.live_assignments, 1);
  return status.assignment_ids[0];
}

static hj_action person(uint32_t force, uint32_t reason) {
  hj_action action;
  memset(&action, 0, sizeof action);
  action.size = sizeof action;
  action.operator_id = 7;
  action.reason = reason;
  action.force = force;
  return action;
}

/* The only car drives to a lost document: it goes to the stabbing, and the document keeps its promises. */
static void to_what_is_graver(void) {
  begin(0, 1024);
  put_unit(engine, 1, 0, 0);
  uint64_t document = open_as(HJ_TIER_URGENT, 90);
  poll_at(engine, START_NS + 100 * SECOND_NS);
  uint64_t stabbing = open_as(HJ_TIER_EMERGENCY, 180);
  CHECK_EQUAL(read_incident(engine, stabbing).state, HJ_INCIDENT_PENDING);
  drop_events(engine);
  uint64_t old = order_of(document), fresh = 0;
  CHECK_STATUS(hj_assignment_divert(engine, old, stabbing, 0, &fresh), HJ_OK);
  CHECK_EQUAL(order_of(stabbing), fresh);
  CHECK_EQUAL(read_incident(engine, document).state, HJ_INCIDENT_PENDING);
  CHECK_EQUAL(read_incident(engine, document).live_assignments, 0);
  hj_event events[8];
  REQUIRE_EQUAL(take_events(engine, events, 8), 4);
  CHECK_EQUAL(events[0].kind, HJ_EVENT_ASSIGNMENT);
  CHECK_EQUAL(events[0].assignment_id, old);
  CHECK_EQUAL(events[0].state, HJ_ASSIGNMENT_DIVERTED);
  CHECK_EQUAL(events[0].reason, HJ_REASON_DIVERTED);
  CHECK_EQUAL(events[1].assignment_id, fresh);
  CHECK_EQUAL(events[1].state, HJ_ASSIGNMENT_DISPATCHED);
  CHECK_EQUAL(events[2].incident_id, stabbing);
  CHECK_EQUAL(events[2].state, HJ_INCIDENT_ASSIGNED);
  CHECK_EQUAL(events[3].incident_id, document);
  CHECK_EQUAL(events[3].reason, HJ_REASON_DIVERTED);
  CHECK_EQUAL(events[3].state, HJ_INCIDENT_PENDING);
  /* That somebody is sent is promised again, from the receipt: 300 s after it. */
  step_at(300 * SECOND_NS, HJ_CLOCK_PENDING, 1, HJ_STEP_SUPERVISOR, 1);
  /* A car comes free: the stabbing has one, so it is the document's. */
  put_unit(engine, 2, 500, 0);
  CHECK_EQUAL(read_incident(engine, document).live_assignments, 1);
  /* Its arrival limit counts from its first dispatch: 900 s. */
  CHECK_STATUS(hj_assignment_advance(engine, order_of(document), HJ_ASSIGNMENT_EN_ROUTE, 0), HJ_OK);
  CHECK_STATUS(hj_assignment_advance(engine, fresh, HJ_ASSIGNMENT_ON_SCENE, 0), HJ_OK);
  step_at(900 * SECOND_NS, HJ_CLOCK_ARRIVAL, 1, HJ_STEP_SUPERVISOR, 0);
  finish();
}

static void off_the_scene(void) {
  begin(1, 1024);
  uint64_t here = open_as(HJ_TIER_ROUTINE, 0), there = open_as(HJ_TIER_EMERGENCY, 90), fresh = 0;
  uint64_t order = order_of(here);
  CHECK_STATUS(hj_assignment_advance(engine, order, HJ_ASSIGNMENT_TRANSPORTING, 0), HJ_OK);
  hj_action action = person(0, 5);
  CHECK_STATUS(hj_assignment_divert_by(engine, order, there, 0, &fresh, &action), HJ_E_STATE);
  action = person(1, 0);
  CHECK_STATUS(hj_assignment_divert_by(engine, order, there, 0, &fresh, &action), HJ_E_REASON);
  static const uint32_t values[] = {2, INT32_MAX, UINT32_MAX};
  for (int index = 0; index < 3; index++) {
    action = person(values[index], 5);
    CHECK_STATUS(hj_assignment_divert_by(engine, order, there, 0, &fresh, &action), HJ_E_UNSUPPORTED);
  }
  CHECK_EQUAL(fresh, 0);
  CHECK_EQUAL(order_of(here), order);
  drop_events(engine);
  action = person(1, 5);
  CHECK_STATUS(hj_assignment_divert_by(engine, order, there, 0, &fresh, &action), HJ_OK);
  CHECK_EQUAL(order_of(there), fresh);
  CHECK_EQUAL(read_incident(engine, here).state, HJ_INCIDENT_PENDING);
  CHECK_EQUAL(read_incident(engine, here).operator_id, 7);
  CHECK_EQUAL(read_incident(engine, here).operator_reason, 5);
  hj_event event;
  REQUIRE_EQUAL(take_events(engine, &event, 1), 1);
  CHECK_EQUAL(event.state, HJ_ASSIGNMENT_DIVERTED);
  CHECK_EQUAL(event.operator_id, 7);
  CHECK_EQUAL(event.operator_reason, 5);
  finish();
}

static void wrongly_named(void) {
  begin(1, 1024);
  uint64_t here = open_as(HJ_TIER_ROUTINE, 0), there = open_as(HJ_TIER_ROUTINE, 90), fresh = 77;
  uint64_t order = order_of(here);
  static const uint64_t ids[] = {0, 1, 12345, INT64_MAX, UINT64_MAX};
  for (int index = 0; index < 5; index++) {
    if (ids[index] != order) {
      CHECK_STATUS(hj_assignment_divert(engine, ids[index], there, 0, &fresh), HJ_E_STALE);
    }
    if (ids[index] != here && ids[index] != there) {
      CHECK_STATUS(hj_assignment_divert(engine, order, ids[index], 0, &fresh), HJ_E_STALE);
    }
  }
  CHECK_STATUS(hj_assignment_divert(engine, order, here, 0, &fresh), HJ_E_CONFLICT);
  CHECK_STATUS(hj_assignment_divert(engine, order, there, -1, &fresh), HJ_E_ARGUMENT);
  CHECK_STATUS(hj_assignment_divert(engine, order, there, INT64_MIN, &fresh), HJ_E_ARGUMENT);
  CHECK_STATUS(hj_incident_cancel(engine, there, 0), HJ_OK);
  CHECK_STATUS(hj_assignment_divert(engine, order, there, 0, &fresh), HJ_E_STATE);
  CHECK_EQUAL(fresh, 77);
  CHECK_EQUAL(order_of(here), order);
  there = open_as(HJ_TIER_ROUTINE, 90);
  CHECK_STATUS(hj_assignment_divert(engine, order, there, INT64_MAX, NULL), HJ_OK);
  CHECK_STATUS(hj_assignment_divert(engine, order, there, 0, NULL), HJ_E_STALE);
  CHECK_EQUAL(read_incident(engine, there).live_assignments, 1);
  finish();
}

/* Sixteen are as many as an answer names. */
static void not_to_sixteen(void) {
  begin(18, 4096);
  uint64_t here = open_as(HJ_TIER_ROUTINE, 0), there = open_as(HJ_TIER_ROUTINE, 0), order = order_of(here);
  for (uint64_t unit = 3; unit <= 17; unit++) {
    CHECK_STATUS(hj_incident_assign(engine, there, unit, 0, NULL), HJ_OK);
  }
  CHECK_STATUS(hj_assignment_divert(engine, order, there, 0, NULL), HJ_FULL);
  CHECK_EQUAL(order_of(here), order);
  finish();
}

int main(void) {
  to_what_is_graver();
  off_the_scene();
  wrongly_named();
  not_to_sixteen();
  return check_finish();
}
