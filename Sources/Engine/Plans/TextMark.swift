// What names a text that is kept elsewhere.

/// What names a text that is kept elsewhere.
package struct TextMark: BitwiseCopyable, Equatable, Sendable {
  package var bytes: UInt32 = 0
  package var checksum: UInt64 = 0
  package init(bytes: UInt32 = 0, checksum: UInt64 = 0) {
    self.bytes = bytes
    self.checksum = checksum
  }
}
