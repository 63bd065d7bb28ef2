// Comma-separated values (RFC 4180): quoted fields, CRLF or LF, a header line that may come after other small tables.

/// Rows of a table whose header holds certain columns.
package struct CSVTable {
  package let path: String
  private let bytes: [UInt8]
  private var offset = 0
  /// 1-based line where the row that `next` returned last begins.
  package private(set) var line = 0
  private var linesRead = 0
  /// Line of a quoted field that never ends: the rest of the file stands in it, so the table must not be used.
  package private(set) var unclosedLine: Int?
  package private(set) var header: [String] = []

  /// Reads the file and moves past the first line that has all of `needed`; lines before it are skipped.
  package init(path: String, needed: [String]) throws(ImportError) {
    self.path = path
    bytes = try TextFile.bytes(path)
    if bytes.starts(with: [0xef, 0xbb, 0xbf]) { offset = 3 }
    var widest: [String] = []
    for _ in 0..<100 {
      guard let row = next() else { break }
      let names = row.map { $0.trimmed }
      if needed.allSatisfy({ names.contains($0) }) {
        header = names
        return
      }
      if names.count > widest.count { widest = names }
    }
    throw .columns(path: path, missing: needed.filter { !widest.contains($0) }, found: widest)
  }

  /// Throws when the table was cut off inside a quoted field; called when all rows were read.
  package func checkEnd() throws(ImportError) {
    guard let unclosedLine else { return }
    throw .format(
      path: path, line: unclosedLine,
      reason: "a quoted field never ends: close its quote, or copy the file again if it was cut off"
    )
  }

  package func column(_ name: String) -> Int? { header.firstIndex(of: name) }

  /// Share of the file that was read.
  package var progress: Double { bytes.isEmpty ? 1 : Double(offset) / Double(bytes.count) }

  /// The next row's fields; nil at the end. Empty lines are passed over.
  package mutating func next() -> [String]? {
    while offset < bytes.count {
      linesRead += 1
      line = linesRead
      var fields: [String] = []
      var isEnd = false
      repeat { fields.append(field(&isEnd)) } while !isEnd
      if fields.allSatisfy({ $0.isEmpty }) { continue }
      return fields
    }
    return nil
  }

  private mutating func field(_ isEnd: inout Bool) -> String {
    if offset < bytes.count, bytes[offset] == UInt8(ascii: "\"") { return quoted(&isEnd) }
    let start = offset
    while offset < bytes.count, bytes[offset] != UInt8(ascii: ","), bytes[offset] != 0x0a {
      offset += 1
    }
    var end = offset
    if end > start, bytes[end - 1] == 0x0d { end -= 1 }
    finish(&isEnd)
    return String(decoding: bytes[start..<end], as: UTF8.self)
  }

  private mutating func quoted(_ isEnd: inout Bool) -> String {
    offset += 1
    var content: [UInt8] = []
    var isClosed = false
    while offset < bytes.count {
      let byte = bytes[offset]
      offset += 1
      if byte == UInt8(ascii: "\"") {
        guard offset < bytes.count, bytes[offset] == byte else {
          isClosed = true
          break
        }
        offset += 1
      }
      if byte == 0x0a { linesRead += 1 }
      content.append(byte)
    }
    if !isClosed { unclosedLine = line }
    while offset < bytes.count, bytes[offset] != UInt8(ascii: ","), bytes[offset] != 0x0a {
      offset += 1
    }
    finish(&isEnd)
    return String(decoding: content, as: UTF8.self)
  }

  private mutating func finish(_ isEnd: inout Bool) {
    isEnd = offset >= bytes.count || bytes[offset] == 0x0a
    offset += 1
  }
}

extension String {
  package var trimmed: String {
    var view = Substring(self)
    while let first = view.first, first == " " || first == "\t" || first == "\r" {
      view.removeFirst()
    }
    while let last = view.last, last == " " || last == "\t" || last == "\r" { view.removeLast() }
    return String(view)
  }
}
