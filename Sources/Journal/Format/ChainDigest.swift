// SHA-256 or SM3 over batches, by libcrypto. Must never: be our own arithmetic.

import CLibCrypto

/// One running hash. Used by one thread at a time; allocates when it is made and never again.
final class ChainDigest: @unchecked Sendable {
  static var size: Int { 32 }
  static let zero = [UInt8](repeating: 0, count: 32)

  private let method: OpaquePointer
  private let context: OpaquePointer

  init(_ digest: JournalDigest) throws(JournalProblem) {
    let name = digest == .sha256 ? "SHA256" : "SM3"
    guard let method = EVP_MD_fetch(nil, name, nil) else {
      throw JournalProblem(.argument, "this system's libcrypto has no \(name)")
    }
    guard let context = EVP_MD_CTX_new() else {
      EVP_MD_free(method)
      throw JournalProblem(.memory, "no memory for a hash")
    }
    self.method = method
    self.context = context
  }

  deinit {
    EVP_MD_CTX_free(context)
    EVP_MD_free(method)
  }

  func begin() { EVP_DigestInit_ex2(context, method, nil) }

  func add(_ bytes: UnsafeRawBufferPointer) {
    EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
  }

  func add(_ bytes: [UInt8]) { bytes.withUnsafeBytes { add($0) } }

  /// Writes 32 bytes.
  func end(_ into: UnsafeMutableRawPointer) {
    EVP_DigestFinal_ex(context, into.assumingMemoryBound(to: UInt8.self), nil)
  }

  /// The hash of `previous` and what comes after it.
  func hash(_ previous: [UInt8], _ bytes: UnsafeRawBufferPointer) -> [UInt8] {
    var result = Self.zero
    begin()
    add(previous)
    add(bytes)
    result.withUnsafeMutableBytes { room in
      if let start = room.baseAddress { end(start) }
    }
    return result
  }
}
