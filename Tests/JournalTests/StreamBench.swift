// A journal whose records have something apart, and what they said: what comes back is compared with it.

import HujiaTestSupport

@testable import HujiaJournal

/// A journal of records with something apart, and what they said.
final class StreamBench {
  let disk = ModelDisk()
  var settings: JournalSettings
  var journal: Journal?
  var problem: JournalProblem?
  /// By record, as it was written; an empty piece: nothing of it stands apart.
  var twin: [(payload: [UInt8], positions: [UInt8], watches: [UInt8])] = []
  /// What the last opening gave, and of which records something was gone.
  var found: [UInt64: (payload: [UInt8], positions: [UInt8], watches: [UInt8])] = [:]
  var gone: [UInt64: JournalStreams] = [:]
  private var last: UInt64 = 0

  static let planted = Array("30.6586N 104.0648E".utf8)

  init(_ seal: (any JournalSeal)? = nil) {
    settings = JournalSettings(folder: "/disk/journal")
    settings.ringPath = "/shm/ring"
    settings.ringBytes = 64 << 10
    settings.segmentBytes = 64 << 10
    settings.reserveBytes = 0
    settings.hasThread = false
    settings.calls = disk
    settings.seal = seal
  }

  func open() {
    (problem, found, gone) = (nil, [:], [:])
    do throws(JournalProblem) {
      journal = try Journal.open(
        settings, snapshot: { _ in true },
        record: { record in
          found[record.sequence] = (
            Array(record.payload), record.apart.positions.map { Array($0) } ?? [],
            record.apart.watches.map { Array($0) } ?? []
          )
          if !record.apart.gone.isEmpty { gone[record.sequence] = record.apart.gone }
          return true
        })
    } catch {
      (problem, journal) = (error, nil)
    }
  }

  func close() {
    journal?.close()
    journal = nil
  }

  /// Every third has positions, every fifth something of watches; idle: none has.
  func append(_ count: Int = 1, isIdle: Bool = false) {
    for _ in 0..<count {
      guard let journal else { return }
      let index = twin.count
      disk.time_ns += 1_000_000
      var random = SplitMix64(UInt64(index) &+ 5)
      func bytes(_ most: Int) -> [UInt8] {
        (0..<1 + random.below(most)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      }
      let payload = bytes(60)
      let positions = index % 3 == 0 && !isIdle ? Self.planted + bytes(200) : []
      let watches = index % 5 == 0 && !isIdle ? bytes(9) + Self.planted : []
      let all = payload + positions + watches
      guard let place = journal.place(most: all.count + ApartCounts.size) else {
        return _ = check(false, "no room for record \(index + 1)")
      }
      all.withUnsafeBytes { raw in
        if let from = raw.baseAddress { place.copyMemory(from: from, byteCount: raw.count) }
      }
      last = journal.append(
        placed: all.count, kind: 3, monotonic_ns: 1, wall_us: disk.wall_us(),
        apart: ApartCounts(positions: positions.count, watches: watches.count))
      while twin.count + 1 < last { twin.append(([], [], [])) }  // a note
      twin.append((payload, positions, watches))
    }
  }

  func sync() { journal?.sync() }

  func snapshot() throws(JournalProblem) {
    guard let journal else { return }
    let writer = try journal.beginSnapshot(journal.recorded)
    try writer.finish(timeout_ns: 0)
  }

  /// Of what was given back, whether it is what was written; parts that are gone are told as gone.
  func differs() -> String? {
    for (sequence, given) in found {
      let own = twin[Int(sequence) - 1]
      let lost = gone[sequence] ?? []
      if given.payload != own.payload { return "payload of record \(sequence)" }
      if lost.contains(.positions) ? !given.positions.isEmpty : given.positions != own.positions {
        return "positions of record \(sequence)"
      }
      if lost.contains(.watches) ? !given.watches.isEmpty : given.watches != own.watches {
        return "watches of record \(sequence)"
      }
    }
    return nil
  }

  func names(_ prefix: String) -> [String] {
    (disk.folder("/disk/journal")?.entries.keys.sorted() ?? []).filter { $0.hasPrefix(prefix) }
  }

  /// How often the planted place stands in files of that kind.
  func places(_ prefix: String) -> Int {
    var count = 0
    for name in names(prefix) {
      let bytes = disk.folder("/disk/journal")?.entries[name]?.bytes ?? []
      guard bytes.count > Self.planted.count else { continue }
      for at in 0..<bytes.count - Self.planted.count where bytes[at] == Self.planted[0] {
        if bytes[at..<at + Self.planted.count].elementsEqual(Self.planted) { count += 1 }
      }
    }
    return count
  }

  func verify() -> ChainReport { Journal.verifyChain("/disk/journal", calls: disk) }
}
