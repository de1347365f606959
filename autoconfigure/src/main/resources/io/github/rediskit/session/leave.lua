-- Takes sessions out of the index of their user.
-- One step, so that both halves of the index agree.
--
-- KEYS  1 sessions of the user by the time at which they end, 2 the same by the order of log-ins
-- ARGV  1 those that end within so many ms stay, 2.. handles
-- Reply {1}
local time = redis.call('TIME')
local before = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000) + tonumber(ARGV[1])
for _, key in ipairs(KEYS) do
  if redis.call('TYPE', key).ok ~= 'zset' then redis.call('DEL', key) end
end
for i = 2, #ARGV do
  local ends = redis.call('ZSCORE', KEYS[1], ARGV[i])
  if ARGV[1] == '0' or not ends or tonumber(ends) > before then
    redis.call('ZREM', KEYS[1], ARGV[i])
    redis.call('ZREM', KEYS[2], ARGV[i])
  end
end
return {1}
