/** Databases with SQL and transactions, from one machine to the whole world. */
import { defaults } from '../make.ts'
import type { Technology } from '../vocabulary.ts'

const POSTGRES = 'PostgreSQL documentation, https://www.postgresql.org/docs/current/'
const MYSQL = 'MySQL 8 Reference Manual, Replication and InnoDB'
const SPANNER = 'Spanner documentation, Replication and Performance overview, https://cloud.google.com/spanner/docs/performance'
const COCKROACH = 'CockroachDB documentation, Architecture: Replication Layer and Transaction Layer'
const MEGASTORE = 'Baker et al., Megastore, CIDR 2011'

export const relational: readonly Technology[] = [
  {
    name: 'postgres', aliases: ['postgresql'], label: 'PostgreSQL', kinds: ['database'],
    meaning: 'A relational database with one leader that takes all writes; followers replay its log.',
    defaults: [
      ...defaults('high', POSTGRES, {
        replication: 'leader-follower', sync: 'async', durability: 'fsync', isolation: 'read-committed', 'tx-scope': 'database', partitioning: 'none',
        'max-connections': '100', 'change-log-retention': 'unlimited', 'conditional-writes': 'yes',
      }),
      ...defaults('medium', POSTGRES, { 'read-from': 'leader', 'failover.mode': 'manual', 'on-partition': 'serve-stale' }),
    ],
    traps: [
      'It has no automatic failover of its own: Patroni, a managed service or a person does it.',
      'A logical replication slot keeps the log for a reader that is gone until the disk is full (max_slot_wal_keep_size is -1).',
      'Replication is asynchronous until synchronous_standby_names is set: a failover can lose the last writes.',
      'Each connection is a process; beyond some hundred, a pooler is needed.',
      'One node does some 5–20 k simple operations a second: a rule of thumb, so state what you measured.',
    ],
    confidence: 'high', source: POSTGRES,
  },
  {
    name: 'mysql', aliases: ['mariadb'], label: 'MySQL', kinds: ['database'],
    meaning: 'A relational database with one source that takes all writes; replicas replay its binary log.',
    defaults: [
      ...defaults('high', MYSQL, {
        replication: 'leader-follower', sync: 'async', durability: 'fsync', isolation: 'repeatable-read', 'tx-scope': 'database', partitioning: 'none',
        'max-connections': '151', 'conditional-writes': 'yes',
      }),
      ...defaults('high', MYSQL, { 'change-log-retention': '30d' }, { from: '8.0' }),
      ...defaults('high', MYSQL, { 'change-log-retention': 'unlimited' }, { below: '8.0' }),
      ...defaults('medium', MYSQL, { 'read-from': 'leader', 'failover.mode': 'manual', 'on-partition': 'serve-stale' }),
    ],
    traps: [
      'Semi-synchronous replication falls back to asynchronous after 10 s without an answer, and says so only in a status variable.',
      'Repeatable read lets two transactions each keep a rule that together they break (write skew).',
      'The query cache was removed in 8.0.',
    ],
    confidence: 'high', source: MYSQL,
  },
  {
    name: 'spanner', aliases: ['google-spanner'], label: 'Spanner', kinds: ['database'],
    meaning: 'A relational database over many machines and places; a Paxos group for each split, ordered by clocks with a known error.',
    defaults: [
      ...defaults('high', SPANNER, {
        managed: 'yes', survives: 'zone', zones: '3', replicas: '3', replication: 'consensus', sync: 'quorum', durability: 'quorum-fsync', consistency: 'linearizable',
        isolation: 'strict', 'tx-scope': 'database', clock: 'truetime', partitioning: 'range', split: 'adaptive', 'on-partition': 'refuse-minority',
        'failover.mode': 'auto', 'failover.arbiter': 'quorum', 'failover.fencing': 'yes', availability: '99.99%', 'conditional-writes': 'yes',
      }),
      ...defaults('medium', SPANNER, { 'capacity.read': '22.5k/s', 'capacity.write': '3.5k/s' }),
    ],
    traps: [
      'Rising keys such as timestamps put all inserts on the last split.',
      'A commit waits for the clock’s error to pass, and over regions for a majority.',
      'Per node and for rows of 1 KB: 22.5 k reads or 3.5 k writes a second in a region, 15 k or 2.7 k over several.',
    ],
    confidence: 'high', source: SPANNER,
  },
  {
    name: 'cockroachdb', aliases: ['cockroach'], label: 'CockroachDB', kinds: ['database'],
    meaning: 'A relational database over many machines; a Raft group for each range of keys.',
    defaults: [
      ...defaults('high', COCKROACH, {
        replication: 'consensus', 'replication-factor': '3', sync: 'quorum', durability: 'quorum-fsync', isolation: 'serializable', 'tx-scope': 'database',
        clock: 'hlc', 'clock-error': '500ms', partitioning: 'range', split: 'adaptive', 'on-partition': 'refuse-minority', 'failover.mode': 'auto',
        'failover.arbiter': 'quorum', 'failover.fencing': 'yes', 'conditional-writes': 'yes',
      }),
      ...defaults('medium', COCKROACH, { consistency: 'linearizable' }),
    ],
    traps: [
      'To survive a region it needs at least three.',
      'Sequential keys put all inserts on one range; hash-sharded indexes help.',
      'A node whose clock is off by more than the allowed offset shuts itself down.',
    ],
    confidence: 'high', source: COCKROACH,
  },
  {
    name: 'megastore', aliases: [], label: 'Megastore', kinds: ['database'],
    meaning: 'Google’s store of entity groups: transactions within a group, by Paxos over data centres, and queues between groups.',
    defaults: defaults('high', MEGASTORE, {
      replication: 'consensus', sync: 'quorum', durability: 'quorum-fsync', isolation: 'serializable', 'tx-scope': 'partition', consistency: 'linearizable',
      'on-partition': 'refuse-minority', 'failover.mode': 'auto', 'failover.arbiter': 'quorum', 'failover.fencing': 'yes',
    }),
    traps: ['A group takes only a few writes a second, since each is a round of Paxos over data centres.', 'Between groups there is no transaction, only a queue.'],
    confidence: 'high', source: MEGASTORE,
  },
]
