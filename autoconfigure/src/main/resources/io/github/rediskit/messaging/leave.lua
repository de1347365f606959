-- A consumer goes: others may take over at once what it still has. If it has nothing it is removed.
-- One step, so that entries that come meanwhile are not removed with it.
--
-- KEYS  1 stream
-- ARGV  1 group, 2 consumer, 3 silence in ms that counts as long enough
-- Reply {how many entries it leaves behind}
local left = redis.call('XPENDING', KEYS[1], ARGV[1], '-', '+', 20000, ARGV[2])
for _, pending in ipairs(left) do
  redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, pending[1], 'IDLE', ARGV[3], 'JUSTID')
end
if #left == 0 then redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], ARGV[2]) end
return {#left}
