/* The engine, the units and the places of the routing benchmark. */
#ifndef HUJIA_BENCHMARK_HOST_H
#define HUJIA_BENCHMARK_HOST_H

#include "draw.h"

/* A place, and the node ahead of it. */
typedef struct {
  int32_t lat_e7, lon_e7;
  uint32_t node;
} spot;

typedef struct {
  spot at;
  uint32_t arc, node;
} unit_state;

static hj_engine *engine;
static unit_state units[10000];
static uint32_t unit_count;
static int64_t row_ns = 1000000000; /* a row ends after this time, or after SAMPLE_LIMIT calls */

static void open_engine(const char *map, uint32_t most_units) {
  hj_config config;
  hj_error_detail why;
  memset(&why, 0, sizeof why);
  why.size = sizeof why;
  check(hj_config_init(&config, sizeof config), "hj_config_init");
  config.map_path = map;
  config.max_units = most_units;
  if (hj_engine_open(&config, &engine, &why) < 0) {
    fprintf(stderr, "%s: %s\n", why.field, why.text);
    exit(1);
  }
}

static spot at_node(const network *in, uint32_t node) {
  spot result;
  result.lat_e7 = in->places[node][0];
  result.lon_e7 = in->places[node][1];
  result.node = node;
  return result;
}

static uint32_t clear_node(const network *in) {
  uint32_t node;
  do node = below(in->node_count);
  while (!in->is_clear[node]);
  return node;
}

/* `permille` of the way along an arc, drawn straight. */
static spot along(const network *in, uint32_t number, uint32_t permille) {
  const arc *on = &in->arcs[number];
  spot result = at_node(in, on->from);
  result.lat_e7 += (int32_t)((int64_t)(in->places[on->to][0] - result.lat_e7) * permille / 1000);
  result.lon_e7 += (int32_t)((int64_t)(in->places[on->to][1] - result.lon_e7) * permille / 1000);
  result.node = on->to;
  return result;
}

static spot mid_street(const network *in) {
  return along(in, below(in->arc_count), 100 + below(800));
}

/* A street that goes on from the head of this one; back the same way only at a dead end. */
static uint32_t next_street(const network *in, uint32_t number) {
  const arc *on = &in->arcs[number];
  uint32_t first = in->first_from[on->to], count = in->first_from[on->to + 1] - first, tries;
  for (tries = 0; tries < 8 && count > 0; tries++) {
    uint32_t next = in->from_order[first + below(count)];
    if (in->arcs[next].to != on->from) return next;
  }
  return count > 0 ? in->from_order[first] : number;
}

/* All have the first capability, three in ten the second, one in a hundred the third. */
static void put_units(const network *in, uint32_t count) {
  for (; unit_count < count; unit_count++) {
    hj_unit unit;
    unit_state *state = &units[unit_count];
    memset(&unit, 0, sizeof unit);
    state->arc = below(in->arc_count);
    state->at = along(in, state->arc, 100 + below(800));
    state->node = in->arcs[state->arc].to;
    unit.size = sizeof unit;
    unit.id = unit_count + 1;
    unit.capabilities = 1u | (unit_count % 10 < 3 ? 2u : 0) | (unit_count % 100 == 9 ? 4u : 0);
    unit.lat_e7 = state->at.lat_e7;
    unit.lon_e7 = state->at.lon_e7;
    check(hj_unit_put(engine, &unit), "hj_unit_put");
  }
}

/* What the engine took, and the process at its peak. */
static void show_memory(const char *title, FILE *json) {
  char line[256];
  long peak_kib = 0;
  FILE *status = fopen("/proc/self/status", "r");
  hj_stats stats;
  memset(&stats, 0, sizeof stats);
  stats.size = sizeof stats;
  check(hj_engine_stats(engine, &stats), "hj_engine_stats");
  while (status && fgets(line, sizeof line, status)) sscanf(line, "VmHWM: %ld", &peak_kib);
  if (status) fclose(status);
  printf("%lld MiB taken (%s), process at its peak %ld MiB\n", (long long)(stats.memory_bytes >> 20), stats.allocator,
         peak_kib >> 10);
  if (json)
    fprintf(
        json,
        "{\"table\": \"%s\", \"row\": \"memory\", \"units\": %u, \"nodes\": %llu, \"memory_mib\": %.1f, \"peak_mib\": "
        "%.1f}\n",
        title, unit_count, (unsigned long long)row_nodes, (double)stats.memory_bytes / 1048576, peak_kib / 1024.0);
}

#endif
