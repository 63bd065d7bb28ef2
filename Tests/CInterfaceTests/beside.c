/* What a report, a unit, an act and a call-back say beside what this version decides by, and what it does decide by:
 * capabilities asked for beside the plan's, and when a shift begins. Each goes in, comes out, and refuses nonsense. */
#include "clock_host.h"

#define INTERPRETER (UINT64_C(1) << 5)
#define WOMAN_OFFICER (UINT64_C(1) << 40)

static const char case_number[] = "2026-沪公(静)行受案字〔7〕第001号"; /* its first 32 bytes */

/* Without streets every answer is an estimate, and says so. */
static uint32_t shortfall(uint32_t of) {
  return of & ~HJ_SHORTFALL_NOT_ON_STREETS;
}

static void put(uint64_t id, int east, uint64_t capabilities) {
  hj_unit unit = make_unit(id, 0, east);
  unit.capabilities = capabilities;
  REQUIRE_STATUS(hj_unit_put(engine, &unit), HJ_OK);
}

static hj_dispatch report_needing(uint64_t needs) {
  hj_report report = make_report(HJ_TIER_EMERGENCY, 0, 0);
  report.needs = needs;
  hj_dispatch recommended = empty_dispatch(), dispatch = empty_dispatch();
  CHECK_STATUS(hj_incident_recommend(engine, &report, &recommended), HJ_OK);
  CHECK_STATUS(hj_incident_report(engine, &report, &dispatch), HJ_OK);
  /* The recommendation is the answer, and changes nothing. */
  CHECK_EQUAL(recommended.assignment_count, dispatch.assignment_count);
  CHECK_EQUAL(recommended.shortfall, dispatch.shortfall);
  for (uint32_t index = 0; index < dispatch.assignment_count; index++)
    CHECK_EQUAL(recommended.chosen[index].unit_id, dispatch.chosen[index].unit_id);
  CHECK_EQUAL(read_incident(engine, dispatch.incident_id).needs, needs);
  return dispatch;
}

static uint32_t live(const hj_dispatch *of) {
  return read_incident(engine, of->incident_id).live_assignments;
}

/* ---- Needs ----------------------------------------------------------------------------------------------------- */

static void needs_change_the_choice(void) {
  begin(0, 1024);
  put(1, 10, 0);
  put(2, 200, INTERPRETER);
  put(3, 300, INTERPRETER | WOMAN_OFFICER);
  put(4, 400, WOMAN_OFFICER);
  /* None asked for: the nearest. */
  hj_dispatch plain = report_needing(0);
  CHECK_EQUAL(plain.assignment_count, 1);
  CHECK_EQUAL(plain.chosen[0].unit_id, 1);
  CHECK_STATUS(hj_incident_close(engine, plain.incident_id, 0, 0), HJ_OK);
  /* One: nobody nearer waits for the interpreter; that one comes besides. */
  hj_dispatch one = report_needing(INTERPRETER);
  CHECK_EQUAL(one.assignment_count, 2);
  CHECK_EQUAL(one.chosen[0].unit_id, 1);
  CHECK_EQUAL(one.chosen[1].unit_id, 2);
  CHECK_EQUAL(one.chosen[1].role, 0);
  CHECK_EQUAL(shortfall(one.shortfall), HJ_SHORTFALL_NONE);
  CHECK_STATUS(hj_incident_close(engine, one.incident_id, 0, 0), HJ_OK);
  /* Two: one unit that has both, though others with one each are nearer. */
  hj_dispatch both = report_needing(INTERPRETER | WOMAN_OFFICER);
  CHECK_EQUAL(both.assignment_count, 2);
  CHECK_EQUAL(both.chosen[1].unit_id, 3);
  /* Nobody is left that has both: one of each. */
  put(5, 20, 0);
  hj_dispatch apart = report_needing(INTERPRETER | WOMAN_OFFICER);
  CHECK_EQUAL(apart.assignment_count, 3);
  CHECK_EQUAL(apart.chosen[0].unit_id, 5);
  CHECK_EQUAL(apart.chosen[1].unit_id, 2);
  CHECK_EQUAL(apart.chosen[2].unit_id, 4);
  CHECK_EQUAL(shortfall(apart.shortfall), HJ_SHORTFALL_NONE);
  finish();
}

/* The unit that the plan sends has it already: nobody else is sent. */
static void a_unit_of_the_plan_will_do(void) {
  begin(0, 1024);
  put(1, 10, INTERPRETER);
  put(2, 20, INTERPRETER);
  hj_dispatch call = report_needing(INTERPRETER);
  CHECK_EQUAL(call.assignment_count, 1);
  /* It declines: the next one has it as well, and again one is enough. */
  CHECK_STATUS(hj_assignment_advance(engine, call.chosen[0].assignment_id, HJ_ASSIGNMENT_DECLINED, 0), HJ_OK);
  CHECK_EQUAL(live(&call), 1);
  CHECK_EQUAL(read_unit(engine, 2).incident_id, call.incident_id);
  finish();
}

static void what_nobody_has_is_told(void) {
  begin(0, 1024);
  put(1, 10, 0);
  hj_dispatch nobody = report_needing(INTERPRETER);
  CHECK_EQUAL(nobody.assignment_count, 1);
  CHECK_EQUAL(shortfall(nobody.shortfall), HJ_SHORTFALL_CAPABILITY);
  /* One comes on duty: it is sent, and the shortfall is over. */
  put(2, 500, INTERPRETER);
  CHECK_EQUAL(live(&nobody), 2);
  CHECK_EQUAL(shortfall(read_incident(engine, nobody.incident_id).shortfall), HJ_SHORTFALL_NONE);
  /* The only one is busy. */
  put(3, 30, 0);
  hj_dispatch busy = report_needing(INTERPRETER);
  CHECK_EQUAL(busy.assignment_count, 1);
  CHECK_EQUAL(shortfall(busy.shortfall), HJ_SHORTFALL_NOT_AVAILABLE);
  /* It is freed by the first, before it was there, by the caller's word: it goes to the second. */
  CHECK_STATUS(hj_incident_cancel(engine, nobody.incident_id, 0), HJ_OK);
  CHECK_EQUAL(read_unit(engine, 2).incident_id, busy.incident_id);
  CHECK_EQUAL(live(&busy), 2);
  finish();
}

static uint64_t assignment_of(uint64_t unit) {
  return read_unit(engine, unit).assignment_id;
}

/* An interpreter that was there and has left was there; one that turns back on the way is asked for again. */
static void what_was_there_is_served(void) {
  begin(0, 1024);
  put(1, 10, 0);
  put(2, 20, INTERPRETER);
  put(3, 30, INTERPRETER);
  hj_dispatch call = report_needing(INTERPRETER);
  CHECK_EQUAL(read_unit(engine, 2).incident_id, call.incident_id);
  CHECK_STATUS(hj_assignment_advance(engine, assignment_of(2), HJ_ASSIGNMENT_DECLINED, 0), HJ_OK);
  CHECK_EQUAL(read_unit(engine, 3).incident_id, call.incident_id);
  CHECK_STATUS(hj_assignment_advance(engine, assignment_of(3), HJ_ASSIGNMENT_ON_SCENE, 0), HJ_OK);
  CHECK_STATUS(hj_assignment_advance(engine, assignment_of(3), HJ_ASSIGNMENT_CLEARED, 0), HJ_OK);
  put(4, 40, INTERPRETER);
  CHECK_EQUAL(live(&call), 1);
  CHECK_EQUAL(read_unit(engine, 4).incident_id, 0);
  /* A person asks for more: now a woman officer, and none is there. The interpreter is not asked for twice. */
  put(5, 50, WOMAN_OFFICER);
  hj_report change;
  memset(&change, 0, sizeof change);
  change.size = sizeof change;
  change.needs = INTERPRETER | WOMAN_OFFICER;
  hj_dispatch changed = empty_dispatch();
  CHECK_STATUS(hj_incident_update(engine, call.incident_id, &change, &changed), HJ_OK);
  CHECK_EQUAL(changed.assignment_count, 2);
  CHECK_EQUAL(read_unit(engine, 5).incident_id, call.incident_id);
  CHECK_EQUAL(read_incident(engine, call.incident_id).needs, INTERPRETER | WOMAN_OFFICER);
  /* Another change says nothing of it: as it is. */
  change.needs = 0;
  CHECK_STATUS(hj_incident_update(engine, call.incident_id, &change, NULL), HJ_OK);
  CHECK_EQUAL(read_incident(engine, call.incident_id).needs, INTERPRETER | WOMAN_OFFICER);
  finish();
}

/* Nobody signed: the next unit takes the place of the one that was asked, and has what it was asked for. */
static void a_replacement_has_it_too(void) {
  begin(0, 1024);
  put(1, 10, 0);
  put(2, 200, INTERPRETER);
  put(3, 300, INTERPRETER);
  put(4, 20, 0);
  hj_dispatch call = report_needing(INTERPRETER);
  CHECK_STATUS(hj_assignment_advance(engine, assignment_of(1), HJ_ASSIGNMENT_ACKNOWLEDGED, 0), HJ_OK);
  poll_at(engine, START_NS + 31 * SECOND_NS);
  CHECK_EQUAL(read_unit(engine, 3).incident_id, call.incident_id);
  CHECK_EQUAL(read_unit(engine, 2).incident_id, 0);
  CHECK_EQUAL(read_unit(engine, 4).incident_id, 0);
  finish();
  /* The unit of the plan had it, and the next one for its seat does not: another unit that has it comes besides. */
  begin(0, 1024);
  put(1, 10, INTERPRETER);
  put(2, 20, 0);
  put(3, 300, INTERPRETER);
  call = report_needing(INTERPRETER);
  CHECK_EQUAL(call.assignment_count, 1);
  poll_at(engine, START_NS + 31 * SECOND_NS);
  CHECK_EQUAL(read_unit(engine, 1).incident_id, 0);
  CHECK_EQUAL(read_unit(engine, 2).incident_id, call.incident_id);
  CHECK_EQUAL(read_unit(engine, 3).incident_id, call.incident_id);
  finish();
}

/* Where a person sends, what a person sends counts. */
static void by_hand(void) {
  begin(0, 1024);
  put(1, 10, 0);
  hj_dispatch call = report_needing(INTERPRETER);
  CHECK_EQUAL(shortfall(call.shortfall), HJ_SHORTFALL_CAPABILITY);
  hj_unit unit = make_unit(2, 0, 100);
  unit.capabilities = INTERPRETER;
  unit.activity = HJ_ACTIVITY_COURT;
  CHECK_STATUS(hj_unit_put(engine, &unit), HJ_OK);
  CHECK_EQUAL(live(&call), 1);
  CHECK_STATUS(hj_incident_assign(engine, call.incident_id, 2, 0, NULL), HJ_OK);
  CHECK_EQUAL(shortfall(read_incident(engine, call.incident_id).shortfall), HJ_SHORTFALL_NONE);
  put(3, 120, INTERPRETER);
  CHECK_EQUAL(live(&call), 2);
  finish();
}

/* ---- The host's own number ------------------------------------------------------------------------------------- */

static int is_case(const uint8_t *reference) {
  return memcmp(reference, case_number, 32) == 0;
}

/* Every event of the incident and its breach carry it; those of another do not. */
static void reference_comes_back(void) {
  static const uint8_t none[32];
  begin(2, 1024);
  hj_report report = make_report(HJ_TIER_EMERGENCY, 0, 0);
  report.key_high = 5;
  memcpy(report.reference, case_number, 32);
  hj_dispatch call = empty_dispatch(), again = empty_dispatch();
  CHECK_STATUS(hj_incident_report(engine, &report, &call), HJ_OK);
  CHECK_STATUS(hj_incident_report(engine, &report, &again), HJ_EXISTS);
  report.reference[31] ^= 1; /* it belongs to the body that the key stands for */
  CHECK_STATUS(hj_incident_report(engine, &report, &again), HJ_E_CONFLICT);
  hj_dispatch other = empty_dispatch();
  hj_report bare = make_report(HJ_TIER_EMERGENCY, 0, 0);
  CHECK_STATUS(hj_incident_report(engine, &bare, &other), HJ_OK);
  CHECK(is_case(read_incident(engine, call.incident_id).reference));
  CHECK_BYTES(read_incident(engine, other.incident_id).reference, none, 32);
  poll_at(engine, START_NS + 20 * MINUTE_NS);
  CHECK_STATUS(hj_incident_close(engine, call.incident_id, 0, 0), HJ_OK);
  hj_event events[64];
  int seen = 0, escalations_seen = 0;
  for (uint32_t count; (count = take_events(engine, events, 64)) > 0;)
    for (uint32_t index = 0; index < count; index++) {
      int is_its = events[index].incident_id == call.incident_id;
      seen += is_its;
      escalations_seen += is_its && events[index].kind == HJ_EVENT_ESCALATION;
      CHECK(is_its ? is_case(events[index].reference) : memcmp(events[index].reference, none, 32) == 0);
    }
  CHECK(seen >= 4 && escalations_seen >= 2);
  hj_breach breaches[16];
  breaches[0].size = sizeof breaches[0];
  uint32_t count = 0;
  CHECK_STATUS(hj_figures_breaches(engine, breaches, 16, &count), HJ_OK);
  CHECK_AT_LEAST(count, 2);
  for (uint32_t index = 0; index < count; index++)
    CHECK(breaches[index].incident_id == call.incident_id ? is_case(breaches[index].reference)
                                                          : memcmp(breaches[index].reference, none, 32) == 0);
  finish();
}

/* A posted report that is refused is told with it; a number that comes with an update holds from then on. */
static void reference_of_posts_and_updates(void) {
  hj_config config = poll_config();
  config.max_incidents = 1;
  engine = open_engine(&config);
  poll_at(engine, START_NS);
  hj_report report = make_report(HJ_TIER_ROUTINE, 0, 0);
  hj_dispatch call = empty_dispatch();
  CHECK_STATUS(hj_incident_report(engine, &report, &call), HJ_OK);
  memcpy(report.reference, case_number, 32);
  CHECK_STATUS(hj_incident_update(engine, call.incident_id, &report, NULL), HJ_OK);
  CHECK(is_case(read_incident(engine, call.incident_id).reference));
  memset(report.reference, 0, 32); /* nothing is said of it */
  CHECK_STATUS(hj_incident_update(engine, call.incident_id, &report, NULL), HJ_OK);
  CHECK(is_case(read_incident(engine, call.incident_id).reference));
  drop_events(engine);
  memset(report.reference, 0xee, 32);
  CHECK_STATUS(hj_incident_post(engine, &report), HJ_OK);
  poll_at(engine, START_NS + SECOND_NS);
  hj_event event;
  CHECK_EQUAL(take_events(engine, &event, 1), 1);
  CHECK_EQUAL(event.kind, HJ_EVENT_REFUSED);
  CHECK_BYTES(event.reference, report.reference, 32);
  /* Its slot is used again by one that has no number: nothing of the old one is left. */
  CHECK_STATUS(hj_incident_close(engine, call.incident_id, 0, 0), HJ_OK);
  drop_events(engine);
  hj_report bare = make_report(HJ_TIER_ROUTINE, 0, 0);
  CHECK_STATUS(hj_incident_report(engine, &bare, &call), HJ_OK);
  CHECK(!is_case(read_incident(engine, call.incident_id).reference));
  CHECK_EQUAL(take_events(engine, &event, 1), 1);
  CHECK(!is_case(event.reference));
  finish();
}

/* ---- Units ----------------------------------------------------------------------------------------------------- */

static void unit_fields(void) {
  begin(0, 1024);
  hj_unit unit = make_unit(7, 0, 0);
  unit.capacity = 1;
  unit.sworn = 1;
  unit.people = 3;
  place(40, 60, &unit.station_lat_e7, &unit.station_lon_e7);
  unit.shift_begin_wall_us = START_US - 1;
  unit.shift_end_wall_us = START_US + INT64_C(28800000000);
  CHECK_STATUS(hj_unit_put(engine, &unit), HJ_OK);
  hj_unit_status status = read_unit(engine, 7);
  CHECK_EQUAL(status.capacity, 1);
  CHECK_EQUAL(status.sworn, 1);
  CHECK_EQUAL(status.people, 3);
  CHECK_EQUAL(status.station_lat_e7, unit.station_lat_e7);
  CHECK_EQUAL(status.station_lon_e7, unit.station_lon_e7);
  CHECK_EQUAL(status.shift_begin_wall_us, unit.shift_begin_wall_us);
  CHECK_EQUAL(status.shift_end_wall_us, unit.shift_end_wall_us);
  CHECK_EQUAL(status.level, HJ_LEVEL_AVAILABLE);
  put(7, 0, 0); /* said anew without them: not stated */
  status = read_unit(engine, 7);
  CHECK_EQUAL(status.capacity, 1);
  CHECK_EQUAL(status.sworn, 0);
  CHECK_EQUAL(status.people, 0);
  CHECK_EQUAL(status.station_lat_e7, 0);
  CHECK_EQUAL(status.shift_begin_wall_us, 0);
  finish();
}

static hj_status put_with(void (*change)(hj_unit *)) {
  hj_unit unit = make_unit(9, 0, 0);
  unit.sworn = 2;
  unit.people = 2;
  unit.shift_begin_wall_us = START_US;
  unit.shift_end_wall_us = START_US + 1;
  change(&unit);
  return hj_unit_put(engine, &unit);
}
static void as_it_is(hj_unit *unit) {
  (void)unit;
}
static void two_orders(hj_unit *unit) {
  unit->capacity = 2;
}
static void many_orders(hj_unit *unit) {
  unit->capacity = UINT32_MAX;
}
static void reserved(hj_unit *unit) {
  unit->reserved2 = 1;
}
static void more_sworn(hj_unit *unit) {
  unit->sworn = 3;
}
static void negative_sworn(hj_unit *unit) {
  unit->sworn = -1;
}
static void negative_people(hj_unit *unit) {
  unit->people = INT32_MIN;
}
static void station_off(hj_unit *unit) {
  unit->station_lat_e7 = 900000001;
}
static void station_far(hj_unit *unit) {
  unit->station_lon_e7 = INT32_MIN;
}
static void begin_negative(hj_unit *unit) {
  unit->shift_begin_wall_us = -1;
}
static void begin_after_end(hj_unit *unit) {
  unit->shift_begin_wall_us = START_US + 2;
}
static void begin_for_ever(hj_unit *unit) {
  unit->shift_begin_wall_us = INT64_MAX;
  unit->shift_end_wall_us = 0;
}

static void unit_nonsense(void) {
  begin(0, 1024);
  CHECK_STATUS(put_with(two_orders), HJ_E_UNSUPPORTED);
  CHECK_STATUS(put_with(many_orders), HJ_E_UNSUPPORTED);
  CHECK_STATUS(put_with(reserved), HJ_E_UNSUPPORTED);
  CHECK_STATUS(put_with(more_sworn), HJ_E_ARGUMENT);
  CHECK_STATUS(put_with(negative_sworn), HJ_E_ARGUMENT);
  CHECK_STATUS(put_with(negative_people), HJ_E_ARGUMENT);
  CHECK_STATUS(put_with(station_off), HJ_E_RANGE);
  CHECK_STATUS(put_with(station_far), HJ_E_RANGE);
  CHECK_STATUS(put_with(begin_negative), HJ_E_ARGUMENT);
  CHECK_STATUS(put_with(begin_after_end), HJ_E_ARGUMENT);
  hj_unit_status status;
  memset(&status, 0, sizeof status);
  status.size = sizeof status;
  CHECK_STATUS(hj_unit_read(engine, 9, &status), HJ_E_UNKNOWN); /* none of them was taken */
  CHECK_STATUS(put_with(as_it_is), HJ_OK);
  CHECK_STATUS(put_with(begin_for_ever), HJ_OK);
  CHECK_EQUAL(read_unit(engine, 9).level, HJ_LEVEL_NOT_AVAILABLE);
  CHECK_EQUAL(poll_at(engine, START_NS + SECOND_NS), INT64_MAX);
  finish();
}

/* ---- The begin of a shift -------------------------------------------------------------------------------------- */

static void put_beginning(uint64_t id, int east, int64_t at_us) {
  hj_unit unit = make_unit(id, 0, east);
  unit.shift_begin_wall_us = at_us;
  REQUIRE_STATUS(hj_unit_put(engine, &unit), HJ_OK);
}

/* Not a nanosecond before, at that moment, and without anybody asking. */
static void a_shift_begins(void) {
  begin(0, 1024);
  put_beginning(1, 10, START_US + 60000000);
  CHECK_EQUAL(read_unit(engine, 1).level, HJ_LEVEL_NOT_AVAILABLE);
  CHECK_EQUAL(read_unit(engine, 1).activity, HJ_ACTIVITY_PATROLLING);
  hj_report report = make_report(HJ_TIER_EMERGENCY, 0, 0);
  hj_dispatch call = empty_dispatch();
  CHECK_STATUS(hj_incident_report(engine, &report, &call), HJ_OK);
  CHECK_EQUAL(call.assignment_count, 0);
  CHECK_EQUAL(shortfall(call.shortfall), HJ_SHORTFALL_NOT_AVAILABLE);
  CHECK_AT_MOST(poll_at(engine, START_NS + 60 * SECOND_NS - 1), START_NS + 60 * SECOND_NS);
  CHECK_EQUAL(live(&call), 0);
  poll_at(engine, START_NS + 60 * SECOND_NS);
  CHECK_EQUAL(live(&call), 1);
  CHECK_EQUAL(read_unit(engine, 1).incident_id, call.incident_id);
  finish();
}

/* The moment is fixed when it is told: a wall clock that jumps moves it no more. A person sends before it. */
static void shifts_and_clocks_and_hands(void) {
  begin(0, 1024);
  put_beginning(1, 10, START_US + 60000000);
  put_beginning(2, 20, START_US + 60000000);
  put_beginning(3, 30, START_US + 60000000);
  put_beginning(3, 30, 0); /* said anew: it has begun */
  CHECK_EQUAL(read_unit(engine, 3).level, HJ_LEVEL_AVAILABLE);
  CHECK_STATUS(hj_unit_remove(engine, 3), HJ_OK);
  int64_t next_ns;
  CHECK_STATUS(hj_engine_poll(engine, START_NS + 30 * SECOND_NS, START_US + INT64_C(7200000000), 0, &next_ns), HJ_OK);
  CHECK_EQUAL(read_unit(engine, 2).level, HJ_LEVEL_NOT_AVAILABLE);
  hj_report report = make_report(HJ_TIER_ROUTINE, 0, 0);
  hj_dispatch call = empty_dispatch();
  CHECK_STATUS(hj_incident_report(engine, &report, &call), HJ_OK);
  CHECK_EQUAL(call.assignment_count, 0);
  uint64_t id;
  CHECK_STATUS(hj_incident_assign(engine, call.incident_id, 1, 0, &id), HJ_OK);
  /* It is let go before its time: still not available; then it is, with the others. */
  CHECK_STATUS(hj_incident_cancel(engine, call.incident_id, 0), HJ_OK);
  CHECK_EQUAL(read_unit(engine, 1).level, HJ_LEVEL_NOT_AVAILABLE);
  CHECK_EQUAL(read_unit(engine, 1).incident_id, 0);
  CHECK_STATUS(hj_engine_poll(engine, START_NS + 60 * SECOND_NS, START_US - INT64_C(7200000000), 0, &next_ns), HJ_OK);
  CHECK_EQUAL(read_unit(engine, 1).level, HJ_LEVEL_AVAILABLE);
  CHECK_EQUAL(read_unit(engine, 2).level, HJ_LEVEL_AVAILABLE);
  finish();
}

/* A begin told before any time is known gets its place with the first poll; thousands begin at eight, a few a poll. */
static void shifts_before_the_first_poll(void) {
  hj_config config = poll_config();
  config.max_units = 3000;
  engine = open_engine(&config);
  put_beginning(1, 10, START_US - 5);
  put_beginning(2, 10, START_US + 1000000);
  CHECK_EQUAL(read_unit(engine, 1).level, HJ_LEVEL_NOT_AVAILABLE);
  poll_at(engine, START_NS);
  CHECK_EQUAL(read_unit(engine, 1).level, HJ_LEVEL_AVAILABLE);
  CHECK_EQUAL(read_unit(engine, 2).level, HJ_LEVEL_NOT_AVAILABLE);
  for (uint64_t id = 3; id <= 3000; id++) put_beginning(id, (int)(id % 900), START_US + 2000000);
  int64_t next_ns = 0, polls = 0;
  while (hj_engine_poll(engine, START_NS + 2 * SECOND_NS, START_US + 2000000, 100, &next_ns) == HJ_OK && polls < 1000) {
    polls++;
    if (next_ns > START_NS + 2 * SECOND_NS) break;
  }
  CHECK_AT_LEAST(polls, 30);
  CHECK_LESS(polls, 100);
  for (uint64_t id = 2; id <= 3000; id++) CHECK_EACH_EQUAL(read_unit(engine, id).level, HJ_LEVEL_AVAILABLE);
  CHECK_EQUAL(next_ns, INT64_MAX);
  finish();
}

/* ---- Acts and call-backs --------------------------------------------------------------------------------------- */

static void call_back_outcome(void) {
  begin(1, 1024);
  hj_dispatch call = report_as(HJ_TIER_EMERGENCY, 0);
  hj_action action = {sizeof action, 3, 9, 0, 0, UINT64_MAX, UINT32_MAX, 0};
  CHECK_STATUS(hj_incident_called_back_with(engine, call.incident_id, 4, 0, &action), HJ_E_STATE);
  CHECK_STATUS(hj_incident_close(engine, call.incident_id, 0, 0), HJ_OK);
  drop_events(engine);
  CHECK_STATUS(hj_incident_called_back_with(engine, call.incident_id, -1, 0, &action), HJ_E_ARGUMENT);
  CHECK_STATUS(hj_incident_called_back_with(engine, call.incident_id, 4, -1, &action), HJ_E_ARGUMENT);
  CHECK_STATUS(hj_incident_called_back_with(engine, call.incident_id + 1, 4, 0, &action), HJ_E_STALE);
  CHECK_EQUAL(read_incident(engine, call.incident_id).outcome, 0);
  CHECK_STATUS(hj_incident_called_back_with(engine, call.incident_id, INT32_MAX, 0, &action), HJ_OK);
  CHECK_STATUS(hj_incident_called_back_with(engine, call.incident_id, 5, 0, NULL), HJ_UNCHANGED);
  hj_event event;
  CHECK_EQUAL(take_events(engine, &event, 1), 1);
  CHECK_EQUAL(event.reason, HJ_REASON_CALLED_BACK);
  CHECK_EQUAL(event.outcome, INT32_MAX);
  CHECK_EQUAL(event.operator_session, UINT64_MAX);
  CHECK_EQUAL(event.operator_role, UINT32_MAX);
  hj_incident_status status = read_incident(engine, call.incident_id);
  CHECK_EQUAL(status.outcome, INT32_MAX);
  CHECK_EQUAL(status.operator_session, UINT64_MAX);
  CHECK_EQUAL(status.operator_role, UINT32_MAX);
  finish();
}

int main(void) {
  needs_change_the_choice();
  a_unit_of_the_plan_will_do();
  what_nobody_has_is_told();
  what_was_there_is_served();
  a_replacement_has_it_too();
  by_hand();
  reference_comes_back();
  reference_of_posts_and_updates();
  unit_fields();
  unit_nonsense();
  a_shift_begins();
  shifts_and_clocks_and_hands();
  shifts_before_the_first_poll();
  call_back_outcome();
  return check_finish();
}
