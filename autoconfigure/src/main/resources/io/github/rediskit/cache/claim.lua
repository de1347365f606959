-- Answers a caller that wants to load an entry: there is one it can use, load it yourself, wait, or leave it for now.
-- One step, so that of all callers of all instances exactly one is told to load.
--
-- KEYS  1 entry, 2 lease
-- ARGV  1 token of the caller, 2 lease in ms,
--       3 how an acceptable entry begins: version, codec, generation and fingerprint,
--       4 how the entry begins that the caller does not want, or an empty text,
--       5 whether the caller has an old value to go on with: 1 or 0
-- Reply {0, entry, now} there is an entry | {1, 0, now} the lease is the caller's
--       {2, remaining ms, now} it is another's, who is asked to publish | {3, remaining ms, now} loads fail at present
--       now is the server's time in ms, 0 if the user may not ask for it
local token, lease_ms, stamp, unwanted, has_old = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]

local time = redis.pcall('TIME')
local now = time.err and 0 or time[1] * 1000 + math.floor(time[2] / 1000)

local function get(key)
  local value = redis.pcall('GET', key)
  if type(value) == 'string' then return value end
  if type(value) == 'table' then redis.call('UNLINK', key) end -- no string: not written by us
  return nil
end

local entry = get(KEYS[1])
if entry and string.sub(entry, 1, #stamp) == stamp
    and (unwanted == '' or string.sub(entry, 1, #unwanted) ~= unwanted) then
  return {0, entry, now}
end

-- by the second letter of its value: s a ticket and u an update, for which nobody waits; x a load that has failed. Others have a hex digit there
local holder = get(KEYS[2])
local kind = holder and string.sub(holder, 2, 2)
if holder and kind ~= 's' and kind ~= 'u' and string.sub(holder, 1, #token) ~= token then
  local remaining = redis.call('PTTL', KEYS[2])
  if kind == 'x' then
    if has_old == '1' and remaining > 0 then return {3, remaining, now} end
  elseif remaining > 0 then
    if string.sub(holder, -1) ~= 'w' then redis.call('APPEND', KEYS[2], 'w') end
    return {2, remaining, now}
  end
end
redis.call('SET', KEYS[2], token, 'PX', lease_ms)
return {1, 0, now}
