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

  /// The row of a place with two nodes: by the formula, at every level, and nothing beyond its end is written.
  @Test func rowsOfPlacesEqualTheFormula() throws {
    var random = SplitMix64(19)
    for _ in 0..<2_000 {
      let count = random.below(300)
      let both = random.below(count + 1)
      let a = try row(&random, count, 1 << 29)
      let c = try row(&random, both, 1 << 29)
      let rests = (0..<2).map { _ in UInt32(random.below(1 << 29)) }
      let most = UInt32(random.below(1 << 29))
      for level in 0...hjk_best_level() {
        let written = try row(&random, count, 1 << 29)
        let before = try Block<UInt32>(.system, count: 512)
        before.base.update(from: written.base, count: 512)
        hjk_place_row(
          written.base, a.base, rests[0], c.base, rests[1], UInt32(both), UInt32(count), most,
          level)
        for index in 0..<512 {
          let one = a.base[index] + rests[0]
          let least = index < both ? min(one, c.base[index] + rests[1]) : one
          #expect(written.base[index] == (index < count ? min(least, most) : before.base[index]))
        }
      }
    }
  }

  @Test func mergedCostsEqualPlainC() throws {
    var random = SplitMix64(11)
    let best = hjk_best_level()
    guard best > 0 else { return }
    for _ in 0..<2_000 {
      let count = random.below(200)
      let padded = (count + 7) / 8 * 8
      let a = try Block<UInt64>(.system, count: 256)
      let start = try Block<UInt64>(.system, count: 256)
      let unreachable = UInt64((1 << 29) - 1) << 33 | UInt64(UInt32.max)
      for index in 0..<padded {
        a.base[index] = index < count ? random.next() >> 2 : unreachable
        start.base[index] = index < count ? random.next() >> 2 : unreachable
      }
      let through = random.next() >> 3
      for level in 1...best {
        let slow = try Block<UInt64>(.system, count: 256)
        let fast = try Block<UInt64>(.system, count: 256)
        slow.base.update(from: start.base, count: 256)
        fast.base.update(from: start.base, count: 256)
        let slowVia = try Block<UInt8>(.system, count: 256)
        let fastVia = try Block<UInt8>(.system, count: 256)
        hjk_merge_costs(slow.base, slowVia.base, a.base, through, 3, UInt32(count), 0)
        hjk_merge_costs(fast.base, fastVia.base, a.base, through, 3, UInt32(count), level)
        for index in 0..<count {
          #expect(slow.base[index] == fast.base[index])
          #expect(slowVia.base[index] == fastVia.base[index])
        }
      }
    }
  }
}
