// Numbers little-endian, one behind the other: the heads of the journal's files. Must never: trust a length.

import CHujiaJournal
import HujiaContainers

struct FieldWriter {
  private(set) var bytes: [UInt8] = []

  mutating func put<Number: FixedWidthInteger>(_ number: Number) {
    withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func put(_ id: JournalID) {
    put(id.high)
    put(id.low)
  }

  mutating func put(_ some: [UInt8]) { bytes.append(contentsOf: some) }

  mutating func putCounted(_ some: [UInt8]) {
    put(UInt32(some.count))
    put(some)
  }

  /// Zeros up to `count` bytes less four, then the sum of all before.
  mutating func seal(to count: Int) {
    bytes.append(contentsOf: repeatElement(0, count: max(0, count - 4 - bytes.count)))
    put(bytes.withUnsafeBytes { hujia_crc32c(0, $0.baseAddress, UInt64($0.count)) })
  }
}

extension FieldWriter {
  /// Whether the last four bytes are the sum of those before.
  static func isSealed(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count > 4, let start = bytes.baseAddress else { return false }
    let sum = UInt32(littleEndian: (start + bytes.count - 4).loadUnaligned(as: UInt32.self))
    return hujia_crc32c(0, start, UInt64(bytes.count - 4)) == sum
  }
}

extension NumberReader {
  mutating func getID() -> JournalID {
    let high: UInt64 = get()
    return JournalID(high: high, low: get())
  }

  mutating func getBytes(_ count: Int) -> [UInt8] { Array(take(count)) }

  mutating func getCounted(most: Int) -> [UInt8] {
    let count = Int(get(UInt32.self))
    guard count <= most else {
      fail()
      return []
    }
    return getBytes(count)
  }
}
