-- Makes a group of a stream, and the stream, unless they are there.
-- One step, so that an existing group is no error.
--
-- KEYS  1 stream
-- ARGV  1 group, 2 id after which it reads: 0 for everything, $ for what comes from now on
-- Reply {1} made | {0} was there
local reply = redis.pcall('XGROUP', 'CREATE', KEYS[1], ARGV[1], ARGV[2], 'MKSTREAM')
if type(reply) == 'table' and reply.err then
  if string.find(reply.err, 'BUSYGROUP', 1, true) then return {0} end
  return reply
end
return {1}
