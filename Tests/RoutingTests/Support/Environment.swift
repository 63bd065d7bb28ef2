// What the environment says: how much to try, where data is.

import Glibc

func environment(_ name: String) -> String? {
  guard let value = getenv(name) else { return nil }
  return String(cString: value)
}
