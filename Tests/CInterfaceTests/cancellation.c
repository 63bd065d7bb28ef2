/* Threads that end, or are disturbed, in the midst of a call: the call ends, then the thread; the baton goes on, and
 * nobody is left asleep. Cancellation; signals with and without SA_RESTART in every place where a call sleeps. */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "host.h"

static hj_engine *engine;

static void pause_us(int64_t us) {
  struct timespec pause = {us / 1000000, us % 1000000 * 1000};
  nanosleep(&pause, NULL);
}

static void gone(int number) {
  static const char text[] = "a call or a thread has not come back: the baton is lost\n";
  (void)number;
  (void)!write(2, text, sizeof text - 1);
  _exit(3);
}

static void take_some(void) {
  hj_event events[64];
  uint32_t count = 0;
  memset(&events[0], 0, sizeof events[0]);
  events[0].size = sizeof events[0];
  hj_events_poll(engine, events, 64, &count);
}

/* ---- Cancelled ---- */

/* Nothing but calls: the only points at which the thread can end are ours. */
static void *call_for_ever(void *raw) {
  int kind = (int)(intptr_t)raw % 4;
  for (uint64_t times = 0;; times++) {
    hj_report report = make_report(HJ_TIER_EMERGENCY, (int)(times % 40), 1);
    if (kind == 0) {
      hj_dispatch answer = empty_dispatch();
      hj_incident_report(engine, &report, &answer);
      hj_incident_cancel(engine, answer.incident_id, 0);
    } else if (kind == 1) {
      hj_incident_post(engine, &report);
    } else if (kind == 2) {
      hj_position fix;
      memset(&fix, 0, sizeof fix);
      fix.size = sizeof fix;
      fix.unit_id = 1;
      place((int)(times % 40), 2, &fix.lat_e7, &fix.lon_e7);
      hj_positions_report(engine, &fix, 1, NULL);
    }
    if (kind != 1) take_some();
  }
  return NULL;
}

static void cancelled_in_calls(int32_t mode) {
  hj_config config = poll_config();
  config.run_mode = mode;
  config.stall_ms = UINT32_MAX;
  config.post_capacity = 64; /* what waits behind the last round must not fill the events: the answer would be lost */
  engine = open_engine(&config);
  put_unit(engine, 1, 0, 0);
  for (int round = 0; round < 60; round++) {
    pthread_t threads[4];
    for (int index = 0; index < 4; index++)
      REQUIRE_EQUAL(pthread_create(&threads[index], NULL, call_for_ever, (void *)(intptr_t)index), 0);
    pause_us(300 + round * 37 % 900);
    for (int index = 0; index < 4; index++) REQUIRE_EQUAL(pthread_cancel(threads[index]), 0);
    for (int index = 0; index < 4; index++) {
      void *result = NULL;
      REQUIRE_EQUAL(pthread_join(threads[index], &result), 0);
      CHECK_EACH(result == PTHREAD_CANCELED);
    }
    CHECK_EQUAL(read_unit(engine, 1).unit_id, 1);
    if (mode == HJ_RUN_POLL) poll_at(engine, START_NS + round);
  }
  /* The loop still turns: what is posted now is decided. */
  drop_events(engine);
  hj_report report = make_report(HJ_TIER_EMERGENCY, 1, 1);
  report.key_low = 77;
  hj_status posted;
  while ((posted = hj_incident_post(engine, &report)) == HJ_FULL) {
    if (mode == HJ_RUN_POLL) poll_at(engine, START_NS + 100);
    take_some();
  }
  CHECK_STATUS(posted, HJ_OK);
  if (mode == HJ_RUN_POLL) poll_at(engine, START_NS + 200);
  int answered = 0;
  while (!answered) {
    hj_event events[64];
    uint32_t count = take_events(engine, events, 64);
    for (uint32_t index = 0; index < count; index++) {
      answered |= events[index].key_low == 77;
      REQUIRE_DIFFERENT(events[index].kind,
                        HJ_EVENT_OVERFLOW); /* it could be the answer that was lost: waiting is in vain */
    }
    pause_us(1000);
  }
  CHECK(answered);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
}

/* The first open of a process does once what later ones need not: a thread whose cancellation waits by then ends with
 * nothing held. */
static hj_status opened_first = -99;

static void *open_first(void *unused) {
  pthread_cancel(pthread_self());
  hj_config config = poll_config();
  opened_first = hj_engine_open(&config, &engine, NULL);
  hj_engine_close(engine); /* ends here */
  return unused;
}

static void cancelled_in_the_first_open(void) {
  fflush(NULL);
  pid_t process = fork(); /* has opened nothing */
  REQUIRE_AT_LEAST(process, 0);
  if (process == 0) {
    alarm(60);
    pthread_t thread;
    void *result = NULL;
    if (pthread_create(&thread, NULL, open_first, NULL) != 0) _exit(1);
    pthread_join(thread, &result);
    if (result != PTHREAD_CANCELED) _exit(2);
    if (opened_first != HJ_OK) _exit(3);
    for (int generation = 0; generation < 2; generation++) {
      pid_t child = fork();
      int status = -1;
      if (child != 0) _exit(waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status) : 4);
      alarm(60);
      hj_config config = poll_config();
      if (hj_engine_open(&config, &engine, NULL) != HJ_OK || hj_engine_close(engine) != HJ_OK) _exit(5);
    }
    _exit(0);
  }
  int status = -1;
  REQUIRE_EQUAL(waitpid(process, &status, 0), process);
  CHECK(WIFEXITED(status));
  CHECK_EQUAL(WEXITSTATUS(status), 0);
}

/* The state that the host has set is the host's. */
static void *state_is_kept(void *raw) {
  (void)raw;
  int before = -1;
  pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before);
  CHECK_EQUAL(before, PTHREAD_CANCEL_ENABLE);
  pthread_cancel(pthread_self());
  hj_report report = make_report(HJ_TIER_EMERGENCY, 1, 1);
  hj_dispatch answer = empty_dispatch();
  hj_incident_report(engine, &report, &answer);
  CHECK_STATUS(hj_incident_post(engine, &report), HJ_OK);
  take_some();
  hj_config config = poll_config();
  config.run_mode = HJ_RUN_THREAD;
  hj_engine *other = open_engine(&config);
  CHECK_STATUS(hj_engine_close(other), HJ_OK);
  pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before);
  CHECK_EQUAL(before, PTHREAD_CANCEL_DISABLE); /* still off after all of these */
  pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &before);
  read_unit(engine, 1); /* ends here */
  CHECK(0);
  return NULL;
}

static void the_hosts_state_is_kept(void) {
  hj_config config = poll_config();
  config.run_mode = HJ_RUN_THREAD;
  engine = open_engine(&config);
  put_unit(engine, 1, 0, 0);
  pthread_t thread;
  void *result = NULL;
  REQUIRE_EQUAL(pthread_create(&thread, NULL, state_is_kept, NULL), 0);
  REQUIRE_EQUAL(pthread_join(thread, &result), 0);
  CHECK(result == PTHREAD_CANCELED);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
}

/* ---- Disturbed by signals ---- */

static int64_t disturbances;
static int is_over;

static void on_signal(int number) {
  (void)number;
  __atomic_fetch_add(&disturbances, 1, __ATOMIC_RELAXED);
}

enum { DISTURBED = 6, ROUNDS = 300 };
static int64_t taken, reported;

static void *disturbed(void *raw) {
  int kind = (int)(intptr_t)raw % 3;
  for (int times = 0; times < ROUNDS; times++) {
    hj_report report = make_report(HJ_TIER_ROUTINE, times % 40, 1);
    if (kind == 0) {
      hj_status status = hj_incident_post_within(engine, &report, INT64_MAX);
      CHECK_EACH_STATUS(status, HJ_OK);
      __atomic_fetch_add(&taken, 1, __ATOMIC_RELAXED);
    } else if (kind == 1) {
      hj_dispatch answer = empty_dispatch();
      hj_status status = hj_incident_report(engine, &report, &answer);
      CHECK_EACH_EITHER(status, HJ_OK, HJ_FULL);
      __atomic_fetch_add(&reported, 1, __ATOMIC_RELAXED);
      if (status == HJ_OK) CHECK_EACH_STATUS(hj_incident_cancel(engine, answer.incident_id, 0), HJ_OK);
    } else {
      CHECK_EACH_STATUS(hj_plans_migrate(engine, NULL), HJ_OK); /* holds the baton a little longer */
    }
  }
  return NULL;
}

typedef struct target {
  pthread_t *threads;
  int count;
} target;

static void *disturb(void *raw) {
  target *of = raw;
  while (!__atomic_load_n(&is_over, __ATOMIC_ACQUIRE)) {
    for (int index = 0; index < of->count; index++) pthread_kill(of->threads[index], SIGUSR1);
    pause_us(50);
  }
  return NULL;
}

static void signals_in_calls(int flags) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = on_signal;
  action.sa_flags = flags;
  REQUIRE_EQUAL(sigaction(SIGUSR1, &action, NULL), 0);
  hj_config config = poll_config();
  config.run_mode = HJ_RUN_THREAD;
  config.post_capacity = 2;
  config.max_incidents = 4096;
  config.event_capacity = 1 << 14;
  engine = open_engine(&config);
  __atomic_store_n(&is_over, 0, __ATOMIC_RELEASE);
  disturbances = taken = reported = 0;
  pthread_t threads[DISTURBED], by;
  for (int index = 0; index < DISTURBED; index++)
    REQUIRE_EQUAL(pthread_create(&threads[index], NULL, disturbed, (void *)(intptr_t)index), 0);
  target of = {threads, DISTURBED};
  /* A thread that has ended may be signalled until it is joined, which comes after the disturber's end. */
  REQUIRE_EQUAL(pthread_create(&by, NULL, disturb, &of), 0);
  while (__atomic_load_n(&taken, __ATOMIC_RELAXED) < 2 * ROUNDS) pause_us(1000);
  __atomic_store_n(&is_over, 1, __ATOMIC_RELEASE);
  pthread_join(by, NULL);
  for (int index = 0; index < DISTURBED; index++) pthread_join(threads[index], NULL);
  CHECK_MORE(disturbances, 0);
  hj_stats stats = read_stats(engine);
  CHECK_EQUAL(stats.posts, taken);
  CHECK_EQUAL(taken, 2 * ROUNDS);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  printf("note: %" PRId64 " signals (flags %#x), %" PRId64 " posts\n", disturbances, (unsigned)flags, taken);
}

/* A wait with a time limit lasts as long as told, however often it is disturbed; a close sends its waiter home. */
static int64_t now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * SECOND_NS + now.tv_nsec;
}

typedef struct waiter {
  int64_t timeout_ns, waited_ns;
  hj_status status;
} waiter;

static void *wait_for_room(void *raw) {
  waiter *self = raw;
  hj_report report = make_report(HJ_TIER_ROUTINE, 1, 1);
  int64_t start_ns = now_ns();
  self->status = hj_incident_post_within(engine, &report, self->timeout_ns);
  self->waited_ns = now_ns() - start_ns;
  return NULL;
}

static void *close_it(void *raw) {
  *(hj_status *)raw = hj_engine_close(engine);
  return NULL;
}

static void signals_in_waits(int flags) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = on_signal;
  action.sa_flags = flags;
  REQUIRE_EQUAL(sigaction(SIGUSR1, &action, NULL), 0);
  hj_config config = poll_config();
  config.post_capacity = 2;
  engine = open_engine(&config);
  poll_at(engine, START_NS);
  hj_report report = make_report(HJ_TIER_ROUTINE, 1, 1);
  while (hj_incident_post(engine, &report) == HJ_OK) {
  }
  waiter waiters[2] = {{200000000, 0, -99}, {INT64_MAX, 0, -99}};
  pthread_t threads[3];
  for (int index = 0; index < 2; index++)
    REQUIRE_EQUAL(pthread_create(&threads[index], NULL, wait_for_room, &waiters[index]), 0);
  int64_t start_ns = now_ns();
  while (now_ns() - start_ns < 400000000) {
    for (int index = 0; index < 2; index++) pthread_kill(threads[index], SIGUSR1);
    pause_us(200);
  }
  pthread_join(threads[0], NULL);
  CHECK_STATUS(waiters[0].status, HJ_FULL);
  CHECK_AT_LEAST(waiters[0].waited_ns, 200000000);
  hj_status closed = -99;
  REQUIRE_EQUAL(pthread_create(&threads[2], NULL, close_it, &closed), 0);
  pthread_kill(threads[2], SIGUSR1);
  pthread_join(threads[1], NULL);
  CHECK_STATUS(waiters[1].status, HJ_E_STALE);
  pthread_join(threads[2], NULL);
  CHECK_STATUS(closed, HJ_OK);
}

/* ---- Cancelled while it waits for the disk ---- */

static void *wait_until_durable(void *raw) {
  (void)raw;
  for (;;) {
    hj_unit unit = make_unit(1, 0, 0);
    hj_unit_put(engine, &unit);
    hj_journal_wait(engine, 0, HJ_STRENGTH_DURABLE, 1000000000);
  }
  return NULL;
}

static void cancelled_in_waits_of_the_journal(void) {
  char base[] = "/tmp/hujia-test-XXXXXX", folder[64], command[64];
  REQUIRE(mkdtemp(base) != NULL);
  snprintf(folder, sizeof folder, "%s/j", base);
  hj_config config = poll_config();
  config.journal_path = folder;
  config.ring_bytes = 4 << 20;
  engine = open_engine(&config);
  for (int round = 0; round < 40; round++) {
    pthread_t threads[2];
    for (int index = 0; index < 2; index++)
      REQUIRE_EQUAL(pthread_create(&threads[index], NULL, wait_until_durable, NULL), 0);
    pause_us(2000 + round * 37 % 900);
    for (int index = 0; index < 2; index++) REQUIRE_EQUAL(pthread_cancel(threads[index]), 0);
    for (int index = 0; index < 2; index++) {
      void *result = NULL;
      REQUIRE_EQUAL(pthread_join(threads[index], &result), 0);
      CHECK_EACH(result == PTHREAD_CANCELED);
    }
    REQUIRE_STATUS(hj_journal_wait(engine, 0, HJ_STRENGTH_DURABLE, INT64_MAX), HJ_OK);
  }
  REQUIRE_STATUS(hj_engine_close(engine), HJ_OK); /* each call was counted out */
  snprintf(command, sizeof command, "rm -rf '%s'", base);
  CHECK_EQUAL(system(command), 0);
}

int main(void) {
  signal(SIGALRM, gone);
  alarm(240);
  cancelled_in_the_first_open(); /* before this process opens any */
  cancelled_in_calls(HJ_RUN_THREAD);
  cancelled_in_calls(HJ_RUN_POLL);
  cancelled_in_waits_of_the_journal();
  the_hosts_state_is_kept();
  signals_in_calls(0);
  signals_in_calls(SA_RESTART);
  signals_in_waits(0);
  signals_in_waits(SA_RESTART);
  return check_finish();
}
