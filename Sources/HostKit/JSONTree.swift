// A value as JSON text. The toolchain's own encoder would bring six megabytes of Foundation into the tool, for figures
// of a page or two. The layout is the same to the byte; a test compares the two.

/// What a value says when it is asked to encode itself. Date, Data and the like are Foundation's and unknown here.
struct JSONTree {
  private let root = JSONNode()

  init(_ value: some Encodable) throws {
    try JSONNodeEncoder(node: root, codingPath: []).put(value)
    guard root.content != nil else {
      throw EncodingError.invalidValue(
        value, .init(codingPath: [], debugDescription: "the value encodes nothing"))
    }
  }

  /// Keys in order, without line ends unless `isPretty`. A slash may stand as / or as \/.
  func text(isPretty: Bool, escapesSlashes: Bool) -> String {
    var writer = JSONWriter(isPretty: isPretty, escapesSlashes: escapesSlashes)
    writer.write(root)
    return writer.text
  }
}

private final class JSONNode {
  enum Content {
    /// As it stands in the text.
    case literal(String)
    case text(String)
    case list([JSONNode])
    case members([String: JSONNode])
  }

  /// Nil until something is encoded.
  var content: Content?

  var count: Int { if case .list(let elements) = content { elements.count } else { 0 } }

  func becomeList() { if case .list = content {} else { content = .list([]) } }

  func becomeMembers() { if case .members = content {} else { content = .members([:]) } }

  func member(_ key: String) -> JSONNode {
    guard case .members(var members) = content else { return self }
    let node = JSONNode()
    members[key] = node
    content = .members(members)
    return node
  }

  func element() -> JSONNode {
    guard case .list(var elements) = content else { return self }
    let node = JSONNode()
    elements.append(node)
    content = .list(elements)
    return node
  }
}

private struct JSONNodeEncoder: Encoder {
  let node: JSONNode
  let codingPath: [any CodingKey]
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    node.becomeMembers()
    return KeyedEncodingContainer(JSONMembers(node: node, codingPath: codingPath))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    node.becomeList()
    return JSONElements(node: node, codingPath: codingPath)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer { JSONSingle(encoder: self) }

  func put(_ value: some Encodable) throws {
    switch value {
    case let text as String: node.content = .text(text)
    case let flag as Bool: node.content = .literal(flag ? "true" : "false")
    case let number as Double: node.content = .literal(try decimal(number))
    case let number as Float: node.content = .literal(try decimal(number))
    case let number as any BinaryInteger: node.content = .literal("\(number)")
    default: try value.encode(to: self)
    }
  }

  private func decimal(_ number: some BinaryFloatingPoint & Encodable) throws -> String {
    guard number.isFinite else {
      throw EncodingError.invalidValue(
        number, .init(codingPath: codingPath, debugDescription: "\(number) is no number of JSON"))
    }
    let text = "\(number)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}

private struct JSONSingle: SingleValueEncodingContainer {
  let encoder: JSONNodeEncoder
  var codingPath: [any CodingKey] { encoder.codingPath }

  func encodeNil() { encoder.node.content = .literal("null") }

  func encode(_ value: some Encodable) throws { try encoder.put(value) }
}

private struct JSONMembers<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let node: JSONNode
  let codingPath: [any CodingKey]

  private func encoder(_ key: some CodingKey) -> JSONNodeEncoder {
    JSONNodeEncoder(node: node.member(key.stringValue), codingPath: codingPath + [key])
  }

  func encodeNil(forKey key: Key) { encoder(key).node.content = .literal("null") }

  func encode(_ value: some Encodable, forKey key: Key) throws { try encoder(key).put(value) }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) -> KeyedEncodingContainer<Nested> { encoder(key).container(keyedBy: type) }

  func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
    encoder(key).unkeyedContainer()
  }

  func superEncoder() -> any Encoder { encoder(JSONKey("super")) }

  func superEncoder(forKey key: Key) -> any Encoder { encoder(key) }
}

private struct JSONElements: UnkeyedEncodingContainer {
  let node: JSONNode
  let codingPath: [any CodingKey]
  var count: Int { node.count }

  private func encoder() -> JSONNodeEncoder {
    JSONNodeEncoder(node: node.element(), codingPath: codingPath + [JSONKey("\(count)")])
  }

  func encodeNil() { encoder().node.content = .literal("null") }

  func encode(_ value: some Encodable) throws { try encoder().put(value) }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type
  ) -> KeyedEncodingContainer<Nested> { encoder().container(keyedBy: type) }

  func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { encoder().unkeyedContainer() }

  func superEncoder() -> any Encoder { encoder() }
}

private struct JSONKey: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }

  init(_ text: String) { stringValue = text }
  init?(stringValue: String) { self.init(stringValue) }
  init?(intValue: Int) { nil }
}

private struct JSONWriter {
  let isPretty: Bool
  let escapesSlashes: Bool
  private(set) var text = ""
  private var depth = 0

  init(isPretty: Bool, escapesSlashes: Bool) {
    self.isPretty = isPretty
    self.escapesSlashes = escapesSlashes
  }

  mutating func write(_ node: JSONNode) {
    switch node.content {
    case nil: text += "{}"
    case .literal(let literal): text += literal
    case .text(let string): write(quoted: string)
    case .list(let elements):
      write(elements, between: "[", and: "]") { writer, element in writer.write(element) }
    case .members(let members):
      let sorted = members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      write(sorted, between: "{", and: "}") { writer, member in
        writer.write(quoted: member.key)
        writer.text += writer.isPretty ? " : " : ":"
        writer.write(member.value)
      }
    }
  }

  private mutating func write<Part>(
    _ parts: [Part], between open: String, and close: String,
    _ each: (inout JSONWriter, Part) -> Void
  ) {
    text += open
    depth += 1
    for (place, part) in parts.enumerated() {
      if place > 0 { text += "," }
      endLine()
      each(&self, part)
    }
    depth -= 1
    if parts.isEmpty, isPretty { text += "\n" }
    endLine()
    text += close
  }

  private mutating func endLine() {
    guard isPretty else { return }
    text += "\n" + String(repeating: "  ", count: depth)
  }

  private mutating func write(quoted string: String) {
    text += "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "/": text += escapesSlashes ? "\\/" : "/"
      case "\u{8}": text += "\\b"
      case "\u{C}": text += "\\f"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case "\u{0}"..."\u{1F}":
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}
