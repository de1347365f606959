-- Reads a part of a board, best first. One step, so that members and positions are of one moment. A board that is the union of
-- others is made first, unless it is there: it is kept for some seconds.
--
-- KEYS  1 the board: a sorted set of members by score
--       2 ... for a union: the boards that it unites, newest first, and a key for what is in between, which is deleted again
-- ARGV  1 'page', 'around' or 'size'
--       2 'highest' or 'lowest': which score is better
--       3 for a page: how many are before it; around: a member
--       4 for a page: how many; around: how many on each side
--       5 for a union: 'MAX', 'MIN', 'SUM' or 'LATEST', which is that of the newest board with the member
--       6 for how many milliseconds a union is kept
-- Reply {before, better, member, score, ...} how many are before the first member, and how many of them have a better score
--       {} the member is not there | {members} for 'size'
local board, highest = KEYS[1], ARGV[2] == 'highest'

if #KEYS > 1 and redis.call('EXISTS', board) == 0 then
  local between, boards = KEYS[#KEYS], {}
  for i = 2, #KEYS - 1 do boards[#boards + 1] = KEYS[i] end
  if ARGV[5] == 'LATEST' then
    for _, older in ipairs(boards) do
      redis.call('ZDIFFSTORE', between, 2, older, board)
      redis.call('ZUNIONSTORE', board, 2, board, between)
    end
    redis.call('DEL', between)
  else
    local all = {'ZUNIONSTORE', board, #boards}
    for _, one in ipairs(boards) do all[#all + 1] = one end
    all[#all + 1], all[#all + 2] = 'AGGREGATE', ARGV[5]
    redis.call(unpack(all))
  end
  redis.call('PEXPIRE', board, ARGV[6])
end

if ARGV[1] == 'size' then
  return {redis.call('ZCARD', board)}
end

local first, last
if ARGV[1] == 'page' then
  first = tonumber(ARGV[3])
  last = first + tonumber(ARGV[4]) - 1
else
  local rank = redis.call(highest and 'ZREVRANK' or 'ZRANK', board, ARGV[3])
  if not rank then return {} end
  first, last = math.max(0, rank - tonumber(ARGV[4])), rank + tonumber(ARGV[4])
end

local reply = {first, 0}
local found = redis.call(highest and 'ZREVRANGE' or 'ZRANGE', board, first, last, 'WITHSCORES')
if found[1] then
  local score = '(' .. found[2] -- as Redis wrote it, which is exact
  reply[2] = highest and redis.call('ZCOUNT', board, score, '+inf') or redis.call('ZCOUNT', board, '-inf', score)
end
for i = 1, #found do reply[2 + i] = found[i] end
return reply
