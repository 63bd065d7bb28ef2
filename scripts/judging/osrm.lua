-- OSRM's own car profile, every road at one speed and the shortest way wanted: lengths compare with those of others.
-- JUDGE_BANS=0 leaves turn restrictions out.
local car = dofile(os.getenv("JUDGE_CAR"))
local setup = car.setup
car.setup = function()
  local profile = setup()
  profile.properties.weight_name = 'distance'
  profile.properties.u_turn_penalty = 0
  profile.properties.use_turn_restrictions = os.getenv("JUDGE_BANS") ~= '0'
  profile.properties.continue_straight_at_waypoint = false
  profile.turn_penalty = 0
  return profile
end
return car
