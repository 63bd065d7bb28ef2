// The bytes of commands: every kind comes back as it went in, every file that was ever committed still says the same,
// and no bytes whatever do harm. The golden files are written by another encoder (scripts/contracting/commands.py).

import Glibc
import HujiaContainers
import HujiaTestSupport
import Testing

@testable import HujiaEngine

@Suite struct CommandEncodingTests {
  private func encode(
    _ command: RecordedCommand, _ format: UInt32 = CommandFormat.newestFormat
  ) -> [UInt8] {
    // A canary behind the room: no command takes more than it may.
    var room = [UInt8](repeating: 0xa5, count: RecordedCommand.mostBytes + 64)
    let count = room.withUnsafeMutableBytes {
      command.encode(into: $0.baseAddress.unsafelyUnwrapped, format: format)
    }
    check(count, atMost: RecordedCommand.mostBytes, "\(count) bytes")
    check(room[count...].allSatisfy { $0 == 0xa5 }, "written behind the record")
    return Array(room[..<count])
  }

  private func decode(_ bytes: [UInt8]) throws(CommandFault) -> RecordedCommand {
    // Exactly as long as the bytes: a sanitizer sees what is read behind them.
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: max(bytes.count, 1), alignment: 1)
    defer { copy.deallocate() }
    copy.copyBytes(from: bytes)
    let given = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(copy)[..<bytes.count])
    let (command, length) = try RecordedCommand.decode(given)
    check(length, atMost: bytes.count, "\(length) of \(bytes.count) bytes")
    return command
  }

  private func lines(_ command: RecordedCommand) -> [String] {
    var said = CommandLines()
    said.say("now_ns", command.moment.now_ns)
    said.say("wall_us", command.moment.wall_us)
    said.say("client_high", command.client.high)
    said.say("client_low", command.client.low)
    said.say("request", command.request)
    said.say("act", command.act)
    said.say(command.change)
    return said.lines
  }

  private func sample(_ kind: UInt16, _ random: inout SplitMix64) -> RecordedCommand {
    RecordedCommand(
      CommandSamples.change(kind, &random),
      at: Moment(
        now_ns: Int64(truncatingIfNeeded: random.next()),
        wall_us: Int64(truncatingIfNeeded: random.next())),
      act: CommandSamples.act(&random),
      client: Client(high: random.next(), low: random.next()), request: random.next())
  }

  private func name(_ kind: UInt16) -> String { CommandSamples.names[kind] ?? "kind \(kind)" }

  @Test(arguments: CommandSamples.kinds)
  func everyKindComesBack(kind: UInt16) throws {
    var random = SplitMix64(UInt64(kind))
    for _ in 0..<Scale.count(200, full: 20_000) {
      let command = sample(kind, &random)
      let bytes = encode(command)
      check(
        Array(bytes[..<4]),
        equals: [UInt8(kind), 0, UInt8(CommandFormat.newestVersion(kind) ?? 0), 0])
      check(Int(bytes[4]) + Int(bytes[5]) << 8, equals: bytes.count)
      let back = try decode(bytes)
      check(
        lines(back), equals: lines(command), "\(name(kind)): \(lines(back)), not \(lines(command))")
      check(encode(back), equals: bytes, "\(name(kind)): other bytes")
    }
  }

  /// A field that stands in a type and not in commands.json would be lost without a word.
  @Test func everyFieldIsListed() {
    for (type, names) in CommandSamples.fields {
      let fields = Mirror(reflecting: type).children.compactMap(\.label)
      check(fields.sorted(), equals: names.sorted(), "\(type): \(fields), not \(names)")
    }
    check(
      Mirror(reflecting: Command(.resetFigures)).children.count, equals: 4, "a field of Command")
    check(Mirror(reflecting: Moment(now_ns: 0, wall_us: 0)).children.count, equals: 2, "of Moment")
    check(Mirror(reflecting: Client()).children.count, equals: 2, "of Client")
  }

  // Golden files

  private struct Golden {
    var name: String
    var bytes: [UInt8] = []
    var lines: [String] = []
  }

  private func goldens() throws -> [Golden] {
    let folder =
      #filePath.split(separator: "/").dropLast(2).reduce("") { "\($0)/\($1)" }
      + "/Golden/commands"
    let listing = try #require(opendir(folder), "\(folder) is not there")
    defer { closedir(listing) }
    var found: [Golden] = []
    while let entry = readdir(listing) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard name.hasSuffix(".txt") else { continue }
      found.append(read(folder, name))
    }
    return found
  }

  private func read(_ folder: String, _ name: String) -> Golden {
    var golden = Golden(name: name)
    guard let file = fopen("\(folder)/\(name)", "r") else { return golden }
    defer { fclose(file) }
    var buffer = [CChar](repeating: 0, count: 4_096)
    while fgets(&buffer, 4_096, file) != nil {
      let end = buffer.firstIndex(of: 0) ?? 0
      let line = String(decoding: buffer[..<end].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        .filter { $0 != "\n" }
      if line.hasPrefix("= ") {
        golden.lines.append(String(line.dropFirst(2)))
      } else if !line.hasPrefix("#") {
        var digits = Substring(line)
        while let byte = UInt8(digits.prefix(2), radix: 16) {
          golden.bytes.append(byte)
          digits = digits.dropFirst(2)
        }
      }
    }
    return golden
  }

  @Test func everyGoldenFileStillSaysTheSame() throws {
    let all = try goldens()
    for golden in all {
      let command: RecordedCommand
      do throws(CommandFault) {
        command = try decode(golden.bytes)
      } catch {
        check(false, "\(golden.name): \(error)")
        continue
      }
      // A later version may say more.
      let said = lines(command)
      for line in golden.lines { check(said.contains(line), "\(golden.name): no line \(line)") }
      let kind = UInt16(golden.bytes[0]) | UInt16(golden.bytes[1]) << 8
      let version = UInt16(golden.bytes[2]) | UInt16(golden.bytes[3]) << 8
      // A journal of its format has it in its bytes.
      let format = (1...CommandFormat.newestFormat).first {
        CommandFormat.version(kind, $0) == version
      }
      check(
        encode(command, format ?? 0), equals: golden.bytes, "\(golden.name): other bytes")
      guard version == CommandFormat.newestVersion(kind) else { continue }
      check(said, equals: golden.lines, "\(golden.name): \(said)")
      check(encode(command), equals: golden.bytes, "\(golden.name): other bytes")
    }
    // One for every kind, in the version that is written now.
    for kind in CommandSamples.kinds {
      let version = CommandFormat.newestVersion(kind) ?? 0
      let isThere = all.contains { golden in
        golden.bytes.count > 4 && UInt16(golden.bytes[0]) == kind
          && UInt16(golden.bytes[2]) == version
      }
      check(isThere, "\(name(kind)) version \(version) has no golden file")
    }
  }

  // The digest of a request, which a state keeps

  /// A slow twin: the bytes without their moment, hashed.
  private func hash(_ bytes: [UInt8]) -> UInt64 {
    var plain = bytes
    for place in 8..<24 { plain[place] = 0 }
    while plain.count % 8 != 0 { plain.append(0) }
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for first in stride(from: 0, to: plain.count, by: 8) {
      let word = plain[first..<first + 8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      hash = Spread.mix(hash ^ word)
    }
    return hash
  }

  /// nil: what it points at is not there.
  private func asked(_ record: RecordedCommand) -> Command? {
    let change: Change
    switch record.change {
    case .plain(let plain): change = plain
    case .takeEvents(let room):
      change = .takeEvents(
        EventRoom(most: room.most, decisions: room.decisions, fires: room.fires))
    case .beats, .usePlans, .useEpoch: return nil
    }
    return Command(change, act: record.act, client: record.client, request: record.request)
  }

  /// What an earlier library remembered of a request is what this one works out for it: fields that came since, and
  /// that nobody states, change nothing. What is said in them does.
  @Test func aDigestOutlivesTheFormat() throws {
    var older = 0
    for golden in try goldens() {
      guard let command = asked(try decode(golden.bytes)) else { continue }
      let expected = hash(golden.bytes)
      check(
        command.digest(), equals: expected, "\(golden.name): \(command.digest()), not \(expected)")
      let kind = UInt16(golden.bytes[0])
      if UInt16(golden.bytes[2]) != CommandFormat.newestVersion(kind) { older += 1 }
    }
    check(older, atLeast: 2, "\(older) golden files of earlier versions")
    let unbounded = Command(.takeEvents(EventRoom(most: 8, decisions: 3)))
    let bounded = Command(.takeEvents(EventRoom(most: 8, decisions: 3, fires: 2)))
    check(bounded.digest(), isNot: unbounded.digest(), "a field of format 2 is not heard")
    let ticks = [Int64.min, 0, 1].map {
      Command(.tick(Tick(most: 8, decisions: 3, offerSteps: 1, restedUntil_ns: $0))).digest()
    }
    check(Set(ticks).count, equals: 3, "a field of format 3 is not heard: \(ticks)")
  }

  // Bytes that are none

  /// Refused, or a command that is written as these bytes again: nothing is taken for what it is not. What an earlier
  /// version wrote is written in today's, and is the same command.
  private func isHarmless(_ bytes: [UInt8]) -> Bool {
    guard let command = try? decode(bytes) else { return true }
    let again = encode(command)
    guard bytes[2] == again[2] else {
      return (try? decode(again)).map { lines($0) == lines(command) } ?? false
    }
    return again == Array(bytes.prefix(again.count))
  }

  private func fault(_ bytes: [UInt8]) -> CommandFault? {
    do throws(CommandFault) {
      _ = try decode(bytes)
      return nil
    } catch {
      return error
    }
  }

  @Test(arguments: CommandSamples.kinds)
  func damagedBytesDoNoHarm(kind: UInt16) {
    var random = SplitMix64(UInt64(kind) &+ 1_000)
    for _ in 0..<Scale.count(2, full: 50) {
      let bytes = encode(sample(kind, &random))
      for length in 0..<bytes.count {
        check(fault(Array(bytes[..<length])), equals: .damaged, "\(name(kind)) cut to \(length)")
        // A length that fits the cut: its fields end too early.
        var cut = Array(bytes[..<length])
        if length >= 8 {
          cut[4] = UInt8(length & 0xff)
          cut[5] = UInt8(length >> 8)
          check(fault(cut), equals: .damaged, "\(name(kind)) shortened to \(length)")
        }
      }
      // Longer than its kind, by its own word.
      var long = bytes + [UInt8](repeating: 0, count: 16)
      check(fault(long), equals: nil, "\(name(kind)) with another record behind it")
      long[4] = UInt8((bytes.count + 16) & 0xff)
      long[5] = UInt8((bytes.count + 16) >> 8)
      check(fault(long), equals: .damaged, "\(name(kind)) lengthened")
      for place in 0..<bytes.count {
        for bit in 0..<8 {
          var flipped = bytes
          flipped[place] ^= 1 << UInt8(bit)
          check(isHarmless(flipped), "\(name(kind)), bit \(bit) of byte \(place)")
        }
        for value: UInt8 in [0, 0x7f, 0x80, 0xff] {
          var set = bytes
          set[place] = value
          check(isHarmless(set), "\(name(kind)), byte \(place) = \(value)")
        }
      }
    }
  }

  @Test func whatCameLaterIsTold() {
    var random = SplitMix64(7)
    for kind in CommandSamples.kinds {
      var bytes = encode(sample(kind, &random))
      let newest = UInt8(CommandFormat.newestVersion(kind) ?? 0)
      bytes[2] = newest + 1
      check(fault(bytes), equals: .newer, "\(name(kind)) in version \(newest + 1)")
      bytes[2] = 0
      check(fault(bytes), equals: .damaged, "\(name(kind)) in version 0")
      bytes[2] = newest
      bytes[1] = 1  // kind + 256
      check(fault(bytes), equals: .newer, "kind \(kind) + 256")
    }
    var none = encode(sample(1, &random))
    none[0] = 0
    check(fault(none), equals: .newer)
  }

  @Test func anyBytesDoNoHarm() {
    var random = SplitMix64(11)
    for _ in 0..<Scale.count(20_000, full: 2_000_000) {
      var bytes = (0..<random.below(300)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      if bytes.count >= 8, random.chance(90) {
        // A head that looks right, so that the fields are read.
        bytes[0] = UInt8(random.below(40))
        bytes[1] = 0
        bytes[2] = UInt8(1 + random.below(2))
        bytes[3] = 0
        bytes[4] = UInt8(bytes.count & 0xff)
        bytes[5] = UInt8(bytes.count >> 8)
        bytes[6] = 0
        bytes[7] = 0
      }
      check(isHarmless(bytes), "\(bytes)")
    }
  }

  // What commands point at

  @Test func whatIsPointedAtIsNamed() throws {
    var random = SplitMix64(3)
    let beats = (0..<30).map { _ in CommandSamples.heartbeat(&random) }
    try beats.withUnsafeBytes { raw in
      let base = try #require(raw.baseAddress)
      let stride = MemoryLayout<Heartbeat>.stride
      let command = Command(
        .beats(Beats(watches: base, times_us: base + 8, stride: stride, count: beats.count)))
      check(RecordedCommand.parts(command), equals: 3)
      var found: [Heartbeat] = []
      for part in 0..<RecordedCommand.parts(command) {
        let moment = Moment(now_ns: 1, wall_us: 2)
        let record = try decode(encode(RecordedCommand(command, at: moment, part: part)))
        guard case .beats(let some) = record.change else {
          check(false, "no heartbeats")
          continue
        }
        for index in 0..<some.count { found.append(some.elements[index]) }
      }
      check(found.map(\.watchID), equals: beats.map(\.watchID))
      check(found.map(\.wall_us), equals: beats.map(\.wall_us))
    }
    let tables = try Bench.keep(.builtIn)
    defer { Bench.free(tables) }
    tables.pointee.source = TextMark(bytes: 77, checksum: 99)
    let plans = RecordedCommand(Command(.usePlans(tables)), at: Moment(now_ns: 0, wall_us: 0))
    guard case .usePlans(let mark) = try decode(encode(plans)).change else {
      check(false, "no plans")
      return
    }
    check(mark, equals: TextMark(bytes: 77, checksum: 99))
  }
}
