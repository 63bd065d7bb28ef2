/* A fixed life of a journal, step by step, for the programs that end it at each system call or let each one fail. Every
 * step can be done once more behind a death: what it had done then answers HJ_EXISTS or HJ_UNCHANGED. So a life that
 * was broken off and gone on with ends as an undisturbed one, and what a test asks is exactly that.
 *
 * The book of what was answered lies in memory that the dead process shared: it survives as a host's data base would.
 */
#ifndef HUJIA_TEST_FIXED_LIFE_H
#define HUJIA_TEST_FIXED_LIFE_H

#include "life_kinds.h"

enum { LIFE_UNITS = 12, LIFE_CALLS = 6, LIFE_POSTS = 4, LIFE_EVENTS = 256 };

#ifndef HUJIA_TEST_FAULTY_CALLS_H
int posix_fallocate(int descriptor, off_t offset, off_t size) {
  return world_reserve(descriptor, offset, size);
}
#endif

/* What a host can ask for at the end, but for what counts the lives themselves. */
struct life_end {
  hj_incident_status incidents[LIFE_CALLS + LIFE_POSTS];
  hj_unit_status units[LIFE_UNITS];
  hj_watch_status watch;
};

static struct life {
  int32_t begun, done; /* steps */
  uint64_t assignment[LIFE_CALLS];
  uint64_t seen, handled;            /* numbers of events: read, and acknowledged */
  int32_t kind;                      /* LIFE_... bits */
  int64_t snapshots;                 /* before the records for another one came */
  struct life_end whole[LIFE_KINDS]; /* as an undisturbed life ends */
} * life;

static hj_engine *engine;
static int life_has_opened;      /* and nothing was read since */
static int life_may_be_degraded; /* where a test lets calls fail */
static int life_lacks_positions; /* neither a ring nor the snapshot of a close had the newest ones: that was told */

static const char life_plans[] =
    "{\"version\": 1, \"clocks\": {\"acknowledge\": {\"limit_s\": 3600, \"steps\": [{\"do\": \"notify_again\"}]}},"
    " \"plans\": [{\"name\": \"any\", \"units\": [{\"count\": 1}]}]}";

static inline void life_take_book(void) {
  life = mmap(NULL, sizeof *life, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  REQUIRE(life != MAP_FAILED);
  world_take();
}

static inline hj_config life_config(void) {
  static char ring[96];
  hj_config config = journal_config(HJ_RUN_POLL);
  /* Beside the folder: what a death before the first LOCK leaves goes with it. */
  snprintf(ring, sizeof ring, "%.*s/ring", (int)(strrchr(folder, '/') - folder), folder);
  if (strncmp(ring, "/dev/shm/", 9) == 0) config.ring_path = ring;
  config.max_units = 16;
  config.max_incidents = 64;
  config.max_assignments = 64;
  config.event_capacity = LIFE_EVENTS;
  config.post_capacity = 16;
  life_of_kind(&config, life->kind);
  return config;
}

static inline void life_open(int unused) {
  (void)unused;
  if (engine != NULL) return;
  hj_config config = life_config();
  engine = open_engine(&config);
  life_has_opened = 1;
}

static inline void life_close(int unused) {
  (void)unused;
  REQUIRE_STATUS(hj_engine_close(engine), HJ_OK);
  engine = NULL;
}

/* Both clocks run together, a minute a step of this kind. */
static inline void life_poll(int minute) {
  hj_status status = hj_engine_poll(engine, START_NS + minute * MINUTE_NS, START_US + minute * 60000000LL, 0, NULL);
  REQUIRE_STATUS(status, HJ_OK);
}

static inline void life_load_plans(int unused) {
  (void)unused;
  REQUIRE_STATUS(hj_plans_load(engine, life_plans, sizeof life_plans - 1, NULL), HJ_OK);
}

static inline void life_put_units(int unused) {
  (void)unused;
  for (int unit = 1; unit <= LIFE_UNITS; unit++) put_unit(engine, (uint64_t)unit, unit * 40, 0);
}

static inline void life_put_watch(int unused) {
  (void)unused;
  hj_watch watch;
  memset(&watch, 0, sizeof watch);
  watch.size = sizeof watch;
  watch.id = 7;
  watch.limit_s = 7200;
  place(5, 5, &watch.lat_e7, &watch.lon_e7);
  hj_status status = hj_watch_put(engine, &watch);
  CHECK_EACH(status == HJ_OK || status == HJ_UNCHANGED);
}

static inline hj_report life_call(int number) {
  hj_report report = make_report(HJ_TIER_EMERGENCY, number * 40, 3);
  report.key_high = 5;
  report.key_low = (uint64_t)number + 1;
  return report;
}

static inline void life_report(int number) {
  hj_report report = life_call(number);
  hj_dispatch answer = empty_dispatch();
  hj_status status = hj_incident_report(engine, &report, &answer);
  CHECK_EACH(status == HJ_OK || status == HJ_EXISTS);
  REQUIRE_MORE(answer.incident_id, 0);
  REQUIRE_EQUAL(read_incident(engine, answer.incident_id).live_assignments, 1);
  life->assignment[number] = read_incident(engine, answer.incident_id).assignment_ids[0];
}

static inline void life_post(int number) {
  hj_report report = life_call(LIFE_CALLS + number);
  REQUIRE_STATUS(hj_incident_post(engine, &report), HJ_OK);
}

static inline void life_advance(int call, int32_t state) {
  hj_status status = hj_assignment_advance(engine, life->assignment[call], state, 0);
  CHECK_EACH(status == HJ_OK || status == HJ_UNCHANGED);
}
static inline void life_sign(int call) {
  life_advance(call, HJ_ASSIGNMENT_ACKNOWLEDGED);
}
static inline void life_drive(int call) {
  life_advance(call, HJ_ASSIGNMENT_EN_ROUTE);
}
static inline void life_arrive(int call) {
  life_advance(call, HJ_ASSIGNMENT_ON_SCENE);
}

static inline void life_beat(int unused) {
  (void)unused;
  hj_heartbeat beat = {.size = sizeof beat, .watch_id = 7};
  uint32_t accepted = 0;
  REQUIRE_STATUS(hj_watch_beats(engine, &beat, 1, &accepted), HJ_OK);
}

/* Records enough for a snapshot while the engine runs: a unit that nobody sends is put again and again. */
static inline void life_be_busy(int count) {
  life->snapshots = world->snapshots;
  for (int turn = 1; turn <= count; turn++) {
    hj_unit unit = make_unit(LIFE_UNITS + 2, 4000, 4000);
    unit.crew = 1 + (uint32_t)(turn % 2);
    hj_status status = hj_unit_put(engine, &unit);
    CHECK_EACH(status == HJ_OK || status == HJ_UNCHANGED);
  }
}

/* It comes by itself, from another thread. */
static inline void life_await_snapshot(int unused) {
  (void)unused;
  CHECK_EACH(world_await_snapshot(life->snapshots, 60 * SECOND_NS));
}

/* From here on it is so many hours later. */
static inline void life_be_later(int hours) {
  world->later_s = (int64_t)hours * 3600;
}

/* 0: nobody has its key. */
static inline uint64_t life_incident(int number) {
  uint64_t found = 0;
  hj_report report = life_call(number);
  hj_status status = hj_incident_find(engine, report.key_high, report.key_low, NULL, &found);
  CHECK_EACH(status == HJ_OK || status == HJ_E_UNKNOWN);
  return status == HJ_OK ? found : 0;
}

static inline void life_end_call(int call) {
  hj_status status = hj_incident_close(engine, life_incident(call), 3, 0);
  CHECK_EACH(status == HJ_OK || status == HJ_UNCHANGED || status == HJ_E_STATE);
}

static inline void life_fix(int unit) {
  hj_position fix;
  memset(&fix, 0, sizeof fix);
  fix.size = sizeof fix;
  fix.unit_id = (uint64_t)unit;
  fix.heading_cdeg = fix.speed_cms = HJ_UNKNOWN;
  place(unit * 40 + 7, 2, &fix.lat_e7, &fix.lon_e7);
  uint32_t accepted = 0;
  REQUIRE_STATUS(hj_positions_report(engine, &fix, 1, &accepted), HJ_OK);
}

/* No number is missing; what was read before comes again only when it was not acknowledged. */
static inline void life_read(void) {
  hj_event events[LIFE_EVENTS];
  uint32_t count;
  uint64_t last = life->seen;
  while ((count = take_events(engine, events, LIFE_EVENTS)) > 0) {
    for (uint32_t index = 0; index < count; index++) {
      /* Those behind the last acknowledgement, or behind one that was under way. */
      if (life_has_opened && events[index].sequence <= life->seen + 1) last = events[index].sequence - 1;
      life_has_opened = 0;
      CHECK_EACH_EQUAL(events[index].sequence, last + 1);
      CHECK_EACH_MORE(events[index].sequence, life->handled);
      if (events[index].sequence <= life->seen) CHECK_EACH_EQUAL(events[index].flags, HJ_EVENT_FLAG_REPEATED);
      last = events[index].sequence;
    }
  }
  if (last > life->seen) life->seen = last;
}

static inline void life_acknowledge(int unused) {
  (void)unused;
  life_read();
  hj_status status = hj_events_ack(engine, life->seen);
  CHECK_EACH(status == HJ_OK || status == HJ_UNCHANGED);
  life->handled = life->seen;
}

static inline void life_wait(int unused) {
  (void)unused;
  hj_status status = hj_journal_wait(engine, 0, HJ_STRENGTH_DURABLE, 20 * SECOND_NS);
  if (!life_may_be_degraded) REQUIRE_STATUS(status, HJ_OK);
}

static const struct life_step {
  void (*act)(int);
  int value;
} life_steps[] = {
    {life_open, 0},
    {life_load_plans, 0},
    {life_put_units, 0},
    {life_poll, 1},
    {life_put_watch, 0},
    {life_report, 0},
    {life_report, 1},
    {life_wait, 0},
    {life_sign, 0},
    {life_drive, 0},
    {life_report, 2},
    {life_post, 0},
    {life_post, 1},
    {life_poll, 1},
    {life_poll, 2},
    {life_fix, 2},
    {life_arrive, 0},
    {life_acknowledge, 0},
    {life_end_call, 0},
    {life_wait, 0},
    {life_report, 3},
    {life_close, 0},
    {life_open, 0},
    {life_poll, 3},
    {life_fix, 2},
    {life_sign, 1},
    {life_report, 4},
    {life_post, 2},
    {life_post, 3},
    {life_poll, 3},
    {life_poll, 4},
    {life_acknowledge, 0},
    {life_wait, 0},
    {life_arrive, 1},
    {life_end_call, 1},
    {life_report, 5},
    {life_fix, 3},
    {life_poll, 5},
    {life_wait, 0},
    /* A snapshot while it runs; then what is old goes, as the close before it has it in its own. */
    {life_beat, 0},
    {life_fix, 4},
    {life_poll, 6},
    {life_be_busy, 1100},
    {life_wait, 0},
    {life_await_snapshot, 0},
    {life_sign, 2},
    {life_close, 0},
    {life_be_later, 50},
    {life_open, 0},
    {life_poll, 7},
    {life_fix, 5},
    {life_beat, 0},
    {life_drive, 2},
    {life_wait, 0},
    {life_close, 0},
    {life_open, 0},
    {life_poll, 8},
    {life_arrive, 2},
    {life_wait, 0},
};
enum { LIFE_STEPS = sizeof life_steps / sizeof life_steps[0] };

/* From the first step that was not answered. */
static inline void life_go_on(void) {
  while (life->done < LIFE_STEPS) {
    const struct life_step *step = &life_steps[life->done];
    life->begun = life->done + 1;
    step->act(step->value);
    life->done = life->begun;
  }
}

static inline struct life_end life_look(void) {
  struct life_end end;
  memset(&end, 0, sizeof end);
  for (int number = 0; number < LIFE_CALLS + LIFE_POSTS; number++) {
    uint64_t id = life_incident(number);
    REQUIRE_MORE(id, 0);
    end.incidents[number] = read_incident(engine, id);
    end.incidents[number].plans_version = 0; /* a step that is done twice loads them twice */
  }
  for (int unit = 0; unit < LIFE_UNITS; unit++) end.units[unit] = read_unit(engine, (uint64_t)unit + 1);
  end.watch.size = sizeof end.watch;
  REQUIRE_STATUS(hj_watch_read(engine, 7, &end.watch), HJ_OK);
  return end;
}

static inline void life_forget(int kind) {
  struct life before = *life;
  memset(life, 0, sizeof *life);
  memcpy(life->whole, before.whole, sizeof life->whole);
  life->kind = kind;
  memset(world, 0, sizeof *world);
  new_folder();
}

/* An undisturbed life of each kind; what it ends as is what all others must end as. */
static inline void life_undisturbed(void) {
  for (int kind = 0; kind < LIFE_KINDS; kind++) {
    life_forget(kind);
    life_go_on();
    life->whole[kind] = life_look();
    CHECK_EQUAL(read_stats(engine).incidents_open, LIFE_CALLS + LIFE_POSTS - 2);
    life_close(0);
    /* Three closes and a thread made snapshots; of what stands apart the oldest is gone, as are the first records. */
    CHECK_EACH_AT_LEAST(world->snapshots, 4);
    CHECK_EACH_EQUAL(life_has_file("watches-000000000001"), 0);
    CHECK_EACH_EQUAL(life_has_file("watches-000000000003"), 1);
    CHECK_EACH_EQUAL(life_has_file("positions-000000000001"), 0);
    CHECK_EACH_EQUAL(life_has_file("positions-000000000003"), (kind & LIFE_POSITIONS_APART) != 0);
    CHECK_EACH_EQUAL(life_has_file("journal-000000000001"), 0);
    remove_folder();
  }
}

/* The next process opens what a dead one left, finds all that was answered, and lives to the end. `allowed`: reasons
 * that may be told. Says so and returns 0 where something is not as it must be. */
static inline int life_again(uint32_t allowed) {
  int failed = checks_failed;
  world_count_found();
  life_open(0);
  CHECK_EACH_EQUAL(journal_info(engine).reasons & ~(allowed | HJ_HEALTH_TORN_TAIL | HJ_HEALTH_RECORDS_WENT), 0);
  life_read();
  /* A poll that changes nothing is not on record: the host knows what time it is. */
  for (int step = life->begun - 1; step >= 0; step--) {
    if (life_steps[step].act != life_poll) continue;
    life_poll(life_steps[step].value);
    break;
  }
  life_go_on();
  life_read();
  struct life_end end = life_look();
  const struct life_end *whole = &life->whole[life->kind];
  for (int unit = 0; life_lacks_positions && unit < LIFE_UNITS; unit++) {
    end.units[unit].lat_e7 = whole->units[unit].lat_e7;
    end.units[unit].lon_e7 = whole->units[unit].lon_e7;
    end.units[unit].fix_wall_us = whole->units[unit].fix_wall_us;
    end.units[unit].age_s = whole->units[unit].age_s;
  }
  CHECK_EACH_BYTES(&end, whole, sizeof end);
  CHECK_EACH_EQUAL(read_stats(engine).incidents_open, LIFE_CALLS + LIFE_POSTS - 2);
  life_close(0);
  return failed == checks_failed;
}

#endif
