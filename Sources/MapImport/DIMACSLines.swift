// The lines of a DIMACS file, one by one: "c" comments, "p" counts, "a" arcs, "v" nodes.

/// Where the file says how much it holds ("p sp NODES ARCS", "p aux sp co NODES"), `checkEnd` holds it to its word, so that
/// a file that was cut off never yields a map.
struct DIMACSLines {
  struct Arc: Hashable {
    var from: UInt32
    var to: UInt32
    var weight: UInt32
  }

  let path: String
  /// 1-based line read last.
  private(set) var line = 0
  private let bytes: [UInt8]
  private var offset = 0
  private var counts: [Int64] = []

  init(_ path: String) throws(ImportError) {
    self.path = path
    bytes = try TextFile.bytes(path)
  }

  /// Share of the file that was read.
  var progress: Double { bytes.isEmpty ? 1 : Double(offset) / Double(bytes.count) }

  /// The next arc; nil at the end.
  mutating func nextArc() -> Result<Arc, RowError>? {
    while let kind = nextLine() {
      if kind == UInt8(ascii: "p") { readCounts() }
      guard kind == UInt8(ascii: "a") else { continue }
      guard let from = nextNumber(), let to = nextNumber(), let weight = nextNumber(),
        let start = UInt32(exactly: from), let end = UInt32(exactly: to),
        let cost = UInt32(exactly: weight)
      else {
        return .failure(
          RowError("an arc line is \"a FROM TO WEIGHT\" in whole numbers, none below 0"))
      }
      return .success(Arc(from: start, to: end, weight: cost))
    }
    return nil
  }

  /// Compares what was read with what the file's "p" line announced, if it has one.
  func checkEnd(arcs: UInt64?, nodes: Int) throws(ImportError) {
    guard let announced = counts.first else { return }
    guard announced == Int64(nodes) else {
      throw .format(
        path: path, line: line,
        reason: "\(announced) nodes are announced and \(nodes) are there: "
          + "copy the file again if it was cut off, or give the coordinates that belong to it")
    }
    guard let arcs, counts.count > 1, counts[1] != Int64(arcs) else { return }
    throw .format(
      path: path, line: line,
      reason: "\(counts[1]) arcs are announced and \(arcs) are there: "
        + "copy the file again if it was cut off")
  }

  /// The numbers of a "p" line; the words before them are passed over.
  mutating func readCounts() {
    while offset < bytes.count, bytes[offset] != 0x0a {
      if bytes[offset] >= 0x30, bytes[offset] <= 0x39 {
        guard let count = nextNumber() else { return }
        counts.append(count)
      } else {
        offset += 1
      }
    }
  }

  /// Moves to the next line and returns its first letter.
  mutating func nextLine() -> UInt8? {
    if line > 0 {
      while offset < bytes.count, bytes[offset] != 0x0a { offset += 1 }
      offset += 1
    }
    guard offset < bytes.count else { return nil }
    line += 1
    let kind = bytes[offset]
    if kind != 0x0a { offset += 1 }
    return kind
  }

  mutating func nextNumber() -> Int64? {
    while offset < bytes.count, bytes[offset] == 0x20 || bytes[offset] == 0x09 { offset += 1 }
    let isNegative = offset < bytes.count && bytes[offset] == UInt8(ascii: "-")
    if isNegative { offset += 1 }
    var value: Int64 = 0
    var digits = 0
    while offset < bytes.count, bytes[offset] >= 0x30, bytes[offset] <= 0x39, digits < 18 {
      value = value * 10 + Int64(bytes[offset] - 0x30)
      offset += 1
      digits += 1
    }
    guard digits > 0, offset >= bytes.count || bytes[offset] <= 0x20 else { return nil }
    return isNegative ? -value : value
  }
}
