/* A host that runs everything on its own libuv loop: its timers, its sockets (none here) and the engine. One thread.
 *
 *   cc -std=c99 -D_POSIX_C_SOURCE=200809L host_loop.c $(pkg-config --cflags --libs hujia libuv) -o host_loop
 *   ./host_loop [plans.json]
 *
 * Two cars, two calls. Nobody signs the first: the car is told again after 1 s, another channel is tried after 1.5 s,
 * the supervisor hears after 2 s and again every second, until the host signs for the car; then the car is late too.
 * The second call finds no car free, and what was promised to the caller runs out. Each escalation is printed when it
 * comes. With a plans file of your own the times are yours. The program closes the calls after 6 s and ends. */
#include <hujia.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

static const char plans[] =
    "{\"version\": 1,"
    " \"tiers\": {\"urgent\": {\"respond_s\": 2.5, \"arrive_s\": 4, \"resolve_s\": null}},"
    " \"clocks\": {"
    "   \"acknowledge\": {\"limit_s\": 1, \"steps\": [{\"do\": \"notify_again\"},"
    "     {\"after_s\": 0.5, \"do\": \"other_channel\"}, {\"after_s\": 0.5, \"do\": \"supervisor\"}], \"repeat_s\": 1},"
    "   \"pending\": {\"steps\": [{\"do\": \"supervisor\"}, {\"after_s\": 1, \"do\": \"tell_caller\"}], \"repeat_s\": "
    "60},"
    "   \"arrival\": {\"steps\": [{\"do\": \"supervisor\"}], \"repeat_s\": 60}},"
    " \"plans\": [{\"name\": \"two cars\", \"units\": [{\"role\": \"patrol\", \"count\": 2}]}]}";

static hj_engine *engine;
static uint64_t incidents[2];
static uint64_t begin_ms;
static int escalations;

static void check(int32_t status, const char *what) {
  if (hj_is_taken(status)) return;
  fprintf(stderr, "%s: %s: %s\n", what, hj_status_name(status), hj_status_text(status));
  exit(1);
}

static void put_car(uint64_t id, double lat, double lon) {
  hj_unit car;
  memset(&car, 0, sizeof car);
  car.size = sizeof car;
  car.id = id;
  check(hj_e7_from_degrees(lat, lon, &car.lat_e7, &car.lon_e7), "place of a car");
  check(hj_unit_put(engine, &car), "hj_unit_put");
}

static uint64_t report_call(double lat, double lon) {
  hj_report call;
  hj_dispatch answer;
  memset(&call, 0, sizeof call);
  memset(&answer, 0, sizeof answer);
  call.size = sizeof call;
  call.tier = HJ_TIER_URGENT;
  answer.size = sizeof answer;
  check(hj_e7_from_degrees(lat, lon, &call.lat_e7, &call.lon_e7), "place of a call");
  check(hj_incident_report(engine, &call, &answer), "hj_incident_report");
  printf("call %d: %u cars sent\n", incidents[0] == 0 ? 1 : 2, answer.assignment_count);
  return answer.incident_id;
}

/* Events wait: the descriptor is readable as long as one does. */
static void on_events(uv_poll_t *handle, int status, int ready) {
  hj_event events[16];
  uint32_t count = 0;
  uint32_t index;
  (void)handle, (void)ready;
  if (status < 0) exit(1); /* an answer of libuv, not of the engine */
  memset(&events[0], 0, sizeof events[0]);
  events[0].size = sizeof events[0];
  check(hj_events_poll(engine, events, 16, &count), "hj_events_poll");
  for (index = 0; index < count; index++) {
    const hj_event *event = &events[index];
    if (event->kind != HJ_EVENT_ESCALATION) continue;
    escalations++;
    printf("%5.2f s  escalation, call %d: %s, step %d: %s", (double)(uv_now(handle->loop) - begin_ms) / 1000,
           event->incident_id == incidents[0] ? 1 : 2, hj_name(HJ_NAMES_CLOCK, event->clock), event->step,
           hj_name(HJ_NAMES_STEP, event->action));
    if (event->unit_id != 0) printf(", car %llu", (unsigned long long)event->unit_id);
    printf(" (%.1f ms late)\n", (double)event->late_ns / 1e6);
  }
}

/* After 3 s somebody signs at last; the calls are closed at the end. */
static void on_sign(uv_timer_t *timer) {
  hj_incident_status call;
  uint32_t index;
  (void)timer;
  memset(&call, 0, sizeof call);
  call.size = sizeof call;
  check(hj_incident_read(engine, incidents[0], &call), "hj_incident_read");
  for (index = 0; index < call.live_assignments; index++)
    check(hj_assignment_advance(engine, call.assignment_ids[index], HJ_ASSIGNMENT_ACKNOWLEDGED, 0), "sign");
  printf("%5.2f s  both cars sign\n", (double)(uv_now(timer->loop) - begin_ms) / 1000);
}

static void on_end(uv_timer_t *timer) {
  check(hj_incident_close(engine, incidents[0], 1, 0), "hj_incident_close");
  check(hj_incident_close(engine, incidents[1], 1, 0), "hj_incident_close");
  uv_stop(timer->loop);
}

int main(int argc, char **argv) {
  uv_loop_t loop;
  uv_poll_t readable;
  uv_timer_t sign, end;
  hj_config config;
  hj_error_detail why;
  memset(&why, 0, sizeof why);
  why.size = sizeof why;
  check(uv_loop_init(&loop), "uv_loop_init");
  check(hj_config_init(&config, sizeof config), "hj_config_init");
  config.run_mode = HJ_RUN_HOST_LOOP;
  config.uv_loop = &loop;
  config.plans_path = argc > 1 ? argv[1] : NULL;
  if (!hj_is_taken(hj_engine_open(&config, &engine, &why)) ||
      (argc <= 1 && !hj_is_taken(hj_plans_load(engine, plans, sizeof plans - 1, &why)))) {
    fprintf(stderr, "%s: %s\n", why.field, why.text);
    return 1;
  }
  uv_update_time(&loop);
  begin_ms = uv_now(&loop);
  put_car(1, 37.7793, -122.4193);
  put_car(2, 37.7650, -122.4190);
  incidents[0] = report_call(37.7599, -122.4148);
  incidents[1] = report_call(37.7800, -122.4000);

  check(uv_poll_init(&loop, &readable, hj_events_fd(engine)), "uv_poll_init");
  check(uv_poll_start(&readable, UV_READABLE, on_events), "uv_poll_start");
  check(uv_timer_init(&loop, &sign), "uv_timer_init");
  check(uv_timer_start(&sign, on_sign, 3200, 0), "uv_timer_start");
  check(uv_timer_init(&loop, &end), "uv_timer_init");
  check(uv_timer_start(&end, on_end, 6000, 0), "uv_timer_start");
  uv_run(&loop, UV_RUN_DEFAULT);

  /* Stop polling the descriptor before the engine closes it; the engine's own handles close in the loop's next turn. */
  uv_close((uv_handle_t *)&readable, NULL);
  uv_close((uv_handle_t *)&sign, NULL);
  uv_close((uv_handle_t *)&end, NULL);
  uv_run(&loop, UV_RUN_NOWAIT);
  check(hj_engine_close(engine), "hj_engine_close");
  uv_run(&loop, UV_RUN_DEFAULT);
  check(uv_loop_close(&loop), "uv_loop_close");
  printf("closed; %d escalations\n", escalations);
  return escalations > 0 ? 0 : 1;
}
