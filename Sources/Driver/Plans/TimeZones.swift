// Local time for the hours of plans: a fixed offset, or a zone of the system's database read once
// into a table.

import Glibc
import CHujiaBaton
import HujiaEngine
import HujiaRoads

enum TimeZones {
  /// "+08:00", "-0330", "Z", or a name such as "America/Los_Angeles".
  static func changes(_ field: PlanField) throws(PlanError) -> [ZoneChange] {
    let text = try field.string()
    if text == "Z" || text == "UTC" { return [ZoneChange(from_s: .min, offset_s: 0)] }
    if let first = text.utf8.first, first == UInt8(ascii: "+") || first == UInt8(ascii: "-") {
      let digits = text.dropFirst().filter { $0 != ":" }
      guard digits.count == 4, let number = Int32(digits), number % 100 < 60, number <= 1_400 else {
        throw field.wrong("\"\(text)\" is no offset: write it like +08:00")
      }
      let offset_s = (number / 100 * 60 + number % 100) * 60
      return [
        ZoneChange(from_s: .min, offset_s: first == UInt8(ascii: "-") ? -offset_s : offset_s)
      ]
    }
    let isName = text.utf8.allSatisfy {
      ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7a) || ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x2f
        || $0 == 0x5f || $0 == 0x2d || $0 == 0x2b
    }
    guard isName, let bytes = ZoneFile.read("/usr/share/zoneinfo/" + text),
      let table = ZoneFile.table(bytes)
    else {
      throw field.wrong(
        "unknown time zone \"\(text)\": use a name like Asia/Shanghai (package tzdata) or +08:00")
    }
    return table
  }
}

/// The changes of a zone from its TZif file (RFC 8536, the 64-bit part): those that are listed, and
/// those that the rule at the file's end makes after them. Some systems' files list nothing after
/// the last change of law.
enum ZoneFile {
  static func read(_ path: String) -> [UInt8]? {
    guard hujia_hold_standard() == 0 else { return nil }
    defer { hujia_let_standard_go() }
    guard let file = try? RegularFile(path: path), (45...1 << 16).contains(file.size_bytes) else {
      return nil
    }
    var bytes = [UInt8](repeating: 0, count: file.size_bytes)
    return bytes.withUnsafeMutableBytes { file.read(into: $0) } ? bytes : nil
  }

  static func table(_ bytes: [UInt8]) -> [ZoneChange]? {
    func word(_ at: Int, _ size: Int) -> Int64? {
      guard at >= 0, at + size <= bytes.count else { return nil }
      var value: UInt64 = 0
      for index in 0..<size { value = value << 8 | UInt64(bytes[at + index]) }
      return size == 4 ? Int64(Int32(truncatingIfNeeded: value)) : Int64(bitPattern: value)
    }
    guard bytes.count > 44, Array(bytes[0..<4]) == Array("TZif".utf8), bytes[4] >= 0x32 else {
      return nil
    }
    func counts(_ at: Int) -> [Int]? {
      var result: [Int] = []
      for index in 0..<6 {
        guard let count = word(at + 20 + index * 4, 4), count >= 0 else { return nil }
        result.append(Int(count))
      }
      return result
    }
    // Header: utc, standard, leap, transitions, types, characters.
    guard let first = counts(0) else { return nil }
    let skip = 44 + first[3] * 5 + first[4] * 6 + first[5] + first[2] * 8 + first[1] + first[0]
    guard skip + 44 <= bytes.count, let second = counts(skip) else { return nil }
    let times = skip + 44
    let kinds = times + second[3] * 8
    let types = kinds + second[3]
    func offset(_ type: Int) -> Int32? { word(types + type * 6, 4).map { Int32($0) } }
    guard let start = offset(0) else { return nil }
    var table = [ZoneChange(from_s: .min, offset_s: start)]
    for index in 0..<second[3] {
      guard let time_s = word(times + index * 8, 8), kinds + index < bytes.count,
        let offset_s = offset(Int(bytes[kinds + index]))
      else { return nil }
      // Some entries change only the name.
      if offset_s == table[table.count - 1].offset_s { continue }
      table.append(ZoneChange(from_s: time_s, offset_s: offset_s))
    }
    let characters = types + second[4] * 6
    let rule = characters + second[5] + second[2] * 12 + second[1] + second[0]
    guard rule + 1 < bytes.count, bytes[rule] == 0x0a else { return table }
    let text = String(decoding: bytes[(rule + 1)...].prefix { $0 != 0x0a }, as: UTF8.self)
    return table + (ZoneRule(text)?.changes(after_s: table[table.count - 1].from_s) ?? [])
  }
}
