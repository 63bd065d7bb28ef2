/* What a hundred thousand watches cost, through the C interface: heartbeats in random order, one a call and in batches;
 * the share of a core that one heartbeat a minute of each takes; the deadlines that come up early and are moved; and
 * one pass of the self-audit over all of them.
 *
 * Every watch has a deadline, so this is also what so many live deadlines cost in memory.
 *
 *   watches COUNT [JSON] */
#include <hujia.h>
#include <string.h>

#include "draw.h"
#include "rows.h"

static hj_engine *engine;

/* Resident memory of the process, in MiB. */
static double resident_mib(void) {
  long pages = 0, resident = 0;
  FILE *file = fopen("/proc/self/statm", "r");
  if (!file) return 0;
  if (fscanf(file, "%ld %ld", &pages, &resident) != 2) resident = 0;
  fclose(file);
  return (double)resident * 4096 / 1048576;
}

static uint64_t scattered(uint64_t number) {
  return number * 0x9e3779b97f4a7c15u; /* as device numbers are */
}

int main(int argc, char **argv) {
  uint32_t count = argc > 1 ? (uint32_t)atoi(argv[1]) : 100000;
  FILE *json = argc > 2 ? fopen(argv[2], "a") : NULL;
  double before_mib = resident_mib();
  hj_config config;
  memset(&config, 0, sizeof config);
  check(hj_config_init(&config, sizeof config), "config");
  config.run_mode = HJ_RUN_POLL;
  random_state = 7;
  config.max_watches = count;
  check(hj_engine_open(&config, &engine, NULL), "open");
  int64_t now_ns = 1000000000, wall_us = 1516000000000000;
  check(hj_engine_poll(engine, now_ns, wall_us, 0, NULL), "poll");

  hj_watch watch;
  memset(&watch, 0, sizeof watch);
  watch.size = sizeof watch;
  watch.limit_s = 3600;
  for (uint32_t number = 1; number <= count; number++) {
    watch.id = scattered(number);
    check(hj_watch_put(engine, &watch), "put");
  }

  double live_mib = resident_mib() - before_mib;

  enum { batch = 64 };
  hj_heartbeat beats[batch];
  memset(beats, 0, sizeof beats);
  row *single = new_row("a heartbeat, one a call (64 calls)", batch);
  row *batched = new_row("a heartbeat, batches of 64", batch);
  row *quiet = new_row("a turn that moves 64 early deadlines", 64);
  for (int pass = 0; pass < 3000; pass++) {
    for (int index = 0; index < batch; index++) {
      beats[index].size = sizeof beats[0];
      beats[index].watch_id = scattered(1 + next_random() % count);
    }
    int64_t start_ns = clock_ns();
    for (int index = 0; index < batch; index++) check(hj_watch_beats(engine, &beats[index], 1, NULL), "beat");
    sample(single, start_ns);
    for (int index = 0; index < batch; index++) beats[index].watch_id = scattered(1 + next_random() % count);
    start_ns = clock_ns();
    check(hj_watch_beats(engine, beats, batch, NULL), "beats");
    sample(batched, start_ns);
  }

  /* Half an hour later all have beaten; another half hour later every deadline comes up too early. */
  now_ns += INT64_C(1800000000000);
  check(hj_engine_poll(engine, now_ns, wall_us += 1800000000, 0, NULL), "poll");
  for (uint32_t number = 1; number <= count; number++) {
    beats[0].watch_id = scattered(number);
    check(hj_watch_beats(engine, beats, 1, NULL), "beat");
  }
  now_ns += INT64_C(1800000000000);
  wall_us += 1800000000;
  for (uint32_t moved = 0; moved + 64 <= count; moved += 64) {
    int64_t start_ns = clock_ns();
    check(hj_engine_poll(engine, now_ns, wall_us, 64, NULL), "poll");
    sample(quiet, start_ns);
  }
  hj_stats stats;
  memset(&stats, 0, sizeof stats);
  stats.size = sizeof stats;
  check(hj_engine_stats(engine, &stats), "stats");
  if (stats.escalations != 0) return 1;

  row *audit = new_row("a pass of the self-audit over everything", 1);
  for (int pass = 0; pass < 200; pass++) {
    int64_t next_ns, took_ns = 0, runs = stats.audit_runs;
    now_ns += 1000000000;
    wall_us += 1000000;
    do {
      int64_t start_ns = clock_ns();
      check(hj_engine_poll(engine, now_ns, wall_us, 1, &next_ns), "poll");
      took_ns += clock_ns() - start_ns;
      check(hj_engine_stats(engine, &stats), "stats");
    } while (stats.audit_runs == runs);
    sample(audit, clock_ns() - took_ns);
  }

  char title[96];
  snprintf(title, sizeof title, "%u watches, %lld MiB of engine memory", count, (long long)(stats.memory_bytes >> 20));
  show_rows(title, count, json);
  printf("%u live deadlines: %.1f MiB resident for the whole engine, %.0f bytes each\n", count, live_mib,
         live_mib * 1048576 / count);
  double per_second = count / 60.0;
  printf("one heartbeat a minute of each: %.0f a second = %.3f %% of a core one a call, %.3f %% in batches\n",
         per_second, at_us(single, 0.5) * per_second / 1e4, at_us(batched, 0.5) * per_second / 1e4);
  check(hj_engine_close(engine), "close");
  if (json) fclose(json);
  return 0;
}
