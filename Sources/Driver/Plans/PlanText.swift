// The text of a plans file (JSON, RFC 8259) as a tree that remembers where everything stood. The toolchain's decoder
// tells neither line nor column of a broken text and would bring Foundation into every host; this reads the one format
// the engine needs and says exactly where it broke.

/// A value of the text.
indirect enum PlanValue {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case array([PlanValue])
  case object([(key: String, value: PlanValue)])

  var kind: String {
    switch self {
    case .null: return "null"
    case .bool: return "true or false"
    case .number: return "a number"
    case .string: return "a string"
    case .array: return "a list"
    case .object: return "an object"
    }
  }
}

/// Why a plans file was refused: where (line and column of broken text, else the field's path) and what to do.
package struct PlanError: Error, Equatable, Sendable {
  package var line = 0
  package var column = 0
  package var field = ""
  package var message: String
}

/// One pass over the bytes. Depth is bounded, so that hostile text cannot exhaust the stack.
struct PlanTextReader {
  private let bytes: UnsafeRawBufferPointer
  private var offset = 0
  private var depth = 0
  private static let deepest = 64

  private init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  static func read(_ bytes: UnsafeRawBufferPointer) throws(PlanError) -> PlanValue {
    var reader = PlanTextReader(bytes)
    if bytes.count >= 3, bytes[0] == 0xef, bytes[1] == 0xbb, bytes[2] == 0xbf { reader.offset = 3 }
    let value = try reader.value()
    reader.skipSpace()
    guard reader.offset == bytes.count else {
      throw reader.broken("something follows the end of the plans: remove it")
    }
    return value
  }

  private func broken(_ message: String, at place: Int? = nil) -> PlanError {
    var line = 1
    var column = 1
    for byte in bytes.prefix(place ?? offset) {
      if byte == 0x0a {
        line += 1
        column = 1
      } else if byte & 0xc0 != 0x80 {
        column += 1
      }
    }
    return PlanError(
      line: line, column: column, message: "line \(line), column \(column): \(message)")
  }

  private var next: UInt8? { offset < bytes.count ? bytes[offset] : nil }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 {
      offset += 1
    }
  }

  private mutating func value() throws(PlanError) -> PlanValue {
    skipSpace()
    guard let byte = next else { throw broken("the text ends where a value should be") }
    switch byte {
    case UInt8(ascii: "{"): return try object()
    case UInt8(ascii: "["): return try array()
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
    default:
      let seen =
        byte >= 0x20 && byte < 0x7f ? "'\(Character(UnicodeScalar(byte)))'" : "a byte \(byte)"
      throw broken("\(seen) where a value should be (a string needs double quotes)")
    }
  }

  private mutating func word(_ word: StaticString, _ value: PlanValue) throws(PlanError)
    -> PlanValue
  {
    for index in 0..<word.utf8CodeUnitCount {
      guard next == word.utf8Start[index] else { throw broken("did you mean \(word)?") }
      offset += 1
    }
    return value
  }

  private mutating func enter() throws(PlanError) {
    depth += 1
    guard depth <= Self.deepest else { throw broken("nested deeper than \(Self.deepest) levels") }
    offset += 1
    skipSpace()
  }

  private mutating func object() throws(PlanError) -> PlanValue {
    try enter()
    var members: [(key: String, value: PlanValue)] = []
    var keys: Set<String> = []
    if next == UInt8(ascii: "}") {
      offset += 1
      depth -= 1
      return .object(members)
    }
    while true {
      skipSpace()
      guard next == UInt8(ascii: "\"") else {
        throw broken("a key in double quotes should stand here")
      }
      let start = offset
      let key = try string()
      guard keys.insert(key).inserted else {
        throw broken("the key \"\(key)\" stands here twice: keep one", at: start)
      }
      skipSpace()
      guard next == UInt8(ascii: ":") else {
        throw broken("a colon should follow the key \"\(key)\"")
      }
      offset += 1
      members.append((key, try value()))
      skipSpace()
      if next == UInt8(ascii: "}") { break }
      guard next == UInt8(ascii: ",") else { throw broken("a comma or } should stand here") }
      offset += 1
    }
    offset += 1
    depth -= 1
    return .object(members)
  }

  private mutating func array() throws(PlanError) -> PlanValue {
    try enter()
    var elements: [PlanValue] = []
    if next == UInt8(ascii: "]") {
      offset += 1
      depth -= 1
      return .array(elements)
    }
    while true {
      elements.append(try value())
      skipSpace()
      if next == UInt8(ascii: "]") { break }
      guard next == UInt8(ascii: ",") else { throw broken("a comma or ] should stand here") }
      offset += 1
    }
    offset += 1
    depth -= 1
    return .array(elements)
  }

  /// A number as RFC 8259 writes it: no leading zero or plus, digits on both sides of the point.
  private mutating func number() throws(PlanError) -> PlanValue {
    let start = offset
    while let byte = next, Self.isOfNumber(byte) { offset += 1 }
    let text = UnsafeRawBufferPointer(rebasing: bytes[start..<offset])
    guard text.count <= Self.longestNumber else {
      throw broken("a number of \(text.count) characters: at most \(Self.longestNumber)", at: start)
    }
    let word = String(decoding: text, as: UTF8.self)
    guard JSONNumber.isValid(text), let value = Double(word), value.isFinite else {
      throw broken("\(word) is no number of JSON: write it like 7, -0.5 or 1e3", at: start)
    }
    return .number(value)
  }

  private static var longestNumber: Int { 64 }

  private static func isOfNumber(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"),
      UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"):
      return true
    default: return false
    }
  }

  private mutating func string() throws(PlanError) -> String {
    let start = offset
    offset += 1
    var content: [UInt8] = []
    while let byte = next {
      switch byte {
      case UInt8(ascii: "\""):
        offset += 1
        guard let text = String(validating: content, as: UTF8.self) else {
          throw broken("this string is not UTF-8", at: start)
        }
        return text
      case UInt8(ascii: "\\"): try escape(into: &content)
      case 0..<0x20: throw broken("a line break or control character inside a string")
      default:
        content.append(byte)
        offset += 1
      }
    }
    throw broken("this string has no closing quote", at: start)
  }

  private mutating func escape(into content: inout [UInt8]) throws(PlanError) {
    offset += 1
    guard let byte = next else { throw broken("the text ends inside a string") }
    offset += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(byte)
    case UInt8(ascii: "n"): content.append(0x0a)
    case UInt8(ascii: "t"): content.append(0x09)
    case UInt8(ascii: "r"): content.append(0x0d)
    case UInt8(ascii: "b"): content.append(0x08)
    case UInt8(ascii: "f"): content.append(0x0c)
    case UInt8(ascii: "u"):
      var code = try hexadecimal()
      if code >= 0xd800, code < 0xdc00 {
        guard offset + 1 < bytes.count, bytes[offset] == UInt8(ascii: "\\"),
          bytes[offset + 1] == UInt8(ascii: "u")
        else { throw broken("half of a surrogate pair") }
        offset += 2
        let low = try hexadecimal()
        guard low >= 0xdc00, low < 0xe000 else { throw broken("half of a surrogate pair") }
        code = 0x1_0000 + ((code - 0xd800) << 10) + (low - 0xdc00)
      }
      guard let scalar = UnicodeScalar(code) else { throw broken("no character \\u\(code)") }
      content += Array(String(Character(scalar)).utf8)
    default: throw broken("no escape of this kind: use \\\\ for a backslash")
    }
  }

  private mutating func hexadecimal() throws(PlanError) -> UInt32 {
    guard offset + 4 <= bytes.count, bytes[offset] != UInt8(ascii: "+"),
      bytes[offset] != UInt8(ascii: "-"),
      let code = UInt32(String(decoding: bytes[offset..<offset + 4], as: UTF8.self), radix: 16)
    else { throw broken("four hexadecimal digits should follow \\u") }
    offset += 4
    return code
  }
}
