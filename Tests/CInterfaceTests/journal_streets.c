/* Street times outlive the process: reported and answered HJ_OK, then killed at once, before an epoch had them or
 * after. The next process serves them with its first epoch, as a close and another opening do. Needs streets:
 * HUJIA_TEST_MAP. */
#include "journal_host.h"

enum { MOST_STREETS = 100000 };

static hj_engine *engine;
static int is_built;

static void go_to(int second) {
  REQUIRE_STATUS(hj_engine_poll(engine, START_NS + second * SECOND_NS, START_US + second * 1000000LL, 0, NULL), HJ_OK);
}

static void open_city(void) {
  hj_config config = journal_config(HJ_RUN_POLL);
  config.map_path = on_streets();
  engine = open_engine(&config);
}

/* Each `every`th street: slow, as it is, or closed. Ids are rows; those of merged rows are unknown. */
static void report(uint32_t every, uint32_t travel_ms) {
  static hj_street_time times[MOST_STREETS];
  uint32_t count = 0, streets = (uint32_t)read_stats(engine).map_streets;
  REQUIRE_LESS(streets, MOST_STREETS);
  memset(times, 0, sizeof times);
  for (uint32_t id = every; id <= streets; id += every, count++) {
    times[count].size = sizeof times[count];
    times[count].street_id = id;
    times[count].travel_ms = travel_ms;
  }
  uint32_t accepted = 0;
  hj_status status = hj_traffic_report_each(engine, times, count, NULL, &accepted);
  REQUIRE(status == HJ_OK || status == HJ_PARTIAL);
  REQUIRE_MORE(accepted, 0);
}

enum { WAYS = 40 };
struct ways {
  uint32_t travel_ms[WAYS];
};

/* Ways all over the corner of the city that the reports are about. */
static struct ways drive(void) {
  struct ways ways;
  memset(&ways, 0, sizeof ways);
  for (int way = 0; way < WAYS; way++) {
    int32_t from_lat, from_lon, to_lat, to_lon;
    place(way * 37 % 700, way * 53 % 500, &from_lat, &from_lon);
    place(way * 91 % 700, way * 29 % 500, &to_lat, &to_lon);
    hj_status status = hj_travel_time(engine, from_lat, from_lon, to_lat, to_lon, HJ_PROFILE_DEFAULT,
                                      &ways.travel_ms[way], NULL, NULL, NULL);
    if (status != HJ_OK) ways.travel_ms[way] = HJ_UNREACHABLE;
  }
  return ways;
}

static struct ways *left;

static void live_and_die(void) {
  open_city();
  go_to(0);
  report(1, 20000);
  report(7, HJ_STREET_CLOSED);
  if (is_built) go_to(1);
  report(5, HJ_STREET_AS_MAPPED);
  if (is_built) go_to(2);
  kill(getpid(), SIGKILL);
}

static void check_ways(const struct ways *wanted) {
  struct ways found = drive();
  for (int way = 0; way < WAYS; way++) CHECK_EACH_EQUAL(found.travel_ms[way], wanted->travel_ms[way]);
  CHECK_EQUAL(memcmp(&found, wanted, sizeof found), 0);
}

int main(void) {
  if (on_streets() == NULL) return check_finish();
  left = mmap(NULL, sizeof *left, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  REQUIRE(left != MAP_FAILED);
  /* What is right: the same reports in an engine that nobody kills. */
  new_folder();
  open_city();
  go_to(0);
  struct ways mapped = drive();
  report(1, 20000);
  report(7, HJ_STREET_CLOSED);
  report(5, HJ_STREET_AS_MAPPED);
  go_to(1);
  *left = drive();
  CHECK_DIFFERENT(memcmp(left, &mapped, sizeof mapped), 0);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  remove_folder();
  for (is_built = 0; is_built < 2; is_built++) {
    new_folder();
    in_a_child(live_and_die);
    for (int opening = 0; opening < 2; opening++) { /* behind the kill, then behind a close */
      open_city();
      go_to(3 + opening);
      check_ways(left);
      CHECK_EQUAL(journal_info(engine).reasons & ~HJ_HEALTH_TORN_TAIL, 0);
      CHECK_STATUS(hj_engine_close(engine), HJ_OK);
    }
    remove_folder();
  }
  munmap(left, sizeof *left);
  return check_finish();
}
