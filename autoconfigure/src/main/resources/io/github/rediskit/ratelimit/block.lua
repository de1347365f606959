-- Refuses all calls of one subject for some time, after which nothing is counted against it.
-- One step, so that the end is by the server's clock.
--
-- KEYS  1 the subject: '1b' and the end in us
-- ARGV  1 for how many us
-- Reply {1, us, us}: for how long there was something before, and is now
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local before = math.max(0, redis.call('PTTL', KEYS[1]))
local ttl = math.ceil(ARGV[1] / 1000) + 1
redis.call('SET', KEYS[1], string.format('1b %.0f', now + ARGV[1]), 'PX', ttl)
return {1, before * 1000, tonumber(ARGV[1])}
