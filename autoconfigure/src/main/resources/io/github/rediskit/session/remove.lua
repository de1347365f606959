-- Removes a session, and tells what it was.
-- One step, so that of several who remove it, or take it over under another id, one gets it.
--
-- KEYS  1 session
-- ARGV  1 '*' whoever it belongs to, or '=' and the user it must belong to, or '?': only if it is what somebody has seen, whose
--       fields follow, each as its name, '=' or '' for a missing one, and its value
-- Reply {0} nothing there, or another's | {1, field, value, ...} removed
local kind = redis.call('TYPE', KEYS[1]).ok
if kind ~= 'hash' then
  if ARGV[1] == '*' then redis.call('DEL', KEYS[1]) end
  return {0}
end
if ARGV[1] == '?' then
  for i = 2, #ARGV, 3 do
    if redis.call('HGET', KEYS[1], ARGV[i]) ~= (ARGV[i + 1] == '=' and ARGV[i + 2]) then return {0} end
  end
elseif ARGV[1] ~= '*' and redis.call('HGET', KEYS[1], 'p') ~= string.sub(ARGV[1], 2) then
  return {0}
end
local reply = redis.call('HGETALL', KEYS[1])
redis.call('DEL', KEYS[1])
table.insert(reply, 1, 1)
return reply
