/* A journal on the host's own loop: the process is killed behind its first deadline, another opens the same folder on a
 * loop of its own, and what was promised goes on there: nothing is lost, nothing comes twice, the next step is told. */
#include <time.h>
#include <uv.h>

#include "journal_host.h"

/* One second, then one more. */
static const char plans[] =
    "{\"version\": 1,"
    " \"tiers\": {\"emergency\": {\"respond_s\": null, \"arrive_s\": null}},"
    " \"clocks\": {\"acknowledge\": {\"limit_s\": 1, \"steps\": [{\"do\": \"notify_again\"},"
    "   {\"after_s\": 1, \"do\": \"supervisor\"}]}},"
    " \"plans\": [{\"name\": \"one\", \"units\": [{\"count\": 1}]}]}";

#define GENEROUS_NS (60 * SECOND_NS)

/* What a process leaves to the next: in shared memory. */
struct left {
  uint64_t incident_id, assignment_id, first_sequence, record;
};
static struct left *left;

struct seen {
  int decided, repeated, first, second, recovered;
  hj_event last;
};

static uv_loop_t loop;
static hj_engine *engine;
static struct seen seen;
static int wanted;

static void open_on_loop(void) {
  REQUIRE_EQUAL(uv_loop_init(&loop), 0);
  hj_config config = journal_config(HJ_RUN_HOST_LOOP);
  config.uv_loop = &loop;
  engine = open_engine(&config);
}

static void take(const hj_event *event) {
  int is_repeated = (event->flags & HJ_EVENT_FLAG_REPEATED) != 0;
  if (event->kind == HJ_EVENT_RECOVERED) seen.recovered++;
  if (event->kind == HJ_EVENT_DECIDED && !is_repeated) {
    seen.decided++;
    left->incident_id = event->incident_id;
  }
  if (event->kind != HJ_EVENT_ESCALATION) return;
  if (is_repeated) {
    seen.repeated++;
    CHECK_EACH_EQUAL(event->sequence, left->first_sequence);
    return;
  }
  CHECK_AT_LEAST(event->late_ns, 0);
  if (event->step == 1) seen.first++;
  if (event->step == 2) seen.second++;
  seen.last = *event;
}

static void on_readable(uv_poll_t *handle, int status, int events) {
  (void)status, (void)events;
  hj_event all[64];
  uint32_t count;
  while ((count = read_events(engine, all, 64)) > 0)
    for (uint32_t index = 0; index < count; index++) take(&all[index]);
  if (seen.first + seen.second >= wanted) uv_stop(handle->loop);
}

static void on_timeout(uv_timer_t *handle) {
  uv_stop(handle->loop);
}

/* Until so many steps were told that nobody was told before. */
static void run_until(int steps) {
  wanted = steps;
  uv_poll_t readable;
  uv_timer_t timeout;
  REQUIRE_EQUAL(uv_poll_init(&loop, &readable, hj_events_fd(engine)), 0);
  REQUIRE_EQUAL(uv_poll_start(&readable, UV_READABLE, on_readable), 0);
  REQUIRE_EQUAL(uv_timer_init(&loop, &timeout), 0);
  REQUIRE_EQUAL(uv_timer_start(&timeout, on_timeout, GENEROUS_NS / 1000000, 0), 0);
  uv_run(&loop, UV_RUN_DEFAULT);
  uv_poll_stop(&readable);
  uv_close((uv_handle_t *)&readable, NULL);
  uv_close((uv_handle_t *)&timeout, NULL);
  uv_run(&loop, UV_RUN_NOWAIT);
}

/* A call by the queue of posts, its unit, and the first deadline; then the process is no more. */
static void live_and_die(void) {
  open_on_loop();
  REQUIRE_STATUS(hj_plans_load(engine, plans, sizeof plans - 1, NULL), HJ_OK);
  put_unit(engine, 1, 0, 0);
  hj_report report = numbered_post(2);
  REQUIRE_STATUS(hj_incident_post(engine, &report), HJ_OK);
  run_until(1);
  REQUIRE_EQUAL(seen.decided, 1);
  REQUIRE_EQUAL(seen.first, 1);
  REQUIRE_EQUAL(seen.second, 0);
  left->assignment_id = seen.last.assignment_id;
  left->first_sequence = seen.last.sequence;
  left->record = seen.last.record;
  REQUIRE_MORE(left->record, 0);
  kill(getpid(), SIGKILL);
}

/* The call is there under its number, and its second step comes: once, and never the first again as a new one. */
static void go_on(void) {
  memset(&seen, 0, sizeof seen);
  open_on_loop();
  uint64_t found = 0;
  CHECK_STATUS(hj_incident_find(engine, 8, 2, NULL, &found), HJ_OK);
  CHECK_EQUAL(found, left->incident_id);
  hj_assignment held = {.size = sizeof held};
  CHECK_STATUS(hj_assignment_read(engine, left->assignment_id, &held), HJ_OK);
  CHECK_EQUAL(held.unit_id, 1);
  run_until(1);
  CHECK_EQUAL(seen.recovered, 1);
  CHECK_EQUAL(seen.decided, 0);
  CHECK_EQUAL(seen.repeated, 1); /* it was read, and never acknowledged */
  CHECK_EQUAL(seen.first, 0);
  CHECK_EQUAL(seen.second, 1);
  CHECK_EQUAL(seen.last.assignment_id, left->assignment_id);
  CHECK_MORE(seen.last.sequence, left->first_sequence);
  CHECK_MORE(seen.last.record, left->record);
  CHECK_EQUAL(read_stats(engine).audit_found, 0);
  CHECK_EQUAL(journal_info(engine).reasons & ~HJ_HEALTH_TORN_TAIL, 0);
  /* The same report again opens nothing. */
  hj_report report = numbered_post(2);
  hj_dispatch answer = empty_dispatch();
  CHECK_STATUS(hj_incident_report(engine, &report, &answer), HJ_EXISTS);
  CHECK_EQUAL(answer.incident_id, left->incident_id);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  uv_run(&loop, UV_RUN_DEFAULT);
  CHECK_EQUAL(uv_loop_close(&loop), 0);
}

/* Closed cleanly, and opened a third time: nothing is told anew. */
static void nothing_twice(void) {
  memset(&seen, 0, sizeof seen);
  open_on_loop();
  uv_run(&loop, UV_RUN_NOWAIT);
  hj_event all[64];
  uint32_t count;
  while ((count = read_events(engine, all, 64)) > 0)
    for (uint32_t index = 0; index < count; index++)
      if (!(all[index].flags & HJ_EVENT_FLAG_REPEATED)) CHECK_EACH_DIFFERENT(all[index].kind, HJ_EVENT_ESCALATION);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  uv_run(&loop, UV_RUN_DEFAULT);
  CHECK_EQUAL(uv_loop_close(&loop), 0);
}

int main(void) {
  left = mmap(NULL, sizeof *left, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  REQUIRE(left != MAP_FAILED);
  new_folder();
  in_a_child(live_and_die);
  go_on();
  nothing_twice();
  remove_folder();
  munmap(left, sizeof *left);
  return check_finish();
}
