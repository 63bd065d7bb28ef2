/* The layout of every struct in hujia.h, byte by byte: programs compiled years ago rely on it. Nothing here is ever
 * changed; fields are appended, with their own lines. Checked by compilers only, here and in the Swift layout tests. */
#include <stddef.h>

#include "check.h"

#define SIZE(type, bytes) _Static_assert(sizeof(type) == (bytes), #type)
#define FIELD(type, field, offset, bytes) \
  _Static_assert(offsetof(type, field) == (offset) && sizeof(((type *)0)->field) == (bytes), #type "." #field)

SIZE(hj_error_detail, 400);
FIELD(hj_error_detail, size, 0, 4);
FIELD(hj_error_detail, status, 4, 4);
FIELD(hj_error_detail, line, 8, 4);
FIELD(hj_error_detail, column, 12, 4);
FIELD(hj_error_detail, field, 16, 128);
FIELD(hj_error_detail, text, 144, 256);

SIZE(hj_config, 144);
FIELD(hj_config, size, 0, 4);
FIELD(hj_config, run_mode, 4, 4);
FIELD(hj_config, map_path, 8, 8);
FIELD(hj_config, plans_path, 16, 8);
FIELD(hj_config, journal_path, 24, 8);
FIELD(hj_config, max_units, 32, 4);
FIELD(hj_config, max_incidents, 36, 4);
FIELD(hj_config, max_assignments, 40, 4);
FIELD(hj_config, event_capacity, 44, 4);
FIELD(hj_config, datum, 48, 4);
FIELD(hj_config, reserved0, 52, 4);
FIELD(hj_config, uv_loop, 56, 8);
FIELD(hj_config, allocate, 64, 8);
FIELD(hj_config, release, 72, 8);
FIELD(hj_config, allocator_context, 80, 8);
FIELD(hj_config, allocator_name, 88, 8);
FIELD(hj_config, post_capacity, 96, 4);
FIELD(hj_config, key_capacity, 100, 4);
FIELD(hj_config, key_retention_s, 104, 4);
FIELD(hj_config, snap_limit_m, 108, 4);
FIELD(hj_config, traffic, 112, 4);
FIELD(hj_config, reserved1, 116, 4);
FIELD(hj_config, max_speed_cms, 120, 4);
FIELD(hj_config, speed_fixes, 124, 4);
FIELD(hj_config, speed_s, 128, 4);
FIELD(hj_config, max_accuracy_dm, 132, 4);
FIELD(hj_config, max_ahead_s, 136, 4);
FIELD(hj_config, stall_ms, 140, 4);

SIZE(hj_unit, 64);
FIELD(hj_unit, size, 0, 4);
FIELD(hj_unit, kind, 4, 4);
FIELD(hj_unit, id, 8, 8);
FIELD(hj_unit, agency, 16, 4);
FIELD(hj_unit, reserved0, 20, 4);
FIELD(hj_unit, capabilities, 24, 8);
FIELD(hj_unit, home_beat, 32, 4);
FIELD(hj_unit, crew, 36, 4);
FIELD(hj_unit, activity, 40, 4);
FIELD(hj_unit, lat_e7, 44, 4);
FIELD(hj_unit, lon_e7, 48, 4);
FIELD(hj_unit, reserved1, 52, 4);
FIELD(hj_unit, shift_end_wall_us, 56, 8);

SIZE(hj_unit_status, 72);
FIELD(hj_unit_status, size, 0, 4);
FIELD(hj_unit_status, activity, 4, 4);
FIELD(hj_unit_status, unit_id, 8, 8);
FIELD(hj_unit_status, level, 16, 4);
FIELD(hj_unit_status, lat_e7, 20, 4);
FIELD(hj_unit_status, lon_e7, 24, 4);
FIELD(hj_unit_status, has_position, 28, 4);
FIELD(hj_unit_status, incident_id, 32, 8);
FIELD(hj_unit_status, assignment_id, 40, 8);
FIELD(hj_unit_status, fix_wall_us, 48, 8);
FIELD(hj_unit_status, street_id, 56, 8);
FIELD(hj_unit_status, off_network, 64, 4);
FIELD(hj_unit_status, reserved0, 68, 4);

SIZE(hj_position, 48);
FIELD(hj_position, size, 0, 4);
FIELD(hj_position, lat_e7, 4, 4);
FIELD(hj_position, lon_e7, 8, 4);
FIELD(hj_position, accuracy_dm, 12, 4);
FIELD(hj_position, unit_id, 16, 8);
FIELD(hj_position, wall_us, 24, 8);
FIELD(hj_position, heading_cdeg, 32, 4);
FIELD(hj_position, speed_cms, 36, 4);
FIELD(hj_position, datum, 40, 4);
FIELD(hj_position, reserved0, 44, 4);

SIZE(hj_report, 72);
FIELD(hj_report, size, 0, 4);
FIELD(hj_report, tier, 4, 4);
FIELD(hj_report, type, 8, 4);
FIELD(hj_report, lat_e7, 12, 4);
FIELD(hj_report, lon_e7, 16, 4);
FIELD(hj_report, flags, 20, 4);
FIELD(hj_report, key_high, 24, 8);
FIELD(hj_report, key_low, 32, 8);
FIELD(hj_report, caller_hash, 40, 8);
FIELD(hj_report, wall_us, 48, 8);
FIELD(hj_report, datum, 56, 4);
FIELD(hj_report, reserved0, 60, 4);
FIELD(hj_report, appointment_wall_us, 64, 8);

SIZE(hj_chosen_unit, 40);
FIELD(hj_chosen_unit, size, 0, 4);
FIELD(hj_chosen_unit, role, 4, 4);
FIELD(hj_chosen_unit, unit_id, 8, 8);
FIELD(hj_chosen_unit, assignment_id, 16, 8);
FIELD(hj_chosen_unit, travel_ms, 24, 4);
FIELD(hj_chosen_unit, turnout_ms, 28, 4);
FIELD(hj_chosen_unit, distance_dm, 32, 4);
FIELD(hj_chosen_unit, reason, 36, 4);

SIZE(hj_dispatch, 688);
FIELD(hj_dispatch, size, 0, 4);
FIELD(hj_dispatch, incident_state, 4, 4);
FIELD(hj_dispatch, assignment_count, 8, 4);
FIELD(hj_dispatch, tier, 12, 4);
FIELD(hj_dispatch, incident_id, 16, 8);
FIELD(hj_dispatch, shortfall, 24, 4);
FIELD(hj_dispatch, plan, 28, 4);
FIELD(hj_dispatch, decided_in_ns, 32, 8);
FIELD(hj_dispatch, chosen, 40, 640);
FIELD(hj_dispatch, epoch, 680, 8);

SIZE(hj_incident_status, 240);
FIELD(hj_incident_status, size, 0, 4);
FIELD(hj_incident_status, state, 4, 4);
FIELD(hj_incident_status, incident_id, 8, 8);
FIELD(hj_incident_status, tier, 16, 4);
FIELD(hj_incident_status, type, 20, 4);
FIELD(hj_incident_status, lat_e7, 24, 4);
FIELD(hj_incident_status, lon_e7, 28, 4);
FIELD(hj_incident_status, flags, 32, 4);
FIELD(hj_incident_status, plan, 36, 4);
FIELD(hj_incident_status, shortfall, 40, 4);
FIELD(hj_incident_status, live_assignments, 44, 4);
FIELD(hj_incident_status, assignment_ids, 48, 128);
FIELD(hj_incident_status, received_wall_us, 176, 8);
FIELD(hj_incident_status, dispatched_wall_us, 184, 8);
FIELD(hj_incident_status, arrived_wall_us, 192, 8);
FIELD(hj_incident_status, closed_wall_us, 200, 8);
FIELD(hj_incident_status, disposition, 208, 4);
FIELD(hj_incident_status, reserved0, 212, 4);
FIELD(hj_incident_status, lead_agency, 216, 4);
FIELD(hj_incident_status, plans_version, 220, 4);
FIELD(hj_incident_status, appointment_wall_us, 224, 8);
FIELD(hj_incident_status, called_back_wall_us, 232, 8);

SIZE(hj_action, 24);
FIELD(hj_action, size, 0, 4);
FIELD(hj_action, reason, 4, 4);
FIELD(hj_action, operator_id, 8, 8);
FIELD(hj_action, force, 16, 4);
FIELD(hj_action, reserved0, 20, 4);

SIZE(hj_event, 128);
FIELD(hj_event, size, 0, 4);
FIELD(hj_event, kind, 4, 4);
FIELD(hj_event, sequence, 8, 8);
FIELD(hj_event, incident_id, 16, 8);
FIELD(hj_event, assignment_id, 24, 8);
FIELD(hj_event, unit_id, 32, 8);
FIELD(hj_event, wall_us, 40, 8);
FIELD(hj_event, due_wall_us, 48, 8);
FIELD(hj_event, clock, 56, 4);
FIELD(hj_event, step, 60, 4);
FIELD(hj_event, reason, 64, 4);
FIELD(hj_event, state, 68, 4);
FIELD(hj_event, key_high, 72, 8);
FIELD(hj_event, key_low, 80, 8);
FIELD(hj_event, late_ns, 88, 8);
FIELD(hj_event, action, 96, 4);
FIELD(hj_event, cycle, 100, 4);
FIELD(hj_event, operator_id, 104, 8);
FIELD(hj_event, plans_version, 112, 4);
FIELD(hj_event, reserved0, 116, 4);
FIELD(hj_event, epoch, 120, 8);

SIZE(hj_clock_ref, 32);
FIELD(hj_clock_ref, size, 0, 4);
FIELD(hj_clock_ref, clock, 4, 4);
FIELD(hj_clock_ref, incident_id, 8, 8);
FIELD(hj_clock_ref, assignment_id, 16, 8);
FIELD(hj_clock_ref, step, 24, 4);
FIELD(hj_clock_ref, cycle, 28, 4);

SIZE(hj_clock_status, 40);
FIELD(hj_clock_status, size, 0, 4);
FIELD(hj_clock_status, state, 4, 4);
FIELD(hj_clock_status, step, 8, 4);
FIELD(hj_clock_status, cycle, 12, 4);
FIELD(hj_clock_status, due_wall_us, 16, 8);
FIELD(hj_clock_status, planned_wall_us, 24, 8);
FIELD(hj_clock_status, plans_version, 32, 4);
FIELD(hj_clock_status, reserved0, 36, 4);

SIZE(hj_nearest_query, 48);
FIELD(hj_nearest_query, size, 0, 4);
FIELD(hj_nearest_query, lat_e7, 4, 4);
FIELD(hj_nearest_query, lon_e7, 8, 4);
FIELD(hj_nearest_query, k, 12, 4);
FIELD(hj_nearest_query, capabilities, 16, 8);
FIELD(hj_nearest_query, levels, 24, 4);
FIELD(hj_nearest_query, agency, 28, 4);
FIELD(hj_nearest_query, datum, 32, 4);
FIELD(hj_nearest_query, reserved0, 36, 4);
FIELD(hj_nearest_query, profile, 40, 4);
FIELD(hj_nearest_query, reserved1, 44, 4);

SIZE(hj_nearest, 32);
FIELD(hj_nearest, size, 0, 4);
FIELD(hj_nearest, flags, 4, 4);
FIELD(hj_nearest, unit_id, 8, 8);
FIELD(hj_nearest, travel_ms, 16, 4);
FIELD(hj_nearest, distance_dm, 20, 4);
FIELD(hj_nearest, epoch, 24, 8);

SIZE(hj_route_summary, 32);
FIELD(hj_route_summary, size, 0, 4);
FIELD(hj_route_summary, flags, 4, 4);
FIELD(hj_route_summary, travel_ms, 8, 4);
FIELD(hj_route_summary, distance_dm, 12, 4);
FIELD(hj_route_summary, point_count, 16, 4);
FIELD(hj_route_summary, reserved0, 20, 4);
FIELD(hj_route_summary, epoch, 24, 8);

SIZE(hj_route_point, 32);
FIELD(hj_route_point, size, 0, 4);
FIELD(hj_route_point, lat_e7, 4, 4);
FIELD(hj_route_point, lon_e7, 8, 4);
FIELD(hj_route_point, time_ms, 12, 4);
FIELD(hj_route_point, distance_dm, 16, 4);
FIELD(hj_route_point, reserved0, 20, 4);
FIELD(hj_route_point, street_id, 24, 8);

SIZE(hj_stats, 496);
FIELD(hj_stats, size, 0, 4);
FIELD(hj_stats, abi_version, 4, 4);
FIELD(hj_stats, allocator, 8, 16);
FIELD(hj_stats, memory_bytes, 24, 8);
FIELD(hj_stats, reports, 32, 8);
FIELD(hj_stats, posts, 40, 8);
FIELD(hj_stats, decisions, 48, 8);
FIELD(hj_stats, refused, 56, 8);
FIELD(hj_stats, repeated, 64, 8);
FIELD(hj_stats, manual, 72, 8);
FIELD(hj_stats, shortfalls, 80, 8);
FIELD(hj_stats, keys_evicted, 88, 8);
FIELD(hj_stats, incidents_opened, 96, 8);
FIELD(hj_stats, incidents_closed, 104, 8);
FIELD(hj_stats, assignments_opened, 112, 8);
FIELD(hj_stats, assignments_acknowledged, 120, 8);
FIELD(hj_stats, assignments_declined, 128, 8);
FIELD(hj_stats, assignments_expired, 136, 8);
FIELD(hj_stats, escalations, 144, 8);
FIELD(hj_stats, late_deadlines, 152, 8);
FIELD(hj_stats, worst_lateness_ns, 160, 8);
FIELD(hj_stats, escalations_waiting, 168, 8);
FIELD(hj_stats, events_written, 176, 8);
FIELD(hj_stats, events_lost, 184, 8);
FIELD(hj_stats, events_waiting, 192, 8);
FIELD(hj_stats, positions_accepted, 200, 8);
FIELD(hj_stats, positions_refused, 208, 8);
FIELD(hj_stats, turns, 216, 8);
FIELD(hj_stats, longest_turn_ns, 224, 8);
FIELD(hj_stats, units, 232, 8);
FIELD(hj_stats, units_high, 240, 8);
FIELD(hj_stats, incidents_open, 248, 8);
FIELD(hj_stats, incidents_open_high, 256, 8);
FIELD(hj_stats, assignments_live, 264, 8);
FIELD(hj_stats, assignments_live_high, 272, 8);
FIELD(hj_stats, deadlines_armed, 280, 8);
FIELD(hj_stats, deadlines_armed_high, 288, 8);
FIELD(hj_stats, posts_waiting_high, 296, 8);
FIELD(hj_stats, map_nodes, 304, 8);
FIELD(hj_stats, map_streets, 312, 8);
FIELD(hj_stats, traffic_epoch, 320, 8);
FIELD(hj_stats, traffic_reports, 328, 8);
FIELD(hj_stats, traffic_refused, 336, 8);
FIELD(hj_stats, traffic_pending, 344, 8);
FIELD(hj_stats, epochs_built, 352, 8);
FIELD(hj_stats, epochs_mended, 360, 8);
FIELD(hj_stats, epoch_build_ns, 368, 8);
FIELD(hj_stats, epoch_build_longest_ns, 376, 8);
FIELD(hj_stats, positions_unknown_unit, 384, 8);
FIELD(hj_stats, positions_out_of_range, 392, 8);
FIELD(hj_stats, positions_inaccurate, 400, 8);
FIELD(hj_stats, positions_future, 408, 8);
FIELD(hj_stats, positions_old, 416, 8);
FIELD(hj_stats, positions_too_fast, 424, 8);
FIELD(hj_stats, positions_busy, 432, 8);
FIELD(hj_stats, stalls, 440, 8);
FIELD(hj_stats, longest_stall_ns, 448, 8);
FIELD(hj_stats, calls_combined, 456, 8);
FIELD(hj_stats, calls_handed_over, 464, 8);
FIELD(hj_stats, calls_ahead_high, 472, 8);
FIELD(hj_stats, longest_wait_ns, 480, 8);
FIELD(hj_stats, events_waiting_high, 488, 8);

SIZE(hj_street_time, 24);
FIELD(hj_street_time, size, 0, 4);
FIELD(hj_street_time, travel_ms, 4, 4);
FIELD(hj_street_time, street_id, 8, 8);
FIELD(hj_street_time, direction, 16, 4);
FIELD(hj_street_time, profile, 20, 4);

int main(void) {
  /* The compiler checked 215 facts; what is left is that the constants say so too. */
  CHECK_EQUAL(HJ_CHOSEN_MAX, sizeof(((hj_dispatch *)0)->chosen) / sizeof(hj_chosen_unit));
  CHECK_EQUAL(hj_abi_version(), HJ_ABI_VERSION);
  char version[16];
  snprintf(version, sizeof version, "%d.%d.%d", HJ_VERSION_MAJOR, HJ_VERSION_MINOR, HJ_VERSION_PATCH);
  CHECK(strcmp(hj_version(), version) == 0);
  return check_finish();
}
