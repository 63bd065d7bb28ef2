/* Nothing accepted is ever lost under stress: a process in which callers, posts, positions, watches, streets and a
 * reader of events are at work is ended by kill -9 at any moment, or while it opens. The next one finds what was
 * answered, and of each act under way all or nothing.
 *
 *   stress_kills [kills] [seed] */
#define _GNU_SOURCE
#include "stress_events.h"
#include "stress_feeds.h"

enum { KILLS_A_FOLDER = 25 };

int posix_fallocate(int descriptor, off_t offset, off_t size) {
  return world_reserve(descriptor, offset, size);
}

static unsigned folder_number;
static uint32_t life;

static void begin_folder(void) {
  hj_config config = stress_config(folder_number, 0);
  engine = open_engine(&config);
  REQUIRE_STATUS(hj_plans_load(engine, stress_plans, sizeof stress_plans - 1, NULL), HJ_OK);
  for (uint64_t id = 1; id <= UNITS; id++) put_unit(engine, id, (int)id * 3, (int)id * 2);
  for (uint64_t id = 1001; id < 1001 + MOVING; id++) {
    hj_unit unit = make_unit(id, 0, 0);
    place_of(id, 0, &unit.lat_e7, &unit.lon_e7);
    unit.activity = HJ_ACTIVITY_COURT;
    REQUIRE_STATUS(hj_unit_put(engine, &unit), HJ_OK);
  }
  for (uint64_t id = WATCHES + 1; id <= WATCHES + SILENT; id++) {
    hj_watch watch = watch_of(id, 0);
    watch.limit_s = 1;
    REQUIRE_STATUS(hj_watch_put(engine, &watch), HJ_OK);
  }
  REQUIRE_STATUS(hj_engine_close(engine), HJ_OK);
  tell_failures();
  kill(getpid(), SIGKILL);
}

static void open_and_look(void) {
  last_read = recovered_at = 0;
  hj_config config = stress_config(folder_number, life);
  engine = open_engine(&config);
  hj_journal_info info = journal_info(engine);
  CHECK_EACH_EQUAL(info.reasons & ~HJ_HEALTH_TORN_TAIL, 0);
  CHECK_EACH_EQUAL(info.state, HJ_JOURNAL_GOOD);
  units_are_where_they_were();
  watches_are_there();
  for (uint32_t caller = 0; caller < CALLERS; caller++) calls_are_there(caller);
  units_are_sent_once();
  while (read_some_events() > 0) {
  }
  posts_are_decided_once();
  CHECK_EACH_MORE(recovered_at, 0);
  streets_are_as_reported();
  acknowledge();
  tell_failures();
}

static void start(void *(*lane)(void *), uintptr_t number) {
  pthread_t thread;
  REQUIRE_EQUAL(pthread_create(&thread, NULL, lane, (void *)number), 0);
}

static void live_until_killed(void) {
  open_and_look();
  for (uint32_t caller = 0; caller < CALLERS; caller++)
    book->callers[caller].count_before = book->callers[caller].count;
  __atomic_store_n(&book->is_open, 1, __ATOMIC_RELEASE);
  for (uint32_t caller = 0; caller < CALLERS; caller++) start(call_until_killed, caller);
  start(post_until_killed, 0);
  start(move_until_killed, 0);
  start(watch_until_killed, 0);
  start(report_streets_until_killed, 0);
  read_until_killed(NULL);
}

/* Behind the last kill: it is as it was behind a close, too. */
static void look_twice(void) {
  for (int opening = 0; opening < 2; opening++) {
    open_and_look();
    CHECK_EACH_STATUS(hj_engine_close(engine), HJ_OK);
  }
  tell_failures();
  kill(getpid(), SIGKILL);
}

/* Mostly in its work, and now and then while it opens. Long lives make snapshots. */
static void live_and_be_killed(unsigned *seed) {
  int is_opening = life % 8 == 7, is_long = life % 4 == 2;
  book->is_open = 0;
  pid_t child = fork();
  REQUIRE_AT_LEAST(child, 0);
  if (child == 0) live_until_killed();
  int status = 0;
  pid_t ended = 0;
  while (!is_opening && ended == 0 && !__atomic_load_n(&book->is_open, __ATOMIC_ACQUIRE)) {
    nap(200000);
    ended = waitpid(child, &status, WNOHANG);
  }
  nap(1000 * (long)(rand_r(seed) % (is_opening ? 40000 : is_long ? 80000 : 15000)));
  if (ended == 0) {
    kill(child, SIGKILL);
    REQUIRE_EQUAL(waitpid(child, &status, 0), child);
  }
  REQUIRE_EQUAL(status, SIGKILL);
  run->openings_killed += (uint64_t)is_opening;
}

static void end_when_failed(unsigned seed) {
  if (run->failed == 0) return;
  fprintf(stderr, "stress_kills 25 %u: life %u of it, and its config, failed\n", seed, life);
  check_count(0, 1);
  if (folder[0] != 0) remove_folder();
  exit(check_finish());
}

static void kill_in_a_folder(int kills, unsigned number) {
  unsigned seed = number * 7919 + 13;
  folder_number = number;
  memset(book, 0, sizeof *book);
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  book->base_wall_us = (now.tv_sec - 10 * 86400) * INT64_C(1000000);
  new_folder();
  in_a_child(begin_folder);
  for (life = 0; life < (uint32_t)kills; life++) {
    live_and_be_killed(&seed);
    end_when_failed(number);
  }
  in_a_child(look_twice);
  end_when_failed(number);
  remove_folder();
}

int main(int argc, char **argv) {
  int kills = argc > 1 ? atoi(argv[1]) : 100;
  unsigned first = argc > 2 ? (unsigned)atoi(argv[2]) : 1;
  if (on_streets() == NULL) return check_finish();
  run = share(sizeof *run);
  book = share(sizeof *book);
  world_take();
  in_a_child(drive_all_sets);
  end_when_failed(0);
  for (int done = 0; done < kills; done += KILLS_A_FOLDER)
    kill_in_a_folder(kills - done < KILLS_A_FOLDER ? kills - done : KILLS_A_FOLDER, first + done / KILLS_A_FOLDER);
  printf("note: %d kills, %" PRIu64 " of them while it opened; %" PRIu64 " acts answered, %" PRIu64 " posts, %" PRIu64
         " events, %" PRIu64 " firings, %" PRId64 " snapshots\n",
         kills, run->openings_killed, run->acts, run->posts, run->events, run->firings, world->snapshots);
  CHECK_MORE(run->acts, (uint64_t)kills * 10);
  CHECK_MORE(run->posts, (uint64_t)kills);
  CHECK_MORE(run->firings, (uint64_t)kills / 8);
  if (kills >= KILLS_A_FOLDER) CHECK_MORE(world->snapshots, 0);
  return check_finish();
}
