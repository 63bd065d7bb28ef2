/* What makes a firing this one and no other: the tuple that hujia.h promises. Every one of an hour is kept, none may
 * come twice, and people act on any of them, however old. */
#ifndef HUJIA_ORACLE_FIRINGS_H
#define HUJIA_ORACLE_FIRINGS_H

#include "watching.h"

#define FIRINGS 65536 /* a power of two; hours with more firings compare the first of them */

typedef struct {
  uint64_t incident_id, assignment_id, watch_id;
  int32_t clock, cycle, step, kind;
  uint32_t plans_version;
} firing;

static firing firings[FIRINGS];
static uint32_t firing_places[2 * FIRINGS]; /* number + 1, by hash */
static int firing_count;

static void forget_firings(void) {
  firing_count = 0;
  memset(firing_places, 0, sizeof firing_places);
}

static uint64_t mixed(uint64_t state, uint64_t value) {
  state = (state ^ value) * UINT64_C(0x9E3779B97F4A7C15);
  return state ^ (state >> 29);
}

/* False when one like it has been before. A warning has step 0, which no escalation has. */
static int is_first_of_its_kind(const hj_event *event) {
  if (firing_count == FIRINGS) return 1;
  firing made;
  memset(&made, 0, sizeof made);
  made.incident_id = event->watch_id == 0 ? event->incident_id : 0; /* the watch alone tells its firings apart */
  made.assignment_id = event->assignment_id;
  made.watch_id = event->watch_id;
  made.clock = event->clock;
  made.cycle = event->cycle;
  made.step = event->step;
  made.plans_version = event->plans_version;
  uint64_t hash = mixed(mixed(mixed(1, made.incident_id), made.assignment_id), made.watch_id);
  hash = mixed(mixed(mixed(mixed(hash, (uint64_t)made.clock), (uint64_t)made.cycle), (uint64_t)made.step),
               made.plans_version);
  uint32_t place = (uint32_t)hash & (2 * FIRINGS - 1);
  for (; firing_places[place] != 0; place = (place + 1) & (2 * FIRINGS - 1))
    if (memcmp(&firings[firing_places[place] - 1], &made, sizeof made) == 0) return 0;
  firings[firing_count++] = made;
  firing_places[place] = (uint32_t)firing_count;
  return 1;
}

/* One of the newest, or any. */
static const firing *some_firing(void) {
  if (firing_count == 0) return NULL;
  int most = one_in(3) || firing_count < 8 ? firing_count : 8;
  return &firings[firing_count - 1 - (int)below(most)];
}

#endif
