-- Takes a lock, or all its shares, away from whoever holds it, and wakes those who wait.
-- One step, so that it is known whether it was held.
--
-- KEYS  1 lock or shares
-- ARGV  1 channel for those who wait
-- Reply {1} it was held | {0} it was not
local holder = redis.pcall('GET', KEYS[1])
local free = holder == false or (type(holder) == 'string' and string.sub(holder, 1, 2) == '1y')
redis.call('DEL', KEYS[1])
redis.pcall('PUBLISH', ARGV[1], '1' .. KEYS[1])
return {free and 0 or 1}
