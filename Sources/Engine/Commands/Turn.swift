// What a turn takes in that is not in its commands.

/// The inputs of one turn. All its commands share them.
package struct Turn: BitwiseCopyable {
  package var moment: Moment
  package init(moment: Moment) { self.moment = moment }
}
