// Comma-separated values (RFC 4180): quoted fields, CRLF or LF, a header line that may come after other small tables.
// A row that does not fit the header is handed out with its flaw: taken as it is, its fields would be shifted.

/// How a table is written.
package struct TableFormat: Sendable {
  package var separator = UInt8(ascii: ",")
  /// As iconv names it; nil = UTF-8.
  package var encoding: String?
  package init() {}

  /// "comma", "semicolon", "tab", "pipe" or the character itself.
  package init(separator: String?, encoding: String?) throws(ImportError) {
    self.encoding = encoding
    guard let separator else { return }
    switch separator {
    case ",", "comma": self.separator = UInt8(ascii: ",")
    case ";", "semicolon": self.separator = UInt8(ascii: ";")
    case "\t", "\\t", "tab": self.separator = 0x09
    case "|", "pipe": self.separator = UInt8(ascii: "|")
    default:
      throw .option("--separator \(Field.shown(separator)): use comma, semicolon, tab or pipe")
    }
  }
}

/// Rows of a table whose header holds certain columns.
package struct CSVTable {
  package let path: String
  private let bytes: [UInt8]
  private let separator: UInt8
  private var offset = 0
  /// 1-based line where the row that `next` returned last begins.
  package private(set) var line = 0
  private var linesRead = 0
  /// Line of a quoted field that never ends: the rest of the file stands in it, so the table must not be used.
  package private(set) var unclosedLine: Int?
  private var isQuoteFollowed = false
  private var isUTF8 = true
  package private(set) var header: [String] = []

  /// Reads the file and moves past the first line that has all of `needed`; lines before it are skipped. A needed
  /// column that stands there twice is refused: nobody could tell which one is meant.
  package init(
    path: String, needed: [String], format: TableFormat = TableFormat()
  ) throws(ImportError) {
    self.path = path
    separator = format.separator
    bytes = try TextFile.bytes(path, encoding: format.encoding)
    if bytes.starts(with: [0xef, 0xbb, 0xbf]) { offset = 3 }
    var widest: [String] = []
    for _ in 0..<100 {
      guard let row = next() else { break }
      let names = row.map { $0.trimmed }
      if needed.allSatisfy({ names.contains($0) }) {
        header = names
        try refuseDoubled(needed)
        return
      }
      if names.count > widest.count { widest = names }
    }
    if let other = otherSeparator(needed) {
      throw .format(
        path: path, line: 1,
        reason: "its columns are separated by \(other): give --separator \(other)")
    }
    throw .columns(path: path, missing: needed.filter { !widest.contains($0) }, found: widest)
  }

  /// Refuses a column of these that the header has twice.
  package func refuseDoubled(_ columns: [String]) throws(ImportError) {
    guard let twice = columns.first(where: { name in header.count { $0 == name } > 1 }) else {
      return
    }
    throw .format(
      path: path, line: line,
      reason: "the column \(Field.shown(twice)) stands there twice: remove or rename one")
  }

  /// The separator with which the head of the file has the needed columns.
  private func otherSeparator(_ needed: [String]) -> String? {
    let head = String(decoding: bytes.prefix(65_536), as: UTF8.self)
    let known: [(Character, String)] = [
      (";", "semicolon"), ("\t", "tab"), (",", "comma"), ("|", "pipe"),
    ]
    for line in head.split(whereSeparator: \.isNewline).prefix(100) {
      for (character, word) in known {
        let names = line.split(separator: character, omittingEmptySubsequences: false).map {
          String($0).unquoted.trimmed
        }
        if needed.allSatisfy({ names.contains($0) }) { return word }
      }
    }
    return nil
  }

  /// Throws when the table was cut off inside a quoted field; called when all rows were read.
  package func checkEnd() throws(ImportError) {
    guard let unclosedLine else { return }
    throw .format(
      path: path, line: unclosedLine,
      reason: "a quoted field never ends: close its quote, or copy the file again if it was cut off"
    )
  }

  /// The last row has no end of line although the others do: the file may have been cut off within its last field.
  package var mayBeCutOff: Bool { linesRead > 2 && bytes.last != 0x0a && bytes.last != 0x0d }

  package func column(_ name: String) -> Int? { header.firstIndex(of: name) }

  /// Share of the file that was read.
  package var progress: Double { bytes.isEmpty ? 1 : Double(offset) / Double(bytes.count) }

  /// What is wrong with the shape of the row that `next` returned last, with the remedy; nil = it fits the header.
  package func flaw(_ row: [String]) -> String? {
    if !isUTF8 {
      return "not UTF-8: give --encoding, for example WINDOWS-1252, ISO-8859-1 or GB18030"
    }
    if isQuoteFollowed { return "text follows a closing quote: double the quotes inside a field" }
    if row.count > header.count {
      return "\(row.count) fields where the header has \(header.count): "
        + "put fields with a separator in them in double quotes; decimal commas need --decimal-comma"
    }
    if row.count < header.count, offset >= bytes.count, mayBeCutOff {
      return "the file ends within this row (\(row.count) of \(header.count) fields): copy it again"
    }
    return nil
  }

  /// The next row's fields; nil at the end. Empty lines are passed over.
  package mutating func next() -> [String]? {
    while offset < bytes.count {
      linesRead += 1
      line = linesRead
      isUTF8 = true
      isQuoteFollowed = false
      var fields: [String] = []
      fields.reserveCapacity(header.count)
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
    skipToEnd()
    var end = offset
    if end > start, bytes[end - 1] == 0x0d { end -= 1 }
    finish(&isEnd)
    return text(bytes[start..<end])
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
    let end = offset
    skipToEnd()
    if bytes[end..<offset].contains(where: { $0 != 0x20 && $0 != 0x0d }) { isQuoteFollowed = true }
    finish(&isEnd)
    return text(content[...])
  }

  private mutating func text(_ content: ArraySlice<UInt8>) -> String {
    if let text = String(validating: content, as: UTF8.self) { return text }
    isUTF8 = false
    return String(decoding: content, as: UTF8.self)
  }

  private mutating func skipToEnd() {
    while offset < bytes.count, bytes[offset] != separator, bytes[offset] != 0x0a { offset += 1 }
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

  fileprivate var unquoted: String {
    count >= 2 && first == "\"" && last == "\"" ? String(dropFirst().dropLast()) : self
  }
}
