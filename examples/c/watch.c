/* Someone lives alone; a sensor on her door reports every movement. Three days without one lead, by the built-in plans,
 * to the home officer, two hours later the grid worker, two hours after that a welfare incident: a car is sent as
 * if a call had come. Then she is found, and the silence is over.
 *
 *   cc -std=c99 watch.c $(pkg-config --cflags --libs hujia) -o watch
 *
 * The program gives the time itself (HJ_RUN_POLL), so four days pass in a moment; a host with HJ_RUN_THREAD calls the
 * same functions, without hj_engine_poll. */
#include <hujia.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOUR_S 3600
#define OFFICER 101 /* numbers of the host's own; only the car is a unit of the engine's */
#define GRID_WORKER 102
#define CAR 12
#define HER_DOOR 7

static hj_engine *engine;
static const int64_t start_us = INT64_C(1516000000000000); /* 15 January 2018, 07:06 UTC */
static uint64_t incident;

static void check(int32_t status, const char *what) {
  if (hj_is_taken(status)) return;
  fprintf(stderr, "%s: %s: %s\n", what, hj_status_name(status), hj_status_text(status));
  exit(1);
}

/* What a host does with each event: here it names the person and the task. */
static void tell(const hj_event *event) {
  int64_t hours = (event->wall_us - start_us) / 1000000 / HOUR_S;
  if (event->kind == HJ_EVENT_ESCALATION && event->clock == HJ_CLOCK_ABSENCE) {
    printf("day %" PRId64 ", hour %3" PRId64 "  %s of watch %" PRIu64 ", step %d: %s", hours / 24 + 1, hours,
           hj_name(HJ_NAMES_CLOCK, event->clock), event->watch_id, event->step, hj_name(HJ_NAMES_STEP, event->action));
    if (event->unit_id != 0) printf(" %" PRIu64 " looks in", event->unit_id);
    printf("\n");
    if (event->action == HJ_STEP_OPEN_INCIDENT) incident = event->incident_id;
  } else if (event->kind == HJ_EVENT_ASSIGNMENT) {
    printf("day %" PRId64 ", hour %3" PRId64 "  car %" PRIu64 ": %s\n", hours / 24 + 1, hours, event->unit_id,
           hj_name(HJ_NAMES_ASSIGNMENT, event->state));
  } else if (event->kind == HJ_EVENT_ABSENCE_ENDED) {
    printf("day %" PRId64 ", hour %3" PRId64 "  the silence of watch %" PRIu64 " is over: %s\n", hours / 24 + 1, hours,
           event->watch_id, hj_name(HJ_NAMES_REASON, event->reason));
  }
}

/* Moves to a time, stopping at whatever is due before it: `next_due_ns` is when the engine wants to be polled again. */
static void until(int64_t *now_s, int64_t to_s) {
  for (;;) {
    hj_event events[16];
    int64_t next_due_ns = 0;
    uint32_t count, index;
    check(hj_engine_poll(engine, *now_s * 1000000000, start_us + *now_s * 1000000, 0, &next_due_ns), "hj_engine_poll");
    do {
      memset(&events[0], 0, sizeof events[0]);
      events[0].size = sizeof events[0];
      check(hj_events_poll(engine, events, 16, &count), "hj_events_poll");
      for (index = 0; index < count; index++) tell(&events[index]);
    } while (count > 0);
    if (next_due_ns <= *now_s * 1000000000) continue; /* there is more to do now */
    if (*now_s >= to_s) return;
    *now_s = next_due_ns < to_s * 1000000000 ? (next_due_ns + 999999999) / 1000000000 : to_s;
  }
}

static void set_up(void) {
  hj_unit car;
  hj_watch door;
  memset(&car, 0, sizeof car);
  car.size = sizeof car;
  car.id = CAR;
  check(hj_e7_from_degrees(37.7793, -122.4193, &car.lat_e7, &car.lon_e7), "place of the car");
  check(hj_unit_put(engine, &car), "hj_unit_put");
  memset(&door, 0, sizeof door);
  door.size = sizeof door;
  door.id = HER_DOOR;
  door.tier = HJ_TIER_URGENT;
  door.flags = HJ_REPORT_VULNERABLE;
  door.home_officer_id = OFFICER;
  door.grid_worker_id = GRID_WORKER;
  check(hj_e7_from_degrees(37.7599, -122.4148, &door.lat_e7, &door.lon_e7), "place of the door");
  check(hj_watch_put(engine, &door), "hj_watch_put");
}

static void door_moves(void) {
  hj_heartbeat beat;
  memset(&beat, 0, sizeof beat);
  beat.size = sizeof beat;
  beat.watch_id = HER_DOOR;
  check(hj_watch_beats(engine, &beat, 1, NULL), "hj_watch_beats");
}

static uint64_t assignment_of(uint64_t of) {
  hj_incident_status status;
  memset(&status, 0, sizeof status);
  status.size = sizeof status;
  check(hj_incident_read(engine, of, &status), "hj_incident_read");
  return status.live_assignments > 0 ? status.assignment_ids[0] : 0;
}

int main(void) {
  hj_config config;
  hj_error_detail why;
  hj_watch_status door;
  uint64_t car;
  int64_t now_s = 0, hour;
  memset(&why, 0, sizeof why);
  why.size = sizeof why;
  check(hj_config_init(&config, sizeof config), "hj_config_init");
  config.run_mode = HJ_RUN_POLL;
  if (!hj_is_taken(hj_engine_open(&config, &engine, &why))) {
    fprintf(stderr, "%s: %s\n", why.field, why.text);
    return 1;
  }
  until(&now_s, 0);
  set_up();
  /* The first day the door moves every two hours; then no more. */
  for (hour = 2; hour <= 24; hour += 2) {
    until(&now_s, hour * HOUR_S);
    door_moves();
  }
  printf("day 2, hour  24  the door moves for the last time\n");
  until(&now_s, 24 * HOUR_S + 76 * HOUR_S);
  if (incident == 0 || (car = assignment_of(incident)) == 0) return 1;
  /* The car signs, arrives after nine minutes, and reports: she had fallen. */
  check(hj_assignment_advance(engine, car, HJ_ASSIGNMENT_ACKNOWLEDGED, 0), "sign");
  until(&now_s, now_s + 540);
  check(hj_assignment_advance(engine, car, HJ_ASSIGNMENT_ON_SCENE, 0), "arrive");
  until(&now_s, now_s + 1800);
  check(hj_incident_close(engine, incident, 1, 0), "hj_incident_close");
  until(&now_s, now_s + 60);
  memset(&door, 0, sizeof door);
  door.size = sizeof door;
  check(hj_watch_read(engine, HER_DOOR, &door), "hj_watch_read");
  printf("day 5, hour 100  the watch is %s again, for %u hours\n", hj_name(HJ_NAMES_WATCH, door.state),
         door.limit_s / HOUR_S);
  check(hj_engine_close(engine), "hj_engine_close");
  return 0;
}
