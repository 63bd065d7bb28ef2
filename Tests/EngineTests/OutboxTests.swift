// A bounded outbox beside a log without bounds: what is read is the log without what was lost, with the same numbers;
// each gap is told once, before what lies behind it, and no number depends on when somebody reads.

import HujiaTestSupport
import Testing

@testable import HujiaEngine

@Suite struct OutboxTests {
  private struct Line: Equatable {
    var sequence: UInt64
    var kind: EventKind
    var mark: UInt64
  }

  /// Takes up to `most` events and checks each against the log.
  private func read(
    _ outbox: inout Outbox, _ log: [Line], _ lost: Set<UInt64>, most: Int, told: inout UInt64,
    losses: inout Int
  ) {
    for _ in 0..<most {
      guard let event = outbox.popFirst() else {
        check(told, equals: UInt64(log.count), "nothing waits and nothing is left untold")
        return
      }
      if event.kind == .overflow {
        check(event.step, above: 0)
        check(event.sequence, equals: told + UInt64(event.step))
        check(
          (told + 1...event.sequence).allSatisfy(lost.contains), "only what was lost is told so")
        check(event.wall_us, equals: Int64(event.sequence), "the time of the last lost event")
        losses += Int(event.step)
      } else {
        check(event.sequence, equals: told + 1, "no gap without a word")
        let line = Line(sequence: event.sequence, kind: event.kind, mark: event.incidentID)
        check(log[Int(event.sequence) - 1], equals: line)
        check(!lost.contains(event.sequence))
      }
      told = event.sequence
    }
  }

  @Test(arguments: 1...60 as ClosedRange<UInt64>)
  func whatIsReadIsTheLogWithoutWhatWasLost(_ seed: UInt64) throws {
    var random = SplitMix64(seed)
    let alarms = 1 + Int(random.below(4))
    var outbox = try Outbox(
      .system, ordinary: 1 + Int(random.below(8)), reserved: 1 + Int(random.below(6)),
      alarms: alarms)
    let kinds: [EventKind] = [.incident, .assignment, .decided, .escalation, .warning, .alarm]
    var log: [Line] = []
    var lost: Set<UInt64> = []
    var told: UInt64 = 0
    var losses = 0
    for _ in 0..<2_000 {
      for _ in 0..<random.below(10) {
        let kind = kinds[Int(random.below(random.below(3) == 0 ? 6 : 3))]
        if kind == .alarm, !outbox.hasRoomForAlarm { continue }
        if kind == .escalation || kind == .warning, !outbox.hasRoomForEscalation { continue }
        let sequence = UInt64(log.count) + 1
        var event = Event(kind)
        event.incidentID = random.next()
        event.wall_us = Int64(sequence)
        log.append(Line(sequence: sequence, kind: kind, mark: event.incidentID))
        let isTaken = outbox.append(event, wall_us: 0, epoch: 0) != nil
        check(isTaken || !kind.isReserved, "a promise is never lost")
        if !isTaken { lost.insert(sequence) }
        check(outbox.count, above: 0, "also when all that waits is a gap")
      }
      if random.below(3) == 0 {
        let most = Int(random.below(random.below(4) == 0 ? 100 : 6))
        read(&outbox, log, lost, most: most, told: &told, losses: &losses)
      }
    }
    read(&outbox, log, lost, most: .max, told: &told, losses: &losses)
    check(losses, equals: lost.count)
    check(losses, above: 100)
    check(outbox.count, equals: 0)
    checkNil(outbox.popFirst())
  }

  /// The same commands, read always or never: the numbers of what happened are the same.
  @Test func numbersDependOnCommandsOnly() throws {
    func tell(reading: Bool) throws -> [UInt64: UInt64] {
      let bench = try Bench(Bench.row(), events: 16)
      var numbers: [UInt64: UInt64] = [:]
      func drain() {
        for event in bench.drain() where event.kind.isReserved {
          numbers[event.sequence] = event.incidentID ^ UInt64(event.step)
        }
      }
      for second in 1...40 as ClosedRange<Int64> {
        bench.open(at: Int(second % 10))
        bench.poll(second * 5 * Bench.second_ns)
        if reading { drain() }
      }
      drain()
      return numbers
    }
    let read = try tell(reading: true)
    let unread = try tell(reading: false)
    check(read, equals: unread)
    check(read.count, above: 20)
  }

  /// Alarms have room of their own; what has none is found again when there is some.
  @Test func anAlarmIsNeverLost() throws {
    let bench = try Bench(
      Bench.row(), incidents: 2_048, assignments: 1, events: 16, watches: 0)
    bench.losesDeadlines = true
    for _ in 0..<1_500 { bench.open(at: 1, tier: .emergency) }
    for slot in 0..<UInt32(bench.core.clocks.count)
    where bench.core.clocks.isArmed(slot) && bench.core.clocks[slot].kind == .pending {
      bench.core.clocks.lose(slot)
    }
    var alarms: Set<UInt64> = []
    bench.poll(s: 70)
    for pass in 0..<4 {
      bench.core.time.now_ns = (72 + Int64(pass)) * Bench.second_ns
      repeat { _ = bench.core.audit(now: true) } while bench.core.auditState.isUnderWay
      if pass == 0 { check(!bench.core.outbox.hasRoomForAlarm) }
      for event in bench.drain() where event.kind == .alarm {
        check(alarms.insert(event.incidentID).inserted, "each once")
      }
    }
    check(alarms.count, equals: 1_500, "\(alarms.count)")
  }
}
