// Reading incidents by the host's id.

extension EngineCore {
  package func incident(_ id: UInt64) -> UInt32? { incidents.slot(of: id) }
}
