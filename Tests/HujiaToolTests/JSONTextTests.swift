// The tool's own JSON against the toolchain's: the same value gives the same bytes.

import FoundationEssentials
import HujiaHostKit
import Testing

struct JSONTextTests {
  private enum Kind: String, Encodable { case slashed = "x/y" }

  private struct Inner: Encodable {
    var some: Int?
    var bytes: [UInt8] = [1, 2]
    var empty: [Int] = []
    var none: [String: Int] = [:]
  }

  private struct Everything: Encodable {
    var text = "a \"q\" \\ / \n\r\t\u{8}\u{c}\u{0}\u{1f}\u{7f} é 🚓 护驾 \u{2028}"
    var decimals = [0.0, 1, -0.0, 0.1, 1e20, 1e-7, 123456.789, .leastNormalMagnitude, 1e16, 1 / 3]
    var single: Float = 0.1
    var whole = [Int.min, .max]
    var unsigned = UInt64.max
    var small: Int8 = -3
    var flags = [true, false]
    var nothing: Int?
    var gaps: [Int?] = [nil, 3]
    var kind = Kind.slashed
    var inner = [Inner(), Inner(some: 1)]
    var map = ["b": 1, "a": 2, "A": 3, "10": 4, "9": 5, "é": 6, "ab": 7, "🚓": 8, "\u{ffff}": 9]
    var deep = ["x": ["y": [1.5]]]
  }

  /// Two values in one, and containers inside containers.
  private struct Nested: Encodable {
    enum Key: String, CodingKey { case list, object }

    func encode(to encoder: any Encoder) throws {
      try Everything().encode(to: encoder)
      try ["further": 1].encode(to: encoder)
      var members = encoder.container(keyedBy: Key.self)
      var list = members.nestedUnkeyedContainer(forKey: .list)
      try list.encode(1)
      try list.encodeNil()
      var object = list.nestedContainer(keyedBy: Key.self)
      try object.encode("v", forKey: .object)
      var inner = list.nestedUnkeyedContainer()
      try inner.encode("w")
      try Inner().encode(to: list.superEncoder())
      var named = members.nestedContainer(keyedBy: Key.self, forKey: .object)
      try named.encodeNil(forKey: .list)
      try Inner().encode(to: members.superEncoder())
    }
  }

  private func compare(_ value: some Encodable) throws {
    let layouts: [(JSONText.Layout, JSONEncoder.OutputFormatting)] = [
      (.line, [.sortedKeys, .withoutEscapingSlashes]),
      (.lines, [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]),
      (.linesEscaped, [.sortedKeys, .prettyPrinted]),
    ]
    for (layout, formatting) in layouts {
      let encoder = JSONEncoder()
      encoder.outputFormatting = formatting
      let twin = String(decoding: try encoder.encode(value), as: UTF8.self)
      #expect(try JSONText.of(value, layout) == twin)
    }
  }

  @Test func everyValueIsWrittenAsTheToolchainWritesIt() throws {
    try compare(Everything())
    try compare(Nested())
    try compare("a/b")
    try compare(3.0)
    try compare([Int]())
    try compare([1: "a"])
    try compare(Int?.none)
  }

  @Test func whatIsNoNumberIsRefused() {
    for number in [Double.nan, .infinity, -.infinity] {
      #expect(throws: Failed.self) { try JSONText.of(["a": [number]], .line) }
    }
    struct Silent: Encodable { func encode(to encoder: any Encoder) {} }
    #expect(throws: Failed.self) { try JSONText.of(Silent(), .line) }
  }
}
