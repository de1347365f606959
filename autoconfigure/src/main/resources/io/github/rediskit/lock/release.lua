-- Releases a lock, and wakes those who wait. For a moment others go first, so that no instance keeps a lock that another waits for.
-- One step, so that nobody else's lock is released.
--
-- KEYS  1 lock
-- ARGV  1 value it is held by, 2 for how many ms nobody may have it yet, 3 for how long to let others go first in ms,
--       4 channel for those who wait
-- Reply {1} released | {0} it was not held any more
local id = ARGV[1]

local holder = redis.pcall('GET', KEYS[1])
if type(holder) ~= 'string' or string.sub(holder, 1, #id) ~= id then return {0} end
if tonumber(ARGV[2]) > 0 then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
elseif string.sub(holder, -1) == 'w' then
  redis.call('DEL', KEYS[1]) -- first: a full memory refuses what could need more
  redis.call('SET', KEYS[1], '1y' .. string.sub(id, 2, 17), 'PX', ARGV[3])
  redis.pcall('PUBLISH', ARGV[4], '1' .. KEYS[1])
else
  redis.call('DEL', KEYS[1])
end
return {1}
