-- Gives a lease back without a value, because the load failed or its value is not to be kept.
-- One step, so that nobody else's lease is dropped.
--
-- KEYS  1 lease
-- ARGV  1 token, 2 channel and 3 message for those who wait,
--       4 for how many ms those who have an old value should not try again; 0 for none
-- Reply {1} released | {0} it was not held
local token, channel, message, pause_ms = ARGV[1], ARGV[2], ARGV[3], ARGV[4]

local holder = redis.pcall('GET', KEYS[1])
if type(holder) ~= 'string' or string.sub(holder, 1, #token) ~= token then return {0} end
if pause_ms ~= '0' then
  redis.call('SET', KEYS[1], '1x', 'PX', pause_ms)
else
  redis.call('DEL', KEYS[1])
end
if string.sub(holder, -1) == 'w' then redis.pcall('PUBLISH', channel, message) end
return {1}
