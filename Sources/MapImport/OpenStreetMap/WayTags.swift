// Tags of one object, as few as they are: looked through one by one.

package struct WayTags: Sendable {
  package var pairs: [(key: String, value: String)] = []

  package init(_ pairs: [(key: String, value: String)] = []) { self.pairs = pairs }

  package subscript(_ key: String) -> String? {
    for pair in pairs where pair.key == key { return pair.value }
    return nil
  }

  /// The first of these keys that is there.
  func first(_ keys: [String]) -> String? {
    for key in keys {
      if let value = self[key] { return value }
    }
    return nil
  }
}
