// Read first. The one host of the tool: the engine opened and asked through the C interface, as any program does it.
// Replay, simulation and stress stand on it; no other file calls `hj_…`.

import CHujia
import Glibc
import HujiaCInterface
import HujiaDriver

/// Owns an open engine. Any thread may call it, as the header allows; what a call fills belongs to its caller.
package final class Host: @unchecked Sendable {
  /// The open engine.
  var current: OpaquePointer
  /// Waits to take over; with it this host is one thread's.
  var successor: Successor?
  /// It took over.
  var kept: Host?
  var differs: String?
  /// What the engine's hooks work with, as long as it is open.
  private let sealing: HostSealing?
  /// The newest event that was given: after a crash some come again.
  var newestEvent: UInt64 = 0

  /// For every call.
  var engine: OpaquePointer {
    if let successor, isReached(successor, isPast: false) { takeOver(successor) }
    return current
  }

  package enum Plans {
    case builtIn
    case file(_ path: String)
    /// An error begins with `name`.
    case text(_ json: String, name: String)
  }

  /// `configure` changes what the header's defaults leave open. Throws the engine's own words.
  package init(
    map: String?, plans: Plans = .builtIn, journal: HostJournal? = nil,
    sealing: HostSealing? = nil, _ configure: (inout hj_config) -> Void
  ) throws(Failed) {
    self.sealing = sealing
    var config = hj_config()
    hj_config_init(&config, UInt32(MemoryLayout<hj_config>.size))
    configure(&config)
    let mapPath = map.flatMap { strdup($0) }
    var plansPath: UnsafeMutablePointer<CChar>?
    if case .file(let path) = plans { plansPath = strdup(path) }
    let journalPath = journal.flatMap { strdup($0.folder) }
    defer {
      free(mapPath)
      free(plansPath)
      free(journalPath)
    }
    if let journal {
      config.journal_path = UnsafePointer(journalPath)
      config.telemetry = HJ_TELEMETRY_ALL
      if journal.ring_bytes > 0 { config.ring_bytes = UInt64(journal.ring_bytes) }
    }
    config.map_path = UnsafePointer(mapPath)
    config.map_memory = HJ_MAP_SHARED
    config.plans_path = UnsafePointer(plansPath)
    var detail = hj_error_detail.sized
    var opened: OpaquePointer?
    let status = hj_engine_open(&config, &opened, &detail)
    guard status == HJ_OK, let opened else { throw Self.failed(status, detail) }
    current = opened
    guard case .text(let json, let name) = plans else { return }
    let loaded = hj_plans_load(current, json, UInt32(json.utf8.count), &detail)
    guard loaded == HJ_OK else {
      hj_engine_close(current)
      throw Failed(field: name, Self.failed(loaded, detail).description)
    }
  }

  deinit { close() }

  /// When nobody uses it any more; a second time it does nothing.
  package func close() { hj_engine_close(current) }

  private static func failed(_ status: hj_status, _ detail: hj_error_detail) -> Failed {
    let text = words(detail.text)
    return Failed(field: words(detail.field), text.isEmpty ? Self.text(status) : text)
  }

  /// Characters of a struct up to the first zero.
  static func words<Characters>(_ characters: Characters) -> String {
    withUnsafeBytes(of: characters) {
      String(decoding: $0.prefix(while: { $0 != 0 }), as: UTF8.self)
    }
  }

  /// What the engine's own tables contradict, in words; nil = nothing. Looks at every table.
  package var brokenInvariant: String? {
    EngineDriver.brokenInvariant(UInt(bitPattern: current))
  }

  // Words

  package static func text(_ status: hj_status) -> String {
    "\(String(cString: hj_status_name(status))): \(String(cString: hj_status_text(status)))"
  }

  /// "HJ_OK".
  package static func name(status: hj_status) -> String { String(cString: hj_status_name(status)) }

  /// A word of the contract for a value of one of its vocabularies (`HJ_NAMES_…`).
  package static func name(_ vocabulary: Int32, _ value: Int32) -> String {
    String(cString: hj_name(vocabulary, value))
  }

  /// The same as people write it: "notify again".
  package static func words(_ vocabulary: Int32, _ value: Int32) -> String {
    String(name(vocabulary, value).map { $0 == "_" ? " " : $0 })
  }

  /// For a call that can only fail where the tool itself is wrong.
  package static func check(_ status: hj_status, _ act: @autoclosure () -> String) throws(Failed) {
    if status < 0 { throw Failed(field: act(), text(status)) }
  }
}
