-- Counts a cost in the windows of one subject, or takes it back. The last window counts by the share of it that is
-- still in view: previous * (period - elapsed) + (current + cost) * period <= limit * period, in whole milliseconds.
-- One step, so that all limits see the same state, and none is charged unless all are.
--
-- KEYS  1 the subject's windows: '1w' and for each limit its period, window number, current and previous count
-- ARGV  1 'take', 'look' or 'refund', 2 the cost, 3 when it was taken, in ms, for a refund
--       then for each limit: period in ms, limit
-- Reply {1, now, us, elapsed, current, previous, ...} counted | {0, now, us, ...} not counted
--       now in ms, and the microseconds beyond; elapsed is negative if the clock went back | {2, us} blocked for so long
local what, cost, taken = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
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

local windows, admitted, empty, ttl = {}, true, true, 1
for i = 4, #ARGV, 2 do
  local period, limit = tonumber(ARGV[i]), tonumber(ARGV[i + 1])
  local number, current, previous = math.floor(now / period), 0, 0
  local window = stored[ARGV[i]]
  if window then
    if window[1] >= number then
      number, current, previous = window[1], window[2], window[3]
    elseif window[1] == number - 1 then
      previous = window[2]
    end
  end
  local elapsed = now - number * period
  if what == 'refund' then
    local of = math.floor(taken / period)
    if of == number then current = math.max(0, current - cost)
    elseif of == number - 1 then previous = math.max(0, previous - cost) end
  elseif previous * (period - math.max(0, elapsed)) + (current + cost) * period > limit * period then
    admitted = false
  end
  windows[#windows + 1] = {number, elapsed, current, previous}
end

local charged = admitted and what ~= 'look'
local reply, parts = {charged and 1 or 0, now, beyond}, {'1w'}
for n, window in ipairs(windows) do
  local number, elapsed, current, previous = unpack(window)
  if charged and what == 'take' then current = current + cost end
  reply[#reply + 1], reply[#reply + 2], reply[#reply + 3] = elapsed, current, previous
  local period = tonumber(ARGV[2 + 2 * n])
  parts[n + 1] = string.format('%s %.0f %.0f %.0f', ARGV[2 + 2 * n], number, current, previous)
  if current + previous > 0 then empty = false end
  ttl = math.max(ttl, 2 * period - elapsed + 1)
end
if charged then
  if empty then
    redis.call('DEL', KEYS[1])
  else
    redis.call('SET', KEYS[1], table.concat(parts, ' '), 'PX', ttl)
  end
end
return reply
