-- Delivers entries to the consumer that has them once more. An entry that the stream has not any more is acknowledged.
-- One step, so that what another consumer has taken over stays with it.
--
-- KEYS  1 stream
-- ARGV  1 group, 2 consumer, 3... ids
-- Reply for each id {id, delivery, field, value, ...}; delivery is 0 if another consumer has it, -1 if the stream has it not
local reply = {}
for i = 3, #ARGV do
  local id = ARGV[i]
  local entry = {id, 0}
  local pending = redis.call('XPENDING', KEYS[1], ARGV[1], id, id, 1, ARGV[2])[1]
  if pending then
    local claimed = redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, id)[1]
    if claimed and claimed[2] then
      entry[2] = pending[4] + 1
      for j = 1, #claimed[2] do entry[j + 2] = claimed[2][j] end
    else
      redis.call('XACK', KEYS[1], ARGV[1], id)
      entry[2] = -1
    end
  end
  reply[#reply + 1] = entry
end
return reply
