-- Answers with what it was told, to see that it arrived as it was sent.
--
-- KEYS  one or more
-- ARGV  1 'keys', 'arguments', 'numbers', 'nested', 'single', 'status' or 'error', then anything
-- Reply as the first argument says
local what = ARGV[1]
if what == 'keys' then return KEYS end
if what == 'arguments' then return ARGV end
if what == 'numbers' then return {#KEYS, -1, 9007199254740991, false, #ARGV} end
if what == 'nested' then return {1, {2, {}, {3, ARGV[2]}}, 4, {}} end
if what == 'single' then return 7 end
if what == 'status' then return {redis.status_reply('OK'), 1} end
return redis.error_reply('LOADING later')
