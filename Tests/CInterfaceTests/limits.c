/* The system gives little: few descriptors, none of 0 to 2, no thread, a short address space. Opening and loading
 * plans answer with a status, never with a signal, and a failed open leaves nothing behind. Each try is a process of
 * its own. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <uv.h>

#include "host.h"

static int entries(const char *folder) {
  int count = 0;
  DIR *opened = opendir(folder);
  if (opened == NULL) return -1;
  while (readdir(opened) != NULL) count++;
  closedir(opened);
  return count;
}

/* Whether the process has `count` of them, by and by: one that was joined may be listed for a moment yet. */
static int has_threads(int count) {
  for (int times = 0; times < 60000; times++) {
    if (entries("/proc/self/task") == count) return 1;
    usleep(1000);
  }
  return 0;
}

static uint64_t address_space(void) {
  unsigned long pages = 0;
  FILE *file = fopen("/proc/self/statm", "r");
  if (file == NULL || fscanf(file, "%lu", &pages) != 1) pages = 0;
  if (file != NULL) fclose(file);
  return (uint64_t)pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

static void limit(int what, rlim_t value) {
  struct rlimit limit = {value, RLIM_INFINITY};
  getrlimit(what, &limit);
  limit.rlim_cur = value;
  if (setrlimit(what, &limit) != 0) _exit(99);
}

static hj_config small_config(int32_t mode, const char *map, uv_loop_t *loop) {
  hj_config config = poll_config();
  config.run_mode = mode;
  config.map_path = map;
  config.uv_loop = mode == HJ_RUN_HOST_LOOP ? loop : NULL;
  config.max_watches = config.max_clients = config.figure_types = config.figure_agencies = config.figure_beats = 0;
  return config;
}

/* What a child says in its exit code: 0 = the engine opened and works, 1 to 60 = the error, 90 and above = a fault. */
enum { FAULT_LEFT = 90, FAULT_HANDLE, FAULT_TEXT, FAULT_WORK, FAULT_STANDARD, FAULT_FORK };

static int try_engine(const hj_config *config) {
  hj_engine *engine = (hj_engine *)1;
  hj_error_detail detail;
  memset(&detail, 0, sizeof detail);
  detail.size = sizeof detail;
  hj_status status = hj_engine_open(config, &engine, &detail);
  if (status != HJ_OK) {
    if (engine != NULL) return FAULT_HANDLE;
    if (detail.status != status || strlen(detail.text) < 10) return FAULT_TEXT;
    return -status;
  }
  hj_unit unit = make_unit(1, 0, 0);
  if (hj_unit_put(engine, &unit) != HJ_OK || hj_events_fd(engine) < 3) return FAULT_WORK;
  return hj_engine_close(engine) == HJ_OK ? 0 : FAULT_WORK;
}

/* The child's exit code, or 1000 and its signal. */
static int ended(pid_t child) {
  int status = -1;
  REQUIRE_AT_LEAST(child, 0);
  REQUIRE_EQUAL(waitpid(child, &status, 0), child);
  return WIFSIGNALED(status) ? 1000 + WTERMSIG(status) : WEXITSTATUS(status);
}

static void finish_loop(uv_loop_t *loop, int32_t mode) {
  if (mode == HJ_RUN_HOST_LOOP) uv_run(loop, UV_RUN_DEFAULT);
}

/* ---- Descriptors ---- */

/* `room` more may be opened; the second try finds what the first left behind. */
static int few_descriptors(int32_t mode, int32_t traffic, const char *map, int room) {
  pid_t child = fork();
  if (child != 0) return ended(child);
  alarm(60);
  uv_loop_t loop;
  if (uv_loop_init(&loop) != 0) _exit(FAULT_WORK); /* libuv's own pipe of the process is there, and stays */
  hj_config config = small_config(mode, map, &loop);
  config.traffic = traffic;
  int lowest = fcntl(0, F_DUPFD, 3);
  close(lowest);
  int descriptors = entries("/proc/self/fd"), threads = entries("/proc/self/task");
  int first = 0;
  for (int times = 0; times < 3; times++) {
    limit(RLIMIT_NOFILE, (rlim_t)(lowest + room));
    int verdict = try_engine(&config);
    finish_loop(&loop, mode);
    limit(RLIMIT_NOFILE, 256);
    if (entries("/proc/self/fd") != descriptors || !has_threads(threads)) _exit(FAULT_LEFT);
    if (times == 0) first = verdict;
    if (verdict != first && first == -HJ_E_SYSTEM) _exit(FAULT_WORK);
  }
  if (hj_engine_open(NULL, NULL, NULL) != HJ_E_NULL) _exit(FAULT_WORK);
  _exit(first);
}

static void descriptors(const char *map) {
  static const int32_t modes[] = {HJ_RUN_THREAD, HJ_RUN_HOST_LOOP, HJ_RUN_POLL};
  for (int index = 0; index < 3; index++) {
    int opened_with = -1;
    for (int room = 0; room <= 14; room++) {
      int verdict = few_descriptors(modes[index], index == 0 ? HJ_TRAFFIC_AT_OPEN : HJ_TRAFFIC_ON_DEMAND, map, room);
      if (verdict == 0 && opened_with < 0) opened_with = room;
      CHECK_EQUAL(verdict, opened_with >= 0 ? 0 : -HJ_E_SYSTEM);
    }
    CHECK_WITHIN(opened_with, 1, 10);
  }
}

static int first_are_closed(void) {
  for (int number = 0; number <= 2; number++)
    if (fcntl(number, F_GETFD) != -1 || errno != EBADF) return 0;
  return 1;
}

/* A daemon with its standard descriptors closed: nothing of ours or of libuv's moves in, in forked children neither. */
static int without_standard(int32_t mode, const char *map) {
  fflush(NULL);
  pid_t child = fork();
  if (child != 0) return ended(child);
  alarm(60);
  close(0), close(1), close(2);
  uv_loop_t loop;
  uv_loop_t *own = NULL;
  if (mode == HJ_RUN_HOST_LOOP) {
    /* The host's loop is its own matter: it is made before. */
    int held[3] = {open("/", O_RDONLY), open("/", O_RDONLY), open("/", O_RDONLY)};
    if (uv_loop_init(own = &loop) != 0) _exit(FAULT_WORK);
    for (int number = 0; number < 3; number++) close(held[number]);
  }
  hj_config config = small_config(mode, map, own);
  config.traffic = HJ_TRAFFIC_AT_OPEN;
  hj_engine *engine = NULL;
  if (hj_engine_open(&config, &engine, NULL) != HJ_OK) _exit(FAULT_WORK);
  if (!first_are_closed() || hj_events_fd(engine) < 3) _exit(FAULT_STANDARD);
  if (mode == HJ_RUN_THREAD) {
    pid_t grandchild = fork(); /* libuv makes its pipe anew in there */
    if (grandchild == 0) {
      if (!first_are_closed()) _exit(FAULT_STANDARD);
      int verdict = try_engine(&config);
      _exit(verdict != 0 ? verdict : first_are_closed() ? 0 : FAULT_STANDARD);
    }
    if (ended(grandchild) != 0) _exit(FAULT_FORK);
  }
  if (hj_engine_close(engine) != HJ_OK) _exit(FAULT_WORK);
  finish_loop(&loop, mode);
  config.plans_path = "no such file";
  if (try_engine(&config) != -HJ_E_FILE || !first_are_closed()) _exit(FAULT_STANDARD);
  exit(0);
}

/* Several threads open at once: the one that has done must not open 0 to 2 for another's libuv. */
static void *open_some(void *given) {
  const hj_config *config = given;
  for (int times = 0; times < 20; times++)
    if (try_engine(config) != 0) return (void *)1;
  return NULL;
}

static int together_without_standard(void) {
  fflush(NULL);
  pid_t child = fork();
  if (child != 0) return ended(child);
  alarm(120);
  close(0), close(1), close(2);
  hj_config config = small_config(HJ_RUN_THREAD, NULL, NULL);
  pthread_t threads[8];
  int wrong = 0;
  for (int number = 0; number < 8; number++) wrong += pthread_create(&threads[number], NULL, open_some, &config) != 0;
  for (int number = 0; number < 8 && wrong == 0; number++) {
    void *verdict = NULL;
    wrong += pthread_join(threads[number], &verdict) != 0 || verdict != NULL;
  }
  _exit(wrong != 0 ? FAULT_WORK : first_are_closed() ? 0 : FAULT_STANDARD);
}

/* ---- Threads ---- */

static int no_thread(int32_t traffic, const char *map, rlim_t processes) {
  fflush(NULL);
  pid_t child = fork();
  if (child != 0) return ended(child);
  alarm(60);
  if (geteuid() == 0 && (setgid(65533) != 0 || setuid(65533) != 0)) _exit(98);
  limit(RLIMIT_NPROC, processes);
  hj_config config = small_config(HJ_RUN_THREAD, map, NULL);
  config.traffic = traffic;
  int descriptors = entries("/proc/self/fd"), threads = entries("/proc/self/task"), verdict = 0;
  for (int times = 0; times < 5; times++) {
    verdict = try_engine(&config);
    if (entries("/proc/self/fd") != descriptors || !has_threads(threads)) _exit(FAULT_LEFT);
  }
  _exit(verdict);
}

/* ---- Address space ---- */

static void *try_engine_elsewhere(void *config) {
  return (void *)(intptr_t)try_engine(config);
}

static int short_of_space(const hj_config *config, uint64_t bytes, int elsewhere) {
  pid_t child = fork();
  if (child != 0) return ended(child);
  alarm(60);
  int descriptors = entries("/proc/self/fd"), threads = entries("/proc/self/task"), verdict;
  limit(RLIMIT_AS, address_space() + bytes);
  if (elsewhere) {
    pthread_t thread;
    void *said = NULL;
    if (pthread_create(&thread, NULL, try_engine_elsewhere, (void *)(uintptr_t)config) != 0) _exit(-HJ_E_MEMORY);
    pthread_join(thread, &said);
    verdict = (int)(intptr_t)said;
  } else {
    verdict = try_engine(config);
  }
  limit(RLIMIT_AS, RLIM_INFINITY); /* a folder is read with memory */
  /* An engine that opened leaves libuv's pipe of the process. */
  if (verdict != 0 && (entries("/proc/self/fd") != descriptors || !has_threads(threads))) _exit(FAULT_LEFT);
  _exit(verdict);
}

static void address_spaces(const char *map) {
  int step_kib = getenv("HUJIA_TEST_SMALL") != NULL ? 4096 : 768;
  for (int kind = 0; kind < 4; kind++) {
    hj_config config = small_config(kind == 1 ? HJ_RUN_POLL : HJ_RUN_THREAD, map, NULL);
    config.traffic = kind == 2 ? HJ_TRAFFIC_AT_OPEN : HJ_TRAFFIC_OFF;
    int opened = 0, refused = 0, other = 0;
    for (int kib = 0; kib < 400 << 10 && opened < 3; kib += kib < 64 << 10 ? step_kib : 16 << 10) {
      int verdict = short_of_space(&config, (uint64_t)kib << 10, kind == 3);
      opened += verdict == 0;
      refused += verdict == -HJ_E_MEMORY;
      if (verdict != 0 && verdict != -HJ_E_MEMORY && verdict != -HJ_E_SYSTEM && verdict != -HJ_E_FILE) {
        fprintf(stderr, "kind %d, %d KiB: %d\n", kind, kib, verdict);
        other++;
      }
    }
    CHECK_MORE(refused, 0);
    CHECK_AT_LEAST(opened, 3);
    CHECK_EQUAL(other, 0);
  }
}

/* Texts that take far more memory than their length: `shape` says of what they consist. */
static uint32_t make_text(char *text, uint32_t length, int shape) {
  static const char *const heads[] = {"{\"version\":1,\"plans\":[{\"units\":[{}],\"types\":[",
                                      "{\"version\":1,\"plans\":[",
                                      "{\"version\":1,\"plans\":[",
                                      "{\"version\":1,\"turnout_s\":{\"kinds\":{",
                                      "{\"version\":1,\"plans\":[[[",
                                      "{\"version\":1,\"plans\":["};
  static const char *const tails[] = {
      "0]}]}", "{\"units\":[{}]}]}", "{}]}", "\"4294967295\":1}},\"plans\":[{\"units\":[{}]}]}", "]]]}", "{}]}"};
  uint32_t at = (uint32_t)sprintf(text, "%s", heads[shape]);
  for (uint32_t number = 0; at + 200 < length; number++) {
    switch (shape) {
      case 0:
        at += (uint32_t)sprintf(text + at, "%u,", number % 10);
        break;
      case 1:
        at += (uint32_t)sprintf(text + at, "{\"units\":[{}],\"types\":[%u]},", number);
        break;
      case 2:
        at += (uint32_t)sprintf(text + at, "{\"a\":{\"b\":[]}},");
        break;
      case 3:
        at += (uint32_t)sprintf(text + at, "\"%u\":1,", number);
        break;
      case 4:
        at += (uint32_t)sprintf(text + at, "[],{},\"\",");
        break;
      default:
        at += (uint32_t)sprintf(text + at, "{\"%016u\":\"%016u\"},", number, number);
        break;
    }
  }
  if (shape == 4) at--;
  return at + (uint32_t)sprintf(text + at, "%s", tails[shape]);
}

enum { SHAPES = 6 };

struct load {
  const char *text;
  uint32_t length;
  hj_engine *engine;
};

static void *load_plans(void *given) {
  struct load *load = given;
  return (void *)(intptr_t)-hj_plans_load(load->engine, load->text, load->length, NULL);
}

static int load_in(const struct load *given, uint64_t bytes, int elsewhere) {
  pid_t child = fork();
  if (child != 0) return ended(child);
  alarm(120);
  hj_config config = small_config(HJ_RUN_POLL, NULL, NULL);
  struct load load = *given;
  if (hj_engine_open(&config, &load.engine, NULL) != HJ_OK) _exit(FAULT_WORK);
  limit(RLIMIT_AS, address_space() + bytes);
  if (!elsewhere) _exit((int)(intptr_t)load_plans(&load));
  pthread_t thread;
  void *verdict = NULL;
  if (pthread_create(&thread, NULL, load_plans, &load) != 0) _exit(-HJ_E_MEMORY);
  pthread_join(thread, &verdict);
  _exit((int)(intptr_t)verdict);
}

static void plans_in_short_space(void) {
  uint32_t length = getenv("HUJIA_TEST_SMALL") != NULL ? 20000 : 60000;
  char *text = malloc(length + 100);
  REQUIRE(text != NULL);
  for (int shape = 0; shape < SHAPES; shape++) {
    struct load load = {text, make_text(text, length, shape), NULL};
    for (int elsewhere = 0; elsewhere < 2; elsewhere++) {
      int refused = 0, decided = 0, other = 0;
      for (uint64_t kib = 256; kib < 400 << 10 && decided < 2; kib += kib / 6) {
        int verdict = load_in(&load, kib << 10, elsewhere);
        refused += verdict == -HJ_E_MEMORY;
        decided += verdict == 0 || verdict == -HJ_E_PLANS;
        if (verdict != 0 && verdict != -HJ_E_MEMORY && verdict != -HJ_E_PLANS) {
          fprintf(stderr, "shape %d, thread %d, %u KiB: %d\n", shape, elsewhere, (unsigned)kib, verdict);
          other++;
        }
      }
      CHECK_MORE(refused, 0);
      CHECK_EQUAL(decided, 2);
      CHECK_EQUAL(other, 0);
    }
  }
  free(text);
}

int main(void) {
  const char *map = getenv("HUJIA_TEST_MAP");
  if (map == NULL) check_skip("on streets", "HUJIA_TEST_MAP names no map");
  for (int32_t mode = HJ_RUN_THREAD; mode <= HJ_RUN_POLL; mode++) CHECK_EQUAL(without_standard(mode, map), 0);
  CHECK_EQUAL(together_without_standard(), 0);
  descriptors(map);
  CHECK_EQUAL(no_thread(HJ_TRAFFIC_OFF, NULL, 0), -HJ_E_SYSTEM);
  if (map != NULL) CHECK_EQUAL(no_thread(HJ_TRAFFIC_AT_OPEN, map, 1), -HJ_E_SYSTEM);
  address_spaces(map);
  plans_in_short_space();
  return check_finish();
}
