// The process's resident memory over a run. Flat is the promise: nothing is allocated after open, by us neither.

import Glibc

package struct MemorySamples {
  package private(set) var times_s: [Double] = []
  package private(set) var sizes_kib: [Double] = []

  init(times_s: [Double] = [], sizes_kib: [Double] = []) {
    self.times_s = times_s
    self.sizes_kib = sizes_kib
  }

  mutating func reserve(_ count: Int) {
    times_s.reserveCapacity(count)
    sizes_kib.reserveCapacity(count)
  }

  mutating func add(at_s: Double) {
    guard let size_kib = Self.resident_kib else { return }
    times_s.append(at_s)
    sizes_kib.append(size_kib)
  }

  /// Pages of the process in memory now; nil where the system does not say.
  private static var resident_kib: Double? {
    guard let file = fopen("/proc/self/statm", "r") else { return nil }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 128)
    guard fgets(&line, Int32(line.count), file) != nil else { return nil }
    let fields = line.prefix { $0 != 0 }.split(separator: 32)
    guard fields.count > 1 else { return nil }
    let pages = fields[1].reduce(0) { $0 * 10 + Double($1 - 48) }
    return pages * Double(sysconf(Int32(_SC_PAGESIZE))) / 1_024
  }

  /// The first minute is warming up: tables are touched for the first time. Of a short run, its first third.
  var settledFrom_s: Double { min(60, (times_s.last ?? 0) / 3) }

  /// Growth of the settled part, by least squares; nil with fewer than three samples.
  package var slope_kib_per_min: Double? {
    let from_s = settledFrom_s
    let settled = zip(times_s, sizes_kib).filter { $0.0 >= from_s }
    guard settled.count >= 3 else { return nil }
    let count = Double(settled.count)
    let mean_s = settled.reduce(0) { $0 + $1.0 } / count
    let mean_kib = settled.reduce(0) { $0 + $1.1 } / count
    let above = settled.reduce(0) { $0 + ($1.0 - mean_s) * ($1.1 - mean_kib) }
    let below = settled.reduce(0) { $0 + ($1.0 - mean_s) * ($1.0 - mean_s) }
    return below > 0 ? above / below * 60 : nil
  }
}
