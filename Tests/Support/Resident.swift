// Which pages of a table the system has given already: what touches a page first pays for it.

import Glibc

/// Of the whole pages inside, how many are there.
package func residentPages(
  _ start: UnsafeMutableRawPointer, bytes: Int
) -> (there: Int, all: Int) {
  let page = Int(sysconf(Int32(_SC_PAGESIZE)))
  let first = (Int(bitPattern: start) + page - 1) / page * page
  let count = max(0, (Int(bitPattern: start) + bytes - first) / page)
  guard count > 0, let base = UnsafeMutableRawPointer(bitPattern: first) else { return (0, 0) }
  var marks = [UInt8](repeating: 0, count: count)
  guard mincore(base, count * page, &marks) == 0 else { return (-1, count) }
  return (marks.count { $0 & 1 == 1 }, count)
}
