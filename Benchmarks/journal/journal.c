/* What a journal costs: a call with and without one in alternating groups; the append in the turn, beside a thread that
 * does nothing but fdatasync; waiting until durable beside bare fdatasync in alternation; durable records a second from
 * 64 callers that each wait for every 32nd.
 *
 *   journal FOLDER SECONDS JSON [records]      FOLDER: on the disk that is meant; JSON: rows are appended, "-" = none;
 *                                              records: the last part alone */
#define _GNU_SOURCE
#include "hujia.h"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include "rows.h"

enum { CALLERS = 64, EACH = 32, GROUP = 256, BARE_BYTES = 512, BARE_FILE = 64 << 20 };
#define SECOND_NS INT64_C(1000000000)

static hj_engine *with, *without;
/* Of engines that are opened from here on; 0 = the default. */
static uint32_t snapshot_records;
static int32_t events_when;
static const char *folder;
static int64_t seconds;
static volatile int is_over;

static void check(hj_status status, const char *what) {
  if (status >= 0) return;
  fprintf(stderr, "%s: %s\n", what, hj_status_name(status));
  exit(1);
}

static hj_engine *open_with(const char *journal) {
  hj_config config;
  hj_error_detail why;
  hj_engine *engine = NULL;
  check(hj_config_init(&config, sizeof config), "hj_config_init");
  config.run_mode = HJ_RUN_THREAD;
  config.max_units = config.max_incidents = config.max_assignments = 4 * CALLERS;
  config.journal_path = journal;
  if (journal) config.ring_bytes = 64 << 20;
  config.snapshot_records = journal ? snapshot_records : 0;
  if (journal) config.events_when = events_when;
  memset(&why, 0, sizeof why);
  why.size = sizeof why;
  if (hj_engine_open(&config, &engine, &why) == HJ_OK) return engine;
  fprintf(stderr, "hj_engine_open: %s\n", why.text);
  exit(1);
}

/* One unit on one call for each caller. */
static uint64_t assignments[2][CALLERS + 1];

static void fill(hj_engine *engine, uint64_t *into) {
  int index;
  for (index = 0; index <= CALLERS; index++) {
    hj_unit unit;
    hj_report report;
    hj_dispatch answer;
    memset(&unit, 0, sizeof unit);
    unit.size = sizeof unit;
    unit.id = (uint64_t)index + 1;
    unit.crew = 2;
    unit.lat_e7 = 377793000 + index * 10000;
    unit.lon_e7 = -1224193000;
    check(hj_unit_put(engine, &unit), "hj_unit_put");
    memset(&report, 0, sizeof report);
    report.size = sizeof report;
    report.tier = HJ_TIER_EMERGENCY;
    report.lat_e7 = unit.lat_e7;
    report.lon_e7 = unit.lon_e7;
    memset(&answer, 0, sizeof answer);
    answer.size = sizeof answer;
    check(hj_incident_report(engine, &report, &answer), "hj_incident_report");
    if (answer.assignment_count == 0) exit(1);
    into[index] = answer.chosen[0].assignment_id;
  }
}

/* Signs, drives, arrives, and takes all of it back: each is one record. */
static void advance(hj_engine *engine, uint64_t assignment, uint32_t *turn) {
  static const int32_t states[] = {HJ_ASSIGNMENT_ACKNOWLEDGED, HJ_ASSIGNMENT_EN_ROUTE, HJ_ASSIGNMENT_ON_SCENE};
  uint32_t now = (*turn)++ % 4;
  if (now < 3) {
    check(hj_assignment_advance(engine, assignment, states[now], 0), "hj_assignment_advance");
  } else {
    hj_action action;
    memset(&action, 0, sizeof action);
    action.size = sizeof action;
    action.operator_id = 1;
    action.reason = 1;
    check(hj_assignment_advance_by(engine, assignment, HJ_ASSIGNMENT_DISPATCHED, 0, &action),
          "hj_assignment_advance_by");
  }
}

static void drop_events(hj_engine *engine) {
  static hj_event events[256];
  uint32_t count;
  do {
    events[0].size = sizeof events[0];
    check(hj_events_poll(engine, events, 256, &count), "hj_events_poll");
  } while (count == 256);
}

static hj_journal_info info(void) {
  hj_journal_info found;
  memset(&found, 0, sizeof found);
  found.size = sizeof found;
  check(hj_journal_status(with, &found), "hj_journal_status");
  return found;
}

/* ---- The disk alone ---- */

/* Full of zeros and synced: a sync then has the data to write and nothing else. */
static int bare_file(const char *name) {
  static char zeros[1 << 20];
  char path[512];
  int file;
  off_t at;
  snprintf(path, sizeof path, "%s/%s", folder, name);
  file = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0 || posix_fallocate(file, 0, BARE_FILE) != 0) abort();
  for (at = 0; at < BARE_FILE; at += sizeof zeros)
    if (pwrite(file, zeros, sizeof zeros, at) != sizeof zeros) abort();
  if (fsync(file) != 0) abort();
  return file;
}

static void bare_sync(int file, uint64_t *turn) {
  char bytes[BARE_BYTES];
  memset(bytes, (int)*turn, sizeof bytes);
  if (pwrite(file, bytes, sizeof bytes, (off_t)(*turn * BARE_BYTES % BARE_FILE)) != sizeof bytes) abort();
  if (fdatasync(file) != 0) abort();
  (*turn)++;
}

static void *sync_all_the_time(void *argument) {
  uint64_t turn = 0;
  while (!is_over) bare_sync(*(int *)argument, &turn);
  return NULL;
}

/* ---- What is measured ---- */

/* Lets the calling thread have the first core for itself, and all other threads of the process the rest. `apart` 0 lets
 * all run anywhere again. An append takes a fifth of a microsecond. Where three busy threads share two cores, one in a
 * thousand appends meets the moment in which the system takes the core away, and its time is the system's. */
static void keep_apart(int apart) {
  DIR *threads = opendir("/proc/self/task");
  struct dirent *entry;
  int cores = (int)sysconf(_SC_NPROCESSORS_ONLN);
  if (threads == NULL) abort();
  while ((entry = readdir(threads)) != NULL) {
    pid_t thread = (pid_t)atoi(entry->d_name);
    cpu_set_t allowed;
    int core;
    if (thread == 0) continue;
    CPU_ZERO(&allowed);
    for (core = 0; core < cores; core++)
      if (!apart || (core == 0) == (thread == getpid())) CPU_SET(core, &allowed);
    if (sched_setaffinity(thread, sizeof allowed, &allowed) != 0) abort();
  }
  closedir(threads);
}

static void costs_in_turn(int file, int apart) {
  row *bare = new_row(apart ? "advance, without a journal, a core of its own" : "advance, without a journal", 1);
  row *journaled = new_row(apart ? "advance, with one, a core of its own" : "advance, with one", 1);
  uint32_t turns[2] = {0, 0};
  int64_t end_ns = clock_ns() + seconds * SECOND_NS;
  pthread_t syncing;
  hj_journal_info found;
  int index;
  is_over = 0;
  if (pthread_create(&syncing, NULL, sync_all_the_time, &file) != 0) abort();
  keep_apart(apart);
  while (clock_ns() < end_ns) {
    for (index = 0; index < GROUP; index++) {
      int64_t start_ns = clock_ns();
      advance(without, assignments[0][CALLERS], &turns[0]);
      sample(bare, start_ns);
    }
    drop_events(without);
    for (index = 0; index < GROUP; index++) {
      int64_t start_ns = clock_ns();
      advance(with, assignments[1][CALLERS], &turns[1]);
      sample(journaled, start_ns);
    }
    drop_events(with);
  }
  is_over = 1;
  pthread_join(syncing, NULL);
  keep_apart(0);
  found = info();
  printf(
      "the append in the turn, beside a loop of fdatasync, %s: p50 %lld ns, p99 %lld ns, p99.9 %lld ns, the longest "
      "%lld "
      "ns "
      "(asked: p50 at most 300 ns, p99.9 at most 2,000)\n",
      apart ? "the caller on a core of its own" : "all threads on any core", (long long)found.append_p50_ns,
      (long long)found.append_p99_ns, (long long)found.append_p999_ns, (long long)found.append_longest_ns);
}

static void durable_in_turn(int file) {
  row *bare = new_row("pwrite of 512 bytes and fdatasync, preallocated", 1);
  row *waited = new_row("advance and hj_journal_wait, durable", 1);
  uint64_t syncs = 0;
  uint32_t turn = 0;
  int64_t end_ns = clock_ns() + seconds * SECOND_NS;
  int index;
  check(hj_journal_wait(with, 0, HJ_STRENGTH_DURABLE, 60 * SECOND_NS), "hj_journal_wait");
  while (clock_ns() < end_ns || waited->count < 200) {
    for (index = 0; index < 8; index++) {
      int64_t start_ns = clock_ns();
      bare_sync(file, &syncs);
      sample(bare, start_ns);
    }
    for (index = 0; index < 8; index++) {
      int64_t start_ns = clock_ns();
      advance(with, assignments[1][CALLERS], &turn);
      check(hj_journal_wait(with, 0, HJ_STRENGTH_DURABLE, 60 * SECOND_NS), "hj_journal_wait");
      sample(waited, start_ns);
    }
    drop_events(with);
  }
  qsort(bare->times_ns, bare->count, sizeof(int64_t), by_time);
  qsort(waited->times_ns, waited->count, sizeof(int64_t), by_time);
  printf("durable beside bare fdatasync: p50 %.2f times (at most 3), p99 %.2f times (at most 2.5)\n",
         at_us(waited, 0.5) / at_us(bare, 0.5), at_us(waited, 0.99) / at_us(bare, 0.99));
}

static void *call_and_wait(void *argument) {
  uint64_t assignment = *(uint64_t *)argument;
  uint32_t turn = 0;
  while (!is_over) {
    advance(with, assignment, &turn);
    if (turn % EACH == 0) check(hj_journal_wait(with, 0, HJ_STRENGTH_DURABLE, 60 * SECOND_NS), "hj_journal_wait");
  }
  return NULL;
}

static void records_a_second(void) {
  pthread_t callers[CALLERS];
  uint64_t first;
  int64_t start_ns, time_ns;
  int index;
  check(hj_journal_wait(with, 0, HJ_STRENGTH_DURABLE, 60 * SECOND_NS), "hj_journal_wait");
  first = info().durable;
  start_ns = clock_ns();
  is_over = 0;
  for (index = 0; index < CALLERS; index++)
    if (pthread_create(&callers[index], NULL, call_and_wait, &assignments[1][index]) != 0) abort();
  while (clock_ns() - start_ns < seconds * SECOND_NS) {
    struct timespec pause = {0, 1000000};
    nanosleep(&pause, NULL);
    drop_events(with);
  }
  is_over = 1;
  for (index = 0; index < CALLERS; index++) pthread_join(callers[index], NULL);
  check(hj_journal_wait(with, 0, HJ_STRENGTH_DURABLE, 60 * SECOND_NS), "hj_journal_wait");
  time_ns = clock_ns() - start_ns;
  printf("%.0f durable records a second from %d callers that each wait for every %dnd (at least 100,000)\n",
         (double)(info().durable - first) * 1e9 / (double)time_ns, CALLERS, EACH);
}

/* ---- Each strength ---- */

/* A mebibyte and a sync, all the time. */
static void *keep_the_disk_busy(void *argument) {
  static char bytes[1 << 20];
  off_t at = 0;
  while (!is_over) {
    memset(bytes, (int)(at >> 20), sizeof bytes);
    if (pwrite(*(int *)argument, bytes, sizeof bytes, at) != sizeof bytes) abort();
    if (fdatasync(*(int *)argument) != 0) abort();
    at = (at + (off_t)sizeof bytes) % BARE_FILE;
  }
  return NULL;
}

/* Until the newest event of the call before is handed out. */
static void await_event(hj_engine *engine) {
  hj_event event;
  uint32_t count = 0;
  while (count == 0) {
    memset(&event, 0, sizeof event);
    event.size = sizeof event;
    check(hj_events_poll(engine, &event, 1, &count), "hj_events_poll");
    if (count == 0) sched_yield();
  }
}

/* A call until it is recorded, until it is durable, and until its event is shown. */
static void strengths(const char *name, int32_t when) {
  static const char *const titles[] = {"recorded", "recorded and durable", "its event shown"};
  row *each[3];
  char text[64];
  char path[512];
  uint32_t turn = 0;
  int64_t end_ns;
  int index, kind;
  for (kind = 0; kind < 3; kind++) {
    snprintf(text, sizeof text, "%s%s, %s", titles[kind],
             kind < 2                         ? ""
             : when == HJ_EVENTS_WHEN_DURABLE ? " when durable"
                                              : " when recorded",
             name);
    each[kind] = kind < 2 && when == HJ_EVENTS_WHEN_DURABLE ? NULL : new_row(text, 1);
  }
  snprintf(path, sizeof path, "%s/strengths", folder);
  events_when = when;
  with = open_with(path);
  events_when = 0;
  fill(with, assignments[1]);
  end_ns = clock_ns() + seconds * SECOND_NS / 2;
  while (clock_ns() < end_ns) {
    for (kind = 0; kind < 3; kind++) {
      check(hj_journal_wait(with, 0, HJ_STRENGTH_DURABLE, 60 * SECOND_NS), "hj_journal_wait");
      drop_events(with);
      for (index = 0; each[kind] != NULL && index < 8; index++) {
        int64_t start_ns = clock_ns();
        advance(with, assignments[1][CALLERS], &turn);
        if (kind == 1) check(hj_journal_wait(with, 0, HJ_STRENGTH_DURABLE, 60 * SECOND_NS), "hj_journal_wait");
        if (kind == 2) await_event(with);
        sample(each[kind], start_ns);
        if (kind == 2) drop_events(with);
      }
    }
  }
  check(hj_engine_close(with), "hj_engine_close");
  snprintf(path, sizeof path, "rm -rf '%s/strengths'", folder);
  if (system(path) != 0) abort();
}

static void strengths_quiet_and_busy(void) {
  int file = bare_file("busy");
  pthread_t busy;
  strengths("a quiet disk", HJ_EVENTS_WHEN_RECORDED);
  strengths("a quiet disk", HJ_EVENTS_WHEN_DURABLE);
  is_over = 0;
  if (pthread_create(&busy, NULL, keep_the_disk_busy, &file) != 0) abort();
  strengths("a busy disk", HJ_EVENTS_WHEN_RECORDED);
  strengths("a busy disk", HJ_EVENTS_WHEN_DURABLE);
  is_over = 1;
  pthread_join(busy, NULL);
  close(file);
}

/* ---- Snapshots meanwhile ---- */

/* The number in the name of the newest one; 0: there is none. */
static unsigned long long newest_snapshot(const char *path) {
  unsigned long long newest = 0;
  DIR *listing = opendir(path);
  struct dirent *entry;
  if (listing == NULL) abort();
  while ((entry = readdir(listing)) != NULL) {
    unsigned long long number;
    if (strncmp(entry->d_name, "snapshot-", 9) != 0 || strchr(entry->d_name, '.') != NULL) continue;
    number = strtoull(entry->d_name + 9, NULL, 10);
    if (number > newest) newest = number;
  }
  closedir(listing);
  return newest;
}

/* Processor time of this thread. What a snapshot could make longer is a turn's own work; the time in which the system
 * or the machine beneath it gave the core to another is none of it. */
static int64_t worked_ns(void) {
  struct timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return (int64_t)time.tv_sec * SECOND_NS + time.tv_nsec;
}

/* Calls beside a thread that makes a snapshot every so many records, and beside none. */
static void turns_beside_snapshots(uint32_t records, int apart, const char *name) {
  char path[512];
  uint64_t assignment[CALLERS + 1];
  uint32_t turn = 0;
  unsigned long long seen = 0;
  uint64_t calls_made = 0, longer = 0, longer_by_clock = 0;
  int64_t most_worked_ns = 0;
  int snapshots = 0;
  int64_t end_ns;
  hj_engine *engine;
  row *calls = new_row(name, 1);
  snprintf(path, sizeof path, "%s/snapshots", folder);
  snapshot_records = records;
  engine = open_with(path);
  snapshot_records = 0;
  fill(engine, assignment);
  keep_apart(apart);
  end_ns = clock_ns() + seconds * SECOND_NS;
  while (clock_ns() < end_ns) {
    int index;
    unsigned long long newest = newest_snapshot(path);
    snapshots += newest != seen;
    seen = newest;
    for (index = 0; index < 8 * GROUP; index++) {
      int64_t worked_before_ns = worked_ns(), start_ns = clock_ns(), work_ns;
      advance(engine, assignment[CALLERS], &turn);
      sample(calls, start_ns);
      longer_by_clock += clock_ns() - start_ns > 1000000;
      work_ns = worked_ns() - worked_before_ns;
      longer += work_ns > 1000000;
      if (work_ns > most_worked_ns) most_worked_ns = work_ns;
      calls_made++;
    }
    drop_events(engine);
  }
  printf(
      "%s: %d snapshots, %llu of %llu calls with above 1 ms of processor time, at most %lld us (asked: at most 1,000 "
      "because of one); %llu above 1 ms by the clock\n",
      name, snapshots, (unsigned long long)longer, (unsigned long long)calls_made, (long long)most_worked_ns / 1000,
      (unsigned long long)longer_by_clock);
  keep_apart(0);
  check(hj_engine_close(engine), "hj_engine_close");
  snprintf(path, sizeof path, "rm -rf '%s/snapshots'", folder);
  if (system(path) != 0) abort();
}

static void open_both(const char *name) {
  char path[512];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  without = open_with(NULL);
  with = open_with(path);
  fill(without, assignments[0]);
  fill(with, assignments[1]);
}

static void close_both(void) {
  check(hj_engine_close(with), "hj_engine_close");
  check(hj_engine_close(without), "hj_engine_close");
}

int main(int argc, char **argv) {
  static const char *const names[2][2] = {
      {"advance, no snapshot meanwhile", "advance, a snapshot every 20,000 records"},
      {"no snapshot meanwhile, a core of its own", "a snapshot every 20,000, a core of its own"}};
  FILE *json;
  int file;
  if (argc < 4) return 2;
  folder = argv[1];
  seconds = atoll(argv[2]);
  json = strcmp(argv[3], "-") == 0 ? NULL : fopen(argv[3], "a");
  file = bare_file("bare");
  if (argc < 5 && sysconf(_SC_NPROCESSORS_ONLN) > 1) {
    open_both("journal-apart");
    costs_in_turn(file, 1);
    close_both();
  }
  if (argc < 5) strengths_quiet_and_busy();
  open_both("journal");
  if (argc < 5) {
    costs_in_turn(file, 0);
    durable_in_turn(file);
    for (int apart = sysconf(_SC_NPROCESSORS_ONLN) > 1; apart >= 0; apart--) {
      turns_beside_snapshots(HJ_SNAPSHOT_AT_CLOSE, apart, names[apart][0]);
      turns_beside_snapshots(20000, apart, names[apart][1]);
    }
  }
  records_a_second();
  if (argc < 5) {
    show_rows("With and without a journal", CALLERS + 1, json);
    show_gaps();
  }
  if (info().reasons != 0) printf("the journal was not well meanwhile: reasons %u\n", info().reasons);
  close_both();
  if (json) fclose(json);
  return 0;
}
