// The layout of the header's structs as Swift sees it: the library writes what C programs read. The C side of the same
// table is Tests/CInterfaceTests/layout.c.

import CHujia
import Testing

@Suite struct LayoutTests {
  @Test func errorDetail() {
    #expect(MemoryLayout<hj_error_detail>.size == 400)
    #expect(MemoryLayout<hj_error_detail>.stride == 400)
    let offsets: [(PartialKeyPath<hj_error_detail>, Int)] = [
      (\.size, 0),
      (\.status, 4),
      (\.line, 8),
      (\.column, 12),
      (\.field, 16),
      (\.text, 144),
    ]
    for (field, offset) in offsets {
      #expect(MemoryLayout<hj_error_detail>.offset(of: field) == offset)
    }
  }

  @Test func config() {
    #expect(MemoryLayout<hj_config>.size == 184)
    #expect(MemoryLayout<hj_config>.stride == 184)
    let offsets: [(PartialKeyPath<hj_config>, Int)] = [
      (\.size, 0),
      (\.run_mode, 4),
      (\.map_path, 8),
      (\.plans_path, 16),
      (\.journal_path, 24),
      (\.max_units, 32),
      (\.max_incidents, 36),
      (\.max_assignments, 40),
      (\.event_capacity, 44),
      (\.datum, 48),
      (\.reserved0, 52),
      (\.uv_loop, 56),
      (\.allocate, 64),
      (\.release, 72),
      (\.allocator_context, 80),
      (\.allocator_name, 88),
      (\.post_capacity, 96),
      (\.key_capacity, 100),
      (\.key_retention_s, 104),
      (\.snap_limit_m, 108),
      (\.traffic, 112),
      (\.reserved1, 116),
      (\.max_speed_cms, 120),
      (\.speed_fixes, 124),
      (\.speed_s, 128),
      (\.max_accuracy_dm, 132),
      (\.max_ahead_s, 136),
      (\.stall_ms, 140),
      (\.max_watches, 144),
      (\.figure_types, 148),
      (\.figure_agencies, 152),
      (\.figure_beats, 156),
      (\.breach_capacity, 160),
      (\.reserved2, 164),
      (\.map_memory, 168),
      (\.output_datum, 172),
      (\.stale_s, 176),
      (\.off_duty_positions, 180),
    ]
    for (field, offset) in offsets {
      #expect(MemoryLayout<hj_config>.offset(of: field) == offset)
    }
  }

  @Test func unit() {
    #expect(MemoryLayout<hj_unit>.size == 96)
    #expect(MemoryLayout<hj_unit>.stride == 96)
    let offsets: [(PartialKeyPath<hj_unit>, Int)] = [
      (\.size, 0),
      (\.kind, 4),
      (\.id, 8),
      (\.agency, 16),
      (\.reserved0, 20),
      (\.capabilities, 24),
      (\.home_beat, 32),
      (\.crew, 36),
      (\.activity, 40),
      (\.lat_e7, 44),
      (\.lon_e7, 48),
      (\.reserved1, 52),
      (\.shift_end_wall_us, 56),
      (\.capacity, 64),
      (\.sworn, 68),
      (\.people, 72),
      (\.station_lat_e7, 76),
      (\.station_lon_e7, 80),
      (\.reserved2, 84),
      (\.shift_begin_wall_us, 88),
    ]
    for (field, offset) in offsets {
      #expect(MemoryLayout<hj_unit>.offset(of: field) == offset)
    }
  }

  @Test func unitStatus() {
    #expect(MemoryLayout<hj_unit_status>.size == 120)
    #expect(MemoryLayout<hj_unit_status>.stride == 120)
    let offsets: [(PartialKeyPath<hj_unit_status>, Int)] = [
      (\.size, 0),
      (\.activity, 4),
      (\.unit_id, 8),
      (\.level, 16),
      (\.lat_e7, 20),
      (\.lon_e7, 24),
      (\.has_position, 28),
      (\.incident_id, 32),
      (\.assignment_id, 40),
      (\.fix_wall_us, 48),
      (\.street_id, 56),
      (\.off_network, 64),
      (\.reserved0, 68),
      (\.next_activity, 72),
      (\.age_s, 76),
      (\.capacity, 80),
      (\.sworn, 84),
      (\.people, 88),
      (\.station_lat_e7, 92),
      (\.station_lon_e7, 96),
      (\.reserved1, 100),
      (\.shift_begin_wall_us, 104),
      (\.shift_end_wall_us, 112),
    ]
    for (field, offset) in offsets {
      #expect(MemoryLayout<hj_unit_status>.offset(of: field) == offset)
    }
  }

  @Test func position() {
    #expect(MemoryLayout<hj_position>.size == 48)
    #expect(MemoryLayout<hj_position>.stride == 48)
    let offsets: [(PartialKeyPath<hj_position>, Int)] = [
      (\.size, 0),
      (\.lat_e7, 4),
      (\.lon_e7, 8),
      (\.accuracy_dm, 12),
      (\.unit_id, 16),
      (\.wall_us, 24),
      (\.heading_cdeg, 32),
      (\.speed_cms, 36),
      (\.datum, 40),
      (\.reserved0, 44),
    ]
    for (field, offset) in offsets {
      #expect(MemoryLayout<hj_position>.offset(of: field) == offset)
    }
  }

  @Test func report() {
    #expect(MemoryLayout<hj_report>.size == 120)
    #expect(MemoryLayout<hj_report>.stride == 120)
    let offsets: [(PartialKeyPath<hj_report>, Int)] = [
      (\.size, 0),
      (\.tier, 4),
      (\.type, 8),
      (\.lat_e7, 12),
      (\.lon_e7, 16),
      (\.flags, 20),
      (\.key_high, 24),
      (\.key_low, 32),
      (\.caller_hash, 40),
      (\.wall_us, 48),
      (\.datum, 56),
      (\.reserved0, 60),
      (\.appointment_wall_us, 64),
      (\.source, 72),
      (\.agency, 76),
      (\.needs, 80),
      (\.reference, 88),
    ]
    for (field, offset) in offsets {
      #expect(MemoryLayout<hj_report>.offset(of: field) == offset)
    }
  }

  @Test func chosenUnit() {
    #expect(MemoryLayout<hj_chosen_unit>.size == 40)
    #expect(MemoryLayout<hj_chosen_unit>.stride == 40)
    let offsets: [(PartialKeyPath<hj_chosen_unit>, Int)] = [
      (\.size, 0),
      (\.role, 4),
      (\.unit_id, 8),
      (\.assignment_id, 16),
      (\.travel_ms, 24),
      (\.turnout_ms, 28),
      (\.distance_dm, 32),
      (\.reason, 36),
    ]
    for (field, offset) in offsets {
      #expect(MemoryLayout<hj_chosen_unit>.offset(of: field) == offset)
    }
  }

  @Test func dispatch() {
    #expect(MemoryLayout<hj_dispatch>.size == 816)
    #expect(MemoryLayout<hj_dispatch>.stride == 816)
    let offsets: [(PartialKeyPath<hj_dispatch>, Int)] = [
      (\.size, 0),
      (\.incident_state, 4),
      (\.assignment_count, 8),
      (\.tier, 12),
      (\.incident_id, 16),
      (\.shortfall, 24),
      (\.plan, 28),
      (\.decided_in_ns, 32),
      (\.chosen, 40),
      (\.epoch, 680),
      (\.chosen_age_s, 688),
      (\.chosen_flags, 752),
    ]
    for (field, offset) in offsets {
      #expect(MemoryLayout<hj_dispatch>.offset(of: field) == offset)
    }
  }

  @Test func incidentStatus() {
    #expect(MemoryLayout<hj_incident_status>.size == 320)
    #expect(MemoryLayout<hj_incident_status>.stride == 320)
    let offsets: [(PartialKeyPath<hj_incident_status>, Int)] = [
      (\.size, 0),
      (\.state, 4),
      (\.incident_id, 8),
      (\.tier, 16),
      (\.type, 20),
      (\.lat_e7, 24),
      (\.lon_e7, 28),
      (\.flags, 32),
      (\.plan, 36),
      (\.shortfall, 40),
      (\.live_assignments, 44),
      (\.assignment_ids, 48),
      (\.received_wall_us, 176),
      (\.dispatched_wall_us, 184),
      (\.arrived_wall_us, 192),
      (\.closed_wall_us, 200),
      (\.disposition, 208),
      (\.reserved0, 212),
      (\.lead_agency, 216),
      (\.plans_version, 220),
      (\.appointment_wall_us, 224),
      (\.called_back_wall_us, 232),
      (\.source, 240),
      (\.agency, 244),
      (\.operator_id, 248),
      (\.operator_reason, 256),
      (\.reserved1, 260),
      (\.needs, 264),
      (\.reference, 272),
      (\.operator_session, 304),
      (\.operator_role, 312),
      (\.outcome, 316),
    ]
    for (field, offset) in offsets {
      #expect(MemoryLayout<hj_incident_status>.offset(of: field) == offset)
    }
  }

  @Test func action() {
    #expect(MemoryLayout<hj_action>.size == 40)
    #expect(MemoryLayout<hj_action>.stride == 40)
    let offsets: [(PartialKeyPath<hj_action>, Int)] = [
      (\.size, 0),
      (\.reason, 4),
      (\.operator_id, 8),
      (\.force, 16),
      (\.reserved0, 20),
      (\.session_id, 24),
      (\.role, 32),
      (\.reserved1, 36),
    ]
    for (field, offset) in offsets {
      #expect(MemoryLayout<hj_action>.offset(of: field) == offset)
    }
  }

  @Test func event() {
    #expect(MemoryLayout<hj_event>.size == 192)
    #expect(MemoryLayout<hj_event>.stride == 192)
    let offsets: [(PartialKeyPath<hj_event>, Int)] = [
      (\.size, 0),
      (\.kind, 4),
      (\.sequence, 8),
      (\.incident_id, 16),
      (\.assignment_id, 24),
      (\.unit_id, 32),
      (\.wall_us, 40),
      (\.due_wall_us, 48),
      (\.clock, 56),
      (\.step, 60),
      (\.reason, 64),
      (\.state, 68),
      (\.key_high, 72),
      (\.key_low, 80),
      (\.late_ns, 88),
      (\.action, 96),
      (\.cycle, 100),
      (\.operator_id, 104),
      (\.plans_version, 112),
      (\.reserved0, 116),
      (\.epoch, 120),
      (\.watch_id, 128),
      (\.operator_reason, 136),
      (\.travel_ms, 140),
      (\.reference, 144),
      (\.operator_session, 176),
      (\.operator_role, 184),
      (\.outcome, 188),
    ]
    for (field, offset) in offsets {
      #expect(MemoryLayout<hj_event>.offset(of: field) == offset)
    }
  }

  @Test func nearestQuery() {
    #expect(MemoryLayout<hj_nearest_query>.size == 48)
    #expect(MemoryLayout<hj_nearest_query>.stride == 48)
    let offsets: [(PartialKeyPath<hj_nearest_query>, Int)] = [
      (\.size, 0),
      (\.lat_e7, 4),
      (\.lon_e7, 8),
      (\.k, 12),
      (\.capabilities, 16),
      (\.levels, 24),
      (\.agency, 28),
      (\.datum, 32),
      (\.reserved0, 36),
      (\.profile, 40),
      (\.reserved1, 44),
    ]
    for (field, offset) in offsets {
      #expect(MemoryLayout<hj_nearest_query>.offset(of: field) == offset)
    }
  }

  @Test func nearest() {
    #expect(MemoryLayout<hj_nearest>.size == 40)
    #expect(MemoryLayout<hj_nearest>.stride == 40)
    let offsets: [(PartialKeyPath<hj_nearest>, Int)] = [
      (\.size, 0),
      (\.flags, 4),
      (\.unit_id, 8),
      (\.travel_ms, 16),
      (\.distance_dm, 20),
      (\.epoch, 24),
      (\.age_s, 32),
      (\.reserved0, 36),
    ]
    for (field, offset) in offsets {
      #expect(MemoryLayout<hj_nearest>.offset(of: field) == offset)
    }
  }

  @Test func routeSummary() {
    #expect(MemoryLayout<hj_route_summary>.size == 32)
    #expect(MemoryLayout<hj_route_summary>.stride == 32)
    let offsets: [(PartialKeyPath<hj_route_summary>, Int)] = [
      (\.size, 0),
      (\.flags, 4),
      (\.travel_ms, 8),
      (\.distance_dm, 12),
      (\.point_count, 16),
      (\.reserved0, 20),
      (\.epoch, 24),
    ]
    for (field, offset) in offsets {
      #expect(MemoryLayout<hj_route_summary>.offset(of: field) == offset)
    }
  }

  @Test func routePoint() {
    #expect(MemoryLayout<hj_route_point>.size == 32)
    #expect(MemoryLayout<hj_route_point>.stride == 32)
    let offsets: [(PartialKeyPath<hj_route_point>, Int)] = [
      (\.size, 0),
      (\.lat_e7, 4),
      (\.lon_e7, 8),
      (\.time_ms, 12),
      (\.distance_dm, 16),
      (\.reserved0, 20),
      (\.street_id, 24),
    ]
    for (field, offset) in offsets {
      #expect(MemoryLayout<hj_route_point>.offset(of: field) == offset)
    }
  }

  @Test func stats() {
    #expect(MemoryLayout<hj_stats>.size == 592)
    #expect(MemoryLayout<hj_stats>.stride == 592)
    let offsets: [(PartialKeyPath<hj_stats>, Int)] = [
      (\.size, 0),
      (\.abi_version, 4),
      (\.allocator, 8),
      (\.memory_bytes, 24),
      (\.reports, 32),
      (\.posts, 40),
      (\.decisions, 48),
      (\.refused, 56),
      (\.repeated, 64),
      (\.manual, 72),
      (\.shortfalls, 80),
      (\.keys_evicted, 88),
      (\.incidents_opened, 96),
      (\.incidents_closed, 104),
      (\.assignments_opened, 112),
      (\.assignments_acknowledged, 120),
      (\.assignments_declined, 128),
      (\.assignments_expired, 136),
      (\.escalations, 144),
      (\.late_deadlines, 152),
      (\.worst_lateness_ns, 160),
      (\.escalations_waiting, 168),
      (\.events_written, 176),
      (\.events_lost, 184),
      (\.events_waiting, 192),
      (\.positions_accepted, 200),
      (\.positions_refused, 208),
      (\.turns, 216),
      (\.longest_turn_ns, 224),
      (\.units, 232),
      (\.units_high, 240),
      (\.incidents_open, 248),
      (\.incidents_open_high, 256),
      (\.assignments_live, 264),
      (\.assignments_live_high, 272),
      (\.deadlines_armed, 280),
      (\.deadlines_armed_high, 288),
      (\.posts_waiting_high, 296),
      (\.map_nodes, 304),
      (\.map_streets, 312),
      (\.positions_off_duty, 584),
    ]
    for (field, offset) in offsets {
      #expect(MemoryLayout<hj_stats>.offset(of: field) == offset)
    }
  }

  @Test func statsSince02() {
    let offsets: [(PartialKeyPath<hj_stats>, Int)] = [
      (\.traffic_epoch, 320),
      (\.traffic_reports, 328),
      (\.traffic_refused, 336),
      (\.traffic_pending, 344),
      (\.epochs_built, 352),
      (\.epochs_mended, 360),
      (\.epoch_build_ns, 368),
      (\.epoch_build_longest_ns, 376),
      (\.positions_unknown_unit, 384),
      (\.positions_out_of_range, 392),
      (\.positions_inaccurate, 400),
      (\.positions_future, 408),
      (\.positions_old, 416),
      (\.positions_too_fast, 424),
      (\.positions_busy, 432),
      (\.stalls, 440),
      (\.longest_stall_ns, 448),
      (\.calls_combined, 456),
      (\.calls_handed_over, 464),
      (\.calls_ahead_high, 472),
      (\.longest_wait_ns, 480),
      (\.events_waiting_high, 488),
      (\.watches, 496),
      (\.watches_high, 504),
      (\.watch_beats, 512),
      (\.watch_beats_refused, 520),
      (\.watch_alarms, 528),
      (\.absences, 536),
      (\.audit_runs, 544),
      (\.audit_found, 552),
      (\.breaches, 560),
      (\.late_p50_ns, 568),
      (\.late_p99_ns, 576),
    ]
    for (field, offset) in offsets {
      #expect(MemoryLayout<hj_stats>.offset(of: field) == offset)
    }
  }

}
