-- Releases a share of a lock, or the wish for one, and wakes those who wait.
-- One step, so that whoever marks that he waits is woken.
--
-- KEYS  1 shares that are out, 2 who waits
-- ARGV  1 the share, 2 for how many ms nobody may have it yet, 3 channel for those who wait
-- Reply {1} released | {0} it was not held any more
local share, rest = ARGV[1], tonumber(ARGV[2])
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]

local ends = redis.call('ZSCORE', KEYS[1], share)
local held = ends and tonumber(ends) > now
local given_up = redis.call('ZREM', KEYS[2], share, '1y' .. string.sub(share, 3)) > 0
if held and rest > 0 then
  redis.call('ZADD', KEYS[1], 'XX', string.format('%.0f', now + rest * 1000), share)
  local newest = redis.call('ZREVRANGE', KEYS[1], 0, 0, 'WITHSCORES')
  redis.call('PEXPIRE', KEYS[1], math.ceil((tonumber(newest[2]) - now) / 1000) + 1)
  return {1}
end
if ends then redis.call('ZREM', KEYS[1], share) end
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now)
if (held or given_up) and redis.call('EXISTS', KEYS[2]) == 1 then redis.pcall('PUBLISH', ARGV[3], '1' .. KEYS[1]) end
return {held and 1 or 0}
