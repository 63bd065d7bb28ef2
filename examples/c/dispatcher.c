/* A call-centre host in C: an event loop with poll() on the engine's event descriptor.
 *
 *   cc -std=c99 -D_POSIX_C_SOURCE=200809L dispatcher.c $(pkg-config --cflags --libs hujia) -o dispatcher
 *   ./dispatcher [city.hjmap]
 *
 * Three patrol cars, one call. The first car asked does not sign: the plan below re-notifies it after 1 s, sends the
 * next best car after 2 s and calls a supervisor after 3 s. The second car signs, drives and arrives; the incident is
 * closed and the program ends. */
#include <hujia.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char plans[] =
    "{\"version\": 1, \"clocks\": {\"acknowledge\": {\"limit_s\": 1, \"steps\": ["
    "{\"do\": \"notify_again\"}, {\"after_s\": 1, \"do\": \"next_unit\"}, {\"after_s\": 1, \"do\": \"supervisor\"}]}},"
    "\"plans\": [{\"name\": \"one car\", \"units\": [{\"role\": \"patrol\", \"count\": 1}]}]}";

static void check(hj_status status, const char *what) {
  if (hj_is_taken(status)) return; /* HJ_FULL is no error, and yet nobody would be sent */
  fprintf(stderr, "%s: %s: %s\n", what, hj_status_name(status), hj_status_text(status));
  exit(1);
}

static void put_car(hj_engine *engine, uint64_t id, double lat, double lon) {
  hj_unit car;
  memset(&car, 0, sizeof car);
  car.size = sizeof car;
  car.id = id;
  car.crew = 2;
  check(hj_e7_from_degrees(lat, lon, &car.lat_e7, &car.lon_e7), "place of a car");
  check(hj_unit_put(engine, &car), "hj_unit_put");
}

/* The road in words: each street once, with the metres driven on it. */
static void say_road(hj_engine *engine, uint64_t assignment) {
  static hj_route_point points[1024];
  char street[128] = "";
  uint32_t needed = 0;
  uint32_t from_dm = 0;
  uint32_t index;
  points[0].size = sizeof points[0];
  check(hj_assignment_route(engine, assignment, points, 1024, &needed), "hj_assignment_route");
  printf("by road    ");
  for (index = 1; index < needed; index++) {
    char name[128] = "";
    uint32_t bytes = 0;
    if (points[index].street_id == 0 ||
        !hj_is_taken(hj_street_name(engine, points[index].street_id, name, sizeof name, &bytes)))
      strcpy(name, "straight line, without streets");
    if (index > 1 && strcmp(name, street) != 0) {
      printf(" %s %u m,", street, (points[index - 1].distance_dm - from_dm) / 10);
      from_dm = points[index - 1].distance_dm;
    }
    strcpy(street, name);
  }
  printf(" %s %u m\n", street, (points[needed - 1].distance_dm - from_dm) / 10);
}

static uint64_t report_call(hj_engine *engine) {
  hj_report call;
  hj_dispatch answer;
  uint32_t index;
  memset(&call, 0, sizeof call);
  memset(&answer, 0, sizeof answer);
  call.size = sizeof call;
  call.tier = HJ_TIER_EMERGENCY;
  call.key_low = 1; /* a retry after a lost line opens nothing twice */
  answer.size = sizeof answer;
  check(hj_e7_from_degrees(37.7599, -122.4148, &call.lat_e7, &call.lon_e7), "place of the call");
  check(hj_incident_report(engine, &call, &answer), "hj_incident_report");
  for (index = 0; index < answer.assignment_count; index++) {
    printf("dispatch    car %llu, %u s away\n", (unsigned long long)answer.chosen[index].unit_id,
           answer.chosen[index].travel_ms / 1000);
    say_road(engine, answer.chosen[index].assignment_id);
  }
  return answer.incident_id;
}

/* Car 2 signs and drives at once; car 1 never answers. Returns 1 when the job is done. */
static int handle(hj_engine *engine, const hj_event *event) {
  if (event->kind == HJ_EVENT_ESCALATION) {
    printf("escalation  %s, step %d: %s, %lld ms late\n", hj_name(HJ_NAMES_CLOCK, event->clock), event->step,
           hj_name(HJ_NAMES_STEP, event->action), (long long)(event->late_ns / 1000000));
  }
  if (event->kind != HJ_EVENT_ASSIGNMENT) return 0;
  printf("assignment  car %llu: %s\n", (unsigned long long)event->unit_id, hj_name(HJ_NAMES_ASSIGNMENT, event->state));
  if (event->unit_id == 1) return 0;
  switch (event->state) {
    case HJ_ASSIGNMENT_DISPATCHED:
      check(hj_assignment_advance(engine, event->assignment_id, HJ_ASSIGNMENT_ACKNOWLEDGED, 0), "sign");
      return 0;
    case HJ_ASSIGNMENT_ACKNOWLEDGED:
      check(hj_assignment_advance(engine, event->assignment_id, HJ_ASSIGNMENT_ON_SCENE, 0), "arrive");
      return 0;
    case HJ_ASSIGNMENT_ON_SCENE:
      check(hj_incident_close(engine, event->incident_id, 1, 0), "hj_incident_close");
      return 0;
    default:
      return event->state == HJ_ASSIGNMENT_CLEARED;
  }
}

int main(int argc, char **argv) {
  hj_config config;
  hj_engine *engine = NULL;
  hj_error_detail why;
  struct pollfd wait;
  int done = 0;
  int looks = 0;
  memset(&why, 0, sizeof why);
  why.size = sizeof why;
  check(hj_config_init(&config, sizeof config), "hj_config_init");
  config.map_path = argc > 1 ? argv[1] : NULL;
  if (!hj_is_taken(hj_engine_open(&config, &engine, &why))) {
    fprintf(stderr, "%s: %s\n", why.field, why.text);
    return 1;
  }
  if (!hj_is_taken(hj_plans_load(engine, plans, sizeof plans - 1, &why))) {
    fprintf(stderr, "plans, %s: %s\n", why.field, why.text);
    return 1;
  }
  put_car(engine, 1, 37.7650, -122.4190);
  put_car(engine, 2, 37.7793, -122.4193);
  put_car(engine, 3, 37.7950, -122.3940);
  report_call(engine);

  wait.fd = hj_events_fd(engine);
  wait.events = POLLIN;
  while (!done && looks++ < 1000) {
    hj_event events[16];
    uint32_t count = 0;
    uint32_t index;
    if (poll(&wait, 1, 10000) <= 0) break;
    events[0].size = sizeof events[0];
    check(hj_events_poll(engine, events, 16, &count), "hj_events_poll");
    for (index = 0; index < count; index++) done |= handle(engine, &events[index]);
  }
  check(hj_engine_close(engine), "hj_engine_close");
  puts(done ? "closed" : "gave up");
  return done ? 0 : 1;
}
