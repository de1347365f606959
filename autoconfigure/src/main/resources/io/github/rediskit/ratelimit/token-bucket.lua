-- Takes a cost out of the token buckets of one subject (GCRA), or gives it back. A bucket is the time at which it will
-- be full, in whole microseconds and a rest in units of 1/limit of one, so no rate is rounded; all is integer below 2^53.
-- One step, so that all limits see the same state, and none is charged unless all are.
--
-- KEYS  1 the subject's buckets: '1t' and for each limit its period, limit, time and rest
-- ARGV  1 'take', 'look' or 'refund'
--       2 how many microseconds the caller would wait
--       then for each limit: period, limit, microseconds and rest of the cost, microseconds and rest of a full bucket
-- Reply {1, us, rest, ...} taken, with the time until each bucket is full | {0, us, rest, ...} not taken
--       {2, us} blocked for so long
local what, patience = ARGV[1], tonumber(ARGV[2])
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

local before, after, admitted, full = {}, {}, true, true
local latest = now
for i = 3, #ARGV, 6 do
  local period, limit = ARGV[i], tonumber(ARGV[i + 1])
  local cost_us, cost_rest = tonumber(ARGV[i + 2]), tonumber(ARGV[i + 3])
  local us, rest = now, 0
  local bucket = stored[period]
  if bucket and bucket[2] >= now then
    us, rest = bucket[2], bucket[3]
    if bucket[1] ~= ARGV[i + 1] and rest > 0 then us, rest = us + 1, 0 end -- of another limit: rounded up
  end
  before[#before + 1], before[#before + 2] = us - now, rest
  if what == 'refund' then
    us, rest = us - cost_us, rest - cost_rest
    if rest < 0 then us, rest = us - 1, rest + limit end
    if us < now then us, rest = now, 0 end
  else
    us, rest = us + cost_us, rest + cost_rest
    if rest >= limit then us, rest = us + 1, rest - limit end
    local bound = now + tonumber(ARGV[i + 4]) + patience
    if us > bound or (us == bound and rest > tonumber(ARGV[i + 5])) then admitted = false end
  end
  after[#after + 1], after[#after + 2] = us, rest
  if us > now or rest > 0 then full = false end
  if us > latest then latest = us end
end

if what == 'look' or not admitted then
  return {0, unpack(before)}
end
if full then
  redis.call('DEL', KEYS[1])
else
  local parts, n = {'1t'}, 0
  for i = 3, #ARGV, 6 do
    parts[#parts + 1] = string.format('%s %s %.0f %.0f', ARGV[i], ARGV[i + 1], after[n + 1], after[n + 2])
    n = n + 2
  end
  local ttl = math.ceil((latest - now) / 1000) + 1
  redis.call('SET', KEYS[1], table.concat(parts, ' '), 'PX', ttl)
end
for i = 1, #after, 2 do after[i] = after[i] - now end
return {1, unpack(after)}
