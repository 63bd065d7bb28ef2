// What an import says at its end: what was written, and what became of the rows.

import HujiaHostKit
import HujiaMapBuild
import HujiaMapImport

package struct ImportSummary {
  private let report: ImportReport
  private let facts: MapSummary
  private let order: OrderReport?
  private let refusal: String?
  private let seconds: Double

  /// `refusal`: why there is no order. `seconds`: what the whole import took.
  package init(
    report: ImportReport, facts: MapSummary, order: OrderReport?, refusal: String?, seconds: Double
  ) {
    self.report = report
    self.facts = facts
    self.order = order
    self.refusal = refusal
    self.seconds = seconds
  }

  private struct Figures: Encodable {
    var one_way: Int
    var duplicates: Int
    var rings: Int
    var speeds_filled: Int
    var refused: Int
    var refused_rows: [String]
    var mean_depth: Int?
    var deepest: Int?
    var hierarchy_arcs: Int?
    var triangles: Int?
    var order_refused: String?
    var seconds: Double
  }

  package func json() throws -> String {
    try facts.json(
      with: Figures(
        one_way: report.oneWay, duplicates: report.duplicates, rings: report.rings,
        speeds_filled: report.speedsFilled, refused: report.refusedCount,
        refused_rows: report.refused, mean_depth: order?.meanDepth, deepest: order?.deepest,
        hierarchy_arcs: order?.arcs, triangles: order?.triangles, order_refused: refusal,
        seconds: seconds))
  }

  package var text: String {
    let refusals =
      report.refused.map { "refused: \($0)\n" }.joined()
      + report.warnings.map { "warning: \($0.message)\n" }.joined()
    let share = Decimals.fixed(facts.largest_part_share * 100, 1)
    return refusals + """
      \(facts.path): \(facts.nodes) nodes, \(facts.streets) streets (\(report.oneWay) one-way), \(facts.arcs) arcs
        largest connected part  \(facts.largest_part) nodes (\(share) %) of \(facts.parts) parts; \
      what is not joined to it is used only where no other street is near
        merged duplicates       \(report.duplicates)
        ring streets            \(report.rings), kept in two pieces each
        speeds filled in        \(report.speedsFilled)
        refused rows            \(report.refusedCount)\(sourceText)
        order for routing       \(orderText)
        size, time              \(facts.bytes / 1024) KiB, \(Decimals.fixed(seconds, 2)) s
      """
  }

  private var sourceText: String {
    var text = ""
    func add(_ name: String, _ value: String) {
      text += "\n  " + name.padded(24) + value
    }
    if !report.attribution.isEmpty { add("source", report.attribution) }
    if !report.restrictionKinds.isEmpty {
      let kinds = report.restrictionKinds.sorted { $0.key < $1.key }
      add("turn restrictions read", kinds.map { "\($0.value) \($0.key)" }.joined(separator: ", "))
      add(
        "  obeyed",
        "\(report.restrictionsApplied); \(facts.turn_places) nodes with forbidden turns take "
          + "\(facts.turn_ports) ports and \(facts.turn_arcs) arcs more")
    }
    for note in report.notes { add("note", note) }
    for (reason, count) in report.leftOut.all { add("left out", "\(count) \(reason.words)") }
    return text
  }

  private var orderText: String {
    guard let order else { return "none, plain search: \(refusal ?? "")" }
    return "depth \(order.meanDepth) on average, \(order.deepest) at most; \(order.arcs) arcs, "
      + "\(order.triangles) triangles"
  }
}
