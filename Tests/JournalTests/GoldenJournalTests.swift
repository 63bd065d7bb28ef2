// Journals of every format since the first, written by another program: each is read, and goes on being written.

import Glibc
import HujiaTestSupport
import Testing

@testable import HujiaJournal

/// A golden file: the journal's files, and what is to be read in them.
struct GoldenJournal {
  var name: String
  var files: [(name: String, bytes: [UInt8])] = []
  var lines: [String] = []

  static var all: [GoldenJournal] {
    let folder =
      #filePath.split(separator: "/").dropLast(2).reduce("") { "\($0)/\($1)" }
      + "/Golden/journal"
    guard let listing = opendir(folder) else { return [] }
    defer { closedir(listing) }
    var names: [String] = []
    while let entry = readdir(listing) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name.hasSuffix(".txt") { names.append(name) }
    }
    return names.sorted().map { GoldenJournal(folder, $0) }
  }

  init(_ folder: String, _ name: String) {
    self.name = name
    guard let file = fopen("\(folder)/\(name)", "r") else { return }
    defer { fclose(file) }
    var buffer: UnsafeMutablePointer<CChar>?
    var room = 0
    defer { free(buffer) }
    while getline(&buffer, &room, file) > 0, let buffer {
      take(String(cString: buffer).filter { $0 != "\n" })
    }
  }

  private mutating func take(_ line: String) {
    let rest = String(line.dropFirst(2))
    switch line.first {
    case "#", nil: return
    case "@": files.append((rest, []))
    case "=": lines.append(rest)
    case "z": files[files.count - 1].bytes += [UInt8](repeating: 0, count: Int(rest) ?? 0)
    default: files[files.count - 1].bytes += Self.bytes(line)
    }
  }

  static func bytes(_ digits: String) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = Substring(digits)
    while let byte = UInt8(rest.prefix(2), radix: 16) {
      bytes.append(byte)
      rest = rest.dropFirst(2)
    }
    return bytes
  }

  /// Onto a model disk.
  func lay(_ disk: ModelDisk) {
    _ = disk.makeFolder("/disk/journal")
    let folder = disk.openFolder("/disk/journal")
    for (name, bytes) in files {
      let file = disk.open(folder, name, .new)
      _ = bytes.withUnsafeBytes { disk.write(file, $0, at: 0) }
      _ = disk.sync(file)
      _ = disk.close(file)
    }
    _ = disk.sync(folder)
    _ = disk.close(folder)
  }
}

@Suite struct GoldenJournalTests {
  static func hex(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  @Test func everyFormatIsRead() {
    let all = GoldenJournal.all
    check(all.count, atLeast: 2)
    var formats: Set<UInt32> = []
    for golden in all {
      let disk = ModelDisk()
      golden.lay(disk)
      var lines: [String] = []
      let report = Journal.read("/disk/journal", calls: disk) { record in
        let payload = Self.hex(Array(record.payload))
        var line =
          "record \(record.sequence) \(record.kind) \(record.monotonic_ns) \(record.wall_us) "
          + (payload.isEmpty ? "-" : payload)
        for stream in JournalStream.allCases {
          if record.apart.gone.contains(JournalStreams(stream)) { line += " \(stream.name) gone" }
          let piece = stream == .positions ? record.apart.positions : record.apart.watches
          if let piece { line += " \(stream.name) \(Self.hex(Array(piece)))" }
        }
        lines.append(line)
        return true
      }
      check(report.problem == nil, "\(golden.name): \(report.problem.map { "\($0)" } ?? "")")
      check(report.wasClosed, equals: true)
      lines = ["last \(report.last)", "head \(Self.hex(report.chain.head))"] + lines
      check(lines, equals: golden.lines, golden.name)
      for (name, bytes) in golden.files where SegmentHead.number(name) != nil {
        let head = bytes.withUnsafeBytes { try? SegmentHead.read($0) }
        check(head?.bytes ?? [], equals: Array(bytes.prefix(head?.size ?? 1)), golden.name)
        formats.insert(head?.format ?? 0)
      }
    }
    check(formats, equals: Set(JournalFormat.oldest...JournalFormat.newest))
  }

  /// Opened with the snapshot, then written on in its format: both are one chain.
  @Test func everyFormatGoesOn() throws {
    check(GoldenJournal.all.count, atLeast: 2)
    for golden in GoldenJournal.all {
      let bench = JournalBench()
      golden.lay(bench.disk)
      var snapshot = 0
      var first: UInt64 = 0
      let settings = bench.settings
      let journal = try Journal.open(
        settings,
        snapshot: { raw in
          snapshot = raw.count
          return true
        },
        record: { record in
          if first == 0 { first = record.sequence }
          return true
        })
      check(snapshot > 0 || first == 1, golden.name)
      // Behind the snapshot of the streams there is a note alone.
      let next: UInt64 = golden.name.contains("streams") ? 0 : 8
      if snapshot > 0 { check(first, equals: next, golden.name) }
      let payload: [UInt8] = [1, 2, 3]
      let sequence = payload.withUnsafeBytes {
        journal.append(kind: 3, monotonic_ns: 1, wall_us: 1, $0)
      }
      journal.sync()
      journal.close()
      let report = Journal.verifyChain("/disk/journal", calls: bench.disk)
      check(report.problem == nil, "\(golden.name): \(report.problem.map { "\($0)" } ?? "")")
      check(report.last, equals: sequence)
    }
  }
}
