"""The Lua of the shared meter: each script is one atomic step, by the clock of the server.

KEYS[1]  {prefix}:limits          hash: what the server was (run), the pause (closed_until, why),
                                  a counter (n); by a budget's key until when an urgent one waits
KEYS[2]  {prefix}:limits:places   sorted set: holder → when its lease runs out
KEYS[3]  {prefix}:limits:BUDGET   sorted set: "holder:amount" → when it was spent; of a request on
                                  its way: until when it is taken to be so, which is in the future
KEYS[4]  {prefix}:limits:fetches  the same, where a fetch's answer has begun

ARGV[1..5]  window, pause after forgetting, poll, how long the urgent keep the others back, how long
            a request may be on its way; seconds
"""

from typing import Final

_PRELUDE: Final = """
local time = redis.call('TIME')
local now = tonumber(time[1]) + tonumber(time[2]) / 1000000
local window, pause, poll = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local back, on_its_way = tonumber(ARGV[4]), tonumber(ARGV[5])
local IDLE_S = 3600

local function field(name)
  return redis.call('HGET', KEYS[1], name) or ''
end

local function moment(name)
  return tonumber(field(name)) or 0
end

local function keep(...)
  for _, key in ipairs({...}) do redis.call('EXPIRE', key, IDLE_S) end
end

local function close(seconds, why)
  if now + seconds > moment('closed_until') then
    redis.call('HSET', KEYS[1], 'closed_until', now + seconds, 'why', why)
  end
end

-- A server that was started anew, or emptied, may have forgotten what it granted.
local told = redis.pcall('INFO', 'server')
local run = type(told) == 'string' and string.match(told, 'run_id:(%w+)') or 'untold'
if field('run') ~= run then
  redis.call('HSET', KEYS[1], 'run', run)
  close(pause, 'the limits were forgotten')
end
keep(KEYS[1])

local function refuse(wait, why, urgent)
  if urgent == '1' then redis.call('HSET', KEYS[1], KEYS[3], now + wait + back) end
  return {'wait', tostring(wait), why}
end

local function kept_back(urgent)
  if moment('closed_until') > now then
    return {'closed', tostring(moment('closed_until') - now), field('why')}
  end
  if urgent ~= '1' and moment(KEYS[3]) > now then
    return {'wait', tostring(poll), 'others are urgent'}
  end
end

local function arrived(key, holder)
  local member = holder .. ':1'
  local expected = redis.call('ZSCORE', key, member)
  if expected and tonumber(expected) > now then redis.call('ZADD', key, now, member) end
end

-- Take an amount of a budget: spent at once, or for a request that is on its way for a while yet.
local function take(key, limit, holder, amount, travel, urgent)
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now - window)
  local grants = redis.call('ZRANGE', key, 0, -1, 'WITHSCORES')
  local total = 0
  for i = 1, #grants, 2 do total = total + tonumber(string.match(grants[i], ':(%d+)$')) end
  local excess, wait = total + amount - limit, 0
  for i = 1, #grants, 2 do
    if excess <= 0 then break end
    excess = excess - tonumber(string.match(grants[i], ':(%d+)$'))
    wait = tonumber(grants[i + 1]) + window - now
  end
  -- Nobody can tell when a request that is on its way has arrived.
  if wait > window then wait = poll end
  if wait > 0 then return refuse(wait, 'this second is spent', urgent) end
  redis.call('ZADD', key, now + travel, string.format('%s:%d', holder, amount))
  keep(key)
  -- Another urgent one who waits says so again when it asks.
  if urgent == '1' then redis.call('HSET', KEYS[1], KEYS[3], 0) end
  return {'go', '0', ''}
end
"""

# ARGV[6..]: holder, lease, places, fetches in a window, urgent
ENTER: Final = (
    _PRELUDE
    + """
local holder, lease, places, limit, urgent = unpack(ARGV, 6, 10)
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now)
local mine = redis.call('ZSCORE', KEYS[2], holder)
if not mine and redis.call('ZCARD', KEYS[2]) >= tonumber(places) then
  return refuse(poll, 'all places are taken', urgent)
end
local refusal = kept_back(urgent)
if refusal then return refusal end
local answer = take(KEYS[3], tonumber(limit), holder, 1, on_its_way, urgent)
if answer[1] == 'go' then
  redis.call('ZADD', KEYS[2], now + tonumber(lease), holder)
  keep(KEYS[2])
end
return answer
"""
)

# ARGV[6..]: holder, lease, amount, bytes in a window
SPEND: Final = (
    _PRELUDE
    + """
local holder, lease, amount, limit = unpack(ARGV, 6, 9)
local mine = redis.call('ZSCORE', KEYS[2], holder)
if not mine or tonumber(mine) <= now then return {'lost', '0', 'the place was lost'} end
redis.call('ZADD', KEYS[2], now + tonumber(lease), holder)
arrived(KEYS[4], holder)
local number = string.format('%.0f', redis.call('HINCRBY', KEYS[1], 'n', 1))
return take(KEYS[3], tonumber(limit), number, tonumber(amount), 0, '0')
"""
)

# ARGV[6..]: holder, calls in a window, urgent
CALL: Final = (
    _PRELUDE
    + """
local holder, limit, urgent = unpack(ARGV, 6, 8)
return kept_back(urgent) or take(KEYS[3], tonumber(limit), holder, 1, on_its_way, urgent)
"""
)

# ARGV[6]: holder, of a place or of a call
LEAVE: Final = (
    _PRELUDE
    + """
redis.call('ZREM', KEYS[2], ARGV[6])
arrived(KEYS[3], ARGV[6])
return {'go', '0', ''}
"""
)

# ARGV[6..]: seconds, why
CLOSE: Final = (
    _PRELUDE
    + """
close(tonumber(ARGV[6]), ARGV[7])
return {'go', '0', ''}
"""
)
