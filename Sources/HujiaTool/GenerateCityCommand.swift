// hujia generate-city: a seeded, plausible city for machines that have no real data.

import ArgumentParser
import Glibc
import HujiaCities
import HujiaHostKit

struct GenerateCityCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate-city",
    abstract: "Invent a city: streets, stations, units, a record of calls and a plan.",
    discussion: """
      The folder has the layout that `hujia run --city` reads, and says in README.md and in a file GENERATED that \
      nothing in it is real. The same seed and size give the same files.

      Examples:
        hujia generate-city --output city
        hujia generate-city --output big --seed 7 --size large --calls 10000
        hujia run --city city --report out.html
      """)

  @Option(name: .shortAndLong, help: "The folder to write; made if it is not there.") var output:
    String
  @Option(help: "The seed: another one gives another city.") var seed: UInt64 = 1
  @Option(help: "small (430 nodes), medium (3,700) or large (15,000).") var size = "medium"
  @Option(help: "How many calls; default by size.") var calls: Int?
  @Option(help: "How many units; default by size.") var units: Int?

  func validate() throws {
    guard CitySize.all.contains(where: { $0.name == size }) else {
      throw ValidationError(
        "--size \(size): use \(CitySize.all.map(\.name).joined(separator: ", ")).")
    }
    if let calls, calls < 1 || calls > 1_000_000 {
      throw ValidationError("--calls must be 1 to 1,000,000.")
    }
    if let units, units < 5 || units > 100_000 {
      throw ValidationError("--units must be 5 to 100,000: one of each type the plan asks for.")
    }
  }

  func run() throws {
    guard let size = CitySize.all.first(where: { $0.name == size }) else { return }
    if access("\(output)/roads", F_OK) == 0, access("\(output)/GENERATED", F_OK) != 0 {
      throw Failed(
        "\(output) holds a city that was not generated", .give("--output", "another folder"))
    }
    let city = InventedCity(size, seed: seed, callCount: calls, unitCount: units)
    try CityWriter(city: city, seed: seed, folder: output).write()
    print(
      """
      \(output): GENERATED city (nothing in it is real), seed \(seed)
        \(city.inventory)
      """)
  }
}
