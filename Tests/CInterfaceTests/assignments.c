/* Assignments as they are read: state, times, the way that is left, by themselves and by incident. */
#include "pages.h"

static hj_assignment read_assignment(hj_engine *engine, uint64_t id) {
  hj_assignment assignment;
  memset(&assignment, 0, sizeof assignment);
  assignment.size = sizeof assignment;
  REQUIRE_STATUS(hj_assignment_read(engine, id, &assignment), HJ_OK);
  return assignment;
}

static void check_way(hj_engine *engine, const hj_assignment *read) {
  hj_unit_status unit = read_unit(engine, read->unit_id);
  hj_incident_status incident = read_incident(engine, read->incident_id);
  uint32_t travel_ms, distance_dm, flags;
  CHECK_STATUS(hj_travel_time(engine, unit.lat_e7, unit.lon_e7, incident.lat_e7, incident.lon_e7, HJ_PROFILE_DEFAULT,
                              &travel_ms, &distance_dm, &flags, NULL),
               HJ_OK);
  CHECK_EQUAL(read->travel_ms, travel_ms);
  CHECK_EQUAL(read->distance_dm, distance_dm);
  CHECK_EQUAL((read->flags & HJ_CHOSEN_STRAIGHT_LINE) != 0, (flags & HJ_ROUTE_STRAIGHT_LINE) != 0);
  CHECK_EQUAL(read->age_s, unit.age_s);
}

static void assignments_are_read(const char *map) {
  hj_config config = ask_config(HJ_RUN_POLL, NULL);
  config.map_path = map;
  hj_engine *engine = open_engine(&config);
  put_unit(engine, 1, 100, 0);
  put_unit(engine, 2, 200, 50);
  poll_at(engine, START_NS);
  REQUIRE_STATUS(hj_plans_load(engine, plans, sizeof plans - 1, NULL), HJ_OK);
  hj_report report = make_report(HJ_TIER_EMERGENCY, 0, 0);
  hj_dispatch answer = empty_dispatch();
  REQUIRE_STATUS(hj_incident_report(engine, &report, &answer), HJ_OK);
  REQUIRE_EQUAL(answer.assignment_count, 2);
  const uint64_t id = answer.chosen[0].assignment_id;
  hj_assignment read = read_assignment(engine, id);
  CHECK_EQUAL(read.state, HJ_ASSIGNMENT_DISPATCHED);
  CHECK_EQUAL(read.assignment_id, id);
  CHECK_EQUAL(read.incident_id, answer.incident_id);
  CHECK_EQUAL(read.unit_id, answer.chosen[0].unit_id);
  CHECK_EQUAL(read.dispatched_wall_us, START_US);
  CHECK_EQUAL(read.acknowledged_wall_us, 0);
  CHECK_EQUAL(read.travel_ms, answer.chosen[0].travel_ms);
  CHECK_EQUAL(read.distance_dm, answer.chosen[0].distance_dm);
  check_way(engine, &read);
  /* It drives; the way that is left follows its position. */
  poll_at(engine, START_NS + 10 * SECOND_NS);
  REQUIRE_STATUS(hj_assignment_advance(engine, id, HJ_ASSIGNMENT_EN_ROUTE, START_US + 7000000), HJ_OK);
  hj_position position = {.size = sizeof position, .unit_id = read.unit_id};
  place(40, 0, &position.lat_e7, &position.lon_e7);
  REQUIRE_STATUS(hj_positions_report(engine, &position, 1, NULL), HJ_OK);
  uint32_t before = read.travel_ms;
  read = read_assignment(engine, id);
  CHECK_LESS(read.travel_ms, before);
  check_way(engine, &read);
  CHECK_EQUAL(read.acknowledged_wall_us, START_US + 7000000);
  CHECK_EQUAL(read.en_route_wall_us, START_US + 7000000);
  CHECK_EQUAL(read.arrived_wall_us, 0);
  REQUIRE_STATUS(hj_assignment_advance(engine, id, HJ_ASSIGNMENT_ON_SCENE, 0), HJ_OK);
  read = read_assignment(engine, id);
  CHECK_EQUAL(read.arrived_wall_us, START_US + 10000000);
  CHECK_EQUAL(read.en_route_wall_us, START_US + 7000000);
  CHECK_EQUAL(read.travel_ms, 0);
  CHECK_EQUAL(read.distance_dm, 0);
  /* Taken back: it had not set out. */
  hj_action by = {.size = sizeof by, .reason = 1};
  REQUIRE_STATUS(hj_assignment_advance_by(engine, id, HJ_ASSIGNMENT_ACKNOWLEDGED, 0, &by), HJ_OK);
  read = read_assignment(engine, id);
  CHECK_EQUAL(read.arrived_wall_us, 0);
  CHECK_EQUAL(read.en_route_wall_us, 0);
  CHECK_EQUAL(read.acknowledged_wall_us, START_US + 7000000);
  CHECK_MORE(read.travel_ms, 0);
  REQUIRE_STATUS(hj_assignment_advance_by(engine, id, HJ_ASSIGNMENT_DELIVERED, 0, &by), HJ_OK);
  CHECK_EQUAL(read_assignment(engine, id).acknowledged_wall_us, 0);
  /* All of an incident, oldest first, as each is read alone. */
  hj_assignment all[3];
  memset(all, 0, sizeof all);
  all[0].size = sizeof all[0];
  uint32_t count = 9;
  CHECK_STATUS(hj_incident_units(engine, answer.incident_id, NULL, 0, &count), HJ_E_BUFFER);
  CHECK_EQUAL(count, 2);
  CHECK_STATUS(hj_incident_units(engine, answer.incident_id, all, 1, &count), HJ_E_BUFFER);
  CHECK_STATUS(hj_incident_units(engine, answer.incident_id, all, UINT32_MAX, &count), HJ_OK);
  CHECK_EQUAL(count, 2);
  hj_incident_status incident = read_incident(engine, answer.incident_id);
  for (uint32_t index = 0; index < count; index++) {
    CHECK_EQUAL(all[index].assignment_id, incident.assignment_ids[index]);
    read = read_assignment(engine, all[index].assignment_id);
    CHECK_BYTES(&all[index], &read, sizeof read);
  }
  CHECK_STATUS(hj_incident_units(engine, answer.incident_id, all, 1, NULL), HJ_E_NULL);
  CHECK_STATUS(hj_incident_units(engine, answer.incident_id, NULL, 1, &count), HJ_E_NULL);
  CHECK_STATUS(hj_incident_units(engine, id ^ 1 << 20, all, 3, &count), HJ_E_STALE);
  all[0].size = 3;
  CHECK_STATUS(hj_incident_units(engine, answer.incident_id, all, 3, &count), HJ_E_SIZE);
  CHECK_STATUS(hj_assignment_read(engine, id, all), HJ_E_SIZE);
  CHECK_STATUS(hj_assignment_read(engine, id, NULL), HJ_E_NULL);
  CHECK_STATUS(hj_assignment_read(engine, 0, &read), HJ_E_STALE);
  CHECK_STATUS(hj_assignment_read(engine, UINT64_MAX, &read), HJ_E_STALE);
  REQUIRE_STATUS(hj_assignment_advance(engine, id, HJ_ASSIGNMENT_CANCELLED, 0), HJ_OK);
  CHECK_STATUS(hj_assignment_read(engine, id, &read), HJ_E_STALE);
  /* No place, no way. */
  report.lat_e7 = report.lon_e7 = 0;
  hj_unit other = make_unit(3, 0, 0);
  REQUIRE_STATUS(hj_unit_put(engine, &other), HJ_OK);
  REQUIRE_STATUS(hj_incident_report(engine, &report, &answer), HJ_MANUAL);
  uint64_t by_hand = 0;
  hj_status sent =
      hj_incident_assign(engine, answer.incident_id, read_unit(engine, 3).assignment_id ? 2 : 3, 0, &by_hand);
  if (sent != HJ_OK) REQUIRE_STATUS(sent, HJ_E_BUSY);
  if (sent == HJ_OK) {
    read = read_assignment(engine, by_hand);
    CHECK_EQUAL(read.travel_ms, HJ_UNREACHABLE);
    CHECK_EQUAL(read.distance_dm, 0);
  }
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
}

int main(void) {
  assignments_are_read(NULL);
  const char *map = on_streets();
  if (map != NULL) assignments_are_read(map);
  return check_finish();
}
