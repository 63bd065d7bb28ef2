/* What an operator sees he can take, and no two firings look alike: states taken back, backups, replacements, chains
 * that become shorter. And events that were lost: each gap is told in its place, at any pace of reading.
 * (The oracle does the same on random hours.) */
#include <poll.h>

#include "clock_host.h"

#define FIRINGS 256

static hj_event fired[FIRINGS];
static int fired_count;

/* Everything out; escalations and warnings are kept, and none is like another. */
static void look(void) {
  hj_event events[64];
  uint32_t count;
  while ((count = take_events(engine, events, 64)) > 0)
    for (uint32_t index = 0; index < count; index++) {
      const hj_event *new = &events[index];
      if (new->kind != HJ_EVENT_ESCALATION &&new->kind != HJ_EVENT_WARNING) continue;
      for (int old = 0; old < fired_count; old++)
        CHECK(fired[old].incident_id != new->incident_id || fired[old].assignment_id != new->assignment_id ||
              fired[old].watch_id != new->watch_id || fired[old].clock != new->clock ||
              fired[old].plans_version != new->plans_version || fired[old].cycle != new->cycle ||
              fired[old].step != new->step);
      REQUIRE_LESS(fired_count, FIRINGS);
      fired[fired_count++] = *new;
    }
}

/* Second by second. */
static void pass(int from_s, int to_s) {
  for (int second = from_s; second <= to_s; second++) {
    poll_at(engine, START_NS + second * SECOND_NS);
    look();
  }
}

static hj_status take(const hj_event *event) {
  hj_clock_ref reference = clock_of(event->clock, event->incident_id, event->assignment_id);
  reference.step = event->step;
  reference.cycle = event->cycle;
  reference.watch_id = event->watch_id;
  hj_action action = {sizeof action, 1, 9, 0, 0, 0, 0, 0};
  return hj_clock_take(engine, &reference, &action);
}

static const hj_event *newest(int32_t clock) {
  for (int index = fired_count - 1; index >= 0; index--)
    if (fired[index].clock == clock) return &fired[index];
  REQUIRE(!"it has fired");
  return NULL;
}

static void begin_firings(uint32_t units, const char *plans) {
  fired_count = 0;
  begin_with(units, plans);
}

static void back(uint64_t assignment, int32_t state) {
  hj_action action = {sizeof action, 1, 9, 0, 0, 0, 0, 0};
  CHECK_STATUS(hj_assignment_advance_by(engine, assignment, state, 0, &action), HJ_OK);
}

static void taken_back_and_reached_again(void) {
  begin_firings(2,
                "{\"version\": 1, \"clocks\": {"
                "\"report\": {\"limit_s\": 10, \"steps\": [{\"do\": \"supervision\"}], \"repeat_s\": 100},"
                "\"welfare\": {\"limit_s\": 7, \"steps\": [{\"do\": \"call_unit\"}], \"repeat_s\": 3,"
                " \"warn_before_s\": 2}},"
                "\"plans\": [{\"name\": \"x\", \"units\": [{}]}]}");
  uint64_t assignment = report_as(HJ_TIER_EMERGENCY, 0).chosen[0].assignment_id;
  hj_event first;
  for (int round = 0; round < 4; round++) {
    advance_to(assignment, HJ_ASSIGNMENT_ON_SCENE);
    pass(round * 20, round * 20 + 15);
    CHECK_EQUAL(newest(HJ_CLOCK_REPORT)->cycle, round);
    if (round == 0) first = *newest(HJ_CLOCK_REPORT);
    if (round > 0) CHECK_STATUS(take(&first), HJ_PASSED);
    back(assignment, HJ_ASSIGNMENT_EN_ROUTE);
    look();
    CHECK_STATUS(take(newest(HJ_CLOCK_REPORT)), HJ_E_NO_CLOCK);
  }
  advance_to(assignment, HJ_ASSIGNMENT_ON_SCENE);
  pass(90, 103);
  CHECK_STATUS(take(newest(HJ_CLOCK_REPORT)), HJ_OK);
  CHECK_STATUS(take(newest(HJ_CLOCK_REPORT)), HJ_UNCHANGED);
  CHECK_STATUS(take(newest(HJ_CLOCK_WELFARE)), HJ_OK);
  finish();
}

static void backups(void) {
  begin_firings(3,
                "{\"version\": 1, \"clocks\": {"
                "\"welfare\": {\"limit_s\": 10, \"steps\": [{\"do\": \"backup\"}], \"repeat_s\": 1000},"
                "\"arrival\": {\"steps\": [{\"do\": \"backup\"}], \"repeat_s\": 1000}},"
                "\"plans\": [{\"name\": \"x\", \"units\": [{}]}]}");
  hj_dispatch dispatch = report_as(HJ_TIER_EMERGENCY, 0);
  uint64_t first = dispatch.chosen[0].assignment_id;
  advance_to(first, HJ_ASSIGNMENT_ON_SCENE);
  pass(0, 11);
  const hj_event *event = newest(HJ_CLOCK_WELFARE);
  CHECK_EQUAL(event->assignment_id, first);
  CHECK_EQUAL(event->unit_id, 2);
  CHECK_EQUAL(event->reason, HJ_REASON_BACKUP);
  CHECK_STATUS(take(event), HJ_OK);
  uint64_t second = read_incident(engine, dispatch.incident_id).assignment_ids[1];
  CHECK_EQUAL(read_unit(engine, 2).assignment_id, second);
  /* The backup's own clock is another one. */
  advance_to(second, HJ_ASSIGNMENT_ON_SCENE);
  pass(12, 30);
  CHECK_EQUAL(newest(HJ_CLOCK_WELFARE)->assignment_id, second);
  CHECK_STATUS(take(newest(HJ_CLOCK_WELFARE)), HJ_OK);
  finish();
  /* An incident's clock: no assignment's, though a unit was sent. */
  begin_firings(3,
                "{\"version\": 1, \"clocks\": {"
                "\"arrival\": {\"steps\": [{\"do\": \"backup\"}], \"repeat_s\": 1000}},"
                "\"plans\": [{\"name\": \"x\", \"units\": [{}]}]}");
  dispatch = report_as(HJ_TIER_EMERGENCY, 0);
  pass(479, 481);
  CHECK_EQUAL(newest(HJ_CLOCK_ARRIVAL)->assignment_id, 0);
  CHECK_DIFFERENT(newest(HJ_CLOCK_ARRIVAL)->unit_id, 0);
  CHECK_STATUS(take(newest(HJ_CLOCK_ARRIVAL)), HJ_OK);
  finish();
}

/* The heir of a signature has the chain, and is named; the other clocks end with the unit that was withdrawn. */
static void next_units(void) {
  begin_firings(4,
                "{\"version\": 1, \"clocks\": {"
                "\"acknowledge\": {\"limit_s\": 10, \"steps\": [{\"do\": \"next_unit\"}], \"repeat_s\": 10},"
                "\"turnout\": {\"limit_s\": 15, \"steps\": [{\"do\": \"next_unit\"}], \"repeat_s\": 1000}},"
                "\"plans\": [{\"name\": \"x\", \"units\": [{}]}]}");
  hj_dispatch dispatch = report_as(HJ_TIER_EMERGENCY, 0);
  uint64_t first = dispatch.chosen[0].assignment_id;
  pass(0, 11);
  const hj_event *event = newest(HJ_CLOCK_ACKNOWLEDGE);
  uint64_t second = read_incident(engine, dispatch.incident_id).assignment_ids[0];
  CHECK_DIFFERENT(second, first);
  CHECK_EQUAL(event->assignment_id, second);
  CHECK_STATUS(take(event), HJ_OK);
  advance_to(second, HJ_ASSIGNMENT_ACKNOWLEDGED);
  pass(12, 27);
  event = newest(HJ_CLOCK_TURNOUT);
  uint64_t third = read_incident(engine, dispatch.incident_id).assignment_ids[0];
  CHECK_EQUAL(event->assignment_id, second);
  CHECK_EQUAL(event->reason, HJ_REASON_NEXT_UNIT);
  CHECK_EQUAL(read_unit(engine, event->unit_id).assignment_id, third);
  CHECK_STATUS(take(event), HJ_E_STALE);
  /* The replacement's own turnout. */
  advance_to(third, HJ_ASSIGNMENT_ACKNOWLEDGED);
  pass(28, 60);
  CHECK_EQUAL(newest(HJ_CLOCK_TURNOUT)->assignment_id, third);
  finish();
}

static void shorter_chains(void) {
  begin_firings(1,
                "{\"version\": 1, \"clocks\": {\"arrival\": {\"steps\": [{\"do\": \"supervisor\"}, {\"after_s\": 10,"
                " \"do\": \"neighbour\"}, {\"after_s\": 10, \"do\": \"supervision\"}], \"repeat_s\": 100}},"
                "\"clock_rules\": [{\"name\": \"r\", \"clock\": \"arrival\", \"types\": [7], \"steps\": ["
                "{\"do\": \"supervisor\"}, {\"after_s\": 10, \"do\": \"manual\"}], \"repeat_s\": 100}],"
                "\"plans\": [{\"name\": \"x\", \"units\": [{}]}]}");
  uint64_t incident = report_as(HJ_TIER_EMERGENCY, 0).incident_id;
  pass(480, 495);
  hj_event second = *newest(HJ_CLOCK_ARRIVAL);
  CHECK_EQUAL(second.step, 2);
  hj_report change;
  memset(&change, 0, sizeof change);
  change.size = sizeof change;
  for (uint32_t round = 0; round < 6; round++) {
    change.type = round % 2 == 0 ? 7 : 1;
    CHECK_STATUS(hj_incident_update(engine, incident, &change, NULL), HJ_OK);
    pass(496 + (int)round * 130, 496 + (int)round * 130 + 129);
    CHECK_STATUS(take(&second), HJ_PASSED);
  }
  CHECK_STATUS(take(newest(HJ_CLOCK_ARRIVAL)), HJ_OK);
  finish();
}

/* ---- Losses ---------------------------------------------------------------------------------------------------- */

static int is_readable(void) {
  struct pollfd waiting = {hj_events_fd(engine), POLLIN, 0};
  return poll(&waiting, 1, 0) == 1;
}

/* Ordinary events only, then silence: the host hears of the loss although nothing follows, and once. */
static void a_loss_with_nothing_behind_it(void) {
  begin(1, 16);
  uint64_t assignment = report_as(HJ_TIER_EMERGENCY, 0).chosen[0].assignment_id;
  hj_event event;
  for (int moves = 0; moves < 30; moves++)
    back(assignment, moves % 2 ? HJ_ASSIGNMENT_DISPATCHED : HJ_ASSIGNMENT_EN_ROUTE);
  int64_t lost = read_stats(engine).events_lost;
  CHECK_MORE(lost, 10);
  uint64_t sequence = 0;
  for (int index = 0; index < 16; index++) {
    CHECK(is_readable());
    CHECK_EQUAL(take_events(engine, &event, 1), 1);
    CHECK_DIFFERENT(event.kind, HJ_EVENT_OVERFLOW);
    if (sequence > 0) CHECK_EQUAL(event.sequence, sequence + 1);
    sequence = event.sequence;
  }
  CHECK(is_readable());
  CHECK_EQUAL(take_events(engine, &event, 1), 1);
  CHECK_EQUAL(event.kind, HJ_EVENT_OVERFLOW);
  CHECK_EQUAL(event.step, lost);
  CHECK_EQUAL(event.sequence, sequence + (uint64_t)lost);
  CHECK_EQUAL(event.wall_us, START_US);
  sequence = event.sequence;
  CHECK(!is_readable());
  CHECK_EQUAL(take_events(engine, &event, 1), 0);
  advance_to(assignment, HJ_ASSIGNMENT_ON_SCENE);
  CHECK_EQUAL(take_events(engine, &event, 1), 1);
  CHECK_EQUAL(event.sequence, sequence + 1);
  finish();
}

/* One engine is read all the time, the other by fits: the same numbers, less what was lost, counted exactly. */
static void the_same_numbers(void) {
  static hj_event log[4096];
  uint64_t random = 7;
  int64_t lost = 0;
  int logged = 0, heard = 0;
  for (int is_lazy = 0; is_lazy < 2; is_lazy++) {
    hj_config config = poll_config();
    config.event_capacity = is_lazy ? 16 : 4096;
    config.max_incidents = 512;
    config.max_assignments = 512;
    engine = open_engine(&config);
    poll_at(engine, START_NS);
    for (uint32_t id = 1; id <= 20; id++) put_unit(engine, id, 0, (int)id);
    uint64_t sequence = 0;
    for (int second = 1; second <= 200; second++) {
      if (second % 3 == 0) {
        hj_report report = make_report(1 + second % 4, second % 50, 0);
        hj_dispatch dispatch = empty_dispatch();
        CHECK_EACH_STATUS(hj_incident_report(engine, &report, &dispatch), HJ_OK);
        if (second % 5 == 0) CHECK_EACH_STATUS(hj_incident_close(engine, dispatch.incident_id, 1, 0), HJ_OK);
      }
      poll_at(engine, START_NS + second * SECOND_NS);
      random = random * UINT64_C(6364136223846793005) + 1442695040888963407u;
      if (is_lazy && random >> 60 != 0 && second < 200) continue;
      hj_event events[8];
      uint32_t count;
      uint32_t most = is_lazy ? 1 + (uint32_t)(random >> 32) % 8 : 8;
      while ((count = take_events(engine, events, most)) > 0)
        for (uint32_t index = 0; index < count; index++) {
          const hj_event *event = &events[index];
          int is_gap = event->kind == HJ_EVENT_OVERFLOW;
          CHECK_EACH_EQUAL(event->sequence, sequence + (uint64_t)(is_gap ? event->step : 1));
          sequence = event->sequence;
          if (!is_lazy) {
            CHECK_EACH(!is_gap);
            CHECK_EACH_LESS(logged, 4096);
            log[logged++] = *event;
            continue;
          }
          if (is_gap) lost += event->step;
          heard++;
          const hj_event *twin = &log[event->sequence - 1];
          CHECK_EACH_AT_MOST(event->sequence, (uint64_t)logged);
          CHECK_EACH_EQUAL(event->wall_us, twin->wall_us);
          if (!is_gap) CHECK_EACH_BYTES(event, twin, sizeof *event);
          if (is_gap) CHECK_EACH(twin->kind != HJ_EVENT_ESCALATION && twin->kind != HJ_EVENT_WARNING);
        }
    }
    CHECK_EQUAL(sequence, logged);
    CHECK_EQUAL(read_stats(engine).events_lost, lost);
    finish();
  }
  printf("note: %d events, %d read by fits, %" PRId64 " lost\n", logged, heard, lost);
  CHECK_MORE(lost, 50);
  CHECK_MORE(heard, 100);
  CHECK_MORE(logged, 150);
}

int main(void) {
  taken_back_and_reached_again();
  backups();
  next_units();
  shorter_chains();
  a_loss_with_nothing_behind_it();
  the_same_numbers();
  return check_finish();
}
