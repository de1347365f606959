-- Answers a caller that loads on its own, without anybody waiting for it: it may store what it loads while its ticket
-- stands in place of the lease. All such callers share one ticket; the first store uses it up.
-- One step, so that an eviction comes either before (and the caller loads what is new) or after (it ends the ticket).
--
-- KEYS  1 lease
-- ARGV  1 new ticket, 2 its time to live in ms,
--       3 whether the caller has an old value, so that it needs no ticket unless it is the first: 1 or 0
-- Reply {ticket} the new one, or the one that stands | {0} somebody holds the lease, and will store,
--       or the caller can do without
local ticket, ttl_ms, has_old = ARGV[1], ARGV[2], ARGV[3]

local holder = redis.pcall('GET', KEYS[1])
local kind = type(holder) == 'string' and string.sub(holder, 2, 2)
if kind and (kind ~= 'x' or has_old == '1') then
  if kind ~= 's' or has_old == '1' then return {0} end
  redis.call('PEXPIRE', KEYS[1], ttl_ms)
  return {holder}
end
redis.call('SET', KEYS[1], ticket, 'PX', ttl_ms)
return {ticket}
