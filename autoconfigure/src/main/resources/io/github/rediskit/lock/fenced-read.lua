-- Reads a value under a lock, and refuses older holders of the lock from then on.
-- One step, so that no older holder changes the value after it was read.
--
-- KEYS  1 value: '1' and the fence; and, if there is a value, a blank and the payload
-- ARGV  1 fence, 2 time to live in ms
-- Reply {1, payload or nil} | {0} somebody with a larger fence was here
local stored = redis.pcall('GET', KEYS[1])
stored = type(stored) == 'string' and stored or ''
local newest, rest = string.match(stored, '^1 (%d+)(.*)$')
if newest and tonumber(newest) > tonumber(ARGV[1]) then return {0} end
rest = newest and string.sub(stored, #newest + 3) or ''
redis.call('SET', KEYS[1], '1 ' .. ARGV[1] .. rest, 'PX', ARGV[2])
if rest == '' then return {1} end
return {1, string.sub(rest, 2)}
