// How the engine works and what is wrong with it: told by event when it changes, and whenever a host asks.

import HujiaEngine
import Synchronization

/// HJ_HEALTH_... bits of what is no journal's.
enum OwnReason {
  static var runSheet: UInt32 { 524_288 }
}

extension EngineDriver {
  /// HJ_HEALTH_... bits. Any thread.
  @inline(__always)
  var reasonsNow: UInt32 {
    let own = ownReasons.load(ordering: .relaxed)
    guard let journal else { return own }
    return own | journal.reasonsNow
  }

  private var isDegraded: Bool { reasonsNow & ~EngineJournal.Reason.harmless != 0 }

  /// See `hj_health`. Any thread.
  package var health: (mode: Int32, reasons: UInt32) {
    var mode = WorkMode.normal
    if isDegraded { mode = WorkMode.degraded }
    if counter(Counter.isManual) != 0 { mode = WorkMode.manual }
    return (mode, reasonsNow)
  }

  /// See `hj_mode_set`.
  package func set(mode: Int32, act: Act) -> Status {
    guard mode == WorkMode.normal || mode == WorkMode.manual else { return .argument }
    var command = Command(.setMode(isManual: mode == WorkMode.manual), act: act)
    let status = submit(&command)
    if status == .ok { sheet?.wake() }
    return status
  }

  /// Under the baton: the host hears that what it can rely on has changed.
  @inline(__always)
  func tellHealth(_ turn: inout Turn) {
    if toldReasons != UInt64(reasonsNow) { tellHealth(reasonsNow, &turn) }
  }

  @inline(never)
  private func tellHealth(_ reasons: UInt32, _ turn: inout Turn) {
    toldReasons = UInt64(reasons)
    let isWrong = reasons & ~EngineJournal.Reason.harmless != 0
    apply(
      .tell(
        event: EventKind.mode.rawValue, state: isWrong ? WorkMode.degraded : WorkMode.normal,
        number: Int32(bitPattern: reasons), for_ns: 0), &turn)
    sheet?.wake()
  }

  /// Rebuilt: what the engine was told before may hold no more, and this process has told its host nothing.
  func tellHealthAnew() {
    if core.pointee.mode != WorkMode() { toldReasons = .max }
  }

  /// Its thread sleeps until the engine is whole.
  func openSheet(_ configuration: Configuration) throws(Failure) {
    guard let path = configuration.runSheetPath else { return }
    let made = try RunSheet(configuration, path, memory: allocator.memory)
    sheet = made
    guard mode != .poll else { return }
    try AddressSpace.check(threads: 1, "the run sheet")
    guard made.start(self) else {
      throw Failure(
        .system, field: "RLIMIT_NPROC",
        "no thread for the run sheet: raise the limit of processes, or of memory")
    }
  }
}
