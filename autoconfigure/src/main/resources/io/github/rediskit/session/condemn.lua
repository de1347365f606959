-- Marks sessions of a user as ended in his index, so that none of them can go on under another id.
-- One step, so that an id that changes is found either under the former one, and can't be changed any more, or under the new one.
--
-- KEYS  1 sessions of the user by the time at which they end, 2 the same by the order of log-ins; there -1 has ended
-- ARGV  1 '-' all but those that follow, '+' only those that follow, then handles
-- Reply {handle, ...} marked, in the order of log-ins
for _, key in ipairs(KEYS) do
  local kind = redis.call('TYPE', key).ok
  if kind ~= 'zset' and kind ~= 'none' then redis.call('DEL', key) end
end
local named = {}
for i = 2, #ARGV do named[ARGV[i]] = true end
local reply = {}
for _, handle in ipairs(redis.call('ZRANGE', KEYS[2], 0, -1)) do
  if (named[handle] or false) == (ARGV[1] == '+') then
    redis.call('ZADD', KEYS[2], -1, handle)
    reply[#reply + 1] = handle
  end
end
return reply
