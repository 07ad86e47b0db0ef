"""The store's Lua: what must happen in one step in Redis, so that two workers together keep no more than one may.

    report:<capture>        hash: service, report, raw (how many pieces and bytes of each part), the pieces, flame
    reports:<service>       sorted set: its captures by their moment
    reports-held:<service>  hash: "<bytes> <bytes of the raw capture> <instance>" of each

Knows keys and sizes, no profile. What is kept is always the newest: as many, as long and as large as there is room
for, and the first that has none takes all older ones with it.
"""

# KEYS index, held; ARGV prefix of reports, oldest moment, how many, how many bytes
TRIM = """
local function size_of(id) return tonumber(string.match(redis.call('hget', KEYS[2], id) or '', '^%d+')) end
local function drop(id)
  redis.call('unlink', ARGV[1] .. id)
  redis.call('zrem', KEYS[1], id)
  redis.call('hdel', KEYS[2], id)
end
local function trim()
  local oldest, left, room = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
  local found = redis.call('zrevrange', KEYS[1], 0, -1, 'WITHSCORES')
  local full = false
  for at = 1, #found, 2 do
    local id, size = found[at], size_of(found[at])
    if not size or redis.call('exists', ARGV[1] .. id) == 0 then
      drop(id)
    else
      full = full or left < 1 or size > room or tonumber(found[at + 1]) < oldest
      if full then drop(id) else left, room = left - 1, room - size end
    end
  end
end
"""

# KEYS also: what was written beforehand; ARGV also: id, moment, life in ms, what is held of it, life of the index in ms
PUT = """
redis.call('rename', KEYS[3], ARGV[1] .. ARGV[5])
redis.call('pexpire', ARGV[1] .. ARGV[5], ARGV[7])
redis.call('zadd', KEYS[1], ARGV[6], ARGV[5])
redis.call('hset', KEYS[2], ARGV[5], ARGV[8])
redis.call('pexpire', KEYS[1], ARGV[9])
redis.call('pexpire', KEYS[2], ARGV[9])
trim()
"""

# ARGV also: id, flame
DRAW = """
local report, size = ARGV[1] .. ARGV[5], size_of(ARGV[5])
if not size or redis.call('exists', report) == 0 then return 0 end
local larger = size - redis.call('hstrlen', report, 'flame') + #ARGV[6]
if larger > tonumber(ARGV[4]) then return 0 end
local rest = string.match(redis.call('hget', KEYS[2], ARGV[5]), '^%d+(.*)$')
redis.call('hset', report, 'flame', ARGV[6])
redis.call('hset', KEYS[2], ARGV[5], string.format('%.0f', larger) .. rest)
trim()
return 1
"""

ALL = {"TRIM": TRIM + "trim()", "PUT": TRIM + PUT, "DRAW": TRIM + DRAW}
