// GMNS folders: units, directions, shapes, uses; what is wrong is named with its line.

import Glibc
import HujiaMapBuild
import HujiaMapImport
import HujiaTestSupport
import Testing

@Suite struct GMNSTests {
  private let folder = TemporaryFolder()
  private static let nodes = """
    node_id,name,x_coord,y_coord,node_type
    a,,-111.9,33.40,
    b,,-111.9,33.41,
    c,,-111.89,33.41,

    """
  private static let links = """
    link_id,name,from_node_id,to_node_id,directed,geometry,length,free_speed,facility_type,lanes,allowed_uses
    1,Main,a,b,1,,0.7,30,,1,auto
    2,Main,b,a,true,,0.7,30,,1,"bike,auto"
    3,Side,b,c,0,"LINESTRING (-111.9 33.41, -111.895 33.412, -111.89 33.41)",,,collector,1,
    4,Path,c,a,0,,,10,,1,walk

    """
  private static let config = "dataset_name,long_length,speed,crs\nx,miles,mph,EPSG:4326\n"

  private func read(
    nodes: String = nodes, links: String = links, config: String? = config, refused: Int = 0
  ) throws(ImportError) -> (draft: MapDraft, report: ImportReport) {
    folder.save(nodes, as: "node.csv")
    folder.save(links, as: "link.csv")
    if let config { folder.save(config, as: "config.csv") } else { unlinkConfig() }
    var options = TableOptions()
    options.mostRefused = refused
    return try GMNS.read(folder: folder.path, options: options, rules: RoadRules.standard())
  }

  private func unlinkConfig() { unlink(folder.file("config.csv")) }

  private func message(
    nodes: String = nodes, links: String = links, config: String? = config
  ) -> String {
    do throws(ImportError) {
      _ = try read(nodes: nodes, links: links, config: config)
      return "taken"
    } catch { return error.message }
  }

  @Test func aSmallNetwork() throws {
    folder.save("mvmt_id,node_id\n1,b\n2,b\n", as: "movement.csv")
    let (draft, report) = try read()
    #expect(report.streets == 3)
    #expect(report.oneWay == 2)
    #expect(report.speedsFilled == 1)
    #expect(report.leftOut[.notForVehicles] == 1)
    #expect(report.notes == ["movement.csv: 2 movements, not applied"])
    let main = draft.streets[0]
    #expect(main.length_mm == 1_126_541)
    // 0.7 miles at 30 mph: 84 s
    #expect(main.forward.map { (83_999...84_002).contains($0.normal_ms) } == true)
    #expect(main.backward == nil)
    #expect(draft.streets[2].inner.count == 1)
    #expect(draft.streets[2].backward == draft.streets[2].forward)
    #expect(draft.streets[2].name == "Side")
  }

  @Test func unitsAreNeverGuessed() throws {
    let message = message(config: nil)
    #expect(message.contains("link.csv, line 2: free_speed has no unit"), "\(message)")
    #expect(self.message(config: "long_length,speed\nparsecs,mph\n").contains("long_length is"))
    #expect(self.message(config: "speed,crs\nmph,EPSG:2223\n").contains("convert them"))
    // Without a unit for lengths, they are as drawn.
    let (draft, _) = try read(config: "speed\nkmh\n")
    #expect((1_110_000...1_114_000).contains(draft.streets[0].length_mm))
  }

  @Test(arguments: [
    ("9,X,a,z,1,,,30,,,", "a node that node.csv lacks"), ("9,X,a,b,maybe,,,30,,,", "directed is"),
    ("9,X,a,b,1,LINE,,30,,,", "geometry is"), ("9,X,a,b,1,,-3,30,,,", "length is"),
    ("9,X,a,b,1,,,-30,,,", "free_speed is"), ("9,X,a,b,1,,,,,,", "no free_speed"),
    ("9,X,a,b,1,,,,moon,,", "facility_type is"), ("9,X,a,b,1,,,30,,,,,", "fields where"),
    ("9,X,a,b,1,\"LINESTRING (-111.9 133.4, 1 2)\",,30,,,", "geometry is"),
  ])
  func aBadLinkIsNamedByItsLine(row: String, words: String) throws {
    let links = Self.links + row + "\n"
    let message = message(links: links)
    #expect(message.contains("link.csv, line 6: "), "\(message)")
    #expect(message.contains(words), "\(message)")
    #expect(try read(links: links, refused: 1).report.streets == 3)
  }

  @Test func badNodesAndFiles() {
    #expect(message(nodes: Self.nodes + "a,,-111.9,33.4,\n").contains("stands twice"))
    #expect(message(nodes: "node_id,x_coord,y_coord\n1,500000,4000000\n").contains("are projected"))
    #expect(message(nodes: "node_id,x,y\n").contains("lacks x_coord"))
    #expect(message(links: "link_id,a,b\n").contains("lacks from_node_id"))
    #expect(message(links: "link_id,from_node_id,to_node_id\n").contains("no rows"))
    #expect(throws: ImportError.self) {
      try GMNS.read(
        folder: folder.file("none"), options: TableOptions(), rules: RoadRules.standard())
    }
  }
}
