-- OSRM's own car profile with every road at one speed and the shortest way wanted, so that lengths compare with those
-- of others. Roads for residents and customers are open, as with `destination 1 1` in Hujia's rules.
-- JUDGE_BANS=0 leaves turn restrictions out.
local car = dofile(os.getenv("JUDGE_CAR"))
local setup = car.setup
local to_residents = {'customers', 'private', 'delivery', 'destination', 'permit', 'residents', 'official'}

car.setup = function()
  local profile = setup()
  profile.properties.weight_name = 'distance'
  profile.properties.u_turn_penalty = 0
  profile.properties.use_turn_restrictions = os.getenv("JUDGE_BANS") ~= '0'
  profile.properties.continue_straight_at_waypoint = false
  profile.turn_penalty = 0
  profile.restricted_access_tag_list = Set {}
  profile.service_access_tag_blacklist = Set {}
  for _, word in ipairs(to_residents) do
    profile.access_tag_blacklist[word] = nil
    profile.access_tag_whitelist[word] = true
  end
  return profile
end
return car
