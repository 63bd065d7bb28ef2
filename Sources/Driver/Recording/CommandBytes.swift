// A command in a recording: in its own encoding, a large batch of heartbeats in several pieces. What it points at
// stands beside it: plans as their text, an epoch as the street times it took in.

import HujiaContainers
import HujiaEngine

/// A command that was read back. Heartbeats are given their memory by its reader.
struct ReadCommand {
  var recorded: RecordedCommand
  var beats: [Heartbeat] = []

  /// Before anything was read.
  static var none: ReadCommand {
    ReadCommand(recorded: RecordedCommand(.useEpoch(0), at: Moment(now_ns: 0, wall_us: 0)))
  }
}

enum CommandBytes {
  static func most(_ command: borrowing Command) -> Int {
    RecordedCommand.parts(command) * RecordedCommand.mostBytes + 8
  }

  /// nil: damaged, or of a later version.
  static func get(_ raw: UnsafeRawBufferPointer) -> ReadCommand? {
    var read = ReadCommand.none
    return Self.read(raw, into: &read) ? read : nil
  }

  /// As `get`, in place: a journal of a million records is read at the pace of its copies.
  static func read(_ raw: UnsafeRawBufferPointer, into read: inout ReadCommand) -> Bool {
    read.beats.removeAll(keepingCapacity: true)
    var offset = 0
    while offset < raw.count {
      guard
        let size = try? read.recorded.read(UnsafeRawBufferPointer(rebasing: raw[offset...]))
      else { return false }
      if case .beats(let some) = read.recorded.change {
        for index in 0..<some.count { read.beats.append(some.elements[index]) }
      } else if offset > 0 {
        return false
      }
      offset += size
    }
    return offset > 0
  }
}
