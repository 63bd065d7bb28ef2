/* Maps forged on purpose, with checksums that fit: each is refused when opened, or opened and answers whatever is
 * asked of it, wrongly perhaps, but never with a crash, a read outside its memory or a loop without end.
 *   forged_maps COUNT FIRST MAP...   seeds FIRST ... FIRST + COUNT - 1
 * Seeds go evenly over all sections, and in each over its fields in all maps. Batches run in children, one a core: a
 * crash is counted with its seed. Memory comes from hooks with a page behind each piece that nobody may touch (under
 * the address sanitizer, from malloc). Each child has files of its own, in memory where the system has such a folder:
 * it forges in them, and puts the right bytes back.
 */
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "forge.h"
#include "host.h"

#if defined(__SANITIZE_ADDRESS__)
#define HAS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAS_SANITIZER 1
#endif
#endif
#ifndef HAS_SANITIZER
#define HAS_SANITIZER 0
#endif

enum { BATCH = 25, UNITS = 60, SECONDS = HAS_SANITIZER ? 300 : 60, MOST_CHILDREN = 16 };

/* What became of each seed, shared with the children. */
enum outcome { UNTRIED, UNDER_WAY, REFUSED, ANSWERED, WRONG, CRASHED, HUNG, OUTCOMES };
static unsigned char *outcomes;

/* ---- Memory that notices ---- */

static size_t page(void) {
  static size_t bytes;
  if (bytes == 0) bytes = (size_t)sysconf(_SC_PAGESIZE);
  return bytes;
}

static void *guarded(void *context, uint64_t bytes, uint64_t alignment) {
  (void)context;
  if (HAS_SANITIZER) {
    void *pointer = NULL;
    return posix_memalign(&pointer, alignment < 16 ? 16 : alignment, bytes) == 0 ? pointer : NULL;
  }
  size_t inner = (bytes + alignment - 1) / alignment * alignment, whole = (inner + page() - 1) / page() * page();
  if (inner < bytes) return NULL;
  unsigned char *base = mmap(NULL, whole + page(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (base == MAP_FAILED) return NULL;
  mprotect(base + whole, page(), PROT_NONE);
  if (whole <= 64 * page()) memset(base, 0xa5, whole); /* nothing may count on zeros */
  return base + whole - inner;
}

static void release_guarded(void *context, void *pointer, uint64_t bytes, uint64_t alignment) {
  (void)context;
  if (HAS_SANITIZER) {
    free(pointer);
    return;
  }
  size_t inner = (bytes + alignment - 1) / alignment * alignment, whole = (inner + page() - 1) / page() * page();
  munmap((unsigned char *)pointer + inner - whole, whole + page());
}

/* ---- Everything that reads a map ---- */

/* Of the right map: places where there are streets, and the ids of streets. */
static struct {
  const unsigned char *lat, *lon, *ids;
  uint64_t nodes, streets;
} truth;

static void learn(const map_bytes *map) {
  uint64_t bytes = 0;
  truth.lat = find_section(map, "NLAT", &bytes);
  truth.lon = find_section(map, "NLON", &bytes);
  truth.nodes = bytes / 4;
  truth.ids = find_section(map, "SIDS", &bytes);
  truth.streets = bytes / 8;
}

static void somewhere(int32_t *lat_e7, int32_t *lon_e7) {
  uint64_t node = below(truth.nodes);
  int32_t spread = below(16) == 0 ? 4000000 : 9000;
  *lat_e7 = (int32_t)get(truth.lat + 4 * node, 4) + (int32_t)below((uint64_t)spread) - spread / 2;
  *lon_e7 = (int32_t)get(truth.lon + 4 * node, 4) + (int32_t)below((uint64_t)spread) - spread / 2;
}

static uint64_t some_street(void) {
  return below(12) == 0 ? next_random() >> below(64) : get(truth.ids + 8 * below(truth.streets), 8);
}

static void drive(hj_engine *engine) {
  hj_position fixes[32];
  memset(fixes, 0, sizeof fixes);
  for (int index = 0; index < 32; index++) {
    hj_position *fix = &fixes[index];
    fix->size = sizeof *fix;
    fix->unit_id = 1 + below(UNITS);
    somewhere(&fix->lat_e7, &fix->lon_e7);
    fix->heading_cdeg = (int32_t)below(36000);
    fix->speed_cms = below(2) ? 900 : HJ_UNKNOWN;
  }
  uint32_t accepted = 0;
  CHECK_EACH_TAKEN(hj_positions_report(engine, fixes, 32, &accepted));
  CHECK_EACH_AT_MOST(accepted, 32);
  for (int index = 0; index < 32; index++) { /* on along the same street */
    fixes[index].lat_e7 += (int32_t)below(600) - 300;
    fixes[index].lon_e7 += (int32_t)below(600) - 300;
  }
  CHECK_EACH_TAKEN(hj_positions_report(engine, fixes, 32, &accepted));
  CHECK_EACH_AT_MOST(accepted, 32);
}

static void ask(hj_engine *engine) {
  static hj_route_point points[3000];
  hj_nearest nearest[64];
  for (int round = 0; round < 6; round++) {
    hj_nearest_query query;
    memset(&query, 0, sizeof query);
    query.size = sizeof query;
    query.k = round % 3 == 0 ? 1 + (uint32_t)below(8) : 64;
    query.levels = 1 + (uint32_t)below(7);
    query.capabilities = below(3) == 0 ? 1 : 0;
    query.profile = (int32_t)below(3);
    somewhere(&query.lat_e7, &query.lon_e7);
    nearest[0].size = sizeof nearest[0];
    uint32_t count = 0;
    CHECK_EACH_STATUS(hj_nearest_units(engine, &query, nearest, 64, &count), HJ_OK);
    CHECK_EACH_AT_MOST(count, query.k);
    for (uint32_t index = 0; index < count; index++) CHECK_EACH_WITHIN(nearest[index].unit_id, 1, UNITS);
  }
  for (int round = 0; round < 8; round++) {
    int32_t from[2], to[2];
    somewhere(&from[0], &from[1]);
    somewhere(&to[0], &to[1]);
    uint32_t time_ms = 0, distance_dm = 0, flags = 0, needed = 0;
    uint64_t epoch = 0;
    int32_t profile = (int32_t)below(3);
    CHECK_EACH_STATUS(hj_travel_time(engine, from[0], from[1], to[0], to[1], profile, &time_ms,
                                     round % 2 ? &distance_dm : NULL, &flags, &epoch),
                      HJ_OK);
    points[0].size = sizeof points[0];
    hj_status status =
        hj_route_by_profile(engine, from[0], from[1], to[0], to[1], profile, NULL, points, 3000, &needed);
    CHECK_EACH_EITHER(status, HJ_OK, HJ_E_BUFFER);
  }
  for (int round = 0; round < 12; round++) {
    char name[64];
    uint32_t needed = 0;
    hj_street_name(engine, some_street(), name, sizeof name, &needed);
  }
}

static void report_calls(hj_engine *engine) {
  static hj_route_point points[3000];
  for (int32_t tier = HJ_TIER_EMERGENCY; tier < HJ_TIER_EMERGENCY + 4; tier++) {
    hj_report report = make_report(tier, 0, 0);
    hj_dispatch dispatch = empty_dispatch();
    somewhere(&report.lat_e7, &report.lon_e7);
    CHECK_EACH_TAKEN(hj_incident_report(engine, &report, &dispatch));
    for (uint32_t index = 0; index < dispatch.assignment_count && index < 16; index++) {
      uint32_t needed = 0;
      points[0].size = sizeof points[0];
      hj_assignment_route(engine, dispatch.chosen[index].assignment_id, points, 3000, &needed);
      (void)read_unit(engine, dispatch.chosen[index].unit_id);
    }
  }
}

static void report_traffic(hj_engine *engine, int count) {
  hj_street_time times[48];
  memset(times, 0, sizeof times);
  for (int index = 0; index < count; index++) {
    times[index].size = sizeof times[index];
    times[index].street_id = some_street();
    times[index].travel_ms = below(3) == 0   ? HJ_STREET_CLOSED
                             : below(4) == 0 ? HJ_STREET_AS_MAPPED
                                             : 1 + (uint32_t)below(HJ_STREET_TIME_MAX >> below(24));
    times[index].direction = (int32_t)below(3);
    times[index].profile = below(4) == 0 ? 1 + (int32_t)below(2) : 0;
  }
  CHECK_EACH_TAKEN(hj_traffic_report(engine, times, (uint32_t)count));
}

static void exercise(hj_engine *engine) {
  for (uint64_t id = 1; id <= UNITS; id++) {
    hj_unit unit = make_unit(id, 0, 0);
    unit.capabilities = next_random() & 3;
    somewhere(&unit.lat_e7, &unit.lon_e7);
    CHECK_EACH_STATUS(hj_unit_put(engine, &unit), HJ_OK);
  }
  int64_t now_ns = START_NS;
  poll_at(engine, now_ns);
  for (int epoch = 0; epoch < 3; epoch++) { /* the map's own times, a full build, a mended one */
    drive(engine);
    ask(engine);
    report_calls(engine);
    report_traffic(engine, epoch == 0 ? 48 : 3);
    poll_at(engine, now_ns += 2 * SECOND_NS);
  }
  ask(engine);
  drop_events(engine);
  (void)read_stats(engine);
}

/* ---- One seed ---- */

/* What a child forges in, and what it is at. */
typedef struct place_to_forge {
  char paths[MAPS][40];
  unsigned char *files[MAPS];
  pid_t child; /* 0: none */
  uint64_t next, end;
} place_to_forge;

static place_to_forge children[MOST_CHILDREN];

static void make_files(place_to_forge *place) {
  for (int map = 0; map < map_count; map++) {
    char *path = place->paths[map];
    snprintf(path, sizeof place->paths[map], "/dev/shm/hujia-forged-XXXXXX");
    int file = mkstemp(path);
    if (file < 0 || posix_fallocate(file, 0, (off_t)maps[map].size) != 0) {
      if (file >= 0) close(file), unlink(path);
      snprintf(path, sizeof place->paths[map], "/tmp/hujia-forged-XXXXXX");
      file = mkstemp(path);
      REQUIRE_AT_LEAST(file, 0);
      REQUIRE_EQUAL(posix_fallocate(file, 0, (off_t)maps[map].size), 0);
    }
    place->files[map] = mmap(NULL, maps[map].size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    REQUIRE(place->files[map] != MAP_FAILED);
    close(file);
    memcpy(place->files[map], maps[map].bytes, maps[map].size);
  }
}

static enum outcome try_map(const char *path) {
  hj_config config = poll_config();
  config.map_path = path;
  config.map_memory = next_random() % 2 ? HJ_MAP_SHARED : HJ_MAP_COPY;
  config.allocate = guarded;
  config.release = release_guarded;
  hj_engine *engine = NULL;
  hj_error_detail detail;
  memset(&detail, 0, sizeof detail);
  detail.size = sizeof detail;
  int failed_before = checks_failed;
  hj_status status = hj_engine_open(&config, &engine, &detail);
  if (status != HJ_OK) {
    CHECK_EACH_STATUS(status, HJ_E_MAP);
    CHECK_EACH_TEXT(detail.field, "map_path");
    CHECK_EACH_MORE(strlen(detail.text), 20);
    if (status != HJ_E_MAP) fprintf(stderr, "%s: %s\n", hj_status_name(status), detail.text);
    if (getenv("HUJIA_FORGED_SHOW")) fprintf(stderr, "%s\n", detail.text);
  } else {
    exercise(engine);
    CHECK_EACH_STATUS(hj_engine_close(engine), HJ_OK);
  }
  return checks_failed > failed_before ? WRONG : status == HJ_OK ? ANSWERED : REFUSED;
}

static enum outcome try_seed(place_to_forge *place, uint64_t seed) {
  const target *at = target_of(seed);
  map_bytes forged = maps[at->map];
  forged.bytes = place->files[at->map];
  forge_random = seed * UINT64_C(0x2545f4914f6cdd1d) + 1;
  forge(&forged, at);
  learn(&maps[at->map]);
  enum outcome outcome = try_map(place->paths[at->map]);
  restore(&forged, &maps[at->map], at);
  return outcome;
}

/* A child tries the seeds that are left of its batch. */
static void start(place_to_forge *place, uint64_t first) {
  fflush(NULL);
  place->child = fork();
  REQUIRE_AT_LEAST(place->child, 0);
  if (place->child != 0) return;
  for (uint64_t seed = place->next; seed < place->end; seed++) {
    outcomes[seed - first] = UNDER_WAY;
    alarm(SECONDS);
    outcomes[seed - first] = (unsigned char)try_seed(place, seed);
  }
  _exit(0);
}

/* Its child has ended: with the batch, or before, at a seed that is counted. */
static void follow(place_to_forge *place, int status, uint64_t first) {
  while (place->next < place->end && outcomes[place->next - first] != UNDER_WAY) place->next++;
  place->child = 0;
  if (place->next == place->end) return;
  uint64_t seed = place->next++;
  outcomes[seed - first] = WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM ? HUNG : CRASHED;
  const target *at = target_of(seed);
  fprintf(stderr, "seed %" PRIu64 " (%s, %s at %u): %s, status %d\n", seed, maps[at->map].path, at->name, at->start,
          outcomes[seed - first] == HUNG ? "hangs" : "crashes", status);
  for (int map = 0; map < map_count; map++) memcpy(place->files[map], maps[map].bytes, maps[map].size);
}

/* All seeds, a batch a child, as many children at once as there are cores. */
static void run(uint64_t first, uint64_t count) {
  long cores = getenv("HUJIA_FORGED_JOBS") ? atol(getenv("HUJIA_FORGED_JOBS")) : sysconf(_SC_NPROCESSORS_ONLN);
  int most = cores < 1 ? 1 : cores < MOST_CHILDREN ? (int)cores : MOST_CHILDREN, running = 0;
  uint64_t next = first, end = first + count;
  for (int index = 0; index < most; index++) make_files(&children[index]);
  for (;;) {
    for (int index = 0; index < most; index++) {
      place_to_forge *place = &children[index];
      if (place->child != 0) continue;
      if (place->next == place->end) {
        if (next == end) continue;
        place->next = next;
        next = place->end = end - next < BATCH ? end : next + BATCH;
      }
      start(place, first);
      running++;
    }
    if (running == 0) break;
    int status = 0;
    pid_t ended = waitpid(-1, &status, 0);
    REQUIRE_MORE(ended, 0);
    for (int index = 0; index < most; index++) {
      if (children[index].child != ended) continue;
      follow(&children[index], status, first);
      running--;
    }
  }
  for (int index = 0; index < most; index++)
    for (int map = 0; map < map_count; map++) unlink(children[index].paths[map]);
}

/* ---- What came out ---- */

static void print_row(const char *name, const uint32_t *row) {
  uint32_t tried = 0;
  for (int outcome = REFUSED; outcome < OUTCOMES; outcome++) tried += row[outcome];
  printf("note: %-12s %6u %8u %9u %6u %8u %5u\n", name, tried, row[REFUSED], row[ANSWERED], row[WRONG], row[CRASHED],
         row[HUNG]);
}

static void print_table(uint64_t first, uint64_t count, int is_long) {
  uint32_t total[OUTCOMES] = {0};
  printf("note: %-12s %6s %8s %9s %6s %8s %5s\n", "section", "forged", "refused", "answered", "wrong", "crashed",
         "hung");
  for (int group = 0; group < group_count; group++) {
    uint32_t row[OUTCOMES] = {0};
    for (uint64_t seed = first; seed < first + count; seed++) {
      if (seed % (uint64_t)group_count == (uint64_t)group) row[outcomes[seed - first]]++;
    }
    for (int outcome = 0; outcome < OUTCOMES; outcome++) total[outcome] += row[outcome];
    if (is_long) print_row(groups[group].name, row);
  }
  print_row("all", total);
  CHECK_EQUAL(total[WRONG], 0);
  CHECK_EQUAL(total[CRASHED], 0);
  CHECK_EQUAL(total[HUNG], 0);
  CHECK_EQUAL(total[REFUSED] + total[ANSWERED], count);
  /* The forger forges, and what is opened is asked: neither is for show. */
  CHECK_MORE(total[REFUSED], count / 5);
  CHECK_MORE(total[ANSWERED], count / 20);
}

int main(int arguments, char **values) {
  uint64_t count = arguments > 1 ? strtoull(values[1], NULL, 10) : 0;
  uint64_t first = arguments > 2 ? strtoull(values[2], NULL, 10) : 0;
  for (int index = 3; index < arguments; index++) load_map(values[index]);
  if (map_count == 0 && getenv("HUJIA_TEST_MAP")) load_map(getenv("HUJIA_TEST_MAP"));
  if (map_count == 0) {
    check_skip("forged maps", "no map is named, nor by HUJIA_TEST_MAP");
    return check_finish();
  }
  if (count == 0) count = getenv("HUJIA_TEST_SMALL") ? 250 : 600;
  printf("note: %d fields in %d sections of %d maps\n", target_count, group_count, map_count);
  outcomes = mmap(NULL, count, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  REQUIRE(outcomes != MAP_FAILED);
  run(first, count);
  print_table(first, count, count >= 2000);
  return check_finish();
}
