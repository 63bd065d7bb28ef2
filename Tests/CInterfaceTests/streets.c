/* Names of streets and routes by profile, on the small invented city: every buffer size, from several threads while
 * units move, and the route said in words. */
#include <pthread.h>

#include "host.h"

#define MOST_POINTS 4096
#define NAME_BYTES 256

static hj_engine *engine;
static hj_route_point points[MOST_POINTS];
static uint32_t point_count;
static int32_t stop_moving;

static void ask_route(void) {
  int32_t lat, lon;
  place(900, 1100, &lat, &lon);
  hj_route_summary summary = {0};
  summary.size = sizeof summary;
  points[0].size = sizeof points[0];
  REQUIRE_STATUS(hj_route(engine, centre_lat_e7, centre_lon_e7, lat, lon, &summary, points, MOST_POINTS, &point_count),
                 HJ_OK);
  CHECK_EQUAL(summary.flags, 0);
  CHECK_EQUAL(summary.point_count, point_count);
  CHECK_EQUAL(points[point_count - 1].time_ms, summary.travel_ms);
  /* One travel time in the map: every profile gives the same road. */
  static hj_route_point again[MOST_POINTS];
  for (int32_t profile = HJ_PROFILE_DEFAULT; profile <= HJ_PROFILE_NORMAL; profile++) {
    hj_route_summary other = {0};
    uint32_t needed = 0;
    other.size = sizeof other;
    again[0].size = sizeof again[0];
    CHECK_STATUS(hj_route_by_profile(engine, centre_lat_e7, centre_lon_e7, lat, lon, profile, &other, again,
                                     MOST_POINTS, &needed),
                 HJ_OK);
    CHECK_EQUAL(needed, point_count);
    CHECK_BYTES(&other, &summary, sizeof other);
    CHECK_BYTES(again, points, needed * sizeof points[0]);
    uint32_t travel_ms = 0, alone_ms = 0, distance_dm = 0, flags = 9;
    uint64_t epoch = 9;
    CHECK_STATUS(hj_travel_time(engine, centre_lat_e7, centre_lon_e7, lat, lon, profile, &travel_ms, &distance_dm,
                                &flags, &epoch),
                 HJ_OK);
    CHECK_STATUS(hj_travel_time(engine, centre_lat_e7, centre_lon_e7, lat, lon, profile, &alone_ms, NULL, NULL, NULL),
                 HJ_OK);
    CHECK_EQUAL(travel_ms, summary.travel_ms);
    CHECK_EQUAL(alone_ms, summary.travel_ms);
    CHECK_EQUAL(distance_dm, summary.distance_dm);
    CHECK_EQUAL(flags, 0);
    CHECK_EQUAL(epoch, 0);
  }
}

/* Every capacity: as many bytes as fit, always closed with a zero, never a byte beyond. */
static void try_every_capacity(uint64_t street) {
  char whole[NAME_BYTES], part[NAME_BYTES];
  uint32_t needed = 0, asked = 0;
  REQUIRE_STATUS(hj_street_name(engine, street, whole, sizeof whole, &needed), HJ_OK);
  CHECK_EQUAL(needed, strlen(whole) + 1);
  CHECK_STATUS(hj_street_name(engine, street, NULL, 0, &asked), HJ_OK);
  CHECK_EQUAL(asked, needed);
  for (uint32_t capacity = 1; capacity <= needed + 2; capacity++) {
    memset(part, 0x7e, sizeof part);
    hj_status status = hj_street_name(engine, street, part, capacity, &asked);
    CHECK_EACH_EQUAL(status, (capacity < needed ? HJ_E_BUFFER : HJ_OK));
    CHECK_EACH_EQUAL(asked, needed);
    size_t written = strlen(part);
    CHECK_EACH_AT_MOST(written, capacity - 1);
    CHECK_EACH_EQUAL(written, (capacity < needed ? capacity - 1 : needed - 1));
    CHECK_EACH_BYTES(part, whole, written);
    for (uint32_t index = capacity; index < sizeof part; index++) CHECK_EACH_EQUAL(part[index], 0x7e);
  }
}

static void say_route(void) {
  char before[NAME_BYTES] = "", name[NAME_BYTES];
  uint32_t named = 0, legs = 0, needed;
  for (uint32_t index = 1; index < point_count; index++) {
    REQUIRE_STATUS(hj_street_name(engine, points[index].street_id, name, sizeof name, &needed), HJ_OK);
    CHECK_EACH(strstr(name, "STREET") || strstr(name, "AVENUE") || strstr(name, "LANE") || name[0] == 0);
    named += name[0] != 0;
    legs += strcmp(name, before) != 0;
    strcpy(before, name);
    try_every_capacity(points[index].street_id);
  }
  CHECK_MORE(named, point_count / 2);
  CHECK_AT_LEAST(legs, 2); /* it turns at least once */
}

static void *read_names(void *unused) {
  int64_t wrong = 0;
  (void)unused;
  for (int round = 0; round < 4000; round++) {
    char name[NAME_BYTES];
    uint32_t needed = 0;
    uint64_t street = points[1 + (uint32_t)round % (point_count - 1)].street_id;
    hj_status status = hj_street_name(engine, street, name, sizeof name, &needed);
    wrong += status != HJ_OK || needed != strlen(name) + 1;
    wrong += hj_street_name(engine, UINT64_MAX - (uint64_t)round, name, sizeof name, &needed) != HJ_E_UNKNOWN;
  }
  return (void *)(intptr_t)wrong;
}

static void *move_units(void *unused) {
  (void)unused;
  for (int round = 0; !__atomic_load_n(&stop_moving, __ATOMIC_ACQUIRE); round++) {
    put_unit(engine, 1 + (uint64_t)round % 8, round % 900, round % 700);
  }
  return NULL;
}

static void from_several_threads(void) {
  pthread_t readers[3], mover;
  REQUIRE_EQUAL(pthread_create(&mover, NULL, move_units, NULL), 0);
  for (int index = 0; index < 3; index++) REQUIRE_EQUAL(pthread_create(&readers[index], NULL, read_names, NULL), 0);
  for (int index = 0; index < 3; index++) {
    void *wrong = NULL;
    pthread_join(readers[index], &wrong);
    CHECK_EQUAL((intptr_t)wrong, 0);
  }
  __atomic_store_n(&stop_moving, 1, __ATOMIC_RELEASE);
  pthread_join(mover, NULL);
}

int main(void) {
  const char *map = on_streets();
  if (map == NULL) return check_finish();
  hj_config config = poll_config();
  config.map_path = map;
  engine = open_engine(&config);
  ask_route();
  say_route();
  const uint64_t unknown[] = {UINT64_MAX, (uint64_t)1 << 63, 987654321987ULL};
  char name[NAME_BYTES];
  for (size_t index = 0; index < 3; index++) {
    uint32_t needed = 77;
    CHECK_STATUS(hj_street_name(engine, unknown[index], name, sizeof name, &needed), HJ_E_UNKNOWN);
    CHECK_EQUAL(needed, 77);
  }
  from_several_threads();
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  return check_finish();
}
