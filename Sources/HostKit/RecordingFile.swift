// A run that is written down, turn by turn, and the file it goes to when the engine is closed; and such a file applied
// again.

import HujiaDriver
import HujiaRoads

/// Records the next engine that is opened. Its bytes are kept in memory until they are written: nothing is written
/// while the run lasts.
package final class RecordingFile {
  private let path: String
  private let recorder: Recorder

  /// Reserved, and used page by page.
  private static let room_bytes = 2 << 30

  package init(_ path: String, units: Int) throws(Failed) {
    self.path = path
    do {
      recorder = try Recorder(units: units, room: Self.room_bytes)
    } catch {
      throw Failed(field: "--record", error.text)
    }
    EngineDriver.record(next: recorder)
  }

  /// After the engine was closed. Says what was written.
  package func write() throws(Failed) -> String {
    let bytes = recorder.recorded
    try Output.write(UnsafeRawBufferPointer(bytes), to: path, option: "--record")
    guard !recorder.isFull else {
      throw Failed(
        "the recording is full and ends before the run did", .mend("make the run shorter"))
    }
    return "\(path): \(Thousands.text(Int(recorder.turns))) turns, \(bytes.count >> 20) MiB"
  }

  /// Applies a recording to an engine in poll mode.
  package static func replay(_ path: String) throws(Failed) -> RecordedRun.Outcome {
    let file: RegularFile
    do throws(RegularFile.Refusal) { file = try RegularFile(path: path) } catch {
      throw Failed(
        "cannot read \(path) (\(error.reason))",
        .give("it", "a file that hujia stress --record wrote"))
    }
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: file.size_bytes, alignment: 16)
    defer { bytes.deallocate() }
    guard file.read(into: bytes) else {
      throw Failed("\(path) could not be read to its end", .mend("copy it again"))
    }
    do throws(Failure) { return try RecordedRun.replay(UnsafeRawBufferPointer(bytes)) } catch {
      throw Failed(field: path, error.text, .mend("record the run again"))
    }
  }
}
