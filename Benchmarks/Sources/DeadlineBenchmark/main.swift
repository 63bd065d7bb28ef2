// Deadlines at a million live, beside a plain heap, a calendar wheel and libuv's own heap, in one run.
//   swift run -c release DeadlineBenchmark [count] [--processor-time] [--json FILE]      (appends a line a row)

import HujiaContainers
import HujiaDeadlines

/// The same random delays, slots and picks for every contestant.
struct Workload {
  static let group = 16
  let count: Int
  let order: [UInt32]
  let delays_ns: [Int64]
  let picks: [UInt32]
  /// Delays of 1 to 101 s: at a million live, 10,000 fall due each second.
  let longest_ns: Int64 = 101_000_000_000
  /// Deadlines in 10 ms of the drain.
  var turn: Int { max(1, count / 10_000) }

  init(count: Int) {
    var random = SplitMix64(1)
    var order = (0..<UInt32(count)).map { $0 }
    for index in stride(from: count - 1, to: 0, by: -1) {
      order.swapAt(index, Int(random.next() % UInt64(index + 1)))
    }
    self.order = order
    self.count = count
    delays_ns = (0..<count).map { _ in
      1_000_000_000 + Int64(random.next() % 100_000_000_000)
    }
    picks = (0..<count).map { _ in UInt32(random.next() % UInt64(count)) }
  }
}

func measure<D: Deadlines & ~Copyable>(
  _ type: D.Type, _ name: String, _ work: Workload, rearms: Bool
) throws -> [Row] {
  let groups = work.count / Workload.group
  var deadlines = try D(.system, capacity: work.count)
  var arm = Row("\(name): arm", group: Workload.group, capacity: groups)
  arm.start()
  for index in 0..<work.count {
    deadlines.arm(slot: work.order[index], due_ns: work.delays_ns[index])
    if (index + 1) % Workload.group == 0 { arm.stamp() }
  }
  var pair = Row("\(name): cancel + arm, random", group: Workload.group, capacity: groups)
  pair.start()
  for index in 0..<work.count {
    deadlines.cancel(slot: work.picks[index])
    deadlines.arm(slot: work.picks[index], due_ns: work.delays_ns[index])
    if (index + 1) % Workload.group == 0 { pair.stamp() }
  }
  // A call signed within seconds: its 15 s clock is armed and cancelled soon after.
  var brief = Row(
    "\(name): arm + cancel, 1,000 calls open", group: Workload.group, capacity: groups)
  let spare = min(1_000, work.count)
  for slot in 0..<spare { deadlines.cancel(slot: UInt32(slot)) }
  brief.start()
  for index in 0..<work.count {
    let slot = UInt32(index % spare)
    deadlines.arm(slot: slot, due_ns: 15_000_000_000 + Int64(index))
    if index >= 16 { deadlines.cancel(slot: UInt32((index - 16) % spare)) }
    if (index + 1) % Workload.group == 0 { brief.stamp() }
  }
  for index in (work.count - 16)..<work.count { deadlines.cancel(slot: UInt32(index % spare)) }
  for slot in 0..<spare { deadlines.arm(slot: UInt32(slot), due_ns: work.delays_ns[slot]) }
  var rows = [arm, pair, brief]
  if rearms {
    var rearm = Row("\(name): re-arm, random", group: Workload.group, capacity: groups)
    rearm.start()
    for index in 0..<work.count {
      deadlines.arm(slot: work.picks[index], due_ns: work.delays_ns[work.count - 1 - index])
      if (index + 1) % Workload.group == 0 { rearm.stamp() }
    }
    rows.append(rearm)
  }
  var drain = Row("\(name): expiry, turns of 10 ms", group: work.turn, capacity: 11_000)
  var now_ns: Int64 = 0
  var popped = 0
  drain.start()
  while now_ns <= work.longest_ns + 10_000_000 {
    while deadlines.popDue(now_ns: now_ns) != nil { popped += 1 }
    if popped > 0 { drain.stamp() } else { drain.start() }
    now_ns += 10_000_000
  }
  precondition(popped == work.count)
  return rows + [drain]
}

/// All at once after a sleep: turns as the engine takes them, each of at
/// most `slice` steps of drawing or 64 expiries.
func measureTurns(_ name: String, count: Int, spread_ns: Int64, first_ns: Int64) throws -> [Row] {
  var random = SplitMix64(2)
  var deadlines = try DeadlineWheel(.system, capacity: count)
  for slot in 0..<UInt32(count) {
    let due_ns = first_ns + Int64(random.next() % UInt64(spread_ns))
    deadlines.arm(slot: slot, due_ns: due_ns)
  }
  let now_ns = first_ns + spread_ns
  var drawing = Row("ours: \(name), draw", group: DeadlineWheel.slice, capacity: count / 16)
  var firing = Row("ours: \(name), expiry", group: 64, capacity: count / 32)
  var popped = 0
  while popped < count {
    var steps = DeadlineWheel.slice
    drawing.start()
    guard deadlines.draw(now_ns: now_ns, steps: &steps) else {
      drawing.stamp()
      continue
    }
    firing.start()
    let before = popped
    while popped < before + 64, deadlines.draw(now_ns: now_ns, steps: &steps),
      deadlines.popDrawn(now_ns: now_ns) != nil
    { popped += 1 }
    firing.stamp()
  }
  return [drawing, firing]
}

/// The table.
func show(_ rows: [Row]) {
  print(pad("", -44) + Row.columns.map { pad($0, 8) }.joined() + pad("worst us", 10) + pad("of", 8))
  for row in rows { print(row.line()) }
}

let arguments = CommandLine.arguments.dropFirst()
let count = arguments.compactMap { Int($0) }.first ?? 1_000_000
let work = Workload(count: count)
print("\(count) deadlines live; ns an operation; the longest group of operations in us\n")
let rows =
  try measure(DeadlineWheel.self, "ours", work, rearms: true)
  + measureTurns("a burst within 1 us", count: count, spread_ns: 1_000, first_ns: 3_600_000_000_000)
  + measureTurns(
    "a day slept through", count: count, spread_ns: 3_600_000_000_000, first_ns: 86_400_000_000_000)
  + measure(PlainHeap.self, "plain heap", work, rearms: true)
  + measure(CalendarWheel.self, "calendar wheel", work, rearms: false)
  + measureLibUV(work)
show(rows)
if let place = arguments.firstIndex(of: "--json"), place + 1 < CommandLine.arguments.count {
  appendText(
    rows.map { $0.json(live: count) }.joined(separator: "\n") + "\n",
    to: CommandLine.arguments[place + 1])
}
