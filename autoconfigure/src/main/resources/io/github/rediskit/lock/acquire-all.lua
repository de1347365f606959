-- Acquires several locks, or says which is in the way. The same id may acquire again: an answer that got lost is asked for once more.
-- One step, so that nobody ever sees one of them held and another one not: if one is in the way, what the id still has of the others is given back.
-- What each lock is like is said in acquire.lua and share-acquire.lua.
--
-- KEYS  of each lock in turn: the two of acquire.lua, or the three of share-acquire.lua
-- ARGV  1 'try' if the caller goes away, 'wait' if it waits, 'again' if it has waited: it takes what its own instance left for others,
--       2 how long to keep the fences in ms, 3 for how long to mark that the caller waits for a share in ms,
--       4 for how long to let others go first in ms, and then of each lock in turn:
--       value or share to hold it by, lease in ms, how many permits there are, channel for those who wait
-- Reply {1, fence, fence, …} all acquired | {0, remaining ms, number} that lock is in the way, the first of those that are
local how, fence_ttl, mark, patience = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local waits = how ~= 'try'
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]

local function score(us) return string.format('%.0f', us) end

local function next_fence(key)
  local last = redis.pcall('GET', key)
  last = type(last) == 'string' and tonumber(string.match(last, '^1 (%d+)$')) or 0
  local fence = math.max(last + 1, now)
  redis.call('SET', key, string.format('1 %.0f', fence), 'PX', fence_ttl)
  return fence
end

-- Each of the two looks at a lock and says what is to be done: {for how long it is in the way or nil, give back, mark that one waits, unmark, take}
local function plain(lock, fence, id, lease, channel)
  local holder = redis.pcall('GET', lock)
  holder = type(holder) == 'string' and holder or ''
  local waited = string.sub(holder, -1) == 'w'
  local mine = string.sub(holder, 1, #id) == id
  local free = holder == '' or mine
    or (string.sub(holder, 1, 2) == '1y' and (how == 'again' or string.sub(holder, 3, 18) ~= string.sub(id, 2, 17)))
  return {
    remaining = not free and math.max(1, redis.call('PTTL', lock)) or nil,
    give_back = function()
      if mine and waited then
        redis.call('DEL', lock) -- first: a full memory refuses what could need more
        redis.call('SET', lock, '1y' .. string.sub(id, 2, 17), 'PX', patience)
        redis.pcall('PUBLISH', channel, '1' .. lock)
      elseif mine then
        redis.call('DEL', lock)
      end
    end,
    mark = function() if not waited and string.sub(holder, 1, 1) == '1' then redis.call('APPEND', lock, 'w') end end,
    unmark = function() end,
    take = function()
      redis.call('SET', lock, id .. (waited and 'w' or ''), 'PX', lease)
      return next_fence(fence)
    end
  }
end

local function shared(shares, fence, waiting, share, lease, permits, channel)
  local kind, yielded = string.sub(share, 2, 2), '1y' .. string.sub(share, 3)
  redis.call('ZREMRANGEBYSCORE', shares, '-inf', now)
  redis.call('ZREMRANGEBYSCORE', waiting, '-inf', now)
  local mine = redis.call('ZSCORE', shares, share)
  local out = redis.call('ZCARD', shares) - (mine and 1 or 0)
  local first = redis.call('ZRANGE', shares, 0, 0, 'WITHSCORES')
  local others, writers, known = 0, 0, false
  for _, one in ipairs(redis.call('ZRANGE', waiting, 0, -1)) do
    known = known or one == share or one == yielded
    if string.sub(one, 3, 18) ~= string.sub(share, 3, 18) then others = others + 1 end
    if string.sub(one, 2, 2) == 'w' then writers = writers + 1 end
  end

  local free
  if kind == 'p' then
    free = out < permits
  elseif kind == 'w' then
    free = out == 0
  else
    free = (out == 0 or string.sub(first[1], 2, 2) ~= 'w') and (writers == 0 or mine)
  end
  local yields = free and not mine and waits and not known and others > 0 and (kind == 'w' or (kind == 'p' and out + others >= permits))
  local remaining = nil
  if yields then
    remaining = patience
  elseif not free then
    remaining = math.max(1, first[2] and math.ceil((tonumber(first[2]) - now) / 1000) or mark)
  end

  local function wait_as(member, not_as)
    redis.call('ZREM', waiting, not_as)
    redis.call('ZADD', waiting, score(now + mark * 1000), member)
    redis.call('PEXPIRE', waiting, mark)
  end
  local function wake()
    if redis.call('EXISTS', waiting) == 1 then redis.pcall('PUBLISH', channel, '1' .. shares) end
  end
  return {
    remaining = remaining,
    give_back = function() if redis.call('ZREM', shares, share) == 1 then wake() end end,
    mark = function() if yields then wait_as(yielded, share) else wait_as(share, yielded) end end,
    unmark = function() -- a writer who waits for something else stands in no reader's way
      if redis.call('ZREM', waiting, share) == 1 then wake() end
    end,
    take = function()
      redis.call('ZREM', waiting, share, yielded)
      redis.call('ZADD', shares, score(now + lease * 1000), share)
      local newest = redis.call('ZREVRANGE', shares, 0, 0, 'WITHSCORES')
      redis.call('PEXPIRE', shares, math.ceil((tonumber(newest[2]) - now) / 1000) + 1)
      return next_fence(fence)
    end
  }
end

local locks, key, in_the_way = {}, 1, nil
for i = 5, #ARGV, 4 do
  local value = ARGV[i]
  local lock
  if string.find(value, '^1[prw]') then
    lock = shared(KEYS[key], KEYS[key + 1], KEYS[key + 2], value, tonumber(ARGV[i + 1]), tonumber(ARGV[i + 2]), ARGV[i + 3])
    key = key + 3
  else
    lock = plain(KEYS[key], KEYS[key + 1], value, ARGV[i + 1], ARGV[i + 3])
    key = key + 2
  end
  locks[#locks + 1] = lock
  if lock.remaining and not in_the_way then in_the_way = #locks end
end

if in_the_way then
  for _, lock in ipairs(locks) do
    lock.give_back()
    if waits and lock.remaining then lock.mark() elseif waits then lock.unmark() end
  end
  return {0, locks[in_the_way].remaining, in_the_way}
end
local reply = {1}
for _, lock in ipairs(locks) do reply[#reply + 1] = lock.take() end
return reply
