// The grammar of a JSON number (RFC 8259, section 6). What it forbids is refused, although Swift could read it.

enum JSONNumber {
  /// True for `-`? then `0` or digits without a leading zero, then a fraction and an exponent where they stand.
  static func isValid(_ text: UnsafeRawBufferPointer) -> Bool {
    var rest = text[...]
    if rest.first == UInt8(ascii: "-") { rest.removeFirst() }
    if rest.first == UInt8(ascii: "0") {
      rest.removeFirst()
    } else if !removeDigits(&rest) {
      return false
    }
    if rest.first == UInt8(ascii: ".") {
      rest.removeFirst()
      guard removeDigits(&rest) else { return false }
    }
    if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
      rest.removeFirst()
      if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest.removeFirst() }
      guard removeDigits(&rest) else { return false }
    }
    return rest.isEmpty
  }

  /// Removes the digits in front; false when there are none.
  private static func removeDigits(_ rest: inout Slice<UnsafeRawBufferPointer>) -> Bool {
    let before = rest.count
    while let byte = rest.first, byte >= 0x30, byte <= 0x39 { rest.removeFirst() }
    return rest.count < before
  }
}
