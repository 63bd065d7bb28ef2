// The host's own encryption of what lies on the disk, as the C header says it (hj_config.seal, open).

import HujiaDriver

/// Seals each record and each piece of a snapshot by itself. Called by threads of the engine and by those that open and
/// close it, one call at a time. Must not call the engine.
public struct Seal: Sendable {
  /// What sealing may add, and how long a name is at most, in bytes.
  public static let overhead = 64
  public static let longestName = 32

  /// Clear bytes, the place to bind, room for `overhead` more; how many were written, nil: it could not.
  public typealias Sealing =
    @Sendable (
      _ clear: UnsafeRawBufferPointer, _ about: UnsafeRawBufferPointer,
      _ room: UnsafeMutableRawBufferPointer
    ) -> Int?
  /// Sealed bytes, the name that they were sealed with, the place, room for as many; how many were written, nil: they
  /// do not open.
  public typealias Opening =
    @Sendable (
      _ sealed: UnsafeRawBufferPointer, _ name: String, _ about: UnsafeRawBufferPointer,
      _ room: UnsafeMutableRawBufferPointer
    ) -> Int?

  /// Of method and key; it stands clear in each file.
  public var name: String
  public var seal: Sealing
  public var open: Opening

  public init(name: String, seal: @escaping Sealing, open: @escaping Opening) {
    self.name = name
    self.seal = seal
    self.open = open
  }

  func host() throws(HujiaError) -> HostSeal {
    guard (1...Self.longestName).contains(name.utf8.count) else {
      throw HujiaError(
        .argument, field: "seal", text: "a seal's name has 1 to \(Self.longestName) bytes")
    }
    let (sealing, opening) = (seal, open)
    return HostSeal(
      name: name, seal: { sealing($0, $1, $2).map { UInt64(clamping: $0) } },
      open: { opening($0, $1, $2, $3).map { UInt64(clamping: $0) } })
  }
}
