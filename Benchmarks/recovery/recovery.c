/* How long an engine takes to be there again: killed with everything on record and no snapshot, killed while a thread
 * makes snapshots, and closed. A child lives and dies; its files are in the system's cache.
 *
 *   recovery RECORDS FOLDER [JSON]
 *   recovery of FOLDER MAP [JSON]    a folder that another program left (a killed `hujia stress`), opened once */
#define _GNU_SOURCE
#include <hujia.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "draw.h"
#include "rows.h"

enum { UNITS = 2000, OPEN = 1500 };
static char folder[256];

static hj_config configuration(uint32_t snapshot_records) {
  hj_config config;
  memset(&config, 0, sizeof config);
  check(hj_config_init(&config, sizeof config), "config");
  config.run_mode = HJ_RUN_POLL;
  config.journal_path = folder;
  config.max_units = UNITS;
  config.max_incidents = 8192;
  config.max_assignments = 8192;
  config.snapshot_records = snapshot_records;
  return config;
}

static hj_journal_info status_of(hj_engine *engine) {
  hj_journal_info info;
  memset(&info, 0, sizeof info);
  info.size = sizeof info;
  check(hj_journal_status(engine, &info), "status");
  return info;
}

static void point(int32_t *lat_e7, int32_t *lon_e7) {
  *lat_e7 = 310000000 + (int32_t)(next_random() % 900000);
  *lon_e7 = 1210000000 + (int32_t)(next_random() % 900000);
}

/* Of ten records: a report, its unit's five states, its end, a unit's activity, a poll's firings, events handled. */
static void live(uint64_t records, uint32_t snapshot_records, int closes) {
  hj_config config = configuration(snapshot_records);
  hj_engine *engine;
  check(hj_engine_open(&config, &engine, NULL), "open");
  for (uint64_t id = 1; id <= UNITS; id++) {
    hj_unit unit;
    memset(&unit, 0, sizeof unit);
    unit.size = sizeof unit;
    unit.id = id;
    point(&unit.lat_e7, &unit.lon_e7);
    check(hj_unit_put(engine, &unit), "unit");
  }
  static struct {
    uint64_t incident, assignment;
    int state;
  } open[OPEN];
  static const int32_t states[] = {HJ_ASSIGNMENT_DELIVERED, HJ_ASSIGNMENT_ACKNOWLEDGED, HJ_ASSIGNMENT_EN_ROUTE,
                                   HJ_ASSIGNMENT_ON_SCENE, HJ_ASSIGNMENT_REPORTED};
  static hj_event events[256];
  uint64_t key = 0, handled = 0;
  int64_t now_ns = 1000000000, wall_us = 1516000000000000;
  for (uint64_t done = 0; status_of(engine).recorded < records; done++) {
    uint32_t place = (uint32_t)(next_random() % OPEN);
    if (open[place].incident == 0) {
      hj_report report;
      memset(&report, 0, sizeof report);
      report.size = sizeof report;
      report.tier = HJ_TIER_EMERGENCY;
      report.key_high = 1;
      report.key_low = ++key;
      point(&report.lat_e7, &report.lon_e7);
      hj_dispatch answer;
      memset(&answer, 0, sizeof answer);
      answer.size = sizeof answer;
      check(hj_incident_report(engine, &report, &answer), "report");
      open[place].incident = answer.incident_id;
      open[place].assignment = answer.assignment_count ? answer.chosen[0].assignment_id : 0;
      open[place].state = 0;
    } else if (open[place].assignment && open[place].state < 5) {
      (void)hj_assignment_advance(engine, open[place].assignment, states[open[place].state++], 0);
    } else {
      (void)hj_incident_close(engine, open[place].incident, 1, 0);
      open[place].incident = 0;
    }
    if (done % 16 == 0) {
      now_ns += 20000000;
      check(hj_engine_poll(engine, now_ns, wall_us += 20000, 0, NULL), "poll");
      uint32_t count = 0;
      events[0].size = sizeof events[0];
      check(hj_events_poll(engine, events, 256, &count), "events");
      if (count > 0) handled = events[count - 1].sequence;
      (void)hj_events_ack(engine, handled);
    }
    if (done % 4096 == 0) check(hj_journal_wait(engine, 0, HJ_STRENGTH_DURABLE, INT64_C(60000000000)), "wait");
  }
  check(hj_journal_wait(engine, 0, HJ_STRENGTH_DURABLE, INT64_C(60000000000)), "wait");
  if (closes) check(hj_engine_close(engine), "close");
  _exit(0);
}

/* A folder that another program left. Limits are this one's own: no smaller than those of the record. */
static void open_left(const char *map, FILE *json) {
  char text[64];
  hj_config config = configuration(HJ_SNAPSHOT_AT_CLOSE);
  config.map_path = map;
  hj_engine *engine;
  int64_t start_ns = clock_ns();
  check(hj_engine_open(&config, &engine, NULL), "open again");
  int64_t took_ns = clock_ns() - start_ns;
  hj_journal_info info = status_of(engine);
  snprintf(text, sizeof text, "killed under stress, %llu thousand", (unsigned long long)info.recorded / 1000);
  sample_value(new_target_row(text, 1, UNITS, 2e6, 0), took_ns);
  printf("%-46s %8.0f ms, %llu of %llu records applied\n", "killed under stress", (double)took_ns / 1e6,
         (unsigned long long)info.rebuilt, (unsigned long long)info.recorded);
  check(hj_engine_close(engine), "close again");
  show_rows("Recovery", UNITS, json);
}

static void measure(const char *name, uint64_t records, uint32_t snapshot_records, int closes) {
  char command[320];
  snprintf(command, sizeof command, "rm -rf '%s'", folder);
  if (system(command) != 0) exit(1);
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) live(records, snapshot_records, closes);
  int status;
  if (waitpid(child, &status, 0) != child || status != 0) exit(1);
  char text[64];
  hj_config config = configuration(HJ_SNAPSHOT_AT_CLOSE);
  hj_engine *engine;
  int64_t start_ns = clock_ns();
  check(hj_engine_open(&config, &engine, NULL), "open again");
  int64_t took_ns = clock_ns() - start_ns;
  hj_journal_info info = status_of(engine);
  snprintf(text, sizeof text, "%s, %llu thousand", name, (unsigned long long)info.recorded / 1000);
  row *line = new_target_row(text, 1, UNITS, 2e6, 0);
  sample_value(line, took_ns);
  printf("%-46s %8.0f ms, %llu of %llu records applied\n", name, (double)took_ns / 1e6,
         (unsigned long long)info.rebuilt, (unsigned long long)info.recorded);
  start_ns = clock_ns();
  check(hj_engine_close(engine), "close again");
  printf("%-46s %8.0f ms\n", "  its close, with a snapshot", (double)(clock_ns() - start_ns) / 1e6);
}

int main(int argc, char **argv) {
  if (argc > 3 && strcmp(argv[1], "of") == 0) {
    snprintf(folder, sizeof folder, "%s", argv[2]);
    open_left(argv[3], argc > 4 && strcmp(argv[4], "-") != 0 ? fopen(argv[4], "a") : NULL);
    return 0;
  }
  uint64_t records = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000000;
  snprintf(folder, sizeof folder, "%s", argc > 2 ? argv[2] : "/tmp/hujia-recovery");
  FILE *json = argc > 3 && strcmp(argv[3], "-") != 0 ? fopen(argv[3], "a") : NULL;
  random_state = 7;
  measure("killed, no snapshot", records, HJ_SNAPSHOT_AT_CLOSE, 0);
  measure("killed, a snapshot each 500,000", records, 0, 0);
  measure("closed", records, HJ_SNAPSHOT_AT_CLOSE, 1);
  show_rows("Recovery", UNITS, json);
  return 0;
}
