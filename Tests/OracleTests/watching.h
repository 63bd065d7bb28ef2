/* The oracle's watches: sources of which silence means something. The rules of PLANS.md ("clocks.absence", "Watches")
 * and of hujia.h, kept the simplest way: the last sign of life, and what is due because of it. They always follow the
 * newest plans. */
#ifndef HUJIA_ORACLE_WATCHING_H
#define HUJIA_ORACLE_WATCHING_H

#include "facts.h"

#define WATCHES 6
#define AHEAD_US INT64_C(86400000000)

typedef struct {
  int32_t state; /* HJ_WATCH_... */
  int32_t tier, is_vulnerable, alarm_tier;
  int64_t limit_ms; /* 0 = the plans' */
  int64_t seen_ns, seen_us;
  int64_t due_ns;                      /* absent: the next step, INT64_MAX = it rests; paused: when the pause ends */
  int64_t planned_ns;                  /* absent: the next step without a snooze */
  int64_t put_off_ns, put_off_seen_ns; /* present: the limit was put off until then, for the silence since that sign */
  int32_t step, cycle;                 /* the cycle goes on from one absence to the next */
  int32_t fired_step, fired_cycle;     /* 0 = none since the last sign of life */
  int is_repeating, is_taken, is_snoozed, rests;
  int call;     /* the open call that it opened; -1 = none */
  int32_t owes; /* the reason of an end of absence that is still to be told */
} watch;

static watch watches[WATCHES];
static int watch_count, is_alarm;
static watch *forced_watch; /* a person asked for its next step now */

static const chain *absence_of(const watch *which) {
  return &newest_book()->chain[HJ_CLOCK_ABSENCE][which->tier];
}

static int64_t absent_ns(const watch *which) {
  int64_t limit = which->limit_ms > 0 ? which->limit_ms : absence_of(which)->limit_ms;
  return which->seen_ns + limit * 1000000;
}

/* The next step's time; of a paused one as if its pause had ended. */
static int64_t watch_due_ns(const watch *which) {
  if (which->state == HJ_WATCH_ABSENT) return which->due_ns;
  if (which->state == HJ_WATCH_PAUSED && which->due_ns == INT64_MAX && planted != PAUSE_COUNTS) return INT64_MAX;
  watch resumed = *which;
  if (which->state == HJ_WATCH_PAUSED && resumed.seen_ns < which->due_ns && planted != PAUSE_COUNTS)
    resumed.seen_ns = which->due_ns;
  int64_t due_ns = absent_ns(&resumed) + absence_of(which)->step[0].after_ms * 1000000;
  if (resumed.put_off_seen_ns == resumed.seen_ns && resumed.put_off_ns > due_ns) due_ns = resumed.put_off_ns;
  return due_ns;
}

static int64_t earliest_absence_ns(void) {
  int64_t earliest = INT64_MAX;
  for (int index = 0; index < watch_count; index++) {
    int64_t due_ns = watch_due_ns(&watches[index]);
    if (due_ns < earliest) earliest = due_ns;
  }
  return earliest;
}

/* After a poll that did all there was to do. */
static void pauses_end(void) {
  for (int index = 0; index < watch_count; index++) {
    watch *paused = &watches[index];
    if (paused->state != HJ_WATCH_PAUSED || paused->due_ns > now_ns) continue;
    if (paused->seen_ns < paused->due_ns) paused->seen_ns = paused->due_ns;
    paused->state = HJ_WATCH_PRESENT;
  }
}

static void absence_ends(watch *ended, int32_t reason) {
  ended->state = HJ_WATCH_PRESENT;
  ended->owes = reason;
  if (ended->fired_step > 0) ended->cycle = ended->fired_cycle + 1;
  ended->fired_cycle = ended->cycle;
  ended->fired_step = 0;
  ended->put_off_seen_ns = INT64_MIN;
  ended->is_repeating = ended->is_taken = ended->is_snoozed = ended->rests = 0;
}

/* The call that a watch opened is over: someone has answered for the silence. */
static void watched_call_ended(int call) {
  for (int index = 0; index < watch_count; index++) {
    if (watches[index].call != call) continue;
    watches[index].call = -1;
    if (watches[index].state != HJ_WATCH_ABSENT) continue;
    watches[index].seen_ns = now_ns;
    absence_ends(&watches[index], HJ_REASON_CLOSED);
  }
}

/* Whether it is taken. The device's time says which sign is the newer one; ahead of now counts as now. */
static int sign_of_life(watch *from, int64_t given_us) {
  if (given_us < 0 || given_us > wall_us + AHEAD_US) return 0;
  int64_t sign_us = given_us == 0 || given_us > wall_us ? wall_us : given_us;
  if (given_us != 0 && sign_us < from->seen_us) return 0;
  int is_newer = given_us == 0 || sign_us > from->seen_us; /* told twice it is one sign */
  from->seen_us = sign_us;
  if (planted == BEAT_IGNORED) return 1;
  int64_t sign_ns = planted == DEVICE_TIME_IGNORED ? now_ns : now_ns - (wall_us - sign_us) * 1000;
  if (given_us != 0 && sign_ns <= from->seen_ns) is_newer = 0;
  if (sign_ns > from->seen_ns) from->seen_ns = sign_ns;
  if (is_newer && from->state == HJ_WATCH_ABSENT && absent_ns(from) > now_ns)
    absence_ends(from, HJ_REASON_SIGN_OF_LIFE);
  return 1;
}

/* ---- What people do to absences -------------------------------------------------------------------------------- */

static hj_status seen_absence(const watch *which, const hj_clock_ref *reference) {
  if (which->state == HJ_WATCH_PAUSED) return HJ_E_NO_CLOCK;
  if (reference->cycle != which->fired_cycle) return reference->cycle < which->fired_cycle ? HJ_PASSED : HJ_E_STEP;
  if (reference->step != which->fired_step) return reference->step < which->fired_step ? HJ_PASSED : HJ_E_STEP;
  return HJ_OK;
}

static hj_status take_absence(watch *which, const hj_clock_ref *reference) {
  hj_status status = seen_absence(which, reference);
  if (status != HJ_OK) return status;
  if (which->fired_step == 0) return HJ_E_STEP;
  if (which->is_taken) return HJ_UNCHANGED;
  if (planted == ABSENCE_ACTS_IGNORED) return HJ_OK;
  which->is_taken = 1;
  which->is_snoozed = 0;
  which->due_ns = INT64_MAX;
  int64_t taken_ms = absence_of(which)->taken_ms;
  if (taken_ms > 0 && !which->rests) which->planned_ns = which->due_ns = now_ns + taken_ms * 1000000;
  return HJ_OK;
}

static hj_status snooze_absence(watch *which, const hj_clock_ref *reference, int64_t for_s) {
  hj_status status = seen_absence(which, reference);
  if (status != HJ_OK) return status;
  if (which->is_taken) return HJ_E_STATE;
  int64_t most_ms = absence_of(which)->snooze_most_ms, until_ns = now_ns + for_s * SECOND_NS;
  int64_t planned_ns = which->state == HJ_WATCH_ABSENT ? which->planned_ns : absent_ns(which);
  int is_far = planned_ns != INT64_MAX && until_ns > planned_ns + most_ms * 1000000;
  if (most_ms == 0 || is_far) return HJ_E_SNOOZE;
  if (until_ns <= watch_due_ns(which)) return HJ_UNCHANGED;
  if (planted == ABSENCE_ACTS_IGNORED) return HJ_OK;
  if (which->state == HJ_WATCH_ABSENT) {
    which->is_snoozed = 1;
    which->due_ns = until_ns;
  } else {
    which->put_off_ns = until_ns;
    which->put_off_seen_ns = which->seen_ns;
  }
  return HJ_OK;
}

static hj_status hurry_absence(watch *which, const hj_clock_ref *reference) {
  hj_status status = seen_absence(which, reference);
  if (status != HJ_OK) return status;
  if (which->rests) return HJ_E_STATE;
  if (which->state != HJ_WATCH_ABSENT) which->step = 0;
  which->state = HJ_WATCH_ABSENT;
  which->due_ns = now_ns;
  forced_watch = which;
  return HJ_OK;
}

/* The step of an absence that fires now is the one that was promised, and the chain goes on. */
static int is_absence_kept(watch *kept, const hj_event *event) {
  int64_t due_ns = watch_due_ns(kept);
  if (kept->state != HJ_WATCH_ABSENT) {
    if (kept->state == HJ_WATCH_PAUSED && kept->seen_ns < kept->due_ns) kept->seen_ns = kept->due_ns;
    kept->state = HJ_WATCH_ABSENT;
    kept->step = 0;
  }
  const chain *own = absence_of(kept);
  int32_t place = kept->step < own->steps ? kept->step : own->steps - 1;
  int32_t action = own->step[place].action;
  uint64_t id = (uint64_t)(kept - watches) + 1;
  uint64_t unit = action == HJ_STEP_HOME_OFFICER ? 100 + id : action == HJ_STEP_GRID_WORKER ? 200 + id : 0;
  uint64_t incident = kept->call < 0 ? 0 : calls[kept->call].id;
  if (kept->cycle == kept->fired_cycle && place + 1 <= kept->fired_step) kept->cycle++; /* other plans, shorter */
  if (planted == CYCLES_FROM_ZERO && kept->fired_step == 0) kept->cycle = 0;
  kept->fired_step = place + 1;
  kept->fired_cycle = kept->cycle;
  kept->is_taken = kept->is_snoozed = 0;
  int is_kept = event->step == place + 1 && event->cycle == kept->cycle && event->action == action &&
                event->plans_version == 1 + (uint32_t)book_count && event->unit_id == unit &&
                event->incident_id == incident && event->reason == HJ_REASON_NONE &&
                (action != HJ_STEP_OPEN_INCIDENT || incident != 0);
  if (place + 1 < own->steps) {
    kept->step = place + 1;
    kept->is_repeating = 0;
    kept->planned_ns = kept->due_ns = due_ns + own->step[place + 1].after_ms * 1000000;
    return is_kept;
  }
  int64_t repeat_ns = own->repeat_ms * 1000000, enough_ns = kept->is_repeating ? now_ns : now_ns - repeat_ns;
  kept->step = place;
  kept->cycle++;
  kept->is_repeating = 1;
  kept->due_ns = due_ns + repeat_ns;
  while (kept->due_ns <= enough_ns) kept->due_ns += repeat_ns;
  kept->rests = action == HJ_STEP_OPEN_INCIDENT; /* the incident's own clocks keep it from here */
  if (kept->rests) kept->due_ns = INT64_MAX;
  kept->planned_ns = kept->due_ns;
  return is_kept;
}

#endif
