// A command in a recording: in its own encoding, a large batch of heartbeats in several pieces. What it points at
// stands beside it: plans as their text, an epoch as the street times it took in.

import HujiaContainers
import HujiaEngine

/// A command that was read back. Heartbeats are given their memory by its reader.
struct ReadCommand {
  var recorded: RecordedCommand
  var beats: [Heartbeat] = []
}

enum CommandBytes {
  static func most(_ command: borrowing Command) -> Int {
    RecordedCommand.parts(command) * RecordedCommand.mostBytes + 8
  }

  /// nil: damaged, or of a later version.
  static func get(_ raw: UnsafeRawBufferPointer) -> ReadCommand? {
    var read: ReadCommand?
    var offset = 0
    while offset < raw.count {
      guard
        let (piece, size) = try? RecordedCommand.decode(
          UnsafeRawBufferPointer(rebasing: raw[offset...]))
      else { return nil }
      offset += size
      var whole = read ?? ReadCommand(recorded: piece)
      if case .beats(let some) = piece.change {
        for index in 0..<some.count { whole.beats.append(some.elements[index]) }
      } else if read != nil {
        return nil
      }
      read = whole
    }
    return read
  }
}
