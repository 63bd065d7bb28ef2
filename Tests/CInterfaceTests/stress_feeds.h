/* Killed under stress: a feed of positions, one of signs of life, and one of streets. */
#ifndef HUJIA_TEST_STRESS_FEEDS_H
#define HUJIA_TEST_STRESS_FEEDS_H

#include "stress_book.h"

/* ---- Positions: all units of the feed at once, each time elsewhere ---- */

static void place_of(uint64_t unit, int64_t number, int32_t *lat_e7, int32_t *lon_e7) {
  place((int)(number % 500), (int)(unit % 100) * 5, lat_e7, lon_e7);
}

static void move_once(void) {
  hj_position fixes[MOVING];
  memset(fixes, 0, sizeof fixes);
  int64_t number = book->moving_to + 1;
  for (uint32_t index = 0; index < MOVING; index++) {
    fixes[index].size = sizeof fixes[index];
    fixes[index].unit_id = 1001 + index;
    fixes[index].heading_cdeg = fixes[index].speed_cms = HJ_UNKNOWN;
    place_of(1001 + index, number, &fixes[index].lat_e7, &fixes[index].lon_e7);
  }
  __atomic_store_n(&book->moving_to, number, __ATOMIC_RELEASE);
  uint32_t accepted = 0;
  CHECK_EACH_STATUS(hj_positions_report(engine, fixes, MOVING, &accepted), HJ_OK);
  CHECK_EACH_EQUAL(accepted, MOVING);
  for (uint32_t index = 0; index < MOVING; index++) __atomic_store_n(&book->moved_to[index], number, __ATOMIC_RELEASE);
  __atomic_add_fetch(&run->acts, 1, __ATOMIC_RELAXED);
}

static void *move_until_killed(void *unused) {
  (void)unused;
  for (int acts = 0;; rest_after(&acts, MOVES_A_LIFE)) {
    move_once();
    tell_failures();
    sched_yield();
  }
  return NULL;
}

static void units_are_where_they_were(void) {
  for (uint64_t id = 1001; id < 1001 + MOVING; id++) {
    hj_unit_status unit = read_unit(engine, id);
    int32_t lat_e7, lon_e7, next_lat_e7, next_lon_e7;
    int64_t *moved_to = &book->moved_to[id - 1001];
    place_of(id, *moved_to, &lat_e7, &lon_e7);
    place_of(id, book->moving_to, &next_lat_e7, &next_lon_e7);
    CHECK_EACH_EQUAL(unit.lon_e7, lon_e7);
    if (unit.lat_e7 == next_lat_e7)
      *moved_to = book->moving_to;
    else
      CHECK_EACH_EQUAL(unit.lat_e7, lat_e7);
  }
}

/* ---- Watches ---- */

static struct watch watch_after(struct watch watch, const struct act *act) {
  switch (act->kind) {
    case PUT:
      if (!watch.exists) watch.is_paused = 0;
      watch.exists = 1;
      watch.kind = (uint32_t)act->to;
      break;
    case BEAT:
      watch.beat = act->to;
      break;
    case PAUSE:
    case RESUME:
      watch.is_paused = act->kind == PAUSE;
      break;
    case REMOVE:
      watch.exists = 0;
      break;
    default:
      break;
  }
  return watch;
}

static hj_watch watch_of(uint64_t id, uint32_t kind) {
  hj_watch watch;
  memset(&watch, 0, sizeof watch);
  watch.size = sizeof watch;
  watch.id = id;
  watch.kind = kind;
  place((int)id, (int)id, &watch.lat_e7, &watch.lon_e7);
  return watch;
}

static hj_status carry_out_of_watch(const struct watch *known, const struct act *act) {
  uint64_t id = act->of + 1;
  hj_watch watch = watch_of(id, (uint32_t)act->to);
  hj_heartbeat beat = {.size = sizeof beat, .watch_id = id, .wall_us = book->base_wall_us + act->to * 1000000};
  switch (act->kind) {
    case PUT:
      if (!known->exists) watch.last_wall_us = book->base_wall_us + known->beat * 1000000;
      return hj_watch_put(engine, &watch);
    case BEAT:
      return hj_watch_beats(engine, &beat, 1, NULL);
    case PAUSE:
      return hj_watch_pause(engine, id, 0);
    case RESUME:
      return hj_watch_resume(engine, id);
    default:
      return hj_watch_remove(engine, id);
  }
}

static void act_on_watch(unsigned *seed) {
  uint32_t of = (uint32_t)rand_r(seed) % WATCHES;
  struct watch *known = &book->watches[of];
  int wish = rand_r(seed) % 8;
  enum kind kind = BEAT;
  int64_t to = known->beat + 1;
  if (!known->exists || wish < 2) {
    kind = PUT;
    to = known->kind + 1;
  } else if (wish == 2) {
    kind = known->is_paused ? RESUME : PAUSE;
  } else if (wish == 3) {
    kind = REMOVE;
  }
  begin_act(&book->watch_act, kind, of, to, 0);
  hj_status status = carry_out_of_watch(known, &book->watch_act);
  if (status != HJ_FULL) CHECK_EACH_STATUS(status, HJ_OK); /* a ring that is nearly full takes no routine work */
  if (status == HJ_OK) *known = watch_after(*known, &book->watch_act);
  end_act(&book->watch_act);
}

static void *watch_until_killed(void *unused) {
  (void)unused;
  unsigned seed = (unsigned)(book->moving_to * 17 + 5);
  for (int acts = 0;; rest_after(&acts, ACTS_A_LIFE)) {
    act_on_watch(&seed);
    tell_failures();
    sched_yield();
  }
  return NULL;
}

static int is_as(const struct watch *known, hj_status status, const hj_watch_status *read) {
  if (!known->exists) return status == HJ_E_UNKNOWN;
  int64_t apart_us = read->last_wall_us - (book->base_wall_us + known->beat * 1000000);
  return status == HJ_OK && read->kind == known->kind && (read->state == HJ_WATCH_PAUSED) == known->is_paused &&
         apart_us > -400000 && apart_us < 400000;
}

static void watches_are_there(void) {
  struct act act = book->watch_act;
  for (uint32_t index = 0; index < WATCHES; index++) {
    struct watch *known = &book->watches[index];
    hj_watch_status read;
    memset(&read, 0, sizeof read);
    read.size = sizeof read;
    hj_status status = hj_watch_read(engine, index + 1, &read);
    struct watch changed = watch_after(*known, &act);
    if (act.kind != NOTHING && act.of == index && is_as(&changed, status, &read)) *known = changed;
    if (!is_as(known, status, &read))
      fprintf(stderr,
              "watch %u: %s, kind %u, state %d, beat %" PRId64 " s; expected exists %d, kind %u, paused %d, %" PRId64
              " s\n",
              index + 1, hj_status_name(status), read.kind, read.state,
              (read.last_wall_us - book->base_wall_us) / 1000000, known->exists, known->kind, known->is_paused,
              known->beat);
    CHECK_EACH(is_as(known, status, &read));
  }
  book->watch_act.kind = NOTHING;
}

/* ---- Streets: each as mapped, closed or slow; an engine that nobody kills has driven all sets of them ---- */

static hj_street_time street_time(uint32_t index, uint32_t set) {
  const uint32_t times[3] = {HJ_STREET_AS_MAPPED, HJ_STREET_CLOSED, run->slow_ms[index]};
  for (uint32_t before = 0; before < index; before++) set /= 3;
  hj_street_time time;
  memset(&time, 0, sizeof time);
  time.size = sizeof time;
  time.street_id = run->streets[index];
  time.travel_ms = times[set % 3];
  return time;
}

static uint32_t set_with(uint32_t set, uint32_t index, uint32_t state) {
  uint32_t unit = 1;
  for (uint32_t before = 0; before < index; before++) unit *= 3;
  return set - set / unit % 3 * unit + state * unit;
}

static void drive(uint32_t *travel_ms) {
  for (int way = 0; way < STREETS; way++) {
    const int32_t *ends = run->ways[way];
    travel_ms[way] = HJ_UNREACHABLE;
    hj_travel_time(engine, ends[0], ends[1], ends[2], ends[3], HJ_PROFILE_DEFAULT, &travel_ms[way], NULL, NULL, NULL);
  }
}

static void report_street(unsigned *seed) {
  uint32_t index = (uint32_t)rand_r(seed) % STREETS;
  uint32_t set = set_with(book->street_set, index, (uint32_t)rand_r(seed) % 3);
  hj_street_time time = street_time(index, set);
  __atomic_store_n(&book->next_street_set, set, __ATOMIC_RELEASE);
  CHECK_EACH_STATUS(hj_traffic_report(engine, &time, 1), HJ_OK);
  __atomic_store_n(&book->street_set, set, __ATOMIC_RELEASE);
  __atomic_add_fetch(&run->acts, 1, __ATOMIC_RELAXED);
}

static void *report_streets_until_killed(void *unused) {
  (void)unused;
  unsigned seed = (unsigned)(book->moving_to * 29 + 7);
  for (int acts = 0;; rest_after(&acts, ACTS_A_LIFE)) {
    report_street(&seed);
    tell_failures();
    nap(100000);
  }
  return NULL;
}

/* They serve from the first epoch on, which is built beside. */
static void streets_are_as_reported(void) {
  uint32_t found[STREETS];
  const uint32_t *wanted = run->travel_ms[book->street_set], *next = run->travel_ms[book->next_street_set];
  int is_found = 0, is_next = 0;
  for (int looks = 0; looks < 100000 && !is_found && !is_next; looks++) {
    if (looks > 0) nap(200000);
    drive(found);
    is_found = memcmp(found, wanted, sizeof found) == 0;
    is_next = memcmp(found, next, sizeof found) == 0;
  }
  for (int way = 0; way < STREETS && !is_found && !is_next; way++) CHECK_EACH_EQUAL(found[way], wanted[way]);
  if (!is_found) book->street_set = book->next_street_set;
  book->next_street_set = book->street_set;
}

/* A street of a road, and the way along it. */
static int add_street(const hj_route_point *from, const hj_route_point *to) {
  for (int known = 0; known < run->way_count; known++)
    if (run->streets[known] == to->street_id) return 0;
  int32_t *ends = run->ways[run->way_count];
  ends[0] = from->lat_e7, ends[1] = from->lon_e7, ends[2] = to->lat_e7, ends[3] = to->lon_e7;
  run->slow_ms[run->way_count] = to->time_ms - from->time_ms + 300;
  run->streets[run->way_count++] = to->street_id;
  return 1;
}

static void find_streets(void) {
  static hj_route_point points[512];
  run->way_count = 0;
  for (int road = 0; road < 200 && run->way_count < STREETS; road++) {
    int32_t ends[4];
    place(road * 37 % 700, road * 53 % 500, &ends[0], &ends[1]);
    place(700 - road * 91 % 700, 500 - road * 29 % 500, &ends[2], &ends[3]);
    uint32_t needed = 0;
    points[0].size = sizeof points[0];
    if (hj_route(engine, ends[0], ends[1], ends[2], ends[3], NULL, points, 512, &needed) != HJ_OK || needed < 5)
      continue;
    for (uint32_t at = 2; at + 2 < needed; at++) /* a street of one piece, between two others */
      if (points[at].street_id != 0 && points[at - 1].street_id != points[at].street_id &&
          points[at + 1].street_id != points[at].street_id && add_street(&points[at - 1], &points[at]))
        break;
  }
  REQUIRE_EQUAL(run->way_count, STREETS);
}

/* In a child, as no engine may be open in the parent of those that are killed. */
static void drive_all_sets(void) {
  hj_config config = poll_config();
  config.map_path = getenv("HUJIA_TEST_MAP");
  engine = open_engine(&config);
  poll_at(engine, START_NS);
  find_streets();
  uint32_t others = 0;
  for (uint32_t set = 0; set < STREET_SETS; set++) {
    hj_street_time times[STREETS];
    for (uint32_t index = 0; index < STREETS; index++) times[index] = street_time(index, set);
    REQUIRE_STATUS(hj_traffic_report(engine, times, STREETS), HJ_OK);
    poll_at(engine, START_NS + (set + 1) * SECOND_NS);
    drive(run->travel_ms[set]);
    for (uint32_t before = 0; before < set; before++)
      others += memcmp(run->travel_ms[before], run->travel_ms[set], sizeof run->travel_ms[set]) == 0;
  }
  CHECK_EACH_EQUAL(others, 0); /* each set is told by its ways */
  REQUIRE_STATUS(hj_engine_close(engine), HJ_OK);
  tell_failures();
  kill(getpid(), SIGKILL);
}

#endif
