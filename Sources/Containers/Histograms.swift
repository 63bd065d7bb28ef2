// Distributions that are recorded on the hot path: a fixed number of log-linear histograms in one allocation, after
// Gil Tene's HdrHistogram. Recording is two additions; nothing grows, a count that is full stays full.

/// `rows` histograms of durations 0 ..< 2^31 (longer ones count as the longest). Below 128 a bucket holds one value;
/// above, 64 buckets an octave, so a percentile is off by at most 1/128 (0.8 %). Count, sum, least and greatest are
/// exact. Record: O(1). Percentile: O(buckets).
public struct Histograms: ~Copyable {
  /// What is exact about one row.
  public struct Summary: BitwiseCopyable, Sendable {
    public var count: Int64 = 0
    public var sum: Int64 = 0
    public var least: Int64 = 0
    public var greatest: Int64 = 0
    public init() {}
  }

  public static var buckets: Int { 1_664 }
  public static var longest: Int64 { Int64(Int32.max) }

  private let counts: Block<UInt32>
  private let summaries: Block<Summary>

  public init(_ memory: Memory, rows: Int) throws(OutOfMemory) {
    let counts = try Block<UInt32>(memory, count: rows * Self.buckets)
    let summaries = try Block<Summary>(memory, count: rows)
    self.counts = counts
    self.summaries = summaries
  }

  public var rows: Int { summaries.count }

  static func bucket(_ value: Int64) -> Int {
    guard value >= 128 else { return Int(max(value, 0)) }
    let exponent = 63 - min(value, longest).leadingZeroBitCount
    let part = Int(min(value, longest) >> Int64(exponent - 6)) - 64
    return 128 + (exponent - 7) * 64 + part
  }

  /// The middle of a bucket's values.
  static func middle(_ bucket: Int) -> Int64 {
    guard bucket >= 128 else { return Int64(bucket) }
    let shift = Int64((bucket - 128) / 64 + 1)
    let low = Int64((bucket - 128) % 64 + 64) << shift
    return low + (Int64(1) << shift) / 2
  }

  public mutating func record(_ value: Int64, row: Int) {
    let value = min(max(value, 0), Self.longest)
    let place = row * Self.buckets + Self.bucket(value)
    if counts[place] != .max { counts[place] += 1 }
    var summary = summaries[row]
    summary.least = summary.count == 0 ? value : min(summary.least, value)
    summary.greatest = max(summary.greatest, value)
    summary.count += 1
    summary.sum &+= value
    summaries[row] = summary
  }

  /// Takes one recorded value out again. Least and greatest are then those of the buckets that are left, so exact only
  /// to their width (0.8 %) when it was the only one of its bucket. O(1), and O(buckets) for an extreme.
  public mutating func remove(_ value: Int64, row: Int) {
    let value = min(max(value, 0), Self.longest)
    let first = row * Self.buckets
    let place = first + Self.bucket(value)
    guard summaries[row].count > 0, counts[place] > 0 else { return }
    if counts[place] != .max { counts[place] -= 1 }
    var summary = summaries[row]
    summary.count -= 1
    summary.sum &-= value
    if summary.count == 0 {
      summary = Summary()
    } else if counts[place] == 0 {
      if value == summary.least {
        let lowest = (Self.bucket(value)..<Self.buckets).first { counts[first + $0] > 0 }
        summary.least = min(Self.middle(lowest ?? Self.bucket(value)), summary.greatest)
      }
      if value == summary.greatest {
        let highest = (0...Self.bucket(value)).last { counts[first + $0] > 0 }
        summary.greatest = max(Self.middle(highest ?? Self.bucket(value)), summary.least)
      }
    }
    summaries[row] = summary
  }

  public func summary(row: Int) -> Summary { summaries[row] }

  /// The least value that `permille` of the row's samples do not exceed; 0 when there is none.
  public func percentile(_ permille: Int64, row: Int) -> Int64 {
    let summary = summaries[row]
    guard summary.count > 0 else { return 0 }
    let rank = max((summary.count * permille + 999) / 1_000, 1)
    var seen: Int64 = 0
    for bucket in 0..<Self.buckets {
      seen += Int64(counts[row * Self.buckets + bucket])
      if seen >= rank {
        return min(max(Self.middle(bucket), summary.least), summary.greatest)
      }
    }
    return summary.greatest
  }

  /// O(buckets).
  public mutating func removeAll(row: Int) {
    (counts.base + row * Self.buckets).update(repeating: 0, count: Self.buckets)
    summaries[row] = Summary()
  }
}

extension Histograms {
  /// One row: the buckets that hold something, each behind its number.
  public mutating func code(row: Int, _ coder: inout StateCoder) {
    var summary = summaries[row]
    coder.code(&summary.count, 0...1 << 48)
    coder.code(&summary.sum)
    coder.code(&summary.least, 0...Self.longest)
    coder.code(&summary.greatest, 0...Self.longest)
    if coder.isReading { summaries[row] = summary }
    let first = row * Self.buckets
    var filled = 0
    for bucket in 0..<Self.buckets where counts[first + bucket] > 0 { filled += 1 }
    coder.code(count: &filled, most: Self.buckets)
    guard !coder.isReading else { return read(filled, first: first, &coder) }
    for bucket in 0..<Self.buckets where counts[first + bucket] > 0 {
      var number = UInt32(bucket)
      coder.code(&number, below: Self.buckets)
      coder.code(&counts[first + bucket])
    }
  }

  private func read(_ filled: Int, first: Int, _ coder: inout StateCoder) {
    var next: UInt32 = 0
    for _ in 0..<filled {
      var number: UInt32 = 0
      coder.code(&number, below: Self.buckets)
      coder.demand(number >= next, "buckets are out of order")
      coder.code(&counts[first + Int(number)])
      next = number + 1
      guard coder.isGood else { return }
    }
  }
}
