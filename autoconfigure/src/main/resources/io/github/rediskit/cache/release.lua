-- Gives a lease back without a value, because the load failed or its value is not to be kept.
-- One step, so that nobody else's lease is dropped.
--
-- KEYS  1 lease
-- ARGV  1 token, 2 channel and 3 message for those who wait
-- Reply {1} released | {0} it was not held
local token, channel, message = ARGV[1], ARGV[2], ARGV[3]

local holder = redis.pcall('GET', KEYS[1])
if type(holder) ~= 'string' or string.sub(holder, 1, #token) ~= token then return {0} end
redis.call('DEL', KEYS[1])
if #holder > #token then redis.pcall('PUBLISH', channel, message) end
return {1}
