/* Which unit goes, rule by rule: turnout counts beside the way, capabilities are asked, of equals the longest idle
 * goes and then the lowest id, and near the end of a shift only to urgent calls. Host-driven time, no streets. */
#include "host.h"

static hj_engine *engine;

/* Kind 1 turns out in 20 s, kind 2 in 200 s; calls of type 7 want a medic. */
static const char plans[] =
    "{\"version\": 1, \"capabilities\": [\"medic\"], \"turnout_s\": {\"default\": 20, \"kinds\": {\"2\": 200}}, "
    "\"plans\": ["
    "{\"name\": \"anybody\", \"units\": [{\"count\": 1}]},"
    "{\"name\": \"a medic\", \"types\": [7], \"units\": [{\"count\": 1, \"capabilities\": [\"medic\"]}]}]}";

static void begin(void) {
  hj_config config = poll_config();
  engine = open_engine(&config);
  hj_error_detail detail;
  memset(&detail, 0, sizeof detail);
  detail.size = sizeof detail;
  hj_status status = hj_plans_load(engine, plans, sizeof plans - 1, &detail);
  if (status != HJ_OK) fprintf(stderr, "%s: %s\n", detail.field, detail.text);
  REQUIRE_STATUS(status, HJ_OK);
  poll_at(engine, START_NS);
}

static hj_unit unit_at(uint64_t id, int north) {
  hj_unit unit = make_unit(id, north, 0);
  unit.kind = 1;
  return unit;
}

static void put(hj_unit unit) {
  REQUIRE_STATUS(hj_unit_put(engine, &unit), HJ_OK);
}

/* The unit that a call in the centre gets; the call is taken back. */
static uint64_t chosen(int32_t tier, uint32_t type) {
  hj_report report = make_report(tier, 0, 0);
  report.type = type;
  hj_dispatch asked = empty_dispatch(), sent = empty_dispatch();
  REQUIRE_STATUS(hj_incident_recommend(engine, &report, &asked), HJ_OK);
  REQUIRE_TAKEN(hj_incident_report(engine, &report, &sent));
  REQUIRE_EQUAL(sent.assignment_count, 1);
  CHECK_EQUAL(asked.chosen[0].unit_id, sent.chosen[0].unit_id);
  uint64_t unit = sent.chosen[0].unit_id;
  CHECK_STATUS(hj_incident_cancel(engine, sent.incident_id, 0), HJ_OK);
  return unit;
}

static void turnout(void) {
  begin();
  hj_unit slow = unit_at(1, 100);
  slow.kind = 2;
  put(slow);
  put(unit_at(2, 300)); /* 200 m more, and 180 s sooner off */
  CHECK_EQUAL(chosen(HJ_TIER_ROUTINE, 0), 2);
  slow.kind = 1;
  put(slow);
  CHECK_EQUAL(chosen(HJ_TIER_ROUTINE, 0), 1);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
}

static void capability(void) {
  begin();
  put(unit_at(1, 100));
  hj_unit medic = unit_at(2, 900);
  medic.capabilities = 1;
  put(medic);
  CHECK_EQUAL(chosen(HJ_TIER_ROUTINE, 0), 1);
  CHECK_EQUAL(chosen(HJ_TIER_ROUTINE, 7), 2);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
}

static void equals(void) {
  begin();
  put(unit_at(9, 100));
  poll_at(engine, START_NS + MINUTE_NS);
  put(unit_at(5, 100));
  put(unit_at(3, 100));
  CHECK_EQUAL(chosen(HJ_TIER_ROUTINE, 0), 9); /* idle for a minute */
  CHECK_STATUS(hj_unit_remove(engine, 9), HJ_OK);
  CHECK_EQUAL(chosen(HJ_TIER_ROUTINE, 0), 3); /* idle as long as the other: by its id */
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
}

static void shift(void) {
  static const int64_t MINUTE_US = 60000000;
  begin();
  hj_unit ending = unit_at(1, 100);
  put(unit_at(2, 900));
  for (int minutes = 44; minutes <= 46; minutes++) {
    ending.shift_end_wall_us = START_US + minutes * MINUTE_US;
    put(ending);
    CHECK_EQUAL(chosen(HJ_TIER_ROUTINE, 0), minutes < 45 ? 2 : 1);
    CHECK_EQUAL(chosen(HJ_TIER_URGENT, 0), 1);
  }
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
}

int main(void) {
  turnout();
  capability();
  equals();
  shift();
  return check_finish();
}
