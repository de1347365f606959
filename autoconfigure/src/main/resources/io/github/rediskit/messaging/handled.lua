-- Says that messages were handled: acknowledges them, removes them from a queue, remembers their ids for a while.
-- One step, so that a message is not acknowledged without being remembered or removed.
--
-- KEYS  1 stream, 2 ids of handled messages by the time until which they are remembered
-- ARGV  1 group, 2 '1' to remove them, 3 for how many ms to remember them, 4... the id of an entry, then that of its message
-- Reply {how many were not acknowledged before}
local count = 0
local window = tonumber(ARGV[3])
local now = 0
if window > 0 then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
  redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', string.format('%.0f', now))
end
for i = 4, #ARGV, 2 do
  count = count + redis.call('XACK', KEYS[1], ARGV[1], ARGV[i])
  if ARGV[2] == '1' then redis.call('XDEL', KEYS[1], ARGV[i]) end
  if window > 0 then redis.call('ZADD', KEYS[2], string.format('%.0f', now + window), ARGV[i + 1]) end
end
if window > 0 then redis.call('PEXPIRE', KEYS[2], ARGV[3]) end
return {count}
