// A state on its way to a file and back. Writing and reading are one walk over the same lines, so neither can know of a
// field that the other lacks. What is read is believed no more than a host: every number has its bounds, and the first
// that is out of them ends the reading, with a sentence. Must never: copy the memory of a struct.

/// Puts a state down in pieces, or takes one in. In writing, memory stays at one piece, however large the state is.
public struct StateCoder: ~Copyable {
  @usableFromInline let room: UnsafeMutableRawPointer
  @usableFromInline var writer: NumberWriter
  @usableFromInline var reader: NumberReader
  /// Takes a full piece; false: it could not, and nothing more is put down.
  @usableFromInline let sink: (UnsafeRawBufferPointer) -> Bool
  public let isReading: Bool
  /// Of the state that is on its way; a field that came later stands in those from its version on.
  public var version: UInt32 = 1
  /// What was wrong first; nil: nothing was.
  @usableFromInline var found: StaticString?
  @inlinable public var flaw: StaticString? { found }
  /// How many numbers went by: a test compares it with the fields of a struct.
  @usableFromInline var passed = 0
  @inlinable public var numbers: Int { passed }

  @usableFromInline static var piece: Int { 64 << 10 }

  /// Writes; `finish` gives the last piece.
  public init(writingTo sink: @escaping (UnsafeRawBufferPointer) -> Bool) {
    room = .allocate(byteCount: Self.piece, alignment: 16)
    writer = NumberWriter(room)
    reader = NumberReader(UnsafeRawBufferPointer(start: nil, count: 0))
    self.sink = sink
    isReading = false
  }

  /// Reads what was written; the bytes stay the caller's and outlive this.
  public init(reading bytes: UnsafeRawBufferPointer) {
    room = .allocate(byteCount: 1, alignment: 16)
    writer = NumberWriter(room)
    reader = NumberReader(bytes)
    sink = { _ in false }
    isReading = true
  }

  deinit { room.deallocate() }

  /// The first flaw stays. What is read behind it is zero, so that no loop goes on.
  public mutating func fail(_ words: StaticString) {
    if found == nil { found = words }
    reader.fail()
  }

  /// A later version of the library wrote it: nothing is wrong with it.
  public private(set) var isNewer = false

  public mutating func failAsNewer(_ words: StaticString) {
    if found == nil { isNewer = true }
    fail(words)
  }

  /// The name of the limit that is too small for what is read; nil: none is.
  public private(set) var lacking: StaticString?

  public mutating func lack(_ limit: StaticString) {
    if found == nil { lacking = limit }
    fail("a limit of the configuration is smaller than what is on record")
  }

  @inlinable public mutating func demand(_ holds: Bool, _ words: StaticString) {
    if isReading, !holds { fail(words) }
  }

  /// Whether the walk may go on.
  @inlinable public var isGood: Bool { flaw == nil }

  @usableFromInline mutating func flush() {
    guard writer.count > 0, flaw == nil else { return }
    let isTaken = sink(UnsafeRawBufferPointer(start: room, count: writer.count))
    writer = NumberWriter(room)
    if !isTaken { fail("a piece of the state could not be put down") }
  }

  /// Writing: the last piece is given. Reading: nothing may be left.
  public mutating func finish() {
    if isReading {
      if !reader.isBroken, !reader.isAtEnd { fail("there is more than a state") }
    } else {
      flush()
    }
  }

  @inlinable mutating func makeRoom(_ bytes: Int) {
    if writer.count + bytes > Self.piece { flush() }
    // After a piece that was refused its room is used again and again.
    if writer.count + bytes > Self.piece { writer = NumberWriter(room) }
  }

  // Numbers

  /// Any number of its type.
  @inlinable public mutating func code<Number: FixedWidthInteger>(_ number: inout Number) {
    passed &+= 1
    guard isReading else {
      makeRoom(MemoryLayout<Number>.size)
      return writer.put(number)
    }
    let read: Number = reader.get()
    if reader.isBroken { return fail("it is cut off") }
    number = read
  }

  @inlinable public mutating func code(_ flag: inout Bool) {
    var byte: UInt8 = flag ? 1 : 0
    code(&byte)
    demand(byte <= 1, "a flag is neither yes nor no")
    flag = byte == 1
  }

  /// A number that a table, a step or a count bounds.
  @inlinable public mutating func code<Number: FixedWidthInteger>(
    _ number: inout Number, _ bounds: ClosedRange<Number>
  ) {
    code(&number)
    guard isReading, !bounds.contains(number) else { return }
    number = bounds.lowerBound
    fail("a number is out of its bounds")
  }

  /// A place in a table of so many, or `none`.
  @inlinable public mutating func code(_ place: inout UInt32, below count: Int, none: UInt32? = nil)
  {
    code(&place)
    guard isReading, none != place, Int(place) >= count else { return }
    place = none ?? 0
    fail("a place is outside its table")
  }

  /// So many of something.
  @inlinable public mutating func code(count: inout Int, most: Int) {
    var wide = Int64(count)
    code(&wide)
    guard isReading else { return }
    if wide < 0 || wide > most {
      wide = 0
      fail("there is more of something than there is room")
    }
    count = Int(wide)
  }

  /// A time of the engine's own; the end of the range stands for never. The difference of two never overflows.
  @inlinable public mutating func code(time: inout Int64) {
    code(&time)
    guard isReading, time != .max, !Self.times.contains(time) else { return }
    time = 0
    fail("a time is none")
  }
  @usableFromInline static var times: ClosedRange<Int64> { -(1 << 61)...1 << 62 }

  /// The same where the beginning of the range stands for ever.
  @inlinable public mutating func code(since: inout Int64) {
    code(&since)
    guard isReading, since != .max, since != .min, !Self.times.contains(since) else { return }
    since = 0
    fail("a time is none")
  }

  @inlinable public mutating func code<Choice: RawRepresentable>(_ choice: inout Choice)
  where Choice.RawValue: FixedWidthInteger {
    var raw = choice.rawValue
    code(&raw)
    guard isReading else { return }
    guard let read = Choice(rawValue: raw) else { return fail("a word is none of its vocabulary") }
    choice = read
  }

  /// Bytes behind their length; read, they are those of the whole.
  public mutating func code(bytes: inout UnsafeRawBufferPointer, most: Int) {
    var count = bytes.count
    code(count: &count, most: most)
    guard !isReading else {
      bytes = reader.take(count)
      if reader.isBroken { fail("it is cut off") }
      return
    }
    var offset = 0
    while offset < bytes.count {
      let part = min(bytes.count - offset, Self.piece)
      makeRoom(part)
      writer.put(UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + part]))
      offset += part
    }
  }

  /// What stands next, so that a walk that has lost its way ends at once.
  public mutating func section(_ mark: UInt32) {
    var read = mark
    code(&read)
    demand(read == mark, "a part of the state stands where another belongs")
  }
}
