-- Removes a member from all boards, those of earlier days, too. One step, so that nobody sees it in some of them.
--
-- KEYS  1 ... sorted sets: members by score
-- ARGV  1 member
-- Reply {boards} in how many it was
local boards = 0
for _, board in ipairs(KEYS) do
  boards = boards + redis.call('ZREM', board, ARGV[1])
end
return {boards}
