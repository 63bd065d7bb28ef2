/* A unit comes upon something and takes it on, as a host sees it: one act opens, assigns and arrives; what a key, a
 * kill and whatever a host may say wrongly do to it. */
#define _GNU_SOURCE
#include "journal_host.h"

static hj_engine *engine;
static int64_t now_ns = START_NS;

static void turn(void) {
  now_ns += SECOND_NS;
  poll_at(engine, now_ns);
}

static hj_config config_of(void) {
  hj_config config = journal_config(HJ_RUN_POLL);
  config.snapshot_records = HJ_SNAPSHOT_AT_CLOSE;
  return config;
}

static void open_it(void) {
  hj_config config = config_of();
  engine = open_engine(&config);
  turn();
}

static hj_report at(int north, int east, uint64_t key) {
  hj_report report = make_report(HJ_TIER_URGENT, north, east);
  report.key_low = key;
  return report;
}

/* A traffic stop: nobody else goes, though another unit is nearer, and the promises of a way are kept. */
static void a_traffic_stop(void) {
  put_unit(engine, 1, 0, 0);
  put_unit(engine, 2, 100, 0);
  drop_events(engine);
  hj_report report = at(100, 0, 7);
  hj_dispatch answer = empty_dispatch();
  CHECK_STATUS(hj_unit_self_initiated(engine, 1, &report, &answer), HJ_OK);
  CHECK_EQUAL(answer.assignment_count, 1);
  CHECK_EQUAL(answer.chosen[0].unit_id, 1);
  CHECK_EQUAL(answer.chosen[0].travel_ms, 0);
  CHECK_EQUAL(answer.incident_state, HJ_INCIDENT_ON_SCENE);
  hj_incident_status status = read_incident(engine, answer.incident_id);
  CHECK_EQUAL(status.state, HJ_INCIDENT_ON_SCENE);
  CHECK_EQUAL(status.source, HJ_SOURCE_ON_VIEW);
  CHECK_DIFFERENT(status.arrived_wall_us, 0);
  hj_assignment order = {.size = sizeof order};
  REQUIRE_STATUS(hj_assignment_read(engine, answer.chosen[0].assignment_id, &order), HJ_OK);
  CHECK_EQUAL(order.state, HJ_ASSIGNMENT_ON_SCENE);
  CHECK_EQUAL(order.unit_id, 1);
  hj_event events[8];
  REQUIRE_EQUAL(read_events(engine, events, 8), 2);
  CHECK_EQUAL(events[0].kind, HJ_EVENT_DECIDED);
  CHECK_EQUAL(events[1].kind, HJ_EVENT_ASSIGNMENT);
  CHECK_EQUAL(events[1].state, HJ_ASSIGNMENT_ON_SCENE);
  /* The same once more is the same; of another unit, or elsewhere, it is another thing. */
  hj_dispatch again = empty_dispatch();
  CHECK_STATUS(hj_unit_self_initiated(engine, 1, &report, &again), HJ_EXISTS);
  CHECK_EQUAL(again.incident_id, answer.incident_id);
  CHECK_EQUAL(again.chosen[0].assignment_id, answer.chosen[0].assignment_id);
  CHECK_STATUS(hj_unit_self_initiated(engine, 2, &report, &again), HJ_E_CONFLICT);
  hj_report other = at(200, 0, 7);
  CHECK_STATUS(hj_unit_self_initiated(engine, 1, &other, &again), HJ_E_CONFLICT);
  /* It is cleared as any order is. */
  CHECK_STATUS(hj_incident_close(engine, answer.incident_id, 1, 0), HJ_OK);
  hj_unit_status unit = {.size = sizeof unit};
  REQUIRE_STATUS(hj_unit_read(engine, 1, &unit), HJ_OK);
  CHECK_EQUAL(unit.incident_id, 0);
}

static void what_is_refused(void) {
  hj_report report = at(0, 0, 0);
  hj_dispatch answer = empty_dispatch();
  int64_t open = read_stats(engine).incidents_open;
  CHECK_STATUS(hj_unit_self_initiated(engine, 1, NULL, &answer), HJ_E_NULL);
  CHECK_STATUS(hj_unit_self_initiated(engine, 1, &report, NULL), HJ_E_NULL);
  CHECK_STATUS(hj_unit_self_initiated(NULL, 1, &report, &answer), HJ_E_STALE);
  CHECK_STATUS(hj_unit_self_initiated(engine, 0, &report, &answer), HJ_E_UNKNOWN);
  CHECK_STATUS(hj_unit_self_initiated(engine, UINT64_MAX, &report, &answer), HJ_E_UNKNOWN);
  hj_report spoilt = report;
  spoilt.appointment_wall_us = 1;
  CHECK_STATUS(hj_unit_self_initiated(engine, 1, &spoilt, &answer), HJ_E_ARGUMENT);
  spoilt = report;
  spoilt.source = HJ_SOURCE_CATCH_UP;
  CHECK_STATUS(hj_unit_self_initiated(engine, 1, &spoilt, &answer), HJ_E_ARGUMENT);
  spoilt = report;
  spoilt.wall_us = -1;
  CHECK_STATUS(hj_unit_self_initiated(engine, 1, &spoilt, &answer), HJ_E_ARGUMENT);
  spoilt = report;
  spoilt.lat_e7 = INT32_MAX;
  CHECK_STATUS(hj_unit_self_initiated(engine, 1, &spoilt, &answer), HJ_E_RANGE);
  hj_action nobody = {.size = sizeof nobody, .operator_id = 1, .force = 1};
  CHECK_STATUS(hj_unit_self_initiated_by(engine, 1, &report, &answer, &nobody), HJ_E_UNSUPPORTED);
  CHECK_EQUAL(read_stats(engine).incidents_open, open);
  /* Busy on another call. */
  CHECK_STATUS(hj_unit_self_initiated(engine, 1, &report, &answer), HJ_OK);
  CHECK_STATUS(hj_unit_self_initiated(engine, 1, &report, &answer), HJ_E_BUSY);
  CHECK_STATUS(hj_incident_close(engine, answer.incident_id, 1, 0), HJ_OK);
}

/* Without a place it is where its unit was seen. After a kill it is there again, and so is the person. */
static struct seen {
  uint64_t incident;
  int32_t lat_e7, lon_e7;
} * seen;

static void take_on_and_die(void) {
  open_it();
  put_unit(engine, 5, 300, 40);
  hj_position fix = {.size = sizeof fix, .unit_id = 5};
  place(333, 44, &fix.lat_e7, &fix.lon_e7);
  seen->lat_e7 = fix.lat_e7;
  seen->lon_e7 = fix.lon_e7;
  uint32_t accepted = 0;
  CHECK_STATUS(hj_positions_report(engine, &fix, 1, &accepted), HJ_OK);
  hj_report report = make_report(HJ_TIER_URGENT, 0, 0);
  report.lat_e7 = report.lon_e7 = 0;
  hj_dispatch answer = empty_dispatch();
  hj_action person = {.size = sizeof person, .operator_id = 9, .reason = 3, .session_id = 4, .role = 2};
  CHECK_STATUS(hj_unit_self_initiated_by(engine, 5, &report, &answer, &person), HJ_OK);
  seen->incident = answer.incident_id;
  kill(getpid(), SIGKILL);
}

static void it_is_there_again(void) {
  in_a_child(take_on_and_die);
  open_it();
  hj_incident_status status = read_incident(engine, seen->incident);
  CHECK_EQUAL(status.state, HJ_INCIDENT_ON_SCENE);
  CHECK_EQUAL(status.lat_e7, seen->lat_e7);
  CHECK_EQUAL(status.lon_e7, seen->lon_e7);
  CHECK_EQUAL(status.operator_id, 9);
  CHECK_EQUAL(status.operator_reason, 3);
  CHECK_EQUAL(status.live_assignments, 1);
  hj_health_info health = {.size = sizeof health};
  REQUIRE_STATUS(hj_health(engine, &health), HJ_OK);
  CHECK_EQUAL(health.reasons & HJ_HEALTH_REBUILT_OTHERWISE, 0);
}

int main(void) {
  seen = mmap(NULL, sizeof *seen, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  REQUIRE((void *)seen != MAP_FAILED);
  new_folder();
  open_it();
  a_traffic_stop();
  what_is_refused();
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  it_is_there_again();
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  remove_folder();
  return check_finish();
}
