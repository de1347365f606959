-- Lists the sessions of a user in the order of their log-ins, and forgets those that have ended.
-- One step, so that both halves of the index agree.
--
-- KEYS  1 sessions of the user by the time at which they end, 2 the same by the order of log-ins; there -1 has ended
-- Reply {handle, ms until it ends, ...}
for _, key in ipairs(KEYS) do
  local kind = redis.call('TYPE', key).ok
  if kind ~= 'zset' and kind ~= 'none' then redis.call('DEL', key) end
end
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
for _, ended in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now))) do
  redis.call('ZREM', KEYS[1], ended)
  redis.call('ZREM', KEYS[2], ended)
end
local reply = {}
for _, handle in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], 0, '+inf')) do
  reply[#reply + 1] = handle
  reply[#reply + 1] = tonumber(redis.call('ZSCORE', KEYS[1], handle) or now) - now
end
return reply
