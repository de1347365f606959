-- Takes over entries of which their consumers have been silent for too long, and names those of the asking consumer.
-- One step, so that two consumers do not get the same one, and the number of deliveries is known.
--
-- KEYS  1 stream
-- ARGV  1 group, 2 consumer, 3 silence of others in ms, 4 silence of its own in ms, 5 how many at most
--       6 until when this counts, in ms since 1970, 0 for ever: what waited for a server that stood still finds everybody silent
-- Reply the server's time in ms, then for each entry of others {id, delivery, field, value, ...}, delivery is -1 if the stream
--       has it not any more; for each of its own {id, 0}. If it is too late, only the time
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local reply = {now}
local last = tonumber(ARGV[6])
if last > 0 and now > last then return reply end
local most = tonumber(ARGV[5])
for _, pending in ipairs(redis.call('XPENDING', KEYS[1], ARGV[1], 'IDLE', ARGV[3], '-', '+', 2 * most)) do
  local id = pending[1]
  if pending[2] ~= ARGV[2] and #reply <= most then
    local entry = {id, -1}
    local claimed = redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], ARGV[3], id)[1]
    if claimed and claimed[2] then
      entry[2] = pending[4] + 1
      for j = 1, #claimed[2] do entry[j + 2] = claimed[2][j] end
    else
      redis.call('XACK', KEYS[1], ARGV[1], id)
    end
    reply[#reply + 1] = entry
  end
end
for _, pending in ipairs(redis.call('XPENDING', KEYS[1], ARGV[1], 'IDLE', ARGV[4], '-', '+', 1000, ARGV[2])) do
  reply[#reply + 1] = {pending[1], 0}
end
return reply
