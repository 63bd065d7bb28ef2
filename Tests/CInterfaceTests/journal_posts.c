/* Posts and positions survive a kill: what was answered HJ_OK is decided by the next engine, once and in order, also
 * when the end comes between the record of a decision and the queue; positions also a close that gets no snapshot. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>

#include "journal_host.h"

enum { POSTED = 40, NEW_NORTH = 900, EVENTS = 256 };

static hj_config posts_config(uint32_t capacity) {
  hj_config config = journal_config(HJ_RUN_POLL);
  config.post_capacity = capacity;
  return config;
}

static hj_engine *open_two_units(void) {
  hj_config config = posts_config(64);
  hj_engine *engine = open_engine(&config);
  put_unit(engine, 1, 10, 0);
  put_unit(engine, 2, 300, 0);
  poll_at(engine, START_NS);
  return engine;
}

static void report_second_unit(hj_engine *engine, int32_t north) {
  hj_position fix;
  memset(&fix, 0, sizeof fix);
  fix.size = sizeof fix;
  fix.unit_id = 2;
  fix.heading_cdeg = fix.speed_cms = HJ_UNKNOWN;
  place(north, 0, &fix.lat_e7, &fix.lon_e7);
  uint32_t accepted = 0;
  REQUIRE_STATUS(hj_positions_report(engine, &fix, 1, &accepted), HJ_OK);
}

static void check_second_unit(hj_engine *engine, int32_t north) {
  int32_t lat_e7, lon_e7;
  place(north, 0, &lat_e7, &lon_e7);
  hj_unit_status unit = read_unit(engine, 2);
  CHECK_EQUAL(unit.lat_e7, lat_e7);
  CHECK_EQUAL(unit.lon_e7, lon_e7);
}

/* Every third is a person's. */
static hj_action action_of(uint32_t number) {
  hj_action action;
  memset(&action, 0, sizeof action);
  action.size = sizeof action;
  action.operator_id = 1000 + number;
  action.session_id = 2000 + number;
  action.reason = 3;
  action.role = 4;
  return action;
}

static void post_and_die(void) {
  hj_engine *engine = open_two_units();
  for (uint32_t number = 1; number <= POSTED; number++) {
    hj_report report = numbered_post(number);
    hj_action action = action_of(number);
    REQUIRE_STATUS(hj_incident_post_by(engine, &report, number % 3 == 0 ? &action : NULL), HJ_OK);
  }
  report_second_unit(engine, NEW_NORTH);
  kill(getpid(), SIGKILL);
}

/* Its tables are of another size, and it ends before it has decided anything. */
static void open_and_die(void) {
  hj_config config = posts_config(128);
  config.max_units = 100;
  open_engine(&config);
  kill(getpid(), SIGKILL);
}

static void decide_some_and_die(void) {
  hj_config config = posts_config(64);
  config.max_units = 100;
  hj_engine *engine = open_engine(&config);
  hj_engine_poll(engine, 5, START_US + 1000000, 10, NULL);
  kill(getpid(), SIGKILL);
}

/* The numbers that were decided, in order: each exactly once. */
static uint32_t decided_in_order(hj_engine *engine) {
  hj_event events[EVENTS];
  uint32_t count, number = 0;
  while ((count = read_events(engine, events, EVENTS)) > 0) {
    for (uint32_t index = 0; index < count; index++) {
      if (number_of(&events[index]) == 0) continue;
      CHECK_EACH_EQUAL(number_of(&events[index]), ++number);
      CHECK_EACH_EQUAL(events[index].key_low, (number % 2 == 0 ? number : 0));
      hj_incident_status opened = read_incident(engine, events[index].incident_id);
      CHECK_EACH_EQUAL(opened.operator_id, (number % 3 == 0 ? action_of(number).operator_id : 0));
      CHECK_EACH_EQUAL(opened.operator_session, (number % 3 == 0 ? action_of(number).session_id : 0));
      CHECK_EACH_EQUAL(opened.operator_reason, (number % 3 == 0 ? 3 : 0));
      CHECK_EACH_EQUAL(opened.operator_role, (number % 3 == 0 ? 4 : 0));
    }
  }
  return number;
}

static void posts_wait_for_the_next_life(void) {
  new_folder();
  in_a_child(post_and_die);
  hj_config config = posts_config(16);
  hj_error_detail detail;
  memset(&detail, 0, sizeof detail);
  detail.size = sizeof detail;
  hj_engine *engine = NULL;
  CHECK_STATUS(hj_engine_open(&config, &engine, &detail), HJ_E_LIMIT);
  CHECK_TEXT(detail.field, "post_capacity");
  in_a_child(open_and_die);
  in_a_child(decide_some_and_die);
  config = posts_config(64);
  config.max_units = 100;
  engine = open_engine(&config);
  CHECK_EQUAL(journal_info(engine).reasons, 0);
  REQUIRE_STATUS(hj_engine_poll(engine, 5, START_US + 2000000, 0, NULL), HJ_OK);
  CHECK_EQUAL(decided_in_order(engine), POSTED);
  check_second_unit(engine, NEW_NORTH);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  /* A clean end leaves no ring: what waits then was decided by it. */
  engine = open_engine(&config);
  CHECK_EQUAL(journal_info(engine).reasons, 0);
  hj_report report = numbered_post(POSTED + 1);
  REQUIRE_STATUS(hj_incident_post(engine, &report), HJ_OK);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  engine = open_engine(&config);
  hj_event events[EVENTS];
  uint32_t count, decided = 0;
  while ((count = read_events(engine, events, EVENTS)) > 0) {
    for (uint32_t index = 0; index < count; index++) decided += number_of(&events[index]) == POSTED + 1;
  }
  CHECK_EQUAL(decided, 1);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  remove_folder();
}

/* ---- A close whose snapshot gets no name ---- */

static int snapshots_fail;

/* Found before the C library's own. */
int renameat(int from_folder, const char *from, int to_folder, const char *to) {
  if (snapshots_fail && strncmp(to, "snapshot-", 9) == 0) {
    errno = EIO;
    return -1;
  }
  return (int)syscall(SYS_renameat2, from_folder, from, to_folder, to, 0);
}

/* The newest position is on no record. One that was taken in before the close, and one that still waits then. */
static void positions_need_no_snapshot(void) {
  new_folder();
  hj_engine *engine = open_two_units();
  for (int32_t life = 1; life <= 2; life++) {
    report_second_unit(engine, NEW_NORTH + life);
    if (life == 1) poll_at(engine, START_NS + SECOND_NS);
    snapshots_fail = 1;
    CHECK_STATUS(hj_engine_close(engine), HJ_OK);
    snapshots_fail = 0;
    hj_config config = posts_config(64);
    engine = open_engine(&config);
    CHECK_EQUAL(journal_info(engine).reasons, 0);
    REQUIRE_STATUS(hj_engine_poll(engine, 5 + life * SECOND_NS, START_US + (life + 1) * 1000000, 0, NULL), HJ_OK);
    check_second_unit(engine, NEW_NORTH + life);
  }
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  remove_folder();
}

/* ---- Killed at an instruction of a decision ---- */

static char ring_file[96];
static volatile uint64_t *ring_tail;

static hj_config stepped_config(void) {
  hj_config config = posts_config(64);
  config.ring_path = ring_file;
  return config;
}

static void decide_step_by_step(void) {
  hj_config config = stepped_config();
  hj_engine *engine = open_engine(&config);
  REQUIRE_STATUS(hj_engine_poll(engine, 5, START_US, 0, NULL), HJ_OK);
  hj_report report = numbered_post(1);
  REQUIRE_STATUS(hj_incident_post(engine, &report), HJ_OK);
  if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0) _exit(7);
  raise(SIGSTOP);
  hj_engine_poll(engine, 6, START_US + 1, 0, NULL);
  _exit(0);
}

/* The ring's end as the file says it: a line of the first page. */
static int map_ring(void) {
  int file = open(ring_file, O_RDONLY);
  if (file < 0) return 0;
  void *page = mmap(NULL, 4096, PROT_READ, MAP_SHARED, file, 0);
  REQUIRE(page != MAP_FAILED);
  close(file);
  ring_tail = (volatile uint64_t *)((char *)page + 256);
  return 1;
}

#if defined(__x86_64__)
/* Where the child has the ring's end. 0: not found. */
static uint64_t tail_in(pid_t child) {
  char name[64], line[512];
  snprintf(name, sizeof name, "/proc/%d/maps", (int)child);
  FILE *maps = fopen(name, "r");
  uint64_t start = 0, found = 0, offset = 1;
  while (maps != NULL && found == 0 && fgets(line, sizeof line, maps) != NULL) {
    if (strstr(line, ring_file) == NULL) continue;
    if (sscanf(line, "%" SCNx64 "-%*x %*s %" SCNx64, &start, &offset) == 2 && offset == 0) found = start + 256;
  }
  if (maps != NULL) fclose(maps);
  return found;
}

/* The processor stops the child behind the instruction that stores there, without a step before it. */
static int stop_at_store(pid_t child, uint64_t address) {
  const long write_of_8 = 1 | 1 << 16 | 2 << 18;
  const size_t registers = offsetof(struct user, u_debugreg);
  return address != 0 && ptrace(PTRACE_POKEUSER, child, registers, address) == 0 &&
         ptrace(PTRACE_POKEUSER, child, registers + 7 * sizeof(long), write_of_8) == 0;
}
#else
static uint64_t tail_in(pid_t child) {
  (void)child;
  return 0;
}
static int stop_at_store(pid_t child, uint64_t address) {
  (void)child, (void)address;
  return 0;
}
#endif

/* Runs on to the next stop. False: it ended. */
static int go_on(pid_t child, int how, int *status) {
  return ptrace(how, child, NULL, NULL) == 0 && waitpid(child, status, 0) == child && WIFSTOPPED(*status);
}

/* Killed so many instructions behind that which shows a new record. 0: the poll ended first; -1: nobody may trace. */
static int killed_after(long instructions) {
  pid_t child = fork();
  REQUIRE_AT_LEAST(child, 0);
  if (child == 0) decide_step_by_step();
  int status;
  REQUIRE_EQUAL(waitpid(child, &status, WUNTRACED), child);
  if (!WIFSTOPPED(status)) return -1;
  if (!map_ring()) {
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    return -1;
  }
  uint64_t before = *ring_tail;
  /* Step by step where the processor cannot be asked to watch: a minute instead of seconds. */
  int how = stop_at_store(child, tail_in(child)) ? PTRACE_CONT : PTRACE_SINGLESTEP;
  int is_alive = 1;
  while (is_alive && *ring_tail == before) is_alive = go_on(child, how, &status);
  for (long left = instructions; is_alive && left > 0; left--) is_alive = go_on(child, PTRACE_SINGLESTEP, &status);
  munmap((void *)((char *)ring_tail - 256), 4096);
  if (!is_alive) return 0;
  kill(child, SIGKILL);
  REQUIRE_EQUAL(waitpid(child, &status, 0), child);
  return 1;
}

/* From the instruction that shows its record on, a post is decided, though it still stands in the queue. */
static void killed_between_record_and_queue(void) {
  int kills = 0;
  for (long instructions = 0; instructions < 4000; instructions = instructions * 2 + 1) {
    new_folder();
    snprintf(ring_file, sizeof ring_file, "%s-ring", folder);
    int killed = killed_after(instructions);
    if (killed > 0) {
      kills++;
      hj_config config = stepped_config();
      hj_engine *engine = open_engine(&config);
      REQUIRE_STATUS(hj_engine_poll(engine, 7, START_US + 2, 0, NULL), HJ_OK);
      CHECK_EACH_EQUAL(decided_in_order(engine), 1);
      CHECK_EACH_EQUAL(read_stats(engine).incidents_open, 1);
      REQUIRE_STATUS(hj_engine_close(engine), HJ_OK);
    }
    unlink(ring_file);
    remove_folder();
    if (killed < 0) {
      check_skip("killed at an instruction", "no tracing, or no tmpfs at /dev/shm");
      return;
    }
    if (killed == 0) break;
  }
  CHECK_MORE(kills, 5);
}

int main(void) {
  posts_wait_for_the_next_life();
  positions_need_no_snapshot();
  killed_between_record_and_queue();
  return check_finish();
}
