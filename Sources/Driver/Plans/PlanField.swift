// A place in the plans with its path, so that every complaint names the field and the remedy.

/// One value and where it stands, for example plans[3].units[0].capabilities[1].
struct PlanField {
  let path: String
  let value: PlanValue

  func wrong(_ message: String) -> PlanError { PlanError(field: path, message: message) }

  private func mismatch(_ wanted: String) -> PlanError {
    wrong("\(path.isEmpty ? "the plans" : path) is \(value.kind): give \(wanted)")
  }

  /// The members of an object; an unknown key is refused with the nearest known one. "comment" is allowed everywhere.
  func object(_ known: [String]) throws(PlanError) -> PlanObject {
    guard case .object(let members) = value else { throw mismatch("an object") }
    for member in members where member.key != "comment" && !known.contains(member.key) {
      let near = Self.nearest(member.key, known)
      throw at(member.key, member.value).wrong(
        "unknown key \"\(member.key)\"\(near.map { ": did you mean \"\($0)\"?" } ?? "; known: \(known.joined(separator: ", "))")"
      )
    }
    return PlanObject(field: self, members: members)
  }

  /// The members of an object whose keys are data (names, kinds).
  func entries() throws(PlanError) -> [(key: String, field: PlanField)] {
    guard case .object(let members) = value else { throw mismatch("an object") }
    var entries: [(key: String, field: PlanField)] = []
    for member in members where member.key != "comment" {
      entries.append((member.key, at(member.key, member.value)))
    }
    return entries
  }

  func at(_ key: String, _ value: PlanValue) -> PlanField {
    PlanField(path: path.isEmpty ? key : "\(path).\(key)", value: value)
  }

  func elements() throws(PlanError) -> [PlanField] {
    guard case .array(let elements) = value else { throw mismatch("a list") }
    return elements.enumerated().map {
      PlanField(path: "\(path)[\($0.offset)]", value: $0.element)
    }
  }

  func string() throws(PlanError) -> String {
    guard case .string(let text) = value else { throw mismatch("a string") }
    return text
  }

  func bool() throws(PlanError) -> Bool {
    guard case .bool(let flag) = value else { throw mismatch("true or false") }
    return flag
  }

  func number() throws(PlanError) -> Double {
    guard case .number(let number) = value else { throw mismatch("a number") }
    return number
  }

  /// A whole number within a range.
  func integer(_ range: ClosedRange<Int64>) throws(PlanError) -> Int64 {
    let number = try number()
    guard let whole = Int64(exactly: number), range.contains(whole) else {
      throw wrong(
        "\(path) is \(number): give a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return whole
  }

  /// Seconds to milliseconds, from `least_ms` to 100 years.
  func seconds_ms(least_ms: Int64) throws(PlanError) -> Int64 {
    let number = try number()
    let century_s = 100.0 * 365.25 * 86_400
    guard number * 1_000 >= Double(least_ms), number <= century_s else {
      throw wrong(
        "\(path) is \(number) s: give \(least_ms == 0 ? "0" : "more than 0") to 3155760000 (100 years)"
      )
    }
    return Int64((number * 1_000).rounded())
  }

  /// One of some words.
  func word<Value>(
    _ words: [(word: String, value: Value)], older: [(word: String, value: Value)] = []
  ) throws(PlanError) -> Value {
    let text = try string()
    if let found = (words + older).first(where: { $0.word == text }) { return found.value }
    let known = words.map(\.word)
    let near = Self.nearest(text, known)
    throw wrong(
      "unknown \"\(text)\"\(near.map { ": did you mean \"\($0)\"?" } ?? ""); known: \(known.joined(separator: ", "))"
    )
  }

  var isNull: Bool {
    if case .null = value { return true }
    return false
  }

  /// The known word at the smallest edit distance, when that is at most two.
  static func nearest(_ word: String, _ known: [String]) -> String? {
    let ranked = known.map { (word: $0, distance: editDistance(Array(word.utf8), Array($0.utf8))) }
    guard let best = ranked.min(by: { $0.distance < $1.distance }), best.distance <= 2 else {
      return nil
    }
    return best.word
  }

  /// Levenshtein 1966.
  private static func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    guard a.count < 64, b.count < 64 else { return .max }
    var row = Array(0...b.count)
    for (i, left) in a.enumerated() {
      var corner = row[0]
      row[0] = i + 1
      for (j, right) in b.enumerated() {
        let above = row[j + 1]
        row[j + 1] = min(min(above, row[j]) + 1, corner + (left == right ? 0 : 1))
        corner = above
      }
    }
    return row[b.count]
  }
}

/// An object's members by key.
struct PlanObject {
  let field: PlanField
  let members: [(key: String, value: PlanValue)]

  /// The member, when it is there and not null.
  subscript(key: String) -> PlanField? {
    guard let member = members.first(where: { $0.key == key }) else { return nil }
    let found = field.at(key, member.value)
    return found.isNull ? nil : found
  }

  func has(_ key: String) -> Bool { members.contains { $0.key == key } }

  func require(_ key: String) throws(PlanError) -> PlanField {
    guard let found = self[key] else {
      throw field.wrong("\(field.path.isEmpty ? "the plans" : field.path) lacks \"\(key)\": add it")
    }
    return found
  }
}
