// What a plans file calls things. The engine decides by numbers and keeps no names; a host that reads the file for its
// own screens asks here, so that there is one reader of plans.

import Glibc
import HujiaContainers
import HujiaEngine

package struct PlanNames: Equatable, Sendable {
  /// Name to bit, 0 ... 63.
  package var capabilities: [String: Int] = [:]
  /// Types that have a name, in the file's order.
  package var types: [TypeName] = []
  /// What other systems call a priority, to its tier.
  package var priorityTiers: [String: Tier] = [:]
  /// The response plans, in the file's order.
  package var plans: [Plan] = []

  package struct TypeName: Equatable, Sendable {
    package var code: UInt32
    package var name: String
  }

  /// What one plan is called, and what it asks for.
  package struct Plan: Equatable, Sendable {
    package var name: String
    package var seats: [Seat]
  }

  /// Room for one unit that a plan asks for.
  package struct Seat: Equatable, Sendable {
    /// Bits of capabilities; a unit that has all of one of these may take it.
    package var alternatives: [UInt64]
    /// The alarm level that it is asked for from.
    package var level: Int
  }

  package init() {}

  /// The names of a file, which is checked whole, as opening an engine with it does.
  package static func read(_ path: String) throws(Failure) -> PlanNames {
    let text = try PlanStore.read(path)
    defer { free(text.baseAddress) }
    do throws(PlanError) { return try PlanDecoder.read(UnsafeRawBufferPointer(text)).names } catch {
      throw error.failure
    }
  }
}

extension PlanError {
  /// As opening an engine answers it.
  var failure: Failure {
    var failure = Failure(.plans, field: field, message)
    failure.line = UInt32(clamping: line)
    failure.column = UInt32(clamping: column)
    return failure
  }
}
