import HujiaMapBuild
import HujiaMapImport
import HujiaRoads
import HujiaTestSupport
import Testing

/// From tables to a file and back.
@Suite struct CompilationTests {
  @Test func tablesToFileAndBack() throws {
    let tables = Tables()
    let (draft, _) = try tables.read(
      edges: """
        from_node,to_node,length_m,speed_kmh,name,id,oneway
        1,2,1100,50,First,11,0
        2,3,900,30,Second,12,1
        3,1,1500,40,Third,13,0

        """)
    let compiled = try MapCompilation(draft)
    let path = tables.folder.file("x.hjmap")
    _ = try compiled.write(to: path)
    #expect(tables.folder.names == ["edges.csv", "nodes.csv", "x.hjmap"])
    let file = try MapFile(path: path)
    let map = file.map
    #expect(map.flaw == nil)
    #expect(map.streetCount == 3)
    #expect(map.arcCount == 5)
    for (street, (id, name)) in [(11 as UInt64, "First"), (12, "Second"), (13, "Third")]
      .enumerated()
    {
      #expect(map.streetID[street] == id)
      #expect(map.name(ofStreet: UInt32(street)) == name)
      let ends = draft.streets[street]
      let first = Int(map.end(of: UInt32(street), isFirst: true))
      let last = Int(map.end(of: UInt32(street), isFirst: false))
      #expect(map.nodeLat_e7[first] == draft.nodes[Int(ends.from)].lat_e7)
      #expect(map.nodeLon_e7[last] == draft.nodes[Int(ends.to)].lon_e7)
    }
    let place = map.snap(lat_e7: 377_050_000, lon_e7: -1_223_999_900, limit_mm: 250_000)
    #expect(map.streetID[Int(place.street)] == 11)
    withExtendedLifetime((file, compiled)) {}
  }
}
