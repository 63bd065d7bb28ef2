// Epochs take turns: while one answers, the next is made in the tables of the one before it. The builder calls
// `set`, `build`, then publishes the result under the baton and calls `publish(_:)` here.
//
// When tables may be written again: a metric is read only by the holder of the baton, and nobody keeps a pointer into
// it across turns. So once another one is published under the baton, the one before has no reader, and its tables are
// free for the next build. A reader without the baton would need a count of its own here.

import HujiaContainers
import HujiaRoads

package final class EpochStore: @unchecked Sendable {
  private let map: RoadMap
  /// What the next epoch is made of: profile · arcs + arc.
  private let wanted: Block<UInt32>
  private let scratch: BuildScratch?
  let mending: MendingScratch?
  private let members: [Member]
  /// The member that answers; none: the map's own, whose tables are not ours to write.
  private var serving: Int?
  private var made: Int?
  private var lastEpoch: UInt64 = 0
  /// Numbers of epochs go on behind this one.
  package func goOn(after epoch: UInt64) { lastEpoch = max(lastEpoch, epoch) }
  package private(set) var isSplit: Bool
  /// How the last build was done.
  package private(set) var wasMended = false

  /// One of the two metrics that take turns, and where it differs from what is wanted.
  private final class Member {
    let metric: Metric
    var isStale = true
    /// By layer; flags profile · arcs + arc.
    let changed: Block<UInt32>
    var counts = (0, 0)
    var flags: BitSet
    var layerToCome: Layer?

    init(_ metric: Metric, most: Int, _ memory: Memory) throws(OutOfMemory) {
      try metric.reserveForTraffic()
      let changed = try Block<UInt32>(unfilled: memory, count: most * 2)
      let flags = try BitSet(memory, capacity: metric.map.arcCount * 2)
      self.metric = metric
      self.changed = changed
      self.flags = flags
    }
  }

  /// More changes than this are a full build.
  private let mostChanges: Int

  /// Takes all that building ever needs but for a second profile (`Second`): New York 180 MiB where `router` made its
  /// own first epoch. Under the baton only long enough to look at the router's metric.
  package init(
    map: RoadMap, serving: Metric?, hasOneProfile: Bool, memory: Memory
  ) throws(OutOfMemory) {
    let most = max(256, map.arcCount / 24)
    let wanted = try Block<UInt32>(unfilled: memory, count: map.arcCount * 2)
    var members: [Member] = []
    for index in 0..<2 {
      let isServing = index == 0 && serving != nil
      let metric: Metric
      if isServing, let serving {
        metric = serving
      } else {
        metric = try Metric(map: map, memory: memory)
        if !hasOneProfile { metric.split(try metric.makeResponse()) }
      }
      members.append(try Member(metric, most: most, memory))
    }
    var scratch: BuildScratch?
    var mending: MendingScratch?
    if let hierarchy = Hierarchy(map) {
      scratch = try BuildScratch(hierarchy, memory: memory)
      mending = try MendingScratch(hierarchy, memory: memory)
    }
    wanted.base.update(from: map.arcNormal_ms, count: map.arcCount)
    (wanted.base + map.arcCount).update(from: map.arcResponse_ms, count: map.arcCount)
    self.map = map
    self.wanted = wanted
    self.scratch = scratch
    self.mending = mending
    self.members = members
    self.serving = serving == nil ? nil : 0
    isSplit = !hasOneProfile
    mostChanges = most
  }

  /// Tables for a second profile, taken by the member that first needs one.
  package final class Second: @unchecked Sendable {
    fileprivate let layers: (Layer, Layer)
    fileprivate init(_ first: Layer, _ second: Layer) { layers = (first, second) }
  }

  /// Any thread.
  package func takeSecond() throws(OutOfMemory) -> Second {
    let metric = members[0].metric
    let first = try metric.makeResponse()
    return Second(first, try metric.makeResponse())
  }

  /// From the next build on, response driving has times of its own.
  package func split(_ second: Second) {
    if isSplit { return }
    isSplit = true
    members[0].layerToCome = second.layers.0
    members[1].layerToCome = second.layers.1
    for member in members { member.isStale = true }
  }

  /// What an arc takes from the next epoch on; `.max` = closed.
  package func set(arc: Int, _ profile: Profile, time_ms: UInt32) {
    let layer = profile == .normal ? 0 : 1
    let key = layer * map.arcCount + arc
    if wanted[key] == time_ms { return }
    want(arc, layer, time_ms)
    map.forEachByway(of: UInt32(arc)) { want(Int($0), layer, time_ms) }
  }

  private func want(_ arc: Int, _ layer: Int, _ time_ms: UInt32) {
    let key = layer * map.arcCount + arc
    wanted[key] = time_ms
    for member in members { note(member, layer, arc, key) }
  }

  private func note(_ member: Member, _ layer: Int, _ arc: Int, _ key: Int) {
    if member.isStale || member.flags.contains(key) || (layer == 1 && !isSplit) { return }
    let count = layer == 0 ? member.counts.0 : member.counts.1
    if count == mostChanges {
      member.isStale = true
      return
    }
    member.flags.insert(key)
    member.changed[layer * mostChanges + count] = UInt32(arc)
    if layer == 0 { member.counts.0 += 1 } else { member.counts.1 += 1 }
  }

  private var idle: Int { serving == 0 ? 1 : 0 }

  /// Whether the next build is a full one whatever is set. While there is nothing else to do, `prepare` spares it that.
  package var isUnprepared: Bool { members[idle].isStale }

  /// Brings the idle tables up to what is wanted now, so that the next build has only what is set from here on.
  package func prepare(_ crew: Crew) { bringUpToDate(members[idle], crew) }

  /// Makes the next epoch in the tables that nobody reads. Allocates nothing.
  package func build(_ crew: Crew) -> Metric {
    let member = members[idle]
    bringUpToDate(member, crew)
    lastEpoch += 1
    member.metric.epoch = lastEpoch
    made = idle
    return member.metric
  }

  private func bringUpToDate(_ member: Member, _ crew: Crew) {
    let metric = member.metric
    if isSplit, metric.hasOneProfile { metric.split(member.layerToCome) }
    if member.isStale {
      for layer in 0..<metric.layers {
        metric.layer(layer).times.base.update(
          from: wanted.base + layer * map.arcCount, count: map.arcCount)
      }
      if let scratch { metric.rebuild(scratch, crew) }
      member.flags.removeAll()
    } else {
      mend(member, 0, member.counts.0, crew)
      if metric.layers == 2 { mend(member, 1, member.counts.1, crew) }
    }
    wasMended = !member.isStale
    member.isStale = false
    member.counts = (0, 0)
  }

  private func mend(_ member: Member, _ layer: Int, _ count: Int, _ crew: Crew) {
    let changed = UnsafeBufferPointer(
      start: member.changed.base + layer * mostChanges, count: count)
    let times = member.metric.layer(layer).times.base
    for arc in changed {
      let key = layer * map.arcCount + Int(arc)
      times[Int(arc)] = wanted[key]
      member.flags.remove(key)
    }
    if let scratch, let mending {
      member.metric.mend(
        Metric.Changes(layer: layer, arcs: changed), scratch, mending, crew)
    }
  }

  /// The last one built answers now: it was published under the baton.
  package func published() { serving = made ?? serving }
}
