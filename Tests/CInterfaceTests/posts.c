/* Posting into a full ring, with a time to wait: never longer than told, woken when room comes, sent home by a close,
 * and accepted + refused is exactly what was offered. */
#define _GNU_SOURCE
#include <pthread.h>
#include <sys/resource.h>
#include <time.h>

#include "host.h"

enum { MS = 1000000, GENEROUS_MS = 20000 }; /* of a machine that is busy with other things */

static int64_t elapsed_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * SECOND_NS + now.tv_nsec;
}

static void pause_ms(int64_t ms) {
  struct timespec pause = {ms / 1000, ms % 1000 * MS};
  nanosleep(&pause, NULL);
}

static hj_config small_ring(int32_t mode) {
  hj_config config = poll_config();
  config.run_mode = mode;
  config.post_capacity = 4;
  return config;
}

/* Fills the ring; returns how many went in. */
static int fill(hj_engine *engine) {
  int count = 0;
  for (;; count++) {
    hj_report report = make_report(HJ_TIER_ROUTINE, 1, 1);
    hj_status status = hj_incident_post_within(engine, &report, 0);
    if (status != HJ_OK) {
      CHECK_STATUS(status, HJ_FULL);
      return count;
    }
  }
}

/* ---- No room comes ---- */

static void no_longer_than_told(void) {
  hj_config config = small_ring(HJ_RUN_POLL);
  hj_engine *engine = open_engine(&config);
  poll_at(engine, START_NS);
  CHECK_EQUAL(fill(engine), 4);
  hj_report report = make_report(HJ_TIER_ROUTINE, 1, 1);
  int64_t waits_ns[] = {1, 1000, 30 * MS, 200 * MS};
  for (size_t index = 0; index < sizeof waits_ns / sizeof waits_ns[0]; index++) {
    struct rusage before, after;
    getrusage(RUSAGE_THREAD, &before);
    int64_t start_ns = elapsed_ns();
    CHECK_STATUS(hj_incident_post_within(engine, &report, waits_ns[index]), HJ_FULL);
    int64_t waited_ns = elapsed_ns() - start_ns;
    getrusage(RUSAGE_THREAD, &after);
    CHECK_AT_LEAST(waited_ns, waits_ns[index]);
    CHECK_LESS(waited_ns, waits_ns[index] + GENEROUS_MS * (int64_t)MS);
    /* Asleep: a thread that looked all the time would have used most of the 200 ms. */
    int64_t busy_us =
        (after.ru_utime.tv_sec - before.ru_utime.tv_sec + after.ru_stime.tv_sec - before.ru_stime.tv_sec) *
            INT64_C(1000000) +
        after.ru_utime.tv_usec - before.ru_utime.tv_usec + after.ru_stime.tv_usec - before.ru_stime.tv_usec;
    CHECK_LESS(busy_us, 50000);
    if (index == 3) printf("told 200 ms: waited %" PRId64 " us, busy for %" PRId64 " us\n", waited_ns / 1000, busy_us);
  }
  /* Refused before it is looked at: no wait. */
  report.tier = 99;
  CHECK_STATUS(hj_incident_post_within(engine, &report, 3600 * SECOND_NS), HJ_E_ARGUMENT);
  report = make_report(HJ_TIER_ROUTINE, 1, 1);
  CHECK_STATUS(hj_incident_post_within(engine, &report, -1), HJ_E_ARGUMENT);
  CHECK_STATUS(hj_incident_post_within(engine, &report, INT64_MIN), HJ_E_ARGUMENT);
  CHECK_STATUS(hj_incident_post_within(engine, NULL, 3600 * SECOND_NS), HJ_E_NULL);
  CHECK_EQUAL(read_stats(engine).posts, 4);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
}

/* ---- Room comes, or the engine goes ---- */

typedef struct waiter {
  pthread_t thread;
  hj_engine *engine;
  int64_t timeout_ns;
  int has_ended;
  hj_status status;
} waiter;

static void *wait_and_post(void *raw) {
  waiter *self = raw;
  hj_report report = make_report(HJ_TIER_ROUTINE, 1, 1);
  self->status = hj_incident_post_within(self->engine, &report, self->timeout_ns);
  __atomic_store_n(&self->has_ended, 1, __ATOMIC_RELEASE);
  return NULL;
}

static int ended(waiter *waiters, int count) {
  int sum = 0;
  for (int index = 0; index < count; index++) sum += __atomic_load_n(&waiters[index].has_ended, __ATOMIC_ACQUIRE);
  return sum;
}

static void start(waiter *waiters, int count, hj_engine *engine, int64_t timeout_ns) {
  memset(waiters, 0, sizeof *waiters * (size_t)count);
  for (int index = 0; index < count; index++) {
    waiters[index].engine = engine;
    waiters[index].timeout_ns = timeout_ns;
    REQUIRE_EQUAL(pthread_create(&waiters[index].thread, NULL, wait_and_post, &waiters[index]), 0);
  }
  pause_ms(100); /* asleep by now, most likely; whichever way, what follows must hold */
  CHECK_EQUAL(ended(waiters, count), 0);
}

/* Waits until at least so many have ended, a long time at most. (One that was not asleep yet may take a place that the
 * poll has just made and will make again.) */
static void await(waiter *waiters, int count, int wanted) {
  for (int times = 0; times < GENEROUS_MS && ended(waiters, count) < wanted; times++) pause_ms(1);
  CHECK_AT_LEAST(ended(waiters, count), wanted);
}

enum { WAITERS = 10 };

static void woken_when_room_comes(int64_t timeout_ns) {
  hj_config config = small_ring(HJ_RUN_POLL);
  hj_engine *engine = open_engine(&config);
  poll_at(engine, START_NS);
  CHECK_EQUAL(fill(engine), 4);
  waiter waiters[WAITERS];
  start(waiters, WAITERS, engine, timeout_ns);
  /* One place, one waiter; then the places of a whole ring. */
  REQUIRE_STATUS(hj_engine_poll(engine, START_NS + 1, START_US, 1, NULL), HJ_OK);
  await(waiters, WAITERS, 1);
  pause_ms(20);
  CHECK_EQUAL(ended(waiters, WAITERS), 1);
  poll_at(engine, START_NS + 2);
  await(waiters, WAITERS, 5);
  poll_at(engine, START_NS + 3);
  await(waiters, WAITERS, 9);
  poll_at(engine, START_NS + 4);
  await(waiters, WAITERS, WAITERS);
  for (int index = 0; index < WAITERS; index++) {
    pthread_join(waiters[index].thread, NULL);
    CHECK_STATUS(waiters[index].status, HJ_OK);
  }
  CHECK_EQUAL(read_stats(engine).posts, 4 + WAITERS);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
}

static void sent_home_by_close(void) {
  hj_config config = small_ring(HJ_RUN_POLL);
  hj_engine *engine = open_engine(&config);
  poll_at(engine, START_NS);
  CHECK_EQUAL(fill(engine), 4);
  waiter waiters[WAITERS];
  start(waiters, WAITERS, engine, INT64_MAX);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  for (int index = 0; index < WAITERS; index++) {
    pthread_join(waiters[index].thread, NULL);
    CHECK_STATUS(waiters[index].status, HJ_E_STALE);
  }
  hj_report report = make_report(HJ_TIER_ROUTINE, 1, 1);
  CHECK_STATUS(hj_incident_post_within(engine, &report, INT64_MAX), HJ_E_STALE);
}

/* ---- The books, with the engine's own thread making room ---- */

enum { THREADS = 12, POSTS = 400 };
static int64_t accepted, refused, offered, answered;
static int is_over;

static void add(int64_t *total, int64_t by) {
  __atomic_fetch_add(total, by, __ATOMIC_RELAXED);
}

static void *poster(void *raw) {
  static const int64_t waits_ns[] = {0, 20000, 2 * MS, INT64_MAX};
  waiter *self = raw;
  for (int times = 0; times < POSTS; times++) {
    hj_report report = make_report(HJ_TIER_ROUTINE, times % 100, 1);
    add(&offered, 1);
    int64_t wait_ns = waits_ns[(self->timeout_ns + times) % 4];
    hj_status status = hj_incident_post_within(self->engine, &report, wait_ns);
    CHECK_EACH(status == HJ_OK || (status == HJ_FULL && wait_ns != INT64_MAX));
    add(status == HJ_OK ? &accepted : &refused, 1);
  }
  return NULL;
}

static void *reader(void *raw) {
  hj_engine *engine = raw;
  int idle = 0;
  while (!__atomic_load_n(&is_over, __ATOMIC_ACQUIRE) || idle < 2000) {
    hj_event events[32];
    uint32_t count = take_events(engine, events, 32);
    for (uint32_t index = 0; index < count; index++) {
      answered += events[index].kind == HJ_EVENT_DECIDED || events[index].kind == HJ_EVENT_REFUSED;
      if (events[index].kind == HJ_EVENT_DECIDED) hj_incident_cancel(engine, events[index].incident_id, 0);
    }
    idle = count > 0 ? 0 : idle + 1;
    if (count == 0) pause_ms(1);
    if (__atomic_load_n(&is_over, __ATOMIC_ACQUIRE) && answered >= __atomic_load_n(&accepted, __ATOMIC_RELAXED)) break;
  }
  return NULL;
}

static void everything_is_counted(void) {
  hj_config config = small_ring(HJ_RUN_THREAD);
  config.event_capacity = 1 << 16;
  hj_engine *engine = open_engine(&config);
  put_unit(engine, 1, 1, 1);
  waiter posters[THREADS];
  pthread_t taker;
  REQUIRE_EQUAL(pthread_create(&taker, NULL, reader, engine), 0);
  for (int index = 0; index < THREADS; index++) {
    posters[index].engine = engine;
    posters[index].timeout_ns = index;
    REQUIRE_EQUAL(pthread_create(&posters[index].thread, NULL, poster, &posters[index]), 0);
  }
  for (int index = 0; index < THREADS; index++) pthread_join(posters[index].thread, NULL);
  __atomic_store_n(&is_over, 1, __ATOMIC_RELEASE);
  pthread_join(taker, NULL);
  CHECK_EQUAL(offered, THREADS * POSTS);
  CHECK_EQUAL(accepted + refused, offered);
  CHECK_AT_LEAST(accepted, offered / 4); /* a quarter waited as long as it took */
  CHECK_EQUAL(answered, accepted);
  hj_stats stats = read_stats(engine);
  CHECK_EQUAL(stats.posts, accepted);
  CHECK_EQUAL(stats.reports, accepted);
  CHECK_EQUAL(stats.events_lost, 0);
  printf("note: %" PRId64 " posted into a ring of 4 by %d threads: %" PRId64 " taken, %" PRId64 " refused\n", offered,
         THREADS, accepted, refused);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
}

int main(void) {
  no_longer_than_told();
  woken_when_room_comes(INT64_MAX);
  woken_when_room_comes(600 * SECOND_NS);
  sent_home_by_close();
  everything_is_counted();
  return check_finish();
}
