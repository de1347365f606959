-- Moves dead letters back to where they came from, without their history, for the group in which they died.
-- One step, so that none of them is lost or there twice.
--
-- KEYS  1 dead letters, 2 stream
-- ARGV  1 group, 2 id of the last letter looked at, or 0, 3 id of the last one to look at, or nothing for the last there is,
--       4 how many to look at, 5 how long the stream may be, 0 for any length
-- Reply {how many were moved, id of the last one looked at, id of the last one to look at} | {0} there are no more
local last = ARGV[3]
if last == '' then
  local newest = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
  if not newest then return {0} end
  last = newest[1]
end
local letters = redis.call('XRANGE', KEYS[1], '(' .. ARGV[2], last, 'COUNT', ARGV[4])
if #letters == 0 then return {0} end
local moved = 0
for _, letter in ipairs(letters) do
  local fields, group, id = {}, '', ''
  local known = false
  for i = 1, #letter[2], 2 do
    local name, value = letter[2][i], letter[2][i + 1]
    if name == 'dead.group' then group = value
    elseif name == 'dead.id' then id = value
    elseif string.sub(name, 1, 5) ~= 'dead.' and name ~= 'replay.group' then
      known = known or name == 'message.id'
      fields[#fields + 1] = name
      fields[#fields + 1] = value
    end
  end
  if group == ARGV[1] then
    if not known then
      fields[#fields + 1] = 'message.id'
      fields[#fields + 1] = id
    end
    fields[#fields + 1] = 'replay.group'
    fields[#fields + 1] = group
    if ARGV[5] == '0' then
      redis.call('XADD', KEYS[2], '*', unpack(fields))
    else
      redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[5], '*', unpack(fields))
    end
    redis.call('XDEL', KEYS[1], letter[1])
    moved = moved + 1
  end
end
return {moved, letters[#letters][1], last}
