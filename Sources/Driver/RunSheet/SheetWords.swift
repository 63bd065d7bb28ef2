// Words of the run sheet, English and Chinese beside each other. They are those of GLOSSARY.md.

import HujiaEngine

enum SheetWords {
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
