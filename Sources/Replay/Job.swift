// What happens next in the replay: a time, an order, an act.

struct Job: Comparable {
  enum Act {
    case call(Int)
    case sign(UInt64)
    case leave(UInt64)
    case arrive(UInt64)
    case transport(UInt64)
    case atHospital(UInt64)
    case clear(UInt64)
    /// Vehicle, trip: reports its position while the trip is under way.
    case move(Int, Int)
    case home(Int, Int)
    /// Vehicle, whether it comes on duty.
    case duty(Int, Bool)
  }
  var time_ns: Int64
  var order: Int
  var act: Act

  static func < (a: Job, b: Job) -> Bool {
    a.time_ns != b.time_ns ? a.time_ns < b.time_ns : a.order < b.order
  }
  static func == (a: Job, b: Job) -> Bool { a.time_ns == b.time_ns && a.order == b.order }
}
