/* The wall clock of a running host jumps: an hour, a day, a leap second, another zone. Elapsed deadlines do not move.
 * Run with libfaketime in front (scripts/tests-c), which changes what CLOCK_REALTIME says and nothing else; the new
 * time is put into the file FAKETIME_TIMESTAMP_FILE while the engine runs on a thread of its own. */
#include <poll.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "host.h"

/* A step each second, for ever: one is due after every jump. */
static const char plans[] =
    "{\"version\": 1, \"tiers\": {\"emergency\": {\"respond_s\": 1, \"resolve_s\": null}},"
    " \"clocks\": {\"pending\": {\"steps\": [{\"do\": \"supervisor\"}], \"repeat_s\": 1}},"
    " \"plans\": [{\"name\": \"one\", \"units\": [{\"count\": 1}]}]}";

#define LEAP_S 1483228799.5 /* half a second before 2016 ended with 23:59:60 */

static double offset_s;

/* Past any library in between: the machine's own clocks. */
static int64_t machine_ns(clockid_t clock) {
  struct timespec now;
  syscall(SYS_clock_gettime, clock, &now);
  return now.tv_sec * SECOND_NS + now.tv_nsec;
}

static int64_t seen_us(void) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return now.tv_sec * INT64_C(1000000) + now.tv_nsec / 1000;
}

static int64_t told_us(void) {
  return machine_ns(CLOCK_REALTIME) / 1000 + (int64_t)(offset_s * 1e6);
}

#define GENEROUS_NS (60 * SECOND_NS)

/* Within the time that a busy machine may take; the jumps are of an hour and more, but for that of a second. */
static int is_near(int64_t left_us, int64_t right_us) {
  int64_t within_us = GENEROUS_NS / 1000;
  return left_us - right_us < within_us && right_us - left_us < within_us;
}

/* In one step, so that nobody reads half of it. */
static void jump_to(double new_offset_s) {
  const char *path = getenv("FAKETIME_TIMESTAMP_FILE");
  char next[4096];
  REQUIRE(path != NULL);
  REQUIRE_LESS(strlen(path), 4000);
  snprintf(next, sizeof next, "%s.next", path);
  FILE *file = fopen(next, "w");
  REQUIRE(file != NULL);
  fprintf(file, "%+.1f\n", new_offset_s);
  REQUIRE_EQUAL(fclose(file), 0);
  REQUIRE_EQUAL(rename(next, path), 0);
  offset_s = new_offset_s;
}

static hj_engine *engine;
static int64_t received_ns; /* before the report: no deadline may come earlier than counted from here */
static int fired;

/* Waits for a step that has seen the jump. None may be early; one that is late is so because the machine was busy, by
 * seconds, and not by a jump, the least of which is an hour. One that fired before the jump may be read after it. */
static void next_step(void) {
  struct pollfd wait = {hj_events_fd(engine), POLLIN, 0};
  hj_event events[16];
  int64_t start_ns = machine_ns(CLOCK_MONOTONIC);
  for (int has_seen = 0; !has_seen;) {
    REQUIRE_LESS(machine_ns(CLOCK_MONOTONIC), start_ns + GENEROUS_NS);
    if (poll(&wait, 1, 200) <= 0) continue;
    uint32_t count = take_events(engine, events, 16);
    int64_t now_ns = machine_ns(CLOCK_MONOTONIC);
    for (uint32_t index = 0; index < count; index++) {
      if (events[index].kind != HJ_EVENT_ESCALATION) continue;
      CHECK_EQUAL(events[index].cycle, fired);
      fired++;
      CHECK_AT_LEAST(now_ns, received_ns + fired * SECOND_NS);
      CHECK_WITHIN(events[index].late_ns, 0, GENEROUS_NS);
      if (!is_near(events[index].wall_us, told_us())) continue;
      has_seen = 1;
      CHECK(is_near(events[index].due_wall_us, told_us()));
    }
  }
}

int main(void) {
  jump_to(3600);
  if (!is_near(seen_us(), told_us())) {
    puts("libfaketime is not in front: run scripts/tests-c");
    puts("0 passed, 1 failed");
    return 1;
  }
  jump_to(0);
  hj_config config = poll_config();
  config.run_mode = HJ_RUN_THREAD;
  engine = open_engine(&config);
  hj_error_detail detail;
  memset(&detail, 0, sizeof detail);
  detail.size = sizeof detail;
  REQUIRE_STATUS(hj_plans_load(engine, plans, sizeof plans - 1, &detail), HJ_OK);
  received_ns = machine_ns(CLOCK_MONOTONIC);
  hj_report report = make_report(HJ_TIER_EMERGENCY, 0, 0);
  hj_dispatch dispatch = empty_dispatch();
  CHECK_STATUS(hj_incident_report(engine, &report, &dispatch), HJ_OK);

  next_step();
  const double jumps_s[] = {3600, -3600, 86400, -86400, 366 * 86400.0};
  for (int index = 0; index < 5; index++) {
    jump_to(jumps_s[index]);
    next_step();
  }
  /* A leap second: 23:59:59 is counted twice. */
  jump_to(LEAP_S - (double)machine_ns(CLOCK_REALTIME) / 1e9);
  usleep(600000);
  jump_to(offset_s - 1);
  next_step();
  jump_to(0);
  /* Another zone: UTC goes on, local time does not. */
  setenv("TZ", "Asia/Shanghai", 1);
  tzset();
  next_step();
  setenv("TZ", "America/Los_Angeles", 1);
  tzset();
  next_step();
  CHECK_AT_LEAST(fired, 9);
  CHECK_AT_LEAST(read_stats(engine).escalations, fired);
  CHECK_LESS(read_stats(engine).worst_lateness_ns, GENEROUS_NS);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  return check_finish();
}
