/* A host whose locale writes 0,5 for a half: plans, places and answers are as in any other. LOCPATH and LC_ALL say
 * where the locale is (scripts/tests-c makes one). */
#include <locale.h>

#include "host.h"

/* Numbers with fractions in every place where plans have them. */
static const char plans[] =
    "{\"version\": 1, \"areas\": [{\"name\": \"harbour\", \"polygon\": [[121.25, 31.25], [121.75, 31.25],"
    " [121.75, 31.75], [121.25, 31.75]]}],"
    " \"tiers\": {\"emergency\": {\"respond_s\": 1.5e1}}, \"turnout_s\": {\"default\": 2.5e1},"
    " \"plans\": [{\"name\": \"in it\", \"areas\": [\"harbour\"], \"units\": [{\"count\": 1}]},"
    "  {\"name\": \"elsewhere\", \"units\": [{\"count\": 1}]}]}";

typedef struct {
  uint32_t plan_inside, plan_outside, travel_ms, turnout_ms, distance_dm;
  int32_t lat_e7, lon_e7;
} answers;

static answers ask(void) {
  answers seen;
  memset(&seen, 0, sizeof seen);
  hj_config config = poll_config();
  hj_engine *engine = open_engine(&config);
  hj_error_detail detail;
  memset(&detail, 0, sizeof detail);
  detail.size = sizeof detail;
  CHECK_STATUS(hj_plans_load(engine, plans, (uint32_t)strlen(plans), &detail), HJ_OK);
  put_unit(engine, 1, 0, 0);
  CHECK_STATUS(hj_e7_from_degrees(31.5, 121.5, &seen.lat_e7, &seen.lon_e7), HJ_OK);
  hj_report report = make_report(HJ_TIER_EMERGENCY, 1, 1);
  hj_dispatch dispatch = empty_dispatch();
  report.lat_e7 = seen.lat_e7;
  report.lon_e7 = seen.lon_e7;
  CHECK_TAKEN(hj_incident_recommend(engine, &report, &dispatch));
  seen.plan_inside = dispatch.plan;
  seen.travel_ms = dispatch.chosen[0].travel_ms;
  seen.turnout_ms = dispatch.chosen[0].turnout_ms;
  seen.distance_dm = dispatch.chosen[0].distance_dm;
  CHECK_STATUS(hj_e7_from_degrees(31.5, 121.8, &report.lat_e7, &report.lon_e7), HJ_OK);
  CHECK_TAKEN(hj_incident_recommend(engine, &report, &dispatch));
  seen.plan_outside = dispatch.plan;
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  return seen;
}

int main(void) {
  answers plain = ask();
  CHECK_EQUAL(plain.plan_inside, 1);
  CHECK_EQUAL(plain.plan_outside, 2);
  CHECK_EQUAL(plain.lat_e7, 315000000);
  CHECK_EQUAL(plain.turnout_ms, 25000);
  char half[8];
  snprintf(half, sizeof half, "%.1f", setlocale(LC_ALL, "") == NULL ? 0.0 : 0.5);
  if (strcmp(half, "0,5") != 0) {
    check_skip("a locale with decimal commas", "LC_ALL names none");
    return check_finish();
  }
  answers comma = ask();
  CHECK_BYTES(&plain, &comma, sizeof plain);
  snprintf(half, sizeof half, "%.1f", 0.5);
  CHECK_TEXT(half, "0,5"); /* and the host's locale is as it was */
  return check_finish();
}
