/* Values out of range, function by function, each with the status it must answer; and at the end nothing that was
 * accepted between them has been lost. */
#include <limits.h>
#include <math.h>
#include <unistd.h>

#include "world.h"

/* ---- Values out of range, function by function ---- */

static hj_unit unit_with(int32_t activity, int32_t crew, uint64_t id) {
  hj_unit unit = valid_unit;
  unit.activity = activity;
  unit.crew = crew;
  unit.id = id;
  return unit;
}

static void wrong_units(void) {
  hj_unit unit = unit_with(HJ_ACTIVITY_PATROLLING, 0, 0);
  CHECK_STATUS(hj_unit_put(good, &unit), HJ_E_ARGUMENT);
  unit = unit_with(12, 0, 50);
  CHECK_STATUS(hj_unit_put(good, &unit), HJ_E_ARGUMENT);
  unit = unit_with(-1, 0, 50);
  CHECK_STATUS(hj_unit_put(good, &unit), HJ_E_ARGUMENT);
  unit = unit_with(INT32_MAX, 0, 50);
  CHECK_STATUS(hj_unit_put(good, &unit), HJ_E_ARGUMENT);
  unit = unit_with(HJ_ACTIVITY_PATROLLING, -2, 50);
  CHECK_STATUS(hj_unit_put(good, &unit), HJ_E_ARGUMENT);
  const int32_t off[][2] = {{900000001, 0},   {-900000001, 0},        {0, 1800000001},
                            {0, -1800000001}, {INT32_MAX, INT32_MAX}, {INT32_MIN, INT32_MIN}};
  for (size_t index = 0; index < sizeof off / sizeof off[0]; index++) {
    unit = valid_unit;
    unit.lat_e7 = off[index][0];
    unit.lon_e7 = off[index][1];
    CHECK_STATUS(hj_unit_put(good, &unit), HJ_E_RANGE);
    hj_report report = valid_report;
    report.lat_e7 = off[index][0];
    report.lon_e7 = off[index][1];
    hj_dispatch dispatch = empty_dispatch();
    CHECK_STATUS(hj_incident_report(good, &report, &dispatch), HJ_E_RANGE);
    CHECK_STATUS(hj_incident_recommend(good, &report, &dispatch), HJ_E_RANGE);
    CHECK_STATUS(hj_incident_post(good, &report), HJ_E_RANGE);
    CHECK_STATUS(hj_incident_post_within(good, &report, SECOND_NS), HJ_E_RANGE);
    CHECK_STATUS(hj_incident_update(good, live_incident, &report, NULL), HJ_E_RANGE);
    hj_nearest_query query = valid_query;
    query.lat_e7 = off[index][0];
    query.lon_e7 = off[index][1];
    hj_nearest nearest = {0};
    uint32_t count;
    nearest.size = sizeof nearest;
    CHECK_STATUS(hj_nearest_units(good, &query, &nearest, 1, &count), HJ_E_RANGE);
    CHECK_STATUS(hj_route(good, off[index][0], off[index][1], 0, 0, NULL, NULL, 0, NULL), HJ_E_RANGE);
    CHECK_STATUS(hj_route(good, 0, 0, off[index][0], off[index][1], NULL, NULL, 0, NULL), HJ_E_RANGE);
    uint32_t travel_ms;
    CHECK_STATUS(hj_travel_time(good, off[index][0], off[index][1], 0, 0, 0, &travel_ms, NULL, NULL, NULL), HJ_E_RANGE);
    CHECK_STATUS(hj_travel_time(good, 0, 0, off[index][0], off[index][1], 0, &travel_ms, NULL, NULL, NULL), HJ_E_RANGE);
    CHECK_STATUS(hj_route_by_profile(good, 0, 0, off[index][0], off[index][1], HJ_PROFILE_NORMAL, NULL, NULL, 0, NULL),
                 HJ_E_RANGE);
    hj_position fix = valid_position;
    fix.lat_e7 = off[index][0];
    fix.lon_e7 = off[index][1];
    uint32_t accepted = 9;
    CHECK_STATUS(hj_positions_report(good, &fix, 1, &accepted), HJ_PARTIAL);
    CHECK_EQUAL(accepted, 0);
  }
  CHECK_STATUS(hj_unit_remove(good, 999), HJ_E_UNKNOWN);
  CHECK_STATUS(hj_unit_remove(good, 0), HJ_E_UNKNOWN);
  CHECK_STATUS(hj_unit_remove(good, UINT64_MAX), HJ_E_UNKNOWN);
  CHECK_STATUS(hj_unit_remove(good, 1), HJ_E_BUSY);
  CHECK_STATUS(hj_unit_set_activity(good, 999, HJ_ACTIVITY_MEAL, 0), HJ_E_UNKNOWN);
  CHECK_STATUS(hj_unit_set_activity(good, 1, HJ_ACTIVITY_ON_SCENE, 0), HJ_E_BUSY);
  CHECK_STATUS(hj_unit_set_activity(good, 2, -1, 0), HJ_E_ARGUMENT);
  CHECK_STATUS(hj_unit_set_activity(good, 2, 99, 0), HJ_E_ARGUMENT);
  CHECK_STATUS(hj_unit_set_activity(good, 2, HJ_ACTIVITY_MEAL, -1), HJ_E_ARGUMENT);
  CHECK_STATUS(hj_unit_set_activity(good, 2, HJ_ACTIVITY_MEAL, INT64_MIN), HJ_E_ARGUMENT);
  hj_unit_status status = {0};
  status.size = sizeof status;
  CHECK_STATUS(hj_unit_read(good, 999, &status), HJ_E_UNKNOWN);
}

static void wrong_positions(void) {
  uint32_t accepted = 9;
  CHECK_STATUS(hj_positions_report(good, NULL, 0, &accepted), HJ_OK);
  CHECK_EQUAL(accepted, 0);
  CHECK_STATUS(hj_positions_report(good, NULL, 1, &accepted), HJ_E_NULL);
  CHECK_STATUS(hj_positions_report(good, &valid_position, UINT32_MAX, &accepted), HJ_E_ARGUMENT);
  CHECK_STATUS(hj_positions_report(good, &valid_position, 1048577, &accepted), HJ_E_ARGUMENT);
  hj_position fixes[6];
  for (int index = 0; index < 6; index++) fixes[index] = valid_position;
  fixes[1].unit_id = 999;        /* nobody */
  fixes[2].heading_cdeg = 36000; /* a full turn is 0 */
  fixes[3].speed_cms = -1;
  fixes[4].wall_us = START_US * 2; /* decades ahead */
  fixes[5].datum = 7;
  CHECK_STATUS(hj_positions_report(good, fixes, 6, &accepted), HJ_PARTIAL);
  CHECK_EQUAL(accepted, 1);
  CHECK_STATUS(hj_positions_report(good, fixes, 6, NULL), HJ_PARTIAL);
  fixes[0].wall_us = -5;
  CHECK_STATUS(hj_positions_report(good, fixes, 1, &accepted), HJ_PARTIAL);
  CHECK_EQUAL(accepted, 0);
}

/* Clocks that do not exist, ids that do not fit them, steps that were never told. */
static void wrong_clocks(void) {
  hj_clock_status status = {0};
  status.size = sizeof status;
  hj_action action = {0};
  action.size = sizeof action;
  action.operator_id = 5;
  const int32_t numbers[] = {0, -1, HJ_CLOCK_ABSENCE, 13, 256, 259, INT32_MAX, INT32_MIN};
  for (size_t index = 0; index < sizeof numbers / sizeof numbers[0]; index++) {
    hj_clock_ref clock = valid_clock;
    clock.clock = numbers[index];
    CHECK_STATUS(hj_clock_read(good, &clock, &status), HJ_E_ARGUMENT);
    CHECK_STATUS(hj_clock_take(good, &clock, &action), HJ_E_ARGUMENT);
    CHECK_STATUS(hj_clock_snooze(good, &clock, 1, &action), HJ_E_ARGUMENT);
    CHECK_STATUS(hj_clock_escalate(good, &clock, &action), HJ_E_ARGUMENT);
  }
  hj_clock_ref clock = valid_clock;
  clock.step = -1;
  CHECK_STATUS(hj_clock_read(good, &clock, &status), HJ_E_ARGUMENT);
  clock = valid_clock;
  clock.cycle = INT32_MIN;
  CHECK_STATUS(hj_clock_read(good, &clock, &status), HJ_E_ARGUMENT);
  clock = valid_clock;
  clock.incident_id = live_incident + 1;
  CHECK_STATUS(hj_clock_read(good, &clock, &status), HJ_E_ARGUMENT);
  clock.incident_id = live_incident;
  CHECK_STATUS(hj_clock_read(good, &clock, &status), HJ_OK);
  CHECK_EQUAL(status.state, HJ_CLOCK_STATE_RUNNING);
  clock.assignment_id = 0;
  CHECK_STATUS(hj_clock_read(good, &clock, &status), HJ_E_STALE);
  clock.assignment_id = live_assignment + 1;
  CHECK_STATUS(hj_clock_read(good, &clock, &status), HJ_E_STALE);
  clock = valid_clock;
  clock.clock = HJ_CLOCK_ARRIVAL;
  clock.incident_id = live_incident;
  CHECK_STATUS(hj_clock_read(good, &clock, &status), HJ_E_ARGUMENT);
  clock.assignment_id = 0;
  CHECK_STATUS(hj_clock_read(good, &clock, &status), HJ_OK);
  clock.clock = HJ_CLOCK_RESOLVE; /* emergencies have no such limit */
  CHECK_STATUS(hj_clock_read(good, &clock, &status), HJ_OK);
  CHECK_EQUAL(status.state, HJ_CLOCK_STATE_NONE);
  CHECK_EQUAL(status.due_wall_us, 0);
  CHECK_STATUS(hj_clock_take(good, &clock, &action), HJ_E_NO_CLOCK);
  CHECK_STATUS(hj_clock_escalate(good, &clock, &action), HJ_E_NO_CLOCK);
  clock.incident_id = 12345;
  CHECK_STATUS(hj_clock_take(good, &clock, &action), HJ_E_STALE);
  CHECK_STATUS(hj_clock_take(good, &valid_clock, NULL), HJ_E_NULL);
  CHECK_STATUS(hj_clock_take(good, &valid_clock, &action), HJ_E_STEP); /* nothing has fired */
  clock = valid_clock;
  clock.step = 1;
  CHECK_STATUS(hj_clock_take(good, &clock, &action), HJ_E_STEP);
  CHECK_STATUS(hj_clock_escalate(good, &clock, &action), HJ_E_STEP);
  CHECK_STATUS(hj_clock_snooze(good, &valid_clock, 60, &action), HJ_E_REASON);
  action.reason = 1;
  CHECK_STATUS(hj_clock_snooze(good, &valid_clock, 0, &action), HJ_E_ARGUMENT);
  CHECK_STATUS(hj_clock_snooze(good, &valid_clock, UINT32_MAX, &action), HJ_E_SNOOZE);
  CHECK_STATUS(hj_clock_snooze(good, &valid_clock, 316, &action), HJ_E_SNOOZE); /* 300 s after the limit at most */
  CHECK_STATUS(hj_clock_snooze(good, &valid_clock, 15, &action), HJ_UNCHANGED);
  action.operator_id = 0;
  CHECK_STATUS(hj_clock_snooze(good, &valid_clock, 60, &action), HJ_E_ARGUMENT);
  CHECK_STATUS(hj_clock_escalate(good, &valid_clock, &action), HJ_E_ARGUMENT);
  CHECK_STATUS(hj_unit_check_in(good, 999, 0), HJ_E_UNKNOWN);
  CHECK_STATUS(hj_unit_check_in(good, 1, -1), HJ_E_ARGUMENT);
  CHECK_STATUS(hj_unit_check_in(good, 1, 0), HJ_UNCHANGED); /* no welfare clock in the built-in plan */
  CHECK_STATUS(hj_unit_check_in(good, 2, INT64_MAX), HJ_UNCHANGED);
  CHECK_STATUS(hj_assignment_undeliverable(good, live_assignment, -1), HJ_E_ARGUMENT);
  CHECK_STATUS(hj_assignment_undeliverable(good, 12345, 0), HJ_E_STALE);
  CHECK_STATUS(hj_incident_raise(good, live_incident, 0, 0, NULL), HJ_E_ARGUMENT);
  CHECK_STATUS(hj_incident_raise(good, live_incident, 2, -1, NULL), HJ_E_ARGUMENT);
  CHECK_STATUS(hj_incident_raise(good, live_incident, 2, 0, NULL), HJ_E_LEVEL);
  CHECK_STATUS(hj_incident_raise(good, live_incident, UINT32_MAX, 0, NULL), HJ_E_LEVEL);
  CHECK_STATUS(hj_incident_raise(good, live_incident, 257, 0, NULL), HJ_E_LEVEL);
  CHECK_STATUS(hj_incident_raise(good, live_incident, 1, 0, NULL), HJ_UNCHANGED);
  CHECK_STATUS(hj_incident_raise(good, 12345, 2, 0, NULL), HJ_E_STALE);
  CHECK_STATUS(hj_incident_set_lead(good, live_incident, 0, 0), HJ_E_ARGUMENT);
  CHECK_STATUS(hj_incident_set_lead(good, live_incident, 1, -1), HJ_E_ARGUMENT);
  CHECK_STATUS(hj_incident_set_lead(good, 12345, 1, 0), HJ_E_STALE);
  CHECK_STATUS(hj_incident_called_back(good, live_incident, 0), HJ_E_STATE);
  CHECK_STATUS(hj_incident_called_back(good, live_incident, -1), HJ_E_ARGUMENT);
  CHECK_STATUS(hj_incident_called_back(good, 12345, 0), HJ_E_STALE);
  CHECK_STATUS(hj_incident_migrate(good, 12345), HJ_E_STALE);
  CHECK_STATUS(hj_incident_migrate(good, live_incident), HJ_UNCHANGED);
  uint32_t count = 9;
  CHECK_STATUS(hj_plans_migrate(good, &count), HJ_OK);
  CHECK_EQUAL(count, 0);
  hj_report report = valid_report;
  hj_dispatch dispatch = empty_dispatch();
  report.appointment_wall_us = -1;
  CHECK_STATUS(hj_incident_report(good, &report, &dispatch), HJ_E_ARGUMENT);
  report.appointment_wall_us = INT64_MAX;
  CHECK_STATUS(hj_incident_report(good, &report, &dispatch), HJ_E_ARGUMENT);
}

static void wrong_reports(void) {
  hj_dispatch dispatch = empty_dispatch();
  const int32_t tiers[] = {-1, 5, INT32_MAX, INT32_MIN};
  for (size_t index = 0; index < 4; index++) {
    hj_report report = valid_report;
    report.tier = tiers[index];
    CHECK_STATUS(hj_incident_report(good, &report, &dispatch), HJ_E_ARGUMENT);
    CHECK_STATUS(hj_incident_post(good, &report), HJ_E_ARGUMENT);
    CHECK_STATUS(hj_incident_post_within(good, &report, SECOND_NS), HJ_E_ARGUMENT);
  }
  hj_report report = valid_report;
  report.flags = 2;
  CHECK_STATUS(hj_incident_report(good, &report, &dispatch), HJ_E_ARGUMENT);
  report = valid_report;
  report.datum = -1;
  CHECK_STATUS(hj_incident_report(good, &report, &dispatch), HJ_E_ARGUMENT);
  report = valid_report;
  report.wall_us = -1;
  CHECK_STATUS(hj_incident_report(good, &report, &dispatch), HJ_E_ARGUMENT);
  const uint64_t ids[] = {0,
                          1,
                          UINT64_MAX,
                          live_incident + 1,
                          live_incident + ((uint64_t)1 << 32),
                          ~live_incident,
                          live_assignment ^ (uint64_t)1 << 40};
  for (size_t index = 0; index < sizeof ids / sizeof ids[0]; index++) {
    if (ids[index] == live_incident) continue;
    hj_incident_status status = {0};
    status.size = sizeof status;
    CHECK_STATUS(hj_incident_read(good, ids[index], &status), HJ_E_STALE);
    CHECK_STATUS(hj_incident_update(good, ids[index], &valid_report, NULL), HJ_E_STALE);
    CHECK_STATUS(hj_incident_assign(good, ids[index], 2, 0, NULL), HJ_E_STALE);
    CHECK_STATUS(hj_incident_cancel(good, ids[index], 0), HJ_E_STALE);
    CHECK_STATUS(hj_incident_close(good, ids[index], 0, 0), HJ_E_STALE);
    if (ids[index] == live_assignment) continue;
    CHECK_STATUS(hj_assignment_advance(good, ids[index], HJ_ASSIGNMENT_ACKNOWLEDGED, 0), HJ_E_STALE);
    uint32_t needed;
    CHECK_STATUS(hj_assignment_route(good, ids[index], NULL, 0, &needed), HJ_E_STALE);
  }
  CHECK_STATUS(hj_incident_assign(good, live_incident, 999, 0, NULL), HJ_E_UNKNOWN);
  CHECK_STATUS(hj_incident_assign(good, live_incident, 1, 0, NULL), HJ_UNCHANGED);
  CHECK_STATUS(hj_incident_assign(good, live_incident, 2, -1, NULL), HJ_E_ARGUMENT);
  CHECK_STATUS(hj_incident_cancel(good, live_incident, -1), HJ_E_ARGUMENT);
  CHECK_STATUS(hj_incident_close(good, live_incident, 0, INT64_MIN), HJ_E_ARGUMENT);
}

static void wrong_moves(void) {
  const int32_t states[] = {0, -1, 16, INT32_MAX, INT32_MIN};
  for (size_t index = 0; index < 5; index++)
    CHECK_STATUS(hj_assignment_advance(good, live_assignment, states[index], 0), HJ_E_ARGUMENT);
  CHECK_STATUS(hj_assignment_advance(good, live_assignment, HJ_ASSIGNMENT_EN_ROUTE, -1), HJ_E_ARGUMENT);
  const int32_t not_ours[] = {HJ_ASSIGNMENT_RESERVED, HJ_ASSIGNMENT_EXPIRED, HJ_ASSIGNMENT_DIVERTED,
                              HJ_ASSIGNMENT_EXCHANGED, HJ_ASSIGNMENT_CLEARED};
  for (size_t index = 0; index < 5; index++)
    CHECK_STATUS(hj_assignment_advance(good, live_assignment, not_ours[index], 0), HJ_E_STATE);
  CHECK_STATUS(hj_assignment_advance(good, live_assignment, HJ_ASSIGNMENT_DELIVERED, 0), HJ_OK);
  hj_action without = {0};
  without.size = sizeof without;
  CHECK_STATUS(hj_assignment_advance(good, live_assignment, HJ_ASSIGNMENT_DISPATCHED, 0), HJ_E_REASON);
  CHECK_STATUS(hj_assignment_advance_by(good, live_assignment, HJ_ASSIGNMENT_DISPATCHED, 0, &without), HJ_E_REASON);
  CHECK_STATUS(hj_assignment_advance_by(good, live_assignment, HJ_ASSIGNMENT_DISPATCHED, 0, NULL), HJ_E_REASON);
}

static void wrong_searches(void) {
  hj_nearest nearest[4];
  memset(nearest, 0, sizeof nearest);
  nearest[0].size = sizeof nearest[0];
  uint32_t count = 9;
  hj_nearest_query query = valid_query;
  const uint32_t ks[] = {0, 65, UINT32_MAX};
  for (size_t index = 0; index < 3; index++) {
    query.k = ks[index];
    CHECK_STATUS(hj_nearest_units(good, &query, nearest, 4, &count), HJ_E_ARGUMENT);
  }
  query = valid_query;
  query.levels = 8;
  CHECK_STATUS(hj_nearest_units(good, &query, nearest, 4, &count), HJ_E_ARGUMENT);
  query = valid_query;
  query.datum = 4;
  CHECK_STATUS(hj_nearest_units(good, &query, nearest, 4, &count), HJ_E_ARGUMENT);
  const int32_t profiles[] = {-1, 3, INT32_MAX, INT32_MIN};
  for (size_t index = 0; index < 4; index++) {
    query = valid_query;
    query.profile = profiles[index];
    CHECK_STATUS(hj_nearest_units(good, &query, nearest, 4, &count), HJ_E_ARGUMENT);
    CHECK_STATUS(hj_route_by_profile(good, 0, 0, 1, 1, profiles[index], NULL, NULL, 0, NULL), HJ_E_ARGUMENT);
    uint32_t travel_ms;
    CHECK_STATUS(hj_travel_time(good, 0, 0, 1, 1, profiles[index], &travel_ms, NULL, NULL, NULL), HJ_E_ARGUMENT);
  }
  query = valid_query;
  CHECK_STATUS(hj_nearest_units(good, &query, nearest, 4, NULL), HJ_E_NULL);
  CHECK_STATUS(hj_nearest_units(good, &query, NULL, 4, &count), HJ_E_NULL);
  query.levels = 7;
  query.k = 2;
  CHECK_STATUS(hj_nearest_units(good, &query, nearest, 1, &count), HJ_E_BUFFER);
  CHECK_EQUAL(count, 2);
  CHECK_STATUS(hj_nearest_units(good, &query, NULL, 0, &count), HJ_E_BUFFER);
  query.capabilities = (uint64_t)1 << 63;
  CHECK_STATUS(hj_nearest_units(good, &query, nearest, 4, &count), HJ_OK);
  CHECK_EQUAL(count, 0);

  hj_route_point points[2];
  memset(points, 0, sizeof points);
  points[0].size = sizeof points[0];
  uint32_t needed = 9;
  CHECK_STATUS(hj_route(good, 0, 0, 1, 1, NULL, NULL, 5, &needed), HJ_E_NULL);
  CHECK_STATUS(
      hj_route(good, CENTRE_LAT_E7, CENTRE_LON_E7, CENTRE_LAT_E7 + 5000, CENTRE_LON_E7, NULL, points, 1, &needed),
      HJ_E_BUFFER);
  CHECK_EQUAL(needed, 2); /* without streets: a straight line */
  uint32_t travel_ms = 7, distance_dm = 7, flags = 7;
  uint64_t epoch = 7;
  CHECK_STATUS(hj_travel_time(good, 0, 0, 1, 1, 0, NULL, &distance_dm, &flags, &epoch), HJ_E_NULL);
  CHECK_EQUAL(distance_dm, 7);
  CHECK_EQUAL(flags, 7);
  CHECK_EQUAL(epoch, 7); /* refused: nothing is written */
  CHECK_STATUS(hj_travel_time(good, 0, 1, 9000, 0, 0, &travel_ms, &distance_dm, &flags, &epoch), HJ_OK);
  CHECK_MORE(travel_ms, 7);
  CHECK_MORE(distance_dm, 7);
  CHECK(flags & HJ_ROUTE_STRAIGHT_LINE);
  CHECK(flags & HJ_ROUTE_OFF_NETWORK_FROM && flags & HJ_ROUTE_OFF_NETWORK_TO);
  CHECK_EQUAL(epoch, 0);
  char name[8];
  CHECK_STATUS(hj_route_by_profile(good, 0, 0, 1, 1, HJ_PROFILE_NORMAL, NULL, NULL, 5, &needed), HJ_E_NULL);
  CHECK_STATUS(hj_street_name(good, 1, name, sizeof name, &needed), HJ_E_UNKNOWN); /* no streets, no names */
  CHECK_STATUS(hj_street_name(good, 1, name, sizeof name, NULL), HJ_E_NULL);
  CHECK_STATUS(hj_street_name(good, 1, NULL, sizeof name, &needed), HJ_E_NULL);
  CHECK_STATUS(hj_assignment_route(good, live_assignment, NULL, 0, NULL), HJ_E_NULL);
  CHECK_STATUS(hj_assignment_route(good, live_assignment, NULL, 3, &needed), HJ_E_NULL);
  CHECK_STATUS(hj_assignment_route(good, live_assignment, points, 1, &needed), HJ_E_BUFFER);
}

static void wrong_rest(void) {
  int32_t lat = 5, lon = 5;
  const double odd[] = {NAN, INFINITY, -INFINITY, 1e300, -1e300, 90.00001, -90.00001};
  for (size_t index = 0; index < sizeof odd / sizeof odd[0]; index++) {
    CHECK_STATUS(hj_e7_from_degrees(odd[index], 0, &lat, &lon), HJ_E_RANGE);
    CHECK_STATUS(hj_e7_from_degrees(0, odd[index] * 2, &lat, &lon), HJ_E_RANGE);
  }
  CHECK_EQUAL(lat, 5);
  CHECK_EQUAL(lon, 5);
  CHECK_STATUS(hj_e7_from_degrees(0, 0, NULL, &lon), HJ_E_NULL);
  CHECK_STATUS(hj_e7_from_degrees(0, 0, &lat, NULL), HJ_E_NULL);
  CHECK_STATUS(hj_e7_from_degrees(90, -180, &lat, &lon), HJ_OK);
  CHECK_EQUAL(lat, 900000000);
  CHECK_EQUAL(lon, -1800000000);

  uint32_t count = 9;
  hj_event event = {0};
  CHECK_STATUS(hj_events_poll(good, &event, 1, NULL), HJ_E_NULL);
  CHECK_STATUS(hj_events_poll(good, NULL, 1, &count), HJ_E_NULL);
  CHECK_STATUS(hj_events_poll(good, NULL, 0, &count), HJ_OK);
  CHECK_STATUS(hj_engine_poll(good, -1, START_US, 0, NULL), HJ_E_ARGUMENT);
  CHECK_STATUS(hj_engine_poll(good, START_NS, -1, 0, NULL), HJ_E_ARGUMENT);
  CHECK_STATUS(hj_engine_poll(good, INT64_MIN, INT64_MIN, 0, NULL), HJ_E_ARGUMENT);
  CHECK_STATUS(hj_config_init(NULL, sizeof(hj_config)), HJ_E_NULL);
  hj_config config;
  CHECK_STATUS(hj_config_init(&config, 0), HJ_E_SIZE);
  CHECK_STATUS(hj_config_init(&config, 111), HJ_E_SIZE); /* version 0.1 had 112 bytes */
  const int32_t numbers[] = {INT32_MIN, INT32_MAX, -1, 0, 99, -99, 7};
  for (int32_t vocabulary = -2; vocabulary < 13; vocabulary++)
    for (size_t index = 0; index < 7; index++) CHECK_MORE(strlen(hj_name(vocabulary, numbers[index])), 0);
  CHECK_TEXT(hj_name(HJ_NAMES_TIER, 99), "unknown");
  CHECK_TEXT(hj_name(99, 1), "unknown");
  for (size_t index = 0; index < 7; index++) {
    CHECK_MORE(strlen(hj_status_name(numbers[index])), 0);
    CHECK_MORE(strlen(hj_status_text(numbers[index])), 0);
  }
  CHECK_TEXT(hj_status_name(12345), "HJ_UNKNOWN_STATUS");
}

/* ---- Off the map, and nothing lost ---- */

static void off_the_map(void) {
  const char *map = on_streets();
  if (map == NULL) return;
  hj_config config = poll_config();
  config.map_path = map;
  hj_engine *engine = open_engine(&config);
  put_unit(engine, 1, 0, 0);
  CHECK_EQUAL(read_unit(engine, 1).off_network, 0);
  CHECK_DIFFERENT(read_unit(engine, 1).street_id, 0);
  hj_report report = make_report(HJ_TIER_EMERGENCY, 0, 0);
  hj_dispatch dispatch = empty_dispatch();
  CHECK_STATUS(hj_incident_recommend(engine, &report, &dispatch), HJ_OK);
  CHECK_EQUAL(dispatch.shortfall, 0);
  report.lat_e7 = -334000000; /* another continent */
  report.lon_e7 = 1512000000;
  CHECK_STATUS(hj_incident_report(engine, &report, &dispatch), HJ_OK);
  CHECK_EQUAL(dispatch.assignment_count, 1);
  CHECK(dispatch.shortfall & HJ_SHORTFALL_NOT_ON_STREETS); /* the nearest street is used, and that is said */
  hj_route_summary summary = {0};
  summary.size = sizeof summary;
  CHECK_STATUS(hj_route(engine, centre_lat_e7, centre_lon_e7, report.lat_e7, report.lon_e7, &summary, NULL, 0, NULL),
               HJ_OK);
  CHECK(summary.flags & HJ_ROUTE_OFF_NETWORK_TO);
  CHECK(!(summary.flags & HJ_ROUTE_OFF_NETWORK_FROM));
  hj_position fix;
  memset(&fix, 0, sizeof fix);
  fix.size = sizeof fix;
  fix.unit_id = 1;
  fix.heading_cdeg = fix.speed_cms = HJ_UNKNOWN;
  fix.lat_e7 = report.lat_e7;
  fix.lon_e7 = report.lon_e7;
  CHECK_STATUS(hj_positions_report(engine, &fix, 1, NULL), HJ_OK);
  CHECK_EQUAL(read_unit(engine, 1).off_network, 1);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  off_streets();
}

/* Good posts between the bad ones: each that was accepted is answered by one event with its key. */
static void nothing_lost(void) {
  hj_config config = poll_config();
  config.max_incidents = 40;
  config.post_capacity = 32;
  hj_engine *engine = open_engine(&config);
  put_unit(engine, 1, 0, 0);
  unsigned char answered[400] = {0};
  int accepted = 0, offered = 0, full = 0, answers = 0;
  hj_event events[64];
  for (uint64_t key = 1; key < 400; key++) {
    hj_report report = make_report(HJ_TIER_ROUTINE, (int)key, 0);
    report.key_low = key;
    offered++;
    hj_status status = hj_incident_post(engine, &report);
    CHECK_EITHER(status, HJ_OK, HJ_FULL);
    accepted += status == HJ_OK;
    full += status == HJ_FULL;
    answered[key] = status == HJ_OK ? 1 : 0;
    report.lat_e7 = INT32_MAX;
    CHECK_STATUS(hj_incident_post(engine, &report), HJ_E_RANGE);
    CHECK_STATUS(hj_incident_post(engine, NULL), HJ_E_NULL);
    if (key % 48 == 0) {
      REQUIRE_STATUS(hj_engine_poll(engine, START_NS + (int64_t)key, START_US, 0, NULL), HJ_OK);
      uint32_t count;
      while ((count = take_events(engine, events, 64)) > 0)
        for (uint32_t index = 0; index < count; index++)
          if (events[index].kind == HJ_EVENT_DECIDED || events[index].kind == HJ_EVENT_REFUSED) {
            answers++;
            CHECK_EQUAL(answered[events[index].key_low], 1);
            answered[events[index].key_low]++;
          }
    }
  }
  REQUIRE_STATUS(hj_engine_poll(engine, START_NS + 1000, START_US, 0, NULL), HJ_OK);
  uint32_t count;
  while ((count = take_events(engine, events, 64)) > 0)
    for (uint32_t index = 0; index < count; index++)
      answers += events[index].kind == HJ_EVENT_DECIDED || events[index].kind == HJ_EVENT_REFUSED;
  CHECK_EQUAL(accepted + full, offered);
  CHECK_EQUAL(answers, accepted);
  CHECK_MORE(full, 0);
  CHECK_EQUAL(read_stats(engine).posts, accepted);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
}

int main(void) {
  open_world();
  wrong_units();
  wrong_positions();
  wrong_clocks();
  wrong_reports();
  wrong_moves();
  wrong_searches();
  wrong_rest();
  off_the_map();
  nothing_lost();
  close_world();
  return check_finish();
}
