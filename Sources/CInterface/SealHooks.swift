// hj_config.seal and open: the host's own encryption of what lies on the disk.

import CHujia
import HujiaDriver

extension HostSeal {
  /// nil: what lies on the disk is clear.
  static func of(_ given: hj_config) throws(Failure) -> HostSeal? {
    guard (given.seal == nil) == (given.open == nil) else {
      throw Failure(.argument, field: "seal", "give both seal and open, or neither")
    }
    guard let seal = given.seal, let open = given.open else { return nil }
    let name = given.seal_name.map { String(cString: $0) } ?? ""
    guard (1...Int(HJ_SEAL_NAME_MAX)).contains(name.utf8.count) else {
      throw Failure(
        .argument, field: "seal_name", "seal_name has 1 to \(HJ_SEAL_NAME_MAX) bytes")
    }
    let context = given.seal_context
    return HostSeal(
      name: name,
      seal: { clear, about, room in
        var count = UInt64(room.count)
        let status = seal(
          context, about.baseAddress, UInt64(about.count), clear.baseAddress,
          UInt64(clear.count), room.baseAddress, &count)
        return status == HJ_OK ? count : nil
      },
      open: { sealed, name, about, room in
        var count = UInt64(room.count)
        let status = open(
          context, name, about.baseAddress, UInt64(about.count), sealed.baseAddress,
          UInt64(sealed.count), room.baseAddress, &count)
        return status == HJ_OK ? count : nil
      })
  }
}
