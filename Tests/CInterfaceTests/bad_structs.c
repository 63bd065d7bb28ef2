/* Every public function with a struct of the wrong size, and with NULL in its place. Each row of the table names a
 * function; the status it must answer is named, and the host never crashes. (Handles that are none: handles.c.) */
#include "watch_rows.h"
#include "world.h"

/* ---- Structs with a wrong size: one row a function and struct ---- */

typedef hj_status (*sized_call)(hj_engine *engine, void *sized);

static hj_status config_in(hj_engine *engine, void *config) {
  hj_engine *opened = NULL;
  (void)engine;
  hj_status status = hj_engine_open(config, &opened, NULL);
  if (status == HJ_OK) hj_engine_close(opened);
  return status;
}
static hj_status stats_out(hj_engine *engine, void *stats) {
  return hj_engine_stats(engine, stats);
}
static hj_status unit_in(hj_engine *engine, void *unit) {
  return hj_unit_put(engine, unit);
}
static hj_status unit_out(hj_engine *engine, void *status) {
  return hj_unit_read(engine, 1, status);
}
static hj_status position_in(hj_engine *engine, void *position) {
  return hj_positions_report(engine, position, 1, NULL);
}
static hj_status report_in(hj_engine *engine, void *report) {
  hj_dispatch dispatch = empty_dispatch();
  return hj_incident_report(engine, report, &dispatch);
}
static hj_status recommend_in(hj_engine *engine, void *report) {
  hj_dispatch dispatch = empty_dispatch();
  return hj_incident_recommend(engine, report, &dispatch);
}
static hj_status post_in(hj_engine *engine, void *report) {
  return hj_incident_post(engine, report);
}
static hj_status post_within_in(hj_engine *engine, void *report) {
  return hj_incident_post_within(engine, report, SECOND_NS);
}
static hj_status update_in(hj_engine *engine, void *report) {
  return hj_incident_update(engine, live_incident, report, NULL);
}
static hj_status report_out(hj_engine *engine, void *dispatch) {
  hj_report report = make_report(HJ_TIER_ROUTINE, 1, 1);
  report.key_high = 77; /* one incident for all sizes */
  hj_status status = hj_incident_report(engine, &report, dispatch);
  return status == HJ_EXISTS ? HJ_OK : status;
}
static hj_status recommend_out(hj_engine *engine, void *dispatch) {
  hj_report report = make_report(HJ_TIER_ROUTINE, 1, 1);
  return hj_incident_recommend(engine, &report, dispatch);
}
static hj_status update_out(hj_engine *engine, void *dispatch) {
  hj_report report = make_report(HJ_TIER_NONE, 1, 1);
  return hj_incident_update(engine, live_incident, &report, dispatch);
}
static hj_status incident_out(hj_engine *engine, void *status) {
  return hj_incident_read(engine, live_incident, status);
}
static hj_status assign_action(hj_engine *engine, void *action) {
  hj_status status = hj_incident_assign_by(engine, live_incident, 1, 0, NULL, action);
  return status == HJ_UNCHANGED ? HJ_OK : status;
}
static hj_status advance_action(hj_engine *engine, void *action) {
  hj_status status = hj_assignment_advance_by(engine, live_assignment, HJ_ASSIGNMENT_DELIVERED, 0, action);
  return status == HJ_UNCHANGED ? HJ_OK : status;
}
static hj_status cancel_action(hj_engine *engine, void *action) {
  hj_status status = hj_incident_cancel_by(engine, 12345, 0, action);
  return status == HJ_E_STALE ? HJ_OK : status; /* the id is checked after the struct */
}
static hj_status close_action(hj_engine *engine, void *action) {
  hj_status status = hj_incident_close_by(engine, 12345, 0, 0, action);
  return status == HJ_E_STALE ? HJ_OK : status;
}
static hj_status events_out(hj_engine *engine, void *events) {
  uint32_t count;
  return hj_events_poll(engine, events, 1, &count);
}
static hj_status query_in(hj_engine *engine, void *query) {
  hj_nearest nearest = {0};
  uint32_t count;
  nearest.size = sizeof nearest;
  hj_status status = hj_nearest_units(engine, query, &nearest, 1, &count);
  return status == HJ_E_BUFFER ? HJ_OK : status;
}
static hj_status nearest_out(hj_engine *engine, void *nearest) {
  hj_nearest_query query = {0};
  uint32_t count;
  query.size = sizeof query;
  query.k = 1;
  query.levels = 7;
  place(0, 0, &query.lat_e7, &query.lon_e7);
  return hj_nearest_units(engine, &query, nearest, 1, &count);
}
static hj_status summary_out(hj_engine *engine, void *summary) {
  return hj_route(engine, CENTRE_LAT_E7, CENTRE_LON_E7, CENTRE_LAT_E7 + 9000, CENTRE_LON_E7, summary, NULL, 0, NULL);
}
static hj_status points_out(hj_engine *engine, void *points) {
  uint32_t needed;
  hj_status status =
      hj_route(engine, CENTRE_LAT_E7, CENTRE_LON_E7, CENTRE_LAT_E7 + 9000, CENTRE_LON_E7, NULL, points, 1, &needed);
  return status == HJ_E_BUFFER ? HJ_OK : status;
}
static hj_status assignment_points_out(hj_engine *engine, void *points) {
  uint32_t needed;
  hj_status status = hj_assignment_route(engine, live_assignment, points, 1, &needed);
  return status == HJ_E_BUFFER ? HJ_OK : status;
}

static hj_status assignment_out(hj_engine *engine, void *assignment) {
  return hj_assignment_read(engine, live_assignment, assignment);
}
static hj_status incident_units_out(hj_engine *engine, void *assignments) {
  uint32_t count;
  return hj_incident_units(engine, live_incident, assignments, 1, &count);
}
static hj_status incidents_page(hj_engine *engine, void *incidents) {
  uint64_t cursor = 0;
  uint32_t count;
  return hj_incidents_list(engine, &cursor, incidents, 1, &count, NULL);
}
static hj_status units_page(hj_engine *engine, void *units) {
  uint64_t cursor = 0;
  uint32_t count;
  return hj_units_list(engine, &cursor, units, 1, &count, NULL);
}
static hj_status watches_page(hj_engine *engine, void *watches) {
  uint64_t cursor = 0;
  uint32_t count;
  return hj_watches_list(engine, &cursor, watches, 1, &count, NULL);
}

static hj_status clock_in(hj_engine *engine, void *clock) {
  hj_clock_status status = {0};
  status.size = sizeof status;
  return hj_clock_read(engine, clock, &status);
}
static hj_status clock_out(hj_engine *engine, void *status) {
  hj_clock_ref clock = valid_clock;
  return hj_clock_read(engine, &clock, status);
}
/* Nothing has fired yet, so there is nothing to take: the operator and the step are checked after the structs. */
static hj_status take_clock(hj_engine *engine, void *clock) {
  hj_action action = {0};
  action.size = sizeof action;
  hj_status status = hj_clock_take(engine, clock, &action);
  return status == HJ_E_ARGUMENT ? HJ_OK : status;
}
static hj_status take_by(hj_engine *engine, void *action) {
  hj_clock_ref clock = valid_clock;
  hj_status status = hj_clock_take(engine, &clock, action);
  return status == HJ_E_ARGUMENT ? HJ_OK : status;
}
static hj_status snooze_by(hj_engine *engine, void *action) {
  hj_clock_ref clock = valid_clock;
  hj_status status = hj_clock_snooze(engine, &clock, 60, action);
  return status == HJ_E_ARGUMENT ? HJ_OK : status;
}
static hj_status escalate_by(hj_engine *engine, void *action) {
  hj_clock_ref clock = valid_clock;
  hj_status status = hj_clock_escalate(engine, &clock, action);
  return status == HJ_E_ARGUMENT ? HJ_OK : status;
}
static hj_status called_back_action(hj_engine *engine, void *action) {
  hj_status status = hj_incident_called_back_by(engine, 12345, 0, action);
  return status == HJ_E_STALE ? HJ_OK : status;
}
static hj_status called_back_with_action(hj_engine *engine, void *action) {
  hj_status status = hj_incident_called_back_with(engine, 12345, 1, 0, action);
  return status == HJ_E_STALE ? HJ_OK : status;
}
static hj_status set_lead_action(hj_engine *engine, void *action) {
  hj_status status = hj_incident_set_lead_by(engine, 12345, 1, 0, action);
  return status == HJ_E_STALE ? HJ_OK : status;
}
static hj_status raise_action(hj_engine *engine, void *action) {
  hj_status status = hj_incident_raise_by(engine, 12345, 2, 0, NULL, action);
  return status == HJ_E_STALE ? HJ_OK : status;
}
static hj_status divert_action(hj_engine *engine, void *action) {
  hj_status status = hj_assignment_divert_by(engine, live_assignment, 12345, 0, NULL, action);
  return status == HJ_E_STALE ? HJ_OK : status;
}
static hj_status merge_action(hj_engine *engine, void *action) {
  hj_status status = hj_incident_merge_by(engine, 12345, live_incident, 0, action);
  return status == HJ_E_STALE ? HJ_OK : status;
}
static hj_status unmerge_action(hj_engine *engine, void *action) {
  hj_status status = hj_incident_unmerge_by(engine, 12345, 0, action);
  return status == HJ_E_STALE ? HJ_OK : status;
}
static hj_status separate_action(hj_engine *engine, void *action) {
  hj_status status = hj_incident_separate_by(engine, 12345, 0, NULL, action);
  return status == HJ_E_STALE ? HJ_OK : status;
}
static hj_status separate_out(hj_engine *engine, void *dispatch) {
  hj_status status = hj_incident_separate(engine, live_incident, 0, dispatch);
  return status == HJ_UNCHANGED ? HJ_OK : status;
}
static hj_status add_call_action(hj_engine *engine, void *action) {
  hj_status status = hj_incident_add_call_by(engine, 12345, &valid_report, action);
  return status == HJ_E_STALE ? HJ_OK : status;
}
static hj_status add_call_in(hj_engine *engine, void *report) {
  return hj_incident_add_call(engine, live_incident, report);
}
static hj_status self_initiated_action(hj_engine *engine, void *action) {
  hj_dispatch dispatch = {.size = sizeof dispatch};
  hj_status status = hj_unit_self_initiated_by(engine, 12345, &valid_report, &dispatch, action);
  return status == HJ_E_UNKNOWN ? HJ_OK : status;
}
static hj_status self_initiated_in(hj_engine *engine, void *report) {
  hj_dispatch dispatch = {.size = sizeof dispatch};
  hj_status status = hj_unit_self_initiated(engine, 12345, report, &dispatch);
  return status == HJ_E_UNKNOWN ? HJ_OK : status;
}
static hj_status self_initiated_out(hj_engine *engine, void *dispatch) {
  hj_status status = hj_unit_self_initiated(engine, 12345, &valid_report, dispatch);
  return status == HJ_E_UNKNOWN ? HJ_OK : status;
}
static hj_status repeats_in(hj_engine *engine, void *report) {
  uint32_t count;
  hj_status status = hj_incident_repeats(engine, report, NULL, 0, &count);
  return status == HJ_E_BUFFER ? HJ_OK : status;
}
static hj_status repeats_out(hj_engine *engine, void *repeats) {
  uint32_t count;
  hj_status status = hj_incident_repeats(engine, &valid_report, repeats, 1, &count);
  return status == HJ_E_BUFFER ? HJ_OK : status;
}
static hj_status raise_out(hj_engine *engine, void *dispatch) {
  hj_status status = hj_incident_raise(engine, live_incident, 1, 0, dispatch);
  return status == HJ_UNCHANGED ? HJ_OK : status;
}
static hj_status street_time_in(hj_engine *engine, void *time) {
  hj_status verdict = HJ_OK;
  hj_status status = hj_traffic_report_each(engine, time, 1, &verdict, NULL);
  return status == HJ_PARTIAL && verdict == HJ_E_UNKNOWN ? HJ_OK : status; /* no streets here */
}
static hj_status street_time_action(hj_engine *engine, void *action) {
  hj_status status = hj_traffic_report_by(engine, &valid_street_time, 1, NULL, NULL, action);
  return status == HJ_PARTIAL ? HJ_OK : status;
}
static hj_status street_time_plain(hj_engine *engine, void *time) {
  hj_status status = hj_traffic_report(engine, time, 1);
  return status == HJ_PARTIAL ? HJ_OK : status;
}

static const struct sized_row {
  const char *name;
  size_t size;
  const void *valid; /* NULL: all zero is valid */
  sized_call call;
  uint32_t first; /* bytes in version 0.1, where the struct has grown since */
} sized_rows[] = {
    {"hj_engine_open config", sizeof(hj_config), &valid_config, config_in, 112},
    {"hj_engine_stats", sizeof(hj_stats), NULL, stats_out, 320},
    {"hj_unit_put", sizeof(hj_unit), &valid_unit, unit_in, 64},
    {"hj_unit_read", sizeof(hj_unit_status), NULL, unit_out, 72},
    {"hj_positions_report", sizeof(hj_position), &valid_position, position_in, 0},
    {"hj_incident_report report", sizeof(hj_report), &valid_report, report_in, 64},
    {"hj_incident_recommend report", sizeof(hj_report), &valid_report, recommend_in, 64},
    {"hj_incident_post report", sizeof(hj_report), &valid_report, post_in, 64},
    {"hj_incident_post_within report", sizeof(hj_report), &valid_report, post_within_in, 64},
    {"hj_incident_update report", sizeof(hj_report), &valid_report, update_in, 64},
    {"hj_incident_report dispatch", sizeof(hj_dispatch), NULL, report_out, 680},
    {"hj_incident_recommend dispatch", sizeof(hj_dispatch), NULL, recommend_out, 680},
    {"hj_incident_update dispatch", sizeof(hj_dispatch), NULL, update_out, 680},
    {"hj_incident_read", sizeof(hj_incident_status), NULL, incident_out, 216},
    {"hj_incident_assign_by action", sizeof(hj_action), NULL, assign_action, 24},
    {"hj_assignment_advance_by action", sizeof(hj_action), NULL, advance_action, 24},
    {"hj_incident_cancel_by action", sizeof(hj_action), NULL, cancel_action, 24},
    {"hj_incident_close_by action", sizeof(hj_action), NULL, close_action, 24},
    {"hj_events_poll", sizeof(hj_event), NULL, events_out, 112},
    {"hj_nearest_units query", sizeof(hj_nearest_query), &valid_query, query_in, 40},
    {"hj_nearest_units nearest", sizeof(hj_nearest), NULL, nearest_out, 24},
    {"hj_route summary", sizeof(hj_route_summary), NULL, summary_out, 24},
    {"hj_route points", sizeof(hj_route_point), NULL, points_out, 0},
    {"hj_assignment_route points", sizeof(hj_route_point), NULL, assignment_points_out, 0},
    {"hj_assignment_read", sizeof(hj_assignment), NULL, assignment_out, 0},
    {"hj_incident_units", sizeof(hj_assignment), NULL, incident_units_out, 0},
    {"hj_incidents_list", sizeof(hj_incident_status), NULL, incidents_page, 216},
    {"hj_units_list", sizeof(hj_unit_status), NULL, units_page, 72},
    {"hj_watches_list", sizeof(hj_watch_status), NULL, watches_page, 0},
    {"hj_clock_read clock", sizeof(hj_clock_ref), &valid_clock, clock_in, 32},
    {"hj_clock_read status", sizeof(hj_clock_status), NULL, clock_out, 0},
    {"hj_clock_take clock", sizeof(hj_clock_ref), &valid_clock, take_clock, 32},
    {"hj_clock_take who", sizeof(hj_action), NULL, take_by, 24},
    {"hj_clock_snooze who", sizeof(hj_action), NULL, snooze_by, 24},
    {"hj_clock_escalate who", sizeof(hj_action), NULL, escalate_by, 24},
    {"hj_incident_called_back_by action", sizeof(hj_action), NULL, called_back_action, 24},
    {"hj_incident_called_back_with action", sizeof(hj_action), NULL, called_back_with_action, 24},
    {"hj_incident_set_lead_by action", sizeof(hj_action), NULL, set_lead_action, 24},
    {"hj_assignment_divert_by action", sizeof(hj_action), NULL, divert_action, 24},
    {"hj_incident_merge_by action", sizeof(hj_action), NULL, merge_action, 24},
    {"hj_incident_unmerge_by action", sizeof(hj_action), NULL, unmerge_action, 24},
    {"hj_incident_separate_by action", sizeof(hj_action), NULL, separate_action, 24},
    {"hj_incident_separate dispatch", sizeof(hj_dispatch), NULL, separate_out, 680},
    {"hj_incident_add_call_by action", sizeof(hj_action), NULL, add_call_action, 24},
    {"hj_incident_add_call report", sizeof(hj_report), &valid_report, add_call_in, 64},
    {"hj_unit_self_initiated_by action", sizeof(hj_action), NULL, self_initiated_action, 24},
    {"hj_unit_self_initiated report", sizeof(hj_report), &valid_report, self_initiated_in, 64},
    {"hj_unit_self_initiated dispatch", sizeof(hj_dispatch), NULL, self_initiated_out, 680},
    {"hj_incident_repeats report", sizeof(hj_report), &valid_report, repeats_in, 64},
    {"hj_incident_repeats repeats", sizeof(hj_repeat), NULL, repeats_out, 32},
    {"hj_incident_raise_by action", sizeof(hj_action), NULL, raise_action, 24},
    {"hj_incident_raise dispatch", sizeof(hj_dispatch), NULL, raise_out, 680},
    {"hj_traffic_report", sizeof(hj_street_time), &valid_street_time, street_time_plain, 0},
    {"hj_traffic_report_each", sizeof(hj_street_time), &valid_street_time, street_time_in, 0},
    {"hj_traffic_report_by action", sizeof(hj_action), NULL, street_time_action, 24},
    WATCH_SIZED_ROWS,
};

/* Room for a struct of a later version, and a canary behind it. */
static union {
  uint64_t aligned;
  unsigned char bytes[8192];
} space;

static hj_status with_size(const struct sized_row *row, uint32_t size, int tail) {
  memset(space.bytes, 0, sizeof space.bytes);
  if (row->valid != NULL) memcpy(space.bytes, row->valid, row->size);
  memset(space.bytes + row->size, tail, 64);
  memcpy(space.bytes, &size, sizeof size);
  return row->call(good, space.bytes);
}

/* A program of version 0.1: what lies behind its struct is its own, neither read nor written. */
static void old_size(const struct sized_row *row) {
  memset(space.bytes, 0xa5, sizeof space.bytes);
  memset(space.bytes, 0, row->first);
  if (row->valid != NULL) memcpy(space.bytes, row->valid, row->first);
  memcpy(space.bytes, &row->first, sizeof row->first);
  CHECK_STATUS(row->call(good, space.bytes), HJ_OK);
  for (size_t index = row->first; index < row->first + 256; index++) CHECK_EACH_EQUAL(space.bytes[index], 0xa5);
  CHECK_EQUAL(*(uint32_t *)(void *)space.bytes, row->first);
}

static void expect_row(const struct sized_row *row, const char *what, hj_status actual, hj_status expected) {
  if (actual != expected) fprintf(stderr, "%s, %s: ", row->name, what);
  CHECK_STATUS_OF(row->name, actual, expected);
}

static void wrong_sizes(void) {
  for (size_t index = 0; index < sizeof sized_rows / sizeof sized_rows[0]; index++) {
    const struct sized_row *row = &sized_rows[index];
    uint32_t size = (uint32_t)row->size;
    expect_row(row, "size as compiled", with_size(row, size, 0), HJ_OK);
    expect_row(row, "size 0", with_size(row, 0, 0), HJ_E_SIZE);
    expect_row(row, "size 1", with_size(row, 1, 0), HJ_E_SIZE);
    expect_row(row, "one byte short", with_size(row, (row->first ? row->first : size) - 1, 0), HJ_E_SIZE);
    if (row->first) old_size(row);
    expect_row(row, "later version, tail zero", with_size(row, size + 32, 0), HJ_OK);
    expect_row(row, "later version, tail used", with_size(row, size + 32, 1), HJ_E_NEWER);
    expect_row(row, "only the last byte used", with_size(row, size + 1, 1), HJ_E_NEWER);
    expect_row(row, "absurd size", with_size(row, UINT32_MAX, 0), HJ_E_NEWER);
    expect_row(row, "absurd size, signed", with_size(row, (uint32_t)INT32_MAX, 0), HJ_E_NEWER);
    if (row->call != config_in)
      expect_row(row, "NULL", row->call(good, NULL),
                 row->call == update_out || row->call == raise_out || row->call == separate_out ||
                         row->call == alarm_out || strstr(row->name, "action") || row->call == summary_out
                     ? HJ_OK
                     : HJ_E_NULL);
    /* Not aligned: tokens and structs may lie anywhere in a packed host record. */
    memset(space.bytes, 0, sizeof space.bytes);
    if (row->valid != NULL) memcpy(space.bytes + 1, row->valid, row->size);
    memcpy(space.bytes + 1, &size, sizeof size);
    expect_row(row, "unaligned", row->call(good, space.bytes + 1), HJ_OK);
  }
}

int main(void) {
  open_world();
  wrong_sizes();
  close_world();
  return check_finish();
}
