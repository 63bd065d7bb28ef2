/* A hook of the allocator that does not come back: it leaves by longjmp, or ends its thread. The cold call is over
 * then, but neither the engine nor another thread waits for it: other calls go on, the same call succeeds when it is
 * made again, and the engine closes. At every one of the first allocations, in each cold call. */
#define _GNU_SOURCE
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "host.h"

static const char plans[] = "{\"version\": 1, \"plans\": [{\"name\": \"any\", \"units\": [{\"count\": 1}]}]}";

enum { BY_JUMP, BY_END, BY_CANCEL };
static _Thread_local int left_to_go; /* the allocation of this thread that does not come back; 0 = none */
static _Thread_local int way;
static _Thread_local jmp_buf back;

static void *allocate(void *context, uint64_t bytes, uint64_t alignment) {
  (void)context;
  if (left_to_go > 0 && --left_to_go == 0) {
    if (way == BY_JUMP) longjmp(back, 1);
    if (way == BY_END) pthread_exit((void *)1);
    pthread_cancel(pthread_self());
    pthread_testcancel(); /* off in a cold call: it goes on, and the thread ends with the call */
  }
  void *pointer = NULL;
  return posix_memalign(&pointer, alignment < sizeof(void *) ? sizeof(void *) : alignment, bytes) == 0 ? pointer : NULL;
}

static void release(void *context, void *pointer, uint64_t bytes, uint64_t alignment) {
  (void)context, (void)bytes, (void)alignment;
  free(pointer);
}

static hj_engine *engine;

static hj_config hooked(void) {
  hj_config config = poll_config();
  config.run_mode = HJ_RUN_THREAD;
  config.max_units = config.max_incidents = config.max_assignments = 16;
  config.event_capacity = 64;
  config.map_path = getenv("HUJIA_TEST_MAP");
  config.allocate = allocate;
  config.release = release;
  return config;
}

static hj_status load_plans(void) {
  return hj_plans_load(engine, plans, sizeof plans - 1, NULL);
}

static hj_status report_traffic(void) {
  hj_street_time time;
  memset(&time, 0, sizeof time);
  time.size = sizeof time;
  time.street_id = 1;
  time.travel_ms = 1000;
  time.profile = HJ_PROFILE_NORMAL;
  return hj_traffic_report(engine, &time, 1);
}

static hj_status (*cold_call)(void);

/* Whether the call was left before it was over. */
static int is_left(int at, int how) {
  if (setjmp(back) != 0) return 1;
  way = how;
  left_to_go = at;
  cold_call();
  int is_over = left_to_go > 0;
  left_to_go = 0;
  return !is_over;
}

typedef struct try {
  int at, how, is_over;
}
try;

static void *on_thread(void *raw) {
  try *self = raw;
  int was_left = is_left(self->at, self->how);
  self->is_over = !was_left;
  return NULL;
}

static void *close_it(void *raw) {
  *(hj_status *)raw = hj_engine_close(engine);
  return NULL;
}

/* All that a host does afterwards. */
static void goes_on(int closes_elsewhere) {
  hj_report report = make_report(HJ_TIER_EMERGENCY, 1, 1);
  hj_dispatch answer = empty_dispatch();
  CHECK_EACH(hj_incident_report(engine, &report, &answer) == HJ_OK);
  CHECK_EACH(load_plans() == HJ_OK);
  CHECK_EACH(report_traffic() >= 0);
  hj_status closed = -99;
  if (closes_elsewhere) {
    pthread_t thread;
    REQUIRE(pthread_create(&thread, NULL, close_it, &closed) == 0);
    pthread_join(thread, NULL);
  } else {
    closed = hj_engine_close(engine);
  }
  CHECK_EACH(closed == HJ_OK);
}

static int left_at_each_allocation(hj_status (*call)(void), int how) {
  cold_call = call;
  for (int at = 1;; at++) {
    hj_config config = hooked();
    engine = open_engine(&config);
    put_unit(engine, 1, 0, 0);
    int is_over;
    if (how == BY_JUMP && at % 2 == 0) {
      is_over = !is_left(at, how); /* on this thread, which goes on calling */
    } else {
      try one = {at, how, 0};
      pthread_t thread;
      REQUIRE(pthread_create(&thread, NULL, on_thread, &one) == 0);
      pthread_join(thread, NULL);
      is_over = one.is_over;
    }
    goes_on(at % 3 == 0);
    if (is_over) return at - 1;
    if (at > 400) return at;
  }
}

/* An open that was left leaves memory behind, and no handle. */
static int is_open_left(const hj_config *config, int at) {
  if (setjmp(back) != 0) return 1;
  way = BY_JUMP;
  left_to_go = at;
  hj_engine_open(config, &engine, NULL);
  left_to_go = 0;
  return 0;
}

static void left_in_open(void) {
  for (int at = 1; at <= 40; at += 3) {
    hj_config config = hooked();
    engine = NULL;
    CHECK(is_open_left(&config, at));
    CHECK(engine == NULL);
    engine = open_engine(&config);
    put_unit(engine, 1, 0, 0);
    goes_on(0);
  }
}

static void gone(int number) {
  static const char text[] = "a call waits for one that a hook has left\n";
  (void)number;
  (void)!write(2, text, sizeof text - 1);
  _exit(3);
}

int main(void) {
  signal(SIGALRM, gone);
  alarm(200);
  CHECK(on_streets() != NULL || 1);
  for (int how = BY_JUMP; how <= BY_CANCEL; how++) {
    int of_plans = left_at_each_allocation(load_plans, how);
    int of_traffic = left_at_each_allocation(report_traffic, how);
    CHECK(of_plans >= 3);
    CHECK(of_traffic >= 3);
    printf("note: left at %d allocations of the plans, %d of the first street time (way %d)\n", of_plans, of_traffic,
           how);
  }
  left_in_open();
  return check_finish();
}
