// Hands that change a journal's files, with all sums made right again: what only the chain can find.

import CHujiaJournal
import HujiaTestSupport

@testable import HujiaJournal

enum Forgery {
  /// A segment whose head names another hash, its sum right.
  static func digest(_ segment: [UInt8], _ digest: UInt32) -> [UInt8] {
    var bytes = segment
    bytes.withUnsafeMutableBytes { raw in
      let size = Int(UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: 12, as: UInt32.self)))
      // Magic, version, size, journal, boot, number, first, after, batch: then the digest.
      raw.storeBytes(of: digest.littleEndian, toByteOffset: 80, as: UInt32.self)
      let sum = hujia_crc32c(0, raw.baseAddress, UInt64(size - 4))
      raw.storeBytes(of: sum.littleEndian, toByteOffset: size - 4, as: UInt32.self)
    }
    return bytes
  }
}

/// The files of a journal on a model disk, as bytes that a test may change.
struct JournalFiles {
  let disk: ModelDisk
  var folder: ModelDisk.Node? { disk.folder("/disk/journal") }

  var segments: [String] {
    (folder?.entries.keys.sorted() ?? []).filter { SegmentHead.number($0) != nil }
  }
  var snapshots: [String] {
    (folder?.entries.keys.sorted() ?? []).filter { SnapshotHead.number($0) != nil }
  }

  func bytes(_ name: String) -> [UInt8] { folder?.entries[name]?.bytes ?? [] }

  func set(_ name: String, _ bytes: [UInt8]) {
    guard let node = folder?.entries[name] else { return }
    node.bytes = bytes
    node.kept = bytes
    node.dirty = []
  }

  /// Where each record of a segment stands, and in which batch.
  func records(_ name: String, seed: UInt32) -> [(offset: Int, size: Int, batch: Int)] {
    var found: [(Int, Int, Int)] = []
    bytes(name).withUnsafeBytes { raw in
      guard let head = try? SegmentHead.read(raw) else { return }
      var offset = head.size
      var batch = offset
      while let frame = Frame.read(raw, at: offset, seed: seed) {
        if frame.kind == Frame.batchHead { batch = offset }
        if frame.kind < Frame.firstReserved { found.append((offset, frame.size, batch)) }
        offset += frame.size
      }
    }
    return found
  }

  /// Makes the sums of the frame at `offset` right.
  static func reseal(_ bytes: inout [UInt8], at offset: Int, seed: UInt32) {
    bytes.withUnsafeMutableBytes { raw in
      guard let base = raw.baseAddress else { return }
      let at = base + offset
      let length = Int(UInt32(littleEndian: at.loadUnaligned(as: UInt32.self)))
      let body = hujia_crc32c(seed, at + Frame.headSize, UInt64(length))
      at.storeBytes(of: body.littleEndian, toByteOffset: 36, as: UInt32.self)
      let head = hujia_crc32c(seed, at, 44)
      at.storeBytes(of: head.littleEndian, toByteOffset: 44, as: UInt32.self)
    }
  }

  /// Puts another sequence into a frame, its sums right.
  static func renumber(_ bytes: inout [UInt8], at offset: Int, _ sequence: UInt64, seed: UInt32) {
    bytes.withUnsafeMutableBytes {
      $0.storeBytes(of: sequence.littleEndian, toByteOffset: offset + 8, as: UInt64.self)
    }
    reseal(&bytes, at: offset, seed: seed)
  }
}
