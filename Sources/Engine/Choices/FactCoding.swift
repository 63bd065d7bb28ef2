// The bytes of a fact: numbers one behind the other, little-endian, without gaps.

import HujiaRoads

/// Puts numbers down. The caller has room for them.
struct FactWriter {
  private let base: UnsafeMutableRawPointer
  private(set) var count = 0

  init(_ base: UnsafeMutableRawPointer) { self.base = base }

  @inline(__always)
  mutating func put<Number: FixedWidthInteger>(_ number: Number) {
    (base + count).storeBytes(of: number.littleEndian, as: Number.self)
    count += MemoryLayout<Number>.size
  }

  mutating func put(_ flag: Bool) { put(UInt8(flag ? 1 : 0)) }

  /// 25 bytes.
  mutating func put(_ place: Place) {
    put(place.street)
    put(place.offset_mm)
    put(place.node)
    put(place.gap_dm)
    put(place.lat_e7)
    put(place.lon_e7)
    put(place.isOffNetwork)
  }
}

/// Reads what `FactWriter` wrote. Behind the end it gives zeros and is broken.
struct FactReader {
  private let bytes: UnsafeRawBufferPointer
  private var offset = 0
  private(set) var isBroken = false

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  @inline(__always)
  private mutating func number<Number: FixedWidthInteger>(_ type: Number.Type) -> Number {
    let size = MemoryLayout<Number>.size
    guard let base = bytes.baseAddress, bytes.count - offset >= size else {
      isBroken = true
      return 0
    }
    defer { offset += size }
    return Number(littleEndian: base.loadUnaligned(fromByteOffset: offset, as: Number.self))
  }

  mutating func u8() -> UInt8 { number(UInt8.self) }
  mutating func u32() -> UInt32 { number(UInt32.self) }
  mutating func u64() -> UInt64 { number(UInt64.self) }
  mutating func i32() -> Int32 { number(Int32.self) }
  mutating func i64() -> Int64 { number(Int64.self) }

  mutating func bool() -> Bool {
    let byte = u8()
    if byte > 1 { isBroken = true }
    return byte == 1
  }

  mutating func place() -> Place {
    Place(
      street: u32(), offset_mm: u32(), node: u32(), gap_dm: u32(), lat_e7: i32(), lon_e7: i32(),
      isOffNetwork: bool())
  }
}
