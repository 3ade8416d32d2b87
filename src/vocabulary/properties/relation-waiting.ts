/** How long an arrow waits, how often it tries, and what it does when it fails. */
import { arg, block, call, count, duration, flag, ratio, reference, rowsOn, words } from '../make.ts'
import type { Property } from '../vocabulary.ts'
import { REQUEST } from './relation-verbs.ts'

const on = rowsOn('relation')

export const waiting: readonly Property[] = [
  on('timeout', duration({ limit: true }), 'How long one try may take.', 'timeout: 200ms', { verbs: [...REQUEST.verbs, 'delivers'] }),
  on(
    'deadline',
    duration({ limit: true, words: { propagate: 'The time that is left is passed on, and the callee stops when it is over.' } }),
    'How long all tries together may take, or that the caller’s limit is passed on.',
    'deadline: propagate',
    { verbs: REQUEST.verbs },
  ),
  on('retries', count({ limit: true }), 'Tries after the first one.', 'retries: 2', {
    verbs: [...REQUEST.verbs, 'delivers', 'captures', 'dead-letters'],
  }),
  on(
    'backoff',
    words({
      none: 'At once.',
      fixed: 'After the same wait each time.',
      linear: 'After waits that grow evenly.',
      exponential: 'After waits that double.',
    }),
    'How long it waits between tries.',
    'backoff: exponential',
    { verbs: [...REQUEST.verbs, 'delivers'] },
  ),
  on('backoff-base', duration(), 'The first wait.', 'backoff-base: 50ms', { verbs: [...REQUEST.verbs, 'delivers'] }),
  on('backoff-cap', duration({ limit: true }), 'The longest wait.', 'backoff-cap: 2s', { verbs: [...REQUEST.verbs, 'delivers'] }),
  on(
    'jitter',
    words({
      none: 'All callers come back together.',
      equal: 'Half fixed, half random.',
      full: 'Anywhere between nothing and the whole wait.',
      decorrelated: 'Random, growing from the last wait.',
    }),
    'How much chance is in the waits.',
    'jitter: full',
  ),
  on('spread', duration(), 'Window over which callers that would come together are spread.', 'spread: 15s', { absence: 'none' }),
  on(
    'retry-budget',
    ratio(),
    'Share of its requests that may be retries. It bounds the storm when everything fails.',
    'retry-budget: 10%',
    { verbs: REQUEST.verbs, absence: 'none' },
  ),
  on(
    'retry-on',
    words(
      {
        connect: 'Only when the request surely was not sent.',
        timeout: 'When no answer came.',
        'server-error': 'When the server failed.',
        overload: 'When the server refused for load.',
        any: 'On any failure.',
      },
      { list: true },
    ),
    'What makes it try again.',
    'retry-on: connect',
    { verbs: REQUEST.verbs },
  ),
  on('circuit-breaker', block(), 'After many failures it stops trying for a while.', 'circuit-breaker: yes', {
    verbs: REQUEST.verbs,
    absence: 'none',
  }),
  on('circuit-breaker.threshold', ratio(), 'Share of failures that opens it.', 'threshold: 50%', { verbs: REQUEST.verbs }),
  on('circuit-breaker.open', duration(), 'How long it stays open.', 'open: 10s', { verbs: REQUEST.verbs }),
  on('bulkhead', count({ limit: true }), 'How many of the caller’s workers this dependency may hold at most.', 'bulkhead: 30', {
    verbs: REQUEST.verbs,
    absence: 'none',
  }),
  on('hedge', block(), 'A second request is sent when the first is slow; the first answer counts.', 'hedge { after: p95, cap: 5% }', {
    verbs: REQUEST.verbs,
    absence: 'none',
  }),
  on(
    'hedge.after',
    duration({
      words: {
        p50: 'When half would have answered.',
        p90: 'When 90 of 100 would have answered.',
        p95: 'When 95 of 100 would have answered.',
        p99: 'When 99 of 100 would have answered.',
      },
    }),
    'How long it waits before the second one.',
    'after: p95',
    { verbs: REQUEST.verbs },
  ),
  on('hedge.cap', ratio(), 'Share of requests that may be hedged.', 'cap: 5%', { verbs: REQUEST.verbs }),
  on(
    'criticality',
    words({ hard: 'Without it the caller fails.', soft: 'The caller goes on without it.' }),
    'Whether the caller needs it.',
    'criticality: soft',
  ),
  on(
    'fallback',
    reference('component', {
      words: {
        none: 'There is none.',
        empty: 'An empty answer.',
        default: 'A fixed answer.',
        stale: 'An older answer, of any age.',
        'local-snapshot': 'A copy saved on the caller’s own disk.',
      },
      calls: [call('stale', 'An answer of at most this age.', arg('age', duration()))],
    }),
    'What is used when it fails: a value, or another component.',
    'fallback: stale(10min)',
    { verbs: [...REQUEST.verbs, 'configures'], absence: 'none' },
  ),
  on('streaming', flag, 'A long-lived connection rather than single requests.', 'streaming: yes', {
    verbs: [...REQUEST.verbs, 'delivers'],
  }),
  on('idle-timeout', duration({ limit: true }), 'A connection that says nothing for this long is closed.', 'idle-timeout: 60s', {
    verbs: [...REQUEST.verbs, 'delivers'],
  }),
  on('heartbeat', block(duration()), 'A sign of life: keeps a connection open, or extends the lease on a message.', 'heartbeat: 30s', {
    absence: 'none',
  }),
  on('pool', count({ limit: true }), 'Connections that each replica of the caller keeps open.', 'pool: 20', { verbs: REQUEST.verbs }),
  on('async', flag, 'The caller does not wait for the answer.', 'async: yes', { verbs: [...REQUEST.verbs, 'replicates'] }),
]
