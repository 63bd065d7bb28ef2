/* A close that is refused changes nothing for anybody; a close from a hook of the allocator is refused where it would
 * wait for the call around the hook; 64 threads open, use and close, and a handle never leads into another engine. */
#include <pthread.h>
#include <unistd.h>
#include <uv.h>

#include "host.h"

/* ---- Refused closes beside calls of other threads ---- */

static hj_engine *shared;
static int is_over;

static void *call_all_the_while(void *wrong) {
  hj_unit unit = make_unit(1, 0, 0);
  int64_t *count = wrong;
  while (!__atomic_load_n(&is_over, __ATOMIC_ACQUIRE)) *count += hj_unit_put(shared, &unit) != HJ_OK;
  return NULL;
}

static void *close_from_elsewhere(void *wrong) {
  int64_t *count = wrong;
  for (int times = 0; times < 200000; times++) *count += hj_engine_close(shared) != HJ_E_DEADLOCK;
  return NULL;
}

static void refused_closes(void) {
  uv_loop_t loop;
  REQUIRE_EQUAL(uv_loop_init(&loop), 0);
  hj_config config = poll_config();
  config.run_mode = HJ_RUN_HOST_LOOP;
  config.uv_loop = &loop;
  shared = open_engine(&config);
  pthread_t callers[2], closers[2];
  int64_t wrong[4] = {0, 0, 0, 0};
  for (int number = 0; number < 2; number++) {
    REQUIRE_EQUAL(pthread_create(&callers[number], NULL, call_all_the_while, &wrong[number]), 0);
    REQUIRE_EQUAL(pthread_create(&closers[number], NULL, close_from_elsewhere, &wrong[2 + number]), 0);
  }
  for (int number = 0; number < 2; number++) pthread_join(closers[number], NULL);
  __atomic_store_n(&is_over, 1, __ATOMIC_RELEASE);
  for (int number = 0; number < 2; number++) pthread_join(callers[number], NULL);
  for (int number = 0; number < 4; number++) CHECK_EQUAL(wrong[number], 0);
  CHECK_STATUS(hj_engine_close(shared), HJ_OK);
  CHECK_STATUS(hj_engine_close(shared), HJ_E_STALE);
  uv_run(&loop, UV_RUN_DEFAULT);
  CHECK_EQUAL(uv_loop_close(&loop), 0);
}

/* ---- Hooks that call the engine whose call they are part of ---- */

static hj_engine *hooked, *bystander;
static int is_armed;
static int hooks_run;
static hj_status closed_own, closed_other, reported_traffic, reported_call;

static const char plans[] = "{\"version\": 1, \"plans\": [{\"name\": \"one\", \"units\": [{\"count\": 1}]}]}";

static hj_status report_traffic(hj_engine *engine, int32_t profile) {
  hj_street_time time;
  memset(&time, 0, sizeof time);
  time.size = sizeof time;
  time.street_id = 1;
  time.travel_ms = 5000;
  time.profile = profile;
  return hj_traffic_report(engine, &time, 1);
}

static void call_back(void) {
  if (!is_armed) return;
  is_armed = 0;
  hooks_run++;
  hj_report report = make_report(HJ_TIER_NONE, 0, 0);
  hj_dispatch dispatch = empty_dispatch();
  reported_call = hj_incident_recommend(hooked, &report, &dispatch);
  reported_traffic = report_traffic(hooked, HJ_PROFILE_DEFAULT);
  closed_own = hj_engine_close(hooked);
  closed_other = bystander == NULL ? HJ_OK : hj_engine_close(bystander);
  bystander = NULL;
}

static void *hook_allocate(void *context, uint64_t bytes, uint64_t alignment) {
  (void)context;
  call_back();
  void *result = NULL;
  return posix_memalign(&result, alignment < 16 ? 16 : alignment, bytes) == 0 ? result : NULL;
}

static void hook_release(void *context, void *pointer, uint64_t bytes, uint64_t alignment) {
  (void)context, (void)bytes, (void)alignment;
  call_back();
  free(pointer);
}

static void arm(void) {
  hj_config config = poll_config();
  bystander = open_engine(&config);
  closed_own = closed_other = reported_traffic = reported_call = HJ_E_INTERNAL;
  is_armed = 1;
}

static void in_every_hook(int32_t mode, const char *map) {
  hj_config config = poll_config();
  config.run_mode = mode;
  config.map_path = map;
  config.allocate = hook_allocate;
  config.release = hook_release;
  hooked = NULL;
  hooks_run = 0;
  arm(); /* while it opens it has no handle yet */
  hj_engine *engine = open_engine(&config);
  CHECK_STATUS(closed_other, HJ_OK);
  hooked = engine;

  arm();
  CHECK_STATUS(hj_plans_load(engine, plans, sizeof plans - 1, NULL), HJ_OK);
  CHECK_STATUS(closed_own, HJ_E_DEADLOCK);
  CHECK_STATUS(closed_other, HJ_OK);
  CHECK_AT_LEAST(reported_call, 0);

  if (map != NULL) {
    is_armed = 0;
    hj_status wanted = reported_traffic; /* of the hook above: it was the first report */
    CHECK_EITHER(wanted, HJ_OK, HJ_PARTIAL);
    arm();
    hj_status second = report_traffic(engine, HJ_PROFILE_NORMAL); /* takes the second profile's tables */
    CHECK_EITHER(second, HJ_OK, HJ_PARTIAL);
    if (!is_armed) CHECK_STATUS(closed_own, HJ_E_DEADLOCK);
    is_armed = 0;
    if (bystander != NULL) CHECK_STATUS(hj_engine_close(bystander), HJ_OK);
    hj_engine *before = engine;
    hooked = NULL;
    engine = open_engine(&config);
    hooked = engine;
    arm();
    wanted = report_traffic(engine, HJ_PROFILE_DEFAULT);
    CHECK_EITHER(wanted, HJ_OK, HJ_PARTIAL);
    CHECK_STATUS(reported_traffic, HJ_E_DEADLOCK);
    CHECK_STATUS(closed_own, HJ_E_DEADLOCK);
    CHECK_STATUS(closed_other, HJ_OK);
    is_armed = 0;
    CHECK_STATUS(hj_engine_close(before), HJ_OK);
  }
  arm(); /* what is closing has no handle any more */
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  CHECK_STATUS(closed_own, HJ_E_STALE);
  CHECK_STATUS(closed_other, HJ_OK);
  CHECK_AT_LEAST(hooks_run, (map != NULL ? 4 : 3));
}

/* ---- Two hooks that close each other's engine: one is refused, none waits for ever ---- */

static hj_engine *facing[2];
static pthread_barrier_t both_inside;

static void *facing_allocate(void *context, uint64_t bytes, uint64_t alignment) {
  intptr_t number = (intptr_t)context;
  static int is_met[2];
  if (facing[number] != NULL && !is_met[number]) {
    is_met[number] = 1;
    pthread_barrier_wait(&both_inside);
    hj_status status = hj_engine_close(facing[1 - number]);
    CHECK_EITHER(status, HJ_OK, HJ_E_DEADLOCK);
  }
  void *result = NULL;
  return posix_memalign(&result, alignment < 16 ? 16 : alignment, bytes) == 0 ? result : NULL;
}

static void facing_release(void *context, void *pointer, uint64_t bytes, uint64_t alignment) {
  (void)context, (void)bytes, (void)alignment;
  free(pointer);
}

static void *load_facing(void *number) {
  CHECK_EACH_STATUS(hj_plans_load(facing[(intptr_t)number], plans, sizeof plans - 1, NULL), HJ_OK);
  return NULL;
}

static void facing_hooks(void) {
  hj_engine *opened[2];
  for (intptr_t number = 0; number < 2; number++) {
    hj_config config = poll_config();
    config.allocate = facing_allocate;
    config.release = facing_release;
    config.allocator_context = (void *)number;
    opened[number] = open_engine(&config);
  }
  memcpy(facing, opened, sizeof facing);
  REQUIRE_EQUAL(pthread_barrier_init(&both_inside, NULL, 2), 0);
  pthread_t threads[2];
  for (intptr_t number = 0; number < 2; number++)
    REQUIRE_EQUAL(pthread_create(&threads[number], NULL, load_facing, (void *)number), 0);
  for (int number = 0; number < 2; number++) pthread_join(threads[number], NULL);
  int closed = 0;
  for (int number = 0; number < 2; number++) closed += hj_engine_close(opened[number]) == HJ_E_STALE;
  CHECK_AT_MOST(closed, 1);
}

/* ---- Sixty-four threads open, use and close; each knows its engine by its only unit ---- */

enum { THREADS = 64, HANDLES = 8 };
static hj_engine *handles[HANDLES];

static void *open_and_close(void *number) {
  uint64_t seed = (uint64_t)(uintptr_t)number * 2654435761u + 1;
  hj_config config = poll_config();
  config.max_units = config.max_incidents = config.max_assignments = 1;
  config.max_watches = config.figure_types = config.figure_agencies = config.figure_beats = 0;
  int rounds = getenv("HUJIA_TEST_SMALL") != NULL ? 30 : 100;
  for (int times = 0; times < rounds; times++) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    hj_engine **place = &handles[(seed >> 33) % HANDLES];
    hj_engine *mine = NULL;
    CHECK_EACH_STATUS(hj_engine_open(&config, &mine, NULL), HJ_OK);
    hj_unit unit = make_unit((uint64_t)(uintptr_t)mine, 0, 0);
    CHECK_EACH_STATUS(hj_unit_put(mine, &unit), HJ_OK);
    hj_engine *other = __atomic_exchange_n(place, mine, __ATOMIC_ACQ_REL);
    /* Others may close this one now. Its only unit is its handle, as long as it is open. */
    hj_unit_status status;
    memset(&status, 0, sizeof status);
    status.size = sizeof status;
    hj_status read = hj_unit_read(mine, (uint64_t)(uintptr_t)mine, &status);
    CHECK_EACH_EITHER(read, HJ_OK, HJ_E_STALE);
    if (other != NULL) {
      read = hj_unit_read(other, (uint64_t)(uintptr_t)other, &status);
      CHECK_EACH_STATUS(read, HJ_OK); /* taken out of its place by this thread alone, so nobody else closes it */
      CHECK_EACH_STATUS(hj_engine_close(other), HJ_OK);
      CHECK_EACH_STATUS(hj_engine_close(other), HJ_E_STALE);
      CHECK_EACH_STATUS(hj_unit_read(other, (uint64_t)(uintptr_t)other, &status), HJ_E_STALE);
    }
  }
  return NULL;
}

static void racing_handles(void) {
  pthread_t threads[THREADS];
  for (intptr_t number = 0; number < THREADS; number++)
    REQUIRE_EQUAL(pthread_create(&threads[number], NULL, open_and_close, (void *)number), 0);
  for (int number = 0; number < THREADS; number++) pthread_join(threads[number], NULL);
  for (int number = 0; number < HANDLES; number++)
    if (handles[number] != NULL) CHECK_STATUS(hj_engine_close(handles[number]), HJ_OK);
}

int main(void) {
  alarm(240); /* each of these used to wait for ever, or would */
  refused_closes();
  in_every_hook(HJ_RUN_POLL, NULL);
  in_every_hook(HJ_RUN_THREAD, NULL);
  const char *map = on_streets();
  if (map != NULL) in_every_hook(HJ_RUN_POLL, map);
  if (map != NULL) in_every_hook(HJ_RUN_THREAD, map);
  off_streets();
  facing_hooks();
  racing_handles();
  return check_finish();
}
