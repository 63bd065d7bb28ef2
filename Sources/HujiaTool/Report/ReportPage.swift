// The page of a replay: one file, no script, nothing fetched; light and dark by the reader's own setting.

import CHujia
import Foundation
import HujiaRoads

struct ReportPage {
  private let statistics: Statistics
  private let map: CityMap
  private let charts: ReportCharts

  init(_ statistics: Statistics, streets: RoadMap) {
    self.statistics = statistics
    map = CityMap(statistics, streets: streets)
    charts = ReportCharts(statistics: statistics)
  }

  static func escape(_ text: String) -> String {
    text.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
      .replacingOccurrences(of: ">", with: "&gt;")
  }

  var html: String {
    let city = statistics.city
    let name = Self.escape(city.name)
    return """
      <!DOCTYPE html>
      <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
      <title>Hujia: \(name)</title><style>\(ReportStyle.css)\(ChainCharts.css)\(FigureTables.css)</style></head><body>
      <header><h1>Who goes, by which road, and when</h1>
      <p>\(subtitle)</p></header>
      <section class="tiles">\(tiles)</section>
      <section class="wide"><figure>\(map.svg)
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
      <section class="wide"><h2>The same as text, beside the record</h2><pre>\(Self.escape(FiguresText(statistics).text))</pre></section>
      <footer>\(attribution)</footer></body></html>
      """
  }

  private var subtitle: String {
    let city = statistics.city
    let kind =
      city.isGenerated
      ? "<strong class=\"warn\">Generated city: nothing in it is real.</strong> " : ""
    let name = Self.escape(city.name)
    return
      "\(kind)\(name): \(city.calls.count) \(city.sourceWord) calls replayed through the engine, \(city.units.count) units. "
      + "Calls, places, priorities, turnout and time on scene are as \(city.sourceWord). "
      + "Simulated: when a person signs, and the drive along the engine's routes, \(FiguresText.pace(statistics.pace))."
  }

  private func tile(_ value: String, _ label: String, _ note: String = "") -> String {
    "<div class=\"tile\"><b>\(value)</b><span>\(label)</span><small>\(note)</small></div>"
  }

  private func percent(_ share: Double?) -> String {
    share.map { String(format: $0 >= 0.9995 ? "%.0f\u{a0}%%" : "%.1f\u{a0}%%", $0 * 100) } ?? "–"
  }

  private var tiles: String {
    let s = statistics
    var tiles = tile(
      String(format: "%.0f µs", s.latency_us(50)), "a decision, median",
      String(format: "p99 %.0f µs, through the C interface", s.latency_us(99)))
    for tier in 1...2 where s.tiers[tier].calls > 0 {
      let figures = s.tiers[tier]
      tiles += tile(
        percent(Statistics.within(figures.arrival, figures.target_s)),
        "\(Dispatcher.name(HJ_NAMES_TIER, Int32(tier))) calls reached in \(Int((figures.target_s ?? 0) / 60)) min",
        "\(s.city.sourceWord) that week: \(percent(Statistics.within(figures.recordedArrival, figures.target_s)))"
      )
    }
    tiles += tile(
      String(format: "%.2f", s.unitsPerCall),
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
    statistics.example.map { "<br>One of them: \(Self.escape($0.text))" } ?? ""
  }

  private var tierLegend: String {
    (1...4).filter { statistics.tiers[$0].calls > 0 }.map {
      "<span class=\"key\"><i class=\"tier\($0)\"></i>\(Dispatcher.name(HJ_NAMES_TIER, Int32($0)))</span>"
    }.joined()
  }

  private var arrivalFigures: String {
    (1...4).filter { !statistics.tiers[$0].arrival.isEmpty }.map { tier in
      """
      <figure><h2>First unit on scene: \(Dispatcher.name(HJ_NAMES_TIER, Int32(tier)))</h2>\(charts.arrivals(tier))
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

enum ReportStyle {
  static let css = """
    :root{--bg:#f7f7f4;--card:#fff;--ink:#1c2126;--soft:#5d6873;--line:#dfe3e6;--street:#c3cad0;--engine:#0b66c3;
    --recorded:#9a6b1f;--t1:#d2342b;--t2:#e58a12;--t3:#3f8f5a;--t4:#7c6bb5;--route:#0b66c3;--station:#1c2126}
    @media(prefers-color-scheme:dark){:root{--bg:#14181c;--card:#1d2328;--ink:#e8ecef;--soft:#9aa6b1;--line:#313a42;
    --street:#3c4750;--engine:#63b0ff;--recorded:#e0ad58;--t1:#ff6b60;--t2:#ffb04a;--t3:#6fcf92;--t4:#ab9cf0;
    --route:#63b0ff;--station:#e8ecef}}
    *{box-sizing:border-box}body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
    header,section,footer{max-width:1180px;margin:0 auto;padding:14px 22px}h1{font-size:27px;margin:14px 0 2px}
    h2{font-size:15px;margin:0 0 8px}header p{color:var(--soft);margin:0;max-width:80ch}.warn{color:var(--t1)}
    .tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(165px,1fr));gap:12px}
    .tile,figure,.wide pre{background:var(--card);border:1px solid var(--line);border-radius:10px}
    .tile{padding:12px 14px;display:flex;flex-direction:column}.tile b{font-size:25px;letter-spacing:-.02em}
    .tile span{font-size:13.5px}.tile small{color:var(--soft)}figure{margin:0;padding:14px}
    .grid2{display:grid;grid-template-columns:repeat(auto-fit,minmax(430px,1fr));gap:14px}
    figcaption{color:var(--soft);font-size:13px;margin-top:8px}svg{width:100%;height:auto;display:block}
    .street{fill:none;stroke:var(--street);stroke-width:.8}.dot{fill:none;stroke-width:4.6;stroke-linecap:round;opacity:.6}
    .dot.tier1{stroke:var(--t1)}.dot.tier2{stroke:var(--t2)}.dot.tier3{stroke:var(--t3)}.dot.tier4{stroke:var(--t4)}
    .routes path{fill:none;stroke:var(--route);stroke-width:2.2;stroke-linejoin:round;opacity:.85}
    rect.station{fill:var(--station);stroke:var(--card);stroke-width:1.5}.grid{stroke:var(--line)}
    .tick{fill:var(--soft);font-size:11px}.line{fill:none;stroke-width:2.4}.line.engine{stroke:var(--engine)}
    .line.recorded{stroke:var(--recorded);stroke-dasharray:6 4}.target{stroke:var(--t1);stroke-dasharray:3 3}
    rect.bar{fill:var(--engine);opacity:.8}rect.clock1,i.clock1{fill:var(--t2);background:var(--t2)}
    rect.clock3,i.clock3{fill:var(--engine);background:var(--engine)}
    rect.clock5,i.clock5{fill:var(--t1);background:var(--t1)}rect.clock8,i.clock8{fill:var(--t4);background:var(--t4)}
    .key{display:inline-flex;align-items:center;margin-right:16px}.key i{width:12px;height:12px;border-radius:3px;
    margin-right:6px;display:inline-block}i.tier1{background:var(--t1)}i.tier2{background:var(--t2)}
    i.tier3{background:var(--t3)}i.tier4{background:var(--t4)}i.station{background:var(--station)}i.route,i.engine{background:var(--engine)}
    i.recorded{background:var(--recorded)}.wide pre{padding:16px;overflow:auto;font-size:13px;line-height:1.45}
    footer{color:var(--soft);font-size:13px;padding-bottom:40px}
    """
}
