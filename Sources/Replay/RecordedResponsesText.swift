// The record's responses beside the plan, for people, and one line each for spreadsheets.

import HujiaCities
import HujiaHostKit

extension RecordedResponses {
  private static let widths = [30, 9, 9, 12, 12, 15, 13]

  private static func row(_ cells: [String]) -> String {
    zip(cells, widths).enumerated().map { index, pair in
      index == 0 ? pair.0.padded(pair.1) : pair.0.padded(left: pair.1)
    }.joined(separator: "  ")
  }

  private var filled: Int { rows.count { $0.unit != nil } }

  /// A table by kind of unit and by type of call.
  package var text: String {
    guard !rows.isEmpty else { return "" }
    let share = Decimals.fixed(100 * Double(filled) / Double(rows.count), 1)
    let source = city.sourceWord
    var lines = [
      "Responses in the record: \(rows.count), of which the plan fills \(filled) (\(share) %)"
    ]
    for side in Side.allCases {
      let title = side == .unitType ? "  by kind of unit" : "  by type of call"
      lines.append(Self.row([title, source] + Fate.allCases.map(\.rawValue)))
      for (name, counts) in counts(by: side) {
        let cells = Fate.allCases.map { String(counts[$0] ?? 0) }
        lines.append(
          Self.row(["    " + name, String(counts.values.reduce(0, +))] + cells))
      }
    }
    lines += reasons
    return lines.joined(separator: "\n")
  }

  /// Why seats stayed empty, and where the recorded unit was when another went.
  private var reasons: [String] {
    var lines: [String] = []
    let empty = Self.tally(rows.filter { $0.fate == .noneFree }.map(\.reason))
    if !empty.isEmpty { lines.append("  none to send: " + empty) }
    let others = Self.tally(rows.filter { $0.fate == .otherUnit }.map(\.recordedUnitThen))
    if !others.isEmpty { lines.append("  another unit went; the recorded one was: " + others) }
    return lines
  }

  private static func tally(_ words: [String]) -> String {
    Dictionary(grouping: words.map { $0.isEmpty ? "not said" : $0 }) { $0 }
      .map { ($0.key, $0.value.count) }.sorted { (-$0.1, $0.0) < (-$1.1, $1.0) }
      .map { "\($0.0) \($0.1)" }.joined(separator: ", ")
  }

  /// One line a recorded response.
  package var csv: String {
    var lines = [
      "call_number,call_type,priority,plan,unit_id,unit_type,fate,filled_by,filled_by_type,reason,"
        + "recorded_unit_then,dispatch_to_scene_s,recorded_dispatch_to_scene_s"
    ]
    for row in rows {
      let call = city.calls[row.call]
      let response = call.responses[row.response]
      let unit = row.unit.map { city.units[$0] }
      let recorded = response.onScene.map { Decimals.fixed($0 - response.dispatch, 0) }
      lines.append(
        [
          String(call.number), call.type, call.priority, row.plan, response.unit,
          response.unitType, row.fate.rawValue, unit?.name ?? "", unit?.type ?? "", row.reason,
          row.recordedUnitThen, row.arrival_s.map { Decimals.fixed($0, 0) } ?? "", recorded ?? "",
        ].map(Self.field).joined(separator: ","))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func field(_ text: String) -> String {
    guard text.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return text }
    return "\""
      + text.split(separator: "\"", omittingEmptySubsequences: false)
      .joined(separator: "\"\"") + "\""
  }
}
