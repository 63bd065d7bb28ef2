/* States of every version since the first, as a library of their time wrote them: an engine opens each, says what that
 * one said, and goes on. Tests/Golden/state: the journal's files ("@ name", then bytes; "z 5" is so many zeros), and
 * behind "=" what its host was told last.
 *
 *   golden_state                   reads them all
 *   golden_state --write FILE      writes one, by the library that it is run with */
#include <dirent.h>
#include <sys/stat.h>

#include "journal_host.h"

enum { UNITS = 8, LINES = 64, LINE = 240 };

static hj_config golden_config(void) {
  hj_config config = journal_config(HJ_RUN_POLL);
  config.max_units = 16;
  config.max_incidents = 16;
  config.max_assignments = 32;
  config.max_watches = 4;
  config.event_capacity = 64;
  config.post_capacity = 4;
  config.key_capacity = 16;
  return config;
}

/* ---- What a host is told ---- */

struct lines {
  int count;
  char text[LINES][LINE];
};

#define TELL(lines, ...)                                          \
  do {                                                            \
    REQUIRE_MORE(LINES, (lines)->count);                          \
    snprintf((lines)->text[(lines)->count++], LINE, __VA_ARGS__); \
  } while (0)

static void tell_incident(hj_engine *engine, const hj_incident_status *it, struct lines *lines) {
  TELL(lines,
       "incident %" PRIx64 " state %d tier %d type %u at %d %d flags %u received %" PRId64 " dispatched %" PRId64
       " arrived %" PRId64 " closed %" PRId64 " disposition %d key %" PRIu64 " operator %" PRIu64,
       it->incident_id, it->state, it->tier, it->type, it->lat_e7, it->lon_e7, it->flags, it->received_wall_us,
       it->dispatched_wall_us, it->arrived_wall_us, it->closed_wall_us, it->disposition, it->key_low, it->operator_id);
  for (uint32_t index = 0; index < it->live_assignments; index++) {
    hj_assignment held = {.size = sizeof held};
    REQUIRE_STATUS(hj_assignment_read(engine, it->assignment_ids[index], &held), HJ_OK);
    TELL(lines, "  assignment %" PRIx64 " state %d unit %" PRIu64, it->assignment_ids[index], held.state, held.unit_id);
  }
}

static struct lines *tell(hj_engine *engine) {
  static struct lines lines;
  memset(&lines, 0, sizeof lines);
  static hj_incident_status incidents[16];
  uint64_t cursor = 0, sequence = 0;
  uint32_t count = 0;
  incidents[0].size = sizeof incidents[0];
  REQUIRE_STATUS(hj_incidents_list(engine, &cursor, incidents, 16, &count, &sequence), HJ_OK);
  for (uint32_t index = 0; index < count; index++) tell_incident(engine, &incidents[index], &lines);
  for (uint64_t id = 1; id <= UNITS; id++) {
    hj_unit_status unit = read_unit(engine, id);
    TELL(&lines, "unit %" PRIu64 " activity %d at %d %d incident %" PRIx64 " assignment %" PRIx64, id, unit.activity,
         unit.lat_e7, unit.lon_e7, unit.incident_id, unit.assignment_id);
  }
  for (uint64_t id = 1; id <= 2; id++) {
    hj_watch_status watch = {.size = sizeof watch};
    REQUIRE_STATUS(hj_watch_read(engine, id, &watch), HJ_OK);
    TELL(&lines, "watch %" PRIu64 " state %d last %" PRId64 " next %" PRId64 " limit %u", id, watch.state,
         watch.last_wall_us, watch.next_wall_us, watch.limit_s);
  }
  hj_stats stats = read_stats(engine);
  TELL(&lines, "open %" PRId64 " opened %" PRId64 " closed %" PRId64, (int64_t)stats.incidents_open,
       (int64_t)stats.incidents_opened, (int64_t)stats.incidents_closed);
  return &lines;
}

/* ---- The life that one is taken from ---- */

static const char plans[] =
    "{\"version\": 1, \"clocks\": {\"acknowledge\": {\"limit_s\": 60, \"steps\": [{\"do\": \"notify_again\"}]}},"
    " \"plans\": [{\"name\": \"any\", \"units\": [{\"count\": 1}]}]}";

static void go_to(hj_engine *engine, int minute) {
  REQUIRE_STATUS(hj_engine_poll(engine, START_NS + minute * MINUTE_NS, START_US + minute * 60000000LL, 0, NULL), HJ_OK);
}

static uint64_t call(hj_engine *engine, int number, int32_t tier) {
  hj_report report = make_report(tier, number * 40, 3);
  report.type = (uint32_t)number;
  report.key_low = (uint64_t)number + 1;
  hj_dispatch answer = empty_dispatch();
  REQUIRE_AT_LEAST(hj_incident_report(engine, &report, &answer), HJ_OK);
  return answer.assignment_count > 0 ? answer.chosen[0].assignment_id : 0;
}

static void live(hj_engine *engine) {
  go_to(engine, 0);
  REQUIRE_STATUS(hj_plans_load(engine, plans, sizeof plans - 1, NULL), HJ_OK);
  for (uint64_t id = 1; id <= UNITS; id++) put_unit(engine, id, (int)id * 40, 0);
  for (uint64_t id = 1; id <= 2; id++) {
    hj_watch watch = {.size = sizeof watch, .id = id, .limit_s = 3600};
    place(5, (int)id * 5, &watch.lat_e7, &watch.lon_e7);
    REQUIRE_STATUS(hj_watch_put(engine, &watch), HJ_OK);
  }
  uint64_t held[10];
  for (int number = 0; number < 10; number++) {
    go_to(engine, 1 + number);
    held[number] = call(engine, number, number % 3 == 0 ? HJ_TIER_EMERGENCY : HJ_TIER_ROUTINE);
  }
  REQUIRE_STATUS(hj_assignment_advance(engine, held[0], HJ_ASSIGNMENT_ACKNOWLEDGED, 0), HJ_OK);
  for (int32_t state = HJ_ASSIGNMENT_ACKNOWLEDGED; state <= HJ_ASSIGNMENT_ON_SCENE; state++)
    REQUIRE_STATUS(hj_assignment_advance(engine, held[1], state, 0), HJ_OK);
  uint64_t closed = 0;
  REQUIRE_STATUS(hj_incident_find(engine, 0, 3, NULL, &closed), HJ_OK);
  REQUIRE_STATUS(hj_incident_close(engine, closed, 4, 0), HJ_OK);
  hj_heartbeat beat = {.size = sizeof beat, .watch_id = 2};
  uint32_t accepted = 0;
  REQUIRE_STATUS(hj_watch_beats(engine, &beat, 1, &accepted), HJ_OK);
  hj_position fix = {.size = sizeof fix, .unit_id = 8};
  fix.heading_cdeg = fix.speed_cms = HJ_UNKNOWN;
  place(700, 9, &fix.lat_e7, &fix.lon_e7);
  REQUIRE_STATUS(hj_positions_report(engine, &fix, 1, &accepted), HJ_OK);
  go_to(engine, 12);
}

/* ---- Golden files ---- */

static void write_file(FILE *out, const char *name) {
  char path[400];
  static unsigned char bytes[1 << 22];
  snprintf(path, sizeof path, "%s/%.79s", folder, name);
  FILE *in = fopen(path, "rb");
  REQUIRE(in != NULL);
  size_t size = fread(bytes, 1, sizeof bytes, in), column = 0;
  REQUIRE_MORE(sizeof bytes, size);
  fclose(in);
  fprintf(out, "@ %s\n", name);
  for (size_t at = 0; at < size;) {
    size_t zeros = 0;
    while (at + zeros < size && bytes[at + zeros] == 0) zeros++;
    if (zeros >= 8) {
      fprintf(out, "%sz %zu\n", column > 0 ? "\n" : "", zeros);
      at += zeros;
      column = 0;
      continue;
    }
    fprintf(out, "%02x", bytes[at++]);
    if (++column == 56) {
      fputc('\n', out);
      column = 0;
    }
  }
  if (column > 0) fputc('\n', out);
}

static int by_name(const void *a, const void *b) {
  return strcmp(a, b);
}

static void write_golden(const char *path) {
  new_folder();
  hj_config config = golden_config();
  hj_engine *engine = open_engine(&config);
  live(engine);
  drop_events(engine);
  struct lines lines = *tell(engine);
  REQUIRE_STATUS(hj_engine_close(engine), HJ_OK);
  FILE *out = fopen(path, "w");
  REQUIRE(out != NULL);
  static char names[32][80];
  int count = 0;
  DIR *listing = opendir(folder);
  REQUIRE(listing != NULL);
  for (struct dirent *entry; (entry = readdir(listing)) != NULL;)
    if (entry->d_name[0] != '.' && strcmp(entry->d_name, "reserve") != 0)
      snprintf(names[count++], sizeof names[0], "%.79s", entry->d_name);
  closedir(listing);
  qsort(names, (size_t)count, sizeof names[0], by_name);
  fprintf(out, "# A journal that was closed, and what its engine said last. `golden_state --write` made it.\n");
  for (int index = 0; index < count; index++) write_file(out, names[index]);
  for (int index = 0; index < lines.count; index++) fprintf(out, "= %s\n", lines.text[index]);
  REQUIRE_EQUAL(fclose(out), 0);
  remove_folder();
}

/* Into the folder; what was said is left in `lines`. */
static void lay(const char *path, struct lines *lines) {
  static char line[1 << 12];
  char name[400];
  FILE *in = fopen(path, "r"), *out = NULL;
  REQUIRE(in != NULL);
  REQUIRE_EQUAL(mkdir(folder, 0700), 0);
  memset(lines, 0, sizeof *lines);
  while (fgets(line, sizeof line, in) != NULL) {
    line[strcspn(line, "\n")] = 0;
    if (line[0] == '#') continue;
    if (line[0] == '=') {
      TELL(lines, "%.239s", line + 2);
    } else if (line[0] == '@') {
      if (out != NULL) fclose(out);
      snprintf(name, sizeof name, "%s/%.79s", folder, line + 2);
      out = fopen(name, "wb");
      REQUIRE(out != NULL);
      REQUIRE_EQUAL(chmod(name, 0600), 0);
    } else if (line[0] == 'z') {
      REQUIRE(out != NULL);
      for (long zeros = atol(line + 2); zeros > 0; zeros--) fputc(0, out);
    } else {
      REQUIRE(out != NULL);
      for (const char *digits = line; digits[0] != 0 && digits[1] != 0; digits += 2) {
        unsigned value = 0;
        REQUIRE_EQUAL(sscanf(digits, "%2x", &value), 1);
        fputc((int)value, out);
      }
    }
  }
  if (out != NULL) fclose(out);
  fclose(in);
}

static void read_golden(const char *path) {
  static struct lines wanted;
  new_folder();
  lay(path, &wanted);
  CHECK_EACH_MORE(wanted.count, 20);
  hj_config config = golden_config();
  for (int time = 0; time < 2; time++) {
    hj_engine *engine = open_engine(&config);
    CHECK_EACH_EQUAL(journal_info(engine).reasons, 0);
    /* Nothing but the state was read. */
    CHECK_EACH_EQUAL(journal_info(engine).rebuilt, 0);
    struct lines *told = tell(engine);
    CHECK_EACH_EQUAL(told->count, wanted.count);
    for (int index = 0; index < wanted.count && index < told->count; index++)
      CHECK_EACH_TEXT(told->text[index], wanted.text[index]);
    REQUIRE_STATUS(hj_engine_close(engine), HJ_OK);
  }
  /* A key is still known, and what was assigned still goes on. */
  hj_engine *engine = open_engine(&config);
  go_to(engine, 13);
  hj_report report = make_report(HJ_TIER_EMERGENCY, 0, 3);
  report.key_low = 1;
  hj_dispatch answer = empty_dispatch();
  CHECK_EACH_STATUS(hj_incident_report(engine, &report, &answer), HJ_EXISTS);
  hj_incident_status first = read_incident(engine, answer.incident_id);
  CHECK_EACH_EQUAL(first.live_assignments, 1);
  CHECK_EACH_EQUAL(first.alarm_level, 1);
  CHECK_EACH_STATUS(hj_assignment_advance(engine, first.assignment_ids[0], HJ_ASSIGNMENT_ON_SCENE, 0), HJ_OK);
  CHECK_EACH_STATUS(hj_incident_close(engine, answer.incident_id, 1, 0), HJ_OK);
  REQUIRE_STATUS(hj_engine_close(engine), HJ_OK);
  remove_folder();
}

int main(int argc, char **argv) {
  if (argc > 2 && strcmp(argv[1], "--write") == 0) {
    write_golden(argv[2]);
    return check_finish();
  }
  char path[400];
  int count = 0;
  DIR *listing = opendir("Tests/Golden/state");
  REQUIRE(listing != NULL);
  for (struct dirent *entry; (entry = readdir(listing)) != NULL;) {
    if (strstr(entry->d_name, ".txt") == NULL) continue;
    snprintf(path, sizeof path, "Tests/Golden/state/%.300s", entry->d_name);
    read_golden(path);
    count++;
  }
  closedir(listing);
  CHECK_AT_LEAST(count, 1);
  return check_finish();
}
