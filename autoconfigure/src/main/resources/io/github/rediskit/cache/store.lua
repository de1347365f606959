-- Stores what was loaded, if nothing happened to the key meanwhile: only the lease's holder may write.
-- One step, so that an eviction comes either before (the value is rejected) or after (it is removed).
--
-- KEYS  1 entry, 2 lease
-- ARGV  1 token, 2 entry, 3 time to live in ms, 4 channel and 5 message for those who wait
-- Reply {1} stored | {0} rejected
local token, entry, ttl_ms, channel, message = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]

local holder = redis.pcall('GET', KEYS[2])
if type(holder) ~= 'string' or string.sub(holder, 1, #token) ~= token then return {0} end
redis.call('SET', KEYS[1], entry, 'PX', ttl_ms)
redis.call('DEL', KEYS[2])
if string.sub(holder, -1) == 'w' then redis.pcall('PUBLISH', channel, message) end
return {1}
