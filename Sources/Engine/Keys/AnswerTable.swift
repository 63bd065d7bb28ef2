// The last answers to each client: a request that comes again (a line broke before its answer) gets the first result
// and changes nothing, also where that result was a refusal.

import HujiaContainers

/// The last `perClient` answers of each of the last so many clients. A client beyond the limit takes the place of the
/// one unused longest, by the order of commands alone. O(clients) to find a client: they are few.
package struct AnswerTable: ~Copyable {
  package static var perClient: Int { 64 }
  package static var mostClients: Int { 1_024 }

  struct Answered: BitwiseCopyable {
    /// Of what was asked, as it stands on record.
    var digest: UInt64
    var status: Status
    var answer: Answer
    var slice: Slice
  }

  private let inPlace = InPlace()
  private let clients: Block<Client>
  /// The number of a client's newest request, counted over all clients.
  private let used: Block<UInt64>
  /// How many answers of a client were ever remembered in its place.
  private let counts: Block<Int>
  /// By client, a ring of the last ones.
  private let requests: Block<UInt64>
  private let answered: Block<Answered>
  private let chosen: Block<Chosen>
  private var clientCount = 0
  private var newest: UInt64 = 0

  /// About 64 KiB a client, of which nothing is touched before it comes.
  init(_ memory: Memory, clients count: Int) throws(OutOfMemory) {
    let answers = count * Self.perClient
    let clients = try Block<Client>(memory, count: count)
    let used = try Block<UInt64>(memory, count: count)
    let counts = try Block<Int>(memory, count: count)
    let requests = try Block<UInt64>(unfilled: memory, count: answers)
    let answered = try Block<Answered>(unfilled: memory, count: answers)
    let chosen = try Block<Chosen>(unfilled: memory, count: answers * EngineLimits.chosen)
    self.clients = clients
    self.used = used
    self.counts = counts
    self.requests = requests
    self.answered = answered
    self.chosen = chosen
  }

  var capacity: Int { clients.count }

  /// The place of a client, which is the newest from here on; a client that is not known takes one.
  mutating func place(of client: Client) -> Int {
    newest &+= 1
    var place = 0
    while place < clientCount, clients[place] != client { place += 1 }
    if place == clientCount {
      if clientCount < capacity {
        clientCount += 1
      } else {
        place = 0
        for other in 1..<max(clientCount, 1) where used[other] < used[place] { place = other }
      }
      clients[place] = client
      counts[place] = 0
    }
    used[place] = newest
    return place
  }

  /// Where the answer to a request stands; nil: it is not known (any more).
  func find(_ request: UInt64, of place: Int) -> Int? {
    let first = place * Self.perClient
    for index in first..<first + min(counts[place], Self.perClient) where requests[index] == request
    {
      return index
    }
    return nil
  }

  func digest(_ index: Int) -> UInt64 { answered[index].digest }

  /// The first result again.
  func read(_ index: Int, into decision: inout Decision) -> Status {
    let known = answered[index]
    decision.answer = known.answer
    decision.slice = known.slice
    for unit in 0..<known.answer.count {
      decision.chosen[unit] = chosen[index * EngineLimits.chosen + unit]
    }
    return known.status
  }

  /// The oldest answer of a client goes for the newest.
  mutating func remember(
    _ request: UInt64, of place: Int, digest: UInt64, status: Status, _ decision: inout Decision
  ) {
    let index = place * Self.perClient + counts[place] % Self.perClient
    counts[place] += 1
    requests[index] = request
    answered[index] = Answered(
      digest: digest, status: status, answer: decision.answer, slice: decision.slice)
    for unit in 0..<decision.answer.count {
      chosen[index * EngineLimits.chosen + unit] = decision.chosen[unit]
    }
  }

  // In a state

  /// By client its answers, oldest first.
  mutating func code(_ coder: inout StateCoder) {
    coder.section(0x7277_6e41)
    var count = clientCount
    coder.code(count: &count, most: Self.mostClients)
    guard count <= capacity else { return coder.lack("max_clients") }
    clientCount = count
    coder.code(&newest)
    for place in 0..<count {
      coder.code(&clients[place].high)
      coder.code(&clients[place].low)
      coder.code(&used[place], 0...newest)
      var kept = min(counts[place], Self.perClient)
      let skipped = coder.isReading ? 0 : counts[place] - kept
      coder.code(count: &kept, most: Self.perClient)
      if coder.isReading { counts[place] = kept }
      for index in 0..<kept {
        code(place * Self.perClient + (skipped + index) % Self.perClient, &coder)
      }
    }
  }

  private mutating func code(_ index: Int, _ coder: inout StateCoder) {
    var own =
      coder.isReading
      ? Answered(digest: 0, status: .ok, answer: Answer(), slice: Slice()) : answered[index]
    if coder.isReading { requests[index] = 0 }
    coder.code(&requests[index])
    coder.code(&own.digest)
    own.status.code(&coder)
    own.answer.code(&coder)
    own.slice.code(&coder)
    if coder.isReading { answered[index] = own }
    let first = index * EngineLimits.chosen
    for place in first..<first + own.answer.count {
      if coder.isReading { chosen[place] = Chosen() }
      chosen[place].code(&coder)
    }
  }

  /// Between two commands. O(clients).
  func validate(_ invariants: inout Invariants) {
    invariants.hold(clientCount <= capacity, "no more clients are known than may be", clientCount)
    var latest: UInt64 = 0
    for place in 0..<clientCount {
      invariants.hold(
        0 < used[place] && used[place] <= newest, "a client's newest request was counted", place)
      invariants.hold(
        used[place] == newest || used[place] != latest, "a request is of one client", place)
      latest = max(latest, used[place])
    }
    invariants.hold(
      clientCount == 0 || latest == newest, "the newest request of all is of a client", clientCount)
  }
}
