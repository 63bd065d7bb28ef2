// hujia import: street data in, one compiled map out.

import ArgumentParser
import HujiaGeography
import HujiaHostKit
import HujiaMapBuild
import HujiaMapImport
import HujiaMapReport

struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Compile street data into a map (.hjmap).",
    discussion: """
      An extract of OpenStreetMap (.osm.pbf, .osm, .xml, .gz, .bz2; several are merged) is read by rules of the road that \
      a city may change (--print-rules, --rules): speeds, one-way streets, access, barriers, ferries, for each profile.

      Street tables are CSV, gzip or not: nodes (node, lon, lat) and edges (from_node, to_node, length_m, and one of \
      travel_s, speed_kmh, speed_mph, class; optional id, oneway, name, points, travel_response_s). Foreign headers are \
      mapped with --column. A broken file never yields a map: every row that cannot be read is named with its line.

      Examples:
        hujia import --osm city.osm.pbf --output city.hjmap
        hujia import --osm north.osm.pbf south.osm.pbf --rules city.rules --output city.hjmap
        hujia import --print-rules > city.rules
        hujia import --gmns folder --output city.hjmap

        Shapefile or GeoPackage, by way of GeoJSON (Debian gdal-bin):
        ogr2ogr -f GeoJSON -t_srs EPSG:4326 streets.geojson streets.shp
        hujia import --lines streets.geojson --column class=fclass --column speed_kmh=maxspeed --missing-speed 0=30kmh \
      --output city.hjmap

        hujia import --nodes nodes.csv --edges edges.csv --output city.hjmap

        Tables with semicolons, decimal commas and Windows' letters:
        hujia import --nodes nodes.csv --edges edges.csv --output city.hjmap --separator semicolon --decimal-comma \
      --encoding WINDOWS-1252

        San Francisco's tables:
        hujia import --nodes nodes.csv.gz --edges edges.csv.gz --output sf.hjmap --column speed_mph=speed_limit_mph \
      --column name=street --column points=inner_points_lon_lat --column id=cnn --missing-speed 0,99=25mph \
      --direction-nodes bay-area-main/nodes.csv.gz --direction-edges bay-area-main/edges.csv.gz

        Manhattan's directed tables with two travel times in days:
        hujia import --nodes nodes.csv.gz --edges arcs.csv.gz --output manhattan.hjmap --column node=index \
      --column lon=x --column lat=y --column from_node=fromNode --column to_node=toNode --column travel_s=mode_2 \
      --column travel_response_s=mode_1 --travel-unit days --one-way

        A DIMACS network (New York: a time unit is 3.6 ms):
        hujia import --dimacs-graph NY.t.gr.gz --dimacs-coordinates NY.co.gz --dimacs-distances NY.d.gr.gz \
      --time-unit 3.6 --output ny.hjmap
      """)

  @Option(
    parsing: .upToNextOption,
    help: "OpenStreetMap extracts: .osm.pbf, .osm or .xml, plain or .gz or .bz2.")
  var osm: [String] = []
  @Option(help: "Rules of the road for --osm; default: the built-in ones.") var rules: String?
  @Flag(help: "Print the built-in rules of the road, and do nothing else.") var printRules = false
  @Option(help: "Where the data come from, carried in the map; OpenStreetMap is known.")
  var attribution: String?
  @Option(help: "A GMNS folder: node.csv, link.csv, config.csv.") var gmns: String?
  @Option(help: "Lines of streets as GeoJSON (WGS-84), cut where they meet.") var lines: String?
  @Option(help: "Unit of GMNS speeds where config.csv has none: kmh or mph.") var speedUnit: String?
  @Option(help: "Nodes table: node, lon, lat.") var nodes: String?
  @Option(help: "Edges table: from_node, to_node, length_m, travel_s or a speed.") var edges:
    String?
  @Option(help: "Directed arcs of the same city for streets without direction: nodes table.")
  var directionNodes: String?
  @Option(help: "The same: edges table; headers of ours, or osmid, x, y, u, v.")
  var directionEdges: String?
  @Option(help: "DIMACS graph with travel times (.gr).") var dimacsGraph: String?
  @Option(help: "DIMACS coordinates (.co).") var dimacsCoordinates: String?
  @Option(help: "DIMACS graph with lengths in 0.1 m (.gr), same arcs.") var dimacsDistances: String?
  @Option(help: "Milliseconds per unit of the DIMACS travel times; a number, or \"ms\".")
  var timeUnit = "ms"
  @Option(name: .shortAndLong, help: "The map to write.") var output: String?
  @Option(help: "Our column = their header, for example speed_mph=limit. Repeatable.")
  var column: [String] = []
  @Option(help: "Speeds that mean none, and the speed to use: 0,99=25mph.") var missingSpeed:
    String?
  @Option(help: "Unit of travel_s: s, ms, min, h, days.") var travelUnit = "s"
  @Flag(help: "Every row is one-way, from_node to to_node.") var oneWay = false
  @Option(help: "Rows that may be refused before the import fails.") var maxRefused = 0
  @Option(help: "What separates columns: comma, semicolon, tab or pipe.") var separator: String?
  @Flag(help: "Numbers are written with a decimal comma (7,25).") var decimalComma = false
  @Option(help: "Encoding of the tables, as iconv names it: GB18030, ISO-8859-1, WINDOWS-1252 ...")
  var encoding: String?
  @Option(help: "Datum of the coordinates: wgs84, gcj02 or bd09. The map is WGS-84.")
  var datum = "wgs84"
  @Option(
    help: """
      NODES,EXITS of the parts of a map that keep no rows of travel times: larger ones take less memory and answer the \
      same, a little later. 0,0 keeps all rows. Default, by size: 0,0, 64,16 or 256,24.
      """) var cells: String?
  @Flag(
    help:
      "Each piece of a street gets an id of its own: id x 65,536 + its number, from 1. For live traffic."
  )
  var pieceIds = false
  @Flag(help: "Warnings fail the import: no map is written.") var strict = false
  @Flag(help: "Print the report as JSON.") var json = false
  @Flag(name: .shortAndLong, help: "No progress.") var quiet = false

  func validate() throws {
    _ = try Datum.given(datum)
    _ = try rowLimits()
    if printRules { return }
    if output == nil { throw ValidationError("Give --output a file to write.") }
    let isTables = nodes != nil || edges != nil
    let isDimacs = dimacsGraph != nil || dimacsCoordinates != nil
    let sources = [isTables, isDimacs, !osm.isEmpty, gmns != nil, lines != nil]
    guard sources.count(where: { $0 }) == 1 else {
      throw ValidationError(
        "Give one of --osm, --gmns, --lines, --nodes with --edges, or --dimacs-graph with "
          + "--dimacs-coordinates.")
    }
    if (directionNodes == nil) != (directionEdges == nil) {
      throw ValidationError("--direction-nodes and --direction-edges go together.")
    }
    if rules != nil, isTables || isDimacs {
      throw ValidationError("--rules goes with --osm, --gmns or --lines.")
    }
    if isTables, nodes == nil || edges == nil {
      throw ValidationError("--nodes and --edges go together.")
    }
    if isDimacs, dimacsGraph == nil || dimacsCoordinates == nil {
      throw ValidationError("--dimacs-graph and --dimacs-coordinates go together.")
    }
  }

  func run() throws {
    if printRules {
      print(RoadRules.defaultText, terminator: "")
      return
    }
    let start_ns = HostClock.now_ns
    let output = output ?? ""
    try Output.check(output, option: "--output")
    do {
      let reading = Progress("reading streets", isQuiet: quiet)
      var (draft, report) = try read { reading.show($0) }
      draft.convert(from: try Datum.given(datum))
      if pieceIds { try draft.nameEachPiece() }
      reading.end()
      if let attribution { report.attribution = attribution }
      try checkStrict(report)
      let compiling = Progress("compiling", isQuiet: quiet)
      let compiled = try MapCompilation(
        consume draft, rows: try rowLimits(),
        progress: {
          compiling.show($0, note: $0 < 0.5 ? "finding the node order for routing" : "")
        })
      compiling.end()
      report.check(compiled.map, path: output)
      try checkStrict(report)
      compiled.add(report.origin)
      let file = try compiled.write(to: output)
      let summary = ImportSummary(
        report: report, facts: MapSummary(file, path: output), order: compiled.order,
        refusal: compiled.refusal,
        seconds: HostClock.since_s(start_ns))
      print(json ? try summary.json() : summary.text)
    } catch let error as ImportError {
      throw Failed(error.message)
    } catch let error as MapBuildError {
      throw Failed(error.message)
    }
  }

  private func rowLimits() throws -> CellLimits? {
    guard let cells else { return nil }
    let numbers = cells.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    guard numbers.count == 2, let nodes = numbers[0], let exits = numbers[1],
      let limits = CellLimits(mostNodes: nodes, mostExits: exits)
    else {
      throw ValidationError("--cells \(cells): two numbers below 65,535, for example 64,16.")
    }
    return limits
  }

  private func checkStrict(_ report: ImportReport) throws {
    guard strict, !report.warnings.isEmpty else { return }
    let lines = report.warnings.map { "\n  " + $0.message }.joined()
    throw Failed(
      "\(report.warnings.count) warning(s) with --strict, so no map was written:\(lines)")
  }

  private func read(
    _ progress: @escaping ImportProgress
  ) throws -> (draft: MapDraft, report: ImportReport) {
    var options = TableOptions()
    for text in column { try options.addColumn(text) }
    if let missingSpeed { options.missingSpeeds = try MissingSpeeds(missingSpeed) }
    options.travelUnit_s = try TableOptions.unit(travelUnit)
    options.allOneWay = oneWay
    options.mostRefused = maxRefused
    options.format = try TableFormat(separator: separator, encoding: encoding)
    options.hasDecimalCommas = decimalComma
    if let speedUnit { options.speedUnit_kmh = try TableOptions.speedUnit(speedUnit) }
    let rules = try rules.map { try RoadRules(file: $0) } ?? RoadRules.standard()
    if let gmns {
      return try GMNS.read(folder: gmns, options: options, rules: rules, progress: progress)
    }
    if let lines {
      return try LineStreets.read(lines, options: options, rules: rules, progress: progress)
    }
    if !osm.isEmpty {
      let result = try OpenStreetMap.read(
        osm, rules: rules, options: options, progress: progress)
      return (result.draft, result.report)
    }
    if let nodes, let edges {
      var directions: DirectionSource?
      if let directionNodes, let directionEdges {
        directions = try DirectionSource(nodes: directionNodes, edges: directionEdges)
      }
      return try StreetTables.read(
        nodes: nodes, edges: edges, options: options, directions: directions, progress: progress)
    }
    let digits = timeUnit.hasSuffix("ms") ? String(timeUnit.dropLast(2)) : timeUnit
    guard let unit_ms = digits.isEmpty ? 1 : Field.decimal(digits) else {
      throw ImportError.option("--time-unit \(timeUnit): milliseconds per unit, for example 3.6")
    }
    return try DIMACS.read(
      graph: dimacsGraph ?? "", coordinates: dimacsCoordinates ?? "",
      distances: dimacsDistances, timeUnit_ms: unit_ms, options: options, progress: progress)
  }
}
