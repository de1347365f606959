-- Prolongs a lock that is held, or asks whether it is.
-- One step, so that nobody else's lock is prolonged.
--
-- KEYS  1 lock
-- ARGV  1 value it is held by, 2 lease in ms, 0 to leave it as it is
-- Reply {1} renewed | {0} it is not held any more
local id = ARGV[1]

local holder = redis.pcall('GET', KEYS[1])
if type(holder) ~= 'string' or string.sub(holder, 1, #id) ~= id then return {0} end
if ARGV[2] ~= '0' then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return {1}
