/* Where the map lives (hj_config.map_memory): an engine with a copy does not care what becomes of the file; a wrong
 * value is refused by name; the copy's memory is the host's, counted, and given back. */
#include <unistd.h>

#include "host.h"

static unsigned char *map_bytes;
static size_t map_size;
static char path[] = "/tmp/hujia-map-memory-XXXXXX";

static void write_map(size_t size) {
  FILE *file = fopen(path, "wb");
  REQUIRE(file != NULL);
  REQUIRE_EQUAL(fwrite(map_bytes, 1, size, file), size);
  REQUIRE_EQUAL(fclose(file), 0);
}

static hj_config on_map(int32_t map_memory) {
  hj_config config = poll_config();
  config.map_path = path;
  config.map_memory = map_memory;
  return config;
}

/* What the streets say, which a map that lost its bytes could not. */
typedef struct answers {
  uint32_t travel_ms[64], distance_dm[64];
  uint64_t unit_id;
  char name[64];
} answers;

static answers ask(hj_engine *engine) {
  answers told;
  memset(&told, 0, sizeof told);
  for (int index = 0; index < 64; index++) {
    int32_t from[2], to[2];
    place(index * 7 % 400, index * 13 % 700, &from[0], &from[1]);
    place(index * 29 % 400, index * 31 % 700, &to[0], &to[1]);
    uint32_t flags = 0;
    CHECK_EACH_STATUS(hj_travel_time(engine, from[0], from[1], to[0], to[1], HJ_PROFILE_DEFAULT, &told.travel_ms[index],
                                     &told.distance_dm[index], &flags, NULL),
                      HJ_OK);
  }
  put_unit(engine, 1, 100, 100);
  hj_report report = make_report(HJ_TIER_EMERGENCY, 200, 300);
  hj_dispatch dispatch = empty_dispatch();
  CHECK_STATUS(hj_incident_report(engine, &report, &dispatch), HJ_OK);
  told.unit_id = dispatch.chosen[0].unit_id;
  uint32_t needed = 0;
  CHECK_STATUS(hj_street_name(engine, 1, told.name, sizeof told.name, &needed), HJ_OK);
  return told;
}

enum ruin { CUT, EMPTY, OTHER, GONE, RUINS };

static void ruin(enum ruin how) {
  switch (how) {
    case CUT:
      REQUIRE_EQUAL(truncate(path, (off_t)(map_size / 3)), 0);
      break;
    case EMPTY:
      REQUIRE_EQUAL(truncate(path, 0), 0);
      break;
    case OTHER: { /* overwritten in place, as `cp other.hjmap city.hjmap` does */
      FILE *file = fopen(path, "r+b");
      REQUIRE(file != NULL);
      for (size_t index = 0; index < map_size; index++) fputc((int)(index * 7 & 255), file);
      fclose(file);
      break;
    }
    default:
      unlink(path);
      break;
  }
}

/* SIGBUS, or other answers, with a mapping. */
static void a_copy_needs_no_file(void) {
  for (int how = 0; how < RUINS; how++) {
    write_map(map_size);
    hj_config config = on_map(HJ_MAP_COPY);
    hj_engine *before = open_engine(&config);
    answers expected = ask(before);
    CHECK_EQUAL(expected.unit_id, 1);
    CHECK_MORE(strlen(expected.name), 0);
    CHECK_STATUS(hj_engine_close(before), HJ_OK);
    hj_engine *engine = open_engine(&config);
    ruin((enum ruin)how);
    answers told = ask(engine);
    CHECK_BYTES(&told, &expected, sizeof told);
    hj_street_time closed;
    memset(&closed, 0, sizeof closed);
    closed.size = sizeof closed;
    closed.street_id = 1;
    closed.travel_ms = HJ_STREET_CLOSED;
    CHECK_STATUS(hj_traffic_report(engine, &closed, 1), HJ_OK); /* builds from the map's arrays */
    poll_at(engine, START_NS);
    (void)ask(engine);
    CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  }
}

static void both_answer_alike(void) {
  write_map(map_size);
  hj_config copied = on_map(HJ_MAP_COPY), shared = on_map(HJ_MAP_SHARED);
  hj_engine *one = open_engine(&copied), *two = open_engine(&shared);
  answers told = ask(one), other = ask(two);
  CHECK_BYTES(&told, &other, sizeof told);
  /* The copy is memory of the engine, and counted. */
  int64_t more = read_stats(one).memory_bytes - read_stats(two).memory_bytes;
  CHECK_EQUAL(more, (int64_t)map_size);
  /* A mapping survives what the header allows: another file renamed over it. */
  char fresh[sizeof path + 4];
  snprintf(fresh, sizeof fresh, "%s.new", path);
  FILE *file = fopen(fresh, "wb");
  REQUIRE(file != NULL);
  REQUIRE_AT_LEAST(fputs("no map", file), 0);
  REQUIRE_EQUAL(fclose(file), 0);
  REQUIRE_EQUAL(rename(fresh, path), 0);
  other = ask(two);
  other.unit_id = told.unit_id; /* which is on its way now */
  CHECK_BYTES(&told, &other, sizeof told);
  CHECK_STATUS(hj_engine_close(two), HJ_OK);
  CHECK_STATUS(hj_engine_close(one), HJ_OK);
}

/* ---- The host's memory ---- */

static int64_t taken_bytes;
static uint64_t largest, refuse_from;

static void *take(void *context, uint64_t bytes, uint64_t alignment) {
  (void)context;
  if (refuse_from != 0 && bytes >= refuse_from) return NULL;
  void *pointer = NULL;
  if (posix_memalign(&pointer, alignment < 16 ? 16 : alignment, bytes) != 0) return NULL;
  memset(pointer, 0xa5, bytes);
  taken_bytes += (int64_t)bytes;
  if (bytes > largest) largest = bytes;
  return pointer;
}

static void give(void *context, void *pointer, uint64_t bytes, uint64_t alignment) {
  (void)context, (void)alignment;
  taken_bytes -= (int64_t)bytes;
  free(pointer);
}

static void the_hooks_give_it(void) {
  write_map(map_size);
  for (int refused = 0; refused < 2; refused++) {
    hj_config config = on_map(HJ_MAP_COPY);
    config.allocate = take;
    config.release = give;
    refuse_from = refused ? map_size : 0;
    hj_engine *engine = NULL;
    hj_error_detail detail;
    memset(&detail, 0, sizeof detail);
    detail.size = sizeof detail;
    hj_status status = hj_engine_open(&config, &engine, &detail);
    CHECK_STATUS(status, refused ? HJ_E_MEMORY : HJ_OK);
    if (refused) {
      CHECK_TEXT(detail.field, "map_path");
      CHECK_CONTAINS(detail.text, "HJ_MAP_SHARED");
    } else {
      CHECK_AT_LEAST(largest, map_size);
      CHECK_STATUS(hj_engine_close(engine), HJ_OK);
    }
    CHECK_EQUAL(taken_bytes, 0);
  }
  refuse_from = 0;
}

static void wrong_values(void) {
  const int32_t values[] = {-1, 2, INT32_MAX, INT32_MIN};
  for (int index = 0; index < 4; index++) {
    hj_config config = on_map(values[index]);
    hj_engine *engine = (hj_engine *)1;
    hj_error_detail detail;
    memset(&detail, 0, sizeof detail);
    detail.size = sizeof detail;
    CHECK_STATUS(hj_engine_open(&config, &engine, &detail), HJ_E_ARGUMENT);
    CHECK_TEXT(detail.field, "map_memory");
    CHECK_NULL(engine);
  }
}

/* A byte anywhere in a copy, also where a mapping leaves it to `hujia inspect`. */
static void a_copy_is_verified_whole(void) {
  for (size_t part = 1; part < 24; part++) {
    size_t at = map_size * part / 24;
    while (at < map_size && map_bytes[at] == 0) at++; /* no padding */
    if (at == map_size) continue;
    map_bytes[at] ^= 64;
    write_map(map_size);
    map_bytes[at] ^= 64;
    hj_config config = on_map(HJ_MAP_COPY);
    hj_engine *engine = NULL;
    CHECK_STATUS(hj_engine_open(&config, &engine, NULL), HJ_E_MAP);
  }
}

int main(void) {
  const char *map = on_streets();
  if (map == NULL) return check_finish();
  FILE *file = fopen(map, "rb");
  REQUIRE(file != NULL);
  fseek(file, 0, SEEK_END);
  map_size = (size_t)ftell(file);
  rewind(file);
  map_bytes = malloc(map_size);
  REQUIRE(map_bytes != NULL);
  REQUIRE_EQUAL(fread(map_bytes, 1, map_size, file), map_size);
  fclose(file);
  int descriptor = mkstemp(path);
  REQUIRE_AT_LEAST(descriptor, 0);
  close(descriptor);
  wrong_values();
  a_copy_needs_no_file();
  both_answer_alike();
  the_hooks_give_it();
  a_copy_is_verified_whole();
  unlink(path);
  free(map_bytes);
  return check_finish();
}
