// Feeds in every form that is read: what is in them, what is left out and why, and what is no feed at all.

import HujiaTestSupport
import Testing

@testable import HujiaTrafficFeed

@Suite struct FeedReaderTests {
  private static let code = "CwsaACJqqAooAAANAAEKGA=="

  private func read(_ text: String, _ columns: String..., isBinary: Bool = false) throws -> Feed {
    var known = FeedColumns()
    for column in columns { try known.add(column) }
    return try FeedReader.read(Array(text.utf8), name: "feed", columns: known, isBinary: isBinary)
  }

  @Test func tablesWithAndWithoutHeader() throws {
    let table = try read(
      "speed_kmh,openlr,name\r\n12.5,\(Self.code),\"a, b\"\r\n,\(Self.code),c\r\n")
    #expect(table.records.map(\.flow) == [.speed_kmh(12.5), nil])
    #expect(table.records[1].place == "feed, line 3")
    let plain = try read("\(Self.code) 30\n# a remark\n\n\(Self.code)\n")
    #expect(plain.records.map(\.flow) == [.speed_kmh(30), nil])
    let mapped = try read("Ref;x,V\n\(Self.code),20\n", "openlr=Ref;x", "speed_mph=V")
    #expect(mapped.records.map(\.flow) == [.speed_kmh(20 * 1.609_344)])
  }

  /// As HERE sends it: metres a second, two levels down; the shape beside it is no entry of its own.
  @Test func entriesWithinObjectsAreFound() throws {
    let feed = try read(
      """
      {"sourceUpdated":"2026-01-01","results":[
       {"location":{"olr":"\(Self.code)","length":9,"shape":{"links":[{"points":[{"lat":1,"lng":2}]}]}},
        "currentFlow":{"speed":5.0,"freeFlow":9.7,"traversability":"open"}},
       {"location":{"olr":"\(Self.code)"},"currentFlow":{"traversability":"closed"}}]}
      """)
    #expect(feed.records.map(\.flow) == [.speed_kmh(18), .closed])
  }

  /// As AMap sends it: km/h as text beside a level, 0 = not known.
  @Test func polylinesWithLevels() throws {
    let feed = try read(
      """
      {"status":"1","trafficinfo":{"roads":[
       {"status":"3","polyline":"121.47,31.23;121.48,31.24"},
       {"status":"2","speed":"17","polyline":"121.47,31.23;121.48,31.24"},
       {"status":"0","polyline":"121.47,31.23;121.48,31.24"},
       {"status":"7","polyline":"121.47,31.23;121.48,31.24"},
       {"status":"1","polyline":"121.47,31.23"},{"status":"1","polyline":"200,31.23;1,1"}]}}
      """)
    #expect(feed.records.map(\.flow) == [.level(3), .speed_kmh(17), nil])
    #expect(feed.refused == ["level": 1, "polyline": 2])
    #expect(feed.examples.first?.hasPrefix("feed, byte ") == true)
  }

  @Test func linesOfJSONAndBinaryEntries() throws {
    let lines = try read(
      "{\"openlr\":\"\(Self.code)\",\"speed_kmh\":9}\n{\"openlr\":\"\(Self.code)\",\"closed\":true}\n"
    )
    #expect(lines.records.map(\.flow) == [.speed_kmh(9), .closed])
    let entry: [UInt8] = [2, 0x0b, 0x00]
    let bytes =
      entry + [0x2c, 0x01] + entry + [0, 0] + entry + [0xff, 0xff] + entry + [0xa1, 0x0f]
    let feed = try FeedReader.read(bytes, name: "feed", columns: FeedColumns(), isBinary: true)
    #expect(feed.records.map(\.flow) == [.speed_kmh(30), .closed, nil])
    #expect(feed.refused == ["speed": 1])
    #expect(throws: FeedError.self) {
      try FeedReader.read(
        Array(bytes.dropLast()), name: "feed", columns: FeedColumns(), isBinary: true)
    }
  }

  @Test func whatIsNoFeedIsSaidWithItsPlace() {
    func fault(_ text: String) -> String {
      do { _ = try read(text) } catch { return (error as? FeedError)?.message ?? "" }
      return ""
    }
    #expect(fault("  \n").contains("is empty"))
    #expect(fault("street,speed\n1,2\n").contains("line 1: neither a header"))
    #expect(fault("{\"openlr\":\"C").contains("a text does not end"))
    #expect(fault("[{\"a\":1 \"b\":2}]").contains("an object does not end"))
    #expect(fault("\u{0}\u{1}").contains("is no text"))
    #expect(fault(String(repeating: "[", count: 100_000)).contains("nested too deep"))
    #expect(fault("{\"a\":}").contains("a value is expected"))
    #expect(throws: FeedError.self) { try read("x", "road=openlr") }
  }

  @Test func speedsAndReferencesThatAreNoneAreCounted() throws {
    let feed = try read(
      "openlr,speed_kmh\n\(Self.code),-1\n\(Self.code),nan\n\(Self.code),401\n*,3\n\(Self.code),400\n"
    )
    #expect(feed.refused == ["speed": 3, "openlr": 1])
    #expect(feed.records.count == 1)
  }

  /// Every cut of a feed, and flipped bytes: read, or refused in words.
  @Test func forgedFeedsAreReadOrRefused() {
    let entry = "{\"openlr\":\"\(Self.code)\",\"x\":{\"y\":[1,\"\\u00e9\\\"\"]},\"speed\":1}"
    let whole = Array("{\"results\":[\(entry)]}".utf8)
    var random = SplitMix64(154)
    for count in 0...whole.count {
      _ = try? FeedReader.read(Array(whole.prefix(count)), name: "f", columns: FeedColumns())
    }
    for _ in 0..<20_000 {
      var bytes = whole
      for _ in 0..<3 {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(
          in: 0...255, using: &random)
      }
      _ = try? FeedReader.read(bytes, name: "f", columns: FeedColumns())
      _ = try? FeedReader.read(bytes, name: "f", columns: FeedColumns(), isBinary: true)
    }
  }

  /// Three bytes make an entry: a feed of 256 MiB would be 89 million records.
  @Test func aFeedOfTooManyEntriesIsRefused() throws {
    #expect(FeedReader.mostEntries == 2_000_000)
    let binary = [[UInt8]](repeating: [0, 0xff, 0xff], count: 4).flatMap { $0 }
    let bad = [[UInt8]](repeating: [0, 0xff, 0x7f], count: 4).flatMap { $0 }
    let lines = Array(String(repeating: "\(Self.code) 30\n", count: 4).utf8)
    let entry = "{\"openlr\":\"\(Self.code)\",\"speed_kmh\":9}"
    let objects = Array("[\(entry),\(entry),\(entry),\(entry)]".utf8)
    for (bytes, isBinary) in [(binary, true), (bad, true), (lines, false), (objects, false)] {
      func read(_ most: Int) throws -> Feed {
        try FeedReader.read(
          bytes, name: "feed", columns: FeedColumns(), isBinary: isBinary, most: most)
      }
      let feed = try read(4)
      #expect(feed.records.count + feed.refused.values.reduce(0, +) == 4)
      let error = #expect(throws: FeedError.self) { try read(3) }
      #expect(error?.message == "feed has more than 3 entries: cut it to the city")
    }
  }

  /// A name that nobody asks for is neither kept nor put together with the names within it.
  @Test func longNamesAreReadOver() throws {
    let long = String(repeating: "n", count: 5 << 20)
    let inner = "{\"speed\":7,\"x\":[{\"openlr\":\"\(Self.code)\",\"speed\":\"8\"}]}"
    let feed = try read(
      "{\"\(long)\":\(inner),\"openlr\":\"\(Self.code)\",\"speed\":\"9\"}")
    #expect(feed.records.map(\.flow) == [.speed_kmh(8), .speed_kmh(9)])
    // One byte too long in all, and one that just fits.
    let outer = String(repeating: "a", count: 200)
    for (count, flow) in [(55, Flow.speed_kmh(3)), (56, nil)] {
      let name = String(repeating: "b", count: count)
      let text = "{\"openlr\":\"\(Self.code)\",\"\(outer)\":{\"\(name)\":3}}"
      var columns = FeedColumns()
      if flow != nil { try columns.add("speed_kmh=\(outer).\(name)") }
      let feed = try FeedReader.read(Array(text.utf8), name: "feed", columns: columns)
      #expect(feed.records.map(\.flow) == [flow])
    }
    var columns = FeedColumns()
    try columns.add("openlr=" + long.prefix(256))
    #expect(throws: FeedError.self) { try columns.add("openlr=" + long.prefix(257)) }
  }

  /// What a feed says reaches a terminal only as printable ASCII.
  @Test func foreignTextIsShownWithoutControls() throws {
    let feed = try read(
      "openlr,speed_kmh,level\n\(Self.code),\u{1b}[2J\u{7}9\u{202e},\n\(Self.code),,\u{1b}]0;x\n")
    #expect(feed.refused == ["speed": 1, "level": 1])
    #expect(feed.examples.count == 2)
    for text in feed.examples {
      #expect(text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7f }, "\(text.debugDescription)")
    }
    #expect(feed.examples[0].contains("its speed ?[2J?9??? is not"))
    #expect(Foreign.shown(String(repeating: "e\u{301}", count: 9)).utf8.count == 20)
  }

  @Test func onlyThisMachineIsAsked() {
    for name in [
      "https://127.0.0.1/x", "http://example.com/x", "http://127.0.0.1.example.com/",
      "http://[::2]/",
      "http://127.0.0.1:0/", "http://127.0.0.1:99999/", "http://localhost/a b",
    ] {
      #expect(throws: FeedError.self, "\(name)") { try FeedSource(name) }
    }
    #expect(throws: Never.self) { try FeedSource("http://[::1]:8080/flow?x=1") }
  }

  @Test func filesAreReadWhenTheyChange() throws {
    let folder = TemporaryFolder()
    var source = try FeedSource(folder.file("feed"))
    #expect(throws: FeedError.self) { try source.fetch() }
    folder.save("one", as: "feed")
    #expect(try source.fetch() == Array("one".utf8))
    #expect(try source.fetch() == nil)
    folder.save("longer", as: "feed")
    #expect(try source.fetch() == Array("longer".utf8))
    var itself = try FeedSource(folder.path)
    #expect(throws: FeedError.self) { try itself.fetch() }
  }
}
