// Read first. What every body of the C interface shares: copying structs in and out by their `size`, and checking
// places and times before any arithmetic touches them. Bodies check, convert and call; they hold no logic.

import CHujia
import Glibc
import HujiaDriver

/// A struct that starts with `uint32_t size`, copied in. The claimed size decides: too small is refused, larger than
/// this library knows is accepted only when the rest is zero.
struct Sized<Value> {
  /// More than this beyond the known struct is refused unread: no later version will be that much larger.
  static var farthestTail: Int { 4_096 }

  @inline(__always)
  static func check(_ pointer: UnsafeRawPointer) -> Status {
    let size = Int(pointer.loadUnaligned(as: UInt32.self))
    let known = MemoryLayout<Value>.size
    if size == known { return .ok }
    if size < known { return size < first ? .size : .ok }
    if size > known + farthestTail { return .newer }
    for offset in known..<size where pointer.load(fromByteOffset: offset, as: UInt8.self) != 0 {
      return .newer
    }
    return .ok
  }

  /// Copies one struct in; the pointer need not be aligned.
  @inline(__always)
  static func read(_ pointer: UnsafePointer<Value>?) -> (status: Status, value: Value?) {
    guard let pointer else { return (.null, nil) }
    let raw = UnsafeRawPointer(pointer)
    let status = check(raw)
    guard status == .ok else { return (status, nil) }
    return (.ok, copy(raw, size: Int(raw.loadUnaligned(as: UInt32.self))))
  }

  /// A struct of a checked size; what an older caller lacks is zero, which is every field's default.
  @inline(__always)
  static func copy(_ raw: UnsafeRawPointer, size: Int) -> Value {
    let known = MemoryLayout<Value>.size
    // The usual case, without a call to copy a length that is not known beforehand.
    if size == known { return raw.loadUnaligned(as: Value.self) }
    return withUnsafeTemporaryAllocation(of: Value.self, capacity: 1) { space in
      let bytes = UnsafeMutableRawBufferPointer(space)
      if size < known { bytes.initializeMemory(as: UInt8.self, repeating: 0) }
      bytes.copyMemory(from: UnsafeRawBufferPointer(start: raw, count: min(size, known)))
      return space[0]
    }
  }

  /// Checks an output struct (or the first of an array) before anything is done.
  @inline(__always)
  static func checkOutput(_ pointer: UnsafeMutablePointer<Value>?) -> Status {
    guard let pointer else { return .null }
    return check(UnsafeRawPointer(pointer))
  }

  /// Writes one struct out, as far as the caller knows it, and leaves the caller's `size` in place. (`inout`: it is
  /// read where it stands.)
  @inline(__always)
  static func write(_ value: inout Value, to pointer: UnsafeMutableRawPointer, size: UInt32) {
    withUnsafeMutableBytes(of: &value) { bytes in
      bytes.storeBytes(of: size, as: UInt32.self)
      pointer.copyMemory(
        from: bytes.baseAddress.unsafelyUnwrapped, byteCount: min(bytes.count, Int(size)))
    }
  }

  /// The caller's `size` of a struct, which is also the stride of an array that starts with it.
  @inline(__always)
  static func size(_ pointer: UnsafeMutablePointer<Value>) -> UInt32 {
    UnsafeRawPointer(pointer).loadUnaligned(as: UInt32.self)
  }
}

enum Check {
  /// On the planet: |lat| <= 90 degrees, |lon| <= 180 degrees.
  @inline(__always)
  static func isPlace(_ lat_e7: Int32, _ lon_e7: Int32) -> Bool {
    lat_e7 >= -900_000_000 && lat_e7 <= 900_000_000 && lon_e7 >= -1_800_000_000
      && lon_e7 <= 1_800_000_000
  }

  /// 0/0 is no place: what a receiver without a fix sends, and a call without an address.
  @inline(__always)
  static func isNoPlace(_ lat_e7: Int32, _ lon_e7: Int32) -> Bool { lat_e7 == 0 && lon_e7 == 0 }

  @inline(__always)
  static func isDatum(_ datum: Int32) -> Bool { datum >= 0 && datum <= 3 }

  /// HJ_PROFILE_...; nil when it is none.
  @inline(__always)
  static func profile(_ number: Int32) -> Profile? {
    switch number {
    case HJ_PROFILE_DEFAULT, HJ_PROFILE_RESPONSE: return .response
    case HJ_PROFILE_NORMAL: return .normal
    default: return nil
    }
  }

  /// An optional `hj_action`. What means nothing yet must be 0: taken silently it could never be given a meaning.
  static func act(_ pointer: UnsafePointer<hj_action>?) -> (status: Status, act: Act) {
    let (status, act, isForced) = forcible(pointer)
    return isForced ? (.unsupported, Act()) : (status, act)
  }

  /// The same where a person may override a rule with `force` 1.
  static func forcible(
    _ pointer: UnsafePointer<hj_action>?
  ) -> (status: Status, act: Act, isForced: Bool) {
    guard pointer != nil else { return (.ok, Act(), false) }
    let (status, action) = Sized.read(pointer)
    guard let action else { return (status, Act(), false) }
    guard action.force <= 1, action.reserved0 == 0, action.reserved1 == 0 else {
      return (.unsupported, Act(), false)
    }
    let act = Act(
      operatorID: action.operator_id, reason: action.reason, role: action.role,
      sessionID: action.session_id)
    return (.ok, act, action.force == 1)
  }
}

extension EngineDriver {
  /// Of a change that a person may sign.
  func submit(
    _ change: Change, wall_us: Int64 = 0, by action: UnsafePointer<hj_action>?
  ) -> Status {
    let (verdict, act) = Check.act(action)
    guard verdict == .ok else { return verdict }
    guard wall_us >= 0 else { return .argument }
    var command = Command(change, act: act)
    return submit(&command)
  }

  /// The same; the caller may want the incident's assignments, also where nothing had to change.
  func submit(
    _ change: Change, wall_us: Int64, by action: UnsafePointer<hj_action>?,
    into dispatch: UnsafeMutablePointer<hj_dispatch>?
  ) -> Status {
    if dispatch != nil {
      let verdict = Sized.checkOutput(dispatch)
      guard verdict == .ok else { return verdict }
    }
    let (verdict, act) = Check.act(action)
    guard verdict == .ok else { return verdict }
    guard wall_us >= 0 else { return .argument }
    return withBlank(Decision.self) { decision in
      var command = Command(change, act: act)
      let status = submit(&command, into: &decision)
      if status == .ok || status == .unchanged, let dispatch { write(&decision, to: dispatch) }
      return status
    }
  }
}

extension Reference {
  /// Straight out of the caller's `hj_report`, where it stands at 88 for ever: Swift sees 32 bytes of a C struct as a
  /// tuple and would copy them one by one.
  @inline(__always)
  init(ofReport report: UnsafePointer<hj_report>) {
    self.init()
    let raw = UnsafeRawPointer(report)
    guard raw.loadUnaligned(as: UInt32.self) >= 120 else { return }
    self = raw.loadUnaligned(fromByteOffset: 88, as: Reference.self)
  }

  @inline(__always)
  func copy<Bytes>(to bytes: inout Bytes) {
    withUnsafeMutableBytes(of: &bytes) { $0.storeBytes(of: self, as: Reference.self) }
  }
}

/// The number behind a handle; 0 (NULL) is no engine and answers stale.
@inline(__always)
func token(_ engine: OpaquePointer?) -> UInt { UInt(bitPattern: engine) }

/// Runs a body with the engine of a handle; stale and forked are answered here.
@inline(__always)
func with(_ engine: OpaquePointer?, _ body: (EngineDriver) -> Status) -> hj_status {
  let status = EngineDriver.with(token(engine), body).rawValue
  // A thread that was cancelled meanwhile ends here, with the call done and nothing held: inside there is no point at
  // which it could, so one that does nothing but call us would never end.
  pthread_testcancel()
  return status
}
