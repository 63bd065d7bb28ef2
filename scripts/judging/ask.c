/* Answers a judge's questions from a map, through the C interface alone, a line each:
 *   route LAT LON LAT LON     -> metres seconds, or "none" where the streets do not join the places
 *   near LAT LON              -> the eight nearest units, "id:metres:seconds" each
 *   unit ID LAT LON           -> a unit is put there
 * Usage: ask MAP PROFILE < questions; PROFILE 1 = response, 2 = normal. */
#include <hujia.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int32_t e7(double degrees) {
  return (int32_t)(degrees * 1e7 + (degrees < 0 ? -0.5 : 0.5));
}

static void route(hj_engine *engine, const double *at, int32_t profile) {
  hj_route_summary summary;
  memset(&summary, 0, sizeof summary);
  summary.size = sizeof summary;
  uint32_t needed = 0;
  hj_status status =
      hj_route_by_profile(engine, e7(at[0]), e7(at[1]), e7(at[2]), e7(at[3]), profile, &summary, NULL, 0, &needed);
  if ((status < 0 && status != HJ_E_BUFFER) || (summary.flags & HJ_ROUTE_STRAIGHT_LINE)) {
    printf("none\n");
    return;
  }
  printf("%.1f %.3f\n", summary.distance_dm / 10.0, summary.travel_ms / 1000.0);
}

static void near(hj_engine *engine, const double *at, int32_t profile) {
  hj_nearest_query query;
  memset(&query, 0, sizeof query);
  query.size = sizeof query;
  query.lat_e7 = e7(at[0]);
  query.lon_e7 = e7(at[1]);
  query.k = 8;
  query.profile = profile;
  hj_nearest found[8];
  memset(found, 0, sizeof found);
  found[0].size = sizeof found[0];
  uint32_t count = 0;
  hj_nearest_units(engine, &query, found, 8, &count);
  for (uint32_t i = 0; i < count; i++) {
    if (found[i].flags & HJ_NEAREST_STRAIGHT_LINE) continue;
    printf("%s%llu:%.1f:%.3f", i ? " " : "", (unsigned long long)found[i].unit_id, found[i].distance_dm / 10.0,
           found[i].travel_ms / 1000.0);
  }
  printf("\n");
}

int main(int argc, char **argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: ask MAP PROFILE < questions\n");
    return 2;
  }
  int32_t profile = atoi(argv[2]);
  hj_config config;
  hj_config_init(&config, sizeof config);
  config.map_path = argv[1];
  hj_error_detail detail;
  memset(&detail, 0, sizeof detail);
  detail.size = sizeof detail;
  hj_engine *engine = NULL;
  if (hj_engine_open(&config, &engine, &detail) != HJ_OK) {
    fprintf(stderr, "%s\n", detail.text);
    return 1;
  }
  char line[512];
  while (fgets(line, sizeof line, stdin) != NULL) {
    double at[4];
    unsigned long long id;
    if (sscanf(line, "route %lf %lf %lf %lf", &at[0], &at[1], &at[2], &at[3]) == 4) {
      route(engine, at, profile);
    } else if (sscanf(line, "near %lf %lf", &at[0], &at[1]) == 2) {
      near(engine, at, profile);
    } else if (sscanf(line, "unit %llu %lf %lf", &id, &at[0], &at[1]) == 3) {
      hj_unit unit;
      memset(&unit, 0, sizeof unit);
      unit.size = sizeof unit;
      unit.id = id;
      unit.lat_e7 = e7(at[0]);
      unit.lon_e7 = e7(at[1]);
      if (hj_unit_put(engine, &unit) != HJ_OK) return 1;
    } else {
      fprintf(stderr, "what is: %s", line);
      return 1;
    }
  }
  hj_engine_close(engine);
  return 0;
}
