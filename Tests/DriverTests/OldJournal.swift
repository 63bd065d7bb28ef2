// Journals of earlier formats, as tests have them: a new folder in one, and a reader that knows no more than the
// versions of the library that wrote it. Its numbers are those of then, and never change.

import Foundation
import HujiaContainers
import HujiaJournal
import HujiaTestSupport
import Testing

@testable import HujiaDriver
@testable import HujiaEngine

enum OldJournal {
  /// An empty folder; an engine that is opened on it goes on in its format.
  static func make(_ configuration: Configuration, format: UInt32) throws {
    let path = try #require(configuration.journalPath)
    var settings = JournalSettings(folder: path)
    settings.ringBytes = 8 << 20
    settings.segmentBytes = 8 << 20
    settings.newestFormat = format
    let journal = try Journal.open(settings) { _ in true }
    check(journal.format, equals: format)
    journal.close()
  }

  /// A golden folder (`Tests/Golden`), laid down; how many files.
  static func lay(_ golden: String, at path: String) throws -> Int {
    let source =
      #filePath.split(separator: "/").dropLast(2).reduce("") { "\($0)/\($1)" } + "/Golden/" + golden
    var files: [(name: String, bytes: [UInt8])] = []
    for line in try String(contentsOfFile: source, encoding: .utf8).split(separator: "\n") {
      switch line.first {
      case "#", "=", nil: continue
      case "@": files.append((String(line.dropFirst(2)), []))
      case "z":
        files[files.count - 1].bytes += [UInt8](
          repeating: 0, count: Int(line.dropFirst(2)) ?? 0)
      default:
        var rest = line
        while let byte = UInt8(rest.prefix(2), radix: 16) {
          files[files.count - 1].bytes.append(byte)
          rest = rest.dropFirst(2)
        }
      }
    }
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    for (name, bytes) in files {
      try Data(bytes).write(to: URL(fileURLWithPath: path + "/" + name))
    }
    return files.count
  }

  /// Kinds 1 to 40 were there; of 28 format 2 had a second version.
  private static let mostKind: UInt16 = 40
  private static func newestVersion(_ kind: UInt16, _ format: UInt32) -> UInt16 {
    kind == 28 && format == 2 ? 2 : 1
  }
  private static let mostChoice: UInt8 = 9

  /// Bytes of a command without heartbeats, as its golden file has them.
  private static func bytes(_ kind: UInt16, _ version: UInt16) throws -> Int {
    let path =
      #filePath.split(separator: "/").dropLast(2).reduce("") { "\($0)/\($1)" }
      + "/Golden/commands"
    let number = (kind < 10 ? "0" : "") + "\(kind)-"
    let names = try FileManager.default.contentsOfDirectory(atPath: path)
    let name = try #require(names.first { $0.hasPrefix(number) && $0.hasSuffix("-\(version).txt") })
    let text = try String(contentsOfFile: path + "/" + name, encoding: .utf8)
    return text.split(separator: "\n").filter { !$0.hasPrefix("#") && !$0.hasPrefix("=") }
      .reduce(0) { $0 + $1.count / 2 }
  }

  /// A copy of a closed folder, opened by a version of then: every command, every choice, every state.
  static func read(_ configuration: Configuration, format: UInt32) throws {
    let path = try #require(configuration.journalPath)
    let copy = path + "-read"
    try? FileManager.default.removeItem(atPath: copy)
    try FileManager.default.copyItem(atPath: path, toPath: copy)
    var settings = JournalSettings(folder: copy)
    settings.ringBytes = 8 << 20
    settings.segmentBytes = 8 << 20
    settings.retention_s = JournalSettings.forEver_s
    settings.newestFormat = format
    for name in try Snapshots.names(copy) { try state(copy, name, configuration, format) }
    try Snapshots.removeAll(copy)
    var turns = 0
    let journal = try Journal.open(settings) { record in
      guard record.kind == RecordKind.turn else {
        check(record.kind, equals: min(record.kind, RecordKind.staged))
        return true
      }
      turns += 1
      turn(record, format)
      return true
    }
    journal.close()
    check(turns, above: 0)
  }

  private static func turn(_ record: borrowing JournalRecord, _ format: UInt32) {
    let number = record.sequence
    let watches = record.apart.watches
    var reader = NumberReader(record.payload)
    _ = reader.take(1)
    check(reader.get(UInt8.self), equals: 1, "the version of the choices")
    _ = reader.take(12)
    let inside = reader.takeCounted()
    _ = reader.takeCounted()
    var choices = NumberReader(reader.takeCounted())
    check(format > 1 || watches == nil, "format 1 knows no streams")
    let command = inside.isEmpty ? watches ?? inside : inside
    var head = NumberReader(command)
    let (kind, version, length): (UInt16, UInt16, UInt32) = (head.get(), head.get(), head.get())
    check(kind, equals: min(kind, mostKind), "record \(number): a later kind")
    check(version, equals: min(version, newestVersion(kind, format)), "kind \(kind)")
    if kind != 27 {
      check(Int(length), equals: command.count)
      do { check(command.count, equals: try bytes(kind, version), "kind \(kind)") } catch {
        Issue.record("kind \(kind) version \(version): \(error)")
      }
    }
    while !choices.isAtEnd {
      let (kind, length): (UInt8, UInt16) = (choices.get(), choices.get())
      check(kind, equals: min(kind, mostChoice), "record \(number): a later choice")
      _ = choices.take(Int(length))
    }
  }

  /// The versions that a snapshot says: that of its file, and that of its core.
  private static func state(
    _ folder: String, _ name: String, _ configuration: Configuration, _ format: UInt32
  ) throws {
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name)))
    bytes.withUnsafeBytes { raw in
      var head = NumberReader(raw)
      _ = head.take(8)
      check(head.get(UInt32.self), equals: format, name)
    }
    // The core's version stands behind plans and events: its reader says which it was.
    var alone = configuration
    let path = folder + "-" + name
    alone.journalPath = path
    try FileManager.default.copyItem(atPath: folder, toPath: path)
    for other in try Snapshots.names(path) where other != name {
      try FileManager.default.removeItem(atPath: path + "/" + other)
    }
    let token = try EngineDriver.open(alone)
    let driver = try #require(EngineDriver.value(token) { $0 })
    check(driver.core.pointee.readState, equals: 1, "the state's version")
    check(driver.core.pointee.validate() == nil)
    check(EngineDriver.close(token), equals: .ok)
    try FileManager.default.removeItem(atPath: path)
  }
}
