// One journal on a model disk, and its twin: an array of payloads. What a journal gives back is compared with it.

import HujiaContainers
import HujiaTestSupport

@testable import HujiaJournal

/// The state of a host whose records are its state: the payloads, one after the other.
struct HostState: Equatable {
  var payloads: [[UInt8]] = []

  /// A snapshot's bytes: each payload behind its length.
  var bytes: [UInt8] {
    var fields = FieldWriter()
    for payload in payloads { fields.putCounted(payload) }
    return fields.bytes
  }

  init() {}
  init(of payloads: [[UInt8]]) { self.payloads = payloads }

  init(_ raw: UnsafeRawBufferPointer) {
    var fields = NumberReader(raw)
    while fields.offset < raw.count, !fields.isBroken {
      payloads.append(fields.getCounted(most: 1 << 20))
    }
  }
}

final class JournalBench {
  let disk = ModelDisk()
  var settings: JournalSettings
  var journal: Journal?
  /// What was recorded, and how much of it was seen durable.
  var twin = HostState()
  var durable = 0
  /// What the last open gave back.
  var found = HostState()
  var problem: JournalProblem?
  var flaw: String?

  init(ring: Int = 64 << 10, segment: Int = 64 << 10) {
    settings = JournalSettings(folder: "/disk/journal")
    settings.ringPath = "/shm/ring"
    settings.ringBytes = ring
    settings.segmentBytes = segment
    settings.reserveBytes = 0
    settings.hasThread = false
    settings.calls = disk
    // What a waiter could be told at any moment.
    disk.watch = { [weak self] in self?.seeDurable() }
  }

  func payload(_ index: Int) -> [UInt8] {
    var random = SplitMix64(UInt64(index) &+ 77)
    return (0..<random.below(200)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
  }

  @discardableResult
  func append(isLast: Bool = true) -> Bool {
    guard let journal else { return false }
    let payload = payload(twin.payloads.count)
    guard journal.hasRoom(JournalRecord.size(payload: payload.count), .rest) else { return false }
    let sequence = payload.withUnsafeBytes {
      journal.append(
        kind: 3, monotonic_ns: Int64(twin.payloads.count), wall_us: 9, isLast: isLast, $0)
    }
    // A process that is dead appends nothing.
    guard !disk.isDead else { return false }
    if sequence != UInt64(twin.payloads.count + 1) { flaw = flaw ?? "sequence \(sequence)" }
    twin.payloads.append(payload)
    return true
  }

  func sync() {
    journal?.sync()
    seeDurable()
  }

  func seeDurable() {
    if let journal, !disk.isDead { durable = max(durable, Int(journal.durable)) }
  }

  func snapshot() throws(JournalProblem) {
    guard let journal, journal.recorded > 0 else { return }
    let writer = try journal.beginSnapshot(journal.recorded)
    let bytes = twin.bytes
    let half = bytes.count / 2
    try bytes[..<half].withUnsafeBytesThrowing { raw throws(JournalProblem) in try writer.write(raw)
    }
    try bytes[half...].withUnsafeBytesThrowing { raw throws(JournalProblem) in try writer.write(raw)
    }
    try writer.finish(timeout_ns: 0)
    seeDurable()
  }

  func open() {
    problem = nil
    var given = HostState()
    var count: UInt64 = 0
    var flaw: String?
    do throws(JournalProblem) {
      journal = try Journal.open(
        settings,
        snapshot: { raw in
          given = HostState(raw)
          count = UInt64(given.payloads.count)
          return true
        },
        record: { record in
          count += 1
          if record.sequence != count || record.kind != 3 {
            flaw = flaw ?? "record \(record.sequence) came as \(count)"
          }
          if record.monotonic_ns != Int64(count - 1) { flaw = flaw ?? "time of record \(count)" }
          given.payloads.append(Array(record.payload))
          return true
        })
    } catch {
      problem = error
      journal = nil
    }
    found = given
    self.flaw = self.flaw ?? flaw
  }

  func close() {
    journal?.close()
    journal = nil
  }

  /// The process dies. Everything recorded must be there again.
  func killAndReopen() -> String? {
    disk.kill()
    close()
    disk.revive()
    open()
    if let flaw { return flaw }
    if let problem { return "\(problem)" }
    guard found == twin else {
      return "\(found.payloads.count) records came back of \(twin.payloads.count)"
    }
    return nil
  }

  /// The power goes. What was durable must be there, and nothing that was never recorded.
  func cutAndReopen(_ random: inout SplitMix64) -> String? {
    disk.cutPower(&random)
    close()
    disk.revive()
    open()
    if let flaw { return flaw }
    if let problem { return "\(problem)" }
    let count = found.payloads.count
    guard count >= durable else { return "\(count) records came back, \(durable) were durable" }
    guard count <= twin.payloads.count, found.payloads[...] == twin.payloads[..<count] else {
      return "what came back was never recorded"
    }
    twin.payloads.removeLast(twin.payloads.count - count)
    return nil
  }
}

extension Collection where Element == UInt8 {
  func withUnsafeBytesThrowing(
    _ body: (UnsafeRawBufferPointer) throws(JournalProblem) -> Void
  ) throws(JournalProblem) {
    let all = Array(self)
    var problem: JournalProblem?
    all.withUnsafeBytes { raw in
      do throws(JournalProblem) { try body(raw) } catch { problem = error }
    }
    if let problem { throw problem }
  }
}
