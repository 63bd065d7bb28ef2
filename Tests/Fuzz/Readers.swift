// The readers of a journal under libFuzzer, each by itself, so that an input is small and its changes meet what they
// are for. A head that fills a page stands in an input as its first bytes alone. scripts/fuzz compiles the readers
// themselves with the counters of libFuzzer; what is here has none.

import CHujiaJournal
import Glibc

@testable import HujiaJournal

/// By name.
func readers() -> [String: (inout Input) -> Void] {
  let all = JournalReaders()
  return [
    "records": all.records, "segments": all.segments, "snapshots": all.snapshots,
    "streams": all.streams,
  ]
}

/// libFuzzer has one thread.
private final class JournalReaders {
  private let rooms = (0..<8).map { _ in Room() }
  private let calls = MemoryFolder()
  private let opener = FrameOpener(OddSeal(), journal)
  private var sum = 0

  private var folder: Folder { Folder(calls: calls, descriptor: 3) }

  private func touch(_ bytes: UnsafeRawBufferPointer) { for byte in bytes { sum &+= Int(byte) } }

  private func touch(_ record: borrowing JournalRecord) {
    touch(record.payload)
    for apart in [record.apart.positions, record.apart.watches] { if let apart { touch(apart) } }
  }

  // Records: batches of a segment without its head, or the frames of a ring

  /// flags, the first record, the first batch, where the next segment begins; then the bytes.
  func records(_ input: inout Input) {
    let flags = input.flags()
    let first = max(input.number(UInt64.self), 1)
    let batch = input.number(UInt64.self)
    let until = input.number(UInt8.self)
    let body = input.rest
    let count = body.count + (flags.contains(.zeros) ? 64 : 0)
    let bytes = rooms[0].lay([(0, body)], count: count)
    if flags.contains(.other) {
      if flags.contains(.sums) {
        Sums.frames(bytes, from: 0, next: flags.contains(.numbers) ? first : nil)
      }
      return ring(UnsafeRawBufferPointer(bytes), after: batch)
    }
    let digest = digest(flags.contains(.sm3))
    var chain = Chain(digest: digest, last: first - 1, batch: batch)
    if flags.contains(.sums) {
      Sums.batches(bytes, from: 0, &chain, isCounted: flags.contains(.numbers))
    }
    let head = SegmentHead(
      format: 2, journal: journal, boot: .none, number: 1, first: first, after: first - 1,
      batch: batch, digest: flags.contains(.sm3) ? .sm3 : .sha256, epoch: 1, made_us: 0,
      previous: ChainDigest.zero, host: [], seal: "odd")
    let reader = SegmentReader(
      name: "journal-1", head: head, bytes: UnsafeRawBufferPointer(bytes), digest: digest,
      opener: flags.contains(.blind) ? nil : opener, isBlind: flags.contains(.blind))
    var place = ChainPlace(last: first - 1, hash: ChainDigest.zero, batch: batch)
    var last = first - 1
    let end = reader.readBatches(
      &place, from: 0, until: until == 0 ? nil : (first - 1) &+ UInt64(until)
    ) { frame, payload, apart in
      precondition(frame.sequence > last, "record \(frame.sequence) came behind \(last)")
      last = frame.sequence
      touch(frame.record(payload, apart, boot: .none))
      return true
    }
    precondition(place.last >= last || end != .whole(count), "it ends before what it gave")
  }

  private func ring(_ bytes: UnsafeRawBufferPointer, after: UInt64) {
    let view = RingView(bytes: Array(bytes), seed: seed, state: 0, durable: 0)
    _ = view.isOverwritten
    let first = view.first(after: after)
    var given: UInt64?
    view.each(after: after) { frame, payload in
      precondition(frame.sequence > after, "a record came that is known")
      if given == nil { given = frame.sequence }
      touch(payload)
      if let record = frame.ringRecord(payload, boot: .none) {
        touch(record)
      } else if let note = DeletionNote(payload, frame) {
        precondition(note.by.utf8.count <= 3 * DeletionNote.mostText)
      }
      return true
    }
    precondition(first == given, "the first record is \(first ?? 0), and \(given ?? 0) came")
  }

  // Files whose head fills a page

  /// How many bytes of the head there are, how many behind it; then both. Without any behind it a file may be cut off
  /// in its head.
  private func page(
    _ input: inout Input, _ room: Int, _ flags: Flags, size: (UnsafeRawBufferPointer) -> Int
  ) -> UnsafeMutableRawBufferPointer {
    let headCount = Int(input.number(UInt16.self) & 0x3ff)
    let bodyCount = Int(input.number(UInt16.self))
    let head = input.take(headCount)
    let body = input.take(bodyCount)
    guard head.count + body.count > 0 else { return rooms[room].lay([], count: 0) }
    guard body.count > 0 || flags.contains(.zeros) else {
      return rooms[room].lay([(0, head)], count: head.count)
    }
    let size = max(size(head), head.count)
    return rooms[room].lay(
      [(0, head), (size, body)], count: size + body.count + (flags.contains(.zeros) ? 64 : 0))
  }

  private func segment(
    _ input: inout Input, _ number: UInt64, _ flags: Flags, _ chain: inout Chain
  ) -> UnsafeMutableRawBufferPointer {
    let bytes = page(input: &input, Int(number) - 1, flags)
    let size = bytes.word(12)
    guard flags.contains(.sums), size >= 160, size <= bytes.count, bytes.count > size else {
      return bytes
    }
    bytes.put(journal.high, at: 16)
    bytes.put(journal.low, at: 24)
    if flags.contains(.numbers) {
      bytes.put(number, at: 48)
      if number > 1 {
        // Behind a gap the first record is another than the next.
        let first: UInt64 = bytes.number(56)
        if first <= chain.last { bytes.put(chain.last &+ 1, at: 56) }
        bytes.put(chain.last, at: 64)
        bytes.put(chain.batch, at: 72)
        chain.hash.withUnsafeBytes { hash in
          UnsafeMutableRawBufferPointer(rebasing: bytes[96..<128]).copyBytes(from: hash)
        }
      }
    }
    Sums.head(bytes, size: size)
    chain = Chain(
      digest: digest(bytes.word(80) == 2), last: max(bytes.number(56, UInt64.self), 1) - 1,
      batch: bytes.number(72))
    chain.begin(
      UnsafeRawBufferPointer(rebasing: bytes[..<size]),
      previous: UnsafeRawBufferPointer(rebasing: bytes[96..<128]))
    Sums.batches(bytes, from: size, &chain, isCounted: flags.contains(.numbers))
    return bytes
  }

  private func page(
    input: inout Input, _ room: Int, _ flags: Flags
  ) -> UnsafeMutableRawBufferPointer {
    page(&input, room, flags) { head in
      guard head.count >= 16 else { return SegmentHead.page }
      let said = Int(head.loadUnaligned(fromByteOffset: 12, as: UInt32.self).littleEndian)
      return said % SegmentHead.page == 0 && said > 0 && said <= 80 << 10 ? said : SegmentHead.page
    }
  }

  private func stream(
    _ input: inout Input, _ stream: JournalStream, _ number: UInt64, _ room: Int, _ flags: Flags
  ) -> UnsafeMutableRawBufferPointer {
    let bytes = page(&input, room, flags) { _ in StreamHead.size }
    guard flags.contains(.sums), bytes.count > StreamHead.size else { return bytes }
    bytes.put(journal.high, at: 16)
    bytes.put(journal.low, at: 24)
    if flags.contains(.numbers) {
      bytes.put(UInt64(stream.rawValue), at: 32)
      bytes.put(number, at: 40)
    }
    Sums.head(bytes, size: StreamHead.size)
    Sums.frames(bytes, from: StreamHead.size)
    return bytes
  }

  private func snapshot(
    _ bytes: UnsafeMutableRawBufferPointer, _ flags: Flags
  ) -> String {
    guard bytes.count >= SnapshotHead.size else { return SnapshotHead.name(1) }
    if flags.contains(.sums) {
      bytes.put(journal.high, at: 16)
      bytes.put(journal.low, at: 24)
      Sums.snapshot(bytes)
    }
    return SnapshotHead.name(bytes.number(32))
  }

  // Segments: a whole folder, as open, print, verify and salvage walk it

  /// flags; both pages of LOCK (how many bytes, and these); two segments, two streams (`page`); a snapshot (how many
  /// bytes, and these); what stands in the ring, to the end.
  func segments(_ input: inout Input) {
    let flags = input.flags()
    calls.clear()
    lock(&input, flags)
    var chain = Chain(digest: digest(false), last: 0, batch: 1)
    for number in 1...2 as ClosedRange<UInt64> {
      let bytes = segment(&input, number, flags, &chain)
      calls.add(SegmentHead.name(number), UnsafeRawBufferPointer(bytes))
    }
    for (room, kind) in [(2, JournalStream.positions), (3, .watches)] {
      let bytes = stream(&input, kind, 1, room, flags)
      calls.add(kind.fileName(1), UnsafeRawBufferPointer(bytes))
    }
    let state = input.take(Int(input.number(UInt16.self)))
    let laid = rooms[5].lay([(0, state)], count: state.count)
    if laid.count > 0 { calls.add(snapshot(laid, flags), UnsafeRawBufferPointer(laid)) }
    ringFile(&input, flags)
    if flags.contains(.other) { proves(chain, flags) } else { gives(flags) }
  }

  private func gives(_ flags: Flags) {
    let seal = flags.contains(.blind) ? nil : opener.seal
    var last: UInt64 = 0
    let report = Journal.read(
      "/journal", calls: calls, seal: seal, isBlind: flags.contains(.blind),
      snapshot: { _, bytes in
        touch(bytes)
        return bytes.count > 0
      }
    ) { record in
      precondition(record.sequence > last, "record \(record.sequence) came behind \(last)")
      last = record.sequence
      touch(record)
      return true
    }
    precondition(report.problem != nil || report.last >= last)
  }

  private func proves(_ chain: Chain, _ flags: Flags) {
    let seal = flags.contains(.blind) ? nil : opener.seal
    let report = Journal.verifyChain(
      "/journal", kept: [ChainHead(record: chain.last, hash: chain.hash)], calls: calls, seal: seal
    ) { touch($0) }
    _ = Journal.sealName(of: "/journal", calls: calls)
    precondition(report.problem != nil || report.last >= chain.last, "what was kept is missing")
  }

  private func lock(_ input: inout Input, _ flags: Flags) {
    let one = input.take(Int(input.number(UInt8.self)))
    let other = input.take(Int(input.number(UInt8.self)))
    guard one.count + other.count > 0 else { return }
    let count = other.isEmpty ? LockPage.size : 2 * LockPage.size
    let bytes = rooms[4].lay([(0, one), (LockPage.size, other)], count: count)
    if flags.contains(.sums) {
      for start in stride(from: 0, to: count, by: LockPage.size) {
        bytes.put(journal.high, at: start + 16)
        bytes.put(journal.low, at: start + 24)
        Sums.head(bytes, at: start, size: LockPage.size)
      }
    }
    calls.add(LockPage.name, UnsafeRawBufferPointer(bytes))
  }

  /// Where it begins, how far it is said to reach, the host's area, the state beside it; then the frames.
  private func ringFile(_ input: inout Input, _ flags: Flags) {
    guard !input.rest.isEmpty else { return }
    let head = input.number(UInt64.self)
    let reach = input.number(UInt64.self)
    let area = UInt64(input.number(UInt16.self))
    let state = input.number(UInt64.self)
    let frames = input.take(Ring.least)
    let start = Ring.shared(area: Int(area))
    let bytes = rooms[6].lay([], count: start + Ring.least)
    Ring(start: bytes.baseAddress.unsafelyUnwrapped, areaBytes: Int(area), capacity: Ring.least)
      .writeFacts(
        Ring.Facts(
          journal: journal, boot: .none, areaBytes: area, ringBytes: UInt64(Ring.least)))
    let own = rooms[7].lay([(0, frames)], count: frames.count)
    if flags.contains(.sums) { Sums.frames(own, from: 0) }
    let mask = Ring.least - 1
    let place = Int(truncatingIfNeeded: head & UInt64(mask))
    let before = min(own.count, Ring.least - place)
    UnsafeMutableRawBufferPointer(rebasing: bytes[(start + place)...])
      .copyBytes(from: own[..<before])
    UnsafeMutableRawBufferPointer(rebasing: bytes[start...]).copyBytes(from: own[before...])
    bytes.put(head, at: 512)
    bytes.put(flags.contains(.numbers) ? head &+ UInt64(own.count) : reach, at: 256)
    bytes.put(state, at: 1_024)
    calls.add("ring", UnsafeRawBufferPointer(bytes))
  }

  // Snapshots

  func snapshots(_ input: inout Input) {
    let flags = input.flags()
    let body = input.rest
    let bytes = rooms[0].lay([(0, body)], count: body.count)
    calls.clear()
    let own = snapshot(bytes, flags)
    let name = flags.contains(.numbers) ? own : "beside"
    calls.add(name, UnsafeRawBufferPointer(bytes))
    let how = flags.contains(.blind) ? SnapshotFile.How.proved : .opened(opener)
    guard let read = try? SnapshotFile.read(folder, name, journal: journal, how) else { return }
    precondition(read.bytes.count <= bytes.count, "more than there was")
    read.bytes.withUnsafeBytes { touch($0) }
  }

  // Streams: what stands apart, asked for record by record

  func streams(_ input: inout Input) {
    let flags = input.flags()
    calls.clear()
    let digest = digest(flags.contains(.sm3))
    var asked: [(stream: JournalStream, sequence: UInt64, hash: [UInt8])] = []
    for (room, (kind, number)) in [(JournalStream.positions, 1), (.positions, 2), (.watches, 1)]
      .enumerated()
    {
      let bytes = UnsafeRawBufferPointer(stream(&input, kind, UInt64(number), room, flags))
      calls.add(kind.fileName(UInt64(number)), bytes)
      var offset = StreamHead.size
      while asked.count < 64, let frame = Frame.read(bytes, at: offset, seed: seed) {
        let stored = Frame.payload(bytes, at: offset, frame)
        asked.append(
          (kind, frame.sequence, FrameLayer.hash(stored, kind, frame.sequence, digest)))
        offset += frame.size
      }
    }
    let seal = flags.contains(.blind) ? nil : opener.seal
    let shelf = StreamShelf(folder, journal, seal)
    // A chain asks in order; what it asks for may be another than lies there, or nowhere.
    if !flags.contains(.other) { asked.sort { $0.sequence < $1.sequence } }
    for (index, one) in asked.enumerated() { ask(one, index, shelf, digest) }
    _ = shelf.findings.unexplained
    for kind in JournalStream.allCases {
      _ = try? StreamDeletion.last(kind, before_us: input.number(), folder, journal)
    }
  }

  private func ask(
    _ one: (stream: JournalStream, sequence: UInt64, hash: [UInt8]), _ index: Int,
    _ shelf: StreamShelf, _ digest: ChainDigest
  ) {
    var fields = FieldWriter()
    var hash = one.hash
    if index % 8 == 7 { hash[0] ^= 1 }
    fields.put(hash)
    fields.put(UInt32(one.stream == .positions ? 1 : 0))
    fields.put(UInt32(one.stream == .watches ? 1 : 0))
    let frame = FrameHead(
      length: fields.bytes.count, kind: 3, version: 1, flags: Frame.apartFlag,
      sequence: one.sequence, monotonic_ns: 0, wall_us: 0, epoch: 1, bodySum: 0)
    fields.bytes.withUnsafeBytes { raw in
      guard let view = ApartView(raw, isOnDisk: true) else { fatalError("no view of a hash") }
      let apart = shelf.take(view, frame, digest)
      for bytes in [apart.positions, apart.watches] { if let bytes { touch(bytes) } }
      precondition(
        apart[one.stream] != nil || apart.gone.contains(JournalStreams(one.stream)),
        "neither there nor gone")
    }
  }
}
