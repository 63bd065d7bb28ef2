// DIMACS networks: whole ones are read, cut or crooked ones are refused by line.

import HujiaGeography
import HujiaMapBuild
import HujiaMapImport
import HujiaRoads
import HujiaTestSupport
import Testing

@Suite struct DIMACSTests {
  private let folder = TemporaryFolder()
  private let coordinates = """
    c a comment
    p aux sp co 3
    v 1 -73530767 41085396
    v 2 -73530538 41086098
    v 3 -73519366 41048796

    """
  private let graph = """
    c another
    p sp 3 4
    a 1 2 2008
    a 2 1 2008
    a 1 2 2008
    a 3 3 5

    """

  private func read(
    graph: String? = nil, coordinates: String? = nil, distances: String? = nil,
    timeUnit_ms: Double = 3.6, refused: Int = 0
  ) throws(ImportError) -> (draft: MapDraft, report: ImportReport) {
    var options = TableOptions()
    options.mostRefused = refused
    return try DIMACS.read(
      graph: folder.save(graph ?? self.graph, as: "t.gr"),
      coordinates: folder.save(coordinates ?? self.coordinates, as: "x.co"),
      distances: distances.map { folder.save($0, as: "d.gr") }, timeUnit_ms: timeUnit_ms,
      options: options)
  }

  private func message(
    graph: String? = nil, coordinates: String? = nil, distances: String? = nil,
    timeUnit_ms: Double = 3.6
  ) -> String? {
    do throws(ImportError) {
      _ = try read(
        graph: graph, coordinates: coordinates, distances: distances, timeUnit_ms: timeUnit_ms)
      return nil
    } catch { return error.message }
  }

  @Test func aSmallNetwork() throws {
    let (draft, report) = try read()
    #expect(report.nodes == 4)
    #expect(report.streets == 4)
    #expect(report.duplicates == 1)
    #expect(report.rings == 1)
    #expect(draft.streets[2].id == draft.streets[3].id)
    #expect(draft.nodes[0] == (410_853_960, -735_307_670))
    // 2008 * 3.6 = 7,228.8
    #expect(draft.streets[0].forward == MapDraft.Times(7_229))
    #expect(draft.streets[0].backward == nil)
    let drawn = Distance.between_mm(
      lat_e7: 410_853_960, lon_e7: -735_307_670, 410_860_980, -735_305_380)
    #expect(draft.streets[0].length_mm == UInt32(drawn))
    let image = MapImage(draft)
    #expect(image.map.streetFacts[0].twin == 1)
    withExtendedLifetime(image) {}
  }

  @Test func lengthsFromTheDistanceGraph() throws {
    let distances = "p sp 3 4\na 1 2 803\na 2 1 803\na 1 2 804\na 3 3 5\n"
    let (draft, report) = try read(distances: distances)
    // The third arc has another length: a parallel, no duplicate.
    #expect(draft.streets.map(\.length_mm) == [80_300, 80_300, 80_400, 250, 250])
    #expect(report.duplicates == 0)
    #expect(message(distances: "p sp 3 4\na 1 2 803\na 2 1 803\na 2 1 804\na 3 3 5\n") != nil)
    #expect(message(distances: "a 1 2 803\na 2 1 803\n") != nil)
    #expect(message(distances: distances + "a 1 2 5\n") != nil)
    #expect(message(distances: "p sp 3 4\na 1 2 4294967295\na 2 1 8\na 1 2 8\na 3 3 5\n") != nil)
  }

  @Test func cutOffFilesAreRefused() {
    #expect(message(graph: "p sp 3 5\na 1 2 2008\na 2 1 2008\n")?.contains("cut off") == true)
    #expect(message(graph: "p sp 4 2\na 1 2 2008\na 2 1 2008\n") != nil)
    #expect(message(coordinates: "p aux sp co 4\nv 1 0 0\nv 2 1 1\nv 3 2 2\n") != nil)
    #expect(message(coordinates: "v 1 0 0\nv 3 1 1\n")?.contains("line 2") == true)
    #expect(message(coordinates: "v 1 0\n") != nil)
    #expect(message(coordinates: "v 1 0 91000000\n") != nil)
    #expect(message(coordinates: "") != nil)
    #expect(message(graph: "") != nil)
    for unit in [0, -1, .nan, .infinity] as [Double] {
      #expect(message(timeUnit_ms: unit)?.contains("--time-unit") == true)
    }
  }

  @Test(arguments: [
    "a 1 9 5", "a 0 1 5", "a 1 2 -5", "a 1 2", "a 1 2 x", "a 1 2 3.5", "a 1 2 99999999999",
    "a 1 2 4294967295", "a",
  ])
  func badArcsAreRefusedWithTheirLine(line: String) throws {
    let text = "p sp 3 2\na 1 2 7\n\(line)\n"
    #expect(message(graph: text)?.contains("t.gr, line 3: ") == true)
    let (draft, report) = try read(graph: text, refused: 1)
    #expect(draft.streets.count == 1)
    #expect(report.refusedCount == 1)
  }

  @Test func garbage() {
    var random = SplitMix64(6)
    for _ in 0..<Scale.count(300, full: 30_000) {
      var bytes = Array(graph.utf8)
      for _ in 0...random.below(5) {
        bytes[random.below(bytes.count)] = UInt8(truncatingIfNeeded: random.next() & 0x7f)
      }
      _ = message(graph: String(decoding: bytes, as: UTF8.self))
    }
  }
}
