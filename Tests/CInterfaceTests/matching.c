/* Which plan a report matches: the most specific one, and of equally specific ones the first in the file. */
#include "host.h"

static hj_engine *engine;

/* In the order of the file. Two fit a 7 equally well, and of those that ask for the tier too, two fit an urgent 7. */
static const char plans[] =
    "{\"version\": 1, \"plans\": ["
    "{\"name\": \"anything\", \"units\": [{\"count\": 1}]},"
    "{\"name\": \"7 or 8\", \"types\": [7, 8], \"units\": [{\"count\": 1}]},"
    "{\"name\": \"7 or 9\", \"types\": [7, 9], \"units\": [{\"count\": 1}]},"
    "{\"name\": \"urgent 7 or 8\", \"types\": [7, 8], \"tiers\": [\"urgent\"], \"units\": [{\"count\": 1}]},"
    "{\"name\": \"urgent 7 or 9\", \"types\": [7, 9], \"tiers\": [\"urgent\"], \"units\": [{\"count\": 1}]}]}";

static void matches(int32_t tier, uint32_t type, uint32_t plan) {
  hj_report report = make_report(tier, 1, 1);
  report.type = type;
  hj_dispatch answer = empty_dispatch();
  CHECK_STATUS(hj_incident_recommend(engine, &report, &answer), HJ_OK);
  CHECK_EQUAL(answer.plan, plan);
  CHECK_STATUS(hj_incident_report(engine, &report, &answer), HJ_OK);
  CHECK_EQUAL(answer.plan, plan);
  CHECK_EQUAL(read_incident(engine, answer.incident_id).plan, plan);
  CHECK_STATUS(hj_incident_cancel(engine, answer.incident_id, 0), HJ_OK);
}

int main(void) {
  hj_config config = poll_config();
  engine = open_engine(&config);
  CHECK_STATUS(hj_plans_load(engine, plans, sizeof plans - 1, NULL), HJ_OK);
  put_unit(engine, 1, 0, 0);
  poll_at(engine, START_NS);
  matches(HJ_TIER_ROUTINE, 0, 1);
  matches(HJ_TIER_ROUTINE, 6, 1);
  matches(HJ_TIER_ROUTINE, 7, 2);
  matches(HJ_TIER_ROUTINE, 8, 2);
  matches(HJ_TIER_ROUTINE, 9, 3);
  matches(HJ_TIER_URGENT, 6, 1);
  matches(HJ_TIER_URGENT, 7, 4);
  matches(HJ_TIER_URGENT, 9, 5);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  return check_finish();
}
