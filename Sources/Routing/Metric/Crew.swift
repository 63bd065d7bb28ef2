// The hands that do a build's jobs. Routing starts no thread and allocates nothing while it builds, so a job
// is a plain function and a pointer; the driver brings a second pair of hands.

/// Runs jobs numbered from 0, in any order or at once, and returns when all are done.
package struct Crew: @unchecked Sendable {
  package typealias Job = @convention(c) (UnsafeMutableRawPointer, Int) -> Void
  package typealias Work =
    @convention(c) (UnsafeMutableRawPointer?, Int, Job, UnsafeMutableRawPointer) -> Void

  private let context: UnsafeMutableRawPointer?
  private let work: Work

  package init(context: UnsafeMutableRawPointer?, work: @escaping Work) {
    self.context = context
    self.work = work
  }

  func run(_ jobs: Int, _ subject: UnsafeMutableRawPointer, _ job: Job) {
    work(context, jobs, job, subject)
  }

  /// On the caller's thread, one after the other.
  package static let alone = Crew(context: nil) { _, jobs, job, subject in
    for index in 0..<jobs { job(subject, index) }
  }
}
