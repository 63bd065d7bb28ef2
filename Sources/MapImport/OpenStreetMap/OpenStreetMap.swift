// Read first of this folder. Extracts of OpenStreetMap become a draft in two passes: ways and turn restrictions, judged
// by the rules of the road; then the nodes that the roads want, and no others. Streets carry the ids of their ways.

import HujiaMapBuild

package struct OpenStreetMap {
  package static let attribution = "© OpenStreetMap contributors"
  package static let licence = "ODbL 1.0, https://www.openstreetmap.org/copyright"

  package struct Result {
    package var draft: MapDraft
    package var report: ImportReport
    /// Their ways are in the draft; what became of them are its turn rules.
    package var restrictions: [TurnRestriction]
  }

  /// Reads one or several files as one. A way or node that stands in several counts in its highest version.
  package static func read(
    _ paths: [String], rules: RoadRules, options: TableOptions = TableOptions(),
    progress: ImportProgress = { _ in }
  ) throws(ImportError) -> Result {
    var files: [ExtractFile] = []
    for path in paths { files.append(try ExtractFile(path: path)) }
    return try withoutActuallyEscaping(progress) { progress throws(ImportError) in
      let roads = RoadReading(rules: rules, parts: files.count * 2, progress: progress)
      for file in files { try roads.readWays(file) }
      let nodes = NodeSelection(roads.closeWays())
      let places = NodeReading(nodes.ids, rules: rules, after: roads)
      for file in files { try places.readNodes(file) }
      progress(1)
      var streets = ExtractStreets(
        roads: roads, selection: nodes, places: places, rules: rules,
        report: roads.report)
      streets.build()
      var report = streets.report
      guard !streets.draft.streets.isEmpty else {
        throw .damaged(
          path: paths.joined(separator: ", "), place: "",
          reason: Self.emptiness(roads, places))
      }
      report.close(streets.draft, path: paths.joined(separator: ", "))
      report.attribution = Self.attribution
      report.licence = Self.licence
      try report.check(options)
      return Result(draft: streets.draft, report: report, restrictions: streets.restrictions)
    }
  }

  private static func emptiness(_ roads: RoadReading, _ places: NodeReading) -> String {
    if roads.counts.ways == 0 {
      return "it holds no ways: give an extract with roads, or copy it again if it was cut off"
    }
    if places.counts.nodes == 0 {
      return "it holds no nodes, so no street has a place: give an extract with its nodes"
    }
    return "none of its \(roads.counts.ways) ways is a road that the rules let anyone drive"
  }
}
