// What an engine was opened with, as its journal says it: the limits by which its tables filled, the map that its
// places were snapped to, the plans that it began with. The text of the plans stands before it, in pieces. What a later
// version adds stands behind what is there.

import HujiaContainers
import HujiaEngine
import HujiaRoads

struct OpenedRecord {
  /// The numbers of the config (`RecordHead.each`).
  var configuration: Configuration
  var mode: RunMode
  /// Of the map; 0 = none.
  var map: UInt64
  var plans: TextMark
  /// nil: of the first months, when it was not said.
  var telemetry: Telemetry?

  init(_ configuration: Configuration, map: UInt64, plans: TextMark) {
    self.configuration = configuration
    mode = configuration.runMode
    self.map = map
    self.plans = plans
    telemetry = configuration.telemetry
  }

  var bytes: [UInt8] {
    var bytes: [UInt8] = []
    func put<Number: FixedWidthInteger>(_ number: Number) {
      withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }
    put(mode.rawValue)
    put(map)
    put(plans.bytes)
    put(plans.checksum)
    var numbers: [Int64] = []
    var own = configuration
    RecordHead.each(&own) { numbers.append($0) }
    put(UInt32(numbers.count * 8))
    for number in numbers { put(number) }
    put(telemetry?.rawValue ?? -1)
    return bytes
  }

  /// nil: damaged. Numbers that a later version has besides are passed over.
  init?(_ payload: UnsafeRawBufferPointer) {
    var reader = NumberReader(payload)
    guard let mode = RunMode(rawValue: reader.get(Int32.self)) else { return nil }
    self.mode = mode
    map = reader.get()
    plans = TextMark(bytes: reader.get(), checksum: reader.get())
    var numbers = NumberReader(reader.takeCounted())
    configuration = Configuration()
    RecordHead.each(&configuration) { if !numbers.isAtEnd { $0 = numbers.get() } }
    if !reader.isAtEnd { telemetry = Telemetry(rawValue: reader.get()) }
    guard !reader.isBroken, !numbers.isBroken else { return nil }
  }

  /// The tables that must not shrink: name, and how many there were.
  var tables: [(field: String, count: UInt32)] {
    [
      ("max_units", configuration.maxUnits), ("max_incidents", configuration.maxIncidents),
      ("max_assignments", configuration.maxAssignments),
      ("max_watches", configuration.maxWatches),
      ("key_capacity", UInt32(clamping: configuration.limits.keys)),
      ("event_capacity", configuration.eventCapacity),
    ]
  }
}
