// Stamps and percentiles. Absolute worst figures on a shared machine measure the machine too; the
// rivals run in the same process, on the same delays, right after one another.

import Glibc

/// On a busy machine: the processor time of this thread, which does not count what others took. Reading it is a system
/// call of some 200 ns for each group of operations.
let countsProcessorTime = CommandLine.arguments.contains("--processor-time")

func clock_ns() -> Int64 {
  var time = timespec()
  clock_gettime(countsProcessorTime ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC, &time)
  return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}

/// Steele, Lea, Flood 2014.
struct SplitMix64 {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}

/// One row: the time of each group of operations, per operation.
struct Row {
  let name: String
  /// Operations a group, so that reading the clock does not drown what is measured.
  let group: Int
  private(set) var times_ns: [Int64] = []
  private var last_ns: Int64 = 0

  init(_ name: String, group: Int, capacity: Int) {
    self.name = name
    self.group = group
    times_ns.reserveCapacity(capacity)
  }

  mutating func start() { last_ns = clock_ns() }
  mutating func stamp() {
    let now_ns = clock_ns()
    times_ns.append(now_ns - last_ns)
    last_ns = now_ns
  }

  static let columns = ["mean", "p50", "p99", "p99.9"]

  /// Per operation in ns, as `columns` says; then the longest group as it was, in us.
  private func figures() -> (each_ns: [Int64], worst_us: Int64) {
    let sorted = times_ns.sorted()
    guard let worst = sorted.last else { return ([0, 0, 0, 0], 0) }
    func at(_ share: Double) -> Int64 { sorted[Int(Double(sorted.count - 1) * share)] }
    let times = [sorted.reduce(0, +) / Int64(sorted.count), at(0.5), at(0.99), at(0.999)]
    return (times.map { $0 / Int64(group) }, worst / 1_000)
  }

  func line() -> String {
    let (each_ns, worst_us) = figures()
    return pad(name, -44) + each_ns.map { pad(String($0), 8) }.joined() + pad(String(worst_us), 10)
      + pad("(\(group))", 8)
  }

  func json(live: Int) -> String {
    let (each_ns, worst_us) = figures()
    return
      "{\"table\": \"deadlines\", \"row\": \"\(name)\", \"live\": \(live), "
      + "\"mean_ns\": \(each_ns[0]), "
      + "\"p50_ns\": \(each_ns[1]), \"p99_ns\": \(each_ns[2]), \"p999_ns\": \(each_ns[3]), "
      + "\"worst_us\": \(worst_us), \"group\": \(group)}"
  }
}

func appendText(_ text: String, to path: String) {
  guard let file = fopen(path, "a") else {
    print("cannot write \(path)")
    exit(1)
  }
  fputs(text, file)
  fclose(file)
}

/// To the right for a positive width, to the left for a negative one.
func pad(_ text: String, _ width: Int) -> String {
  let gap = String(repeating: " ", count: max(0, abs(width) - text.count))
  return width > 0 ? gap + text : text + gap
}
