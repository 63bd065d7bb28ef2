// The chains of a replay, hour by hour over its whole time: one strip a tier, stacked by clock and step.

import CHujia
import Glibc
import HujiaCities
import HujiaHostKit
import HujiaReplay

struct ChainCharts {
  let chains: ChainHours

  /// Tiers whose chains did something.
  private var tiers: [Int] { (1...4).filter { chains.total($0) > 0 } }

  var figures: String {
    guard !tiers.isEmpty else { return "" }
    let strips = tiers.map { tier in
      """
      <h3>\(Host.name(HJ_NAMES_TIER, Int32(tier))): \(chains.total(tier)) steps</h3>\(strip(tier))
      <figcaption>\(legend(tier))</figcaption>
      """
    }.joined()
    return """
      <section class="wide"><figure><h2>What each tier's chain did, hour by hour</h2>\(strips)</figure></section>
      """
  }

  private func strip(_ tier: Int) -> String {
    let steps = chains.steps(tier)
    let sums = (0..<chains.hours).map { hour in
      steps.reduce(0) { $0 + (chains.counts[tier][$1]?[hour] ?? 0) }
    }
    let most = Double(max(sums.max() ?? 1, 1))
    let grid = Chart.steps(to: most, count: 3)
    var chart = Chart(
      x: 0...Double(max(chains.hours, 24)), y: 0...(grid.last ?? most), width: 1_130, height: 150)
    chart.gridY(grid.map { ($0, Decimals.short($0)) })
    let days = stride(from: 0, through: max(chains.hours, 24), by: chains.hours > 48 ? 24 : 6)
    chart.gridX(days.map { (Double($0), "\($0)") })
    chart.titleX("steps fired in each hour; hours since the start")
    for hour in 0..<chains.hours {
      var low = 0.0
      for step in steps {
        guard let count = chains.counts[tier][step]?[hour] else { continue }
        chart.bar(
          Double(hour) + 0.5, low, low + Double(count), width: 0.86, Self.style(step))
        low += Double(count)
      }
    }
    return chart.svg
  }

  private func legend(_ tier: Int) -> String {
    chains.steps(tier).map { step in
      let count = chains.counts[tier][step]?.values.reduce(0, +) ?? 0
      return
        "<span class=\"key\"><i class=\"\(Self.style(step))\"></i>\(chains.name(step)) (\(count))</span>"
    }.joined()
  }

  /// A clock's own colour; later steps stand out more from the page.
  private static func style(_ step: ChainHours.Step) -> String {
    "chain\(step.clock) step\(min(step.step, 4))"
  }

  static let css: String = {
    let hues = [
      1: 35, 2: 190, 3: 212, 4: 165, 5: 3, 6: 290, 7: 55, 8: 258, 9: 95, 10: 325, 11: 130,
    ]
    let clocks = hues.sorted { $0.key < $1.key }.map { clock, hue in
      "rect.chain\(clock),i.chain\(clock){--hue:\(hue)}"
    }.joined()
    func steps(_ lights: [Int]) -> String {
      lights.enumerated().map { index, light in
        let colour = "hsl(var(--hue) 68% \(light)%)"
        return "rect.step\(index + 1){fill:\(colour)}i.step\(index + 1){background:\(colour)}"
      }.joined()
    }
    // The four that run by default have colours of the page's own.
    let others = [2, 4, 6, 7, 9, 10, 11].map { clock in
      let colour = "hsl(\(hues[clock] ?? 0) 60% 52%)"
      return "rect.clock\(clock){fill:\(colour)}i.clock\(clock){background:\(colour)}"
    }.joined()
    return clocks + others + steps([70, 56, 43, 31])
      + "@media(prefers-color-scheme:dark){\(steps([40, 52, 64, 78]))}"
      + "h3{font-size:13px;margin:14px 0 4px;color:var(--soft);font-weight:600}"
  }()
}
