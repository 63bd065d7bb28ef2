// The option --datum: a word that is none is refused and never means one.

import ArgumentParser
import HujiaGeography

extension Datum {
  static func given(_ word: String) throws(ValidationError) -> Datum {
    guard let datum = Datum(word: word) else {
      throw ValidationError("--datum \(word): wgs84, gcj02 or bd09.")
    }
    return datum
  }
}
