// Extracts that are cut off, flipped or forged: a named error with its place, or what can be read. Never a crash.

import HujiaMapImport
import HujiaTestSupport
import Testing

@Suite struct DamagedExtractTests {
  private static let extract = Extract.row(5).tagged(3, "barrier=gate", "access=private")
    .way([1, 2, 3, 4], "highway=primary", "name=Main", "maxspeed=50")
    .way([4, 5], "highway=residential", "oneway=yes")
    .restriction(
      [
        .init(type: "way", id: 100, role: "from"), .init(type: "node", id: 4, role: "via"),
        .init(type: "way", id: 101, role: "to"),
      ], "restriction=no_left_turn")

  /// Between two blocks nothing tells that more was meant; everywhere else the block and its byte are named.
  @Test func aCutOffFileIsNamedByItsBlock() {
    let whole = Self.extract.pbf
    #expect(Extract.error(whole) == nil)
    var starts: [Int] = [0]
    var offset = 0
    while offset < whole.count {
      let size = whole[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
      let blob = Self.blobBytes(whole[(offset + 4)..<(offset + 4 + size)])
      offset += 4 + size + blob
      starts.append(offset)
    }
    #expect(starts.count == 5)
    for count in 0..<whole.count where !starts.contains(count) {
      let message = Extract.error(Array(whole.prefix(count)))?.message ?? "taken"
      let block = starts.lastIndex { $0 <= count } ?? 0
      if count < 15 {
        #expect(message.contains("no OpenStreetMap file"), "\(count): \(message)")
      } else {
        #expect(
          message.contains("block \(block + 1) at byte \(starts[block])"), "\(count): \(message)")
      }
    }
    #expect(Extract.error([])?.message.contains("empty") == true)
    let noWays = Extract.error(Array(whole.prefix(starts[2])))?.message
    #expect(noWays?.contains("no ways") == true, "\(noWays ?? "")")
  }

  /// The header's field 3.
  private static func blobBytes(_ header: ArraySlice<UInt8>) -> Int {
    let place = header.lastIndex(of: 0x18) ?? header.startIndex
    var value = 0
    for (shift, byte) in header[(place + 1)...].enumerated() {
      value |= Int(byte & 0x7f) << (7 * shift)
    }
    return value
  }

  @Test(arguments: [
    (0, "of 1 to 65536"), (70_000, "of 1 to 65536"), (0x7fff_ffff, "of 1 to 65536"),
  ])
  func aForgedLengthOfAHeader(length: Int, words: String) {
    let prefix = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) }
    let message = Extract.error(Extract.pbfHeader + prefix + Self.extract.pbf)?.message ?? "taken"
    #expect(message.contains("block 2 at byte \(Extract.pbfHeader.count)"), "\(message)")
    #expect(message.contains(words), "\(message)")
  }

  @Test(arguments: [0, -1, 33_554_433, 0x7fff_ffff, 1_000])
  func aForgedLengthOfData(says: Int) {
    let block = Extract.block("OSMData", [1, 2, 3], says: says)
    let message = Extract.error(Extract.pbfHeader + block)?.message ?? "taken"
    #expect(message.contains("block 2 at byte \(Extract.pbfHeader.count)"), "\(message)")
  }

  @Test func aBlockOfAnotherTypeAndOneThatIsNoBlock() {
    for block in [
      Extract.block("OSMDate", []), Extract.block("", []), Extract.block("OSMData", [0xff, 0xff]),
      Extract.block("OSMData", Array(repeating: 0xff, count: 100)),
    ] {
      let message = Extract.error(Extract.pbfHeader + block)?.message ?? "taken"
      #expect(message.contains("block 2 at byte"), "\(message)")
    }
  }

  /// A zero byte ends a text early, so that the words after it are counted as others. Nothing is read beyond them.
  @Test func aZeroByteInATag() {
    for tag in ["na\0me=Main", "name=Ma\0in", "\0=Main", "name=\0", "\0\0=\0"] {
      for extract in [
        Extract.row(3).way([1, 2, 3], "highway=primary", tag),
        Extract.row(3).tagged(2, "barrier=gate", tag).way([1, 2, 3], "highway=primary"),
        Extract.row(3).way([1, 2, 3], "highway=primary").restriction([], tag),
      ] {
        let error = Extract.error(extract.pbf)?.message
        #expect(error == nil || error?.contains("zero byte") == true, "\(tag): \(error ?? "")")
      }
    }
    let odd = Extract.row(3).way([1, 2, 3], "highway=primary", "na\0me=Main")
    #expect(Extract.error(odd.pbf)?.message.contains("zero byte") == true)
  }

  /// Lengths and counts within a block that say more than there is.
  @Test func forgedCounts() {
    var group = Message()
    group.bytes = Message.varint(3 << 3 | 2) + Message.varint(4_000_000_000) + [1]
    var block = Message()
    block.content(1, [])
    block.content(2, group.bytes)
    let message = Extract.error(Extract.pbfHeader + Extract.block("OSMData", block.bytes))?.message
    #expect(message?.contains("block 2") == true, "\(message ?? "taken")")
    var relation = Self.extract
    relation.relations[0].members = (0..<100_000).map {
      .init(type: "node", id: Int64($0), role: "via")
    }
    #expect(Extract.error(relation.pbf) == nil)
    var way = Self.extract
    way.ways.append(
      .init(id: 7, nodes: Array(repeating: 1, count: 200_000), tags: ["highway=primary"]))
    #expect(Extract.error(way.pbf) == nil)
  }

  @Test func brokenXMLIsNamedByItsLine() {
    let lines = Self.extract.xml.split(separator: "\n", omittingEmptySubsequences: false)
    for (line, wrong) in [(3, "<node id=\"1\""), (4, "<<"), (9, "</way>")] {
      var broken = lines.map(String.init)
      broken[line - 1] = wrong
      let text = broken.joined(separator: "\n")
      let message = Extract.error(Array(text.utf8), as: "x.osm")?.message ?? "taken"
      #expect(message.contains("x.osm, line "), "\(message)")
    }
    for wrong in ["id=\"x\"", "id=\"99999999999999999999\"", "id=\"1\" lat=\"north\" lon=\"2\""] {
      let text = "<osm version=\"0.6\">\n<node \(wrong)/>\n</osm>\n"
      let message = Extract.error(Array(text.utf8), as: "x.osm")?.message ?? "taken"
      #expect(message.contains("x.osm"), "\(message)")
    }
    let bomb = "<?xml version=\"1.0\"?><!DOCTYPE osm [<!ENTITY a \"aa\">]><osm version=\"0.6\"/>"
    #expect(Extract.error(Array(bomb.utf8), as: "x.osm") != nil)
    let xml = Array(Self.extract.xml.utf8)
    for count in stride(from: 60, to: xml.count - 8, by: 17) {
      #expect(Extract.error(Array(xml.prefix(count)), as: "x.osm") != nil, "\(count)")
    }
  }

  @Test func whatIsNoExtractIsNamed() {
    for (bytes, words) in [
      (Array("node,lon,lat\n".utf8), "no OpenStreetMap file"), ([0x89, 0x50], "no OpenStreetMap"),
      (Array("<html></html>".utf8), "no OpenStreetMap file"),
      (Array("<osmChange version=\"0.6\"></osmChange>".utf8), "change file"),
      ([0x1f, 0x8b, 1, 2], "compressed"), (Array("BZh9xx".utf8), "compressed"),
    ] as [([UInt8], String)] {
      let message = Extract.error(bytes)?.message ?? "taken"
      #expect(message.contains(words), "\(message)")
    }
    let folder = TemporaryFolder()
    for path in [folder.path, folder.file("none.osm.pbf"), "/dev/null"] {
      #expect(throws: ImportError.self) {
        try OpenStreetMap.read([path], rules: RoadRules.standard())
      }
    }
  }

  @Test func aCutOffGzip() {
    let folder = TemporaryFolder()
    var long = Extract.row(2_000)
    for node in 1..<2_000 {
      long.ways.append(
        .init(id: Int64(node), nodes: [Int64(node), Int64(node + 1)], tags: ["highway=primary"]))
    }
    Tables.gzip(Array(long.xml.utf8), to: folder.file("x.osm.gz"))
    let whole = folder.bytes(of: "x.osm.gz")
    #expect(Extract.error(whole) == nil)
    for count in [whole.count - 1, whole.count - 9, whole.count / 2, 2_000] {
      #expect(Extract.error(Array(whole.prefix(count))) != nil, "\(count)")
    }
    var flipped = whole
    flipped[whole.count / 2] ^= 4
    #expect(Extract.error(flipped) != nil)
  }

  /// Random bytes in the place of some: an answer or a named error.
  @Test func garbage() {
    var random = SplitMix64(15)
    let pbf = Self.extract.pbf
    let xml = Array(Self.extract.xml.utf8)
    for round in 0..<Scale.count(400, full: 20_000) {
      var bytes = round % 2 == 0 ? pbf : xml
      for _ in 0...random.below(4) {
        bytes[random.below(bytes.count)] = UInt8(truncatingIfNeeded: random.next())
      }
      if let error = Extract.error(bytes, as: "x") {
        #expect(error.message.utf8.count < 1_000)
      }
    }
  }
}
