-- Puts a message in a queue, unless it is full.
-- One step, so that a queue does not become longer than it may.
--
-- KEYS  1 stream of the queue, 2 delayed messages by their time
-- ARGV  1 how many there may be, 2... fields and values
-- Reply {id} | {} full
if redis.call('XLEN', KEYS[1]) + redis.call('ZCARD', KEYS[2]) >= tonumber(ARGV[1]) then return {} end
return {redis.call('XADD', KEYS[1], '*', unpack(ARGV, 2))}
