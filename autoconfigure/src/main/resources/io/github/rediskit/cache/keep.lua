-- Makes a key live longer, never shorter: another instance may know of an entry that needs it longer.
-- One step, so that nothing happens to the key between the look and the change. (PEXPIRE … GT is of Redis 7.)
--
-- KEYS  1 key
-- ARGV  1 time to live in ms
-- Reply {1} it lives longer now | {0} it is not there, or lives long enough
local ttl_ms = tonumber(ARGV[1])

local left = redis.call('PTTL', KEYS[1])
if left < 0 or left >= ttl_ms then return {0} end
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return {1}
