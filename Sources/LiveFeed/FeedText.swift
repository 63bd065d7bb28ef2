// A reading of a feed as people read it, and as a line of JSON.

import HujiaHostKit

package enum FeedText {
  package static func line(_ reading: FeedReading) -> String {
    var parts: [String] = []
    if let fault = reading.fault { parts.append(fault) }
    if reading.fault == nil {
      parts.append(
        "\(Thousands.text(reading.entries)) entries, \(Thousands.text(reading.found)) found")
    }
    let leftOut = reading.left_out.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
    if !leftOut.isEmpty { parts.append("left out: " + leftOut.joined(separator: ", ")) }
    parts.append("\(Thousands.text(reading.changed)) times changed")
    if reading.refused > 0 { parts.append("\(reading.refused) refused by the engine") }
    if let serving_ms = reading.serving_ms {
      parts.append("epoch \(reading.epoch) after \(Decimals.fixed(serving_ms, 0)) ms")
    }
    if let choice = reading.choice {
      var text = "unit \(choice.unit), \(seconds(choice.travel_ms))"
      if let before = reading.before, before != choice {
        text += " (before: unit \(before.unit), \(seconds(before.travel_ms)))"
      }
      parts.append(text)
    }
    return parts.joined(separator: "; ")
  }

  package static func json(_ reading: FeedReading) throws -> String {
    try JSONText.of(reading, .line)
  }

  private static func seconds(_ travel_ms: UInt32) -> String {
    travel_ms == .max ? "no way" : "\(Decimals.fixed(Double(travel_ms) / 1_000, 1)) s"
  }
}
