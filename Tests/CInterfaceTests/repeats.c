/* What a report may repeat, and two incidents that are one: asked, merged, taken back, and whatever a host may name
 * wrongly. */
#include "clock_host.h"

static const char two[] = "{\"version\": 1, \"plans\": [{\"name\": \"one\", \"units\": [{}]}]}";

static hj_repeat found[HJ_REPEATS_MAX];

static uint32_t repeats_of(const hj_report *report) {
  uint32_t count = 77;
  memset(found, 0, sizeof found);
  found[0].size = sizeof found[0];
  CHECK_STATUS(hj_incident_repeats(engine, report, found, HJ_REPEATS_MAX, &count), HJ_OK);
  return count;
}

static uint64_t open_at(int32_t tier, int north, uint32_t type, uint64_t caller) {
  hj_report report = make_report(tier, north, 0);
  report.type = type;
  report.caller_hash = caller;
  hj_dispatch dispatch = empty_dispatch();
  CHECK_TAKEN(hj_incident_report(engine, &report, &dispatch));
  drop_events(engine);
  return dispatch.incident_id;
}

static void likely_ones_are_named(void) {
  begin_with(2, two);
  uint64_t here = open_at(HJ_TIER_ROUTINE, 0, 7, 42), there = open_at(HJ_TIER_ROUTINE, 180, 7, 43);
  open_at(HJ_TIER_ROUTINE, 810, 7, 44);
  hj_report report = make_report(HJ_TIER_ROUTINE, 0, 0);
  report.type = 7;
  REQUIRE_EQUAL(repeats_of(&report), 2);
  CHECK_EQUAL(found[0].incident_id, here);
  CHECK_EQUAL(found[0].score, 1000);
  CHECK_EQUAL(found[0].distance_dm, 0);
  CHECK_EQUAL(found[1].incident_id, there);
  CHECK_WITHIN(found[1].score, 780, 820);
  CHECK_WITHIN(found[1].distance_dm, 1980, 2020);
  poll_at(engine, START_NS + 300 * SECOND_NS);
  report.caller_hash = 43; /* the same caller brings more than 200 m cost */
  REQUIRE_EQUAL(repeats_of(&report), 2);
  CHECK_EQUAL(found[0].incident_id, there);
  CHECK_EQUAL(found[0].age_ms, 300000);
  poll_at(engine, START_NS + 601 * SECOND_NS);
  CHECK_EQUAL(repeats_of(&report), 0);
}

static void merged_and_taken_back(void) {
  begin_with(2, two);
  uint64_t one = open_at(HJ_TIER_EMERGENCY, 0, 7, 0), other = open_at(HJ_TIER_EMERGENCY, 90, 7, 0);
  hj_incident_status before = read_incident(engine, one);
  CHECK_STATUS(hj_incident_merge(engine, one, other, 0), HJ_OK);
  CHECK_EQUAL(read_incident(engine, one).state, HJ_INCIDENT_MERGED);
  CHECK_EQUAL(read_incident(engine, one).live_assignments, 1);
  CHECK_EQUAL(read_incident(engine, other).live_assignments, 1);
  hj_report report = make_report(HJ_TIER_ROUTINE, 0, 0);
  report.type = 7;
  REQUIRE_EQUAL(repeats_of(&report), 1);
  CHECK_EQUAL(found[0].incident_id, other);
  CHECK_EQUAL(found[0].score, 1000);
  CHECK_STATUS(hj_incident_unmerge(engine, one, 0), HJ_OK);
  hj_incident_status after = read_incident(engine, one);
  CHECK_EQUAL(memcmp(&before, &after, sizeof before), 0);
  CHECK_STATUS(hj_incident_unmerge(engine, one, 0), HJ_E_STATE);
}

static void wrong_merges(void) {
  begin_with(2, two);
  uint64_t a = open_at(HJ_TIER_ROUTINE, 0, 1, 0), b = open_at(HJ_TIER_ROUTINE, 90, 1, 0),
           c = open_at(HJ_TIER_ROUTINE, 180, 1, 0);
  CHECK_STATUS(hj_incident_merge(engine, a, a, 0), HJ_E_CONFLICT);
  CHECK_STATUS(hj_incident_merge(engine, a, b, -1), HJ_E_ARGUMENT);
  CHECK_STATUS(hj_incident_unmerge(engine, a, INT64_MIN), HJ_E_ARGUMENT);
  CHECK_STATUS(hj_incident_merge(engine, a, 12345, 0), HJ_E_STALE);
  CHECK_STATUS(hj_incident_merge(engine, 0, b, 0), HJ_E_STALE);
  CHECK_STATUS(hj_incident_merge(engine, a, b, 0), HJ_OK);
  CHECK_STATUS(hj_incident_merge(engine, b, a, 0), HJ_E_CONFLICT);
  CHECK_STATUS(hj_incident_merge(engine, a, c, 0), HJ_E_STATE);
  CHECK_STATUS(hj_incident_merge(engine, c, a, 0), HJ_OK); /* under b, which stands for a */
  CHECK_STATUS(hj_incident_close(engine, b, 1, 0), HJ_OK);
  CHECK_EQUAL(read_incident(engine, c).state, HJ_INCIDENT_CLOSED);
  CHECK_STATUS(hj_incident_merge(engine, a, c, 0), HJ_E_STATE);
  CHECK_STATUS(hj_incident_unmerge(engine, c, 0), HJ_E_STATE);
}

static void wrong_questions(void) {
  begin_with(2, two);
  for (int i = 0; i < 20; i++) open_at(HJ_TIER_ROUTINE, i, 1, 0);
  hj_report report = make_report(HJ_TIER_ROUTINE, 0, 0);
  uint32_t count = 0;
  hj_repeat one[2];
  memset(one, 0x5a, sizeof one);
  one[0].size = sizeof one[0];
  hj_repeat behind = one[1];
  CHECK_STATUS(hj_incident_repeats(engine, &report, one, 1, &count), HJ_E_BUFFER);
  CHECK_EQUAL(count, HJ_REPEATS_MAX);
  CHECK_EQUAL(memcmp(&behind, &one[1], sizeof behind), 0);
  CHECK_STATUS(hj_incident_repeats(engine, &report, NULL, 0, &count), HJ_E_BUFFER);
  CHECK_EQUAL(count, HJ_REPEATS_MAX);
  CHECK_STATUS(hj_incident_repeats(engine, &report, NULL, 1, &count), HJ_E_NULL);
  CHECK_STATUS(hj_incident_repeats(engine, NULL, one, 1, &count), HJ_E_NULL);
  CHECK_STATUS(hj_incident_repeats(engine, &report, one, 1, NULL), HJ_E_NULL);
  hj_report nowhere = report;
  nowhere.lat_e7 = nowhere.lon_e7 = 0;
  CHECK_STATUS(hj_incident_repeats(engine, &nowhere, one, 1, &count), HJ_OK);
  CHECK_EQUAL(count, 0);
  report.lat_e7 = INT32_MAX;
  CHECK_STATUS(hj_incident_repeats(engine, &report, one, 1, &count), HJ_E_RANGE);
  report = make_report(99, 0, 0);
  CHECK_STATUS(hj_incident_repeats(engine, &report, one, 1, &count), HJ_E_ARGUMENT);
  hj_stats before = {.size = sizeof before}, after = {.size = sizeof after};
  CHECK_STATUS(hj_engine_stats(engine, &before), HJ_OK);
  report = make_report(HJ_TIER_ROUTINE, 0, 0);
  CHECK_EQUAL(repeats_of(&report), HJ_REPEATS_MAX);
  CHECK_STATUS(hj_engine_stats(engine, &after), HJ_OK);
  CHECK_EQUAL(after.events_written, before.events_written);
  CHECK_EQUAL(after.incidents_opened, before.incidents_opened);
}

static const char held[] = "{\"version\": 1, \"plans\": [{\"name\": \"one\", \"units\": [{}], \"repeats\": {}}]}";

static void held_and_separated(void) {
  begin_with(4, held);
  uint64_t root = open_at(HJ_TIER_EMERGENCY, 0, 7, 0);
  hj_report report = make_report(HJ_TIER_EMERGENCY, 10, 0);
  report.type = 7;
  hj_dispatch dispatch = empty_dispatch();
  CHECK_STATUS(hj_incident_report(engine, &report, &dispatch), HJ_HELD);
  CHECK_EQUAL(dispatch.incident_state, HJ_INCIDENT_PENDING);
  CHECK_EQUAL(dispatch.assignment_count, 0);
  hj_incident_status status = read_incident(engine, dispatch.incident_id);
  CHECK_EQUAL(status.repeat_of, root);
  CHECK_EQUAL(status.shortfall, HJ_SHORTFALL_MANUAL);
  CHECK_STATUS(hj_incident_separate(engine, dispatch.incident_id, -1, &dispatch), HJ_E_ARGUMENT);
  CHECK_STATUS(hj_incident_separate(engine, 12345, 0, &dispatch), HJ_E_STALE);
  CHECK_STATUS(hj_incident_separate(engine, root, 0, NULL), HJ_UNCHANGED);
  uint64_t id = dispatch.incident_id;
  CHECK_STATUS(hj_incident_separate(engine, id, 0, &dispatch), HJ_OK);
  CHECK_EQUAL(dispatch.assignment_count, 1);
  CHECK_EQUAL(read_incident(engine, id).repeat_of, 0);
  CHECK_STATUS(hj_incident_merge(engine, id, root, 0), HJ_OK);
  CHECK_EQUAL(read_incident(engine, id).repeat_of, root);
  CHECK_STATUS(hj_incident_separate(engine, id, 0, &dispatch), HJ_E_STATE);
}

static void a_further_call(void) {
  begin_with(4, held);
  uint64_t root = open_at(HJ_TIER_EMERGENCY, 0, 7, 0);
  hj_report report = make_report(HJ_TIER_EMERGENCY, 10, 0);
  CHECK_STATUS(hj_incident_add_call(engine, root, &report), HJ_OK);
  CHECK_STATUS(hj_incident_add_call(engine, root, NULL), HJ_E_NULL);
  CHECK_STATUS(hj_incident_add_call(engine, 12345, &report), HJ_E_STALE);
  report.lat_e7 = INT32_MIN;
  CHECK_STATUS(hj_incident_add_call(engine, root, &report), HJ_E_RANGE);
  CHECK_EQUAL(read_incident(engine, root).calls, 1);
  hj_stats stats = {.size = sizeof stats};
  CHECK_STATUS(hj_engine_stats(engine, &stats), HJ_OK);
  CHECK_EQUAL(stats.calls_added, 1);
  CHECK_EQUAL(stats.incidents_opened, 1);
  CHECK_STATUS(hj_incident_close(engine, root, 1, 0), HJ_OK);
  report = make_report(HJ_TIER_EMERGENCY, 10, 0);
  CHECK_STATUS(hj_incident_add_call(engine, root, &report), HJ_E_STATE);
}

int main(void) {
  held_and_separated();
  a_further_call();
  likely_ones_are_named();
  merged_and_taken_back();
  wrong_merges();
  wrong_questions();
  return check_finish();
}
