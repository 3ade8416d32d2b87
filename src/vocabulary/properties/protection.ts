/** What protects a component: limits, shedding, scaling, health checks. */
import { block, count, duration, flag, rate, ratio, rowsOn, words } from '../make.ts'
import type { Property } from '../vocabulary.ts'

const on = rowsOn('component')

export const protection: readonly Property[] = [
  on(
    'rate-limit',
    block(rate()),
    'Refuses requests beyond a limit, so that one caller cannot take what all share.',
    'rate-limit { limit: 100/s, per: client, state: shared }',
    { absence: 'none' },
  ),
  on('rate-limit.limit', rate({ limit: true }), 'How much passes.', 'limit: 100/s'),
  on(
    'rate-limit.per',
    words({
      client: 'Counted for each caller.',
      tenant: 'Counted for each tenant.',
      user: 'Counted for each person.',
      ip: 'Counted for each address.',
      route: 'Counted for each path.',
      global: 'Counted once for all.',
    }),
    'Who shares one limit.',
    'per: client',
  ),
  on(
    'rate-limit.state',
    words({ local: 'Each instance counts for itself, so the real limit is n times higher.', shared: 'One count for all instances.' }),
    'Where the count is kept.',
    'state: shared',
  ),
  on(
    'rate-limit.atomic',
    flag,
    'Reading and raising the count is one step. If not, callers at the same moment slip through.',
    'atomic: yes',
  ),
  on(
    'rate-limit.algorithm',
    words({
      'fixed-window': 'Counts per clock interval; twice the limit may pass around its edge.',
      'sliding-window': 'Counts over the last interval.',
      'token-bucket': 'Allows bursts up to the bucket, then the refill rate.',
      'leaky-bucket': 'Lets requests out at an even pace.',
    }),
    'How it counts.',
    'algorithm: token-bucket',
  ),
  on(
    'rate-limit.on-failure',
    words({ open: 'Lets everything through.', closed: 'Lets nothing through.' }),
    'What happens when the counter cannot be reached.',
    'on-failure: open',
  ),
  on('load-shed', flag, 'Under overload it refuses the least important requests early instead of getting slow for all.', 'load-shed: yes', {
    absence: 'none',
  }),
  on('waf', flag, 'A web application firewall filters what comes in.', 'waf: yes', { absence: 'concern' }),
  on('autoscale', block(), 'Replicas are added and removed by load.', 'autoscale { min: 12, max: 60, ready: 90s }', { absence: 'none' }),
  on('autoscale.min', count(), 'Never fewer replicas.', 'min: 12'),
  on('autoscale.max', count({ limit: true }), 'Never more replicas.', 'max: 60'),
  on(
    'autoscale.ready',
    duration(),
    'From the rise in load until a new replica serves: metric window, decision, start, warm-up.',
    'ready: 90s',
  ),
  on(
    'autoscale.mode',
    words({ reactive: 'Follows the load.', scheduled: 'By the clock.', predictive: 'By a forecast.' }),
    'What makes it scale.',
    'mode: scheduled',
  ),
  on('deploy-surge', ratio(), 'How many more replicas run during a rolling deployment.', 'deploy-surge: 25%'),

  on(
    'health-check',
    words({
      none: 'Nobody checks; a dead target keeps getting requests.',
      shallow: 'Checks the process itself.',
      deep: 'Checks what it depends on, too: a shared dependency can then take the whole fleet out.',
    }),
    'How it is found out whether it works.',
    'health-check: shallow',
  ),
  on('heartbeat', block(duration()), 'A sign of life at an interval; on a delivery it also extends the lease.', 'heartbeat: 10s', {
    absence: 'none',
  }),
  on('restart', duration(), 'From a crash until it serves again.', 'restart: 20s'),
  on('warm-up', duration(), 'From its start until it is as fast as usual.', 'warm-up: 3min'),
  on('idle-timeout', duration({ limit: true }), 'A connection that says nothing for this long is closed.', 'idle-timeout: 60s'),
  on('streaming', flag, 'Holds long-lived connections rather than answering single requests.', 'streaming: yes'),
  on('connections', count(), 'Connections open at the same time, all replicas together.', 'connections: 1M'),
  on('spread', duration(), 'Window over which many actors that would move at once are spread.', 'spread: 15s', { absence: 'none' }),
  on(
    'jitter',
    words({
      none: 'All at the same moment.',
      equal: 'Half fixed, half random.',
      full: 'Anywhere between nothing and the whole wait.',
      decorrelated: 'Random, growing from the last wait.',
    }),
    'How much chance is in its waits and periods.',
    'jitter: full',
  ),
]
