/** What queues, logs, topics and change capture can say: what they keep, for how long, in which order, and how often they hand it out. */
import { arg, block, call, count, duration, flag, name, quantityType, reference, rowsOn, words } from '../make.ts'
import type { Property } from '../vocabulary.ts'

const on = rowsOn('component')
const CARRIES = ['queue', 'log', 'topic']
const BROKER = { kinds: CARRIES }
const KEEPS = { kinds: ['queue', 'log', 'topic', 'database', 'cache', 'object-store', 'coordinator', 'search'] }
const BUFFER = { kinds: [...CARRIES, 'service', 'worker', 'client', 'gateway', 'stream-processor', 'cache', 'database', 'cdc', 'monitor'] }
export const deliveryType = words({
  'at-most-once': 'A message may be lost, but never comes twice.',
  'at-least-once': 'A message is not lost, but may come more than once.',
  'exactly-once': 'Claims neither. True only inside one transaction with the effect.',
})

export const brokers: readonly Property[] = [
  on('delivery', deliveryType, 'How often a message can arrive.', 'delivery: at-least-once', {
    kinds: [...CARRIES, 'scheduler', 'cdc', 'external', 'workflow', 'function', 'object-store', 'database'],
  }),
  on(
    'order',
    words(
      {
        none: 'In any order.',
        'per-key': 'In order for each key.',
        'per-partition': 'In order within a partition.',
        total: 'One order for all.',
      },
      { calls: [call('per-key', 'In order for each value of this key.', arg('key', name()))] },
    ),
    'Which order of messages it keeps.',
    'order: per-key',
    { kinds: [...CARRIES, 'stream-processor', 'cdc', 'external', 'database', 'worker'] },
  ),
  on(
    'partitions',
    count({ words: { elastic: 'Their number changes while it runs, and with it which key is where.' } }),
    'Parts that are read independently. In a consumer group at most one reader each.',
    'partitions: 64',
    { kinds: [...CARRIES, 'stream-processor', 'database', 'search', 'worker', 'batch'] },
  ),
  on('replication-factor', count(), 'Copies of each partition.', 'replication-factor: 3', { ...KEEPS, aliases: ['rf'] }),
  on(
    'min-isr',
    count(),
    'Copies that must be in sync for a write to be taken: with `acks: all`, the fewest copies of an acknowledged message.',
    'min-isr: 2',
    KEEPS,
  ),
  on(
    'acks',
    count({ words: { all: 'All copies that are in sync.', quorum: 'A majority.', none: 'Nobody: messages can be lost unseen.' } }),
    'How many copies a producer waits for.',
    'acks: all',
    { kinds: [...CARRIES, 'cdc', 'service', 'worker'] },
  ),
  on('unclean-election', flag, 'A copy that is behind may become leader: available, but with loss.', 'unclean-election: no', KEEPS),
  on('idempotent-producer', flag, 'The broker drops what a producer sends twice by retrying.', 'idempotent-producer: yes', {
    kinds: [...CARRIES, 'cdc'],
  }),
  on('compaction', flag, 'Of each key only the last message is kept.', 'compaction: yes', { kinds: ['log', 'topic', 'queue', 'database'] }),
  on('max-length', quantityType('count-or-size', { limit: true }), 'How much may wait.', 'max-length: 1M', BUFFER),
  on(
    'overflow',
    words({
      reject: 'The sender is told.',
      block: 'The sender waits.',
      'drop-oldest': 'The oldest is lost.',
      'drop-newest': 'The newest is lost.',
      spill: 'The rest goes to a larger, slower place.',
    }),
    'What happens when it is full.',
    'overflow: reject',
    BUFFER,
  ),
  on(
    'visibility',
    duration({ limit: true }),
    'How long a message stays with one consumer before another gets it: visibility time-out, acknowledgement deadline, longest time between polls.',
    'visibility: 5min',
    {
      kinds: [...CARRIES, 'scheduler', 'workflow', 'database', 'cache'],
      aliases: ['ack-deadline', 'ack-wait', 'max-poll-interval', 'consumer-timeout'],
    },
  ),
  on(
    'max-poll-records',
    count(),
    'Messages that a consumer may take at once and must finish within one lease.',
    'max-poll-records: 500',
    BROKER,
  ),
  on(
    'auto-commit',
    duration({ limit: true, words: { no: 'Only when the consumer says so.' } }),
    'How often the position moves on by itself, whether or not the work is done.',
    'auto-commit: 5s',
    BROKER,
  ),
  on('max-deliveries', count({ limit: true }), 'How often a message is tried.', 'max-deliveries: 5', {
    kinds: [...CARRIES, 'function', 'workflow', 'database', 'cache'],
    aliases: ['delivery-limit'],
  }),
  on(
    'dead-letter',
    reference('component', { kinds: ['queue', 'log', 'topic', 'object-store', 'database'] }),
    'Where messages go that could not be processed.',
    'dead-letter: parked',
    { kinds: [...CARRIES, 'worker', 'function', 'stream-processor', 'service'], absence: 'none' },
  ),
  on(
    'dead-letter-delivery',
    deliveryType,
    'Whether a message can be lost on its way there.',
    'dead-letter-delivery: at-least-once',
    BROKER,
  ),
  on(
    'dead-letter-age',
    words({ kept: 'It keeps counting from its first day: it may end soon after it was put aside.', reset: 'It starts anew.' }),
    'Whether the age of a message starts anew where it is put aside.',
    'dead-letter-age: reset',
    BROKER,
  ),
  on(
    'redrive',
    words({ manual: 'A person sends them back.', auto: 'They go back by themselves.', none: 'They stay.' }),
    'How messages that were put aside come back to what they came from.',
    'redrive: manual',
    { ...BROKER, absence: 'none' },
  ),
  on(
    'producer-dedupe',
    duration({ limit: true }),
    'How long the broker recognises a message that is sent again.',
    'producer-dedupe: 5min',
    { kinds: [...CARRIES, 'external'], absence: 'none' },
  ),
  on('durable', flag, 'Messages survive a restart of the broker.', 'durable: yes', { kinds: [...CARRIES, 'workflow', 'scheduler'] }),
  on('replayable', flag, 'What was read can be read again.', 'replayable: yes', BROKER),
  on(
    'offset-reset',
    words({
      earliest: 'From the beginning: everything comes again.',
      latest: 'From now: what came meanwhile is lost.',
      none: 'It stops and asks.',
    }),
    'Where a consumer begins that has no position.',
    'offset-reset: earliest',
    { kinds: [...CARRIES, 'worker', 'stream-processor', 'service'] },
  ),
  on(
    'offsets-retention',
    duration({ limit: true }),
    'How long the position of a silent consumer is remembered.',
    'offsets-retention: 7d',
    BROKER,
  ),
  on(
    'read-isolation',
    words({
      'read-uncommitted': 'Consumers see messages of transactions that may still be undone.',
      'read-committed': 'Only of finished ones.',
    }),
    'Which messages a consumer sees.',
    'read-isolation: read-committed',
    BROKER,
  ),
  on('transaction-max', duration(), 'The longest that the broker lets a transaction stay open.', 'transaction-max: 15min', BROKER),
  on('in-flight-limit', count({ limit: true }), 'Messages that may be with consumers at once.', 'in-flight-limit: 120k', BROKER),
  on('group-readers', count(), 'Readers of one partition or group at a time.', 'group-readers: 1', BROKER),
  on('confirm', flag, 'The broker confirms each message that it has.', 'confirm: yes', { kinds: [...CARRIES] }),
  on('requeue', flag, 'A message that failed goes back in and may change places with later ones.', 'requeue: yes', BROKER),
  on(
    'schema',
    block(
      words({
        avro: 'Avro.',
        protobuf: 'Protocol Buffers.',
        'json-schema': 'JSON Schema.',
        json: 'JSON that nobody checks.',
        none: 'None.',
      }),
    ),
    'How messages are described, and what may change.',
    'schema { format: avro, compat: full-transitive }',
    { kinds: [...CARRIES, 'cdc', 'database'], absence: 'concern' },
  ),
  on(
    'schema.format',
    words({ avro: 'Avro.', protobuf: 'Protocol Buffers.', 'json-schema': 'JSON Schema.', json: 'JSON that nobody checks.', none: 'None.' }),
    'The language of the description.',
    'format: avro',
    { kinds: [...CARRIES, 'cdc', 'database'] },
  ),
  on(
    'schema.compat',
    words({
      none: 'Anything may change.',
      backward: 'New readers understand old messages: consumers move first.',
      forward: 'Old readers understand new messages: producers move first.',
      full: 'Both.',
      'backward-transitive': 'New readers understand all older messages.',
      'forward-transitive': 'All older readers understand new messages.',
      'full-transitive': 'Both, over all versions: needed where old messages are read again.',
    }),
    'Which changes are let through.',
    'compat: full-transitive',
    { kinds: [...CARRIES, 'cdc', 'database'] },
  ),
  on('subscribers', count(), 'How many get each message.', 'subscribers: 12', { kinds: ['topic', 'log'] }),

  on(
    'max-backlog',
    quantityType('duration-or-size', { limit: true }),
    'How much the source keeps for it while it is down. `unlimited` can fill the source’s disk.',
    'max-backlog: 50GB',
    { kinds: ['cdc', 'database', 'log'] },
  ),
  on(
    'on-gap',
    words({ resnapshot: 'It reads everything again.', stop: 'It stops.', skip: 'It goes on with a hole.' }),
    'What it does when the source no longer has what it needs.',
    'on-gap: resnapshot',
    { kinds: ['cdc', 'search', 'cache', 'worker', 'stream-processor'] },
  ),
  on('tasks', count(), 'Readers that work in parallel.', 'tasks: 1', { kinds: ['cdc', 'stream-processor', 'batch'] }),
]
