// The lane of live traffic: streets become slower, close, and open again, while everything else goes on.

import CHujia
import HujiaHostKit

/// Reports street times, a batch an act; the library builds epochs of them on its own threads.
final class TrafficProducer: Producer, @unchecked Sendable {
  private let streets: [hj_street_time]
  private var next = 0

  init(streets: [hj_street_time], _ pacing: Pacing, _ host: Host, seconds: Int) {
    self.streets = streets
    super.init(.traffic, pacing, host, seconds: seconds)
  }

  override func act() -> Outcome {
    let (status, isTaken) = host.streetTime(streets[next])
    next = (next + 1) % streets.count
    if status == HJ_FULL { return .fullness }
    return isTaken ? .taken : .refusal
  }
}

extension Feeds {
  /// Streets of the map: of ten, seven become slower, one is closed, two are as mapped again; every thousandth is one
  /// that the map does not have. No street stays closed for long: the list begins anew.
  static func streetTimes(
    ids: [UInt64], count: Int, random: inout SplitMix64
  ) -> [hj_street_time] {
    let unknown = (ids.max() ?? 0) &+ 1
    return (1...count).map { number in
      var time = hj_street_time()
      let isBroken = number % brokenEvery == 0 || ids.isEmpty
      time.street_id = isBroken ? unknown : ids[Int.random(in: 0..<ids.count, using: &random)]
      let draw = random.share()
      time.travel_ms =
        draw < 0.7
        ? UInt32.random(in: 1_000...120_000, using: &random)
        : draw < 0.8 ? HJ_STREET_CLOSED : HJ_STREET_AS_MAPPED
      return time
    }
  }
}
