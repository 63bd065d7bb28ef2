/* The turn table: each operation whose work grows with the tables, at the size given, on an engine of its own with its
 * own thread; beside how long the call took, the longest time that anything held the baton (hj_stats.longest_turn_ns),
 * and how long it did so while the tables were filled. Usage: turns SIZE SERVED ROWS [MAP]; without a map straight
 * lines. SIZE to 1,048,576; SERVED units before as many waiting incidents, to 10,000. */
#include <string.h>
#include <unistd.h>

#include "rows.h"
#include "hujia.h"

static hj_engine *engine;
static const char *map_path;
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

static hj_stats stats(void) {
  hj_stats now;
  memset(&now, 0, sizeof now);
  now.size = sizeof now;
  check(hj_engine_stats(engine, &now), "stats");
  return now;
}

static int64_t filled_ns, began_ns;

static void begin(void) {
  filled_ns = stats().longest_turn_ns;
  began_ns = clock_ns();
}

static void end(const char *name) {
  double took_us = (double)(clock_ns() - began_ns) / 1e3;
  double turn_us = (double)stats().longest_turn_ns / 1e3;
  printf("%-64s %12.0f us, longest turn %9.0f us (filling: %9.0f)\n", name, took_us, turn_us, (double)filled_ns / 1e3);
  fprintf(row_file,
          "{\"table\": \"turns\", \"row\": \"%s\", \"size\": %u, \"took_us\": %.1f, \"longest_turn_us\": %.1f}\n", name,
          size, took_us, turn_us);
  fflush(stdout);
}

static void done(void) {
  check(hj_engine_close(engine), "close");
}

static void freed_before_many(const char *name, const char *text) {
  uint64_t id = 7;
  hj_unit_status unit;
  open_engine(16, size);
  plans(text);
  put(id, HJ_ACTIVITY_COURT, 1);
  for (uint32_t i = 0; i < size; i++) report(HJ_TIER_ROUTINE);
  begin();
  check(hj_unit_set_activity(engine, id, HJ_ACTIVITY_PATROLLING, 0), "activity");
  end(name);
  memset(&unit, 0, sizeof unit);
  unit.size = sizeof unit;
  check(hj_unit_read(engine, id, &unit), "read");
  printf("    the unit is %s\n", unit.incident_id ? "on an incident" : "free");
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
  plans(after);
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
  check(hj_events_poll(engine, events, 300000, &count), "events");
  end("hj_events_poll, 300,000 at once");
  printf("    %u events\n", count);
  begin();
  plans(other);
  end("hj_plans_load");
  begin();
  check(hj_plans_migrate(engine, &count), "migrate");
  end("hj_plans_migrate of SIZE incidents");
  printf("    %u moved\n", count);
  begin();
  check(hj_figures_reset(engine), "reset");
  end("hj_figures_reset");
  done();
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
    check(hj_nearest_units(engine, &query, found, 64, &count), "nearest");
  }
  end("1,000 x hj_nearest_units among SIZE units, one in 1,000 free");
  begin();
  for (int i = 0; i < 500; i++) report(HJ_TIER_EMERGENCY);
  end("500 x hj_incident_report among SIZE units");
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
  while (stats().escalations < UNSIGNED) usleep(100000);
  usleep(1000000);
  end("64 signatures fall due before 20,000 that wait (6 s of waiting)");
  done();
}

int main(int count, char **words) {
  if (count < 4) {
    fprintf(stderr, "turns SIZE SERVED ROWS [MAP]\n");
    return 2;
  }
  size = (uint32_t)atoi(words[1]);
  served = (uint32_t)atoi(words[2]);
  row_file = fopen(words[3], "a");
  if (!row_file) return 1;
  map_path = count > 4 ? words[4] : NULL;
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
  fclose(row_file);
  return 0;
}
