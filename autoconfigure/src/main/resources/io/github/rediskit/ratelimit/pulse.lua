-- Notes that an instance lives, counts those that do, changes a policy if told to, and tells the caller what was changed
-- unless it knows. One step, so that who changes a policy hears of all changes in the order in which they were made.
--
-- KEYS  1 ids of instances by the millisecond at which each was heard of
--       2 changed policies: text by name, and under '' the version, which is a time in microseconds
-- ARGV  1 the instance's id
--       2 the version that it knows, 0 for none
--       3 after how many milliseconds an instance is missed
--       4 how many milliseconds changes live
--       5 the name of the policy to change, or nothing
--       6 its text, empty if nothing holds instead of it any more
-- Reply {instances, version, name, text, ...} the version is 0 without changes, which are left out if they are known
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now - ARGV[3]))
redis.call('ZADD', KEYS[1], string.format('%.0f', now), ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[3])

local version = tonumber(redis.call('HGET', KEYS[2], '') or 0) or 0
if ARGV[5] then
  if ARGV[6] == '' then
    redis.call('HDEL', KEYS[2], ARGV[5])
  else
    redis.call('HSET', KEYS[2], ARGV[5], ARGV[6])
  end
  if redis.call('HLEN', KEYS[2]) == redis.call('HEXISTS', KEYS[2], '') then -- only the version is left
    redis.call('DEL', KEYS[2])
    version = 0
  else
    version = math.max(version + 1, time[1] * 1000000 + time[2])
    redis.call('HSET', KEYS[2], '', string.format('%.0f', version))
  end
end

local reply = {redis.call('ZCARD', KEYS[1]), version}
if version > 0 then
  redis.call('PEXPIRE', KEYS[2], ARGV[4])
end
if version ~= tonumber(ARGV[2]) then
  local all = redis.call('HGETALL', KEYS[2])
  for i = 1, #all, 2 do
    if all[i] ~= '' then
      reply[#reply + 1], reply[#reply + 2] = all[i], all[i + 1]
    end
  end
end
return reply
