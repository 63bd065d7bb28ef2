// Read first in this folder. The run sheet 值班单: what people need to go on with paper, as a file that is always whole.
// A thread of its own writes it (in HJ_RUN_POLL the poll); the engine is asked in short turns. Must never: hold the
// baton for long, fail a call, leave half a sheet where a whole one was.

import Glibc
import HujiaContainers
import HujiaEngine
import HujiaJournal
import Synchronization

/// Owned by its engine. One thread at a time writes.
final class RunSheet: @unchecked Sendable {
  let file: SheetFile
  let period_ns: Int64
  /// Open incidents, and the rows of one turn.
  let keys: Block<SheetKey>
  let rows: Block<SheetIncident>
  let units: Block<SheetUnit>
  let text: Block<UInt8>
  private let sleeper = Sleeper()
  // Guarded by the sleeper's mutex
  private var isWanted = true
  private var isStopping = false
  private var hasBegun = false
  private var isInside = false
  private var isGivenUp = false
  // In poll mode, its own
  private var next_ns: Int64 = .min

  /// Incidents, and units, that one turn reads; slots that it looks at.
  static var rowsATurn: Int { 64 }
  static var looksATurn: Int { 2_048 }
  static var bytesOfText: Int { 32 << 10 }
  /// So often it is read anew when something happened in between.
  static var attempts: Int { 4 }

  init(_ configuration: borrowing Configuration, _ path: String, memory: Memory) throws(Failure) {
    file = try SheetFile(path, calls: configuration.sheetCalls ?? SystemFiles())
    period_ns = Int64(configuration.runSheet_s) &* 1_000_000_000
    do throws(OutOfMemory) {
      let keys = try Block<SheetKey>(memory, count: Int(configuration.maxIncidents))
      let rows = try Block<SheetIncident>(memory, count: Self.rowsATurn)
      let units = try Block<SheetUnit>(memory, count: Self.looksATurn)
      let text = try Block<UInt8>(memory, count: Self.bytesOfText)
      self.keys = keys
      self.rows = rows
      self.units = units
      self.text = text
    } catch {
      throw Failure(
        .memory, field: "run_sheet_path", "the allocator refused \(error.bytes) bytes for it")
    }
  }

  // The thread

  /// Sleeps until `begin`. False: the system refused it.
  func start(_ driver: EngineDriver) -> Bool {
    sleeper.locked { isWanted = false }
    return sleeper.start { [unowned driver, unowned self] in
      while waitUntilWanted() { driver.write(sheet: self) }
    }
  }

  private func waitUntilWanted() -> Bool {
    var mayGo = false
    sleeper.locked {
      while !hasBegun, !isStopping { sleeper.wait() }
      if !isWanted, !isStopping { sleeper.wait(atMost_ns: period_ns) }
      isWanted = false
      mayGo = !isStopping
    }
    return mayGo
  }

  /// The engine is whole: the first sheet is written now.
  func begin() {
    sleeper.locked {
      hasBegun = true
      isWanted = true
      sleeper.wakeAll()
    }
  }

  /// Any thread, also under the baton: something changed that must not wait.
  func wake() {
    sleeper.locked {
      isWanted = true
      sleeper.wakeAll()
    }
  }

  /// Ends the thread, behind the sheet that it is writing. False: the disk did not answer in time. Then no sheet is
  /// written any more, and the thread stands still behind that call, for ever: the engine that it would ask is closed.
  func stop(within most_ns: Int64) -> Bool {
    sleeper.locked {
      isStopping = true
      sleeper.wakeAll()
    }
    var isOver = false
    sleeper.locked { isOver = isGivenUp }
    // Once given up it stays so: the engine is asked for no sheet any more, also where that thread ended since.
    if isOver { return false }
    if sleeper.join(atMost_ns: most_ns) { return true }
    sleeper.locked {
      isGivenUp = true
      while isInside { sleeper.wait() }
    }
    return false
  }

  /// The engine is asked by the thread that writes. One that was given up comes no further than here.
  func inside<Result>(_ body: () -> Result) -> Result {
    var mayGo = false
    sleeper.locked {
      mayGo = !isGivenUp
      isInside = mayGo
    }
    while !mayGo { Glibc.pause() }
    defer {
      sleeper.locked {
        isInside = false
        sleeper.wakeAll()
      }
    }
    return body()
  }

  // In poll mode

  /// Whether a sheet is due; then the next one is due a period later.
  func isDue(now_ns: Int64) -> Bool {
    var isDue = false
    sleeper.locked {
      isDue = isWanted || now_ns >= next_ns
      isWanted = false
    }
    if isDue { next_ns = now_ns &+ period_ns }
    return isDue
  }

  /// When the next one is due, as of the poll before.
  var pollDue_ns: Int64 { next_ns }
}

extension EngineDriver {
  /// Writes a sheet. Where that fails the old one stays, and the host is told; the next that succeeds takes that back.
  func write(sheet: RunSheet) {
    let isWritten = Cancellation.off { SheetPress(self, sheet).print() }
    let bit = OwnReason.runSheet
    let before =
      isWritten
      ? ownReasons.bitwiseAnd(~bit, ordering: .relaxed).oldValue
      : ownReasons.bitwiseOr(bit, ordering: .relaxed).oldValue
    if (before & bit != 0) == isWritten { sheet.inside { loop?.wake() } }
  }

  /// In a poll, outside of its turns.
  func pollSheet() {
    guard mode == .poll, let sheet, sheet.isDue(now_ns: polled_ns.load(ordering: .relaxed)) else {
      return
    }
    write(sheet: sheet)
  }

  /// The last sheet: how things stood when the engine was closed.
  func closeSheet() {
    guard let sheet, sheet.stop(within: 0) else { return }
    write(sheet: sheet)
  }
}
