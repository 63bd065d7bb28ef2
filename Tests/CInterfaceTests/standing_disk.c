/* A disk that hangs, for a while or for ever: calls go on, routine work is refused first, the ring begins anew behind
 * the engine's state, and the next process finds all that was answered. A close does not wait for ever. */
#define _GNU_SOURCE
#include "held_calls.h"

enum { MOST = 60000, REMEMBERED = 700, LONGEST_S = 60 };

/* What was answered, in memory that outlives the process that was. */
static struct book {
  uint32_t count;      /* reports taken */
  uint32_t open_count; /* of those, never closed */
  uint64_t recorded;   /* of the newest answer */
  uint32_t refused;    /* routine reports that were answered HJ_FULL */
  uint32_t pressing_refused;
  uint32_t restarts; /* seen */
  uint32_t is_done;
  int64_t now_ns;          /* it goes on over all processes */
  uint64_t incident[MOST]; /* by key, from 1 */
  uint8_t is_open[MOST], tier[MOST];
} * book;

static hj_engine *engine;
static int32_t hold_level = HOLD_SYNCS; /* what stands still from `begin` on */

static hj_config standing_config(void) {
  hj_config config = journal_config(HJ_RUN_POLL);
  config.disk_wait_s = 1;
  config.key_capacity = 2048;
  config.snapshot_records = HJ_SNAPSHOT_AT_CLOSE;
  return config;
}

static uint32_t reasons_now(void) {
  hj_health_info health;
  memset(&health, 0, sizeof health);
  health.size = sizeof health;
  REQUIRE_STATUS(hj_health(engine, &health), HJ_OK);
  return health.reasons;
}

static void turn(void) {
  book->now_ns += SECOND_NS / 1000;
  poll_at(engine, book->now_ns);
}

static hj_report keyed_report(int32_t tier, uint32_t number) {
  hj_report report = make_report(tier, (int)(number % 300), 7);
  report.key_high = 5;
  report.key_low = number;
  return report;
}

/* One call, and its end but for every 200th. The answer is booked once it is there. */
static hj_status call(int32_t tier) {
  uint32_t number = book->count + 1;
  REQUIRE_LESS(number, MOST);
  hj_report report = keyed_report(tier, number);
  hj_dispatch answer = empty_dispatch();
  hj_status status = hj_incident_report(engine, &report, &answer);
  if (!hj_is_taken(status)) return status;
  book->incident[number] = answer.incident_id;
  book->recorded = answer.record;
  book->tier[number] = (uint8_t)tier;
  book->is_open[number] = number % 200 == 0;
  book->count = number;
  if (book->is_open[number])
    book->open_count++;
  else
    CHECK_EACH_STATUS(hj_incident_close(engine, answer.incident_id, 1, 0), HJ_OK);
  if (number % 16 == 0) drop_events(engine);
  return status;
}

static void open_standing(void) {
  hj_config config = standing_config();
  engine = open_engine(&config);
  turn();
}

/* In the process that outlives the others. */
static void prepare(void) {
  memset(book, 0, sizeof *book);
  memset(held, 0, sizeof *held);
  book->now_ns = START_NS;
  new_folder();
}

static void begin(void) {
  open_standing();
  for (uint64_t unit = 1; unit <= 8; unit++) put_unit(engine, unit, (int)unit * 10, 0);
  for (int number = 0; number < 50; number++) CHECK_EACH_TAKEN(call(HJ_TIER_ROUTINE));
  REQUIRE_STATUS(hj_journal_wait(engine, 0, HJ_STRENGTH_DURABLE, 60 * SECOND_NS), HJ_OK);
  CHECK_EACH_EQUAL(reasons_now(), 0);
  hold_disk(hold_level);
}

/* Fills the ring: routine calls until they are refused, then pressing ones, which never are, until it begins anew. */
static void fill_and_restart(void) {
  uint32_t before = book->count;
  hj_status status;
  while (hj_is_taken(status = call(HJ_TIER_ROUTINE)))
    if (book->count % 64 == 0) turn();
  CHECK_EACH_STATUS(status, HJ_FULL);
  book->refused++;
  CHECK_EACH_DIFFERENT(reasons_now() & HJ_HEALTH_RING_FILLING, 0);
  /* So many took five eighths of the ring: routine work leaves a quarter free, and half a MiB for its own choices. Two
   * eighths more bring the restart, three would be the end. A disk that gives nothing is waited for up to fifteen
   * sixteenths. */
  uint32_t more = (book->count - before) * (hold_level == HOLD_ALL ? 11 : 9) / 20;
  for (uint32_t number = 0; number < more; number++)
    if (!hj_is_taken(call(number % 2 ? HJ_TIER_EMERGENCY : HJ_TIER_URGENT))) book->pressing_refused++;
  int64_t naps = 0;
  while ((reasons_now() & HJ_HEALTH_RING_FILLING) != 0 && naps++ < LONGEST_S * 1000) {
    turn();
    nap(1000000);
  }
  CHECK_EACH_DIFFERENT(reasons_now() & HJ_HEALTH_RING_RESTARTED, 0);
  CHECK_EACH_EQUAL(reasons_now() & (HJ_HEALTH_RING_FILLING | HJ_HEALTH_JOURNAL_ENDED), 0);
  book->restarts++;
  CHECK_EACH_TAKEN(call(HJ_TIER_ROUTINE));
}

/* HJ_EVENT_MODE of now: what it says is wrong; UINT32_MAX: there is none. */
static uint32_t told_reasons(void) {
  static hj_event events[512];
  uint32_t told = UINT32_MAX, count;
  turn();
  while ((count = read_events(engine, events, 512)) > 0)
    for (uint32_t index = 0; index < count; index++)
      if (events[index].kind == HJ_EVENT_MODE) told = (uint32_t)events[index].step;
  return told;
}

/* A process that comes after: all that was answered is there, and nothing else. */
static void all_is_there(void) {
  uint64_t recorded = journal_info(engine).recorded;
  CHECK_EACH_AT_LEAST(recorded, book->recorded);
  uint32_t first = book->count > REMEMBERED ? book->count - REMEMBERED : 1;
  for (uint32_t number = first; number <= book->count; number++) {
    hj_report report = keyed_report(book->tier[number], number);
    hj_dispatch answer = empty_dispatch();
    CHECK_EACH_STATUS(hj_incident_report(engine, &report, &answer), HJ_EXISTS);
    CHECK_EACH_EQUAL(answer.incident_id, book->incident[number]);
  }
  uint32_t open_count = 0;
  for (uint32_t number = 1; number <= book->count; number++) {
    if (!book->is_open[number]) continue;
    hj_incident_status status = read_incident(engine, book->incident[number]);
    CHECK_EACH_EQUAL(status.incident_id, book->incident[number]);
    open_count++;
  }
  CHECK_EACH_EQUAL(open_count, book->open_count);
  /* A new report is a new incident: nothing that was never answered has its number. */
  CHECK_EACH_TAKEN(call(HJ_TIER_EMERGENCY));
}

static void live_and_die(void) {
  begin();
  for (int round = 0; round < 3; round++) fill_and_restart();
  for (int number = 0; number < 300; number++) CHECK_EACH_TAKEN(call(HJ_TIER_ROUTINE));
  /* The journal's thread, and the one that reads for a second core. */
  CHECK_EACH_EQUAL(held_calls(), hold_level == HOLD_ALL ? 2 : 1);
  CHECK_EACH_EQUAL(book->pressing_refused, 0);
  if (checks_failed > 0) _exit(3);
  book->is_done = 1;
  kill(getpid(), SIGKILL);
}

/* The disk answers nothing until the process is killed. */
static void hangs_for_ever(void) {
  prepare();
  in_a_child(live_and_die);
  hold_disk(HOLD_NOTHING);
  REQUIRE(book->is_done);
  open_standing();
  CHECK_EQUAL(reasons_now() & (HJ_HEALTH_RING_LOST | HJ_HEALTH_RING_DAMAGED | HJ_HEALTH_REBUILT_OTHERWISE), 0);
  all_is_there();
  CHECK_STATUS(hj_journal_wait(engine, 0, HJ_STRENGTH_DURABLE, 60 * SECOND_NS), HJ_OK);
  CHECK_EQUAL(reasons_now() & ~HJ_HEALTH_TORN_TAIL, 0);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  open_standing();
  all_is_there();
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  remove_folder();
}

/* Heartbeats are routine work too, and hear HJ_FULL of a ring that is three quarters full: HJ_PARTIAL would say that
 * the beats themselves were wrong. */
static void beats_hear_of_a_full_ring(void) {
  prepare();
  begin();
  hj_watch watch = {.size = sizeof watch, .id = 1};
  place(1, 1, &watch.lat_e7, &watch.lon_e7);
  REQUIRE_STATUS(hj_watch_put(engine, &watch), HJ_OK);
  hj_heartbeat beats[3] = {{.size = sizeof beats[0], .watch_id = 1}};
  beats[1] = beats[2] = beats[0];
  uint32_t before = book->count, taken = 0;
  CHECK_STATUS(hj_watch_beats(engine, beats, 3, &taken), HJ_OK);
  CHECK_EQUAL(taken, 3);
  while (hj_is_taken(call(HJ_TIER_ROUTINE)))
    if (book->count % 64 == 0) turn();
  /* A beat may need less room than a report. The ring begins anew at seven eighths. */
  uint32_t most = (book->count - before) / 2;
  hj_status status = HJ_OK;
  for (uint32_t number = 0; number < most && status == HJ_OK; number++) {
    CHECK_EACH_TAKEN(call(HJ_TIER_URGENT));
    status = hj_watch_beats(engine, beats, 1, &taken);
  }
  CHECK_STATUS(status, HJ_FULL);
  CHECK_EQUAL(taken, 0);
  hj_watch_status read = {.size = sizeof read}, again = read;
  REQUIRE_STATUS(hj_watch_read(engine, 1, &read), HJ_OK);
  int64_t beaten = read_stats(engine).watch_beats;
  taken = 7;
  CHECK_STATUS(hj_watch_beats(engine, beats, 3, &taken), HJ_FULL);
  CHECK_EQUAL(taken, 0);
  REQUIRE_STATUS(hj_watch_read(engine, 1, &again), HJ_OK);
  CHECK_BYTES(&again, &read, sizeof read);
  CHECK_EQUAL(read_stats(engine).watch_beats, beaten);
  hold_disk(HOLD_NOTHING);
  REQUIRE_STATUS(hj_journal_wait(engine, 0, HJ_STRENGTH_DURABLE, 60 * SECOND_NS), HJ_OK);
  CHECK_STATUS(hj_watch_beats(engine, beats, 3, &taken), HJ_OK);
  CHECK_EQUAL(taken, 3);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  remove_folder();
}

/* It comes back: what stood in the ring and beside it becomes durable, and all is well. */
static void hangs_for_a_while(void) {
  prepare();
  begin();
  for (int round = 0; round < 2; round++) fill_and_restart();
  CHECK_DIFFERENT(told_reasons() & HJ_HEALTH_RING_RESTARTED, 0);
  CHECK_STATUS(hj_journal_wait(engine, 0, HJ_STRENGTH_DURABLE, SECOND_NS / 100), HJ_TIMEOUT);
  CHECK_STATUS(hj_journal_wait(engine, 0, HJ_STRENGTH_RECORDED, SECOND_NS / 100), HJ_OK);
  hold_disk(HOLD_NOTHING);
  CHECK_STATUS(hj_journal_wait(engine, 0, HJ_STRENGTH_DURABLE, 60 * SECOND_NS), HJ_OK);
  CHECK_EQUAL(told_reasons(), 0);
  CHECK_EQUAL(reasons_now(), 0);
  all_is_there();
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  open_standing();
  all_is_there();
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  remove_folder();
}

/* A close says that the disk did not answer, and what is recorded is there for the next process. */
static void close_and_die(void) {
  begin();
  for (int number = 0; number < 300; number++) CHECK_EACH_TAKEN(call(HJ_TIER_URGENT));
  CHECK_EACH_STATUS(hj_engine_close(engine), HJ_TIMEOUT);
  CHECK_EACH_STATUS(hj_engine_close(engine), HJ_E_STALE);
  CHECK_EACH_AT_LEAST(held_calls(), 1);
  if (checks_failed > 0) _exit(3);
  book->is_done = 1;
  kill(getpid(), SIGKILL);
}

static void closes_behind_a_dead_disk(void) {
  prepare();
  in_a_child(close_and_die);
  hold_disk(HOLD_NOTHING);
  REQUIRE(book->is_done);
  open_standing();
  all_is_there();
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  remove_folder();
}

/* The same, and the disk comes back: the journal is let go of by itself. */
static void closes_and_comes_back(void) {
  prepare();
  begin();
  for (int number = 0; number < 300; number++) CHECK_EACH_TAKEN(call(HJ_TIER_URGENT));
  CHECK_STATUS(hj_engine_close(engine), HJ_TIMEOUT);
  hj_config config = standing_config();
  hj_engine *second = NULL;
  CHECK_STATUS(hj_engine_open(&config, &second, NULL), HJ_E_LOCKED);
  hold_disk(HOLD_NOTHING);
  hj_status status = HJ_E_LOCKED;
  for (int naps = 0; naps < LONGEST_S * 100 && status == HJ_E_LOCKED; naps++) {
    nap(10000000);
    status = hj_engine_open(&config, &engine, NULL);
  }
  REQUIRE_STATUS(status, HJ_OK);
  turn();
  all_is_there();
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  remove_folder();
}

/* The run sheet lies on that disk as well. */
static void closes_with_a_run_sheet(void) {
  prepare();
  hj_config config = standing_config();
  char sheet[96];
  config.run_mode = HJ_RUN_THREAD;
  config.run_sheet_path = sheet;
  engine = NULL;
  hj_config plain = config;
  plain.run_sheet_path = NULL;
  engine = open_engine(&plain);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  snprintf(sheet, sizeof sheet, "%s/sheet.txt", folder);
  engine = open_engine(&config);
  put_unit(engine, 1, 10, 0);
  hold_disk(HOLD_SYNCS);
  CHECK_STATUS(hj_mode_set(engine, HJ_MODE_MANUAL, NULL), HJ_OK);
  for (int naps = 0; naps < LONGEST_S * 1000 && held_calls() < 2; naps++) nap(1000000);
  CHECK_EQUAL(held_calls(), 2);
  CHECK_STATUS(hj_engine_close(engine), HJ_TIMEOUT);
  hold_disk(HOLD_NOTHING);
  hj_status status = HJ_E_LOCKED;
  for (int naps = 0; naps < LONGEST_S * 100 && status == HJ_E_LOCKED; naps++) {
    nap(10000000);
    status = hj_engine_open(&plain, &engine, NULL);
  }
  REQUIRE_STATUS(status, HJ_OK);
  CHECK_EQUAL(read_unit(engine, 1).unit_id, 1);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  remove_folder();
}

/* Events wait for the disk, and a poll that waits for them gives up: it is the only thread that such a host has. */
static void polls_behind_a_dead_disk(void) {
  prepare();
  hj_config config = standing_config();
  config.events_when = HJ_EVENTS_WHEN_DURABLE;
  engine = open_engine(&config);
  turn();
  hold_disk(HOLD_SYNCS);
  CHECK_TAKEN(call(HJ_TIER_EMERGENCY));
  hj_event events[16];
  /* Each for disk_wait_s, if the first one were not the last. */
  struct timespec start, end;
  clock_gettime(CLOCK_MONOTONIC, &start);
  for (int number = 0; number < 40; number++) turn();
  clock_gettime(CLOCK_MONOTONIC, &end);
  CHECK_WITHIN(end.tv_sec - start.tv_sec, 0, 30);
  CHECK_EQUAL(read_events(engine, events, 16), 0);
  CHECK_STATUS(hj_engine_drain(engine), HJ_OK);
  hold_disk(HOLD_NOTHING);
  CHECK_STATUS(hj_journal_wait(engine, 0, HJ_STRENGTH_DURABLE, 60 * SECOND_NS), HJ_OK);
  CHECK_AT_LEAST(read_events(engine, events, 16), 1);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  remove_folder();
}

/* ---- An opening ---- */

static void open_and_die(void) {
  begin();
  for (int number = 0; number < 300; number++) CHECK_EACH_TAKEN(call(HJ_TIER_URGENT));
  if (checks_failed > 0) _exit(3);
  book->is_done = 1;
  kill(getpid(), SIGKILL);
}

/* Nothing is written, and what is there is given: an engine with all of it, DEGRADED until the disk is back. */
static void opens_where_nothing_is_written(void) {
  prepare();
  in_a_child(open_and_die);
  REQUIRE(book->is_done);
  CHECK_EQUAL(held->is_held, HOLD_SYNCS);
  held->waiting = 0; /* of the process that is gone */
  struct timespec start, end;
  clock_gettime(CLOCK_MONOTONIC, &start);
  open_standing();
  clock_gettime(CLOCK_MONOTONIC, &end);
  CHECK_WITHIN(end.tv_sec - start.tv_sec, 0, LONGEST_S);
  CHECK_DIFFERENT(reasons_now() & HJ_HEALTH_DISK_FAILED, 0);
  all_is_there();
  for (int number = 0; number < 100; number++) CHECK_EACH_TAKEN(call(HJ_TIER_ROUTINE));
  hold_disk(HOLD_NOTHING);
  CHECK_STATUS(hj_journal_wait(engine, 0, HJ_STRENGTH_DURABLE, 60 * SECOND_NS), HJ_OK);
  CHECK_EQUAL(reasons_now() & ~HJ_HEALTH_TORN_TAIL, 0);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  open_standing();
  all_is_there();
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  remove_folder();
}

/* Nothing is read: it says so in its time, and once the disk is back a next one has all. */
static void opens_where_nothing_is_read(void) {
  prepare();
  in_a_child(open_and_die);
  hold_disk(HOLD_ALL);
  REQUIRE(book->is_done);
  held->waiting = 0;
  hj_config config = standing_config();
  hj_error_detail detail;
  memset(&detail, 0, sizeof detail);
  detail.size = sizeof detail;
  engine = (hj_engine *)&detail;
  CHECK_STATUS(hj_engine_open(&config, &engine, &detail), HJ_TIMEOUT);
  CHECK_NULL(engine);
  CHECK_TEXT(detail.field, "journal_path");
  CHECK_CONTAINS(detail.text, "did not answer within 1 s");
  CHECK_AT_LEAST(held_calls(), 1);
  hold_disk(HOLD_NOTHING);
  hj_status status = HJ_E_LOCKED;
  for (int naps = 0; naps < LONGEST_S * 100 && status == HJ_E_LOCKED; naps++) {
    nap(10000000);
    status = hj_engine_open(&config, &engine, NULL);
  }
  REQUIRE_STATUS(status, HJ_OK);
  turn();
  all_is_there();
  CHECK_STATUS(hj_journal_wait(engine, 0, HJ_STRENGTH_DURABLE, 60 * SECOND_NS), HJ_OK);
  CHECK_EQUAL(reasons_now() & ~HJ_HEALTH_TORN_TAIL, 0);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  remove_folder();
}

/* ---- A snapshot ---- */

/* The thread that makes one stands still where it reads a segment, or where it makes its file; calls go on. Where the
 * disk comes back the snapshot is made, and where it does not a close and the next process find all of it. */
static void stand_in_a_snapshot(int makes) {
  hj_config config = standing_config();
  config.snapshot_records = 1000;
  engine = open_engine(&config);
  turn();
  for (uint64_t unit = 1; unit <= 8; unit++) put_unit(engine, unit, (int)unit * 10, 0);
  held->trigger_makes = makes;
  strcpy(held->trigger, makes ? "snapshot-" : "journal-");
  for (int number = 0; number < 10000 && held_calls() == 0; number++) {
    CHECK_EACH_TAKEN(call(HJ_TIER_URGENT));
    if (number % 64 == 0) hj_journal_wait(engine, 0, HJ_STRENGTH_DURABLE, SECOND_NS / 10);
  }
  CHECK_EACH_AT_LEAST(held_calls(), 1);
  CHECK_EACH_EQUAL(held_reads() > 0, !makes);
  for (int number = 0; number < 300; number++) CHECK_EACH_TAKEN(call(HJ_TIER_ROUTINE));
  CHECK_EACH_STATUS(hj_journal_wait(engine, 0, HJ_STRENGTH_RECORDED, 0), HJ_OK);
}

static int stands_where_it_makes;

static void stand_close_and_die(void) {
  stand_in_a_snapshot(stands_where_it_makes);
  CHECK_EACH_STATUS(hj_engine_close(engine), HJ_TIMEOUT);
  if (checks_failed > 0) _exit(3);
  book->is_done = 1;
  kill(getpid(), SIGKILL);
}

static void stands_while_a_snapshot_is_made(void) {
  for (int makes = 0; makes < 2; makes++) {
    for (int comes_back = 0; comes_back < 2; comes_back++) {
      prepare();
      if (comes_back) {
        stand_in_a_snapshot(makes);
        hold_disk(HOLD_NOTHING);
        CHECK_EACH_STATUS(hj_journal_wait(engine, 0, HJ_STRENGTH_DURABLE, 60 * SECOND_NS), HJ_OK);
        all_is_there();
        CHECK_EACH_EQUAL(reasons_now(), 0);
        CHECK_EACH_STATUS(hj_engine_close(engine), HJ_OK);
      } else {
        stands_where_it_makes = makes;
        in_a_child(stand_close_and_die);
        hold_disk(HOLD_NOTHING);
        REQUIRE(book->is_done);
      }
      open_standing();
      all_is_there();
      CHECK_EACH_STATUS(hj_engine_close(engine), HJ_OK);
      remove_folder();
    }
  }
}

int main(void) {
  held_take();
  book = mmap(NULL, sizeof *book, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  REQUIRE((void *)book != MAP_FAILED);
  for (hold_level = HOLD_SYNCS; hold_level <= HOLD_ALL; hold_level++) {
    hangs_for_ever();
    hangs_for_a_while();
    beats_hear_of_a_full_ring();
  }
  hold_level = HOLD_SYNCS;
  closes_behind_a_dead_disk();
  closes_and_comes_back();
  closes_with_a_run_sheet();
  polls_behind_a_dead_disk();
  opens_where_nothing_is_written();
  opens_where_nothing_is_read();
  stands_while_a_snapshot_is_made();
  return check_finish();
}
