// A way of several blocks is several streets under one id. Live traffic and closures of one block need each told apart.

import HujiaMapBuild

extension MapDraft {
  /// Pieces that one id may have, and so many bits of the new id.
  private static let most = 1 << 16

  /// Gives each street an id of its own: the source's times 65,536, plus its number among the pieces of that id, from 1
  /// in the source's order. O(streets).
  package mutating func nameEachPiece() throws(ImportError) {
    var pieces: [UInt64: UInt64] = [:]
    for index in streets.indices {
      let id = streets[index].id
      let number = (pieces[id] ?? 0) + 1
      guard id < UInt64(1) << 48, number < Self.most else {
        throw .option(
          "--piece-ids: street \(id) has no room for the number of a piece (ids below 2^48, 65,535 pieces): "
            + "leave the option out")
      }
      pieces[id] = number
      streets[index].id = id << 16 | number
    }
  }
}
