// One line of JSON from named values, in their order. Must never: write what is no JSON, whatever a text holds.

package enum JSONLine {
  package static func of(_ fields: [Field]) -> String {
    "{" + fields.map { quoted($0.name) + ":" + of($0.value) }.joined(separator: ",") + "}"
  }

  static func of(_ value: FieldValue) -> String {
    switch value {
    case .number(let number): "\(number)"
    case .id(let number): "\"\(number)\""
    case .flag(let flag): flag ? "true" : "false"
    case .word(let word): quoted(word)
    case .list(let fields): of(fields)
    case .rows(let rows): "[" + rows.map { of($0) }.joined(separator: ",") + "]"
    }
  }

  static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x22: result += "\\\""
      case 0x5c: result += "\\\\"
      case ..<0x20:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
