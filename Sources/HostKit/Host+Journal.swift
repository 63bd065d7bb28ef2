// An engine on a journal whose host is down: opened as it was, in poll mode, asked and told.

import CHujia
import Glibc
import HujiaDriver
import HujiaJournal

extension Host {
  /// Opens the engine of a journal with exactly the tables that it was opened with: larger ones would be the next
  /// host's, smaller ones are refused.
  /// `seal`: of a sealed journal; under its name it is gone on with.
  package convenience init(
    journal folder: String, ring: String? = nil, map: String?, seal: (any JournalSeal)? = nil
  ) throws(Failed) {
    var facts = stat()
    guard stat(folder, &facts) == 0, facts.st_mode & S_IFMT == S_IFDIR else {
      throw Failed(
        field: "--journal \(folder)", "there is no such folder", .give("--journal", "its folder"))
    }
    let tables = try Self.tables(ofJournal: folder, ring: ring, seal: seal)
    guard let path = strdup(folder) else { throw Failed("no memory") }
    let ringPath = ring.flatMap { strdup($0) }
    let sealName = seal.flatMap { strdup($0.name) }
    defer {
      free(path)
      free(ringPath)
      free(sealName)
    }
    let sealing = seal.map { HostSealing($0) }
    try self.init(map: map, sealing: sealing) { config in
      config.run_mode = HJ_RUN_POLL
      config.journal_path = UnsafePointer(path)
      config.ring_path = UnsafePointer(ringPath)
      config.max_units = tables.maxUnits
      config.max_incidents = tables.maxIncidents
      config.max_assignments = tables.maxAssignments
      config.max_watches = tables.maxWatches
      config.event_capacity = tables.eventCapacity
      config.key_capacity = tables.keyCapacity
      sealing?.set(&config, name: sealName)
    }
  }

  private static func tables(
    ofJournal folder: String, ring: String?, seal: (any JournalSeal)?
  ) throws(Failed) -> EngineDriver.RecordedTables {
    do throws(Failure) {
      return try EngineDriver.tables(ofJournal: folder, ringPath: ring, seal: seal)
    } catch {
      throw Failed(field: "--journal \(folder)", error.text)
    }
  }

  /// `HJ_MODE_…`.
  package var mode: Int32 {
    var health = hj_health_info.sized
    hj_health(engine, &health)
    return health.mode
  }

  package var isManual: Bool { mode == HJ_MODE_MANUAL }

  /// A person takes the sending over, or gives it back.
  package func set(isManual: Bool) {
    hj_mode_set(engine, isManual ? HJ_MODE_MANUAL : HJ_MODE_NORMAL, nil)
  }

  /// Incidents that the engine remembers, open or over.
  package struct Known: Sendable {
    package var id: UInt64
    package var isOpen: Bool
    package var received_us: Int64
    /// As text; empty where it is none.
    package var reference: String
  }

  package func knownIncidents() -> [Known] {
    EngineDriver.knownIncidents(UInt(bitPattern: engine)).map { incident in
      let text = withUnsafeBytes(of: incident.reference.words) {
        String(validating: $0.prefix { $0 != 0 }, as: UTF8.self) ?? ""
      }
      return Known(
        id: incident.id, isOpen: incident.isOpen, received_us: incident.receivedWall_us,
        reference: text)
    }
  }

  // Acts of the past

  private static func person(_ id: UInt64) -> hj_action {
    var action = hj_action.sized
    action.operator_id = id
    return action
  }

  package func assign(
    _ incident: UInt64, _ unit: UInt64, wall_us: Int64, by person: UInt64
  ) -> (status: hj_status, assignment: UInt64) {
    var assignment: UInt64 = 0
    var action = Self.person(person)
    let status = hj_incident_assign_by(engine, incident, unit, wall_us, &assignment, &action)
    return (status, assignment)
  }

  package func advance(
    _ assignment: UInt64, _ state: Int32, wall_us: Int64, by person: UInt64
  ) -> hj_status {
    var action = Self.person(person)
    return hj_assignment_advance_by(engine, assignment, state, wall_us, &action)
  }

  package func close(
    _ incident: UInt64, disposition: Int32, wall_us: Int64, by person: UInt64
  ) -> hj_status {
    var action = Self.person(person)
    return hj_incident_close_by(engine, incident, disposition, wall_us, &action)
  }
}

extension hj_health_info: Sized {}
