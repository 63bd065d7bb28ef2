// Text in another encoding to UTF-8, by the C library's iconv. A byte that the encoding does not have is an error with
// its line: a name with a question mark in it would be found by nobody.

import Glibc

enum Transcoder {
  static func utf8(
    _ bytes: [UInt8], from encoding: String, path: String
  ) throws(ImportError) -> [UInt8] {
    let converter = iconv_open("UTF-8", encoding)
    guard Int(bitPattern: converter) != -1 else {
      throw .option(
        "--encoding \(Field.shown(encoding)): no such encoding here; use a name of `iconv -l`, "
          + "for example GB18030, ISO-8859-1, WINDOWS-1252 or UTF-16")
    }
    defer { iconv_close(converter) }
    var input = bytes
    var output: [UInt8] = []
    output.reserveCapacity(bytes.count + bytes.count / 2)
    var chunk = [CChar](repeating: 0, count: 1 << 16)
    let stopped: Int? = input.withUnsafeMutableBytes { raw in
      var from = raw.baseAddress?.assumingMemoryBound(to: CChar.self)
      var left = raw.count
      while true {
        var failure: Int32 = 0
        let written = chunk.withUnsafeMutableBufferPointer { space -> Int in
          var to = space.baseAddress
          var room = space.count
          if iconv(converter, &from, &left, &to, &room) == Int(bitPattern: UInt.max) {
            failure = errno
          }
          return space.count - room
        }
        output += chunk[..<written].map { UInt8(bitPattern: $0) }
        if failure != 0, failure != E2BIG { return raw.count - left }
        if failure == 0, left == 0 { return nil }
      }
    }
    guard let stopped else { return output }
    let line = 1 + output.count { $0 == 0x0a }
    throw .format(
      path: path, line: line,
      reason: "byte \(stopped + 1) of the file is not \(encoding): check --encoding")
  }
}
