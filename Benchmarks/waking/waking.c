/* What a report costs its caller when it comes a while after the last, as calls do: the core sleeps in between, and a
 * call that wakes a thread of the engine pays for waking a core too. With the engine's own thread; each incident is
 * called off before the next, so that every report brings the earliest deadline.
 *
 *   waking MAP PLACES UNITS TITLE JSON [REPORTS]      MAP and PLACES "-": no streets; ends with "p50 NANOSECONDS" of
 *                                                     the reports 5 ms apart, for comparing two libraries in turns */
#include "hujia.h"

#include <string.h>

#include "rows.h"

static hj_engine *engine;

static void check(hj_status status, const char *what) {
  if (status >= 0 && status != HJ_FULL) return;
  fprintf(stderr, "%s: %s\n", what, hj_status_name(status));
  exit(1);
}

static uint32_t place_count;
static int32_t (*places)[2];

static void read_places(const char *path) {
  FILE *file = strcmp(path, "-") == 0 ? NULL : fopen(path, "r");
  double lat, lon;
  uint32_t capacity = 1 << 20;
  places = malloc(capacity * sizeof *places);
  if (!places) abort();
  while (file && place_count < capacity && fscanf(file, "%lf %lf", &lat, &lon) == 2) {
    check(hj_e7_from_degrees(lat, lon, &places[place_count][0], &places[place_count][1]), "a place");
    place_count++;
  }
  if (file) fclose(file);
  for (; place_count < 1000; place_count++) {
    places[place_count][0] = 377793000 + (int32_t)(place_count % 37) * 1000;
    places[place_count][1] = -1224193000 + (int32_t)(place_count % 41) * 1000;
  }
}

static uint32_t below(uint32_t bound) {
  static uint64_t state = 1;
  state = state * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t)((state >> 33) % bound);
}

static void reports(row *to, int count, int64_t apart_ns) {
  const struct timespec pause = {0, (long)apart_ns};
  while (count-- > 0) {
    uint32_t at = below(place_count);
    hj_report report;
    hj_dispatch answer;
    int64_t start_ns;
    memset(&report, 0, sizeof report);
    memset(&answer, 0, sizeof answer);
    report.size = sizeof report;
    answer.size = sizeof answer;
    report.lat_e7 = places[at][0];
    report.lon_e7 = places[at][1];
    if (apart_ns > 0) nanosleep(&pause, NULL);
    start_ns = clock_ns();
    check(hj_incident_report(engine, &report, &answer), "hj_incident_report");
    sample(to, start_ns);
    check(hj_incident_cancel(engine, answer.incident_id, 0), "hj_incident_cancel");
  }
}

int main(int argc, char **argv) {
  hj_config config;
  uint32_t units, index;
  int count;
  FILE *json;
  row *apart, *at_once;
  if (argc < 6) return 2;
  units = (uint32_t)atoi(argv[3]);
  count = argc > 6 ? atoi(argv[6]) : 1000;
  read_places(argv[2]);
  check(hj_config_init(&config, sizeof config), "hj_config_init");
  config.map_path = strcmp(argv[1], "-") == 0 ? NULL : argv[1];
  config.max_units = units + 1;
  check(hj_engine_open(&config, &engine, NULL), "hj_engine_open");
  for (index = 1; index <= units; index++) {
    uint32_t at = below(place_count);
    hj_unit unit;
    memset(&unit, 0, sizeof unit);
    unit.size = sizeof unit;
    unit.id = index;
    unit.lat_e7 = places[at][0];
    unit.lon_e7 = places[at][1];
    check(hj_unit_put(engine, &unit), "hj_unit_put");
  }
  apart = new_row("a report 5 ms after the last", 1);
  at_once = new_row("a report at once after the last", 1);
  reports(at_once, count, 0);
  reports(apart, count, 5000000);
  json = strcmp(argv[5], "-") == 0 ? NULL : fopen(argv[5], "a");
  show_rows(argv[4], units, json);
  if (json) fclose(json);
  printf("p50 %lld\n", (long long)apart->times_ns[(apart->count - 1) / 2]);
  check(hj_engine_close(engine), "hj_engine_close");
  free_rows();
  free(places);
  return 0;
}
