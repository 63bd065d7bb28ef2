// How a place and a position that a turn took in stand on record: in commands, choices, recordings and the journal.

import HujiaContainers
import HujiaRoads

extension NumberWriter {
  /// 25 bytes.
  package mutating func put(_ place: Place) {
    put(place.street)
    put(place.offset_mm)
    put(place.node)
    put(place.gap_dm)
    put(place.lat_e7)
    put(place.lon_e7)
    put(place.isOffNetwork)
  }

  package mutating func put(_ fix: TakenFix) {
    put(fix.slot)
    put(fix.ask)
    put(fix.wall_us)
    put(fix.fix_ns)
    put(fix.place)
  }
}

extension NumberReader {
  /// Every version of a record has it alike.
  package mutating func place(_ version: UInt16 = 1) -> Place {
    Place(
      street: u32(), offset_mm: u32(), node: u32(), gap_dm: u32(), lat_e7: i32(), lon_e7: i32(),
      isOffNetwork: bool())
  }

  package mutating func fix() -> TakenFix {
    TakenFix(slot: u32(), ask: u32(), wall_us: i64(), fix_ns: i64(), place: place())
  }
}

extension TakenFix {
  /// On record.
  package static var bytes: Int { 49 }
}
