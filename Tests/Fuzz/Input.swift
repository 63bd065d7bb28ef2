// An input of libFuzzer, taken to pieces, and memory for what is made of it. Nothing here allocates in an execution.

import Glibc

/// What an input asks for besides its bytes: the first of them.
struct Flags: OptionSet {
  let rawValue: UInt8
  /// Sums and hashes are made right first, as far as lengths lead: then what nobody wrote is believed.
  static let sums = Flags(rawValue: 1)
  /// Numbers of records and batches too.
  static let numbers = Flags(rawValue: 2)
  /// Zeros stand behind what was written, as in a segment that is not full.
  static let zeros = Flags(rawValue: 4)
  static let sm3 = Flags(rawValue: 8)
  /// Records: as they stand in a ring. Segments: only the chain is proved.
  static let other = Flags(rawValue: 16)
  /// Nothing is given that opens what is sealed.
  static let blind = Flags(rawValue: 32)
}

/// Numbers little-endian; behind the end all is zero.
struct Input {
  private(set) var rest: UnsafeRawBufferPointer

  init(_ bytes: UnsafeRawBufferPointer) { rest = bytes }

  mutating func take(_ count: Int) -> UnsafeRawBufferPointer {
    let taken = UnsafeRawBufferPointer(rebasing: rest[..<min(count, rest.count)])
    rest = UnsafeRawBufferPointer(rebasing: rest[taken.count...])
    return taken
  }

  mutating func number<Number: FixedWidthInteger & BitwiseCopyable>(_: Number.Type = Number.self)
    -> Number
  {
    var number: Number = 0
    withUnsafeMutableBytes(of: &number) { $0.copyBytes(from: take($0.count)) }
    return Number(littleEndian: number)
  }

  mutating func flags() -> Flags { Flags(rawValue: number()) }
}

/// Memory that ends where nobody may touch any more: what is read behind a file's last byte ends the process.
struct Room {
  static var size: Int { 1 << 18 }
  private let start: UnsafeMutableRawPointer

  init() {
    let page = 4_096
    let made = mmap(
      nil, Self.size + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let made, made != MAP_FAILED, mprotect(made + Self.size, page, PROT_NONE) == 0 else {
      fatalError("no memory")
    }
    start = made
  }

  /// So many bytes before the end, the pieces one behind the other and zeros between them.
  func lay(_ pieces: [(at: Int, bytes: UnsafeRawBufferPointer)], count: Int)
    -> UnsafeMutableRawBufferPointer
  {
    precondition(count <= Self.size)
    let whole = UnsafeMutableRawBufferPointer(start: start + Self.size - count, count: count)
    var end = 0
    for (at, bytes) in pieces {
      if at > end { memset(start + Self.size - count + end, 0, at - end) }
      UnsafeMutableRawBufferPointer(rebasing: whole[at...]).copyBytes(from: bytes)
      end = at + bytes.count
    }
    if end < count { memset(start + Self.size - count + end, 0, count - end) }
    return whole
  }
}

/// Places of numbers in a file under way.
extension UnsafeMutableRawBufferPointer {
  func number<Number: FixedWidthInteger & BitwiseCopyable>(_ at: Int, _: Number.Type = Number.self)
    -> Number
  {
    Number(littleEndian: loadUnaligned(fromByteOffset: at, as: Number.self))
  }

  func put<Number: FixedWidthInteger & BitwiseCopyable>(_ number: Number, at: Int) {
    storeBytes(of: number.littleEndian, toByteOffset: at, as: Number.self)
  }

  func word(_ at: Int) -> Int { at >= 0 && at + 4 <= count ? Int(number(at, UInt32.self)) : 0 }
}
