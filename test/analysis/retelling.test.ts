/** The failure story as it is read aloud: who fares how, why, where the load goes and what keeps the work. */
import assert from 'node:assert/strict'
import { aftermathOf } from '../../src/analysis/aftermath.ts'
import { analyse } from '../../src/analysis/analysis.ts'
import { retell } from '../../src/analysis/retelling.ts'
import { failureOf } from '../../src/analysis/scenario.ts'
import { failingNamed } from '../../src/analysis/targets.ts'
import { modelOf } from '../support/design.ts'

const SHOP = `
client shopper
service api { replicas: 3, zones: 3 }
cache seats { pattern: cache-aside, replicas: 2 }
database ledger { replicas: 3, zones: 3, replication: leader-follower, sync: semi-sync, failover { mode: auto, detect: 10s, promote: 20s }, capacity: 300/s }
queue mails { retention: 4d }
worker mailer { replicas: 4, capacity: 50/s }
external post
shopper -> api
api -> seats : reads { hit-ratio: 90%, fallback: ledger }
api -> ledger : writes
api ~> mails ~> mailer -> post
flow "Look" { rate: 1k/s, shopper -> api -> seats }
flow "Buy" {
  rate: 100/s
  shopper -> api -> ledger
  api ~> mails
}
`

function told(target: string, text = SHOP, heard = `${target} is down`): string {
  const model = modelOf(text)
  const analysis = analyse(model)
  const failure = { fails: failingNamed(model, target) }
  assert.ok(failure.fails.length > 0, target)
  return retell(model, aftermathOf(model, analysis, failure), failure, heard).join(' ')
}

describe('retelling', () => {
  it('says who needs what failed, and that the others go on', () => {
    assert.equal(told('ledger'), '“Buy” is unavailable: `api` needs it. “Look” is degraded: `seats` answers only with what it still holds.')
  })

  it('tells flows that fare alike in one sentence', () => {
    assert.equal(told('api'), '“Look” and “Buy” are unavailable: `shopper` needs it.')
  })

  it('says where the load of a dead cache goes, and whether that is too much', () => {
    const text = told('seats')
    assert.match(text, /“Look” is degraded: `ledger` takes over/)
    assert.match(text, /`ledger` gets .* and can serve 900\/s/)
    assert.match(text, /The cache comes back cold\.$/)
  })

  it('says what keeps the work, for how long, and how long it takes to catch up', () => {
    assert.equal(told('post', SHOP.replace('50/s', '100/s')), '“Buy” is answered, and the rest is done later: `mailer` needs it. The other flow goes on. `mails` keeps what waits for `mailer`: 100/s, for up to 4d; an hour of it takes 20min to work off.')
    assert.match(told('mailer'), /^“Buy” is answered, and the rest is done later\. The other flow goes on\. `mails` keeps what waits for it: 100\/s/)
  })

  it('names what failed where the reader has not heard of it', () => {
    assert.match(told('ledger', SHOP, 'A storm'), /^“Buy” is unavailable: `ledger` is down\./)
    assert.match(told('ledger', SHOP, 'The databases are gone'), /`api` needs it/)
    assert.match(told('mailer', SHOP, 'Nobody works'), /the rest is done later: `mailer` is down\./)
  })

  it('tells of the pause until another copy leads', () => {
    assert.match(told('replica(ledger)'), /^“Buy” pauses for 30s, until another copy leads\./)
  })

  it('does not praise a spare that nobody used', () => {
    assert.doesNotMatch(told('ledger'), /takes over/)
  })

  it('says what a failure leaves open rather than to guess', () => {
    assert.equal(told('k', 'client c\nservice s { replicas: 2 }\ncache k { rebuild-from: origin }\nc -> s -> k : reads\nflow "F" { rate: 1/s, c -> s -> k }'), '“F” is open: whether `s` goes on without it is not stated (`on-failure` of `k`). The cache comes back cold.')
  })

  it('keeps apart that it is degraded and that nobody answers until another copy leads', () => {
    const text = told('zone(r)', `client c
region r {
  service s { replicas: 3, zones: 3, capacity: 40/s }
  database d { replicas: 3, zones: 3, replication: leader-follower, sync: semi-sync, failover { mode: auto, detect: 10s, promote: 20s } }
}
c -> s -> d : writes
flow "F" { rate: 100/s, c -> s -> d }`)
    assert.equal(text, '“F” is degraded: `s` gets 100/s and can serve 80/s instead of 120/s: 125%; no answer for 30s, until another copy leads.')
  })

  it('says that all is well', () => {
    assert.equal(told('replica(api)'), 'All flows go on.')
    assert.equal(retell(modelOf('service s'), aftermathOf(modelOf('service s'), analyse(modelOf('service s')), { fails: [] }), { fails: [] }, '').join(), 'No flow is declared.')
  })

  it('says once of a store that it refuses writes on the smaller side', () => {
    const model = modelOf(`client c
region a { service s { replicas: 2 } }
region b { service t { replicas: 2 } }
database d { replicas: 3, regions: [a, b], replication: consensus }
c -> s -> d : writes
flow "F" { rate: 1/s, c -> s -> d }
scenario "cut" { partitions: [[a], [b]] }`)
    const analysis = analyse(model)
    const failure = failureOf(model, analysis.flows, model.scenarios[0]!)
    assert.doesNotMatch(retell(model, aftermathOf(model, analysis, failure), failure, 'cut').join(' '), /`d` `d`/)
  })
})
