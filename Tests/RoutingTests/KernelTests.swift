import CHujiaKernels
import HujiaContainers
import Testing

/// The label scans give the same at every vector width that this processor has. Level 0 is plain C.
@Suite struct KernelTests {
  private func row(_ random: inout SplitMix64, _ count: Int, _ most: Int) throws -> Block<UInt32> {
    let block = try Block<UInt32>(.system, count: 512)
    for index in 0..<512 {
      block.base[index] = UInt32(random.below(index < count ? most : 1 << 29))
    }
    return block
  }

  @Test func everyLevelEqualsPlainC() throws {
    var random = SplitMix64(7)
    let best = hjk_best_level()
    for turn in 0..<4_000 {
      let count = random.below(300)
      let most = turn % 3 == 0 ? 40 : 1 << 29
      let a = try row(&random, count, most)
      let b = try row(&random, count, most)
      let length = UInt32(count)
      let least = hjk_least_sum(a.base, b.base, length, 0)
      var plainLeast = UInt32.max
      for index in 0..<count { plainLeast = min(plainLeast, a.base[index] + b.base[index]) }
      #expect(least == plainLeast)
      let from = UInt32(random.below(count + 1))
      let place = hjk_find_sum(a.base, b.base, from, length, least, 0)
      var plainPlace = from
      while plainPlace < length, a.base[Int(plainPlace)] + b.base[Int(plainPlace)] != least {
        plainPlace += 1
      }
      #expect(place == plainPlace)
      let add = UInt32(random.below(most))
      try comparePlaces(a, b, count, &random)
      guard best > 0 else { continue }
      for level in 1...best {
        #expect(hjk_find_sum(a.base, b.base, from, length, least, level) == place)
        #expect(hjk_least_sum(a.base, b.base, length, level) == least)
        let slow = try row(&random, count, most)
        let fast = try Block<UInt32>(.system, count: 512)
        fast.base.update(from: slow.base, count: 512)
        #expect(
          hjk_lower_row(slow.base, a.base, add, length, 0)
            == hjk_lower_row(fast.base, a.base, add, length, level))
        for index in 0..<count { #expect(slow.base[index] == fast.base[index]) }
        #expect(
          hjk_copy_row(slow.base, b.base, length, 0)
            == hjk_copy_row(fast.base, b.base, length, level))
        for index in 0..<count { #expect(slow.base[index] == fast.base[index]) }
      }
    }
  }

  /// Places with two nodes: by the formula, and at every level.
  private func comparePlaces(
    _ a: borrowing Block<UInt32>, _ b: borrowing Block<UInt32>, _ count: Int,
    _ random: inout SplitMix64
  ) throws {
    let c = try row(&random, count, 1 << 29)
    let d = try row(&random, count, 1 << 29)
    let rests = (0..<4).map { _ in UInt32(random.below(1 << 29)) }
    var two = UInt32.max
    var four = UInt32.max
    for index in 0..<count {
      let up = min(a.base[index] + rests[0], c.base[index] + rests[1])
      two = min(two, up + b.base[index])
      four = min(four, up + min(b.base[index] + rests[2], d.base[index] + rests[3]))
    }
    for level in 0...hjk_best_level() {
      #expect(
        hjk_least_sum2(a.base, rests[0], c.base, rests[1], b.base, UInt32(count), level) == two)
      #expect(
        hjk_least_sum4(
          a.base, rests[0], c.base, rests[1], b.base, rests[2], d.base, rests[3], UInt32(count),
          level) == four)
    }
  }

  private struct Row {
    var depth: Int
    var base: [UInt32]
  }

  /// Rows of a path of the tree, each whole to the next multiple of 16; random ways over them, the deepest first.
  @Test func leastRowsEqualTheFormula() throws {
    var random = SplitMix64(19)
    let deepest = (0..<20).map { _ in random.below(300) }.sorted(by: >)
    let rows = try deepest.map { depth in
      let row = try row(&random, depth + 1, 1 << 29)
      return Row(depth: depth, base: (0..<512).map { $0 <= depth ? row.base[$0] : (1 << 29) - 1 })
    }
    for _ in 0..<2_000 {
      let ways = rows.filter { _ in random.chance(30) }
      let costs = ways.map { _ in UInt32(random.below(1 << 29)) }
      let count = random.below((ways.first?.depth ?? 20) + 2)
      let most = UInt32(random.below(1 << 29))
      let blocks = try Block<UInt32>(.system, count: 512 * max(ways.count, 1))
      for (index, way) in ways.enumerated() {
        for entry in 0..<512 { blocks.base[index * 512 + entry] = way.base[entry] }
      }
      let pointers: [UnsafePointer<UInt32>?] = ways.indices.map {
        UnsafePointer(blocks.base + $0 * 512)
      }
      let depths = ways.map { UInt32($0.depth) }
      for level in 0...hjk_best_level() {
        let written = try row(&random, count, 1 << 29)
        let before = (0..<512).map { written.base[$0] }
        hjk_least_rows(
          written.base, pointers, costs, depths, UInt32(ways.count), UInt32(count), most, level)
        for index in 0..<512 where index < count || index >= (count + 15) / 16 * 16 {
          var least = most
          for (way, cost) in zip(ways, costs) where way.depth >= index {
            least = min(least, way.base[index] + cost)
          }
          #expect(written.base[index] == (index < count ? least : before[index]))
        }
      }
    }
  }

  private static var unreachable: UInt64 { UInt64((1 << 29) - 1) << 33 }

  /// Few times and lengths, so that ways tie; some lengths near the end of their 32 bits.
  private func cost(_ random: inout SplitMix64) -> UInt64 {
    if random.chance(10) { return Self.unreachable }
    let length =
      random.chance(20) ? UInt64(UInt32.max) - UInt64(random.below(9)) : UInt64(random.below(9))
    return UInt64(random.below(9)) << 33 | length
  }

  @Test func sweptRowsEqualTheFormula() throws {
    var random = SplitMix64(11)
    let stride = 320
    for turn in 0..<600 {
      let depth = turn < 40 ? turn : random.below(300)
      let rows = try Block<UInt64>(
        .system, count: stride * (depth + 1), filledWith: Self.unreachable)
      for above in 0..<depth {
        for entry in 0...above { rows.base[above * stride + entry] = cost(&random) }
      }
      let depths = (0..<depth).filter { _ in random.chance(20) }.map { UInt16($0) }
      let costs = depths.map { _ in cost(&random) }
      for level in 0...hjk_best_level() {
        let times = try Block<UInt32>(.system, count: 512, filledWith: 7)
        let lengths = try Block<UInt32>(.system, count: 512, filledWith: 7)
        let own = rows.base + depth * stride
        hjk_sweep_row(
          own, times.base, lengths.base, rows.base, UInt64(stride), depths, costs,
          UInt32(depths.count), UInt32(depth), level)
        for entry in 0..<512 {
          var least = Self.unreachable
          for (above, cost) in zip(depths, costs) where Int(above) >= entry {
            least = min(least, cost + rows.base[Int(above) * stride + entry])
          }
          if least & (1 << 32) != 0 { least = (least | 0xffff_ffff) & ~(1 << 32) }
          if entry == depth { least = 0 }
          if entry > depth { least = Self.unreachable }
          let isWritten = entry < (depth + 16) / 16 * 16
          if entry < (depth + 8) / 8 * 8 { #expect(own[entry] == least) }
          #expect(times.base[entry] == (isWritten ? UInt32(least >> 33) : 7))
          #expect(lengths.base[entry] == (isWritten ? UInt32(truncatingIfNeeded: least) : 7))
        }
      }
    }
  }

  /// The same with lengths.
  @Test func leastRowsApartEqualTheFormula() throws {
    var random = SplitMix64(23)
    for _ in 0..<600 {
      let depths = (0..<random.below(12)).map { _ in UInt32(random.below(300)) }.sorted(by: >)
      let rows = depths.map { depth in
        (0..<320).map { $0 <= Int(depth) ? cost(&random) : Self.unreachable }
      }
      let costs = depths.map { _ in cost(&random) }
      let count = random.below(Int(depths.first ?? 20) + 2)
      let blocks = try Block<UInt32>(.system, count: 640 * max(rows.count, 1))
      for (index, row) in rows.enumerated() {
        for entry in 0..<320 {
          blocks.base[index * 640 + entry] = UInt32(row[entry] >> 33)
          blocks.base[index * 640 + 320 + entry] = UInt32(truncatingIfNeeded: row[entry])
        }
      }
      let times: [UnsafePointer<UInt32>?] = rows.indices.map {
        UnsafePointer(blocks.base + $0 * 640)
      }
      let lengths: [UnsafePointer<UInt32>?] = rows.indices.map {
        UnsafePointer(blocks.base + $0 * 640 + 320)
      }
      for level in 0...hjk_best_level() {
        let found = try Block<UInt32>(.system, count: 1_024, filledWith: 7)
        hjk_least_rows_apart(
          found.base, found.base + 512, times, lengths, costs, depths, UInt32(rows.count),
          UInt32(count), level)
        for index in 0..<512 where index < count || index >= (count + 7) / 8 * 8 {
          var least = Self.unreachable
          for way in rows.indices where Int(depths[way]) >= index && index < 320 {
            least = min(least, rows[way][index] + costs[way])
          }
          if least & (1 << 32) != 0 { least = (least | 0xffff_ffff) & ~(1 << 32) }
          #expect(found.base[index] == (index < count ? UInt32(least >> 33) : 7))
          #expect(
            found.base[512 + index] == (index < count ? UInt32(truncatingIfNeeded: least) : 7))
        }
      }
    }
  }

  @Test func rowsMergedApartEqualTheFormula() throws {
    var random = SplitMix64(12)
    for _ in 0..<600 {
      let count = random.below(300)
      let start = (0..<512).map { _ in cost(&random) }
      let heads = (0..<512).map { _ in cost(&random) }
      let through = cost(&random)
      let times = heads.map { UInt32($0 >> 33) }
      let lengths = heads.map { UInt32(truncatingIfNeeded: $0) }
      for level in 0...hjk_best_level() {
        var row = start
        hjk_merge_apart(&row, times, lengths, through, UInt32(count), level)
        for index in 0..<512 {
          let sum = through + heads[index]
          #expect(row[index] == (index < count ? min(start[index], sum) : start[index]))
        }
      }
    }
  }
}
