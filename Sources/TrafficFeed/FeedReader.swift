// A feed as bytes becomes records: JSON, CSV with a header, lines of base64 and a speed, or binary references. An entry
// that cannot be read is counted by reason and left out; only a feed that is no feed at all is an error.

package struct Feed: Sendable {
  package var records: [FeedRecord] = []
  /// How many entries were left out, by reason.
  package var refused: [String: Int] = [:]
  /// The first few in words.
  package var examples: [String] = []
  /// What may still come.
  private var room: Int

  init(most: Int) { room = most }

  /// Before each entry. A feed of more is cut by its fetcher, not by chance.
  mutating func begin(_ name: String) throws(FeedError) {
    guard room > 0 else {
      throw FeedError(
        "\(name) has more than \(records.count + left_out) entries: cut it to the city")
    }
    room -= 1
  }

  private var left_out: Int { refused.values.reduce(0, +) }

  mutating func refuse(_ place: String, _ refusal: FeedRefusal) {
    refused[refusal.kind, default: 0] += 1
    if examples.count < 5 { examples.append("\(place): \(refusal.words)") }
  }

  mutating func add(_ raw: RawRecord, _ name: String) throws(FeedError) {
    try begin(name)
    switch raw.record() {
    case .success(let record): records.append(record)
    case .failure(let refusal): refuse(raw.place, refusal)
    }
  }
}

package enum FeedReader {
  /// Bytes of one feed at most.
  package static let most_bytes = 256 << 20
  /// Entries of one feed at most: those of a whole country. Each takes some 200 bytes of memory.
  package static let mostEntries = 2_000_000

  /// `name` is for messages. O(bytes).
  package static func read(
    _ bytes: [UInt8], name: String, columns: FeedColumns, isBinary: Bool = false,
    most: Int = mostEntries
  ) throws(FeedError) -> Feed {
    if isBinary { return try binary(bytes, name, most) }
    let start = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0
    guard let first = bytes[start...].first(where: { $0 != 0x20 && !isLineEnd($0) && $0 != 9 })
    else { throw FeedError("\(name) is empty: give a feed with entries") }
    if first == UInt8(ascii: "{") || first == UInt8(ascii: "[") {
      var reader = FeedJSON(bytes, start: start, name: name, columns: columns, most: most)
      return try reader.read()
    }
    guard !bytes.prefix(4_096).contains(0), first >= 0x20, first != 0x7f else {
      throw FeedError(
        "\(name) is no text: unpack it first, or give --binary for binary OpenLR references")
    }
    return try lines(bytes[start...], name, columns, most)
  }

  private static func isLineEnd(_ byte: UInt8) -> Bool { byte == 0x0a || byte == 0x0d }

  private static func lines(
    _ bytes: ArraySlice<UInt8>, _ name: String, _ columns: FeedColumns, _ most: Int
  ) throws(FeedError) -> Feed {
    var feed = Feed(most: most)
    var header: [String?]?
    var number = 0
    var rest = bytes
    // One line at a time: a list of all lines would be many times as large as the feed.
    while !rest.isEmpty {
      let end = rest.firstIndex(of: 0x0a) ?? rest.endIndex
      let line = rest[rest.startIndex..<end]
      rest = rest[min(end + 1, rest.endIndex)...]
      number += 1
      if line.isEmpty || line.first == UInt8(ascii: "#") || line.elementsEqual([0x0d]) { continue }
      guard line.count <= 1 << 20 else {
        throw FeedError(
          "\(name), line \(number): it is longer than 1 MiB: give CSV, JSON or --binary")
      }
      let text = String(decoding: line.last == 0x0d ? line.dropLast() : line, as: UTF8.self)
      let fields = cells(text)
      if header == nil {
        let names = fields.map { columns.own($0) }
        if names.contains("openlr") || names.contains("polyline") {
          header = names
          continue
        }
        // No header: a reference, and perhaps a speed.
        header = ["openlr", "speed_kmh"]
        guard (Base64.bytes(fields[0].utf8)?.count ?? 0) >= OpenLR.fewest_bytes else {
          throw FeedError(
            "\(name), line \(number): neither a header with openlr or polyline nor a reference in base64; "
              + "map a foreign header with --column openlr=HEADER")
        }
      }
      var raw = RawRecord(place: "\(name), line \(number)")
      for (field, own) in zip(fields, header ?? []) { if let own { raw.fields[own] = field } }
      try feed.add(raw, name)
    }
    return feed
  }

  /// Fields of a line by comma, tab or space; in quotes a comma belongs to the field.
  private static func cells(_ text: String) -> [String] {
    let hasCommas = text.utf8.contains(UInt8(ascii: ",")) || text.utf8.contains(UInt8(ascii: "\""))
    var cells: [String] = []
    var cell: [UInt8] = []
    var isQuoted = false
    for byte in text.utf8 {
      if byte == UInt8(ascii: "\"") {
        isQuoted.toggle()
      } else if !isQuoted,
        hasCommas ? byte == UInt8(ascii: ",") : byte == 0x20 || byte == 9
      {
        cells.append(String(decoding: cell, as: UTF8.self))
        cell.removeAll(keepingCapacity: true)
      } else {
        cell.append(byte)
      }
    }
    cells.append(String(decoding: cell, as: UTF8.self))
    return cells
  }

  /// Entries one after the other: the reference's length in a byte, its bytes, the speed in 0.1 km/h as two bytes, the
  /// lower first; 0 = closed, 65535 = not known.
  private static func binary(
    _ bytes: [UInt8], _ name: String, _ most: Int
  ) throws(FeedError) -> Feed {
    var feed = Feed(most: most)
    var at = 0
    while at < bytes.count {
      try feed.begin(name)
      let size = Int(bytes[at])
      guard at + 1 + size + 2 <= bytes.count else {
        throw FeedError(
          "\(name), byte \(at): an entry of \(size) bytes ends beyond the file: it was cut off, or is no --binary feed"
        )
      }
      let speed = Int(bytes[at + 1 + size]) | Int(bytes[at + 2 + size]) << 8
      let flow: Flow? =
        speed == 0 ? .closed : speed == 65_535 ? nil : .speed_kmh(Double(speed) / 10)
      if speed != 65_535, speed > 4_000 {
        feed.refuse(
          "\(name), byte \(at)",
          FeedRefusal(kind: "speed", words: "its speed \(speed / 10) is not 0 to 400 km/h"))
      } else {
        feed.records.append(
          FeedRecord(
            place: "\(name), byte \(at)", way: .openLR(Array(bytes[at + 1..<at + 1 + size])),
            flow: flow))
      }
      at += size + 3
    }
    guard !bytes.isEmpty else { throw FeedError("\(name) is empty: give a feed with entries") }
    return feed
  }
}
