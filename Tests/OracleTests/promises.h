/* The oracle: what was promised, kept the simplest way. One list of promises, looked through from end to end for the
 * earliest; no wheel, no slots, nothing of the engine's. It knows only the rules of PLANS.md and ARCHITECTURE.md:
 *
 *   a clock starts at one fact and stops at one fact; its first step is due at the limit plus that step's wait;
 *   the next is due at this one's due time plus its wait, however late this one fired;
 *   after the last step it repeats; repeats that were slept through are one;
 *   what is due fires oldest first, never early, once, by elapsed time, whatever the wall clock does.
 *
 * Facts (who was sent, who signed, what was closed) are taken from the host's own commands and the engine's ordinary
 * events; every escalation is predicted. `planted` makes the oracle wrong in one way, to show that it would notice. */
#ifndef HUJIA_ORACLE_PROMISES_H
#define HUJIA_ORACLE_PROMISES_H

#include "book.h"

enum {
  NO_BUG,
  DELAY_FROM_NOW,    /* the next step counts from when this one fired */
  EVERY_REPEAT,      /* each repeat that was slept through fires */
  SIGNATURE_IGNORED, /* signing does not stop the acknowledge clock */
  DELIVERY_SIGNS,    /* the terminal's receipt counts as a signature */
  ARRIVAL_RESTARTS,  /* a second unit restarts the arrival clock */
  FRESH_CHAIN,       /* a replacement starts the chain anew */
  RECEIPT_IGNORED,   /* limits count from when a call is typed in */
  UPGRADE_IGNORED,   /* a raised tier keeps the old limits */
  CLOSE_IGNORED,     /* closing leaves the resolve clock running */
  ONE_EARLY,         /* a millisecond early */
  NEWEST_FIRST,      /* of what is due the newest comes first */
  WALL_CLOCK,        /* deadlines move with the wall clock */
  PLANTED_BUGS = WALL_CLOCK
};
static const char *const planted_names[] = {"none",
                                            "delay counted from now",
                                            "slept-through repeats all fire",
                                            "a signature stops nothing",
                                            "receipt signs",
                                            "second unit restarts arrival",
                                            "replacement starts anew",
                                            "receipt ignored",
                                            "upgrade ignored",
                                            "close ignored",
                                            "a millisecond early",
                                            "newest first",
                                            "moves with the wall clock"};
static int planted;

#define CALLS 4096
#define ORDERS 8192
#define PROMISES 1024
#define CARS 8

typedef struct {
  uint64_t id;
  int32_t tier;
  int is_open, is_vulnerable, is_dispatched, has_arrived;
  int refused[CARS + 1]; /* by car number */
  uint64_t replacement;  /* the newest assignment sent in another's place */
} call;

typedef struct {
  uint64_t id;
  int call, car, is_live, is_signed;
  uint64_t replaced_by;
} order;

typedef struct {
  int64_t due_ns;
  int32_t clock, step, cycle;
  int call;
  int order; /* -1: the call's own */
} promise;

static book plan;
static call calls[CALLS];
static order orders[ORDERS];
static promise promises[PROMISES];
static int call_count, order_count, promise_count;
static int car_is_busy[CARS + 1], car_count;
static int64_t now_ns, wall_us;
/* Within one poll: the earliest promise that was due and was dropped by something else than its escalation. */
static int64_t dropped_due_ns;

static void forget_all(void) {
  call_count = order_count = promise_count = car_count = 0;
  memset(car_is_busy, 0, sizeof car_is_busy);
}

static int find_call(uint64_t id) {
  for (int index = call_count - 1; index >= 0; index--)
    if (calls[index].id == id) return index;
  return -1;
}

static int find_order(uint64_t id) {
  for (int index = order_count - 1; index >= 0; index--)
    if (orders[index].id == id) return index;
  return -1;
}

static const chain *chain_of(int32_t clock, int call) {
  return &plan.chain[clock][calls[call].tier];
}

static promise *find_promise(int32_t clock, int call, int order) {
  for (int index = 0; index < promise_count; index++)
    if (promises[index].clock == clock && promises[index].call == call && promises[index].order == order)
      return &promises[index];
  return NULL;
}

static void drop(promise *which) {
  if (which == NULL) return;
  if (which->due_ns <= now_ns && which->due_ns < dropped_due_ns) dropped_due_ns = which->due_ns;
  *which = promises[--promise_count];
}

/* `limit_ns` from `from_ns`; the first step waits besides. */
static void promise_step(int32_t clock, int call, int order, int64_t limit_due_ns) {
  if (chain_of(clock, call)->steps == 0) return;
  drop(find_promise(clock, call, order));
  REQUIRE(promise_count < PROMISES);
  promise *made = &promises[promise_count++];
  memset(made, 0, sizeof *made);
  made->clock = clock;
  made->call = call;
  made->order = order;
  made->due_ns = limit_due_ns + chain_of(clock, call)->step[0].after_ms * 1000000;
  if (planted == ONE_EARLY) made->due_ns -= 1000000;
}

/* Counted from the receipt, when that lies in the past and the limit has not run out; else from now. */
static int64_t from_receipt(int64_t received_us, int64_t limit_ms) {
  int64_t elapsed_us = received_us == 0 || planted == RECEIPT_IGNORED ? 0 : wall_us - received_us;
  if (elapsed_us < 0 || elapsed_us >= limit_ms * 1000) elapsed_us = 0;
  return now_ns + limit_ms * 1000000 - elapsed_us * 1000;
}

/* ---- Facts ---------------------------------------------------------------------------------------------------- */

static void call_received(uint64_t id, int32_t tier, int is_vulnerable, int64_t received_us) {
  REQUIRE(call_count < CALLS);
  int index = call_count++;
  memset(&calls[index], 0, sizeof calls[index]);
  calls[index].id = id;
  calls[index].tier = tier;
  calls[index].is_open = 1;
  calls[index].is_vulnerable = is_vulnerable;
  const limits *own = &plan.tier[tier];
  if (own->respond_ms != NO_LIMIT)
    promise_step(HJ_CLOCK_PENDING, index, -1, from_receipt(received_us, own->respond_ms));
  if (own->resolve_ms != NO_LIMIT)
    promise_step(HJ_CLOCK_RESOLVE, index, -1, from_receipt(received_us, own->resolve_ms));
}

static void unit_sent(int call, uint64_t id, int car, int is_replacement) {
  struct call_facts {
    int64_t arrive_ms;
  } facts = {arrive_ms(&plan, calls[call].tier, calls[call].is_vulnerable)};
  REQUIRE(order_count < ORDERS);
  int index = order_count++;
  memset(&orders[index], 0, sizeof orders[index]);
  orders[index].id = id;
  orders[index].call = call;
  orders[index].car = car;
  orders[index].is_live = 1;
  car_is_busy[car] = 1;
  if (is_replacement) calls[call].replacement = id;
  if (!calls[call].is_dispatched) drop(find_promise(HJ_CLOCK_PENDING, call, -1));
  if ((!calls[call].is_dispatched || planted == ARRIVAL_RESTARTS) && facts.arrive_ms != NO_LIMIT &&
      !calls[call].has_arrived)
    promise_step(HJ_CLOCK_ARRIVAL, call, -1, now_ns + facts.arrive_ms * 1000000);
  calls[call].is_dispatched = 1;
  int64_t sign_ms = chain_of(HJ_CLOCK_ACKNOWLEDGE, call)->limit_ms;
  promise_step(HJ_CLOCK_ACKNOWLEDGE, call, index, now_ns + sign_ms * 1000000);
}

static void unit_moved(int index, int32_t state) {
  order *moved = &orders[index];
  int signs = planted == DELIVERY_SIGNS ? HJ_ASSIGNMENT_DELIVERED : HJ_ASSIGNMENT_ACKNOWLEDGED;
  if (state >= signs && planted != SIGNATURE_IGNORED) drop(find_promise(HJ_CLOCK_ACKNOWLEDGE, moved->call, index));
  if (state >= HJ_ASSIGNMENT_ON_SCENE && !calls[moved->call].has_arrived) {
    calls[moved->call].has_arrived = 1;
    drop(find_promise(HJ_CLOCK_ARRIVAL, moved->call, -1));
  }
}

/* `expired`: another was sent in its place; its promise waits for the escalation that says so. */
static void unit_left(int index, int32_t state) {
  order *left = &orders[index];
  left->is_live = 0;
  car_is_busy[left->car] = 0;
  if (state != HJ_ASSIGNMENT_CLEARED) calls[left->call].refused[left->car] = 1;
  if (state == HJ_ASSIGNMENT_EXPIRED)
    left->replaced_by = calls[left->call].replacement;
  else
    drop(find_promise(HJ_CLOCK_ACKNOWLEDGE, left->call, index));
}

static void call_ended(int call) {
  calls[call].is_open = 0;
  drop(find_promise(HJ_CLOCK_PENDING, call, -1));
  drop(find_promise(HJ_CLOCK_ARRIVAL, call, -1));
  if (planted != CLOSE_IGNORED) drop(find_promise(HJ_CLOCK_RESOLVE, call, -1));
}

/* The earlier of the old and the new limit holds, as long as nothing has fired; a clock that does not run starts. */
static void tighten(int32_t clock, int call, int64_t limit_ms) {
  if (limit_ms == NO_LIMIT) return;
  promise *running = find_promise(clock, call, -1);
  int64_t due_ns = now_ns + limit_ms * 1000000 + chain_of(clock, call)->step[0].after_ms * 1000000;
  if (running == NULL)
    promise_step(clock, call, -1, now_ns + limit_ms * 1000000);
  else if (running->step == 0 && running->cycle == 0 && due_ns < running->due_ns)
    running->due_ns = due_ns;
}

static void call_changed(int call, int32_t tier, int is_vulnerable) {
  int is_raised = tier < calls[call].tier;
  calls[call].tier = tier;
  calls[call].is_vulnerable |= is_vulnerable;
  if ((!is_raised && !is_vulnerable) || planted == UPGRADE_IGNORED) return;
  if (!calls[call].is_dispatched)
    tighten(HJ_CLOCK_PENDING, call, plan.tier[tier].respond_ms);
  else if (!calls[call].has_arrived)
    tighten(HJ_CLOCK_ARRIVAL, call, arrive_ms(&plan, tier, calls[call].is_vulnerable));
  tighten(HJ_CLOCK_RESOLVE, call, plan.tier[tier].resolve_ms);
  /* Those who were asked and have not signed are asked more urgently too. */
  const chain *own = chain_of(HJ_CLOCK_ACKNOWLEDGE, call);
  for (int index = 0; index < promise_count; index++) {
    promise *asked = &promises[index];
    if (asked->clock != HJ_CLOCK_ACKNOWLEDGE || asked->call != call || asked->step > 0 || asked->cycle > 0) continue;
    int64_t due_ns = now_ns + (own->limit_ms + own->step[0].after_ms) * 1000000;
    if (due_ns < asked->due_ns) asked->due_ns = due_ns;
  }
}

static void wall_jumped(int64_t by_us) {
  if (planted != WALL_CLOCK) return;
  for (int index = 0; index < promise_count; index++) promises[index].due_ns -= by_us * 1000;
}

/* ---- What must come now --------------------------------------------------------------------------------------- */

static int64_t earliest_ns(void) {
  int64_t earliest = INT64_MAX;
  for (int index = 0; index < promise_count; index++)
    if (promises[index].due_ns < earliest) earliest = promises[index].due_ns;
  return earliest;
}

static int64_t newest_due_ns(void) {
  int64_t newest = INT64_MIN;
  for (int index = 0; index < promise_count; index++)
    if (promises[index].due_ns <= now_ns && promises[index].due_ns > newest) newest = promises[index].due_ns;
  return newest;
}

/* Whether somebody else could be asked for this call. */
static int has_another(int call) {
  for (int car = 1; car <= car_count; car++)
    if (!car_is_busy[car] && !calls[call].refused[car]) return 1;
  return 0;
}

static int is_kept_by(const promise *made, const hj_event *event) {
  const chain *own = chain_of(made->clock, made->call);
  int32_t place = made->step < own->steps ? made->step : own->steps - 1;
  if (event->clock != made->clock || event->incident_id != calls[made->call].id || event->step != place + 1 ||
      event->cycle != made->cycle || event->action != own->step[place].action)
    return 0;
  if (made->order < 0) return event->assignment_id == 0 && event->unit_id == 0 && event->reason == HJ_REASON_NONE;
  const order *asked = &orders[made->order];
  if (event->action != HJ_STEP_NEXT_UNIT)
    return event->assignment_id == asked->id && event->unit_id == (uint64_t)asked->car &&
           event->reason == HJ_REASON_NONE;
  if (asked->replaced_by == 0)
    return event->assignment_id == asked->id && event->reason == HJ_REASON_NOBODY && !has_another(made->call);
  return event->assignment_id == asked->replaced_by && event->reason == HJ_REASON_NEXT_UNIT;
}

/* The next step, counted from when this one was due. A replacement takes the promise over. */
static void go_on(promise *kept) {
  const chain *own = chain_of(kept->clock, kept->call);
  int32_t place = kept->step < own->steps ? kept->step : own->steps - 1;
  if (planted == DELAY_FROM_NOW) kept->due_ns = now_ns;
  if (place + 1 < own->steps) {
    kept->step = place + 1;
    kept->due_ns += own->step[place + 1].after_ms * 1000000;
  } else {
    int64_t repeat_ns = own->repeat_ms * 1000000;
    int64_t enough_ns = kept->cycle > 0 ? now_ns : now_ns - repeat_ns; /* one repeat for all that were slept through */
    kept->step = place;
    kept->cycle++;
    kept->due_ns += repeat_ns;
    while (planted != EVERY_REPEAT && kept->due_ns <= enough_ns) kept->due_ns += repeat_ns;
  }
  if (kept->order < 0 || orders[kept->order].replaced_by == 0) return;
  int heir = find_order(orders[kept->order].replaced_by);
  promise inherited = *kept;
  inherited.order = heir;
  *kept = promises[--promise_count];
  promise *fresh = find_promise(HJ_CLOCK_ACKNOWLEDGE, inherited.call, heir);
  if (planted == FRESH_CHAIN || fresh == NULL) return;
  *fresh = inherited;
}

#endif
