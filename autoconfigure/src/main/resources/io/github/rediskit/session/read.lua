-- Reads a session. What is no session is removed, since nobody could use it.
-- One step, so that what is removed is what was seen.
--
-- KEYS  1 session
-- Reply {0} nothing there | {1, ms it still lives, or -1, field, value, ...} | {2} was no hash, and is removed
local fields = redis.pcall('HGETALL', KEYS[1])
if fields.err then
  if not string.find(fields.err, 'WRONGTYPE', 1, true) then return fields end
  redis.call('DEL', KEYS[1])
  return {2}
end
if #fields == 0 then return {0} end
local reply = {1, redis.call('PTTL', KEYS[1])}
for i = 1, #fields do reply[i + 2] = fields[i] end
return reply
