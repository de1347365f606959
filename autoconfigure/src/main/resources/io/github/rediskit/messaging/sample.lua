-- How a group and its stream are.
-- One step, so that the figures belong together.
--
-- KEYS  1 stream, 2 dead letters, 3 delayed messages by their time (of a queue; else the stream again)
-- ARGV  1 group, 2 up to which lag a server counts that does not know it
-- Reply {lag, pending, age of the oldest pending in ms, length, age of the oldest in ms, dead letters, delayed}
local function millis(id) return tonumber(string.match(id, '^(%d+)')) end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local lag = -1
for _, info in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
  local of = {}
  for i = 1, #info, 2 do of[info[i]] = info[i + 1] end
  if of.name == ARGV[1] then
    lag = of.lag or #redis.call('XRANGE', KEYS[1], '(' .. of['last-delivered-id'], '+', 'COUNT', ARGV[2])
  end
end
local pending = redis.call('XPENDING', KEYS[1], ARGV[1])
local oldest = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1]
local delayed = 0
if KEYS[3] ~= KEYS[1] then delayed = redis.call('ZCARD', KEYS[3]) end
return {
  lag,
  pending[1],
  pending[2] and math.max(0, now - millis(pending[2])) or 0,
  redis.call('XLEN', KEYS[1]),
  oldest and math.max(0, now - millis(oldest[1])) or 0,
  redis.call('XLEN', KEYS[2]),
  delayed
}
