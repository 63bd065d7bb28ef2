// Where plan tables live: on the heap, one allocation each, owned by the driver until the engine has let go of them.

import Glibc
import HujiaContainers
import HujiaEngine
import HujiaRoads

enum PlanStore {
  static let longest_bytes = 16 << 20

  /// The plans of a file; the built-in ones when `path` is nil. `keepsText`: a state is to be written down one day.
  static func open(
    _ path: String?, memory: Memory, keepsText: Bool
  ) throws(Failure) -> UnsafeMutablePointer<PlanTables> {
    guard let path else { return try keep(.builtIn, memory) }
    let text = try read(path)
    defer { Glibc.free(text.baseAddress) }
    return try decode(UnsafeRawBufferPointer(text), memory: memory, keepsText: keepsText)
  }

  /// The text of a file; none when `path` is nil.
  static func text(_ path: String?) throws(Failure) -> [UInt8] {
    guard let path else { return [] }
    let text = try read(path)
    defer { Glibc.free(text.baseAddress) }
    return [UInt8](text)
  }

  /// Plans that were in force once. No text is the built-in plans. The text is kept.
  static func decodeOrBuiltIn(
    _ bytes: UnsafeRawBufferPointer, memory: Memory
  ) throws(Failure) -> UnsafeMutablePointer<PlanTables> {
    bytes.isEmpty
      ? try keep(.builtIn, memory)
      : try decode(bytes, memory: memory, keepsText: true, isRecorded: true)
  }

  static func decode(
    _ bytes: UnsafeRawBufferPointer, memory: Memory, keepsText: Bool, isRecorded: Bool = false
  ) throws(Failure) -> UnsafeMutablePointer<PlanTables> {
    try AddressSpace.check(
      AddressSpace.ofPlans(bytes: bytes.count, tokens: tokens(bytes)), "the plans")
    let draft: PlanDraft
    do throws(PlanError) {
      draft = try PlanDecoder.decode(bytes, isRecorded: isRecorded)
    } catch {
      throw error.failure
    }
    let tables = try keep(draft, memory)
    tables.pointee.source = TextMark(
      bytes: UInt32(bytes.count), checksum: MapFormat.checksum(bytes))
    guard keepsText else { return tables }
    do throws(OutOfMemory) { try tables.pointee.keep(text: bytes, memory) } catch {
      free(tables)
      throw Failure(.memory, "the allocator refused \(error.bytes) bytes for the plans' text")
    }
    return tables
  }

  /// How many values and keys a text has at most.
  private static func tokens(_ bytes: UnsafeRawBufferPointer) -> Int {
    var count = 1
    for byte in bytes {
      switch byte {
      case UInt8(ascii: ","), UInt8(ascii: ":"), UInt8(ascii: "["), UInt8(ascii: "{"): count += 1
      default: continue
      }
    }
    return count
  }

  private static func keep(
    _ draft: PlanDraft, _ memory: Memory
  ) throws(Failure) -> UnsafeMutablePointer<PlanTables> {
    do throws(OutOfMemory) {
      let tables = try draft.tables(memory)
      let place = UnsafeMutablePointer<PlanTables>.allocate(capacity: 1)
      place.initialize(to: tables)
      return place
    } catch {
      throw Failure(.memory, "the allocator refused \(error.bytes) bytes for the plans")
    }
  }

  static func free(_ tables: UnsafeMutablePointer<PlanTables>) {
    tables.deinitialize(count: 1)
    tables.deallocate()
  }

  /// The bytes of a plans file; the caller frees them.
  static func read(_ path: String) throws(Failure) -> UnsafeMutableRawBufferPointer {
    let file: RegularFile
    do throws(RegularFile.Refusal) { file = try RegularFile(path: path) } catch {
      throw Failure(.file, field: "plans_path", "cannot open \(path): \(error.reason)")
    }
    guard file.size_bytes <= longest_bytes else {
      throw Failure(
        .file, field: "plans_path",
        "\(path) has \(file.size_bytes) bytes: plans take at most \(longest_bytes)")
    }
    guard let base = malloc(max(file.size_bytes, 1)) else {
      throw Failure(
        .memory, field: "plans_path", "no memory for the \(file.size_bytes) bytes of \(path)")
    }
    let text = UnsafeMutableRawBufferPointer(start: base, count: file.size_bytes)
    guard file.read(into: text) else {
      Glibc.free(base)
      throw Failure(.file, field: "plans_path", "\(path) could not be read to its end")
    }
    return text
  }
}

extension EngineDriver {
  /// Checks and loads new plans; the old ones stay on any error.
  package func loadPlans(
    _ bytes: UnsafeRawBufferPointer, act: Act = Act()
  ) throws(Failure) {
    let tables = try PlanStore.decode(
      bytes, memory: allocator.memory, keepsText: journal != nil)
    do throws(Failure) {
      if let journal { try PlanFormats.refuseWords(of: bytes, beyond: journal.format) }
    } catch {
      PlanStore.free(tables)
      throw error
    }
    // Sixteen at most: nothing is taken from the allocator under the baton.
    var unused = InlineArray<16, UnsafeMutablePointer<PlanTables>?>(repeating: nil)
    var count = 0
    var isRingFull = false
    let staging = beginStaging(bytes, .routine)
    let taken = turnHere { core, turn -> Status in
      if isDrained { return .state }
      while let old = core.reclaimPlans() {
        unused[count] = old
        count += 1
      }
      if case .refused(let status) = staging {
        isRingFull = true
        return status
      }
      recorder?.content = bytes
      point(at: bytes, staging)
      // Afterwards it may have room again: which of the two was full is known here alone.
      isRingFull = journal?.refuses(Command(.usePlans(tables))) ?? false
      let status = apply(.usePlans(tables), act: act, &turn)
      while let old = core.reclaimPlans() {
        unused[count] = old
        count += 1
      }
      if status != .ok, let journal, let mark = staging.mark { putPiece(nil, mark.number, journal) }
      return status
    }
    end(staging)
    // Before any memory is given back: a hook of the host's may not come back, and the plans are in force by now.
    if taken == .ok { finishBackgroundWork() }
    for index in 0..<count { unused[index].map(PlanStore.free) }
    guard taken != .state else {
      PlanStore.free(tables)
      throw Failure(.state, "the engine was drained: it takes no more")
    }
    guard taken == .ok else {
      PlanStore.free(tables)
      throw Failure(.full, whyFull(isRingFull, bytes.count))
    }
  }

  private func whyFull(_ isRingFull: Bool, _ bytes: Int) -> String {
    guard isRingFull, let journal else {
      return "eight versions of the plans are still in use by open incidents: close some first"
    }
    return journal.couldHold(bytes)
      ? "the journal's ring is full until the disk has caught up: load the plans again later"
      : "the journal's ring is too small for plans of \(bytes) bytes: raise ring_bytes"
  }
}
