// Faults, planted into a recording: each is what a fault in the recorder, or an input that is not written down, leaves.

import HujiaContainers
import HujiaEngine
import HujiaIngest

@testable import HujiaDriver

enum Edit {
  /// A record taken apart.
  private struct Record {
    var kind: UInt8 = 0
    var head: [UInt8] = []
    var command: [UInt8] = []
    var content: [UInt8] = []
    var choices: [UInt8] = []
    var fixes: [[UInt8]] = []
  }

  private static let headSize = 22
  private static let leftAt = 4
  private static let fixSize = TakenFix.bytes

  private static func edited(
    _ recording: [UInt8], _ edit: (inout Record) -> Void
  ) throws -> [UInt8] {
    let writer = try recording.withUnsafeBytes { bytes -> [UInt8] in
      var reader = NumberReader(bytes)
      _ = RecordHead.read(&reader)
      var writer = try RecordWriter(.system, capacity: recording.count + 1_024)
      writer.numbers.put(UnsafeRawBufferPointer(rebasing: bytes[..<reader.offset]))
      while !reader.isAtEnd {
        var record = Record()
        record.kind = reader.get()
        var body = NumberReader(reader.takeCounted())
        if record.kind == Recorder.turn {
          record.head = Array(body.take(headSize))
          record.command = Array(body.takeCounted())
          record.content = Array(body.takeCounted())
          record.choices = Array(body.takeCounted())
        }
        let count: UInt32 = body.get()
        for _ in 0..<count { record.fixes.append(Array(body.take(fixSize))) }
        precondition(body.isAtEnd && !body.isBroken)
        edit(&record)
        put(record, &writer.numbers)
      }
      return Array(writer.written)
    }
    return writer
  }

  private static func put(_ record: Record, _ writer: inout NumberWriter) {
    func counted(_ bytes: [UInt8], _ writer: inout NumberWriter) {
      bytes.withUnsafeBytes { writer.putCounted($0) }
    }
    writer.put(record.kind)
    let place = writer.reserve()
    if record.kind == Recorder.turn {
      record.head.withUnsafeBytes { writer.put($0) }
      counted(record.command, &writer)
      counted(record.content, &writer)
      counted(record.choices, &writer)
    }
    writer.put(UInt32(record.fixes.count))
    for fix in record.fixes { fix.withUnsafeBytes { writer.put($0) } }
    writer.close(place)
  }

  private static func ask(_ fix: [UInt8]) -> UInt32 {
    fix.withUnsafeBytes {
      UInt32(littleEndian: $0.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
    }
  }

  /// Every third position was not written down.
  static func dropFixes(_ recording: [UInt8]) throws -> [UInt8] {
    var number = 0
    return try edited(recording) { record in
      record.fixes.removeAll { _ in
        number += 1
        return number % 3 == 0
      }
    }
  }

  /// What was chosen was not written down.
  static func forgetChoices(_ recording: [UInt8]) throws -> [UInt8] {
    try edited(recording) { record in record.choices = [] }
  }

  /// What decisions were given because they looked again was not.
  static func dropLooks(_ recording: [UInt8]) throws -> [UInt8] {
    try edited(recording) { record in record.fixes.removeAll { ask($0) > 0 } }
  }

  /// Whether more waited was not.
  static func forgetLeft(_ recording: [UInt8]) throws -> [UInt8] {
    try edited(recording) { record in if !record.head.isEmpty { record.head[leftAt] = 0 } }
  }

  /// The slices of time fired fewer steps than those that were recorded.
  static func fireLess(_ recording: [UInt8]) throws -> [UInt8] {
    try changeTicks(recording) { tick, _ in tick.most = 1 }
  }

  /// They fired by another clock than that of their turn.
  static func fireLate(_ recording: [UInt8]) throws -> [UInt8] {
    try changeTicks(recording) { _, moment in moment.now_ns += 1_000_000 }
  }

  private static func changeTicks(
    _ recording: [UInt8], _ edit: (inout Tick, inout Moment) -> Void
  ) throws -> [UInt8] {
    try edited(recording) { record in
      guard record.kind == Recorder.turn,
        var command = record.command.withUnsafeBytes({ CommandBytes.get($0)?.recorded }),
        case .plain(.tick(var tick)) = command.change,
        var writer = try? RecordWriter(.system, capacity: RecordedCommand.mostBytes)
      else { return }
      edit(&tick, &command.moment)
      command.change = .plain(.tick(tick))
      let room = writer.numbers.base
      writer.numbers.advance(by: command.encode(into: room))
      record.command = Array(writer.written)
    }
  }
}
