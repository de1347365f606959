-- Reads what a session is, without its attributes.
-- One step, since Redis hands out several fields of one hash only so.
--
-- KEYS  1 session
-- Reply {user, device, address, created, last seen}, each may be missing | {} no session
if redis.call('TYPE', KEYS[1]).ok ~= 'hash' then return {} end
return redis.call('HMGET', KEYS[1], 'p', 'd', 'a', 'c', 's')
