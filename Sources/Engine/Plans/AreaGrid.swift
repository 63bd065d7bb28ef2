// Which of many areas hold a place: squares over the ground of all, each with the areas whose box touches it. It only
// leaves out; whether a place is in an area the area's rings say. Made when plans are loaded, immutable then.

import HujiaContainers

/// Lists of numbers, end to end.
struct NumberLists: ~Copyable {
  /// List `n` is `numbers[starts[n] ..< starts[n + 1]]`.
  private let starts: Block<UInt32>
  private let numbers: Block<UInt32>

  init(_ lists: [[UInt32]], _ memory: Memory) throws(OutOfMemory) {
    var firsts: [UInt32] = [0]
    for list in lists { firsts.append(firsts[firsts.count - 1] + UInt32(list.count)) }
    let starts = try PlanDraft.block(memory, firsts)
    let numbers = try PlanDraft.block(memory, Array(lists.joined()))
    self.starts = starts
    self.numbers = numbers
  }

  /// Where the numbers of a list stand.
  @inline(__always) func places(of list: UInt32) -> Range<UInt32> {
    starts[list]..<starts[list + 1]
  }
  @inline(__always) subscript(place: UInt32) -> UInt32 { numbers[place] }
}

struct AreaGrid: ~Copyable {
  private let south: Int64
  private let west: Int64
  private let height: Int64
  private let width: Int64
  private let side: Int64
  private let cells: NumberLists

  private static var turn_e7: Int64 { 3_600_000_000 }
  /// About four squares an area; the lists hold so many entries an area at most, else squares are larger.
  private static var cellsPerArea: Int { 4 }
  private static var entriesPerArea: Int { 32 }
  private static var longestSide: Int64 { 512 }

  init(_ areas: [AreaRecord], _ memory: Memory) throws(OutOfMemory) {
    let south = Int64(areas.map(\.south_e7).min() ?? 0)
    let west = Int64(areas.map(\.west_e7).min() ?? 0)
    let high = Int64(areas.map(\.north_e7).max() ?? 0) - south + 1
    let wide = Int64(areas.map(\.east_e7).max() ?? 0) - west + 1
    var side: Int64 = 1
    while side * side < areas.count * Self.cellsPerArea, side < Self.longestSide { side *= 2 }
    func spans(_ area: AreaRecord) -> (rows: ClosedRange<Int64>, columns: ClosedRange<Int64>) {
      let (height, width) = (high / side + 1, wide / side + 1)
      return (
        (Int64(area.south_e7) - south) / height...(Int64(area.north_e7) - south) / height,
        (Int64(area.west_e7) - west) / width...(Int64(area.east_e7) - west) / width
      )
    }
    while side > 1 {
      let entries = areas.reduce(0) { sum, area in
        let (rows, columns) = spans(area)
        return sum + rows.count * columns.count
      }
      if entries <= areas.count * Self.entriesPerArea { break }
      side /= 2
    }
    var lists = [[UInt32]](repeating: [], count: areas.isEmpty ? 0 : Int(side * side))
    for (index, area) in areas.enumerated() {
      let (rows, columns) = spans(area)
      for row in rows {
        for column in columns { lists[Int(row * side + column)].append(UInt32(index)) }
      }
    }
    let cells = try NumberLists(lists, memory)
    self.cells = cells
    self.south = south
    self.west = west
    self.side = areas.isEmpty ? 0 : side
    height = high / side + 1
    width = wide / side + 1
  }

  /// Areas whose box may hold the place; one that goes around the planet may come twice. Areas across 180 degrees count
  /// on past it, so the place is looked for one turn on and one turn back, too.
  @inline(__always) func each(_ lat_e7: Int32, _ lon_e7: Int32, _ body: (UInt32) -> Void) {
    let up = Int64(lat_e7) - south
    guard side > 0, up >= 0, up / height < side else { return }
    var right = Int64(lon_e7) - west - Self.turn_e7
    for _ in 0..<3 {
      if right >= 0, right / width < side {
        let cell = UInt32(up / height * side + right / width)
        for place in cells.places(of: cell) { body(cells[place]) }
      }
      right += Self.turn_e7
    }
  }
}
