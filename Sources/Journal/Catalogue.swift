// What a folder holds: segments with their heads, snapshots by name. Used by open, verify, salvage and archive alike.
// Must never: change anything.

struct Catalogue {
  struct Segment {
    var name: String
    var number: UInt64
    /// nil: it was being made when a crash came, and holds nothing.
    var head: SegmentHead?
    var bytes: Int64
  }

  static var mostSegment: Int64 { 1 << 30 }

  var segments: [Segment] = []
  var snapshots: [UInt64] = []
  /// Half-made files of an earlier process.
  var leftovers: [String] = []
  var journal: JournalID?

  init(_ folder: Folder, journal: JournalID?) throws(JournalProblem) {
    self.journal = journal
    let names: [String]
    switch folder.calls.names(folder.descriptor) {
    case .success(let found): names = found
    case .failure(let error): throw .system("list the journal's folder", error)
    }
    var numbers: [(UInt64, String)] = []
    for name in names {
      if let number = SegmentHead.number(name) {
        numbers.append((number, name))
      } else if let sequence = SnapshotHead.number(name) {
        snapshots.append(sequence)
      } else if name.hasSuffix(".new") {
        leftovers.append(name)
      }
    }
    snapshots.sort()
    numbers.sort { $0.0 < $1.0 }
    for (number, name) in numbers { segments.append(try look(folder, name, number)) }
  }

  private mutating func look(
    _ folder: Folder, _ name: String, _ number: UInt64
  ) throws(JournalProblem) -> Segment {
    let file = try folder.opened(name)
    defer { folder.close(file) }
    let status = try folder.status(file, name)
    guard status.isFile else { throw JournalProblem(.foreign, "\(name) is no regular file") }
    guard status.bytes <= Self.mostSegment else {
      throw JournalProblem.damage(name, 0, lastGood: 0, "longer than any segment")
    }
    let most = SegmentHead.size(host: SegmentHead.mostHostBytes)
    var room = [UInt8](repeating: 0, count: min(most, Int(status.bytes)))
    if case .failure(let error) = room.withUnsafeMutableBytes({ folder.read(file, $0, at: 0) }) {
      throw .system("read \(name)", error)
    }
    var segment = Segment(name: name, number: number, head: nil, bytes: status.bytes)
    let read: Result<SegmentHead, SegmentHead.Flaw> = room.withUnsafeBytes { raw in
      do throws(SegmentHead.Flaw) {
        return .success(try SegmentHead.read(raw, newest: folder.newestFormat))
      } catch {
        return .failure(error)
      }
    }
    switch read {
    case .success(let head):
      try check(head, name, number)
      segment.head = head
    case .failure(.newer(let version)):
      throw JournalProblem(
        .newer,
        "\(name): format \(version), this version reads up to \(folder.newestFormat): "
          + "open it with the version that wrote it")
    case .failure(.digest(let number)):
      throw JournalProblem(
        .newer,
        "\(name): chained by digest \(number), this version knows 1 (SHA-256) and 2 (SM3): "
          + "open it with the version that wrote it")
    case .failure(let flaw):
      // The head is synced before anything else is written: a file that was never finished holds no frame.
      guard try holdsNothing(folder, name) else {
        throw JournalProblem.damage(
          name, 0, lastGood: 0,
          flaw == .absent ? "not a segment of a journal" : "the segment's head is damaged")
      }
    }
    return segment
  }

  private mutating func check(
    _ head: SegmentHead, _ name: String, _ number: UInt64
  ) throws(JournalProblem) {
    guard head.number == number else {
      throw JournalProblem(
        .foreign, "\(name) is segment \(head.number) under another name: give it its own name back")
    }
    if let journal, journal != head.journal {
      throw JournalProblem(
        .foreign,
        "\(name) belongs to journal \(head.journal.text), this is \(journal.text): keep each in a "
          + "folder of its own")
    }
    journal = head.journal
  }

  private func holdsNothing(_ folder: Folder, _ name: String) throws(JournalProblem) -> Bool {
    guard let bytes = try folder.contents(name, most: Self.mostSegment) else { return false }
    return bytes.withUnsafeBytes { raw in
      guard let journal else { return SegmentReader.isZero(raw) }
      return !SegmentReader.hasFrame(raw, seed: Frame.seed(journal))
    }
  }
}
