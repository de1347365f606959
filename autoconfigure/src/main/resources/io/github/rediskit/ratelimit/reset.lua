-- Forgets what was counted of one subject.
--
-- KEYS  1 the subject
-- Reply {1} there was something | {0} there was nothing
return {redis.call('DEL', KEYS[1])}
