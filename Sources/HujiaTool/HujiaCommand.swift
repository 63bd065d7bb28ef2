// The command `hujia`: street data to maps, and the engine shown at work. Uses the engine through the C interface only.

import ArgumentParser

@main
struct HujiaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hujia",
    abstract: "Hujia (护驾): an embedded real-time dispatch engine.",
    discussion: """
      Start here:
        hujia generate-city --output city
        hujia run --city city --report out.html
        hujia simulate --seed 1
        hujia stress
        hujia replay run.hjrec
        hujia journal verify journal
        hujia import --nodes nodes.csv --edges edges.csv --output city.hjmap
        hujia inspect city.hjmap
        hujia traffic feed.json --map city.hjmap
        hujia areas beats.geojson --name beat_id
        hujia catch-up night.csv --journal FOLDER --dry-run
      """,
    version: "0.3.0",
    subcommands: [
      RunCommand.self, SimulateCommand.self, GenerateCityCommand.self, ImportCommand.self,
      InspectCommand.self, StressCommand.self, ReplayCommand.self, JournalCommand.self,
      CatchUpCommand.self, TrafficCommand.self, AreasCommand.self,
    ])
}
