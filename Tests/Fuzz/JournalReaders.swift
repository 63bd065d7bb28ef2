// The readers of a journal under libFuzzer. An input is a folder: LOCK, one or two segments, a snapshot, a stream, in
// the order of its bytes. What libFuzzer changes has wrong sums and would be refused at once, so half of the inputs get
// all their sums and hashes made right first: then lengths, numbers and counts that nobody wrote are believed.
// scripts/fuzz compiles the readers themselves with the counters of libFuzzer.

import CHujiaJournal
import Glibc

@testable import HujiaJournal

/// A folder in memory that can be read, and nothing else.
private final class MemoryFolder: FileCalls, @unchecked Sendable {
  var files: [String: [UInt8]] = [:]
  private var open: [Int32: String] = [:]
  private var next: Int32 = 10

  func openFolder(_ path: String) -> Int32 { path == "/journal" ? 3 : -ENOENT }
  func open(_ folder: Int32, _ name: String, _ how: OpenHow) -> Int32 {
    guard how == .read, files[name] != nil else { return how == .read ? -ENOENT : -EROFS }
    next += 1
    open[next] = name
    return next
  }
  func close(_ descriptor: Int32) -> Int32 {
    open[descriptor] = nil
    return 0
  }
  func read(
    _ descriptor: Int32, _ into: UnsafeMutableRawBufferPointer, at offset: Int64
  ) -> Int {
    guard let bytes = open[descriptor].flatMap({ files[$0] }), offset >= 0 else {
      return -Int(EBADF)
    }
    let count = max(min(into.count, bytes.count - Int(offset)), 0)
    bytes.withUnsafeBytes { raw in
      if count > 0 {
        into.copyMemory(
          from: UnsafeRawBufferPointer(rebasing: raw[Int(offset)..<Int(offset) + count]))
      }
    }
    return count
  }
  func status(_ descriptor: Int32) -> Result<FileStatus, SystemError> {
    let bytes = open[descriptor].flatMap { files[$0] } ?? []
    return .success(
      FileStatus(
        device: 1, node: 1, bytes: Int64(bytes.count), owner: 0, mode: 0o600, links: 1,
        isFile: true))
  }
  func names(_ folder: Int32) -> Result<[String], SystemError> { .success(files.keys.sorted()) }

  func makeFolder(_ path: String) -> Int32 { -EROFS }
  func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer, at offset: Int64) -> Int {
    -Int(EROFS)
  }
  func syncData(_ descriptor: Int32) -> Int32 { 0 }
  func sync(_ descriptor: Int32) -> Int32 { 0 }
  func reserve(_ descriptor: Int32, bytes: Int64) -> Int32 { -EROFS }
  func truncate(_ descriptor: Int32, bytes: Int64) -> Int32 { -EROFS }
  func rename(_ folder: Int32, _ from: String, _ to: String) -> Int32 { -EROFS }
  func remove(_ folder: Int32, _ name: String) -> Int32 { -EROFS }
  func lock(_ descriptor: Int32) -> Int32 { 0 }
  func kind(_ descriptor: Int32) -> FileSystemKind { .disk }
  func forget(_ descriptor: Int32) {}
  func mapRing(
    _ descriptor: Int32, shared: Int, ring: Int, error: inout Int32
  ) -> UnsafeMutableRawPointer? { nil }
  func unmapRing(_ start: UnsafeMutableRawPointer, shared: Int, ring: Int) {}
  func anonymous() -> Int32 { -EROFS }
  func bootID() -> JournalID { .none }
  func randomID() -> JournalID { .none }
  func user() -> UInt32 { 0 }
  func now_ns() -> Int64 { 0 }
  func wall_us() -> Int64 { 0 }
}

/// Makes right what sums and hashes say of the rest, as far as lengths lead.
private enum Sums {
  static func head(_ bytes: inout [UInt8], size: Int) {
    guard size > 8, size <= bytes.count else { return }
    bytes.withUnsafeMutableBytes { raw in
      let sum = hujia_crc32c(0, raw.baseAddress, UInt64(size - 4))
      raw.storeBytes(of: sum.littleEndian, toByteOffset: size - 4, as: UInt32.self)
    }
  }

  static func word(_ bytes: [UInt8], _ at: Int) -> Int {
    guard at >= 0, at + 4 <= bytes.count else { return 0 }
    return bytes.withUnsafeBytes {
      Int(UInt32(littleEndian: $0.loadUnaligned(fromByteOffset: at, as: UInt32.self)))
    }
  }

  static func segment(_ bytes: inout [UInt8]) {
    let size = word(bytes, 12)
    head(&bytes, size: size)
    guard size >= 160, size <= bytes.count,
      let digest = try? ChainDigest(word(bytes, 80) == 2 ? .sm3 : .sha256)
    else { return }
    let seed = bytes.withUnsafeBytes { hujia_crc32c(0, $0.baseAddress.map { $0 + 16 }, 16) }
    var chain = digest.hash(
      Array(bytes[100..<132]), Array(bytes[..<size]).withUnsafeBytes { Array($0) })
    var offset = size
    var batch = size
    while offset + 48 <= bytes.count {
      let length = word(bytes, offset)
      let whole = Frame.whole(length)
      guard whole <= bytes.count - offset else { return }
      let kind = word(bytes, offset + 4) & 0xffff
      if kind == Int(Frame.batchHead) { batch = offset }
      if kind == Int(Frame.batchEnd), length >= 32 {
        chain = digest.hash(chain, Array(bytes[batch..<offset]))
        bytes.replaceSubrange(offset + 48..<offset + 80, with: chain)
      }
      frame(&bytes, at: offset, length: length, seed)
      offset += whole
    }
  }

  private static func frame(_ bytes: inout [UInt8], at offset: Int, length: Int, _ seed: UInt32) {
    bytes.withUnsafeMutableBytes { raw in
      guard let base = raw.baseAddress else { return }
      let at = base + offset
      let body = hujia_crc32c(seed, at + 48, UInt64(length))
      at.storeBytes(of: body.littleEndian, toByteOffset: 36, as: UInt32.self)
      let head = hujia_crc32c(seed, at, 44)
      at.storeBytes(of: head.littleEndian, toByteOffset: 44, as: UInt32.self)
    }
  }

  static func stream(_ bytes: inout [UInt8]) {
    head(&bytes, size: StreamHead.size)
    guard bytes.count > StreamHead.size else { return }
    let seed = bytes.withUnsafeBytes { hujia_crc32c(0, $0.baseAddress.map { $0 + 16 }, 16) }
    var offset = StreamHead.size
    while offset + 48 <= bytes.count {
      let length = word(bytes, offset)
      let whole = Frame.whole(length)
      guard whole <= bytes.count - offset else { return }
      frame(&bytes, at: offset, length: length, seed)
      offset += whole
    }
  }

  static func snapshot(_ bytes: inout [UInt8]) {
    head(&bytes, size: 128)
    guard bytes.count > 136,
      let digest = try? ChainDigest(word(bytes, 12) == 2 ? .sm3 : .sha256)
    else { return }
    let seed = bytes.withUnsafeBytes { hujia_crc32c(0, $0.baseAddress.map { $0 + 16 }, 16) }
    var offset = 128
    var content = Array(bytes[..<128])
    while offset + 8 <= bytes.count {
      var count = word(bytes, offset)
      let isLast = count == 0
      if isLast { count = 32 }
      guard count <= bytes.count - offset - 8 else { return }
      if isLast {
        bytes.replaceSubrange(offset + 8..<offset + 40, with: digest.hash([], content))
      } else {
        content += bytes[offset + 8..<offset + 8 + count]
      }
      let sum = Array(bytes[offset + 8..<offset + 8 + count]).withUnsafeBytes {
        hujia_crc32c(seed, $0.baseAddress, UInt64($0.count))
      }
      bytes.withUnsafeMutableBytes {
        $0.storeBytes(of: sum.littleEndian, toByteOffset: offset + 4, as: UInt32.self)
      }
      if isLast { return }
      offset += 8 + count
    }
  }
}

extension ChainDigest {
  fileprivate func hash(_ previous: [UInt8], _ bytes: [UInt8]) -> [UInt8] {
    bytes.withUnsafeBytes { hash(previous, $0) }
  }
}

/// flags u8, then five counted pieces (u16): LOCK, two segments, a snapshot, a stream.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOne(_ data: UnsafePointer<UInt8>?, _ size: Int) -> Int32 {
  let input = [UInt8](UnsafeBufferPointer(start: data, count: size))
  guard let flags = input.first else { return 0 }
  var pieces: [[UInt8]] = []
  var at = 1
  for _ in 0..<5 {
    guard at + 2 <= input.count else {
      pieces.append([])
      continue
    }
    let count = min(Int(input[at]) | Int(input[at + 1]) << 8, input.count - at - 2)
    pieces.append(Array(input[at + 2..<at + 2 + count]))
    at += 2 + count
  }
  if flags & 1 != 0 {
    for start in [0, LockPage.size] where pieces[0].count >= start + LockPage.size {
      var page = Array(pieces[0][start..<start + LockPage.size])
      Sums.head(&page, size: LockPage.size)
      pieces[0].replaceSubrange(start..<start + LockPage.size, with: page)
    }
    Sums.segment(&pieces[1])
    Sums.segment(&pieces[2])
    Sums.snapshot(&pieces[3])
    Sums.stream(&pieces[4])
  }
  let folder = MemoryFolder()
  if !pieces[0].isEmpty { folder.files[LockPage.name] = pieces[0] }
  if !pieces[1].isEmpty { folder.files[SegmentHead.name(1)] = pieces[1] }
  if !pieces[2].isEmpty { folder.files[SegmentHead.name(2)] = pieces[2] }
  if !pieces[4].isEmpty { folder.files[JournalStream.positions.fileName(1)] = pieces[4] }
  let sequence = UInt64(Sums.word(pieces[3], 32))
  if !pieces[3].isEmpty { folder.files[SnapshotHead.name(sequence)] = pieces[3] }
  read(folder, sequence)
  return 0
}

private func read(_ folder: MemoryFolder, _ sequence: UInt64) {
  var last: UInt64 = 0
  var bytes = 0
  let report = Journal.read("/journal", calls: folder, snapshot: { _, _ in true }) { record in
    precondition(record.sequence > last, "record \(record.sequence) came behind \(last)")
    last = record.sequence
    bytes += record.payload.reduce(0) { $0 &+ Int($1) }
    for apart in [record.apart.positions, record.apart.watches] {
      bytes &+= apart?.reduce(0) { $0 &+ Int($1) } ?? 0
    }
    return true
  }
  precondition(report.problem != nil || report.last >= last)
  _ = Journal.verifyChain(
    "/journal", kept: [ChainHead(record: 1, hash: ChainDigest.zero)], calls: folder)
  let opened = Folder(calls: folder, descriptor: 3)
  _ = try? SnapshotFile.read(
    opened, SnapshotHead.name(sequence), journal: JournalID(high: 0xabcd, low: 1), .proved)
}

private typealias Arguments = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
  _ count: UnsafeMutablePointer<Int32>, _ arguments: UnsafeMutablePointer<Arguments>,
  _ one: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

/// The package manager calls an executable's entry by its name.
@_cdecl("fuzz_main")
public func fuzzMain(
  _ count: Int32, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
) -> Int32 {
  var count = count
  var arguments = arguments
  return runDriver(&count, &arguments) { fuzzOne($0, $1) }
}
