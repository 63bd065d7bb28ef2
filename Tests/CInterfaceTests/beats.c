/* Beats through the C interface: the home officer, the team, a neighbouring beat, the closest, and how the answer says
 * which it was; also to a caller that has the struct of an earlier version. Beats that cannot be are refused with
 * their place in the file, and change nothing. */
#include <stddef.h>

#include "host.h"

static hj_engine *engine;

/* Two squares side by side around the centre: 21 to the west, 22 to the east. */
static void load(const char *beats, hj_status expected, const char *field) {
  char text[2048];
  double lat = centre_lat_e7 / 1e7, lon = centre_lon_e7 / 1e7;
  int length = snprintf(text, sizeof text,
                        "{\"version\": 1, \"areas\": ["
                        "{\"name\": \"west\", \"polygon\": [[%.7f,%.7f],[%.7f,%.7f],[%.7f,%.7f],[%.7f,%.7f]]},"
                        "{\"name\": \"east\", \"polygon\": [[%.7f,%.7f],[%.7f,%.7f],[%.7f,%.7f],[%.7f,%.7f]]}],"
                        "\"beats\": [%s], \"plans\": [{\"name\": \"any\", \"units\": [{}], \"mode\": \"beat_first\"}]}",
                        lon - 0.1, lat - 0.1, lon, lat - 0.1, lon, lat + 0.1, lon - 0.1, lat + 0.1, lon, lat - 0.1,
                        lon + 0.1, lat - 0.1, lon + 0.1, lat + 0.1, lon, lat + 0.1, beats);
  hj_error_detail detail;
  memset(&detail, 0, sizeof detail);
  detail.size = sizeof detail;
  CHECK_STATUS(hj_plans_load(engine, text, (size_t)length, &detail), expected);
  if (expected != HJ_OK) CHECK_TEXT(detail.field, field);
}

static void put(uint64_t id, int east, uint32_t beat) {
  hj_unit unit = make_unit(id, 0, east);
  unit.home_beat = beat;
  REQUIRE_STATUS(hj_unit_put(engine, &unit), HJ_OK);
}

/* Of a call in the western beat. */
static void sends(uint64_t unit, uint32_t depth, int32_t reason) {
  hj_report report = make_report(HJ_TIER_ROUTINE, 0, -10);
  hj_dispatch answer = empty_dispatch();
  CHECK_STATUS(hj_incident_recommend(engine, &report, &answer), HJ_OK);
  REQUIRE_EQUAL(answer.assignment_count, 1);
  CHECK_EQUAL(answer.chosen[0].unit_id, unit);
  CHECK_EQUAL(answer.chosen_depth[0], depth);
  CHECK_EQUAL(answer.chosen_depth[1], 0);
  CHECK_EQUAL(answer.chosen[0].reason, reason);
}

int main(void) {
  hj_config config = poll_config();
  engine = open_engine(&config);
  poll_at(engine, START_NS);
  load("{\"number\": 21, \"area\": \"west\", \"officer\": 1}, {\"number\": 22, \"area\": \"east\"}", HJ_OK, "");
  /* The nearer a unit is, the later it is asked. */
  put(1, 4000, 0);
  put(2, 3000, 21);
  put(3, 2000, 22);
  put(4, 0, 0);
  sends(1, 1, HJ_REASON_HOME_BEAT);

  /* Beats that cannot be change nothing. */
  load("{\"number\": 21, \"area\": \"west\"}, {\"number\": 21, \"area\": \"east\"}", HJ_E_PLANS, "beats[1].number");
  load("{\"number\": 21, \"area\": \"west\"}, {\"number\": 22, \"area\": \"west\"}", HJ_E_PLANS, "beats[1].area");
  load("{\"number\": 21, \"area\": \"west\", \"neighbours\": [23]}", HJ_E_PLANS, "beats[0].neighbours[0]");
  load("", HJ_E_PLANS, "beats");
  sends(1, 1, HJ_REASON_HOME_BEAT);

  CHECK_STATUS(hj_unit_remove(engine, 1), HJ_OK);
  sends(2, 2, HJ_REASON_HOME_BEAT);
  CHECK_STATUS(hj_unit_remove(engine, 2), HJ_OK);
  sends(3, 3, HJ_REASON_HOME_BEAT);
  CHECK_STATUS(hj_unit_remove(engine, 3), HJ_OK);
  /* Without streets every time is an estimate. */
  sends(4, 0, HJ_REASON_STRAIGHT_LINE);

  /* A caller of a version without the field: nothing behind its struct is written. A list of what is there says it. */
  put(2, 3000, 21);
  hj_report report = make_report(HJ_TIER_ROUTINE, 0, -10);
  hj_dispatch answer;
  memset(&answer, 0x5a, sizeof answer);
  answer.size = offsetof(hj_dispatch, chosen_depth);
  CHECK_STATUS(hj_incident_report(engine, &report, &answer), HJ_OK);
  CHECK_EQUAL(answer.chosen[0].unit_id, 2);
  CHECK_EQUAL(answer.chosen_flags[0] & ~(HJ_CHOSEN_STRAIGHT_LINE | HJ_CHOSEN_OFF_NETWORK), 0);
  CHECK_EQUAL(answer.chosen_depth[0], 0x5a5a5a5a);
  uint64_t incident = answer.incident_id;
  answer = empty_dispatch();
  CHECK_STATUS(hj_incident_raise(engine, incident, 1, 0, &answer), HJ_UNCHANGED);
  CHECK_EQUAL(answer.chosen[0].unit_id, 2);
  CHECK_EQUAL(answer.chosen_depth[0], 2);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  return check_finish();
}
