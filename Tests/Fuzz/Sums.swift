// Makes right what sums, hashes and, where asked, numbers say of the rest, as far as lengths lead. What libFuzzer
// changes would be refused at once otherwise, and nothing behind the first sum would ever be read.

import CHujiaJournal

@testable import HujiaJournal

let journal = JournalID(high: 0xabcd, low: 1)
let seed = Frame.seed(journal)
private let sha256 = Result { try ChainDigest(.sha256) }
private let sm3 = Result { try ChainDigest(.sm3) }

func digest(_ isSM3: Bool) -> ChainDigest {
  guard let digest = try? (isSM3 ? sm3 : sha256).get() else { fatalError("libcrypto lacks a hash") }
  return digest
}

/// A chain of batches on its way.
struct Chain {
  let digest: ChainDigest
  var hash = ChainDigest.zero
  var last: UInt64
  var batch: UInt64

  mutating func add(_ bytes: UnsafeRawBufferPointer) {
    digest.begin()
    digest.add(hash)
    digest.add(bytes)
    hash.withUnsafeMutableBytes { room in
      if let start = room.baseAddress { digest.end(start) }
    }
  }

  /// What `previous` and `bytes` come to: a segment's head.
  mutating func begin(_ bytes: UnsafeRawBufferPointer, previous: UnsafeRawBufferPointer) {
    digest.begin()
    digest.add(previous)
    digest.add(bytes)
    hash.withUnsafeMutableBytes { room in
      if let start = room.baseAddress { digest.end(start) }
    }
  }
}

enum Sums {
  typealias Bytes = UnsafeMutableRawBufferPointer

  /// A head that ends with the sum of all before.
  static func head(_ bytes: Bytes, at start: Int = 0, size: Int) {
    guard size > 8, start + size <= bytes.count, let base = bytes.baseAddress else { return }
    bytes.put(hujia_crc32c(0, base + start, UInt64(size - 4)), at: start + size - 4)
  }

  static func frame(_ bytes: Bytes, at offset: Int, length: Int) {
    guard let base = bytes.baseAddress else { return }
    bytes.put(hujia_crc32c(seed, base + offset + 48, UInt64(length)), at: offset + 36)
    bytes.put(hujia_crc32c(seed, base + offset, 44), at: offset + 44)
  }

  /// Frames one behind the other, of a ring or a stream. `next`: they count from here.
  static func frames(_ bytes: Bytes, from start: Int, next: UInt64? = nil) {
    var (offset, next) = (start, next)
    while offset + 48 <= bytes.count {
      let length = bytes.word(offset)
      guard length <= Frame.mostPayload, Frame.whole(length) <= bytes.count - offset else { return }
      if let sequence = next {
        bytes.put(sequence, at: offset + 8)
        next = sequence &+ 1
      }
      frame(bytes, at: offset, length: length)
      offset += Frame.whole(length)
    }
  }

  /// Batches from `start` on.
  static func batches(_ bytes: Bytes, from start: Int, _ chain: inout Chain, isCounted: Bool) {
    var (offset, head, count) = (start, start, UInt64(0))
    while offset + 48 <= bytes.count {
      let length = bytes.word(offset)
      guard length <= Frame.mostPayload, Frame.whole(length) <= bytes.count - offset else { return }
      let kind = bytes.number(offset + 4, UInt16.self)
      if kind == Frame.batchHead {
        (head, count) = (offset, 0)
      } else if kind == Frame.batchEnd, length >= BatchHead.endPayload,
        bytes.word(head) >= BatchHead.payload
      {
        if isCounted { close(bytes, head, end: offset, count, &chain) }
        chain.add(UnsafeRawBufferPointer(rebasing: bytes[head..<offset]))
        chain.hash.withUnsafeBytes { hash in
          Bytes(rebasing: bytes[(offset + 48)..<(offset + 80)]).copyBytes(from: hash)
        }
      } else {
        if isCounted { bytes.put(chain.last &+ 1 &+ count, at: offset + 8) }
        count &+= 1
      }
      frame(bytes, at: offset, length: length)
      offset += Frame.whole(length)
    }
  }

  /// What a batch's head and end say of what stands between them.
  private static func close(
    _ bytes: Bytes, _ head: Int, end: Int, _ count: UInt64, _ chain: inout Chain
  ) {
    let payload = head + 48
    bytes.put(chain.batch, at: payload)
    bytes.put(chain.last &+ 1, at: payload + 8)
    bytes.put(UInt32(truncatingIfNeeded: count), at: payload + 16)
    bytes.put(UInt32(truncatingIfNeeded: end - head - BatchHead.size), at: payload + 20)
    frame(bytes, at: head, length: bytes.word(head))
    for place in [6..<8, 16..<36, 40..<44] {
      for at in place { bytes[end + at] = bytes[head + at] }
    }
    bytes.put(chain.last &+ count, at: end + 8)
    bytes.put(chain.batch, at: end + 48 + 32)
    chain.last &+= count
    chain.batch &+= 1
  }

  /// Head, pieces and the hash at the end.
  static func snapshot(_ bytes: Bytes) {
    head(bytes, size: SnapshotHead.size)
    guard bytes.count > SnapshotHead.size + 8, let base = bytes.baseAddress else { return }
    let digest = digest(bytes.word(12) == 2)
    var offset = SnapshotHead.size
    digest.begin()
    digest.add(UnsafeRawBufferPointer(rebasing: bytes[..<offset]))
    while offset + 8 <= bytes.count {
      let isLast = bytes.word(offset) == 0
      let count = isLast ? ChainDigest.size : bytes.word(offset)
      guard count <= bytes.count - offset - 8 else { return }
      if isLast {
        digest.end(base + offset + 8)
      } else {
        digest.add(UnsafeRawBufferPointer(rebasing: bytes[(offset + 8)..<(offset + 8 + count)]))
      }
      bytes.put(hujia_crc32c(seed, base + offset + 8, UInt64(count)), at: offset + 4)
      if isLast { return }
      offset += 8 + count
    }
  }
}
