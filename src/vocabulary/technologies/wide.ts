/** Key-value, wide-column, document and graph stores. */
import { defaults } from '../make.ts'
import type { Technology } from '../vocabulary.ts'

const MONGODB = 'MongoDB Manual, Write Concern, Read Concern and Replica Set Elections'
const DYNAMODB = 'Amazon DynamoDB Developer Guide, Read consistency, Partitions and Quotas'
const DYNAMODB_GLOBAL = 'Amazon DynamoDB Developer Guide, Global tables'
const CASSANDRA = 'Apache Cassandra documentation, https://cassandra.apache.org/doc/latest/'
const SCYLLA = 'ScyllaDB documentation, Fault Tolerance and Consistency Levels'
const BIGTABLE = 'Bigtable documentation, Replication and Performance, https://cloud.google.com/bigtable/docs/performance'
const HBASE = 'Apache HBase Reference Guide, ACID Semantics and Regions'
const TAO = 'Bronson et al., TAO: Facebook’s Distributed Data Store for the Social Graph, ATC 2013'

const dynamo = {
  managed: 'yes',
  survives: 'zone',
  zones: '3',
  replicas: '3',
  durability: 'quorum-fsync',
  consistency: 'eventual',
  partitioning: 'hash',
  split: 'adaptive',
  'partition-limit.read': '3k/s',
  'partition-limit.write': '1k/s',
  'value-limit': '400KB',
  'batch-limit': '100',
  'change-log-retention': '24h',
  'conditional-writes': 'yes',
  'max-connections': 'unlimited',
  storage: 'unlimited',
} as const

/** What Cassandra and ScyllaDB share. */
const ring = {
  replication: 'leaderless',
  consistency: 'eventual',
  conflict: 'lww',
  clock: 'wall',
  partitioning: 'hash',
  'hint-window': '3h',
  'tombstone-grace': '10d',
  'on-partition': 'accept-both',
  sloppy: 'no',
  durability: 'os-buffer',
  flush: '10s',
  'conditional-writes': 'yes',
} as const
const ringTraps = [
  'The last write wins by the cell’s timestamp, so a fast clock beats a later write.',
  'Two quorums that overlap are not linearizable: two inserts of a unique name both succeed. Lightweight transactions (SERIAL) are.',
  'A node that was away longer than the hint window must be repaired within the tombstone grace, or deleted rows come back.',
  'Partitions beyond about 100 MB hurt.',
]

export const wide: readonly Technology[] = [
  {
    name: 'mongodb',
    aliases: ['mongo'],
    label: 'MongoDB',
    kinds: ['database'],
    meaning: 'A document store; a replica set elects a primary that takes the writes.',
    defaults: [
      ...defaults('high', MONGODB, {
        replication: 'consensus',
        'read-from': 'leader',
        'tx-scope': 'database',
        'value-limit': '16MiB',
        'failover.mode': 'auto',
        'failover.arbiter': 'quorum',
        'failover.detect': '10s',
        'failover.fencing': 'yes',
        'on-partition': 'refuse-minority',
        'conditional-writes': 'yes',
      }),
      ...defaults('medium', MONGODB, { consistency: 'eventual', 'failover.promote': '2s' }),
      ...defaults('high', MONGODB, { sync: 'quorum', durability: 'quorum-fsync' }, { from: '5.0' }),
      ...defaults('high', MONGODB, { sync: 'async', w: '1' }, { below: '5.0' }),
    ],
    traps: [
      'Writes wait for a majority by default since 5.0; with a primary, a secondary and an arbiter the default falls back to one node.',
      'Read concern `local`, the default, can return data that a failover rolls back.',
      'A replica set has at most seven voters.',
      'A ranged shard key that only rises sends all inserts to one shard.',
    ],
    confidence: 'high',
    source: MONGODB,
  },
  {
    name: 'dynamodb',
    aliases: [],
    label: 'Amazon DynamoDB',
    kinds: ['database'],
    meaning: 'A managed key-value store: every partition is a group of three replicas in three zones that agree by Paxos.',
    defaults: [
      ...defaults('high', DYNAMODB, {
        ...dynamo,
        replication: 'consensus',
        sync: 'quorum',
        'on-partition': 'refuse-minority',
        'tx-scope': 'database',
        'failover.mode': 'auto',
        'failover.arbiter': 'quorum',
        'failover.fencing': 'yes',
        availability: '99.99%',
      }),
    ],
    traps: [
      'Reads are eventually consistent unless ConsistentRead is set, and on a global secondary index always.',
      'One partition takes 3,000 read and 1,000 write units a second: more capacity for the table does not help a hot key.',
      'An on-demand table starts at 4,000 write and 12,000 read units a second, and grows from there.',
      'A transaction holds at most 100 items, in one region.',
      'Streams keep 24 hours.',
    ],
    confidence: 'high',
    source: DYNAMODB,
  },
  {
    name: 'dynamodb-global',
    aliases: ['dynamodb-global-tables'],
    label: 'DynamoDB global tables',
    kinds: ['database'],
    meaning: 'DynamoDB tables in several regions that all take writes and exchange them.',
    defaults: [
      ...defaults('high', DYNAMODB_GLOBAL, {
        ...dynamo,
        survives: 'region',
        replication: 'multi-leader',
        sync: 'async',
        conflict: 'lww',
        'on-partition': 'accept-both',
        'active-active': 'yes',
        'tx-scope': 'database',
        availability: '99.999%',
      }),
      ...defaults('medium', DYNAMODB_GLOBAL, { 'lag.p50': '1s' }),
    ],
    traps: [
      'By default (MREC) the last writer wins and the other write is lost without a trace.',
      'A transaction is atomic only in the region where it was made.',
      'Multi-Region strong consistency (MRSC, since June 2025) loses nothing and needs three regions.',
    ],
    confidence: 'high',
    source: DYNAMODB_GLOBAL,
  },
  {
    name: 'cassandra',
    aliases: [],
    label: 'Apache Cassandra',
    kinds: ['database'],
    meaning: 'A wide-column store without a leader: any node takes a write, and each statement says how many copies it waits for.',
    defaults: [
      ...defaults('high', CASSANDRA, { ...ring, placement: 'consistent-hash', 'tx-scope': 'partition' }),
      ...defaults('medium', CASSANDRA, { r: '1', w: '1', 'partition-limit.size': '100MB' }),
      ...defaults('high', CASSANDRA, { vnodes: '16', 'read-repair': 'sync' }, { from: '4.0' }),
      ...defaults('high', CASSANDRA, { vnodes: '256' }, { below: '4.0' }),
    ],
    traps: [
      'Drivers read and write at LOCAL_ONE unless told otherwise.',
      'The commit log is flushed every 10 s, not for each write.',
      ...ringTraps,
    ],
    confidence: 'high',
    source: CASSANDRA,
  },
  {
    name: 'scylladb',
    aliases: ['scylla'],
    label: 'ScyllaDB',
    kinds: ['database'],
    meaning: 'A wide-column store that speaks Cassandra’s protocol, with one shard for each processor core.',
    defaults: [
      ...defaults('high', SCYLLA, { ...ring, 'tx-scope': 'partition' }),
      ...defaults('medium', SCYLLA, { r: '1', w: '1', 'partition-limit.size': '100MB' }),
    ],
    traps: [
      'Drivers read and write at LOCAL_ONE unless told otherwise.',
      'A hot partition fills one core while the others idle.',
      ...ringTraps,
    ],
    confidence: 'medium',
    source: SCYLLA,
  },
  {
    name: 'bigtable',
    aliases: ['google-bigtable'],
    label: 'Bigtable',
    kinds: ['database'],
    meaning: 'A managed wide-column store, sorted by row key and split by ranges of it.',
    defaults: [
      ...defaults('high', BIGTABLE, {
        managed: 'yes',
        'tx-scope': 'row',
        partitioning: 'range',
        split: 'adaptive',
        'conditional-writes': 'yes',
      }),
      ...defaults('medium', BIGTABLE, {
        zones: '1',
        consistency: 'linearizable',
        durability: 'quorum-fsync',
        'capacity.read': '17k/s',
        'capacity.write': '14k/s',
        'on-partition': 'refuse-minority',
        'value-limit': '100MB',
      }),
    ],
    traps: [
      'One cluster is strong and lives in one zone; several clusters copy asynchronously and the last write wins.',
      'Keys that begin with a time send all writes to one node.',
      'Only single rows are atomic.',
    ],
    confidence: 'medium',
    source: BIGTABLE,
  },
  {
    name: 'hbase',
    aliases: [],
    label: 'Apache HBase',
    kinds: ['database'],
    meaning: 'A wide-column store over HDFS: each range of rows is served by one region server.',
    defaults: [
      ...defaults('high', HBASE, {
        replication: 'leader-follower',
        sync: 'sync(2)',
        consistency: 'linearizable',
        'tx-scope': 'row',
        partitioning: 'range',
        'on-partition': 'refuse-minority',
        'failover.mode': 'auto',
        'failover.arbiter': 'external',
        'failover.fencing': 'yes',
        'conditional-writes': 'yes',
      }),
      ...defaults('medium', HBASE, { durability: 'os-buffer' }),
    ],
    traps: [
      'A region is offline from the loss of its server until it is assigned to another one.',
      'Rising row keys send all writes to one region.',
    ],
    confidence: 'high',
    source: HBASE,
  },
  {
    name: 'fb-tao',
    aliases: ['tao'],
    label: 'TAO',
    kinds: ['database', 'cache'],
    meaning: 'Facebook’s social graph: leader and follower tiers of caches over sharded MySQL.',
    defaults: defaults('high', TAO, {
      replication: 'leader-follower',
      sync: 'async',
      consistency: 'eventual',
      partitioning: 'hash',
      durability: 'fsync',
      'on-partition': 'serve-stale',
    }),
    traps: [
      'A reader sees their own write only in the tier that they wrote through.',
      'A shard has one region where it is written.',
      'A famous vertex makes one shard hot.',
    ],
    confidence: 'high',
    source: TAO,
  },
]
