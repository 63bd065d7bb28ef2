// What a tool asks of a journal and of the engine on it: the tables that it was opened with, the incidents that it
// remembers.

import Glibc
import HujiaContainers
import HujiaEngine
import HujiaJournal

extension EngineDriver {
  /// The tables of a journal's openings, each as large as it ever was.
  package struct RecordedTables: Sendable {
    package var maxUnits: UInt32 = 0
    package var maxIncidents: UInt32 = 0
    package var maxAssignments: UInt32 = 0
    package var maxWatches: UInt32 = 0
    package var keyCapacity: UInt32 = 0
    package var eventCapacity: UInt32 = 0
  }

  /// Reads a journal whose engine is down. Cold: O(records).
  package static func tables(
    ofJournal folder: String, ringPath: String?, seal: (any JournalSeal)? = nil
  ) throws(Failure) -> RecordedTables {
    // Opening would make one.
    guard access(folder + "/LOCK", F_OK) == 0 else {
      throw Failure(.journal, field: "journal_path", "there is no journal in this folder")
    }
    var tables = RecordedTables()
    var settings = JournalSettings(folder: folder)
    settings.ringPath = ringPath
    settings.seal = seal
    settings.retention_s = JournalSettings.forEver_s  // what is only looked at loses nothing
    do throws(JournalProblem) {
      let journal = try Journal.open(
        settings,
        snapshot: { bytes in
          var coder = StateCoder(reading: bytes)
          guard let state = EngineState(reading: &coder) else { return false }
          tables.take(state.opened.configuration)
          return true
        },
        record: { record in
          guard record.kind == RecordKind.opened, let opened = OpenedRecord(record.payload) else {
            return true
          }
          tables.take(opened.configuration)
          return true
        })
      journal.close()
    } catch {
      throw Failure(error)
    }
    return tables
  }

  /// Open ones, and those that are over and whose place was not needed yet. In slices, with the baton free in between.
  package static func knownIncidents(_ token: UInt) -> [KnownIncident] {
    value(token) { $0.knownIncidents() } ?? []
  }

  private func knownIncidents() -> [KnownIncident] {
    var found: [KnownIncident] = []
    var rows = [KnownIncident](repeating: KnownIncident(), count: RunSheet.looksATurn)
    var next: UInt32? = 0
    while let slot = next {
      var count = 0
      next = rows.withUnsafeMutableBufferPointer { rows -> UInt32? in
        guard let base = rows.baseAddress else { return nil }
        return turnHere { core, _ in
          core.knownIncidents(from: slot, most: RunSheet.looksATurn, into: base, &count)
        }
      }
      found += rows[..<count]
    }
    return found
  }
}

extension EngineDriver.RecordedTables {
  fileprivate mutating func take(_ opened: Configuration) {
    maxUnits = max(maxUnits, opened.maxUnits)
    maxIncidents = max(maxIncidents, opened.maxIncidents)
    maxAssignments = max(maxAssignments, opened.maxAssignments)
    maxWatches = max(maxWatches, opened.maxWatches)
    keyCapacity = max(keyCapacity, UInt32(clamping: opened.limits.keys))
    eventCapacity = max(eventCapacity, opened.eventCapacity)
  }
}
