-- Notes that members of a group are alive, or that they leave. One step, so that no member is without its details.
--
-- KEYS  1 sorted set: ids by the millisecond at which they are missed
--       2 hash: by id '1' and the details, as JSON
-- ARGV  1 after how many milliseconds a member is missed; 0 if it leaves
--       2 how many milliseconds a missed member is kept for those who watch
--       3 id
--       4 ... names and values of details, in turn
-- Reply {was} 1 if the member was alive, else 0
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local ttl, kept, id = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3]
local due = tonumber(redis.call('ZSCORE', KEYS[1], id) or 0)
local was = due > now and 1 or 0

if ttl == 0 then
  redis.call('ZREM', KEYS[1], id)
  redis.call('HDEL', KEYS[2], id)
  return {was}
end

local old = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now - kept, 'LIMIT', 0, 100) -- nobody watched
if old[1] then
  redis.call('ZREM', KEYS[1], unpack(old))
  redis.call('HDEL', KEYS[2], unpack(old))
end

local details = {}
for i = 4, #ARGV - 1, 2 do details[ARGV[i]] = ARGV[i + 1] end
redis.call('ZADD', KEYS[1], now + ttl, id)
redis.call('HSET', KEYS[2], id, '1' .. cjson.encode(details))
for _, key in ipairs(KEYS) do
  if redis.call('PTTL', key) < ttl + kept then
    redis.call('PEXPIRE', key, ttl + kept) -- never less than another member needs
  end
end
return {was}
