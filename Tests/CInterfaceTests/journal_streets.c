/* Street times outlive the process: reported and answered HJ_OK, then killed at once, before an epoch had them or
 * after. The next process serves them with its first epoch, as a close and another opening do. Closures and liftings
 * that a person signs stand on record besides, one act each, or are refused. Needs streets: HUJIA_TEST_MAP. */
#include "held_calls.h"

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

/* ---- By a person ----------------------------------------------------------------------------------------------- */

enum { SIGNED = 400 };

static int signs_lifting; /* in the end; else a closure */

static hj_action person(uint64_t number) {
  hj_action action;
  memset(&action, 0, sizeof action);
  action.size = sizeof action;
  action.operator_id = UINT64_C(0xfedcba9876543000) + number;
  action.session_id = UINT64_C(0x8123456789ab3000) + number;
  action.reason = 7;
  action.role = 9;
  return action;
}

/* The first so many ids, and one that no street has: taken are as many as `usual` says, each with the same verdict. */
struct verdicts {
  hj_status of[SIGNED + 1];
  uint32_t accepted;
};
static struct verdicts give(uint32_t travel_ms, const hj_action *action) {
  hj_street_time times[SIGNED + 1];
  struct verdicts given;
  memset(times, 0, sizeof times);
  for (uint32_t index = 0; index <= SIGNED; index++) {
    times[index].size = sizeof times[index];
    times[index].street_id = index < SIGNED ? index + 1 : UINT64_C(1) << 60;
    times[index].travel_ms = travel_ms;
  }
  CHECK_STATUS(hj_traffic_report_by(engine, times, SIGNED + 1, given.of, &given.accepted, action), HJ_PARTIAL);
  CHECK_EQUAL(given.of[SIGNED], HJ_E_UNKNOWN);
  return given;
}

static struct verdicts sign(uint32_t travel_ms, const hj_action *action, const struct verdicts *usual) {
  uint64_t before = journal_info(engine).recorded;
  struct verdicts given = give(travel_ms, action);
  REQUIRE_MORE(given.accepted, 0);
  if (usual != NULL) CHECK_BYTES(&given, usual, sizeof given);
  int is_signed = action != NULL && action->operator_id != 0 && travel_ms >= HJ_STREET_AS_MAPPED;
  CHECK_EQUAL(journal_info(engine).recorded - before, is_signed ? given.accepted : 0);
  return given;
}

/* What means nothing yet is refused, and nothing is taken or on record. */
static void sign_badly(void) {
  hj_street_time time;
  memset(&time, 0, sizeof time);
  time.size = sizeof time;
  time.street_id = 1;
  time.travel_ms = HJ_STREET_CLOSED;
  uint64_t before = journal_info(engine).recorded;
  int64_t reports = read_stats(engine).traffic_reports;
  for (int field = 0; field < 4; field++) {
    hj_action action = person(9);
    if (field == 0) action.force = 1;
    if (field == 1) action.reserved0 = 1;
    if (field == 2) action.reserved1 = UINT32_MAX;
    if (field == 3) action.size = 3;
    uint32_t accepted = 5;
    hj_status status = hj_traffic_report_by(engine, &time, 1, NULL, &accepted, &action);
    CHECK_EACH_EQUAL(status, field == 3 ? HJ_E_SIZE : HJ_E_UNSUPPORTED);
    CHECK_EACH_EQUAL(accepted, 0);
  }
  CHECK_EQUAL(journal_info(engine).recorded, before);
  CHECK_EQUAL(read_stats(engine).traffic_reports, reports);
}

/* Before another poll: no epoch has them yet. */
static void sign_and_die(void) {
  open_city();
  go_to(0);
  hj_action closes = person(1), lifts = person(2), times = person(3), nobody = person(4);
  nobody.operator_id = nobody.session_id = nobody.reason = nobody.role = 0;
  report(1, 20000);
  sign_badly();
  struct verdicts usual = sign(30000, NULL, NULL);
  sign(30000, &nobody, &usual);
  if (signs_lifting) {
    sign(HJ_STREET_CLOSED, &closes, &usual);
    sign(30000, &times, &usual);
    sign(HJ_STREET_AS_MAPPED, &lifts, &usual);
  } else {
    sign(HJ_STREET_AS_MAPPED, &lifts, &usual);
    sign(30000, &times, &usual);
    sign(HJ_STREET_CLOSED, &closes, &usual);
  }
  if (checks_failed == 0) kill(getpid(), SIGKILL);
}

/* The last of these by nobody, in an engine that nobody kills: how the streets are in the end. */
static struct ways as_by_nobody(void) {
  open_city();
  go_to(0);
  report(1, 20000);
  sign(signs_lifting ? HJ_STREET_AS_MAPPED : HJ_STREET_CLOSED, NULL, NULL);
  go_to(1);
  struct ways wanted = drive();
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  return wanted;
}

static void signed_streets(void) {
  new_folder();
  static struct ways before;
  struct ways wanted = as_by_nobody();
  if (signs_lifting) CHECK_DIFFERENT(memcmp(&wanted, &before, sizeof wanted), 0);
  before = wanted;
  remove_folder();
  new_folder();
  in_a_child(sign_and_die);
  open_city();
  go_to(3);
  check_ways(&wanted);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  for (uint64_t number = 1; number <= 4; number++) {
    hj_action action = person(number);
    int is_signed = number <= 2; /* times carry no name */
    CHECK_EACH_EQUAL(is_on_record(action.operator_id), is_signed);
    CHECK_EACH_EQUAL(is_on_record(action.session_id), is_signed);
  }
  remove_folder();
}

/* A disk that stands still: acts are refused in a ring that is three quarters full, and what they were about stays as
 * it was. Without a name the same is taken, as a time is. */
static void signed_into_a_full_ring(void) {
  new_folder();
  held_take();
  open_city();
  go_to(0);
  struct ways mapped = drive();
  hj_action closes = person(1), lifts = person(2);
  struct verdicts usual = sign(HJ_STREET_AS_MAPPED, NULL, NULL), given = usual;
  REQUIRE_STATUS(hj_journal_wait(engine, 0, HJ_STRENGTH_DURABLE, 60 * SECOND_NS), HJ_OK);
  hold_disk(HOLD_SYNCS);
  for (int round = 0; round < 1000 && given.accepted == usual.accepted; round++)
    given = give(HJ_STREET_AS_MAPPED, &lifts);
  CHECK_LESS(given.accepted, usual.accepted);
  go_to(1);
  uint64_t recorded = journal_info(engine).recorded;
  int64_t epoch = read_stats(engine).traffic_epoch;
  given = give(HJ_STREET_CLOSED, &closes);
  CHECK_EQUAL(given.accepted, 0);
  for (int index = 0; index < SIGNED; index++)
    CHECK_EACH_EQUAL(given.of[index], usual.of[index] == HJ_OK ? HJ_FULL : usual.of[index]);
  CHECK_EQUAL(journal_info(engine).recorded, recorded);
  CHECK_EQUAL(read_stats(engine).traffic_pending, 0);
  go_to(2);
  CHECK_EQUAL(read_stats(engine).traffic_epoch, epoch);
  check_ways(&mapped);
  sign(HJ_STREET_AS_MAPPED, NULL, &usual);
  sign(20000, &closes, &usual);
  hold_disk(HOLD_NOTHING);
  REQUIRE_STATUS(hj_journal_wait(engine, 0, HJ_STRENGTH_DURABLE, 60 * SECOND_NS), HJ_OK);
  sign(HJ_STREET_CLOSED, &closes, &usual);
  go_to(3);
  struct ways closed = drive();
  CHECK_DIFFERENT(memcmp(&closed, &mapped, sizeof mapped), 0);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  remove_folder();
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
  for (signs_lifting = 0; signs_lifting < 2; signs_lifting++) signed_streets();
  signed_into_a_full_ring();
  return check_finish();
}
