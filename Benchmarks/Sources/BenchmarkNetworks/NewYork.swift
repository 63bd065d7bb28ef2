// The road networks of the shared data as drafts.

import HujiaMapBuild

package enum Networks {
  /// New York, real travel times in milliseconds (a unit of the file is 3.6 ms). nil: the data is not there.
  package static func newYork(_ data: String) -> MapDraft? {
    let folder = data + "/new-york-dimacs/USA-road-"
    guard let places = bytes(of: folder + "d.NY.co.gz"),
      let times = bytes(of: folder + "t.NY.gr.gz"),
      let lengths = bytes(of: folder + "d.NY.gr.gz")
    else { return nil }
    var draft = MapDraft()
    eachRow(places, kind: 118) { row in
      draft.nodes.append((lat_e7: Int32(row[2] * 10), lon_e7: Int32(row[1] * 10)))
    }
    var driven: [Int] = []
    eachRow(times, kind: 97) { driven.append($0[2]) }
    var index = 0
    // Each arc has its reverse; a pair that agrees becomes one two-way street.
    var open: [UInt64: [Int]] = [:]
    eachRow(lengths, kind: 97) { row in
      let from = UInt32(row[0] - 1)
      let to = UInt32(row[1] - 1)
      let length_mm = UInt32(row[2] * 100)
      let time = MapDraft.Times(UInt32(driven[index] * 36 / 10))
      index += 1
      let reverse = UInt64(to) << 32 | UInt64(from)
      if let place = open[reverse]?.firstIndex(where: {
        draft.streets[$0].length_mm == length_mm && draft.streets[$0].forward == time
      }), let street = open[reverse]?.remove(at: place) {
        draft.streets[street].backward = time
        return
      }
      open[UInt64(from) << 32 | UInt64(to), default: []].append(draft.streets.count)
      draft.streets.append(
        MapDraft.Street(
          id: UInt64(index), from: from, to: to, length_mm: length_mm, forward: time, backward: nil)
      )
    }
    return draft
  }

  private static func eachRow(_ text: [UInt8], kind: UInt8, _ row: ([Int]) -> Void) {
    var start = 0
    var values: [Int] = []
    while start < text.count {
      var end = start
      while end < text.count, text[end] != 10 { end += 1 }
      if text[start] == kind {
        numbers(text, from: start, to: end, &values)
        row(values)
      }
      start = end + 1
    }
  }
}
