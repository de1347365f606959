-- Writes what has changed of a session, only if it still exists or is new, with its time to live; takes it over from the key of
-- its former id; and enters it into the index of its user, who may have so many sessions and no more.
-- One step, so that nothing lives without a time to live, what was removed does not come back, and of any number of simultaneous
-- log-ins as many succeed as may. Where the keys lie in several slots, it runs once for the session and once for the index.
--
-- KEYS  those that ARGV 1 has a letter for, in its order: o session under its former id, x the same if its attributes are not
--       to be taken over, s session, u sessions of the user by the time at which they end, l the same by the order of log-ins; there
--       -1 has been pushed out or revoked
-- ARGV  1 letters, 2 'new', or 'old': must exist, 3 time to live in ms, 4 '1': used now, 5 handle, 6 former handle or '',
--       7 most sessions of the user, 0 for any number, 8 '1': refuse one more, else the oldest must go, 9 '1': logs in just now,
--       10 number of fields to remove, then these, then fields and values to set
-- Reply {1, handle pushed out, ...} done | {0, handle pushed out, ...} not there any more, or has no place | {3} refused
local keys = {}
for i = 1, #KEYS do keys[string.sub(ARGV[1], i, i)] = KEYS[i] end
local session, former = keys.s, keys.o or keys.x
local source = former or session
local ttl, handle, replaced, most = tonumber(ARGV[3]), ARGV[5], ARGV[6], tonumber(ARGV[7])
if session and ARGV[2] == 'old' and redis.call('TYPE', source).ok ~= 'hash' then return {0} end

local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local reply = {1}

local function noPlace()
  if source then redis.call('DEL', source) end
  reply[1] = 0
  return reply
end

if keys.u then
  local users, logins = keys.u, keys.l
  for _, key in ipairs({users, logins}) do
    local kind = redis.call('TYPE', key).ok
    if kind ~= 'zset' and kind ~= 'none' then redis.call('DEL', key) end
  end
  for _, ended in ipairs(redis.call('ZRANGEBYSCORE', users, '-inf', string.format('%.0f', now))) do
    redis.call('ZREM', users, ended)
    redis.call('ZREM', logins, ended)
  end
  local login = replaced ~= '' and redis.call('ZSCORE', logins, replaced) or redis.call('ZSCORE', logins, handle)
  login = login and tonumber(login)
  if login and login < 0 then return noPlace() end
  if not login then
    if most > 0 and ARGV[8] == '1' and redis.call('ZCOUNT', logins, 0, '+inf') >= most then
      if ARGV[9] == '1' then return {3} end
      return noPlace()
    end
    local newest = redis.call('ZREVRANGE', logins, 0, 0, 'WITHSCORES')[2]
    login = newest and tonumber(newest) + 1 or 1
  end
  if replaced ~= '' then
    redis.call('ZREM', users, replaced)
    redis.call('ZREM', logins, replaced)
  end
  redis.call('ZADD', users, string.format('%.0f', now + ttl), handle)
  redis.call('ZADD', logins, string.format('%.0f', login), handle)
  local over = 0
  if most > 0 and ARGV[8] ~= '1' then over = redis.call('ZCOUNT', logins, 0, '+inf') - most end
  local out = false
  if over > 0 then
    for _, oldest in ipairs(redis.call('ZRANGEBYSCORE', logins, 0, '+inf', 'LIMIT', 0, over)) do
      redis.call('ZADD', logins, -1, oldest)
      if oldest == handle then out = true else reply[#reply + 1] = oldest end
    end
  end
  local last = redis.call('ZREVRANGE', users, 0, 0, 'WITHSCORES')[2]
  redis.call('PEXPIREAT', users, string.format('%.0f', tonumber(last)))
  redis.call('PEXPIREAT', logins, string.format('%.0f', tonumber(last)))
  if out then return noPlace() end
end

if session then
  if former then
    local fields = redis.call('HGETALL', former)
    redis.call('DEL', former, session)
    for i = 1, #fields, 2 do
      if keys.o or string.sub(fields[i], 1, 1) ~= '@' then redis.call('HSET', session, fields[i], fields[i + 1]) end
    end
  elseif ARGV[2] == 'new' then
    redis.call('DEL', session)
  end
  local first = 11 + tonumber(ARGV[10])
  for i = first, #ARGV, 2 do redis.call('HSET', session, ARGV[i], ARGV[i + 1]) end
  for i = 11, first - 1 do redis.call('HDEL', session, ARGV[i]) end
  if ARGV[4] == '1' then redis.call('HSET', session, 's', string.format('%.0f', now)) end
  if ARGV[4] == '1' or former or redis.call('PTTL', session) < 0 then redis.call('PEXPIRE', session, ARGV[3]) end
end
return reply
