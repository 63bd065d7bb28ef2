// Where a map's streets come from, and what its import left out or warned of: carried in the map, so that `inspect` and
// every page can say it. Text for people and programs; routing never reads it. Maps made before 0.3 have none.

import HujiaRoads

package struct MapOrigin: Equatable, Encodable, Sendable {
  package struct Count: Equatable, Encodable, Sendable {
    package var name: String
    package var count: Int
    package var words: String
    package init(name: String, count: Int, words: String) {
      self.name = name
      self.count = count
      self.words = words
    }
  }

  /// As the licence wants it said: "© OpenStreetMap contributors"; empty = not known.
  package var attribution = ""
  package var licence = ""
  /// What else the import did, a line each.
  package var notes: [String] = []
  package var oneWay = 0
  package var speedsFilled = 0
  /// By reason, in a fixed order.
  package var leftOut: [Count] = []
  /// Turn restrictions that were read, by kind.
  package var restrictions: [Count] = []
  /// How many of them the map obeys.
  package var restrictionsApplied = 0
  /// Kind, how often, the words of the first.
  package var warnings: [Count] = []
  package init() {}

  private enum CodingKeys: String, CodingKey {
    case attribution, licence, notes, restrictions, warnings
    case oneWay = "one_way"
    case speedsFilled = "speeds_filled"
    case leftOut = "left_out"
    case restrictionsApplied = "restrictions_applied"
  }

  private static let head = "hujia-origin 1"

  /// A line a fact, fields by tabs.
  package var text: String {
    var lines = [Self.head]
    func add(_ fields: [String]) {
      lines.append(fields.map(Self.plain).joined(separator: "\t"))
    }
    if !attribution.isEmpty { add(["attribution", attribution]) }
    if !licence.isEmpty { add(["licence", licence]) }
    for note in notes { add(["note", note]) }
    add(["one_way", "\(oneWay)"])
    add(["speeds_filled", "\(speedsFilled)"])
    if !restrictions.isEmpty { add(["restrictions_applied", "\(restrictionsApplied)"]) }
    for (kind, counts) in [
      ("left_out", leftOut), ("restrictions", restrictions), ("warning", warnings),
    ] {
      for count in counts { add([kind, count.name, "\(count.count)", count.words]) }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func plain(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 ? " " : $0 }))
  }

  /// What a section says, however it was forged: lines that are none are passed over. O(bytes).
  package init(bytes: UnsafeRawBufferPointer) {
    // Import writes a few kilobytes.
    let text = String(decoding: bytes.prefix(1 << 20), as: UTF8.self)
    let lines = text.split(separator: "\n")
    guard lines.first.map(String.init) == Self.head else { return }
    for line in lines.dropFirst() {
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map {
        Self.plain(String($0))
      }
      guard fields.count >= 2 else { continue }
      switch fields[0] {
      case "attribution": attribution = fields[1]
      case "licence": licence = fields[1]
      case "note": notes.append(fields[1])
      case "one_way": oneWay = Int(fields[1]) ?? 0
      case "speeds_filled": speedsFilled = Int(fields[1]) ?? 0
      case "restrictions_applied": restrictionsApplied = Int(fields[1]) ?? 0
      case "left_out": leftOut += Self.count(fields)
      case "restrictions": restrictions += Self.count(fields)
      case "warning": warnings += Self.count(fields)
      default: continue
      }
    }
  }

  private static func count(_ fields: [String]) -> [Count] {
    guard fields.count >= 4, let count = Int(fields[2]) else { return [] }
    return [Count(name: fields[1], count: count, words: fields[3])]
  }
}

extension RoadMap {
  /// Nil on maps made before 0.3, and on those that nothing imported.
  package var origin: MapOrigin? {
    sections.find(MapTag.origin).map { MapOrigin(bytes: $0) }
  }
}

extension MapCompilation {
  /// Adds what is known of the data; before the map is written, once.
  package func add(_ origin: MapOrigin) {
    sections.add(MapTag.origin, Array(origin.text.utf8))
  }

  /// What was compiled so far, for a look before it is written. Valid as long as the compilation lives.
  package var map: RoadMap { sections.map() }
}
