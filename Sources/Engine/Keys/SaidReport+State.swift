// How a report that is known by its key stands in a state.

import HujiaContainers

extension SaidReport {
  mutating func code(_ coder: inout StateCoder) {
    coder.code(&keyHigh)
    coder.code(&keyLow)
    coder.code(&callerHash)
    coder.code(&wall_us)
    coder.code(&appointmentWall_us)
    coder.code(&needs)
    coder.code(&reference)
    coder.code(&type)
    coder.code(&lat_e7)
    coder.code(&lon_e7)
    coder.code(&flags)
    coder.code(&agency)
    coder.code(&tier)
    coder.code(&source)
  }
}
