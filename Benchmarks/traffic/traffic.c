/* Live traffic as a host sees it: from hj_traffic_report to the event that says that the new times serve, and what
 * questions cost meanwhile.
 *
 *   traffic MAP PLACES UNITS TITLE [JSON]      rows are appended to JSON, one object a line
 *
 * PLACES as for decision.c. Fixed seed. In a full refresh every street gets a time of its own (where ids are not row
 * numbers: those that a few thousand fastest ways lead over, which is nearly all that matter); a closed road is the
 * streets of the fastest way between two places, as many of them as are asked for. */
#include <hujia.h>
#include <poll.h>
#include <string.h>

#include "draw.h"
#include "rows.h"

static hj_engine *engine;
static int32_t (*places)[2];
static uint32_t place_count;
static uint32_t street_count; /* entries of `all` */
static hj_street_time *all;

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

static hj_stats stats(void) {
  hj_stats now;
  memset(&now, 0, sizeof now);
  now.size = sizeof now;
  check(hj_engine_stats(engine, &now), "hj_engine_stats");
  return now;
}

static void open_engine(const char *map, uint32_t units, int32_t traffic) {
  hj_config config;
  hj_error_detail why;
  uint32_t index;
  memset(&why, 0, sizeof why);
  why.size = sizeof why;
  check(hj_config_init(&config, sizeof config), "hj_config_init");
  config.map_path = map;
  config.max_units = units;
  config.traffic = traffic;
  if (hj_engine_open(&config, &engine, &why) < 0) {
    fprintf(stderr, "%s: %s\n", why.field, why.text);
    exit(1);
  }
  for (index = 0; index < units; index++) {
    uint32_t place = below(place_count);
    hj_unit unit;
    memset(&unit, 0, sizeof unit);
    unit.size = sizeof unit;
    unit.id = index + 1;
    unit.capabilities = index % 10 < 3 ? 3 : 1;
    unit.lat_e7 = places[place][0];
    unit.lon_e7 = places[place][1];
    check(hj_unit_put(engine, &unit), "hj_unit_put");
  }
}

/* Until every reported time serves. Takes the events on the way. */
static void wait_until_served(void) {
  static hj_event taken[64];
  int32_t descriptor = hj_events_fd(engine);
  while (stats().traffic_pending > 0) {
    struct pollfd wait = {descriptor, POLLIN, 0};
    uint32_t count = 64;
    poll(&wait, 1, 1000);
    while (count == 64) {
      taken[0].size = sizeof taken[0];
      check(hj_events_poll(engine, taken, 64, &count), "hj_events_poll");
    }
  }
}

static void pause_ms(int ms) {
  poll(NULL, 0, ms);
}

/* Times that differ from round to round, as a feed's do. */
static void full_refresh(row *served, row *report, row *build) {
  uint32_t done, index;
  int64_t start_ns = clock_ns();
  for (index = 0; index < street_count; index++) {
    all[index].travel_ms = 3000 + below(30000);
  }
  start_ns = clock_ns();
  for (done = 0; done < street_count; done += 1048576) {
    uint32_t most = street_count - done < 1048576 ? street_count - done : 1048576;
    check(hj_traffic_report(engine, all + done, most), "hj_traffic_report");
  }
  report->group = street_count;
  sample(report, start_ns);
  start_ns = clock_ns(); /* nothing was being built when the report began, so the last epoch starts about now */
  wait_until_served();
  sample(served, start_ns);
  sample(build, clock_ns() - stats().epoch_build_ns);
}

/* The streets of a way between two places, `most` at most, closed or opened again. */
static uint32_t road(hj_street_time *times, uint32_t most) {
  static hj_route_point points[4096];
  uint32_t needed = 0, index, count = 0;
  uint32_t from = below(place_count), to = below(place_count);
  points[0].size = sizeof points[0];
  if (hj_route(engine, places[from][0], places[from][1], places[to][0], places[to][1], NULL, points, 4096, &needed) ==
      HJ_E_BUFFER)
    needed = 4096;
  for (index = 1; index < needed && count < most; index++) {
    if (points[index].street_id == 0 || (count > 0 && times[count - 1].street_id == points[index].street_id)) continue;
    memset(&times[count], 0, sizeof times[count]);
    times[count].size = sizeof times[count];
    times[count].street_id = points[index].street_id;
    count++;
  }
  return count;
}

static int by_id(const void *a, const void *b) {
  uint64_t left = ((const hj_street_time *)a)->street_id, right = ((const hj_street_time *)b)->street_id;
  return left < right ? -1 : left > right;
}

/* Row numbers, from 1 (a few were merged and are unknown), else what ways lead over. */
static void find_streets(void) {
  static hj_street_time times[4096];
  uint32_t index, accepted = 0, count = 0, kept = 0, round;
  uint32_t most = (uint32_t)stats().map_streets;
  all = calloc(most + 4096, sizeof *all);
  if (!all) exit(1);
  for (index = 0; index < most; index++) {
    all[index].size = sizeof all[index];
    all[index].street_id = index + 1;
    all[index].travel_ms = HJ_STREET_AS_MAPPED;
  }
  street_count = most;
  check(hj_traffic_report_each(engine, all, most < 1048576 ? most : 1048576, NULL, &accepted), "hj_traffic_report");
  if (accepted > most / 2) return;
  for (round = 0; round < 5000 && count < most; round++) {
    uint32_t found = road(times, 4096);
    if (count + found > most) found = most - count;
    memcpy(all + count, times, found * sizeof *all);
    count += found;
    if (count < most && round < 4999) continue;
    qsort(all, count, sizeof *all, by_id);
    for (index = 0, kept = 0; index < count; index++) {
      if (kept == 0 || all[kept - 1].street_id != all[index].street_id) all[kept++] = all[index];
    }
    count = kept;
  }
  street_count = count;
}

static void close_and_open(const char *name, uint32_t most, uint32_t rounds) {
  static hj_street_time times[4096];
  char title[64];
  row *closed, *opened;
  uint32_t round, index;
  snprintf(title, sizeof title, "%s closed, until it serves", name);
  closed = new_row(title, 1);
  snprintf(title, sizeof title, "%s opened, until it serves", name);
  opened = new_row(title, 1);
  for (round = 0; round < rounds; round++) {
    uint32_t count = road(times, most);
    int64_t start_ns;
    if (count < most) {
      round--;
      continue;
    }
    for (index = 0; index < count; index++) times[index].travel_ms = HJ_STREET_CLOSED;
    start_ns = clock_ns();
    check(hj_traffic_report(engine, times, count), "hj_traffic_report");
    wait_until_served();
    sample(closed, start_ns);
    pause_ms(3);
    for (index = 0; index < count; index++) times[index].travel_ms = HJ_STREET_AS_MAPPED;
    start_ns = clock_ns();
    check(hj_traffic_report(engine, times, count), "hj_traffic_report");
    wait_until_served();
    sample(opened, start_ns);
    pause_ms(3);
  }
}

static void ask_nearest(const char *name, int64_t until_ns, int builds) {
  row *nearest = new_row(name, 1);
  while (clock_ns() < until_ns) {
    uint32_t place = below(place_count);
    hj_nearest_query query;
    hj_nearest found[8];
    uint32_t count = 0;
    int64_t start_ns;
    if (builds && stats().traffic_pending == 0) {
      hj_street_time one;
      memset(&one, 0, sizeof one);
      one.size = sizeof one;
      one.street_id = 1 + below(street_count);
      one.travel_ms = 1000 + below(60000);
      check(hj_traffic_report(engine, &one, 1), "hj_traffic_report");
    }
    memset(&query, 0, sizeof query);
    query.size = sizeof query;
    query.lat_e7 = places[place][0];
    query.lon_e7 = places[place][1];
    query.k = 8;
    found[0].size = sizeof found[0];
    start_ns = clock_ns();
    check(hj_nearest_units(engine, &query, found, 8, &count), "hj_nearest_units");
    sample(nearest, start_ns);
  }
}

int main(int argc, char **argv) {
  FILE *json;
  hj_stats now;
  row *report, *served, *build;
  int round;
  if (argc < 5) {
    fprintf(stderr, "usage: traffic MAP PLACES UNITS TITLE [JSON]\n");
    return 2;
  }
  read_places(argv[2]);
  open_engine(argv[1], (uint32_t)atoi(argv[3]), HJ_TRAFFIC_AT_OPEN);
  find_streets();
  wait_until_served();
  pause_ms(1500); /* the builder makes itself ready for a first small change */
  close_and_open("one street", 1, 100);
  close_and_open("a road of 10 streets", 10, 60);
  close_and_open("a road of 100 streets", 100, 30);
  report = new_row("hj_traffic_report, a street of all", street_count);
  served = new_row("all streets, until they serve", 1);
  build = new_row("all streets, the build itself", 1);
  for (round = 0; round < 9; round++) full_refresh(served, report, build);
  ask_nearest("hj_nearest_units, 8, quiet", clock_ns() + 1000000000, 0);
  ask_nearest("hj_nearest_units, 8, an epoch at once after the other", clock_ns() + 2000000000, 1);
  json = argc > 5 ? fopen(argv[5], "a") : NULL;
  show_rows(argv[4], (uint32_t)atoi(argv[3]), json);
  now = stats();
  if (json) {
    fprintf(json, "{\"table\": \"%s\", \"row\": \"memory, two epochs\", \"memory_mib\": %.1f}\n", argv[4],
            (double)now.memory_bytes / 1048576);
    fclose(json);
  }
  printf("%lld nodes, %lld streets; %lld MiB taken; %lld epochs, %lld of them mended; %lld street times refused\n",
         (long long)now.map_nodes, (long long)now.map_streets, (long long)(now.memory_bytes >> 20),
         (long long)now.epochs_built, (long long)now.epochs_mended, (long long)now.traffic_refused);
  check(hj_engine_close(engine), "hj_engine_close");
  return 0;
}
