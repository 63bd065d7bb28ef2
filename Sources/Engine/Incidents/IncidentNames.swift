// By which names hosts ask for incidents: the key of the report and the host's own number. It follows from the records
// (`fileAnew`), so of all this only a number stands in a snapshot. Must never: know an incident whose record is gone.

import HujiaContainers

struct IncidentNames: ~Copyable {
  private let inPlace = InPlace()
  private var keys: NameIndex
  private var references: NameIndex
  /// The number given last: of several incidents with one name the one with the highest number is found.
  private var newest: UInt64 = 0

  init(_ memory: Memory, incidents: Int) throws(OutOfMemory) {
    let keys = try NameIndex(memory, capacity: incidents)
    let references = try NameIndex(memory, capacity: incidents)
    self.keys = keys
    self.references = references
  }

  private static func hash(_ high: UInt64, _ low: UInt64) -> UInt64 {
    NameIndex.hash(NameIndex.hash(0, high), low)
  }
  private static func hash(_ reference: Reference) -> UInt64 {
    var hash: UInt64 = 0
    for word in 0..<4 { hash = NameIndex.hash(hash, reference.words[word]) }
    return hash
  }

  // Finding

  func find(
    keyHigh high: UInt64, _ low: UInt64, _ records: borrowing Block<IncidentRecord>
  ) -> UInt32? {
    let base = records.base
    return keys.find(Self.hash(high, low)) {
      base[Int($0)].keyHigh == high && base[Int($0)].keyLow == low
    }
  }

  func find(_ reference: Reference, _ details: borrowing Block<IncidentDetails>) -> UInt32? {
    let base = details.base
    return references.find(Self.hash(reference)) { base[Int($0)].reference == reference }
  }

  // Filing

  /// An incident was opened: its names lead to it, and no more to an earlier one that has them too.
  mutating func enter(
    _ slot: UInt32, _ records: borrowing Block<IncidentRecord>,
    _ details: borrowing Block<IncidentDetails>
  ) {
    newest += 1
    details[slot].keyNumber = newest
    details[slot].referenceNumber = newest
    fileKey(slot, records)
    if records[slot].hasReference { fileReference(slot, details) }
  }

  /// Its record is given up.
  mutating func remove(_ slot: UInt32, _ records: borrowing Block<IncidentRecord>) {
    if records[slot].hasKey { keys.remove(slot) }
    if records[slot].hasReference { references.remove(slot) }
  }

  /// Before and after it gets another reference.
  mutating func removeReference(_ slot: UInt32, _ records: borrowing Block<IncidentRecord>) {
    if records[slot].hasReference { references.remove(slot) }
  }
  mutating func enterReference(_ slot: UInt32, _ details: borrowing Block<IncidentDetails>) {
    newest += 1
    details[slot].referenceNumber = newest
    fileReference(slot, details)
  }

  private mutating func fileKey(_ slot: UInt32, _ records: borrowing Block<IncidentRecord>) {
    guard records[slot].hasKey else { return }
    let (high, low) = (records[slot].keyHigh, records[slot].keyLow)
    let base = records.base
    keys.file(slot, Self.hash(high, low)) {
      base[Int($0)].keyHigh == high && base[Int($0)].keyLow == low
    }
  }

  private mutating func fileReference(
    _ slot: UInt32, _ details: borrowing Block<IncidentDetails>
  ) {
    let base = details.base
    let reference = base[Int(slot)].reference
    references.file(slot, Self.hash(reference)) { base[Int($0)].reference == reference }
  }

  /// Of an engine whose records were read back; nothing is filed yet. Cold: sorts all `slots` that are kept.
  mutating func fileAnew(
    _ slots: [UInt32], _ records: borrowing Block<IncidentRecord>,
    _ details: borrowing Block<IncidentDetails>
  ) {
    let base = details.base
    for slot in slots.sorted(by: { base[Int($0)].keyNumber < base[Int($1)].keyNumber }) {
      fileKey(slot, records)
      newest = max(newest, base[Int(slot)].keyNumber)
    }
    for slot in slots.sorted(by: {
      base[Int($0)].referenceNumber < base[Int($1)].referenceNumber
    }) where records[slot].hasReference {
      fileReference(slot, details)
      newest = max(newest, base[Int(slot)].referenceNumber)
    }
  }

  /// In a state, before `fileAnew`.
  mutating func code(_ coder: inout StateCoder) { coder.code(&newest, 0...1 << 62) }

  // What is true between two commands

  /// The slow twin: of all that are kept, each name leads to the one that has it under the highest number. O(slots).
  func validate(
    _ touched: Int, _ isKept: (UInt32) -> Bool, _ records: borrowing Block<IncidentRecord>,
    _ details: borrowing Block<IncidentDetails>, _ invariants: inout Invariants
  ) {
    invariants.hold(
      keys.isConsistent() && references.isConsistent(), "lists of names lead forward and back", 0)
    var keyed = 0
    var referred = 0
    for slot in 0..<UInt32(touched) where isKept(slot) {
      if records[slot].hasKey {
        keyed += 1
        let found = find(keyHigh: records[slot].keyHigh, records[slot].keyLow, records)
        invariants.hold(
          found.map { $0 == slot || details[$0].keyNumber > details[slot].keyNumber } ?? false,
          "a key leads to the incident that was opened last with it", slot)
        let isAfter =
          keys.older(slot).map { details[$0].keyNumber < details[slot].keyNumber } ?? true
        invariants.hold(isAfter, "incidents of one key stand in order", slot)
      }
      if records[slot].hasReference {
        referred += 1
        let found = find(details[slot].reference, details)
        invariants.hold(
          found.map { details[$0].referenceNumber >= details[slot].referenceNumber } ?? false,
          "a reference leads to the incident that got it last", slot)
        let isAfter =
          references.older(slot).map {
            details[$0].referenceNumber < details[slot].referenceNumber
          } ?? true
        invariants.hold(isAfter, "incidents of one reference stand in order", slot)
      }
      invariants.hold(
        max(details[slot].keyNumber, details[slot].referenceNumber) <= newest,
        "no incident has a number that was not given", slot)
    }
    invariants.hold(
      keyed == keys.count && referred == references.count,
      "names lead to incidents that are kept, and to no other", keyed)
  }
}
