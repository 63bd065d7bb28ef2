// Read first. Replays a city's recorded calls in virtual time: the engine decides, the units of this simulation obey.
// Recorded: when and where calls came, their type and priority, turnout and time on scene of each response. Simulated:
// when a person signs, and the drive (along the engine's own route, at the pace that crews drove that week).

import CHujia
import HeapModule
import HujiaCities
import HujiaHostKit

package final class Replay {
  /// Positions are reported this often while driving, as automatic vehicle location does.
  static let report_ns: Int64 = 15_000_000_000

  private let city: City
  private let book: PlanBook
  private let host: Host
  private var eventRoom = Host.roomForEvents(256)
  private var routeRoom = Host.roomForRoute
  private var jobs = Heap<Job>()
  private var order = 0
  private var vehicles: [Vehicle]
  private var vehicleOf: [UInt64: Int] = [:]
  private let vehicleNamed: [String: Int]
  private var incidents: [UInt64: Incident] = [:]
  private var random: SplitMix64
  private var now_ns: Int64 = 0
  private var nextDue_ns: Int64 = .max
  private let origin_s: Double
  private let pace: DrivingPace
  private let usual: UsualTimes
  private var pendingEvents: [hj_event] = []
  package private(set) var statistics: Statistics

  private struct Incident {
    var call: Int
    var sent = 0
    /// The call's recorded responses that units of the replay follow already.
    var followed: Set<Int> = []
    var live = 0
    var arrived = false
    var dispatched_ns: Int64 = 0
  }

  /// The engine of a replay, in HJ_RUN_POLL.
  package static func open(
    map: String?, plans: String?, units: Int, incidents: Int, journal: HostJournal? = nil
  ) throws(Failed) -> Host {
    try Host(map: map, plans: plans.map { .file($0) } ?? .builtIn, journal: journal) { config in
      config.run_mode = HJ_RUN_POLL
      config.max_units = UInt32(max(units, 1))
      config.max_incidents = UInt32(incidents)
      config.max_assignments = UInt32(incidents * 2)
      config.figure_types = 64
      config.figure_beats = 128
      // The record says where its vehicles are, also where it jumps.
      config.max_speed_cms = .max
    }
  }

  package init(
    city: City, book: PlanBook, host: Host, pace: DrivingPace, seed: UInt64
  ) throws(Failed) {
    self.city = city
    self.book = book
    self.host = host
    self.pace = pace
    usual = UsualTimes(city)
    random = SplitMix64(seed: seed)
    vehicles = city.units.map { Vehicle(unit: $0) }
    vehicleNamed = Dictionary(
      city.units.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    origin_s = (city.calls.first?.entry ?? 0) - 3_600
    statistics = Statistics(city: city, book: book, pace: pace, origin_s: origin_s)
    for (index, unit) in city.units.enumerated() {
      var description = hj_unit()
      description.id = UInt64(index + 1)
      description.capabilities = book.capabilities(of: unit)
      description.agency = FigureNames.agency(of: unit)
      description.home_beat = FigureNames.beat(of: unit, in: city)
      let isOnDuty = unit.duty?.contains { $0.contains(origin_s) } ?? true
      description.activity = isOnDuty ? HJ_ACTIVITY_STATION : HJ_ACTIVITY_OFF_DUTY
      vehicles[index].isOffDuty = !isOnDuty
      description.lat_e7 = unit.home.lat_e7
      description.lon_e7 = unit.home.lon_e7
      try Host.check(host.put(description), "hj_unit_put \(description.id)")
      for span in unit.duty ?? [] {
        if span.lowerBound > origin_s { add(time_ns(span.lowerBound), .duty(index, true)) }
        if span.upperBound > origin_s { add(time_ns(span.upperBound), .duty(index, false)) }
      }
    }
    for index in city.calls.indices { add(time_ns(city.calls[index].entry), .call(index)) }
  }

  /// Whole microseconds, as the wall clock has them: after a restart time goes on by the wall.
  private func time_ns(_ unix_s: Double) -> Int64 { Int64((unix_s - origin_s) * 1e6) * 1_000 }
  private var wall_us: Int64 { Int64(origin_s * 1e6) + now_ns / 1_000 }

  private func add(_ time_ns: Int64, _ act: Job.Act) {
    order += 1
    jobs.insert(Job(time_ns: time_ns, order: order, act: act))
  }

  private func later(_ seconds: Double, _ act: Job.Act) {
    add(now_ns + Int64(max(seconds, 0) * 1e6) * 1_000, act)
  }

  /// Runs to the end. `pace` is called with the virtual time and the share of calls done.
  package func run(pace: (Int64, Double) -> Void) throws(Failed) {
    var done = 0
    while let job = jobs.min {
      // The engine's own deadlines come first when they are due before the next thing that happens outside.
      let time_ns = min(job.time_ns, nextDue_ns)
      pace(time_ns, Double(done) / Double(city.calls.count))
      now_ns = max(time_ns, now_ns)
      statistics.sample(busy: vehicleOf.count, until_s: Double(now_ns) / 1e9)
      try poll()
      guard job.time_ns <= now_ns, jobs.min == job else { continue }
      jobs.removeMin()
      if case .call = job.act { done += 1 }
      try perform(job.act)
      try settleEvents()
      try poll()
    }
    statistics.unreached = incidents.values.count { !$0.arrived }
    statistics.responses.finish()
    statistics.finish(host, virtualSeconds: Double(now_ns) / 1e9)
  }

  /// Moves the engine to now and does what it tells.
  private func poll() throws(Failed) {
    let (status, next_ns) = host.poll(now_ns: now_ns, wall_us: wall_us)
    try Host.check(status, "hj_engine_poll")
    nextDue_ns = next_ns
    try settleEvents()
  }

  private func perform(_ act: Job.Act) throws(Failed) {
    switch act {
    case .call(let index): try call(index)
    case .sign(let id): try sign(id)
    case .leave(let id): try leave(id)
    case .arrive(let id): try arrive(id)
    case .transport(let id): try transport(id)
    case .atHospital(let id): try atHospital(id)
    case .clear(let id): try clear(id)
    case .move(let vehicle, let trip): move(vehicle, trip)
    case .home(let vehicle, let trip): home(vehicle, trip)
    case .duty(let vehicle, let isOn): setDuty(vehicle, isOn)
    }
  }

  private func call(_ index: Int) throws(Failed) {
    let call = city.calls[index]
    var report = hj_report.sized
    report.tier = book.tier(of: call)
    report.type = book.type(of: call)
    report.lat_e7 = call.place.lat_e7
    report.lon_e7 = call.place.lon_e7
    report.key_low = call.number
    report.key_high = 1
    report.wall_us = wall_us
    var answer = hj_dispatch.sized
    let start_ns = HostClock.now_ns
    let status = host.report(&report, into: &answer)
    let took_ns = UInt64(HostClock.now_ns - start_ns)
    try Host.check(status, "hj_incident_report")
    statistics.decided(index, status, answer, took_ns)
    statistics.responses.decided(index, answer, doing: doing)
    if status != HJ_EXISTS { incidents[answer.incident_id] = Incident(call: index) }
  }

  /// What a unit of the city does now, in a word.
  private func doing(_ name: String) -> String {
    guard let vehicle = vehicleNamed[name] else { return "not in units.csv" }
    if vehicles[vehicle].assignment != 0 { return "on a call" }
    return vehicles[vehicle].isOffDuty ? "off duty" : "free"
  }

  // What the engine tells

  private func settleEvents() throws(Failed) {
    repeat {
      pendingEvents.removeAll(keepingCapacity: true)
      let status = host.takeEvents(&eventRoom) { pendingEvents.append($0) }
      try Host.check(status, "hj_events_poll")
      let events = pendingEvents
      for event in events {
        switch event.kind {
        case HJ_EVENT_ASSIGNMENT: try assignmentChanged(event)
        case HJ_EVENT_ESCALATION: escalated(event)
        default: break
        }
      }
    } while !pendingEvents.isEmpty
  }

  private func assignmentChanged(_ event: hj_event) throws(Failed) {
    let vehicle = Int(event.unit_id) - 1
    if event.state == HJ_ASSIGNMENT_DISPATCHED {
      dispatched(event, vehicle)
    } else if event.state >= HJ_ASSIGNMENT_CLEARED {
      try ended(event, vehicle)
    }
  }

  private func dispatched(_ event: hj_event, _ vehicle: Int) {
    vehicles[vehicle].stop()
    vehicles[vehicle].assignment = event.assignment_id
    vehicles[vehicle].incident = event.incident_id
    vehicles[vehicle].dispatched_ns = now_ns
    vehicles[vehicle].response = response(for: vehicle, incident: event.incident_id)
    vehicleOf[event.assignment_id] = vehicle
    incidents[event.incident_id]?.sent += 1
    incidents[event.incident_id]?.live += 1
    if incidents[event.incident_id]?.sent == 1 {
      incidents[event.incident_id]?.dispatched_ns = now_ns
    }
    statistics.sent(vehicle)
    if let known = incidents[event.incident_id] {
      statistics.responses.sent(
        vehicle, to: known.call, following: vehicles[vehicle].response)
    }
    // Simulated: 87 of 100 sign within 12 s, 10 late (16 to 29 s), 3 not until a supervisor calls.
    let luck = random.share()
    if luck < 0.87 {
      later(random.between(3, 12), .sign(event.assignment_id))
    } else if luck < 0.97 {
      later(random.between(16, 29), .sign(event.assignment_id))
    }
  }

  private func ended(_ event: hj_event, _ vehicle: Int) throws(Failed) {
    guard vehicleOf.removeValue(forKey: event.assignment_id) != nil else { return }
    vehicles[vehicle].assignment = 0
    // The replacement of a unit that never arrived follows the same response.
    if event.state != HJ_ASSIGNMENT_CLEARED, let call = incidents[event.incident_id]?.call {
      let response = vehicles[vehicle].response
      if let response { incidents[event.incident_id]?.followed.remove(response) }
      statistics.responses.takenBack(vehicle, from: call, following: response)
    }
    goHome(vehicle)
    if vehicles[vehicle].isOffDuty {
      setActivity(vehicle, HJ_ACTIVITY_OFF_DUTY)
    }
    incidents[event.incident_id]?.live -= 1
    guard let incident = incidents[event.incident_id], incident.live == 0, incident.arrived,
      !isWaiting(event.incident_id)
    else { return }
    incidents[event.incident_id] = nil
    statistics.responses.ended(incident.call)
    try Host.check(host.close(event.incident_id), "hj_incident_close")
  }

  /// Whether the plan still wants units there that could not be sent yet.
  private func isWaiting(_ incident: UInt64) -> Bool {
    let (status, read) = host.read(incident: incident)
    return status == HJ_OK && read.shortfall & HJ_SHORTFALL_NOT_AVAILABLE != 0
  }

  /// False when the assignment is over already, or further on.
  @discardableResult
  private func advance(_ assignment: UInt64, _ state: Int32) throws(Failed) -> Bool {
    let status = host.advance(assignment, state)
    if status == HJ_E_STALE || status == HJ_E_REASON || status == HJ_UNCHANGED { return false }
    try Host.check(
      status, "hj_assignment_advance to \(Host.name(HJ_NAMES_ASSIGNMENT, state))")
    return true
  }

  private func setActivity(_ vehicle: Int, _ activity: Int32) {
    _ = host.setActivity(UInt64(vehicle + 1), activity)
  }

  private func escalated(_ event: hj_event) {
    let tier = incidents[event.incident_id].map { Int(book.tier(of: city.calls[$0.call])) } ?? 0
    statistics.escalated(
      event, hour: LocalTime.hour(origin_s + Double(now_ns) / 1e9), tier: tier, at_ns: now_ns)
    let isCalled =
      event.clock == HJ_CLOCK_ACKNOWLEDGE && event.action == HJ_STEP_SUPERVISOR
      && event.assignment_id != 0
    if isCalled { later(random.between(5, 20), .sign(event.assignment_id)) }
  }

  // What the units do

  private func vehicle(of assignment: UInt64) -> Int? {
    vehicleOf[assignment]
  }

  /// The recorded response that a unit follows: one of its own type, else one that carries patients like
  /// it. Nil when the record sent no more of them.
  private func response(for vehicle: Int, incident: UInt64) -> Int? {
    guard let known = incidents[incident] else { return nil }
    let responses = city.calls[known.call].responses
    let type = vehicles[vehicle].unit.type
    let open = responses.indices.filter { !known.followed.contains($0) }
    let chosen =
      open.first { responses[$0].unitType == type }
      ?? open.first { City.isAmbulance(type) && City.isAmbulance(responses[$0].unitType) }
    if let chosen { incidents[incident]?.followed.insert(chosen) }
    return chosen
  }

  private func record(_ vehicle: Int) -> City.Response? {
    guard let incident = incidents[vehicles[vehicle].incident] else { return nil }
    let responses = city.calls[incident.call].responses
    return vehicles[vehicle].response.map { responses[$0] }
  }

  private func sign(_ id: UInt64) throws(Failed) {
    guard let vehicle = vehicle(of: id),
      try advance(id, HJ_ASSIGNMENT_ACKNOWLEDGED)
    else { return }
    let record = record(vehicle)
    let turnout_s =
      record.flatMap { row in row.underWay.map { $0 - row.dispatch } } ?? usual.turnout_s
    let since_s = Double(now_ns - vehicles[vehicle].dispatched_ns) / 1e9
    later(max(min(turnout_s, 300) - since_s, 1), .leave(id))
  }

  private func leave(_ id: UInt64) throws(Failed) {
    guard let vehicle = vehicle(of: id), try advance(id, HJ_ASSIGNMENT_EN_ROUTE) else {
      return
    }
    let route = host.route(assignment: id, &routeRoom)
    let call = incidents[vehicles[vehicle].incident].map { city.calls[$0.call] }
    drive(vehicle, route, factor: pace.factors[call.map { Int(book.tier(of: $0)) } ?? 0])
    statistics.drove(route)
    if statistics.example == nil, let call, route.count > 12 {
      // A road to show leads over more than one street.
      let road = RouteWords(route, name: host.streetName)
      if road.legs.count > 1 {
        statistics.example = Statistics.Example(
          unit: vehicles[vehicle].unit.name, call: call, road: road,
          points: route.map { Location(lat_e7: $0.lat_e7, lon_e7: $0.lon_e7) })
      }
    }
    add(now_ns + vehicles[vehicle].routeTime_ns, .arrive(id))
  }

  /// `factor`: driven time over the route's own.
  private func drive(_ vehicle: Int, _ route: [hj_route_point], factor: Double) {
    vehicles[vehicle].start(route, at: now_ns, stretch: factor)
    if !route.isEmpty { add(now_ns + Self.report_ns, .move(vehicle, vehicles[vehicle].trip)) }
  }

  private func move(_ vehicle: Int, _ trip: Int) {
    guard vehicles[vehicle].trip == trip else { return }
    reportPosition(vehicle)
    add(now_ns + Self.report_ns, .move(vehicle, trip))
  }

  private func reportPosition(_ vehicle: Int) {
    let place = vehicles[vehicle].advance(to: now_ns)
    let fix = Host.fix(UInt64(vehicle + 1), at: place, wall_us: wall_us)
    _ = withUnsafePointer(to: fix) { host.positions(UnsafeBufferPointer(start: $0, count: 1)) }
    statistics.positions += 1
  }

  private func arrive(_ id: UInt64) throws(Failed) {
    guard let vehicle = vehicle(of: id) else { return }
    reportPosition(vehicle)
    vehicles[vehicle].stop()
    guard try advance(id, HJ_ASSIGNMENT_ON_SCENE) else { return }
    let incident = vehicles[vehicle].incident
    if let known = incidents[incident] {
      statistics.responses.arrived(
        vehicles[vehicle].response, of: known.call,
        after: Double(now_ns - vehicles[vehicle].dispatched_ns) / 1e9)
    }
    if let known = incidents[incident], !known.arrived {
      incidents[incident]?.arrived = true
      statistics.arrived(
        known.call, dispatched_s: Double(known.dispatched_ns) / 1e9,
        now_s: Double(now_ns) / 1e9, origin_s: origin_s)
    }
    guard let row = record(vehicle), let onScene = row.onScene else {
      return later(usual.onScene_s(vehicles[vehicle].unit.type), .clear(id))
    }
    if let transport = row.transport, transport > onScene {
      later(min(transport - onScene, 7_200), .transport(id))
    } else {
      let stay_s =
        row.available.map { $0 - onScene } ?? usual.onScene_s(vehicles[vehicle].unit.type)
      later(min(stay_s, 14_400), .clear(id))
    }
  }

  private func transport(_ id: UInt64) throws(Failed) {
    guard let vehicle = vehicle(of: id),
      try advance(id, HJ_ASSIGNMENT_TRANSPORTING)
    else { return }
    let here = vehicles[vehicle].place
    let hospital = city.hospitals.min {
      abs($0.place.lat - here.lat) + abs($0.place.lon - here.lon)
        < abs($1.place.lat - here.lat) + abs($1.place.lon - here.lon)
    }
    let route = hospital.map { host.route(from: here, to: $0.place, &routeRoom) } ?? []
    let row = record(vehicle)
    let recorded_s = row.flatMap { row in
      row.hospital.flatMap { at in row.transport.map { at - $0 } }
    }
    let plain_s = Double(route.last?.time_ms ?? 600_000) / 1e3
    let takes_s = min(recorded_s.map { max($0, 60) } ?? plain_s, 7_200)
    drive(vehicle, route, factor: plain_s > 0 ? max(takes_s / plain_s, 0.01) : 1)
    later(takes_s, .atHospital(id))
  }

  private func atHospital(_ id: UInt64) throws(Failed) {
    guard let vehicle = vehicle(of: id) else { return }
    reportPosition(vehicle)
    vehicles[vehicle].stop()
    guard try advance(id, HJ_ASSIGNMENT_AT_DESTINATION) else { return }
    let row = record(vehicle)
    let stay_s = row.flatMap { row in
      row.available.flatMap { end in (row.hospital ?? row.transport).map { end - $0 } }
    }
    later(min(stay_s ?? 1_200, 14_400), .clear(id))
  }

  private func clear(_ id: UInt64) throws(Failed) {
    guard vehicle(of: id) != nil else { return }
    try advance(id, HJ_ASSIGNMENT_CLEARED)
  }

  private func goHome(_ vehicle: Int) {
    let route = host.route(
      from: vehicles[vehicle].place, to: vehicles[vehicle].unit.home, &routeRoom)
    drive(vehicle, route, factor: pace.factors[Int(HJ_TIER_URGENT)])
    add(
      now_ns + vehicles[vehicle].routeTime_ns + 1_000_000_000,
      .home(vehicle, vehicles[vehicle].trip))
  }

  private func home(_ vehicle: Int, _ trip: Int) {
    guard vehicles[vehicle].trip == trip else { return }
    reportPosition(vehicle)
    vehicles[vehicle].stop()
    let activity =
      vehicles[vehicle].isOffDuty ? HJ_ACTIVITY_OFF_DUTY : HJ_ACTIVITY_STATION
    setActivity(vehicle, activity)
  }

  /// A unit on an incident finishes it first.
  private func setDuty(_ vehicle: Int, _ isOn: Bool) {
    vehicles[vehicle].isOffDuty = !isOn
    guard vehicles[vehicle].assignment == 0 else { return }
    setActivity(vehicle, isOn ? HJ_ACTIVITY_STATION : HJ_ACTIVITY_OFF_DUTY)
  }
}
