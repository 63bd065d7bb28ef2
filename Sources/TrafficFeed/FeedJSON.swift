// Entries of a JSON feed, wherever they stand in it: every object that names a way by OpenLR or polyline. Fields of
// objects within it have dotted names ("currentFlow.speed"); what nobody asks for is read over and not kept.

struct FeedJSON {
  private let bytes: [UInt8]
  private let name: String
  private let columns: FeedColumns
  private var at: Int
  private var feed: Feed
  private static let mostDepth = 64
  private static let mostText = 4 << 20
  /// Longer names, dots and all, are none that is asked for: their values are read over.
  static let mostName = 256

  init(_ bytes: [UInt8], start: Int, name: String, columns: FeedColumns, most: Int) {
    self.bytes = bytes
    self.name = name
    self.columns = columns
    at = start
    feed = Feed(most: most)
  }

  mutating func read() throws(FeedError) -> Feed {
    while skipBlanks() {
      var none = RawRecord()
      try value(path: "", depth: 0, isEntry: true, into: &none)
    }
    return feed
  }

  /// False at the end.
  private mutating func skipBlanks() -> Bool {
    while at < bytes.count, Self.isBlank(bytes[at]) { at += 1 }
    return at < bytes.count
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 || byte == 0x1e
  }

  private func broken(_ reason: String) -> FeedError {
    FeedError("\(name), byte \(at): \(reason): it is no JSON, or was cut off; fetch it again")
  }

  private mutating func peek() throws(FeedError) -> UInt8 {
    guard skipBlanks() else { throw broken("it ends within a value") }
    return bytes[at]
  }

  private mutating func take(_ byte: UInt8) throws(FeedError) -> Bool {
    guard try peek() == byte else { return false }
    at += 1
    return true
  }

  /// `path`: nil where it is longer than any that is asked for. `isEntry`: an object here is an entry of its own, not a
  /// part of the one around it.
  private mutating func value(
    path: String?, depth: Int, isEntry: Bool, into record: inout RawRecord
  ) throws(FeedError) {
    guard depth < Self.mostDepth else { throw broken("values are nested too deep") }
    switch try peek() {
    case UInt8(ascii: "{"):
      if isEntry {
        var own = RawRecord(place: "\(name), byte \(at)")
        try object(path: "", depth: depth, into: &own)
        if own.isOne { try feed.add(own, name) }
      } else {
        try object(path: joined(path, "."), depth: depth, into: &record)
      }
    case UInt8(ascii: "["):
      at += 1
      if try take(UInt8(ascii: "]")) { return }
      repeat {
        var none = RawRecord()
        try value(path: "", depth: depth + 1, isEntry: true, into: &none)
      } while try take(UInt8(ascii: ","))
      guard try take(UInt8(ascii: "]")) else { throw broken("a list does not end") }
    case UInt8(ascii: "\""):
      let own = path.flatMap { columns.own($0) }
      let text = try text(isKept: own != nil)
      if let own { record.fields[own] = text }
    default:
      let word = try word()
      if let path, let own = columns.own(path), word != "null" { record.fields[own] = word }
    }
  }

  private mutating func object(
    path: String?, depth: Int, into record: inout RawRecord
  ) throws(FeedError) {
    at += 1
    if try take(UInt8(ascii: "}")) { return }
    repeat {
      guard try peek() == UInt8(ascii: "\"") else { throw broken("a name is expected") }
      let key = try key(isKept: path != nil)
      guard try take(UInt8(ascii: ":")) else { throw broken("a colon is expected") }
      try value(path: joined(path, key), depth: depth + 1, isEntry: false, into: &record)
    } while try take(UInt8(ascii: ","))
    guard try take(UInt8(ascii: "}")) else { throw broken("an object does not end") }
  }

  private func joined(_ path: String?, _ key: String?) -> String? {
    guard let path, let key, path.utf8.count + key.utf8.count <= Self.mostName else { return nil }
    return path + key
  }

  /// Nil where it is too long or not kept.
  private mutating func key(isKept: Bool) throws(FeedError) -> String? {
    let key = try characters(most: isKept ? Self.mostName : 0)
    return isKept && key.isWhole ? String(decoding: key.kept, as: UTF8.self) : nil
  }

  /// A number, true, false or null.
  private mutating func word() throws(FeedError) -> String {
    let start = at
    while at < bytes.count, at - start < 64 {
      switch bytes[at] {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"),
        UInt8(ascii: "."):
        at += 1
        continue
      default: break
      }
      break
    }
    guard at > start else { throw broken("a value is expected") }
    return String(decoding: bytes[start..<at], as: UTF8.self)
  }

  private mutating func text(isKept: Bool) throws(FeedError) -> String {
    let text = try characters(most: isKept ? Self.mostText : 0)
    guard text.isWhole || !isKept else { throw broken("a text is longer than 4 MiB") }
    return String(decoding: text.kept, as: UTF8.self)
  }

  /// The first `most` bytes of a text, and whether those are all.
  private mutating func characters(
    most: Int
  ) throws(FeedError) -> (kept: [UInt8], isWhole: Bool) {
    at += 1
    var kept: [UInt8] = []
    var isWhole = true
    while at < bytes.count {
      var byte = bytes[at]
      at += 1
      if byte == UInt8(ascii: "\"") { return (kept, isWhole) }
      if byte == UInt8(ascii: "\\") {
        guard at < bytes.count else { break }
        byte = bytes[at]
        at += 1
        // Fields that are asked for hold ASCII; of other characters one stands for each.
        if byte == UInt8(ascii: "u") {
          at = min(at + 4, bytes.count)
          byte = UInt8(ascii: "?")
        }
      }
      if kept.count < most { kept.append(byte) } else { isWhole = false }
    }
    throw broken("a text does not end")
  }
}
