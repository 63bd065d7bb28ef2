/* Figures and breaches through the header: intervals that the test knows, every dimension, the row "other", reset, and
 * arguments out of range. */
#include "host.h"

static hj_engine *engine;

static hj_figures read_figures(int32_t dimension, uint32_t value, int32_t interval) {
  hj_figures_query query = {sizeof query, dimension, value, interval};
  hj_figures figures;
  memset(&figures, 0, sizeof figures);
  figures.size = sizeof figures;
  REQUIRE_STATUS(hj_figures_read(engine, &query, &figures), HJ_OK);
  CHECK_EQUAL(figures.size, sizeof figures);
  return figures;
}

static hj_engine *with_rows(uint32_t types, uint32_t breaches) {
  hj_config config = poll_config();
  config.figure_types = types;
  config.figure_agencies = 1;
  config.figure_beats = 1;
  config.breach_capacity = breaches;
  return open_engine(&config);
}

/* One call of `type` at `now_ns`: dispatched at once, on scene after `arrive_s`, closed 100 s later. */
static void one_call(int64_t now_ns, uint32_t type, int32_t tier, uint32_t flags, int64_t arrive_s) {
  poll_at(engine, now_ns);
  hj_report report = make_report(tier, 0, 0);
  report.type = type;
  report.flags = flags;
  hj_dispatch dispatch = empty_dispatch();
  REQUIRE_STATUS(hj_incident_report(engine, &report, &dispatch), HJ_OK);
  REQUIRE_EQUAL(dispatch.assignment_count, 1);
  uint64_t assignment = dispatch.chosen[0].assignment_id;
  poll_at(engine, now_ns + 6 * SECOND_NS);
  REQUIRE_STATUS(hj_assignment_advance(engine, assignment, HJ_ASSIGNMENT_ACKNOWLEDGED, 0), HJ_OK);
  poll_at(engine, now_ns + 30 * SECOND_NS);
  REQUIRE_STATUS(hj_assignment_advance(engine, assignment, HJ_ASSIGNMENT_EN_ROUTE, 0), HJ_OK);
  poll_at(engine, now_ns + arrive_s * SECOND_NS);
  REQUIRE_STATUS(hj_assignment_advance(engine, assignment, HJ_ASSIGNMENT_ON_SCENE, 0), HJ_OK);
  poll_at(engine, now_ns + (arrive_s + 100) * SECOND_NS);
  REQUIRE_STATUS(hj_incident_close(engine, dispatch.incident_id, 1, 0), HJ_OK);
  drop_events(engine);
}

static void intervals(void) {
  engine = with_rows(2, 8);
  hj_unit unit = make_unit(1, 40, 0);
  unit.agency = 3;
  unit.home_beat = 17;
  REQUIRE_STATUS(hj_unit_put(engine, &unit), HJ_OK);
  one_call(START_NS, 5, HJ_TIER_EMERGENCY, 0, 400);
  one_call(START_NS + 3600 * SECOND_NS, 6, HJ_TIER_EMERGENCY, HJ_REPORT_VULNERABLE, 420);
  one_call(START_NS + 7200 * SECOND_NS, 7, HJ_TIER_URGENT, 0, 440);
  one_call(START_NS + 9000 * SECOND_NS, 8, HJ_TIER_URGENT, 0, 440);

  hj_figures all = read_figures(HJ_FIGURES_ALL, 0, HJ_INTERVAL_DISPATCH_TO_ARRIVAL);
  CHECK_EQUAL(all.count, 4);
  CHECK_EQUAL(all.mean_ms, 425000);
  CHECK_EQUAL(all.min_ms, 400000);
  CHECK_EQUAL(all.max_ms, 440000);
  CHECK_WITHIN(all.p50_ms * 128, 420000 * INT64_C(127), 420000 * INT64_C(129));
  CHECK_EQUAL(all.with_target, 4);
  CHECK_EQUAL(all.within_target, 3); /* the vulnerable caller waited longer than 5 minutes */
  static const struct {
    int32_t dimension;
    uint32_t value;
    int64_t count;
  } rows[] = {
      {HJ_FIGURES_TIER, HJ_TIER_EMERGENCY, 2},
      {HJ_FIGURES_TIER, HJ_TIER_ROUTINE, 0},
      {HJ_FIGURES_TYPE, 5, 1},
      {HJ_FIGURES_TYPE, 6, 1},
      {HJ_FIGURES_TYPE, 7, 0},
      {HJ_FIGURES_TYPE, HJ_FIGURES_OTHER, 2},
      {HJ_FIGURES_AGENCY, 3, 4},
      {HJ_FIGURES_BEAT, 17, 4},
      {HJ_FIGURES_VULNERABLE, 1, 1},
      {HJ_FIGURES_VULNERABLE, 0, 3},
  };
  for (size_t index = 0; index < sizeof rows / sizeof rows[0]; index++)
    CHECK_EQUAL(read_figures(rows[index].dimension, rows[index].value, HJ_INTERVAL_DISPATCH_TO_ARRIVAL).count,
                rows[index].count);
  CHECK_EQUAL(read_figures(HJ_FIGURES_TYPE, 7, 1).flags, HJ_FIGURES_UNKNOWN | HJ_FIGURES_TABLE_FULL);
  CHECK_EQUAL(read_figures(HJ_FIGURES_ALL, 0, HJ_INTERVAL_RECEIPT_TO_DISPATCH).max_ms, 0);
  CHECK_EQUAL(read_figures(HJ_FIGURES_ALL, 0, HJ_INTERVAL_DISPATCH_TO_ACKNOWLEDGE).mean_ms, 6000);
  CHECK_EQUAL(read_figures(HJ_FIGURES_ALL, 0, HJ_INTERVAL_ACKNOWLEDGE_TO_EN_ROUTE).mean_ms, 24000);
  CHECK_EQUAL(read_figures(HJ_FIGURES_ALL, 0, HJ_INTERVAL_RECEIPT_TO_ARRIVAL).with_target, 0);
  CHECK_EQUAL(read_figures(HJ_FIGURES_ALL, 0, HJ_INTERVAL_RECEIPT_TO_CLOSE).mean_ms, 525000);

  uint32_t values[8] = {0}, count = 0;
  CHECK_STATUS(hj_figures_values(engine, HJ_FIGURES_TYPE, NULL, 0, &count), HJ_E_BUFFER);
  CHECK_EQUAL(count, 2);
  CHECK_STATUS(hj_figures_values(engine, HJ_FIGURES_TYPE, values, 1, &count), HJ_E_BUFFER);
  CHECK_STATUS(hj_figures_values(engine, HJ_FIGURES_TYPE, values, 8, &count), HJ_OK);
  CHECK_EQUAL(values[0], 5);
  CHECK_EQUAL(values[1], 6);
  CHECK_EQUAL(values[2], 0);
}

/* Of the calls above only the vulnerable caller's arrival was late. */
static void breaches(void) {
  hj_breach found[8];
  memset(found, 0, sizeof found);
  found[0].size = sizeof found[0];
  uint32_t count = 9;
  CHECK_STATUS(hj_figures_breaches(engine, found, 8, &count), HJ_OK);
  CHECK_EQUAL(count, 1);
  CHECK_EQUAL(found[0].clock, HJ_CLOCK_ARRIVAL);
  CHECK_EQUAL(found[0].tier, HJ_TIER_EMERGENCY);
  CHECK_EQUAL(found[0].type, 6);
  CHECK_EQUAL(found[0].over_ms, 120000);
  CHECK_EQUAL(found[0].is_over, 1);
  CHECK_EQUAL(found[0].due_wall_us, START_US + (3600 + 300) * INT64_C(1000000));
  CHECK_STATUS(hj_incident_close(engine, found[0].incident_id, 1, 0), HJ_UNCHANGED);

  CHECK_STATUS(hj_figures_reset(engine), HJ_OK);
  CHECK_STATUS(hj_figures_breaches(engine, found, 8, &count), HJ_OK);
  CHECK_EQUAL(count, 0);
  CHECK_EQUAL(read_figures(HJ_FIGURES_ALL, 0, HJ_INTERVAL_RECEIPT_TO_CLOSE).count, 0);

  /* A promise that is still broken grows; the list keeps the newest. */
  int64_t now_ns = START_NS + 20000 * SECOND_NS;
  poll_at(engine, now_ns);
  hj_unit away = make_unit(1, 40, 0);
  away.activity = HJ_ACTIVITY_OFF_DUTY;
  REQUIRE_STATUS(hj_unit_put(engine, &away), HJ_OK);
  uint64_t last = 0;
  for (int index = 0; index < 12; index++) {
    hj_report report = make_report(HJ_TIER_EMERGENCY, 0, 0);
    hj_dispatch dispatch = empty_dispatch();
    REQUIRE_STATUS(hj_incident_report(engine, &report, &dispatch), HJ_OK);
    last = dispatch.incident_id;
  }
  poll_at(engine, now_ns + 90 * SECOND_NS);
  CHECK_STATUS(hj_figures_breaches(engine, found, 8, &count), HJ_OK);
  CHECK_EQUAL(count, 8);
  CHECK_EQUAL(found[0].incident_id, last);
  CHECK_EQUAL(found[0].clock, HJ_CLOCK_PENDING);
  CHECK_EQUAL(found[0].over_ms, 30000);
  CHECK_EQUAL(found[0].is_over, 0);
  poll_at(engine, now_ns + 95 * SECOND_NS);
  CHECK_STATUS(hj_figures_breaches(engine, found, 1, &count), HJ_OK);
  CHECK_EQUAL(count, 1);
  CHECK_EQUAL(found[0].over_ms, 35000);
  CHECK_EQUAL(read_stats(engine).breaches, 13);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
}

static void bad_input(void) {
  engine = with_rows(0, 0);
  hj_figures figures = {0};
  figures.size = sizeof figures;
  static const int32_t numbers[] = {INT32_MIN, -1, 7, INT32_MAX};
  for (int index = 0; index < 4; index++) {
    hj_figures_query query = {sizeof query, numbers[index], 0, HJ_INTERVAL_RECEIPT_TO_CLOSE};
    CHECK_STATUS(hj_figures_read(engine, &query, &figures), HJ_E_ARGUMENT);
    query.dimension = HJ_FIGURES_ALL;
    query.interval = numbers[index];
    CHECK_STATUS(hj_figures_read(engine, &query, &figures), HJ_E_ARGUMENT);
    uint32_t count;
    CHECK_STATUS(hj_figures_values(engine, numbers[index], NULL, 0, &count), HJ_E_ARGUMENT);
  }
  hj_figures_query query = {sizeof query, HJ_FIGURES_ALL, 0, 0};
  CHECK_STATUS(hj_figures_read(engine, &query, &figures), HJ_E_ARGUMENT);
  /* Any value of any dimension is a question, not an error. */
  static const uint32_t values[] = {0, 1, 2, 5, 255, 0x80000000u, UINT32_MAX - 1, UINT32_MAX};
  for (int32_t dimension = HJ_FIGURES_ALL; dimension <= HJ_FIGURES_VULNERABLE; dimension++)
    for (size_t index = 0; index < sizeof values / sizeof values[0]; index++)
      CHECK_EQUAL(read_figures(dimension, values[index], HJ_INTERVAL_RECEIPT_TO_CLOSE).count, 0);
  uint32_t count = 0;
  CHECK_STATUS(hj_figures_values(engine, HJ_FIGURES_TYPE, NULL, 0, NULL), HJ_E_NULL);
  CHECK_STATUS(hj_figures_values(engine, HJ_FIGURES_TYPE, NULL, 4, &count), HJ_E_NULL);
  CHECK_STATUS(hj_figures_values(engine, HJ_FIGURES_TYPE, NULL, 0, &count), HJ_OK);
  CHECK_EQUAL(count, 0);
  hj_breach breach = {0};
  breach.size = sizeof breach;
  CHECK_STATUS(hj_figures_breaches(engine, &breach, 1, NULL), HJ_E_NULL);
  CHECK_STATUS(hj_figures_breaches(engine, NULL, 1, &count), HJ_E_NULL);
  CHECK_STATUS(hj_figures_breaches(engine, NULL, 0, &count), HJ_OK);
  CHECK_STATUS(hj_figures_breaches(engine, &breach, 1, &count), HJ_OK);
  CHECK_EQUAL(count, 0);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);

  hj_config config = poll_config();
  config.figure_types = 4097;
  hj_engine *none = NULL;
  CHECK_STATUS(hj_engine_open(&config, &none, NULL), HJ_E_LIMIT);
  config.figure_types = 0;
  config.breach_capacity = 1048577;
  CHECK_STATUS(hj_engine_open(&config, &none, NULL), HJ_E_LIMIT);
}

int main(void) {
  intervals();
  breaches();
  bad_input();
  return check_finish();
}
