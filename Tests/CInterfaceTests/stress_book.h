/* Killed under stress: what the host of the test knows. It lies in memory that survives its own death, as a host's data
 * base would. Each lane notes its act before the call, and what it was answered behind it. */
#ifndef HUJIA_TEST_STRESS_BOOK_H
#define HUJIA_TEST_STRESS_BOOK_H

#include <fcntl.h>
#include <pthread.h>

#include "life_kinds.h"

enum {
  CALLERS = 2,
  CALLS = 512,       /* most of one caller in one folder */
  CALLS_A_LIFE = 12, /* and in one life */
  /* Of one lane in one life: a reader and a disk that get no processor keep up with so many. A move is of all units. */
  ACTS_A_LIFE = 2000,
  MOVES_A_LIFE = 400,
  UNITS = 160,
  MOVING = 16, /* units of the feed of positions; nobody sends them */
  WATCHES = 12,
  SILENT = 2, /* watches that nobody beats: their chains fire again and again */
  STREETS = 5,
  STREET_SETS = 3 * 3 * 3 * 3 * 3, /* each as mapped, closed or slow */
  POSTS = 2048,
  POSTS_A_LIFE = 40,
  FIRINGS = 1 << 14,
};

enum kind { NOTHING, REPORT, ADVANCE, BACK, CLOSE, CANCEL, RAISE, UPDATE, ADD_CALL, PUT, BEAT, PAUSE, RESUME, REMOVE };

/* An act under way: it happened whole or not at all. */
struct act {
  int32_t kind;
  uint32_t of;
  int64_t to;
  uint64_t person; /* that signed it; 0: nobody */
};

struct call {
  uint64_t id, key;
  uint64_t assignment; /* of its first unit; 0: none was free */
  int32_t state;       /* of that assignment */
  int32_t end;         /* HJ_INCIDENT_CLOSED, HJ_INCIDENT_CANCELLED; 0: it is open */
  uint32_t level, calls, type;
  uint64_t person; /* of the newest act of a person */
};

struct caller {
  struct act act;
  uint32_t count, count_before;
  uint64_t next_key, next_person;
  uint64_t record; /* the newest that an answer named */
  struct call calls[CALLS];
};

struct watch {
  int32_t exists, is_paused;
  uint32_t kind;
  int64_t beat;
};

struct post {
  uint64_t incident; /* as its event told it */
  int32_t is_accepted, is_closed;
};

struct firing {
  uint64_t sequence; /* 0: a free place */
  uint64_t incident, assignment, watch;
  int32_t clock, step, cycle;
  uint32_t plans_version;
};

/* Of the whole run. */
static struct run {
  int32_t failed; /* checks of the process under way */
  uint64_t acts, firings, posts, events, openings_killed;
  int32_t way_count;
  uint64_t streets[STREETS];
  uint32_t slow_ms[STREETS];                /* a little more than mapped, so that it is still the fastest */
  int32_t ways[STREETS][4];                 /* from, to */
  uint32_t travel_ms[STREET_SETS][STREETS]; /* of each set of streets, by a slow twin that nobody kills */
} * run;

/* Of one folder. */
static struct book {
  int32_t is_open;
  int64_t base_wall_us; /* signs of life are so many seconds behind it */
  uint64_t acking, handled, seen;
  struct caller callers[CALLERS];
  struct act watch_act;
  struct watch watches[WATCHES];
  int64_t moved_to[MOVING], moving_to; /* of the units of the feed: answered, and under way for all of them */
  uint32_t street_set, next_street_set;
  uint32_t post_count, posts_before;
  struct post posts[POSTS];
  struct firing firings[FIRINGS];
} * book;

static hj_engine *engine;

static inline void begin_act(struct act *act, enum kind kind, uint32_t of, int64_t to, uint64_t person) {
  act->of = of;
  act->to = to;
  act->person = person;
  __atomic_store_n(&act->kind, kind, __ATOMIC_RELEASE);
}

static inline void end_act(struct act *act) {
  __atomic_store_n(&act->kind, NOTHING, __ATOMIC_RELEASE);
  __atomic_add_fetch(&run->acts, 1, __ATOMIC_RELAXED);
}

/* What failed in a process that is killed is told by the next look of its parent. */
static inline void tell_failures(void) {
  int failed = __atomic_load_n(&checks_failed, __ATOMIC_RELAXED);
  if (failed > 0) __atomic_store_n(&run->failed, failed, __ATOMIC_RELEASE);
}

static inline void *share(size_t size) {
  void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  REQUIRE(memory != MAP_FAILED);
  return memory;
}

static const char stress_plans[] =
    "{\"version\": 1, \"tiers\": {\"urgent\": {\"respond_s\": 1, \"arrive_s\": 2}}, \"clocks\": {"
    "\"acknowledge\": {\"limit_s\": 3600, \"steps\": [{\"do\": \"notify_again\"}], \"tiers\": {\"urgent\": "
    "{\"limit_s\": 1,"
    " \"steps\": [{\"do\": \"notify_again\"}, {\"after_s\": 1, \"do\": \"supervisor\"}], \"repeat_s\": 1}}},"
    "\"absence\": {\"limit_s\": 2592000, \"steps\": [{\"do\": \"supervisor\"}], \"repeat_s\": 1}},"
    "\"plans\": [{\"name\": \"any\", \"units\": [{\"count\": 1}], \"alarms\": [{\"level\": 2, \"units\": [{\"count\": "
    "1}]},"
    " {\"level\": 3, \"units\": [{\"count\": 1}]}]}]}";

/* What a life is told: seals by folder, the rest by life. */
static inline hj_config stress_config(unsigned number, uint32_t life) {
  hj_config config = journal_config(HJ_RUN_THREAD);
  static char ring[96];
  snprintf(ring, sizeof ring, "%.*s/ring", (int)(strrchr(folder, '/') - folder), folder);
  if (strncmp(ring, "/dev/shm/", 9) == 0) config.ring_path = ring; /* it goes with the folder */
  config.map_path = getenv("HUJIA_TEST_MAP");
  config.map_memory = HJ_MAP_SHARED;
  config.ring_bytes = 8 << 20;
  config.max_units = UNITS + MOVING;
  config.max_incidents = 4096;
  config.max_assignments = 1024;
  config.max_watches = WATCHES + SILENT;
  if (number % 2 == 1) {
    config.seal = weak_seal;
    config.open = weak_open;
    config.seal_name = "weak";
  }
  unsigned kind = number * 5 + life;
  config.snapshot_records = kind % 4 == 3 ? HJ_SNAPSHOT_AT_CLOSE : 1000;
  if (kind % 3 == 1) config.telemetry = HJ_TELEMETRY_ALL;
  if (kind % 5 == 2) config.events_when = HJ_EVENTS_WHEN_DURABLE;
  return config;
}

/* A lane that has done all of its acts waits for its end. */
static inline void rest_after(int *acts, int most) {
  if (++*acts >= most) pause();
}

static inline int nap(long nanoseconds) {
  struct timespec time = {0, nanoseconds};
  return nanosleep(&time, NULL);
}

#endif
