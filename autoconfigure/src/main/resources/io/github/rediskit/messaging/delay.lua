-- Keeps a message until its time, unless the queue is full. Who waits for the next one is woken if this one is earlier.
-- One step, so that a time never stands there without its message.
--
-- KEYS  1 stream of the queue, 2 delayed messages by their time, 3 their fields
-- ARGV  1 in how many ms it is due, 2 or when, in ms since 1970, 3 its id, 4 how many messages there may be, 5 channel for those
--       who wait, 6... fields and values
-- Reply {1} kept | {} full
if redis.call('XLEN', KEYS[1]) + redis.call('ZCARD', KEYS[2]) >= tonumber(ARGV[4]) then return {} end
local due = tonumber(ARGV[2])
if not due then
  local time = redis.call('TIME')
  -- by the microsecond: a part of a millisecond counts as a whole one
  due = time[1] * 1000 + math.ceil(time[2] / 1000) + tonumber(ARGV[1])
end
redis.call('HSET', KEYS[3], ARGV[3], cmsgpack.pack({unpack(ARGV, 6)}))
redis.call('ZADD', KEYS[2], string.format('%.0f', due), ARGV[3])
if redis.call('ZRANGE', KEYS[2], 0, 0)[1] == ARGV[3] then redis.pcall('PUBLISH', ARGV[5], '1') end
return {1}
