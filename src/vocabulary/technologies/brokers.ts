/** Queues, logs, topics and change capture. */
import { defaults } from '../make.ts'
import type { Technology } from '../vocabulary.ts'

const KAFKA = 'Apache Kafka documentation, Configuration and Design, https://kafka.apache.org/documentation/'
const KINESIS = 'Amazon Kinesis Data Streams Developer Guide, Quotas and limits, https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html'
const PULSAR = 'Apache Pulsar documentation, Concepts and broker configuration'
const RABBITMQ = 'RabbitMQ documentation, Consumers, Confirms and Dead Letter Exchanges, https://www.rabbitmq.com/docs'
const QUORUM = 'RabbitMQ documentation, Quorum Queues, https://www.rabbitmq.com/docs/quorum-queues'
const SQS = 'Amazon SQS Developer Guide, Quotas and Dead-letter queues, https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/'
const SNS = 'Amazon SNS Developer Guide, Message delivery retries'
const EVENTBRIDGE = 'Amazon EventBridge User Guide, Retry policy'
const PUBSUB = 'Google Cloud Pub/Sub documentation, Quotas and Ordering messages'
const NATS = 'NATS documentation, Core NATS'
const JETSTREAM = 'NATS documentation, JetStream'
const REDIS_PUBSUB = 'Redis documentation, Pub/Sub'
const REDIS_STREAMS = 'Redis documentation, Streams'
const DEBEZIUM = 'Debezium documentation, Exactly once delivery and PostgreSQL connector'

const awsQueue = {
  managed: 'yes', survives: 'zone', zones: '3', replicas: '3', durable: 'yes', durability: 'quorum-fsync', delivery: 'at-least-once', visibility: '30s', retention: '4d',
  'in-flight-limit': '120k', 'max-deliveries': 'unlimited', 'max-length': 'unlimited', availability: '99.9%',
} as const

export const messaging: readonly Technology[] = [
  {
    name: 'kafka', aliases: ['apache-kafka'], label: 'Apache Kafka', kinds: ['log', 'topic', 'queue'],
    meaning: 'A replicated, partitioned log. A write is safe once all in-sync replicas have it in memory.',
    defaults: [
      ...defaults('high', KAFKA, {
        replication: 'leader-follower', 'replication-factor': '1', 'min-isr': '1', 'unclean-election': 'no', durability: 'os-buffer', delivery: 'at-least-once',
        order: 'per-partition', retention: '7d', 'offsets-retention': '7d', visibility: '5min', 'max-poll-records': '500', 'auto-commit': '5s', 'offset-reset': 'latest',
        'read-isolation': 'read-uncommitted', 'transaction-max': '15min', 'value-limit': '1MiB', compaction: 'no', 'tombstone-grace': '24h', durable: 'yes',
        partitioning: 'hash', 'failover.mode': 'auto', 'failover.arbiter': 'quorum', 'failover.fencing': 'yes', 'max-length': 'unlimited',
      }),
      ...defaults('high', KAFKA, { acks: 'all', 'idempotent-producer': 'yes' }, { from: '3.0' }),
      ...defaults('high', KAFKA, { acks: '1', 'idempotent-producer': 'no' }, { below: '3.0' }),
      ...defaults('medium', KAFKA, { 'max-deliveries': 'unlimited', 'on-partition': 'refuse-minority' }),
      ...defaults('low', 'A rule of thumb for one partition’s writes; measure yours', { 'partition-limit.bytes': '10MB/s' }),
    ],
    traps: [
      'min.insync.replicas is 1 by default: when followers lag, `acks: all` is one copy.',
      'Nothing is flushed to disk for each write: safety is in the number of replicas.',
      'More partitions change which partition a key is in, and with it the order.',
      'A consumer that needs longer than max.poll.interval.ms loses its partitions to others.',
      'Auto-commit moves the position on whether or not the work is done.',
      'In a group, more consumers than partitions are idle.',
    ],
    confidence: 'high', source: KAFKA,
  },
  {
    name: 'kinesis', aliases: ['kinesis-data-streams'], label: 'Amazon Kinesis', kinds: ['log'],
    meaning: 'A managed log of shards, copied to three zones before a write is acknowledged.',
    defaults: defaults('high', KINESIS, {
      managed: 'yes', survives: 'zone', zones: '3', replicas: '3', 'replication-factor': '3', 'min-isr': '3', sync: 'sync', durable: 'yes', durability: 'quorum-fsync',
      delivery: 'at-least-once', order: 'per-partition', retention: '24h', 'value-limit': '1MiB', 'partition-limit.write': '1k/s', 'partition-limit.bytes': '1MB/s',
      'partition-limit.read': '2MB/s', partitioning: 'hash', availability: '99.9%',
    }),
    traps: [
      'A producer’s retry makes a duplicate.',
      'A shard takes 1 MB or 1,000 records a second, and gives 2 MB in five reads a second, shared by all consumers without enhanced fan-out.',
      'Kept for 24 hours by default, at most for 365 days.',
      'Records of up to 10 MiB are possible since late 2025 if a stream is set so.',
    ],
    confidence: 'high', source: KINESIS,
  },
  {
    name: 'pulsar', aliases: ['apache-pulsar'], label: 'Apache Pulsar', kinds: ['log', 'topic', 'queue'],
    meaning: 'Brokers over a separate store of log segments (BookKeeper).',
    defaults: defaults('medium', PULSAR, {
      replication: 'consensus', 'replication-factor': '2', 'min-isr': '2', sync: 'sync(1)', durability: 'fsync', durable: 'yes', delivery: 'at-least-once', order: 'per-partition',
      replayable: 'no', 'producer-dedupe': 'none', 'value-limit': '5MiB', 'failover.mode': 'auto', 'failover.arbiter': 'external', 'failover.fencing': 'yes',
    }),
    traps: ['What all subscriptions have acknowledged is deleted, unless a retention is set.', 'Deduplication of producers is off.', 'By default each entry has two copies and both must answer.'],
    confidence: 'medium', source: PULSAR,
  },
  {
    name: 'rabbitmq', aliases: [], label: 'RabbitMQ', kinds: ['queue', 'topic'],
    meaning: 'Exchanges that route messages into queues. Say `rabbitmq-quorum` or `rabbitmq-classic` where the type of the queue is known.',
    defaults: [
      ...defaults('high', RABBITMQ, { delivery: 'at-least-once', visibility: '30min', 'dead-letter-delivery': 'at-most-once' }),
      ...defaults('high', RABBITMQ, { 'value-limit': '16MiB' }, { from: '4.0' }),
      ...defaults('high', RABBITMQ, { 'value-limit': '128MiB', 'max-deliveries': 'unlimited' }, { below: '4.0' }),
    ],
    traps: [
      'At-least-once needs publisher confirms and manual acknowledgements: without confirms a publish can vanish.',
      'A queue is classic, and not replicated, unless it is declared as quorum.',
      'Dead-lettering is at-most-once by default.',
    ],
    confidence: 'high', source: RABBITMQ,
  },
  {
    name: 'rabbitmq-quorum', aliases: [], label: 'RabbitMQ quorum queue', kinds: ['queue'],
    meaning: 'A RabbitMQ queue whose members agree on each message by Raft.',
    defaults: [
      ...defaults('high', QUORUM, {
        replication: 'consensus', 'replication-factor': '3', sync: 'quorum', durable: 'yes', durability: 'quorum-fsync', delivery: 'at-least-once', visibility: '30min',
        'dead-letter-delivery': 'at-most-once', 'on-partition': 'refuse-minority', 'failover.mode': 'auto', 'failover.arbiter': 'quorum', 'failover.fencing': 'yes',
      }),
      ...defaults('high', QUORUM, { 'max-deliveries': '20', 'value-limit': '16MiB' }, { from: '4.0' }),
      ...defaults('high', QUORUM, { 'max-deliveries': 'unlimited', 'value-limit': '128MiB' }, { below: '4.0' }),
    ],
    traps: [
      'Since 4.0 a message is dropped, or dead-lettered if that is configured, after 20 deliveries; before, never.',
      'Dead-lettering is at-most-once unless the at-least-once strategy is chosen, with overflow reject-publish.',
      'First in, first out holds for one consumer: requeues and competing consumers break it.',
    ],
    confidence: 'high', source: QUORUM,
  },
  {
    name: 'rabbitmq-classic', aliases: [], label: 'RabbitMQ classic queue', kinds: ['queue'],
    meaning: 'A RabbitMQ queue on one node.',
    defaults: [
      ...defaults('high', RABBITMQ, { replication: 'none', 'replication-factor': '1', 'max-deliveries': 'unlimited', visibility: '30min', 'dead-letter-delivery': 'at-most-once', 'max-length': 'unlimited' }),
      ...defaults('medium', RABBITMQ, { delivery: 'at-least-once', overflow: 'drop-oldest' }),
      ...defaults('high', RABBITMQ, { 'value-limit': '16MiB' }, { from: '4.0' }),
      ...defaults('high', RABBITMQ, { 'value-limit': '128MiB' }, { below: '4.0' }),
    ],
    traps: [
      'Not replicated since 4.0: losing the node loses the queue, or makes it wait.',
      'At-least-once only for durable queues with persistent messages and confirms.',
      'Under a memory alarm all publishers of the cluster are blocked.',
    ],
    confidence: 'high', source: RABBITMQ,
  },
  {
    name: 'sqs', aliases: [], label: 'Amazon SQS', kinds: ['queue'],
    meaning: 'A managed queue without order that keeps each message in several zones.',
    defaults: [
      ...defaults('high', SQS, { ...awsQueue, order: 'none', 'dead-letter-age': 'kept' }),
      ...defaults('medium', SQS, { 'value-limit': '1MiB', sync: 'quorum' }),
    ],
    traps: [
      'The same message can come twice, and in any order.',
      'A message on the dead-letter queue keeps its first time-stamp: give that queue a longer retention.',
      'Without a redrive policy a message that always fails comes back until its retention ends.',
      'Messages may have 1 MiB since August 2025; before, and in older clients, 256 KiB.',
    ],
    confidence: 'high', source: SQS,
  },
  {
    name: 'sqs-fifo', aliases: [], label: 'Amazon SQS FIFO', kinds: ['queue'],
    meaning: 'A managed queue that keeps the order within a message group and drops repeats for five minutes.',
    defaults: [
      ...defaults('high', SQS, { ...awsQueue, order: 'per-key', 'producer-dedupe': '5min', 'group-readers': '1', 'dead-letter-age': 'reset' }),
      ...defaults('medium', SQS, { 'value-limit': '1MiB', sync: 'quorum', 'partition-limit.write': '300/s' }),
    ],
    traps: [
      'One message that fails holds up its whole group.',
      'A repeat after more than five minutes is a new message.',
      '300 calls a second, 3,000 messages with batches; high-throughput mode gives that to each partition.',
    ],
    confidence: 'high', source: SQS,
  },
  {
    name: 'sns', aliases: [], label: 'Amazon SNS', kinds: ['topic'],
    meaning: 'A managed topic that pushes to queues, functions, web addresses and phones.',
    defaults: defaults('medium', SNS, { managed: 'yes', survives: 'zone', zones: '3', delivery: 'at-least-once', order: 'none', durable: 'yes', replayable: 'no', 'value-limit': '256KiB', availability: '99.9%' }),
    traps: ['What cannot be delivered after its retries is dropped, unless the subscription has a dead-letter queue.'],
    confidence: 'medium', source: SNS,
  },
  {
    name: 'eventbridge', aliases: [], label: 'Amazon EventBridge', kinds: ['topic'],
    meaning: 'A managed bus that matches events against rules and passes them to targets.',
    defaults: defaults('medium', EVENTBRIDGE, { managed: 'yes', survives: 'zone', zones: '3', delivery: 'at-least-once', order: 'none', durable: 'yes', 'value-limit': '256KiB', 'max-deliveries': '185', 'max-age': '24h' }),
    traps: ['An event is tried for 24 hours and up to 185 times; then it is dropped, unless the target has a dead-letter queue.'],
    confidence: 'medium', source: EVENTBRIDGE,
  },
  {
    name: 'google-pubsub', aliases: ['pubsub'], label: 'Google Cloud Pub/Sub', kinds: ['topic', 'queue', 'log'],
    meaning: 'A managed topic with subscriptions that each keep their own backlog.',
    defaults: [
      ...defaults('high', PUBSUB, { managed: 'yes', delivery: 'at-least-once', order: 'none', durable: 'yes', visibility: '10s', retention: '7d', 'value-limit': '10MB', 'partition-limit.bytes': '1MB/s', 'max-deliveries': 'unlimited' }),
      ...defaults('medium', PUBSUB, { survives: 'zone', zones: '3', durability: 'quorum-fsync' }),
    ],
    traps: ['Order only with an ordering key, and then 1 MB/s for each key.', 'Exactly-once delivery is an option, within a region, for pull subscriptions.', 'Client libraries prolong the 10 s deadline by themselves.'],
    confidence: 'medium', source: PUBSUB,
  },
  {
    name: 'nats-core', aliases: ['nats'], label: 'NATS', kinds: ['topic'],
    meaning: 'Publish and subscribe without any storage.',
    defaults: defaults('high', NATS, { replication: 'none', delivery: 'at-most-once', durable: 'no', durability: 'memory', replayable: 'no', 'value-limit': '1MB' }),
    traps: ['A subscriber that is not there at the moment gets nothing.'],
    confidence: 'high', source: NATS,
  },
  {
    name: 'redis-pubsub', aliases: [], label: 'Redis Pub/Sub', kinds: ['topic'],
    meaning: 'Publish and subscribe in Redis, without any storage.',
    defaults: defaults('high', REDIS_PUBSUB, { delivery: 'at-most-once', durable: 'no', durability: 'memory', replayable: 'no' }),
    traps: ['A subscriber that is not there at the moment gets nothing; a slow one is cut off.'],
    confidence: 'high', source: REDIS_PUBSUB,
  },
  {
    name: 'nats-jetstream', aliases: ['jetstream'], label: 'NATS JetStream', kinds: ['log', 'queue'],
    meaning: 'Streams with storage in NATS, agreed on by Raft when replicated.',
    defaults: defaults('high', JETSTREAM, {
      replication: 'consensus', 'replication-factor': '1', durable: 'yes', durability: 'os-buffer', flush: '2min', delivery: 'at-least-once', visibility: '30s',
      'max-deliveries': 'unlimited', 'producer-dedupe': '2min', retention: 'forever', 'value-limit': '1MB', 'failover.mode': 'auto', 'failover.arbiter': 'quorum', 'failover.fencing': 'yes',
    }),
    traps: ['One replica by default; two or four are no better than one or three.', 'Writes are flushed to disk every two minutes by default: with one replica a power cut loses them.', 'A repeat after more than two minutes is a new message.'],
    confidence: 'high', source: JETSTREAM,
  },
  {
    name: 'redis-streams', aliases: [], label: 'Redis Streams', kinds: ['log', 'queue'],
    meaning: 'Append-only streams in Redis, with consumer groups.',
    defaults: defaults('high', REDIS_STREAMS, {
      replication: 'leader-follower', sync: 'async', durability: 'snapshot', delivery: 'at-least-once', order: 'per-partition', retention: 'forever', 'max-deliveries': 'unlimited', 'on-partition': 'accept-both', 'single-threaded': 'yes',
    }),
    traps: ['A failover loses messages that were acknowledged to the producer.', 'Entries stay until they are trimmed, and they are in memory.', 'A stream is one key: it does not spread over a cluster.'],
    confidence: 'high', source: REDIS_STREAMS,
  },
  {
    name: 'debezium', aliases: [], label: 'Debezium', kinds: ['cdc'],
    meaning: 'Reads a database’s log of changes and writes them to Kafka.',
    defaults: [
      ...defaults('high', DEBEZIUM, { delivery: 'at-least-once', tasks: '1' }),
      ...defaults('medium', DEBEZIUM, { 'on-gap': 'stop', order: 'per-key' }),
    ],
    traps: ['After a crash it repeats what it had read since its last saved position.', 'One task for each replication slot: no parallel reading.', 'While it is down, PostgreSQL keeps the log for it.'],
    confidence: 'high', source: DEBEZIUM,
  },
]
