-- Gives out the permits of one subject, renews them and takes them back. A permit that nobody renews ends by itself.
-- One step, so that never more permits are out than the limit.
--
-- KEYS  1 the permits that are out: a sorted set by their end in us of '1:id:n', n from 1 to the call's cost
-- ARGV  1 'take', 'known', 'look', 'renew' or 'release'; 'known' takes only from a subject that has permits out
--       2 the limit, 3 how many us a permit lives
--       then for each call, one after the other: its cost and id
-- Reply for each call {1, count, wait, reset} done | {0, count, wait, reset} not done
--       wait is how many us until enough permits end by themselves, reset until all have
--       then for how many us something was counted before, and is now | {3} nothing is counted
local what, limit, hold = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]

local function member(id, n)
  return string.format('1:%s:%.0f', id, n)
end

local function newest()
  local last = redis.pcall('ZREVRANGE', KEYS[1], 0, 0, 'WITHSCORES')
  if last.err ~= nil or (last[1] ~= nil and string.sub(last[1], 1, 2) ~= '1:') then return nil end
  return last[1] and math.max(now, tonumber(last[2])) or now
end

local last = newest()
local foreign = last == nil -- all that is unknown counts as nothing
last = last or now
local before = last - now

if what == 'release' or what == 'renew' then
  local cost, id = tonumber(ARGV[4]), ARGV[5]
  if foreign then return {0, 0, 0, 0, 0, 0} end
  local held, ends = 0, now + hold
  for n = 1, cost do
    if what == 'release' then
      held = held + redis.call('ZREM', KEYS[1], member(id, n))
    elseif redis.call('ZSCORE', KEYS[1], member(id, n)) then
      held = held + 1
      redis.call('ZADD', KEYS[1], 'XX', ends, member(id, n))
    end
  end
  local after = before
  if held > 0 then after = newest() - now end
  if what == 'release' then return {held > 0 and 1 or 0, 0, 0, 0, before, after} end
  local ttl = math.ceil(after / 1000) + 1
  if held > 0 then redis.call('PEXPIRE', KEYS[1], ttl) end
  return {held == cost and 1 or 0, 0, 0, 0, before, after}
end
if what == 'known' and before == 0 then return {3} end

local out = foreign and 0 or redis.call('ZCOUNT', KEYS[1], now + 1, '+inf')
local added, ends = {}, now + hold

-- the end of the permit that is the nth to end, of those that were out and those that are being added
local function nth_end(n)
  local function of_those_out(nth)
    if nth > out then return nil end
    local found = redis.call('ZRANGEBYSCORE', KEYS[1], now + 1, '+inf', 'WITHSCORES', 'LIMIT', nth - 1, 1)
    return tonumber(found[2])
  end
  local mine = of_those_out(n)
  if mine and (#added == 0 or mine <= ends) then return mine end
  if n <= #added then return ends end
  return math.max(ends, of_those_out(n - #added))
end

local reply, size = {}, 0
for at = 4, #ARGV, 2 do
  local cost, count = tonumber(ARGV[at]), out + #added
  local wait, admitted = 0, what ~= 'look'
  if count + cost > limit then
    wait, admitted = nth_end(count + cost - limit) - now, false
  end
  if admitted then
    for n = 1, cost do added[#added + 1] = member(ARGV[at + 1], n) end
    count, last = count + cost, math.max(last, ends)
  end
  reply[size + 1], reply[size + 2], reply[size + 3], reply[size + 4] = admitted and 1 or 0, count, wait, last - now
  size = size + 4
end

if #added > 0 then
  if foreign then redis.call('DEL', KEYS[1]) end
  redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
  for _, permit in ipairs(added) do redis.call('ZADD', KEYS[1], ends, permit) end
  local ttl = math.ceil((last - now) / 1000) + 1
  redis.call('PEXPIRE', KEYS[1], ttl)
end
reply[size + 1], reply[size + 2] = before, last - now
return reply
