// A second core of an engine that runs: made anew out of its records, as opening would, while the first one goes on.
// Its state is written down and its memory given back. Its holder is a thread of its own. Must never: take the baton,
// end the process where memory is short.

import HujiaContainers
import HujiaEngine
import HujiaIngest
import HujiaJournal

struct SecondCore {
  private let source: EngineDriver
  private let driver: EngineDriver
  private let configuration: Configuration
  let rebuilder: Rebuilder

  /// It reads files of the journal whole and has each twice: those arrays and small objects are the Swift runtime's,
  /// which knows no refusal. The tables of the core are asked for piece by piece.
  init(
    of source: EngineDriver, _ configuration: Configuration, _ journal: Journal
  ) throws(Failure) {
    try AddressSpace.check(
      AddressSpace.ofEngine + 2 * journal.mostRead_bytes + (4 << 20), "a second core")
    self.source = source
    self.configuration = configuration
    driver = try EngineDriver.follower(of: source, configuration)
    rebuilder = try Rebuilder(driver, configuration)
    driver.core.pointee.write(in: journal.format)
  }

  /// Its configuration: what is of the first engine's alone is left out.
  static func configuration(of engine: Configuration) -> Configuration {
    var own = engine
    own.allocator = nil
    own.recorder = nil
    return own
  }

  /// Behind the last record: what a snapshot of then says. nil: nothing was read.
  func finishedState() -> EngineState? {
    guard var state = rebuilder.state else { return nil }
    // Times that are on no record, as reporters have left them. What is closed, the records say.
    if !rebuilder.wasForeign, let streets = source.journal?.streets {
      state.times = streets.times(over: state.times, takesClosures: false) {
        source.map.mapped_ms($0)
      }
    }
    if rebuilder.wasForeign { driver.core.pointee.snapAnew { driver.snap(($0, $1)) } }
    if configuration.telemetry != .all { takePositions(state.last) }
    return state
  }

  func write(_ state: EngineState, into writer: SnapshotWriter) throws(JournalProblem) {
    try driver.write(state, into: writer)
  }

  /// Positions that are on no record: the newest of each unit, as its reporters have left it, though it may be younger
  /// than the state. What was decided since is read back, and asks for none.
  private func takePositions(_ last: Moment) {
    let table = source.positions
    for slot in 0..<UInt32(driver.core.pointee.units.touched)
    where driver.core.pointee.units.isLive(slot) {
      let id = driver.core.pointee.units[slot].id
      guard var fix = table.pointee.newest(slot, of: id, now_ns: last.now_ns), driver.holds(fix)
      else { continue }
      fix.fix_ns = min(fix.fix_ns, last.now_ns)
      driver.core.pointee.locate(fix)
    }
  }
}
