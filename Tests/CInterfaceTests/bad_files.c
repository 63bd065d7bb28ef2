/* Opening with what is wrong: fields of the config, limits, damaged maps, plans that are none. Each is refused with a
 * status, a place and a text that tells what to do; a failed open leaves nothing behind. */
#include <dirent.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "world.h"

/* ---- Opening: fields, files, plans ---- */

static hj_status try_open(hj_config *config, hj_error_detail *detail) {
  hj_engine *engine = (hj_engine *)1;
  memset(detail, 0, sizeof *detail);
  detail->size = sizeof *detail;
  hj_status status = hj_engine_open(config, &engine, detail);
  if (status == HJ_OK) {
    hj_engine_close(engine);
  } else {
    CHECK_NULL(engine);
    CHECK_EQUAL(detail->status, status);
    CHECK_MORE(strlen(detail->text), 10);
  }
  return status;
}

static void *no_memory(void *context, uint64_t bytes, uint64_t alignment) {
  (void)context, (void)bytes, (void)alignment;
  return NULL;
}
static void no_release(void *context, void *pointer, uint64_t bytes, uint64_t alignment) {
  (void)context, (void)pointer, (void)bytes, (void)alignment;
}

static void wrong_configs(void) {
  hj_error_detail detail;
  hj_config config = poll_config();
  hj_engine *engine;
  CHECK_STATUS(hj_engine_open(&config, NULL, NULL), HJ_E_NULL);
  CHECK_STATUS(hj_engine_open(NULL, &engine, NULL), HJ_E_NULL);
  detail.size = 0; /* a detail that cannot be filled never hides the status */
  CHECK_STATUS(hj_engine_open(NULL, &engine, &detail), HJ_E_NULL);

  struct {
    const char *field;
    uint32_t *value;
    uint32_t most;
  } limits[] = {{"max_units", &config.max_units, 1048576},
                {"max_incidents", &config.max_incidents, 1048576},
                {"max_assignments", &config.max_assignments, 1048576},
                {"event_capacity", &config.event_capacity, 16777216}};
  for (size_t index = 0; index < 4; index++) {
    const uint32_t values[] = {limits[index].most + 1, UINT32_MAX};
    for (int value = 0; value < 2; value++) {
      config = poll_config();
      *limits[index].value = values[value];
      CHECK_STATUS(try_open(&config, &detail), HJ_E_LIMIT);
      CHECK_TEXT(detail.field, limits[index].field);
    }
    config = poll_config();
    *limits[index].value = 0;
    CHECK_STATUS(try_open(&config, &detail), HJ_E_LIMIT);
    CHECK_TEXT(detail.field, limits[index].field);
  }
#define REFUSED(change, expected, name)                                                                         \
  do {                                                                                                          \
    config = poll_config();                                                                                     \
    change;                                                                                                     \
    CHECK_STATUS(try_open(&config, &detail), expected);                                                         \
    if (strcmp(detail.field, name) != 0) fprintf(stderr, "field is '%s', expected '%s'\n", detail.field, name); \
    CHECK_TEXT(detail.field, name);                                                                             \
  } while (0)
  REFUSED(config.run_mode = 3, HJ_E_ARGUMENT, "run_mode");
  REFUSED(config.run_mode = -1, HJ_E_ARGUMENT, "run_mode");
  REFUSED(config.datum = 4, HJ_E_ARGUMENT, "datum");
  REFUSED(config.allocate = no_memory, HJ_E_ARGUMENT, "allocate");
  REFUSED(config.release = no_release, HJ_E_ARGUMENT, "allocate");
  REFUSED(config.run_mode = HJ_RUN_HOST_LOOP, HJ_E_ARGUMENT, "uv_loop");
  REFUSED(config.uv_loop = &config, HJ_E_ARGUMENT, "uv_loop");
  REFUSED((config.run_mode = HJ_RUN_THREAD, config.uv_loop = &config), HJ_E_ARGUMENT, "uv_loop");
  REFUSED(config.journal_path = "/no/such/parent/journal", HJ_E_JOURNAL, "journal_path");
  REFUSED(config.map_path = "no such file.hjmap", HJ_E_FILE, "map_path");
  REFUSED(config.map_path = "/", HJ_E_FILE, "map_path");
  REFUSED(config.map_path = "", HJ_E_FILE, "map_path");
  REFUSED(config.plans_path = "no such file.json", HJ_E_FILE, "plans_path");
  config = poll_config();
  config.allocate = no_memory;
  config.release = no_release;
  CHECK_STATUS(try_open(&config, &detail), HJ_E_MEMORY);

  hj_engine *many[300];
  int opened = 0;
  config = poll_config();
  config.max_units = config.max_incidents = config.max_assignments = 1;
  config.event_capacity = 16;
  hj_status status = HJ_OK;
  while (opened < 300 && (status = hj_engine_open(&config, &many[opened], NULL)) == HJ_OK) opened++;
  CHECK_STATUS(status, HJ_FULL);
  CHECK_EQUAL(opened, 255); /* 256 with the one of this test */
  CHECK_NULL(many[opened]);
  while (opened > 0) CHECK_STATUS(hj_engine_close(many[--opened]), HJ_OK);
}

/* ---- Paths that name no regular file: refused at once, and nothing is left open ---- */

static int open_descriptors(void) {
  int count = 0;
  DIR *folder = opendir("/proc/self/fd");
  if (folder == NULL) return -1;
  while (readdir(folder) != NULL) count++;
  closedir(folder);
  return count;
}

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void refuse_path(const char *path) {
  for (int is_map = 0; is_map < 2; is_map++) {
    hj_error_detail detail;
    hj_config config = poll_config();
    int before = open_descriptors();
    double start = seconds();
    *(is_map ? &config.map_path : &config.plans_path) = path;
    CHECK_STATUS(try_open(&config, &detail), HJ_E_FILE);
    CHECK_LESS((seconds() - start) * 1000, 1000);
    CHECK_TEXT(detail.field, is_map ? "map_path" : "plans_path");
    CHECK_CONTAINS(detail.text, path);
    CHECK_EQUAL(open_descriptors(), before);
  }
}

static void paths_of_other_kinds(void) {
  char folder[] = "/tmp/hujia-paths-XXXXXX";
  REQUIRE(mkdtemp(folder) != NULL);
  char pipe[64], link[64], socket_path[64], closed[64];
  snprintf(pipe, sizeof pipe, "%s/pipe", folder);
  snprintf(link, sizeof link, "%s/link", folder);
  snprintf(socket_path, sizeof socket_path, "%s/socket", folder);
  snprintf(closed, sizeof closed, "%s/closed", folder);
  REQUIRE_EQUAL(mkfifo(pipe, 0600), 0);
  REQUIRE_EQUAL(symlink(pipe, link), 0);
  int listener = socket(AF_UNIX, SOCK_STREAM, 0);
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  snprintf(address.sun_path, sizeof address.sun_path, "%s", socket_path);
  REQUIRE_EQUAL(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
  alarm(60); /* opening a pipe without a writer would wait for ever */
  refuse_path(pipe);
  refuse_path(link);
  refuse_path(socket_path);
  refuse_path(folder);
  refuse_path("/dev/zero");
  refuse_path("/dev/null");
  alarm(0);
  FILE *file = fopen(closed, "wb");
  REQUIRE(file != NULL);
  REQUIRE_EQUAL(fclose(file), 0);
  REQUIRE_EQUAL(chmod(closed, 0), 0);
  if (geteuid() != 0) refuse_path(closed); /* the superuser may read everything */
  /* Empty: a regular file, but neither a map nor plans. */
  REQUIRE_EQUAL(chmod(closed, 0600), 0);
  hj_error_detail detail;
  hj_config config = poll_config();
  config.map_path = closed;
  CHECK_STATUS(try_open(&config, &detail), HJ_E_MAP);
  config = poll_config();
  config.plans_path = closed;
  CHECK_STATUS(try_open(&config, &detail), HJ_E_PLANS);
  close(listener);
  unlink(pipe), unlink(link), unlink(socket_path), unlink(closed), rmdir(folder);
}

static void write_file(const char *path, const void *bytes, size_t count) {
  FILE *file = fopen(path, "wb");
  REQUIRE(file != NULL);
  REQUIRE_EQUAL(fwrite(bytes, 1, count, file), count);
  REQUIRE_EQUAL(fclose(file), 0);
}

static void wrong_maps(void) {
  char path[] = "/tmp/hujia-map-XXXXXX";
  int descriptor = mkstemp(path);
  REQUIRE_AT_LEAST(descriptor, 0);
  close(descriptor);
  hj_config config = poll_config();
  hj_error_detail detail;
  config.map_path = path;
  CHECK_STATUS(try_open(&config, &detail), HJ_E_MAP); /* empty */
  write_file(path, "not a map at all, only some words\n", 34);
  CHECK_STATUS(try_open(&config, &detail), HJ_E_MAP);
  unsigned char noise[8192];
  for (size_t index = 0; index < sizeof noise; index++) noise[index] = (unsigned char)(index * 2654435761u >> 13);
  write_file(path, noise, sizeof noise);
  CHECK_STATUS(try_open(&config, &detail), HJ_E_MAP);

  const char *real = getenv("HUJIA_TEST_MAP");
  FILE *file = real ? fopen(real, "rb") : NULL;
  if (file == NULL) {
    check_skip("damaged maps", "HUJIA_TEST_MAP names no map");
  } else {
    fseek(file, 0, SEEK_END);
    size_t size = (size_t)ftell(file);
    rewind(file);
    unsigned char *map = malloc(size + 1);
    REQUIRE(map != NULL);
    REQUIRE_EQUAL(fread(map, 1, size, file), size);
    fclose(file);
    write_file(path, map, size);
    CHECK_STATUS(try_open(&config, &detail), HJ_OK);
    for (int part = 0; part < 16; part++) { /* cut off anywhere */
      write_file(path, map, size * (size_t)part / 16 + (part ? 1 : 0));
      CHECK_STATUS(try_open(&config, &detail), HJ_E_MAP);
    }
    write_file(path, map, size - 1);
    CHECK_STATUS(try_open(&config, &detail), HJ_E_MAP);
    /* One bit anywhere: refused, or (where a block is verified later) opened and still no crash. */
    uint64_t random = 88172645463325252u;
    int refused = 0;
    for (int flip = 0; flip < 200; flip++) {
      random ^= random << 13, random ^= random >> 7, random ^= random << 17;
      size_t at = flip < 64 ? (size_t)flip : (size_t)(random % size);
      unsigned char before = map[at];
      map[at] ^= (unsigned char)(1u << (flip % 8));
      write_file(path, map, size);
      hj_engine *engine = NULL;
      hj_status status = hj_engine_open(&config, &engine, NULL);
      CHECK_EITHER(status, HJ_E_MAP, HJ_OK);
      refused += status == HJ_E_MAP;
      if (status == HJ_OK) {
        put_unit(engine, 1, 0, 0);
        hj_dispatch dispatch = empty_dispatch();
        CHECK_TAKEN(hj_incident_report(engine, &valid_report, &dispatch));
        hj_engine_close(engine);
      }
      map[at] = before;
    }
    printf("%d of 200 flipped bits refused when opening\n", refused);
    CHECK_AT_LEAST(refused, 64);
    free(map);
  }
  unlink(path);
}

/* A plan, and where the fault is said to be: a line of the text, else a field. */
static const struct {
  const char *json;
  int line;
  const char *field;
} plan_rows[] = {
    {"", -1, ""},
    {"no json", 1, ""},
    {"{\n  \"version\": 1,\n  oops\n}", 3, ""},
    {"{\"version\": 1", 1, ""},
    {"[]", 0, ""},
    {"{}", 0, ""},
    {"{\"version\": 2, \"plans\": []}", 0, "version"},
    {"{\"version\": 1, \"plans\": [{\"name\": \"a\", \"units\": [{\"count\": 1, \"capabilities\": [\"flying\"]}]}]}", 0,
     "plans[0].units[0].capabilities[0]"},
    {"{\"version\": 1, \"plans\": [{\"name\": \"a\", \"units\": [{\"count\": 0}]}]}", 0, "plans[0].units[0].count"},
    {"{\"version\": 1, \"plans\": [{\"name\": \"a\", \"units\": [{\"count\": -1}]}]}", 0, "plans[0].units[0].count"},
    {"{\"version\": 1, \"plans\": [{\"name\": \"a\", \"units\": [{\"count\": 1e99}]}]}", 0, "plans[0].units[0].count"},
    {"{\"version\": 1, \"plans\": [{\"name\": \"a\", \"units\": [{\"count\": 17}]}]}", 0, "plans[0].units"},
    {"{\"version\": 1, \"plans\": [{\"name\": \"a\", \"units\": \"one\"}]}", 0, "plans[0].units"},
    {"{\"version\": 1, \"nonsense\": true}", 0, "nonsense"},
    {"{\"version\": 1, \"plans\": [{\"name\": \"all\", \"units\": [{\"count\": 1}]},"
     "{\"name\": \"never\", \"units\": [{\"count\": 1}]}]}",
     0, "plans[1]"},
};

static void wrong_plans(void) {
  CHECK_STATUS(hj_plans_load(good, NULL, 1, NULL), HJ_E_NULL);
  CHECK_STATUS(hj_plans_load(good, "{}", 0, NULL), HJ_E_ARGUMENT);
  CHECK_STATUS(hj_plans_load(good, "{}", UINT32_MAX, NULL), HJ_E_ARGUMENT);
  CHECK_STATUS(hj_plans_load(good, "{}", (16u << 20) + 1, NULL), HJ_E_ARGUMENT);
  for (size_t index = 1; index < sizeof plan_rows / sizeof plan_rows[0]; index++) {
    hj_error_detail detail;
    memset(&detail, 0, sizeof detail);
    detail.size = sizeof detail;
    const char *json = plan_rows[index].json;
    hj_status status = hj_plans_load(good, json, (uint32_t)strlen(json), &detail);
    CHECK_STATUS(status, HJ_E_PLANS);
    CHECK_MORE(strlen(detail.text), 10);
    int is_placed = plan_rows[index].line > 0
                        ? (int)detail.line == plan_rows[index].line && detail.column > 0
                        : strncmp(detail.field, plan_rows[index].field, strlen(plan_rows[index].field)) == 0;
    CHECK(is_placed);
    if (status != HJ_E_PLANS || !is_placed)
      fprintf(stderr, "  %s\n  said line %u column %u field '%s': %s\n", json, detail.line, detail.column, detail.field,
              detail.text);
    CHECK_STATUS(hj_plans_load(good, json, (uint32_t)strlen(json), NULL), HJ_E_PLANS);
  }
  static char deep[200000];
  memset(deep, '[', sizeof deep);
  CHECK_STATUS(hj_plans_load(good, deep, sizeof deep, NULL), HJ_E_PLANS);
  static const char bytes[] = "{\"version\": 1, \"name\": \"\xff\xfe\x00\x01\", \"plans\": []}";
  CHECK_STATUS(hj_plans_load(good, bytes, sizeof bytes - 1, NULL), HJ_E_PLANS);
}

int main(void) {
  open_world();
  wrong_configs();
  paths_of_other_kinds();
  wrong_maps();
  wrong_plans();
  close_world();
  return check_finish();
}
