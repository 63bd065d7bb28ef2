// Switches of a test run, read from the environment. Must never: change what a test demands, only how often it tries.

import Glibc

package func environment(_ name: String) -> String? {
  guard let value = getenv(name) else { return nil }
  return String(cString: value)
}

/// HUJIA_FULL=1 multiplies the counts.
package enum Scale {
  package static let isFull = environment("HUJIA_FULL") == "1"
  package static func count(_ small: Int, full: Int) -> Int { isFull ? full : small }
}
