/** What binds effects together or makes repeating them safe: transactions, sagas, locks. */
import { arg, block, call, duration, flag, name, quantityType, reference, rowsOn, words } from '../make.ts'
import type { Property } from '../vocabulary.ts'
import { EFFECT } from './relation-verbs.ts'

const on = rowsOn('relation')

export const effects: readonly Property[] = [
  on('tx', name(), 'The transaction it belongs to.', 'tx: sell', { verbs: [...EFFECT.verbs, 'reads'] }),
  on('outbox', flag, 'The write carries, in the same transaction, the row that is later published.', 'outbox: yes', {
    verbs: ['writes', 'calls'],
    absence: 'none',
  }),
  on('saga', name(), 'The saga it is a step of.', 'saga: trip', EFFECT),
  on('step', quantityType('number'), 'Its place in the saga.', 'step: 2', EFFECT),
  on('compensate', name(), 'What undoes it.', 'compensate: refund', { ...EFFECT, absence: 'none' }),
  on('pivot', flag, 'After it there is no way back, only forward.', 'pivot: yes', EFFECT),
  on('can-refuse', flag, 'It may say no for a reason of business: no stock, no credit.', 'can-refuse: yes', EFFECT),
  on('retriable', flag, 'It can be repeated until it works.', 'retriable: yes', EFFECT),
  on('expires', duration({ limit: true }), 'What it reserved is free again after this long.', 'expires: 10min', {
    ...EFFECT,
    absence: 'none',
  }),
  on(
    'outcome',
    words({ success: 'It tells that a step worked.', failure: 'It tells that a step failed.' }),
    'What an event of a saga tells.',
    'outcome: failure',
    { verbs: ['publishes', 'delivers', 'calls', 'triggers'] },
  ),
  on(
    'resolve',
    words({
      query: 'The status is asked.',
      retry: 'It is repeated with the same key.',
      webhook: 'The other side tells.',
      none: 'Nothing.',
    }),
    'How an unknown outcome, after a time-out, is cleared up.',
    'resolve: query',
    { ...EFFECT, absence: 'concern' },
  ),
  on(
    'dedupe',
    block(name({ words: { yes: 'Repeats are recognised.' } })),
    'Repeats are recognised and not done again.',
    'dedupe { key: order-id, window: 7d }',
    { ...EFFECT, absence: 'none' },
  ),
  on('dedupe.key', name({ list: true }), 'By what a repeat is recognised.', 'key: order-id', EFFECT),
  on('dedupe.window', duration({ limit: true }), 'How long it is remembered.', 'window: 7d', { ...EFFECT, aliases: ['dedupe-window'] }),
  on('dedupe.store', reference('component'), 'Where it is remembered.', 'store: ledger', EFFECT),
  on(
    'effects',
    words(
      { 'replay-safe': 'A replay repeats nothing outside.' },
      { calls: [call('once-per', 'Once for a key, recorded for good.', arg('key', name()))] },
    ),
    'What keeps a replay from repeating it.',
    'effects: once-per(event-id)',
    { ...EFFECT, absence: 'none' },
  ),

  on(
    'fencing',
    words({
      yes: 'The protected side refuses a late holder.',
      no: 'A late holder can still write.',
      token: 'By a number that only rises.',
      epoch: 'By the leader’s epoch.',
    }),
    'What stops a holder that does not know that it lost its lock.',
    'fencing: token',
    { verbs: ['locks', 'writes', 'calls', 'fails-over-to'], absence: 'none' },
  ),
  on('lease', block(duration()), 'How long the lock holds.', 'lease { ttl: 30s, renew: 10s, hold: 12s }', { verbs: ['locks'] }),
  on('lease.ttl', duration({ limit: true }), 'Until it ends without renewal.', 'ttl: 30s', { verbs: ['locks'] }),
  on('lease.renew', duration(), 'How often it is renewed.', 'renew: 10s', { verbs: ['locks'] }),
  on('lease.hold', duration({ limit: true }), 'How long the work under it takes, at p99.', 'hold: 12s', { verbs: ['locks'] }),
  on(
    'purpose',
    words({ correctness: 'Two holders would do harm.', efficiency: 'Two holders would only waste work.' }),
    'Why it is locked.',
    'purpose: correctness',
    { verbs: ['locks'] },
  ),
  on(
    'per',
    name({ words: { global: 'There is one lock, which all take.' } }),
    'What one lock covers: one value of this key, so that only those who want the same value meet.',
    'per: event-id',
    { verbs: ['locks'] },
  ),
  on('protects', reference('component', { list: true }), 'What the lock guards.', 'protects: invoices', { verbs: ['locks'] }),
  on('on-behalf-of', reference('component', { list: true }), 'For whom the lock is held.', 'on-behalf-of: scheduler', { verbs: ['locks'] }),
]
