-- Takes sessions out of the index of their user.
-- One step, so that both halves of the index agree.
--
-- KEYS  1 sessions of the user by the time at which they end, 2 the same by the order of log-ins
-- ARGV  handles
-- Reply {1}
for _, key in ipairs(KEYS) do
  if redis.call('TYPE', key).ok == 'zset' then
    for _, handle in ipairs(ARGV) do redis.call('ZREM', key, handle) end
  end
end
return {1}
