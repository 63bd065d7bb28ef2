// Seals and opens as the sample hook of examples/c does: AES-256-GCM by libcrypto, a number used once of 12 bytes
// before the sealed bytes and a tag of 16 behind them, the place bound into it. Must never: write a key anywhere.

import CLibCrypto
import Glibc
import HujiaHostKit
import HujiaJournal

package final class KeySeal: JournalSeal, @unchecked Sendable {
  package let name: String
  private let key: [UInt8]
  private let context: OpaquePointer
  private let method: OpaquePointer

  private static var nonce: Int { 12 }
  private static var tag: Int { 16 }

  /// `path`: 32 bytes, or 64 hexadecimal digits and white space. `name`: as which it seals.
  package init(file path: String, name: String = "key file") throws(Failed) {
    self.name = name
    guard let key = Self.key(try Self.bytes(path)) else {
      throw Failed(field: path, "a key is 32 bytes, or 64 hexadecimal digits")
    }
    guard let method = EVP_CIPHER_fetch(nil, "AES-256-GCM", nil) else {
      throw Failed(field: path, "this system's libcrypto has no AES-256-GCM")
    }
    guard let context = EVP_CIPHER_CTX_new() else {
      EVP_CIPHER_free(method)
      throw Failed(field: path, "no memory for a cipher")
    }
    self.key = key
    self.method = method
    self.context = context
  }

  deinit {
    EVP_CIPHER_CTX_free(context)
    EVP_CIPHER_free(method)
  }

  private static func bytes(_ path: String) throws(Failed) -> [UInt8] {
    guard let file = fopen(path, "rb") else {
      throw Failed(field: path, "cannot be opened: \(String(cString: strerror(errno)))")
    }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1_024)
    let count = fread(&bytes, 1, bytes.count, file)
    return Array(bytes[..<count])
  }

  private static func key(_ bytes: [UInt8]) -> [UInt8]? {
    if bytes.count == 32 { return bytes }
    let digits = bytes.filter { $0 > 32 }
    guard digits.count == 64 else { return nil }
    var key: [UInt8] = []
    for at in stride(from: 0, to: 64, by: 2) {
      let pair = digits[at..<at + 2]
      guard pair.allSatisfy({ $0 != 43 && $0 != 45 }),
        let byte = UInt8(String(decoding: pair, as: UTF8.self), radix: 16)
      else { return nil }
      key.append(byte)
    }
    return key
  }

  /// For a journal, under the name that its newest segment was sealed with.
  package convenience init(file path: String, writing journal: String) throws(Failed) {
    guard let name = Journal.sealName(of: journal) else {
      throw Failed(field: journal, "the journal is not sealed: leave --key-file out")
    }
    try self.init(file: path, name: name)
  }

  package func seal(
    _ clear: UnsafeRawBufferPointer, about: UnsafeRawBufferPointer,
    into room: UnsafeMutableRawBufferPointer
  ) -> Int? {
    let count = clear.count + Self.nonce + Self.tag
    guard count <= room.count, let to = room.baseAddress, let bound = about.baseAddress else {
      return nil
    }
    let nonce = to.assumingMemoryBound(to: UInt8.self)
    let body = nonce + Self.nonce
    var done: Int32 = 0
    guard RAND_bytes(nonce, Int32(Self.nonce)) == 1,
      EVP_EncryptInit_ex2(context, method, key, nonce, nil) == 1,
      EVP_EncryptUpdate(
        context, nil, &done, bound.assumingMemoryBound(to: UInt8.self), Int32(about.count)) == 1,
      clear.isEmpty
        || EVP_EncryptUpdate(
          context, body, &done, clear.assumingMemoryBound(to: UInt8.self).baseAddress,
          Int32(clear.count)) == 1,
      EVP_EncryptFinal_ex(context, body + clear.count, &done) == 1,
      EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, Int32(Self.tag), body + clear.count) == 1
    else { return nil }
    return count
  }

  package func open(
    _ sealed: UnsafeRawBufferPointer, named name: String, about: UnsafeRawBufferPointer,
    into room: UnsafeMutableRawBufferPointer
  ) -> Int? {
    let count = sealed.count - Self.nonce - Self.tag
    guard count >= 0, count <= room.count, let from = sealed.baseAddress,
      let bound = about.baseAddress, let to = room.baseAddress
    else { return nil }
    let bytes = from.assumingMemoryBound(to: UInt8.self)
    var tag = Array(sealed[(Self.nonce + count)...])
    var done: Int32 = 0
    guard EVP_DecryptInit_ex2(context, method, key, bytes, nil) == 1,
      EVP_DecryptUpdate(
        context, nil, &done, bound.assumingMemoryBound(to: UInt8.self), Int32(about.count)) == 1,
      EVP_DecryptUpdate(
        context, to.assumingMemoryBound(to: UInt8.self), &done, bytes + Self.nonce, Int32(count))
        == 1,
      EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, Int32(Self.tag), &tag) == 1,
      EVP_DecryptFinal_ex(context, to.assumingMemoryBound(to: UInt8.self) + count, &done) == 1
    else { return nil }
    return count
  }
}
