-- Tells who of a group is alive. It writes nothing. One step, so that ids and details are of one moment.
--
-- KEYS  1 sorted set: ids by the millisecond at which they are missed
--       2 hash: by id '1' and the details, as JSON
-- ARGV  1 'members' or 'count'
-- Reply {members} for 'count'
--       {id, n, name, value, ..., id, n, ...} n details of each
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if ARGV[1] == 'count' then
  return {redis.call('ZCOUNT', KEYS[1], now + 1, '+inf')}
end

local reply = {}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], now + 1, '+inf')) do
  local stored = redis.call('HGET', KEYS[2], id) or ''
  local known, details = false, nil
  if string.sub(stored, 1, 1) == '1' then
    known, details = pcall(cjson.decode, string.sub(stored, 2))
  end
  local at, n = #reply + 1, 0
  reply[at], reply[at + 1] = id, 0
  for name, value in pairs(known and type(details) == 'table' and details or {}) do
    if type(value) == 'string' then
      reply[#reply + 1], reply[#reply + 2] = name, value
      n = n + 1
    end
  end
  reply[at + 1] = n
end
return reply
