/* Every line of the design's table of speeds, through the C interface, beside plain Dijkstra and beside what dispatch
 * programs usually do: take the nearest by straight line, then rank them by driving time.
 *
 *   routing MAP NETWORK TITLE JSON      rows are appended to JSON, one object a line
 *
 * NETWORK is the same streets as text (scripts/bench-network). Units and calls stand in mid-street, drawn with a fixed
 * seed, so two runs ask the same. At the end all stand at nodes, where plain search knows the exact answer, and every
 * answer is compared. */
#include <hujia.h>
#include <string.h>

#include "rows.h"
#include "network.h"
#include "host.h"

#define MOST_UNITS 10000
#define SHORTLIST 16 /* two for each of the eight that are asked for */
#define PAIRS 4096

static network net;
static search plain;
static int is_target; /* the design's targets are for New York */

/* ---- Nearest ---- */

static hj_nearest found[64];

static uint32_t ask(const spot *at, uint64_t capabilities) {
  hj_nearest_query query;
  uint32_t count = 0;
  memset(&query, 0, sizeof query);
  query.size = sizeof query;
  query.lat_e7 = at->lat_e7;
  query.lon_e7 = at->lon_e7;
  query.k = 8;
  query.capabilities = capabilities;
  found[0].size = sizeof found[0];
  check(hj_nearest_units(engine, &query, found, 8, &count), "hj_nearest_units");
  return count;
}

static void measure_nearest(const char *name, uint64_t capabilities, double must_us, double aim_us) {
  row *to = new_target_row(name, 1, unit_count, is_target ? must_us : 0, is_target ? aim_us : 0);
  int64_t end_ns = clock_ns() + row_ns;
  while (clock_ns() < end_ns && to->count < SAMPLE_LIMIT) {
    spot at = mid_street(&net);
    int64_t start_ns = clock_ns();
    ask(&at, capabilities);
    sample(to, start_ns);
  }
}

/* Units by the node ahead of them, for the plain search. */
static uint32_t *first_unit, next_unit[MOST_UNITS];

static void hang_units(void) {
  uint32_t unit;
  if (!first_unit) first_unit = take(net.node_count, sizeof *first_unit);
  memset(first_unit, 0xff, net.node_count * sizeof *first_unit);
  for (unit = 0; unit < unit_count; unit++) {
    uint32_t node = units[unit].node;
    next_unit[unit] = first_unit[node];
    first_unit[node] = unit;
  }
}

typedef struct {
  uint32_t time_ms, unit;
} arrival;

static int is_before(uint32_t time_ms, uint32_t unit, const arrival *other) {
  return time_ms < other->time_ms || (time_ms == other->time_ms && unit < other->unit);
}

/* The eight first by time, then by unit; returns how many. */
static uint32_t plain_nearest(uint32_t goal, arrival best[8]) {
  uint32_t count = 0, node;
  search_begin(&plain, goal);
  while ((node = search_settle(&plain)) != NEVER) {
    uint32_t time_ms = plain.times_ms[node], unit, at;
    if (count == 8 && time_ms > best[7].time_ms) break;
    for (unit = first_unit[node]; unit != NEVER; unit = next_unit[unit]) {
      if (count == 8 && !is_before(time_ms, unit, &best[7])) continue;
      for (at = count < 8 ? count++ : 7; at > 0 && is_before(time_ms, unit, &best[at - 1]); at--)
        best[at] = best[at - 1];
      best[at].time_ms = time_ms;
      best[at].unit = unit;
    }
  }
  return count;
}

static void measure_plain_nearest(const char *name) {
  row *to = new_target_row(name, 1, unit_count, 0, 0);
  int64_t end_ns = clock_ns() + row_ns;
  hang_units();
  while (clock_ns() < end_ns && to->count < SAMPLE_LIMIT) {
    uint32_t goal = net.arcs[below(net.arc_count)].from;
    arrival best[8];
    int64_t start_ns = clock_ns();
    plain_nearest(goal, best);
    sample(to, start_ns);
  }
}

/* The units nearest by straight line, nearest first. */
static uint32_t straight_line(const spot *to, uint32_t who[SHORTLIST]) {
  int64_t least[SHORTLIST];
  uint32_t count = 0, unit, at;
  for (unit = 0; unit < unit_count; unit++) {
    int64_t north = units[unit].at.lat_e7 - to->lat_e7;
    int64_t east = ((int64_t)units[unit].at.lon_e7 - to->lon_e7) * 49 / 64; /* the cosine of about 40 degrees */
    int64_t squared = north * north + east * east;
    if (count == SHORTLIST && squared >= least[SHORTLIST - 1]) continue;
    at = count < SHORTLIST ? count++ : SHORTLIST - 1;
    for (; at > 0 && least[at - 1] > squared; at--) {
      least[at] = least[at - 1];
      who[at] = who[at - 1];
    }
    least[at] = squared;
    who[at] = unit;
  }
  return count;
}

static uint32_t travel_ms(const spot *from, const spot *to) {
  uint32_t time_ms, flags;
  check(hj_travel_time(engine, from->lat_e7, from->lon_e7, to->lat_e7, to->lon_e7, HJ_PROFILE_DEFAULT, &time_ms, NULL,
                       &flags, NULL),
        "hj_travel_time");
  return flags & HJ_ROUTE_STRAIGHT_LINE ? NEVER : time_ms;
}

static void measure_shortlist(const char *name) {
  row *to = new_target_row(name, 1, unit_count, 0, 0);
  int64_t end_ns = clock_ns() + row_ns;
  while (clock_ns() < end_ns && to->count < SAMPLE_LIMIT) {
    spot at = mid_street(&net);
    uint32_t who[SHORTLIST], times_ms[SHORTLIST];
    uint32_t count, index, place;
    int64_t start_ns = clock_ns();
    count = straight_line(&at, who);
    for (index = 0; index < count; index++) {
      uint32_t time_ms = travel_ms(&units[who[index]].at, &at);
      for (place = index; place > 0 && times_ms[place - 1] > time_ms; place--) times_ms[place] = times_ms[place - 1];
      times_ms[place] = time_ms;
    }
    sample(to, start_ns);
  }
}

/* ---- Positions ---- */

typedef struct {
  uint32_t unit;
  spot at;
} fix_at;

static void fill_fix(hj_position *fix, const fix_at *from) {
  memset(fix, 0, sizeof *fix);
  fix->size = sizeof *fix;
  fix->unit_id = from->unit + 1;
  fix->lat_e7 = from->at.lat_e7;
  fix->lon_e7 = from->at.lon_e7;
  fix->heading_cdeg = HJ_UNKNOWN;
  fix->speed_cms = HJ_UNKNOWN;
}

/* Reports that were written down before: `batch` a call, each from another unit. */
static void measure_fixes(const char *name, int crosses, uint32_t batch, double must_us, double aim_us) {
  row *to = new_target_row(name, batch, unit_count, is_target ? must_us : 0, is_target ? aim_us : 0);
  int64_t end_ns = clock_ns() + row_ns;
  static hj_position fixes[64];
  while (clock_ns() < end_ns && to->count < SAMPLE_LIMIT) {
    uint32_t index;
    int64_t start_ns;
    for (index = 0; index < batch; index++) {
      fix_at fix;
      fix.unit = below(unit_count);
      if (crosses) units[fix.unit].arc = next_street(&net, units[fix.unit].arc);
      units[fix.unit].node = net.arcs[units[fix.unit].arc].to;
      units[fix.unit].at = fix.at = along(&net, units[fix.unit].arc, 300 + below(400));
      fill_fix(&fixes[index], &fix);
    }
    start_ns = clock_ns();
    check(hj_positions_report(engine, fixes, batch, NULL), "hj_positions_report");
    sample(to, start_ns);
  }
}

/* ---- From place to place ---- */

static spot pairs[PAIRS][2];

static void measure_travel(const char *name, double must_us, double aim_us) {
  row *to = new_target_row(name, 16, unit_count, is_target ? must_us : 0, is_target ? aim_us : 0);
  int64_t end_ns = clock_ns() + row_ns;
  volatile uint32_t kept = 0;
  uint32_t index;
  for (index = 0; index < PAIRS; index++) {
    pairs[index][0] = mid_street(&net);
    pairs[index][1] = mid_street(&net);
  }
  while (clock_ns() < end_ns && to->count < SAMPLE_LIMIT) {
    uint32_t first = below(PAIRS / 16) * 16;
    int64_t start_ns = clock_ns();
    for (index = first; index < first + 16; index++) kept += travel_ms(&pairs[index][0], &pairs[index][1]);
    sample(to, start_ns);
  }
}

static void measure_plain_travel(const char *name, int with_road) {
  row *to = new_target_row(name, 1, unit_count, 0, 0);
  int64_t end_ns = clock_ns() + row_ns;
  volatile uint32_t kept = 0;
  while (clock_ns() < end_ns && to->count < SAMPLE_LIMIT) {
    const spot *pair = pairs[below(PAIRS)];
    uint32_t node, start = pair[0].node, steps = 0;
    int64_t start_ns = clock_ns();
    search_begin(&plain, pair[1].node);
    while ((node = search_settle(&plain)) != NEVER && node != start) continue;
    while (with_road && node != NEVER && plain.next_arc[node] != NEVER) {
      node = net.arcs[plain.next_arc[node]].to;
      steps++;
    }
    kept += steps + plain.times_ms[start];
    sample(to, start_ns);
  }
}

static hj_route_point points[65536];

static uint32_t road(const spot *from, const spot *to) {
  uint32_t needed = 0;
  points[0].size = sizeof points[0];
  check(hj_route(engine, from->lat_e7, from->lon_e7, to->lat_e7, to->lon_e7, NULL, points, 65536, &needed), "hj_route");
  return needed;
}

/* Roads of 300 to 400 points where the map has such; on small maps the longest that are drawn. */
static void measure_roads(const char *name, double must_us, double aim_us) {
  row *to = new_target_row(name, 1, unit_count, is_target ? must_us : 0, is_target ? aim_us : 0);
  uint32_t kept = 0, tries, least = 300;
  uint64_t sum = 0;
  int64_t end_ns;
  for (tries = 0; kept < 512 && tries < 60000; tries++) {
    spot from = mid_street(&net), goal = mid_street(&net);
    uint32_t count = road(&from, &goal);
    if (tries % 10000 == 9999 && kept < 64) least = least * 2 / 3;
    if (count < least || count > 400) continue;
    pairs[kept][0] = from;
    pairs[kept++][1] = goal;
  }
  if (kept == 0) return;
  for (tries = kept; tries < PAIRS; tries++) memcpy(pairs[tries], pairs[tries % kept], sizeof pairs[0]);
  end_ns = clock_ns() + row_ns;
  while (clock_ns() < end_ns && to->count < SAMPLE_LIMIT) {
    const spot *pair = pairs[below(kept)];
    int64_t start_ns = clock_ns();
    sum += road(&pair[0], &pair[1]);
    sample(to, start_ns);
  }
  printf("   roads of %llu points on average\n", (unsigned long long)(sum / to->count));
}

/* ---- Answers compared ---- */

static void to_nodes(void) {
  uint32_t unit;
  for (unit = 0; unit < unit_count; unit++) {
    hj_position fix;
    fix_at at;
    units[unit].node = clear_node(&net);
    units[unit].at = at_node(&net, units[unit].node);
    at.unit = unit;
    at.at = units[unit].at;
    fill_fix(&fix, &at);
    check(hj_positions_report(engine, &fix, 1, NULL), "hj_positions_report");
  }
  hang_units();
  /* A question takes in a part of what waits (hj_positions_report says how many): until none does. */
  for (unit = 0; unit < unit_count; unit += 64) ask(&units[unit].at, 0);
}

/* Eight nearest, and one travel time, each beside plain Dijkstra; and how often the straight line misleads. */
static void compare(FILE *json, const char *title) {
  uint32_t asked, wrong = 0, first_missed = 0, first_late = 0, any_missed = 0, index, place;
  uint64_t lost_ms = 0;
  const uint32_t calls = 1000;
  to_nodes();
  for (asked = 0; asked < calls; asked++) {
    spot at = at_node(&net, clear_node(&net));
    arrival best[8];
    uint32_t who[SHORTLIST], listed, count, plainly, missed = 0, is_first_in = 0;
    plainly = plain_nearest(at.node, best);
    count = ask(&at, 0);
    if (count < plainly) wrong++;
    for (index = 0; index < plainly; index++) {
      if (found[index].travel_ms != best[index].time_ms || found[index].unit_id != best[index].unit + 1) {
        wrong++;
        break;
      }
    }
    for (index = 0; index < plainly; index++) {
      spot from = units[best[index].unit].at;
      if (travel_ms(&from, &at) != best[index].time_ms) wrong++;
    }
    listed = straight_line(&at, who);
    for (index = 0; index < plainly; index++) {
      int is_in = 0;
      for (place = 0; place < listed; place++) is_in |= who[place] == best[index].unit;
      missed += !is_in;
      if (index == 0) is_first_in = (uint32_t)is_in;
    }
    any_missed += missed > 0;
    if (!is_first_in && plainly > 0) {
      uint32_t least_ms = NEVER;
      for (place = 0; place < listed; place++) {
        uint32_t time_ms = travel_ms(&units[who[place]].at, &at);
        if (time_ms < least_ms) least_ms = time_ms;
      }
      first_missed++;
      if (least_ms != NEVER) {
        first_late++;
        lost_ms += least_ms - best[0].time_ms;
      }
    }
  }
  printf("%u units: %u wrong answers in %u questions (8 nearest, then the way of each) against plain Dijkstra\n",
         unit_count, wrong, calls * 9);
  printf("   the %d nearest by straight line, ranked by driving time: the first unit is wrong in %.1f %% of calls",
         SHORTLIST, first_missed * 100.0 / calls);
  printf(" (%.0f s later on average), one of the eight in %.1f %%\n",
         first_late ? (double)lost_ms / first_late / 1000 : 0, any_missed * 100.0 / calls);
  if (json)
    fprintf(json,
            "{\"table\": \"%s\", \"row\": \"wrong answers\", \"units\": %u, \"nodes\": %u, \"wrong\": %u, \"of\": %u, "
            "\"shortlist\": %d, \"shortlist_first_wrong\": %.4f, \"shortlist_any_wrong\": %.4f, \"shortlist_late_s\": "
            "%.1f}\n",
            title, unit_count, net.node_count, wrong, calls * 9, SHORTLIST, first_missed / (double)calls,
            any_missed / (double)calls, first_late ? (double)lost_ms / first_late / 1000 : 0);
}

/* ---- The whole ---- */

static void measure_open(const char *map) {
  row *to = new_target_row("hj_engine_open, a compiled map", 1, 0, is_target ? 100000 : 0, is_target ? 10000 : 0);
  int turn;
  for (turn = 0; turn < 5; turn++) {
    int64_t start_ns = clock_ns();
    open_engine(map, 4096);
    sample(to, start_ns);
    check(hj_engine_close(engine), "hj_engine_close");
  }
}

static void measure_units(uint32_t count, double must_us, double aim_us, FILE *json, const char *title) {
  char name[64];
  put_units(&net, count);
  snprintf(name, sizeof name, "8 nearest of %u", count);
  measure_nearest(name, 0, must_us, aim_us);
  snprintf(name, sizeof name, "  plain Dijkstra, 8 of %u", count);
  measure_plain_nearest(name);
  snprintf(name, sizeof name, "  straight line, %d ranked by road, of %u", SHORTLIST, count);
  measure_shortlist(name);
  if (count == MOST_UNITS) {
    measure_nearest("8 nearest of 10000, 30 % pass", 2, 50, 20);
    measure_nearest("8 nearest of 10000, 1 % pass", 4, 80, 10);
    measure_fixes("report on the same arc, one call each", 0, 1, 1, 0.3);
    measure_fixes("report on the same arc, of a batch of 64", 0, 64, 1, 0.3);
    measure_fixes("unit crosses an arc, one call each", 1, 1, 5, 1);
    measure_fixes("unit crosses an arc, of a batch of 64", 1, 64, 5, 1);
  }
  compare(json, title);
}

int main(int argc, char **argv) {
  FILE *json;
  if (argc < 5) {
    fprintf(stderr, "usage: routing MAP NETWORK TITLE JSON\n");
    return 2;
  }
  is_target = strcmp(argv[3], "New York") == 0;
  if (getenv("HUJIA_BENCH_SECONDS")) row_ns = (int64_t)(atof(getenv("HUJIA_BENCH_SECONDS")) * 1e9);
  json = fopen(argv[4], "a");
  net = read_network(argv[2]);
  plain = new_search(&net);
  row_nodes = net.node_count;
  printf("\n%s: %u nodes, %u arcs\n", argv[3], net.node_count, net.arc_count);
  measure_open(argv[1]);
  open_engine(argv[1], MOST_UNITS);
  measure_units(100, 8, 4, json, argv[3]);
  measure_units(1000, 20, 8, json, argv[3]);
  measure_units(MOST_UNITS, 30, 12, json, argv[3]);
  /* The design's 0.6 us are without finding the two places on the streets, which is most of this: that row comes from
   * RoutingBenchmark (scripts/bench). */
  measure_travel("travel time, both places snapped", 0, 0);
  measure_plain_travel("  plain Dijkstra, place to place", 0);
  measure_roads("road of 300-400 points", 60, 20);
  measure_plain_travel("  plain Dijkstra, the same roads", 1);
  show_rows(argv[3], unit_count, json);
  show_memory(argv[3], json);
  if (json) fclose(json);
  show_gaps();
  check(hj_engine_close(engine), "hj_engine_close");
  return 0;
}
