// Lines of 80 columns on pages of 60 lines, into a buffer of fixed size. Chinese characters take two columns. Must
// never: allocate.

import HujiaContainers
import HujiaEngine

struct SheetLines {
  private let bytes: UnsafeMutablePointer<UInt8>
  private let capacity: Int
  private(set) var count = 0
  private(set) var column = 0
  /// Lines on this page.
  private(set) var line = 0
  private(set) var page = 0

  static var width: Int { 80 }
  static var height: Int { 60 }

  init(_ bytes: UnsafeMutablePointer<UInt8>, capacity: Int) {
    self.bytes = bytes
    self.capacity = capacity
  }

  var written: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: bytes, count: count) }
  /// A page's worth may not fit any more.
  var isFilling: Bool { count > capacity - 8_192 }
  mutating func flushed() { count = 0 }

  // Characters

  private mutating func put(byte: UInt8) {
    guard count < capacity else { return }
    bytes[count] = byte
    count += 1
  }

  /// The columns of a character are those of its first byte: one below 0x80, two from three bytes on.
  private mutating func putUTF8(_ byte: UInt8) {
    put(byte: byte)
    if byte < 0x80 || byte & 0xe0 == 0xc0 { column += 1 } else if byte >= 0xe0 { column += 2 }
  }

  mutating func put(_ words: StaticString) {
    for place in 0..<words.utf8CodeUnitCount { putUTF8(words.utf8Start[place]) }
  }

  /// As decimal digits, with zeros up to `digits`.
  mutating func put(_ number: UInt64, digits: Int = 1) {
    var reversed: InlineArray<20, UInt8> = .init(repeating: 0x30)
    var rest = number
    var length = 0
    repeat {
      reversed[length] = 0x30 + UInt8(rest % 10)
      rest /= 10
      length += 1
    } while rest > 0
    for _ in 0..<max(0, min(digits, 20) - length) { putUTF8(0x30) }
    for place in (0..<length).reversed() { putUTF8(reversed[place]) }
  }

  mutating func put(hex byte: UInt8) {
    for shift in stride(from: 4 as UInt8, through: 0, by: -4) {
      let half = byte >> shift & 15
      putUTF8(half < 10 ? 0x30 + half : 0x57 + half)
    }
  }

  /// At least one blank, and then up to a column.
  mutating func tab(_ to: Int) {
    if column > 0 { put(" ") }
    while column < to { put(" ") }
  }

  mutating func rule() {
    for _ in 0..<Self.width { put("-") }
    end()
  }

  mutating func end() {
    put(byte: 0x0a)
    column = 0
    line += 1
  }

  // Pages

  var isNewPageNeeded: Bool { page == 0 || line >= Self.height }
  func fits(_ lines: Int) -> Bool { page > 0 && line + lines <= Self.height }

  mutating func beginPage() {
    if page > 0 { put(byte: 0x0c) }
    page += 1
    line = 0
    column = 0
  }

  // What sheets show

  /// "09:15:02"; on another day than `today` "12-01 09:15".
  mutating func put(local_s: Int64, today: Int64) {
    let time = CivilTime(local_s)
    if time.day != today {
      put(UInt64(time.date.month), digits: 2)
      put("-")
      put(UInt64(time.date.day), digits: 2)
      put(" ")
    }
    put(UInt64(time.second / 3_600), digits: 2)
    put(":")
    put(UInt64(time.second / 60 % 60), digits: 2)
    guard time.day == today else { return }
    put(":")
    put(UInt64(time.second % 60), digits: 2)
  }

  mutating func put(date local_s: Int64) {
    let time = CivilTime(local_s)
    put(UInt64(max(time.date.year, 0)), digits: 4)
    put("-")
    put(UInt64(time.date.month), digits: 2)
    put("-")
    put(UInt64(time.date.day), digits: 2)
  }

  mutating func put(degrees e7: Int32) {
    if e7 < 0 { put("-") }
    let whole = UInt64(e7.magnitude)
    put(whole / 10_000_000)
    put(".")
    put(whole % 10_000_000, digits: 7)
  }

  /// As text where all of it can be printed, else as hexadecimal digits.
  mutating func put(_ reference: Reference) {
    withUnsafeBytes(of: reference.words) { raw in
      var length = raw.count
      while length > 0, raw[length - 1] == 0 { length -= 1 }
      let shown = UnsafeRawBufferPointer(rebasing: raw[..<length])
      if Printable.isText(shown) {
        for byte in shown { putUTF8(byte) }
      } else {
        for byte in shown { put(hex: byte) }
      }
    }
  }
}

/// A day of the Gregorian calendar, and the seconds of it.
struct CivilTime {
  var day: Int64
  var date: CivilDate
  var second: Int64

  init(_ local_s: Int64) {
    day = local_s >= 0 ? local_s / 86_400 : (local_s - 86_399) / 86_400
    second = local_s - day * 86_400
    date = CivilDate(days: Int(day))
  }
}

enum Printable {
  /// UTF-8 without controls.
  static func isText(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var decoder = UTF8()
    var iterator = bytes.makeIterator()
    while true {
      switch decoder.decode(&iterator) {
      case .emptyInput: return true
      case .error: return false
      case .scalarValue(let scalar):
        if scalar.value < 0x20 || (0x7f..<0xa0).contains(scalar.value) || scalar.value > 0xffff {
          return false
        }
      }
    }
  }
}
