-- Counts the costs of calls in the windows of one subject, or takes one back. The last window counts by the share of it
-- that is still in view: previous * (period - elapsed) + (current + cost) * period <= limit * period, in whole milliseconds.
-- One step, so that all limits see the same state, and no call is charged unless all limits allow it.
--
-- KEYS  1 the subject's windows: '1w' and for each limit its period, window number, current and previous count
-- ARGV  1 'take', 'known', 'look' or 'refund'; 'known' takes only from a subject that has something counted
--       2 when it was taken, in ms, for a refund, 3 how many limits there are
--       then for each limit: period in ms, limit
--       then for each call, one after the other: its cost
-- Reply for each call {1, now, us, elapsed, current, previous, ...} counted | {0, now, us, ...} not counted
--       now in ms, and the microseconds beyond; elapsed is negative if the clock went back
--       then for how many us something was counted before, and is now
--       {2, us} blocked for so long | {3} nothing is counted
local what, taken, limits = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local beyond = time[2] % 1000

local stored = {}
local value = redis.pcall('GET', KEYS[1])
if type(value) == 'string' then
  local kind = string.sub(value, 1, 3)
  if kind == '1b ' then
    local left = tonumber(string.sub(value, 4)) - (now * 1000 + beyond)
    if left > 0 then return {2, left} end
  elseif kind == '1w ' then -- all else is unknown, and counts as nothing
    for period, number, current, previous in string.gmatch(string.sub(value, 4), '(%d+) (%d+) (%d+) (%d+)') do
      stored[period] = {tonumber(number), tonumber(current), tonumber(previous)}
    end
  end
end

local periods, sizes, numbers, elapsed, current, previous = {}, {}, {}, {}, {}, {}
local function lasting()
  local longest = 0
  for n = 1, limits do
    if current[n] > 0 then longest = math.max(longest, 2 * periods[n] - elapsed[n])
    elseif previous[n] > 0 then longest = math.max(longest, periods[n] - elapsed[n]) end
  end
  return longest
end

for n = 1, limits do
  local period = tonumber(ARGV[2 + 2 * n])
  local number = math.floor(now / period)
  local window = stored[ARGV[2 + 2 * n]]
  current[n], previous[n] = 0, 0
  if window then
    if window[1] >= number then
      number, current[n], previous[n] = window[1], window[2], window[3]
    elseif window[1] == number - 1 then
      previous[n] = window[2]
    end
  end
  periods[n], sizes[n], numbers[n], elapsed[n] = period, tonumber(ARGV[3 + 2 * n]), number, now - number * period
end
local before = lasting()
if what == 'known' and before == 0 then return {3} end

local function fits(n, cost)
  return previous[n] * (periods[n] - math.max(0, elapsed[n])) + (current[n] + cost) * periods[n] <= sizes[n] * periods[n]
end

local reply, size, charged = {}, 0, false
for at = 4 + 2 * limits, #ARGV do
  local cost, admitted = tonumber(ARGV[at]), what ~= 'look'
  for n = 1, limits do
    if what ~= 'refund' and not fits(n, cost) then admitted = false end
  end
  if admitted then
    charged = true
    for n = 1, limits do
      local of = math.floor(taken / periods[n])
      if what ~= 'refund' then current[n] = current[n] + cost
      elseif of == numbers[n] then current[n] = math.max(0, current[n] - cost)
      elseif of == numbers[n] - 1 then previous[n] = math.max(0, previous[n] - cost) end
    end
  end
  reply[size + 1], reply[size + 2], reply[size + 3] = admitted and 1 or 0, now, beyond
  for n = 1, limits do
    local last = size + 3 + 3 * n
    reply[last - 2], reply[last - 1], reply[last] = elapsed[n], current[n], previous[n]
  end
  size = size + 3 + 3 * limits
end

local after = lasting()
if charged and after == 0 then
  redis.call('DEL', KEYS[1])
elseif charged then
  local parts = {'1w'}
  for n = 1, limits do
    parts[n + 1] = string.format('%s %.0f %.0f %.0f', ARGV[2 + 2 * n], numbers[n], current[n], previous[n])
  end
  local ttl = after + 1
  redis.call('SET', KEYS[1], table.concat(parts, ' '), 'PX', ttl)
end
reply[size + 1], reply[size + 2] = math.max(0, before * 1000 - beyond), math.max(0, after * 1000 - beyond)
return reply
