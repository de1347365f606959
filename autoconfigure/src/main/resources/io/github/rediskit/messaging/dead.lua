-- Moves an entry to the dead letters: it is written there with its history, then acknowledged.
-- One step, so that it is never in neither place, nor buried by a consumer that does not have it any more.
--
-- KEYS  1 stream, 2 dead letters
-- ARGV  1 group, 2 consumer, 3 id, 4 how many letters are kept, 5 '1' to remove it from the stream, 6... fields and values
-- Reply {1} moved | {0} the consumer does not have it any more
if not redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[3], ARGV[3], 1, ARGV[2])[1] then return {0} end
redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[4], '*', unpack(ARGV, 6))
redis.call('XACK', KEYS[1], ARGV[1], ARGV[3])
if ARGV[5] == '1' then redis.call('XDEL', KEYS[1], ARGV[3]) end
return {1}
