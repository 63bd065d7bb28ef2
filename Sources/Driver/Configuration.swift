// How an engine is set up (`hj_config`), with the defaults of the header.

import HujiaEngine
import HujiaIngest
import HujiaJournal

package struct Configuration {
  package var runMode = RunMode.thread
  package var mapPath: String?
  package var mapMemory = MapMemory.copy
  package var plansPath: String?
  package var maxUnits: UInt32 = 4_096
  package var maxIncidents: UInt32 = 4_096
  package var maxAssignments: UInt32 = 8_192
  package var eventCapacity: UInt32 = 16_384
  package var datum: Int32 = 0
  package var uvLoop: UnsafeMutableRawPointer?
  package var allocator: AllocatorHooks?
  package var postCapacity: UInt32 = 4_096
  package var keyCapacity: UInt32 = 0  // 0: twice maxIncidents
  package var keyRetention_s: UInt32 = 86_400
  package var snapLimit_m: UInt32 = 250
  package var traffic = TrafficUse.onDemand
  package var fixRules = FixRules()
  package var stall_ms: UInt32 = 1_000
  package var maxWatches: UInt32 = 1_024
  package var maxClients: UInt32 = 0
  package var figureTypes: UInt32 = 24
  package var figureAgencies: UInt32 = 8
  package var figureBeats: UInt32 = 24
  package var breachCapacity: UInt32 = 256
  /// Of every place that is handed out; 0 = WGS-84.
  package var outputDatum: Int32 = 0
  package var stale_s: UInt32 = 900
  /// A folder; nil: nothing is on record.
  package var journalPath: String?
  package var telemetry = Telemetry.newest
  package var eventsWhen = EventsWhen.recorded
  package var ringBytes: UInt64 = 0  // 0: 32 MiB
  package var journalBytes: UInt64 = 0  // 0: no bound
  package var ringPath: String?
  package var retainRecord_d: UInt32 = 0  // 0: for ever
  package var retainPositions_h: UInt32 = 0  // 0: 72; UInt32.max: as long as records
  package var retainWatches_d: UInt32 = 0  // 0: as long as records
  package var repeat_s: UInt32 = 600
  package var hash = HashKind.sha256
  /// nil: what lies on the disk is clear.
  package var seal: HostSeal?
  /// A file; nil: no run sheet.
  package var runSheetPath: String?
  package var runSheet_s: UInt32 = 30
  /// Tests let its calls fail.
  package var sheetCalls: (any FileCalls)?
  /// Records between two snapshots while the engine runs: 0 = 500,000, `UInt32.max` = none but at the close.
  package var snapshotRecords: UInt32 = 0
  /// So long a close waits for disks that stand still.
  package var diskWait_s: UInt32 = 30
  /// Tests say another boot than the system's.
  package var bootID: JournalID?
  /// Writes every turn down.
  package var recorder: Recorder?
  package init() {}

  /// The library's own ceiling for tables of objects, and for queues.
  package static let mostObjects: UInt32 = 1_048_576
  /// Rows of figures of one dimension: about 40 KiB each.
  package static let mostFigures: UInt32 = 4_096
  package static let mostQueued: UInt32 = 16_777_216
}

/// Why a cold call failed (`hj_error_detail`).
package struct Failure: Error {
  package var status: Status
  package var line: UInt32 = 0
  package var column: UInt32 = 0
  package var field = ""
  package var text: String
  package init(_ status: Status, field: String = "", _ text: String) {
    self.status = status
    self.field = field
    self.text = text
  }
}
