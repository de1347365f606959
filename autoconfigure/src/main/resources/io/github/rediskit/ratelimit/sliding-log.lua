-- Adds the costs of calls to the log of one subject, or removes one. An entry counts until it is as old as the period.
-- Entries carry the sum of all costs so far, so what is in a window is a difference of two sums.
-- One step, so that all limits see the same state, and no call is added unless all limits allow it.
--
-- KEYS  1 the subject's log: a sorted set by time in us of '1:number:sum:cost', the number in 16 digits
-- ARGV  1 'take', 'known', 'look' or 'refund'; 'known' adds only to a log that is there
--       2 and 3 when it was added and its number, for a refund, 4 how many limits there are
--       then for each limit: period in us, limit
--       then for each call, one after the other: its cost
-- Reply for each call {1, time, number, count, wait, reset, ...} added | {0, 0, 0, count, wait, reset, ...} not added
--       wait is how many us until the limit allows it, reset until nothing counts any more; {1} and {0} for a refund
--       then for how many us something was counted before, and is now
--       {2, us} blocked for so long | {3} nothing is counted
local what, limits = ARGV[1], tonumber(ARGV[4])
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
local longest = 0
for n = 1, limits do longest = math.max(longest, tonumber(ARGV[3 + 2 * n])) end
local before = math.max(0, newest + longest - clock)

if what == 'refund' then
  if foreign then return {0, 0, 0} end
  local cost, gone, taken = tonumber(ARGV[5 + 2 * limits]), nil, tonumber(ARGV[2])
  for _, member in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], taken, taken)) do
    local known, _, weight = parsed(member)
    if known == tonumber(ARGV[3]) and weight == cost then gone = member end
  end
  if not gone then return {0, before, before} end
  local later = redis.call('ZRANGE', KEYS[1], redis.call('ZRANK', KEYS[1], gone) + 1, -1, 'WITHSCORES')
  local ttl = redis.call('PTTL', KEYS[1])
  redis.call('ZREM', KEYS[1], gone)
  for i = 1, #later, 2 do
    local known, sum, weight = parsed(later[i])
    redis.call('ZREM', KEYS[1], later[i])
    redis.call('ZADD', KEYS[1], later[i + 1], string.format('1:%016.0f:%.0f:%.0f', known, sum - cost, weight))
  end
  if ttl > 0 then redis.call('PEXPIRE', KEYS[1], ttl) end
  return {1, before, (ttl > 0 and redis.call('EXISTS', KEYS[1]) == 1) and before or 0}
end
if what == 'known' and before == 0 then return {3} end

local now = math.max(clock, newest) -- the clock may have gone back
local entries = (foreign or not last[1]) and 0 or redis.call('ZCARD', KEYS[1])
local stored_total = total
local periods, sizes, firsts, counts = {}, {}, {}, {}
for n = 1, limits do
  periods[n], sizes[n], counts[n] = tonumber(ARGV[3 + 2 * n]), tonumber(ARGV[4 + 2 * n]), 0
  local first = (entries > 0) and redis.call('ZRANGEBYSCORE', KEYS[1], now - periods[n] + 1, '+inf', 'LIMIT', 0, 1)[1]
  if first then
    local _, sum, weight = parsed(first)
    firsts[n], counts[n] = first, total - sum + weight
  end
end

-- when the entry is too old with whose sum enough has gone
local function free_at(n, gone)
  if not firsts[n] or gone > stored_total then return now + periods[n] end -- one of those that are being added
  local low, high = redis.call('ZRANK', KEYS[1], firsts[n]), entries - 1
  while low < high do
    local middle = math.floor((low + high) / 2)
    local _, until_here = parsed(redis.call('ZRANGE', KEYS[1], middle, middle)[1])
    if until_here >= gone then high = middle else low = middle + 1 end
  end
  return tonumber(redis.call('ZRANGE', KEYS[1], low, low, 'WITHSCORES')[2]) + periods[n]
end

local reply, size, added = {}, 0, {}
for at = 5 + 2 * limits, #ARGV do
  local cost, admitted = tonumber(ARGV[at]), what ~= 'look'
  for n = 1, limits do
    if counts[n] + cost > sizes[n] then admitted = false end
  end
  for n = 1, limits do
    local wait = (counts[n] + cost > sizes[n]) and free_at(n, total + cost - sizes[n]) - clock or 0
    reply[size + 1 + 3 * n + 1] = wait
  end
  if admitted then
    number, total, newest = number + 1, total + cost, now
    added[#added + 1], added[#added + 2] = now, string.format('1:%016.0f:%.0f:%.0f', number, total, cost)
    for n = 1, limits do counts[n] = counts[n] + cost end
  end
  reply[size + 1], reply[size + 2], reply[size + 3] = admitted and 1 or 0, admitted and now or 0, admitted and number or 0
  for n = 1, limits do
    reply[size + 1 + 3 * n], reply[size + 3 + 3 * n] = counts[n], (counts[n] > 0) and newest + periods[n] - clock or 0
  end
  size = size + 3 + 3 * limits
end

if #added > 0 then
  if foreign then redis.call('DEL', KEYS[1]) end
  redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - longest)
  redis.call('ZADD', KEYS[1], unpack(added))
  local ttl = math.ceil((now + longest - clock) / 1000) + 1
  redis.call('PEXPIRE', KEYS[1], ttl)
end
reply[size + 1], reply[size + 2] = before, math.max(0, newest + longest - clock)
return reply
