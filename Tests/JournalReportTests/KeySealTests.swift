// What the tool opens with --key-file, by a test vector of the cipher's authors.

import Glibc
import HujiaTestSupport
import Testing

@testable import HujiaJournalReport

@Suite struct KeySealTests {
  private static func bytes(_ digits: String) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = Substring(digits)
    while let byte = UInt8(rest.prefix(2), radix: 16) {
      bytes.append(byte)
      rest = rest.dropFirst(2)
    }
    return bytes
  }

  /// McGrew and Viega, "The Galois/Counter Mode of Operation", test case 16.
  private static let key = "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"
  private static let nonce = "cafebabefacedbaddecaf888"
  private static let about = "feedfacedeadbeeffeedfacedeadbeefabaddad2"
  private static let clear =
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
    + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
  private static let sealed =
    "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
    + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
  private static let tag = "76fc6ece0f4e1768cddf8853bb2d551b"

  private func open(_ seal: KeySeal, _ sealed: [UInt8], about: [UInt8], room: Int) -> [UInt8]? {
    var clear = [UInt8](repeating: 0, count: room)
    let count = sealed.withUnsafeBytes { sealed in
      about.withUnsafeBytes { about in
        clear.withUnsafeMutableBytes { seal.open(sealed, named: "any", about: about, into: $0) }
      }
    }
    return count.map { Array(clear[..<$0]) }
  }

  private func write(_ bytes: [UInt8], _ path: String) {
    guard let file = fopen(path, "wb") else { return _ = check(false, path) }
    fwrite(bytes, 1, bytes.count, file)
    fclose(file)
  }

  @Test func theVectorOpensAndNothingElse() throws {
    let folder = TemporaryFolder()
    write(Array("\(Self.key)\n".utf8), folder.file("hex"))
    write(Self.bytes(Self.key), folder.file("raw"))
    let sealed = Self.bytes(Self.nonce + Self.sealed + Self.tag)
    let about = Self.bytes(Self.about)
    for name in ["hex", "raw"] {
      let seal = try KeySeal(file: folder.file(name))
      check(open(seal, sealed, about: about, room: 200), equals: Self.bytes(Self.clear))
      for at in sealed.indices {
        var bytes = sealed
        bytes[at] ^= 1
        check(open(seal, bytes, about: about, room: 200), equals: nil, "byte \(at)")
      }
      check(open(seal, sealed, about: Array(about.reversed()), room: 200), equals: nil)
      check(open(seal, sealed, about: about, room: 10), equals: nil)
      for count in 0..<sealed.count {
        check(open(seal, Array(sealed[..<count]), about: about, room: 200), equals: nil)
      }
      // It still opens behind all that.
      check(open(seal, sealed, about: about, room: 200), equals: Self.bytes(Self.clear))
    }
  }

  @Test func whatIsNoKeyIsNamed() {
    let folder = TemporaryFolder()
    write(Array(Self.key.dropLast().utf8), folder.file("short"))
    write(Array("+f".utf8) + Array(Self.key.dropFirst(2).utf8), folder.file("sign"))
    write([], folder.file("empty"))
    for name in ["short", "sign", "empty", "absent"] {
      #expect(throws: (any Error).self, "\(name)") { _ = try KeySeal(file: folder.file(name)) }
    }
  }
}
