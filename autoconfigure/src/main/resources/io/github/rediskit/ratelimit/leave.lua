-- Counts an instance no more, since it stops.
--
-- KEYS  1 ids of instances by the millisecond at which each was heard of
-- ARGV  1 the instance's id
-- Reply {1} it was counted | {0}
return {redis.call('ZREM', KEYS[1], ARGV[1])}
