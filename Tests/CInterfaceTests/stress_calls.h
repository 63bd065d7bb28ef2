/* Killed under stress: callers, each with calls of its own. What a call is after an act says `after`, and nothing else:
 * the engine has what was answered, and of the act under way what `after` says or nothing of it. */
#ifndef HUJIA_TEST_STRESS_CALLS_H
#define HUJIA_TEST_STRESS_CALLS_H

#include "stress_book.h"

static struct call after(struct call call, const struct act *act) {
  switch (act->kind) {
    case ADVANCE:
    case BACK:
      call.state = (int32_t)act->to;
      break;
    case CLOSE:
      call.end = HJ_INCIDENT_CLOSED;
      break;
    case CANCEL:
      call.end = HJ_INCIDENT_CANCELLED;
      break;
    case RAISE:
      call.level = (uint32_t)act->to;
      break;
    case UPDATE:
      call.type = (uint32_t)act->to;
      break;
    case ADD_CALL:
      call.calls++;
      break;
    default:
      break;
  }
  if (act->person != 0) call.person = act->person;
  return call;
}

/* One caller's calls are urgent, with the short chains; every other one of those is never signed, so that they fire. */
static hj_report report_of_key(uint32_t caller, uint64_t key) {
  hj_report report =
      make_report(caller == 0 ? HJ_TIER_EMERGENCY : HJ_TIER_URGENT, (int)(key * 37 % 300), (int)(key * 91 % 300));
  report.type = 100;
  report.key_high = 100 + caller;
  report.key_low = key;
  return report;
}

static int is_never_signed(uint32_t caller, const struct call *call) {
  return caller == 1 && call->key % 2 == 0;
}

static void report_call(uint32_t caller, uint64_t key) {
  struct caller *own = &book->callers[caller];
  struct call call = {.key = key, .level = 1, .type = 100};
  hj_report report = report_of_key(caller, key);
  hj_dispatch answer = empty_dispatch();
  begin_act(&own->act, REPORT, own->count, (int64_t)key, 0);
  uint64_t known = 0;
  hj_status asked = HJ_E_UNKNOWN;
  if (key <= own->next_key) asked = hj_incident_find(engine, report.key_high, key, NULL, &known);
  own->next_key = key;
  hj_status status = hj_incident_report(engine, &report, &answer);
  CHECK_EACH_STATUS(status, asked == HJ_OK ? HJ_EXISTS : HJ_OK);
  if (hj_is_taken(status)) {
    if (asked == HJ_OK) CHECK_EACH_EQUAL(answer.incident_id, known);
    CHECK_EACH_MORE(answer.record, 0);
    call.id = answer.incident_id;
    call.assignment = answer.assignment_count > 0 ? answer.chosen[0].assignment_id : 0;
    call.state = answer.assignment_count > 0 ? HJ_ASSIGNMENT_DISPATCHED : 0;
    if (answer.record > own->record) own->record = answer.record;
    own->calls[own->count] = call;
    __atomic_store_n(&own->count, own->count + 1, __ATOMIC_RELEASE);
  }
  end_act(&own->act);
}

static hj_action action_of(uint64_t person) {
  hj_action action;
  memset(&action, 0, sizeof action);
  action.size = sizeof action;
  action.operator_id = person;
  action.reason = 5;
  return action;
}

static hj_status carry_out(const struct call *call, const struct act *act) {
  hj_action action = action_of(act->person);
  hj_report report;
  memset(&report, 0, sizeof report);
  report.size = sizeof report;
  switch (act->kind) {
    case ADVANCE:
      return hj_assignment_advance(engine, call->assignment, (int32_t)act->to, 0);
    case BACK:
      return hj_assignment_advance_by(engine, call->assignment, (int32_t)act->to, 0, &action);
    case CLOSE:
      return hj_incident_close_by(engine, call->id, 1, 0, &action);
    case CANCEL:
      return hj_incident_cancel(engine, call->id, 0);
    case RAISE:
      return hj_incident_raise(engine, call->id, (uint32_t)act->to, 0, NULL);
    case UPDATE:
      report.type = (uint32_t)act->to;
      return hj_incident_update_by(engine, call->id, &report, NULL, &action);
    default:
      place(1, 1, &report.lat_e7, &report.lon_e7);
      return hj_incident_add_call(engine, call->id, &report);
  }
}

static void act_on(uint32_t caller, uint32_t of, enum kind kind, int64_t to) {
  struct caller *own = &book->callers[caller];
  int is_signed = kind == BACK || kind == CLOSE || kind == UPDATE;
  begin_act(&own->act, kind, of, to, is_signed ? ++own->next_person : 0);
  hj_status status = carry_out(&own->calls[of], &own->act);
  CHECK_EACH_STATUS(status, HJ_OK);
  if (status == HJ_OK) own->calls[of] = after(own->calls[of], &own->act);
  end_act(&own->act);
}

static uint32_t open_calls(const struct caller *own) {
  uint32_t open = 0;
  for (uint32_t index = 0; index < own->count; index++) open += own->calls[index].end == 0;
  return open;
}

static void act_at_random(uint32_t caller, unsigned *seed) {
  struct caller *own = &book->callers[caller];
  int wish = rand_r(seed) % 32;
  if (own->count == 0 || wish < 3) {
    if (own->count < CALLS && own->count - own->count_before < CALLS_A_LIFE) report_call(caller, own->next_key + 1);
    return;
  }
  uint32_t of = (uint32_t)rand_r(seed) % own->count;
  const struct call *call = &own->calls[of];
  if (call->end != 0) return;
  int may_end = open_calls(own) > 8;
  if (wish == 3 && may_end) {
    act_on(caller, of, rand_r(seed) % 2 ? CLOSE : CANCEL, 0);
  } else if (wish < 6 && call->level < 3) {
    act_on(caller, of, RAISE, call->level + 1);
  } else if (wish < 12) {
    act_on(caller, of, UPDATE, 100 + rand_r(seed) % 50);
  } else if (wish < 18) {
    act_on(caller, of, ADD_CALL, 0);
  } else if (call->assignment != 0 && !is_never_signed(caller, call)) {
    if (call->state < HJ_ASSIGNMENT_ON_SCENE)
      act_on(caller, of, ADVANCE, call->state + 1);
    else
      act_on(caller, of, BACK, HJ_ASSIGNMENT_DISPATCHED);
  }
}

static void *call_until_killed(void *number) {
  uint32_t caller = (uint32_t)(uintptr_t)number;
  unsigned seed = (unsigned)(book->callers[caller].next_person * 31 + caller);
  for (int acts = 0;; rest_after(&acts, ACTS_A_LIFE)) {
    act_at_random(caller, &seed);
    tell_failures();
  }
  return NULL;
}

/* ---- What must be there ---- */

/* As the engine has it, in the words of the book. */
static struct call read_call(const struct call *known) {
  struct call call = *known;
  hj_incident_status read = read_incident(engine, known->id);
  call.end = read.state == HJ_INCIDENT_CLOSED || read.state == HJ_INCIDENT_CANCELLED ? read.state : 0;
  call.level = read.alarm_level;
  call.calls = read.calls;
  call.type = read.type;
  call.person = read.operator_id;
  CHECK_EACH_EQUAL(read.key_low, known->key);
  hj_assignment assignment;
  memset(&assignment, 0, sizeof assignment);
  assignment.size = sizeof assignment;
  if (known->assignment == 0) return call;
  if (call.end != 0) {
    CHECK_EACH_STATUS(hj_assignment_read(engine, known->assignment, &assignment), HJ_E_STALE);
    return call;
  }
  CHECK_EACH_STATUS(hj_assignment_read(engine, known->assignment, &assignment), HJ_OK);
  CHECK_EACH_EQUAL(assignment.incident_id, known->id);
  call.state = assignment.state;
  return call;
}

static int is_same(const struct call *one, const struct call *other) {
  /* What has ended keeps no state of its assignment. */
  return one->end == other->end && (one->end != 0 || one->state == other->state) && one->level == other->level &&
         one->calls == other->calls && one->type == other->type && one->person == other->person;
}

static void check_call(const struct call *read, const struct call *known) {
  CHECK_EACH_EQUAL(read->end, known->end);
  if (known->end == 0) CHECK_EACH_EQUAL(read->state, known->state);
  CHECK_EACH_EQUAL(read->level, known->level);
  CHECK_EACH_EQUAL(read->calls, known->calls);
  CHECK_EACH_EQUAL(read->type, known->type);
  CHECK_EACH_EQUAL(read->person, known->person);
}

static void calls_are_there(uint32_t caller) {
  struct caller *own = &book->callers[caller];
  struct act act = own->act;
  CHECK_EACH_AT_LEAST(journal_info(engine).recorded, own->record);
  for (uint32_t index = 0; index < own->count; index++) {
    struct call *known = &own->calls[index];
    struct call read = read_call(known);
    if (act.kind > REPORT && act.of == index) {
      struct call changed = after(*known, &act);
      if (is_same(&read, &changed)) *known = changed;
    }
    check_call(&read, known);
  }
  /* Its key says whether it was taken: asked again it opens one incident, and never two. */
  int is_noted = own->count > 0 && own->calls[own->count - 1].key == (uint64_t)act.to;
  if (act.kind == REPORT && !is_noted) report_call(caller, (uint64_t)act.to);
  own->act.kind = NOTHING;
}

/* Nobody drives to two calls, and nobody's order is another's. */
static void units_are_sent_once(void) {
  for (uint64_t id = 1; id <= UNITS; id++) {
    hj_unit_status unit = read_unit(engine, id);
    if (unit.assignment_id == 0) continue;
    hj_assignment assignment;
    memset(&assignment, 0, sizeof assignment);
    assignment.size = sizeof assignment;
    CHECK_EACH_STATUS(hj_assignment_read(engine, unit.assignment_id, &assignment), HJ_OK);
    CHECK_EACH_EQUAL(assignment.unit_id, id);
    CHECK_EACH_EQUAL(assignment.incident_id, unit.incident_id);
  }
}

#endif
