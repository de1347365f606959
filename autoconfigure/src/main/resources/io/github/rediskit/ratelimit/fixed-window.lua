-- Counts the costs of calls in the windows of one subject, or takes one back. A window begins with the first call after
-- the last one.
-- One step, so that all limits see the same state, and no call is charged unless all limits allow it.
--
-- KEYS  1 the subject's windows: '1f' and for each limit its period, the window's beginning and its count
-- ARGV  1 'take', 'known', 'look' or 'refund'; 'known' takes only from a subject that has something counted
--       2 when it was taken, in us, for a refund, 3 how many limits there are
--       then for each limit: period in us, limit
--       then for each call, one after the other: its cost
-- Reply for each call {1, now, left, count, ...} counted | {0, now, left, count, ...} not counted
--       left is how many us a window still lasts, 0 if there is none
--       then for how many us something was counted before, and is now
--       {2, us} blocked for so long | {3} nothing is counted
local what, taken, limits = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]

local stored = {}
local value = redis.pcall('GET', KEYS[1])
if type(value) == 'string' then
  local kind = string.sub(value, 1, 3)
  if kind == '1b ' then
    local until_us = tonumber(string.sub(value, 4))
    if until_us > now then return {2, until_us - now} end
  elseif kind == '1f ' then -- all else is unknown, and counts as nothing
    for period, start, count in string.gmatch(string.sub(value, 4), '(%d+) (%d+) (%d+)') do
      stored[period] = {tonumber(start), tonumber(count)}
    end
  end
end

local starts, lefts, counts, sizes = {}, {}, {}, {}
local function lasting()
  local longest = 0
  for n = 1, limits do
    if counts[n] > 0 then longest = math.max(longest, lefts[n]) end
  end
  return longest
end

for n = 1, limits do
  local period = tonumber(ARGV[2 + 2 * n])
  local start, count = now, 0
  local window = stored[ARGV[2 + 2 * n]]
  if window and now < window[1] + period then start, count = window[1], window[2] end
  starts[n], lefts[n], counts[n], sizes[n] = start, start + period - now, count, tonumber(ARGV[3 + 2 * n])
end
local before = lasting()
if what == 'known' and before == 0 then return {3} end

local reply, size, charged = {}, 0, false
for at = 4 + 2 * limits, #ARGV do
  local cost, admitted = tonumber(ARGV[at]), what ~= 'look'
  for n = 1, limits do
    if what ~= 'refund' and counts[n] + cost > sizes[n] then admitted = false end
  end
  if admitted then
    charged = true
    for n = 1, limits do
      if what ~= 'refund' then
        counts[n] = counts[n] + cost
      elseif taken >= starts[n] then
        counts[n] = math.max(0, counts[n] - cost)
      end
    end
  end
  reply[size + 1], reply[size + 2] = admitted and 1 or 0, now
  for n = 1, limits do
    reply[size + 1 + 2 * n], reply[size + 2 + 2 * n] = (counts[n] > 0) and lefts[n] or 0, counts[n]
  end
  size = size + 2 + 2 * limits
end

local after = lasting()
if charged and after == 0 then
  redis.call('DEL', KEYS[1])
elseif charged then
  local parts = {'1f'}
  for n = 1, limits do
    parts[n + 1] = string.format('%s %.0f %.0f', ARGV[2 + 2 * n], starts[n], counts[n])
  end
  local ttl = math.ceil(after / 1000) + 1
  redis.call('SET', KEYS[1], table.concat(parts, ' '), 'PX', ttl)
end
reply[size + 1], reply[size + 2] = before, after
return reply
