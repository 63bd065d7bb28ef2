/* Acts of people: operator and reason through every function that takes an hj_action, as the header lists them; what an
 * hj_action may not say yet; and since when a unit is idle.
 *
 *   acts [hujia.h] */
#include "clock_host.h"

#define OPERATOR UINT64_C(0xfedcba9876543210)
#define REASON 0xfffffff1u
#define SESSION UINT64_C(0x8000000000000001)
#define ROLE 0xfffffff2u

static hj_dispatch call;
static uint64_t assignment;

static hj_action an_action(void) {
  hj_action action;
  memset(&action, 0, sizeof action);
  action.size = sizeof action;
  action.operator_id = OPERATOR;
  action.reason = REASON;
  action.session_id = SESSION;
  action.role = ROLE;
  return action;
}

/* ---- Every function, on an incident that is ready for it ------------------------------------------------------- */

static void assigned(void) {
  call = report_as(HJ_TIER_EMERGENCY, 0);
  assignment = call.chosen[0].assignment_id;
}

static void raisable(void) {
  static const char plans[] =
      "{\"version\": 1, \"plans\": [{\"name\": \"one\", \"units\": [{}],"
      " \"alarms\": [{\"level\": 2, \"units\": [{}]}]}]}";
  load_plans(plans, sizeof plans - 1);
  assigned();
}

static void escalated(void) {
  assigned();
  poll_at(engine, START_NS + 15 * SECOND_NS);
  drop_events(engine);
}

static void closed(void) {
  assigned();
  CHECK_STATUS(hj_incident_close(engine, call.incident_id, 1, 0), HJ_OK);
  drop_events(engine);
}

static hj_status advance(const hj_action *action) {
  return hj_assignment_advance_by(engine, assignment, HJ_ASSIGNMENT_ON_SCENE, 0, action);
}
static hj_status assign(const hj_action *action) {
  return hj_incident_assign_by(engine, call.incident_id, 2, 0, NULL, action);
}
static hj_status cancel(const hj_action *action) {
  return hj_incident_cancel_by(engine, call.incident_id, 0, action);
}
static hj_status close_incident(const hj_action *action) {
  return hj_incident_close_by(engine, call.incident_id, 3, 0, action);
}
static hj_status called_back(const hj_action *action) {
  return hj_incident_called_back_by(engine, call.incident_id, 0, action);
}
static hj_status called_back_with(const hj_action *action) {
  return hj_incident_called_back_with(engine, call.incident_id, 1, 0, action);
}
static hj_status set_lead(const hj_action *action) {
  return hj_incident_set_lead_by(engine, call.incident_id, 5, 0, action);
}
static hj_status raise_level(const hj_action *action) {
  return hj_incident_raise_by(engine, call.incident_id, 2, 0, NULL, action);
}

/* The other of two incidents; its events tell of the act too. */
static uint64_t other;
static void opened_twice(void) {
  assigned();
  other = report_as(HJ_TIER_EMERGENCY, 0).incident_id;
  drop_events(engine);
}
static void merged(void) {
  opened_twice();
  REQUIRE_STATUS(hj_incident_merge(engine, call.incident_id, other, 0), HJ_OK);
  drop_events(engine);
}
static hj_status merge(const hj_action *action) {
  return hj_incident_merge_by(engine, call.incident_id, other, 0, action);
}
static hj_status divert(const hj_action *action) {
  return hj_assignment_divert_by(engine, assignment, other, 0, NULL, action);
}
static hj_status unmerge(const hj_action *action) {
  return hj_incident_unmerge_by(engine, call.incident_id, 0, action);
}

static void likely(void) {
  static const char plans[] = "{\"version\": 1, \"plans\": [{\"name\": \"one\", \"units\": [{}], \"repeats\": {}}]}";
  load_plans(plans, sizeof plans - 1);
  assigned();
  hj_report report = make_report(HJ_TIER_EMERGENCY, 0, 0);
  hj_dispatch dispatch = empty_dispatch();
  REQUIRE_STATUS(hj_incident_report(engine, &report, &dispatch), HJ_HELD);
  call = dispatch;
  drop_events(engine);
}
static hj_status separate(const hj_action *action) {
  return hj_incident_separate_by(engine, call.incident_id, 0, NULL, action);
}
static hj_status add_call(const hj_action *action) {
  hj_report report = make_report(HJ_TIER_EMERGENCY, 0, 0);
  return hj_incident_add_call_by(engine, call.incident_id, &report, action);
}

/* Of the incident that it opens. */
static hj_status self_initiated(const hj_action *action) {
  static uint64_t unit = 100;
  put_unit(engine, ++unit, 5, 5);
  hj_report report = make_report(HJ_TIER_EMERGENCY, 5, 5);
  hj_dispatch dispatch = empty_dispatch();
  hj_status status = hj_unit_self_initiated_by(engine, unit, &report, &dispatch, action);
  if (status == HJ_OK) call = dispatch;
  return status;
}

static hj_clock_ref seen(int32_t step) {
  hj_clock_ref reference = clock_of(HJ_CLOCK_ACKNOWLEDGE, 0, assignment);
  reference.step = step;
  return reference;
}
static hj_status take(const hj_action *action) {
  hj_clock_ref reference = seen(1);
  return hj_clock_take(engine, &reference, action);
}
static hj_status snooze(const hj_action *action) {
  hj_clock_ref reference = seen(1);
  return hj_clock_snooze(engine, &reference, 60, action);
}
static hj_status escalate(const hj_action *action) {
  hj_clock_ref reference = seen(1);
  return hj_clock_escalate(engine, &reference, action);
}

static hj_status set_mode(const hj_action *action) {
  return hj_mode_set(engine, HJ_MODE_MANUAL, action);
}

static const struct act {
  const char *name;
  void (*prepare)(void);
  hj_status (*call)(const hj_action *);
  int32_t kind;    /* of an event that tells of it */
  int is_nullable; /* `action` may be NULL */
  int is_for_all;  /* no incident's: none keeps its operator */
  int is_forcible; /* `force` 1 has a meaning */
} acts[] = {
    {"hj_assignment_advance_by", assigned, advance, HJ_EVENT_ASSIGNMENT, 1, 0, 0},
    {"hj_assignment_divert_by", opened_twice, divert, HJ_EVENT_INCIDENT, 1, 0, 1},
    {"hj_incident_assign_by", assigned, assign, HJ_EVENT_ASSIGNMENT, 1, 0, 0},
    {"hj_incident_cancel_by", assigned, cancel, HJ_EVENT_INCIDENT, 1, 0, 0},
    {"hj_incident_close_by", assigned, close_incident, HJ_EVENT_INCIDENT, 1, 0, 0},
    {"hj_incident_called_back_by", closed, called_back, HJ_EVENT_INCIDENT, 1, 0, 0},
    {"hj_incident_called_back_with", closed, called_back_with, HJ_EVENT_INCIDENT, 1, 0, 0},
    {"hj_incident_set_lead_by", assigned, set_lead, HJ_EVENT_INCIDENT, 1, 0, 0},
    {"hj_incident_raise_by", raisable, raise_level, HJ_EVENT_INCIDENT, 1, 0, 0},
    {"hj_incident_merge_by", opened_twice, merge, HJ_EVENT_INCIDENT, 1, 0, 0},
    {"hj_incident_unmerge_by", merged, unmerge, HJ_EVENT_INCIDENT, 1, 0, 0},
    {"hj_incident_separate_by", likely, separate, HJ_EVENT_INCIDENT, 1, 0, 0},
    {"hj_incident_add_call_by", assigned, add_call, HJ_EVENT_INCIDENT, 1, 0, 0},
    {"hj_unit_self_initiated_by", assigned, self_initiated, HJ_EVENT_ASSIGNMENT, 1, 0, 0},
    {"hj_clock_take", escalated, take, HJ_EVENT_CLOCK, 0, 0, 0},
    {"hj_clock_snooze", escalated, snooze, HJ_EVENT_CLOCK, 0, 0, 0},
    {"hj_clock_escalate", escalated, escalate, HJ_EVENT_ESCALATION, 0, 0, 0},
    {"hj_mode_set", assigned, set_mode, HJ_EVENT_MODE, 1, 1, 0},
};
#define ACTS (sizeof acts / sizeof acts[0])

static void ready(const struct act *act) {
  other = 0;
  begin(2, 1024);
  act->prepare();
}

/* How many events waited; those of the act's kind must carry operator and reason. */
static int told(const struct act *act, uint64_t operator_id, uint32_t reason) {
  hj_event events[32];
  int found = 0, count = (int)take_events(engine, events, 32);
  for (int index = 0; index < count; index++) {
    if (events[index].kind != act->kind || (other != 0 && events[index].incident_id == other)) continue;
    found++;
    CHECK_EQUAL(events[index].incident_id, act->is_for_all ? 0 : call.incident_id);
    CHECK_EQUAL(events[index].operator_id, operator_id);
    CHECK_EQUAL(events[index].operator_reason, reason);
    CHECK_EQUAL(events[index].operator_session, operator_id == 0 ? 0 : SESSION);
    CHECK_EQUAL(events[index].operator_role, operator_id == 0 ? 0 : ROLE);
    if (act->kind == HJ_EVENT_CLOCK) CHECK_EQUAL((uint32_t)events[index].reason, reason);
  }
  CHECK_OF(act->name, found > 0, "no event tells of it");
  return count;
}

static void operator_and_reason(const struct act *act) {
  ready(act);
  CHECK_EQUAL(read_incident(engine, call.incident_id).operator_id, 0);
  hj_action action = an_action();
  CHECK_STATUS_OF(act->name, act->call(&action), HJ_OK);
  told(act, OPERATOR, REASON);
  hj_incident_status status = read_incident(engine, call.incident_id);
  CHECK_EQUAL(status.operator_id, act->is_for_all ? 0 : OPERATOR);
  CHECK_EQUAL(status.operator_reason, act->is_for_all ? 0 : REASON);
  CHECK_EQUAL(status.operator_session, act->is_for_all ? 0 : SESSION);
  CHECK_EQUAL(status.operator_role, act->is_for_all ? 0 : ROLE);
  finish();
  if (!act->is_nullable) return;
  /* Nobody's name: nothing is told and what was kept stays. */
  ready(act);
  CHECK_STATUS_OF(act->name, act->call(NULL), HJ_OK);
  told(act, 0, 0);
  CHECK_EQUAL(read_incident(engine, call.incident_id).operator_id, 0);
  CHECK_EQUAL(read_incident(engine, call.incident_id).operator_reason, 0);
  finish();
}

/* What has no meaning yet is refused, and nothing has happened. */
static void no_force(const struct act *act) {
  ready(act);
  hj_incident_status before = read_incident(engine, call.incident_id);
  static const uint32_t values[] = {1, 2, INT32_MAX, UINT32_MAX};
  for (int index = act->is_forcible; index < 12; index++) {
    hj_action action = an_action();
    *(index < 4 ? &action.force : index < 8 ? &action.reserved0 : &action.reserved1) = values[index % 4];
    CHECK_STATUS_OF(act->name, act->call(&action), HJ_E_UNSUPPORTED);
  }
  hj_incident_status after = read_incident(engine, call.incident_id);
  CHECK_BYTES(&before, &after, sizeof before);
  hj_event event;
  CHECK_EQUAL(take_events(engine, &event, 1), 0);
  hj_action action = an_action();
  CHECK_STATUS_OF(act->name, act->call(&action), HJ_OK);
  finish();
}

/* The newest act stays: of several people, and of one that has no number and gives a reason. */
static void the_newest_stays(void) {
  begin(2, 1024);
  assigned();
  hj_action action = an_action();
  CHECK_STATUS(advance(&action), HJ_OK);
  action.operator_id = 8;
  action.reason = 0;
  CHECK_STATUS(set_lead(&action), HJ_OK);
  CHECK_EQUAL(read_incident(engine, call.incident_id).operator_id, 8);
  CHECK_EQUAL(read_incident(engine, call.incident_id).operator_reason, 0);
  /* Refused, or no change: nobody acted. */
  action.operator_id = 9;
  CHECK_STATUS(set_lead(&action), HJ_UNCHANGED);
  CHECK_STATUS(called_back(&action), HJ_E_STATE);
  CHECK_EQUAL(read_incident(engine, call.incident_id).operator_id, 8);
  CHECK_STATUS(hj_assignment_advance(engine, assignment, HJ_ASSIGNMENT_REPORTED, 0), HJ_OK);
  CHECK_EQUAL(read_incident(engine, call.incident_id).operator_id, 8);
  action.operator_id = 0;
  action.reason = 12;
  CHECK_STATUS(close_incident(&action), HJ_OK);
  CHECK_EQUAL(read_incident(engine, call.incident_id).operator_id, 0);
  CHECK_EQUAL(read_incident(engine, call.incident_id).operator_reason, 12);
  finish();
}

/* ---- The header's list ----------------------------------------------------------------------------------------- */

/* No event tells of these by itself: `signed_acts` tries each of them beside a journal. */
static const char *const elsewhere[] = {"hj_plans_load_by",        "hj_unit_put_by",        "hj_unit_remove_by",
                                        "hj_unit_set_activity_by", "hj_incident_report_by", "hj_incident_update_by",
                                        "hj_watch_put_by",         "hj_watch_remove_by",    "hj_watch_pause_by",
                                        "hj_watch_resume_by",      "hj_watch_alarm_by",     "hj_incident_post_by",
                                        "hj_traffic_report_by"};
#define ELSEWHERE (sizeof elsewhere / sizeof elsewhere[0])

static void as_the_header_lists(const char *path) {
  FILE *header = fopen(path, "r");
  if (header == NULL) fprintf(stderr, "%s is not there\n", path);
  REQUIRE(header != NULL);
  static char text[1 << 20];
  size_t length = fread(text, 1, sizeof text - 1, header);
  fclose(header);
  text[length] = 0;
  int is_found[ACTS] = {0};
  int listed = 0;
  for (char *at = text; (at = strstr(at, "\nhj_status hj_")) != NULL;) {
    char *name = at + strlen("\nhj_status ");
    char *end = strchr(name, ';'), *open = strchr(name, '(');
    REQUIRE(end != NULL);
    REQUIRE(open != NULL);
    REQUIRE_LESS(open - text, end - text);
    at = end + 1;
    *end = *open = 0;
    if (strstr(open + 1, "const hj_action *") == NULL) continue;
    listed++;
    size_t index = 0;
    for (index = 0; index < ELSEWHERE && strcmp(elsewhere[index], name) != 0;) index++;
    if (index < ELSEWHERE) continue;
    index = 0;
    while (index < ACTS && strcmp(acts[index].name, name) != 0) index++;
    CHECK_OF(name, index < ACTS, "an act of people that this table does not try");
    if (index < ACTS) is_found[index] = 1;
  }
  for (size_t index = 0; index < ACTS; index++) CHECK_OF(acts[index].name, is_found[index], "not in the header");
  CHECK_AT_LEAST(listed, 10);
}

/* ---- Since when a unit is idle --------------------------------------------------------------------------------- */

/* Two units at one place, off duty, then available at different times: the one that is idle longest goes. */
static uint64_t idle_longest(int64_t first_us, int64_t second_us) {
  begin(0, 1024);
  put_unit(engine, 1, 0, 10);
  put_unit(engine, 2, 0, 10);
  for (uint64_t id = 1; id <= 2; id++) CHECK_STATUS(hj_unit_set_activity(engine, id, HJ_ACTIVITY_OFF_DUTY, 0), HJ_OK);
  poll_at(engine, START_NS + 100 * SECOND_NS);
  CHECK_STATUS(hj_unit_set_activity(engine, 1, HJ_ACTIVITY_PATROLLING, first_us), HJ_OK);
  poll_at(engine, START_NS + 101 * SECOND_NS);
  CHECK_STATUS(hj_unit_set_activity(engine, 2, HJ_ACTIVITY_PATROLLING, second_us), HJ_OK);
  CHECK_STATUS(hj_unit_set_activity(engine, 2, HJ_ACTIVITY_STATION, -1), HJ_E_ARGUMENT);
  poll_at(engine, START_NS + 200 * SECOND_NS);
  uint64_t sent = report_as(HJ_TIER_EMERGENCY, 0).chosen[0].unit_id;
  finish();
  return sent;
}

static void idle_since(void) {
  CHECK_EQUAL(idle_longest(0, 0), 1);
  CHECK_EQUAL(idle_longest(0, START_US + 50 * 1000000), 2); /* typed in late */
  CHECK_EQUAL(idle_longest(START_US + 40 * 1000000, START_US + 50 * 1000000), 1);
  CHECK_EQUAL(idle_longest(START_US + 60 * 1000000, START_US + 50 * 1000000), 2);
  CHECK_EQUAL(idle_longest(START_US + INT64_C(900000000000), 0), 1); /* the future counts as now */
  CHECK_EQUAL(idle_longest(0, INT64_MAX), 1);
  CHECK_EQUAL(idle_longest(INT64_MAX, 1), 2);
}

int main(int argc, char **argv) {
  as_the_header_lists(argc > 1 ? argv[1] : "include/hujia.h");
  for (size_t index = 0; index < ACTS; index++) {
    operator_and_reason(&acts[index]);
    no_force(&acts[index]);
  }
  the_newest_stays();
  idle_since();
  return check_finish();
}
