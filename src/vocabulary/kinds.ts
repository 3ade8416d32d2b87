/** What a component can be. The kinds are the field's own nouns; a specialisation is a `role:`, not another kind. */
import { defaults } from './make.ts'
import type { ContainerWord, Kind } from './vocabulary.ts'

export const kinds: readonly Kind[] = [
  {
    name: 'client',
    aliases: [],
    family: 'entry',
    meaning: 'Whoever starts a request: a browser, a mobile app, a device, a partner. It cannot be trusted, and may go away at any moment.',
    first: ['rate', 'public', 'connections', 'offline-buffer', 'max-age', 'optimistic-ui'],
    defaults: [],
  },
  {
    name: 'dns',
    aliases: [],
    family: 'entry',
    meaning:
      'Name resolution, and with it global routing: it sends each caller to an address, and resolvers remember the answer for its TTL.',
    first: ['ttl', 'health-check', 'policy'],
    defaults: [],
  },
  {
    name: 'cdn',
    aliases: [],
    family: 'entry',
    meaning:
      'A shared cache at the edge, close to the users, often with a web application firewall. What it serves depends only on its key.',
    first: ['ttl', 'key', 'scope', 'hit-ratio', 'stale-while-revalidate', 'stale-if-error', 'protects'],
    defaults: [],
  },
  {
    name: 'load-balancer',
    aliases: ['lb'],
    family: 'entry',
    meaning: 'Spreads requests or connections over equal targets and leaves out those that fail its health check.',
    first: ['replicas', 'zones', 'layer', 'algorithm', 'idle-timeout', 'health-check'],
    defaults: [],
  },
  {
    name: 'gateway',
    aliases: [],
    family: 'entry',
    meaning:
      'The front door of an API: terminates client connections, authenticates, limits rates and routes. Also a WebSocket gateway or a backend for one frontend.',
    first: ['replicas', 'zones', 'auth', 'rate-limit', 'timeout', 'connections', 'health-check'],
    defaults: [],
  },
  {
    name: 'service',
    aliases: [],
    family: 'compute',
    meaning: 'Answers requests. Its replicas are alike, so any of them may be lost, unless it is a `singleton`.',
    first: ['replicas', 'zones', 'capacity', 'latency', 'concurrency', 'autoscale', 'owner'],
    defaults: [],
  },
  {
    name: 'function',
    aliases: [],
    family: 'compute',
    meaning:
      'Code that a platform starts on demand, one invocation at a time. It scales fast, up to the platform’s concurrency quota, and keeps nothing between calls.',
    first: ['concurrency', 'timeout', 'latency', 'dedupe'],
    defaults: [],
  },
  {
    name: 'worker',
    aliases: [],
    family: 'compute',
    meaning: 'Takes messages from a queue, log or topic and acts on them. It may be handed the same message twice.',
    first: ['replicas', 'zones', 'capacity', 'concurrency', 'dedupe', 'autoscale'],
    defaults: [],
  },
  {
    name: 'stream-processor',
    aliases: ['stream'],
    family: 'compute',
    meaning:
      'Computes continuously over a log and keeps state: windows, joins, aggregates. After a failure it starts again from a checkpoint.',
    first: ['replicas', 'window', 'time', 'watermark', 'allowed-lateness', 'checkpoint', 'guarantee'],
    defaults: [],
  },
  {
    name: 'batch',
    aliases: [],
    family: 'compute',
    meaning: 'Works through a bounded input and ends, as a MapReduce or Spark job does. What counts is whether it ends within its window.',
    first: ['replicas', 'input', 'shuffle', 'window', 'checkpoint', 'cron'],
    defaults: [],
  },
  {
    name: 'workflow',
    aliases: [],
    family: 'compute',
    meaning: 'Runs the steps of a saga or of another long process, remembers how far it came, and goes on after a crash.',
    first: ['durable', 'steps', 'retry', 'deadline'],
    defaults: [],
  },
  {
    name: 'scheduler',
    aliases: [],
    family: 'compute',
    meaning: 'Starts work at given times: cron jobs, delayed jobs. Replicated it may fire twice, alone it may not fire.',
    first: ['replicas', 'cron', 'spread', 'missed-run', 'delivery'],
    defaults: defaults('medium', 'SRE book ch. 24, Distributed Periodic Scheduling with Cron', { delivery: 'at-least-once' }),
  },
  {
    name: 'database',
    aliases: ['db'],
    family: 'keeps',
    meaning:
      'Keeps data that must not be lost and answers queries over it: relational, key-value, wide-column, document, ledger or event store.',
    first: ['stores', 'replicas', 'zones', 'sync', 'shards', 'key', 'partitioning', 'capacity', 'consistency', 'failover', 'backup'],
    defaults: [],
  },
  {
    name: 'cache',
    aliases: [],
    family: 'may-forget',
    meaning: 'A copy for speed that may forget any entry at any time. What it holds has to come from somewhere else.',
    first: ['pattern', 'ttl', 'hit-ratio', 'rebuild-from', 'replicas', 'eviction', 'coalesce', 'ttl-jitter', 'on-failure'],
    defaults: defaults('high', 'Caching challenges and strategies, AWS Builders’ Library', { durability: 'memory' }),
  },
  {
    name: 'queue',
    aliases: [],
    family: 'carries',
    meaning: 'Hands each message to one consumer, hides it while that one works, and deletes it once it is acknowledged.',
    first: ['visibility', 'max-deliveries', 'retention', 'dead-letter', 'max-length', 'delivery', 'order', 'alarm'],
    defaults: defaults('high', 'Kleppmann, Designing Data-Intensive Applications (2017), ch. 11', {
      delivery: 'at-least-once',
      replayable: 'no',
    }),
  },
  {
    name: 'log',
    aliases: [],
    family: 'carries',
    meaning:
      'Keeps messages in partitions, in order, for a retention time. Every consumer group reads at its own position and may read again.',
    first: ['partitions', 'key', 'retention', 'replication-factor', 'min-isr', 'acks', 'compaction', 'schema'],
    defaults: defaults('high', 'Kleppmann, Designing Data-Intensive Applications (2017), ch. 11', {
      delivery: 'at-least-once',
      order: 'per-partition',
      replayable: 'yes',
    }),
  },
  {
    name: 'topic',
    aliases: [],
    family: 'carries',
    meaning:
      'Pushes each message to all its subscribers at once and keeps nothing for later. For messages that can be read again use a `log`.',
    first: ['delivery', 'durable', 'order', 'value-limit'],
    defaults: defaults('high', 'Kleppmann, Designing Data-Intensive Applications (2017), ch. 11', { replayable: 'no' }),
  },
  {
    name: 'object-store',
    aliases: [],
    family: 'keeps',
    meaning: 'Keeps blobs of any size under a name: pictures, backups, data sets. A distributed file system is one with `interface: file`.',
    first: ['stores', 'durability', 'versioning', 'immutable', 'retention', 'partition-limit', 'origin-access'],
    defaults: [],
  },
  {
    name: 'search',
    aliases: [],
    family: 'keeps',
    meaning: 'An index for full text, vectors or places. It is derived: it lags behind the truth and can be built again from it.',
    first: ['rebuild-from', 'shards', 'replicas', 'refresh', 'zones'],
    defaults: [],
  },
  {
    name: 'coordinator',
    aliases: [],
    family: 'others',
    meaning: 'A small store that a majority of voters agrees on, for locks, leases, leader election, membership and configuration.',
    first: ['voters', 'zones', 'lease', 'consistency'],
    defaults: [],
  },
  {
    name: 'cdc',
    aliases: [],
    family: 'carries',
    meaning:
      'Reads the changes of a database, from its log or an outbox table, and passes them on as events. While it is down, changes pile up at the source.',
    first: ['replicas', 'max-backlog', 'on-gap', 'tasks', 'delivery'],
    defaults: [],
  },
  {
    name: 'external',
    aliases: [],
    family: 'others',
    meaning:
      'Somebody else’s system: a payment provider, a mail service, a partner. You get its quota and its availability, and cannot repair it.',
    first: ['availability', 'latency', 'quota', 'idempotent', 'webhook', 'dedupe'],
    defaults: defaults('high', 'Stripe documentation, Webhooks', { delivery: 'at-least-once', order: 'none' }),
  },
  {
    name: 'monitor',
    aliases: [],
    family: 'others',
    meaning: 'Receives metrics, logs and traces and raises alarms. It must not depend on what it watches.',
    first: ['zones', 'retention', 'via'],
    defaults: [],
  },
]

export const containers: readonly ContainerWord[] = [
  {
    name: 'region',
    meaning: 'A place with its own power, network and control plane, far from the next: what is in it can fall together.',
    failureDomain: true,
  },
  { name: 'zone', meaning: 'A part of a region that fails on its own; about 1 ms from its neighbours.', failureDomain: true },
  {
    name: 'cell',
    meaning: 'A complete, independent copy of the system for a share of the users, so that a fault or a bad deployment reaches only those.',
    failureDomain: true,
  },
  { name: 'host', meaning: 'One machine. Components on it share its fate, however many they are.', failureDomain: true },
  {
    name: 'provider',
    meaning: 'A company or account whose outage, bill or mistake takes all of it: a cloud, a registrar, a network.',
    failureDomain: true,
  },
  {
    name: 'trust-zone',
    meaning: 'Where one level of trust holds. An arrow across its border has to prove who is calling.',
    failureDomain: false,
  },
  { name: 'group', meaning: 'A frame in the picture, for reading only. It means nothing to the rules.', failureDomain: false },
]
