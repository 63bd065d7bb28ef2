// What one reading of a feed found on a map, as text, JSON and tables.

import CHujia
import HujiaHostKit
import HujiaRoads
import HujiaTrafficFeed

package struct FeedSummary: Encodable {
  private var feed: String
  private var entries: Int
  private var found: Int
  private var found_share: Double
  private var without_traffic: Int
  private var left_out: [String: Int]
  private var examples: [String]
  private var arcs: Int
  private var times_written: Int
  private var streets_of_several_pieces: Int
  private var closures_left_out: Int
  private var seconds: Double
  private var per_s: Double
  private let flows: [StreetFlow]

  private enum CodingKeys: String, CodingKey {
    case feed, entries, found, found_share, without_traffic, left_out, examples, arcs, seconds
    case streets_of_several_pieces, closures_left_out, per_s
    case times_written = "times"
  }

  package init(feed: String, _ answer: FeedDecoder.Answer, seconds: Double) {
    self.feed = feed
    entries = answer.records
    found = answer.matched
    found_share = Double(answer.matched) / Double(max(answer.records, 1))
    without_traffic = answer.silent
    left_out = answer.refused
    examples = answer.examples
    arcs = answer.arcs
    times_written = answer.flows.count
    streets_of_several_pieces = answer.shared
    closures_left_out = answer.closuresLeftOut
    self.seconds = seconds
    per_s = Double(answer.records) / max(seconds, 1e-9)
    flows = answer.flows
  }

  package func json() throws -> String { try JSONText.of(self, .line) }

  package var text: String {
    var text = """
      \(feed): \(Thousands.text(entries)) entries, \(Thousands.text(found)) found \
      (\(Decimals.fixed(found_share * 100, 1)) %)
        streets           \(Thousands.text(arcs)) parts of streets, a direction each; \
      \(Thousands.text(times_written)) times
        without traffic   \(Thousands.text(without_traffic))
        time              \(Decimals.fixed(seconds, 3)) s, \(Thousands.text(Int(per_s))) entries/s
      """
    for (kind, count) in left_out.sorted(by: { $0.key < $1.key }) {
      text += "\n  left out          \(count) \(kind)"
    }
    for example in examples { text += "\n    \(example)" }
    if streets_of_several_pieces > 0 {
      text +=
        "\n  note              \(streets_of_several_pieces) streets stand for several pieces "
        + "under one id: their time is shared out over all of them; hujia import --piece-ids tells them apart"
    }
    if closures_left_out > 0 {
      text +=
        "\n  warning           \(closures_left_out) closures of a part of such a street were "
        + "left out: import the map with --piece-ids"
    }
    return text
  }

  /// As hj_street_time has them.
  package var times: String {
    var text = "street_id,direction,profile,travel_ms\n"
    for flow in flows {
      let direction = flow.key.isForward ? HJ_DIRECTION_FORWARD : HJ_DIRECTION_BACKWARD
      text += "\(flow.key.street),\(direction),\(flow.key.profile.rawValue),"
      text += "\(flow.travel_ms ?? HJ_STREET_CLOSED)\n"
    }
    return text
  }
}

/// Which streets each entry names.
package struct FeedWays {
  private let map: RoadMap
  package private(set) var text = "entry,street_id,direction,from_m,to_m\n"

  package init(_ map: RoadMap) { self.map = map }

  package mutating func add(_ record: FeedRecord, _ spans: [ArcSpan]) {
    let entry = record.place.split(separator: " ").last ?? ""
    for span in spans {
      let street = Int(map.arcStreet[Int(span.arc)])
      let direction =
        map.streetFacts[street].forwardArc == span.arc
        ? HJ_DIRECTION_FORWARD : HJ_DIRECTION_BACKWARD
      text += "\(entry),\(map.streetID[street]),\(direction),"
      text += "\(Decimals.fixed(Double(span.from_mm) / 1_000, 3)),"
      text += "\(Decimals.fixed(Double(span.to_mm) / 1_000, 3))\n"
    }
  }
}
