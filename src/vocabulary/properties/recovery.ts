/** How stores fail over, are backed up and are filled again; what locks they can give. */
import { arg, block, call, duration, flag, name, rate, ratio, reference, rowsOn, words } from '../make.ts'
import type { Property } from '../vocabulary.ts'
import { invariantType } from './invariants.ts'
import { STATE, STORE, LEADER } from './store-kinds.ts'

const on = rowsOn('component')

export const recovery: readonly Property[] = [
  on(
    'failover',
    block(words({ auto: 'By itself.', manual: 'A person decides.', none: 'Not at all.' })),
    'How another takes over when the leader is lost.',
    'failover { mode: auto, arbiter: quorum, detect: 10s, promote: 20s, fencing: yes }',
    LEADER,
  ),
  on(
    'failover.mode',
    words({ auto: 'By itself.', manual: 'A person decides.', none: 'Not at all.' }),
    'Who decides.',
    'mode: auto',
    LEADER,
  ),
  on('failover.detect', duration(), 'Until the loss is noticed.', 'detect: 10s', LEADER),
  on('failover.decide', duration(), 'Until somebody, or something, has decided.', 'decide: 5min', LEADER),
  on('failover.promote', duration(), 'Until the other one serves.', 'promote: 20s', LEADER),
  on(
    'failover.arbiter',
    words({
      quorum: 'A majority.',
      external: 'A third party such as etcd or ZooKeeper.',
      heartbeat: 'Each watches the other: a cut makes two leaders.',
      none: 'Nobody.',
    }),
    'Who makes sure that there is one leader.',
    'arbiter: quorum',
    LEADER,
  ),
  on('failover.fencing', flag, 'The old leader is shut out before the new one begins.', 'fencing: yes', { ...LEADER, absence: 'none' }),
  on(
    'failover.via',
    reference('component', { list: true }),
    'The tool that does it. It must not depend on what has failed.',
    'via: orchestrator',
    LEADER,
  ),
  on('failover.coverage', ratio(), 'Share of failures in which it works.', 'coverage: 95%', LEADER),
  on(
    'on-partition',
    words({
      'refuse-minority': 'The smaller side stops: no conflict, less availability (CP).',
      'serve-stale': 'The smaller side still answers reads, perhaps old ones.',
      'accept-both': 'Both sides take writes: available, with conflicts (AP).',
    }),
    'What each side does when the network between them is cut.',
    'on-partition: refuse-minority',
    STORE,
  ),
  on(
    'available-under',
    words(
      {
        partition: 'Claims to take writes on both sides of a cut.',
        'node-loss': 'When a node is lost.',
        'zone-loss': 'When a zone is lost.',
        'region-loss': 'When a region is lost.',
      },
      { list: true },
    ),
    'Under which failure it claims to go on.',
    'available-under: partition',
    STORE,
  ),
  on('active-active', flag, 'Several regions take writes at the same time.', 'active-active: yes', STORE),
  on(
    'backup',
    block(duration()),
    'Copies from which an older state can be restored. Replicas are none: they repeat every mistake at once.',
    'backup { interval: 5min, pitr: yes, to: archive, tested: yes }',
    { kinds: STATE, absence: 'concern' },
  ),
  on('backup.interval', duration(), 'How often.', 'interval: 1h', STORE),
  on('backup.pitr', flag, 'Any moment can be restored, not only the last copy.', 'pitr: yes', STORE),
  on('backup.to', reference('component'), 'Where it goes. Another region, another account.', 'to: archive', STORE),
  on(
    'backup.tested',
    words(
      { yes: 'A restore was tried.', no: 'Nobody has restored it.' },
      { calls: [call('ago', 'How long ago it was tried.', arg('time', duration()))] },
    ),
    'Whether a restore was tried.',
    'tested: yes',
    STORE,
  ),
  on('backup.immutable', flag, 'Nobody can delete it before its time, not even an administrator.', 'immutable: yes', STORE),
  on('backup.retention', duration({ limit: true }), 'How long it is kept.', 'retention: 35d', STORE),
  on(
    'write-home',
    name(),
    'The key that says in which region an item is written, so that no two regions write the same.',
    'write-home: user-id',
    { kinds: STATE, absence: 'none' },
  ),
  on(
    'invariants',
    invariantType,
    'What must always be true of its data; the last argument is the scope.',
    'invariants: [non-negative(balance), unique(handle)]',
    STORE,
  ),

  on('versioning', flag, 'Overwritten and deleted objects can be brought back.', 'versioning: yes', {
    kinds: ['object-store', 'database'],
    absence: 'concern',
  }),
  on('immutable', flag, 'What was written cannot be changed or deleted before its time.', 'immutable: yes', { kinds: [...STORE.kinds] }),
  on(
    'conditional-writes',
    flag,
    'A write can ask that nobody else has written since: the base of fencing and of compare-and-set.',
    'conditional-writes: yes',
    STORE,
  ),
  on(
    'origin-access',
    words({ 'cdn-only': 'Only the CDN gets in.', public: 'Anybody gets in.', private: 'Only our own network gets in.' }),
    'Who can reach it past the CDN.',
    'origin-access: cdn-only',
    { kinds: ['object-store', 'service', 'gateway', 'load-balancer'] },
  ),
  on('refresh', duration({ limit: true }), 'How long until what was written can be found.', 'refresh: 1s', {
    kinds: ['search', 'database', 'cache'],
  }),
  on('rebuild-time', duration(), 'How long it takes to fill it again from its source.', 'rebuild-time: 4h', STORE),
  on('rebuild-rate', rate(), 'How many items a second can be filled in again.', 'rebuild-rate: 20k/s', STORE),
  on('lease', block(duration()), 'How long a lock or leadership holds without a sign of life.', 'lease: 15s', {
    kinds: ['coordinator', 'database', 'cache', 'service'],
  }),
  on('lease.ttl', duration(), 'Until it ends without renewal.', 'ttl: 15s', { kinds: ['coordinator', 'database', 'cache', 'service'] }),
  on('lease.renew', duration(), 'How often the holder renews it.', 'renew: 5s', { kinds: ['coordinator', 'database', 'cache', 'service'] }),
  on('fencing-token', flag, 'Each lock comes with a number that only rises, by which a late holder can be refused.', 'fencing-token: yes', {
    kinds: ['coordinator', 'database', 'cache', 'object-store'],
    absence: 'none',
  }),
  on('lock-delay', duration(), 'How long nobody gets a lock whose holder vanished.', 'lock-delay: 15s', { kinds: ['coordinator'] }),
  on('single-threaded', flag, 'Commands run one after another, so one slow command delays all.', 'single-threaded: yes', {
    kinds: ['cache', 'database', 'service', 'log', 'queue', 'topic', 'worker'],
  }),
]
