-- Removes consumers that have nothing and have been silent for long: those of instances that are gone.
-- One step, so that no entry is removed with its consumer.
--
-- KEYS  1 stream
-- ARGV  1 group, 2 consumer that asks and stays, 3 silence in ms
-- Reply {how many were removed}
local removed = 0
for _, info in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])) do
  local of = {}
  for i = 1, #info, 2 do of[info[i]] = info[i + 1] end
  if of.pending == 0 and of.idle > tonumber(ARGV[3]) and of.name ~= ARGV[2] then
    redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], of.name)
    removed = removed + 1
  end
end
return {removed}
