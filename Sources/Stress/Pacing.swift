// When a producer acts. Open loop: the k-th act is due at a time fixed beforehand, whatever the engine does, and
// latency counts from there, so a stall is seen by everything that was due in it (coordinated omission). Closed loop:
// at once.

import HujiaHostKit

/// How fast a lane goes.
package enum Rate: Equatable, Sendable {
  case perSecond(Int)
  /// Closed loop: the next as soon as the last has returned.
  case max

  package init?(_ text: String) {
    if text == "max" {
      self = .max
      return
    }
    guard let number = Int(text.filter { $0 != "_" && $0 != "," }), number >= 0,
      number <= 100_000_000
    else { return nil }
    self = .perSecond(number)
  }

  var text: String {
    switch self {
    case .perSecond(let rate): "\(Thousands.text(rate))/s"
    case .max: "closed loop"
    }
  }
}

/// The due times of one producer: act k carries `batch` items and is due when its last item is.
struct Pacing {
  let rate: Rate
  let batch: Int
  /// Moves this producer against the others of its lane, so that they do not act in step.
  let offset_ns: Int64
  /// The last stretch before an act is spun, not slept, because waking takes tens of microseconds: a twentieth of the
  /// pause between two acts, half a millisecond at most. So waiting never costs more than 5 % of a core a producer.
  let spin_ns: Int64

  init(rate: Rate, batch: Int = 1, offset_ns: Int64 = 0) {
    self.rate = rate
    self.batch = batch
    self.offset_ns = offset_ns
    guard case .perSecond(let items) = rate, items > 0 else {
      spin_ns = 0
      return
    }
    spin_ns = min(Int64(batch) * 1_000_000_000 / Int64(items) / 20, 500_000)
  }

  /// Nanoseconds after the start; nil in closed loop. Exact: no rounding adds up.
  func due_ns(_ act: Int) -> Int64? {
    guard case .perSecond(let items) = rate else { return nil }
    guard items > 0 else { return .max }
    let item = Int64(act + 1) * Int64(batch) - 1
    let rate = Int64(items)
    return offset_ns + item / rate * 1_000_000_000 + item % rate * 1_000_000_000 / rate
  }

  /// Acts that are due before a time.
  func acts(before_ns: Int64) -> Int {
    guard case .perSecond(let items) = rate, items > 0 else { return 0 }
    var low = 0
    var high = Int(before_ns / 1_000_000_000 + 2) * items / batch + 1
    while low < high {
      let middle = (low + high) / 2
      if (due_ns(middle) ?? .max) < before_ns { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Sleeps, then spins. Gaps in the spinning of over 0.1 ms are times when the machine took the core away.
  func wait(until_ns: Int64, gaps: inout Gaps) {
    var now_ns = HostClock.now_ns
    if until_ns - now_ns > spin_ns {
      HostClock.sleep(until_ns: until_ns - spin_ns)
      now_ns = HostClock.now_ns
    }
    let began_ns = now_ns
    while now_ns < until_ns {
      let next_ns = HostClock.now_ns
      gaps.note(next_ns - now_ns)
      now_ns = next_ns
    }
    gaps.spun_ns += now_ns - began_ns
  }

  /// Divides a lane's rate among its producers; what does not divide goes to the first ones.
  static func share(_ rate: Rate, producer: Int, of count: Int, batch: Int = 1) -> Pacing {
    guard case .perSecond(let items) = rate else { return Pacing(rate: .max, batch: batch) }
    let own = items / count + (producer < items % count ? 1 : 0)
    let pause_ns = own > 0 ? Int64(batch) * 1_000_000_000 / Int64(own) : 0
    return Pacing(
      rate: .perSecond(own), batch: batch,
      offset_ns: pause_ns * Int64(producer) / Int64(count))
  }

  /// A batch that keeps a producer at about 2,000 acts a second.
  static func batch(for rate: Rate, producers: Int) -> Int {
    guard case .perSecond(let items) = rate else { return 64 }
    var batch = 1
    while batch < 1_024, items / producers / batch > 2_000 { batch *= 2 }
    return batch
  }
}

/// Times when a thread that only waited was not on a core.
package struct Gaps {
  static let least_ns: Int64 = 100_000
  package private(set) var count = 0
  private(set) var worst_ns: Int64 = 0
  private(set) var lost_ns: Int64 = 0
  package internal(set) var spun_ns: Int64 = 0

  mutating func note(_ gap_ns: Int64) {
    guard gap_ns > Self.least_ns else { return }
    count += 1
    lost_ns += gap_ns
    worst_ns = Swift.max(worst_ns, gap_ns)
  }

  mutating func add(_ other: Gaps) {
    count += other.count
    lost_ns += other.lost_ns
    spun_ns += other.spun_ns
    worst_ns = Swift.max(worst_ns, other.worst_ns)
  }
}
