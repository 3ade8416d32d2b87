/** Stores in memory, and coordinators. */
import { defaults } from '../make.ts'
import type { Technology } from '../vocabulary.ts'

const REDIS =
  'Redis documentation, Replication, Persistence and Key eviction, https://redis.io/docs/latest/operate/oss_and_stack/management/'
const REDIS_CLUSTER = 'Redis cluster specification, https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/'
const MEMORYDB = 'Amazon MemoryDB Developer Guide, Consistency and durability'
const MEMCACHED = 'memcached documentation, Configuring Server'
const ETCD = 'etcd 3.6 documentation, FAQ and System limits, https://etcd.io/docs/v3.6/faq/'
const ZOOKEEPER = 'ZooKeeper Administrator’s Guide and Consistency Guarantees; Hunt et al., ATC 2010'
const CONSUL = 'Consul documentation, Consistency Modes and Sessions'
const CHUBBY = 'Burrows, The Chubby lock service, OSDI 2006'

const redis = {
  replication: 'leader-follower',
  sync: 'async',
  durability: 'snapshot',
  consistency: 'eventual',
  'on-partition': 'accept-both',
  'single-threaded': 'yes',
  'max-connections': '10k',
  'value-limit': '512MB',
  clock: 'wall',
} as const
const redisTraps = [
  'Replication is asynchronous: a failover loses writes that were acknowledged, and WAIT does not change that for good.',
  'Snapshots only by default (the append-only file is off): a crash loses what came since the last one.',
  'A leader without persistence that restarts empty makes its replicas empty, too.',
  'Out of memory, the default policy (noeviction) refuses writes; managed services often choose another.',
  'Expiry follows the wall clock, so a lock’s time can jump.',
]

const consensus = {
  replication: 'consensus',
  sync: 'quorum',
  durability: 'quorum-fsync',
  'on-partition': 'refuse-minority',
  'failover.mode': 'auto',
  'failover.arbiter': 'quorum',
  'failover.fencing': 'yes',
  'conditional-writes': 'yes',
  'fencing-token': 'yes',
} as const

export const memory: readonly Technology[] = [
  {
    name: 'redis',
    aliases: ['valkey'],
    label: 'Redis',
    kinds: ['cache', 'database', 'queue', 'coordinator'],
    meaning: 'Data structures in memory, served by one command thread, with asynchronous replicas.',
    defaults: [
      ...defaults('high', REDIS, redis),
      ...defaults('medium', REDIS, { eviction: 'noeviction', 'failover.mode': 'manual' }),
      ...defaults('low', 'Redis documentation, Redis benchmark', { capacity: '100k/s' }),
    ],
    traps: [
      ...redisTraps,
      'Automatic failover needs Sentinel or Redis Cluster.',
      'One thread does some 100–180 k simple commands a second; one slow command stops all others.',
    ],
    confidence: 'high',
    source: REDIS,
  },
  {
    name: 'redis-cluster',
    aliases: ['valkey-cluster'],
    label: 'Redis Cluster',
    kinds: ['cache', 'database'],
    meaning: 'Redis split over 16,384 slots, each with a leader and asynchronous replicas.',
    defaults: [
      ...defaults('high', REDIS_CLUSTER, {
        ...redis,
        partitioning: 'hash',
        placement: 'slots(16384)',
        'tx-scope': 'partition',
        'failover.mode': 'auto',
        'failover.arbiter': 'quorum',
        'failover.detect': '15s',
      }),
      ...defaults('medium', REDIS, { eviction: 'noeviction' }),
      ...defaults('low', 'Redis documentation, Redis benchmark', { capacity: '100k/s' }),
    ],
    traps: [
      ...redisTraps,
      'Several keys in one command must be in one slot (use a hash tag).',
      'Writes to a leader on the smaller side of a cut are lost; it stops after the node time-out.',
    ],
    confidence: 'high',
    source: REDIS_CLUSTER,
  },
  {
    name: 'memorydb',
    aliases: [],
    label: 'Amazon MemoryDB',
    kinds: ['database', 'cache'],
    meaning: 'A managed store with the Redis API that is durable: every write is in a log over several zones before it is acknowledged.',
    defaults: [
      ...defaults('high', MEMORYDB, {
        managed: 'yes',
        durability: 'quorum-fsync',
        sync: 'quorum',
        partitioning: 'hash',
        placement: 'slots(16384)',
        'tx-scope': 'partition',
        'single-threaded': 'yes',
      }),
      ...defaults('medium', MEMORYDB, {
        consistency: 'linearizable',
        eviction: 'noeviction',
        'failover.mode': 'auto',
        'failover.arbiter': 'external',
        'failover.fencing': 'yes',
      }),
    ],
    traps: ['Reads from replicas are only eventually consistent.', 'A shard without a replica is down until its node is replaced.'],
    confidence: 'medium',
    source: MEMORYDB,
  },
  {
    name: 'memcached',
    aliases: [],
    label: 'memcached',
    kinds: ['cache'],
    meaning: 'A cache of plain values in memory. The clients decide which server holds which key.',
    defaults: defaults('high', MEMCACHED, {
      replication: 'none',
      durability: 'memory',
      eviction: 'lru',
      'value-limit': '1MiB',
      'max-connections': '1024',
    }),
    traps: [
      'Placement is the client’s: a plain modulo moves nearly every key when a server comes or goes.',
      'There are no replicas: a lost server is a lost share of the cache.',
    ],
    confidence: 'high',
    source: MEMCACHED,
  },
  {
    name: 'etcd',
    aliases: [],
    label: 'etcd',
    kinds: ['coordinator', 'database'],
    meaning: 'A small, consistent key-value store by Raft, with leases and watches. Kubernetes keeps its state in one.',
    defaults: defaults('high', ETCD, {
      ...consensus,
      consistency: 'linearizable',
      'value-limit': '1.5MiB',
      storage: '2GiB',
      'failover.detect': '1s',
      'tx-scope': 'database',
    }),
    traps: [
      'Serializable reads, if asked for, may be old.',
      'Its locks do not protect anything outside of it: use the revision as a fencing token.',
      'Two members tolerate no failure, four no more than three. At most seven.',
      'The database is limited to 2 GiB by default and 8 GiB by advice.',
    ],
    confidence: 'high',
    source: ETCD,
  },
  {
    name: 'zookeeper',
    aliases: ['zk'],
    label: 'Apache ZooKeeper',
    kinds: ['coordinator'],
    meaning: 'A small tree of nodes that a majority agrees on, with sessions, watches and ephemeral nodes.',
    defaults: defaults('high', ZOOKEEPER, {
      ...consensus,
      consistency: 'sequential',
      'read-from': 'any',
      'value-limit': '1MB',
      'tx-scope': 'database',
    }),
    traps: [
      'Reads are served by whichever server one is connected to and may be old; `sync` first helps.',
      'A watch fires once and can miss what happens in between: read again.',
      'The transaction id (zxid) serves as a fencing token.',
    ],
    confidence: 'high',
    source: ZOOKEEPER,
  },
  {
    name: 'consul',
    aliases: [],
    label: 'Consul',
    kinds: ['coordinator', 'dns'],
    meaning: 'Service discovery, configuration and locks over a Raft store.',
    defaults: [
      ...defaults('high', CONSUL, { ...consensus, 'value-limit': '512KB', 'lock-delay': '15s' }),
      ...defaults('medium', CONSUL, { consistency: 'linearizable' }),
    ],
    traps: [
      'The `default` mode trusts the leader’s lease, which leaves a tiny window for old reads; `consistent` closes it and `stale` opens it wide.',
    ],
    confidence: 'high',
    source: CONSUL,
  },
  {
    name: 'chubby',
    aliases: [],
    label: 'Chubby',
    kinds: ['coordinator'],
    meaning: 'Google’s lock service: a cell of five replicas for coarse-grained locks and small files.',
    defaults: defaults('high', CHUBBY, {
      ...consensus,
      consistency: 'linearizable',
      voters: '5',
      'lease.ttl': '12s',
      'value-limit': '256KB',
    }),
    traps: [
      'A client’s session outlives a lost master by a grace period of 45 s.',
      'Meant for locks held for hours: not for the data path.',
      'Sequencers let a server refuse a late holder.',
    ],
    confidence: 'high',
    source: CHUBBY,
  },
]
