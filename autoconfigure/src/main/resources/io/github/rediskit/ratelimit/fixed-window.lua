-- Counts a cost in the windows of one subject, or takes it back. A window begins with the first call after the last one.
-- One step, so that all limits see the same state, and none is charged unless all are.
--
-- KEYS  1 the subject's windows: '1f' and for each limit its period, the window's beginning and its count
-- ARGV  1 'take', 'look' or 'refund', 2 the cost, 3 when it was taken, in us, for a refund
--       then for each limit: period in us, limit
-- Reply {1, now, left, count, ...} counted | {0, now, left, count, ...} not counted
--       left is how many us a window still lasts, 0 if there is none | {2, us} blocked for so long
local what, cost, taken = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
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

local windows, admitted = {}, true
for i = 4, #ARGV, 2 do
  local period, limit = tonumber(ARGV[i]), tonumber(ARGV[i + 1])
  local start, count = now, 0
  local window = stored[ARGV[i]]
  if window and now < window[1] + period then start, count = window[1], window[2] end
  if what == 'refund' then
    if taken >= start then count = math.max(0, count - cost) end
  elseif count + cost > limit then
    admitted = false
  end
  windows[#windows + 1] = {start + period - now, count, start}
end

local charged = admitted and what ~= 'look'
local reply, parts, latest = {charged and 1 or 0, now}, {'1f'}, 0
for n, window in ipairs(windows) do
  local left, count, start = unpack(window)
  if charged and what == 'take' then count = count + cost end
  reply[#reply + 1], reply[#reply + 2] = (count > 0) and left or 0, count
  parts[n + 1] = string.format('%s %.0f %.0f', ARGV[2 + 2 * n], start, count)
  if count > 0 then latest = math.max(latest, left) end
end
if charged then
  if latest == 0 then
    redis.call('DEL', KEYS[1])
  else
    local ttl = math.ceil(latest / 1000) + 1
    redis.call('SET', KEYS[1], table.concat(parts, ' '), 'PX', ttl)
  end
end
return reply
