// The segment that is written to, and the batch on its way there. Used by one thread at a time (`Journal.work`). After
// a failed write or sync a file is finished: the next batch begins a new one. Must never: retry a sync on the same
// file, count a file before its folder is synced, write to a descriptor that is not the segment's any more.

import Glibc

final class SegmentWriter: @unchecked Sendable {
  private static var zeros_bytes: Int { 1 << 20 }

  let digest: ChainDigest
  let seed: UInt32
  let batchLimit: Int
  let layer: FrameLayer?
  private let segmentBytes: Int
  private let room: UnsafeMutableRawBufferPointer
  private let zeros: UnsafeMutableRawBufferPointer

  /// Open, or nil: none was begun, or the last one failed.
  private var file: Int32?
  private var status: FileStatus?
  private var offset: Int64 = 0
  private var zeroed: Int64 = 0
  private(set) var place: ChainPlace
  /// Of the last batch: before a gap where no batch came behind it yet.
  private var lastWritten: UInt64
  /// The hash that the next batch goes on from: `place.hash`, or that with the new segment's head in it.
  private var running: [UInt8]
  var nextNumber: UInt64
  private(set) var written: [SegmentFacts] = []
  /// When the first batch of the open segment was written, in elapsed time; nil: it has none.
  private(set) var begun_ns: Int64?

  init(
    digest: ChainDigest, seed: UInt32, layer: FrameLayer?, place: ChainPlace,
    nextNumber: UInt64, segmentBytes: Int, batchLimit: Int
  ) {
    self.layer = layer
    self.digest = digest
    self.seed = seed
    self.place = place
    lastWritten = place.last
    self.nextNumber = nextNumber
    self.segmentBytes = segmentBytes
    self.batchLimit = batchLimit
    running = place.hash
    room = .allocate(byteCount: batchLimit + BatchHead.overhead, alignment: 64)
    let zeroBytes = min(Self.zeros_bytes, segmentBytes)
    zeros = .allocate(byteCount: zeroBytes, alignment: 64)
    zeros.initializeMemory(as: UInt8.self, repeating: 0)
  }

  deinit {
    room.deallocate()
    zeros.deallocate()
  }

  var isOpen: Bool { file != nil }

  /// `batch.bytes`: the most that it can take there.
  func hasRoom(_ batch: BatchHead) -> Bool {
    file != nil && offset + Int64(Int(batch.bytes) + BatchHead.overhead) <= Int64(segmentBytes)
  }

  // A new segment

  /// Reserved, with its head, known to its folder: then it counts. The records after `place.last` come into it.
  func begin(_ folder: Folder, _ head: SegmentHead) -> SystemError? {
    finish(folder)
    begun_ns = nil
    var head = head
    head.number = nextNumber
    // Behind a gap without a batch a second segment begins where the first one would have.
    head.after = lastWritten
    head.batch = place.batch
    head.previous = place.hash
    let bytes = head.bytes
    let name = SegmentHead.name(head.number)
    nextNumber += 1
    switch folder.open(name, .new) {
    case .failure(let error): return error
    case .success(let file):
      if let error = fill(folder, file, bytes) {
        folder.close(file)
        _ = folder.remove(name)
        return error
      }
      self.file = file
      place.last = head.first - 1
      offset = Int64(bytes.count)
      running = SegmentReader.begin(bytes, previous: place.hash, digest)
      written.append(
        SegmentFacts(
          number: head.number, first: head.first, last: place.last, wall_us: head.made_us,
          bytes: Int64(segmentBytes)))
      return nil
    }
  }

  private func fill(_ folder: Folder, _ file: Int32, _ bytes: [UInt8]) -> SystemError? {
    if let error = folder.reserve(file, bytes: Int64(segmentBytes)) { return error }
    if let error = bytes.withUnsafeBytes({ folder.write(file, $0, at: 0) }) { return error }
    zeroed = Int64(bytes.count)
    if let error = extend(folder, file, to: zeroed + 1) { return error }
    if let error = folder.sync(file) { return error }
    if let error = folder.syncFolder() { return error }
    switch folder.calls.status(file) {
    case .success(let status): self.status = status
    case .failure(let error): return error
    }
    return nil
  }

  /// Zeros are on their way to the disk before records are: a sync has no lengths and no new blocks to write then.
  private func extend(_ folder: Folder, _ file: Int32, to end: Int64) -> SystemError? {
    while zeroed < min(end, Int64(segmentBytes)) {
      let count = min(Int64(zeros.count), Int64(segmentBytes) - zeroed)
      let piece = UnsafeRawBufferPointer(rebasing: zeros[..<Int(count)])
      if let error = folder.write(file, piece, at: zeroed) { return error }
      zeroed += count
    }
    return nil
  }

  /// When there is nothing else to do. False: nothing was missing.
  func extendAhead(_ folder: Folder) -> Bool {
    guard let file, zeroed < Int64(segmentBytes), zeroed - offset < Int64(zeros.count) else {
      return false
    }
    if extend(folder, file, to: zeroed + 1) != nil { finish(folder) }
    return true
  }

  /// The file gets no more. What it holds and was not synced comes again in the next one.
  func finish(_ folder: Folder) {
    guard let file else { return }
    if isOurs(folder, file) { folder.close(file) }
    self.file = nil
    status = nil
  }

  /// A host that closes all descriptors may have opened another file under this number. `isNamed`: and no hand has
  /// removed it, because what no folder names survives nothing.
  private func isOurs(_ folder: Folder, _ file: Int32, isNamed: Bool = false) -> Bool {
    guard let status, case .success(let found) = folder.calls.status(file) else { return false }
    return status.isSame(found) && (!isNamed || found.links > 0)
  }

  // A batch

  /// Writes the ring's bytes `records` as one batch, and waits until the disk has them. After an error the file is
  /// finished and nothing counts as written. `isStill`: asked once they were read, and before anything else is done.
  func write(
    _ folder: Folder, _ head: BatchHead, _ records: UnsafeRawBufferPointer, epoch: UInt32,
    isStill: () -> Bool
  ) -> SystemError? {
    guard let file, let start = room.baseAddress else { return SystemError(EBADF) }
    let wall_us = folder.calls.wall_us()
    let now_ns = folder.calls.now_ns()
    let laid = lay(records)
    guard isStill() else { return Self.ringMoved }
    guard let laid else { return Self.sealRefused }
    var head = head
    head.number = place.batch
    head.bytes = UInt32(laid)
    head.write(start, epoch: epoch, wall_us: wall_us, now_ns: now_ns, seed: seed)
    let hashed = BatchHead.size + laid
    let hash = digest.hash(running, UnsafeRawBufferPointer(start: start, count: hashed))
    hash.withUnsafeBytes {
      if let from = $0.baseAddress {
        (start + hashed + Frame.headSize).copyMemory(from: from, byteCount: ChainDigest.size)
      }
    }
    BatchHead.sealEnd(
      start + hashed, batch: head.number, last: head.last, epoch: epoch, wall_us: wall_us,
      now_ns: now_ns, seed: seed)
    let size = hashed + BatchHead.endSize
    // What stands apart is there before the batch that has its hash.
    for stream in layer?.streams ?? [] {
      if let error = stream.flush(folder) {
        layer?.giveUp(folder)
        return error
      }
    }
    if let error = put(folder, file, UnsafeRawBufferPointer(start: start, count: size)) {
      finish(folder)
      layer?.giveUp(folder)
      return error
    }
    layer?.settle()
    offset += Int64(size)
    running = hash
    place = ChainPlace(
      last: head.last, hash: hash, batch: head.number + 1, wall_us: wall_us)
    lastWritten = head.last
    begun_ns = begun_ns ?? now_ns
    written[written.count - 1].last = head.last
    written[written.count - 1].wall_us = max(written[written.count - 1].wall_us, wall_us)
    return nil
  }

  /// The host's seal failed. Nothing was written, and the file is as good as before.
  static let sealRefused = SystemError(EKEYREJECTED)
  /// The ring began anew while it was read. Nothing was written.
  static let ringMoved = SystemError(ESTALE)

  /// Behind the room of the batch's head, sealed where that is asked for. How many bytes.
  private func lay(_ records: UnsafeRawBufferPointer) -> Int? {
    let place = UnsafeMutableRawBufferPointer(rebasing: room[BatchHead.size...])
    if let layer { return layer.lay(records, into: place) }
    if let from = records.baseAddress, let to = place.baseAddress {
      to.copyMemory(from: from, byteCount: records.count)
    }
    return records.count
  }

  private func put(
    _ folder: Folder, _ file: Int32, _ bytes: UnsafeRawBufferPointer
  ) -> SystemError? {
    guard isOurs(folder, file, isNamed: true) else { return SystemError(EBADF) }
    if let error = extend(folder, file, to: offset + Int64(bytes.count)) { return error }
    if let error = folder.write(file, bytes, at: offset) { return error }
    return folder.syncData(file)
  }

  /// Gives the unused rest back, when the journal is closed.
  func trim(_ folder: Folder) -> SystemError? {
    guard let file else { return nil }
    guard isOurs(folder, file) else { return SystemError(EBADF) }
    if let error = folder.truncate(file, bytes: offset) { return error }
    if let error = folder.sync(file) { return error }
    written[written.count - 1].bytes = offset
    return nil
  }

  // What there is

  func know(_ segments: [SegmentFacts]) { written = segments + written }
  func forget(_ number: UInt64) { written.removeAll { $0.number == number } }
}

/// A segment that is there.
struct SegmentFacts: Equatable, Sendable {
  var number: UInt64
  var first: UInt64
  var last: UInt64
  /// Of its last batch, and no earlier than when it was made, where a clock went back.
  var wall_us: Int64
  var bytes: Int64
}
