// One stream's file that is written to. Its bytes are on the disk before the batch that names their hash. Used under
// `Journal.work`. Must never: retry a sync on the same file, write to a descriptor that is not the file's any more.

import Glibc

final class StreamWriter {
  let stream: JournalStream
  private let journal: JournalID
  private let format: UInt32
  private let seal: String
  /// A file begins anew when it is so long, or so old: what is deleted goes by files.
  private let most_bytes: Int64
  private let most_us: Int64
  /// When the one that is written to was begun, in elapsed time.
  private var begun_ns: Int64 = 0
  private var file: Int32?
  private var status: FileStatus?
  private var offset: Int64 = 0
  private var nextNumber: UInt64
  private let firstOwn: UInt64
  private(set) var pending: [UInt8] = []
  /// Its file has what no batch has a hash of yet.
  var isAhead = false
  private var firstPending: UInt64 = 0
  private var lastPending: UInt64 = 0
  /// No record behind this one has anything in the files.
  private(set) var last: UInt64
  /// Oldest first; the last one is written to while `isOpen`.
  private(set) var files: [StreamFacts]
  private var lengths: [UInt64: Int64] = [:]

  /// `last`: where the chain ends before the first frame comes.
  init(
    _ stream: JournalStream, _ journal: JournalID, format: UInt32, seal: String,
    files: [StreamFacts], last: UInt64, most_bytes: Int, most_s: Int64
  ) {
    self.last = last
    self.format = format
    self.stream = stream
    self.journal = journal
    self.seal = seal
    self.files = files
    self.most_bytes = Int64(most_bytes)
    most_us = most_s &* 1_000_000
    nextNumber = (files.last?.number ?? 0) + 1
    firstOwn = nextNumber
  }

  var isOpen: Bool { file != nil }

  /// Of a file that is written to no more: the last record that it can have, and a time that all in it was taken in
  /// before. Behind a file's time another is begun, so the last one needs no later to tell it. A clock that was wrong
  /// dates a file later than now, and what came behind it says how old it is at least; or earlier than the one before.
  func bounds(_ index: Int, _ now_us: Int64) -> (last: UInt64, wall_us: Int64) {
    // Another opening may have had another retention.
    let span_us =
      files[index].number < firstOwn ? JournalSettings.longestRotation_s &* 1_000_000 : most_us
    let most_us = files[index].made_us &+ span_us
    var bound = files.bounds(index, last: last, wall_us: most_us)
    if bound.wall_us > now_us {
      bound.wall_us = files[(index + 1)...].first { $0.made_us <= now_us }?.made_us ?? most_us
    } else if files[index].made_us <= now_us, bound.wall_us < files[index].made_us {
      bound.wall_us = most_us
    }
    return bound
  }

  func clear() {
    pending.removeAll(keepingCapacity: true)
    firstPending = 0
  }

  /// A frame at the end of what waits: `payload` and the padding behind it are filled by `body`, which says how long it
  /// became. nil: it could not.
  func add(
    _ frame: FrameHead, most: Int, flags: UInt8, seed: UInt32,
    _ body: (UnsafeMutableRawBufferPointer) -> Int?
  ) -> UnsafeRange? {
    let start = pending.count
    pending.append(contentsOf: repeatElement(0, count: Frame.whole(most)))
    let count: Int? = pending.withUnsafeMutableBytes { raw in
      guard let base = raw.baseAddress else { return nil }
      let at = base + start
      let room = UnsafeMutableRawBufferPointer(start: at + Frame.headSize, count: most)
      guard let count = body(room), count >= 0, count <= most else { return nil }
      Frame.seal(
        at, length: count, kind: frame.kind, version: frame.version, flags: flags,
        sequence: frame.sequence, monotonic_ns: frame.monotonic_ns, wall_us: frame.wall_us,
        epoch: frame.epoch, seed: seed)
      return count
    }
    guard let count else { return nil }
    pending.removeLast(Frame.whole(most) - Frame.whole(count))
    if firstPending == 0 { firstPending = frame.sequence }
    lastPending = frame.sequence
    return UnsafeRange(start: start + Frame.headSize, count: count)
  }

  struct UnsafeRange {
    let start: Int
    let count: Int
  }

  func bytes<Value>(_ range: UnsafeRange, _ body: (UnsafeRawBufferPointer) -> Value) -> Value {
    pending.withUnsafeBytes {
      body(UnsafeRawBufferPointer(rebasing: $0[range.start..<range.start + range.count]))
    }
  }

  /// What waits, on the disk. After an error the file is finished, and nothing of it counts.
  func flush(_ folder: Folder) -> SystemError? {
    guard !pending.isEmpty else { return nil }
    let now_us = folder.calls.wall_us()
    // Before it is tried: what an error leaves in a file counts for nothing, and is as old.
    last = max(last, lastPending)
    if file == nil || isOld(folder.calls.now_ns()) || offset + Int64(pending.count) > most_bytes,
      let error = begin(folder, now_us)
    {
      return error
    }
    guard let file, isOurs(folder, file) else {
      finish(folder)
      return SystemError(EBADF)
    }
    let error =
      pending.withUnsafeBytes { folder.write(file, $0, at: offset) } ?? folder.syncData(file)
    if let error {
      finish(folder)
      return error
    }
    offset += Int64(pending.count)
    isAhead = true
    clear()
    return nil
  }

  private func begin(_ folder: Folder, _ now_us: Int64) -> SystemError? {
    finish(folder)
    let head = StreamHead(
      format: format, journal: journal, stream: stream, number: nextNumber, first: firstPending,
      made_us: now_us,
      seal: seal)
    let name = stream.fileName(nextNumber)
    nextNumber += 1
    switch folder.open(name, .new) {
    case .failure(let error): return error
    case .success(let made):
      let error =
        head.bytes.withUnsafeBytes { folder.write(made, $0, at: 0) } ?? folder.sync(made)
        ?? folder.syncFolder()
      guard error == nil, case .success(let status) = folder.calls.status(made) else {
        folder.close(made)
        _ = folder.remove(name)
        return error ?? SystemError(EIO)
      }
      self.status = status
      file = made
      begun_ns = folder.calls.now_ns()
      offset = Int64(StreamHead.size)
      files.append(
        StreamFacts(
          stream: stream, number: head.number, first: head.first, made_us: now_us, seal: seal))
      return nil
    }
  }

  /// Of the file that is written to: by elapsed time, which nobody sets.
  func isOld(_ now_ns: Int64) -> Bool { now_ns &- begun_ns >= most_us &* 1_000 }

  func finish(_ folder: Folder) {
    guard let file else { return }
    if isOurs(folder, file) { folder.close(file) }
    self.file = nil
    status = nil
    isAhead = false
  }

  private func isOurs(_ folder: Folder, _ file: Int32) -> Bool {
    guard let status, case .success(let found) = folder.calls.status(file) else { return false }
    return status.isSame(found)
  }

  /// Of all its files; those that are written to no more are looked at once.
  func bytes(_ folder: Folder) -> Int64 {
    var sum: Int64 = 0
    for (index, facts) in files.enumerated() {
      if isOpen, index == files.count - 1 {
        sum += offset
      } else {
        let known = lengths[facts.number] ?? folder.bytes(of: facts.name)
        lengths[facts.number] = known
        sum += known
      }
    }
    return sum
  }

  func forget(_ numbers: Set<UInt64>) {
    files.removeAll { numbers.contains($0.number) }
    lengths.removeAll()
  }
}
