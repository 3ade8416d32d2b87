/** What an arrow can say about security, failover, roll-out and periods. */
import { arg, block, call, duration, flag, name, optional, rate, ratio, reference, rowsOn, textType, words } from '../make.ts'
import type { Property } from '../vocabulary.ts'
import { REQUEST } from './relation-verbs.ts'

const on = rowsOn('relation')

export const operation: readonly Property[] = [
  on(
    'auth',
    words(
      {
        none: 'Nothing.',
        token: 'A bearer token.',
        mtls: 'Certificates on both ends.',
        session: 'A session.',
        'signed-url': 'The URL carries the permission.',
        signature: 'The body is signed.',
        'api-key': 'A secret key.',
      },
      { list: true },
    ),
    'How the called one makes sure who is calling, on this arrow.',
    'auth: mtls',
    { absence: 'concern' },
  ),
  on('rate-limit', block(rate()), 'Lets only so many through.', 'rate-limit: 500/s', { ...REQUEST, absence: 'none' }),
  on('rate-limit.limit', rate({ limit: true }), 'How much passes.', 'limit: 500/s', REQUEST),
  on(
    'rate-limit.per',
    words({ client: 'For each caller.', tenant: 'For each tenant.', user: 'For each person.', global: 'For all.' }),
    'Who shares one limit.',
    'per: tenant',
    REQUEST,
  ),
  on(
    'health-check',
    words({ none: 'A dead target keeps getting requests.', shallow: 'The process itself.', deep: 'And what it depends on.' }),
    'How it is found out whether the target works.',
    'health-check: shallow',
    { verbs: ['routes', 'calls', 'resolves', 'fails-over-to'] },
  ),
  on(
    'needed-for',
    words({
      start: 'Without it the other does not start.',
      request: 'Without it the other cannot serve.',
      nothing: 'The other goes on with what it has.',
    }),
    'What the dependent needs it for.',
    'needed-for: start',
  ),
  on(
    'cache-validity',
    duration({ limit: true }),
    'How long what was fetched is good enough when the source is gone.',
    'cache-validity: 1h',
    { absence: 'none' },
  ),
  on('ttl', duration({ limit: true }), 'How long an answer is used again.', 'ttl: 60s', {
    verbs: ['resolves', 'reads', 'caches', 'calls', 'configures', 'writes'],
  }),
  on('max-age', duration({ limit: true }), 'How long the caller’s own copy is used again.', 'max-age: 30s', {
    verbs: ['calls', 'reads', 'routes', 'resolves', 'caches'],
  }),
  on(
    'rollout',
    words(
      { staged: 'Step by step.', 'all-at-once': 'Everywhere in one step.' },
      {
        calls: [
          call(
            'staged',
            'With the share of each step, the unit, and the time each is watched.',
            arg('share', ratio()),
            optional('by', name()),
            optional('bake', duration()),
          ),
        ],
      },
    ),
    'How a change reaches all it is for.',
    'rollout: staged(1%, region, 10min)',
    { verbs: ['configures'] },
  ),
  on(
    'trace',
    words({ propagate: 'The trace goes along.', none: 'The trace ends here.' }),
    'Whether the trace of a request goes along.',
    'trace: propagate',
    { absence: 'concern' },
  ),
  on('detect', duration(), 'Until the failure is noticed.', 'detect: 30s', { verbs: ['fails-over-to'] }),
  on('decide', duration(), 'Until it is decided.', 'decide: 5min', { verbs: ['fails-over-to'] }),
  on('promote', duration(), 'Until the other one serves.', 'promote: 60s', { verbs: ['fails-over-to'] }),
  on('mode', words({ auto: 'By itself.', manual: 'A person decides.' }), 'Who decides.', 'mode: auto', { verbs: ['fails-over-to'] }),
  on('via', reference('component', { list: true }), 'The tool that does it.', 'via: deployer', {
    verbs: ['fails-over-to', 'backs-up', 'configures', 'observes'],
  }),
  on(
    'exercised',
    words({ always: 'In use all the time.', yes: 'Tried regularly.', never: 'Nobody has tried it.' }),
    'Whether this way out is known to work.',
    'exercised: yes',
    { absence: 'concern' },
  ),
  on('period', duration(), 'How often.', 'period: 1d', { verbs: ['reconciles', 'triggers', 'backs-up', 'observes', 'resolves'] }),
  on('cron', textType, 'When, as a cron expression.', 'cron: "0 2 * * *"', { verbs: ['triggers'] }),
  on('retention', duration({ limit: true }), 'How long what it copies is kept.', 'retention: 35d', {
    verbs: ['backs-up', 'replicates', 'observes'],
  }),
  on('pitr', flag, 'Any moment can be restored.', 'pitr: yes', { verbs: ['backs-up'] }),
  on('tested', flag, 'A restore was tried.', 'tested: yes', { verbs: ['backs-up'] }),
  on('immutable', flag, 'Nobody can delete the copies before their time.', 'immutable: yes', { verbs: ['backs-up'] }),
  on(
    'effort',
    words({ online: 'Competes with users’ requests.', offline: 'Reads a replica or a snapshot.' }),
    'Where a heavy read runs.',
    'effort: offline',
    { verbs: ['reads', 'captures', 'backs-up'] },
  ),
  on('measured', name({ list: true }), 'Which of its numbers were measured.', 'measured: [rate]'),
  on('note', textType, 'Anything worth telling a reader. It means nothing to the rules.', 'note: "to be removed in May"'),
]
