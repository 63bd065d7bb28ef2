/* How much of its thread's stack a call needs: measured on stacks filled with a pattern, beside what the header
 * promises. */
#define _GNU_SOURCE
#include <pthread.h>
#include <sys/mman.h>

#include "host.h"

enum { STACK = 1 << 20, PATTERN = 0xa5, KIB = 1024 };
/* hujia.h, "Stack". */
enum { PROMISED_CALL = 32 * KIB, PROMISED_COLD = 64 * KIB, PROMISED_OPEN = 256 * KIB };

static hj_engine *engine;
static const char *map;
static uint64_t now_s;

/* Runs `body` on a thread with a stack of its own; how much of it was touched, the thread's own few KiB included. */
static int used_by(void *(*body)(void *)) {
  unsigned char *stack = mmap(NULL, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
  REQUIRE(stack != MAP_FAILED);
  memset(stack, PATTERN, STACK);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  REQUIRE_EQUAL(pthread_attr_setstack(&attributes, stack, STACK), 0);
  pthread_t thread;
  REQUIRE_EQUAL(pthread_create(&thread, &attributes, body, NULL), 0);
  pthread_join(thread, NULL);
  pthread_attr_destroy(&attributes);
  int untouched = 0;
  while (untouched < STACK && stack[untouched] == PATTERN) untouched++;
  munmap(stack, STACK);
  return STACK - untouched;
}

static void *nothing(void *unused) {
  return unused;
}

static void *defaults(void *unused) {
  hj_config config;
  CHECK_STATUS(hj_config_init(&config, sizeof config), HJ_OK);
  return unused;
}

static void *open_it(void *unused) {
  hj_config config = poll_config();
  config.map_path = map;
  engine = open_engine(&config);
  return unused;
}

static void *load_plans(void *unused) {
  static const char plans[] =
      "{\"version\": 1, \"clocks\": {\"acknowledge\": {\"limit_s\": 15, \"steps\": [{\"do\": \"notify_again\"},"
      " {\"after_s\": 5, \"do\": \"next_unit\"}, {\"after_s\": 5, \"do\": \"supervisor\"}]}},"
      " \"plans\": [{\"name\": \"two\", \"units\": [{\"count\": 2}]}]}";
  CHECK_STATUS(hj_plans_load(engine, plans, sizeof plans - 1, NULL), HJ_OK);
  return unused;
}

static void *close_it(void *unused) {
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  return unused;
}

static void move_on(uint64_t seconds) {
  now_s += seconds;
  poll_at(engine, START_NS + (int64_t)now_s * SECOND_NS);
}

static void *units(void *unused) {
  move_on(1);
  for (uint64_t id = 1; id <= 32; id++) put_unit(engine, id, (int)id * 20, (int)(id % 7) * 30);
  for (int times = 0; times < 200; times++) {
    hj_position fix;
    memset(&fix, 0, sizeof fix);
    fix.size = sizeof fix;
    fix.unit_id = 1 + (uint64_t)times % 32;
    fix.heading_cdeg = fix.speed_cms = HJ_UNKNOWN;
    place(times % 32 * 20, times % 50, &fix.lat_e7, &fix.lon_e7);
    CHECK_EACH_TAKEN(hj_positions_report(engine, &fix, 1, NULL));
  }
  hj_unit_status status = read_unit(engine, 3);
  CHECK_EQUAL(status.activity, HJ_ACTIVITY_PATROLLING);
  CHECK_STATUS(hj_unit_set_activity(engine, 3, HJ_ACTIVITY_MEAL, 0), HJ_OK);
  CHECK_STATUS(hj_unit_remove(engine, 4), HJ_OK);
  return unused;
}

/* Calls with two units each, more than there are units, and all that can happen to them. */
static void *incidents(void *unused) {
  for (int times = 0; times < 60; times++) {
    hj_report report = make_report(1 + times % 4, times * 7 % 600, times * 5 % 300);
    hj_dispatch answer = empty_dispatch();
    CHECK_EACH_TAKEN(hj_incident_recommend(engine, &report, &answer));
    hj_status status = hj_incident_report(engine, &report, &answer);
    CHECK_EACH_EITHER(status, HJ_OK, HJ_FULL);
    if (status != HJ_OK) break;
    uint64_t id = answer.incident_id;
    read_incident(engine, id);
    report.tier = HJ_TIER_EMERGENCY;
    CHECK_EACH_STATUS(hj_incident_update(engine, id, &report, &answer), HJ_OK);
    if (answer.assignment_count > 0) {
      uint64_t assignment = answer.chosen[0].assignment_id;
      hj_route_point points[64];
      points[0].size = sizeof points[0];
      uint32_t needed;
      CHECK_EACH_AT_LEAST(hj_assignment_route(engine, assignment, points, 64, &needed), HJ_E_BUFFER);
      hj_clock_ref clock;
      memset(&clock, 0, sizeof clock);
      clock.size = sizeof clock;
      clock.clock = HJ_CLOCK_ACKNOWLEDGE;
      clock.assignment_id = assignment;
      hj_clock_status seen;
      memset(&seen, 0, sizeof seen);
      seen.size = sizeof seen;
      CHECK_EACH_STATUS(hj_clock_read(engine, &clock, &seen), HJ_OK);
      int32_t moves[] = {HJ_ASSIGNMENT_DECLINED, HJ_ASSIGNMENT_ACKNOWLEDGED, HJ_ASSIGNMENT_ON_SCENE};
      hj_status moved = hj_assignment_advance(engine, assignment, moves[times % 3], 0);
      CHECK_EACH_EITHER(moved, HJ_OK, HJ_E_REASON);
    }
    hj_incident_assign(engine, id, 5 + (uint64_t)times % 20, 0, NULL);
    if (times % 7 == 6) CHECK_EACH_AT_MOST(hj_incident_cancel(engine, id, 0), HJ_OK);
    if (times % 7 == 3) CHECK_EACH_AT_MOST(hj_incident_close(engine, id, 1, 0), HJ_OK);
  }
  uint32_t moved;
  CHECK_STATUS(hj_plans_migrate(engine, &moved), HJ_OK);
  return unused;
}

static void *time_passes(void *unused) {
  for (int times = 0; times < 40; times++) {
    hj_report report = make_report(HJ_TIER_URGENT, times, times);
    CHECK_EACH_STATUS(hj_incident_post(engine, &report), HJ_OK);
    move_on(1 + (uint64_t)times * 5);
    drop_events(engine);
  }
  return unused;
}

static void *questions(void *unused) {
  hj_nearest nearest[8];
  hj_nearest_query query;
  uint32_t count;
  memset(nearest, 0, sizeof nearest);
  nearest[0].size = sizeof nearest[0];
  memset(&query, 0, sizeof query);
  query.size = sizeof query;
  query.k = 8;
  int32_t lat_e7, lon_e7;
  place(0, 0, &query.lat_e7, &query.lon_e7);
  place(500, 300, &lat_e7, &lon_e7);
  CHECK_TAKEN(hj_nearest_units(engine, &query, nearest, 8, &count));
  hj_route_point points[64];
  points[0].size = sizeof points[0];
  CHECK_AT_LEAST(hj_route(engine, query.lat_e7, query.lon_e7, lat_e7, lon_e7, NULL, points, 64, &count), HJ_E_BUFFER);
  CHECK_TAKEN(hj_travel_time(engine, query.lat_e7, query.lon_e7, lat_e7, lon_e7, 0, &count, NULL, NULL, NULL));
  read_stats(engine);
  return unused;
}

static void *traffic(void *unused) {
  hj_street_time times[8];
  memset(times, 0, sizeof times);
  for (int index = 0; index < 8; index++) {
    times[index].size = sizeof times[index];
    times[index].street_id = 1 + (uint64_t)index;
    times[index].travel_ms = 20000;
  }
  CHECK_AT_LEAST(hj_traffic_report(engine, times, 8), HJ_E_UNSUPPORTED);
  return unused;
}

static int most_call, most_cold, most_open;

static void measure(const char *name, void *(*body)(void *), int *most) {
  int used = used_by(body);
  printf("%-26s %6d bytes\n", name, used);
  if (used > *most) *most = used;
}

static void all(void) {
  measure("open", open_it, &most_open);
  measure("load plans", load_plans, &most_cold);
  measure("units, positions", units, &most_call);
  measure("incidents", incidents, &most_call);
  measure("poll, events", time_passes, &most_call);
  measure("questions", questions, &most_call);
  measure("first street times", traffic, &most_cold);
  measure("street times", traffic, &most_call);
  measure("poll that builds an epoch", time_passes, &most_call);
  measure("close", close_it, &most_cold);
}

int main(void) {
  printf("%-26s %6d bytes\n", "a thread that does nothing", used_by(nothing));
  measure("first defaults", defaults, &most_call);
  measure("defaults", defaults, &most_call);
  all();
  map = on_streets();
  if (map != NULL) all();
  printf("note: at most %d KiB of stack in a call, %d in a cold one, %d to open\n", (most_call + KIB - 1) / KIB,
         (most_cold + KIB - 1) / KIB, (most_open + KIB - 1) / KIB);
  CHECK_MORE(most_call, 0);
  CHECK_AT_MOST(most_call, PROMISED_CALL);
  CHECK_MORE(most_cold, 0);
  CHECK_AT_MOST(most_cold, PROMISED_COLD);
  CHECK_MORE(most_open, 0);
  CHECK_AT_MOST(most_open, PROMISED_OPEN);
  return check_finish();
}
