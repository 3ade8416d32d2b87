/** What caches and CDNs can say: how they fill, what they forget, what they do when the source is gone. */
import { arg, block, call, count, duration, flag, name, ratio, reference, rowsOn, size, words } from '../make.ts'
import type { Property } from '../vocabulary.ts'

const on = rowsOn('component')
const CACHE = { kinds: ['cache', 'cdn', 'gateway', 'service', 'database', 'client'] }
const EXPIRING = {
  kinds: ['cache', 'cdn', 'dns', 'gateway', 'service', 'client', 'database', 'coordinator', 'queue', 'object-store', 'search'],
}

export const caches: readonly Property[] = [
  on(
    'pattern',
    words({
      'cache-aside': 'The application reads the cache first, fetches on a miss and puts it in.',
      'read-through': 'The cache fetches on a miss.',
      'write-through': 'Writes go through the cache to the store.',
      'write-behind': 'The cache answers first and writes to the store later: a crash between the two loses the write.',
      'write-around': 'Writes pass the cache by.',
      'refresh-ahead': 'Entries are fetched again before they end.',
    }),
    'How it is filled and kept up to date.',
    'pattern: cache-aside',
    CACHE,
  ),
  on('ttl', duration({ limit: true }), 'How long an entry is served without asking again: how old it can get.', 'ttl: 60s', EXPIRING),
  on('ttl-jitter', ratio(), 'By how much entries’ ends differ, so that they do not all end at once.', 'ttl-jitter: 10%', {
    ...EXPIRING,
    absence: 'none',
  }),
  on(
    'stale-while-revalidate',
    duration({ limit: true }),
    'How much longer an old entry is served while a new one is fetched.',
    'stale-while-revalidate: 30s',
    { ...CACHE, aliases: ['swr'], absence: 'none' },
  ),
  on(
    'stale-if-error',
    duration({ limit: true }),
    'How much longer an old entry is served while the origin is down.',
    'stale-if-error: 1d',
    { ...CACHE, absence: 'none' },
  ),
  on(
    'eviction',
    words({
      noeviction: 'Full means that writes fail.',
      lru: 'What was not used longest goes first.',
      lfu: 'What is used least goes first.',
      ttl: 'What ends soonest goes first.',
      random: 'Any goes.',
      'volatile-lru': 'As `lru`, of entries with a TTL only.',
      'volatile-lfu': 'As `lfu`, of entries with a TTL only.',
      'volatile-ttl': 'As `ttl`, of entries with a TTL only.',
      'volatile-random': 'As `random`, of entries with a TTL only.',
    }),
    'What goes when memory is full.',
    'eviction: lru',
    { kinds: ['cache', 'cdn', 'database'] },
  ),
  on('memory', size({ limit: true }), 'Room for entries, in one replica.', 'memory: 32GB', {
    kinds: ['cache', 'cdn', 'database', 'service', 'coordinator', 'object-store', 'worker', 'queue'],
  }),
  on('item-size', size(), 'What one entry takes.', 'item-size: 2KB', { kinds: ['cache', 'cdn', 'database', 'object-store', 'search'] }),
  on('items', count(), 'How many there are to hold.', 'items: 40M', { kinds: ['cache', 'cdn', 'database', 'object-store', 'search'] }),
  on('hit-ratio', ratio(), 'Share of reads that it can answer; the rest goes to the origin.', 'hit-ratio: 95%', CACHE),
  on(
    'coalesce',
    words({
      none: 'Every miss goes to the origin, even a thousand for the same key.',
      singleflight: 'Misses of one key wait for the first.',
      lease: 'The first to miss gets the right to fill; the others wait or take the old value.',
      'soft-ttl': 'One reader refreshes early while the others still hit.',
    }),
    'What many misses of the same key at once do.',
    'coalesce: singleflight',
    { ...CACHE, absence: 'none' },
  ),
  on(
    'invalidation',
    block(
      words({
        none: 'Entries only end by TTL.',
        delete: 'The writer deletes the entry.',
        set: 'The writer puts the new value in: two writers can leave the older one.',
        event: 'An event tells it.',
        cdc: 'The database’s change stream tells it.',
        versioned: 'The key contains a version, so entries never change.',
        'set-if-newer': 'A value is put in only over an older version.',
      }),
    ),
    'How it hears that an entry is no longer true.',
    'invalidation: cdc',
    CACHE,
  ),
  on(
    'invalidation.by',
    words({
      none: 'Entries only end by TTL.',
      delete: 'The writer deletes the entry.',
      set: 'The writer puts the new value in.',
      event: 'An event tells it.',
      cdc: 'The change stream tells it.',
      versioned: 'The key contains a version.',
      'set-if-newer': 'Only a newer version is put in.',
    }),
    'What tells it.',
    'by: event',
    CACHE,
  ),
  on(
    'invalidation.from',
    words({ leader: 'From the leader’s commit.', 'replica-cdc': 'From the change stream of the replica that it fills from.' }),
    'Which copy’s change tells it.',
    'from: replica-cdc',
    CACHE,
  ),
  on('invalidation.delay', duration(), 'How long that takes.', 'delay: 500ms', CACHE),
  on(
    'fill-from',
    words({
      leader: 'Misses read the leader.',
      replica: 'Misses read a replica, which may be behind.',
      origin: 'Misses read whatever is behind.',
    }),
    'Which copy a miss reads.',
    'fill-from: leader',
    CACHE,
  ),
  on(
    'scope',
    words({ shared: 'All callers get the same entry.', private: 'Each caller has their own.' }),
    'Who shares an entry.',
    'scope: shared',
    CACHE,
  ),
  on(
    'on-failure',
    words({
      bypass: 'Everything goes to the origin, at full load.',
      fail: 'Requests fail.',
      stale: 'An older copy is served.',
      gutter: 'A small spare pool takes over.',
      open: 'Lets everything through.',
      closed: 'Lets nothing through.',
    }),
    'What happens to requests while it is down.',
    'on-failure: stale',
  ),
  on(
    'prewarm',
    words({
      none: 'It starts empty.',
      peer: 'It is filled from a neighbour.',
      origin: 'It is filled from the origin before it serves.',
      snapshot: 'It is filled from a saved copy.',
    }),
    'How a new or restarted one gets its entries.',
    'prewarm: peer',
    { ...CACHE, absence: 'none' },
  ),
  on('planned-flush', flag, 'It is emptied now and then, on purpose.', 'planned-flush: yes', CACHE),
  on('forwards-age', flag, 'Passes on how old an answer already is, so that ages do not add up.', 'forwards-age: yes', {
    ...CACHE,
    absence: 'none',
  }),
  on(
    'protects',
    reference('component', { list: true, words: { all: 'All that stands behind.' } }),
    'What must only be reached through it.',
    'protects: origin',
    { kinds: ['cdn', 'gateway', 'load-balancer', 'coordinator', 'service'] },
  ),
  on(
    'cache-control',
    words({
      public: 'Shared caches may keep it.',
      private: 'Only the caller’s own cache may keep it.',
      'no-store': 'Nobody keeps it.',
      immutable: 'It never changes.',
    }),
    'What its answers let caches do.',
    'cache-control: private',
    { kinds: ['service', 'gateway', 'function', 'object-store', 'cdn'] },
  ),
  on(
    'warm-rate',
    words({ full: 'As fast as it can.' }, { calls: [call('share', 'At most so much of the origin.', arg('of-origin', ratio()))] }),
    'How fast it may fill itself again.',
    'warm-rate: share(20%)',
    CACHE,
  ),
  on('vary', name({ list: true }), 'What else, besides the address, an answer depends on.', 'vary: [locale]', CACHE),
]
