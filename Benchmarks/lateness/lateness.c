/* How late deadlines fire: 10,000 a second on the engine's own thread, through the C interface, on a quiet machine and
 * with four processes that want every core. Those of another session are what a service has beside it. Those of its
 * own session share one portion of the processor with the host where Linux groups by session (sched_autogroup); with a
 * busy machine around them that portion comes round seldom. Two figures for each: when the engine fired it (`late_ns`
 * of the event), and when the host had it in its hands.
 *
 *   lateness [JSON]      HUJIA_BENCH_SECONDS: how long each pass is measured, 10 by default */
#include "hujia.h"

#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "rows.h"

#define DEADLINES 10000
#define BUSY 4
#define SECOND_NS INT64_C(1000000000)

/* Each call's promise is broken after 1 s and again every second: as many deadlines a second as calls. */
static const char plans[] =
    "{\"version\": 1, \"tiers\": {\"emergency\": {\"respond_s\": 1, \"resolve_s\": null}},"
    " \"clocks\": {\"pending\": {\"steps\": [{\"do\": \"supervisor\"}], \"repeat_s\": 1}},"
    " \"plans\": [{\"name\": \"one\", \"units\": [{\"count\": 1}]}]}";

static hj_engine *engine;

static void check(hj_status status, const char *what) {
  if (status >= 0) return;
  fprintf(stderr, "%s: %s\n", what, hj_status_name(status));
  exit(1);
}

static int64_t wall_us(void) {
  struct timespec time;
  clock_gettime(CLOCK_REALTIME, &time);
  return (int64_t)time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

/* Of this process, the engine's thread included. */
static double processor_s(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void open_engine(void) {
  hj_config config;
  hj_error_detail why;
  memset(&why, 0, sizeof why);
  why.size = sizeof why;
  check(hj_config_init(&config, sizeof config), "hj_config_init");
  config.max_incidents = DEADLINES;
  config.max_units = config.max_assignments = 1;
  check(hj_engine_open(&config, &engine, &why), "hj_engine_open");
  check(hj_plans_load(engine, plans, sizeof plans - 1, &why), why.text);
}

/* Spread evenly over a second, so that a deadline falls due every 100 us. */
static void report_calls(void) {
  hj_report call;
  hj_dispatch answer;
  int64_t start_ns = clock_ns();
  int index;
  memset(&call, 0, sizeof call);
  call.size = sizeof call;
  call.tier = HJ_TIER_EMERGENCY;
  call.lat_e7 = 377793000;
  call.lon_e7 = -1224193000;
  for (index = 0; index < DEADLINES; index++) {
    while (clock_ns() < start_ns + index * (SECOND_NS / DEADLINES)) {
    }
    memset(&answer, 0, sizeof answer);
    answer.size = sizeof answer;
    check(hj_incident_report(engine, &call, &answer), "hj_incident_report");
  }
}

/* Takes events until `end_ns`; those after `begin_ns` are measured. */
static int64_t take_events(row *fired, row *received, int64_t begin_ns, int64_t end_ns) {
  static hj_event events[1024];
  struct pollfd wait;
  int64_t escalations = 0;
  wait.fd = hj_events_fd(engine);
  wait.events = POLLIN;
  while (clock_ns() < end_ns) {
    uint32_t count = 0;
    uint32_t index;
    int64_t now_us;
    int is_measured;
    if (poll(&wait, 1, 100) <= 0) continue;
    events[0].size = sizeof events[0];
    check(hj_events_poll(engine, events, 1024, &count), "hj_events_poll");
    now_us = wall_us();
    is_measured = clock_ns() >= begin_ns;
    for (index = 0; index < count && is_measured; index++) {
      if (events[index].kind != HJ_EVENT_ESCALATION) continue;
      escalations++;
      sample_value(fired, events[index].late_ns);
      sample_value(received, (now_us - events[index].due_wall_us) * 1000);
    }
  }
  return escalations;
}

static void run_pass(const char *title, int busy, int are_apart, double seconds, FILE *json) {
  pid_t children[BUSY];
  row *fired = new_row("fired by the engine", 1);
  row *received = new_row("in the host's hands", 1);
  hj_stats stats;
  int64_t begin_ns, escalations;
  double processor_before_s, processor_used_s;
  int index;
  for (index = 0; index < busy; index++) {
    children[index] = fork();
    if (children[index] == 0) {
      volatile uint64_t work = 0;
      if (are_apart) setsid();
      for (;;) work++;
    }
  }
  open_engine();
  report_calls();
  begin_ns = clock_ns() + SECOND_NS;
  processor_before_s = processor_s();
  escalations = take_events(fired, received, begin_ns, begin_ns + (int64_t)(seconds * 1e9));
  processor_used_s = processor_s() - processor_before_s;
  memset(&stats, 0, sizeof stats);
  stats.size = sizeof stats;
  check(hj_engine_stats(engine, &stats), "hj_engine_stats");
  check(hj_engine_close(engine), "hj_engine_close");
  for (index = 0; index < busy; index++) {
    kill(children[index], SIGKILL);
    waitpid(children[index], NULL, 0);
  }
  show_rows(title, 0, json);
  printf("%.0f deadlines a second, %.0f %% of a core; worst %.1f ms, more than 1 s late %lld, longest turn %.2f ms\n",
         (double)escalations / seconds, processor_used_s / (seconds + 1) * 100, (double)stats.worst_lateness_ns / 1e6,
         (long long)stats.late_deadlines, (double)stats.longest_turn_ns / 1e6);
  printf("the engine's own statistics, from its first second on: p50 %.2f ms, p99 %.2f ms\n",
         (double)stats.late_p50_ns / 1e6, (double)stats.late_p99_ns / 1e6);
  free_rows();
}

int main(int argc, char **argv) {
  FILE *json = argc > 1 ? fopen(argv[1], "a") : NULL;
  double seconds = getenv("HUJIA_BENCH_SECONDS") ? atof(getenv("HUJIA_BENCH_SECONDS")) : 10;
  if (seconds <= 0 || seconds * DEADLINES > SAMPLE_LIMIT) seconds = 10;
  run_pass("lateness, 10,000 deadlines a second", 0, 0, seconds, json);
  run_pass("lateness, 10,000 deadlines a second, four busy processes of another session", BUSY, 1, seconds, json);
  run_pass("lateness, 10,000 deadlines a second, four busy processes of its own session", BUSY, 0, seconds, json);
  if (json) fclose(json);
  return 0;
}
