// A record as a journal of format 1 has it: what stands apart is part of its payload.

import HujiaContainers
import HujiaJournal

@testable import HujiaDriver

extension JournalRecord {
  var inlined: [UInt8] {
    if kind == RecordKind.positions, let apart = apart.positions { return Self.counted(apart) }
    guard kind == RecordKind.turn else { return Array(payload) }
    var reader = NumberReader(payload)
    // Flags, version, status, newest event.
    var bytes = Array(reader.take(14))
    let command = reader.takeCounted()
    bytes += Self.counted(command.isEmpty ? apart.watches ?? command : command)
    bytes += Self.counted(reader.takeCounted())
    bytes += Self.counted(reader.takeCounted())
    let fixes = reader.takeCounted()
    bytes += Self.counted(apart.positions ?? fixes)
    return bytes
  }

  private static func counted(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
    withUnsafeBytes(of: UInt32(bytes.count).littleEndian) { Array($0) } + Array(bytes)
  }
}
