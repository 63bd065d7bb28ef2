import HujiaRoads
struct ReportPage { init(_ s: Statistics, streets: RoadMap) {}; var html: String { "" } }
