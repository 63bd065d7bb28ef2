// What stands in the file LOCK beside the lock itself: which ring is in use, and where the journal ended when it was
// closed. Written twice, in turns, so that one of the two is always whole.

import HujiaContainers

struct LockPage: Equatable {
  static var magic: UInt64 { 0x3130_4b43_4c4a_4848 }  // "HHJLCK01"
  static var version: UInt32 { 1 }
  static var size: Int { 4_096 }
  static var name: String { "LOCK" }
  static var mostPath: Int { 3_072 }

  var journal: JournalID
  var boot: JournalID
  /// Counts its writings: the larger of two is the newer.
  var generation: UInt64 = 0
  /// In use, or empty.
  var ringPath: String = ""
  /// The first record that the ring can hold.
  var first: UInt64 = 1
  /// Durable when this was written: what is read back reaches that far, with this hash of the chain.
  var last: UInt64 = 0
  var hash: [UInt8] = ChainDigest.zero
  var isClosed = false
  /// In which the journal is written (`JournalFormat`).
  var format = JournalFormat.oldest
  /// What retention goes by.
  var clock = RetentionClock()

  private var bytes: [UInt8] {
    var fields = FieldWriter()
    fields.put(Self.magic)
    fields.put(Self.version)
    fields.put(UInt32(isClosed ? 1 : 0))
    fields.put(journal)
    fields.put(boot)
    fields.put(generation)
    fields.put(first)
    fields.put(last)
    fields.put(hash)
    fields.putCounted(Array(ringPath.utf8))
    fields.put(format)
    clock.put(into: &fields)
    fields.seal(to: Self.size)
    return fields.bytes
  }

  private static func read(
    _ bytes: UnsafeRawBufferPointer, newest: UInt32
  ) throws(JournalProblem) -> LockPage? {
    var fields = NumberReader(bytes)
    guard bytes.count == size, FieldWriter.isSealed(bytes), fields.get(UInt64.self) == magic else {
      return nil
    }
    let version: UInt32 = fields.get()
    guard version <= Self.version else {
      throw JournalProblem(
        .newer,
        "LOCK: layout \(version), this version reads up to \(Self.version): "
          + "open it with the version that wrote it")
    }
    let isClosed = fields.get(UInt32.self) == 1
    let journal = fields.getID()
    var page = LockPage(journal: journal, boot: fields.getID())
    page.isClosed = isClosed
    page.generation = fields.get()
    page.first = fields.get()
    page.last = fields.get()
    page.hash = fields.getBytes(ChainDigest.size)
    page.ringPath = String(decoding: fields.getCounted(most: mostPath), as: UTF8.self)
    // Those of the first months say nothing of it.
    page.format = max(fields.get(), JournalFormat.oldest)
    page.clock = RetentionClock(&fields)
    guard !fields.isBroken,
      max(page.generation, page.first, page.last) <= JournalFormat.mostNumber
    else { return nil }
    guard page.format <= newest else {
      throw JournalProblem(
        .newer,
        "LOCK: the journal was upgraded to format \(page.format), this version knows up to "
          + "\(newest): open it with a version that knows it")
    }
    return page
  }

  /// The newer of the two; nil: the file is new. A file with other things in it is not ours.
  static func read(
    _ folder: Folder, _ file: Int32
  ) throws(JournalProblem) -> LockPage? {
    var room = [UInt8](repeating: 0, count: 2 * size)
    switch room.withUnsafeMutableBytes({ folder.read(file, $0, at: 0) }) {
    case .failure(let error): throw .system("read LOCK", error)
    case .success(0): return nil
    case .success: break
    }
    var newest: LockPage?
    for place in 0..<2 {
      let bytes = Array(room[place * size..<(place + 1) * size])
      var found: LockPage?
      var problem: JournalProblem?
      bytes.withUnsafeBytes { raw in
        do throws(JournalProblem) { found = try read(raw, newest: folder.newestFormat) } catch {
          problem = error
        }
      }
      if let problem { throw problem }
      if let found, found.generation >= newest?.generation ?? 0 { newest = found }
    }
    if newest == nil, room.contains(where: { $0 != 0 }), !isTorn(room) {
      throw JournalProblem(.foreign, "LOCK is not a journal's")
    }
    return newest
  }

  /// The first writing of all may be cut off in the midst.
  private static func isTorn(_ room: [UInt8]) -> Bool {
    room.withUnsafeBytes { raw in
      var fields = NumberReader(raw)
      let word: UInt64 = fields.get()
      return word == magic || word == 0
    }
  }

  /// Writes the next generation and waits until the disk has it.
  mutating func write(_ folder: Folder, _ file: Int32) -> SystemError? {
    generation += 1
    let place = Int64(generation % 2) * Int64(Self.size)
    if let error = bytes.withUnsafeBytes({ folder.write(file, $0, at: place) }) { return error }
    return folder.sync(file)
  }
}
