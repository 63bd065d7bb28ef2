/* The oracle: what was promised, kept the simplest way. One list of promises, looked through from end to end for the
 * earliest; no wheel, no slots, nothing of the engine's. It knows only the rules of PLANS.md ("Clocks"):
 *
 *   a clock starts at one fact and stops at one fact; it is broken at start + limit, warned of before that;
 *   step 1 is due then (or so long after as it says), step k + 1 at the due time of step k + its own wait;
 *   after the last step it comes again, and repeats that were slept through are one;
 *   a raised tier starts the new limit now and the earlier holds; a chain that has begun goes on;
 *   what is due fires oldest first, never early, once, by elapsed time, whatever the wall clock does.
 *
 * Facts (units sent and signed, incidents closed) are taken from the host's own commands and the engine's ordinary
 * events (facts.h); every warning and escalation is predicted. `planted` makes the oracle wrong in one way, to show
 * that it would notice. */
#ifndef HUJIA_ORACLE_PROMISES_H
#define HUJIA_ORACLE_PROMISES_H

#include "book.h"

enum {
  NO_BUG,
  DELAY_FROM_NOW,
  EVERY_REPEAT,
  SIGNATURE_IGNORED,
  DELIVERY_SIGNS,
  ARRIVAL_RESTARTS,
  FRESH_CHAIN,
  RECEIPT_IGNORED,
  UPGRADE_IGNORED,
  CLOSE_IGNORED,
  ONE_EARLY,
  NEWEST_FIRST,
  WALL_CLOCK,
  CHECK_IN_IGNORED,
  TAKEN_IGNORED,
  SNOOZE_SHIFTS_NOTHING,
  NOBODY_WAITS,
  WARNING_TWICE,
  WINDOW_IN_UTC,
  MIGRATION_IGNORED,
  MIGRATION_FROM_NOW,
  BEAT_IGNORED,
  DEVICE_TIME_IGNORED,
  PAUSE_COUNTS,
  CYCLES_FROM_ZERO,
  BACKWARD_IGNORED,
  LOST_ARRIVAL_IGNORED,
  UNMANNED_IGNORED,
  VULNERABLE_FOR_EVER,
  FIRST_SENT_LEADS,
  ABSENCE_ACTS_IGNORED,
  PLANTED_BUGS = ABSENCE_ACTS_IGNORED
};
static const char *const planted_names[] = {"none",
                                            "the next delay counts from now",
                                            "slept-through repeats all fire",
                                            "a signature stops nothing",
                                            "a receipt of the terminal signs",
                                            "a second unit restarts arrival",
                                            "a replacement starts the chain anew",
                                            "the receipt's time is ignored",
                                            "a raised tier keeps the old limits",
                                            "closing leaves the resolve clock",
                                            "a millisecond early",
                                            "the newest due comes first",
                                            "deadlines move with the wall clock",
                                            "a check-in is ignored",
                                            "a taken escalation goes on",
                                            "a snooze puts nothing off",
                                            "a step that finds nobody is waited for",
                                            "the warning comes again at the limit",
                                            "windows are read in UTC",
                                            "a migration moves no clock",
                                            "a migrated limit counts from now",
                                            "a sign of life is ignored",
                                            "the device's time is ignored",
                                            "silence counts in a pause",
                                            "a clock that starts again counts from 0",
                                            "a state taken back leaves its clocks",
                                            "an arrival taken back stays an arrival",
                                            "nobody is promised when all declined",
                                            "a wrong vulnerable stays",
                                            "the agency sent first leads",
                                            "nobody acts on absences"};
static int planted;

#define CALLS 4096
#define ORDERS 8192
#define PROMISES 4096
#define CARS 8
#define BOOKS 4

typedef struct {
  uint64_t id;
  const book *book; /* its clocks follow the limits and chains of this */
  const book *plan; /* the units sent are those of this */
  int32_t tier;
  int is_open, is_held, is_vulnerable, is_dispatched, has_arrived, has_lead;
  int is_unmanned; /* all its units left before any had arrived */
  uint64_t agency; /* that received the call */
  int64_t dispatched_ns, arrival_from_ns;
  int64_t begun_ns[CLOCKS]; /* where each of its clocks counted from last; 0 = it never ran */
  /* Of units that have left after arriving: the first arrival and the first signature; INT64_MAX = none. */
  int64_t left_ns, left_signed_ns;
  uint64_t left_agency, left_signed_agency;
  int64_t start_ns;      /* what its limits count from: the receipt, or the appointment */
  int refused[CARS + 1]; /* by car number */
  uint64_t replacement;  /* the newest assignment sent in another's place */
  uint64_t backup;       /* the newest sent besides */
  /* What each of its clocks begins with next: a number is used once, however often the clock stops and starts. */
  int32_t next_cycle[CLOCKS];
} call;

typedef struct {
  uint64_t id;
  int call, car, is_live, is_undeliverable;
  int32_t state;
  uint64_t replaced_by;
  int32_t next_cycle[CLOCKS];
  int64_t dispatched_ns;
  /* Signed in so many words, by whatever status, and arrived; INT64_MAX = not. */
  int64_t signed_ns, moved_ns, arrived_ns;
} order;

typedef struct {
  int32_t clock;
  int call;
  int order; /* -1: the call's own */
  const chain *chain;
  int64_t start_ns;
  int64_t planned_ns; /* before the limit: the limit; after: the next step, without a snooze */
  int64_t due_ns;     /* INT64_MAX: a person has it */
  int32_t step;       /* the one that comes next, 0-based; -1 = the warning */
  int32_t cycle, fired_step, fired_cycle;
  int is_taken, is_warned, is_snoozed, has_reached, is_last_resort, is_repeating;
} promise;

/* All plans of the hour, in the order in which they were loaded. */
static book books[BOOKS];
static int book_count;
static call calls[CALLS];
static order orders[ORDERS];
static promise promises[PROMISES];
static int call_count, order_count, promise_count;
static int car_is_busy[CARS + 1], car_count;
static int64_t now_ns, wall_us;
/* Within one poll: the earliest promise that was due and was dropped by something else than its escalation. */
static int64_t dropped_due_ns;
/* Within one poll: when the escalation that was told last was due; INT64_MAX = none was told yet. What it set going (a
 * unit that it freed, sent elsewhere) may end promises that were due later than it, and no others. */
static int64_t told_due_ns = INT64_MAX;

static int32_t agency_of(int car) {
  return 1 + car % 2;
}

static int32_t kind_of(int car) {
  return car % 3 == 0;
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

static promise *find_promise(int32_t clock, int call, int order) {
  for (int index = 0; index < promise_count; index++)
    if (promises[index].clock == clock && promises[index].call == call && promises[index].order == order)
      return &promises[index];
  return NULL;
}

static void forget(promise *which) {
  *which = promises[--promise_count];
}

static void drop(promise *which) {
  if (which == NULL) return;
  if (which->due_ns <= now_ns && which->due_ns < told_due_ns && which->due_ns < dropped_due_ns)
    dropped_due_ns = which->due_ns;
  forget(which);
}

/* ---- Starting ------------------------------------------------------------------------------------------------- */

static const book *newest_book(void) {
  return &books[book_count - 1];
}

static int is_ruled(const book *from, int call) {
  if (!from->is_by_hours) return calls[call].is_vulnerable;
  int64_t zone_s = planted == WINDOW_IN_UTC ? 0 : from->zone_s;
  int32_t hour = (int32_t)((wall_us / 1000000 + zone_s) % 86400 / 3600);
  return from->from_hour < from->to_hour ? hour >= from->from_hour && hour < from->to_hour
                                         : hour >= from->from_hour || hour < from->to_hour;
}

/* As it would be chosen now: a window is open or not at this moment of local time. */
static const chain *chain_of(int32_t clock, int call) {
  const book *from = calls[call].book;
  if (from->ruled_clock == clock && is_ruled(from, call)) return &from->rule[calls[call].tier];
  return &from->chain[clock][calls[call].tier];
}

/* NO_LIMIT: the clock does not run for this call. */
static int64_t limit_ms(int32_t clock, int call, int order) {
  const chain *own = chain_of(clock, call);
  const limits *tier = &calls[call].book->tier[calls[call].tier];
  if (own->steps == 0) return NO_LIMIT;
  if (own->limit_ms != NO_LIMIT) return own->limit_ms;
  switch (clock) {
    case HJ_CLOCK_PENDING:
      return tier->respond_ms;
    case HJ_CLOCK_ARRIVAL:
      return arrive_ms(calls[call].book, calls[call].tier, calls[call].is_vulnerable);
    case HJ_CLOCK_RESOLVE:
      return tier->resolve_ms;
    case HJ_CLOCK_TURNOUT:
      return calls[call].book->turnout_ms[kind_of(orders[order].car)];
    default:
      return NO_LIMIT;
  }
}

static void aim_at_first_step(promise *made) {
  made->step = 0;
  made->due_ns = made->planned_ns + made->chain->step[0].after_ms * 1000000;
}

/* The warning, if there is one and its time has not passed; else the first step. */
static void aim(promise *made) {
  int64_t warning_ns = INT64_MAX;
  if (made->chain->warn_before_ms > 0) warning_ns = made->planned_ns - made->chain->warn_before_ms * 1000000;
  if (made->chain->warn_percent > 0)
    warning_ns = made->start_ns + (made->planned_ns - made->start_ns) / 100 * made->chain->warn_percent;
  aim_at_first_step(made);
  if (made->is_warned || warning_ns <= now_ns || warning_ns >= made->planned_ns) return;
  made->step = -1;
  made->due_ns = warning_ns;
}

static int32_t *next_cycle(int32_t clock, int call, int order) {
  return order < 0 ? &calls[call].next_cycle[clock] : &orders[order].next_cycle[clock];
}

static void begin(int32_t clock, int call, int order, int64_t from_ns) {
  int64_t limit_ns = limit_ms(clock, call, order) * 1000000;
  promise *made = find_promise(clock, call, order);
  int32_t cycle = (*next_cycle(clock, call, order))++;
  if (planted == CYCLES_FROM_ZERO) cycle = 0;
  if (made == NULL) {
    REQUIRE_LESS(promise_count, PROMISES);
    made = &promises[promise_count++];
  }
  memset(made, 0, sizeof *made);
  made->clock = clock;
  made->call = call;
  made->order = order;
  made->chain = chain_of(clock, call);
  made->start_ns = from_ns;
  made->planned_ns = from_ns + limit_ns - (planted == ONE_EARLY ? 1000000 : 0);
  made->cycle = made->fired_cycle = cycle;
  if (order < 0) calls[call].begun_ns[clock] = from_ns;
  if (clock == HJ_CLOCK_ARRIVAL) calls[call].arrival_from_ns = from_ns;
  aim(made);
}

/* Counted from `from_ns`, when that lies in the past and the limit has not run out; else from now. */
static void start(int32_t clock, int call, int order, int64_t from_ns) {
  int64_t limit_ns = limit_ms(clock, call, order) * 1000000;
  if (limit_ns < 0) return;
  if (from_ns > now_ns || from_ns + limit_ns <= now_ns || planted == RECEIPT_IGNORED) from_ns = now_ns;
  begin(clock, call, order, from_ns);
}

/* What kept a promise was taken back: it counts from where it began first, and may be overdue. */
static void restart(int32_t clock, int call, int order, int64_t from_ns) {
  if (limit_ms(clock, call, order) >= 0) begin(clock, call, order, from_ns > now_ns ? now_ns : from_ns);
}

/* A time that someone gave, as elapsed time: now for none and for the future. */
static int64_t moment_ns(int64_t given_us) {
  if (given_us <= 0 || given_us >= wall_us) return now_ns;
  return now_ns - (wall_us - given_us) * 1000;
}

/* The chain is chosen again. With a raised tier the earlier of old and new limit holds, while nothing has fired. */
static void follow(promise *running, int is_raised, int is_tier_raised) {
  const chain *own = chain_of(running->clock, running->call);
  int64_t limit_ns = limit_ms(running->clock, running->call, running->order) * 1000000;
  if (own->steps == 0) return;
  running->chain = own;
  if (!is_raised || running->fired_step > 0 || limit_ns < 0 || planted == UPGRADE_IGNORED) return;
  if (now_ns + limit_ns >= running->planned_ns) return;
  running->start_ns = now_ns;
  if (running->order < 0) calls[running->call].begun_ns[running->clock] = now_ns;
  if (running->clock == HJ_CLOCK_ARRIVAL && is_tier_raised) calls[running->call].arrival_from_ns = now_ns;
  running->planned_ns = now_ns + limit_ns;
  running->is_snoozed = 0;
  aim(running);
}

/* ---- What must come now --------------------------------------------------------------------------------------- */

static int64_t earliest_absence_ns(void);

static int64_t earliest_ns(void) {
  int64_t earliest = earliest_absence_ns();
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

static int32_t next_place(const promise *made) {
  int32_t step = made->step < 0 ? 0 : made->step;
  return step < made->chain->steps ? step : made->chain->steps - 1;
}

/* The first unit on scene of those that are there or have been; INT64_MAX = nobody. */
static int64_t first_arrival_ns(int call, uint64_t *agency) {
  int64_t first_ns = calls[call].left_ns;
  *agency = calls[call].left_agency;
  for (int index = 0; index < order_count; index++)
    if (orders[index].call == call && orders[index].is_live && orders[index].arrived_ns < first_ns) {
      first_ns = orders[index].arrived_ns;
      *agency = (uint64_t)agency_of(orders[index].car);
    }
  return first_ns;
}

/* Received, else signed, else on scene, else moved without a word. */
static uint64_t first_to_lead(int call) {
  if (planted == FIRST_SENT_LEADS) {
    for (int index = 0; index < order_count; index++)
      if (orders[index].call == call) return (uint64_t)agency_of(orders[index].car);
    return 0;
  }
  if (calls[call].agency != 0) return calls[call].agency;
  int64_t signed_ns = calls[call].left_signed_ns, moved_ns = INT64_MAX;
  uint64_t has_signed = calls[call].left_signed_agency, has_moved = 0, has_arrived;
  for (int index = 0; index < order_count; index++) {
    const order *own = &orders[index];
    if (own->call != call || !own->is_live) continue;
    if (own->signed_ns < signed_ns) signed_ns = own->signed_ns, has_signed = (uint64_t)agency_of(own->car);
    if (own->moved_ns < moved_ns) moved_ns = own->moved_ns, has_moved = (uint64_t)agency_of(own->car);
  }
  if (has_signed != 0) return has_signed;
  return first_arrival_ns(call, &has_arrived) != INT64_MAX ? has_arrived : has_moved;
}

/* Whether the event's unit and reason are what the action asks for. */
static int is_carried_out(const promise *made, const hj_event *event) {
  const call *own = &calls[made->call];
  const order *asked = made->order < 0 ? NULL : &orders[made->order];
  uint64_t assignment = asked == NULL ? 0 : asked->id; /* that the clock belongs to */
  uint64_t sent = 0;
  int32_t reason = HJ_REASON_NONE;
  switch (event->action) {
    case HJ_STEP_NOTIFY_AGAIN:
    case HJ_STEP_OTHER_CHANNEL:
    case HJ_STEP_CALL_UNIT:
      if (asked != NULL && asked->is_undeliverable) reason = HJ_REASON_NOBODY;
      break;
    case HJ_STEP_FIRST_LEADS:
      reason = first_to_lead(made->call) == 0 ? HJ_REASON_NOBODY : HJ_REASON_LEAD;
      break;
    case HJ_STEP_BACKUP:
      if (own->backup == 0 && own->is_open && has_another(made->call)) return 0;
      reason = own->backup == 0 ? HJ_REASON_NOBODY : HJ_REASON_BACKUP;
      sent = own->backup;
      break;
    case HJ_STEP_NEXT_UNIT:
      if (asked == NULL) break;
      /* With several agencies the seat asks for one of them: a free unit is then not the whole question. */
      if (asked->replaced_by == 0 && !own->plan->is_multi_agency && has_another(made->call)) return 0;
      reason = asked->replaced_by == 0 ? HJ_REASON_NOBODY : HJ_REASON_NEXT_UNIT;
      sent = asked->replaced_by;
      /* The heir has the signature's promise; the other clocks have ended with the one that was withdrawn. */
      if (sent != 0 && made->clock == HJ_CLOCK_ACKNOWLEDGE) assignment = sent;
      break;
    default:
      break;
  }
  int named = find_order(sent != 0 ? sent : assignment);
  uint64_t unit = named < 0 ? 0 : (uint64_t)orders[named].car;
  return event->reason == reason && event->assignment_id == assignment && event->unit_id == unit;
}

/* A step that has fired already (the chain became a shorter one) fires in the next cycle. */
static int32_t firing_cycle(const promise *made, int32_t step) {
  int has_fired = made->cycle == made->fired_cycle && step <= made->fired_step;
  return has_fired && planted != CYCLES_FROM_ZERO ? made->fired_cycle + 1 : made->cycle;
}

static int is_kept_by(const promise *made, const hj_event *event) {
  if (event->clock != made->clock || event->incident_id != calls[made->call].id) return 0;
  if ((made->step < 0) != (event->kind == HJ_EVENT_WARNING)) return 0;
  if (made->step < 0)
    return event->cycle == made->cycle && event->assignment_id == (made->order < 0 ? 0 : orders[made->order].id);
  int32_t place = next_place(made);
  int32_t step = made->is_last_resort ? made->chain->steps + 1 : place + 1;
  if (event->cycle != firing_cycle(made, step)) return 0;
  int32_t action = made->is_last_resort ? made->chain->last_resort : made->chain->step[place].action;
  return event->step == step && event->action == action && is_carried_out(made, event);
}

/* The heir of a replaced unit takes the signature's promise over; the others of the old one end with it. */
static promise *inherit(promise *kept) {
  int old = kept->order, heir = find_order(orders[old].replaced_by);
  int is_signature = kept->clock == HJ_CLOCK_ACKNOWLEDGE;
  promise *signature = find_promise(HJ_CLOCK_ACKNOWLEDGE, kept->call, old);
  promise *fresh = find_promise(HJ_CLOCK_ACKNOWLEDGE, kept->call, heir);
  if (signature != NULL && planted != FRESH_CHAIN) {
    promise inherited = *signature;
    inherited.order = heir;
    orders[heir].next_cycle[HJ_CLOCK_ACKNOWLEDGE] = orders[old].next_cycle[HJ_CLOCK_ACKNOWLEDGE];
    if (fresh == NULL)
      *signature = inherited;
    else
      *fresh = inherited;
  }
  for (int index = promise_count - 1; index >= 0; index--)
    if (promises[index].order == old) forget(&promises[index]);
  return is_signature ? find_promise(HJ_CLOCK_ACKNOWLEDGE, orders[heir].call, heir) : NULL;
}

/* The next step, counted from when this one was due. */
static void go_on(promise *kept, const hj_event *event) {
  promise before = *kept;
  calls[kept->call].backup = 0;
  kept->is_taken = 0;
  if (before.step >= 0) kept->is_snoozed = 0;
  if (before.step < 0) {
    kept->is_warned = planted != WARNING_TWICE;
    aim_at_first_step(kept);
    return;
  }
  int32_t place = next_place(&before);
  kept->fired_step = event->step;
  kept->fired_cycle = event->cycle;
  int32_t *next = next_cycle(kept->clock, kept->call, kept->order);
  if (*next <= event->cycle) *next = event->cycle + 1;
  int64_t due_ns = planted == DELAY_FROM_NOW ? now_ns : before.due_ns;
  if (place + 1 < kept->chain->steps) {
    kept->step = place + 1;
    kept->cycle = event->cycle;
    kept->is_repeating = 0;
    due_ns += kept->chain->step[place + 1].after_ms * 1000000;
  } else {
    int64_t repeat_ns = kept->chain->repeat_ms * 1000000;
    int64_t enough_ns = before.is_repeating ? now_ns : now_ns - repeat_ns; /* one for all that were slept through */
    kept->step = place;
    kept->cycle = event->cycle + 1;
    kept->is_repeating = 1;
    due_ns += repeat_ns;
    while (planted != EVERY_REPEAT && due_ns <= enough_ns) due_ns += repeat_ns;
  }
  kept->planned_ns = kept->due_ns = due_ns;
  if (event->reason == HJ_REASON_LEAD) {
    calls[kept->call].has_lead = 1;
    forget(kept);
    return;
  }
  if (event->reason == HJ_REASON_NEXT_UNIT) kept = inherit(kept);
  if (kept == NULL) return;
  if (event->reason != HJ_REASON_NOBODY) {
    kept->has_reached = 1;
    return;
  }
  if (!kept->chain->skips_nobody || before.is_last_resort || planted == NOBODY_WAITS) return;
  if (place + 1 >= kept->chain->steps) {
    if (kept->has_reached) return;
    kept->is_last_resort = 1;
    kept->cycle = event->cycle;
    kept->is_repeating = before.is_repeating;
  }
  kept->planned_ns = kept->due_ns = before.due_ns;
}

#endif
