// The constants' names and sentences. Kept in the order of the header.

import CHujia
import HujiaEngine

@c @implementation
public func hj_is_taken(_ status: hj_status) -> Int32 { Status(rawValue: status).isTaken ? 1 : 0 }

@c @implementation
public func hj_status_name(_ status: hj_status) -> UnsafePointer<CChar>! {
  switch status {
  case 0: return constant("HJ_OK")
  case 1: return constant("HJ_EXISTS")
  case 2: return constant("HJ_FULL")
  case 3: return constant("HJ_MANUAL")
  case 4: return constant("HJ_UNCHANGED")
  case 5: return constant("HJ_PARTIAL")
  case 6: return constant("HJ_TIME_BACKWARDS")
  case 7: return constant("HJ_PASSED")
  case 8: return constant("HJ_HELD")
  case -1: return constant("HJ_E_ARGUMENT")
  case -2: return constant("HJ_E_NULL")
  case -3: return constant("HJ_E_SIZE")
  case -4: return constant("HJ_E_NEWER")
  case -5: return constant("HJ_E_STALE")
  case -6: return constant("HJ_E_UNKNOWN")
  case -7: return constant("HJ_E_STATE")
  case -8: return constant("HJ_E_CONFLICT")
  case -9: return constant("HJ_E_BUFFER")
  case -10: return constant("HJ_E_MEMORY")
  case -11: return constant("HJ_E_FORKED")
  case -12: return constant("HJ_E_DEADLOCK")
  case -13: return constant("HJ_E_RANGE")
  case -14: return constant("HJ_E_FILE")
  case -15: return constant("HJ_E_MAP")
  case -16: return constant("HJ_E_PLANS")
  case -17: return constant("HJ_E_MODE")
  case -18: return constant("HJ_E_UNSUPPORTED")
  case -19: return constant("HJ_E_LIMIT")
  case -20: return constant("HJ_E_SYSTEM")
  case -21: return constant("HJ_E_BUSY")
  case -22: return constant("HJ_E_REASON")
  case -23: return constant("HJ_E_INTERNAL")
  case -24: return constant("HJ_E_SNOOZE")
  case -25: return constant("HJ_E_NO_CLOCK")
  case -26: return constant("HJ_E_STEP")
  default: return constant("HJ_UNKNOWN_STATUS")
  }
}

@c @implementation
public func hj_status_text(_ status: hj_status) -> UnsafePointer<CChar>! {
  status < 0 ? errorText(status) : resultText(status)
}

/// Named results that are no failure.
private func resultText(_ status: hj_status) -> UnsafePointer<CChar> {
  switch status {
  case 0:
    return constant("Done.")
  case 1:
    return constant("The same key and body came before: the first result again. Do not retry.")
  case 2:
    return constant(
      """
      A table or ring is at its limit; nothing was taken. Retry later or raise the \
      limit.
      """)
  case 3:
    return constant(
      """
      Taken in, and the plan leaves the choice to a person (hj_incident_assign). Do \
      not retry.
      """)
  case 4:
    return constant("It already was so. Do not retry.")
  case 5:
    return constant("Some of the batch was refused; see the count. Do not retry the whole batch.")
  case 6:
    return constant("now_ns was before that of the last poll; the last poll's time was used.")
  case 7:
    return constant(
      "The clock has moved on from the step you saw; nothing was done. Read it again.")
  case 8:
    return constant("Taken in, and held until its appointment. Do not retry.")
  default: return constant("A number that is no status of this library.")
  }
}

private func errorText(_ status: hj_status) -> UnsafePointer<CChar> {
  switch status {
  case -1:
    return constant("A value outside its documented range.")
  case -2:
    return constant("A pointer that must not be NULL.")
  case -3:
    return constant("`size` is zero or smaller than the struct of version 0.1.")
  case -4:
    return constant(
      """
      `size` is larger than this library knows and the tail is not zero: update the \
      library.
      """)
  case -5:
    return constant("A handle or id that is closed, recycled or was never made.")
  case -6:
    return constant(
      "No such unit: hj_unit_put it first. No such street or watch.")
  case -7:
    return constant("The move is not legal from the present state.")
  case -8:
    return constant(
      """
      The same key came before with another body; or the id is in use for something \
      else.
      """)
  case -9:
    return constant("The caller's buffer is too short; the needed count was filled in.")
  case -10:
    return constant("The allocator refused; nothing was changed, nothing is left to close.")
  case -11:
    return constant(
      "The engine belongs to the process that this one was forked from: open another.")
  case -12:
    return constant("Called from a place where waiting could never end.")
  case -13:
    return constant("Coordinates off the planet, or not a number.")
  case -14:
    return constant("A file cannot be opened or read.")
  case -15:
    return constant("The map file is not a map, is of a newer format, is cut off or damaged.")
  case -16:
    return constant("The plans are not valid; hj_error_detail names line or field, and the remedy.")
  case -17:
    return constant("Not in this run mode.")
  case -18:
    return constant("This version cannot do it yet.")
  case -19:
    return constant("A limit in hj_config is zero or larger than the library's own.")
  case -20:
    return constant("The operating system refused a thread, a loop or an event descriptor.")
  case -21:
    return constant("The unit is on an incident: clear or cancel its assignment first.")
  case -22:
    return constant("The move is legal only with a reason: use the _by variant.")
  case -23:
    return constant("A check of our own failed: please report it.")
  case -24:
    return constant("The step would be put off further than its plan allows.")
  case -25:
    return constant(
      "That clock does not run: not started, already stopped, or not in the plans.")
  case -26:
    return constant("The clock has not come to that step yet.")
  default: return constant("A number that is no status of this library.")
  }
}
