/* What the calls of a host cost, one kind a run: for two libraries beside one another (scripts/bench-door), by time and
 * by instructions (under callgrind, which counts inside the named function alone). Uses nothing that version 0.2 lacks,
 * and is compiled against each library's own header.
 *
 *   door list                        each kind with its function and with the calls of a short and of a long run
 *   door KIND MAP PLACES CALLS       MAP and PLACES "-": no streets; prints p50, p99 and p99.9 in ns an operation, or
 *                                    the one number that the kind is about */
#define _GNU_SOURCE
#include "hujia.h"

#include <pthread.h>
#include <string.h>
#include <sys/mman.h>

#include "rows.h"

enum { UNITS = 1000, BATCH = 256, PLACES = 65536, STACK = 1 << 20, PATTERN = 0xa5 };
#define SECOND_NS INT64_C(1000000000)

static hj_engine *engine;
static const char *map;
static int32_t (*places)[2];
static uint32_t place_count;
static int32_t at[UNITS][2]; /* of the units */
static int64_t now_ns = SECOND_NS;
static row *samples;

static void check(hj_status status, const char *what) {
  if (status >= 0 && status != HJ_FULL) return;
  fprintf(stderr, "%s: %s\n", what, hj_status_name(status));
  exit(1);
}

static uint32_t below(uint32_t bound) {
  static uint64_t state = 88172645463325252u;
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return (uint32_t)(state >> 20) % bound;
}

/* Of a file; else beside the streets of San Francisco, where a map has them. */
static void read_places(const char *path) {
  FILE *file = strcmp(path, "-") == 0 ? NULL : fopen(path, "r");
  double lat, lon;
  places = malloc(PLACES * sizeof *places);
  if (!places) abort();
  while (file && place_count < PLACES && fscanf(file, "%lf %lf", &lat, &lon) == 2) {
    check(hj_e7_from_degrees(lat, lon, &places[place_count][0], &places[place_count][1]), "a place");
    place_count++;
  }
  if (file) fclose(file);
  while (place_count < 8192) {
    places[place_count][0] = 377400000 + (int32_t)below(600000);
    places[place_count][1] = -1224650000 + (int32_t)below(700000);
    place_count++;
  }
}

static void some_place(int32_t *lat_e7, int32_t *lon_e7) {
  uint32_t place = below(place_count);
  *lat_e7 = places[place][0];
  *lon_e7 = places[place][1];
}

static void pass(int64_t time_ns) {
  now_ns += time_ns;
  check(hj_engine_poll(engine, now_ns, 1700000000000000 + now_ns / 1000, 0, NULL), "hj_engine_poll");
}

static hj_config usual(int32_t mode) {
  hj_config config;
  check(hj_config_init(&config, sizeof config), "hj_config_init");
  config.run_mode = mode;
  config.map_path = map;
  return config;
}

static void open_with(const hj_config *config) {
  hj_error_detail why;
  memset(&why, 0, sizeof why);
  why.size = sizeof why;
  if (hj_engine_open(config, &engine, &why) == HJ_OK) return;
  fprintf(stderr, "hj_engine_open: %s\n", why.text);
  exit(1);
}

/* An engine with 1,000 units. */
static void begin(int32_t mode) {
  hj_config config = usual(mode);
  uint32_t index;
  config.max_units = 4096;
  open_with(&config);
  for (index = 0; index < UNITS; index++) {
    hj_unit unit;
    memset(&unit, 0, sizeof unit);
    unit.size = sizeof unit;
    unit.id = index + 1;
    unit.crew = 2;
    some_place(&at[index][0], &at[index][1]);
    unit.lat_e7 = at[index][0];
    unit.lon_e7 = at[index][1];
    check(hj_unit_put(engine, &unit), "hj_unit_put");
  }
  if (mode == HJ_RUN_POLL) pass(SECOND_NS);
}

static void drop_events(void) {
  static hj_event events[BATCH];
  uint32_t count;
  do {
    events[0].size = sizeof events[0];
    check(hj_events_poll(engine, events, BATCH, &count), "hj_events_poll");
  } while (count == BATCH);
}

static hj_report some_call(void) {
  hj_report report;
  memset(&report, 0, sizeof report);
  report.size = sizeof report;
  report.tier = HJ_TIER_EMERGENCY;
  some_place(&report.lat_e7, &report.lon_e7);
  return report;
}

static hj_dispatch report_one(const hj_report *report) {
  hj_dispatch answer;
  memset(&answer, 0, sizeof answer);
  answer.size = sizeof answer;
  check(hj_incident_report(engine, report, &answer), "hj_incident_report");
  return answer;
}

/* ---- Calls, timed one by one or in groups of BATCH ---- */

static void reports(int calls) {
  while (calls-- > 0) {
    hj_report report = some_call();
    int64_t start_ns = clock_ns();
    hj_dispatch answer = report_one(&report);
    sample(samples, start_ns);
    check(hj_incident_cancel(engine, answer.incident_id, 0), "hj_incident_cancel");
    drop_events();
  }
}

static void report_in_poll(int calls) {
  begin(HJ_RUN_POLL);
  reports(calls);
}

static void report_with_thread(int calls) {
  begin(HJ_RUN_THREAD);
  reports(calls);
}

static void recommend(int calls) {
  begin(HJ_RUN_POLL);
  while (calls-- > 0) {
    hj_report report = some_call();
    hj_dispatch answer;
    int64_t start_ns = clock_ns();
    memset(&answer, 0, sizeof answer);
    answer.size = sizeof answer;
    check(hj_incident_recommend(engine, &report, &answer), "hj_incident_recommend");
    sample(samples, start_ns);
  }
}

static void nearest(int calls) {
  begin(HJ_RUN_POLL);
  while (calls-- > 0) {
    hj_nearest_query query;
    hj_nearest found[8];
    uint32_t count;
    int64_t start_ns;
    memset(&query, 0, sizeof query);
    query.size = sizeof query;
    query.k = 8;
    some_place(&query.lat_e7, &query.lon_e7);
    start_ns = clock_ns();
    found[0].size = sizeof found[0];
    check(hj_nearest_units(engine, &query, found, 8, &count), "hj_nearest_units");
    sample(samples, start_ns);
  }
}

static void positions(int calls) {
  begin(HJ_RUN_POLL);
  while (calls-- > 0) {
    uint32_t unit = below(UNITS), taken;
    hj_position fix;
    int64_t start_ns;
    at[unit][0] += (int32_t)below(2000) - 1000;
    at[unit][1] += (int32_t)below(2000) - 1000;
    memset(&fix, 0, sizeof fix);
    fix.size = sizeof fix;
    fix.unit_id = unit + 1;
    fix.lat_e7 = at[unit][0];
    fix.lon_e7 = at[unit][1];
    fix.heading_cdeg = fix.speed_cms = HJ_UNKNOWN;
    start_ns = clock_ns();
    check(hj_positions_report(engine, &fix, 1, &taken), "hj_positions_report");
    sample(samples, start_ns);
  }
}

static void advance(int calls) {
  static uint64_t incidents[BATCH], assignments[BATCH];
  int group, index;
  begin(HJ_RUN_POLL);
  samples->group = BATCH;
  for (group = 0; group < calls; group += BATCH) {
    int64_t start_ns;
    for (index = 0; index < BATCH; index++) {
      hj_report report = some_call();
      hj_dispatch answer = report_one(&report);
      if (answer.assignment_count == 0) abort();
      incidents[index] = answer.incident_id;
      assignments[index] = answer.chosen[0].assignment_id;
    }
    start_ns = clock_ns();
    for (index = 0; index < BATCH; index++)
      check(hj_assignment_advance(engine, assignments[index], HJ_ASSIGNMENT_ACKNOWLEDGED, 0), "hj_assignment_advance");
    sample(samples, start_ns);
    for (index = 0; index < BATCH; index++) check(hj_incident_cancel(engine, incidents[index], 0), "cancel");
    drop_events();
  }
}

static void check_in(int calls) {
  int group, index;
  begin(HJ_RUN_POLL);
  samples->group = BATCH;
  for (group = 0; group < calls; group += BATCH) {
    int64_t start_ns = clock_ns();
    for (index = 0; index < BATCH; index++) hj_unit_check_in(engine, 1 + (uint64_t)(group + index) % UNITS, 0);
    sample(samples, start_ns);
  }
}

/* A call that is refused at once: what it costs to get in and out. */
static void only_checks(int calls) {
  hj_dispatch answer;
  int group, index;
  begin(HJ_RUN_POLL);
  samples->group = BATCH;
  answer.size = sizeof answer;
  for (group = 0; group < calls; group += BATCH) {
    int64_t start_ns = clock_ns();
    for (index = 0; index < BATCH; index++) (void)hj_incident_report(engine, NULL, &answer);
    sample(samples, start_ns);
  }
}

static void post(int calls) {
  static hj_report waiting[BATCH];
  int group, index;
  hj_config config = usual(HJ_RUN_POLL);
  config.post_capacity = 8192;
  open_with(&config);
  samples->group = BATCH;
  for (group = 0; group < calls; group += BATCH) {
    int64_t start_ns;
    for (index = 0; index < BATCH; index++) waiting[index] = some_call();
    start_ns = clock_ns();
    for (index = 0; index < BATCH; index++) check(hj_incident_post(engine, &waiting[index]), "hj_incident_post");
    sample(samples, start_ns);
    if (group % (8192 - BATCH) == 0) pass(1000);
  }
}

static const char plans[] =
    "{\"version\": 1, \"tiers\": {\"emergency\": {\"respond_s\": 1, \"resolve_s\": null}},"
    " \"clocks\": {\"pending\": {\"steps\": [{\"do\": \"supervisor\"}], \"repeat_s\": 1}},"
    " \"plans\": [{\"name\": \"one\", \"units\": [{\"count\": 1}]}]}";

/* BATCH incidents that wait, without a unit: each breaks its promise once a second. */
static void begin_waiting(void) {
  hj_config config = usual(HJ_RUN_POLL);
  int index;
  config.map_path = NULL;
  open_with(&config);
  check(hj_plans_load(engine, plans, sizeof plans - 1, NULL), "hj_plans_load");
  pass(SECOND_NS);
  for (index = 0; index < BATCH; index++) {
    hj_report report = some_call();
    report_one(&report);
  }
  drop_events();
  samples->group = BATCH;
}

static void fire(int calls) {
  begin_waiting();
  while ((calls -= BATCH) >= 0) {
    int64_t start_ns = clock_ns();
    pass(SECOND_NS);
    sample(samples, start_ns);
    drop_events();
  }
}

static void events(int calls) {
  static hj_event taken[BATCH];
  uint32_t count;
  begin_waiting();
  while ((calls -= BATCH) >= 0) {
    int64_t start_ns;
    pass(SECOND_NS);
    start_ns = clock_ns();
    taken[0].size = sizeof taken[0];
    check(hj_events_poll(engine, taken, BATCH, &count), "hj_events_poll");
    sample(samples, start_ns);
    if (count != BATCH) abort();
    drop_events();
  }
}

static void open_often(int calls, int32_t memory) {
  while (calls-- > 0) {
    hj_config config = usual(HJ_RUN_POLL);
#ifdef HJ_MAP_SHARED
    config.map_memory = memory;
#else
    (void)memory; /* 0.2 maps the file always */
#endif
    int64_t start_ns = clock_ns();
    open_with(&config);
    sample(samples, start_ns);
    check(hj_engine_close(engine), "hj_engine_close");
    engine = NULL;
  }
}

static void open_copied(int calls) {
  open_often(calls, 0);
}
static void open_mapped(int calls) {
  open_often(calls, 1);
}

/* ---- What is no time ---- */

static int64_t resident_bytes(void) {
  long pages = 0;
  FILE *file = fopen("/proc/self/statm", "r");
  if (!file || fscanf(file, "%*d %ld", &pages) != 1) abort();
  fclose(file);
  return pages * 4096;
}

/* Of an engine of default size: what it took of its allocator. */
static void memory(int calls) {
  hj_config config = usual(HJ_RUN_POLL);
  hj_stats stats;
  (void)calls;
  open_with(&config);
  memset(&stats, 0, sizeof stats);
  stats.size = sizeof stats;
  check(hj_engine_stats(engine, &stats), "hj_engine_stats");
  sample_value(samples, stats.memory_bytes);
}

/* The same engine, with 1,000 units and after so many reports: what of the process is resident more than before. */
static void resident(int calls) {
  int64_t before = resident_bytes(), after;
  begin(HJ_RUN_POLL);
  while (calls-- > 0) {
    hj_report report = some_call();
    check(hj_incident_cancel(engine, report_one(&report).incident_id, 0), "hj_incident_cancel");
    drop_events();
  }
  after = resident_bytes();
  sample_value(samples, after - before);
}

static void *all_calls(void *unused) {
  int index;
  for (index = 0; index < BATCH; index++) {
    hj_report report = some_call();
    hj_dispatch answer = report_one(&report);
    uint64_t incident = answer.incident_id;
    check(hj_incident_recommend(engine, &report, &answer), "hj_incident_recommend");
    check(hj_incident_update(engine, incident, &report, &answer), "hj_incident_update");
    if (answer.assignment_count > 0)
      hj_assignment_advance(engine, answer.chosen[0].assignment_id, HJ_ASSIGNMENT_ACKNOWLEDGED, 0);
    check(hj_incident_post(engine, &report), "hj_incident_post");
    pass(SECOND_NS);
    check(hj_incident_cancel(engine, incident, 0), "hj_incident_cancel");
    drop_events();
  }
  return unused;
}

/* The deepest of them, on a stack filled with a pattern; a thread that does nothing is taken off. */
static int64_t used_by(void *(*body)(void *)) {
  unsigned char *stack = mmap(NULL, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
  pthread_attr_t attributes;
  pthread_t thread;
  int64_t untouched = 0;
  if (stack == MAP_FAILED) abort();
  memset(stack, PATTERN, STACK);
  pthread_attr_init(&attributes);
  if (pthread_attr_setstack(&attributes, stack, STACK) || pthread_create(&thread, &attributes, body, NULL)) abort();
  pthread_join(thread, NULL);
  pthread_attr_destroy(&attributes);
  while (untouched < STACK && stack[untouched] == PATTERN) untouched++;
  munmap(stack, STACK);
  return STACK - untouched;
}

static void *nothing(void *unused) {
  return unused;
}

static void stack(int calls) {
  (void)calls;
  begin(HJ_RUN_POLL);
  sample_value(samples, used_by(all_calls) - used_by(nothing));
}

/* ---- Which ---- */

static const struct {
  const char *name, *function;
  int calls, more; /* of a run under callgrind, and of a timed one */
  void (*run)(int);
} kinds[] = {
    {"report", "hj_incident_report", 2000, 20000, report_in_poll},
    {"report-thread", "-", 0, 20000, report_with_thread},
    {"recommend", "hj_incident_recommend", 2000, 20000, recommend},
    {"nearest", "hj_nearest_units", 2000, 20000, nearest},
    {"positions", "hj_positions_report", 10000, 100000, positions},
    {"advance", "hj_assignment_advance", 2048, 51200, advance},
    {"check-in", "hj_unit_check_in", 5120, 512000, check_in},
    {"check", "hj_incident_report", 5120, 512000, only_checks},
    {"post", "hj_incident_post", 2048, 102400, post},
    {"fire", "hj_engine_poll", 5120, 256000, fire},
    {"events", "hj_events_poll", 5120, 256000, events},
    {"open", "-", 0, 20, open_copied},
    {"open-mapped", "-", 0, 20, open_mapped},
    {"memory", "-", 0, 1, memory},
    {"resident", "-", 0, 2000, resident},
    {"stack", "-", 0, 1, stack},
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

int main(int argc, char **argv) {
  int index;
  for (index = 0; argc == 2 && strcmp(argv[1], "list") == 0 && index < KINDS; index++)
    printf("%s %s %d %d\n", kinds[index].name, kinds[index].function, kinds[index].calls, kinds[index].more);
  if (argc == 2) return 0;
  if (argc < 5) return 2;
  map = strcmp(argv[2], "-") == 0 ? NULL : argv[2];
  read_places(argv[3]);
  samples = new_row(argv[1], 1);
  for (index = 0; index < KINDS; index++)
    if (strcmp(argv[1], kinds[index].name) == 0) kinds[index].run(atoi(argv[4]));
  if (samples->count == 0) return 2;
  qsort(samples->times_ns, samples->count, sizeof(int64_t), by_time);
  printf("%.2f %.2f %.2f\n", at_us(samples, 0.5) * 1000, at_us(samples, 0.99) * 1000, at_us(samples, 0.999) * 1000);
  if (engine) check(hj_engine_close(engine), "hj_engine_close");
  free_rows();
  free(places);
  return 0;
}
