/* A call that only moves the next deadline forward wakes no thread: it arms the engine's alarm itself. Nothing but the
 * deadline makes the loop turn here (no stall is looked for, nothing is posted), so one that a caller did not arm would
 * not fire at all. `scripts/tests-c` also runs it under strace: with an alarm nothing is written between "begin"
 * and "end" but to the descriptor of events; without one (the system refuses it) the loop is woken, and all the rest
 * holds. */
#define _GNU_SOURCE
#include <dirent.h>
#include <pthread.h>
#include <time.h>
#include <unistd.h>

#include "host.h"

static const char hasty[] =
    "{\"version\": 1, \"clocks\": {\"acknowledge\": {\"limit_s\": 1, \"steps\": [{\"do\": \"notify_again\"}]}},"
    " \"plans\": [{\"name\": \"any\", \"units\": [{\"count\": 1}]}]}";

static hj_engine *engine;

static void pause_ms(int64_t ms) {
  struct timespec pause = {ms / 1000, ms % 1000 * 1000000};
  nanosleep(&pause, NULL);
}

static void say(const char *text) {
  REQUIRE_EQUAL(write(1, text, strlen(text)), (ssize_t)strlen(text));
}

static hj_engine *open_quiet(uint32_t stall_ms) {
  hj_config config = poll_config();
  config.run_mode = HJ_RUN_THREAD;
  config.stall_ms = stall_ms;
  hj_engine *made = open_engine(&config);
  REQUIRE_STATUS(hj_plans_load(made, hasty, sizeof hasty - 1, NULL), HJ_OK);
  return made;
}

/* One call, taken back at once: each is the earliest deadline that the loop does not know of. */
static void report_and_cancel(int count) {
  for (int times = 0; times < count; times++) {
    hj_report report = make_report(HJ_TIER_EMERGENCY, times % 50, 1);
    hj_dispatch answer = empty_dispatch();
    CHECK_EACH_STATUS(hj_incident_report(engine, &report, &answer), HJ_OK);
    CHECK_EACH_STATUS(hj_incident_cancel(engine, answer.incident_id, 0), HJ_OK);
    pause_ms(2);
  }
}

/* Waits for the escalations of so many calls; returns how many came. */
static int await_escalations(hj_engine *of, int wanted) {
  int fired = 0;
  for (int times = 0; times < 4000 && fired < wanted; times++) {
    hj_event events[32];
    uint32_t count = take_events(of, events, 32);
    for (uint32_t index = 0; index < count; index++) fired += events[index].kind == HJ_EVENT_ESCALATION;
    pause_ms(5);
  }
  return fired;
}

static void nothing_is_written(void) {
  engine = open_quiet(UINT32_MAX);
  put_unit(engine, 1, 0, 0);
  report_and_cancel(5);
  pause_ms(50);
  char line[64];
  snprintf(line, sizeof line, "begin %d\n", hj_events_fd(engine));
  say(line);
  report_and_cancel(100);
  say("end\n");
  drop_events(engine);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
}

static void deadlines_of_callers_fire(uint32_t stall_ms) {
  engine = open_quiet(stall_ms);
  put_unit(engine, 1, 0, 0);
  hj_report report = make_report(HJ_TIER_EMERGENCY, 1, 1);
  hj_dispatch answer = empty_dispatch();
  pause_ms(100); /* the loop sleeps, and knows of no deadline */
  CHECK_STATUS(hj_incident_report(engine, &report, &answer), HJ_OK);
  CHECK_EQUAL(await_escalations(engine, 1), 1);
  hj_stats stats = read_stats(engine);
  CHECK_EQUAL(stats.audit_found, 0); /* it fired by itself, not because the audit found it */
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
}

/* ---- The alarm that a call arms ---- */

/* What the engine's alarm is set to, from now; 0 = to nothing; -1 = the process has none. */
static int64_t alarm_ns(void) {
  DIR *folder = opendir("/proc/self/fdinfo");
  REQUIRE(folder != NULL);
  int64_t set_ns = -1;
  for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
    char path[300], line[200];
    snprintf(path, sizeof path, "/proc/self/fdinfo/%s", entry->d_name);
    FILE *file = fopen(path, "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
      long long seconds, rest;
      if (sscanf(line, "it_value: (%lld, %lld)", &seconds, &rest) == 2) set_ns = seconds * SECOND_NS + rest;
    }
    if (file != NULL) fclose(file);
  }
  closedir(folder);
  return set_ns;
}

/* It is set to the earliest promise, by the call that made it. A sleeping machine wakes by this alone. */
static void alarm_is_set(void) {
  hj_config config = poll_config();
  config.run_mode = HJ_RUN_THREAD;
  config.stall_ms = UINT32_MAX;
  engine = open_engine(&config);
  if (alarm_ns() < 0) {
    check_skip("the alarm", "this system has none");
  } else {
    put_unit(engine, 1, 0, 0);
    hj_report report = make_report(HJ_TIER_EMERGENCY, 1, 1);
    hj_dispatch answer = empty_dispatch();
    CHECK_STATUS(hj_incident_report(engine, &report, &answer), HJ_OK);
    REQUIRE_WITHIN(alarm_ns(), 1, 45 * SECOND_NS);
    CHECK_STATUS(hj_incident_cancel(engine, answer.incident_id, 0), HJ_OK);
  }
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
}

/* ---- Many callers, each of them arming ---- */

enum { CALLERS = 8, CALLS = 6 };

static void *call_now_and_then(void *raw) {
  int number = (int)(intptr_t)raw;
  for (int times = 0; times < CALLS; times++) {
    hj_report report = make_report(HJ_TIER_EMERGENCY, number, times);
    hj_dispatch answer = empty_dispatch();
    CHECK_EACH_STATUS(hj_incident_report(engine, &report, &answer), HJ_OK);
    CHECK_EACH_EQUAL(answer.assignment_count, 1);
    pause_ms(1 + (number * 7 + times * 13) % 40);
  }
  return NULL;
}

static void many_callers(void) {
  engine = open_quiet(UINT32_MAX);
  for (uint64_t id = 1; id <= CALLERS * CALLS; id++) put_unit(engine, id, (int)id, 0);
  pthread_t threads[CALLERS];
  for (int index = 0; index < CALLERS; index++)
    REQUIRE_EQUAL(pthread_create(&threads[index], NULL, call_now_and_then, (void *)(intptr_t)index), 0);
  for (int index = 0; index < CALLERS; index++) pthread_join(threads[index], NULL);
  CHECK_EQUAL(await_escalations(engine, CALLERS * CALLS), CALLERS * CALLS);
  CHECK_EQUAL(read_stats(engine).audit_found, 0);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
}

/* Closing while an alarm that a caller set is about to ring, and while others still call. */
static void *call_until_closed(void *raw) {
  hj_engine *of = raw;
  while (1) {
    hj_report report = make_report(HJ_TIER_EMERGENCY, 1, 1);
    hj_dispatch answer = empty_dispatch();
    if (hj_incident_report(of, &report, &answer) == HJ_E_STALE) return NULL;
    hj_incident_cancel(of, answer.incident_id, 0);
  }
}

static void closed_while_armed(void) {
  for (int times = 0; times < 50; times++) {
    hj_engine *of = open_quiet(UINT32_MAX);
    put_unit(of, 1, 0, 0);
    pthread_t threads[3];
    for (int index = 0; index < 3; index++)
      REQUIRE_EQUAL(pthread_create(&threads[index], NULL, call_until_closed, of), 0);
    pause_ms(times % 4);
    CHECK_STATUS(hj_engine_close(of), HJ_OK);
    for (int index = 0; index < 3; index++) pthread_join(threads[index], NULL);
  }
}

int main(void) {
  alarm_is_set();
  nothing_is_written();
  deadlines_of_callers_fire(UINT32_MAX);
  deadlines_of_callers_fire(60000);
  many_callers();
  closed_while_armed();
  return check_finish();
}
