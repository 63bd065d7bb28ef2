import Glibc
import HujiaMapBuild
import HujiaMapImport
import HujiaRoads
import HujiaTestSupport
import Testing

/// From tables to a file and back.
@Suite struct CompilationTests {
  /// What stands where the map goes keeps its mode, a link leads to its file, and nothing else is written onto.
  @Test func theFileThatWasThere() throws {
    let tables = Tables()
    let (draft, _) = try tables.read(edges: "from_node,to_node,travel_s\n1,2,3\n")
    let compiled = try MapCompilation(draft)
    let path = tables.folder.save("old", as: "x.hjmap")
    chmod(path, 0o640)
    let link = tables.folder.file("link")
    symlink("x.hjmap", link)
    _ = try compiled.write(to: link)
    var facts = stat()
    #expect(lstat(link, &facts) == 0 && facts.st_mode & S_IFMT == S_IFLNK)
    #expect(stat(path, &facts) == 0 && facts.st_mode & 0o777 == 0o640)
    #expect(facts.st_size > 1_000)
    #expect(tables.folder.names == ["edges.csv", "link", "nodes.csv", "x.hjmap"])
    symlink("nothing", tables.folder.file("lost"))
    for wrong in [tables.folder.file("lost"), tables.folder.path, "/dev/null"] {
      #expect(throws: MapBuildError.self) { try compiled.write(to: wrong) }
    }
    unlink(tables.folder.file("lost"))
  }

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
