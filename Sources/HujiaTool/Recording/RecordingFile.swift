// A run that is written down, turn by turn, and the file it goes to when the engine is closed.

import Foundation
import HujiaDriver

/// Records the next engine that is opened. Its bytes are kept in memory until they are written: nothing is written
/// while the run lasts.
final class RecordingFile {
  private let path: String
  private let recorder: Recorder

  /// Reserved, and used page by page.
  private static let room_bytes = 2 << 30

  init(_ path: String, units: Int) throws {
    self.path = path
    do {
      recorder = try Recorder(units: units, room: Self.room_bytes)
    } catch {
      throw Failed("--record: \(error.text)")
    }
    EngineDriver.record(next: recorder)
  }

  /// After the engine was closed.
  func write() throws {
    let bytes = recorder.recorded
    guard let file = fopen(path, "wb") else {
      throw Failed("cannot write \(path): \(String(cString: strerror(errno)))")
    }
    let written = fwrite(bytes.baseAddress, 1, bytes.count, file)
    guard fclose(file) == 0, written == bytes.count else {
      throw Failed("\(path) could not be written to its end: \(String(cString: strerror(errno)))")
    }
    print(
      "written          \(path): \(Thousands.text(Int(recorder.turns))) turns, "
        + "\(bytes.count >> 20) MiB")
    guard !recorder.isFull else {
      throw Failed("the recording is full and ends before the run did: make the run shorter")
    }
  }
}
