// A number that tells two runs apart. Not for security: nobody is kept from making two runs of the same number.

/// FNV-1a (Fowler, Noll, Vo) over 64-bit words, each folded whole and stirred.
package struct Digest: BitwiseCopyable, Equatable, Sendable {
  package private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325
  package init() {}

  @inline(__always)
  package mutating func fold(_ word: UInt64) {
    value = (value ^ word) &* 0x0000_0100_0000_01b3
    value ^= value >> 29
  }
  @inline(__always)
  package mutating func fold(_ word: Int64) { fold(UInt64(bitPattern: word)) }
  @inline(__always)
  package mutating func fold(_ low: Int32, _ high: Int32) {
    fold(UInt64(UInt32(bitPattern: low)) | UInt64(UInt32(bitPattern: high)) << 32)
  }
  @inline(__always)
  package mutating func fold(_ low: UInt32, _ high: UInt32) {
    fold(UInt64(low) | UInt64(high) << 32)
  }
}
