package redisguard

import "github.com/redis/go-redis/v9"

// The scripts get all keys they touch as KEYS, so that they run in a cluster as
// well, and all times in milliseconds. A reservation is a hash with owner, token
// and back (1 for a return); a sold entry one with owner and token.

// reserveScript: KEYS reserved, sold, token; ARGV owner, back, ttl. Answers
// {"ok", token}, or {"taken", owner} or {"sold", owner}.
var reserveScript = redis.NewScript(`
local owner, back, ttl = ARGV[1], ARGV[2], ARGV[3]
local has = redis.call('HMGET', KEYS[1], 'owner', 'token', 'back')
if has[1] then
  if has[1] ~= owner or has[3] ~= back then
    return {'taken', has[1]}
  end
  redis.call('PEXPIRE', KEYS[1], ttl)
  return {'ok', has[2]}
end
if back == '0' then
  local seller = redis.call('HGET', KEYS[2], 'owner')
  if seller then
    return {'sold', seller}
  end
end
local time = redis.call('TIME')
local token = time[1] * 1000000 + time[2]
local last = tonumber(redis.call('GET', KEYS[3]) or '0')
if token <= last then
  token = last + 1
end
token = string.format('%.0f', token)
redis.call('SET', KEYS[3], token)
redis.call('HSET', KEYS[1], 'owner', owner, 'token', token, 'back', back)
redis.call('PEXPIRE', KEYS[1], ttl)
return {'ok', token}
`)

// changeScript makes reservations expire after ttl, or last if ttl is 0, all of
// them or none: KEYS reserved…; ARGV ttl, then owner and token of each. Answers
// the numbers, from 1, of those that are lost.
var changeScript = redis.NewScript(`
local lost = {}
for i, key in ipairs(KEYS) do
  local has = redis.call('HMGET', key, 'owner', 'token')
  if has[1] ~= ARGV[2*i] or has[2] ~= ARGV[2*i+1] then
    lost[#lost+1] = i
  end
end
if #lost > 0 then
  return lost
end
for _, key in ipairs(KEYS) do
  if ARGV[1] == '0' then
    redis.call('PERSIST', key)
  else
    redis.call('PEXPIRE', key, ARGV[1])
  end
end
return lost
`)

// confirmScript: KEYS reserved and sold of each; ARGV how long a sold entry lives,
// then owner, token and back of each. What another has by now is left alone; a
// reservation that nobody has any more is confirmed all the same, because the
// sale happened.
var confirmScript = redis.NewScript(`
for i = 1, #KEYS / 2 do
  local reserved, sold = KEYS[2*i-1], KEYS[2*i]
  local owner, token, back = ARGV[3*i-1], ARGV[3*i], ARGV[3*i+1]
  local has = redis.call('HMGET', reserved, 'owner', 'token')
  local ours = has[1] == owner and has[2] == token
  if ours or not has[1] then
    local seller = redis.call('HGET', sold, 'token')
    if back == '1' then
      if seller and tonumber(seller) < tonumber(token) then
        redis.call('DEL', sold)
      end
    elseif not seller then
      redis.call('HSET', sold, 'owner', owner, 'token', token)
      redis.call('PEXPIRE', sold, ARGV[1])
    end
  end
  if ours then
    redis.call('DEL', reserved)
  end
end
return 0
`)

// releaseScript: KEYS reserved…; ARGV owner and token of each. What another has by
// now is left alone, and sold entries are not touched.
var releaseScript = redis.NewScript(`
for i, key in ipairs(KEYS) do
  local has = redis.call('HMGET', key, 'owner', 'token')
  if has[1] == ARGV[2*i-1] and has[2] == ARGV[2*i] then
    redis.call('DEL', key)
  end
end
return 0
`)
