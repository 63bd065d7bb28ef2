/* A small load for the engine: positions, calls and signatures from threads of their own, each at a fixed rate.
 *
 *   cc -std=c99 -D_POSIX_C_SOURCE=200809L stress.c $(pkg-config --cflags --libs hujia) -lpthread
 *   stress [SECONDS [POSITIONS_PER_S [CALLS_PER_S [MAP LATITUDE LONGITUDE]]]]      without a map: straight lines
 *
 * Open loop: the k-th act is due at start + k / rate, whatever the engine does, and its latency counts from there. A
 * stall is therefore felt by everything that was due in it. Every thousandth position names a unit that does not exist.
 * At the end accepted + refused must be what was offered, by these books and by hj_stats; else the exit code is 1. */
#include <hujia.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define POSITION_THREADS 2
#define UNITS 400
#define BATCH 64
#define OPEN_CALLS 40     /* when more are open, the oldest is closed */
#define SIGN_NS 100000000 /* a crew signs a tenth of a second after it was asked */
#define QUEUE 4096
#define BUCKETS 512

/* Eight buckets an octave: a figure is at most an eighth too high. */
typedef struct {
  uint64_t offered, accepted, refused, acts, worst_ns, buckets[BUCKETS];
} lane;

static hj_engine *engine;
static lane positions[POSITION_THREADS], calls, signatures, closes;
static int64_t start_ns, end_ns, position_rate = 100000, call_rate = 200;
static int32_t middle_lat_e7 = 311000000, middle_lon_e7 = -410000000; /* open sea, where nobody lives */

/* From the calls to the crews that sign. */
static pthread_mutex_t queue_lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
  uint64_t assignment;
  int64_t due_ns;
} queue[QUEUE];
static uint32_t queue_first, queue_count;
static int calls_are_over;

static int64_t now_ns(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static void sleep_until(int64_t time_ns) {
  struct timespec time;
  time.tv_sec = (time_t)(time_ns / 1000000000);
  time.tv_nsec = (long)(time_ns % 1000000000);
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL) != 0) {
  }
}

static uint32_t below(uint64_t *state, uint32_t bound) {
  *state = *state * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t)((*state >> 33) % bound);
}

static void check(hj_status status, const char *what) {
  if (hj_is_taken(status)) return;
  fprintf(stderr, "%s: %s: %s\n", what, hj_status_name(status), hj_status_text(status));
  exit(2);
}

static void note(lane *to, uint64_t offered, uint64_t accepted, int64_t due_ns) {
  int64_t late_ns = now_ns() - due_ns;
  uint64_t value = late_ns > 0 ? (uint64_t)late_ns : 0;
  uint32_t octave = 0;
  if (value > to->worst_ns) to->worst_ns = value;
  while (value >= 16) {
    value >>= 1;
    octave++;
  }
  to->buckets[octave * 8 + value]++;
  to->acts++;
  to->offered += offered;
  to->accepted += accepted;
  to->refused += offered - accepted;
}

/* The upper edge of the bucket that holds the share, in microseconds. */
static double at_us(const lane *of, double share) {
  uint64_t wanted = (uint64_t)((double)of->acts * share), seen = 0;
  uint32_t index;
  for (index = 0; index < BUCKETS; index++) {
    seen += of->buckets[index];
    if (seen > wanted) {
      uint32_t octave = index < 16 ? 0 : index / 8 - 1;
      double edge_us = (double)(index - octave * 8 + 1) * (double)((uint64_t)1 << octave) / 1000;
      return edge_us < (double)of->worst_ns / 1000 ? edge_us : (double)of->worst_ns / 1000;
    }
  }
  return (double)of->worst_ns / 1000;
}

/* When act k of a lane is due; its thread sleeps until then. 0 when time is up. */
static int64_t wait_for_act(int64_t k, int64_t items_per_act, int64_t items_per_s) {
  int64_t item = (k + 1) * items_per_act - 1;
  int64_t due_ns = start_ns + item / items_per_s * 1000000000 + item % items_per_s * 1000000000 / items_per_s;
  int64_t time_ns = now_ns();
  if (due_ns >= end_ns || time_ns >= end_ns) return 0;
  if (due_ns > time_ns) sleep_until(due_ns);
  return due_ns;
}

static void *report_positions(void *argument) {
  lane *mine = argument;
  uint64_t random = (uint64_t)(mine - positions) + 1;
  hj_position fixes[BATCH];
  uint64_t made = 0;
  int64_t k, due_ns;
  for (k = 0; (due_ns = wait_for_act(k, BATCH, position_rate / POSITION_THREADS)) != 0; k++) {
    uint32_t taken = 0, index;
    for (index = 0; index < BATCH; index++) {
      hj_position *fix = &fixes[index];
      memset(fix, 0, sizeof *fix);
      fix->size = sizeof *fix;
      fix->unit_id = POSITION_THREADS * below(&random, UNITS / POSITION_THREADS) + (uint64_t)(mine - positions) + 1;
      if (++made % 1000 == 0) fix->unit_id = UNITS + 1;
      fix->lat_e7 = middle_lat_e7 + (int32_t)below(&random, 600000) - 300000;
      fix->lon_e7 = middle_lon_e7 + (int32_t)below(&random, 600000) - 300000;
      fix->heading_cdeg = HJ_UNKNOWN;
      fix->speed_cms = HJ_UNKNOWN;
    }
    check(hj_positions_report(engine, fixes, BATCH, &taken), "hj_positions_report");
    note(mine, BATCH, taken, due_ns);
  }
  return NULL;
}

static void ask_for_signatures(const hj_dispatch *answer) {
  uint32_t index;
  pthread_mutex_lock(&queue_lock);
  for (index = 0; index < answer->assignment_count && queue_count < QUEUE; index++) {
    uint32_t last = (queue_first + queue_count++) % QUEUE;
    queue[last].assignment = answer->chosen[index].assignment_id;
    queue[last].due_ns = now_ns() + SIGN_NS;
  }
  pthread_mutex_unlock(&queue_lock);
}

static void *report_calls(void *unused) {
  static uint64_t open[OPEN_CALLS];
  uint64_t random = 99;
  int64_t k, due_ns;
  (void)unused;
  for (k = 0; (due_ns = wait_for_act(k, 1, call_rate)) != 0; k++) {
    uint64_t *slot = &open[k % OPEN_CALLS];
    hj_report report;
    hj_dispatch answer;
    hj_status status;
    memset(&report, 0, sizeof report);
    memset(&answer, 0, sizeof answer);
    report.size = sizeof report;
    answer.size = sizeof answer;
    report.tier = HJ_TIER_EMERGENCY;
    report.lat_e7 = middle_lat_e7 + (int32_t)below(&random, 600000) - 300000;
    report.lon_e7 = middle_lon_e7 + (int32_t)below(&random, 600000) - 300000;
    status = hj_incident_report(engine, &report, &answer);
    if (status != HJ_FULL) check(status, "hj_incident_report");
    note(&calls, 1, (uint64_t)hj_is_taken(status), due_ns);
    ask_for_signatures(&answer);
    if (*slot != 0) {
      int64_t begin_ns = now_ns();
      check(hj_incident_close(engine, *slot, 1, 0), "hj_incident_close");
      note(&closes, 1, 1, begin_ns);
    }
    *slot = answer.incident_id;
  }
  pthread_mutex_lock(&queue_lock);
  calls_are_over = 1;
  pthread_mutex_unlock(&queue_lock);
  return NULL;
}

/* A crew whose call was closed before it signed gets HJ_E_STALE: refused, and right so. */
static void *sign(void *unused) {
  (void)unused;
  for (;;) {
    uint64_t assignment = 0;
    int64_t due_ns = 0;
    int is_over;
    pthread_mutex_lock(&queue_lock);
    is_over = calls_are_over;
    if (queue_count > 0) {
      assignment = queue[queue_first].assignment;
      due_ns = queue[queue_first].due_ns;
      queue_first = (queue_first + 1) % QUEUE;
      queue_count--;
    }
    pthread_mutex_unlock(&queue_lock);
    if (assignment == 0) {
      if (is_over) return NULL;
      sleep_until(now_ns() + 1000000);
      continue;
    }
    if (due_ns > now_ns()) sleep_until(due_ns);
    note(&signatures, 1, hj_assignment_advance(engine, assignment, HJ_ASSIGNMENT_ACKNOWLEDGED, 0) == HJ_OK, due_ns);
  }
}

static void show(const char *name, const lane *of) {
  printf("%-12s %11llu %11llu %9llu | %9.1f %9.1f %9.1f %9.1f %9.1f\n", name, (unsigned long long)of->offered,
         (unsigned long long)of->accepted, (unsigned long long)of->refused, at_us(of, 0.5), at_us(of, 0.9),
         at_us(of, 0.99), at_us(of, 0.999), (double)of->worst_ns / 1000);
}

static uint32_t agree(const char *what, uint64_t ours, int64_t engines) {
  if ((int64_t)ours == engines) return 1;
  printf("DOES NOT HOLD: %s: ours %llu, the engine's %lld\n", what, (unsigned long long)ours, (long long)engines);
  return 0;
}

static int do_the_books(void) {
  hj_stats stats;
  lane sum = positions[0];
  uint32_t index, bucket, holds = 1;
  for (index = 1; index < POSITION_THREADS; index++) {
    const lane *each = &positions[index];
    sum.offered += each->offered;
    sum.accepted += each->accepted;
    sum.refused += each->refused;
    sum.acts += each->acts;
    if (each->worst_ns > sum.worst_ns) sum.worst_ns = each->worst_ns;
    for (bucket = 0; bucket < BUCKETS; bucket++) sum.buckets[bucket] += each->buckets[bucket];
  }
  memset(&stats, 0, sizeof stats);
  stats.size = sizeof stats;
  check(hj_engine_stats(engine, &stats), "hj_engine_stats");
  printf("%-12s %11s %11s %9s | %9s %9s %9s %9s %9s  us from the intended start\n", "", "offered", "accepted",
         "refused", "p50", "p90", "p99", "p99.9", "max");
  show("positions", &sum);
  show("calls", &calls);
  show("signatures", &signatures);
  show("closes", &closes);
  printf("longest turn %.1f us, %lld decisions\n", (double)stats.longest_turn_ns / 1000, (long long)stats.decisions);
  holds &= agree("positions accepted", sum.accepted, stats.positions_accepted);
  holds &= agree("positions refused", sum.refused, stats.positions_refused);
  holds &= agree("positions offered", sum.offered, stats.positions_accepted + stats.positions_refused);
  holds &= agree("calls offered", calls.offered, stats.reports);
  holds &= agree("calls accepted", calls.accepted, stats.incidents_opened);
  holds &= agree("signatures accepted", signatures.accepted, stats.assignments_acknowledged);
  holds &= agree("incidents closed", closes.accepted, stats.incidents_closed);
  puts(holds ? "accepted + refused = offered, exactly" : "the books do not agree");
  return holds == 1;
}

static void open_engine(const char *map) {
  hj_config config;
  hj_error_detail why;
  uint64_t random = 5;
  uint32_t index;
  memset(&why, 0, sizeof why);
  why.size = sizeof why;
  check(hj_config_init(&config, sizeof config), "hj_config_init");
  config.map_path = map;
  config.max_speed_cms = UINT32_MAX; /* invented units that jump about */
  if (!hj_is_taken(hj_engine_open(&config, &engine, &why))) {
    fprintf(stderr, "%s: %s\n", why.field, why.text);
    exit(2);
  }
  for (index = 1; index <= UNITS; index++) {
    hj_unit unit;
    memset(&unit, 0, sizeof unit);
    unit.size = sizeof unit;
    unit.id = index;
    unit.lat_e7 = middle_lat_e7 + (int32_t)below(&random, 600000) - 300000;
    unit.lon_e7 = middle_lon_e7 + (int32_t)below(&random, 600000) - 300000;
    check(hj_unit_put(engine, &unit), "hj_unit_put");
  }
}

int main(int argc, char **argv) {
  pthread_t threads[POSITION_THREADS + 2];
  uint32_t index;
  int holds;
  int64_t seconds = argc > 1 ? atoi(argv[1]) : 10;
  if (argc > 2) position_rate = atoi(argv[2]);
  if (argc > 3) call_rate = atoi(argv[3]);
  if (argc == 5 || argc == 6 || seconds < 1 || position_rate < POSITION_THREADS || call_rate < 1) {
    fprintf(stderr, "usage: stress [SECONDS [POSITIONS_PER_S [CALLS_PER_S [MAP LATITUDE LONGITUDE]]]]\n");
    return 2;
  }
  if (argc > 6) check(hj_e7_from_degrees(atof(argv[5]), atof(argv[6]), &middle_lat_e7, &middle_lon_e7), "place");
  open_engine(argc > 6 ? argv[4] : NULL);
  start_ns = now_ns() + 10000000;
  end_ns = start_ns + seconds * 1000000000;
  for (index = 0; index < POSITION_THREADS; index++) {
    pthread_create(&threads[index], NULL, report_positions, &positions[index]);
  }
  pthread_create(&threads[index], NULL, report_calls, NULL);
  pthread_create(&threads[index + 1], NULL, sign, NULL);
  for (index = 0; index < POSITION_THREADS + 2; index++) pthread_join(threads[index], NULL);
  holds = do_the_books();
  check(hj_engine_close(engine), "hj_engine_close");
  return holds ? 0 : 1;
}
