// The page of a replay: one file, no script, nothing fetched; light and dark by the reader's own setting.

import CHujia
import Glibc
import HujiaCities
import HujiaHostKit
import HujiaReplay
import HujiaRoads

package struct ReportPage {
  private let statistics: Statistics
  private let map: String
  private let charts: ReportCharts

  /// `map`: path of the map that was used.
  package init(_ statistics: Statistics, map path: String) throws(Failed) {
    let file: MapFile
    do throws(MapFileError) { file = try MapFile(path: path) } catch { throw Failed(error.message) }
    self.statistics = statistics
    map = withExtendedLifetime(file) { CityMap(statistics, streets: file.map).svg }
    charts = ReportCharts(statistics: statistics)
  }

  package var html: String {
    let city = statistics.city
    let name = Page.escape(city.name)
    return """
      <!DOCTYPE html>
      <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
      <title>Hujia: \(name)</title><style>\(Page.css)\(ChainCharts.css)\(FigureTables.css)</style></head><body>
      <header><h1>Who goes, by which road, and when</h1>
      <p>\(subtitle)</p></header>
      \(warnings)<section class="tiles">\(tiles)</section>
      <section class="wide"><figure>\(map)
      <figcaption>\(tierLegend)<span class="key"><i class="station"></i>station</span>\
      <span class="key"><i class="route"></i>\(min(statistics.sampleRoutes.count, 40)) of the routes driven</span>\(oneDrive)</figcaption></figure></section>
      <section class="grid2">\(arrivalFigures)
      <figure><h2>Time of one decision, through the C interface</h2>\(charts.latency)</figure>
      <figure><h2>Calls by hour of the day</h2>\(charts.callsByHour)</figure>
      <figure><h2>Escalations by hour of the day</h2>\(charts.escalationsByHour)
      <figcaption>\(charts.clockLegend)</figcaption></figure>
      <figure><h2>Units on a call, every half hour</h2>\(charts.busyUnits)
      <figcaption>\(legend)</figcaption></figure></section>
      \(ChainCharts(chains: statistics.chains).figures)
      \(FigureTables(statistics.engineFigures, broken: statistics.engine.breaches).sections)
      <section class="wide"><h2>The same as text, beside the record</h2><pre>\(Page.escape(ReplayText(statistics).text))</pre></section>
      <footer>\(attribution)\(streets)</footer></body></html>
      """
  }

  /// What the import of the streets warned of: nobody reads a route without it.
  private var warnings: String {
    statistics.streets.warnings.map {
      "<p class=\"warn\"><strong>Streets:</strong> \(Page.escape($0))</p>\n"
    }.joined()
  }

  /// As the licence wants it said.
  private var streets: String {
    let source = statistics.streets.source
    return source.isEmpty ? "" : " Streets: \(Page.escape(source))."
  }

  private var subtitle: String {
    let city = statistics.city
    let kind =
      city.isGenerated
      ? "<strong class=\"warn\">Generated city: nothing in it is real.</strong> " : ""
    let name = Page.escape(city.name)
    return
      "\(kind)\(name): \(city.calls.count) \(city.sourceWord) calls replayed through the engine, \(city.units.count) units. "
      + "Calls, places, priorities, turnout and time on scene are as \(city.sourceWord). "
      + "Simulated: when a person signs, and the drive along the engine's routes, \(ReplayText.pace(statistics.pace))."
  }

  private func tile(_ value: String, _ label: String, _ note: String = "") -> String {
    "<div class=\"tile\"><b>\(value)</b><span>\(label)</span><small>\(note)</small></div>"
  }

  private func percent(_ share: Double?) -> String {
    share.map(Page.percent) ?? "–"
  }

  private var tiles: String {
    let s = statistics
    var tiles = tile(
      Decimals.fixed(s.latency_us(50), 0) + " µs", "a decision, median",
      "p99 \(Decimals.fixed(s.latency_us(99), 0)) µs, through the C interface")
    for tier in 1...2 where s.tiers[tier].calls > 0 {
      let figures = s.tiers[tier]
      tiles += tile(
        percent(Statistics.within(figures.arrival, figures.target_s)),
        "\(Host.name(HJ_NAMES_TIER, Int32(tier))) calls reached in \(Int((figures.target_s ?? 0) / 60)) min",
        "\(s.city.sourceWord) that week: \(percent(Statistics.within(figures.recordedArrival, figures.target_s)))"
      )
    }
    tiles += tile(
      Decimals.fixed(s.unitsPerCall, 2),
      "units a call", "\(s.complete) of \(s.city.calls.count) plans met at once")
    tiles += tile(
      "\(s.engine.escalations)", "escalations", "\(s.engine.late_deadlines) late, none lost")
    tiles += tile(
      "\(s.engine.memory_bytes / 1_048_576) MiB", "engine memory",
      "\(s.positions) positions taken in")
    return tiles
  }

  private var legend: String {
    "<span class=\"key\"><i class=\"engine\"></i>engine</span>"
      + "<span class=\"key\"><i class=\"recorded\"></i>as \(statistics.city.sourceWord)</span>"
  }

  private var oneDrive: String {
    statistics.example.map { "<br>One of them: \(Page.escape($0.text))" } ?? ""
  }

  private var tierLegend: String {
    (1...4).filter { statistics.tiers[$0].calls > 0 }.map {
      "<span class=\"key\"><i class=\"tier\($0)\"></i>\(Host.name(HJ_NAMES_TIER, Int32($0)))</span>"
    }.joined()
  }

  private var arrivalFigures: String {
    (1...4).filter { !statistics.tiers[$0].arrival.isEmpty }.map { tier in
      """
      <figure><h2>First unit on scene: \(Host.name(HJ_NAMES_TIER, Int32(tier)))</h2>\(charts.arrivals(tier))
      <figcaption>\(legend)</figcaption></figure>
      """
    }.joined()
  }

  private var attribution: String {
    if statistics.city.isGenerated { return "Generated by <code>hujia generate-city</code>." }
    return """
      Data: City and County of San Francisco (DataSF), Fire Department Calls for Service and street segments, PDDL 1.0; \
      stations and hospitals as its README says. Positions of calls are blurred by the publisher to mid-block or corner.
      """
  }
}
