// Reads the shared data, packed or not, line by line. For benchmarks only: no care is taken of broken files.

import Glibc

/// The whole text of a file; `.gz` is unpacked by gzip.
package func bytes(of path: String) -> [UInt8]? {
  guard access(path, R_OK) == 0 else { return nil }
  let command = path.hasSuffix(".gz") ? "gzip -dc '\(path)'" : "cat '\(path)'"
  guard let pipe = popen(command, "r") else { return nil }
  defer { pclose(pipe) }
  var all: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 1 << 20)
  while true {
    let count = fread(&buffer, 1, buffer.count, pipe)
    if count == 0 { break }
    all += buffer[..<count]
  }
  return all
}

/// Calls `line` with the fields of each line, cut at `separator`. Quotes hold a field together.
package func eachLine(
  _ text: [UInt8], separator: UInt8, _ line: ([Substring]) -> Void
) {
  var start = 0
  while start < text.count {
    let end = text[start...].firstIndex(of: 10) ?? text.count
    line(fields(String(decoding: text[start..<end], as: UTF8.self), separator))
    start = end + 1
  }
}

private func fields(_ line: String, _ separator: UInt8) -> [Substring] {
  guard line.utf8.contains(34) else {
    return line.split(
      separator: Character(Unicode.Scalar(separator)), omittingEmptySubsequences: separator == 32)
  }
  var result: [Substring] = []
  var start = line.startIndex
  var isQuoted = false
  for index in line.indices {
    if line[index] == "\"" { isQuoted.toggle() }
    if line[index] == Character(Unicode.Scalar(separator)) && !isQuoted {
      result.append(line[start..<index])
      start = line.index(after: index)
    }
  }
  result.append(line[start...])
  return result
}

/// Unsigned and signed whole numbers in a line, the fast way.
package func numbers(_ text: [UInt8], from start: Int, to end: Int, _ into: inout [Int]) {
  into.removeAll(keepingCapacity: true)
  var index = start
  while index < end {
    let byte = text[index]
    if byte == 45 || (byte >= 48 && byte <= 57) {
      var value = 0
      let isNegative = byte == 45
      if isNegative { index += 1 }
      while index < end, text[index] >= 48, text[index] <= 57 {
        value = value * 10 + Int(text[index] - 48)
        index += 1
      }
      into.append(isNegative ? -value : value)
    } else {
      index += 1
    }
  }
}
