-- Gives out the permits of one subject, renews them and takes them back. A permit that nobody renews ends by itself.
-- One step, so that never more permits are out than the limit.
--
-- KEYS  1 the permits that are out: a sorted set by their end in us of '1:id:n', n from 1 to the call's cost
-- ARGV  1 'take', 'look', 'renew' or 'release', 2 the cost, 3 the id, 4 the limit, 5 how many us a permit lives
-- Reply {1, count, wait, reset} done | {0, count, wait, reset} not done
--       wait is how many us until enough permits end by themselves, reset until all have
local what, cost, id, limit, hold = ARGV[1], tonumber(ARGV[2]), ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]

local function member(n)
  return string.format('1:%s:%.0f', id, n)
end

local last = redis.pcall('ZREVRANGE', KEYS[1], 0, 0, 'WITHSCORES')
local foreign = last.err ~= nil or (last[1] ~= nil and string.sub(last[1], 1, 2) ~= '1:')
local newest = (not foreign and last[1]) and tonumber(last[2]) or now
if foreign and (what == 'renew' or what == 'release') then return {0, 0, 0, 0} end

if what == 'release' then
  local released = 0
  for n = 1, cost do released = released + redis.call('ZREM', KEYS[1], member(n)) end
  return {released > 0 and 1 or 0, 0, 0, 0}
end

local ends = now + hold
local ttl = math.ceil((math.max(ends, newest) - now) / 1000) + 1
if what == 'renew' then
  local held = 0
  for n = 1, cost do
    if redis.call('ZSCORE', KEYS[1], member(n)) then
      held = held + 1
      redis.call('ZADD', KEYS[1], 'XX', ends, member(n))
    end
  end
  if held > 0 then redis.call('PEXPIRE', KEYS[1], ttl) end
  return {held == cost and 1 or 0, 0, 0, 0}
end

local count = foreign and 0 or redis.call('ZCOUNT', KEYS[1], now + 1, '+inf')
local reset = math.max(0, newest - now)
if count + cost > limit then
  local wait = redis.call('ZRANGEBYSCORE', KEYS[1], now + 1, '+inf', 'WITHSCORES', 'LIMIT', count + cost - limit - 1, 1)
  return {0, count, tonumber(wait[2]) - now, reset}
end
if what == 'look' then return {0, count, 0, reset} end
if foreign then redis.call('DEL', KEYS[1]) end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
for n = 1, cost do redis.call('ZADD', KEYS[1], ends, member(n)) end
redis.call('PEXPIRE', KEYS[1], ttl)
return {1, count + cost, 0, math.max(ends, newest) - now}
