-- Writes a value, unless somebody with a larger fence wrote or read it.
-- One step, so that an old holder of a lock can't come in between.
--
-- KEYS  1 value: '1' and the fence; and, if there is a value, a blank and the payload
-- ARGV  1 fence, 2 payload, 3 time to live in ms
-- Reply {1} written | {0} refused
local stored = redis.pcall('GET', KEYS[1])
local newest = type(stored) == 'string' and tonumber(string.match(stored, '^1 (%d+)')) or 0
if newest > tonumber(ARGV[1]) then return {0} end
redis.call('SET', KEYS[1], '1 ' .. ARGV[1] .. ' ' .. ARGV[2], 'PX', ARGV[3])
return {1}
