/* Work that grows with the tables goes on in slices: what a slice leaves is not lost, the most urgent comes first, and
 * an incident that waits for something else keeps nobody from being served. Counts, no times. */
#include "check.h"
#include "host.h"

enum { MANY = 600 };

static void load(hj_engine *engine, const char *text) {
  CHECK_STATUS(hj_plans_load(engine, text, (uint32_t)strlen(text), NULL), HJ_OK);
}

static uint64_t call(hj_engine *engine, int32_t tier, uint32_t type) {
  hj_report report = make_report(tier, 100, 100);
  hj_dispatch dispatch = empty_dispatch();
  report.type = type;
  CHECK_EACH_STATUS(hj_incident_report(engine, &report, &dispatch), HJ_OK);
  return dispatch.incident_id;
}

static hj_engine *open_many(void) {
  hj_config config = poll_config();
  config.max_units = MANY;
  config.max_incidents = 6000;
  config.max_assignments = MANY;
  config.event_capacity = 1 << 16;
  hj_engine *engine = open_engine(&config);
  poll_at(engine, START_NS);
  return engine;
}

/* However many wait for a boat before it. */
static void others_starve_nobody(void) {
  hj_engine *engine = open_many();
  load(engine,
       "{\"version\":1,\"capabilities\":[\"patrol\",\"boat\"],\"plans\":[{\"name\":\"boat\",\"types\":[1],\"units\":[{"
       "\"capabilities\":[\"boat\"]}]},{\"name\":\"patrol\",\"units\":[{\"capabilities\":[\"patrol\"]}]}]}");
  for (int i = 0; i < 5000; i++) call(engine, HJ_TIER_EMERGENCY, 1);
  uint64_t patrol = call(engine, HJ_TIER_PREVENTIVE, 2);
  hj_unit unit = make_unit(7, 100, 100);
  unit.capabilities = 1;
  CHECK_STATUS(hj_unit_put(engine, &unit), HJ_OK);
  CHECK_EQUAL(read_unit(engine, 7).incident_id, patrol);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
}

/* Plans free many units before many incidents: one call, the most urgent first, and each event once. */
static void plans_free_many(void) {
  static hj_event events[8192];
  hj_engine *engine = open_many();
  load(engine, "{\"version\":1,\"levels\":{\"court\":\"not_available\"},\"plans\":[{\"name\":\"x\",\"units\":[{}]}]}");
  for (uint64_t i = 1; i <= MANY; i++) {
    hj_unit unit = make_unit(i, (int32_t)(i % 900), 50);
    unit.activity = HJ_ACTIVITY_COURT;
    CHECK_EACH_STATUS(hj_unit_put(engine, &unit), HJ_OK);
  }
  for (int i = 0; i < MANY; i++) call(engine, HJ_TIER_EMERGENCY + i % 4, 0);
  uint32_t count = 0, sent = 0;
  events[0].size = sizeof events[0];
  CHECK_STATUS(hj_events_poll(engine, events, 8192, &count), HJ_OK);
  CHECK_AT_LEAST(count, MANY);
  for (uint32_t i = 1; i < count; i++) CHECK_EACH_EQUAL(events[i].sequence, events[i - 1].sequence + 1);
  load(engine, "{\"version\":1,\"levels\":{\"court\":\"available\"},\"plans\":[{\"name\":\"x\",\"units\":[{}]}]}");
  CHECK_STATUS(hj_events_poll(engine, events, 8192, &count), HJ_OK);
  int32_t last = HJ_TIER_EMERGENCY;
  for (uint32_t i = 0; i < count; i++) {
    if (events[i].kind != HJ_EVENT_ASSIGNMENT) continue;
    int32_t tier = read_incident(engine, events[i].incident_id).tier;
    CHECK_EACH_AT_LEAST(tier, last);
    last = tier;
    sent++;
  }
  CHECK_EQUAL(sent, MANY);
  uint32_t moved = 0;
  CHECK_STATUS(hj_plans_migrate(engine, &moved), HJ_OK);
  CHECK_EQUAL(moved, MANY);
  CHECK_STATUS(hj_plans_migrate(engine, &moved), HJ_OK);
  CHECK_EQUAL(moved, 0);
  int64_t next_ns = 0;
  CHECK_STATUS(hj_engine_poll(engine, START_NS, START_US, 1, &next_ns), HJ_OK);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
}

/* ---- A poll without a bound: in turns of its own, and as one that does an item at a time ---- */

enum { POSTED = 300, MOST_SEEN = 16384 };

typedef struct seen {
  hj_event events[MOST_SEEN];
  uint32_t count;
  int64_t turns_posts, turns_due; /* of the poll that decided, and of the one that fired */
} seen;

static void poll_out(hj_engine *engine, int64_t second, uint32_t work_max) {
  int64_t now_ns = START_NS + second * SECOND_NS, next_ns = 0;
  do CHECK_EACH_STATUS(hj_engine_poll(engine, now_ns, START_US + second * 1000000, work_max, &next_ns), HJ_OK);
  while (next_ns == now_ns);
}

static void polled(seen *into, uint32_t work_max) {
  hj_config config = poll_config();
  config.max_units = 8;
  config.max_incidents = config.max_assignments = 2048;
  config.post_capacity = 512;
  config.event_capacity = 1 << 14;
  hj_engine *engine = open_engine(&config);
  poll_out(engine, 0, work_max);
  for (uint64_t id = 1; id <= 4; id++) put_unit(engine, id, (int)id, 0);
  for (int times = 0; times < POSTED; times++) {
    hj_report report = make_report(HJ_TIER_EMERGENCY + times % 2, times % 90, 1);
    report.key_low = (uint64_t)times + 1;
    CHECK_EACH_STATUS(hj_incident_post(engine, &report), HJ_OK);
  }
  int64_t before = read_stats(engine).turns;
  poll_out(engine, 1, work_max);
  into->turns_posts = read_stats(engine).turns - before;
  before = read_stats(engine).turns;
  poll_out(engine, 7200, work_max); /* everything is long due */
  into->turns_due = read_stats(engine).turns - before;
  CHECK_AT_LEAST(read_stats(engine).escalations, POSTED);
  into->events[0].size = sizeof into->events[0];
  CHECK_STATUS(hj_events_poll(engine, into->events, MOST_SEEN, &into->count), HJ_OK);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
}

static void a_poll_lets_others_in(void) {
  static seen whole, twin;
  polled(&whole, 0);
  polled(&twin, 1);
  CHECK_AT_LEAST(whole.turns_posts, POSTED / 16); /* of 16 posts at most */
  CHECK_AT_LEAST(whole.turns_due, POSTED / 64);   /* of 64 deadlines at most */
  CHECK_MORE(twin.turns_posts, whole.turns_posts);
  CHECK_MORE(twin.turns_due, whole.turns_due);
  CHECK_MORE(whole.count, POSTED);
  CHECK_LESS(whole.count, MOST_SEEN);
  CHECK_EQUAL(whole.count, twin.count);
  uint32_t different = 0;
  for (uint32_t index = 0; index < whole.count && index < twin.count; index++)
    different += memcmp(&whole.events[index], &twin.events[index], sizeof whole.events[index]) != 0;
  CHECK_EQUAL(different, 0);
}

static const char *const far_and_boat =
    "{\"version\":1,\"capabilities\":[\"patrol\",\"boat\"],\"plans\":[{\"name\":\"far\",\"types\":[2],\"radius_m\":"
    "1000,"
    "\"units\":[{}]},{\"name\":\"boat\",\"types\":[3],\"units\":[{\"capabilities\":[\"boat\"]}]},{\"name\":\"x\","
    "\"units\":"
    "[{}]}]}";

enum { FAR = 3000, BOAT = 2 };

static uint64_t call_at(hj_engine *engine, int32_t tier, uint32_t type, int north, int east) {
  hj_report report = make_report(tier, north, east);
  hj_dispatch dispatch = empty_dispatch();
  report.type = type;
  CHECK_EACH_STATUS(hj_incident_report(engine, &report, &dispatch), HJ_OK);
  return dispatch.incident_id;
}

/* Emergencies that a unit at 0, 0 looks at and cannot serve: as the crow flies within their radius, driven not. */
static void call_far(hj_engine *engine) {
  for (int i = 0; i < FAR; i++) call_at(engine, HJ_TIER_EMERGENCY, 2, 1000, i % 50);
}

static void put_able(hj_engine *engine, uint64_t id, int north, uint64_t capabilities) {
  hj_unit unit = make_unit(id, north, 0);
  unit.capabilities = capabilities;
  CHECK_STATUS(hj_unit_put(engine, &unit), HJ_OK);
}

/* Polls of one item until nothing is left; how many. */
static int poll_all(hj_engine *engine, int64_t now_ns) {
  int64_t next_ns = now_ns;
  int polls = 0;
  while (next_ns <= now_ns && polls < 10000) {
    CHECK_EACH_STATUS(hj_engine_poll(engine, now_ns, START_US, 1, &next_ns), HJ_OK);
    polls++;
  }
  CHECK_MORE(next_ns, now_ns);
  return polls;
}

/* More looks than a slice has: the engine says that there is more to do, and each poll gets on. */
static void what_a_slice_leaves_is_not_lost(void) {
  hj_engine *engine = open_many();
  load(engine, far_and_boat);
  call_far(engine);
  uint64_t last = call_at(engine, HJ_TIER_EMERGENCY, 3, 0, 0);
  put_able(engine, 7, 0, BOAT);
  CHECK_EQUAL(read_unit(engine, 7).incident_id, 0);
  int64_t next_ns = 0;
  CHECK_STATUS(hj_engine_poll(engine, START_NS, START_US, 1, &next_ns), HJ_OK);
  CHECK_EQUAL(next_ns, START_NS);
  CHECK_EQUAL(read_unit(engine, 7).incident_id, 0);
  int polls = poll_all(engine, START_NS);
  CHECK_WITHIN(polls, 1, 3);
  CHECK_EQUAL(read_unit(engine, 7).incident_id, last);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
}

/* Units in the middle of their looks at emergencies delay no unit that they could not replace. */
static void unfinished_walks_delay_nobody(void) {
  hj_engine *engine = open_many();
  load(engine, far_and_boat);
  call_far(engine);
  uint64_t away = call_at(engine, HJ_TIER_URGENT, 2, 50000, 0);
  for (uint64_t id = 1; id <= 5; id++) put_able(engine, id, 0, 0);
  put_able(engine, 6, 50000, 0);
  CHECK_EQUAL(read_unit(engine, 6).incident_id, away);
  CHECK_AT_MOST(poll_all(engine, START_NS), 5 * (FAR / 1024 + 1));
  for (uint64_t id = 1; id <= 5; id++) CHECK_EQUAL(read_unit(engine, id).incident_id, 0);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
}

/* The nearest unit to an urgent call may be for an emergency: it is not sent to the urgent one because another asks. */
static void an_unfinished_walk_keeps_its_unit(void) {
  hj_engine *engine = open_many();
  load(engine, far_and_boat);
  call_far(engine);
  uint64_t emergency = call_at(engine, HJ_TIER_EMERGENCY, 3, 0, 0);
  uint64_t urgent = call_at(engine, HJ_TIER_URGENT, 1, 0, 0);
  put_able(engine, 1, 0, BOAT);
  put_able(engine, 2, 5000, 0);
  CHECK_EQUAL(read_unit(engine, 1).incident_id, 0);
  CHECK_EQUAL(read_unit(engine, 2).incident_id, 0);
  poll_all(engine, START_NS);
  CHECK_EQUAL(read_unit(engine, 1).incident_id, emergency);
  CHECK_EQUAL(read_unit(engine, 2).incident_id, urgent);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
}

/* Hundreds of needs: to find the lists costs more than a slice, and each slice gets on by as much. */
static void many_needs(void) {
  enum { NEEDS = 300, EACH = 3 };
  static char text[64 * NEEDS + 64 * NEEDS];
  int length = snprintf(text, sizeof text, "{\"version\":1,\"plans\":[");
  for (int i = 0; i < NEEDS; i++)
    length += snprintf(text + length, sizeof text - (size_t)length,
                       "%s{\"name\":\"p%d\",\"types\":[%d],\"radius_m\":%d,\"units\":[{}]}", i ? "," : "", i, i + 1,
                       1000 + i);
  snprintf(text + length, sizeof text - (size_t)length, "]}");
  hj_engine *engine = open_many();
  load(engine, text);
  for (int k = 0; k < EACH; k++)
    for (int i = 0; i < NEEDS; i++) call_at(engine, HJ_TIER_EMERGENCY, (uint32_t)i + 1, (1000 + i) * 11 / 10, k);
  uint64_t last = call_at(engine, HJ_TIER_EMERGENCY, NEEDS, 0, 0);
  put_able(engine, 1, 0, 0);
  CHECK_AT_MOST(poll_all(engine, START_NS), 4);
  CHECK_EQUAL(read_unit(engine, 1).incident_id, last);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
}

/* A unit that did not sign is offered in the poll that fires, behind the firing; many together in slices. */
static void firings_and_offers(void) {
  static hj_event events[4096];
  enum { SIGNED_LATE = 40 };
  hj_engine *engine = open_many();
  load(
      engine,
      "{\"version\":1,\"clocks\":{\"pending\":null,\"arrival\":null,\"resolve\":null,\"delivery\":null,\"acknowledge\":"
      "{\"limit_s\":15,\"steps\":[{\"do\":\"next_unit\"},{\"after_s\":3000,\"do\":\"supervisor\"}]}},\"capabilities\":["
      "\"patrol\",\"boat\"],\"plans\":[{\"name\":\"far\",\"types\":[2],\"radius_m\":1000,\"units\":[{}]},{\"name\":"
      "\"boat\","
      "\"types\":[3],\"units\":[{\"capabilities\":[\"boat\"]}]},{\"name\":\"x\",\"units\":[{}]}]}");
  put_able(engine, 1, 0, BOAT);
  uint64_t first = call_at(engine, HJ_TIER_ROUTINE, 1, 0, 0);
  put_able(engine, 2, 10, 0);
  uint64_t boat = call_at(engine, HJ_TIER_EMERGENCY, 3, 0, 0);
  CHECK_EQUAL(read_unit(engine, 1).incident_id, first);
  drop_events(engine);
  int64_t next_ns = 0;
  CHECK_STATUS(hj_engine_poll(engine, START_NS + 15 * SECOND_NS, START_US, 1, &next_ns), HJ_OK);
  CHECK_EQUAL(read_unit(engine, 1).incident_id, boat);
  CHECK_EQUAL(read_unit(engine, 2).incident_id, first);
  uint32_t count = take_events(engine, events, 4096);
  uint32_t fired = count, sent = count;
  for (uint32_t i = 0; i < count; i++) {
    if (events[i].kind == HJ_EVENT_ESCALATION) fired = i;
    if (events[i].kind == HJ_EVENT_ASSIGNMENT && events[i].incident_id == boat) sent = i;
  }
  CHECK_LESS(fired, sent);
  CHECK_LESS(sent, count);

  call_far(engine);
  for (uint64_t id = 10; id < 10 + 2 * SIGNED_LATE; id++) put_able(engine, id, 0, 0);
  poll_all(engine, START_NS + 15 * SECOND_NS);
  for (int i = 0; i < SIGNED_LATE; i++) call_at(engine, HJ_TIER_EMERGENCY, 1, 0, 0);
  drop_events(engine);
  CHECK_STATUS(hj_engine_poll(engine, START_NS + 31 * SECOND_NS, START_US, 64, &next_ns), HJ_OK);
  CHECK_EQUAL(next_ns, START_NS + 31 * SECOND_NS);
  poll_all(engine, START_NS + 31 * SECOND_NS);
  fired = 0;
  count = take_events(engine, events, 4096);
  for (uint32_t i = 0; i < count; i++) fired += events[i].kind == HJ_EVENT_ESCALATION;
  /* The unit on the boat call did not sign either. */
  CHECK_EQUAL(fired, SIGNED_LATE + 1);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
}

/* Plans loaded while nothing waits leave no pass over the units for the first call that waits. */
static void plans_before_calls_cost_nothing(void) {
  hj_engine *engine = open_many();
  load(engine, far_and_boat);
  for (uint64_t id = 1; id <= MANY; id++) put_able(engine, id, 0, 0);
  load(engine, far_and_boat);
  poll_all(engine, START_NS);
  call_at(engine, HJ_TIER_ROUTINE, 3, 0, 0);
  int64_t next_ns = 0;
  CHECK_STATUS(hj_engine_poll(engine, START_NS, START_US, 1, &next_ns), HJ_OK);
  CHECK_MORE(next_ns, START_NS);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
}

int main(void) {
  others_starve_nobody();
  what_a_slice_leaves_is_not_lost();
  unfinished_walks_delay_nobody();
  an_unfinished_walk_keeps_its_unit();
  many_needs();
  firings_and_offers();
  plans_before_calls_cost_nothing();
  plans_free_many();
  a_poll_lets_others_in();
  return check_finish();
}
