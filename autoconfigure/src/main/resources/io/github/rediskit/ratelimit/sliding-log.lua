-- Adds a cost to the log of one subject, or removes it. An entry counts until it is as old as the period. Entries carry
-- the sum of all costs so far, so what is in a window is a difference of two sums.
-- One step, so that all limits see the same state, and nothing is added unless all allow it.
--
-- KEYS  1 the subject's log: a sorted set by time in us of '1:number:sum:cost', the number in 16 digits
-- ARGV  1 'take', 'look' or 'refund', 2 the cost, 3 and 4 when it was added and its number, for a refund
--       then for each limit: period in us, limit
-- Reply {1, time, number, count, wait, reset, ...} added | {0, 0, 0, count, wait, reset, ...} not added
--       wait is how many us until the limit allows it, reset until nothing counts any more | {2, us} blocked for so long
local what, cost = ARGV[1], tonumber(ARGV[2])
local time = redis.call('TIME')
local clock = time[1] * 1000000 + time[2]

local function parsed(member)
  local number, sum, weight = string.match(member, '^1:(%d+):(%d+):(%d+)$')
  return tonumber(number), tonumber(sum), tonumber(weight)
end

local last = redis.pcall('ZREVRANGE', KEYS[1], 0, 0, 'WITHSCORES')
local foreign = last.err ~= nil
if foreign then
  local value = redis.pcall('GET', KEYS[1])
  if type(value) == 'string' and string.sub(value, 1, 3) == '1b ' then
    local until_us = tonumber(string.sub(value, 4))
    if until_us > clock then return {2, until_us - clock} end
  end
  last = {}
end
local number, total, newest = 0, 0, 0
if last[1] then
  local known, sum = parsed(last[1])
  if known then
    number, total, newest = known, sum, tonumber(last[2])
  else
    foreign = true -- all that is unknown counts as nothing
  end
end

if what == 'refund' then
  if foreign then return {0, 0, 0} end
  local gone, taken = nil, tonumber(ARGV[3])
  for _, member in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], taken, taken)) do
    local known, _, weight = parsed(member)
    if known == tonumber(ARGV[4]) and weight == cost then gone = member end
  end
  if not gone then return {0, 0, 0} end
  local later = redis.call('ZRANGE', KEYS[1], redis.call('ZRANK', KEYS[1], gone) + 1, -1, 'WITHSCORES')
  local ttl = redis.call('PTTL', KEYS[1])
  redis.call('ZREM', KEYS[1], gone)
  for i = 1, #later, 2 do
    local known, sum, weight = parsed(later[i])
    redis.call('ZREM', KEYS[1], later[i])
    redis.call('ZADD', KEYS[1], later[i + 1], string.format('1:%016.0f:%.0f:%.0f', known, sum - cost, weight))
  end
  if ttl > 0 then redis.call('PEXPIRE', KEYS[1], ttl) end
  return {1, 0, 0}
end

local now = math.max(clock, newest) -- the clock may have gone back
local entries = (foreign or not last[1]) and 0 or redis.call('ZCARD', KEYS[1])
local reply, admitted, longest = {0, 0, 0}, true, 0
for i = 5, #ARGV, 2 do
  local period, limit = tonumber(ARGV[i]), tonumber(ARGV[i + 1])
  longest = math.max(longest, period)
  local count, wait = 0, 0
  local first = (entries > 0) and redis.call('ZRANGEBYSCORE', KEYS[1], now - period + 1, '+inf', 'LIMIT', 0, 1)[1]
  if first then
    local _, sum, weight = parsed(first)
    count = total - sum + weight
    if count + cost > limit then -- until the entry is too old with whose sum enough has gone
      local low, high = redis.call('ZRANK', KEYS[1], first), entries - 1
      while low < high do
        local middle = math.floor((low + high) / 2)
        local _, until_here = parsed(redis.call('ZRANGE', KEYS[1], middle, middle)[1])
        if until_here >= total + cost - limit then high = middle else low = middle + 1 end
      end
      wait = tonumber(redis.call('ZRANGE', KEYS[1], low, low, 'WITHSCORES')[2]) + period - clock
    end
  end
  if count + cost > limit then admitted = false end
  reply[#reply + 1], reply[#reply + 2] = count, wait
  reply[#reply + 1] = (count > 0) and newest + period - clock or 0
end

if what == 'look' or not admitted then return reply end
if foreign then redis.call('DEL', KEYS[1]) end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - longest)
redis.call('ZADD', KEYS[1], now, string.format('1:%016.0f:%.0f:%.0f', number + 1, total + cost, cost))
local ttl = math.ceil((now + longest - clock) / 1000) + 1
redis.call('PEXPIRE', KEYS[1], ttl)
reply[1], reply[2], reply[3] = 1, now, number + 1
for i = 4, #reply, 3 do
  reply[i] = reply[i] + cost
  reply[i + 2] = now + tonumber(ARGV[5 + (i - 4) / 3 * 2]) - clock
end
return reply
