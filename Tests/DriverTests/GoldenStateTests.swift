// A state of each version since the first is kept, as a library of its time wrote it (Tests/Golden/state;
// `golden_state` opens each and asks what its engine said). Here: that none is missing, so that nobody raises a version
// and keeps none.

import Glibc
import HujiaContainers
import HujiaTestSupport
import Testing

@testable import HujiaDriver
@testable import HujiaEngine
@testable import HujiaJournal

@Suite struct GoldenStateTests {
  private let folder = TemporaryFolder()

  private static let goldens =
    #filePath.split(separator: "/").dropLast(2).reduce("") { "\($0)/\($1)" } + "/Golden/state"

  /// The snapshot of a golden file: its name and its bytes. `golden_state` writes them in hex, `z` so many zeros.
  private func snapshot(_ path: String) throws -> (name: String, bytes: [UInt8]) {
    var found: (name: String, bytes: [UInt8])?
    let text = try #require(Self.text(path), "\(path) is missing")
    for line in text.split(separator: "\n") {
      let rest = String(line.dropFirst(2))
      switch line.first {
      case "#", "=", nil: continue
      case "@":
        if let found { if SnapshotHead.number(found.name) != nil { return found } }
        found = (rest, [])
      case "z": found?.bytes += [UInt8](repeating: 0, count: Int(rest) ?? 0)
      default:
        var digits = line[...]
        while let byte = UInt8(digits.prefix(2), radix: 16) {
          found?.bytes.append(byte)
          digits = digits.dropFirst(2)
        }
      }
    }
    return try #require(found)
  }

  private static func text(_ path: String) -> String? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&piece, 1, piece.count, file)
      guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
      bytes += piece[..<count]
    }
  }

  /// What its host's bytes say they are: the versions of the snapshot and of the core in it.
  private func versions(_ path: String) throws -> (snapshot: UInt32, core: UInt32) {
    let (name, bytes) = try snapshot(path)
    let head = try bytes.withUnsafeBytes { try SnapshotHead.read($0) }
    folder.save(bytes, as: name)
    let calls = SystemFiles()
    let descriptor = calls.openFolder(folder.path)
    defer { _ = calls.close(descriptor) }
    let state = try SnapshotFile.read(
      Folder(calls: calls, descriptor: descriptor), name, journal: head.journal, .opened(nil)
    ).bytes
    let read: Result<(UInt32, UInt32), any Error> = state.withUnsafeBytes { raw in
      Result {
        // A mark, then the version.
        let own = raw.loadUnaligned(fromByteOffset: 4, as: UInt32.self).littleEndian
        var coder = StateCoder(reading: raw)
        let opened = try #require(EngineState(reading: &coder)?.opened)
        try State.blank(opened.configuration).read(&coder)
        checkNil(coder.flaw.map { "\($0)" }, "\(path)")
        return (own, coder.version)
      }
    }
    return try read.get()
  }

  @Test func eachVersionHasItsGoldenFile() throws {
    var snapshots: Set<UInt32> = []
    for version in 1...EngineCore.stateVersion {
      let found = try versions("\(Self.goldens)/\(version).txt")
      check(found.core, equals: version, "\(version).txt is of version \(found.core)")
      snapshots.insert(found.snapshot)
    }
    check(snapshots, equals: Set(1...EngineState.version))
  }
}
