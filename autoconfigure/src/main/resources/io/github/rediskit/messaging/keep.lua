-- Tells the server that a consumer still has entries, so that nobody takes them over. It counts as no delivery.
-- One step, so that what another consumer has taken over stays with it.
--
-- KEYS  1 stream
-- ARGV  1 group, 2 consumer, 3... ids
-- Reply the ids of those that the consumer does not have any more
local lost = {}
for i = 3, #ARGV do
  if redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[i], ARGV[i], 1, ARGV[2])[1] then
    redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, ARGV[i], 'JUSTID')
  else
    lost[#lost + 1] = ARGV[i]
  end
end
return lost
