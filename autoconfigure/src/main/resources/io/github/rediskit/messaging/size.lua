-- How many messages of a queue are not handled yet.
-- One step, so that a message whose time comes is counted once.
--
-- KEYS  1 stream of the queue, 2 delayed messages by their time
-- ARGV  none
-- Reply {how many}
return {redis.call('XLEN', KEYS[1]) + redis.call('ZCARD', KEYS[2])}
