/* Three ways to share one engine among threads, in the same run and with the same work:
 *
 *   direct   every thread calls; the engine's baton decides which thread's turn it is
 *   mutex    every call under one pthread mutex of the host, as for a library that is not safe to share
 *   thread   every call is shipped to one engine thread through a queue with a condition variable, and waited for
 *
 *   ingest MAP PLACES UNITS TITLE [JSON]        rows are appended to JSON, one object a line
 *
 * A round of a thread: 16 positions, a call, signed, on scene, closed: five calls of the C interface, closed loop. The
 * three ways take turns, several times over, so that a slow moment of the machine hits each of them. */
#include <hujia.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define THREADS_MOST 4
#define SAMPLES 1000000
#define FIXES 16
#define PASSES 5

enum { DIRECT, UNDER_MUTEX, ENGINE_THREAD, WAYS };
static const char *const way_names[WAYS] = {"direct, the baton", "one mutex around it", "one engine thread"};

typedef enum { POSITIONS, REPORT, ADVANCE, CLOSE, EVENTS, STOP } act;

/* One call of the C interface, so that it can be made here or elsewhere. */
typedef struct request {
  act what;
  const hj_position *fixes;
  const hj_report *report;
  hj_dispatch *answer;
  hj_event *events;
  uint64_t id;
  int32_t state;
  hj_status status;
  int is_done;
  pthread_cond_t done;
  struct request *next;
} request;

typedef struct {
  uint32_t count, calls;
  int64_t *all_ns;
  uint32_t report_count;
  int64_t *reports_ns;
} samples;

typedef struct {
  int way;
  uint32_t number;
  int64_t end_ns;
  samples *to;
} job;

static hj_engine *engine;
static int32_t (*places)[2];
static uint32_t place_count, unit_count;
static pthread_mutex_t host_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t queue_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t queue_filled = PTHREAD_COND_INITIALIZER;
static request *queue_first, **queue_end = &queue_first;

static int64_t clock_ns(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static uint32_t below(uint64_t *state, uint32_t bound) {
  *state = *state * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t)((*state >> 33) % bound);
}

static void check(hj_status status, const char *what) {
  if (status >= 0) return;
  fprintf(stderr, "%s: %s: %s\n", what, hj_status_name(status), hj_status_text(status));
  exit(1);
}

static hj_status call(request *of) {
  uint32_t count = 0;
  switch (of->what) {
    case POSITIONS:
      return hj_positions_report(engine, of->fixes, FIXES, NULL);
    case REPORT:
      return hj_incident_report(engine, of->report, of->answer);
    case ADVANCE:
      return hj_assignment_advance(engine, of->id, of->state, 0);
    case CLOSE:
      return hj_incident_close(engine, of->id, 1, 0);
    case EVENTS:
      return hj_events_poll(engine, of->events, 256, &count);
    default:
      return HJ_OK;
  }
}

static hj_status ship(request *of) {
  pthread_mutex_lock(&queue_lock);
  of->is_done = 0;
  of->next = NULL;
  *queue_end = of;
  queue_end = &of->next;
  pthread_cond_signal(&queue_filled);
  while (!of->is_done) pthread_cond_wait(&of->done, &queue_lock);
  pthread_mutex_unlock(&queue_lock);
  return of->status;
}

static void *run_engine(void *unused) {
  (void)unused;
  for (;;) {
    request *next;
    pthread_mutex_lock(&queue_lock);
    while (!queue_first) pthread_cond_wait(&queue_filled, &queue_lock);
    next = queue_first;
    queue_first = next->next;
    if (!queue_first) queue_end = &queue_first;
    pthread_mutex_unlock(&queue_lock);
    next->status = call(next);
    pthread_mutex_lock(&queue_lock);
    next->is_done = 1;
    pthread_cond_signal(&next->done);
    pthread_mutex_unlock(&queue_lock);
    if (next->what == STOP) return NULL;
  }
}

static void make(job *mine, request *of) {
  int64_t start_ns = clock_ns();
  int64_t time_ns;
  hj_status status;
  if (mine->way == DIRECT) {
    status = call(of);
  } else if (mine->way == UNDER_MUTEX) {
    pthread_mutex_lock(&host_lock);
    status = call(of);
    pthread_mutex_unlock(&host_lock);
  } else {
    status = ship(of);
  }
  time_ns = clock_ns() - start_ns;
  check(status, "a call of the round");
  if (of->what == EVENTS) return;
  mine->to->calls++;
  if (mine->to->count < SAMPLES) mine->to->all_ns[mine->to->count++] = time_ns;
  if (of->what == REPORT && mine->to->report_count < SAMPLES) {
    mine->to->reports_ns[mine->to->report_count++] = time_ns;
  }
}

static void fill(hj_position *fixes, hj_report *report, uint64_t *random) {
  uint32_t index, place = below(random, place_count);
  for (index = 0; index < FIXES; index++) {
    uint32_t at = below(random, place_count);
    memset(&fixes[index], 0, sizeof fixes[index]);
    fixes[index].size = sizeof fixes[index];
    fixes[index].unit_id = below(random, unit_count) + 1;
    fixes[index].lat_e7 = places[at][0] + (int32_t)below(random, 6000) - 3000;
    fixes[index].lon_e7 = places[at][1] + (int32_t)below(random, 6000) - 3000;
    fixes[index].heading_cdeg = HJ_UNKNOWN;
    fixes[index].speed_cms = HJ_UNKNOWN;
  }
  memset(report, 0, sizeof *report);
  report->size = sizeof *report;
  report->tier = HJ_TIER_EMERGENCY;
  report->lat_e7 = places[place][0];
  report->lon_e7 = places[place][1];
}

static void *run_job(void *argument) {
  job *mine = argument;
  uint64_t random = mine->number + 1;
  uint32_t round;
  hj_position fixes[FIXES];
  hj_report report;
  hj_dispatch answer;
  static hj_event events[256]; /* only thread 0 reads events */
  request each;
  memset(&each, 0, sizeof each);
  pthread_cond_init(&each.done, NULL);
  each.fixes = fixes;
  each.report = &report;
  each.answer = &answer;
  each.events = events;
  for (round = 0; clock_ns() < mine->end_ns; round++) {
    fill(fixes, &report, &random);
    answer.size = sizeof answer;
    each.what = POSITIONS;
    make(mine, &each);
    each.what = REPORT;
    make(mine, &each);
    if (answer.assignment_count > 0) {
      each.what = ADVANCE;
      each.id = answer.chosen[0].assignment_id;
      each.state = HJ_ASSIGNMENT_ACKNOWLEDGED;
      make(mine, &each);
      each.state = HJ_ASSIGNMENT_ON_SCENE;
      make(mine, &each);
    }
    each.what = CLOSE;
    each.id = answer.incident_id;
    make(mine, &each);
    if (mine->number == 0 && round % 16 == 0) {
      each.what = EVENTS;
      events[0].size = sizeof events[0];
      make(mine, &each);
    }
  }
  pthread_cond_destroy(&each.done);
  return NULL;
}

static void run_way(int way, uint32_t threads, int64_t pass_ns, samples *to) {
  pthread_t engine_thread, workers[THREADS_MOST];
  job jobs[THREADS_MOST];
  uint32_t index;
  int64_t end_ns = clock_ns() + pass_ns;
  if (way == ENGINE_THREAD) pthread_create(&engine_thread, NULL, run_engine, NULL);
  for (index = 0; index < threads; index++) {
    jobs[index].way = way;
    jobs[index].number = index;
    jobs[index].end_ns = end_ns;
    jobs[index].to = &to[index];
    pthread_create(&workers[index], NULL, run_job, &jobs[index]);
  }
  for (index = 0; index < threads; index++) pthread_join(workers[index], NULL);
  if (way == ENGINE_THREAD) {
    request stop;
    memset(&stop, 0, sizeof stop);
    pthread_cond_init(&stop.done, NULL);
    stop.what = STOP;
    ship(&stop);
    pthread_join(engine_thread, NULL);
    pthread_cond_destroy(&stop.done);
  }
}

static int by_time(const void *a, const void *b) {
  int64_t left = *(const int64_t *)a;
  int64_t right = *(const int64_t *)b;
  return left < right ? -1 : left > right;
}

static double at_us(const int64_t *sorted, uint32_t count, double share) {
  return count == 0 ? 0 : (double)sorted[(uint32_t)((count - 1) * share)] / 1000;
}

/* Puts the threads' samples together; returns how many calls a second. */
static void show(int way, uint32_t threads, int64_t spent_ns, samples *of, const char *title, FILE *json) {
  int64_t *all = malloc(sizeof *all * SAMPLES * threads), *reports = malloc(sizeof *reports * SAMPLES * threads);
  uint32_t count = 0, report_count = 0, index;
  uint64_t calls = 0;
  double per_s;
  if (!all || !reports) exit(1);
  for (index = 0; index < threads; index++) {
    memcpy(all + count, of[index].all_ns, sizeof *all * of[index].count);
    memcpy(reports + report_count, of[index].reports_ns, sizeof *all * of[index].report_count);
    count += of[index].count;
    report_count += of[index].report_count;
    calls += of[index].calls;
  }
  qsort(all, count, sizeof *all, by_time);
  qsort(reports, report_count, sizeof *reports, by_time);
  per_s = (double)calls * 1e9 / (double)spent_ns;
  printf("%u thread%s  %-20s %10.0f | %8.1f %8.1f %8.1f | %8.1f %8.1f %8.1f\n", threads, threads == 1 ? " " : "s",
         way_names[way], per_s, at_us(all, count, 0.5), at_us(all, count, 0.99), at_us(all, count, 0.999),
         at_us(reports, report_count, 0.5), at_us(reports, report_count, 0.99), at_us(reports, report_count, 0.999));
  if (json) {
    fprintf(json,
            "{\"table\": \"%s, ingest\", \"row\": \"%s\", \"threads\": %u, \"units\": %u, \"calls_per_s\": %.0f, "
            "\"p50_us\": %.3f, \"p99_us\": %.3f, \"p999_us\": %.3f, \"report_p50_us\": %.3f, "
            "\"report_p99_us\": %.3f, \"report_p999_us\": %.3f, \"calls\": %llu}\n",
            title, way_names[way], threads, unit_count, per_s, at_us(all, count, 0.5), at_us(all, count, 0.99),
            at_us(all, count, 0.999), at_us(reports, report_count, 0.5), at_us(reports, report_count, 0.99),
            at_us(reports, report_count, 0.999), (unsigned long long)calls);
  }
  free(all);
  free(reports);
}

static void compare(uint32_t threads, int64_t row_ns, const char *title, FILE *json) {
  static samples all[WAYS][THREADS_MOST];
  int64_t spent_ns[WAYS] = {0};
  uint32_t index;
  int way, pass;
  for (way = 0; way < WAYS; way++) {
    for (index = 0; index < threads; index++) {
      samples *each = &all[way][index];
      memset(each, 0, sizeof *each);
      each->all_ns = malloc(sizeof(int64_t) * SAMPLES);
      each->reports_ns = malloc(sizeof(int64_t) * SAMPLES);
      if (!each->all_ns || !each->reports_ns) exit(1);
    }
  }
  for (pass = 0; pass < PASSES; pass++) {
    for (way = 0; way < WAYS; way++) {
      int64_t start_ns = clock_ns();
      run_way(way, threads, row_ns / PASSES, all[way]);
      spent_ns[way] += clock_ns() - start_ns;
    }
  }
  for (way = 0; way < WAYS; way++) {
    show(way, threads, spent_ns[way], all[way], title, json);
    for (index = 0; index < threads; index++) {
      free(all[way][index].all_ns);
      free(all[way][index].reports_ns);
    }
  }
}

static void read_places(const char *path) {
  FILE *file = fopen(path, "r");
  double lat, lon;
  places = malloc(sizeof *places * 1000000);
  if (!file || !places) {
    fprintf(stderr, "cannot read %s\n", path);
    exit(1);
  }
  while (place_count < 1000000 && fscanf(file, "%lf %lf", &lat, &lon) == 2) {
    check(hj_e7_from_degrees(lat, lon, &places[place_count][0], &places[place_count][1]), path);
    place_count++;
  }
  fclose(file);
  if (place_count == 0) exit(1);
}

static void open_engine(const char *map) {
  hj_config config;
  hj_error_detail why;
  uint64_t random = 3;
  uint32_t index;
  memset(&why, 0, sizeof why);
  why.size = sizeof why;
  check(hj_config_init(&config, sizeof config), "hj_config_init");
  config.map_path = map;
  config.max_units = unit_count;
  config.max_speed_cms = UINT32_MAX; /* the fixes of this benchmark jump about */
  config.event_capacity = 65536;
  if (hj_engine_open(&config, &engine, &why) < 0) {
    fprintf(stderr, "%s: %s\n", why.field, why.text);
    exit(1);
  }
  for (index = 1; index <= unit_count; index++) {
    uint32_t place = below(&random, place_count);
    hj_unit unit;
    memset(&unit, 0, sizeof unit);
    unit.size = sizeof unit;
    unit.id = index;
    unit.lat_e7 = places[place][0];
    unit.lon_e7 = places[place][1];
    check(hj_unit_put(engine, &unit), "hj_unit_put");
  }
}

int main(int argc, char **argv) {
  int64_t row_ns = 2000000000;
  uint32_t threads;
  FILE *json;
  if (argc < 5 || atoi(argv[3]) < 1) {
    fprintf(stderr, "usage: ingest MAP PLACES UNITS TITLE [JSON]\n");
    return 2;
  }
  if (getenv("HUJIA_BENCH_SECONDS")) row_ns = (int64_t)(atof(getenv("HUJIA_BENCH_SECONDS")) * 1e9);
  unit_count = (uint32_t)atoi(argv[3]);
  read_places(argv[2]);
  open_engine(argv[1]);
  json = argc > 5 ? fopen(argv[5], "a") : NULL;
  printf("\n%s\n%-31s %10s | %26s | %26s\n%-31s %10s | %8s %8s %8s | %8s %8s %8s\n", argv[4], "", "", "any call, us",
         "hj_incident_report, us", "", "calls/s", "p50", "p99", "p99.9", "p50", "p99", "p99.9");
  for (threads = 1; threads <= THREADS_MOST; threads *= 2) compare(threads, row_ns, argv[4], json);
  if (json) fclose(json);
  check(hj_engine_close(engine), "hj_engine_close");
  return 0;
}
