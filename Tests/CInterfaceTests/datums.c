/* The datum of places through every struct that has one: in by each feed's own and by the config's, out in the one that
 * the host asked for. Positions on the mainland come back as they went in, everywhere. */
#include "host.h"

/* Two units of 1e-7 degrees: one for each rounding. */
#define NEAR 2

static hj_engine *engine;
static int32_t in_datum, out_datum;

/* Where a WGS-84 place is in a datum. */
static void drawn(int32_t datum, int north, int32_t *lat_e7, int32_t *lon_e7) {
  place(north, 0, lat_e7, lon_e7);
  REQUIRE_STATUS(hj_datum_convert(HJ_DATUM_WGS84, datum, lat_e7, lon_e7), HJ_OK);
}

static void check_near(const char *what, int north, int32_t lat_e7, int32_t lon_e7) {
  int32_t lat, lon;
  drawn(out_datum, north, &lat, &lon);
  int is_near = abs(lat - lat_e7) <= NEAR && abs(lon - lon_e7) <= NEAR;
  if (!is_near)
    fprintf(stderr, "%s, %d to %d: %d/%d is not %d/%d\n", what, in_datum, out_datum, lat_e7, lon_e7, lat, lon);
  CHECK(is_near);
}

/* ---- One row for every struct that carries a place in, and what shows it ---- */

static void by_unit(void) {
  hj_unit unit = make_unit(1, 0, 0);
  drawn(in_datum, 10, &unit.lat_e7, &unit.lon_e7);
  drawn(in_datum, 70, &unit.station_lat_e7, &unit.station_lon_e7);
  CHECK_STATUS(hj_unit_put(engine, &unit), HJ_OK);
  hj_unit_status status = read_unit(engine, 1);
  check_near("hj_unit to hj_unit_status", 10, status.lat_e7, status.lon_e7);
  check_near("a station to hj_unit_status", 70, status.station_lat_e7, status.station_lon_e7);
}

static void by_position(int32_t own) {
  hj_position fix;
  memset(&fix, 0, sizeof fix);
  fix.size = sizeof fix;
  fix.unit_id = 1;
  fix.heading_cdeg = fix.speed_cms = HJ_UNKNOWN;
  fix.datum = own;
  drawn(in_datum, 20, &fix.lat_e7, &fix.lon_e7);
  CHECK_STATUS(hj_positions_report(engine, &fix, 1, NULL), HJ_OK);
  hj_unit_status status = read_unit(engine, 1);
  check_near("hj_position to hj_unit_status", 20, status.lat_e7, status.lon_e7);
}

/* The road is from the unit to the call: its ends are both. */
static void by_report(int32_t own, uint64_t *assignment_id, uint64_t *incident_id) {
  hj_report call = make_report(HJ_TIER_EMERGENCY, 0, 0);
  call.datum = own;
  drawn(in_datum, 400, &call.lat_e7, &call.lon_e7);
  hj_dispatch answer = empty_dispatch();
  CHECK_STATUS(hj_incident_report(engine, &call, &answer), HJ_OK);
  REQUIRE_EQUAL(answer.assignment_count, 1);
  *assignment_id = answer.chosen[0].assignment_id;
  *incident_id = answer.incident_id;
  hj_incident_status status = read_incident(engine, answer.incident_id);
  check_near("hj_report to hj_incident_status", 400, status.lat_e7, status.lon_e7);
  /* 380 steps of 1e-5 degrees are 422.5 m, driven in a detour of 1.4. */
  CHECK_NEAR((int32_t)answer.chosen[0].distance_dm, 5915, 20);
}

static void by_update(int32_t own, uint64_t incident_id) {
  hj_report change = make_report(HJ_TIER_NONE, 0, 0);
  change.datum = own;
  drawn(in_datum, 300, &change.lat_e7, &change.lon_e7);
  CHECK_STATUS(hj_incident_update(engine, incident_id, &change, NULL), HJ_OK);
  hj_incident_status status = read_incident(engine, incident_id);
  check_near("hj_report of an update to hj_incident_status", 300, status.lat_e7, status.lon_e7);
}

static void by_post(int32_t own) {
  hj_report call = make_report(HJ_TIER_EMERGENCY, 0, 0);
  call.datum = own;
  call.key_low = 3;
  drawn(in_datum, 50, &call.lat_e7, &call.lon_e7);
  drop_events(engine);
  CHECK_STATUS(hj_incident_post(engine, &call), HJ_OK);
  poll_at(engine, START_NS + 2 * SECOND_NS);
  hj_event events[8];
  REQUIRE_AT_LEAST(take_events(engine, events, 8), 1);
  REQUIRE_EQUAL(events[0].kind, HJ_EVENT_DECIDED);
  hj_incident_status status = read_incident(engine, events[0].incident_id);
  check_near("a post to hj_incident_status", 50, status.lat_e7, status.lon_e7);
}

static void by_watch(int32_t own) {
  hj_watch watch;
  memset(&watch, 0, sizeof watch);
  watch.size = sizeof watch;
  watch.id = 5;
  watch.datum = own;
  watch.alarm_tier = HJ_TIER_URGENT;
  drawn(in_datum, 60, &watch.lat_e7, &watch.lon_e7);
  CHECK_STATUS(hj_watch_put(engine, &watch), HJ_OK);
  hj_dispatch answer = empty_dispatch();
  CHECK_TAKEN(hj_watch_alarm(engine, 5, 0, &answer));
  hj_incident_status status = read_incident(engine, answer.incident_id);
  check_near("hj_watch to hj_incident_status", 60, status.lat_e7, status.lon_e7);
}

static void by_query(int32_t own) {
  hj_nearest_query query;
  memset(&query, 0, sizeof query);
  query.size = sizeof query;
  query.k = 1;
  query.levels = 7;
  query.datum = own;
  drawn(in_datum, 20, &query.lat_e7, &query.lon_e7);
  hj_nearest nearest;
  memset(&nearest, 0, sizeof nearest);
  nearest.size = sizeof nearest;
  uint32_t count = 0;
  CHECK_STATUS(hj_nearest_units(engine, &query, &nearest, 1, &count), HJ_OK);
  CHECK_EQUAL(count, 1);
  CHECK_AT_MOST(nearest.distance_dm, 1);
}

static void roads(uint64_t assignment_id) {
  hj_route_point points[8];
  uint32_t needed = 0;
  memset(points, 0, sizeof points);
  points[0].size = sizeof points[0];
  CHECK_STATUS(hj_assignment_route(engine, assignment_id, points, 8, &needed), HJ_OK);
  REQUIRE_EQUAL(needed, 2);
  check_near("hj_route_point, an order's first", 20, points[0].lat_e7, points[0].lon_e7);
  check_near("hj_route_point, an order's last", 300, points[1].lat_e7, points[1].lon_e7);
  /* hj_route asks in WGS-84 and answers in the datum of the output, also into a short buffer. */
  int32_t from_lat, from_lon, to_lat, to_lon;
  place(100, 0, &from_lat, &from_lon);
  place(200, 0, &to_lat, &to_lon);
  memset(points, 0, sizeof points);
  points[0].size = sizeof points[0];
  CHECK_STATUS(hj_route(engine, from_lat, from_lon, to_lat, to_lon, NULL, points, 8, NULL), HJ_OK);
  check_near("hj_route_point, first", 100, points[0].lat_e7, points[0].lon_e7);
  check_near("hj_route_point, last", 200, points[1].lat_e7, points[1].lon_e7);
  memset(points, 0, sizeof points);
  points[0].size = sizeof points[0];
  CHECK_STATUS(hj_route(engine, from_lat, from_lon, to_lat, to_lon, NULL, points, 1, NULL), HJ_E_BUFFER);
  check_near("hj_route_point, cut off", 100, points[0].lat_e7, points[0].lon_e7);
  CHECK_EQUAL(points[1].lat_e7, 0);
}

/* Each list says what the question for one of them says. No station stays none. */
static void lists(int has_station, uint64_t incident_id) {
  hj_unit_status units[4];
  uint64_t cursor = 0;
  uint32_t count = 0;
  memset(units, 0, sizeof units);
  units[0].size = sizeof units[0];
  CHECK_STATUS(hj_units_list(engine, &cursor, units, 4, &count, NULL), HJ_OK);
  REQUIRE_EQUAL(count, 1);
  CHECK_EQUAL(cursor, 0);
  check_near("hj_units_list", 20, units[0].lat_e7, units[0].lon_e7);
  if (has_station) {
    check_near("a station in hj_units_list", 70, units[0].station_lat_e7, units[0].station_lon_e7);
  } else {
    CHECK_EQUAL(units[0].station_lat_e7, 0);
    CHECK_EQUAL(units[0].station_lon_e7, 0);
  }
  hj_incident_status incidents[8];
  memset(incidents, 0, sizeof incidents);
  incidents[0].size = sizeof incidents[0];
  CHECK_STATUS(hj_incidents_list(engine, &cursor, incidents, 8, &count, NULL), HJ_OK);
  REQUIRE_EQUAL(count, 3);
  CHECK_EQUAL(cursor, 0);
  for (uint32_t index = 0; index < count; index++) {
    const hj_incident_status *incident = &incidents[index];
    int north = incident->incident_id == incident_id ? 300 : incident->key_low == 3 ? 50 : 60;
    check_near("hj_incidents_list", north, incident->lat_e7, incident->lon_e7);
  }
}

/* `own`: the feeds name their datum and the config has another; else the config's holds for all. */
static void through(int names_own) {
  hj_config config = poll_config();
  config.datum = names_own ? HJ_DATUM_DEFAULT : in_datum;
  config.output_datum = out_datum;
  engine = open_engine(&config);
  poll_at(engine, START_NS);
  int32_t own = names_own ? in_datum : HJ_DATUM_DEFAULT;
  if (names_own) {
    put_unit(engine, 1, 0, 0); /* hj_unit has no datum of its own */
  } else {
    by_unit();
  }
  uint64_t assignment_id, incident_id;
  by_position(own);
  by_query(own);
  by_report(own, &assignment_id, &incident_id);
  by_update(own, incident_id);
  roads(assignment_id);
  by_post(own);
  by_watch(own);
  lists(!names_own, incident_id);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
}

/* ---- hj_datum_convert ---- */

static void converted(void) {
  int32_t lat = 399042000, lon = 1164074000;
  CHECK_STATUS(hj_datum_convert(HJ_DATUM_WGS84, HJ_DATUM_GCJ02, NULL, &lon), HJ_E_NULL);
  CHECK_STATUS(hj_datum_convert(HJ_DATUM_WGS84, HJ_DATUM_GCJ02, &lat, NULL), HJ_E_NULL);
  static const int32_t wrong[] = {-1, 4, INT32_MAX, INT32_MIN};
  for (int index = 0; index < 4; index++) {
    CHECK_STATUS(hj_datum_convert(wrong[index], HJ_DATUM_GCJ02, &lat, &lon), HJ_E_ARGUMENT);
    CHECK_STATUS(hj_datum_convert(HJ_DATUM_GCJ02, wrong[index], &lat, &lon), HJ_E_ARGUMENT);
  }
  int32_t off = 900000001;
  CHECK_STATUS(hj_datum_convert(HJ_DATUM_GCJ02, HJ_DATUM_WGS84, &off, &lon), HJ_E_RANGE);
  CHECK_EQUAL(off, 900000001);
  off = INT32_MIN;
  CHECK_STATUS(hj_datum_convert(HJ_DATUM_BD09, HJ_DATUM_WGS84, &lat, &off), HJ_E_RANGE);
  CHECK_EQUAL(off, INT32_MIN);
  CHECK_EQUAL(lat, 399042000);
  CHECK_EQUAL(lon, 1164074000);
  CHECK_STATUS(hj_datum_convert(HJ_DATUM_DEFAULT, HJ_DATUM_WGS84, &lat, &lon), HJ_OK);
  CHECK_EQUAL(lat, 399042000);
  CHECK_EQUAL(lon, 1164074000);
  CHECK_STATUS(hj_datum_convert(HJ_DATUM_DEFAULT, HJ_DATUM_BD09, &lat, &lon), HJ_OK);
  CHECK_MORE(abs(lat - 399042000), 50000);
  CHECK_MORE(abs(lon - 1164074000), 50000);
  CHECK_STATUS(hj_datum_convert(HJ_DATUM_BD09, HJ_DATUM_DEFAULT, &lat, &lon), HJ_OK);
  CHECK_NEAR(lat, 399042000, 1);
  CHECK_NEAR(lon, 1164074000, 1);
  lat = lon = 0;
  CHECK_STATUS(hj_datum_convert(HJ_DATUM_BD09, HJ_DATUM_GCJ02, &lat, &lon), HJ_OK);
  CHECK_EQUAL(lat, 0);
  CHECK_EQUAL(lon, 0);
}

int main(void) {
  converted();
  /* Beijing, where each datum is somewhere else; Vladivostok, where all are the same. */
  static const int32_t centres[][2] = {{399042000, 1164074000}, {431155000, 1318855000}};
  for (int centre = 0; centre < 2; centre++) {
    centre_lat_e7 = centres[centre][0];
    centre_lon_e7 = centres[centre][1];
    for (in_datum = HJ_DATUM_WGS84; in_datum <= HJ_DATUM_BD09; in_datum++)
      for (out_datum = HJ_DATUM_DEFAULT; out_datum <= HJ_DATUM_BD09; out_datum++)
        for (int names_own = 0; names_own < 2; names_own++) through(names_own);
  }
  return check_finish();
}
