/* A process that was stopped and a machine that slept: everything that fell due meanwhile fires on resume, once, oldest
 * first, marked late, and within 100 ms; nothing fires early, and the chain goes on at its own times.
 *
 * Stopping is real: a parent stops and continues a child that hosts an engine. A suspend cannot be made in a test, so
 * it is played: this program stands between the library and the system's clock calls, and lets CLOCK_BOOTTIME and the
 * wall clock jump while CLOCK_MONOTONIC stands still, and the boot-clock timers ring as the kernel rings them. */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "host.h"

#define CALLS 2000
#define TRIES 5
#define LIMIT_NS (100 * 1000000)

/* With an argument the time that a resume took is held to LIMIT_NS: for a quiet machine. Without, it is only shown. */
static int is_timed;

/* ---- The clocks as the library sees them ---------------------------------------------------------------------- */

static pthread_mutex_t clock_lock = PTHREAD_MUTEX_INITIALIZER;
static int64_t slept_ns; /* atomic */
static int timer_descriptor = -1;
static struct itimerspec timer_setting;
static int timer_sets, timer_is_boot;

static int64_t system_ns(clockid_t clock) {
  struct timespec now;
  syscall(SYS_clock_gettime, clock, &now);
  return now.tv_sec * SECOND_NS + now.tv_nsec;
}

static struct timespec as_timespec(int64_t ns) {
  struct timespec result;
  result.tv_sec = (time_t)(ns / SECOND_NS);
  result.tv_nsec = (long)(ns % SECOND_NS);
  return result;
}

int clock_gettime(clockid_t clock, struct timespec *now) {
  int64_t ns = system_ns(clock);
  if (clock == CLOCK_BOOTTIME || clock == CLOCK_REALTIME) ns += __atomic_load_n(&slept_ns, __ATOMIC_RELAXED);
  *now = as_timespec(ns);
  return 0;
}

int timerfd_create(clockid_t clock, int flags) {
  timer_is_boot = clock == CLOCK_BOOTTIME;
  return (int)syscall(SYS_timerfd_create, clock, flags);
}

/* An absolute time on the shifted clock, as the kernel's own clock counts it; 1 ns = long past. */
static int set_timer(void) {
  struct itimerspec real = timer_setting;
  int64_t at_ns = real.it_value.tv_sec * SECOND_NS + real.it_value.tv_nsec;
  if (at_ns != 0) real.it_value = as_timespec(at_ns > slept_ns + 1 ? at_ns - slept_ns : 1);
  return (int)syscall(SYS_timerfd_settime, timer_descriptor, TFD_TIMER_ABSTIME, &real, NULL);
}

int timerfd_settime(int descriptor, int flags, const struct itimerspec *setting, struct itimerspec *old) {
  (void)old;
  pthread_mutex_lock(&clock_lock);
  CHECK_EACH_EQUAL(flags, TFD_TIMER_ABSTIME);
  timer_descriptor = descriptor;
  timer_setting = *setting;
  timer_sets++;
  int status = set_timer();
  pthread_mutex_unlock(&clock_lock);
  return status;
}

static void sleep_and_resume(int64_t ns) {
  pthread_mutex_lock(&clock_lock);
  __atomic_fetch_add(&slept_ns, ns, __ATOMIC_RELAXED);
  if (timer_descriptor >= 0) set_timer();
  pthread_mutex_unlock(&clock_lock);
}

/* ---- An engine with 2,000 promises ---------------------------------------------------------------------------- */

static hj_engine *engine;
static uint64_t incidents[CALLS];

static void open_with_calls(const char *plans) {
  hj_config config = poll_config();
  config.run_mode = HJ_RUN_THREAD;
  config.max_incidents = CALLS;
  config.max_units = 1;
  config.max_assignments = 1;
  config.event_capacity = 4 * CALLS;
  engine = open_engine(&config);
  hj_error_detail detail;
  memset(&detail, 0, sizeof detail);
  detail.size = sizeof detail;
  hj_status status = hj_plans_load(engine, plans, (uint32_t)strlen(plans), &detail);
  if (status != HJ_OK) fprintf(stderr, "%s: %s\n", detail.field, detail.text);
  REQUIRE_STATUS(status, HJ_OK);
  for (int index = 0; index < CALLS; index++) {
    hj_report report = make_report(HJ_TIER_EMERGENCY, index, 0);
    hj_dispatch dispatch = empty_dispatch();
    REQUIRE_STATUS(hj_incident_report(engine, &report, &dispatch), HJ_OK);
    incidents[index] = dispatch.incident_id;
  }
}

/* What must have come: for each step in turn every call, in the order they were received. Takes what is there. */
static int taken;
static int is_out_of_order, is_early, is_on_time;
static int64_t last_ns, most_late_ns;

static void begin_taking(void) {
  taken = is_out_of_order = is_early = is_on_time = 0;
  last_ns = most_late_ns = 0;
}

static void take_what_is_there(int first_step) {
  hj_event events[256];
  uint32_t count;
  while ((count = take_events(engine, events, 256)) > 0) {
    for (uint32_t index = 0; index < count; index++) {
      if (events[index].kind != HJ_EVENT_ESCALATION) continue;
      int step = first_step + taken / CALLS;
      if (events[index].incident_id != incidents[taken % CALLS]) is_out_of_order = 1;
      if (events[index].step + events[index].cycle != step) is_out_of_order = 1;
      if (events[index].late_ns < 0) is_early = 1;
      if (events[index].late_ns < 50 * 1000000) is_on_time++;
      if (events[index].late_ns > most_late_ns) most_late_ns = events[index].late_ns;
      taken++;
    }
    last_ns = system_ns(CLOCK_MONOTONIC);
  }
}

static void take_until(int wanted, int first_step, int wait_ms) {
  struct pollfd wait = {hj_events_fd(engine), POLLIN, 0};
  int64_t end_ns = system_ns(CLOCK_MONOTONIC) + (int64_t)wait_ms * 1000000;
  while (taken < wanted && system_ns(CLOCK_MONOTONIC) < end_ns)
    if (poll(&wait, 1, 20) > 0) take_what_is_there(first_step);
}

/* ---- Stopped -------------------------------------------------------------------------------------------------- */

typedef struct {
  int is_ready, is_done, failed;
  int64_t continued_ns, took_ns;
} page;
static page *shared;

/* Steps at 10 s, 11 s and 12 s, then quiet: all three fall due while the process is stopped, however slow the machine
 * was to stop it. */
static const char short_plans[] =
    "{\"version\": 1, \"tiers\": {\"emergency\": {\"respond_s\": 10, \"resolve_s\": null}},"
    " \"clocks\": {\"pending\": {\"steps\": [{\"do\": \"notify_again\"}, {\"after_s\": 1, \"do\": \"supervisor\"},"
    "   {\"after_s\": 1, \"do\": \"manual\"}], \"repeat_s\": 3600}},"
    " \"plans\": [{\"name\": \"one\", \"units\": [{\"count\": 1}]}]}";

static void stopped_child(void) {
  open_with_calls(short_plans);
  begin_taking();
  int64_t ready_ns = system_ns(CLOCK_MONOTONIC);
  __atomic_store_n(&shared->is_ready, 1, __ATOMIC_RELEASE);
  take_until(3 * CALLS, 1, 120000);
  CHECK_EQUAL(taken, 3 * CALLS);
  CHECK(!is_out_of_order);
  CHECK(!is_early);
  CHECK_EQUAL(is_on_time, 0);
  CHECK_LESS(most_late_ns, last_ns - ready_ns);
  shared->took_ns = last_ns - __atomic_load_n(&shared->continued_ns, __ATOMIC_ACQUIRE);
  hj_stats stats = read_stats(engine);
  CHECK_EQUAL(stats.escalations, 3 * CALLS);
  CHECK_EQUAL(stats.events_lost, 0);
  usleep(300000); /* and nothing more */
  take_what_is_there(1);
  CHECK_EQUAL(taken, 3 * CALLS);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  shared->failed = checks_failed;
}

/* Returns how long after the resume the last overdue event was in the host's hands. */
static int64_t stop_and_continue(void) {
  memset(shared, 0, sizeof *shared);
  pid_t child = fork();
  REQUIRE_AT_LEAST(child, 0);
  if (child == 0) {
    stopped_child();
    _exit(checks_failed != 0);
  }
  while (!__atomic_load_n(&shared->is_ready, __ATOMIC_ACQUIRE)) usleep(1000);
  CHECK_EQUAL(kill(child, SIGSTOP), 0);
  usleep(12500000);
  __atomic_store_n(&shared->continued_ns, system_ns(CLOCK_MONOTONIC), __ATOMIC_RELEASE);
  CHECK_EQUAL(kill(child, SIGCONT), 0);
  int status = 0;
  REQUIRE_EQUAL(waitpid(child, &status, 0), child);
  CHECK(WIFEXITED(status));
  CHECK_EQUAL(WEXITSTATUS(status), 0);
  CHECK_EQUAL(shared->failed, 0);
  return shared->took_ns;
}

static void stopped(void) {
  shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  REQUIRE(shared != MAP_FAILED);
  int64_t best_ns = INT64_MAX;
  /* A busy machine may be slow to give the core back; what is measured is ours at its best. */
  for (int tries = 0; tries < TRIES && best_ns > LIMIT_NS; tries++) {
    int64_t took_ns = stop_and_continue();
    printf("note: stopped: %d overdue escalations in %.1f ms after the resume\n", 3 * CALLS, (double)took_ns / 1e6);
    if (took_ns < best_ns) best_ns = took_ns;
    if (!is_timed) return;
  }
  CHECK_AT_MOST(best_ns, LIMIT_NS);
}

/* ---- Asleep --------------------------------------------------------------------------------------------------- */

/* Steps at 60, 70 and 80 s, then every 10 minutes. */
static const char long_plans[] =
    "{\"version\": 1, \"tiers\": {\"emergency\": {\"respond_s\": 60, \"resolve_s\": null}},"
    " \"clocks\": {\"pending\": {\"steps\": [{\"do\": \"notify_again\"}, {\"after_s\": 10, \"do\": \"supervisor\"},"
    "   {\"after_s\": 10, \"do\": \"manual\"}], \"repeat_s\": 600}},"
    " \"plans\": [{\"name\": \"one\", \"units\": [{\"count\": 1}]}]}";

static void asleep(void) {
  open_with_calls(long_plans);
  begin_taking();
  usleep(300000);
  take_what_is_there(1);
  CHECK_EQUAL(taken, 0);
  CHECK(timer_is_boot);
  CHECK_MORE(timer_sets, 0);

  /* Not long enough: nothing is early. */
  sleep_and_resume(55 * SECOND_NS);
  usleep(300000);
  take_what_is_there(1);
  CHECK_EQUAL(taken, 0);

  /* Another 30 s: all three steps, and no repeat yet. Nobody calls the engine; its own timer has to wake it. */
  int64_t best_ns = INT64_MAX;
  int64_t before_ns = system_ns(CLOCK_MONOTONIC);
  sleep_and_resume(30 * SECOND_NS);
  take_until(3 * CALLS, 1, 120000);
  best_ns = last_ns - before_ns;
  printf("note: asleep: %d overdue escalations in %.1f ms after the resume\n", taken, (double)best_ns / 1e6);
  CHECK_EQUAL(taken, 3 * CALLS);
  CHECK(!is_out_of_order);
  CHECK(!is_early);
  CHECK_EQUAL(is_on_time, 0);
  CHECK_MORE(most_late_ns, 20 * SECOND_NS);
  CHECK_LESS(most_late_ns, 40 * SECOND_NS);

  /* Two hours: twelve repeats were slept through, and they are one. On a busy machine another try. */
  for (int tries = 0; tries < TRIES; tries++) {
    begin_taking();
    before_ns = system_ns(CLOCK_MONOTONIC);
    sleep_and_resume(7200 * SECOND_NS);
    take_until(CALLS, 4 + tries, 120000);
    usleep(100000);
    take_what_is_there(4 + tries);
    CHECK_EQUAL(taken, CALLS);
    CHECK(!is_out_of_order);
    CHECK(!is_early);
    CHECK_MORE(most_late_ns, 6600 * SECOND_NS - 100 * SECOND_NS);
    CHECK_LESS(most_late_ns, 7200 * SECOND_NS);
    if (last_ns - before_ns < best_ns) best_ns = last_ns - before_ns;
    printf("note: asleep: %d overdue escalations in %.1f ms after the resume\n", taken,
           (double)(last_ns - before_ns) / 1e6);
    if (best_ns <= LIMIT_NS || !is_timed) break;
  }
  CHECK(best_ns <= LIMIT_NS || !is_timed);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
}

int main(int argc, char **argv) {
  (void)argv;
  is_timed = argc > 1;
  stopped();
  asleep();
  return check_finish();
}
