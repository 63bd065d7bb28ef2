/* Acts that a person signs and that no event tells of by themselves: unit, watch, plans, calls. Each stands in the
 * journal with its operator and its desk, nothing that is not understood is taken, and NULL is nobody.
 *
 *   signed_acts */
#include "journal_host.h"

static hj_engine *engine;
static uint64_t incident;
static const char plans[] = "{\"version\": 1, \"plans\": [{\"name\": \"one\", \"units\": [{}]}]}";
static hj_unit unit = {.size = sizeof unit, .id = 77, .lat_e7 = CENTRE_LAT_E7, .lon_e7 = CENTRE_LON_E7, .crew = 2};
static hj_watch watch = {.size = sizeof watch, .id = 5, .lat_e7 = CENTRE_LAT_E7, .lon_e7 = CENTRE_LON_E7};

static hj_status load_plans(const hj_action *action) {
  return hj_plans_load_by(engine, plans, sizeof plans - 1, NULL, action);
}
static hj_status put_unit_by(const hj_action *action) {
  return hj_unit_put_by(engine, &unit, action);
}
static hj_status set_activity(const hj_action *action) {
  return hj_unit_set_activity_by(engine, 77, HJ_ACTIVITY_MEAL, 0, action);
}
static hj_status remove_unit(const hj_action *action) {
  return hj_unit_remove_by(engine, 77, action);
}
static hj_status report(const hj_action *action) {
  hj_report given = make_report(HJ_TIER_ROUTINE, 0, 0);
  hj_dispatch answer = empty_dispatch();
  hj_status status = hj_incident_report_by(engine, &given, &answer, action);
  if (status == HJ_OK) incident = answer.incident_id;
  return status;
}
static hj_status update(const hj_action *action) {
  hj_report given = make_report(HJ_TIER_EMERGENCY, 0, 0);
  return hj_incident_update_by(engine, incident, &given, NULL, action);
}
static hj_status post(const hj_action *action) {
  static uint64_t posted;
  hj_report given = make_report(HJ_TIER_ROUTINE, 0, 0);
  given.key_high = 11;
  given.key_low = ++posted;
  hj_status status = hj_incident_post_by(engine, &given, action);
  if (status != HJ_OK) return status;
  poll_at(engine, START_NS);
  return hj_incident_find(engine, given.key_high, given.key_low, NULL, &incident);
}
static hj_status put_watch(const hj_action *action) {
  return hj_watch_put_by(engine, &watch, action);
}
static hj_status pause_watch(const hj_action *action) {
  return hj_watch_pause_by(engine, 5, 0, action);
}
static hj_status resume_watch(const hj_action *action) {
  return hj_watch_resume_by(engine, 5, action);
}
static hj_status alarm_watch(const hj_action *action) {
  hj_dispatch answer = empty_dispatch();
  hj_status status = hj_watch_alarm_by(engine, 5, 0, &answer, action);
  if (status == HJ_OK) incident = answer.incident_id;
  return status;
}
static hj_status remove_watch(const hj_action *action) {
  return hj_watch_remove_by(engine, 5, action);
}

/* In an order in which each can be done. */
static const struct {
  const char *name;
  hj_status (*call)(const hj_action *);
  int has_incident; /* which keeps the act */
} acts[] = {
    {"hj_plans_load_by", load_plans, 0},
    {"hj_unit_put_by", put_unit_by, 0},
    {"hj_incident_report_by", report, 1},
    {"hj_incident_update_by", update, 1},
    {"hj_unit_put_by", put_unit_by, 0},
    {"hj_watch_put_by", put_watch, 0},
    {"hj_watch_pause_by", pause_watch, 0},
    {"hj_watch_resume_by", resume_watch, 0},
    {"hj_watch_alarm_by", alarm_watch, 1},
    {"hj_watch_remove_by", remove_watch, 0},
    {"hj_unit_set_activity_by", set_activity, 0},
    {"hj_unit_remove_by", remove_unit, 0},
    {"hj_incident_post_by", post, 1},
};
#define ACTS (sizeof acts / sizeof acts[0])

static hj_action action_of(size_t index) {
  hj_action action;
  memset(&action, 0, sizeof action);
  action.size = sizeof action;
  action.operator_id = UINT64_C(0xfedcba9876540000) + index;
  action.session_id = UINT64_C(0x8123456789ab0000) + index;
  action.reason = 7;
  action.role = 9;
  return action;
}

static void open_it(void) {
  hj_config config = journal_config(HJ_RUN_POLL);
  engine = open_engine(&config);
  poll_at(engine, START_NS);
}

/* The unit that the report took is free again: a unit on an incident cannot be removed. */
static void end_the_incident(void) {
  CHECK_STATUS(hj_incident_cancel(engine, incident, 0), HJ_OK);
}

/* What means nothing yet is refused, and nothing is on record for it. */
static void refuses(size_t index) {
  uint64_t before = journal_info(engine).recorded;
  for (int field = 0; field < 4; field++) {
    hj_action action = action_of(index);
    if (field == 0) action.force = 1;
    if (field == 1) action.reserved0 = 1;
    if (field == 2) action.reserved1 = UINT32_MAX;
    if (field == 3) action.size = 3;
    CHECK_STATUS_OF(acts[index].name, acts[index].call(&action), field == 3 ? HJ_E_SIZE : HJ_E_UNSUPPORTED);
  }
  CHECK_EQUAL(journal_info(engine).recorded, before);
}

static void each_is_on_record(void) {
  new_folder();
  open_it();
  for (size_t index = 0; index < ACTS; index++) {
    hj_action action = action_of(index);
    if (acts[index].call == alarm_watch || acts[index].call == set_activity) end_the_incident();
    refuses(index);
    CHECK_STATUS_OF(acts[index].name, acts[index].call(&action), HJ_OK);
    if (!acts[index].has_incident) continue;
    hj_incident_status status = read_incident(engine, incident);
    CHECK_EQUAL(status.operator_id, action.operator_id);
    CHECK_EQUAL(status.operator_session, action.session_id);
    CHECK_EQUAL(status.operator_reason, 7);
    CHECK_EQUAL(status.operator_role, 9);
  }
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  for (size_t index = 0; index < ACTS; index++) {
    CHECK_OF(acts[index].name, is_on_record(action_of(index).operator_id), "its operator is on no record");
    CHECK_OF(acts[index].name, is_on_record(action_of(index).session_id), "its session is on no record");
  }
  CHECK_OF("nobody", !is_on_record(action_of(ACTS).operator_id), "an operator that never acted is on record");
  remove_folder();
}

/* The short forms, and NULL: nobody. */
static void nobody(void) {
  new_folder();
  open_it();
  for (size_t index = 0; index < ACTS; index++) {
    if (acts[index].call == alarm_watch || acts[index].call == set_activity) end_the_incident();
    CHECK_STATUS_OF(acts[index].name, acts[index].call(NULL), HJ_OK);
    if (acts[index].has_incident) CHECK_EQUAL(read_incident(engine, incident).operator_id, 0);
  }
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  remove_folder();
}

/* A repeated report is no act: the incident keeps the person that opened it. */
static void a_repeat_is_no_act(void) {
  new_folder();
  open_it();
  hj_report given = make_report(HJ_TIER_ROUTINE, 0, 0);
  given.key_high = 1;
  given.key_low = 2;
  hj_dispatch answer = empty_dispatch();
  hj_action first = action_of(1), second = action_of(2);
  CHECK_STATUS(put_unit_by(NULL), HJ_OK);
  CHECK_STATUS(hj_incident_report_by(engine, &given, &answer, &first), HJ_OK);
  CHECK_STATUS(hj_incident_report_by(engine, &given, &answer, &second), HJ_EXISTS);
  CHECK_EQUAL(read_incident(engine, answer.incident_id).operator_id, first.operator_id);
  CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  remove_folder();
}

int main(void) {
  each_is_on_record();
  nobody();
  a_repeat_is_no_act();
  return check_finish();
}
