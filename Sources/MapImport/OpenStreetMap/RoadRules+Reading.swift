// The table of rules, read line by line. A line that is wrong is named with what it should be; a table that lacks a
// kind of line is refused, for a typing error would change what a whole city may drive on.

extension RoadRules {
  /// The rules that ship.
  package static func standard() throws(ImportError) -> RoadRules { try builtIn.get() }

  private static let builtIn = Result { () throws(ImportError) in
    try RoadRules(defaultText, path: "the built-in rules")
  }

  package init(file path: String) throws(ImportError) {
    let bytes = try TextFile.bytes(path)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .file(path: path, reason: "it is not UTF-8")
    }
    try self.init(text, path: path)
  }

  /// `path` is for errors.
  package init(_ text: String, path: String) throws(ImportError) {
    var reading = RulesReading(path: path)
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (index, line) in lines.enumerated() {
      let words = line.prefix { $0 != "#" }.split(whereSeparator: { $0 == " " || $0 == "\t" })
      guard !words.isEmpty else { continue }
      do throws(RowError) {
        try reading.take(words.map(String.init))
      } catch {
        throw .format(path: path, line: index + 1, reason: error.reason)
      }
    }
    self = try reading.finish()
  }
}

private struct RulesReading {
  let path: String
  private var rules = RoadRules()
  private var isOpened = false
  private var seen: Set<String> = []
  private var kinds: Set<String> = []

  init(path: String) { self.path = path }

  private static let needed = [
    "limit", "destination", "keys normal", "keys response", "highway", "access", "barrier *",
    "turn *",
  ]

  func finish() throws(ImportError) -> RoadRules {
    guard let missing = Self.needed.first(where: { !kinds.contains($0) }) else { return rules }
    throw .file(
      path: path,
      reason: isOpened
        ? "it has no line \"\(missing)\": start from `hujia import --print-rules`"
        : "its first line must be \"hujia-rules 1\": start from `hujia import --print-rules`")
  }

  mutating func take(_ words: [String]) throws(RowError) {
    guard isOpened else {
      guard words == ["hujia-rules", "1"] else {
        throw RowError(
          "the first line must be \"hujia-rules 1\": start from `hujia import --print-rules`")
      }
      isOpened = true
      return
    }
    let rest = Array(words.dropFirst())
    switch words[0] {
    case "limit":
      try pair(rest, "limit 100% 110%") { rules, texts throws(RowError) in
        rules.limit = try Self.both(texts) { text throws(RowError) in try Self.percent(text) }
      }
    case "destination":
      try pair(rest, "destination 3 1") { rules, texts throws(RowError) in
        rules.destination = try Self.both(texts) { text throws(RowError) in
          try Self.number(text, 1...100)
        }
      }
    case "keys": try keys(rest)
    case "highway":
      try named(rest, "highway residential 30 35")
      rules.highways[rest[0]] = try roadClass(rest)
    case "route":
      try named(rest, "route ferry 10 10")
      rules.routes[rest[0]] = try roadClass(rest)
    case "access": try access(rest)
    case "barrier": try barrier(rest)
    case "turn": try turn(rest)
    case "tag": try tag(rest)
    case "posted":
      try values(rest, 2, "posted walk 7")
      rules.posted[rest[0].lowercased()] = .some(try Self.posted(rest[1], rules))
    case "zone":
      try values(rest, 2, "zone DE:urban 50")
      rules.zones[RoadRules.zoneName(rest[0])] = .some(try Self.posted(rest[1], rules))
    default:
      throw RowError(
        "no rule is called \(Field.shown(words[0])); known: limit, destination, keys, highway, "
          + "route, access, barrier, turn, tag, posted, zone")
    }
    try note(words)
  }

  private mutating func note(_ words: [String]) throws(RowError) {
    let isSingle = words[0] == "limit" || words[0] == "destination"
    let name = isSingle ? words[0] : "\(words[0]) \(words[1])"
    guard seen.insert(name).inserted else {
      throw RowError("\(Field.shown(name)) stands twice: keep one")
    }
    kinds.insert(words[0])
    kinds.insert(name)
  }

  private mutating func pair(
    _ texts: [String], _ example: String,
    _ body: (inout RoadRules, [String]) throws(RowError) -> Void
  ) throws(RowError) {
    try values(texts, 2, example)
    try body(&rules, texts)
  }

  private func values(_ texts: [String], _ count: Int, _ example: String) throws(RowError) {
    guard texts.count == count else {
      throw RowError("\(count) values are needed, for example: \(example)")
    }
  }

  private func named(_ texts: [String], _ example: String) throws(RowError) {
    guard texts.count >= 3 else {
      throw RowError("a name and two values are needed, for example: \(example)")
    }
  }

  private mutating func keys(_ texts: [String]) throws(RowError) {
    guard texts.count >= 2, let profile = Self.profile(texts[0]) else {
      throw RowError("a profile and its keys are needed: keys normal access vehicle motor_vehicle")
    }
    rules.keys[profile] = Array(texts.dropFirst())
  }

  private static func profile(_ text: String) -> RoadProfile? {
    switch text {
    case "normal": return .normal
    case "response": return .response
    default: return nil
    }
  }

  private func roadClass(_ texts: [String]) throws(RowError) -> RoadRules.RoadClass {
    let speeds = try Self.both(Array(texts[1...2])) { text throws(RowError) -> Double? in
      text == "-" ? nil : try Self.number(text, 1...300)
    }
    var found = RoadRules.RoadClass(speed_kmh: speeds)
    for flag in texts.dropFirst(3) {
      switch flag {
      case "oneway": found.isOneWay = true
      case "permission": found.isByPermission = true
      case "unbuilt": found.isUnbuilt = true
      default:
        throw RowError("\(Field.shown(flag)) is none of oneway, permission, unbuilt")
      }
    }
    return found
  }

  private mutating func access(_ texts: [String]) throws(RowError) {
    try values(texts, 3, "access private destination open")
    rules.access[texts[0]] = try Self.both(Array(texts[1...])) { text throws(RowError) in
      try Self.passage(text)
    }
  }

  private mutating func barrier(_ texts: [String]) throws(RowError) {
    try values(texts, 3, "barrier gate open open")
    rules.barriers[texts[0]] = try Self.both(Array(texts[1...])) { text throws(RowError) in
      let passage = try Self.passage(text)
      guard passage != .destination else {
        throw RowError("a barrier is open or closed")
      }
      return passage
    }
  }

  private mutating func turn(_ texts: [String]) throws(RowError) {
    try values(texts, 3, "turn no_left_turn obeyed ignored")
    rules.turns[texts[0]] = try Self.both(Array(texts[1...])) { text throws(RowError) -> Bool in
      guard text == "obeyed" || text == "ignored" else {
        throw RowError("\(Field.shown(text)) is none of obeyed, ignored")
      }
      return text == "obeyed"
    }
  }

  private mutating func tag(_ texts: [String]) throws(RowError) {
    try values(texts, 3, "tag service=driveway 10 15")
    let parts = texts[0].split(separator: "=", maxSplits: 1).map(String.init)
    guard parts.count == 2 else {
      throw RowError("\(Field.shown(texts[0])): write a tag as key=value")
    }
    let effect = try Self.both(Array(texts[1...])) { text throws(RowError) -> RoadRules.Effect in
      text == "closed" ? .closed : .atMost(try Self.number(text, 1...300))
    }
    rules.tags.append(RoadRules.TagRule(key: parts[0], value: parts[1], effect: effect))
  }

  private static func both<Value>(
    _ texts: [String], _ read: (String) throws(RowError) -> Value
  ) throws(RowError) -> ByProfile<Value> {
    ByProfile(normal: try read(texts[0]), response: try read(texts[1]))
  }

  private static func passage(_ text: String) throws(RowError) -> Passage {
    guard let passage = Passage(rawValue: text) else {
      throw RowError("\(Field.shown(text)) is none of open, destination, closed")
    }
    return passage
  }

  private static func number(
    _ text: String, _ range: ClosedRange<Double>
  ) throws(RowError) -> Double {
    guard let number = Field.decimal(text), range.contains(number) else {
      throw RowError(
        "\(Field.shown(text)): a number from \(Int(range.lowerBound)) to \(Int(range.upperBound)) "
          + "is needed")
    }
    return number
  }

  private static func percent(_ text: String) throws(RowError) -> Double {
    guard text.hasSuffix("%"), let number = Field.decimal(text.dropLast()), number >= 10,
      number <= 300
    else { throw RowError("\(Field.shown(text)): a share from 10% to 300% is needed") }
    return number / 100
  }

  /// km/h, `class`, or a posted word that stands above.
  private static func posted(
    _ text: String, _ rules: RoadRules
  ) throws(RowError) -> RoadRules.Posted {
    if text == "class" { return nil }
    if let known = rules.posted[text] { return known }
    return try number(text, 1...300)
  }
}
