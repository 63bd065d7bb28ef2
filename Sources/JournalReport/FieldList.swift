// Read first. What a record says as a list of named values, from which the text and the JSON of `hujia journal print`
// are written. Must never: leave a field of a command out.

import CHujia
import HujiaEngine
import HujiaHostKit

/// One value. Numbers of 64 bits without a sign are ids, keys and hashes: as JSON they are strings, because many
/// readers keep 53 bits of a number.
package enum FieldValue: Equatable, Sendable {
  case number(Int64)
  case id(UInt64)
  case flag(Bool)
  case word(String)
  indirect case list([Field])
  indirect case rows([[Field]])

  /// What a reader need not be told.
  var isZero: Bool {
    switch self {
    case .number(let number): number == 0
    case .id(let number): number == 0
    case .flag(let flag): !flag
    case .word(let word): word.isEmpty
    case .list(let fields): fields.allSatisfy(\.value.isZero)
    case .rows(let rows): rows.isEmpty
    }
  }
}

package struct Field: Equatable, Sendable {
  package var name: String
  package var value: FieldValue
}

package struct FieldList {
  package var fields: [Field] = []
  package init() {}

  mutating func say(_ name: String, _ value: FieldValue) {
    fields.append(Field(name: name, value: value))
  }
  mutating func say(_ name: String, _ number: UInt64) { say(name, .id(number)) }
  mutating func say(_ name: String, _ number: Int64) { say(name, .number(number)) }
  mutating func say(_ name: String, _ number: Int) { say(name, .number(Int64(number))) }
  mutating func say(_ name: String, _ number: Int32) { say(name, .number(Int64(number))) }
  mutating func say(_ name: String, _ number: UInt32) { say(name, .number(Int64(number))) }
  mutating func say(_ name: String, _ number: UInt16) { say(name, .number(Int64(number))) }
  mutating func say(_ name: String, _ number: UInt8) { say(name, .number(Int64(number))) }
  mutating func say(_ name: String, _ flag: Bool) { say(name, .flag(flag)) }
  mutating func say(_ name: String, _ text: String) { say(name, .word(text)) }

  /// A word of one of the header's vocabularies; the number where it has none.
  mutating func say(_ name: String, _ number: Int32, _ vocabulary: Int32) {
    say(name, .word(Self.word(number, vocabulary)))
  }

  static func word(_ number: Int32, _ vocabulary: Int32) -> String {
    let word = Host.name(vocabulary, number)
    return word == "unknown" ? (number == 0 ? "" : "\(number)") : word
  }

  /// The host's own text of an incident: as text where it is one, else in hexadecimal digits.
  mutating func say(_ name: String, _ reference: Reference) {
    var bytes: [UInt8] = []
    for word in 0..<4 {
      withUnsafeBytes(of: reference.words[word].littleEndian) { bytes.append(contentsOf: $0) }
    }
    guard let last = bytes.lastIndex(where: { $0 != 0 }) else { return say(name, "") }
    let text = bytes[...last]
    let isText = text.allSatisfy { $0 >= 32 && $0 < 127 }
    say(
      name,
      isText
        ? String(decoding: text, as: UTF8.self) : "0x" + bytes.map { Self.hex($0) }.joined())
  }

  static func hex(_ byte: UInt8) -> String {
    (byte < 16 ? "0" : "") + String(byte, radix: 16)
  }

  mutating func nest(_ name: String, _ body: (inout FieldList) -> Void) {
    var inner = FieldList()
    body(&inner)
    say(name, .list(inner.fields))
  }
}
