// How a place among those that wait stands in a state.

import HujiaContainers

extension WaitingKey {
  mutating func code(_ coder: inout StateCoder) {
    coder.code(time: &received_ns)
    coder.code(&serial, 0...1 << 62)
  }
}
