-- Removes members of a group that are missed, and tells who they were. One step, so that of all who watch only one is told.
--
-- KEYS  1 sorted set: ids by the millisecond at which they are missed
--       2 hash: by id '1' and the details, as JSON
-- ARGV  1 how many at most
-- Reply {id, ms, n, name, value, ..., id, ms, n, ...} for how many milliseconds each has been missed, and its n details
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local reply = {}
local missed = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'WITHSCORES', 'LIMIT', 0, ARGV[1])
for i = 1, #missed, 2 do
  local id = missed[i]
  local stored = redis.call('HGET', KEYS[2], id) or ''
  local known, details = false, nil
  if string.sub(stored, 1, 1) == '1' then
    known, details = pcall(cjson.decode, string.sub(stored, 2))
  end
  local at, n = #reply + 1, 0
  reply[at], reply[at + 1], reply[at + 2] = id, now - tonumber(missed[i + 1]), 0
  for name, value in pairs(known and type(details) == 'table' and details or {}) do
    if type(value) == 'string' then
      reply[#reply + 1], reply[#reply + 2] = name, value
      n = n + 1
    end
  end
  reply[at + 2] = n
  redis.call('ZREM', KEYS[1], id)
  redis.call('HDEL', KEYS[2], id)
end
return reply
