// Words of the run sheet, English and Chinese beside each other. They are those of GLOSSARY.md.

import HujiaEngine
import HujiaJournal

enum SheetWords {
  /// One bit of HJ_HEALTH_...: at most 76 columns.
  static func reason(_ bit: UInt32) -> StaticString {
    switch bit {
    case OwnReason.runSheet: "a run sheet could not be written 值班单写入失败"
    case EngineJournal.Reason.timeUncertain: "time uncertain: the wall clock jumped 时间存疑，时钟跳变"
    case EngineJournal.Reason.rebuiltOtherwise: "a record gave something else: report it 重放不符，请上报"
    case EngineJournal.Reason.journalEnded: "journal ended: nothing more is recorded 日志终止，不再记录"
    case EngineJournal.Reason.snapshotFailed: "the last snapshot could not be made 快照失败"
    case EngineJournal.Reason.positionsLost: "positions left off the record: the ring is full 位置未记录"
    case EngineJournal.Reason.streetsNotKept: "street times outlive no process 路况不留存"
    default: reason(JournalReasons(rawValue: bit))
    }
  }

  private static func reason(_ reason: JournalReasons) -> StaticString {
    switch reason {
    case .notRecorded: "recorded in this process alone: no shared memory 记录只在本进程内"
    case .ringLost: "what was recorded and not durable was lost 未落盘记录已丢失"
    case .ringHalfFull: "the disk does not keep up 磁盘跟不上"
    case .diskFailed: "disk failed: nothing becomes durable 磁盘故障，记录不落盘"
    case .diskFull: "disk full: the reserve is in use 磁盘已满，动用预留"
    case .lockLost: "another process may write the journal 日志锁已失"
    case .overBound: "the journal is larger than its bound 日志超限"
    case .snapshotDamaged: "newest snapshot damaged: an older one was taken 最新快照损坏"
    case .tornTail: "a crash cut off what was not durable 末尾未落盘记录被截断"
    case .ringDamaged: "records or posts in the ring were damaged 缓冲记录损坏"
    case .ringRestarted: "the disk stands still: the ring began anew 磁盘停滞，缓冲重启"
    case .notSealed: "sealing fails: nothing becomes durable 加密失败，记录不落盘"
    case .keptTooLong: "records are kept longer than they may be 记录超期未删"
    case .streamsLost: "positions or heartbeats missing or damaged 位置或心跳记录缺损"
    case .recordsWent: "records went by their age 超期记录已删"
    default: "unknown 不明"
    }
  }

  static func mode(_ number: Int32) -> StaticString {
    switch number {
    case WorkMode.manual: "MANUAL 人工调度"
    case WorkMode.degraded: "DEGRADED 降级"
    default: "NORMAL 正常"
    }
  }

  static func tier(_ tier: Tier) -> StaticString {
    switch tier {
    case .none: "-"
    case .emergency: "EMERGENCY 紧急"
    case .urgent: "URGENT 较急"
    case .routine: "ROUTINE 一般"
    case .preventive: "PREVENTIVE 预防"
    }
  }

  static func incident(_ state: IncidentState) -> StaticString {
    switch state {
    case .received: "received 接警"
    case .pending: "pending 待派警"
    case .assigned: "assigned 已派警"
    case .enRoute: "en route 出警途中"
    case .onScene: "on scene 到场"
    case .handling: "handling 处置中"
    case .reported: "reported 反馈"
    case .closed: "closed 办结"
    case .archived: "archived 已回访"
    case .cancelled: "cancelled 撤销警情"
    case .held: "held 预约"
    case .merged: "merged 合并"
    case .none: "-"
    }
  }

  static func assignment(_ state: AssignmentState) -> StaticString {
    switch state {
    case .reserved: "reserved 预占"
    case .dispatched: "dispatched 派警"
    case .delivered: "delivered 送达"
    case .acknowledged: "acknowledged 签收"
    case .enRoute: "en route 出警途中"
    case .onScene: "on scene 到场"
    case .transporting: "transporting 转送"
    case .atDestination: "at destination 送达地"
    case .reported: "reported 反馈"
    default: "-"
    }
  }

  static func clock(_ clock: ClockKind) -> StaticString {
    switch clock {
    case .pending: "pending 待派警"
    case .delivery: "delivery 送达"
    case .acknowledge: "acknowledge 签收"
    case .turnout: "turnout 出动"
    case .arrival: "arrival 到场"
    case .welfare: "status check 安全确认"
    case .report: "report 反馈"
    case .resolve: "resolve 办结"
    case .callback: "call-back 回访"
    case .lead: "lead 牵头"
    case .absence: "absence 失联"
    case .appointment: "appointment 预约"
    }
  }

  static func activity(_ activity: Activity) -> StaticString {
    switch activity {
    case .patrolling: "patrolling 巡逻"
    case .station: "station 备勤"
    case .post: "post 定点执勤"
    case .meal: "meal 用餐"
    case .court: "court 出庭"
    case .training: "training 训练"
    case .offDuty: "off duty 下班"
    case .returning: "returning 返回途中"
    case .enRoute: "en route 出警途中"
    case .onScene: "on scene 到场"
    case .transporting: "transporting 转送"
    case .atDestination: "at destination 送达地"
    }
  }
}
