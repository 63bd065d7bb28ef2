// What a turn takes in that is not in its commands.

import HujiaIngest

/// The inputs of one turn. All its commands share them.
package struct Turn: BitwiseCopyable {
  package var moment: Moment
  /// Where positions come from: what it gives is a fact of the turn.
  package var feed: Feed
  package init(moment: Moment, feed: Feed) {
    self.moment = moment
    self.feed = feed
  }
}
