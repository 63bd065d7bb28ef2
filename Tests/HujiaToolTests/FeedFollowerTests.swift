// From a feed to a choice, in one process: a file is renewed, what changed is reported, and another unit is nearer.

import ArgumentParser
import HujiaHostKit
import HujiaLiveFeed
import HujiaMapBuild
import HujiaRoads
import HujiaTestSupport
import HujiaTrafficFeed
import Testing

@testable import HujiaTool

@Suite struct FeedFollowerTests {
  private let folder = TemporaryFolder()

  /// A street of three pieces from west to east, 100 m and 10 s each; units at both ends of it. `offset`: how much
  /// greater the ids are on the feed's map than on the engine's.
  private func follower(
    offset: UInt64 = 0
  ) throws -> (follower: FeedFollower, host: Host, map: MapFile) {
    var draft = MapDraft()
    draft.nodes = (0..<4).map { (0, 70_000_000 + Int32($0) * 8_993) }
    draft.streets = (0..<3).map { piece in
      MapDraft.Street(
        id: UInt64(piece + 1), from: UInt32(piece), to: UInt32(piece + 1), length_mm: 100_000,
        forward: MapDraft.Times(10_000), backward: MapDraft.Times(10_000))
    }
    let path = folder.file("street.hjmap")
    _ = try MapCompilation(draft).write(to: path)
    for piece in draft.streets.indices { draft.streets[piece].id += offset }
    _ = try MapCompilation(draft).write(to: folder.file("feed.hjmap"))
    let map = try MapFile(path: folder.file("feed.hjmap"))
    let host = try Host(map: path) { FeedFollower.configure(&$0) }
    try FeedFollower.put(unit: 1, at: Location(lat_e7: 0, lon_e7: 70_000_000), into: host)
    try FeedFollower.put(unit: 2, at: Location(lat_e7: 0, lon_e7: 70_026_979), into: host)
    let follower = try FeedFollower(
      host, try FeedSource(folder.file("feed.json")), FeedDecoder(map.map), columns: FeedColumns(),
      isBinary: false, place: Location(lat_e7: 0, lon_e7: 70_008_993))
    return (follower, host, map)
  }

  private func entry(_ from: Double, _ to: Double, _ what: String) -> String {
    "{\"polyline\":\"\(from),0;\(to),0\",\(what)}"
  }

  @Test func aRenewedFeedChangesTheChoiceAndBack() throws {
    let (follower, host, map) = try follower()
    defer { host.close() }
    folder.save("[]", as: "feed.json")
    let empty = try #require(try follower.read(hold_s: 900))
    #expect(empty.changed == 0 && empty.serving_ms == nil && empty.fault == nil)
    #expect(empty.choice == FeedChoice(unit: 1, travel_ms: 10_000))
    #expect(try follower.read(hold_s: 900) == nil)

    // 3.6 km/h eastward on the first piece: 100 s for unit 1, 20 s as ever for unit 2.
    folder.save("[\(entry(7.0, 7.0008993, "\"speed\":3.6"))]\n", as: "feed.json")
    let jam = try #require(try follower.read(hold_s: 900))
    #expect(jam.found == 1 && jam.changed == 1 && jam.refused == 0 && jam.epoch > 0)
    #expect(jam.before == FeedChoice(unit: 1, travel_ms: 10_000))
    #expect(jam.choice == FeedChoice(unit: 2, travel_ms: 20_000))
    #expect(FeedText.line(jam).contains("unit 2, 20.0 s (before: unit 1, 10.0 s)"))

    // The same once more, and something that is no feed: nothing changes, and it is said.
    folder.save(" [\(entry(7.0, 7.0008993, "\"speed\":3.6"))] \n\n", as: "feed.json")
    #expect(try #require(try follower.read(hold_s: 900)).changed == 0)
    folder.save("[{\"polyline\":", as: "feed.json")
    let broken = try #require(try follower.read(hold_s: 900))
    #expect(broken.fault?.contains("ends within a value") == true && broken.changed == 0)

    // Named no more, it goes back to the map's own time.
    folder.save("[\(entry(7.0017986, 7.0026979, "\"closed\":true"))]", as: "feed.json")
    let moved = try #require(try follower.read(hold_s: 900))
    #expect(moved.changed == 2)
    #expect(moved.choice == FeedChoice(unit: 1, travel_ms: 10_000))
    withExtendedLifetime(map) {}
  }

  /// The engine's map does not have the third street: what it refuses is never held for reported.
  @Test func whatTheEngineRefusesIsSaidAgain() throws {
    let (follower, host, map) = try follower(offset: 2)
    defer { host.close() }
    let both = [entry(7.0, 7.0008993, "\"speed\":9"), entry(7.0017986, 7.0026979, "\"speed\":9")]
    for reading in 0..<3 {
      let blanks = String(repeating: " ", count: reading)
      folder.save("[\(both.joined(separator: ","))]\(blanks)", as: "feed.json")
      let found = try #require(try follower.read(hold_s: 900))
      #expect(found.found == 2 && found.refused == 1 && found.streets == 1)
      #expect(found.changed == (reading == 0 ? 2 : 1))
      #expect(FeedText.line(found).contains("1 refused by the engine"))
    }
    withExtendedLifetime(map) {}
  }

  @Test func aFeedThatStaysAwayIsTakenBack() throws {
    let (follower, host, map) = try follower()
    defer { host.close() }
    folder.save("[\(entry(7.0, 7.0008993, "\"status\":\"4\",\"speed\":1"))]", as: "feed.json")
    #expect(try #require(try follower.read(hold_s: 900)).choice?.unit == 2)
    folder.save("", as: "feed.json")
    #expect(try #require(try follower.read(hold_s: 900)).changed == 0)
    let gone = try #require(try follower.read(hold_s: 0))
    #expect(gone.fault != nil && gone.changed == 1)
    #expect(gone.choice?.unit == 1)
    // A file that nobody renews is no better than none.
    folder.save("[\(entry(7.0, 7.0008993, "\"speed\":2"))]", as: "feed.json")
    #expect(try #require(try follower.read(hold_s: 900)).choice?.unit == 2)
    #expect(try follower.read(hold_s: 900) == nil)
    let old = try #require(try follower.read(hold_s: 0))
    #expect(old.fault?.contains("gave nothing new") == true)
    #expect(old.choice?.unit == 1)
    #expect(try follower.read(hold_s: 0) == nil)
    withExtendedLifetime(map) {}
  }

  /// Options that contradict each other are refused with what to give.
  @Test(arguments: [
    ["f", "--map", "m", "--unit", "1=0,0"], ["f", "--map", "m", "--follow", "--times", "t"],
    ["f", "--map", "m", "--follow", "--unit", "1=0,0"], ["f", "--map", "m", "--reach", "0"],
    ["f", "--map", "m", "--levels", "1,2,3"], ["f", "--map", "m", "--levels", "1,2,3,nan"],
    ["f", "--map", "m", "--datum", "mars"], ["f", "--map", "m", "--follow", "--every", "0"],
    ["f", "--map", "m", "--follow", "--incident", "91,0"], ["f", "--map", "m", "--hold", "-1"],
    ["f", "--map", "m", "--follow", "--incident", "0,0", "--unit", "0=0,0"], ["f"],
  ])
  func optionsThatContradict(arguments: [String]) {
    #expect(throws: (any Error).self) { try TrafficCommand.parse(arguments) }
  }
}
