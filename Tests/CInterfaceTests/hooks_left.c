/* A hook of the allocator that does not come back: it leaves by longjmp, or ends its thread. The cold call is over
 * then, but neither the engine nor another thread waits for it: other calls go on, the same call succeeds when it is
 * made again, and the engine closes. At every one of the first allocations, in each cold call. A release that does not
 * come back finds its call carried out. */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
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
static _Thread_local int leaves_release;  /* the next release of this thread does not come back */
static _Thread_local hj_engine *to_close; /* by the next hook of this thread */
static hj_status closed_in_hook;
static int64_t live_bytes; /* that the hooks have given and not been given back */

static void close_in_hook(void) {
  hj_engine *other = to_close;
  to_close = NULL;
  if (other != NULL) closed_in_hook = hj_engine_close(other);
}

static void *allocate(void *context, uint64_t bytes, uint64_t alignment) {
  (void)context;
  close_in_hook();
  if (left_to_go > 0 && --left_to_go == 0) {
    if (way == BY_JUMP) longjmp(back, 1);
    if (way == BY_END) pthread_exit((void *)1);
    pthread_cancel(pthread_self());
    pthread_testcancel(); /* off in a cold call: it goes on, and the thread ends with the call */
  }
  void *pointer = NULL;
  if (posix_memalign(&pointer, alignment < sizeof(void *) ? sizeof(void *) : alignment, bytes) != 0) return NULL;
  __atomic_fetch_add(&live_bytes, (int64_t)bytes, __ATOMIC_RELAXED);
  return pointer;
}

static void release(void *context, void *pointer, uint64_t bytes, uint64_t alignment) {
  (void)context, (void)alignment;
  __atomic_fetch_sub(&live_bytes, (int64_t)bytes, __ATOMIC_RELAXED);
  if (leaves_release) {
    leaves_release = 0;
    if (way == BY_JUMP) longjmp(back, 1);
    pthread_exit((void *)1);
  }
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
  CHECK_EACH_STATUS(hj_incident_report(engine, &report, &answer), HJ_OK);
  CHECK_EACH_STATUS(load_plans(), HJ_OK);
  CHECK_EACH_AT_LEAST(report_traffic(), 0);
  hj_status closed = -99;
  if (closes_elsewhere) {
    pthread_t thread;
    REQUIRE_EQUAL(pthread_create(&thread, NULL, close_it, &closed), 0);
    pthread_join(thread, NULL);
  } else {
    closed = hj_engine_close(engine);
  }
  CHECK_EACH_STATUS(closed, HJ_OK);
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
      REQUIRE_EQUAL(pthread_create(&thread, NULL, on_thread, &one), 0);
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
    CHECK_NULL(engine);
    engine = open_engine(&config);
    put_unit(engine, 1, 0, 0);
    goes_on(0);
  }
}

/* ---- Left by a release: the call was carried out ---- */

static const char nobody[] =
    "{\"version\": 1, \"plans\": [{\"name\": \"none\", \"types\": [99], \"units\": [{\"count\": 1}]}]}";

static hj_status load_nobody(void) {
  return hj_plans_load(engine, nobody, sizeof nobody - 1, NULL);
}

static int is_release_left(int how) {
  if (setjmp(back) != 0) return 1;
  way = how;
  leaves_release = 1;
  cold_call();
  int is_left = !leaves_release;
  leaves_release = 0;
  return is_left;
}

static void *release_on_thread(void *raw) {
  try *self = raw;
  self->is_over = !is_release_left(self->how);
  return NULL;
}

static void left_by_release(int how) {
  hj_config config = hooked();
  config.run_mode = HJ_RUN_POLL;
  engine = open_engine(&config);
  put_unit(engine, 1, 0, 0);
  poll_at(engine, START_NS);
  CHECK_STATUS(load_plans(), HJ_OK);
  int64_t before = read_stats(engine).turns;
  CHECK_STATUS(load_plans(), HJ_OK);
  int64_t of_a_load = read_stats(engine).turns - before;
  before = read_stats(engine).turns;
  cold_call = load_nobody;
  if (how == BY_JUMP) {
    CHECK(is_release_left(how));
  } else {
    try one = {0, how, 0};
    pthread_t thread;
    REQUIRE_EQUAL(pthread_create(&thread, NULL, release_on_thread, &one), 0);
    pthread_join(thread, NULL);
    CHECK(!one.is_over);
  }
  /* All of its work is done, and the plans are in force. */
  CHECK_EQUAL(read_stats(engine).turns - before, of_a_load);
  hj_report report = make_report(HJ_TIER_EMERGENCY, 1, 1);
  hj_dispatch answer = empty_dispatch();
  CHECK_STATUS(hj_incident_recommend(engine, &report, &answer), HJ_MANUAL);
  CHECK_STATUS(load_plans(), HJ_OK);
  goes_on(how == BY_END);
}

/* ---- What is lost: the left call's, and nothing of the engine's ---- */

static int open_descriptors(void) {
  int count = 0;
  DIR *folder = opendir("/proc/self/fd");
  if (folder == NULL) return -1;
  while (readdir(folder) != NULL) count++;
  closedir(folder);
  return count;
}

static void only_the_calls_own_is_lost(void) {
  Dl_info library;
  int is_known = dladdr((void *)(uintptr_t)hj_engine_open, &library) != 0 && library.dli_fname != NULL;
  if (is_known && strstr(library.dli_fname, "/debug/") != NULL) {
    check_skip("what a left call loses", "a library built for debugging holds the engine from the call's frames");
    return;
  }
  cold_call = load_plans;
  for (int at = 1; at <= 5; at += 2) {
    int64_t before_bytes = live_bytes;
    int before = open_descriptors();
    hj_config config = hooked();
    config.run_mode = HJ_RUN_POLL;
    engine = open_engine(&config);
    int64_t of_engine = live_bytes - before_bytes;
    CHECK(is_left(at, BY_JUMP));
    int64_t of_call = live_bytes - before_bytes - of_engine;
    CHECK_STATUS(hj_engine_close(engine), HJ_OK);
    CHECK_EQUAL(live_bytes - before_bytes, of_call);
    CHECK_EQUAL(open_descriptors(), before);
  }
}

/* One close at a time may wait inside a hook: one that is left there counts as ended. */
static int is_close_in_hook_left(void) {
  if (setjmp(back) != 0) return 1;
  load_plans();
  return 0;
}

static void close_left_in_a_hook(void) {
  hj_config config = hooked();
  config.run_mode = HJ_RUN_POLL;
  engine = open_engine(&config);
  put_unit(engine, 1, 0, 0);
  for (int times = 0; times < 2; times++) {
    to_close = open_engine(&config);
    way = BY_JUMP;
    leaves_release = times == 0;
    closed_in_hook = -99;
    CHECK_EQUAL(is_close_in_hook_left(), times == 0);
    CHECK_EQUAL(closed_in_hook, times == 0 ? -99 : HJ_OK);
  }
  goes_on(0);
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
    CHECK_AT_LEAST(of_plans, 3);
    CHECK_AT_LEAST(of_traffic, 3);
    printf("note: left at %d allocations of the plans, %d of the first street time (way %d)\n", of_plans, of_traffic,
           how);
  }
  left_in_open();
  left_by_release(BY_JUMP);
  left_by_release(BY_END);
  close_left_in_a_hook();
  only_the_calls_own_is_lost();
  return check_finish();
}
