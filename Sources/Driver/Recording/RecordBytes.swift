// Bytes of a recording: numbers stand little-endian one behind the other, whatever the machine.

import HujiaContainers

/// Room for a recording, taken whole; pages that are not used cost nothing. Never grows.
struct RecordWriter: ~Copyable {
  private let bytes: Block<UInt8>
  private(set) var count = 0

  init(_ memory: Memory, capacity: Int) throws(OutOfMemory) {
    bytes = try Block<UInt8>(unfilled: memory, count: capacity)
  }

  var room: Int { bytes.count - count }
  var written: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: bytes.base, count: count) }

  /// There is room for it: the caller has looked.
  mutating func put<Number: FixedWidthInteger>(_ number: Number) {
    UnsafeMutableRawPointer(bytes.base + count).storeBytes(
      of: number.littleEndian, as: Number.self)
    count += MemoryLayout<Number>.size
  }

  mutating func put(_ raw: UnsafeRawBufferPointer) {
    guard let start = raw.baseAddress else { return }
    UnsafeMutableRawPointer(bytes.base + count).copyMemory(from: start, byteCount: raw.count)
    count += raw.count
  }

  /// A number whose value is known later.
  mutating func reserve() -> Int {
    put(UInt32(0))
    return count
  }

  /// Says at a reserved place how many bytes came behind it.
  func close(_ place: Int) {
    UnsafeMutableRawPointer(bytes.base + place - 4).storeBytes(
      of: UInt32(count - place).littleEndian, as: UInt32.self)
  }
}

/// Reads what `RecordWriter` wrote. Past the end, or where a length cannot be right, it gives zeros and is broken.
struct RecordReader {
  private let bytes: UnsafeRawBufferPointer
  private(set) var offset = 0
  private(set) var isBroken = false

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  var isAtEnd: Bool { isBroken || offset == bytes.count }

  mutating func get<Number: FixedWidthInteger>(_ type: Number.Type = Number.self) -> Number {
    guard let raw = take(MemoryLayout<Number>.size).baseAddress else { return 0 }
    return Number(littleEndian: raw.loadUnaligned(as: Number.self))
  }

  mutating func take(_ count: Int) -> UnsafeRawBufferPointer {
    guard !isBroken, count >= 0, count <= bytes.count - offset else {
      isBroken = true
      return UnsafeRawBufferPointer(start: nil, count: 0)
    }
    defer { offset += count }
    return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count])
  }

  /// What a length stands before.
  mutating func takeCounted() -> UnsafeRawBufferPointer { take(Int(get(UInt32.self))) }
}
