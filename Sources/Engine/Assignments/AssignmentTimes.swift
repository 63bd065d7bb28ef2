// When things happened on an assignment, as its promises and figures count them.

package struct AssignmentTimes: BitwiseCopyable {
  var dispatched_ns: Int64 = 0
  /// Signed in so many words.
  var acknowledged_ns: Int64 = 0
  /// Signed by whatever status was the first to say so.
  var signed_ns: Int64 = .max
  var arrived_ns: Int64 = .max
  var arrivedWall_us: Int64 = 0
  /// As hosts read them; 0 = not yet. `signed`, `moved`: by whatever status was the first to say so.
  var dispatchedWall_us: Int64 = 0
  var signedWall_us: Int64 = 0
  var movedWall_us: Int64 = 0
  /// The breach of its signature, once the slot of that clock is another's.
  var signatureBreach: UInt32 = 0
  var isAcknowledged = false
  /// Dispatched before it was told.
  var wasByVoice = false
}
