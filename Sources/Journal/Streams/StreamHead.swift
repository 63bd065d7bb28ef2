// The first page of a stream's file. See docs/architecture/journal-format.md.

import HujiaContainers

struct StreamHead: Equatable {
  static var magic: UInt64 { 0x3130_5254_534a_4848 }  // "HHJSTR01"
  static var size: Int { 4_096 }

  /// That of the journal that it was begun in.
  var format: UInt32
  var journal: JournalID
  var stream: JournalStream
  var number: UInt64
  /// The first record that has something in it.
  var first: UInt64
  var made_us: Int64
  var seal = ""

  var bytes: [UInt8] {
    var fields = FieldWriter()
    fields.put(Self.magic)
    fields.put(format)
    fields.put(UInt32(Self.size))
    fields.put(journal)
    fields.put(UInt64(stream.rawValue))
    fields.put(number)
    fields.put(first)
    fields.put(made_us)
    fields.putCounted(Array(seal.utf8))
    fields.seal(to: Self.size)
    return fields.bytes
  }

  /// nil: it is none, or damaged. What a stream's file says is checked by hashes in the chain.
  static func read(_ bytes: UnsafeRawBufferPointer, newest: UInt32) -> StreamHead? {
    guard bytes.count >= size,
      FieldWriter.isSealed(UnsafeRawBufferPointer(rebasing: bytes[..<size]))
    else { return nil }
    var fields = NumberReader(bytes)
    guard fields.get(UInt64.self) == magic else { return nil }
    let format: UInt32 = fields.get()
    guard format >= JournalFormat.sealing, format <= newest, fields.get(UInt32.self) == size
    else { return nil }
    let journal = fields.getID()
    guard let stream = JournalStream(rawValue: Int(clamping: fields.get(UInt64.self))) else {
      return nil
    }
    let number: UInt64 = fields.get()
    let first: UInt64 = fields.get()
    let made_us: Int64 = fields.get()
    let seal = fields.getCounted(most: JournalSealing.mostName)
    guard !fields.isBroken, max(number, first) <= JournalFormat.mostNumber else { return nil }
    return StreamHead(
      format: format, journal: journal, stream: stream, number: number, first: first,
      made_us: made_us, seal: String(decoding: seal, as: UTF8.self))
  }
}

/// A stream's file that is there.
struct StreamFacts: Equatable {
  var stream: JournalStream
  var number: UInt64
  var first: UInt64
  var made_us: Int64
  var seal: String
  var name: String { stream.fileName(number) }

  /// All of a folder, in order. What has no head holds nothing.
  static func list(_ folder: Folder, _ journal: JournalID) -> [StreamFacts] {
    guard case .success(let names) = folder.calls.names(folder.descriptor) else { return [] }
    var found: [StreamFacts] = []
    for name in names {
      for stream in JournalStream.allCases {
        guard let number = stream.number(name), case .success(let file) = folder.open(name, .read)
        else { continue }
        defer { folder.close(file) }
        var page = [UInt8](repeating: 0, count: StreamHead.size)
        guard
          case .success(StreamHead.size) = page.withUnsafeMutableBytes({
            folder.read(file, $0, at: 0)
          }),
          let head = page.withUnsafeBytes({
            StreamHead.read($0, newest: folder.newestFormat)
          }), head.journal == journal, head.stream == stream, head.number == number
        else { continue }
        found.append(
          StreamFacts(
            stream: stream, number: number, first: head.first, made_us: head.made_us,
            seal: head.seal))
      }
    }
    return found.sorted { ($0.stream.rawValue, $0.number) < ($1.stream.rawValue, $1.number) }
  }
}

extension [StreamFacts] {
  /// Of one stream, in order: the last record that a file can have, and a time that all in it was taken in before.
  /// `last`, `wall_us`: of the last file.
  func bounds(_ index: Int, last: UInt64, wall_us: Int64) -> (last: UInt64, wall_us: Int64) {
    guard index + 1 < count else { return (last, wall_us) }
    let least = self[(index + 1)...].map(\.first).min() ?? 0
    return (least == 0 ? 0 : least - 1, self[index + 1].made_us)
  }

  /// Of one stream, in order: without those that began in a batch which a power cut took. A later one begins no later
  /// then, and the chain has nothing of what stands in them.
  var onChain: [StreamFacts] {
    var kept: [StreamFacts] = []
    for facts in reversed() where facts.first < kept.last?.first ?? .max { kept.append(facts) }
    return kept.reversed()
  }

  func of(_ stream: JournalStream) -> [StreamFacts] { filter { $0.stream == stream } }
}
