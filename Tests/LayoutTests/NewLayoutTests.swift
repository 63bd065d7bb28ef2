// The layout of the structs that came after version 0.1, as Swift sees it (see LayoutTests).

import CHujia
import Testing

@Suite struct NewLayoutTests {
  @Test func streetTime() {
    #expect(MemoryLayout<hj_street_time>.size == 24)
    #expect(MemoryLayout<hj_street_time>.stride == 24)
    let offsets: [(PartialKeyPath<hj_street_time>, Int)] = [
      (\.size, 0),
      (\.travel_ms, 4),
      (\.street_id, 8),
      (\.direction, 16),
      (\.profile, 20),
    ]
    for (field, offset) in offsets {
      #expect(MemoryLayout<hj_street_time>.offset(of: field) == offset)
    }
  }

  @Test func clockStatus() {
    #expect(MemoryLayout<hj_clock_status>.size == 40)
    #expect(MemoryLayout<hj_clock_status>.stride == 40)
    let offsets: [(PartialKeyPath<hj_clock_status>, Int)] = [
      (\.size, 0),
      (\.state, 4),
      (\.step, 8),
      (\.cycle, 12),
      (\.due_wall_us, 16),
      (\.planned_wall_us, 24),
      (\.plans_version, 32),
      (\.reserved0, 36),
    ]
    for (field, offset) in offsets {
      #expect(MemoryLayout<hj_clock_status>.offset(of: field) == offset)
    }
  }

  @Test func clockRef() {
    #expect(MemoryLayout<hj_clock_ref>.size == 40)
    #expect(MemoryLayout<hj_clock_ref>.stride == 40)
    let offsets: [(PartialKeyPath<hj_clock_ref>, Int)] = [
      (\.size, 0),
      (\.clock, 4),
      (\.incident_id, 8),
      (\.assignment_id, 16),
      (\.step, 24),
      (\.cycle, 28),
      (\.watch_id, 32),
    ]
    for (field, offset) in offsets {
      #expect(MemoryLayout<hj_clock_ref>.offset(of: field) == offset)
    }
  }

  @Test func watch() {
    #expect(MemoryLayout<hj_watch>.size == 96)
    #expect(MemoryLayout<hj_watch>.stride == 96)
    let offsets: [(PartialKeyPath<hj_watch>, Int)] = [
      (\.size, 0),
      (\.kind, 4),
      (\.id, 8),
      (\.limit_s, 16),
      (\.tier, 20),
      (\.type, 24),
      (\.alarm_tier, 28),
      (\.alarm_type, 32),
      (\.flags, 36),
      (\.lat_e7, 40),
      (\.lon_e7, 44),
      (\.datum, 48),
      (\.reserved0, 52),
      (\.home_officer_id, 56),
      (\.grid_worker_id, 64),
      (\.carrier_id, 72),
      (\.caller_hash, 80),
      (\.last_wall_us, 88),
    ]
    for (field, offset) in offsets {
      #expect(MemoryLayout<hj_watch>.offset(of: field) == offset)
    }
  }

  @Test func heartbeat() {
    #expect(MemoryLayout<hj_heartbeat>.size == 24)
    #expect(MemoryLayout<hj_heartbeat>.stride == 24)
    let offsets: [(PartialKeyPath<hj_heartbeat>, Int)] = [
      (\.size, 0),
      (\.reserved0, 4),
      (\.watch_id, 8),
      (\.wall_us, 16),
    ]
    for (field, offset) in offsets {
      #expect(MemoryLayout<hj_heartbeat>.offset(of: field) == offset)
    }
  }

  @Test func watchStatus() {
    #expect(MemoryLayout<hj_watch_status>.size == 56)
    #expect(MemoryLayout<hj_watch_status>.stride == 56)
    let offsets: [(PartialKeyPath<hj_watch_status>, Int)] = [
      (\.size, 0),
      (\.state, 4),
      (\.watch_id, 8),
      (\.last_wall_us, 16),
      (\.next_wall_us, 24),
      (\.incident_id, 32),
      (\.step, 40),
      (\.cycle, 44),
      (\.limit_s, 48),
      (\.kind, 52),
    ]
    for (field, offset) in offsets {
      #expect(MemoryLayout<hj_watch_status>.offset(of: field) == offset)
    }
  }

  @Test func figuresQuery() {
    #expect(MemoryLayout<hj_figures_query>.size == 16)
    #expect(MemoryLayout<hj_figures_query>.stride == 16)
    let offsets: [(PartialKeyPath<hj_figures_query>, Int)] = [
      (\.size, 0),
      (\.dimension, 4),
      (\.value, 8),
      (\.interval, 12),
    ]
    for (field, offset) in offsets {
      #expect(MemoryLayout<hj_figures_query>.offset(of: field) == offset)
    }
  }

  @Test func figures() {
    #expect(MemoryLayout<hj_figures>.size == 80)
    #expect(MemoryLayout<hj_figures>.stride == 80)
    let offsets: [(PartialKeyPath<hj_figures>, Int)] = [
      (\.size, 0),
      (\.flags, 4),
      (\.count, 8),
      (\.with_target, 16),
      (\.within_target, 24),
      (\.mean_ms, 32),
      (\.min_ms, 40),
      (\.p50_ms, 48),
      (\.p90_ms, 56),
      (\.p99_ms, 64),
      (\.max_ms, 72),
    ]
    for (field, offset) in offsets {
      #expect(MemoryLayout<hj_figures>.offset(of: field) == offset)
    }
  }

  @Test func breach() {
    #expect(MemoryLayout<hj_breach>.size == 96)
    #expect(MemoryLayout<hj_breach>.stride == 96)
    let offsets: [(PartialKeyPath<hj_breach>, Int)] = [
      (\.size, 0),
      (\.clock, 4),
      (\.incident_id, 8),
      (\.assignment_id, 16),
      (\.unit_id, 24),
      (\.due_wall_us, 32),
      (\.over_ms, 40),
      (\.is_over, 48),
      (\.tier, 52),
      (\.type, 56),
      (\.flags, 60),
      (\.reference, 64),
    ]
    for (field, offset) in offsets {
      #expect(MemoryLayout<hj_breach>.offset(of: field) == offset)
    }
  }
}
