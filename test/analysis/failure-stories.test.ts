/** Failures as a reviewer would tell them: small designs, what must happen written down beside each, and what must not be said. */
import assert from 'node:assert/strict'
import { aftermathOf, type Aftermath } from '../../src/analysis/aftermath.ts'
import { analyse } from '../../src/analysis/analysis.ts'
import { failureOf } from '../../src/analysis/scenario.ts'
import { backlogStory, flowStory, hitStory, shiftStory } from '../../src/analysis/story.ts'
import { failingNamed } from '../../src/analysis/targets.ts'
import type { Model } from '../../src/model/model.ts'
import { outcomeOf } from '../rules/support.ts'
import { modelOf, problemsOf } from '../support/design.ts'

interface Told {
  readonly states: readonly string[]
  /** Of each flow: the headline and its sentences. */
  readonly flows: readonly string[]
  readonly hits: readonly string[]
  /** Component → load before and after, and how full it is. */
  readonly load: Readonly<Record<string, readonly (number | undefined)[]>>
  readonly shifts: readonly string[]
  readonly backlogs: readonly string[]
  readonly effects: readonly string[]
  readonly aftermath: Aftermath
}

function told(model: Model, aftermath: Aftermath): Told {
  return {
    states: aftermath.flows.map(({ state }) => state),
    flows: aftermath.flows.map((flow) => flowStory(model, flow)).map(({ headline, details }) => (details.length === 0 ? headline : `${headline}. ${details.join(' ')}`)),
    hits: aftermath.hits.map((hit) => hitStory(model, hit)),
    load: Object.fromEntries(aftermath.shifts.map(({ component, before, after, utilisation }) => [component, [Math.round(before), Math.round(after), utilisation === undefined ? undefined : Number(utilisation.toPrecision(3))]])),
    shifts: aftermath.shifts.map((shift) => shiftStory(model, shift)),
    backlogs: aftermath.backlogs.map((backlog) => backlogStory(model, backlog)),
    effects: aftermath.effects.map(({ text }) => text),
    aftermath,
  }
}

function without(text: string, ...targets: readonly string[]): Told {
  const model = modelOf(text)
  const fails = targets.flatMap((target) => {
    const found = failingNamed(model, target)
    assert.equal(found.length, 1, target)
    return found
  })
  return told(model, aftermathOf(model, analyse(model), { fails }))
}

function inScenario(text: string, statements: string): Told {
  const model = modelOf(`${text}\nscenario "s" { ${statements} }`)
  const analysis = analyse(model)
  return told(model, aftermathOf(model, analysis, failureOf(model, analysis.flows, model.scenarios[0]!)))
}

describe('the load while something fails', () => {
  it('does not start behind what cannot be reached', () => {
    const after = without(
      `client users
       dns names
       load-balancer us, load-balancer eu
       service a { replicas: 10, capacity: 1k/s }
       service b { replicas: 10, capacity: 1k/s }
       users -> names
       names -> us : routes { share: 60% }
       names -> eu : routes { share: 40% }
       us -> a
       eu -> b
       flow "Save" { rate: 15k/s  users -> names  names -> us, eu  us -> a  eu -> b }`,
      'names',
    )
    assert.deepEqual(after.states, ['unavailable'])
    assert.deepEqual(after.load, {})
  })

  it('does not go where the flow never goes', () => {
    const after = without(
      `client web
       service api
       database primary { capacity: 2k/s, replicas: 1 }
       database reader { capacity: 2k/s, replicas: 1 }
       web -> api
       api -> primary : writes
       api -> reader : reads
       flow "Write" { rate: 1k/s  web -> api -> primary }
       flow "Read" { rate: 1500/s  web -> api -> reader }`,
      'reader',
    )
    assert.deepEqual(after.states, ['available', 'unavailable'])
    assert.deepEqual(after.load, {})
  })

  it('does not go to the target of another path', () => {
    const after = without(
      `client web
       load-balancer lb
       service a
       service b
       web -> lb
       lb -> a : routes { match: "/a", share: 30% }
       lb -> b : routes { match: "/b", share: 70% }
       flow "Use" { rate: 100/s  web -> lb  lb -> a, b }`,
      'a',
    )
    assert.deepEqual(after.load, {})
  })

  it('still reaches what only answers too late', () => {
    const after = inScenario(
      `client web
       service api
       service slow { replicas: 2, capacity: 1k/s, latency { p50: 50ms, p99: 100ms } }
       web -> api
       api -> slow : calls { timeout: 100ms }
       flow "Go" { rate: 1k/s  web -> api -> slow }`,
      'slows: slow(10), fails: replica(slow)',
    )
    assert.deepEqual(after.states, ['unavailable'])
    assert.deepEqual(after.load, { slow: [1000, 1000, 1] })
  })
})

const STANDBY = (mode: string, more = '') => `
  client web
  region us { service api-us { replicas: 4, capacity: 1k/s }  database db-us uses postgres }
  region eu { service api-eu { replicas: 2, capacity: 1k/s }  database db-eu uses postgres }
  web -> api-us
  api-us -> db-us : writes { op: insert }
  api-eu -> db-eu : writes { op: insert }
  db-us ~> db-eu : replicates { sync: async, lag: 5s }
  api-us ~> api-eu : fails-over-to { ${mode} }
  db-us ~> db-eu : fails-over-to { ${mode} }
  flow "Save" { rate: 3k/s  web -> api-us -> db-us }
  ${more}`

describe('a component that takes over', () => {
  it('does so after a pause, and what it cannot serve overloads it', () => {
    const after = without(STANDBY('mode: auto, detect: 30s, promote: 60s'), 'us')
    assert.deepEqual(after.states, ['degraded'])
    assert.match(after.flows[0]!, /`api-eu` takes over from `api-us`, which is down/)
    assert.match(after.flows[0]!, /No answer for 90s/)
    assert.match(after.flows[0]!, /`api-eu` gets 3k\/s instead of 0\/s and can serve 2k\/s: 150%/)
    assert.equal(after.aftermath.flows[0]!.pause, 90)
  })

  it('without the writes that it had not got yet', () => {
    const after = without(STANDBY('mode: auto, detect: 30s, promote: 60s'), 'db-us')
    assert.deepEqual(after.effects, ['`db-eu` takes over without the last writes of `db-us`: up to 5s of them, 15k'])
  })

  it('only once a person has decided, where a person decides', () => {
    const after = without(STANDBY('mode: manual, detect: 30s, decide: 5min, promote: 60s'), 'db-us')
    assert.deepEqual(after.states, ['unavailable'])
    assert.equal(after.flows[0], 'unavailable: `web` → `api-us` → `db-us`; `db-us` is down, and a person has to fail over to `db-eu`. Back after 390s.')
    const open = without(STANDBY('mode: manual'), 'db-us')
    assert.deepEqual(open.states, ['unavailable'])
    assert.equal(open.aftermath.flows[0]!.recovers, undefined)
  })

  it('after a time that is not stated, where it is not', () => {
    const after = without(STANDBY(''), 'db-us')
    assert.deepEqual(after.states, ['available'])
    assert.equal(after.aftermath.flows[0]!.pause, 'unknown')
  })

  it('is missed by nobody while the first one works', () => {
    const after = without(STANDBY('mode: auto'), 'eu')
    assert.deepEqual(after.states, ['available'])
    assert.match(after.flows[0]!, /`api-eu`, which would take over from `api-us`, is down/)
    assert.doesNotMatch(after.flows[0]!, /does the work|No answer/)
    assert.deepEqual(after.load, {})
    assert.deepEqual(after.effects, [])
  })
})

describe('copies that fall', () => {
  const SHOP = (store: string) => `client web\nservice api\n${store}\nweb -> api -> db : writes { op: insert }\nflow "Save" { rate: 100/s  web -> api -> db }`
  const NAMED = SHOP(`database db uses postgres {
    sync: semi-sync, failover { mode: auto, detect: 5s, promote: 10s }
    replica one { zone: a, role: leader }
    replica two { zone: b, role: follower }
  }`)

  it('pause a flow where the leader is among them, and not where it is named and stands elsewhere', () => {
    assert.equal(without(NAMED, 'one').aftermath.flows[0]!.pause, 15)
    assert.deepEqual(without(NAMED, 'one').hits, ['`db` has lost its leader, and has 1 of 2 copies left; another copy leads after 15s'])
    assert.equal(without(NAMED, 'two').aftermath.flows[0]!.pause, undefined)
    assert.deepEqual(without(NAMED, 'two').hits, ['`db` has 1 of 2 copies left'])
    assert.equal(without(NAMED, 'zone(b)').aftermath.flows[0]!.pause, undefined)
    assert.equal(without(NAMED, 'zone(a)').aftermath.flows[0]!.pause, 15)
  })

  it('lose acknowledged writes only where a leader may fall, and others may not have them', () => {
    const lost = (store: string): readonly string[] => without(SHOP(store), 'replica(db)').effects
    assert.deepEqual(lost('database db uses postgres { replicas: 3, sync: async, lag: 2s, failover { mode: auto, detect: 5s, promote: 5s } }'), ['`db` loses acknowledged writes that no other copy has yet: up to 2s of them, 200'])
    assert.deepEqual(lost('database db uses postgres { replicas: 3, sync: semi-sync, failover { mode: auto, detect: 5s, promote: 5s } }'), [])
    assert.deepEqual(lost('database db uses postgres'), [], 'how many copies there are is not stated')
  })

  it('of a log lose what only its leader had', () => {
    const log = (acks: string) => `client app\nservice ingest\nlog k { partitions: 4, replication-factor: 3, replication: leader-follower, failover { mode: auto, detect: 1s, promote: 1s }, ${acks} }\nworker w\napp -> ingest ~> k ~> w\nflow "Track" { rate: 100/s  app -> ingest ~> k }`
    assert.deepEqual(without(log('min-isr: 1, acks: 1'), 'replica(k)').effects, ['`k` loses acknowledged messages that no other copy has yet'])
    assert.deepEqual(without(log('min-isr: 2, acks: all'), 'replica(k)').effects, [])
  })
})

describe('what backs up', () => {
  const CLICKS = `
    client app
    service ingest { replicas: 3 }
    log clicks { partitions: 12, retention: 24h }
    worker timed { replicas: 12 }
    worker sized { replicas: 4, capacity: 100/s }
    app -> ingest ~> clicks
    clicks ~> timed : delivers { proc-time { mean: 40ms } }
    clicks ~> sized
    flow "Track" { rate: 250/s  app -> ingest ~> clicks }`

  it('is worked off as fast as its consumer can: M5', () => {
    // 12 partitions at 40 ms are 300/s: an hour of 250/s takes 250 · 3600/50 s.
    assert.deepEqual(without(CLICKS, 'timed').backlogs, ['`clicks` grows by 250/s, forgets after 1d; an hour of it is worked off in 5h: `timed` is down'])
    // 400/s: 250 · 3600/150 s.
    assert.deepEqual(without(CLICKS, 'sized').backlogs, ['`clicks` grows by 250/s, forgets after 1d; an hour of it is worked off in 100min: `sized` is down'])
  })

  it('grows behind a consumer that has too few copies left, by what it cannot do', () => {
    const half = without(CLICKS, 'replica(timed, 6)')
    assert.deepEqual(half.states, ['deferred'])
    // Its age grows by 1 − 150/250 a second: the oldest is a day old after 60 hours.
    assert.deepEqual(half.backlogs, ['`clicks` grows by 100/s, forgets after 60h; an hour of it is worked off in 2h: `timed` can do 150/s instead of 300/s'])
    assert.deepEqual(without(CLICKS, 'replica(sized, 2)').states, ['deferred'])
    assert.deepEqual(without(CLICKS, 'replica(sized, 1)').states, ['available'])
  })

  it('grows behind one that gets more than it can do', () => {
    const more = inScenario(CLICKS, 'surges: "Track"(2)')
    assert.deepEqual(more.states, ['deferred'])
    assert.deepEqual(more.backlogs.map((line) => line.split(';')[0]), ['`clicks` grows by 200/s, forgets after 60h', '`clicks` grows by 100/s, forgets after 5d'])
  })

  it('does not grow by requests that fail before they come there', () => {
    const pay = (steps: string): readonly string[] =>
      without(
        `client shop\nservice api\nqueue jobs { retention: 1d }\nworker w { replicas: 2, capacity: 100/s }\nexternal psp\nshop -> api\napi -> psp\napi ~> jobs ~> w -> psp\nflow "Pay" { rate: 100/s  shop -> api  ${steps} }`,
        'psp',
      ).backlogs
    assert.deepEqual(pay('api -> psp  api ~> jobs'), [])
    assert.deepEqual(pay('api ~> jobs  api -> psp'), ['`jobs` grows by 100/s, forgets after 1d; an hour of it is worked off in 1h: `w` needs `psp`, which is down'])
  })

  it('does not grow where nothing comes in', () => {
    const after = without(
      `client web\nservice api\ndatabase db\nlog events { retention: 7d }\nworker bill { replicas: 2, capacity: 100/s }
       web -> api -> db : writes\ndb ~> events : captures\nevents ~> bill\nbill -> db : writes
       flow "Order" { rate: 100/s  web -> api -> db }`,
      'db',
    )
    assert.deepEqual(after.states, ['unavailable'])
    assert.deepEqual(after.backlogs, [])
    assert.equal(after.flows[0], 'unavailable: `web` → `api` → `db`; `db` is down')
  })
})

describe('what is lost or refused', () => {
  it('is a call that nobody waits for and nothing keeps: the flow goes on without it', () => {
    const after = without(`client web\nservice api\nservice audit\nweb -> api\napi ~> audit : calls\nflow "Go" { rate: 100/s  web -> api  api ~> audit }`, 'audit')
    assert.deepEqual(after.states, ['degraded'])
    assert.match(after.flows[0]!, /`api → audit` is lost: nobody waits for it and nothing keeps it, and `audit` is down/)
    assert.deepEqual(after.effects, ['`api → audit`: nobody waits for it and nothing keeps it, so it is lost'])
  })

  it('is the start of a workflow while nobody takes it', () => {
    const after = without(`client web\nservice api\nworkflow trip uses temporal\nexternal hotel\nweb -> api\napi ~> trip : triggers\ntrip -> hotel\nflow "Book" { rate: 10/s  web -> api ~> trip }`, 'trip')
    assert.deepEqual(after.states, ['degraded'])
    assert.deepEqual(after.backlogs, [])
  })

  it('is what a topic that keeps nothing hands to a subscriber who is away', () => {
    const topic = (more: string): Told => without(`client web\nservice api\ntopic news { ${more} }\nworker mailer\nweb -> api ~> news ~> mailer\nflow "Post" { rate: 10/s  web -> api ~> news }`, 'mailer')
    assert.deepEqual(topic('durable: no').states, ['degraded'])
    assert.deepEqual(topic('durable: no').backlogs, [])
    assert.match(topic('durable: no').effects.join(), /`news → mailer`: .* it is lost/)
    assert.deepEqual(topic('durable: yes').states, ['deferred'])
    assert.match(topic('durable: yes').flows[0]!, /`news` keeps its work until then/)
    // Silence is no promise to keep anything.
    assert.match(topic('').flows[0]!, /Whether `news` keeps its work until then is not stated/)
    assert.deepEqual(topic('').backlogs, [])
  })

  const LIMITED = (onFailure: string): string => `
    client web
    gateway gw { replicas: 3, rate-limit { limit: 1k/s, per: client, state: shared${onFailure} } }
    cache counters { role: rate-limiter }
    service api
    web -> gw -> api
    gw -> counters : writes { op: increment, timeout: 5ms }
    flow "Call" { rate: 3k/s  web -> gw -> api }`

  it('is everything behind a limiter that fails closed, whether or not the flow names it', () => {
    const closed = without(LIMITED(', on-failure: closed'), 'counters')
    assert.deepEqual(closed.states, ['unavailable'])
    assert.equal(closed.flows[0], 'unavailable: `web` → `gw` → `counters`; `counters` is down')
    const open = without(LIMITED(', on-failure: open'), 'counters')
    assert.deepEqual(open.states, ['available'])
    assert.ok(open.effects.includes('`gw` fails open: without its counter it lets all requests through'))
  })

  it('is told as not stated where that is so, and what would say it', () => {
    const cache = without(`client web\nservice api\ncache hot { pattern: cache-aside }\ndatabase db\nweb -> api\napi -> hot : reads\napi -> db : reads\nflow "Read" { web -> api -> hot  api -> db }`, 'hot')
    assert.deepEqual(cache.states, ['available'])
    assert.deepEqual(cache.aftermath.flows[0]!.open, ['`on-failure` of `hot`'])
    assert.equal(cache.flows[0], 'available, as far as it is stated. Whether `api` goes on without `hot`, which is down, is not stated (`on-failure` of `hot`).')
  })
})

describe('somebody who gets slow', () => {
  const SHOW = (api: string, more = '', web = '') => `
    client web
    service api { replicas: 4 }
    service stock { latency { p50: 20ms, p99: 80ms } }
    web -> api ${web}
    api -> stock : calls { ${api} }
    ${more}
    flow "Show" { rate: 2k/s  web -> api -> stock }`

  it('makes those late who wait without a time-out', () => {
    const after = inScenario(SHOW(''), 'slows: stock(20)')
    assert.deepEqual(after.states, ['degraded'])
    assert.equal(after.flows[0], 'degraded. `api → stock` takes 20 times as long (p99 1.6s). Not stated: `timeout` of `api → stock`.')
    assert.deepEqual(inScenario(SHOW('timeout: none'), 'slows: stock(20)').aftermath.flows[0]!.open, [])
  })

  it('says the median where no more is stated', () => {
    const after = inScenario(SHOW('').replace('p50: 20ms, p99: 80ms', 'p50: 20ms'), 'slows: stock(20)')
    assert.match(after.flows[0]!, /`api → stock` takes 20 times as long \(p50 400ms\)\./)
  })

  it('lets the time-out of somebody further up end first', () => {
    const after = inScenario(SHOW('', '', ': calls { timeout: 300ms }'), 'slows: stock(20)')
    assert.deepEqual(after.states, ['unavailable'])
    assert.match(after.flows[0]!, /^unavailable: `web` → `api`; `api` waits for `stock` and does not answer within 300ms/)
    const fallback = inScenario(SHOW('timeout: 350ms, fallback: empty', '', ': calls { timeout: 300ms }'), 'slows: stock(20)')
    assert.deepEqual(fallback.states, ['unavailable'], 'what stands in comes too late')
    assert.deepEqual(inScenario(SHOW('timeout: 100ms, fallback: empty', '', ': calls { timeout: 300ms }'), 'slows: stock(20)').states, ['degraded'])
  })

  it('does not end another flow that asks the same service for something else', () => {
    const both = inScenario(SHOW('', 'service price\napi -> price\nflow "Price" { web -> api -> price }', ': calls { timeout: 300ms }'), 'slows: stock(20)')
    assert.deepEqual(both.states, ['available', 'unavailable'])
  })

  it('takes all workers of those who wait for it: M7', () => {
    const busy = (api: string) => inScenario(SHOW(api).replace('replicas: 4', 'replicas: 4, threads: 100'), 'slows: stock(20)')
    // 2,000/s · 0.4 s are 800 at a time.
    assert.deepEqual(busy('').effects, ['`api` has 400 workers, and 800 requests wait for `stock` at a time: it has no time for others'])
    assert.deepEqual(busy('').states, ['degraded'])
    assert.deepEqual(busy('timeout: 100ms, fallback: empty').effects.filter((text) => text.includes('workers')), [])
    assert.deepEqual(busy('circuit-breaker: yes').effects.filter((text) => text.includes('workers')), [])
  })
})

describe('retries while something fails', () => {
  const LAYERS = `
    client web
    service gw { replicas: 2 }
    service a { replicas: 3 }
    database db uses postgres { replicas: 2, failover { mode: auto, detect: 5s, promote: 5s }, latency { p50: 10ms, p99: 60ms } }
    web -> gw : calls { timeout: 10s, retries: 2 }
    gw -> a : calls { timeout: 3s, retries: 2 }
    a -> db : writes { timeout: 300ms, retries: 2, op: insert }
    flow "Save" { rate: 500/s  web -> gw -> a -> db }`

  it('multiply over the layers: M3', () => {
    assert.deepEqual(without(LAYERS, 'db').effects, ['`a → db` is tried up to 27 times for one request, as 3 layers retry'])
    assert.deepEqual(without(LAYERS.replaceAll('10s, retries: 2', '10s').replaceAll('3s, retries: 2', '3s'), 'db').effects, ['`a → db` is tried up to 3 times'])
  })

  it('are a share of the requests under a budget', () => {
    const text = LAYERS.replace('web -> gw : calls { timeout: 10s, retries: 2 }', 'web -> gw : calls { timeout: 10s, retries: 2, retry-budget: 10% }')
    assert.deepEqual(without(text, 'gw').effects, ['`web → gw` is tried again for up to 10% of the requests'])
  })

  it('do again what may have been done, where the other end lives', () => {
    assert.match(inScenario(LAYERS, 'slows: db(50)').effects.join(), /`a → db` is tried up to 27 times for one request, as 3 layers retry, and a try whose answer was lost is done again/)
    assert.match(without(LAYERS, 'replica(db)').effects.join(), /`a → db` is tried up to 27 times .* is done again/)
  })
})

describe('parts of the users', () => {
  it('are all that a cell takes with it', () => {
    const after = without(
      `client users\nload-balancer router\ncell one { service a }\ncell two { service b }\nusers -> router\nrouter -> a : routes { match: "a-m" }\nrouter -> b : routes { match: "n-z" }
       flow "Use" { rate: 100/s  users -> router  router -> a, b }`,
      'one',
    )
    assert.deepEqual(after.states, ['degraded'])
    assert.match(after.flows[0]!, /Only the requests that take `router → a` fail: `a` is down/)
    assert.deepEqual(after.load, {})
  })
})

describe('a cut between places', () => {
  const BANK = (ledger: string, level = '') => `
    client us-users, client eu-users
    region us { service api-us }
    region eu { service api-eu }
    database ledger { ${ledger} }
    us-users -> api-us -> ledger : writes { op: insert${level} }
    eu-users -> api-eu -> ledger : writes { op: insert${level} }
    flow "US" { us-users -> api-us -> ledger }
    flow "EU" { eu-users -> api-eu -> ledger }`
  const CUT = 'partitions: [[us], [eu]]'

  it('stops the side with fewer votes, once', () => {
    const placed = 'replication: consensus, replica a { region: us }, replica b { region: us }, replica c { region: eu }'
    const after = inScenario(BANK(placed), CUT)
    assert.deepEqual(after.states, ['available', 'unavailable'])
    assert.match(after.flows[1]!, /; `ledger` takes no writes on the side without a majority \(1 of 3 copies\)$/)
  })

  it('decides nothing where nobody says which side has more', () => {
    const after = inScenario(BANK('replication: consensus, replicas: 5, regions: [us, eu]'), CUT)
    assert.deepEqual(after.states, ['available', 'available'])
    assert.deepEqual(after.aftermath.flows[0]!.open, ['where the copies of `ledger` stand'])
    assert.deepEqual(inScenario(BANK('replication: consensus, replicas: 4, regions: [us, eu]'), CUT).states, ['unavailable', 'unavailable'])
  })

  it('leaves writes to the side of the leader', () => {
    const led = inScenario(BANK('replication: leader-follower, replica a { region: us, role: leader }, replica b { region: eu, role: follower }'), CUT)
    assert.deepEqual(led.states, ['available', 'unavailable'])
    assert.match(led.flows[1]!, /its leader is on the other$/)
    const open = inScenario(BANK('replication: leader-follower, replicas: 2, regions: [us, eu]'), CUT)
    assert.deepEqual(open.aftermath.flows.map((flow) => flow.open), [['where the leader of `ledger` stands'], ['where the leader of `ledger` stands']])
  })

  it('leaves copies in other stores behind, or apart', () => {
    const two = (back: string) => inScenario(`client c\nregion us { database a }\nregion eu { database b }\nc -> a : writes\na ~> b : replicates\n${back}`, CUT)
    assert.deepEqual(two('').effects, ['`b` gets no writes of `a` while the cut lasts'])
    assert.deepEqual(two('b ~> a : replicates').effects, ['`a` and `b` take writes apart from each other: what both changed has to be merged afterwards'])
  })

  it('stops levels of a leaderless store that need the other side', () => {
    const ring = 'replication: leaderless, n: 3, regions: [us, eu]'
    assert.deepEqual(inScenario(BANK(ring, ', consistency: local-quorum'), CUT).states, ['available', 'available'])
    for (const level of ['quorum', 'each-quorum', 'all']) assert.deepEqual(inScenario(BANK(ring, `, consistency: ${level}`), CUT).states, ['unavailable', 'unavailable'], level)
    assert.deepEqual(without(BANK(ring, ', consistency: each-quorum'), 'us').states, ['unavailable', 'unavailable'])
    assert.deepEqual(without(BANK(ring, ', consistency: local-quorum'), 'us').states, ['unavailable', 'available'])
  })
})

describe('a place that falls', () => {
  it('may be one zone of a component', () => {
    const text = `client c\nregion us { service s { replicas: 6, zones: 3 } }\nservice t { replicas: 6, zones: 3 }\nc -> s -> t\nflow "F" { c -> s -> t }`
    assert.deepEqual(without(text, 'zone(s)').hits, ['`s` has 4 of 6 copies left'])
    assert.deepEqual(inScenario(text, 'fails: zone(t)').hits, ['`t` has 4 of 6 copies left'])
    assert.deepEqual(without(text, 'zone(us)').hits, ['`s` has 4 of 6 copies left'])
  })

  it('may hold more copies or fewer, where nobody says', () => {
    const after = without(`client c\nregion us { service s }\nregion eu { service t }\ndatabase l { replication: consensus, replicas: 5, regions: [us, eu] }\nc -> t -> l : writes`, 'us')
    assert.deepEqual(after.states, ['available'])
    assert.equal(after.hits.at(-1), '`l` keeps 2 or 3 of 5 copies: how many stand where is not stated')
  })
})

describe('a cache whose origin is down', () => {
  const READ = (flow: string) => `client web\nservice api\ncache hot { pattern: cache-aside, ttl: 30s, rebuild-from: db }\ndatabase db\nweb -> api\napi -> hot : reads { hit-ratio: 90%, fallback: db }\napi -> db : reads\nflow "Look" { web -> api ${flow} }`

  it('answers with what it holds, as long as it holds it', () => {
    const after = without(READ('api -> hot'), 'db')
    assert.deepEqual(after.states, ['degraded'])
    assert.match(after.flows[0]!, /`api → hot` is answered only with what `hot` still holds, for up to 30s: `db`, which fills it, is down\./)
  })

  it('does so in the branch that the flow names for it', () => {
    const after = without(READ('api -> hot  when "miss" 10% { api -> db : reads }'), 'db')
    assert.deepEqual(after.states, ['degraded'])
    assert.match(after.flows[0]!, /^degraded\. Only the requests that take `api → db` fail: `db` is down\./)
    assert.doesNotMatch(after.flows[0]!, /still holds/)
  })
})

describe('what is only known by default, or started by autoscaling', () => {
  it('is marked as such', () => {
    const after = without(`client web\nservice api\ndatabase db uses postgres { replicas: 2 }\nweb -> api -> db : writes\nflow "Save" { web -> api -> db }`, 'replica(db)')
    assert.deepEqual(after.hits, ['`db` has lost its leader, and a person has to promote another (default of `postgres`)'])
  })

  it('is not counted before it runs', () => {
    const scaled = `client web\nservice api { replicas: 6, zones: 3, capacity: 1k/s, autoscale { min: 6, max: 24, ready: 60s } }\nweb -> api\nflow "Go" { rate: 5k/s  web -> api }`
    assert.deepEqual(without(scaled, 'replica(api, 2)').shifts, ['`api` gets 5k/s and can serve 4k/s instead of 6k/s: 125%, until autoscaling has started others (1min)'])
    assert.deepEqual(inScenario(scaled, 'surges: "Go"(3)').shifts, ['`api` gets 15k/s instead of 5k/s and can serve 24k/s: 63%, once autoscaling has started more (1min); until then 6k/s'])
  })

  it('is not guessed where the number of copies is not stated', () => {
    const after = inScenario(`client web\nservice api { capacity: 1k/s }\nweb -> api\nflow "Go" { rate: 500/s  web -> api }`, 'surges: "Go"(4)')
    assert.deepEqual(after.shifts, ['`api` gets 2k/s instead of 500/s; each copy can serve 1k/s, and how many there are is not stated'])
    assert.deepEqual(after.states, ['available'])
  })
})

describe('what keeps its last answer', () => {
  it('goes on for as long as that is valid', () => {
    const after = without(`client web\nservice api\nservice flags { role: feature-flags }\nweb -> api\napi -> flags : calls { timeout: 50ms, cache-validity: 24h }\nflow "Go" { web -> api -> flags }`, 'flags')
    assert.deepEqual(after.states, ['degraded'])
    assert.equal(after.flows[0], 'degraded. `api` goes on for 1d with what it has from `flags`, which is down.')
  })
})

describe('a CDN that may serve what is old when its origin fails', () => {
  const SITE = (more: string, verb = 'reads') => `client web\ncdn edge { ttl: 60s, hit-ratio: 90%${more} }\nservice site\nobject-store pics\nweb -> edge -> site\nsite -> pics : ${verb}\nflow "Look" { rate: 1k/s  web -> edge -> site -> pics }`

  it('goes on with what it holds, and not where something is written', () => {
    const after = without(SITE(', stale-if-error: 1d'), 'site')
    assert.deepEqual(after.states, ['degraded'])
    assert.equal(after.flows[0], 'degraded. `edge` goes on for 1d with what it has from `site`, which is down.')
    assert.deepEqual(without(SITE(''), 'site').states, ['unavailable'])
    assert.deepEqual(without(SITE(', stale-if-error: 1d', 'writes'), 'site').states, ['unavailable'])
  })
})

describe('retries of those whom nobody asks any more', () => {
  it('are not told', () => {
    const after = without(`client web\nload-balancer lb\nservice api\ndatabase db\nweb -> lb -> api\napi -> db : reads { retries: 2 }\nflow "Go" { rate: 10/s  web -> lb -> api -> db }`, 'lb', 'db')
    assert.deepEqual(after.effects, [])
  })
})

describe('a scenario', () => {
  const SHOP = `client web\nservice api\ncache hot uses redis\ndatabase pg uses postgres { replicas: 2 }\nweb -> api\napi -> hot : reads\napi -> pg : writes\nflow "Go" { rate: 10/s  web -> api  api -> pg }`
  const found = (statements: string): readonly string[] => outcomeOf(`${SHOP}\nscenario "s" { ${statements} }`).findings.filter(({ rule }) => rule.includes('expectation') || rule.includes('scenario')).map(({ severity, message }) => `${severity}: ${message}`)

  it('in which something does nothing is an error, whatever it expects', () => {
    assert.deepEqual(found('fails: zone(zz)  expect "Go": available'), ['error: In "s", `zone(zz)` takes nothing down: nothing in the design says that it stands in a zone `zz`.'])
    assert.deepEqual(found('fails: technology(kafka)  expect "Go": available'), ['error: In "s", `technology(kafka)` takes nothing down: nothing in the design uses `kafka`.'])
    assert.deepEqual(found('fails: "Go"  expect "Go": available'), ['error: A flow does not fail by itself: in "s", `fails:` names "Go", not something that it needs.'])
    assert.deepEqual(found('surges: api(3)  expect "Go": available'), ['error: No flow begins at `api`, so in "s" nothing gets more.'])
    assert.deepEqual(found('surges: web(3)  expect "Go": available'), [])
    assert.deepEqual(found('fails: hot  expect "Go": available'), [])
  })

  it('names a technology as one', () => {
    const [problem] = problemsOf(`${SHOP}\nscenario "s" { fails: redis  expect "Go": available }`).filter(({ severity }) => severity === 'error')
    assert.equal(problem?.message, '`redis` is a technology: `technology(redis)` means everything that uses it.')
    assert.equal(problem.fixes?.[0]?.edits[0]?.newText, 'technology(redis)')
  })

  it('makes nobody faster', () => {
    assert.deepEqual(problemsOf(`${SHOP}\nscenario "s" { slows: pg(0.5)  expect "Go": available }`).filter(({ severity }) => severity === 'error').map(({ message }) => message), ['`slows` takes how many times slower, 1 or more.'])
  })

  it('says by whose default its expectation is broken, and what would mend it', () => {
    const [finding] = outcomeOf(`${SHOP}\nscenario "s" { fails: replica(pg)  expect "Go": available }`).findings.filter(({ rule }) => rule === 'broken-expectation')
    assert.equal(finding!.message, 'In "s", "Go" is unavailable: `web` → `api` → `pg`; `pg` has lost its leader, and a person has to promote another. The scenario expects `available` (default of `postgres`; state it to override).')
    assert.match(finding!.help, /^Let something else do the work of `pg` .*, give `api → pg` a `fallback`, or expect `unavailable`\.$/)
  })

  it('is not sure of a time that nobody states', () => {
    const open = SHOP.replace('replicas: 2', 'replicas: 2, failover { mode: auto }')
    const [finding] = outcomeOf(`${open}\nscenario "s" { fails: replica(pg)  expect "Go": available within 30s }`).findings.filter(({ rule }) => rule.includes('expectation'))
    assert.equal(finding!.message, 'Whether "Go" is `available within 30s` in "s" is not certain: how long until another copy leads is not stated.')
  })
})
