/* The nearest units beside a plain twin: units move, change and go, and after each step the answer is what the travel
 * times of all units one by one say. On streets where the test has a map, else in straight lines. Host-driven time. */
#include "host.h"

enum { UNITS = 24, STEPS = 400 };

static hj_engine *engine;
static uint64_t seed = 7;

static int below(int bound) {
  seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
  return (int)((seed >> 33) % (uint64_t)bound);
}

/* What the test knows of each unit. */
static struct known {
  int is_here, is_free;
  int32_t lat_e7, lon_e7;
} known[UNITS];

static void anywhere(int32_t *lat_e7, int32_t *lon_e7) {
  place(below(3000) - 1500, below(3000) - 1500, lat_e7, lon_e7);
}

static void put(int number) {
  struct known *one = &known[number];
  hj_unit unit = make_unit((uint64_t)number + 1, 0, 0);
  one->is_here = one->is_free = 1;
  anywhere(&one->lat_e7, &one->lon_e7);
  unit.lat_e7 = one->lat_e7;
  unit.lon_e7 = one->lon_e7;
  REQUIRE_STATUS(hj_unit_put(engine, &unit), HJ_OK);
}

/* A device reports: most moves are along a street, some across the city. */
static void move(int number, int64_t wall_us) {
  struct known *one = &known[number];
  hj_position fix;
  memset(&fix, 0, sizeof fix);
  fix.size = sizeof fix;
  fix.unit_id = (uint64_t)number + 1;
  fix.heading_cdeg = fix.speed_cms = HJ_UNKNOWN;
  fix.wall_us = wall_us;
  if (below(3) == 0) {
    anywhere(&one->lat_e7, &one->lon_e7);
  } else {
    one->lat_e7 += (below(60) - 30) * 100;
    one->lon_e7 += (below(60) - 30) * 100;
  }
  fix.lat_e7 = one->lat_e7;
  fix.lon_e7 = one->lon_e7;
  REQUIRE_TAKEN(hj_positions_report(engine, &fix, 1, NULL));
}

static void step(int number, int64_t wall_us) {
  struct known *one = &known[number];
  uint64_t id = (uint64_t)number + 1;
  switch (one->is_here ? below(8) : 2) {
    case 0:
      one->is_free = !one->is_free;
      CHECK_EACH_STATUS(hj_unit_set_activity(engine, id, one->is_free ? HJ_ACTIVITY_PATROLLING : HJ_ACTIVITY_COURT, 0),
                        HJ_OK);
      break;
    case 1:
      one->is_here = 0;
      CHECK_EACH_STATUS(hj_unit_remove(engine, id), HJ_OK);
      break;
    case 2:
      put(number);
      break;
    default:
      move(number, wall_us);
  }
}

/* One unit, asked by itself. */
static uint32_t time_of(int number, int32_t lat_e7, int32_t lon_e7) {
  uint32_t travel_ms = 0;
  REQUIRE_STATUS(hj_travel_time(engine, known[number].lat_e7, known[number].lon_e7, lat_e7, lon_e7, HJ_PROFILE_NORMAL,
                                &travel_ms, NULL, NULL, NULL),
                 HJ_OK);
  return travel_ms;
}

static void compare(uint32_t k) {
  hj_nearest_query query;
  memset(&query, 0, sizeof query);
  query.size = sizeof query;
  query.k = k;
  query.levels = 1;
  query.profile = HJ_PROFILE_NORMAL;
  anywhere(&query.lat_e7, &query.lon_e7);
  hj_nearest found[UNITS];
  memset(found, 0, sizeof found);
  found[0].size = sizeof found[0];
  uint32_t count = 0, free_units = 0, times_ms[UNITS];
  REQUIRE_STATUS(hj_nearest_units(engine, &query, found, UNITS, &count), HJ_OK);
  for (int number = 0; number < UNITS; number++) {
    if (!known[number].is_here || !known[number].is_free) continue;
    uint32_t time_ms = time_of(number, query.lat_e7, query.lon_e7), at = free_units++;
    for (; at > 0 && times_ms[at - 1] > time_ms; at--) times_ms[at] = times_ms[at - 1];
    times_ms[at] = time_ms;
  }
  CHECK_EACH_EQUAL(count, k < free_units ? k : free_units);
  for (uint32_t index = 0; index < count && index < free_units; index++) {
    CHECK_EACH_EQUAL(found[index].travel_ms, times_ms[index]);
    int number = (int)found[index].unit_id - 1;
    CHECK_EACH(known[number].is_here && known[number].is_free);
    CHECK_EACH_EQUAL(found[index].travel_ms, time_of(number, query.lat_e7, query.lon_e7));
  }
}

static void moves(const char *map) {
  hj_config config = poll_config();
  config.map_path = map;
  config.max_speed_cms = UINT32_MAX;
  engine = open_engine(&config);
  poll_at(engine, START_NS);
  for (int number = 0; number < UNITS; number++) put(number);
  for (int64_t time = 1; time <= STEPS; time++) {
    poll_at(engine, START_NS + time * SECOND_NS);
    for (int times = 0; times < 3; times++) step(below(UNITS), START_US + time * 1000000);
    compare(1 + (uint32_t)below(UNITS));
  }
  CHECK_EQUAL(read_stats(engine).positions_refused, 0);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
}

int main(void) {
  moves(NULL);
  const char *map = on_streets();
  if (map != NULL) moves(map);
  return check_finish();
}
