// Clock, random numbers, percentiles and rows for the routing benchmark.

import Glibc

@inline(__always) func now_ns() -> Int {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return time.tv_sec * 1_000_000_000 + time.tv_nsec
}

/// Processor time of this process.
func spent_ns() -> Int {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return time.tv_sec * 1_000_000_000 + time.tv_nsec
}

/// Pages of this process in memory, and those of them that no file backs, in MiB.
func resident_MiB() -> (all: Int, own: Int) {
  guard let file = fopen("/proc/self/statm", "r") else { return (0, 0) }
  defer { fclose(file) }
  var fields = [CChar](repeating: 0, count: 256)
  guard fgets(&fields, 256, file) != nil else { return (0, 0) }
  let text = String(
    decoding: fields.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  let words = text.split(separator: " ").compactMap { Int($0) }
  guard words.count > 2 else { return (0, 0) }
  return (words[1] / 256, (words[1] - words[2]) / 256)
}

/// SplitMix64 (Steele, Lea, Flood 2014).
struct Random {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
  mutating func below(_ n: Int) -> Int { Int(next() % UInt64(max(n, 1))) }
}

/// What was measured, on the screen and as a line of JSON.
struct Rows {
  var json: UnsafeMutablePointer<FILE>?

  /// Each sample is one operation in ns.
  func show(_ name: String, _ samples: [Int]) {
    let sorted = samples.sorted()
    guard !sorted.isEmpty else { return }
    func at(_ share: Double) -> Double {
      Double(sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]) / 1_000
    }
    let shares = [0.1, 0.5, 0.99, 0.999].map(at)
    let columns = shares.map { pad(text($0), 10) }.joined()
    print(pad(name, -58) + columns + "   us: p10 p50 p99 p99.9")
    write(
      "{\"table\": \"router\", \"row\": \"\(name)\", \"p50_us\": \(shares[1]), "
        + "\"p99_us\": \(shares[2])}")
  }

  func show(_ name: String, _ value: Double, _ unit: String) {
    print(pad(name, -58) + pad(text(value), 10) + "   " + unit)
    write(
      "{\"table\": \"router\", \"row\": \"\(name)\", \"value\": \(value), \"unit\": \"\(unit)\"}")
  }

  private func write(_ line: String) {
    if let json { fputs(line + "\n", json) }
    fflush(nil)
  }

  private func text(_ value: Double) -> String {
    let scale = value < 10 ? 1_000.0 : value < 1_000 ? 10.0 : 1.0
    return String((value * scale).rounded() / scale)
  }
}

func pad(_ text: String, _ width: Int) -> String {
  let gap = String(repeating: " ", count: max(0, abs(width) - text.count))
  return width > 0 ? gap + text : text + gap
}
