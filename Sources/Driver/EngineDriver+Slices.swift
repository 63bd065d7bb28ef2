// Long work of one call, in slices: the baton is free between two, so other calls and deadlines come in between. A
// slice is a number of records, never a time.

import HujiaContainers
import HujiaEngine

extension EngineDriver {
  /// Moves every open incident's clocks to the plans of now; how many were moved. A drain ends it between two slices.
  package func migrateClocks() -> (status: Status, migrated: UInt32) {
    withBlank(Decision.self) { decision in
      var migrated: UInt32 = 0
      var command = Command(.migrateSlice(from: 0))
      repeat {
        let status = submit(&command, into: &decision)
        guard status == .ok else { return (status, migrated) }
        migrated += UInt32(decision.slice.done)
        command.change = .migrateSlice(from: decision.slice.next)
      } while decision.slice.hasMore
      return (.ok, migrated)
    }
  }

  /// The newest breaches, at most `capacity`, newest first; those that come meanwhile are not among them. Returns how
  /// many were written. `body` runs under the baton: it copies, and no more.
  package func readBreaches(_ capacity: Int, _ body: (Int, Breach, Int64) -> Void) -> Int {
    var written = 0
    var next: UInt32?
    while written < capacity {
      let first = written
      let slice = turnHere { core, turn in
        var number = next ?? core.breaches.newest
        var count = 0
        while count < min(capacity - first, Self.breachSlice),
          let breach = core.breaches.breach(number: number)
        {
          body(first + count, breach, turn.moment.now_ns)
          count += 1
          number -= 1
        }
        return (count: count, number: number)
      }
      written += slice.count
      next = slice.number
      if slice.count < Self.breachSlice { break }
    }
    return written
  }

  /// Takes heartbeats in, in slices, so that others get the baton in between. How many were accepted; a status
  /// other than ok ended it in front of a slice, such as a ring that is nearly full.
  package func takeBeats(_ beats: Beats) -> (status: Status, accepted: Int) {
    withBlank(Decision.self) { decision in
      var accepted = 0
      var next = 0
      while next < beats.count {
        var slice = beats
        slice.watches += next * beats.stride
        slice.times_us += next * beats.stride
        slice.count = min(Self.beatSlice, beats.count - next)
        var command = Command(.beats(slice))
        let status = submit(&command, into: &decision)
        guard status == .ok else { return (status, accepted) }
        accepted += decision.slice.done
        next += slice.count
      }
      return (.ok, accepted)
    }
  }

  package func takeBeats(
    _ beats: UnsafeBufferPointer<Heartbeat>
  ) -> (status: Status, accepted: Int) {
    guard let first = UnsafeRawPointer(beats.baseAddress),
      let watch = MemoryLayout<Heartbeat>.offset(of: \.watchID),
      let time = MemoryLayout<Heartbeat>.offset(of: \.wall_us)
    else { return (.ok, 0) }
    return takeBeats(
      Beats(
        watches: first + watch, times_us: first + time, stride: MemoryLayout<Heartbeat>.stride,
        count: beats.count))
  }

  /// What the plans of now mean for units, watches and what waits, until nothing is left of it.
  func finishBackgroundWork() {
    withBlank(Decision.self) { decision in
      repeat {
        guard
          submitOwn(.background(offerSteps: EngineCore.offerSlice), into: &decision) == .ok
        else { return }
      } while decision.slice.hasMore
    }
  }

  static let breachSlice = 1_024
  static let beatSlice = 256
}
