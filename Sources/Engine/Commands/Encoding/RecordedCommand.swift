// Read first in this folder. A command as it stands on record: in bytes of its own, never the value's memory. What a
// command points at stands there by what names it (plans, an epoch) or element by element (heartbeats). commands.json
// says how; scripts/contract makes the encoder and the decoder from it.

/// Some heartbeats of a batch: as many as one record holds.
package struct RecordedBeats: BitwiseCopyable {
  package static var most: Int { 11 }
  package var elements: InlineArray<11, Heartbeat>
  package var count = 0
  package init() { elements = .init(repeating: Heartbeat(watchID: 0, wall_us: 0)) }

  /// Those of a batch from `first` on.
  package init(_ beats: Beats, from first: Int) {
    self.init()
    while count < Self.most, first + count < beats.count {
      elements[count] = beats[first + count]
      count += 1
    }
  }
}

/// Of the room for events what the engine goes by.
package struct RecordedRoom: BitwiseCopyable {
  package var most: Int
  package var decisions: Int
  /// Of the deadlines that waited for room, as many as fired where something cut them short; else no bound.
  package var fires = Int.max
  package init(most: Int = 0, decisions: Int = 0, fires: Int = .max) {
    self.most = most
    self.decisions = decisions
    self.fires = fires
  }
  package init(_ room: EventRoom) {
    self.init(most: room.most, decisions: room.decisions, fires: room.fires)
  }
}

/// A change without pointers. `plain`: every other kind, as it is.
package enum RecordedChange: BitwiseCopyable {
  case plain(Change)
  case beats(RecordedBeats)
  case takeEvents(RecordedRoom)
  /// The plans that were loaded from this text; 0 bytes = the built-in ones.
  case usePlans(TextMark)
  case useEpoch(UInt64)
}

/// One record: a command, or a part of a batch, and the moment of its turn.
package struct RecordedCommand: BitwiseCopyable {
  package var moment: Moment
  package var change: RecordedChange
  package var act: Act
  package var client: Client
  package var request: UInt64

  package init(
    _ change: RecordedChange, at moment: Moment, act: Act = Act(), client: Client = Client(),
    request: UInt64 = 0
  ) {
    self.moment = moment
    self.change = change
    self.act = act
    self.client = client
    self.request = request
  }

  /// `part`: of a batch of heartbeats, the records of which are counted from 0.
  package init(_ command: borrowing Command, at moment: Moment, part: Int = 0) {
    let change: RecordedChange
    switch command.change {
    case .beats(let beats):
      change = .beats(RecordedBeats(beats, from: part * RecordedBeats.most))
    case .takeEvents(let room):
      change = .takeEvents(RecordedRoom(room))
    case .usePlans(let tables): change = .usePlans(tables.pointee.source)
    case .useEpoch(let metric): change = .useEpoch(metric._withUnsafeGuaranteedRef { $0.epoch })
    default: change = .plain(command.change)
    }
    self.init(
      change, at: moment, act: command.act, client: command.client, request: command.request)
  }

  /// How many records a command needs: one, but a large batch of heartbeats.
  package static func parts(_ command: borrowing Command) -> Int {
    guard case .beats(let beats) = command.change else { return 1 }
    return max((beats.count + RecordedBeats.most - 1) / RecordedBeats.most, 1)
  }
}
