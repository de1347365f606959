-- Removes an entry, or puts another in its place, and cancels the load in flight: its value may be older.
-- One step, so that no load can store between the two.
--
-- KEYS  1 entry, 2 lease
-- ARGV  1 channel and 2 message for those who wait, 3 new entry and 4 its time to live in ms, both empty to remove
-- Reply {1} there was an entry | {0} there was none
local channel, message, entry, ttl_ms = ARGV[1], ARGV[2], ARGV[3], ARGV[4]

local holder = redis.pcall('GET', KEYS[2])
local existed
if entry == '' then
  existed = redis.call('UNLINK', KEYS[1])
else
  existed = redis.call('EXISTS', KEYS[1])
  redis.call('SET', KEYS[1], entry, 'PX', ttl_ms)
end
redis.call('UNLINK', KEYS[2])
if type(holder) == 'string' and string.sub(holder, -1) == 'w' then redis.pcall('PUBLISH', channel, message) end
return {existed}
