/* Which fact starts and stops which clock: the table of PLANS.md ("Clocks"), row by row. */
#ifndef HUJIA_ORACLE_FACTS_H
#define HUJIA_ORACLE_FACTS_H

#include "promises.h"

static void forget_all(void) {
  call_count = order_count = promise_count = car_count = 0;
  memset(car_is_busy, 0, sizeof car_is_busy);
}

static int is_signed(int32_t state) {
  return state >= HJ_ASSIGNMENT_ACKNOWLEDGED && state <= HJ_ASSIGNMENT_CLEARED;
}

static int has_come(int32_t state) {
  return state >= HJ_ASSIGNMENT_ON_SCENE && state <= HJ_ASSIGNMENT_CLEARED;
}

/* ---- A call --------------------------------------------------------------------------------------------------- */

static void start_call(int call, int64_t from_ns) {
  calls[call].start_ns = from_ns;
  if (!calls[call].is_dispatched) start(HJ_CLOCK_PENDING, call, -1, from_ns);
  start(HJ_CLOCK_RESOLVE, call, -1, from_ns);
  if (calls[call].plan->is_multi_agency && !calls[call].has_lead) start(HJ_CLOCK_LEAD, call, -1, from_ns);
}

static void call_received(uint64_t id, int32_t tier, int is_vulnerable, int64_t received_us, int64_t appointment_us,
                          uint64_t agency) {
  REQUIRE_LESS(call_count, CALLS);
  int index = call_count++;
  memset(&calls[index], 0, sizeof calls[index]);
  calls[index].id = id;
  calls[index].book = calls[index].plan = newest_book();
  calls[index].tier = tier;
  calls[index].is_open = 1;
  calls[index].is_vulnerable = is_vulnerable;
  calls[index].agency = agency;
  calls[index].left_ns = calls[index].left_signed_ns = INT64_MAX;
  if (appointment_us <= wall_us) {
    start_call(index, moment_ns(received_us));
    return;
  }
  calls[index].is_held = 1;
  REQUIRE_LESS(promise_count, PROMISES);
  promise *made = &promises[promise_count++];
  memset(made, 0, sizeof *made);
  made->clock = HJ_CLOCK_APPOINTMENT;
  made->call = index;
  made->order = -1;
  made->due_ns = now_ns + (appointment_us - wall_us) * 1000;
}

/* Its appointment has come, or a person did not wait for it. */
static void call_begins(int call, int64_t at_ns) {
  promise *held = find_promise(HJ_CLOCK_APPOINTMENT, call, -1);
  if (held != NULL) forget(held);
  calls[call].is_held = 0;
  start_call(call, at_ns);
}

static void watched_call_ended(int call);

static void call_ended(int call, int32_t state, int64_t given_us) {
  calls[call].is_open = calls[call].is_held = 0;
  for (int index = promise_count - 1; index >= 0; index--)
    if (promises[index].call == call && promises[index].order < 0 &&
        !(planted == CLOSE_IGNORED && promises[index].clock == HJ_CLOCK_RESOLVE))
      drop(&promises[index]);
  watched_call_ended(call);
  if (state == HJ_INCIDENT_CLOSED) start(HJ_CLOCK_CALLBACK, call, -1, moment_ns(given_us));
}

static void call_led(int call) {
  calls[call].has_lead = 1;
  drop(find_promise(HJ_CLOCK_LEAD, call, -1));
}

/* It turned out that its caller is not vulnerable: the limit of everybody, from where it began. */
static void arrival_eased(int call) {
  promise *running = find_promise(HJ_CLOCK_ARRIVAL, call, -1);
  int64_t limit = limit_ms(HJ_CLOCK_ARRIVAL, call, -1);
  if (running == NULL || limit == NO_LIMIT || running->fired_step > 0) return;
  int64_t planned_ns = calls[call].arrival_from_ns + limit * 1000000;
  if (planned_ns <= running->planned_ns) return;
  running->planned_ns = planned_ns;
  running->start_ns = calls[call].arrival_from_ns;
  running->chain = chain_of(HJ_CLOCK_ARRIVAL, call);
  if (running->is_warned && planted != CYCLES_FROM_ZERO) /* it warns again: another firing */
    running->cycle = running->fired_cycle = (*next_cycle(HJ_CLOCK_ARRIVAL, call, -1))++;
  running->is_warned = running->is_snoozed = 0;
  aim(running);
}

static void call_changed(int call, int32_t tier, int is_vulnerable) {
  int is_tier_raised = tier < calls[call].tier, is_raised = is_tier_raised || is_vulnerable;
  int is_eased = calls[call].is_vulnerable && !is_vulnerable && planted != VULNERABLE_FOR_EVER;
  calls[call].tier = tier;
  calls[call].is_vulnerable = is_vulnerable || (planted == VULNERABLE_FOR_EVER && calls[call].is_vulnerable);
  calls[call].plan = newest_book(); /* of the units sent; its clocks stay with the plans they have */
  if (calls[call].is_held) return;
  if (is_eased) arrival_eased(call);
  for (int index = 0; index < promise_count; index++)
    if (promises[index].call == call) follow(&promises[index], is_raised, is_tier_raised);
  if (is_raised && planted != UPGRADE_IGNORED) {
    static const int32_t clocks[] = {HJ_CLOCK_PENDING, HJ_CLOCK_ARRIVAL, HJ_CLOCK_RESOLVE, HJ_CLOCK_LEAD};
    for (int index = 0; index < 4; index++) {
      int is_over = (clocks[index] == HJ_CLOCK_PENDING && calls[call].is_dispatched && !calls[call].is_unmanned) ||
                    (clocks[index] == HJ_CLOCK_ARRIVAL && (!calls[call].is_dispatched || calls[call].has_arrived)) ||
                    (clocks[index] == HJ_CLOCK_LEAD && (!calls[call].plan->is_multi_agency || calls[call].has_lead));
      if (!is_over && find_promise(clocks[index], call, -1) == NULL) start(clocks[index], call, -1, now_ns);
    }
  }
  if (calls[call].plan->is_multi_agency && !calls[call].has_lead && find_promise(HJ_CLOCK_LEAD, call, -1) == NULL)
    start(HJ_CLOCK_LEAD, call, -1, calls[call].start_ns);
}

/* ---- A unit on a call ----------------------------------------------------------------------------------------- */

/* K of N: so many signatures end the question. */
static int is_signed_enough(int call) {
  int wanted =
      limit_ms(HJ_CLOCK_ACKNOWLEDGE, call, -1) == NO_LIMIT ? 0 : chain_of(HJ_CLOCK_ACKNOWLEDGE, call)->signatures;
  int found = 0;
  for (int index = 0; index < order_count && wanted > 0; index++)
    found += orders[index].call == call && orders[index].is_live && is_signed(orders[index].state);
  return wanted > 0 && found >= wanted;
}

static void unit_sent(int call, uint64_t id, int car, int32_t reason) {
  REQUIRE_LESS(order_count, ORDERS);
  int index = order_count++;
  memset(&orders[index], 0, sizeof orders[index]);
  orders[index].id = id;
  orders[index].call = call;
  orders[index].car = car;
  orders[index].is_live = 1;
  orders[index].state = HJ_ASSIGNMENT_DISPATCHED;
  car_is_busy[car] = 1;
  if (reason == HJ_REASON_NEXT_UNIT) calls[call].replacement = id;
  if (reason == HJ_REASON_BACKUP) calls[call].backup = id;
  orders[index].dispatched_ns = now_ns;
  orders[index].signed_ns = orders[index].moved_ns = orders[index].arrived_ns = INT64_MAX;
  if (!calls[call].is_dispatched) calls[call].dispatched_ns = calls[call].arrival_from_ns = now_ns;
  if (!calls[call].is_dispatched || calls[call].is_unmanned) drop(find_promise(HJ_CLOCK_PENDING, call, -1));
  calls[call].is_unmanned = 0;
  if ((!calls[call].is_dispatched || planted == ARRIVAL_RESTARTS) && !calls[call].has_arrived)
    start(HJ_CLOCK_ARRIVAL, call, -1, now_ns);
  calls[call].is_dispatched = 1;
  start(HJ_CLOCK_DELIVERY, call, index, now_ns);
  if (!is_signed_enough(call)) start(HJ_CLOCK_ACKNOWLEDGE, call, index, now_ns);
}

/* A sign that the unit is well, unless a newer one is known. */
static int is_newer_sign(int index, int64_t at_ns) {
  const promise *running = find_promise(HJ_CLOCK_WELFARE, orders[index].call, index);
  return running == NULL || at_ns >= running->start_ns;
}

/* The incident has arrived units or none; what was taken back is promised again, from the first dispatch. */
static void arrivals_changed(int call) {
  uint64_t agency;
  int has_arrived = first_arrival_ns(call, &agency) != INT64_MAX;
  if (has_arrived == calls[call].has_arrived) return;
  if (!has_arrived && planted == LOST_ARRIVAL_IGNORED) return;
  calls[call].has_arrived = has_arrived;
  if (has_arrived)
    drop(find_promise(HJ_CLOCK_ARRIVAL, call, -1));
  else
    restart(HJ_CLOCK_ARRIVAL, call, -1, calls[call].arrival_from_ns);
}

static void taken_back(int index, int32_t before, int64_t at_ns) {
  const order *moved = &orders[index];
  int call = moved->call;
  int32_t state = moved->state;
  if (has_come(before) && !has_come(state)) {
    drop(find_promise(HJ_CLOCK_WELFARE, call, index));
    drop(find_promise(HJ_CLOCK_REPORT, call, index));
  }
  if (before >= HJ_ASSIGNMENT_REPORTED && has_come(state) && state < HJ_ASSIGNMENT_REPORTED)
    restart(HJ_CLOCK_REPORT, call, index, moved->arrived_ns);
  if (state == HJ_ASSIGNMENT_ACKNOWLEDGED) {
    if (moved->signed_ns != INT64_MAX)
      restart(HJ_CLOCK_TURNOUT, call, index, moved->signed_ns);
    else
      start(HJ_CLOCK_TURNOUT, call, index, at_ns);
  }
  if (before >= HJ_ASSIGNMENT_DELIVERED && state < HJ_ASSIGNMENT_DELIVERED)
    restart(HJ_CLOCK_DELIVERY, call, index, moved->dispatched_ns);
  if (!is_signed(before) || is_signed(state) || is_signed_enough(call)) return;
  for (int other = 0; other < order_count; other++)
    if (orders[other].call == call && orders[other].is_live && !is_signed(orders[other].state) &&
        find_promise(HJ_CLOCK_ACKNOWLEDGE, call, other) == NULL)
      restart(HJ_CLOCK_ACKNOWLEDGE, call, other, orders[other].dispatched_ns);
}

static void note_move(order *moved, int32_t before, int64_t at_ns) {
  if (is_signed(moved->state) && !is_signed(before)) moved->moved_ns = at_ns;
  if (moved->state == HJ_ASSIGNMENT_ACKNOWLEDGED && !is_signed(before)) moved->signed_ns = at_ns;
  if (has_come(moved->state) && !has_come(before)) moved->arrived_ns = at_ns;
  if (!is_signed(moved->state)) moved->moved_ns = moved->signed_ns = INT64_MAX;
  if (!has_come(moved->state)) moved->arrived_ns = INT64_MAX;
}

static void unit_moved(int index, int32_t state, int64_t given_us) {
  order *moved = &orders[index];
  int call = moved->call;
  int32_t before = moved->state;
  moved->state = state;
  moved->is_undeliverable = 0;
  if (state >= HJ_ASSIGNMENT_DELIVERED) drop(find_promise(HJ_CLOCK_DELIVERY, call, index));
  if ((is_signed(state) || (planted == DELIVERY_SIGNS && state == HJ_ASSIGNMENT_DELIVERED)) &&
      planted != SIGNATURE_IGNORED)
    drop(find_promise(HJ_CLOCK_ACKNOWLEDGE, call, index));
  if (state != HJ_ASSIGNMENT_ACKNOWLEDGED) drop(find_promise(HJ_CLOCK_TURNOUT, call, index));
  if (state >= HJ_ASSIGNMENT_REPORTED) drop(find_promise(HJ_CLOCK_REPORT, call, index));
  int64_t at_ns = moment_ns(given_us);
  note_move(moved, before, at_ns);
  if (state < before && planted != BACKWARD_IGNORED) taken_back(index, before, at_ns);
  if (state == HJ_ASSIGNMENT_ACKNOWLEDGED && !is_signed(before)) start(HJ_CLOCK_TURNOUT, call, index, at_ns);
  if (has_come(state) && is_newer_sign(index, at_ns)) start(HJ_CLOCK_WELFARE, call, index, at_ns);
  if (has_come(state) && !has_come(before) && state < HJ_ASSIGNMENT_REPORTED)
    start(HJ_CLOCK_REPORT, call, index, at_ns);
  if (is_signed(state) && !is_signed(before) && is_signed_enough(call))
    for (int other = 0; other < order_count; other++)
      if (orders[other].call == call && orders[other].is_live) drop(find_promise(HJ_CLOCK_ACKNOWLEDGE, call, other));
  arrivals_changed(call);
}

/* `expired`: another was sent in its place; its promises wait for the escalation that says so. */
static void unit_left(int index, int32_t state) {
  order *left = &orders[index];
  call *of = &calls[left->call];
  if (has_come(left->state)) {
    if (left->arrived_ns < of->left_ns)
      of->left_ns = left->arrived_ns, of->left_agency = (uint64_t)agency_of(left->car);
    if (left->signed_ns < of->left_signed_ns)
      of->left_signed_ns = left->signed_ns, of->left_signed_agency = (uint64_t)agency_of(left->car);
  }
  left->is_live = 0;
  left->state = state;
  car_is_busy[left->car] = 0;
  if (state == HJ_ASSIGNMENT_DECLINED || state == HJ_ASSIGNMENT_CANCELLED || state == HJ_ASSIGNMENT_EXPIRED)
    calls[left->call].refused[left->car] = 1;
  if (state == HJ_ASSIGNMENT_EXPIRED) {
    left->replaced_by = calls[left->call].replacement;
    return;
  }
  for (int place = promise_count - 1; place >= 0; place--)
    if (promises[place].order == index) drop(&promises[place]);
}

/* After a command: all units of a call have left before any had arrived, and nobody else was found. */
static void calls_unmanned(void) {
  for (int call = 0; call < call_count; call++) {
    if (!calls[call].is_open || calls[call].is_held || !calls[call].is_dispatched || calls[call].has_arrived ||
        calls[call].is_unmanned)
      continue;
    int live = 0;
    for (int index = 0; index < order_count; index++) live += orders[index].call == call && orders[index].is_live;
    if (live > 0) continue;
    calls[call].is_unmanned = 1;
    if (planted == UNMANNED_IGNORED) continue;
    int64_t begun_ns = calls[call].begun_ns[HJ_CLOCK_PENDING];
    restart(HJ_CLOCK_PENDING, call, -1, begun_ns != 0 ? begun_ns : calls[call].start_ns);
  }
}

static hj_status unit_is_well(int index, int64_t given_us) {
  if (find_promise(HJ_CLOCK_WELFARE, orders[index].call, index) == NULL) return HJ_UNCHANGED;
  if (!is_newer_sign(index, moment_ns(given_us))) return HJ_UNCHANGED;
  if (planted == CHECK_IN_IGNORED) return HJ_OK;
  start(HJ_CLOCK_WELFARE, orders[index].call, index, moment_ns(given_us));
  return HJ_OK;
}

/* Every channel failed: where the chain skips units that cannot be reached, its next step is due now. */
static void unit_not_reached(int index) {
  orders[index].is_undeliverable = 1;
  drop(find_promise(HJ_CLOCK_DELIVERY, orders[index].call, index));
  promise *signature = find_promise(HJ_CLOCK_ACKNOWLEDGE, orders[index].call, index);
  if (signature == NULL || signature->is_taken || !signature->chain->skips_nobody || signature->due_ns <= now_ns)
    return;
  if (signature->step < 0) signature->step = 0;
  signature->planned_ns = signature->due_ns = now_ns;
}

/* ---- What people do to clocks --------------------------------------------------------------------------------- */

static hj_status seen(const promise *made, int call, const hj_clock_ref *reference) {
  if (made == NULL) return calls[call].is_open ? HJ_E_NO_CLOCK : HJ_E_STATE;
  if (reference->cycle != made->fired_cycle) return reference->cycle < made->fired_cycle ? HJ_PASSED : HJ_E_STEP;
  if (reference->step != made->fired_step) return reference->step < made->fired_step ? HJ_PASSED : HJ_E_STEP;
  return HJ_OK;
}

static hj_status take(promise *made, int call, const hj_clock_ref *reference) {
  hj_status status = seen(made, call, reference);
  if (status != HJ_OK) return status;
  if (made->fired_step == 0) return HJ_E_STEP;
  if (made->is_taken) return HJ_UNCHANGED;
  if (planted == TAKEN_IGNORED) return HJ_OK;
  made->is_taken = 1;
  made->due_ns = INT64_MAX;
  if (made->chain->taken_ms > 0) made->planned_ns = made->due_ns = now_ns + made->chain->taken_ms * 1000000;
  return HJ_OK;
}

static hj_status snooze(promise *made, int call, const hj_clock_ref *reference, int64_t for_s) {
  hj_status status = seen(made, call, reference);
  if (status != HJ_OK) return status;
  if (made->is_taken) return HJ_E_STATE;
  int64_t until_ns = now_ns + for_s * SECOND_NS;
  if (made->chain->snooze_most_ms == 0 || until_ns > made->planned_ns + made->chain->snooze_most_ms * 1000000)
    return HJ_E_SNOOZE;
  if (until_ns <= made->due_ns || (made->step < 0 && until_ns <= made->planned_ns)) return HJ_UNCHANGED;
  if (planted == SNOOZE_SHIFTS_NOTHING) return HJ_OK;
  if (made->step < 0) {
    made->step = 0;
    made->is_warned = 1;
  }
  made->is_snoozed = 1;
  made->due_ns = until_ns;
  return HJ_OK;
}

/* ---- Newer plans ---------------------------------------------------------------------------------------------- */

/* Whether what a clock waits for is still to come, for a call or for a unit on it. */
static int is_to_come(int32_t clock, int call, int order) {
  int32_t state = order < 0 ? 0 : orders[order].state;
  switch (clock) {
    case HJ_CLOCK_PENDING:
      return !calls[call].is_dispatched || calls[call].is_unmanned;
    case HJ_CLOCK_ARRIVAL:
      return calls[call].is_dispatched && !calls[call].has_arrived;
    case HJ_CLOCK_RESOLVE:
      return 1;
    case HJ_CLOCK_LEAD:
      return calls[call].plan->is_multi_agency && !calls[call].has_lead;
    case HJ_CLOCK_DELIVERY:
      return state < HJ_ASSIGNMENT_DELIVERED && !orders[order].is_undeliverable;
    case HJ_CLOCK_ACKNOWLEDGE:
      return !is_signed(state) && !is_signed_enough(call);
    case HJ_CLOCK_TURNOUT:
      return state == HJ_ASSIGNMENT_ACKNOWLEDGED;
    case HJ_CLOCK_WELFARE:
      return has_come(state);
    case HJ_CLOCK_REPORT:
      return has_come(state) && state < HJ_ASSIGNMENT_REPORTED;
    default:
      return 0;
  }
}

/* Before its limit: the new limit from the same start, but not before now. After it: the due time stays. */
static void migrate_clock(int32_t clock, int call, int order) {
  promise *running = find_promise(clock, call, order);
  int64_t limit = limit_ms(clock, call, order);
  if (running == NULL) {
    if (limit != NO_LIMIT && is_to_come(clock, call, order)) start(clock, call, order, now_ns);
    return;
  }
  if (limit == NO_LIMIT) {
    forget(running);
    return;
  }
  running->chain = chain_of(clock, call);
  if (running->fired_step > 0 || running->is_snoozed) return;
  running->planned_ns = (planted == MIGRATION_FROM_NOW ? now_ns : running->start_ns) + limit * 1000000;
  if (running->planned_ns < now_ns) running->planned_ns = now_ns;
  aim(running);
}

/* An open call follows the newest plans from now on. */
static hj_status migrate_call(int call) {
  if (!calls[call].is_open) return HJ_E_STATE;
  if (calls[call].book == newest_book()) return HJ_UNCHANGED;
  if (planted == MIGRATION_IGNORED) return HJ_OK;
  calls[call].book = newest_book();
  if (calls[call].is_held) return HJ_OK;
  static const int32_t of_calls[] = {HJ_CLOCK_PENDING, HJ_CLOCK_ARRIVAL, HJ_CLOCK_RESOLVE, HJ_CLOCK_LEAD};
  static const int32_t of_orders[] = {HJ_CLOCK_DELIVERY, HJ_CLOCK_ACKNOWLEDGE, HJ_CLOCK_TURNOUT, HJ_CLOCK_WELFARE,
                                      HJ_CLOCK_REPORT};
  for (int index = 0; index < 4; index++) migrate_clock(of_calls[index], call, -1);
  for (int order = 0; order < order_count; order++)
    for (int index = 0; index < 5 && orders[order].call == call && orders[order].is_live; index++)
      migrate_clock(of_orders[index], call, order);
  return HJ_OK;
}

static void wall_jumped(int64_t by_us) {
  if (planted != WALL_CLOCK) return;
  for (int index = 0; index < promise_count; index++)
    if (promises[index].due_ns != INT64_MAX) promises[index].due_ns -= by_us * 1000;
}

#endif
