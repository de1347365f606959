-- Which messages were handled before, within the time for which that is remembered.
-- One step, so that all are compared with one time.
--
-- KEYS  1 ids of handled messages by the time until which they are remembered
-- ARGV  1... ids of messages
-- Reply for each of them 1 handled | 0 not
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local reply = {}
for i = 1, #ARGV do
  local score = redis.call('ZSCORE', KEYS[1], ARGV[i])
  reply[i] = (score and tonumber(score) > now) and 1 or 0
end
return reply
