// How an engine was set up, at the beginning of a recording: another that is set up so makes the same decisions.

import HujiaContainers
import HujiaIngest

/// The head of a recording.
enum RecordHead {
  static var magic: UInt64 { 0x3230_4345_524a_4848 }  // "HHJREC02"

  /// The numbers of a configuration that decisions depend on, one after the other.
  static func each(_ configuration: inout Configuration, _ body: (inout Int64) -> Void) {
    func number<Number: FixedWidthInteger>(_ value: inout Number) {
      var wide = Int64(truncatingIfNeeded: value)
      body(&wide)
      value = Number(truncatingIfNeeded: wide)
    }
    func flag(_ value: inout Bool) {
      var wide: Int64 = value ? 1 : 0
      body(&wide)
      value = wide != 0
    }
    number(&configuration.maxUnits)
    number(&configuration.maxIncidents)
    number(&configuration.maxAssignments)
    number(&configuration.eventCapacity)
    number(&configuration.postCapacity)
    number(&configuration.keyCapacity)
    number(&configuration.keyRetention_s)
    number(&configuration.datum)
    number(&configuration.snapLimit_m)
    number(&configuration.maxWatches)
    number(&configuration.figureTypes)
    number(&configuration.figureAgencies)
    number(&configuration.figureBeats)
    number(&configuration.breachCapacity)
    number(&configuration.maxClients)
    number(&configuration.stale_s)
    number(&configuration.fixRules.farthestAhead_us)
    number(&configuration.fixRules.worstAccuracy_dm)
    number(&configuration.fixRules.fastest_cms)
    number(&configuration.fixRules.believedAfter)
    number(&configuration.fixRules.believedAfter_us)
    flag(&configuration.fixRules.judgesUnstated)
    flag(&configuration.fixRules.takesOffDuty)
  }

  /// nil: not a recording of this version.
  static func read(_ reader: inout NumberReader) -> Configuration? {
    guard reader.get(UInt64.self) == magic else { return nil }
    var fields = NumberReader(reader.takeCounted())
    var configuration = Configuration()
    each(&configuration) { $0 = fields.get() }
    configuration.mapPath = text(&reader)
    configuration.plansPath = text(&reader)
    configuration.mapMemory = .shared
    configuration.runMode = .poll
    guard !fields.isBroken, fields.isAtEnd, !reader.isBroken else { return nil }
    return configuration
  }

  private static func text(_ reader: inout NumberReader) -> String? {
    let raw = reader.takeCounted()
    return raw.isEmpty ? nil : String(decoding: raw, as: UTF8.self)
  }
}

extension NumberWriter {
  mutating func putHead(_ configuration: borrowing Configuration) {
    put(RecordHead.magic)
    let place = reserve()
    var numbers = copy configuration
    RecordHead.each(&numbers) { put($0) }
    close(place)
    for path in [configuration.mapPath, configuration.plansPath] {
      var text = path ?? ""
      text.withUTF8 { putCounted(UnsafeRawBufferPointer($0)) }
    }
  }
}
