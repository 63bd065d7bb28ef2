/* What it costs to get something into the engine, from outside, beside what the machine's own atomics, locks and queues
 * cost in the same run. Medians and p99 of batches where one operation is shorter than a look at the clock. */
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "rows.h"
#include "hujia.h"

enum { PLACES = 65536, GROUP = 256, GROUPS = 4000, REPORTERS = 2 };

static int32_t places[PLACES][2];
static uint32_t place_count, unit_count;
static hj_engine *engine;
static int64_t row_ns = 1500000000;

static void check(hj_status status, const char *what) {
  if (status >= 0) return;
  fprintf(stderr, "%s: %s\n", what, hj_status_name(status));
  exit(1);
}

static uint64_t next_random(uint64_t *state) {
  *state ^= *state << 13;
  *state ^= *state >> 7;
  *state ^= *state << 17;
  return *state;
}

static void read_places(const char *path) {
  FILE *file = fopen(path, "r");
  double lat, lon;
  if (!file) {
    fprintf(stderr, "cannot open %s\n", path);
    exit(1);
  }
  while (place_count < PLACES && fscanf(file, "%lf %lf", &lat, &lon) == 2) {
    check(hj_e7_from_degrees(lat, lon, &places[place_count][0], &places[place_count][1]), "a place");
    place_count++;
  }
  fclose(file);
  if (place_count == 0) exit(1);
}

static hj_engine *open_engine(const char *map, int32_t mode) {
  hj_config config;
  hj_error_detail why;
  hj_engine *opened = NULL;
  memset(&why, 0, sizeof why);
  why.size = sizeof why;
  check(hj_config_init(&config, sizeof config), "config");
  config.run_mode = mode;
  config.map_path = map;
  config.max_units = unit_count;
  config.post_capacity = 8192;
  config.event_capacity = 1 << 16;
  if (hj_engine_open(&config, &opened, &why) < 0) {
    fprintf(stderr, "open: %s\n", why.text);
    exit(1);
  }
  return opened;
}

static void put_units(void) {
  uint64_t random = 88172645463325252u;
  uint32_t index;
  for (index = 0; index < unit_count; index++) {
    uint32_t place = (uint32_t)(next_random(&random) % place_count);
    hj_unit unit;
    memset(&unit, 0, sizeof unit);
    unit.size = sizeof unit;
    unit.id = index + 1;
    unit.lat_e7 = places[place][0];
    unit.lon_e7 = places[place][1];
    check(hj_unit_put(engine, &unit), "hj_unit_put");
  }
}

/* ---- The machine's own ---- */

static _Atomic uint64_t word;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* A bounded queue of 128-byte items by compare-and-swap (Vyukov), with nobody else about. */
typedef struct {
  _Atomic uint64_t turn;
  uint64_t item[16];
} cell;
static cell cells[8192];
static _Atomic uint64_t tail, head;

static int queue_push(const uint64_t *item) {
  uint64_t at = atomic_load_explicit(&tail, memory_order_relaxed);
  cell *mine = &cells[at & 8191];
  if (atomic_load_explicit(&mine->turn, memory_order_acquire) != at) return 0;
  if (!atomic_compare_exchange_strong_explicit(&tail, &at, at + 1, memory_order_relaxed, memory_order_relaxed))
    return 0;
  memcpy(mine->item, item, sizeof mine->item);
  atomic_store_explicit(&mine->turn, at + 1, memory_order_release);
  return 1;
}

static void queue_pop(void) {
  uint64_t at = atomic_load_explicit(&head, memory_order_relaxed);
  cell *mine = &cells[at & 8191];
  if (atomic_load_explicit(&mine->turn, memory_order_acquire) != at + 1) return;
  atomic_store_explicit(&mine->turn, at + 8192, memory_order_release);
  atomic_store_explicit(&head, at + 1, memory_order_relaxed);
}

#define EACH(name, work)                            \
  do {                                              \
    row *to = new_row(name, GROUP);                 \
    int group, index;                               \
    for (group = 0; group < GROUPS; group++) {      \
      int64_t start_ns = clock_ns();                \
      for (index = 0; index < GROUP; index++) work; \
      sample(to, start_ns);                         \
    }                                               \
  } while (0)

static void the_machine(void) {
  uint64_t item[16] = {1};
  uint64_t free_word;
  uint64_t index2;
  row *push;
  int group;
  EACH("the machine: atomic add", atomic_fetch_add(&word, 1));
  EACH("the machine: compare-and-swap, taken and given", {
    free_word = 0;
    atomic_store(&word, 0);
    atomic_compare_exchange_strong(&word, &free_word, 1);
  });
  EACH("the machine: mutex, taken and given", {
    pthread_mutex_lock(&lock);
    pthread_mutex_unlock(&lock);
  });
  EACH("the machine: clock_gettime", (void)clock_ns());
  for (index2 = 0; index2 < 8192; index2++) atomic_store(&cells[index2].turn, index2);
  push = new_row("the machine: push 128 bytes to a queue", GROUP);
  for (group = 0; group < GROUPS; group++) {
    int64_t start_ns = clock_ns();
    int index;
    for (index = 0; index < GROUP; index++) queue_push(item);
    sample(push, start_ns);
    for (index = 0; index < GROUP; index++) queue_pop();
  }
}

/* ---- Calls ---- */

static void calls_that_only_check(void) {
  hj_dispatch answer;
  answer.size = sizeof answer;
  EACH("hj_incident_report that only checks", (void)hj_incident_report(engine, NULL, &answer));
  EACH("hj_positions_report of nothing", (void)hj_positions_report(engine, NULL, 0, NULL));
}

static void fill_report(hj_report *report, uint64_t *random) {
  uint32_t place = (uint32_t)(next_random(random) % place_count);
  memset(report, 0, sizeof *report);
  report->size = sizeof *report;
  report->tier = HJ_TIER_EMERGENCY;
  report->lat_e7 = places[place][0];
  report->lon_e7 = places[place][1];
}

/* In poll mode, so that nothing but the post is timed: no loop is woken. */
static void posts(const char *map) {
  hj_engine *before = engine;
  row *post = new_row("hj_incident_post, nobody else about", GROUP);
  uint64_t random = 7;
  int64_t now_ns = 1;
  int group, index;
  static hj_report reports[GROUP];
  hj_event events[64];
  engine = open_engine(map, HJ_RUN_POLL);
  for (group = 0; group < GROUPS; group++) {
    int64_t start_ns;
    uint32_t count;
    for (index = 0; index < GROUP; index++) fill_report(&reports[index], &random);
    start_ns = clock_ns();
    for (index = 0; index < GROUP; index++)
      if (hj_incident_post(engine, &reports[index]) != HJ_OK) abort();
    sample(post, start_ns);
    now_ns += 1000000;
    check(hj_engine_poll(engine, now_ns, now_ns / 1000, 0, NULL), "hj_engine_poll");
    do {
      events[0].size = sizeof events[0];
      check(hj_events_poll(engine, events, 64, &count), "hj_events_poll");
      for (index = 0; index < (int)count; index++)
        if (events[index].kind == HJ_EVENT_DECIDED) hj_incident_cancel(engine, events[index].incident_id, 0);
    } while (count == 64);
  }
  check(hj_engine_close(engine), "hj_engine_close");
  engine = before;
}

/* A report seen from outside beside what the engine says the decision itself took. */
static void decisions(void) {
  row *outside = new_row("hj_incident_report, from outside", 1);
  row *inside = new_row("the bare decision (decided_in_ns)", 1);
  uint64_t random = 99;
  int64_t end_ns = clock_ns() + row_ns;
  while (clock_ns() < end_ns && outside->count < SAMPLE_LIMIT) {
    hj_report report;
    hj_dispatch answer;
    int64_t start_ns;
    fill_report(&report, &random);
    answer.size = sizeof answer;
    start_ns = clock_ns();
    check(hj_incident_report(engine, &report, &answer), "hj_incident_report");
    sample(outside, start_ns);
    inside->times_ns[inside->count++] = answer.decided_in_ns;
    check(hj_incident_close(engine, answer.incident_id, 1, 0), "hj_incident_close");
  }
}

/* ---- Positions from several threads ---- */

typedef struct {
  row *to;
  uint32_t batch, number;
  uint64_t reported, refused;
} reporter;

static atomic_int ready;
static int64_t stop_ns;
static int32_t (*at)[2];

static void *report_positions(void *argument) {
  reporter *mine = argument;
  uint64_t random = 1234567 + mine->number;
  hj_position fixes[64];
  memset(fixes, 0, sizeof fixes);
  atomic_fetch_add(&ready, 1);
  while (atomic_load(&ready) < REPORTERS) {
  }
  while (clock_ns() < stop_ns) {
    uint32_t index, accepted = 0;
    int64_t start_ns;
    for (index = 0; index < mine->batch; index++) {
      /* Its own half of the units: each drives some metres further. */
      uint32_t unit = (uint32_t)(next_random(&random) % (unit_count / REPORTERS)) * REPORTERS + mine->number;
      int32_t *point = at[unit];
      point[0] += (int32_t)(next_random(&random) % 401) - 200;
      point[1] += (int32_t)(next_random(&random) % 401) - 200;
      fixes[index].size = sizeof fixes[index];
      fixes[index].unit_id = unit + 1;
      fixes[index].lat_e7 = point[0];
      fixes[index].lon_e7 = point[1];
      fixes[index].heading_cdeg = fixes[index].speed_cms = HJ_UNKNOWN;
    }
    start_ns = clock_ns();
    check(hj_positions_report(engine, fixes, mine->batch, &accepted), "hj_positions_report");
    sample(mine->to, start_ns);
    mine->reported += mine->batch;
    mine->refused += mine->batch - accepted;
  }
  return NULL;
}

static void positions(uint32_t batch) {
  pthread_t threads[REPORTERS];
  reporter reporters[REPORTERS];
  uint32_t number;
  uint64_t reported = 0, refused = 0;
  int64_t start_ns;
  char name[64];
  atomic_store(&ready, 0);
  start_ns = clock_ns();
  stop_ns = start_ns + row_ns;
  for (number = 0; number < REPORTERS; number++) {
    snprintf(name, sizeof name, "hj_positions_report of %u, thread %u of %d", batch, number + 1, REPORTERS);
    memset(&reporters[number], 0, sizeof reporters[number]);
    reporters[number].to = new_row(name, batch);
    reporters[number].batch = batch;
    reporters[number].number = number;
    pthread_create(&threads[number], NULL, report_positions, &reporters[number]);
  }
  for (number = 0; number < REPORTERS; number++) {
    pthread_join(threads[number], NULL);
    reported += reporters[number].reported;
    refused += reporters[number].refused;
  }
  printf("positions in batches of %u from %d threads: %.2f million a second, %llu refused\n", batch, REPORTERS,
         (double)reported / (double)(clock_ns() - start_ns) * 1000, (unsigned long long)refused);
}

int main(int argc, char **argv) {
  hj_stats stats;
  FILE *json;
  uint32_t index;
  uint64_t random = 88172645463325252u;
  if (argc < 5) {
    fprintf(stderr, "usage: costs MAP PLACES UNITS TITLE [JSON]\n");
    return 2;
  }
  unit_count = (uint32_t)atoi(argv[3]);
  if (unit_count < REPORTERS) return 2;
  if (getenv("HUJIA_BENCH_SECONDS")) row_ns = (int64_t)(atof(getenv("HUJIA_BENCH_SECONDS")) * 1e9);
  read_places(argv[2]);
  the_machine();
  engine = open_engine(argv[1], HJ_RUN_THREAD);
  put_units();
  calls_that_only_check();
  posts(argv[1]);
  decisions();
  at = malloc(sizeof *at * unit_count);
  if (!at) return 1;
  for (index = 0; index < unit_count; index++)
    memcpy(at[index], places[next_random(&random) % place_count], sizeof *at);
  positions(1);
  positions(64);
  json = argc > 5 ? fopen(argv[5], "a") : NULL;
  show_rows(argv[4], unit_count, json);
  if (json) fclose(json);
  memset(&stats, 0, sizeof stats);
  stats.size = sizeof stats;
  check(hj_engine_stats(engine, &stats), "hj_engine_stats");
  printf("positions taken %lld, refused %lld; calls combined %lld, handed over %lld\n",
         (long long)stats.positions_accepted, (long long)stats.positions_refused, (long long)stats.calls_combined,
         (long long)stats.calls_handed_over);
  check(hj_engine_close(engine), "hj_engine_close");
  free(at);
  return 0;
}
