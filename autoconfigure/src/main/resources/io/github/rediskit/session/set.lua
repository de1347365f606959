-- Sets an attribute of a session, if it is still there, and a user's. How long it lives does not change.
-- One step, so that a session that ends does not come back.
--
-- KEYS  1 session
-- ARGV  1 user, 2 field, 3 value
-- Reply {1} set | {0} not there, or another's
if redis.call('TYPE', KEYS[1]).ok ~= 'hash' or redis.call('HGET', KEYS[1], 'p') ~= ARGV[1] then return {0} end
redis.call('HSET', KEYS[1], ARGV[2], ARGV[3])
return {1}
