-- Answers a caller that found no entry it can use: there is one now, load it yourself, or wait.
-- One step, so that of all callers of all instances exactly one is told to load.
--
-- KEYS  1 entry, 2 lease
-- ARGV  1 token of the caller, 2 lease in ms,
--       3 how an acceptable entry begins: version, codec, generation and fingerprint,
--       4 how the entry begins that the caller could not read, or an empty text
-- Reply {0, entry} there is an entry | {1} the lease is the caller's | {2, remaining ms} another's; it is asked to publish
local token, lease_ms, stamp, rejected = ARGV[1], ARGV[2], ARGV[3], ARGV[4]

local function get(key)
  local value = redis.pcall('GET', key)
  if type(value) == 'string' then return value end
  if type(value) == 'table' then redis.call('UNLINK', key) end -- no string: not written by us
  return nil
end

local entry = get(KEYS[1])
if entry and string.sub(entry, 1, #stamp) == stamp
    and (rejected == '' or string.sub(entry, 1, #rejected) ~= rejected) then
  return {0, entry}
end

local holder = get(KEYS[2])
if holder and string.sub(holder, 2, 2) ~= 's' and string.sub(holder, 1, #token) ~= token then -- nobody waits for a ticket
  local remaining = redis.call('PTTL', KEYS[2])
  if remaining > 0 then
    if string.sub(holder, -1) ~= 'w' then redis.call('APPEND', KEYS[2], 'w') end
    return {2, remaining}
  end
end
redis.call('SET', KEYS[2], token, 'PX', lease_ms)
return {1}
