// Events on their way out, and the descriptor that wakes the host for them.

import CHujiaBaton
import HujiaContainers
import HujiaEngine

extension EngineDriver {
  /// Takes up to `most` events out, oldest first, into records of `stride` bytes at `space`, each written by `put`.
  /// Fires deadlines that waited for the room. In slices: other calls and deadlines come in between. Returns how many.
  package func takeEvents(
    _ most: Int, into space: UnsafeMutableRawPointer, stride: Int, _ put: EventRoom.Put
  ) -> Int {
    let again = hasRepeatedEvents ? takeAllRepeated(most, into: space, stride: stride, put) : 0
    // Those that are left come before all others.
    if hasRepeatedEvents { return again }
    return withBlank(Decision.self) { decision in
      var taken = again
      while taken < most {
        var room = EventRoom(
          most: min(most - taken, Self.eventSlice), decisions: Self.decisionSlice)
        room.space = space + taken * stride
        room.stride = stride
        room.put = put
        guard submitOwn(.takeEvents(room), into: &decision) == .ok else { break }
        taken += decision.slice.done
        if decision.slice.done < room.most { break }
      }
      return taken
    }
  }

  /// Those that may have been read before the engine was rebuilt come first: their numbers are lower.
  @inline(never)
  private func takeAllRepeated(
    _ most: Int, into space: UnsafeMutableRawPointer, stride: Int, _ put: EventRoom.Put
  ) -> Int {
    var taken = 0
    while taken < most, hasRepeatedEvents {
      let slice = takeRepeated(
        most - taken, into: space + taken * stride, stride: stride, put)
      if slice == 0 { break }
      taken += slice
    }
    return taken
  }

  private func takeRepeated(
    _ most: Int, into space: UnsafeMutableRawPointer, stride: Int, _ put: EventRoom.Put
  ) -> Int {
    turnHere { _, _ in
      var taken = 0
      while taken < min(most, Self.eventSlice), var event = journal?.takeRepeated() {
        put(space + taken * stride, stride, &event)
        taken += 1
      }
      hasRepeated = journal?.hasRepeated ?? false
      return taken
    }
  }

  /// A look without the baton: opening makes them, and reading takes them away.
  private var hasRepeatedEvents: Bool { journal != nil && hasRepeated }

  /// The same, as they are. Returns how many were taken.
  package func takeEvents(into events: UnsafeMutableBufferPointer<Event>) -> Int {
    guard let space = events.baseAddress else { return 0 }
    return takeEvents(events.count, into: space, stride: MemoryLayout<Event>.stride) {
      $0.copyMemory(from: $2, byteCount: MemoryLayout<Event>.size)
    }
  }

  /// Events handed over in one turn, and as many deadlines fired into their room.
  static let eventSlice = 256

  /// Under the baton: the descriptor rings while events wait, and else is silent.
  @inline(never) func followOutbox() {
    isSignalled = !isSignalled
    guard isSignalled else { return hujia_hush(eventDescriptor) }
    core.pointee.counters.set(Counter.eventsWaiting, Int64(core.pointee.outbox.count))
    hujia_ring(eventDescriptor)
  }
}
