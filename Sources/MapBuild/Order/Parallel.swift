// How the parts of a compilation that have nothing to do with each other are shared out.

import Dispatch

/// Runs `jobs` pieces of work, numbered from 0, in any order or at once, and returns when all are done.
package typealias Parallel = (_ jobs: Int, _ work: @escaping @Sendable (Int) -> Void) -> Void

package func sequential(_ jobs: Int, _ work: @escaping @Sendable (Int) -> Void) {
  for job in 0..<jobs { work(job) }
}

package func onAllCores(_ jobs: Int, _ work: @escaping @Sendable (Int) -> Void) {
  DispatchQueue.concurrentPerform(iterations: jobs) { work($0) }
}
