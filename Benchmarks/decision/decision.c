/* What a host sees of a decision: each call of the C interface timed from outside, on a map, with moving units.
 *
 *   decision MAP PLACES UNITS TITLE [JSON]      rows are appended to JSON, one object a line
 *
 * PLACES holds one "latitude longitude" in degrees a line, places on the streets; units and calls are drawn from it
 * with a fixed seed, so two runs ask the same. Beside it, in the same run, what a host would write without us: a plain
 * list that is searched whole by straight line, which knows no streets. The machine's own gaps are counted and shown,
 * because the rarest figures of a shared machine are the machine's. */
#include <hujia.h>
#include <string.h>

#include "draw.h"
#include "rows.h"

#define OPEN_CALLS 300 /* domain: open incidents of a city */

static hj_engine *engine;
static int32_t (*places)[2];
static uint32_t place_count;
static uint32_t unit_count;
static int64_t row_ns = 1000000000; /* a row ends after this time, or after SAMPLE_LIMIT calls */

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

static const char plans[] =
    "{\"version\": 1, \"capabilities\": [\"patrol\", \"medic\", \"rescue\"], \"plans\": ["
    "{\"name\": \"one\", \"types\": [1], \"units\": [{\"capabilities\": [\"patrol\"]}]},"
    "{\"name\": \"four\", \"types\": [2], \"units\": [{\"capabilities\": [\"patrol\"], \"count\": 2},"
    "{\"capabilities\": [\"medic\"]}, {\"capabilities\": [\"rescue\"]}]},"
    "{\"name\": \"hand\", \"types\": [3], \"dispatch\": \"manual\"},"
    "{\"name\": \"else\", \"units\": [{\"count\": 1}]}]}";

static void open_engine(const char *map) {
  hj_config config;
  hj_error_detail why;
  memset(&why, 0, sizeof why);
  why.size = sizeof why;
  check(hj_config_init(&config, sizeof config), "hj_config_init");
  config.map_path = map;
  config.max_speed_cms = UINT32_MAX; /* the fixes of this benchmark jump about */
  config.max_units = unit_count;
  config.event_capacity = 65536;
  if (hj_engine_open(&config, &engine, &why) < 0 || hj_plans_load(engine, plans, sizeof plans - 1, &why) < 0) {
    fprintf(stderr, "%s: %s\n", why.field, why.text);
    exit(1);
  }
}

/* Everyone patrols; three in ten are medics, one in ten can rescue. */
static void put_units(void) {
  row *put = new_row("hj_unit_put", 1);
  uint32_t index;
  for (index = 0; index < unit_count; index++) {
    uint32_t place = below(place_count);
    hj_unit unit;
    int64_t start_ns;
    memset(&unit, 0, sizeof unit);
    unit.size = sizeof unit;
    unit.id = index + 1;
    unit.crew = 2;
    unit.capabilities = 1u | (index % 10 < 3 ? 2u : 0) | (index % 10 == 9 ? 4u : 0);
    unit.lat_e7 = places[place][0];
    unit.lon_e7 = places[place][1];
    start_ns = clock_ns();
    check(hj_unit_put(engine, &unit), "hj_unit_put");
    sample(put, start_ns);
  }
}

static int32_t (*last_fix)[2]; /* of each unit; 0: none yet */

/* A fix some 30 m from a place on the streets; or (`stays`) 2 m from the unit's last one, so mostly on its street. */
static void fill_fix(hj_position *fix, int64_t wall_us, int stays) {
  uint32_t place = below(place_count), unit = below(unit_count);
  int32_t *last = last_fix[unit];
  memset(fix, 0, sizeof *fix);
  fix->size = sizeof *fix;
  fix->unit_id = unit + 1;
  if (stays && last[0] != 0) {
    fix->lat_e7 = last[0] + (int32_t)below(360) - 180;
    fix->lon_e7 = last[1] + (int32_t)below(360) - 180;
  } else {
    fix->lat_e7 = places[place][0] + (int32_t)below(6000) - 3000;
    fix->lon_e7 = places[place][1] + (int32_t)below(6000) - 3000;
  }
  last[0] = fix->lat_e7;
  last[1] = fix->lon_e7;
  fix->wall_us = wall_us;
  fix->heading_cdeg = HJ_UNKNOWN;
  fix->speed_cms = HJ_UNKNOWN;
}

static void report_positions(const char *name, uint32_t batch, int stays) {
  row *positions = new_row(name, batch);
  static hj_position fixes[64];
  int64_t end_ns = clock_ns() + row_ns;
  while (clock_ns() < end_ns && positions->count < SAMPLE_LIMIT) {
    struct timespec wall;
    int64_t start_ns;
    uint32_t index;
    clock_gettime(CLOCK_REALTIME, &wall);
    for (index = 0; index < batch; index++) {
      fill_fix(&fixes[index], (int64_t)wall.tv_sec * 1000000 + wall.tv_nsec / 1000, stays);
    }
    start_ns = clock_ns();
    check(hj_positions_report(engine, fixes, batch, NULL), "hj_positions_report");
    sample(positions, start_ns);
  }
}

static void ask_travel_time(const char *name, int with_distance) {
  row *travel = new_row(name, 1);
  int64_t end_ns = clock_ns() + row_ns;
  while (clock_ns() < end_ns && travel->count < SAMPLE_LIMIT) {
    const int32_t *from = places[below(place_count)], *to = places[below(place_count)];
    uint32_t travel_ms, distance_dm;
    int64_t start_ns = clock_ns();
    check(hj_travel_time(engine, from[0], from[1], to[0], to[1], HJ_PROFILE_DEFAULT, &travel_ms,
                         with_distance ? &distance_dm : NULL, NULL, NULL),
          "hj_travel_time");
    sample(travel, start_ns);
  }
}

static void ask_nearest(const char *name, uint64_t capabilities) {
  row *nearest = new_row(name, 1);
  int64_t end_ns = clock_ns() + row_ns;
  while (clock_ns() < end_ns && nearest->count < SAMPLE_LIMIT) {
    uint32_t place = below(place_count);
    hj_nearest_query query;
    hj_nearest found[8];
    uint32_t count = 0;
    int64_t start_ns;
    memset(&query, 0, sizeof query);
    query.size = sizeof query;
    query.lat_e7 = places[place][0];
    query.lon_e7 = places[place][1];
    query.k = 8;
    query.capabilities = capabilities;
    found[0].size = sizeof found[0];
    start_ns = clock_ns();
    check(hj_nearest_units(engine, &query, found, 8, &count), "hj_nearest_units");
    sample(nearest, start_ns);
  }
}

static void fill_report(hj_report *report, uint32_t type) {
  uint32_t place = below(place_count);
  memset(report, 0, sizeof *report);
  report->size = sizeof *report;
  report->tier = HJ_TIER_EMERGENCY;
  report->type = type;
  report->lat_e7 = places[place][0];
  report->lon_e7 = places[place][1];
  report->key_high = next_random();
  report->key_low = 1;
}

static void recommend(const char *name, uint32_t type) {
  row *recommendations = new_row(name, 1);
  int64_t end_ns = clock_ns() + row_ns;
  while (clock_ns() < end_ns && recommendations->count < SAMPLE_LIMIT) {
    hj_report report;
    hj_dispatch answer;
    int64_t start_ns;
    fill_report(&report, type);
    answer.size = sizeof answer;
    start_ns = clock_ns();
    check(hj_incident_recommend(engine, &report, &answer), "hj_incident_recommend");
    sample(recommendations, start_ns);
  }
}

#define AREA_SIDE 100

/* A plan for each of 10,000 areas, side by side over all places; every call of type 3 is a person's, so what a question
 * costs is the match. */
static void load_areas(void) {
  int32_t south = INT32_MAX, west = INT32_MAX, north = INT32_MIN, east = INT32_MIN;
  size_t room = (size_t)AREA_SIDE * AREA_SIDE * 320, length = 0;
  char *text = malloc(room);
  hj_error_detail why;
  int pass, x, y;
  uint32_t index;
  if (!text) exit(1);
  for (index = 0; index < place_count; index++) {
    if (places[index][0] < south) south = places[index][0];
    if (places[index][0] > north) north = places[index][0];
    if (places[index][1] < west) west = places[index][1];
    if (places[index][1] > east) east = places[index][1];
  }
  length += (size_t)snprintf(text + length, room - length, "{\"version\": 1, \"areas\": [");
  for (pass = 0; pass < 2; pass++) {
    for (y = 0; y < AREA_SIDE; y++) {
      for (x = 0; x < AREA_SIDE; x++) {
        double low = (south + ((double)north - south) * y / AREA_SIDE) / 1e7;
        double high = (south + ((double)north - south) * (y + 1) / AREA_SIDE + 1) / 1e7;
        double left = (west + ((double)east - west) * x / AREA_SIDE) / 1e7;
        double right = (west + ((double)east - west) * (x + 1) / AREA_SIDE + 1) / 1e7;
        const char *comma = x + y > 0 ? "," : "";
        if (pass == 0)
          length +=
              (size_t)snprintf(text + length, room - length,
                               "%s{\"name\":\"%d\",\"polygon\":[[%.7f,%.7f],[%.7f,%.7f],[%.7f,%.7f],[%.7f,%.7f]]}",
                               comma, y * AREA_SIDE + x, left, low, right, low, right, high, left, high);
        else
          length += (size_t)snprintf(text + length, room - length,
                                     "%s{\"name\":\"%d\",\"areas\":[\"%d\"],\"dispatch\":\"manual\"}", comma,
                                     y * AREA_SIDE + x, y * AREA_SIDE + x);
      }
    }
    length += (size_t)snprintf(text + length, room - length, pass == 0 ? "], \"plans\": [" : "]}");
  }
  memset(&why, 0, sizeof why);
  why.size = sizeof why;
  if (hj_plans_load(engine, text, (uint32_t)length, &why) < 0) {
    fprintf(stderr, "%s: %s\n", why.field, why.text);
    exit(1);
  }
  free(text);
}

static void take_events(row *events) {
  static hj_event taken[64];
  uint32_t count = 0;
  do {
    int64_t start_ns;
    taken[0].size = sizeof taken[0];
    start_ns = clock_ns();
    check(hj_events_poll(engine, taken, 64, &count), "hj_events_poll");
    if (events && count == 64) sample(events, start_ns);
  } while (count == 64);
}

/* Calls come in, are signed and reached at once, and the oldest is closed when OPEN_CALLS are open. */
static void report_calls(uint32_t type, const char *report_name, int with_lifecycle) {
  static uint64_t open[OPEN_CALLS];
  row *reports = new_row(report_name, 1);
  row *advances = with_lifecycle ? new_row("hj_assignment_advance (signed, on scene)", 1) : NULL;
  row *closes = with_lifecycle ? new_row("hj_incident_close", 1) : NULL;
  row *events = with_lifecycle ? new_row("hj_events_poll, an event of 64", 64) : NULL;
  uint32_t most = unit_count / (type == 2 ? 40 : 4); /* so many that nobody runs short */
  uint32_t limit = most < OPEN_CALLS ? most : OPEN_CALLS;
  uint32_t next = 0;
  int64_t end_ns = clock_ns() + row_ns;
  int64_t start_ns;
  memset(open, 0, sizeof open);
  while (clock_ns() < end_ns && reports->count < SAMPLE_LIMIT) {
    hj_report report;
    hj_dispatch answer;
    uint32_t index;
    if (open[next] != 0) {
      start_ns = clock_ns();
      check(hj_incident_close(engine, open[next], 1, 0), "hj_incident_close");
      if (closes) sample(closes, start_ns);
    }
    fill_report(&report, type);
    answer.size = sizeof answer;
    start_ns = clock_ns();
    check(hj_incident_report(engine, &report, &answer), "hj_incident_report");
    sample(reports, start_ns);
    open[next] = answer.incident_id;
    next = (next + 1) % (limit ? limit : 1);
    for (index = 0; index < answer.assignment_count; index++) {
      uint64_t assignment = answer.chosen[index].assignment_id;
      start_ns = clock_ns();
      check(hj_assignment_advance(engine, assignment, HJ_ASSIGNMENT_ACKNOWLEDGED, 0), "advance");
      if (advances) sample(advances, start_ns);
      start_ns = clock_ns();
      check(hj_assignment_advance(engine, assignment, HJ_ASSIGNMENT_ON_SCENE, 0), "advance");
      if (advances) sample(advances, start_ns);
    }
    if (reports->count % 32 == 0) take_events(events);
  }
  for (next = 0; next < OPEN_CALLS; next++) {
    if (open[next] != 0) check(hj_incident_close(engine, open[next], 1, 0), "hj_incident_close");
  }
  take_events(events);
}

/* Every unit that can rescue drives to a routine call. An emergency takes one of them, whose call is served in the same
 * turn (nobody is left: it waits), and the close of the emergency gives the unit back. */
static void report_taking(void) {
  static const char taking[] =
      "{\"version\": 1, \"capabilities\": [\"patrol\", \"medic\", \"rescue\"],"
      "\"preempt\": [{\"for\": \"emergency\", \"from\": [\"routine\"], \"near_arrival_s\": 0, \"robbed_max\": 1000}],"
      "\"plans\": [{\"name\": \"rescue\", \"units\": [{\"capabilities\": [\"rescue\"]}]}]}";
  row *reports = new_row("hj_incident_report that takes a unit from a routine call", 1);
  uint32_t count = unit_count / 10, index, taken = 0;
  uint64_t *routine = calloc(count + 1, sizeof *routine);
  hj_report report;
  hj_dispatch answer;
  int64_t end_ns;
  if (!routine) exit(1);
  check(hj_plans_load(engine, taking, sizeof taking - 1, NULL), "hj_plans_load");
  for (index = 0; index < count; index++) {
    fill_report(&report, 1);
    report.tier = HJ_TIER_ROUTINE;
    answer.size = sizeof answer;
    check(hj_incident_report(engine, &report, &answer), "hj_incident_report");
    routine[index] = answer.incident_id;
    if (index % 32 == 0) take_events(NULL);
  }
  end_ns = clock_ns() + row_ns;
  while (count > 0 && clock_ns() < end_ns && reports->count < SAMPLE_LIMIT) {
    int64_t start_ns;
    fill_report(&report, 1);
    answer.size = sizeof answer;
    start_ns = clock_ns();
    check(hj_incident_report(engine, &report, &answer), "hj_incident_report");
    sample(reports, start_ns);
    taken += (answer.chosen_flags[0] & HJ_CHOSEN_DIVERTED) != 0;
    check(hj_incident_close(engine, answer.incident_id, 1, 0), "hj_incident_close");
    if (reports->count % 32 == 0) take_events(NULL);
  }
  for (index = 0; index < count; index++) check(hj_incident_close(engine, routine[index], 1, 0), "hj_incident_close");
  take_events(NULL);
  if (taken < reports->count) {
    fprintf(stderr, "only %u of %llu emergencies took a unit\n", taken, (unsigned long long)reports->count);
    exit(1);
  }
  free(routine);
}

/* The rival: all units in a list, the eight least squared distances by insertion. It knows no streets. */
static void ask_plain_list(void) {
  row *plain = new_row("a plain list, 8 nearest by straight line", 1);
  int32_t(*units)[2] = malloc(sizeof *units * unit_count);
  int64_t end_ns = clock_ns() + row_ns;
  volatile uint32_t kept = 0;
  uint32_t index;
  if (!units) return;
  for (index = 0; index < unit_count; index++) memcpy(units[index], places[below(place_count)], sizeof *units);
  while (clock_ns() < end_ns && plain->count < SAMPLE_LIMIT) {
    int64_t least[9];
    uint32_t who[9];
    uint32_t place = below(place_count);
    int64_t start_ns = clock_ns();
    uint32_t at;
    for (at = 0; at < 9; at++) least[at] = INT64_MAX;
    for (index = 0; index < unit_count; index++) {
      int64_t north = units[index][0] - places[place][0];
      int64_t east = ((int64_t)units[index][1] - places[place][1]) * 49 / 64; /* cosine of about 40 degrees */
      int64_t squared = north * north + east * east;
      if (squared >= least[7]) continue;
      for (at = 7; at > 0 && least[at - 1] > squared; at--) {
        least[at] = least[at - 1];
        who[at] = who[at - 1];
      }
      least[at] = squared;
      who[at] = index;
    }
    kept += who[0];
    sample(plain, start_ns);
  }
  free(units);
}

int main(int argc, char **argv) {
  hj_stats stats;
  int64_t open_ns;
  FILE *json;
  if (argc < 5) {
    fprintf(stderr, "usage: decision MAP PLACES UNITS TITLE [JSON]\n");
    return 2;
  }
  unit_count = (uint32_t)atoi(argv[3]);
  if (unit_count == 0) return 2;
  if (getenv("HUJIA_BENCH_SECONDS")) row_ns = (int64_t)(atof(getenv("HUJIA_BENCH_SECONDS")) * 1e9);
  read_places(argv[2]);
  last_fix = calloc(unit_count, sizeof *last_fix);
  if (!last_fix) return 1;
  open_ns = clock_ns();
  open_engine(argv[1]);
  open_ns = clock_ns() - open_ns;
  put_units();
  report_positions("hj_positions_report, one fix", 1, 0);
  report_positions("hj_positions_report, a fix of 64", 64, 0);
  report_positions("hj_positions_report, a fix of 64, where it was", 64, 1);
  ask_travel_time("hj_travel_time, two places snapped", 0);
  ask_travel_time("hj_travel_time with the distance", 1);
  ask_nearest("hj_nearest_units, 8", 0);
  ask_nearest("hj_nearest_units, 8 of the 30 % medics", 2);
  ask_plain_list();
  recommend("hj_incident_recommend, 1 unit", 1);
  report_calls(1, "hj_incident_report, 1 unit", 1);
  report_calls(2, "hj_incident_report, 4 units, 3 capabilities", 0);
  recommend("hj_incident_recommend, by hand", 3);
  report_taking();
  load_areas();
  recommend("hj_incident_recommend, by hand, 10,000 areas", 3);
  memset(&stats, 0, sizeof stats);
  stats.size = sizeof stats;
  check(hj_engine_stats(engine, &stats), "hj_engine_stats");
  row_nodes = (uint64_t)stats.map_nodes;
  json = argc > 5 ? fopen(argv[5], "a") : NULL;
  show_rows(argv[4], unit_count, json);
  if (json) {
    fprintf(json, "{\"table\": \"%s\", \"row\": \"memory\", \"units\": %u, \"nodes\": %llu, \"memory_mib\": %.1f}\n",
            argv[4], unit_count, (unsigned long long)row_nodes, (double)stats.memory_bytes / 1048576);
    fclose(json);
  }
  printf(
      "opened in %.1f ms; %lld nodes, %lld streets; %lld MiB taken (%s); longest turn %lld us; events lost %lld; "
      "shortfalls %lld of "
      "%lld\n",
      (double)open_ns / 1e6, (long long)stats.map_nodes, (long long)stats.map_streets,
      (long long)(stats.memory_bytes >> 20), stats.allocator, (long long)(stats.longest_turn_ns / 1000),
      (long long)stats.events_lost, (long long)stats.shortfalls, (long long)stats.decisions);
  show_gaps();
  check(hj_engine_close(engine), "hj_engine_close");
  return 0;
}
