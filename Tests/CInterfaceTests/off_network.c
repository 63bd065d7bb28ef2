/* Places beside and far from the streets, and calls and units on closed ones, on the small invented city: what the gap
 * costs, where it is marked, and that every answer that names a travel time names the same one. */
#include "host.h"

#define MOST_POINTS 4096

static hj_engine *engine;
static hj_route_point points[MOST_POINTS];

typedef struct {
  int32_t lat, lon;
} spot;

static spot at(int north, int east) {
  spot there;
  place(north, east, &there.lat, &there.lon);
  return there;
}

/* The travel time; the road's sum and last point say the same, and its ends are the places themselves. */
static uint32_t travel(spot from, spot to, uint32_t *distance_dm, uint32_t *flags) {
  uint32_t travel_ms = 0, needed = 0;
  REQUIRE_STATUS(hj_travel_time(engine, from.lat, from.lon, to.lat, to.lon, HJ_PROFILE_DEFAULT, &travel_ms, distance_dm,
                                flags, NULL),
                 HJ_OK);
  hj_route_summary summary = {0};
  summary.size = sizeof summary;
  points[0].size = sizeof points[0];
  REQUIRE_STATUS(hj_route(engine, from.lat, from.lon, to.lat, to.lon, &summary, points, MOST_POINTS, &needed), HJ_OK);
  CHECK_EQUAL(summary.travel_ms, travel_ms);
  CHECK_EQUAL(summary.distance_dm, *distance_dm);
  CHECK_EQUAL(summary.flags, *flags);
  CHECK_EQUAL(points[0].time_ms, 0);
  CHECK_EQUAL(points[0].lat_e7, from.lat);
  CHECK_EQUAL(points[0].lon_e7, from.lon);
  CHECK_EQUAL(points[needed - 1].time_ms, travel_ms);
  CHECK_EQUAL(points[needed - 1].distance_dm, *distance_dm);
  for (uint32_t index = 1; index < needed; index++) {
    CHECK_EACH_AT_LEAST(points[index].time_ms, points[index - 1].time_ms);
    CHECK_EACH(*flags & HJ_ROUTE_STRAIGHT_LINE || points[index].street_id != 0);
  }
  return travel_ms;
}

/* North of the city, over its northernmost streets: only the gap differs. 1e-5 degrees are 1.112 m. */
static void gaps_count(void) {
  uint32_t far_dm, near_dm, far_flags, near_flags;
  spot call = at(0, 0);
  spot near = at(20000, 0), far = at(30000, 0);
  uint32_t near_ms = travel(near, call, &near_dm, &near_flags);
  uint32_t far_ms = travel(far, call, &far_dm, &far_flags);
  CHECK_EQUAL(near_flags, HJ_ROUTE_OFF_NETWORK_FROM);
  CHECK_EQUAL(far_flags, HJ_ROUTE_OFF_NETWORK_FROM);
  uint32_t more_dm = far_dm - near_dm, more_ms = far_ms - near_ms;
  CHECK_MORE(more_dm, 111000);
  CHECK_LESS(more_dm, 111400);
  CHECK_EQUAL(more_ms, more_dm * 12);
  /* The other way round likewise. */
  uint32_t back_dm, back_flags;
  travel(call, far, &back_dm, &back_flags);
  CHECK_EQUAL(back_flags, HJ_ROUTE_OFF_NETWORK_TO);
  CHECK_MORE(back_dm, 180000);
}

static hj_nearest nearest[4];

static uint32_t ask_nearest(spot call) {
  hj_nearest_query query = {0};
  uint32_t count = 0;
  query.size = sizeof query;
  query.k = 4;
  query.lat_e7 = call.lat;
  query.lon_e7 = call.lon;
  memset(nearest, 0, sizeof nearest);
  nearest[0].size = sizeof nearest[0];
  REQUIRE_STATUS(hj_nearest_units(engine, &query, nearest, 4, &count), HJ_OK);
  return count;
}

static void units_are_marked(void) {
  spot call = at(0, 0);
  put_unit(engine, 1, -700, 400);
  put_unit(engine, 2, 36000, 0); /* 40 km north */
  hj_unit paris = make_unit(3, 0, 0);
  REQUIRE_STATUS(hj_e7_from_degrees(48.85, 2.35, &paris.lat_e7, &paris.lon_e7), HJ_OK);
  REQUIRE_STATUS(hj_unit_put(engine, &paris), HJ_OK);
  CHECK_EQUAL(read_unit(engine, 1).off_network, 0);
  CHECK_EQUAL(read_unit(engine, 2).off_network, 1);
  CHECK_EQUAL(read_unit(engine, 3).off_network, 1);
  CHECK_EQUAL(read_unit(engine, 3).lat_e7, paris.lat_e7);
  REQUIRE_EQUAL(ask_nearest(call), 3);
  for (uint32_t index = 0; index < 3; index++) CHECK_EQUAL(nearest[index].unit_id, index + 1);
  CHECK_EQUAL(nearest[0].flags & (HJ_NEAREST_OFF_NETWORK | HJ_NEAREST_STRAIGHT_LINE), 0);
  CHECK(nearest[1].flags & HJ_NEAREST_OFF_NETWORK && nearest[2].flags & HJ_NEAREST_OFF_NETWORK);
  CHECK_MORE(nearest[1].travel_ms, 4000000);
  CHECK_MORE(nearest[2].travel_ms, 300000000);
  hj_report report = make_report(HJ_TIER_EMERGENCY, 0, 0);
  hj_dispatch dispatch = empty_dispatch();
  CHECK_STATUS(hj_incident_recommend(engine, &report, &dispatch), HJ_OK);
  CHECK_EQUAL(dispatch.chosen[0].unit_id, 1);
  CHECK_EQUAL(dispatch.shortfall, 0);
  CHECK_EQUAL(dispatch.chosen_flags[0] & HJ_CHOSEN_OFF_NETWORK, 0);
  /* The only one left: sent, and marked. */
  REQUIRE_STATUS(hj_unit_remove(engine, 1), HJ_OK);
  dispatch = empty_dispatch();
  CHECK_STATUS(hj_incident_recommend(engine, &report, &dispatch), HJ_OK);
  CHECK_EQUAL(dispatch.chosen[0].unit_id, 2);
  CHECK(dispatch.shortfall & HJ_SHORTFALL_NOT_ON_STREETS);
  CHECK(dispatch.chosen_flags[0] & HJ_CHOSEN_OFF_NETWORK);
  CHECK_EQUAL(dispatch.chosen[0].travel_ms, nearest[1].travel_ms);
  CHECK_EQUAL(dispatch.chosen[0].distance_dm, nearest[1].distance_dm);
  /* A call off the network. */
  report = make_report(HJ_TIER_EMERGENCY, 36000, 100);
  dispatch = empty_dispatch();
  put_unit(engine, 1, -700, 400);
  CHECK_STATUS(hj_incident_recommend(engine, &report, &dispatch), HJ_OK);
  CHECK(dispatch.shortfall & HJ_SHORTFALL_NOT_ON_STREETS && dispatch.chosen_flags[0] & HJ_CHOSEN_OFF_NETWORK);
}

static void radius_counts_the_gap(void) {
  static const char plans[] =
      "{\"version\":1,\"plans\":[{\"name\":\"near\",\"units\":[{\"count\":1}],\"radius_m\":30000}]}";
  CHECK_STATUS(hj_plans_load(engine, plans, sizeof plans - 1, NULL), HJ_OK);
  REQUIRE_STATUS(hj_unit_remove(engine, 1), HJ_OK);
  hj_report report = make_report(HJ_TIER_EMERGENCY, 0, 0);
  hj_dispatch dispatch = empty_dispatch();
  hj_status status = hj_incident_recommend(engine, &report, &dispatch);
  CHECK_AT_LEAST(status, 0);
  CHECK_EQUAL(dispatch.assignment_count, 0);
  CHECK(dispatch.shortfall & HJ_SHORTFALL_RADIUS);
}

static void set_street(uint64_t id, uint32_t travel_ms) {
  hj_street_time time = {0};
  time.size = sizeof time;
  time.street_id = id;
  time.travel_ms = travel_ms;
  REQUIRE_STATUS(hj_traffic_report(engine, &time, 1), HJ_OK);
  poll_at(engine, START_NS + SECOND_NS);
}

/* Streets of many places are closed one after the other: what is on them keeps a road, in both directions, and
 * opening them brings the old answers back. */
static void closed_streets(void) {
  spot far = at(900, 1100);
  for (int step = 0; step < 24; step++) {
    spot here = at(137 * step % 900 - 300, 211 * step % 1100 - 300);
    hj_unit unit = make_unit(9, 0, 0);
    unit.lat_e7 = here.lat;
    unit.lon_e7 = here.lon;
    REQUIRE_STATUS(hj_unit_put(engine, &unit), HJ_OK);
    hj_unit_status status = read_unit(engine, 9);
    if (status.off_network) continue;
    uint32_t dm, flags, there_ms[2], back_ms[2], nearest_ms;
    there_ms[0] = travel(here, far, &dm, &flags);
    CHECK_EQUAL(flags, 0);
    back_ms[0] = travel(far, here, &dm, &flags);
    set_street(status.street_id, HJ_STREET_CLOSED);
    there_ms[1] = travel(here, far, &dm, &flags);
    CHECK_EQUAL(flags, 0);
    back_ms[1] = travel(far, here, &dm, &flags);
    CHECK_EQUAL(flags, 0);
    CHECK(there_ms[1] >= there_ms[0] && back_ms[1] >= back_ms[0]);
    REQUIRE_AT_LEAST(ask_nearest(far), 1);
    nearest_ms = 0;
    for (uint32_t index = 0; index < 4; index++) {
      if (nearest[index].unit_id == 9) nearest_ms = nearest[index].travel_ms;
    }
    CHECK_EQUAL(nearest_ms, there_ms[1]);
    set_street(status.street_id, HJ_STREET_AS_MAPPED);
    CHECK_EQUAL(travel(here, far, &dm, &flags), there_ms[0]);
    CHECK_EQUAL(travel(far, here, &dm, &flags), back_ms[0]);
  }
}

int main(void) {
  hj_config config = poll_config();
  config.map_path = on_streets();
  if (config.map_path == NULL) return check_finish();
  engine = open_engine(&config);
  poll_at(engine, START_NS);
  gaps_count();
  units_are_marked();
  radius_counts_the_gap();
  closed_streets();
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  return check_finish();
}
