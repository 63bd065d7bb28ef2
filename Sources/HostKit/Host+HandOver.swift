// A run whose process died goes on. Its engine is opened again from the journal; what the host itself knew died with
// it. So the host does everything once more beside an engine of its own, and when that has as many records as the
// journal, the opened one takes its place in the midst of the run. A call that was under way is asked again, as any
// host does.

import CHujia

/// An engine that waits to take over.
final class Successor {
  let host: Host
  /// Records that it was rebuilt from.
  let records: UInt64
  /// The newest fix of each unit: what came behind the last record is sent again, as vehicles do.
  var fixes: [UInt64: hj_position] = [:]
  var lastPoll: (now_ns: Int64, wall_us: Int64, most: UInt32)?

  init(_ host: Host) {
    self.host = host
    records = host.journalInfo.rebuilt
  }
}

extension Host {
  package var journalInfo: hj_journal_info { Self.journalInfo(current) }

  private static func journalInfo(_ engine: OpaquePointer) -> hj_journal_info {
    var info = hj_journal_info()
    info.size = UInt32(MemoryLayout<hj_journal_info>.size)
    hj_journal_status(engine, &info)
    return info
  }

  /// This host's engine, which writes a journal of its own, does what `other`'s did before it died; `other` takes over
  /// where its records end.
  package func handOver(to other: Host) {
    let successor = Successor(other)
    if successor.records > 0 { self.successor = successor } else { takeOver(successor) }
  }

  /// Nil: the other engine took over, and knows what this one knows. Else why not.
  package var handOverFault: String? {
    guard successor == nil else {
      return "the journal has \(successor?.records ?? 0) records, and this run makes "
        + "\(journalInfo.recorded): it was another run, with other options"
    }
    return differs
  }

  /// Whether the records of the other end here, or within what this call did.
  func isReached(_ successor: Successor, isPast: Bool) -> Bool {
    let own = Self.journalInfo(current).recorded
    return isPast ? own > successor.records : own >= successor.records
  }

  @discardableResult
  func takeOver(_ successor: Successor) -> (status: hj_status, next_ns: Int64) {
    self.successor = nil
    let (before, after) = (Self.stats(current), Self.stats(successor.host.current))
    for (name, before, after) in zip3(Self.counts, before, after) where before < after {
      differs =
        "\(name): \(after) in the journal, \(before) in this run: it was another run, with other options"
    }
    hj_engine_close(current)
    current = successor.host.current
    kept = successor.host
    for unit in successor.fixes.keys.sorted() {
      if var fix = successor.fixes[unit] {
        var taken: UInt32 = 0
        hj_positions_report(current, &fix, 1, &taken)
      }
    }
    guard let last = successor.lastPoll else { return (HJ_OK, .max) }
    var next_ns: Int64 = 0
    let status = hj_engine_poll(current, last.now_ns, last.wall_us, last.most, &next_ns)
    return (status, next_ns)
  }

  private static let counts = ["incidents", "assignments", "units"]

  private static func stats(_ engine: OpaquePointer) -> [Int64] {
    var stats = hj_stats.sized
    hj_engine_stats(engine, &stats)
    return [stats.incidents_opened, stats.assignments_opened, stats.units]
  }

  private func zip3(
    _ names: [String], _ one: [Int64], _ other: [Int64]
  ) -> [(String, Int64, Int64)] {
    names.indices.map { (names[$0], one[$0], other[$0]) }
  }

  /// What a host keeps in its own memory dies with it: positions of the last moments.
  func remember(_ fixes: UnsafeBufferPointer<hj_position>) {
    for fix in fixes { successor?.fixes[fix.unit_id] = fix }
  }
}
