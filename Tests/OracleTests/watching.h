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
  int64_t due_ns; /* absent: the next step, INT64_MAX = it rests; paused: when the pause ends */
  int32_t step, cycle;
  int call;     /* the open call that it opened; -1 = none */
  int32_t owes; /* the reason of an end of absence that is still to be told */
} watch;

static watch watches[WATCHES];
static int watch_count, is_alarm;

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
  return absent_ns(&resumed) + absence_of(which)->step[0].after_ms * 1000000;
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
  from->seen_us = sign_us;
  if (planted == BEAT_IGNORED) return 1;
  int64_t sign_ns = planted == DEVICE_TIME_IGNORED ? now_ns : now_ns - (wall_us - sign_us) * 1000;
  if (sign_ns > from->seen_ns) from->seen_ns = sign_ns;
  if (from->state == HJ_WATCH_ABSENT && absent_ns(from) > now_ns) absence_ends(from, HJ_REASON_SIGN_OF_LIFE);
  return 1;
}

/* The step of an absence that fires now is the one that was promised, and the chain goes on. */
static int is_absence_kept(watch *kept, const hj_event *event) {
  int64_t due_ns = watch_due_ns(kept);
  if (kept->state != HJ_WATCH_ABSENT) {
    if (kept->state == HJ_WATCH_PAUSED && kept->seen_ns < kept->due_ns) kept->seen_ns = kept->due_ns;
    kept->state = HJ_WATCH_ABSENT;
    kept->step = kept->cycle = 0;
  }
  const chain *own = absence_of(kept);
  int32_t place = kept->step < own->steps ? kept->step : own->steps - 1;
  int32_t action = own->step[place].action;
  uint64_t id = (uint64_t)(kept - watches) + 1;
  uint64_t unit = action == HJ_STEP_HOME_OFFICER ? 100 + id : action == HJ_STEP_GRID_WORKER ? 200 + id : 0;
  uint64_t incident = kept->call < 0 ? 0 : calls[kept->call].id;
  int is_kept = event->step == place + 1 && event->cycle == kept->cycle && event->action == action &&
                event->unit_id == unit && event->incident_id == incident && event->reason == HJ_REASON_NONE &&
                (action != HJ_STEP_OPEN_INCIDENT || incident != 0);
  if (place + 1 < own->steps) {
    kept->step = place + 1;
    kept->due_ns = due_ns + own->step[place + 1].after_ms * 1000000;
    return is_kept;
  }
  int64_t repeat_ns = own->repeat_ms * 1000000, enough_ns = kept->cycle > 0 ? now_ns : now_ns - repeat_ns;
  kept->step = place;
  kept->cycle++;
  kept->due_ns = due_ns + repeat_ns;
  while (kept->due_ns <= enough_ns) kept->due_ns += repeat_ns;
  if (action == HJ_STEP_OPEN_INCIDENT) kept->due_ns = INT64_MAX; /* the incident's own clocks keep it from here */
  return is_kept;
}

#endif
