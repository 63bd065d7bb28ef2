/* One engine with one incident under way, for the programs that try to break it, and inputs that are right. */
#ifndef HUJIA_TEST_WORLD_H
#define HUJIA_TEST_WORLD_H

#include "host.h"

static hj_engine *good;
static uint64_t live_incident, live_assignment;
static hj_config valid_config;
static hj_unit valid_unit;
static hj_position valid_position;
static hj_report valid_report;
static hj_nearest_query valid_query;
static hj_clock_ref valid_clock;
static hj_street_time valid_street_time;

static inline void open_world(void) {
  valid_config = poll_config();
  valid_unit = make_unit(3, 900, 900);
  memset(&valid_position, 0, sizeof valid_position);
  valid_position.size = sizeof valid_position;
  valid_position.unit_id = 2;
  valid_position.heading_cdeg = valid_position.speed_cms = HJ_UNKNOWN;
  place(300, 300, &valid_position.lat_e7, &valid_position.lon_e7);
  valid_report = make_report(HJ_TIER_ROUTINE, 0, 0);
  memset(&valid_query, 0, sizeof valid_query);
  valid_query.size = sizeof valid_query;
  valid_query.k = 1;
  place(0, 0, &valid_query.lat_e7, &valid_query.lon_e7);
  memset(&valid_street_time, 0, sizeof valid_street_time);
  valid_street_time.size = sizeof valid_street_time;
  valid_street_time.street_id = 1;
  valid_street_time.travel_ms = 5000;

  hj_config config = poll_config();
  good = open_engine(&config);
  put_unit(good, 1, 10, 0);
  poll_at(good, START_NS);
  hj_report report = make_report(HJ_TIER_EMERGENCY, 0, 0);
  hj_dispatch dispatch = empty_dispatch();
  REQUIRE_STATUS(hj_incident_report(good, &report, &dispatch), HJ_OK);
  REQUIRE_EQUAL(dispatch.assignment_count, 1);
  live_incident = dispatch.incident_id;
  live_assignment = dispatch.chosen[0].assignment_id;
  put_unit(good, 2, 300, 300);
  memset(&valid_clock, 0, sizeof valid_clock);
  valid_clock.size = sizeof valid_clock;
  valid_clock.clock = HJ_CLOCK_ACKNOWLEDGE;
  valid_clock.assignment_id = live_assignment;
}

/* After all of that the engine is as it was. */
static inline void close_world(void) {
  CHECK_EQUAL(read_incident(good, live_incident).state, HJ_INCIDENT_ASSIGNED);
  CHECK_EQUAL(read_unit(good, 1).assignment_id, live_assignment);
  CHECK_STATUS(hj_engine_close(good), HJ_OK);
}

#endif
