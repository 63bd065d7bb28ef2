/* What calls ask for beside their plan, over thousands of random hours: calls with needs, cars that can and cannot,
 * signatures, refusals, arrivals, cars sent by hand, cars that learn and forget, calls that are changed and ended.
 * After everything that happens two rules must hold, looked up the slow way in what the events told: nothing is left
 * open that a free car could bring, and nobody is sent for what is there. Then the oracle is made wrong on purpose.
 *
 *   needs [SEEDS] [FIRST-SEED]      2,000 without an argument, 100 when HUJIA_TEST_SMALL is set */
#include "../CInterfaceTests/host.h"

enum { NO_BUG, SERVED_IGNORED, REFUSAL_IGNORED, EVERYBODY_CAN, UPDATE_IGNORED, PLANTED_BUGS = UPDATE_IGNORED };
static const char *const planted_names[] = {"none", "what was there is asked for again", "a refusal is none",
                                            "every car can do everything", "an update asks for nothing"};
static int planted;

#define CARS 8
#define CALLS 400
#define ORDERS 4000
#define SKILLS 4

typedef struct {
  uint64_t id, needs, served;
  int is_open, has_arrived;
  int is_reported; /* all that were there have left: nobody is asked for any more, until the call is changed */
  int refused[CARS + 1];
} call;

typedef struct {
  uint64_t id;
  int call, car, is_live, has_arrived;
} order;

static call calls[CALLS];
static order orders[ORDERS];
static uint64_t skills[CARS + 1];
static int call_count, order_count, is_busy[CARS + 1];
static hj_engine *engine;
static int64_t now_ns;
static uint64_t seed, random_state;
static int is_different;

static uint64_t random_next(void) {
  uint64_t x = random_state += UINT64_C(0x9E3779B97F4A7C15);
  x = (x ^ (x >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
  x = (x ^ (x >> 27)) * UINT64_C(0x94D049BB133111EB);
  return x ^ (x >> 31);
}

static int below(int bound) {
  return (int)(random_next() % (uint64_t)bound);
}

static int one_in(int bound) {
  return below(bound) == 0;
}

static uint64_t some_skills(void) {
  return one_in(2) ? 0 : (uint64_t)below(1 << SKILLS) << 20;
}

static void differ(const char *what, int of, int car) {
  if (is_different) return;
  is_different = 1;
  if (planted != NO_BUG) return;
  fprintf(stderr, "seed %" PRIu64 " at %" PRId64 " s: %s: call %d needs %" PRIx64 " served %" PRIx64 ", car %d\n", seed,
          (now_ns - START_NS) / SECOND_NS, what, of, calls[of].needs, calls[of].served, car);
}

/* ---- What the engine says -------------------------------------------------------------------------------------- */

static int call_of(uint64_t id) {
  int index = call_count - 1;
  while (index >= 0 && calls[index].id != id) index--;
  return index;
}

/* What the units of a call do not bring; `but`: as if that order were none of its. */
static uint64_t open_needs(int of, int but) {
  uint64_t open = calls[of].needs & ~calls[of].served;
  for (int index = 0; index < order_count; index++)
    if (orders[index].call == of && orders[index].is_live && index != but) open &= ~skills[orders[index].car];
  return open;
}

static void order_ended(order *ended, int32_t state) {
  call *of = &calls[ended->call];
  ended->is_live = 0;
  is_busy[ended->car] = 0;
  int was_served = ended->has_arrived || (state == HJ_ASSIGNMENT_CANCELLED && of->has_arrived);
  if (was_served && planted != SERVED_IGNORED) of->served |= of->needs & skills[ended->car];
  if (state != HJ_ASSIGNMENT_CLEARED && planted != REFUSAL_IGNORED) of->refused[ended->car] = 1;
}

static void hear_assignment(const hj_event *event) {
  int of = call_of(event->incident_id), index = order_count - 1;
  REQUIRE_AT_LEAST(of, 0);
  while (index >= 0 && orders[index].id != event->assignment_id) index--;
  if (index < 0) {
    REQUIRE_LESS(order_count, ORDERS);
    orders[order_count++] = (order){event->assignment_id, of, (int)event->unit_id, 1, 0};
    is_busy[event->unit_id] = 1;
  } else if (event->state >= HJ_ASSIGNMENT_CLEARED) {
    order_ended(&orders[index], event->state);
  } else if (event->state >= HJ_ASSIGNMENT_ON_SCENE) {
    orders[index].has_arrived = calls[of].has_arrived = 1;
  }
}

static void hear(void) {
  hj_event events[64];
  uint32_t count;
  while ((count = take_events(engine, events, 64)) > 0)
    for (uint32_t index = 0; index < count; index++) {
      const hj_event *event = &events[index];
      if (event->kind == HJ_EVENT_ASSIGNMENT) hear_assignment(event);
      if (event->kind == HJ_EVENT_INCIDENT && event->state >= HJ_INCIDENT_CLOSED &&
          event->state <= HJ_INCIDENT_CANCELLED)
        calls[call_of(event->incident_id)].is_open = 0;
      REQUIRE_DIFFERENT(event->kind, HJ_EVENT_OVERFLOW);
    }
}

/* ---- The rules ------------------------------------------------------------------------------------------------- */

static void check_rules(void) {
  for (int of = 0; of < call_count && !is_different; of++) {
    if (!calls[of].is_open) continue;
    hj_incident_status status = read_incident(engine, calls[of].id);
    if (status.needs != calls[of].needs && planted == NO_BUG) differ("other needs are kept", of, 0);
    uint64_t open = open_needs(of, -1);
    if (status.state == HJ_INCIDENT_REPORTED && status.live_assignments == 0) calls[of].is_reported = 1;
    if (open == 0 || calls[of].is_reported) continue;
    for (int car = 1; car <= CARS; car++)
      if (!is_busy[car] && !calls[of].refused[car] && (planted == EVERYBODY_CAN || (skills[car] & open) != 0))
        differ("a free car could bring what is open", of, car);
    if (status.shortfall == HJ_SHORTFALL_NONE) differ("a shortfall was not told", of, 0);
  }
}

/* Of a first answer: behind the one car of the plan each was sent for something that no other brings. */
static void check_first_answer(int of, const hj_dispatch *answer) {
  for (uint32_t index = 1; index < answer->assignment_count; index++) {
    uint64_t open = calls[of].needs;
    for (uint32_t other = 0; other < index; other++) open &= ~skills[answer->chosen[other].unit_id];
    if ((open & skills[answer->chosen[index].unit_id]) == 0)
      differ("a car was sent for nothing", of, (int)answer->chosen[index].unit_id);
  }
}

/* ---- What the host does ---------------------------------------------------------------------------------------- */

static void report(void) {
  if (call_count == CALLS) return;
  hj_report report = make_report(1 + below(4), below(1000), 0);
  hj_dispatch answer = empty_dispatch();
  report.needs = some_skills();
  REQUIRE_STATUS(hj_incident_report(engine, &report, &answer), HJ_OK);
  memset(&calls[call_count], 0, sizeof calls[call_count]);
  calls[call_count].id = answer.incident_id;
  calls[call_count].needs = report.needs;
  calls[call_count].is_open = 1;
  check_first_answer(call_count++, &answer);
}

static void put_car(int car) {
  hj_unit unit = make_unit((uint64_t)car, car * 100, 0);
  unit.capabilities = skills[car] = some_skills();
  REQUIRE_STATUS(hj_unit_put(engine, &unit), HJ_OK);
}

static int some_open_call(void) {
  for (int tries = 0; tries < 8 && call_count > 0; tries++) {
    int index = call_count - 1 - below(call_count < 8 ? call_count : 8);
    if (calls[index].is_open) return index;
  }
  return -1;
}

static void change(void) {
  int of = some_open_call();
  if (of < 0) return;
  hj_report report;
  memset(&report, 0, sizeof report);
  report.size = sizeof report;
  report.needs = some_skills();
  REQUIRE_STATUS(hj_incident_update(engine, calls[of].id, &report, NULL), HJ_OK);
  calls[of].is_reported = 0;
  if (report.needs == 0 || planted == UPDATE_IGNORED) return;
  calls[of].served &= report.needs & calls[of].needs;
  calls[of].needs = report.needs;
}

static void move(void) {
  static const int32_t states[] = {HJ_ASSIGNMENT_ACKNOWLEDGED, HJ_ASSIGNMENT_EN_ROUTE, HJ_ASSIGNMENT_ON_SCENE,
                                   HJ_ASSIGNMENT_ON_SCENE,     HJ_ASSIGNMENT_CLEARED,  HJ_ASSIGNMENT_DECLINED,
                                   HJ_ASSIGNMENT_CANCELLED};
  if (order_count == 0) return;
  int index = order_count - 1 - below(order_count < 10 ? order_count : 10);
  hj_status status = hj_assignment_advance(engine, orders[index].id, states[below(7)], 0);
  REQUIRE(status >= 0 || status == HJ_E_STALE || status == HJ_E_STATE || status == HJ_E_REASON);
}

static void act(void) {
  int kind = below(20), of = some_open_call();
  if (kind < 4)
    report();
  else if (kind == 4)
    put_car(1 + below(CARS));
  else if (kind == 5)
    change();
  else if (kind == 6 && of >= 0)
    (void)hj_incident_assign(engine, calls[of].id, 1 + (uint64_t)below(CARS), 0, NULL);
  else if (kind < 9 && of >= 0)
    REQUIRE_STATUS(
        one_in(2) ? hj_incident_cancel(engine, calls[of].id, 0) : hj_incident_close(engine, calls[of].id, 1, 0), HJ_OK);
  else
    move();
}

static void run_hour(uint64_t of) {
  seed = of;
  random_state = of * UINT64_C(0x2545F4914F6CDD1D);
  is_different = call_count = order_count = 0;
  memset(is_busy, 0, sizeof is_busy);
  now_ns = START_NS;
  hj_config config = poll_config();
  config.max_incidents = CALLS;
  config.max_clients = 0;
  engine = open_engine(&config);
  poll_at(engine, now_ns);
  for (int car = 1; car <= CARS; car++) put_car(car);
  for (int turn = 0; turn < 200 && !is_different; turn++) {
    if (one_in(3)) now_ns += below(20) * SECOND_NS;
    poll_at(engine, now_ns);
    hear();
    act();
    hear();
    while (poll_at(engine, now_ns) <= now_ns) hear(); /* what goes on in the background */
    hear();
    check_rules();
  }
  REQUIRE_STATUS(hj_engine_close(engine), HJ_OK);
}

int main(int argc, char **argv) {
  int64_t seeds = argc > 1 ? atoll(argv[1]) : getenv("HUJIA_TEST_SMALL") ? 100 : 2000, different = 0;
  uint64_t first = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
  for (int64_t index = 0; index < seeds && different < 5; index++) {
    run_hour(first + (uint64_t)index);
    different += is_different;
    CHECK(!is_different);
  }
  for (planted = 1; planted <= PLANTED_BUGS; planted++) {
    int64_t tried = 0;
    for (is_different = 0; !is_different && tried < 60; tried++) run_hour(first + (uint64_t)tried);
    printf("  planted: %-36s %s %" PRId64 " seeds\n", planted_names[planted], is_different ? "caught after" : "NOT in",
           tried);
    CHECK(is_different);
  }
  return check_finish();
}
