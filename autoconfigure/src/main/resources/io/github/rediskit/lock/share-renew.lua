-- Prolongs a share of a lock, or asks whether it is held.
-- One step, so that no share comes back that has ended.
--
-- KEYS  1 shares that are out
-- ARGV  1 the share, 2 lease in ms, 0 to leave it as it is
-- Reply {1} renewed | {0} it is not held any more
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]

local ends = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not ends or tonumber(ends) <= now then return {0} end
if ARGV[2] == '0' then return {1} end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now) -- first: a full memory refuses what could need more
redis.call('ZADD', KEYS[1], 'XX', string.format('%.0f', now + ARGV[2] * 1000), ARGV[1])
local newest = redis.call('ZREVRANGE', KEYS[1], 0, 0, 'WITHSCORES')
redis.call('PEXPIRE', KEYS[1], math.ceil((tonumber(newest[2]) - now) / 1000) + 1)
return {1}
