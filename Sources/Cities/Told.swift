// What the parts below throw, in the one error of the tool.

import HujiaHostKit
import HujiaMapBuild
import HujiaMapImport
import HujiaRoads

/// Import, map compiler and map file name the fault and the remedy in their own words.
package func told<Value>(_ body: () throws -> Value) throws(Failed) -> Value {
  do {
    return try body()
  } catch let error as Failed {
    throw error
  } catch let error as ImportError {
    throw Failed(error.message)
  } catch let error as MapBuildError {
    throw Failed(error.message)
  } catch let error as MapFileError {
    throw Failed(error.message)
  } catch {
    throw Failed("\(error)", .mend("report this"))
  }
}
