/* The turn table: each operation whose work grows with the tables, at the size given, on an engine of its own with its
 * own thread. A row says how long its calls took; its longest turn, in processor time and by the clock; how
 * often the system took the core away within a turn; and how long another thread waited meanwhile that did nothing but
 * read a unit. It waits longer than a turn takes where the system lets one of the two threads wait for a core.
 *   turns SIZE SERVED ROWS [MAP|-] [PLACING] [ROW]
 * Without a map straight lines. SIZE to 1,048,576; SERVED units before as many waiting incidents, to 10,000. PLACING:
 * apart (default: the reading thread on the second core, all others on the first), together (all on the first), free
 * (as the system likes). ROW: unsigned or journaled, that one alone. */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "hujia.h"
#include "rows.h"
#include "turn_clock.h"

static hj_engine *engine;
static const char *map_path, *journal_path;
static int other_core = 1; /* of the thread that reads */
static FILE *row_file;
static uint32_t size, served;

static hj_status check(hj_status status, const char *what) {
  if (status >= 0) return status;
  fprintf(stderr, "%s: %s\n", what, hj_status_name(status));
  exit(1);
}

static uint32_t below(uint32_t bound) {
  static uint64_t state = 99;
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return (uint32_t)((state * 0x2545F4914F6CDD1Dull) >> 32) % bound;
}

static void open_engine(uint32_t units, uint32_t incidents) {
  hj_config config;
  check(hj_config_init(&config, sizeof config), "config");
  config.map_path = map_path;
  config.max_units = units;
  config.max_incidents = incidents;
  config.max_assignments = units < incidents ? units : incidents;
  config.event_capacity = incidents < 65536 ? 1 << 19 : 4 * incidents;
  config.breach_capacity = incidents;
  config.journal_path = journal_path;
  if (journal_path) {
    config.ring_bytes = 64 << 20;
    config.telemetry = HJ_TELEMETRY_ALL;
  }
  config.max_speed_cms = UINT32_MAX; /* positions are drawn anywhere */
  check(hj_engine_open(&config, &engine, NULL), "open");
}

static void plans(const char *text) {
  check(hj_plans_load(engine, text, (uint32_t)strlen(text), NULL), "plans");
}

static void put(uint64_t id, int32_t activity, uint64_t capabilities) {
  hj_unit unit;
  memset(&unit, 0, sizeof unit);
  unit.size = sizeof unit;
  unit.id = id;
  unit.activity = activity;
  unit.capabilities = capabilities;
  unit.lat_e7 = 310000000 + (int32_t)below(1100000);
  unit.lon_e7 = -410000000 + (int32_t)below(1800000);
  check(hj_unit_put(engine, &unit), "put");
}

static void report(int32_t tier) {
  hj_report call;
  hj_dispatch answer;
  memset(&call, 0, sizeof call);
  memset(&answer, 0, sizeof answer);
  call.size = sizeof call;
  answer.size = sizeof answer;
  call.tier = tier;
  call.lat_e7 = 310000000 + (int32_t)below(1100000);
  call.lon_e7 = -410000000 + (int32_t)below(1800000);
  check(hj_incident_report(engine, &call, &answer), "report");
}

static void wait_ms(long ms) {
  const struct timespec pause = {ms / 1000, ms % 1000 * 1000000};
  nanosleep(&pause, NULL);
}

static hj_stats stats(void) {
  hj_stats now;
  memset(&now, 0, sizeof now);
  now.size = sizeof now;
  check(hj_engine_stats(engine, &now), "stats");
  return now;
}

/* Times of the row under way: its own calls, and the other thread's. */
typedef struct {
  int64_t ns[SAMPLE_LIMIT];
  uint32_t count;
} times;

static times own, beside;
static pthread_t reader;
static atomic_bool is_reading;

static void add(times *to, int64_t start_ns) {
  if (to->count < SAMPLE_LIMIT) to->ns[to->count++] = clock_ns() - start_ns;
}

static void *read_units(void *context) {
  const struct timespec pause = {0, 20000};
  hj_unit_status unit;
  memset(&unit, 0, sizeof unit);
  unit.size = sizeof unit;
  if (other_core >= 0) keep_to_core(other_core);
  while (atomic_load(&is_reading)) {
    int64_t start_ns = clock_ns();
    (void)hj_unit_read(engine, 7, &unit);
    add(&beside, start_ns);
    nanosleep(&pause, NULL);
  }
  return context;
}

static void begin(void) {
  own.count = beside.count = 0;
  time_turns(1);
  atomic_store(&is_reading, 1);
  if (pthread_create(&reader, NULL, read_units, NULL)) exit(1);
}

static double rank_us(const times *of, uint32_t per_mille) {
  if (of->count == 0) return 0;
  uint64_t place = (uint64_t)of->count * per_mille / 1000;
  return (double)of->ns[place < of->count ? place : of->count - 1] / 1e3;
}

static void end(const char *name) {
  atomic_store(&is_reading, 0);
  pthread_join(reader, NULL);
  time_turns(0);
  double turn_us = (double)atomic_load(&longest_turn_ns) / 1e3, work_us = (double)atomic_load(&longest_work_ns) / 1e3;
  qsort(own.ns, own.count, sizeof own.ns[0], by_time);
  qsort(beside.ns, beside.count, sizeof beside.ns[0], by_time);
  printf("%-62s %5u %10.1f %10.1f %10.1f | %8.1f %8.1f %6u %5u | %7.1f %7.1f %8.1f\n", name, own.count,
         rank_us(&own, 500), rank_us(&own, 990), rank_us(&own, 1000), work_us, turn_us, atomic_load(&turns_taken),
         atomic_load(&turns_torn), rank_us(&beside, 500), rank_us(&beside, 990), rank_us(&beside, 1000));
  fprintf(row_file,
          "{\"table\": \"turns\", \"row\": \"%s\", \"size\": %u, \"calls\": %u, \"p50_us\": %.1f, \"p99_us\": %.1f, "
          "\"worst_us\": %.1f, \"turn_work_us\": %.1f, \"turn_us\": %.1f, \"turns\": %u, \"turns_torn\": %u, "
          "\"beside_p50_us\": %.1f, \"beside_p99_us\": %.1f, \"beside_worst_us\": %.1f}\n",
          name, size, own.count, rank_us(&own, 500), rank_us(&own, 990), rank_us(&own, 1000), work_us, turn_us,
          atomic_load(&turns_taken), atomic_load(&turns_torn), rank_us(&beside, 500), rank_us(&beside, 990),
          rank_us(&beside, 1000));
  fflush(stdout);
}

static void done(void) {
  check(hj_engine_close(engine), "close");
}

/* A thousand times: the unit is freed, by its activity or, where it serves, by the end of its incident. */
static void freed_before_many(const char *name, const char *text) {
  uint64_t id = 7;
  uint32_t served_count = 0;
  hj_unit_status unit;
  open_engine(16, size);
  plans(text);
  put(id, HJ_ACTIVITY_COURT, 1);
  for (uint32_t i = 0; i < size; i++) report(HJ_TIER_ROUTINE);
  memset(&unit, 0, sizeof unit);
  unit.size = sizeof unit;
  begin();
  for (int turn = 0; turn < 1000; turn++) {
    int64_t start_ns = clock_ns();
    if (unit.incident_id) {
      check(hj_incident_close(engine, unit.incident_id, 0, 0), "close");
    } else {
      check(hj_unit_set_activity(engine, id, HJ_ACTIVITY_PATROLLING, 0), "activity");
    }
    add(&own, start_ns);
    check(hj_unit_read(engine, id, &unit), "read");
    if (unit.incident_id) {
      served_count++;
    } else {
      check(hj_unit_set_activity(engine, id, HJ_ACTIVITY_COURT, 0), "activity");
    }
  }
  end(name);
  printf("    %u times it was sent\n", served_count);
  done();
}

static void plans_free_many(void) {
  const char *before =
      "{\"version\":1,\"levels\":{\"court\":\"not_available\"},\"plans\":[{\"name\":\"x\",\"units\":[{}]}]}";
  const char *after =
      "{\"version\":1,\"levels\":{\"court\":\"available\"},\"plans\":[{\"name\":\"x\",\"units\":[{}]}]}";
  open_engine(served, served);
  plans(before);
  for (uint32_t i = 1; i <= served; i++) put(i, HJ_ACTIVITY_COURT, 0);
  for (uint32_t i = 0; i < served; i++) report(HJ_TIER_EMERGENCY + (int32_t)(i % 4));
  begin();
  int64_t start_ns = clock_ns();
  plans(after);
  add(&own, start_ns);
  end("hj_plans_load frees SERVED units before SERVED incidents");
  printf("    %lld assignments live\n", (long long)stats().assignments_live);
  done();
}

static void tables(void) {
  static hj_event events[300000];
  uint32_t count = 0;
  const char *manual = "{\"version\":1,\"plans\":[{\"name\":\"x\",\"dispatch\":\"manual\"}]}";
  const char *other = "{\"version\":1,\"tiers\":{},\"plans\":[{\"name\":\"y\",\"dispatch\":\"manual\"}]}";
  open_engine(16, size);
  plans(manual);
  for (uint32_t i = 0; i < size; i++) report(HJ_TIER_ROUTINE);
  events[0].size = sizeof events[0];
  begin();
  int64_t start_ns = clock_ns();
  check(hj_events_poll(engine, events, 300000, &count), "events");
  add(&own, start_ns);
  end("hj_events_poll, 300,000 at once");
  printf("    %u events\n", count);
  begin();
  start_ns = clock_ns();
  plans(other);
  add(&own, start_ns);
  end("hj_plans_load");
  begin();
  start_ns = clock_ns();
  check(hj_plans_migrate(engine, &count), "migrate");
  add(&own, start_ns);
  end("hj_plans_migrate of SIZE incidents");
  printf("    %u moved\n", count);
  begin();
  for (int i = 0; i < 1000; i++) {
    start_ns = clock_ns();
    check(hj_figures_reset(engine), "reset");
    add(&own, start_ns);
  }
  end("hj_figures_reset");
  done();
}

/* A report behind more new positions than a turn takes in, each of another unit somewhere in memory. The turn reads its
 * clock behind them: the time of the call is what counts. */
static void behind_positions(void) {
  static hj_position fixes[1024];
  begin();
  for (int round = 0; round < 300; round++) {
    memset(fixes, 0, sizeof fixes);
    for (int index = 0; index < 1024; index++) {
      fixes[index].size = sizeof fixes[0];
      fixes[index].unit_id = 1 + below(size);
      fixes[index].lat_e7 = 310000000 + (int32_t)below(1100000);
      fixes[index].lon_e7 = -410000000 + (int32_t)below(1800000);
      fixes[index].heading_cdeg = HJ_UNKNOWN;
      fixes[index].speed_cms = HJ_UNKNOWN;
    }
    uint32_t accepted = 0;
    check(hj_positions_report(engine, fixes, 1024, &accepted), "positions");
    if (accepted < 1000 && size > 100000) exit(3);
    int64_t start_ns = clock_ns();
    report(HJ_TIER_EMERGENCY);
    add(&own, start_ns);
  }
  end("hj_incident_report behind 1,024 positions among SIZE units");
}

static void nearest(void) {
  hj_nearest_query query;
  hj_nearest found[64];
  uint32_t count = 0;
  open_engine(size, 1024);
  plans("{\"version\":1,\"plans\":[{\"name\":\"x\",\"units\":[{}]}]}");
  for (uint32_t i = 1; i <= size; i++) put(i, i % 1000 == 0 ? HJ_ACTIVITY_PATROLLING : HJ_ACTIVITY_COURT, i % 64);
  memset(&query, 0, sizeof query);
  memset(found, 0, sizeof found);
  query.size = sizeof query;
  found[0].size = sizeof found[0];
  query.k = 8;
  begin();
  for (int i = 0; i < 1000; i++) {
    query.lat_e7 = 310000000 + (int32_t)below(1100000);
    query.lon_e7 = -410000000 + (int32_t)below(1800000);
    int64_t start_ns = clock_ns();
    check(hj_nearest_units(engine, &query, found, 64, &count), "nearest");
    add(&own, start_ns);
  }
  end("hj_nearest_units among SIZE units, one in 1,000 free");
  begin();
  for (int i = 0; i < 500; i++) {
    int64_t start_ns = clock_ns();
    report(HJ_TIER_EMERGENCY);
    add(&own, start_ns);
  }
  end("hj_incident_report among SIZE units");
  behind_positions();
  done();
}

/* Nobody goes: of SIZE units each lacks something, and every report says why. */
static void shortages(void) {
  const char *named =
      map_path ? "hj_incident_report, nobody goes, SIZE units on a map" : "hj_incident_report, nobody goes, SIZE units";
  open_engine(size, 1024);
  plans(
      "{\"version\":1,\"capabilities\":[\"a\",\"b\"],\"plans\":[{\"name\":\"x\","
      "\"units\":[{\"agency\":2},{\"capabilities\":[\"a\",\"b\"],\"kind\":3}]}]}");
  for (uint32_t i = 1; i <= size; i++) {
    hj_unit unit;
    memset(&unit, 0, sizeof unit);
    unit.size = sizeof unit;
    unit.id = i;
    unit.agency = 1;
    unit.capabilities = 1 + i % 2;
    /* Past their shift, without a position, off duty: in turn. */
    if (i % 5 == 1) unit.shift_end_wall_us = 1;
    if (i % 5 == 2) unit.activity = HJ_ACTIVITY_OFF_DUTY;
    if (i % 5 != 3) {
      unit.lat_e7 = 310000000 + (int32_t)below(1100000);
      unit.lon_e7 = -410000000 + (int32_t)below(1800000);
    }
    check(hj_unit_put(engine, &unit), "put");
  }
  begin();
  for (int i = 0; i < 500; i++) {
    int64_t start_ns = clock_ns();
    report(i % 2 ? HJ_TIER_EMERGENCY : HJ_TIER_ROUTINE);
    add(&own, start_ns);
  }
  end(named);
  done();
}

/* Signatures that fall due together, before many that each freed unit has to look at. */
static void unsigned_before_many(void) {
  enum { UNSIGNED = 64, WAITING = 20000 };
  hj_report call;
  hj_dispatch answer;
  open_engine(2 * UNSIGNED, WAITING + UNSIGNED);
  plans(
      "{\"version\":1,\"clocks\":{\"pending\":null,\"arrival\":null,\"resolve\":null,\"delivery\":null,"
      "\"acknowledge\":{\"limit_s\":6,\"steps\":[{\"do\":\"next_unit\"},{\"after_s\":3000,\"do\":\"supervisor\"}]}},"
      "\"plans\":["
      "{\"name\":\"far\",\"types\":[2],\"radius_m\":1000,\"units\":[{}]},{\"name\":\"x\",\"units\":[{}]}]}");
  memset(&call, 0, sizeof call);
  memset(&answer, 0, sizeof answer);
  call.size = sizeof call;
  answer.size = sizeof answer;
  call.tier = HJ_TIER_EMERGENCY;
  call.lon_e7 = -410000000;
  for (uint32_t i = 0; i < WAITING + UNSIGNED; i++) {
    /* 1,000 m of straight line are 1,400 m driven: out of the radius, within the cells around it. */
    call.type = i < WAITING ? 2 : 0;
    call.lat_e7 = i < WAITING ? 310089930 : 310000000;
    if (i == WAITING) {
      hj_unit unit;
      memset(&unit, 0, sizeof unit);
      unit.size = sizeof unit;
      unit.lat_e7 = 310000000;
      unit.lon_e7 = -410000000;
      for (unit.id = 1; unit.id <= 2 * UNSIGNED; unit.id++) check(hj_unit_put(engine, &unit), "put");
    }
    check(hj_incident_report(engine, &call, &answer), "report");
  }
  begin();
  while (stats().escalations < UNSIGNED) wait_ms(100);
  wait_ms(1000);
  end("64 signatures fall due before 20,000 that wait (6 s of waiting)");
  done();
}

/* Sixteen MiB of plans, and on a map the times of all its streets, each put on record. */
static void journaled(void) {
  enum { BYTES = 16 << 20 };
  char folder[] = "/tmp/hujia-turns-XXXXXX", command[64];
  const char *manual = "{\"version\":1,\"plans\":[{\"name\":\"x\",\"dispatch\":\"manual\"}]}";
  char *text = malloc(BYTES);
  if (!text || !mkdtemp(folder)) exit(1);
  memset(text, ' ', BYTES);
  memcpy(text, manual, strlen(manual));
  journal_path = folder;
  open_engine(16, 1024);
  put(7, HJ_ACTIVITY_PATROLLING, 1);
  begin();
  for (uint32_t round = 0; round < 8; round++) {
    int64_t start_ns = clock_ns();
    check(hj_plans_load(engine, text, BYTES - round, NULL), "plans");
    add(&own, start_ns);
    wait_ms(200); /* the disk catches up */
  }
  end("hj_plans_load of 16 MiB, with a journal");
  if (map_path) {
    hj_street_time time;
    hj_stats now = stats();
    uint32_t taken = 0;
    memset(&time, 0, sizeof time);
    time.size = sizeof time;
    begin();
    for (uint32_t epoch = 1; epoch <= 4; epoch++) {
      for (time.street_id = 1; time.street_id <= 2000000; time.street_id++) {
        time.travel_ms = 1000 * epoch + (uint32_t)(time.street_id % 20000);
        if (hj_traffic_report(engine, &time, 1) == HJ_OK) taken++;
      }
      while (stats().traffic_pending > 0) wait_ms(20);
    }
    end("epochs of many street times, with a journal and all telemetry");
    printf("    %u street times, %lld epochs\n", taken, (long long)(stats().epochs_built - now.epochs_built));
  }
  done();
  journal_path = NULL;
  free(text);
  snprintf(command, sizeof command, "rm -r %s", folder);
  if (system(command)) exit(1);
}

int main(int count, char **words) {
  if (count < 4) {
    fprintf(stderr, "turns SIZE SERVED ROWS [MAP|-] [apart|together|free] [ROW]\n");
    return 2;
  }
  size = (uint32_t)atoi(words[1]);
  served = (uint32_t)atoi(words[2]);
  row_file = fopen(words[3], "a");
  if (!row_file) return 1;
  map_path = count > 4 && strcmp(words[4], "-") != 0 ? words[4] : NULL;
  const char *placing = count > 5 ? words[5] : "apart";
  if (strcmp(placing, "together") == 0) other_core = 0;
  if (strcmp(placing, "free") == 0) other_core = -1;
  if (other_core >= 0) keep_to_core(0);
  printf("%-62s %5s %10s %10s %10s | %8s %8s %6s %5s | %7s %7s %8s\n", "microseconds", "calls", "p50", "p99", "worst",
         "turn", "by clock", "turns", "torn", "beside", "p99", "worst");
  const char *only = count > 6 ? words[6] : "";
  if (strcmp(only, "unsigned") == 0) {
    unsigned_before_many();
    return fclose(row_file);
  }
  if (strcmp(only, "journaled") == 0) {
    journaled();
    return fclose(row_file);
  }
  freed_before_many("one unit freed before SIZE that wait within 50 m of nobody",
                    "{\"version\":1,\"plans\":[{\"name\":\"x\",\"units\":[{\"count\":2}],\"radius_m\":50}]}");
  freed_before_many("one unit freed before SIZE that wait for something else",
                    "{\"version\":1,\"capabilities\":[\"patrol\",\"boat\"],\"plans\":[{\"name\":\"x\",\"units\":["
                    "{\"capabilities\":[\"boat\"]}]}]}");
  freed_before_many("one unit freed before SIZE that it can serve",
                    "{\"version\":1,\"plans\":[{\"name\":\"x\",\"units\":[{}]}]}");
  plans_free_many();
  unsigned_before_many();
  tables();
  nearest();
  shortages();
  journaled();
  return fclose(row_file);
}
