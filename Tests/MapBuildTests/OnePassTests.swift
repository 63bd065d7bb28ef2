// A map is compiled in one pass. The slow way, which compiles and contracts again after each step, must come to the
// same bytes.

import HujiaContainers
import HujiaRoads
import HujiaTestSupport
import Testing

@testable import HujiaMapBuild
@testable import HujiaRouting

@Suite struct OnePassTests {
  private func drafts() -> [(note: String, draft: MapDraft)] {
    var drafts = (0..<UInt64(Scale.count(30, full: 2_000))).map {
      ("seed \($0)", Invented.draft(seed: $0))
    }
    for side in [1, 2, 5, 14, 23] {
      drafts.append(("grid \(side)", Invented.grid(seed: UInt64(side), side: side)))
    }
    drafts.append(("nothing", MapDraft()))
    return drafts
  }

  /// One contraction, renumbered, is what contracting the renumbered network finds.
  @Test func contractingOnceIsEnough() throws {
    for (note, draft) in drafts() {
      let draft = draft.unwrapped()
      let order = try RoutingOrder(draft, parallel: sequential)
      #expect(order.numbers.sorted() == draft.nodes.indices.map { UInt32($0) }, "\(note)")
      var renumbered = draft
      renumbered.renumber(order.numbers)
      let again = try #require(Contraction(renumbered, rank: nil, mostArcs: .max))
      #expect(again.parent == order.contraction.parent, "\(note)")
      #expect(again.depth == order.contraction.depth, "\(note)")
      #expect(again.upFirst == order.contraction.upFirst, "\(note)")
      #expect(again.upHead == order.contraction.upHead, "\(note)")
    }
  }

  /// Neither the parts made first nor their places change when others follow.
  @Test func theWholeIsItsParts() throws {
    for (note, draft) in drafts() {
      let whole = try MapCompilation(draft).image()
      let ordered = try MapCompilation(draft, with: [.order, .clearances]).image()
      var renumbered = draft.unwrapped()
      renumbered.renumber(try RoutingOrder(renumbered, parallel: sequential).numbers)
      let plain = MapImage(renumbered)
      var shown = 0
      for part in [plain, ordered] {
        for index in 0..<part.map.sections.sectionCount {
          let entry = part.map.sections.entry(index)
          let found = whole.map.sections.entry(index)
          #expect(found.tag == entry.tag && found.bytes == entry.bytes, "\(note)")
          #expect(found.checksum == entry.checksum, "\(note), \(MapReader.name(entry.tag))")
          shown += 1
        }
      }
      #expect(shown > 50)
      // Built anew from what stands in the image.
      let untruth = try routingUntruth(whole.map)
      #expect(whole.map.flaw == nil && routingFlaw(whole.map) == nil, "\(note)")
      #expect(whole.map.untruth == nil && untruth == nil, "\(note): \(untruth ?? "")")
      let hierarchy = try #require(Hierarchy(whole.map))
      #expect(MappedMetric(whole.map, hierarchy) != nil, "\(note)")
      withExtendedLifetime((whole, ordered, plain)) {}
    }
  }

  @Test func severalThreadsMakeTheSameMap() throws {
    let draft = Invented.grid(seed: 9, side: 50)
    let one = try MapCompilation(draft, parallel: sequential).image()
    let all = try MapCompilation(draft).image()
    #expect(one.bytes.elementsEqual(all.bytes))
  }

  @Test func theFileHoldsTheImage() throws {
    let folder = TemporaryFolder()
    for (note, draft) in drafts() {
      let compiled = try MapCompilation(draft)
      let file = try compiled.write(to: folder.file("a.hjmap"))  // over an old one
      let image = compiled.image()
      #expect(folder.bytes(of: "a.hjmap").elementsEqual(image.bytes), "\(note)")
      #expect(file.size_bytes == image.bytes.count && file.damage == nil, "\(note)")
      #expect(folder.names == ["a.hjmap"], "\(note)")
    }
  }

  /// What opening would refuse never takes the place of a map that is good.
  @Test func aContradictionLeavesTheOldMap() throws {
    let folder = TemporaryFolder()
    let path = folder.file("a.hjmap")
    let draft = Invented.grid(seed: 3, side: 8)
    _ = try MapCompilation(draft).write(to: path)
    let before = folder.bytes(of: "a.hjmap")
    var order = try RoutingOrder(draft, parallel: sequential)
    var contraction = order.contraction
    contraction.depth[10] += 1
    order = RoutingOrder(numbers: order.numbers, contraction: contraction)
    let forged = try MapCompilation(draft, order: order, with: .order)
    let error = #expect(throws: MapBuildError.self) { try forged.write(to: path) }
    guard case .flaw = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    // Numbers of the streets, too.
    let bent = try MapCompilation(draft)
    let heads = try #require(bent.sections.find(MapTag.arcHead)?.baseAddress)
    UnsafeMutableRawPointer(mutating: heads).storeBytes(of: UInt32.max, as: UInt32.self)
    #expect(throws: MapBuildError.self) { try bent.write(to: path) }
    #expect(folder.bytes(of: "a.hjmap") == before)
    #expect(folder.names == ["a.hjmap"])
  }

  @Test func aFailedWriteLeavesNothing() throws {
    let folder = TemporaryFolder()
    let compiled = try MapCompilation(Invented.grid(seed: 4, side: 5))
    #expect(throws: MapBuildError.self) { try compiled.write(to: folder.file("none/a.hjmap")) }
    #expect(throws: MapBuildError.self) { try compiled.write(to: "/dev/full/a.hjmap") }
    #expect(folder.names == [])
  }

  /// Sections of no element, and of lengths that are no multiple of the alignment, stand where the table says.
  @Test func everySectionHasItsPlace() throws {
    let list = SectionList()
    MapCompiler(MapDraft(), list).run()
    list.add(MapTag.tag("TEST"), [1, 2, 3] as [UInt8])
    list.add(MapTag.tag("NONE"), [] as [UInt64])
    list.add(MapTag.tag("LAST"), 100) { UInt16($0) }
    let image = MapImage(list)
    let sections = image.map.sections
    #expect(sections.find(MapTag.tag("TEST")).map(Array.init) == [1, 2, 3])
    #expect(sections.find(MapTag.tag("NONE"))?.count == 0)
    #expect(sections.find(MapTag.tag("LAST"))?.count == 200)
    #expect(sections.find(MapTag.tag("ELSE")) == nil)
    #expect(sections.damage == nil && image.bytes.count % MapFormat.alignment == 0)
    var end = MapFormat.headerBytes + sections.sectionCount * MapFormat.entryBytes
    for index in 0..<sections.sectionCount {
      let entry = sections.entry(index)
      #expect(entry.offset >= end && entry.offset - end < MapFormat.alignment)
      #expect(image.bytes[end..<entry.offset].allSatisfy { $0 == 0 })
      end = entry.offset + entry.bytes
    }
    #expect(image.bytes[end...].allSatisfy { $0 == 0 })
    withExtendedLifetime((image, list)) {}
  }
}
