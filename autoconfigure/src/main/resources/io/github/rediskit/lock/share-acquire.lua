-- Acquires a share of a lock: a permit of a semaphore, or a side of a read-write lock. The same id may acquire again.
-- Who comes anew lets those of other instances go first who wait already, once: it is always sooner there than who has to be woken.
-- One step, so that never more shares are out than may be.
--
-- KEYS  1 shares that are out: a sorted set by their end in us of '1', 'p', 'r' or 'w' for permit, reader or writer, and the id
--       2 fence: '1' and the largest that was given out
--       3 who waits: a sorted set like the first, by when the mark ends; 'y' instead of the letter for one who let others go first
-- ARGV  1 the share, as in the first key, 2 lease in ms, 3 how many permits there are, 4 how long to keep the fence in ms,
--       5 for how long to mark that the caller waits in ms, 0 if it does not, 6 for how long to let others go first in ms
-- Reply {1, fence} acquired | {0, remaining ms} there is no share, until the first ends by itself
local share, lease, permits, mark = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[5])
local kind, yielded = string.sub(share, 2, 2), '1y' .. string.sub(share, 3)
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]

redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', now)
local mine = redis.call('ZSCORE', KEYS[1], share)
local out = redis.call('ZCARD', KEYS[1]) - (mine and 1 or 0)
local first = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')

local free
if kind == 'p' then
  free = out < permits
elseif kind == 'w' then
  free = out == 0
else
  free = out == 0 or string.sub(first[1], 2, 2) ~= 'w'
  for _, waiting in ipairs(mine and {} or redis.call('ZRANGE', KEYS[3], 0, -1)) do
    if string.sub(waiting, 2, 2) == 'w' then free = false end
  end
end
if free and not mine and mark > 0 and kind ~= 'r' then
  local before, known = 0, false
  for _, waiting in ipairs(redis.call('ZRANGE', KEYS[3], 0, -1)) do
    known = known or waiting == share or waiting == yielded
    if string.sub(waiting, 3, 18) ~= string.sub(share, 3, 18) then before = before + 1 end
  end
  if before > 0 and not known and (kind == 'w' or out + before >= permits) then
    redis.call('ZADD', KEYS[3], string.format('%.0f', now + mark * 1000), yielded)
    redis.call('PEXPIRE', KEYS[3], mark)
    return {0, tonumber(ARGV[6])}
  end
end
if not free then
  if mark > 0 then
    redis.call('ZREM', KEYS[3], yielded)
    redis.call('ZADD', KEYS[3], string.format('%.0f', now + mark * 1000), share)
    redis.call('PEXPIRE', KEYS[3], mark)
  end
  local remaining = first[2] and math.ceil((tonumber(first[2]) - now) / 1000) or mark
  return {0, math.max(1, remaining)}
end

redis.call('ZREM', KEYS[3], share, yielded)
local last = redis.pcall('GET', KEYS[2])
last = type(last) == 'string' and tonumber(string.match(last, '^1 (%d+)$')) or 0
local fence = math.max(last + 1, now)
redis.call('SET', KEYS[2], string.format('1 %.0f', fence), 'PX', ARGV[4])
redis.call('ZADD', KEYS[1], string.format('%.0f', now + lease * 1000), share)
local newest = redis.call('ZREVRANGE', KEYS[1], 0, 0, 'WITHSCORES')
redis.call('PEXPIRE', KEYS[1], math.ceil((tonumber(newest[2]) - now) / 1000) + 1)
return {1, fence}
