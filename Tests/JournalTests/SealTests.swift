// What a host seals can be read nowhere on the disk, and by its key alone; the chain is proved without it.

import HujiaTestSupport
import Testing

@testable import HujiaJournal

/// No cipher: each byte turned by a key and its place, a sum of key and place behind them. Good for finding what is
/// left clear, what is opened by another key and what was moved.
class ToySeal: JournalSeal, @unchecked Sendable {
  let name: String
  let key: UInt8
  var isBroken = false
  var seals = 0

  init(_ name: String = "toy 1", key: UInt8 = 0x5a) {
    self.name = name
    self.key = key
  }

  private func tag(_ about: UnsafeRawBufferPointer) -> UInt8 {
    about.reduce(key) { $0 &* 31 &+ $1 }
  }

  func seal(
    _ clear: UnsafeRawBufferPointer, about: UnsafeRawBufferPointer,
    into room: UnsafeMutableRawBufferPointer
  ) -> Int? {
    guard !isBroken, room.count >= clear.count + JournalSealing.overhead else { return nil }
    seals += 1
    for (at, byte) in clear.enumerated() {
      room[at] = byte ^ (key &+ UInt8(truncatingIfNeeded: at))
    }
    for at in 0..<JournalSealing.overhead { room[clear.count + at] = tag(about) }
    return clear.count + JournalSealing.overhead
  }

  func open(
    _ sealed: UnsafeRawBufferPointer, named name: String, about: UnsafeRawBufferPointer,
    into room: UnsafeMutableRawBufferPointer
  ) -> Int? {
    let count = sealed.count - JournalSealing.overhead
    guard name == self.name, count >= 0, sealed.last == tag(about) else { return nil }
    for at in 0..<count { room[at] = sealed[at] ^ (key &+ UInt8(truncatingIfNeeded: at)) }
    return count
  }
}

@Suite struct SealTests {
  private static let planted = Array("31.2397N 121.4998E, flat 7".utf8)

  private func append(_ bench: JournalBench, _ payload: [UInt8]) {
    let sequence = payload.withUnsafeBytes {
      bench.journal?.append(
        kind: 3, monotonic_ns: Int64(bench.twin.payloads.count), wall_us: 9, $0)
    }
    bench.twin.payloads.append(payload)
    check(sequence, equals: UInt64(bench.twin.payloads.count))
  }

  /// A life with planted bytes, a snapshot in its middle; closed.
  private func live(_ bench: JournalBench) throws {
    bench.open()
    check(bench.problem == nil, bench.problem?.text ?? "")
    for index in 0..<300 {
      if index % 10 == 0 { append(bench, Self.planted) } else { bench.append() }
      if index % 7 == 0 { bench.sync() }
      if index == 150 { try bench.snapshot() }
    }
    bench.close()
  }

  private func places(_ bench: JournalBench) -> [String: Int] {
    var found: [String: Int] = [:]
    for (name, node) in bench.disk.folder("/disk/journal")?.entries ?? [:] {
      let bytes = node.bytes
      guard bytes.count > Self.planted.count else { continue }
      for at in 0..<bytes.count - Self.planted.count where bytes[at] == Self.planted[0] {
        if bytes[at..<at + Self.planted.count].elementsEqual(Self.planted) {
          found[name, default: 0] += 1
        }
      }
    }
    return found
  }

  @Test func whatIsSealedIsFoundNowhere() throws {
    let clear = JournalBench()
    try live(clear)
    let kinds = Set(places(clear).keys.map { $0.prefix(7) })
    check(kinds, equals: ["journal", "snapsho"])
    let bench = JournalBench()
    bench.settings.seal = ToySeal()
    try live(bench)
    check(places(bench), equals: [:])
    bench.open()
    check(bench.found, equals: bench.twin, bench.problem?.text ?? "")
    bench.close()
  }

  /// Proved, saved and archived without a key; read with it alone.
  @Test func theChainIsProvedWithoutAKey() throws {
    let bench = JournalBench()
    bench.settings.seal = ToySeal()
    try live(bench)
    var given = 0
    let report = Journal.verifyChain("/disk/journal", calls: bench.disk) { _ in given += 1 }
    check(report.problem == nil, report.problem?.text ?? "")
    check(report.seal, equals: "toy 1")
    check(report.last, equals: 300)
    check(given, equals: 0)
    let saved = try Journal.salvage("/disk/journal", into: "/disk/saved", calls: bench.disk)
    check(saved.problem == nil && saved.snapshots == 1 && saved.last == 300)
    let read = Journal.read("/disk/journal", calls: bench.disk) { _ in true }
    check(read.problem?.kind, equals: .sealed)
    check(read.problem?.text.contains("it is sealed as \"toy 1\", and nothing was given") ?? false)
    let opened = Journal.read("/disk/journal", calls: bench.disk, seal: ToySeal()) { _ in
      given += 1
      return true
    }
    check(opened.problem == nil)
    check(given, equals: 300)
  }

  @Test(arguments: [ToySeal("toy 1", key: 9), ToySeal("toy 2"), nil])
  func anotherKeyIsNamed(_ other: ToySeal?) throws {
    let bench = JournalBench()
    bench.settings.seal = ToySeal()
    try live(bench)
    bench.settings.seal = other
    bench.open()
    check(bench.journal == nil)
    check(bench.problem?.kind, equals: .sealed)
    check(bench.problem?.text.contains("sealed as \"toy 1\"") ?? false, bench.problem?.text ?? "")
    check(bench.problem?.text.contains("hj_config.open") ?? false)
    // Nothing was changed by the attempt.
    bench.settings.seal = ToySeal()
    bench.open()
    check(bench.found, equals: bench.twin)
    bench.close()
  }

  /// Nothing goes to the disk, nothing is lost, and it goes on when the host seals again.
  @Test func aSealThatFailsIsToldAndLosesNothing() {
    let bench = JournalBench()
    let seal = ToySeal()
    bench.settings.seal = seal
    bench.open()
    bench.append()
    bench.sync()
    seal.isBroken = true
    for _ in 0..<5 { append(bench, Self.planted) }
    bench.sync()
    check(bench.journal?.durable, equals: 1)
    check(bench.journal?.info.reasons, equals: [.notSealed])
    check(bench.journal?.info.isDegraded, equals: true)
    check(places(bench), equals: [:])
    #expect(throws: JournalProblem.self) { try bench.snapshot() }
    check(bench.killAndReopen() == nil)
    seal.isBroken = false
    bench.sync()
    check(bench.journal?.durable, equals: 6)
    check(bench.journal?.info.reasons, equals: [])
    check(bench.disk.folder("/disk/journal")?.entries.count ?? 0, atLeast: 2)
    bench.close()
    bench.open()
    check(bench.found, equals: bench.twin)
    bench.close()
  }

  /// The largest records, and turns of many small ones, have room when they are sealed.
  @Test(arguments: [256 << 10, 8 << 20]) func whatGrowsHasRoom(_ bytes: Int) {
    let bench = JournalBench(ring: bytes, segment: bytes)
    bench.settings.seal = ToySeal()
    bench.open()
    let most = bench.journal?.mostPayload ?? 0
    for size in [0, 1, most, most - 1, 7, most] {
      append(bench, [UInt8](repeating: 0xa5, count: size))
      bench.sync()
      check(bench.journal?.durable, equals: UInt64(bench.twin.payloads.count), "\(size)")
    }
    for index in 0..<600 {
      let sequence = Self.planted.withUnsafeBytes {
        bench.journal?.append(
          kind: 3, monotonic_ns: Int64(bench.twin.payloads.count), wall_us: 9,
          isLast: index == 599, $0)
      }
      check(sequence ?? 0, atLeast: 1)
      bench.twin.payloads.append(Self.planted)
    }
    bench.sync()
    check(bench.journal?.durable, equals: UInt64(bench.twin.payloads.count))
    check(places(bench), equals: [:])
    bench.close()
    bench.open()
    check(bench.found, equals: bench.twin)
    bench.close()
  }

  /// What is there stays clear, what comes is sealed, and the other way round: each by its own segment's head.
  @Test func clearAndSealedStandInOneChain() {
    let bench = JournalBench()
    for life in 0..<4 {
      bench.settings.seal = ToySeal()
      if life == 0 { bench.settings.seal = nil }
      bench.open()
      check(bench.problem == nil, bench.problem?.text ?? "")
      for _ in 0..<20 { bench.append() }
      bench.close()
    }
    let seals = JournalFiles(disk: bench.disk).segments.map { name in
      JournalFiles(disk: bench.disk).bytes(name).withUnsafeBytes {
        (try? SegmentHead.read($0))?.seal
      }
    }
    check(seals, equals: ["", "toy 1", "toy 1", "toy 1"])
    let report = Journal.verifyChain("/disk/journal", calls: bench.disk)
    check(report.problem == nil)
    bench.open()
    check(bench.found, equals: bench.twin)
    bench.close()
  }

  /// A format that knows no seal says what to do.
  @Test func anOldFormatIsUpgradedFirst() throws {
    let bench = JournalBench()
    bench.settings.newestFormat = 1
    bench.open()
    for _ in 0..<20 { bench.append() }
    bench.close()
    bench.settings.newestFormat = JournalFormat.newest
    bench.settings.seal = ToySeal()
    bench.open()
    check(bench.problem?.kind, equals: .older)
    check(bench.problem?.text.contains("hujia journal upgrade") ?? false)
    _ = try Journal.upgrade("/disk/journal", calls: bench.disk)
    bench.open()
    check(bench.found, equals: bench.twin, bench.problem?.text ?? "")
    append(bench, Self.planted)
    bench.close()
    check(places(bench), equals: [:])
    bench.open()
    check(bench.found, equals: bench.twin)
    bench.close()
  }

  /// Killed and cut at random, each life sealed.
  @Test func randomLivesAreSealed() {
    let bench = JournalBench()
    bench.settings.seal = ToySeal()
    bench.open()
    var random = SplitMix64(0x5ea1)
    for round in 0..<60 {
      for _ in 0..<random.below(30) { bench.append() }
      if random.below(2) == 0 { bench.sync() }
      let flaw = random.below(2) == 0 ? bench.killAndReopen() : bench.cutAndReopen(&random)
      guard flaw == nil else { return _ = check(false, "round \(round): \(flaw ?? "")") }
    }
    bench.close()
  }
}
