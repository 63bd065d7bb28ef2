/* After fork the parent's engines answer HJ_E_FORKED in the child, which opens engines of its own, as its own children
 * do; the parent goes on. Two thousand times, while other threads keep the engine busy, load plans, open and close, so
 * that locks are held at the moment of the fork. No child writes to the event descriptor or to anything else of the
 * parent's. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <sys/syscall.h>
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

static const char plans[] =
    "{\"version\": 1, \"capabilities\": [\"medic\"], \"plans\": [{\"name\": \"one\", \"units\": [{\"count\": 1}]}]}";

/* Cold calls: they allocate, and what they do first is done once in a process. */
static void *load_cold(void *unused) {
  (void)unused;
  hj_config config = poll_config();
  while (!__atomic_load_n(&is_over, __ATOMIC_ACQUIRE)) {
    CHECK_EACH_TAKEN(hj_plans_load(engine, plans, sizeof plans - 1, NULL));
    hj_engine *another = NULL;
    config.run_mode = config.run_mode == HJ_RUN_POLL ? HJ_RUN_THREAD : HJ_RUN_POLL;
    CHECK_EACH_STATUS(hj_engine_open(&config, &another, NULL), HJ_OK);
    CHECK_EACH_STATUS(hj_engine_close(another), HJ_OK);
  }
  return NULL;
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
  wrong += hj_engine_drain(engine) != HJ_E_FORKED;
  wrong += hj_engine_close(engine) != HJ_E_FORKED;
  wrong += hj_events_fd(engine) != -1;
  /* What needs no engine still works. */
  wrong += strcmp(hj_status_name(HJ_E_FORKED), "HJ_E_FORKED") != 0;
  wrong += hj_abi_version() != HJ_ABI_VERSION;
  return wrong;
}

/* An engine of the child's own: how many answers were wrong. `mode` HJ_RUN_THREAD or HJ_RUN_POLL. */
static int wrong_own_engine(int32_t mode, int generation) {
  int wrong = 0;
  hj_config config = poll_config();
  config.run_mode = mode;
  hj_engine *own = NULL;
  if (hj_engine_open(&config, &own, NULL) != HJ_OK || own == NULL) return 100;
  hj_unit unit = make_unit(7, 1, 1);
  hj_report report = make_report(HJ_TIER_URGENT, 0, 0);
  hj_dispatch dispatch = empty_dispatch();
  wrong += own == engine; /* a handle of the parent's is not given out again */
  wrong += hj_unit_put(own, &unit) != HJ_OK;
  wrong += hj_incident_report(own, &report, &dispatch) != HJ_OK;
  wrong += dispatch.assignment_count != 1 || dispatch.chosen[0].unit_id != 7;
  wrong += hj_plans_load(own, plans, sizeof plans - 1, NULL) != HJ_OK;
  wrong += hj_incident_cancel(own, dispatch.incident_id, 0) != HJ_OK;
  if (mode == HJ_RUN_THREAD) { /* its loop lives */
    struct pollfd events = {hj_events_fd(own), POLLIN, 0};
    wrong += hj_incident_post(own, &report) != HJ_OK;
    wrong += poll(&events, 1, 10000) != 1;
  }
  hj_status parents = engine == NULL ? HJ_E_STALE : HJ_E_FORKED;
  wrong += hj_unit_put(engine, &unit) != parents; /* the parent's stays refused, also when its slot is in use again */
  if (generation > 0) {
    pid_t child = fork();
    if (child == 0) {
      alarm(20);
      int inner = hj_unit_put(own, &unit) != HJ_E_FORKED;
      inner += hj_unit_put(engine, &unit) != parents;
      inner += hj_engine_close(own) != HJ_E_FORKED;
      _exit(inner + wrong_own_engine(mode, generation - 1));
    }
    int status = -1;
    wrong += waitpid(child, &status, 0) != child || !WIFEXITED(status) || WEXITSTATUS(status) != 0;
  }
  wrong += hj_engine_close(own) != HJ_OK;
  wrong += hj_unit_put(own, &unit) != HJ_E_STALE;
  wrong += hj_unit_put(engine, &unit) != parents;
  return wrong;
}

/* The child may open as many as any process: the parent's take no slot of it. */
static int wrong_full_table(void) {
  static hj_engine *own[257];
  int count = 0, wrong = 0;
  hj_config config = poll_config();
  config.max_units = config.max_incidents = config.max_assignments = 1;
  config.event_capacity = 16;
  config.max_watches = config.figure_types = config.figure_agencies = config.figure_beats = 0;
  hj_status status = HJ_OK;
  while (count < 257 && (status = hj_engine_open(&config, &own[count], NULL)) == HJ_OK) count++;
  wrong += count != 256 || status != HJ_FULL;
  while (count > 0) wrong += hj_engine_close(own[--count]) != HJ_OK;
  return wrong;
}

static int forked_by_hook;
static pid_t hook_child;

static void *forking_allocate(void *context, uint64_t bytes, uint64_t alignment) {
  (void)context;
  if (forked_by_hook == 1) {
    forked_by_hook = 2;
    hook_child = fork();
    if (hook_child == 0) alarm(20);
  }
  void *result = NULL;
  return posix_memalign(&result, alignment < 16 ? 16 : alignment, bytes) == 0 ? result : NULL;
}

static void forking_release(void *context, void *pointer, uint64_t bytes, uint64_t alignment) {
  (void)context, (void)bytes, (void)alignment;
  free(pointer);
}

/* A hook forks, and the child comes back into the call around it: that is refused, and the child is as any. */
static void fork_out_of_a_hook(int is_opening) {
  hj_config config = poll_config();
  config.run_mode = HJ_RUN_THREAD;
  config.allocate = forking_allocate;
  config.release = forking_release;
  hj_engine *before = engine;
  forked_by_hook = is_opening;
  hj_engine *own = NULL;
  hj_status status = hj_engine_open(&config, &own, NULL);
  if (!is_opening) {
    engine = own;
    forked_by_hook = 1;
    status = hj_plans_load(own, plans, sizeof plans - 1, NULL);
  }
  REQUIRE_EQUAL(forked_by_hook, 2);
  REQUIRE_AT_LEAST(hook_child, 0);
  if (hook_child == 0) {
    int wrong = status != HJ_E_MEMORY;
    if (is_opening) wrong += own != NULL;
    _exit(wrong + wrong_own_engine(HJ_RUN_THREAD, 1));
  }
  CHECK_STATUS(status, HJ_OK);
  int verdict = -1;
  REQUIRE_EQUAL(waitpid(hook_child, &verdict, 0), hook_child);
  CHECK(WIFEXITED(verdict));
  CHECK_EQUAL(WEXITSTATUS(verdict), 0);
  CHECK_STATUS(hj_engine_close(own), HJ_OK);
  engine = before;
}

static void *open_first(void *unused) {
  (void)unused;
  return (void *)(intptr_t)wrong_own_engine(HJ_RUN_POLL, 0);
}

/* Processes whose first engine is being opened by a thread when they fork, at another moment each time. */
static void fork_during_the_first_open(void) {
  int times = getenv("HUJIA_TEST_SMALL") != NULL ? 20 : 100, clean = 0;
  for (int number = 0; number < times; number++) {
    fflush(NULL);
    pid_t process = fork();
    REQUIRE_AT_LEAST(process, 0);
    if (process == 0) {
      alarm(40);
      pthread_t thread;
      if (pthread_create(&thread, NULL, open_first, NULL) != 0) _exit(1);
      usleep((useconds_t)(number * 40));
      pid_t child = fork();
      if (child == 0) {
        alarm(20);
        _exit(wrong_own_engine(number % 2 ? HJ_RUN_THREAD : HJ_RUN_POLL, 0));
      }
      int status = -1;
      void *wrong = NULL;
      int is_clean = waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
      pthread_join(thread, &wrong);
      _exit(!is_clean || wrong != NULL);
    }
    int status = -1;
    REQUIRE_EQUAL(waitpid(process, &status, 0), process);
    clean += WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }
  CHECK_EQUAL(clean, times);
}

/* The same with certainty: the fork has begun, and is in a handler of the host's, when the first open begins. */
static pthread_t beside_fork;
static useconds_t ahead_us;
static int opens_at_fork;

static void open_beside_fork(void) {
  if (!opens_at_fork) return;
  opens_at_fork = 0;
  if (pthread_create(&beside_fork, NULL, open_first, NULL) != 0) _exit(1);
  usleep(ahead_us);
}

static void first_open_during_a_fork(void) {
  int times = 20, clean = 0;
  for (int number = 0; number < times; number++) {
    fflush(NULL);
    pid_t process = fork();
    REQUIRE_AT_LEAST(process, 0);
    if (process == 0) {
      alarm(40);
      if (pthread_atfork(open_beside_fork, NULL, NULL) != 0) _exit(1);
      ahead_us = (useconds_t)(300 + number * 200);
      opens_at_fork = 1;
      pid_t child = fork();
      if (child == 0) {
        alarm(20);
        _exit(wrong_own_engine(number % 2 ? HJ_RUN_THREAD : HJ_RUN_POLL, 0));
      }
      int status = -1;
      void *wrong = NULL;
      int is_clean = waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
      pthread_join(beside_fork, &wrong);
      _exit(!is_clean || wrong != NULL);
    }
    int status = -1;
    REQUIRE_EQUAL(waitpid(process, &status, 0), process);
    clean += WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }
  CHECK_EQUAL(clean, times);
}

/* An open that looks at the descriptors 0 to 2 holds a lock: the library's fcntl is this one, and stays in it. */
static int is_slow, is_looking;

int fcntl(int descriptor, int command, ...) {
  va_list rest;
  va_start(rest, command);
  long argument = va_arg(rest, long);
  va_end(rest);
  if (command == F_GETFD && descriptor <= 2 && __atomic_load_n(&is_slow, __ATOMIC_ACQUIRE)) {
    __atomic_store_n(&is_looking, 1, __ATOMIC_RELEASE);
    usleep(300000);
  }
  return (int)syscall(SYS_fcntl, descriptor, command, argument);
}

int fcntl64(int descriptor, int command, ...) {
  va_list rest;
  va_start(rest, command);
  long argument = va_arg(rest, long);
  va_end(rest);
  return fcntl(descriptor, command, argument);
}

/* A process that has engines, and no loop yet, forks while a thread opens another. */
static void fork_while_descriptors_are_looked_at(void) {
  fflush(NULL);
  pid_t process = fork();
  REQUIRE_AT_LEAST(process, 0);
  if (process == 0) {
    alarm(60);
    if (wrong_own_engine(HJ_RUN_POLL, 0) != 0) _exit(1);
    __atomic_store_n(&is_slow, 1, __ATOMIC_RELEASE);
    pthread_t thread;
    if (pthread_create(&thread, NULL, open_first, NULL) != 0) _exit(2);
    while (!__atomic_load_n(&is_looking, __ATOMIC_ACQUIRE)) usleep(1000);
    pid_t child = fork();
    __atomic_store_n(&is_slow, 0, __ATOMIC_RELEASE);
    if (child == 0) {
      alarm(20);
      _exit(wrong_own_engine(HJ_RUN_POLL, 1) + wrong_own_engine(HJ_RUN_THREAD, 1));
    }
    int status = -1;
    if (waitpid(child, &status, 0) != child || !WIFEXITED(status)) _exit(3);
    pthread_join(thread, NULL);
    _exit(WEXITSTATUS(status) == 0 ? 0 : 4);
  }
  int status = -1;
  REQUIRE_EQUAL(waitpid(process, &status, 0), process);
  CHECK(WIFEXITED(status));
  CHECK_EQUAL(WEXITSTATUS(status), 0);
}

/* What the threads have posted is decided by and by; each decision is called off, so that the engine has room again.
 * Posts are decided in order: the answer to one more says that no other is left, however slow the loop is. Where the
 * events overflowed meanwhile that answer may be among the lost: then one more is asked for. */
static void settle_posts(void) {
  static uint64_t key = 4000;
  struct pollfd readable = {hj_events_fd(engine), POLLIN, 0};
  REQUIRE_AT_LEAST(readable.fd, 0);
  hj_report report = make_report(HJ_TIER_URGENT, 0, 0);
  int is_last = 0, is_lost = 1;
  while (!is_last) {
    if (is_lost) {
      report.key_low = ++key;
      is_lost = 0;
      while (hj_incident_post(engine, &report) == HJ_FULL) cancel_decided();
    }
    hj_event events[16];
    uint32_t count = take_events(engine, events, 16);
    for (uint32_t index = 0; index < count; index++) {
      is_last |= events[index].key_low == key;
      is_lost |= events[index].kind == HJ_EVENT_OVERFLOW;
      if (events[index].kind == HJ_EVENT_DECIDED) hj_incident_cancel(engine, events[index].incident_id, 0);
    }
    if (count == 0) poll(&readable, 1, 1000);
  }
  drop_events(engine);
}

/* Nothing has come but what the engine's own clocks say, of calls whose decision was lost with its event. */
static void nothing_has_come(void) {
  struct pollfd readable = {hj_events_fd(engine), POLLIN, 0};
  if (poll(&readable, 1, 0) == 0) return;
  hj_event events[16];
  uint32_t count = take_events(engine, events, 16);
  CHECK_MORE(count, 0);
  for (uint32_t index = 0; index < count; index++) CHECK_MORE(events[index].clock, 0);
}

/* With nobody else about: whatever the children call, nothing arrives at the parent's descriptor. */
static void nothing_reaches_the_parent(void) {
  settle_posts();
  nothing_has_come();
  int64_t turns = read_stats(engine).turns;
  for (int times = 0; times < 20; times++) {
    fflush(NULL);
    pid_t child = fork();
    REQUIRE_AT_LEAST(child, 0);
    if (child == 0) {
      alarm(20);
      _exit(wrong_in_child());
    }
    int status = -1;
    REQUIRE_EQUAL(waitpid(child, &status, 0), child);
    CHECK(WIFEXITED(status));
    CHECK_EQUAL(WEXITSTATUS(status), 0);
  }
  nothing_has_come();
  /* The loop looks after the time a few times a second; nothing else happened. */
  CHECK_LESS(read_stats(engine).turns - turns, 1000);
}

int main(void) {
  int children = getenv("HUJIA_TEST_SMALL") != NULL ? 200 : 2000;
  /* A process that has opened none yet. */
  pid_t first = fork();
  if (first == 0) _exit(wrong_own_engine(HJ_RUN_THREAD, 1));
  int verdict = -1;
  REQUIRE_EQUAL(waitpid(first, &verdict, 0), first);
  CHECK(WIFEXITED(verdict));
  CHECK_EQUAL(WEXITSTATUS(verdict), 0);
  fork_during_the_first_open(); /* this process opens none before */
  first_open_during_a_fork();
  fork_while_descriptors_are_looked_at(); /* nor has it a loop */
  fork_out_of_a_hook(1);
  fork_out_of_a_hook(0);
  hj_config config = poll_config();
  config.run_mode = HJ_RUN_THREAD;
  engine = open_engine(&config);
  for (uint64_t id = 1; id <= 8; id++) put_unit(engine, id, (int)id, 0);
  /* The threads may lose events, and with them calls that nobody calls off: this one keeps a place for the end. */
  hj_report report = make_report(HJ_TIER_URGENT, 0, 0);
  hj_dispatch kept = empty_dispatch(), dispatch = empty_dispatch();
  CHECK_STATUS(hj_incident_report(engine, &report, &kept), HJ_OK);
  drop_events(engine); /* or they would call it off */
  pthread_t threads[4];
  for (int number = 0; number < 4; number++)
    REQUIRE_EQUAL(pthread_create(&threads[number], NULL, number < 3 ? load : load_cold, (void *)(uintptr_t)number), 0);
  int clean = 0;
  int64_t before = 0;
  for (int times = 0; times < children; times++) {
    fflush(NULL);
    pid_t child = fork();
    REQUIRE_AT_LEAST(child, 0);
    if (child == 0) {
      alarm(20);
      int wrong = wrong_in_child();
      wrong += wrong_own_engine(times % 4 < 2 ? HJ_RUN_THREAD : HJ_RUN_POLL, times % 8 == 0 ? 2 : 0);
      if (times % 100 == 5) wrong += wrong_full_table();
      if (times % 2) _exit(wrong);
      exit(wrong); /* with everything that exit runs */
    }
    int status = -1;
    REQUIRE_EQUAL(waitpid(child, &status, 0), child);
    if (WIFSIGNALED(status)) fprintf(stderr, "child %d: signal %d\n", times, WTERMSIG(status));
    if (WIFEXITED(status) && WEXITSTATUS(status)) fprintf(stderr, "child %d: %d wrong\n", times, WEXITSTATUS(status));
    clean += WIFEXITED(status) && WEXITSTATUS(status) == 0;
    if (times == children / 2) before = __atomic_load_n(&done, __ATOMIC_RELAXED);
  }
  CHECK_EQUAL(clean, children);
  CHECK_MORE(__atomic_load_n(&done, __ATOMIC_RELAXED), before); /* the parent went on all the while */
  __atomic_store_n(&is_over, 1, __ATOMIC_RELEASE);
  for (int number = 0; number < 4; number++) pthread_join(threads[number], NULL);
  settle_posts();
  CHECK_STATUS(hj_incident_cancel(engine, kept.incident_id, 0), HJ_OK);
  CHECK_STATUS(hj_incident_report(engine, &report, &dispatch), HJ_OK);
  CHECK_STATUS(hj_incident_close(engine, dispatch.incident_id, 0, 0), HJ_OK);
  nothing_reaches_the_parent();
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  return check_finish();
}
