-- Acquires a lock, or says how long it is still held. The same id may acquire again: an answer that got lost is asked for once more.
-- One step, so that of all who ask one gets it, with a fence larger than those of all before.
--
-- KEYS  1 lock: '1', 16 digits of the instance and 16 of the acquisition, and 'w' if somebody waits;
--         or '1y' and the 16 digits of an instance: everybody but that one may have it, and 'w' if that one waits
--       2 fence: '1' and the largest that was given out
-- ARGV  1 value to hold the lock by, 2 lease in ms, 3 how many fences, 4 how long to keep them in ms,
--       5 'wait' if the caller waits, 'try' if not, 'turn' if it holds the lock but lets others go first,
--       6 for how long to let others go first in ms, 7 channel for those who wait
-- Reply {1, first fence} acquired | {0, remaining ms} somebody else has it
local id, how, patience = ARGV[1], ARGV[5], ARGV[6]
local instance = string.sub(id, 2, 17)

local holder = redis.pcall('GET', KEYS[1])
local wanted = ''
if type(holder) == 'string' then
  local waited = string.sub(holder, -1) == 'w'
  if string.sub(holder, 1, #id) == id then
    if waited and how == 'turn' then
      redis.call('SET', KEYS[1], '1y' .. instance .. 'w', 'PX', patience)
      redis.pcall('PUBLISH', ARGV[7], '1' .. KEYS[1])
      return {0, tonumber(patience)}
    end
  elseif string.sub(holder, 1, 2) ~= '1y' or string.sub(holder, 3, 18) == instance then
    if not waited and how ~= 'try' and string.sub(holder, 1, 1) == '1' then redis.call('APPEND', KEYS[1], 'w') end
    return {0, math.max(1, redis.call('PTTL', KEYS[1]))}
  end
  if waited then wanted = 'w' end
end

local last = redis.pcall('GET', KEYS[2])
last = type(last) == 'string' and tonumber(string.match(last, '^1 (%d+)$')) or 0
local time = redis.call('TIME')
local fence = math.max(last + 1, time[1] * 1000000 + time[2])
redis.call('SET', KEYS[2], string.format('1 %.0f', fence + ARGV[3] - 1), 'PX', ARGV[4])
redis.call('SET', KEYS[1], id .. wanted, 'PX', ARGV[2])
return {1, fence}
