-- Moves delayed messages whose time has come to their queue, by the server's clock.
-- One step, so that each of them is moved once, whoever asks.
--
-- KEYS  1 stream of the queue, 2 delayed messages by their time, 3 their fields
-- ARGV  1 how many at most
-- Reply {how many were moved, in how many ms the next one is due, -1 if there is none}
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local due = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', string.format('%.0f', now), 'LIMIT', 0, ARGV[1])
for _, id in ipairs(due) do
  local packed = redis.call('HGET', KEYS[3], id)
  if packed then
    local fields = cmsgpack.unpack(packed)
    redis.call('XADD', KEYS[1], '*', 'message.id', id, unpack(fields))
    redis.call('HDEL', KEYS[3], id)
  end
  redis.call('ZREM', KEYS[2], id)
end
local next = redis.call('ZRANGE', KEYS[2], 0, 0, 'WITHSCORES')
if not next[1] then return {#due, -1} end
return {#due, math.max(0, tonumber(next[2]) - now)}
