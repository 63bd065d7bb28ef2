/* Hosts as they are: threads with tiny stacks that carry out each other's calls, memory hooks that call back in, a
 * process that is stopped and goes on. */
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "host.h"

static hj_engine *engine;

static void pause_ms(int64_t ms) {
  struct timespec pause = {ms / 1000, ms % 1000 * 1000000};
  nanosleep(&pause, NULL);
}

/* ---- 48 KiB of stack: what the header asks for, and room for the host's own ---- */

enum { TINY = 16, STACK = 49152 };

static void *every_call(void *number) {
  uint64_t mine = 1 + (uint64_t)(uintptr_t)number;
  for (int times = 0; times < 300; times++) {
    hj_position fix;
    memset(&fix, 0, sizeof fix);
    fix.size = sizeof fix;
    fix.unit_id = mine;
    fix.heading_cdeg = fix.speed_cms = HJ_UNKNOWN;
    place((int)mine * 10, times % 50, &fix.lat_e7, &fix.lon_e7);
    CHECK_EACH_STATUS(hj_positions_report(engine, &fix, 1, NULL), HJ_OK);
    hj_report report = make_report(HJ_TIER_URGENT, (int)mine * 10, 0);
    hj_dispatch answer = empty_dispatch();
    hj_status status = hj_incident_report(engine, &report, &answer);
    CHECK_EACH_STATUS(status, HJ_OK);
    if (answer.assignment_count > 0) {
      hj_route_point point;
      uint32_t needed;
      point.size = sizeof point;
      CHECK_EACH_AT_LEAST(hj_assignment_route(engine, answer.chosen[0].assignment_id, &point, 1, &needed), HJ_E_BUFFER);
      hj_assignment_advance(engine, answer.chosen[0].assignment_id, HJ_ASSIGNMENT_ON_SCENE, 0);
    }
    CHECK_EACH_STATUS(hj_incident_close(engine, answer.incident_id, 0, 0), HJ_OK);
    hj_nearest nearest[8];
    hj_nearest_query query;
    uint32_t count;
    nearest[0].size = sizeof nearest[0];
    memset(&query, 0, sizeof query);
    query.size = sizeof query;
    query.k = 8;
    place(0, 0, &query.lat_e7, &query.lon_e7);
    CHECK_EACH_TAKEN(hj_nearest_units(engine, &query, nearest, 8, &count));
    hj_event events[8];
    events[0].size = sizeof events[0];
    CHECK_EACH_STATUS(hj_events_poll(engine, events, 8, &count), HJ_OK);
    hj_stats stats;
    stats.size = sizeof stats;
    CHECK_EACH_STATUS(hj_engine_stats(engine, &stats), HJ_OK);
  }
  return NULL;
}

static void tiny_stacks(const char *map) {
  hj_config config = poll_config();
  config.run_mode = HJ_RUN_THREAD;
  config.map_path = map;
  engine = open_engine(&config);
  for (uint64_t id = 1; id <= TINY; id++) put_unit(engine, id, (int)id * 10, 0);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  REQUIRE_EQUAL(pthread_attr_setstacksize(&attributes, STACK), 0);
  pthread_t threads[TINY];
  for (int number = 0; number < TINY; number++)
    REQUIRE_EQUAL(pthread_create(&threads[number], &attributes, every_call, (void *)(uintptr_t)number), 0);
  for (int number = 0; number < TINY; number++) pthread_join(threads[number], NULL);
  pthread_attr_destroy(&attributes);
  hj_stats stats = read_stats(engine);
  CHECK_EQUAL(stats.positions_accepted + stats.positions_refused, TINY * 300);
  CHECK_EQUAL(stats.positions_refused, 0);
  CHECK_EQUAL(stats.reports, TINY * 300);
  if (stats.calls_combined == 0) check_skip("calls combined on tiny stacks", "no two calls met in all rounds");
  CHECK_AT_MOST(stats.calls_ahead_high, TINY);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
}

/* ---- Hooks that call back in ---- */

static int calls_back, called_back;

static void *hook_allocate(void *context, uint64_t bytes, uint64_t alignment) {
  (void)context;
  if (calls_back && called_back++ == 0) {
    hj_report report = make_report(HJ_TIER_URGENT, 0, 0);
    hj_dispatch answer = empty_dispatch();
    CHECK_STATUS(hj_incident_report(engine, &report, &answer), HJ_OK);
    CHECK_STATUS(hj_incident_close(engine, answer.incident_id, 0, 0), HJ_OK);
    hj_stats stats;
    stats.size = sizeof stats;
    CHECK_STATUS(hj_engine_stats(engine, &stats), HJ_OK);
    CHECK_STATUS(hj_engine_close(engine), HJ_E_DEADLOCK); /* would wait for the call that it is in */
  }
  void *result = NULL;
  return posix_memalign(&result, alignment, bytes) == 0 ? result : NULL;
}

static void hook_release(void *context, void *pointer, uint64_t bytes, uint64_t alignment) {
  (void)context, (void)bytes, (void)alignment;
  free(pointer);
}

static const char plans[] = "{\"version\": 1, \"plans\": [{\"name\": \"any\", \"units\": [{\"count\": 1}]}]}";

static void hooks_that_call_back(void) {
  hj_config config = poll_config();
  config.run_mode = HJ_RUN_THREAD;
  config.allocate = hook_allocate;
  config.release = hook_release;
  engine = open_engine(&config);
  put_unit(engine, 1, 0, 0);
  calls_back = 1;
  CHECK_STATUS(hj_plans_load(engine, plans, sizeof plans - 1, NULL), HJ_OK);
  CHECK_MORE(called_back, 0);
  calls_back = 0;
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
}

/* ---- Stopped, and gone on ---- */

static const char hasty[] =
    "{\"version\": 1, \"clocks\": {\"acknowledge\": {\"limit_s\": 1, \"steps\": [{\"do\": \"notify_again\"}]}},"
    " \"plans\": [{\"name\": \"any\", \"units\": [{\"count\": 1}]}]}";

/* The process that is stopped. The deadline of its call falls into the pause: it fires after it, once, marked late. */
static int stopped_process(int ready, int64_t paused_ms) {
  hj_config config = poll_config();
  config.run_mode = HJ_RUN_THREAD;
  engine = open_engine(&config);
  CHECK_STATUS(hj_plans_load(engine, hasty, sizeof hasty - 1, NULL), HJ_OK);
  put_unit(engine, 1, 0, 0);
  pause_ms(600); /* longer than the loop sleeps: nothing so far counts as a stall */
  int64_t stalls = read_stats(engine).stalls;
  hj_report report = make_report(HJ_TIER_EMERGENCY, 0, 0);
  hj_dispatch answer = empty_dispatch();
  CHECK_STATUS(hj_incident_report(engine, &report, &answer), HJ_OK);
  CHECK_EQUAL(write(ready, "r", 1), 1);
  int64_t stall_ns = 0, late_ns = 0;
  int escalations = 0;
  for (int times = 0; times < 3000 && (stall_ns < (paused_ms - 400) * 1000000 || escalations == 0); times++) {
    hj_event events[32];
    uint32_t count = take_events(engine, events, 32);
    for (uint32_t index = 0; index < count; index++) {
      if (events[index].kind == HJ_EVENT_STALL && events[index].late_ns > stall_ns) stall_ns = events[index].late_ns;
      if (events[index].kind == HJ_EVENT_ESCALATION) {
        escalations++;
        late_ns = events[index].late_ns;
      }
    }
    pause_ms(10);
  }
  CHECK_AT_LEAST(stall_ns, (paused_ms - 400) * 1000000);
  CHECK_LESS(stall_ns, (paused_ms + 20000) * 1000000);
  CHECK_EQUAL(escalations, 1);
  CHECK_AT_LEAST(late_ns, (paused_ms - 1400) * 1000000);
  hj_stats stats = read_stats(engine);
  CHECK_MORE(stats.stalls, stalls);
  CHECK_AT_LEAST(stats.longest_stall_ns, stall_ns);
  CHECK_AT_LEAST(stats.late_deadlines, 1);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  printf("stopped for %" PRId64 " ms: a stall of %" PRId64 " ms, the deadline %" PRId64 " ms late\n", paused_ms,
         stall_ns / 1000000, late_ns / 1000000);
  return checks_failed;
}

/* Before this process opens an engine of its own: a child of one that has would be refused everything. */
static void stopped_and_gone_on(void) {
  int64_t paused_ms = getenv("HUJIA_TEST_SMALL") != NULL ? 3000 : 10000;
  int ready[2];
  REQUIRE_EQUAL(pipe(ready), 0);
  fflush(NULL);
  pid_t child = fork();
  REQUIRE_AT_LEAST(child, 0);
  if (child == 0) {
    alarm(120);
    close(ready[0]);
    int failed = stopped_process(ready[1], paused_ms);
    fflush(NULL);
    _exit(failed != 0);
  }
  close(ready[1]);
  char byte;
  REQUIRE_EQUAL(read(ready[0], &byte, 1), 1);
  REQUIRE_EQUAL(kill(child, SIGSTOP), 0);
  pause_ms(paused_ms);
  REQUIRE_EQUAL(kill(child, SIGCONT), 0);
  int status = -1;
  REQUIRE_EQUAL(waitpid(child, &status, 0), child);
  CHECK(WIFEXITED(status));
  CHECK_EQUAL(WEXITSTATUS(status), 0);
  close(ready[0]);
}

int main(void) {
  stopped_and_gone_on();
  tiny_stacks(NULL);
  hooks_that_call_back();
  const char *map = on_streets();
  if (map != NULL) tiny_stacks(map);
  return check_finish();
}
