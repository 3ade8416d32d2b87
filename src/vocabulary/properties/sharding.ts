/** How stores and logs split what they hold, what one part can take, and how long things are kept. */
import { arg, block, call, count, duration, name, optional, quantityType, rate, ratio, rowsOn, size, words } from '../make.ts'
import type { Property } from '../vocabulary.ts'
import { HOLDS, STATE, STORE, SPLIT } from './store-kinds.ts'

const on = rowsOn('component')
const onParts = rowsOn('component', 'shard', 'replica')

export const sharding: readonly Property[] = [
  on(
    'partitioning',
    words({
      none: 'Not split.',
      hash: 'By a hash of the key: spread evenly, but no ranges.',
      range: 'By ranges of the key: ranges are cheap, rising keys hit one end.',
      list: 'By listed values.',
      geo: 'By place.',
      directory: 'A table says which key is where.',
    }),
    'How keys map to shards.',
    'partitioning: hash',
    SPLIT,
  ),
  on(
    'placement',
    words(
      {
        'mod-n': 'Hash modulo the number of nodes: a resize moves almost everything.',
        'consistent-hash': 'A ring: a resize moves one share.',
        rendezvous: 'Highest random weight: a resize moves one share.',
        jump: 'Jump hash, for node sets that only grow.',
      },
      { calls: [call('slots', 'A fixed number of slots, moved one by one.', arg('n', count()))] },
    ),
    'How shards map to nodes.',
    'placement: consistent-hash',
    SPLIT,
  ),
  on('vnodes', count(), 'Places on the ring that each node takes; few make nodes unequal.', 'vnodes: 128', SPLIT),
  on('nodes', count({ span: true }), 'Machines that hold it, where their number is not replicas times shards.', 'nodes: 10..20', SPLIT),
  on('shards', count({ limit: true }), 'Parts it is split into, each with its own leader.', 'shards: 16', SPLIT),
  on(
    'key',
    name({ list: true }),
    'What decides where an item goes: the partition key; of a cache, all that an answer depends on.',
    'key: order-id',
    { kinds: [...SPLIT.kinds, 'gateway'] },
  ),
  on('sort-key', name({ list: true }), 'The order within a partition.', 'sort-key: created-at', SPLIT),
  on(
    'time-bucket',
    duration({ limit: true }),
    'How much time one partition gathers before the next one begins, where the key contains a day, a month or the like. Silence: a partition gathers for ever.',
    'time-bucket: 1d',
    SPLIT,
  ),
  on(
    'key-order',
    words({ monotonic: 'New keys are always the highest: times, counters, ULIDs.', random: 'New keys fall anywhere.' }),
    'Where new keys fall.',
    'key-order: monotonic',
    SPLIT,
  ),
  on('key-cardinality', count(), 'How many different keys there are.', 'key-cardinality: 40', SPLIT),
  on(
    'key-dist',
    words(
      { uniform: 'All keys alike.' },
      {
        calls: [
          call('zipf', 'A few keys get most: exponent and number of keys.', arg('s', quantityType('number')), optional('n', count())),
          call('hot', 'The busiest key’s share of all.', arg('share', ratio())),
        ],
      },
    ),
    'How requests spread over the keys.',
    'key-dist: hot(45%)',
    SPLIT,
  ),
  on(
    'split',
    words(
      { adaptive: 'The store splits what gets hot.', none: 'A hot key stays on one partition.' },
      { calls: [call('by', 'Keys get one of so many suffixes.', arg('parts', count()))] },
    ),
    'What is done about keys that one partition cannot serve.',
    'split: by(10)',
    { ...SPLIT, absence: 'none' },
  ),
  on(
    'hot-keys',
    words(
      { none: 'Nothing is done.', cached: 'Served from a cache in front.' },
      { calls: [call('split', 'Spread over so many suffixes.', arg('parts', count()))] },
    ),
    'What is done about the few busiest keys.',
    'hot-keys: split(10)',
    { ...SPLIT, absence: 'none' },
  ),
  on(
    'partition-limit',
    block(rate()),
    'What one partition or shard can take, however many there are.',
    'partition-limit { write: 1k/s, read: 3k/s }',
    SPLIT,
  ),
  on('partition-limit.read', quantityType('rate-or-bandwidth', { limit: true }), 'Reads from one partition.', 'read: 3k/s', SPLIT),
  on('partition-limit.write', quantityType('rate-or-bandwidth', { limit: true }), 'Writes to one partition.', 'write: 1k/s', SPLIT),
  on('partition-limit.bytes', quantityType('bandwidth', { limit: true }), 'Bytes into one partition.', 'bytes: 1MB/s', SPLIT),
  on('partition-limit.size', size({ limit: true }), 'What one partition may hold.', 'size: 10GB', SPLIT),
  on('value-limit', size({ limit: true }), 'The largest item or message it takes.', 'value-limit: 400KB', {
    kinds: [...SPLIT.kinds, 'function', 'gateway', 'external'],
  }),
  on('batch-limit', count({ limit: true }), 'Items that one transaction or batch may hold.', 'batch-limit: 100', {
    kinds: [...SPLIT.kinds, 'function'],
  }),
  on('max-connections', count({ limit: true }), 'Connections it accepts.', 'max-connections: 100', {
    kinds: [...SPLIT.kinds, 'gateway', 'load-balancer', 'external'],
  }),
  onParts('storage', size({ limit: true }), 'Room for data in one replica; of a log or an object store, in all of it.', 'storage: 2TB'),
  onParts('growth', quantityType('rate-or-bandwidth'), 'How fast it fills.', 'growth: 20GB/day'),
  on('free-disk', size(), 'Room left.', 'free-disk: 300GB', { kinds: HOLDS }),
  on('object-overhead', size(), 'Memory that each object costs the one who keeps the list.', 'object-overhead: 0.15KB', STORE),
  on('index-overhead', ratio(), 'Room for indexes, as a share of the data.', 'index-overhead: 30%', STORE),
  on('compression', quantityType('number'), 'How many times smaller data get.', 'compression: 3', STORE),
  on('indexes', name({ list: true }), 'Other keys by which it can be asked without asking every shard.', 'indexes: [email]', STORE),
  on(
    'change-log-retention',
    quantityType('duration-or-size', { limit: true }),
    'How long it keeps its log of changes for readers of it (binlog, oplog, WAL slot).',
    'change-log-retention: 24h',
    { kinds: ['database', 'object-store', 'coordinator', 'search'] },
  ),
  on('retention', duration({ limit: true }), 'How long it keeps what it gets.', 'retention: 7d', { kinds: [...STATE, 'monitor', 'cdc'] }),
  on('repair-interval', duration({ limit: true }), 'How often all copies are compared and mended.', 'repair-interval: 7d', STORE),
  on(
    'tombstone-grace',
    duration({ limit: true }),
    'How long a deletion is remembered. A copy that missed it for longer brings the item back.',
    'tombstone-grace: 10d',
    STORE,
  ),
  on('hint-window', duration({ limit: true }), 'How long writes for an absent node are kept for it.', 'hint-window: 3h', STORE),
  on(
    'stale-node',
    words({ replace: 'A node that was away too long starts empty.', rejoin: 'It comes back with what it had.' }),
    'What happens to a node that was away too long.',
    'stale-node: replace',
    STORE,
  ),
]
