// A whole text file in memory as UTF-8: gzip-compressed or not, in the encoding that its user names.

import CZlib
import Glibc

package enum TextFile {
  /// Decompresses when the file is gzip, whatever its name. A file cut off in the middle is an error, and so is one
  /// without text. `encoding` is a name that iconv knows (GB18030, ISO-8859-1, WINDOWS-1252 ...). nil = UTF-8: bytes
  /// that are none are left to the reader of the rows, which can tell the line.
  package static func bytes(
    _ path: String, encoding: String? = nil
  ) throws(ImportError) -> [UInt8] {
    let bytes = try content(path)
    if let encoding { return try Transcoder.utf8(bytes, from: encoding, path: path) }
    if let kind = FileKind.of(bytes) { throw .binary(path: path, kind: kind) }
    return bytes
  }

  static func isThere(_ path: String) -> Bool { access(path, R_OK) == 0 }

  private static func content(_ path: String) throws(ImportError) -> [UInt8] {
    var facts = stat()
    if stat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFDIR {
      throw .file(path: path, reason: "it is a folder: name the file in it")
    }
    guard let file = gzopen(path, "rb") else {
      throw .file(path: path, reason: String(cString: strerror(errno)))
    }
    defer { gzclose(file) }
    gzbuffer(file, 1 << 18)
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      let count = gzread(file, &chunk, UInt32(chunk.count))
      if count < 0 { throw .file(path: path, reason: reason(file)) }
      if count == 0 { break }
      bytes += chunk[0..<Int(count)]
    }
    var code: Int32 = 0
    _ = gzerror(file, &code)
    guard code == Z_OK else { throw .file(path: path, reason: reason(file)) }
    return bytes
  }

  private static func reason(_ file: gzFile) -> String {
    var code: Int32 = 0
    guard let text = gzerror(file, &code) else { return "zlib error \(code)" }
    return "\(String(cString: text)) (copy the file again if it was cut off)"
  }
}
