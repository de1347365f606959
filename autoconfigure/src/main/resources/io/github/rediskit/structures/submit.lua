-- Takes a score into all boards of the present: today's, this week's, that of all time. One step, so that they can't differ.
--
-- KEYS  1 ... sorted sets: members by score
-- ARGV  1 'best', 'latest' or 'sum': what becomes of the score that a member has
--       2 'highest' or 'lowest': which score is better
--       3 score
--       4 member
--       5 how many members a board has at most: the worst ones leave
--       6 ... for each key how many milliseconds it lives from now on
-- Reply {score} the member's score in the first board, nil if it has left
local keep, highest = ARGV[1], ARGV[2] == 'highest'
local most = tonumber(ARGV[5])
for i, board in ipairs(KEYS) do
  if keep == 'sum' then
    redis.call('ZINCRBY', board, ARGV[3], ARGV[4])
  elseif keep == 'latest' then
    redis.call('ZADD', board, ARGV[3], ARGV[4])
  else
    redis.call('ZADD', board, highest and 'GT' or 'LT', ARGV[3], ARGV[4])
  end
  if highest then
    redis.call('ZREMRANGEBYRANK', board, 0, -most - 1)
  else
    redis.call('ZREMRANGEBYRANK', board, most, -1)
  end
  redis.call('PEXPIRE', board, ARGV[5 + i])
end
return {redis.call('ZSCORE', KEYS[1], ARGV[4])}
