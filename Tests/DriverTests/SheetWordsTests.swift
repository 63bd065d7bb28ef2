// A run sheet says in words what is in doubt: each reason that the header has, in one line of its own words.

import Foundation
import HujiaContainers
import HujiaTestSupport
import Testing

@testable import HujiaDriver

@Suite struct SheetWordsTests {
  private func text(_ words: StaticString) -> String {
    words.withUTF8Buffer { String(decoding: $0, as: UTF8.self) }
  }

  @Test func eachReasonHasWords() throws {
    let header = try String(
      contentsOf: URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../include/hujia.h"), encoding: .utf8)
    var bits: [UInt32] = []
    for found in header.matches(of: /#define HJ_HEALTH_[A-Z_]+ (?:\\\n *)?([0-9]+)u/) {
      bits.append(UInt32(found.1) ?? 0)
    }
    check(bits.count, atLeast: 21)
    var seen: Set<String> = []
    for bit in bits {
      let words = text(SheetWords.reason(bit))
      check(words.hasPrefix("unknown"), equals: false, "\(bit)")
      check(seen.insert(words).inserted, equals: true, "\(bit): \(words)")
      let columns = words.unicodeScalars.reduce(0) { $0 + ($1.value < 0x800 ? 1 : 2) }
      check(columns, atMost: 76, words)
    }
    for bit in 0..<32 where !bits.contains(1 << UInt32(bit)) {
      check(text(SheetWords.reason(1 << UInt32(bit))), equals: "unknown 不明", "\(bit)")
    }
  }
}
