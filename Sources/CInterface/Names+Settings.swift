// Words for what clocks and watches are doing, for figures, and for what hosts set and read as flags.

extension Words {
  static func clockState(_ value: Int32) -> UnsafePointer<CChar> {
    switch value {
    case 0: return constant("none")
    case 1: return constant("running")
    case 2: return constant("warned")
    case 3: return constant("breached")
    case 4: return constant("taken")
    case 5: return constant("snoozed")
    case 6: return constant("suspended")
    default: return constant("unknown")
    }
  }

  static func watch(_ value: Int32) -> UnsafePointer<CChar> {
    switch value {
    case 1: return constant("present")
    case 2: return constant("absent")
    case 3: return constant("paused")
    default: return constant("unknown")
    }
  }

  static func figures(_ value: Int32) -> UnsafePointer<CChar> {
    switch value {
    case 0: return constant("all")
    case 1: return constant("tier")
    case 2: return constant("type")
    case 3: return constant("agency")
    case 4: return constant("beat")
    case 5: return constant("vulnerable")
    default: return constant("unknown")
    }
  }

  static func interval(_ value: Int32) -> UnsafePointer<CChar> {
    switch value {
    case 1: return constant("receipt_to_dispatch")
    case 2: return constant("dispatch_to_acknowledge")
    case 3: return constant("acknowledge_to_en_route")
    case 4: return constant("dispatch_to_arrival")
    case 5: return constant("receipt_to_arrival")
    case 6: return constant("receipt_to_close")
    default: return constant("unknown")
    }
  }

  static func shortfall(_ value: Int32) -> UnsafePointer<CChar> {
    switch value {
    case 0: return constant("none")
    case 1: return constant("not_available")
    case 2: return constant("capability")
    case 4: return constant("not_crewed")
    case 8: return constant("shift_end")
    case 16: return constant("radius")
    case 32: return constant("no_position")
    case 64: return constant("table_full")
    case 128: return constant("manual")
    case 256: return constant("not_on_streets")
    case 512: return constant("no_place")
    default: return constant("unknown")
    }
  }

  static func datum(_ value: Int32) -> UnsafePointer<CChar> {
    switch value {
    case 0: return constant("default")
    case 1: return constant("wgs84")
    case 2: return constant("gcj02")
    case 3: return constant("bd09")
    default: return constant("unknown")
    }
  }

  static func profile(_ value: Int32) -> UnsafePointer<CChar> {
    switch value {
    case 0: return constant("default")
    case 1: return constant("response")
    case 2: return constant("normal")
    default: return constant("unknown")
    }
  }

  static func run(_ value: Int32) -> UnsafePointer<CChar> {
    switch value {
    case 0: return constant("thread")
    case 1: return constant("host_loop")
    case 2: return constant("poll")
    default: return constant("unknown")
    }
  }

  static func traffic(_ value: Int32) -> UnsafePointer<CChar> {
    switch value {
    case 0: return constant("on_demand")
    case 1: return constant("at_open")
    case 2: return constant("off")
    default: return constant("unknown")
    }
  }

  static func direction(_ value: Int32) -> UnsafePointer<CChar> {
    switch value {
    case 0: return constant("both")
    case 1: return constant("forward")
    case 2: return constant("backward")
    default: return constant("unknown")
    }
  }

  static func report(_ value: Int32) -> UnsafePointer<CChar> {
    switch value {
    case 1: return constant("vulnerable")
    default: return constant("unknown")
    }
  }

  static func route(_ value: Int32) -> UnsafePointer<CChar> {
    switch value {
    case 1: return constant("straight_line")
    case 2: return constant("off_network_from")
    case 4: return constant("off_network_to")
    default: return constant("unknown")
    }
  }

  static func nearest(_ value: Int32) -> UnsafePointer<CChar> {
    switch value {
    case 1: return constant("straight_line")
    case 2: return constant("stale")
    case 4: return constant("off_network")
    default: return constant("unknown")
    }
  }

  static func source(_ value: Int32) -> UnsafePointer<CChar> {
    switch value {
    case 0: return constant("none")
    case 1: return constant("phone")
    case 2: return constant("text")
    case 3: return constant("app_sos")
    case 4: return constant("tip")
    case 5: return constant("sensor")
    case 6: return constant("on_view")
    case 7: return constant("patrol")
    case 8: return constant("agency")
    case 9: return constant("catch_up")
    default: return constant("unknown")
    }
  }

  static func map(_ value: Int32) -> UnsafePointer<CChar> {
    switch value {
    case 0: return constant("copy")
    case 1: return constant("shared")
    default: return constant("unknown")
    }
  }

  static func offDutyPositions(_ value: Int32) -> UnsafePointer<CChar> {
    switch value {
    case 0: return constant("refuse")
    case 1: return constant("take")
    default: return constant("unknown")
    }
  }

  static func chosen(_ value: Int32) -> UnsafePointer<CChar> {
    switch value {
    case 1: return constant("stale")
    case 2: return constant("off_network")
    case 4: return constant("straight_line")
    case 8: return constant("shift_over")
    default: return constant("unknown")
    }
  }

  static func breach(_ value: Int32) -> UnsafePointer<CChar> {
    switch value {
    case 1: return constant("kept_told_late")
    default: return constant("unknown")
    }
  }
}
