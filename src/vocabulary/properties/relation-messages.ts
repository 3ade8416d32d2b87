/** What the delivery of messages can say: order, acknowledgement, repeats, lag. */
import { arg, block, call, count, duration, flag, name, reference, rowsOn, words } from '../make.ts'
import type { Property } from '../vocabulary.ts'
import { deliveryType } from './brokers.ts'
import { DELIVERY, COPY } from './relation-verbs.ts'

const on = rowsOn('relation')

export const messages: readonly Property[] = [
  on('delivery', deliveryType, 'How often a message can arrive over it.', 'delivery: at-least-once', {
    verbs: [...DELIVERY.verbs, 'calls'],
  }),
  on(
    'ack',
    words({
      'before-processing': 'First acknowledged, then worked on: a crash loses it.',
      'after-processing': 'First worked on, then acknowledged: a crash repeats it.',
      auto: 'By itself, at a time that has nothing to do with the work.',
    }),
    'When a message counts as done.',
    'ack: after-processing',
    { verbs: ['delivers', 'captures'] },
  ),
  on('confirm', flag, 'The sender waits for the broker’s word that it has the message.', 'confirm: yes', {
    verbs: ['publishes', 'dead-letters', 'captures'],
  }),
  on(
    'acks',
    count({ words: { all: 'All copies that are in sync.', quorum: 'A majority.' } }),
    'How many copies the sender waits for.',
    'acks: all',
    { verbs: ['publishes', 'captures', 'replicates', 'dead-letters'] },
  ),
  on(
    'on-error',
    words({
      ack: 'It counts as done.',
      requeue: 'It goes back in.',
      'dead-letter': 'It is put aside.',
      stop: 'Everything waits.',
      skip: 'It is left out, and noted.',
    }),
    'What happens to a message that fails.',
    'on-error: dead-letter',
    { verbs: ['delivers', 'captures'] },
  ),
  on('max-deliveries', count({ limit: true }), 'How often a message is tried.', 'max-deliveries: 5', {
    verbs: ['delivers', 'captures', 'triggers'],
  }),
  on(
    'dead-letter',
    reference('component', { kinds: ['queue', 'log', 'topic', 'object-store', 'database'] }),
    'Where messages go that could not be processed: short for the relation `dead-letters`.',
    'dead-letter: parked',
    { verbs: ['delivers', 'captures', 'triggers'], absence: 'none' },
  ),
  on('proc-time', block(duration()), 'How long one message takes; with a `batch`, the whole batch.', 'proc-time { p50: 40ms, p99: 2s }', {
    verbs: ['delivers', 'captures', 'triggers'],
  }),
  on('proc-time.p50', duration(), 'Half take less than this.', 'p50: 40ms', { verbs: ['delivers', 'captures', 'triggers'] }),
  on('proc-time.p99', duration(), '99 of 100 take less than this.', 'p99: 2s', { verbs: ['delivers', 'captures', 'triggers'] }),
  on('proc-time.mean', duration(), 'On average.', 'mean: 60ms', { verbs: ['delivers', 'captures', 'triggers'] }),
  on('batch', count(), 'Messages, rows or requests handled together.', 'batch: 100'),
  on('concurrency', count({ limit: true }), 'Handlers per partition, or per replica where there are no partitions.', 'concurrency: 4', {
    verbs: ['delivers', 'captures', 'writes', 'reads', 'calls'],
    aliases: ['threads'],
  }),
  on(
    'affinity',
    name({ words: { key: 'Messages of one key go to the same handler, one after the other.', none: 'Any handler takes any message.' } }),
    'What keeps messages of one key in order among several handlers.',
    'affinity: key',
    { verbs: ['delivers', 'routes', 'calls'], absence: 'none' },
  ),
  on('group', name(), 'The consumer group it reads in. Each group gets every message.', 'group: billing', { verbs: ['delivers'] }),
  on(
    'offset-reset',
    words({ earliest: 'From the beginning.', latest: 'From now.', none: 'It stops and asks.' }),
    'Where it begins without a position.',
    'offset-reset: earliest',
    { verbs: ['delivers', 'captures'] },
  ),
  on('max-lag', duration({ limit: true }), 'How far it may fall behind.', 'max-lag: 5min', COPY),
  on('lag', block(duration()), 'How far it is behind.', 'lag { p99: 2s }', COPY),
  on('lag.p50', duration(), 'Usually.', 'p50: 20ms', COPY),
  on('lag.p99', duration({ limit: true }), 'In 99 of 100 moments, at most.', 'p99: 2s', COPY),
  on(
    'sync',
    words(
      {
        async: 'The source does not wait.',
        'semi-sync': 'The source waits for receipt, until a time-out.',
        sync: 'The source waits.',
        quorum: 'The source waits for a majority.',
      },
      { calls: [call('sync', 'The source waits for so many.', arg('k', count()))] },
    ),
    'Whether the source waits for the copy.',
    'sync: async',
    { verbs: ['replicates', 'captures', 'backs-up', 'writes'] },
  ),
  on('interval', duration(), 'How often.', 'interval: 1h', { verbs: ['backs-up', 'captures', 'replicates', 'observes', 'configures'] }),
  on('resync', duration(), 'How often everything is compared, so that a lost notification costs at most this long.', 'resync: 10min', {
    aliases: ['reconcile'],
    absence: 'none',
  }),
  on('origin-filter', flag, 'Changes that came from there are not sent back.', 'origin-filter: yes', { ...DELIVERY, absence: 'none' }),
  on(
    'alarm',
    words(
      {
        age: 'On the age of the oldest.',
        depth: 'On how many wait.',
        lag: 'On how far it is behind.',
        errors: 'On failures.',
        none: 'Nobody is told.',
      },
      {
        list: true,
        calls: [
          call('age', 'With the age.', arg('over', duration())),
          call('lag', 'With the lag.', arg('over', duration())),
          call('depth', 'With the number.', arg('over', count())),
        ],
      },
    ),
    'What wakes somebody.',
    'alarm: lag',
    { absence: 'concern' },
  ),
]
