// The library's own threads for building epochs: one that builds, and one that lends it a hand. Both sleep until they
// are needed, with every signal blocked; nobody ever spins for the other.

import Glibc
import HujiaRouting
import Synchronization

final class BuildThreads: @unchecked Sendable {
  private let builder = Sleeper()
  private let helper = Sleeper()
  private let isStopping = Atomic<Bool>(false)
  // Guarded by the builder's mutex
  private var isWanted = false
  // Guarded by the helper's mutex
  private var job: Crew.Job?
  private var subject: UnsafeMutableRawPointer?
  private var jobs = 0
  private var isHelping = false
  /// The next job of the work under way.
  private let next = Atomic<Int>(0)

  /// `work` runs on the builder's thread whenever `wake` was called since it last began. False: the system refused.
  func start(_ work: @escaping () -> Void) -> Bool {
    guard helper.start({ [unowned self] in help() }) else { return false }
    guard builder.start({ [unowned self] in build(work) }) else {
      stop()
      return false
    }
    return true
  }

  var mustEnd: Bool { isStopping.load(ordering: .acquiring) }

  /// Any thread; does not wait.
  func wake() {
    builder.locked {
      isWanted = true
      builder.wakeAll()
    }
  }

  /// Ends both, after the build under way.
  func stop() {
    isStopping.store(true, ordering: .releasing)
    builder.locked { builder.wakeAll() }
    builder.join()
    helper.locked { helper.wakeAll() }
    helper.join()
  }

  private func build(_ work: () -> Void) {
    while true {
      pthread_mutex_lock(builder.mutex)
      while !isWanted && !mustEnd { builder.wait() }
      isWanted = false
      pthread_mutex_unlock(builder.mutex)
      if mustEnd { return }
      work()
    }
  }

  /// The builder and the helper, as long as this lives.
  var crew: Crew {
    Crew(context: Unmanaged.passUnretained(self).toOpaque()) { context, jobs, job, subject in
      guard let context else { return }
      Unmanaged<BuildThreads>.fromOpaque(context).takeUnretainedValue().share(jobs, job, subject)
    }
  }

  /// On the builder's thread. It does all the jobs itself when the helper does not get to run.
  private func share(_ count: Int, _ job: Crew.Job, _ subject: UnsafeMutableRawPointer) {
    if count < 2 {
      for index in 0..<count { job(subject, index) }
      return
    }
    helper.locked {
      next.store(0, ordering: .relaxed)
      self.job = job
      self.subject = subject
      jobs = count
      helper.wakeAll()
    }
    runJobs(count, job, subject)
    helper.locked {
      self.job = nil
      while isHelping { helper.wait() }
    }
  }

  private func runJobs(_ count: Int, _ job: Crew.Job, _ subject: UnsafeMutableRawPointer) {
    while true {
      let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
      if index >= count { return }
      job(subject, index)
    }
  }

  private func help() {
    pthread_mutex_lock(helper.mutex)
    while !mustEnd {
      guard let job, let subject else {
        helper.wait()
        continue
      }
      let count = jobs
      isHelping = true
      self.job = nil
      pthread_mutex_unlock(helper.mutex)
      runJobs(count, job, subject)
      pthread_mutex_lock(helper.mutex)
      isHelping = false
      helper.wakeAll()
    }
    pthread_mutex_unlock(helper.mutex)
  }
}
