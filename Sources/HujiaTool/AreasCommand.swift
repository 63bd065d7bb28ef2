// hujia areas: GeoJSON to the areas of a plans file.

import ArgumentParser
import Glibc
import HujiaDriver
import HujiaHostKit

struct AreasCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "areas",
    abstract: "Turn the polygons of a GeoJSON file into areas of plans.",
    discussion: """
      Polygons and multipolygons, holes included, are written as `areas` of a plans file (PLANS.md), checked as the \
      engine checks them: sides that cross, holes beside their part, parts in each other are refused.

      Examples:
        hujia areas beats.geojson --name beat_id > areas.json
        hujia areas districts.geojson --name name --output areas.json
      """)

  @Argument(help: "A GeoJSON file: a Feature or a FeatureCollection.") var file: String
  @Option(help: "The property that holds the name of an area; each stands once.") var name = "name"
  @Option(name: .shortAndLong, help: "The file to write; without it the areas are printed.")
  var output: String?

  func run() throws {
    if let output { try Output.check(output, option: "--output") }
    let text: String
    do throws(Failure) {
      text = try AreaFile.plansText(file, name: name)
    } catch {
      throw Failed(field: error.status == .file ? "" : error.field, error.text)
    }
    guard let output else { return print(text, terminator: "") }
    try Output.write(text, to: output, option: "--output")
  }
}
