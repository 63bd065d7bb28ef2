// A whole text file in memory, gzip-compressed or not.

import CZlib
#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

package enum TextFile {
  /// Decompresses when the file is gzip, whatever its name. A file cut off in the middle is an error.
  package static func bytes(_ path: String) throws(ImportError) -> [UInt8] {
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
