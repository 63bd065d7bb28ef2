// First pass: each way is judged by the rules and kept as a few numbers, each restriction as it is.

/// One way that is a road, or that counts as left out.
struct ExtractWay {
  var id: Int64
  var version: UInt32
  var name: UInt32
  /// Where its nodes stand among all, and how many they are; 0 = left out.
  var firstNode: Int
  var nodeCount: Int32
  var remarks: UInt8
  /// nil = a road.
  var leftOut: LeftOut?
  var road: Road
}

final class RoadReading: ExtractSink {
  private let rules: RoadRules
  private let show: ImportProgress
  private let parts: Int
  private(set) var done = 0
  private(set) var ways: [ExtractWay] = []
  /// Ids of the nodes of all roads, way by way.
  private var nodes: [Int64] = []
  private(set) var names: [String] = [""]
  private var nameNumbers: [String: UInt32] = ["": 0]
  private(set) var restrictions: [TurnRestriction] = []
  /// By relation: the highest version so far.
  private var relations: [Int64: (version: UInt32, verdict: RestrictionVerdict)] = [:]
  /// Restrictions by kind, also those left out.
  private(set) var kinds: [String: Int] = [:]
  private(set) var report = ImportReport()
  private(set) var counts = ExtractFile.Counts()

  /// More nodes than any way has (2,000): a forged one.
  private static let mostNodes = 100_000

  init(rules: RoadRules, parts: Int, progress: @escaping ImportProgress) {
    self.rules = rules
    self.parts = parts
    show = progress
  }

  func readWays(_ file: ExtractFile) throws(ImportError) {
    try file.readWays(self, &counts)
    done += 1
  }

  func progress(_ share: Double) { show((Double(done) + share) / Double(parts)) }
  /// The second pass goes on where this one ended.
  func progress(_ share: Double, after parts: Int) {
    show((Double(done + parts) + share) / Double(self.parts))
  }

  func take(node index: Int, _ tags: WayTags) {}

  func take(way: borrowing ExtractObject) {
    let tags = way.tags
    var kept = ExtractWay(
      id: way.id, version: way.version, name: 0, firstNode: nodes.count, nodeCount: 0, remarks: 0,
      leftOut: nil, road: Road())
    switch rules.verdict(tags) {
    case .none: return
    case .leftOut(let reason): kept.leftOut = reason
    case .road(let road, let remarks):
      let count = way.nodes.count
      guard count >= 2, count <= Self.mostNodes else {
        kept.leftOut = count < 2 ? .tooShort : .tooLong
        break
      }
      kept.road = road
      kept.remarks = UInt8(truncatingIfNeeded: remarks.rawValue)
      kept.nodeCount = Int32(count)
      kept.name = number(ofName: tags["name"] ?? tags["ref"] ?? "")
      nodes.append(contentsOf: way.nodes)
    }
    ways.append(kept)
  }

  private func number(ofName name: String) -> UInt32 {
    if let known = nameNumbers[name] { return known }
    let number = UInt32(names.count)
    names.append(name)
    nameNumbers[name] = number
    return number
  }

  func take(relation: borrowing ExtractObject) {
    if let known = relations[relation.id], known.version >= relation.version { return }
    let members = relation.members(most: 1_000)
    relations[relation.id] = (
      relation.version, TurnRestriction.verdict(id: relation.id, relation.tags, members)
    )
  }

  /// After the last file: counts are sums, and restrictions are sorted, so that no order of a table shows.
  private func closeRelations() {
    for (_, verdict) in relations.values {
      switch verdict {
      case .leftOut(let reason, let kind):
        report.leftOut[reason] += 1
        kinds[Self.shownKind(kind), default: 0] += 1
      case .restrictions(let found):
        restrictions += found
        kinds[found[0].kind, default: 0] += 1
      }
    }
    relations = [:]
    restrictions.sort { ($0.id, $0.from, $0.to) < ($1.id, $1.from, $1.to) }
    var before: TurnRestriction?
    restrictions.removeAll { restriction in
      defer { before = restriction }
      return restriction == before
    }
  }

  /// Kinds come from the file: what is no word of the usual length is one kind.
  private static func shownKind(_ kind: String) -> String {
    let isWord = kind.utf8.count <= 32 && kind.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f }
    return isWord && (kind.hasPrefix("no_") || kind.hasPrefix("only_")) ? kind : "other"
  }

  /// After the last file: one version of each way is left, in the order of their ids. The nodes are handed over.
  func closeWays() -> [Int64] {
    ways.sort { ($0.id, $1.version) < ($1.id, $0.version) }
    var kept: [ExtractWay] = []
    kept.reserveCapacity(ways.count)
    for way in ways {
      if let last = kept.last, last.id == way.id {
        report.leftOut[.olderVersions] += 1
        continue
      }
      if let reason = way.leftOut { report.leftOut[reason] += 1 }
      remark(RoadRemarks(rawValue: Int(way.remarks)))
      kept.append(way)
    }
    ways = kept.filter { $0.leftOut == nil }
    closeRelations()
    nameNumbers = [:]
    let all = nodes
    nodes = []
    return all
  }

  private func remark(_ remarks: RoadRemarks) {
    if remarks.contains(.conditional) { report.leftOut[.conditional] += 1 }
    if remarks.contains(.unreadableSpeed) { report.leftOut[.unreadableSpeed] += 1 }
    if remarks.contains(.unreadableOneWay) { report.leftOut[.unreadableOneWay] += 1 }
    if remarks.contains(.unknownAccess) { report.leftOut[.unknownAccess] += 1 }
  }
}
