// What the faces may use of the layers below: these names, and nothing else (scripts/tidy). The core is not among them.

import HujiaEngine
import HujiaIngest
import HujiaRoads
import HujiaRouting

// Commands and what they bring
package typealias Command = HujiaEngine.Command
package typealias Change = HujiaEngine.Change
package typealias Client = HujiaEngine.Client
package typealias Act = HujiaEngine.Act
package typealias Decision = HujiaEngine.Decision
package typealias Status = HujiaEngine.Status
package typealias IncidentReport = HujiaEngine.IncidentReport
package typealias UnitDescription = HujiaEngine.UnitDescription
package typealias UnitDetails = HujiaEngine.UnitDetails
package typealias Reference = HujiaEngine.Reference
package typealias WatchDescription = HujiaEngine.WatchDescription
package typealias Heartbeat = HujiaEngine.Heartbeat
package typealias Beats = HujiaEngine.Beats
package typealias ClockReference = HujiaEngine.ClockReference
package typealias Event = HujiaEngine.Event

// Words
package typealias Tier = HujiaEngine.Tier
package typealias Level = HujiaEngine.Level
package typealias Activity = HujiaEngine.Activity
package typealias ClockKind = HujiaEngine.ClockKind
package typealias ClockState = HujiaEngine.ClockState
package typealias IncidentState = HujiaEngine.IncidentState
package typealias AssignmentState = HujiaEngine.AssignmentState
package typealias FigureDimension = HujiaEngine.FigureDimension
package typealias FigureInterval = HujiaEngine.FigureInterval
package typealias Counter = HujiaEngine.Counter
package typealias FixVerdict = HujiaIngest.FixVerdict

// Views
package typealias IncidentView = HujiaEngine.IncidentView
package typealias RepeatList = HujiaEngine.RepeatList
package typealias UnitView = HujiaEngine.UnitView
package typealias WatchView = HujiaEngine.WatchView
package typealias AssignmentView = HujiaEngine.AssignmentView
package typealias ClockReading = HujiaEngine.ClockReading
package typealias NearestQuery = HujiaEngine.NearestQuery
package typealias NearestView = HujiaEngine.NearestView
package typealias NearestAnswer = HujiaEngine.NearestAnswer
package typealias TravelQuery = HujiaEngine.TravelQuery
package typealias TravelAnswer = HujiaEngine.TravelAnswer
package typealias Figures = HujiaEngine.Figures
package typealias Breach = HujiaEngine.Breach

// The map: immutable, so it is read without the baton
package typealias Place = HujiaRoads.Place
package typealias RoadMap = HujiaRoads.RoadMap
package typealias Profile = HujiaRouting.Profile
package typealias RoutePoint = HujiaRouting.RoutePoint
package typealias RouteAnswer = HujiaRouting.RouteAnswer
package typealias StreetDirection = HujiaRouting.StreetIndex.Direction
