// Remembered answers beside a slow twin: an array of all answers ever. A second core gets each command once, without a
// client; both must stay alike whatever comes again.

import HujiaContainers
import HujiaTestSupport
import Testing

@testable import HujiaEngine

@Suite struct AnswerTests {
  /// What was answered, and what a client may ask again for.
  private struct Told {
    var client: Client
    var request: UInt64
    var bytes: UInt64
    var status: Status
    var lines: [String]
  }

  /// Nothing is ever thrown away; what still counts is worked out from all of it.
  private struct SlowAnswers {
    let limit: Int
    var told: [Told] = []
    /// Clients in the order of their newest request, oldest first.
    var order: [Client] = []
    /// How many of `told` were there when a client last took a place.
    var since: [UInt64: Int] = [:]

    mutating func use(_ client: Client) {
      if let place = order.firstIndex(of: client) {
        order.remove(at: place)
      } else {
        if order.count == limit { order.removeFirst() }
        since[client.low] = told.count
      }
      order.append(client)
    }

    func known(_ client: Client, _ request: UInt64) -> Told? {
      let own = told[(since[client.low] ?? 0)...].filter { $0.client == client }
      return own.suffix(AnswerTable.perClient).first { $0.request == request }
    }
  }

  private func lines(_ decision: Decision) -> [String] {
    let answer = decision.answer
    var lines = [
      "\(answer.incidentID) \(answer.state) \(answer.tier) \(answer.shortfall.rawValue)",
      "\(answer.plan) \(answer.count) \(answer.epoch) \(decision.slice)",
    ]
    for place in 0..<answer.count { lines.append("\(decision.chosen[place])") }
    return lines
  }

  private func apply(_ bench: Bench, _ command: Command, _ decision: inout Decision) -> Status {
    var turn = Turn(moment: bench.core.time, feed: bench.core.feed)
    return bench.core.apply(command, &turn, into: &decision)
  }

  private func change(_ bench: Bench, _ random: inout SplitMix64, _ ids: [UInt64]) -> Change {
    let id = ids.isEmpty || random.chance(10) ? random.next() : ids[random.below(ids.count)]
    let unit = UInt64(1 + random.below(12))
    switch random.below(8) {
    case 0..<3:
      var report = bench.call(
        bench.node(random.below(20)), tier: Tier(rawValue: UInt8(1 + random.below(4))) ?? .urgent)
      report.needs = random.chance(70) ? 0 : UInt64(random.below(4))
      return .report(report)
    case 3:
      return .end(
        incident: id, as: random.chance(50) ? .closed : .cancelled, disposition: 1, wall_us: 0)
    case 4: return .assign(incident: id, unit: unit, wall_us: 0)
    case 5: return .setActivity(Activity.allCases[random.below(12)], unit: unit, wall_us: 0)
    case 6: return .removeUnit(unit)
    default:
      return .putUnit(
        UnitDescription(
          id: unit, kind: 0, agency: 0, capabilities: UInt64(random.below(4)), homeBeat: 0, crew: 0,
          activity: .patrolling, shiftEnd_us: 0, place: bench.node(random.below(20)),
          hasPosition: true))
    }
  }

  private func compare(_ seed: UInt64) throws {
    var random = SplitMix64(seed)
    let limit = 1 + random.below(4)
    let bench = try Bench(Bench.row(), incidents: 8, clients: limit)
    let plain = try Bench(Bench.row(), incidents: 8)
    var slow = SlowAnswers(limit: limit)
    var ids: [UInt64] = []
    var commands: [Command] = []
    for step in 0..<400 {
      // A new request, one that came before, or a known number with something else.
      var command = Command(
        change(bench, &random, ids), act: Act(operatorID: UInt64(random.below(2)), reason: 1),
        client: Client(low: UInt64(1 + random.below(6))), request: UInt64(1 + random.below(120)))
      if random.chance(50), !commands.isEmpty {
        let near = min(commands.count, random.chance(50) ? 8 : 400)
        command = commands[commands.count - 1 - random.below(near)]
      }
      commands.append(command)
      slow.use(command.client)
      let known = slow.known(command.client, command.request)
      var decision = Decision()
      decision.answer.plan = 99  // whatever the caller had there
      let status = apply(bench, command, &decision)
      let note = "seed \(seed), step \(step)"
      if let known {
        if known.bytes == command.digest() {
          check(status, equals: known.status, "\(note): \(status), not \(known.status)")
          check(
            lines(decision), equals: known.lines, "\(note): \(lines(decision)), not \(known.lines)")
        } else {
          check(status, equals: .conflict, "\(note): \(status) for another command")
        }
        check(bench.drain().isEmpty, "\(note): something happened again")
        continue
      }
      var once = Decision()
      let expected = apply(plain, Command(command.change, act: command.act), &once)
      check(status, equals: expected, "\(note): \(status), not \(expected)")
      check(lines(decision), equals: lines(once), "\(note): \(lines(decision)), not \(lines(once))")
      let happened = bench.drain().map { "\($0)" }
      let expectedEvents = plain.drain().map { "\($0)" }
      check(happened, equals: expectedEvents, "\(note): \(happened), not \(expectedEvents)")
      if decision.answer.incidentID != 0 { ids.append(decision.answer.incidentID) }
      slow.told.append(
        Told(
          client: command.client, request: command.request, bytes: command.digest(), status: status,
          lines: lines(decision)))
    }
  }

  @Test func besideAnArrayOfAllAnswersEver() throws {
    for seed in 0..<UInt64(Scale.count(20, full: 1_000)) { try compare(seed) }
  }

  /// The oldest of 65 answers is gone, and its request is a new one.
  @Test func theLastSixtyFour() throws {
    let bench = try Bench(Bench.row(), incidents: 200, clients: 1)
    func ask(_ request: UInt64) -> UInt64 {
      var decision = Decision()
      let command = Command(
        .report(bench.call(bench.node(0))), client: Client(high: 7), request: request)
      check(apply(bench, command, &decision), equals: .ok)
      return decision.answer.incidentID
    }
    let first = (1...64).map { ask(UInt64($0)) }
    for request in 1...64 { check(ask(UInt64(request)), equals: first[request - 1], "\(request)") }
    check(bench.counter(Counter.incidentsOpened), equals: 64)
    let next = ask(65)
    check(ask(65) == next && ask(2) == first[1])
    check(ask(1), isNot: first[0])
    check(bench.counter(Counter.incidentsOpened), equals: 66)
  }

  /// The host's own process, a request without a number, and an engine that remembers nobody: each command acts.
  @Test func nobodyIsRemembered() throws {
    for (client, request, limit) in [
      (Client(), 5, 4), (Client(high: 1), 0, 4), (Client(low: 1), 5, 0),
    ] as [(Client, UInt64, Int)] {
      let bench = try Bench(Bench.row(), clients: limit)
      let command = Command(
        .report(bench.call(bench.node(0))), client: client, request: request)
      for _ in 0..<2 {
        var decision = Decision()
        check(apply(bench, command, &decision), equals: .ok)
      }
      check(bench.counter(Counter.incidentsOpened), equals: 2)
    }
  }

  /// A batch from another program: what was accepted the first time is said again.
  @Test func aBatchOnce() throws {
    let bench = try Bench(Bench.row(), watches: 8, clients: 2)
    _ = bench.core.put(watch: WatchDescription(id: 1, lat_e7: 0, lon_e7: 0, place: bench.node(0)))
    let beats = (0..<25).map { Heartbeat(watchID: $0 % 2 == 0 ? 1 : 2, wall_us: 0) }
    beats.withUnsafeBytes { raw in
      guard let base = raw.baseAddress else { return }
      let stride = MemoryLayout<Heartbeat>.stride
      let batch = Beats(watches: base, times_us: base + 8, stride: stride, count: beats.count)
      let less = Beats(watches: base, times_us: base + 8, stride: stride, count: 24)
      var decision = Decision()
      let command = Command(.beats(batch), client: Client(low: 3), request: 1)
      check(apply(bench, command, &decision) == .ok && decision.slice.done == 13)
      let beaten = bench.counter(Counter.watchBeats)
      decision = Decision()
      check(apply(bench, command, &decision) == .ok && decision.slice.done == 13)
      check(bench.counter(Counter.watchBeats), equals: beaten)
      let other = Command(.beats(less), client: Client(low: 3), request: 1)
      check(apply(bench, other, &decision), equals: .conflict)
    }
  }
}
