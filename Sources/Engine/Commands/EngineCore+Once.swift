// A client's command is carried out once.

import HujiaContainers

extension Command {
  /// Of another program than the host's own process, with a number to know it by.
  @inline(__always)
  var isNumbered: Bool { request != 0 && client.high | client.low != 0 }

  /// Plans and epochs pass from hand to hand: an answer without taking them would leave them to nobody. Loading them
  /// twice changes nothing. Events are acknowledged by their own numbers.
  var isRemembered: Bool {
    switch change {
    case .usePlans, .useEpoch, .takeEvents: false
    default: true
    }
  }

  /// What is asked, with the person and the client, in the oldest words that say it, whenever it comes. A state keeps
  /// it: a later library gives the same for the same request, whatever fields came since. O(bytes of the record).
  func digest() -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for part in 0..<RecordedCommand.parts(self) {
      let record = RecordedCommand(self, at: Moment(now_ns: 0, wall_us: 0), part: part)
      let said = record.oldestWords
      for word in 0..<(said.bytes + 7) / 8 { hash = Spread.mix(hash ^ said.words[word]) }
    }
    return hash
  }
}

extension EngineCore {
  /// Whether the answer to a command is remembered: a rebuilt engine has to hear of it, also where it was refused.
  @inline(__always)
  package func remembersAnswer(to command: UnsafePointer<Command>) -> Bool {
    command.pointee.isNumbered && keys.answers.capacity > 0 && command.pointee.isRemembered
  }

  /// A client's command: once. The same request again gets the first result and changes nothing; another command under
  /// a number that is known is refused.
  @inline(never)
  mutating func applyOnce(
    _ command: UnsafePointer<Command>, into decision: inout Decision
  ) -> Status {
    guard remembersAnswer(to: command) else {
      return carryOut(command, into: &decision)
    }
    let digest = command.pointee.digest()
    let place = keys.answers.place(of: command.pointee.client)
    if let known = keys.answers.find(command.pointee.request, of: place) {
      guard keys.answers.digest(known) == digest else { return .conflict }
      return keys.answers.read(known, into: &decision)
    }
    let status = carryOut(command, into: &decision)
    // The same request again names the record of the first; a repeated report has the first one's already.
    if status != .exists { decision.answer.record = record }
    keys.answers.remember(
      command.pointee.request, of: place, digest: digest, status: status, &decision)
    return status
  }
}
