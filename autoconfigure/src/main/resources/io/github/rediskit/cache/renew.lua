-- Prolongs a lease while its holder loads.
-- One step, so that nobody else's lease is prolonged.
--
-- KEYS  1 lease
-- ARGV  1 token, 2 lease in ms
-- Reply {1} renewed | {0} it is not held any more
local token, lease_ms = ARGV[1], ARGV[2]

local holder = redis.pcall('GET', KEYS[1])
if type(holder) ~= 'string' or string.sub(holder, 1, #token) ~= token then return {0} end
redis.call('PEXPIRE', KEYS[1], lease_ms)
return {1}
