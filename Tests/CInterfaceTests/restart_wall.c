/* The same boot, the engine's own thread, and a wall clock that jumps while nothing runs: elapsed time decides. What
 * has an hour left fires nothing for a day that the wall clock skipped, what is due in a second fires for one that it
 * lost.
 * This program stands between the library and the system's clock calls and moves CLOCK_REALTIME alone. */
#include <poll.h>
#include <sys/syscall.h>
#include <time.h>

#include "journal_host.h"

static int64_t jump_ns; /* of the wall clock; set before an engine is there */

int clock_gettime(clockid_t clock, struct timespec *now) {
  long status = syscall(SYS_clock_gettime, clock, now);
  if (clock == CLOCK_REALTIME) now->tv_sec += jump_ns / SECOND_NS;
  return (int)status;
}

/* Of the two tiers one call has a second, and the other an hour. */
static const char plans[] =
    "{\"version\": 1,"
    " \"tiers\": {\"emergency\": {\"respond_s\": 2, \"arrive_s\": null, \"resolve_s\": null},"
    "             \"urgent\": {\"respond_s\": 3600, \"arrive_s\": null, \"resolve_s\": null}},"
    " \"clocks\": {\"pending\": {\"steps\": [{\"do\": \"supervisor\"}]}},"
    " \"plans\": [{\"name\": \"one\", \"units\": [{}]}]}";

static hj_engine *engine;

static void open_journaled(void) {
  hj_config config = journal_config(HJ_RUN_THREAD);
  engine = open_engine(&config);
}

static void call(int32_t tier, int number) {
  hj_report report = make_report(tier, number, 0);
  hj_dispatch answer = empty_dispatch();
  REQUIRE_AT_LEAST(hj_incident_report(engine, &report, &answer), HJ_OK);
}

static void live_and_die(void) {
  open_journaled();
  REQUIRE_STATUS(hj_plans_load(engine, plans, sizeof plans - 1, NULL), HJ_OK);
  call(HJ_TIER_EMERGENCY, 1);
  call(HJ_TIER_URGENT, 2);
  kill(getpid(), SIGKILL);
}

/* Until the short one fired; how often the other did. */
static void after(int64_t given_ns) {
  new_folder();
  jump_ns = 0;
  in_a_child(live_and_die);
  jump_ns = given_ns;
  open_journaled();
  int is_short = 0, is_long = 0;
  int64_t uncertain = journal_info(engine).reasons & HJ_HEALTH_TIME_UNCERTAIN;
  for (int turn = 0; turn < 600 && is_short == 0; turn++) {
    struct pollfd wait = {hj_events_fd(engine), POLLIN, 0};
    poll(&wait, 1, 100);
    hj_event all[16];
    uint32_t count;
    while ((count = read_events(engine, all, 16)) > 0)
      for (uint32_t index = 0; index < count; index++) {
        if (all[index].kind != HJ_EVENT_ESCALATION) continue;
        CHECK_EQUAL(all[index].clock, HJ_CLOCK_PENDING);
        CHECK_WITHIN(all[index].late_ns, 0, 60 * SECOND_NS);
        hj_incident_status read = {.size = sizeof read};
        REQUIRE_STATUS(hj_incident_read(engine, all[index].incident_id, &read), HJ_OK);
        if (read.tier == HJ_TIER_EMERGENCY)
          is_short++;
        else
          is_long++;
      }
  }
  CHECK_EQUAL(is_short, 1);
  CHECK_EQUAL(is_long, 0);
  CHECK_EQUAL(uncertain, 0); /* elapsed time is known */
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  remove_folder();
}

int main(void) {
  after(0);
  after(86400 * SECOND_NS);
  after(-86400 * SECOND_NS);
  return check_finish();
}
