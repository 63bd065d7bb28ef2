/* What the programs about clocks share: an engine whose time they give, and events looked for at one nanosecond. */
#ifndef HUJIA_TEST_CLOCK_HOST_H
#define HUJIA_TEST_CLOCK_HOST_H

#include "host.h"

static hj_engine *engine;

static inline void begin(uint32_t units, uint32_t event_capacity) {
  hj_config config = poll_config();
  config.event_capacity = event_capacity;
  engine = open_engine(&config);
  poll_at(engine, START_NS);
  for (uint32_t id = 1; id <= units; id++) put_unit(engine, id, 0, (int)id * 100);
}

static inline void finish(void) {
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
}

static inline hj_dispatch report_as(int32_t tier, uint32_t flags) {
  hj_report report = make_report(tier, 0, 0);
  report.flags = flags;
  hj_dispatch dispatch = empty_dispatch();
  CHECK_STATUS(hj_incident_report(engine, &report, &dispatch), HJ_OK);
  drop_events(engine);
  return dispatch;
}

/* Takes everything out and returns how many escalations there were; the last one is in `*last`. */
static inline int escalations(hj_event *last) {
  hj_event events[64];
  uint32_t count;
  int found = 0;
  while ((count = take_events(engine, events, 64)) > 0)
    for (uint32_t index = 0; index < count; index++)
      if (events[index].kind == HJ_EVENT_ESCALATION) {
        found++;
        *last = events[index];
      }
  return found;
}

/* Nothing a nanosecond before, exactly one event at `due_ns`, nothing after that for `quiet_ns`. */
static inline hj_event exactly_at(int64_t due_ns, int32_t clock, int32_t step, int32_t action) {
  hj_event event;
  memset(&event, 0, sizeof event);
  int64_t wanted_ns = poll_at(engine, due_ns - 1);
  CHECK_EQUAL(escalations(&event), 0);
  CHECK_WITHIN(wanted_ns, due_ns - 1, due_ns);
  poll_at(engine, due_ns);
  CHECK_EQUAL(escalations(&event), 1);
  CHECK_EQUAL(event.clock, clock);
  CHECK_EQUAL(event.step, step);
  CHECK_EQUAL(event.action, action);
  CHECK_EQUAL(event.late_ns, 0);
  CHECK_EQUAL(event.cycle, 0);
  CHECK_EQUAL(event.due_wall_us, START_US + (due_ns - START_NS) / 1000);
  hj_event none;
  poll_at(engine, due_ns);
  poll_at(engine, due_ns + 1);
  CHECK_EQUAL(escalations(&none), 0);
  return event;
}

/* ---- With plans of one's own ---- */

static inline void load_plans(const char *text, size_t length) {
  hj_error_detail detail;
  memset(&detail, 0, sizeof detail);
  detail.size = sizeof detail;
  hj_status status = hj_plans_load(engine, text, (uint32_t)length, &detail);
  if (status < 0) fprintf(stderr, "plans: %s: %s\n", detail.field, detail.text);
  REQUIRE_STATUS(status, HJ_OK);
}

/* `units` cars in a row, and plans of the test's own. */
static inline void begin_with(uint32_t units, const char *plans) {
  begin(units, 1024);
  load_plans(plans, strlen(plans));
}

/* Takes everything out and returns how many escalations and warnings of one clock there were, the last in `*last`. */
static inline int fired_of(int32_t clock, hj_event *last) {
  hj_event events[64];
  uint32_t count;
  int found = 0;
  while ((count = take_events(engine, events, 64)) > 0)
    for (uint32_t index = 0; index < count; index++)
      if ((events[index].kind == HJ_EVENT_ESCALATION || events[index].kind == HJ_EVENT_WARNING) &&
          events[index].clock == clock) {
        found++;
        *last = events[index];
      }
  return found;
}

/* Of this clock: nothing a nanosecond before, one event of the kind `at` after START_NS, and not again. */
static inline hj_event one_at(int64_t at, int32_t kind, int32_t clock, int32_t step, int32_t action, int32_t cycle) {
  hj_event event, none;
  memset(&event, 0, sizeof event);
  int64_t wanted_ns = poll_at(engine, START_NS + at - 1);
  CHECK_EQUAL(fired_of(clock, &none), 0);
  CHECK_AT_MOST(wanted_ns, START_NS + at);
  poll_at(engine, START_NS + at);
  CHECK_EQUAL(fired_of(clock, &event), 1);
  CHECK_EQUAL(event.kind, kind);
  CHECK_EQUAL(event.step, step);
  CHECK_EQUAL(event.action, action);
  CHECK_EQUAL(event.cycle, cycle);
  CHECK_EQUAL(event.late_ns, 0);
  CHECK_EQUAL(event.due_wall_us, START_US + at / 1000);
  poll_at(engine, START_NS + at);
  poll_at(engine, START_NS + at + 1);
  CHECK_EQUAL(fired_of(clock, &none), 0);
  return event;
}

static inline hj_event step_at(int64_t at, int32_t clock, int32_t step, int32_t action, int32_t cycle) {
  return one_at(at, HJ_EVENT_ESCALATION, clock, step, action, cycle);
}

/* Nothing of this clock until then. */
static inline void quiet_until(int64_t at, int32_t clock) {
  hj_event none;
  poll_at(engine, START_NS + at);
  CHECK_EQUAL(fired_of(clock, &none), 0);
}

static inline hj_clock_ref clock_of(int32_t clock, uint64_t incident, uint64_t assignment) {
  hj_clock_ref reference;
  memset(&reference, 0, sizeof reference);
  reference.size = sizeof reference;
  reference.clock = clock;
  reference.incident_id = incident;
  reference.assignment_id = assignment;
  return reference;
}

static inline hj_clock_status read_clock(hj_clock_ref reference) {
  hj_clock_status status;
  memset(&status, 0, sizeof status);
  status.size = sizeof status;
  REQUIRE_STATUS(hj_clock_read(engine, &reference, &status), HJ_OK);
  return status;
}

static inline void advance_to(uint64_t assignment, int32_t state) {
  CHECK_STATUS(hj_assignment_advance(engine, assignment, state, 0), HJ_OK);
}

#endif
