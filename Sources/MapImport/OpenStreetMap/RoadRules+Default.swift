// The rules that ship: printed by `hujia import --print-rules`, replaced by `--rules FILE`.

extension RoadRules {
  package static let defaultText = """
    hujia-rules 1
    # What tags of OpenStreetMap mean to a driver. Two columns wherever there are two: normal, response.
    # Print, change, give back:  hujia import --print-rules > city.rules
    #                            hujia import --osm city.osm.pbf --rules city.rules --output city.hjmap
    # A line is one rule, and none may stand twice. What stands behind # is for people.

    # Share of a posted limit (maxspeed) that is driven.
    limit 100% 100%
    # How many times as long a road takes that may be driven only to what lies there: so that nobody drives through.
    destination 3 1
    # Access tags, the weakest first: a later one wins.
    keys normal access vehicle motor_vehicle motorcar
    keys response access vehicle motor_vehicle motorcar emergency

    # highway CLASS NORMAL RESPONSE: km/h where no limit is posted; - = not driven.
    #   oneway      one-way where no tag says otherwise (roundabouts always are)
    #   permission  only where a tag for vehicles or `emergency` allows it
    #   unbuilt     not there yet
    highway motorway          110 130 oneway
    highway motorway_link      60  60 oneway
    highway trunk              90 100
    highway trunk_link         50  50
    highway primary            60  70
    highway primary_link       40  40
    highway secondary          50  60
    highway secondary_link     35  35
    highway tertiary           45  50
    highway tertiary_link      30  30
    highway unclassified       40  45
    highway residential        30  35
    highway road               30  30
    highway living_street      10  15
    highway service            15  20
    highway track              15  15
    highway busway              -  40
    highway pedestrian         10  10 permission
    highway footway             5  10 permission
    highway cycleway            5  10 permission
    highway path                5  10 permission
    highway bridleway           5  10 permission
    highway escape              -   -
    highway emergency_bay       -   -
    highway rest_area           -   -
    highway services            -   -
    highway bus_guideway        -   -
    highway raceway             -   -
    highway steps               -   -
    highway corridor            -   -
    highway elevator            -   -
    highway ladder              -   -
    highway via_ferrata         -   -
    highway platform            -   -
    highway bus_stop            -   -
    highway crossing            -   -
    highway no                  -   -
    highway construction        -   - unbuilt
    highway proposed            -   - unbuilt
    highway planned             -   - unbuilt
    highway abandoned           -   - unbuilt
    highway disused             -   - unbuilt
    highway razed               -   - unbuilt

    # route VALUE NORMAL RESPONSE: what carries vehicles; km/h where no duration is given.
    route ferry                10  10 permission
    route shuttle_train        40  40 permission

    # access WORD NORMAL RESPONSE: open, destination or closed.
    access yes           open         open
    access designated    open         open
    access permissive    open         open
    access official      open         open
    access public        open         open
    access destination   destination  open
    access customers     destination  open
    access delivery      destination  open
    access residents     destination  open
    access private       destination  open
    access permit        destination  open
    access discouraged   destination  open
    access agricultural  closed       open
    access forestry      closed       open
    access emergency     closed       open
    access bus           closed       open
    access psv           closed       open
    access military      closed       closed
    access use_sidepath  closed       closed
    access no            closed       open

    # barrier VALUE NORMAL RESPONSE, where no access tag for vehicles says otherwise. VALUE:KIND is barrier=VALUE with
    # VALUE=KIND; * = all others.
    barrier no                 open   open
    barrier entrance           open   open
    barrier kerb               open   open
    barrier border_control     open   open
    barrier toll_booth         open   open
    barrier checkpoint         open   open
    barrier cattle_grid        open   open
    barrier height_restrictor  open   open
    barrier sally_port         open   open
    barrier arch               open   open
    barrier rumble_strip       open   open
    barrier gate               open   open
    barrier lift_gate          open   open
    barrier sliding_gate       open   open
    barrier wicket_gate        open   open
    barrier hampshire_gate     closed open
    barrier swing_gate         closed open
    barrier bollard:rising     closed open
    barrier bollard:removable  closed closed
    barrier bollard            closed closed
    barrier chain              closed closed
    barrier block              closed closed
    barrier jersey_barrier     closed closed
    barrier cycle_barrier      closed closed
    barrier bus_trap           closed closed
    barrier sump_buster        closed closed
    barrier planter            closed closed
    barrier stile              closed closed
    barrier turnstile          closed closed
    barrier kissing_gate       closed closed
    barrier log                closed closed
    barrier debris             closed closed
    barrier *                  closed closed

    # turn KIND NORMAL RESPONSE: whether a turn restriction is obeyed or ignored; * = all others. What a sign forbids, a
    # response may do; no_entry and no_exit are mostly built. An `except` for emergency vehicles lifts any for responses.
    turn no_entry              obeyed obeyed
    turn no_exit               obeyed obeyed
    turn *                     obeyed ignored

    # tag KEY=VALUE NORMAL RESPONSE: at most this many km/h, or closed.
    tag service=parking_aisle        10 10
    tag service=driveway             10 15
    tag service=drive-through        10 10
    tag service=alley                10 15
    tag tracktype=grade3             12 12
    tag tracktype=grade4             10 10
    tag tracktype=grade5              8  8
    tag smoothness=very_bad          15 15
    tag smoothness=horrible           8  8
    tag smoothness=very_horrible  closed closed
    tag smoothness=impassable     closed closed

    # posted WORD KMH: words in maxspeed; class = as if nothing were posted.
    posted walk          7
    posted none        130
    posted signals   class
    posted variable  class
    posted implicit  class
    posted unknown   class
    posted default   class
    posted yes       class

    # zone NAME KMH: limits by kind of place (maxspeed, maxspeed:type, zone:maxspeed, source:maxspeed).
    # DE:zone:30, DE:zone30 and DE:30 are read as 30 without a line; GB, UK and US in miles.
    zone AT:urban 50
    zone AT:rural 100
    zone AT:trunk 100
    zone AT:motorway 130
    zone AU:urban 50
    zone AU:rural 100
    zone BE:urban 50
    zone BE:rural 90
    zone BE:motorway 120
    zone BE-BRU:urban 30
    zone BE-VLG:rural 70
    zone BY:urban 60
    zone BY:rural 90
    zone BY:motorway 110
    zone CA:urban 50
    zone CH:urban 50
    zone CH:rural 80
    zone CH:trunk 100
    zone CH:motorway 120
    zone CN:urban 50
    zone CN:rural 70
    zone CN:motorway 120
    zone CZ:urban 50
    zone CZ:rural 90
    zone CZ:motorway 130
    zone DE:urban 50
    zone DE:rural 100
    zone DE:motorway none
    zone DE:living_street 7
    zone DE:bicycle_road 30
    zone DK:urban 50
    zone DK:rural 80
    zone DK:motorway 130
    zone ES:urban 50
    zone ES:rural 90
    zone ES:trunk 90
    zone ES:motorway 120
    zone FI:urban 50
    zone FI:rural 80
    zone FI:motorway 120
    zone FR:urban 50
    zone FR:rural 80
    zone FR:motorway 130
    zone FR:living_street 20
    zone GB:nsl_restricted 48.28
    zone GB:nsl_single 96.56
    zone GB:nsl_dual 112.65
    zone GB:motorway 112.65
    zone GR:urban 50
    zone GR:rural 90
    zone GR:motorway 130
    zone HU:urban 50
    zone HU:rural 90
    zone HU:motorway 130
    zone IT:urban 50
    zone IT:rural 90
    zone IT:motorway 130
    zone JP:national 60
    zone JP:motorway 100
    zone LT:urban 50
    zone LT:rural 90
    zone NL:urban 50
    zone NL:rural 80
    zone NL:motorway 100
    zone NO:urban 50
    zone NO:rural 80
    zone PL:urban 50
    zone PL:rural 90
    zone PL:motorway 140
    zone PL:living_street 20
    zone PT:urban 50
    zone PT:rural 90
    zone PT:motorway 120
    zone RO:urban 50
    zone RO:rural 90
    zone RO:trunk 100
    zone RO:motorway 130
    zone RU:urban 60
    zone RU:rural 90
    zone RU:motorway 110
    zone RU:living_street 20
    zone SE:urban 50
    zone SE:rural 70
    zone SE:motorway 110
    zone SI:urban 50
    zone SI:rural 90
    zone SI:motorway 130
    zone SK:urban 50
    zone SK:rural 90
    zone SK:motorway 130
    zone TR:urban 50
    zone TR:rural 90
    zone TR:motorway 130
    zone UA:urban 50
    zone UA:rural 90
    zone UA:motorway 130
    zone UK:nsl_restricted 48.28
    zone UK:nsl_single 96.56
    zone UK:nsl_dual 112.65
    zone UK:motorway 112.65

    """
}
