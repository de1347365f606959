-- Forgets what was counted of one subject.
--
-- KEYS  1 the subject
-- Reply {1, us, 0} there was something, for so long | {0, 0, 0} there was nothing
local ttl = math.max(0, redis.call('PTTL', KEYS[1]))
return {redis.call('DEL', KEYS[1]), ttl * 1000, 0}
