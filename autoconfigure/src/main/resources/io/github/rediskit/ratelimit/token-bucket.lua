-- Takes the costs of calls out of the token buckets of one subject (GCRA), or gives one back. A bucket is the time at which
-- it will be full, in whole microseconds and a rest in units of 1/limit of one, so no rate is rounded; all is integer below 2^53.
-- One step, so that all limits see the same state, and no call is charged unless all limits allow it.
--
-- KEYS  1 the subject's buckets: '1t' and for each limit its period, limit, time and rest
-- ARGV  1 'take', 'known', 'look' or 'refund'; 'known' takes only from a subject that has something counted
--       2 how many microseconds a caller would wait, 3 how many limits there are
--       then for each limit: period, limit, microseconds and rest of a full bucket
--       then for each call, one after the other, and for each limit: microseconds and rest of its cost
-- Reply for each call {1, us, rest, ...} taken, with the time until each bucket is full | {0, us, rest, ...} not taken
--       then for how many us something was counted before, and is now
--       {2, us} blocked for so long | {3} nothing is counted
local what, patience, limits = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]

local stored = {}
local value = redis.pcall('GET', KEYS[1])
if type(value) == 'string' then
  local kind = string.sub(value, 1, 3)
  if kind == '1b ' then
    local until_us = tonumber(string.sub(value, 4))
    if until_us > now then return {2, until_us - now} end
  elseif kind == '1t ' then -- all else is unknown, and counts as nothing
    for period, limit, us, rest in string.gmatch(string.sub(value, 4), '(%d+) (%d+) (%d+) (%d+)') do
      stored[period] = {limit, tonumber(us), tonumber(rest)}
    end
  end
end

local function lasting(times, rests)
  local longest = 0
  for n = 1, limits do
    longest = math.max(longest, times[n] - now + ((rests[n] > 0) and 1 or 0))
  end
  return longest
end

local times, rests, sizes, bounds, bound_rests = {}, {}, {}, {}, {}
for n = 1, limits do
  local at = 4 * n
  local us, rest = now, 0
  local bucket = stored[ARGV[at]]
  if bucket and bucket[2] >= now then
    us, rest = bucket[2], bucket[3]
    if bucket[1] ~= ARGV[at + 1] and rest > 0 then us, rest = us + 1, 0 end -- of another limit: rounded up
  end
  times[n], rests[n], sizes[n] = us, rest, tonumber(ARGV[at + 1])
  bounds[n], bound_rests[n] = now + tonumber(ARGV[at + 2]) + patience, tonumber(ARGV[at + 3])
end
local before = lasting(times, rests)
if what == 'known' and before == 0 then return {3} end

local reply, size, charged = {}, 0, false
for at = 4 + 4 * limits, #ARGV, 2 * limits do
  local next_times, next_rests, admitted = {}, {}, what ~= 'look'
  for n = 1, limits do
    local us, rest = tonumber(ARGV[at + 2 * n - 2]), tonumber(ARGV[at + 2 * n - 1])
    if what == 'refund' then
      us, rest = times[n] - us, rests[n] - rest
      if rest < 0 then us, rest = us - 1, rest + sizes[n] end
      if us < now then us, rest = now, 0 end
    else
      us, rest = times[n] + us, rests[n] + rest
      if rest >= sizes[n] then us, rest = us + 1, rest - sizes[n] end
      if us > bounds[n] or (us == bounds[n] and rest > bound_rests[n]) then admitted = false end
    end
    next_times[n], next_rests[n] = us, rest
  end
  if admitted then times, rests, charged = next_times, next_rests, true end
  reply[size + 1] = admitted and 1 or 0
  for n = 1, limits do
    reply[size + 2 * n], reply[size + 2 * n + 1] = times[n] - now, rests[n]
  end
  size = size + 1 + 2 * limits
end

local after = charged and lasting(times, rests) or before
if charged and after == 0 then
  redis.call('DEL', KEYS[1])
elseif charged then
  local parts = {'1t'}
  for n = 1, limits do
    parts[n + 1] = string.format('%s %s %.0f %.0f', ARGV[4 * n], ARGV[4 * n + 1], times[n], rests[n])
  end
  local ttl = math.ceil(after / 1000) + 1
  redis.call('SET', KEYS[1], table.concat(parts, ' '), 'PX', ttl)
end
reply[size + 1], reply[size + 2] = before, after
return reply
