// Invented cities: the same seed gives the same files, and what is promised of them holds.

import FoundationEssentials
import HujiaHostKit
import HujiaMapImport
import Testing

@testable import HujiaCities

struct InventedCityTests {
  static let small = CitySize.all[0]

  static func city(seed: UInt64) -> InventedCity {
    InventedCity(small, seed: seed, callCount: 80, unitCount: nil)
  }

  /// Writes a city into a fresh folder and gives it back read.
  static func folder(seed: UInt64) throws -> URL {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "hujia-tests-\(UUID().uuidString)")
    try CityWriter(city: city(seed: seed), seed: seed, folder: folder.path).write()
    return folder
  }

  @Test func sameSeedSameFiles() throws {
    let one = try Self.folder(seed: 5)
    let two = try Self.folder(seed: 5)
    let other = try Self.folder(seed: 6)
    defer { for folder in [one, two, other] { try? FileManager.default.removeItem(at: folder) } }
    for file in ["roads/nodes.csv", "roads/edges.csv", "units/units.csv"] {
      let first = try Data(contentsOf: one.appendingPathComponent(file))
      #expect(try Data(contentsOf: two.appendingPathComponent(file)) == first)
    }
    let edges = "roads/edges.csv"
    #expect(
      try Data(contentsOf: one.appendingPathComponent(edges))
        != Data(contentsOf: other.appendingPathComponent(edges)))
  }

  /// A newcomer's first two commands: what is generated is imported as it stands, without options.
  @Test func streetsImportWithoutOptions() throws {
    let folder = try Self.folder(seed: 5)
    defer { try? FileManager.default.removeItem(at: folder) }
    let roads = folder.appendingPathComponent("roads")
    let edges = roads.appendingPathComponent("edges.csv").path
    let (draft, report) = try StreetTables.read(
      nodes: roads.appendingPathComponent("nodes.csv").path, edges: edges, options: TableOptions())
    let streets = Self.city(seed: 5).streets
    #expect(draft.nodes.count == streets.nodes.count)
    #expect(draft.streets.count == streets.edges.count)
    #expect(report.warnings.isEmpty)
    for (index, street) in draft.streets.enumerated() {
      #expect(street.name == streets.edges[index].name)
      #expect(street.inner.count == streets.edges[index].inner.count)
      #expect(street.id == UInt64(index + 1))
    }
    #expect(try CityStreets.columns(ofEdges: edges).isEmpty)
  }

  /// Tables that were recorded elsewhere keep their own headers.
  @Test func recordedHeadersAreKnown() throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent(
      "hujia-headers-\(UUID().uuidString).csv")
    defer { try? FileManager.default.removeItem(at: path) }
    try Data("cnn,from_node,to_node,length_m,speed_limit_mph,name\n".utf8).write(to: path)
    let columns = try CityStreets.columns(ofEdges: path.path)
    #expect(columns == ["id": "cnn", "speed_mph": "speed_limit_mph"])
  }

  @Test func streetsAreAsPromised() {
    for size in CitySize.all.prefix(2) {
      let streets = InventedStreets(size, seed: 3)
      #expect(streets.edges.contains { $0.isOneWay })
      #expect(streets.edges.contains { $0.speed_mph == 35 })
      let islet = streets.nodes.filter { $0.column < 0 }
      #expect(islet.count == 20)
      #expect(islet.allSatisfy { $0.component != 0 })
      // Most of the city is one part, so the bridges do their work.
      let connected = streets.nodes.count { $0.component == 0 }
      #expect(connected * 100 > streets.nodes.count * 90)
      for edge in streets.edges {
        #expect(edge.from != edge.to)
        #expect(streets.length_m(edge) > 1)
      }
    }
  }

  @Test func callsKeepTheirOrderOfTimes() {
    let city = Self.city(seed: 9)
    #expect(city.calls.count == 80)
    for call in city.calls {
      #expect(call.received <= call.entry)
      #expect(!call.responses.isEmpty)
      for response in call.responses {
        let all: [Double?] = [
          call.entry, response.dispatch, response.underWay, response.onScene, response.transport,
          response.hospital, response.available,
        ]
        let times: [Double] = all.compactMap { $0 }
        #expect(times == times.sorted())
      }
    }
  }

  @Test func readsBack() throws {
    let folder = try Self.folder(seed: 5)
    defer { try? FileManager.default.removeItem(at: folder) }
    let city = try CityReader.read(folder.path)
    let written = Self.city(seed: 5)
    #expect(city.isGenerated)
    #expect(city.units.count == written.units.count)
    #expect(city.calls.count == written.calls.count)
    #expect(city.stations.count == written.stations.count)
    let read = city.calls.map(\.responses.count)
    #expect(read == city.calls.map { call in written.calls[Int(call.number) - 1].responses.count })
    let book = try PlanBook(path: folder.appendingPathComponent("plans.json").path)
    #expect(city.calls.allSatisfy { book.type(of: $0) != 0 })
    #expect(city.units.allSatisfy { book.capabilities(of: $0) != 0 })
  }

  @Test func degreesAreWrittenWithIntegers() {
    #expect(CityWriter.degrees(31) == "31.0000000")
    #expect(CityWriter.degrees(-0.0000001) == "-0.0000001")
    #expect(CityWriter.degrees(-41.05) == "-41.0500000")
  }
}
