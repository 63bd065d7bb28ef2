// The distributions of a replay.

import CHujia
import Glibc
import HujiaCities
import HujiaHostKit
import HujiaReplay

struct ReportCharts {
  let statistics: Statistics

  /// Share of calls reached within a time: the engine's replay against the record.
  func arrivals(_ tier: Int) -> String {
    let figures = statistics.tiers[tier]
    let target = figures.target_s ?? 900
    let most = max(target * 1.25, 600)
    var chart = Chart(x: 0...(most / 60), y: 0...1)
    chart.gridY([(0, "0 %"), (0.25, "25 %"), (0.5, "50 %"), (0.75, "75 %"), (1, "100 %")])
    chart.gridX(
      Chart.steps(to: most / 60).filter { $0 <= most / 60 }.map { ($0, Decimals.short($0)) })
    chart.titleX("minutes from first dispatch to first unit on scene")
    chart.target(target / 60, "target \(Int(target / 60)) min")
    chart.line(Self.cumulative(figures.recordedArrival, most), "recorded")
    chart.line(Self.cumulative(figures.arrival, most), "engine")
    return chart.svg
  }

  private static func cumulative(_ values: [Double], _ most: Double) -> [(Double, Double)] {
    let sorted = values.sorted()
    guard !sorted.isEmpty else { return [] }
    var points: [(Double, Double)] = [(0, 0)]
    var index = 0
    for step in 1...120 {
      let x = most * Double(step) / 120
      while index < sorted.count, sorted[index] <= x { index += 1 }
      points.append((x / 60, Double(index) / Double(sorted.count)))
    }
    return points
  }

  /// Latency of one call of the C function by percentile; the axis stretches towards 100 %.
  var latency: String {
    let marks: [(Double, String)] = [
      (0, "0"), (1, "90 %"), (2, "99 %"), (3, "99.9 %"),
    ]
    let most_us = max(Double(statistics.latency.max) / 1e3, 10)
    let top = pow(10, log10(most_us).rounded(.up))
    let low = pow(10, (log10(max(statistics.latency_us(1), 0.5))).rounded(.down))
    var chart = Chart(x: 0...3.5, y: low...top, isLogY: true)
    var decade = low
    var grid: [(Double, String)] = []
    while decade <= top {
      grid.append((decade, decade >= 1_000 ? "\(Int(decade / 1_000)) ms" : "\(Int(decade)) µs"))
      decade *= 10
    }
    chart.gridY(grid)
    chart.gridX(marks)
    chart.titleX("share of calls answered within")
    chart.line(
      (0...70).map { step in
        let nines = Double(step) / 20
        return (nines, statistics.latency_us(100 * (1 - pow(10, -nines))))
      }, "engine")
    return chart.svg
  }

  var callsByHour: String {
    let most = Double(statistics.callsByHour.max() ?? 1)
    let steps = Chart.steps(to: most, count: 4)
    var chart = Chart(x: -0.5...23.5, y: 0...(steps.last ?? most))
    chart.gridY(steps.map { ($0, Decimals.short($0)) })
    chart.gridX([0, 6, 12, 18, 23].map { ($0, "\(Int($0)):00") })
    for (hour, count) in statistics.callsByHour.enumerated() {
      chart.bar(Double(hour), 0, Double(count), width: 0.8, "bar")
    }
    return chart.svg
  }

  /// Stacked by clock.
  var escalationsByHour: String {
    let clocks = statistics.escalationsByHour.keys.sorted()
    let sums = (0..<24).map { hour in
      clocks.reduce(0) { $0 + (statistics.escalationsByHour[$1]?[hour] ?? 0) }
    }
    let most = Double(max(sums.max() ?? 1, 1))
    let steps = Chart.steps(to: most, count: 4)
    var chart = Chart(x: -0.5...23.5, y: 0...(steps.last ?? most))
    chart.gridY(steps.map { ($0, Decimals.short($0)) })
    chart.gridX([0, 6, 12, 18, 23].map { ($0, "\(Int($0)):00") })
    for hour in 0..<24 {
      var low = 0.0
      for clock in clocks {
        let count = Double(statistics.escalationsByHour[clock]?[hour] ?? 0)
        chart.bar(Double(hour), low, low + count, width: 0.8, "clock\(clock)")
        low += count
      }
    }
    return chart.svg
  }

  /// By half hour over the whole record.
  var busyUnits: String {
    let busy = statistics.busy
    let most = Double(max(busy.engine.max() ?? 1, busy.recorded.max() ?? 1, 1))
    let perDay = 86_400 / BusyUnits.step_s
    let days = max(Double(busy.recorded.count) / perDay, 1 / perDay)
    let steps = Chart.steps(to: most, count: 4)
    var chart = Chart(x: 0...days, y: 0...(steps.last ?? most))
    chart.gridY(steps.map { ($0, Decimals.short($0)) })
    let ticks = Chart.steps(to: days, count: 9).filter { $0 <= days }
    chart.gridX(ticks.map { ($0, Decimals.short($0)) })
    chart.titleX("days")
    func points(_ counts: [Int]) -> [(Double, Double)] {
      counts.enumerated().map { (Double($0.offset) / perDay, Double($0.element)) }
    }
    chart.line(points(busy.recorded), "recorded")
    chart.line(points(busy.engine), "engine")
    return chart.svg
  }

  var clockLegend: String {
    statistics.escalationsByHour.keys.sorted().map {
      "<span class=\"key\"><i class=\"clock\($0)\"></i>\(Host.name(HJ_NAMES_CLOCK, $0))</span>"
    }.joined()
  }
}
