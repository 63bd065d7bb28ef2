// When things happened to an incident, as its promises and figures count them.

/// When a unit arrived, with its agency and beat.
struct Arrival: BitwiseCopyable {
  /// `Int64.max`: it did not.
  var at_ns: Int64 = .max
  var wall_us: Int64 = 0
  var agency: UInt32 = 0
  var beat: UInt32 = 0
}

/// The times of one incident that figures are made of; its receipt, or appointment, is `IncidentRecord.start_ns`.
package struct IncidentTimes: BitwiseCopyable {
  var dispatched_ns: Int64 = 0
  /// Of the first unit sent.
  var agency: UInt32 = 0
  var beat: UInt32 = 0
  /// The first arrival that counts, with that unit's agency and beat; never = `Int64.max`.
  var arrived_ns: Int64 = .max
  var arrivedAgency: UInt32 = 0
  var arrivedBeat: UInt32 = 0
  /// What its arrival limit counts from, however vulnerable its caller is.
  var arrivalFrom_ns: Int64 = 0
  /// Of units that have left after arriving: the first arrival, and the first signature and arrival of an agency.
  var left = Arrival()
  var leftSigned_ns: Int64 = .max
  var leftArrived_ns: Int64 = .max
  var leftSignedAgency: UInt32 = 0
  var leftArrivedAgency: UInt32 = 0
  var isDispatched = false
}
