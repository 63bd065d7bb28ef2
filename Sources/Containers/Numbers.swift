// Numbers one behind the other, little-endian and without gaps, whatever the machine: what stands on record, in
// recordings and in the journal's files. Public and inlinable, as what is only the package's is a call elsewhere.

/// Puts numbers down in memory that its caller has measured.
public struct NumberWriter {
  public let base: UnsafeMutableRawPointer
  @usableFromInline var used = 0
  @inlinable public var count: Int { used }

  @inlinable public init(_ base: UnsafeMutableRawPointer) { self.base = base }

  @inlinable @inline(__always)
  public mutating func put<Number: FixedWidthInteger>(_ number: Number) {
    (base + used).storeBytes(of: number.littleEndian, as: Number.self)
    advance(by: MemoryLayout<Number>.size)
  }

  @inlinable public mutating func put(_ flag: Bool) { put(UInt8(flag ? 1 : 0)) }

  @inlinable public mutating func put(_ raw: UnsafeRawBufferPointer) {
    guard let start = raw.baseAddress else { return }
    (base + used).copyMemory(from: start, byteCount: raw.count)
    advance(by: raw.count)
  }

  /// Behind its length.
  @inlinable public mutating func putCounted(_ raw: UnsafeRawBufferPointer) {
    put(UInt32(raw.count))
    put(raw)
  }

  /// Bytes that another has put down here.
  @inlinable public mutating func advance(by bytes: Int) { used &+= bytes }

  /// A length that is known later: `close` gives it.
  @inlinable public mutating func reserve() -> Int {
    put(UInt32(0))
    return count
  }

  /// Says at a reserved place how many bytes came behind it.
  @inlinable public func close(_ place: Int) {
    (base + place - 4).storeBytes(of: UInt32(count - place).littleEndian, as: UInt32.self)
  }
}

/// Reads what a writer put down. Past the end, or where a length or a value cannot be right, it gives zeros and is
/// broken, for good.
public struct NumberReader {
  @usableFromInline var bytes: UnsafeRawBufferPointer
  @usableFromInline var place = 0
  @usableFromInline var isWrong = false
  @inlinable public var offset: Int { place }
  @inlinable public var isBroken: Bool { isWrong }

  @inlinable public init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  /// Nothing more is to be read; also where it is broken, so that a loop ends.
  @inlinable public var isAtEnd: Bool { isBroken || offset == bytes.count }

  @inlinable public mutating func fail() { isWrong = true }

  /// What stands behind so many bytes belongs to somebody else.
  @inlinable public mutating func limit(to length: Int) {
    if length < bytes.count { bytes = UnsafeRawBufferPointer(rebasing: bytes[..<length]) }
  }

  @inlinable @inline(__always)
  public mutating func get<Number: FixedWidthInteger>(
    _ type: Number.Type = Number.self
  ) -> Number {
    guard let raw = take(MemoryLayout<Number>.size).baseAddress else { return 0 }
    return Number(littleEndian: raw.loadUnaligned(as: Number.self))
  }

  @inlinable public mutating func u8() -> UInt8 { get() }
  @inlinable public mutating func u16() -> UInt16 { get() }
  @inlinable public mutating func u32() -> UInt32 { get() }
  @inlinable public mutating func u64() -> UInt64 { get() }
  @inlinable public mutating func i32() -> Int32 { get() }
  @inlinable public mutating func i64() -> Int64 { get() }
  @inlinable public mutating func int() -> Int { Int(get(Int64.self)) }

  @inlinable public mutating func bool() -> Bool {
    let byte = u8()
    if byte > 1 { isWrong = true }
    return byte == 1
  }

  @inlinable public mutating func take(_ count: Int) -> UnsafeRawBufferPointer {
    guard !isBroken, count >= 0, count <= bytes.count - offset else {
      isWrong = true
      return UnsafeRawBufferPointer(start: nil, count: 0)
    }
    defer { place &+= count }
    return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset &+ count])
  }

  /// What a length stands before.
  @inlinable public mutating func takeCounted() -> UnsafeRawBufferPointer {
    take(Int(get(UInt32.self)))
  }
}
