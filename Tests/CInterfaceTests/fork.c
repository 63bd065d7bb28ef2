/* After fork the child's calls answer HJ_E_FORKED and it ends cleanly; the parent goes on. Two thousand times, while
 * other threads keep the engine busy, so that locks are held at the moment of the fork. No child writes to the event
 * descriptor or to anything else of the parent's. */
#include <poll.h>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host.h"

static hj_engine *engine;
static int is_over;
static int64_t done;

static void cancel_decided(void) {
  hj_event events[16];
  memset(&events[0], 0, sizeof events[0]);
  events[0].size = sizeof events[0];
  uint32_t count = 0;
  hj_events_poll(engine, events, 16, &count);
  for (uint32_t index = 0; index < count; index++)
    if (events[index].kind == HJ_EVENT_DECIDED) hj_incident_cancel(engine, events[index].incident_id, 0);
}

static void *load(void *number) {
  uint64_t id = 1 + (uint64_t)(uintptr_t)number;
  while (!__atomic_load_n(&is_over, __ATOMIC_ACQUIRE)) {
    hj_report report = make_report(HJ_TIER_URGENT, (int)id, 0);
    hj_dispatch dispatch = empty_dispatch();
    hj_status status = hj_incident_report(engine, &report, &dispatch);
    if (status == HJ_OK) hj_incident_close(engine, dispatch.incident_id, 0, 0);
    hj_incident_post(engine, &report);
    cancel_decided();
    __atomic_fetch_add(&done, 1, __ATOMIC_RELAXED);
  }
  return NULL;
}

/* In the child: no stdio before the end, its locks may be held. Returns how many answers were wrong. */
static int wrong_in_child(void) {
  int wrong = 0;
  hj_report report = make_report(HJ_TIER_URGENT, 0, 0);
  hj_dispatch dispatch = empty_dispatch();
  hj_unit unit = make_unit(1, 0, 0);
  hj_stats stats;
  memset(&stats, 0, sizeof stats);
  stats.size = sizeof stats;
  hj_event event;
  memset(&event, 0, sizeof event);
  event.size = sizeof event;
  uint32_t count;
  hj_engine *another = NULL;
  hj_config config;
  memset(&config, 0, sizeof config);
  hj_config_init(&config, sizeof config);
  wrong += hj_incident_report(engine, &report, &dispatch) != HJ_E_FORKED;
  wrong += hj_incident_recommend(engine, &report, &dispatch) != HJ_E_FORKED;
  wrong += hj_incident_post(engine, &report) != HJ_E_FORKED;
  wrong += hj_incident_post_within(engine, &report, INT64_MAX) != HJ_E_FORKED;
  wrong += hj_incident_cancel(engine, 1, 0) != HJ_E_FORKED;
  wrong += hj_incident_close(engine, 1, 0, 0) != HJ_E_FORKED;
  wrong += hj_assignment_advance(engine, 1, HJ_ASSIGNMENT_ON_SCENE, 0) != HJ_E_FORKED;
  wrong += hj_unit_put(engine, &unit) != HJ_E_FORKED;
  wrong += hj_unit_remove(engine, 1) != HJ_E_FORKED;
  wrong += hj_positions_report(engine, NULL, 0, NULL) != HJ_E_FORKED;
  wrong += hj_events_poll(engine, &event, 1, &count) != HJ_E_FORKED;
  wrong += hj_engine_stats(engine, &stats) != HJ_E_FORKED;
  wrong += hj_traffic_report(engine, NULL, 0) != HJ_E_FORKED;
  wrong += hj_traffic_report_each(engine, NULL, 0, NULL, NULL) != HJ_E_FORKED;
  wrong += hj_engine_poll(engine, 1, 1, 0, NULL) != HJ_E_FORKED;
  wrong += hj_plans_load(engine, "{}", 2, NULL) != HJ_E_FORKED;
  wrong += hj_route(engine, 0, 0, 1, 1, NULL, NULL, 0, NULL) != HJ_E_FORKED;
  wrong += hj_street_name(engine, 1, NULL, 0, &count) != HJ_E_FORKED;
  wrong += hj_travel_time(engine, 0, 0, 1, 1, 0, &count, NULL, NULL, NULL) != HJ_E_FORKED;
  wrong += hj_watch_beats(engine, NULL, 0, NULL) != HJ_E_FORKED;
  wrong += hj_figures_reset(engine) != HJ_E_FORKED;
  wrong += hj_engine_close(engine) != HJ_E_FORKED;
  wrong += hj_engine_open(&config, &another, NULL) != HJ_E_FORKED;
  wrong += another != NULL;
  wrong += hj_events_fd(engine) != -1;
  /* What needs no engine still works. */
  wrong += strcmp(hj_status_name(HJ_E_FORKED), "HJ_E_FORKED") != 0;
  wrong += hj_abi_version() != HJ_ABI_VERSION;
  return wrong;
}

/* What the threads have posted is decided by and by; each decision is called off, so that the engine has room again. */
static void settle_posts(void) {
  struct pollfd events = {hj_events_fd(engine), POLLIN, 0};
  REQUIRE(events.fd >= 0);
  do cancel_decided();
  while (poll(&events, 1, 300) != 0);
}

/* With nobody else about: whatever the children call, nothing arrives at the parent's descriptor. */
static void nothing_reaches_the_parent(void) {
  settle_posts();
  struct pollfd events = {hj_events_fd(engine), POLLIN, 0};
  CHECK_EQUAL(poll(&events, 1, 0), 0);
  int64_t turns = read_stats(engine).turns;
  for (int times = 0; times < 20; times++) {
    fflush(NULL);
    pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      alarm(20);
      _exit(wrong_in_child());
    }
    int status = -1;
    REQUIRE(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  }
  CHECK_EQUAL(poll(&events, 1, 0), 0);
  /* The loop looks after the time a few times a second; nothing else happened. */
  CHECK(read_stats(engine).turns - turns < 1000);
}

int main(void) {
  int children = getenv("HUJIA_TEST_SMALL") != NULL ? 200 : 2000;
  hj_config config = poll_config();
  config.run_mode = HJ_RUN_THREAD;
  engine = open_engine(&config);
  for (uint64_t id = 1; id <= 8; id++) put_unit(engine, id, (int)id, 0);
  pthread_t threads[3];
  for (int number = 0; number < 3; number++)
    REQUIRE(pthread_create(&threads[number], NULL, load, (void *)(uintptr_t)number) == 0);
  int clean = 0;
  int64_t before = 0;
  for (int times = 0; times < children; times++) {
    fflush(NULL);
    pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      alarm(20);
      int wrong = wrong_in_child();
      if (times % 2) _exit(wrong);
      exit(wrong); /* with everything that exit runs */
    }
    int status = -1;
    REQUIRE(waitpid(child, &status, 0) == child);
    if (WIFSIGNALED(status)) fprintf(stderr, "child %d: signal %d\n", times, WTERMSIG(status));
    if (WIFEXITED(status) && WEXITSTATUS(status)) fprintf(stderr, "child %d: %d wrong\n", times, WEXITSTATUS(status));
    clean += WIFEXITED(status) && WEXITSTATUS(status) == 0;
    if (times == children / 2) before = __atomic_load_n(&done, __ATOMIC_RELAXED);
  }
  CHECK_EQUAL(clean, children);
  CHECK(__atomic_load_n(&done, __ATOMIC_RELAXED) > before); /* the parent went on all the while */
  __atomic_store_n(&is_over, 1, __ATOMIC_RELEASE);
  for (int number = 0; number < 3; number++) pthread_join(threads[number], NULL);
  settle_posts();
  hj_report report = make_report(HJ_TIER_URGENT, 0, 0);
  hj_dispatch dispatch = empty_dispatch();
  CHECK_STATUS(hj_incident_report(engine, &report, &dispatch), HJ_OK);
  CHECK_STATUS(hj_incident_close(engine, dispatch.incident_id, 0, 0), HJ_OK);
  nothing_reaches_the_parent();
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  return check_finish();
}
