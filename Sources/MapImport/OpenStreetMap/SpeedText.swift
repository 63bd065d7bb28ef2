// `maxspeed` as people write it, and `duration` of ferries.

extension RoadRules {
  enum Limit: Equatable {
    /// Nothing is posted, or nothing that is a number: the class decides.
    case none
    case kmh(Double)
    case unreadable
  }

  /// The limit of a way in one direction (":forward", ":backward").
  func limit(_ tags: WayTags, _ direction: String) -> Limit {
    if let text = tags["maxspeed" + direction] ?? tags["maxspeed"] {
      let limit = self.limit(text)
      if limit != .none { return limit }
    }
    // Where no number is posted, its kind may be.
    for key in ["maxspeed:type", "zone:maxspeed", "source:maxspeed", "zone:traffic"] {
      guard let text = tags[key], text.utf8.contains(UInt8(ascii: ":")),
        case .kmh(let speed) = limit(text)
      else { continue }
      return .kmh(speed)
    }
    return .none
  }

  /// One text: the lowest of a list.
  func limit(_ text: String) -> Limit {
    var lowest: Limit = .none
    for part in text.split(whereSeparator: { $0 == ";" || $0 == "|" }) {
      switch (one(String(part).trimmed), lowest) {
      case (.unreadable, _): return .unreadable
      case (.kmh(let speed), .kmh(let before)): lowest = .kmh(min(speed, before))
      case (.kmh(let speed), _): lowest = .kmh(speed)
      case (.none, _): break
      }
    }
    return lowest
  }

  private func one(_ text: String) -> Limit {
    if text.isEmpty { return .none }
    if let posted = posted[text.lowercased()] { return posted.map { .kmh($0) } ?? .none }
    if let zone = zones[text] ?? zones[Self.zoneName(text)] {
      return zone.map { .kmh($0) } ?? .none
    }
    if let colon = text.firstIndex(of: ":") {
      return Self.zoneSpeed(country: text[..<colon], rest: text[text.index(after: colon)...])
    }
    return Self.number(text)
  }

  /// "de:Urban" is "DE:urban".
  static func zoneName(_ text: String) -> String {
    guard let colon = text.firstIndex(of: ":") else { return text }
    return text[..<colon].uppercased() + text[colon...].lowercased()
  }

  /// "DE:zone:30", "DE:zone30", "AT:30": the number is in the country's unit.
  private static func zoneSpeed(country: Substring, rest: Substring) -> Limit {
    let digits = rest.reversed().prefix { $0.isASCII && $0.isNumber }.reversed()
    let word = rest.dropLast(digits.count)
    guard !digits.isEmpty, ["", "zone", "zone:"].contains(word.lowercased()) else {
      return .unreadable
    }
    let isMiles = ["GB", "UK", "US"].contains(country.uppercased())
    return number(String(digits) + (isMiles ? " mph" : ""))
  }

  private static func number(_ text: String) -> Limit {
    let digits = text.prefix { ($0.isASCII && $0.isNumber) || $0 == "." }
    guard let value = Field.decimal(digits), let factor = unit(String(text[digits.endIndex...]))
    else { return .unreadable }
    let speed = value * factor
    return speed >= 1 && speed <= 300 ? .kmh(speed) : .unreadable
  }

  private static func unit(_ text: String) -> Double? {
    switch text.trimmed.lowercased() {
    case "", "km/h", "kmh", "kph", "kmph": return 1
    case "mph": return 1.609_344
    case "knots", "knot", "kn": return 1.852
    default: return nil
    }
  }
}

/// "1:30" and "01:30:00" in hours first, "45" in minutes, "PT1H30M". Seconds, or nil.
enum DurationText {
  static func seconds(_ text: String) -> Double? {
    let text = text.trimmed
    let seconds = text.uppercased().hasPrefix("PT") ? iso(text.dropFirst(2)) : clock(text)
    guard let seconds, seconds > 0, seconds <= 7 * 86_400 else { return nil }
    return seconds
  }

  private static func clock(_ text: String) -> Double? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { part in
      part.allSatisfy { $0.isASCII && $0.isNumber } ? Field.decimal(part) : nil
    }
    guard numbers.count == parts.count else { return nil }
    switch numbers.count {
    case 1: return numbers[0] * 60
    case 2: return numbers[0] * 3_600 + numbers[1] * 60
    case 3: return numbers[0] * 3_600 + numbers[1] * 60 + numbers[2]
    default: return nil
    }
  }

  private static func iso(_ text: Substring) -> Double? {
    var sum = 0.0
    var digits = ""
    for character in text {
      switch character {
      case "0"..."9", ".": digits.append(character)
      case "H", "h", "M", "m", "S", "s":
        guard let number = Field.decimal(digits) else { return nil }
        let unit = character.lowercased()
        sum += number * (unit == "h" ? 3_600 : unit == "m" ? 60 : 1)
        digits = ""
      default: return nil
      }
    }
    return digits.isEmpty ? sum : nil
  }
}
