/* What every test host needs: an engine without streets, units and calls at a few places, events by the handful. */
#ifndef HUJIA_TEST_HOST_H
#define HUJIA_TEST_HOST_H

#include "check.h"

#define SECOND_NS INT64_C(1000000000)
#define MINUTE_NS (60 * SECOND_NS)
#define START_NS (1000 * SECOND_NS)
#define START_US INT64_C(1516000000000000)

/* A place `north` and `east` of the centre, in steps of 1e-5 degrees (about a metre): in San Francisco, where no
 * streets are loaded; `on_streets` moves it into the small invented city of the test map and gives its path,
 * or NULL. */
#define CENTRE_LAT_E7 377793000
#define CENTRE_LON_E7 (-1224193000)
static int32_t centre_lat_e7 = CENTRE_LAT_E7, centre_lon_e7 = CENTRE_LON_E7;

static inline void place(int north, int east, int32_t *lat_e7, int32_t *lon_e7) {
  *lat_e7 = centre_lat_e7 + north * 100;
  *lon_e7 = centre_lon_e7 + east * 100;
}

static inline const char *on_streets(void) {
  const char *map = getenv("HUJIA_TEST_MAP");
  if (map != NULL) {
    centre_lat_e7 = 310060000;
    centre_lon_e7 = -409920000;
  } else {
    static int is_told;
    if (!is_told) check_skip("on streets", "HUJIA_TEST_MAP names no map");
    is_told = 1;
  }
  return map;
}

static inline void off_streets(void) {
  centre_lat_e7 = CENTRE_LAT_E7;
  centre_lon_e7 = CENTRE_LON_E7;
}

static inline hj_config poll_config(void) {
  hj_config config;
  memset(&config, 0, sizeof config);
  REQUIRE_STATUS(hj_config_init(&config, sizeof config), HJ_OK);
  config.run_mode = HJ_RUN_POLL;
  config.max_units = 64;
  config.max_incidents = 64;
  config.max_assignments = 128;
  config.event_capacity = 1024;
  return config;
}

static inline hj_engine *open_engine(const hj_config *config) {
  hj_engine *engine = NULL;
  hj_error_detail detail;
  memset(&detail, 0, sizeof detail);
  detail.size = sizeof detail;
  hj_status status = hj_engine_open(config, &engine, &detail);
  if (status < 0) fprintf(stderr, "open: %s %s: %s\n", hj_status_name(status), detail.field, detail.text);
  REQUIRE_STATUS(status, HJ_OK);
  REQUIRE(engine != NULL);
  return engine;
}

static inline hj_unit make_unit(uint64_t id, int north, int east) {
  hj_unit unit;
  memset(&unit, 0, sizeof unit);
  unit.size = sizeof unit;
  unit.id = id;
  unit.activity = HJ_ACTIVITY_PATROLLING;
  place(north, east, &unit.lat_e7, &unit.lon_e7);
  return unit;
}

static inline void put_unit(hj_engine *engine, uint64_t id, int north, int east) {
  hj_unit unit = make_unit(id, north, east);
  REQUIRE_STATUS(hj_unit_put(engine, &unit), HJ_OK);
}

static inline hj_report make_report(int32_t tier, int north, int east) {
  hj_report report;
  memset(&report, 0, sizeof report);
  report.size = sizeof report;
  report.tier = tier;
  place(north, east, &report.lat_e7, &report.lon_e7);
  return report;
}

static inline hj_dispatch empty_dispatch(void) {
  hj_dispatch dispatch;
  memset(&dispatch, 0, sizeof dispatch);
  dispatch.size = sizeof dispatch;
  return dispatch;
}

static inline hj_stats read_stats(hj_engine *engine) {
  hj_stats stats;
  memset(&stats, 0, sizeof stats);
  stats.size = sizeof stats;
  REQUIRE_STATUS(hj_engine_stats(engine, &stats), HJ_OK);
  return stats;
}

static inline hj_incident_status read_incident(hj_engine *engine, uint64_t id) {
  hj_incident_status status;
  memset(&status, 0, sizeof status);
  status.size = sizeof status;
  REQUIRE_STATUS(hj_incident_read(engine, id, &status), HJ_OK);
  return status;
}

static inline hj_unit_status read_unit(hj_engine *engine, uint64_t id) {
  hj_unit_status status;
  memset(&status, 0, sizeof status);
  status.size = sizeof status;
  REQUIRE_STATUS(hj_unit_read(engine, id, &status), HJ_OK);
  return status;
}

/* Up to `capacity` events; returns how many. */
static inline uint32_t take_events(hj_engine *engine, hj_event *events, uint32_t capacity) {
  uint32_t count = 0;
  if (capacity > 0) {
    memset(&events[0], 0, sizeof events[0]);
    events[0].size = sizeof events[0];
  }
  REQUIRE_STATUS(hj_events_poll(engine, events, capacity, &count), HJ_OK);
  return count;
}

static inline void drop_events(hj_engine *engine) {
  hj_event events[64];
  while (take_events(engine, events, 64) > 0) {
  }
}

/* The clock as the test sets it. Both times run together unless a test says otherwise. */
static inline int64_t poll_at(hj_engine *engine, int64_t now_ns) {
  int64_t next_due_ns = -1;
  hj_status status = hj_engine_poll(engine, now_ns, START_US + (now_ns - START_NS) / 1000, 0, &next_due_ns);
  REQUIRE_STATUS(status, HJ_OK);
  return next_due_ns;
}

#endif
