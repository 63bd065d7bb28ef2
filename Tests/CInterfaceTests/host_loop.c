/* Real time: on the host's own uv_loop_t and on the engine's thread. Deadlines fire by themselves, never early; the
 * event descriptor wakes the host; closing completes in one more turn of the host's loop and leaves it clean. */
#include <poll.h>
#include <pthread.h>
#include <time.h>
#include <uv.h>

#include "host.h"

/* The shortest limits that the plans allow: one second. */
static const char plans[] =
    "{\"version\": 1,"
    " \"clocks\": {\"acknowledge\": {\"limit_s\": 1, \"steps\": [{\"do\": \"notify_again\"},"
    "   {\"after_s\": 1, \"do\": \"supervisor\"}]}},"
    " \"plans\": [{\"name\": \"one\", \"units\": [{\"count\": 1}]}]}";

static int64_t monotonic_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * SECOND_NS + now.tv_nsec;
}

/* A machine that is busy with other things lets nobody run for a while. */
#define GENEROUS_NS (60 * SECOND_NS)

static hj_engine *engine;
static int64_t reported_ns, first_ns, second_ns;
static int escalations, decided;

static void read_events(void) {
  hj_event events[16];
  uint32_t count;
  while ((count = take_events(engine, events, 16)) > 0)
    for (uint32_t index = 0; index < count; index++) {
      decided += events[index].kind == HJ_EVENT_DECIDED;
      if (events[index].kind != HJ_EVENT_ESCALATION) continue;
      escalations++;
      CHECK_EQUAL(events[index].clock, HJ_CLOCK_ACKNOWLEDGE);
      CHECK_EQUAL(events[index].step, escalations);
      CHECK_WITHIN(events[index].late_ns, 0, GENEROUS_NS);
      if (escalations == 1) first_ns = monotonic_ns();
      if (escalations == 2) second_ns = monotonic_ns();
    }
}

static void begin(hj_config *config) {
  escalations = decided = 0;
  first_ns = second_ns = 0;
  engine = open_engine(config);
  hj_error_detail detail;
  memset(&detail, 0, sizeof detail);
  detail.size = sizeof detail;
  hj_status status = hj_plans_load(engine, plans, sizeof plans - 1, &detail);
  if (status != HJ_OK) fprintf(stderr, "%s: %s\n", detail.field, detail.text);
  REQUIRE_STATUS(status, HJ_OK);
  put_unit(engine, 1, 0, 0);
  hj_report report = make_report(HJ_TIER_EMERGENCY, 1, 1);
  report.key_low = 1;
  reported_ns = monotonic_ns();
  CHECK_STATUS(hj_incident_post(engine, &report), HJ_OK);
}

static void check_times(void) {
  CHECK_EQUAL(decided, 1);
  CHECK_EQUAL(escalations, 2);
  CHECK_AT_LEAST(first_ns - reported_ns, SECOND_NS); /* never early */
  CHECK_AT_LEAST(second_ns - reported_ns, 2 * SECOND_NS);
  CHECK_EQUAL(read_stats(engine).audit_found, 0); /* they fired by themselves, and not because the audit found them */
}

static void own_thread(void) {
  hj_config config = poll_config();
  config.run_mode = HJ_RUN_THREAD;
  begin(&config);
  int descriptor = hj_events_fd(engine);
  CHECK_AT_LEAST(descriptor, 0);
  CHECK_STATUS(hj_engine_poll(engine, 1, 1, 0, NULL), HJ_E_MODE);
  while (escalations < 2 && monotonic_ns() - reported_ns < GENEROUS_NS) {
    struct pollfd wait = {descriptor, POLLIN, 0};
    if (poll(&wait, 1, 1000) > 0) read_events();
    struct pollfd again = {descriptor, POLLIN, 0};
    /* The last event taken: quiet again. A machine that stood still for a second is given the next event instead. */
    int is_noisy = escalations == 0 && decided == 1 && poll(&again, 1, 0) != 0;
    CHECK(!is_noisy || monotonic_ns() - reported_ns >= SECOND_NS);
  }
  check_times();
  CHECK_MORE(read_stats(engine).longest_turn_ns, 0);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  CHECK_EQUAL(hj_events_fd(engine), -1);
}

static void on_readable(uv_poll_t *handle, int status, int events) {
  (void)status, (void)events;
  read_events();
  if (escalations >= 2) uv_stop(handle->loop);
}

static void on_timeout(uv_timer_t *handle) {
  uv_stop(handle->loop);
}

static hj_status closed_elsewhere;
static void *close_elsewhere(void *unused) {
  (void)unused;
  closed_elsewhere = hj_engine_close(engine);
  return NULL;
}

static void hosts_loop(void) {
  uv_loop_t loop;
  REQUIRE_EQUAL(uv_loop_init(&loop), 0);
  hj_config config = poll_config();
  config.run_mode = HJ_RUN_HOST_LOOP;
  config.uv_loop = &loop;
  begin(&config);
  CHECK_STATUS(hj_engine_poll(engine, 1, 1, 0, NULL), HJ_E_MODE);
  uv_poll_t readable;
  uv_timer_t timeout;
  REQUIRE_EQUAL(uv_poll_init(&loop, &readable, hj_events_fd(engine)), 0);
  REQUIRE_EQUAL(uv_poll_start(&readable, UV_READABLE, on_readable), 0);
  REQUIRE_EQUAL(uv_timer_init(&loop, &timeout), 0);
  REQUIRE_EQUAL(uv_timer_start(&timeout, on_timeout, GENEROUS_NS / 1000000, 0), 0);
  uv_run(&loop, UV_RUN_DEFAULT);
  check_times();

  /* Only the loop's own thread may close; the refusal changes nothing. */
  pthread_t other;
  REQUIRE_EQUAL(pthread_create(&other, NULL, close_elsewhere, NULL), 0);
  pthread_join(other, NULL);
  CHECK_STATUS(closed_elsewhere, HJ_E_DEADLOCK);
  CHECK_EQUAL(read_unit(engine, 1).activity, HJ_ACTIVITY_EN_ROUTE);

  uv_poll_stop(&readable);
  uv_close((uv_handle_t *)&readable, NULL);
  uv_close((uv_handle_t *)&timeout, NULL);
  uv_run(&loop, UV_RUN_NOWAIT);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  CHECK_STATUS(hj_engine_close(engine), HJ_E_STALE);
  CHECK_EQUAL(uv_loop_close(&loop), UV_EBUSY); /* its handles close in the loop's next turn */
  uv_run(&loop, UV_RUN_DEFAULT);
  CHECK_EQUAL(uv_loop_close(&loop), 0);
}

/* Two engines on one loop, one closed from inside a callback of the loop. */
static hj_engine *second;
static void close_inside(uv_timer_t *handle) {
  CHECK_STATUS(hj_engine_close(second), HJ_OK);
  uv_close((uv_handle_t *)handle, NULL);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
}

static void two_on_one_loop(void) {
  uv_loop_t loop;
  REQUIRE_EQUAL(uv_loop_init(&loop), 0);
  hj_config config = poll_config();
  config.run_mode = HJ_RUN_HOST_LOOP;
  config.uv_loop = &loop;
  engine = open_engine(&config);
  second = open_engine(&config);
  put_unit(second, 1, 0, 0);
  hj_report report = make_report(HJ_TIER_EMERGENCY, 1, 1);
  CHECK_STATUS(hj_incident_post(second, &report), HJ_OK);
  uv_run(&loop, UV_RUN_NOWAIT);
  CHECK_EQUAL(read_stats(second).reports, 1);
  uv_timer_t timer;
  REQUIRE_EQUAL(uv_timer_init(&loop, &timer), 0);
  REQUIRE_EQUAL(uv_timer_start(&timer, close_inside, 10, 0), 0);
  uv_run(&loop, UV_RUN_DEFAULT); /* returns: nothing of ours keeps the loop alive */
  CHECK_EQUAL(uv_loop_close(&loop), 0);
}

/* New travel times are built and published on threads of the library's own, whether the host's loop turns or not. An
 * answer that names the new epoch never comes before its event waits, and epochs never go back. An engine that closes
 * in the middle of a build leaves the loop clean. Needs streets. */
static uint64_t epoch_of_an_answer(void) {
  uint32_t travel_ms;
  uint64_t epoch = UINT64_MAX;
  CHECK_EACH_STATUS(hj_travel_time(engine, centre_lat_e7, centre_lon_e7, centre_lat_e7 + 50000, centre_lon_e7 + 50000,
                                   HJ_PROFILE_DEFAULT, &travel_ms, NULL, NULL, &epoch),
                    HJ_OK);
  return epoch;
}

static void traffic_on_the_hosts_loop(void) {
  enum { STREETS = 400 };
  static hj_street_time times[STREETS];
  if (on_streets() == NULL) return;
  uv_loop_t loop;
  REQUIRE_EQUAL(uv_loop_init(&loop), 0);
  hj_config config = poll_config();
  config.run_mode = HJ_RUN_HOST_LOOP;
  config.uv_loop = &loop;
  config.map_path = on_streets();
  engine = open_engine(&config);
  memset(times, 0, sizeof times);
  for (uint32_t index = 0; index < STREETS; index++) {
    times[index].size = sizeof times[index];
    times[index].street_id = index + 1;
    times[index].travel_ms = 90000;
  }
  CHECK_TAKEN(hj_traffic_report(engine, times, STREETS));
  uint64_t answered = 0;
  int64_t begun_ns = monotonic_ns();
  while (answered == 0 && monotonic_ns() - begun_ns < 120 * SECOND_NS) {
    answered = epoch_of_an_answer();
    poll(NULL, 0, 1);
  }
  CHECK_EQUAL(answered, 1);
  hj_event event;
  CHECK_EQUAL(take_events(engine, &event, 1), 1); /* it waits already: the loop has not turned since */
  CHECK_EQUAL(event.kind, HJ_EVENT_TRAFFIC);
  CHECK_EQUAL(event.epoch, 1);
  CHECK_EQUAL(read_stats(engine).traffic_epoch, 1);
  CHECK_EQUAL(epoch_of_an_answer(), 1);
  for (uint32_t index = 0; index < STREETS; index++) times[index].travel_ms = HJ_STREET_AS_MAPPED;
  CHECK_TAKEN(hj_traffic_report(engine, times, STREETS));
  uv_run(&loop, UV_RUN_NOWAIT);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  uv_run(&loop, UV_RUN_DEFAULT);
  CHECK_EQUAL(uv_loop_close(&loop), 0);
}

/* On the loop's own thread nobody would make room: told at once. Another thread waits until the loop has turned. */
static hj_status posted_elsewhere;
static int is_posted;
static void *post_elsewhere(void *unused) {
  (void)unused;
  hj_report report = make_report(HJ_TIER_EMERGENCY, 1, 1);
  posted_elsewhere = hj_incident_post_within(engine, &report, 60 * SECOND_NS);
  __atomic_store_n(&is_posted, 1, __ATOMIC_RELEASE);
  return NULL;
}

static void waiting_for_room(void) {
  uv_loop_t loop;
  REQUIRE_EQUAL(uv_loop_init(&loop), 0);
  hj_config config = poll_config();
  config.run_mode = HJ_RUN_HOST_LOOP;
  config.uv_loop = &loop;
  config.post_capacity = 2;
  engine = open_engine(&config);
  hj_report report = make_report(HJ_TIER_EMERGENCY, 1, 1);
  for (int times = 0; times < 2; times++) CHECK_STATUS(hj_incident_post_within(engine, &report, 60 * SECOND_NS), HJ_OK);
  CHECK_STATUS(hj_incident_post_within(engine, &report, 0), HJ_FULL);
  CHECK_STATUS(hj_incident_post_within(engine, &report, 1), HJ_E_DEADLOCK);
  CHECK_STATUS(hj_incident_post_within(engine, &report, INT64_MAX), HJ_E_DEADLOCK);
  pthread_t other;
  REQUIRE_EQUAL(pthread_create(&other, NULL, post_elsewhere, NULL), 0);
  int64_t start_ns = monotonic_ns();
  while (!__atomic_load_n(&is_posted, __ATOMIC_ACQUIRE) && monotonic_ns() - start_ns < 50 * SECOND_NS)
    uv_run(&loop, UV_RUN_NOWAIT);
  pthread_join(other, NULL);
  CHECK_STATUS(posted_elsewhere, HJ_OK);
  CHECK_EQUAL(read_stats(engine).posts, 3);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  uv_run(&loop, UV_RUN_DEFAULT);
  CHECK_EQUAL(uv_loop_close(&loop), 0);
}

int main(void) {
  own_thread();
  hosts_loop();
  two_on_one_loop();
  waiting_for_room();
  traffic_on_the_hosts_loop();
  return check_finish();
}
