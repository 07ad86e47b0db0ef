"""The outbox's Lua: what must happen in one step in Redis. Knows keys and scores, no message.

    lanes          sorted set: each lane with the moment (ms) from which it may be served
    lane:<name>    sorted set: entries waiting in a lane, urgent ones first, then in order
    entries        hash: replies, as JSON; a root is kept with its conversation
    attempts       hash: entries that were given to Slack without its answer having been noted, and when first
    failures       hash: how often an entry has failed
    undelivered    hash: what Slack will never take
    held           hash: lanes that Slack does not want to hear from for long, and why
    chartless      there where Slack has refused charts within the last day

A conversation is a hash: to, lane (where its root goes), channel, ts (where it is), version, root, lost. A lane is
a channel's, or the one of all edits: Slack counts posts by channel and edits by workspace. Serving a lane leases it,
so one worker at a time speaks into a channel. The lease is the lane's score: whoever notes a result so late that the
lane is another's by then leaves that lease alone.

Numbers are written with %.0f: Lua's own way would round milliseconds.
"""

NOW = """
local time = redis.call('time')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function whole(number) return string.format('%.0f', number) end
local function queue(prefix, lane, id, rank)
  local seq = redis.call('incr', prefix .. 'seq')
  redis.call('zadd', prefix .. 'lane:' .. lane, 'LT', whole(rank * 1e12 + seq), id)
  redis.call('zadd', prefix .. 'lanes', 'NX', whole(now), lane)
end
local function again(prefix, lane, delay) redis.call('zadd', prefix .. 'lanes', 'XX', whole(now + delay), lane) end
local function leased(prefix, lane, lease)
  return tonumber(redis.call('zscore', prefix .. 'lanes', lane) or '0') == tonumber(lease)
end
local function free(prefix, lane, lease, delay) if leased(prefix, lane, lease) then again(prefix, lane, delay) end end
local function settled(prefix, id)
  redis.call('hdel', prefix .. 'attempts', id)
  redis.call('hdel', prefix .. 'failures', id)
end
"""

# KEYS conversation; ARGV prefix, id, version, root, ttl, to, lane, lane of edits, rank
PUT_ROOT = """
local standing = redis.call('hget', KEYS[1], 'version')
if standing and tonumber(standing) >= tonumber(ARGV[3]) then return 0 end
redis.call('hset', KEYS[1], 'version', ARGV[3], 'root', ARGV[4])
redis.call('hsetnx', KEYS[1], 'to', ARGV[6])
redis.call('hsetnx', KEYS[1], 'lane', ARGV[7])
redis.call('pexpire', KEYS[1], ARGV[5])
local lane = redis.call('hget', KEYS[1], 'lane')
if redis.call('hexists', KEYS[1], 'ts') == 1 then lane = ARGV[8] end
queue(ARGV[1], lane, ARGV[2], tonumber(ARGV[9]))
return 1
"""

# KEYS said, conversation; ARGV prefix, id, entry, ttl, rank, lane where there is no conversation
PUT_REPLY = """
if not redis.call('set', KEYS[1], '', 'NX', 'PX', ARGV[4]) then return 0 end
redis.call('hset', ARGV[1] .. 'entries', ARGV[2], ARGV[3])
queue(ARGV[1], redis.call('hget', KEYS[2], 'lane') or ARGV[6], ARGV[2], tonumber(ARGV[5]))
return 1
"""

# ARGV prefix, prefix of conversations, lane of edits, lease, then interval and burst of a channel, of edits and of all,
# and the burst of all without what is kept for what changes an incident.
# What must wait because of all looks again soon: meanwhile something urgent may have come into its lane.
CLAIM = """
local prefix = ARGV[1]
local function promise(name, interval, burst)
  local promised = math.max(now, tonumber(redis.call('get', prefix .. 'pace:' .. name) or '0'))
  return promised, promised - (burst - 1) * interval - now
end
local function keep(name, promised, interval)
  local life = math.max(1, promised + interval - now)
  redis.call('set', prefix .. 'pace:' .. name, whole(promised + interval), 'PX', whole(life))
end
for _, lane in ipairs(redis.call('zrangebyscore', prefix .. 'lanes', '-inf', whole(now), 'LIMIT', 0, 20)) do
  local id, rank = unpack(redis.call('zrange', prefix .. 'lane:' .. lane, 0, 0, 'WITHSCORES'))
  if not id then
    redis.call('zrem', prefix .. 'lanes', lane)
  else
    local edits = lane == ARGV[3]
    local interval, burst = tonumber(ARGV[edits and 7 or 5]), tonumber(ARGV[edits and 8 or 6])
    local mine, wait = promise('lane:' .. lane, interval, burst)
    local all, longer = promise('all', tonumber(ARGV[9]), tonumber(ARGV[tonumber(rank) < 1e12 and 10 or 11]))
    if wait > 0 or longer > 0 then
      again(prefix, lane, math.max(wait, math.min(longer, 250)))
    else
      keep('lane:' .. lane, mine, interval)
      keep('all', all, tonumber(ARGV[9]))
      local lease = whole(now + tonumber(ARGV[4]))
      redis.call('zadd', prefix .. 'lanes', 'XX', lease, lane)
      redis.call('hdel', prefix .. 'held', lane)
      local reply = redis.call('hget', prefix .. 'entries', id)
      local conversation
      if reply then conversation = cjson.decode(reply)['conversation'] else conversation = string.sub(id, 6) end
      local found = redis.call('hmget', ARGV[2] .. conversation, 'root', 'version', 'to', 'channel', 'ts', 'lost')
      local before = redis.call('hget', prefix .. 'attempts', id)
      redis.call('hsetnx', prefix .. 'attempts', id, whole(now))
      return {lane, lease, id, reply, before, unpack(found, 1, 6)}
    end
  end
end
return nil
"""

# KEYS conversation, at; ARGV prefix, id, lane, lease, lane of edits, channel, ts, version, ttl, conversation, to
POSTED = """
redis.call('hset', KEYS[1], 'channel', ARGV[6], 'ts', ARGV[7])
redis.call('hdel', KEYS[1], 'lost')
redis.call('pexpire', KEYS[1], ARGV[9])
redis.call('set', KEYS[2], ARGV[10], 'PX', ARGV[9])
redis.call('hset', ARGV[1] .. 'channels', ARGV[11], ARGV[6])
redis.call('zrem', ARGV[1] .. 'lane:' .. ARGV[3], ARGV[2])
settled(ARGV[1], ARGV[2])
free(ARGV[1], ARGV[3], ARGV[4], 0)
if tonumber(redis.call('hget', KEYS[1], 'version') or '0') > tonumber(ARGV[8]) then
  queue(ARGV[1], ARGV[5], ARGV[2], 0)
end
"""

# KEYS conversation; ARGV prefix, id, lane, lease, version
EDITED = """
if tonumber(redis.call('hget', KEYS[1], 'version') or '0') <= tonumber(ARGV[5]) then
  redis.call('zrem', ARGV[1] .. 'lane:' .. ARGV[3], ARGV[2])
end
settled(ARGV[1], ARGV[2])
free(ARGV[1], ARGV[3], ARGV[4], 0)
"""

# ARGV prefix, id, lane, lease
REPLIED = """
redis.call('hdel', ARGV[1] .. 'entries', ARGV[2])
redis.call('zrem', ARGV[1] .. 'lane:' .. ARGV[3], ARGV[2])
settled(ARGV[1], ARGV[2])
free(ARGV[1], ARGV[3], ARGV[4], 0)
"""

# An edit goes to the end of its lane: that is every channel's, and must not wait for one that Slack never takes.
# ARGV prefix, id, lane, lease, lane of edits, delay, longest delay (0: the delay as it is), whether it surely was not
# sent, why it is held
LATER = """
if not leased(ARGV[1], ARGV[3], ARGV[4]) then return end
local delay = tonumber(ARGV[6])
if tonumber(ARGV[7]) > 0 then
  local failures = redis.call('hincrby', ARGV[1] .. 'failures', ARGV[2], 1)
  delay = math.min(tonumber(ARGV[7]), delay * 2 ^ math.min(failures - 1, 20))
end
if ARGV[3] == ARGV[5] then
  redis.call('zadd', ARGV[1] .. 'lane:' .. ARGV[3], 'XX', redis.call('incr', ARGV[1] .. 'seq'), ARGV[2])
end
if ARGV[8] == '1' then redis.call('hdel', ARGV[1] .. 'attempts', ARGV[2]) end
if ARGV[9] ~= '' then redis.call('hset', ARGV[1] .. 'held', ARGV[3], ARGV[9]) end
again(ARGV[1], ARGV[3], delay)
"""

# At once, as if it had not been tried: Slack has surely not stored what it refused.
# ARGV prefix, id, lane, lease, the entry as it is said now, for how long no charts are sent (0: they are)
INSTEAD = """
if not leased(ARGV[1], ARGV[3], ARGV[4]) then return end
redis.call('hset', ARGV[1] .. 'entries', ARGV[2], ARGV[5])
if ARGV[6] ~= '0' then redis.call('set', ARGV[1] .. 'chartless', '', 'PX', ARGV[6]) end
settled(ARGV[1], ARGV[2])
again(ARGV[1], ARGV[3], 0)
"""

# KEYS conversation; ARGV prefix, id, lane, lease, record, code, whether it is a root that is not there
LOST = """
if not leased(ARGV[1], ARGV[3], ARGV[4]) then return end
redis.call('hset', ARGV[1] .. 'undelivered', ARGV[2], ARGV[5])
redis.call('incr', ARGV[1] .. 'undelivered-ever')
redis.call('hdel', ARGV[1] .. 'entries', ARGV[2])
redis.call('zrem', ARGV[1] .. 'lane:' .. ARGV[3], ARGV[2])
settled(ARGV[1], ARGV[2])
if ARGV[7] == '1' and redis.call('exists', KEYS[1]) == 1 then redis.call('hset', KEYS[1], 'lost', ARGV[6]) end
again(ARGV[1], ARGV[3], 0)
"""

# The root goes before all that waits for it. One that was posted anew meanwhile, with another ts, is not gone.
# KEYS conversation; ARGV prefix, id, lane, lease, root id, lane of edits, ts
ROOT_GONE = """
if redis.call('hget', KEYS[1], 'ts') == ARGV[7] then
  redis.call('hdel', KEYS[1], 'ts', 'channel')
  redis.call('zrem', ARGV[1] .. 'lane:' .. ARGV[6], ARGV[5])
  local lane = redis.call('hget', KEYS[1], 'lane')
  if lane then queue(ARGV[1], lane, ARGV[5], -1) end
end
settled(ARGV[1], ARGV[2])
free(ARGV[1], ARGV[3], ARGV[4], 0)
"""

# A root goes before all that waits for it; one that is there can only be edited. Without its conversation nothing can
# be said any more, and it stays where it is.
# KEYS conversation; ARGV prefix, id, entry (empty: a root), rank, lane of edits
RETRY = """
local lane = redis.call('hget', KEYS[1], 'lane')
if not lane or redis.call('hdel', ARGV[1] .. 'undelivered', ARGV[2]) == 0 then return 0 end
redis.call('hdel', KEYS[1], 'lost')
if ARGV[3] ~= '' then
  redis.call('hset', ARGV[1] .. 'entries', ARGV[2], ARGV[3])
  queue(ARGV[1], lane, ARGV[2], tonumber(ARGV[4]))
elseif redis.call('hexists', KEYS[1], 'ts') == 1 then
  queue(ARGV[1], ARGV[5], ARGV[2], 0)
else
  queue(ARGV[1], lane, ARGV[2], -1)
end
return 1
"""

ALL = {
    name: NOW + text
    for name, text in {
        "PUT_ROOT": PUT_ROOT,
        "PUT_REPLY": PUT_REPLY,
        "CLAIM": CLAIM,
        "POSTED": POSTED,
        "EDITED": EDITED,
        "REPLIED": REPLIED,
        "LATER": LATER,
        "INSTEAD": INSTEAD,
        "LOST": LOST,
        "ROOT_GONE": ROOT_GONE,
        "RETRY": RETRY,
    }.items()
}
