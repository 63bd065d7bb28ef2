/* What the host of the oracle's world does with watches, and what it hears of them. */
#ifndef HUJIA_ORACLE_WATCH_ACTS_H
#define HUJIA_ORACLE_WATCH_ACTS_H

#include "watching.h"

static hj_engine *engine;
static int is_cut; /* the last poll left something undone: whether a pause has ended is then not known */
static void differ(const char *what, const hj_event *event);
static void hear(void);
static void differ_status(const char *what, hj_status actual, hj_status expected);

/* Watches stand 5,000 steps north of everything else, by their number: a call's place tells which one opened it. */
#define WATCH_NORTH 5000

static int watch_at(uint64_t incident) {
  int32_t lat, lon;
  hj_incident_status status = read_incident(engine, incident);
  for (int index = 0; index < watch_count; index++) {
    place(WATCH_NORTH + index, 0, &lat, &lon);
    if (status.lat_e7 == lat) return index;
  }
  return -1;
}

/* A call that no report of the host's opened. */
static void hear_watched_call(const hj_event *event) {
  int index = watch_at(event->incident_id);
  if (index < 0 || watches[index].call >= 0) {
    differ("a call of nobody's", event);
    return;
  }
  watch *from = &watches[index];
  from->call = call_count;
  call_received(event->incident_id, is_alarm ? from->alarm_tier : from->tier, from->is_vulnerable, 0, 0, 0);
}

static void hear_absence_ended(const hj_event *event) {
  if (event->watch_id < 1 || event->watch_id > (uint64_t)watch_count) {
    differ("an absence of nobody's", event);
    return;
  }
  watch *ended = &watches[event->watch_id - 1];
  if (event->reason == HJ_REASON_CLOSED && ended->owes == 0 && ended->call >= 0 &&
      calls[ended->call].id == event->incident_id)
    watched_call_ended(ended->call); /* told before the incident itself */
  if (ended->owes != event->reason) differ("an absence ended for another reason", event);
  ended->owes = 0;
}

static void put_watch(void) {
  int index = watch_count < WATCHES && one_in(2) ? watch_count : (int)below(watch_count + 1);
  if (index >= WATCHES) return;
  int is_new = index == watch_count;
  watch *to = &watches[index];
  if (is_new) {
    memset(to, 0, sizeof *to);
    watch_count++;
    to->state = HJ_WATCH_PRESENT;
    to->call = -1;
    to->put_off_seen_ns = INT64_MIN;
    to->seen_ns = now_ns;
    to->seen_us = wall_us;
  }
  to->tier = 1 + (int32_t)below(4);
  to->alarm_tier = 1 + (int32_t)below(4);
  to->is_vulnerable = one_in(4);
  to->limit_ms = one_in(2) ? 0 : (1 + below(600)) * 1000;
  hj_watch made;
  memset(&made, 0, sizeof made);
  made.size = sizeof made;
  made.id = (uint64_t)index + 1;
  made.tier = to->tier;
  made.alarm_tier = to->alarm_tier;
  made.limit_s = (uint32_t)(to->limit_ms / 1000);
  made.flags = to->is_vulnerable ? HJ_REPORT_VULNERABLE : 0;
  made.home_officer_id = 100 + made.id;
  made.grid_worker_id = 200 + made.id;
  place(WATCH_NORTH + index, 0, &made.lat_e7, &made.lon_e7);
  REQUIRE_STATUS(hj_watch_put(engine, &made), HJ_OK);
}

static void beat(void) {
  if (watch_count == 0) return;
  int index = (int)below(watch_count);
  static const int64_t ages_s[] = {0, 1, 30, 400, 2000, -1, -50, -90000};
  int64_t given_us = one_in(2) ? 0 : wall_us - ages_s[below(8)] * 1000000;
  hj_heartbeat beats[2] = {{sizeof(hj_heartbeat), 0, (uint64_t)index + 1, given_us}};
  uint32_t accepted = 9;
  hj_status status = hj_watch_beats(engine, beats, 1, &accepted);
  hj_status expected = sign_of_life(&watches[index], given_us) ? HJ_OK : HJ_PARTIAL;
  if (status != expected || accepted != (expected == HJ_OK)) differ_status("a sign of life", status, expected);
}

static void pause_or_resume(void) {
  if (watch_count == 0 || is_cut) return;
  watch *which = &watches[below(watch_count)];
  uint64_t id = (uint64_t)(which - watches) + 1;
  hj_status status, expected = HJ_OK;
  if (one_in(3)) {
    status = hj_watch_resume(engine, id);
    if (which->state != HJ_WATCH_PAUSED) expected = HJ_UNCHANGED;
    if (expected == HJ_OK) which->seen_ns = now_ns;
    if (expected == HJ_OK) which->state = HJ_WATCH_PRESENT;
  } else {
    int64_t until_us = one_in(5) ? 0 : wall_us + below(400000000) - 1000000;
    int64_t due_ns = until_us == 0 ? INT64_MAX : now_ns + (until_us - wall_us) * 1000;
    status = hj_watch_pause(engine, id, until_us);
    if (until_us != 0 && until_us <= wall_us)
      expected = HJ_E_ARGUMENT;
    else if (which->state == HJ_WATCH_PAUSED && which->due_ns == due_ns)
      expected = HJ_UNCHANGED;
    if (expected == HJ_OK) {
      if (which->state == HJ_WATCH_ABSENT) absence_ends(which, HJ_REASON_PAUSED);
      which->state = HJ_WATCH_PAUSED;
      which->put_off_seen_ns = INT64_MIN;
      which->due_ns = due_ns;
    }
  }
  if (status != expected) differ_status("pause", status, expected);
}

/* The first opens a call, further ones raise it while it is open. */
static void alarm_of_watch(void) {
  if (watch_count == 0) return;
  watch *which = &watches[below(watch_count)];
  int call = which->call;
  is_alarm = 1;
  hj_status status = hj_watch_alarm(engine, (uint64_t)(which - watches) + 1, 0, NULL);
  if (call >= 0 && which->alarm_tier < calls[call].tier)
    call_changed(call, which->alarm_tier, which->is_vulnerable || calls[call].is_vulnerable);
  if (status != (call >= 0 ? HJ_EXISTS : HJ_OK)) differ_status("alarm", status, call >= 0 ? HJ_EXISTS : HJ_OK);
}

/* As seen on a screen that may be old. */
static void act_on_absence(void) {
  if (watch_count == 0 || is_cut) return;
  watch *which = &watches[below(watch_count)];
  hj_clock_ref reference;
  memset(&reference, 0, sizeof reference);
  reference.size = sizeof reference;
  reference.clock = HJ_CLOCK_ABSENCE;
  reference.watch_id = (uint64_t)(which - watches) + 1;
  reference.step = which->fired_step + (one_in(6) ? 1 - (int32_t)below(3) : 0);
  reference.cycle = which->fired_cycle + (one_in(6) ? 1 - (int32_t)below(3) : 0);
  if (reference.step < 0) reference.step = 0;
  if (reference.cycle < 0) reference.cycle = 0;
  hj_action action = {sizeof action, 1, 7, 0, 0, 0, 0, 0};
  hj_clock_status told = {0};
  told.size = sizeof told;
  REQUIRE_STATUS(hj_clock_read(engine, &reference, &told), HJ_OK);
  int is_off = which->state == HJ_WATCH_PAUSED;
  int32_t state = is_off            ? HJ_CLOCK_STATE_NONE
                  : which->is_taken ? HJ_CLOCK_STATE_TAKEN
                  : which->state == HJ_WATCH_ABSENT
                      ? which->is_snoozed ? HJ_CLOCK_STATE_SNOOZED : HJ_CLOCK_STATE_BREACHED
                  : which->put_off_seen_ns == which->seen_ns ? HJ_CLOCK_STATE_SNOOZED
                                                             : HJ_CLOCK_STATE_RUNNING;
  int64_t due_ns = is_off ? INT64_MAX : watch_due_ns(which);
  int64_t due_us = due_ns == INT64_MAX ? 0 : wall_us + (due_ns - now_ns) / 1000;
  int is_read = planted == ABSENCE_ACTS_IGNORED ||
                (told.state == state && told.due_wall_us == due_us && told.step == (is_off ? 0 : which->fired_step) &&
                 told.cycle == (is_off ? 0 : which->fired_cycle));
  hj_status status, expected;
  int64_t kind = below(5);
  if (kind < 2) {
    status = hj_clock_take(engine, &reference, &action);
    expected = take_absence(which, &reference);
  } else if (kind < 4) {
    int64_t for_s = 1 + below(one_in(2) ? 120 : 900);
    status = hj_clock_snooze(engine, &reference, (uint32_t)for_s, &action);
    expected = snooze_absence(which, &reference, for_s);
  } else {
    status = hj_clock_escalate(engine, &reference, &action);
    expected = hurry_absence(which, &reference);
  }
  if (!is_read) differ("an absence is read otherwise", NULL);
  if (status != expected) differ_status("act on an absence", status, expected);
  hear();
  if (forced_watch != NULL) differ("an absence asked for and not fired", NULL);
  forced_watch = NULL;
}

static void act_on_watches(void) {
  int64_t kind = below(12);
  if (kind == 0 || watch_count == 0)
    put_watch();
  else if (kind < 4)
    beat();
  else if (kind < 6)
    pause_or_resume();
  else if (kind == 6)
    alarm_of_watch();
  else if (kind > 7)
    act_on_absence();
}

#endif
