/** How long flows take: floors that nothing gets under, estimates, branches, fan-outs, distances, commits, and designs that are odd or large. */
import assert from 'node:assert/strict'
import { analyse } from '../../src/analysis/analysis.ts'
import type { FlowLatency } from '../../src/analysis/flow-latency.ts'
import { between } from '../../src/analysis/network.ts'
import { openText } from '../../src/workspace.ts'

function latencyIn(text: string, at = 0): FlowLatency {
  const { model, problems } = openText(text)
  assert.deepEqual(problems.filter(({ severity }) => severity === 'error'), [])
  const flow = model.flows[at] ?? model.components.find(({ kind }) => kind === 'client')
  return analyse(model).latency.of(flow!.id)!
}

const near = (value: number, ms: number): void => assert.ok(Math.abs(1000 * value - ms) < 0.06, `${1000 * value} is not ${ms}`)

const chain = `client c
service a { latency { p50: 10ms, p99: 100ms } }
service b { latency { p50: 10ms, p99: 100ms } }
database d { latency { p50: 10ms, p99: 100ms } }
c -> a -> b
b -> d : reads
`

describe('the latency of a flow', () => {
  it('M12: adds what follows each other, whether or not steps name it', () => {
    for (const flow of ['flow "F" { c -> a -> b  b -> d : reads }', 'flow "F" { c -> a }', '']) {
      const latency = latencyIn(`${chain}${flow}`)
      near(latency.atLeast(0.5).seconds, 30)
      near(latency.estimate(0.5).seconds, 39.3)
      near(latency.estimate(0.99).seconds, 184.1)
      assert.equal(latency.estimate(0.99).sureness, 'estimate')
      assert.deepEqual(latency.missing, [])
    }
  })

  it('takes the share of an alternative for how often it is chosen', () => {
    const machines = 'client c\nservice x { latency { p50: 800ms, p99: 3s } }\nservice y { latency { p50: 800ms, p99: 3s } }\nservice s { latency { p50: 10ms, p99: 60ms } }\nc -> x, y { share: 50% }\nx, y -> s\n'
    const latency = latencyIn(`${machines}flow "F" { any-of { c -> x -> s  c -> y -> s } }`)
    near(latency.atLeast(0.5).seconds, 810)
    assert.ok(latency.estimate(0.5).seconds > 0.81 && latency.estimate(0.99).seconds > 3)
  })

  it('is no faster than by the fastest target of a router', () => {
    const world = 'client c\ndns n { latency { p50: 1ms, p99: 20ms } }\nservice x { latency { p50: 20ms, p99: 90ms } }\nservice y { latency { p50: 10ms, p99: 60ms } }\nservice z { latency { p50: 30ms, p99: 80ms } }\nc -> n -> x, y, z\n'
    const latency = latencyIn(`${world}flow "F" { c -> n -> x, y, z }`)
    near(latency.atLeast(0.5).seconds, 11)
    assert.ok(latency.estimate(0.5).seconds > 0.011)
  })

  it('knows a floor by one hop alone', () => near(latencyIn(`${chain}flow "F" { c -> a }`).atLeast(0.99).seconds, 100))

  it('counts rounds and calls in a row, and of calls at the same time the slowest', () => {
    near(latencyIn(`${chain}flow "F" { c -> a -> b  repeat 5 { b -> d : reads } }`).atLeast(0.5).seconds, 70)
    const calls = (how: string) => latencyIn(`client c\ndatabase d { latency { p50: 10ms, p99: 100ms } }\nservice a\nc -> a\na -> d : reads { calls: ${how} }\nflow "F" { c -> a  a -> d : reads }`)
    near(calls('sequential(7)').atLeast(0.5).seconds, 70)
    near(calls('parallel(7)').atLeast(0.5).seconds, 10)
    assert.ok(calls('parallel(7)').estimate(0.99).seconds > calls('1').estimate(0.99).seconds)
    near(calls('parallel(7)').estimate(0.99, { single: true }).seconds, 100)
    assert.equal(calls('parallel(7)').fanOuts[0]!.n, 7)
  })

  it('lets a branch count as far as the percentile depends on it', () => {
    const branch = (share: string) => latencyIn(`${chain}external slow { p50: 500ms, p99: 2s }\na -> slow\nflow "F" { c -> a  when "rare" ${share} { a -> slow } }`)
    near(branch('0.5%').atLeast(0.99).seconds, 100)
    near(branch('3%').atLeast(0.99).seconds, 510)
    near(branch('3%').atLeast(0.5).seconds, 10)
    assert.ok(branch('1%').estimate(0.99).seconds < branch('20%').estimate(0.99).seconds)
  })

  it('takes the fastest of alternatives and the slowest of what is parallel', () => {
    const pair = `client c\nservice a\nservice x { latency { p50: 10ms, p99: 20ms } }\nservice y { latency { p50: 40ms, p99: 80ms } }\nc -> a\na -> x\na -> y\n`
    near(latencyIn(`${pair}flow "F" { c -> a  any-of { a -> x  a -> y } }`).atLeast(0.5).seconds, 10)
    near(latencyIn(`${pair}flow "F" { c -> a  parallel { a -> x  a -> y } }`).atLeast(0.5).seconds, 40)
    near(latencyIn(`${pair}flow "F" { c -> a  a -> x  a -> y }`).atLeast(0.5).seconds, 50)
    // Nobody says whether they are asked at the same time.
    near(latencyIn(`${pair}flow "F" { c -> a }`).atLeast(0.5).seconds, 40)
  })

  it('M15: crosses to the leader and waits for the nearest that make a majority', () => {
    const text = `client c
region eu-west { gateway g }
database d { replication: consensus
  replica a { region: us-east, role: leader }
  replica b { region: eu-west }
  replica e { region: ap-south } }
c -> g
g -> d : writes
flow "F" { c -> g  g -> d : writes }`
    const latency = latencyIn(text)
    near(latency.atLeast(0.99).seconds, 140)
    assert.equal(latency.atLeast(0.99, true).seconds, 0)
    assert.deepEqual(latency.atLeast(0.99).parts.map(({ hop }) => hop.of), ['network', 'commit'])
  })

  it('reads distances from names of regions, and knows none where they say nothing', () => {
    assert.equal(between('us-east-1', 'us-west-2')!.seconds, 0.06)
    assert.equal(between('europe-west1', 'us-central1')!.seconds, 0.07)
    assert.equal(between('eastus', 'southeastasia')!.seconds, 0.12)
    assert.equal(between('eu-west', 'eu-central'), undefined)
    assert.equal(between('primary', 'secondary'), undefined)
  })

  it('lets a DNS answer and no more: its look-up ends no connection, and the way is from who asked', () => {
    const named = (flow: string) => latencyIn(`region us-east { client c\n dns names { p50: 5ms, p99: 20ms } }\nregion us-west { service a { latency { p50: 50ms, p99: 900ms } } }\nc -> names { timeout: 100ms }\nnames -> a\n${flow}`)
    for (const flow of ['', 'flow "F" { c -> names -> a }', 'flow "F" { c -> names }']) near(named(flow).atLeast(0.5).seconds, 5 + 60 + 50)
    for (const flow of ['', 'flow "F" { c -> names -> a }', 'flow "F" { c -> names }']) assert.ok(named(flow).estimate(0.99).seconds > 0.9)
    const placed = latencyIn('region us-east { client c }\nregion us-west { dns names\nservice a { p50: 50ms } }\nc -> names { p50: 2ms }\nnames -> a')
    near(placed.atLeast(0.5).seconds, 2 + 60 + 50)
  })

  it('takes one of the targets that a step names of a router, and goes on where they meet again', () => {
    const places = (shares: string, steps: string) => latencyIn(`client c
      dns names
      service a { latency { p50: 10ms, p99: 100ms } }
      service b { latency { p50: 20ms, p99: 100ms } }
      database d { latency { p50: 5ms, p99: 30ms } }
      c -> names
      ${shares}
      a, b -> d : reads
      flow "F" { c -> names   ${steps} }`)
    for (const steps of ['names -> a, b   a, b -> d', 'names -> a, b   a -> d   b -> d', 'names -> a, b'])
      for (const shares of ['names -> a, b : routes', 'names -> a : routes { share: 60% }\nnames -> b : routes { share: 40% }']) {
        near(places(shares, steps).atLeast(0.99).seconds, 20 + 5)
        assert.ok(places(shares, steps).estimate(0.99).seconds < 0.15)
      }
    const after = latencyIn('client c\nload-balancer lb { latency { p50: 1ms, p99: 2ms } }\nservice a { latency { p50: 10ms, p99: 11ms } }\nservice b { latency { p50: 10ms, p99: 11ms } }\nservice d { latency { p50: 50ms, p99: 51ms } }\ndatabase e { latency { p50: 50ms, p99: 51ms } }\nc -> lb -> a, b -> d\nd -> e : reads\nflow "F" { c -> lb -> a, b -> d   d -> e }')
    near(after.atLeast(0.99).seconds, 1 + 10 + 50 + 50)
    // Whichever of them it takes, it passes one, and d behind either.
    near(after.atLeast(0.5).seconds, 1 + 10 + 50 + 50)
  })

  const targets = `client c
    load-balancer lb
    service fast { latency { p50: 10ms, p99: 20ms } }
    service slow { latency { p50: 100ms, p99: 200ms } }
    c -> lb
  `

  it('takes each target of a router in its share, whether or not a step names them', () => {
    // Of half and half, the median is where the fast ones end and the slow ones begin; 1% of all are the slowest 2% of the slow ones.
    for (const flow of ['flow "F" { c -> lb -> fast, slow }', 'flow "F" { c -> lb }']) {
      const latency = latencyIn(`${targets}lb -> fast, slow : routes\n${flow}`.replace('load-balancer lb', 'load-balancer lb { latency { p50: 0ms, p99: 0ms } }'))
      const [p50, p99] = [1000 * latency.estimate(0.5).seconds, 1000 * latency.estimate(0.99).seconds]
      assert.ok(p50 > 20 && p50 < 60, String(p50))
      assert.ok(p99 > 170 && p99 < 200, String(p99))
      assert.equal(latency.estimate(0.5).sureness, 'estimate')
    }
    const mostly = latencyIn(`${targets}lb -> fast : routes { share: 90% }\nlb -> slow : routes\nflow "F" { c -> lb -> fast, slow }`)
    assert.ok(mostly.estimate(0.5).seconds < 0.013 && mostly.estimate(0.99).seconds > 0.1)
  })

  it('is a bound where shares that nobody states decide, and exact shares of an `any-of` do', () => {
    const anyOf = (shares: string): FlowLatency => latencyIn(`client c
      service a { latency { p50: 1ms, p99: 2ms } }
      service fast { latency { p50: 10ms, p99: 20ms } }
      service slow { latency { p50: 100ms, p99: 200ms } }
      service twin { latency { p50: 10ms, p99: 20ms } }
      c -> a
      a -> fast ${shares.replace('70%', '30%')}
      a -> slow ${shares}
      a -> twin
      flow "F" { c -> a  any-of { a -> fast  a -> slow } }
      flow "Twins" { c -> a  any-of { a -> fast  a -> twin } }`, 0)
    assert.equal(anyOf('').estimate(0.99).sureness, 'bound')
    assert.ok(anyOf('').missing.includes('how often each of an `any-of` is taken'))
    const known = anyOf('{ share: 70% }')
    assert.equal(known.estimate(0.99).sureness, 'estimate')
    assert.ok(known.estimate(0.5).seconds > 0.07 && known.estimate(0.5).seconds < 0.1)
    assert.ok(known.estimate(0.99).seconds > 0.18)
  })

  it('is a bound where parts may be missing and nobody says how many, or what is unknown cuts it off', () => {
    const fan = (says: string): FlowLatency => latencyIn(`client c
      service a { latency { p50: 1ms, p99: 2ms } }
      search leaf { latency { p50: 10ms, p99: 50ms } }
      c -> a
      a -> leaf : reads { calls: parallel(100)${says} }
      flow "F" { c -> a -> leaf }`)
    assert.equal(fan('').estimate(0.99).sureness, 'estimate')
    assert.equal(fan(', partial-results: yes, required: 95').estimate(0.99).sureness, 'estimate')
    for (const [says, wanted] of [[', partial-results: yes', 'required'], [', timeout: unknown', 'timeout']]) {
      assert.equal(fan(says!).estimate(0.99).sureness, 'bound')
      assert.deepEqual(fan(says!).missing, [`\`${wanted}\` of \`a → leaf\``])
    }
  })

  it('M15: commits a transaction once, and under two-phase commit decides after all have prepared', () => {
    const paying = (tx: string, second: string): number => 1000 * latencyIn(`client c
      region us-east {
        service api { tx { name: pay${tx} } }
        database db uses spanner { replica a { region: us-east, role: leader }  replica b { region: us-west }  replica e { region: eu-west } }
      }
      c -> api
      api -> db : writes "debit" { tx: pay }
      api -> db : writes "credit" ${second}
      flow "Pay" { c -> api  api -> db : writes "debit"  api -> db : writes "credit" }`).atLeast(0.5).parts.filter(({ hop }) => hop.of === 'commit').reduce((sum, { seconds }) => sum + seconds, 0)
    const once = paying('', '{ tx: pay }')
    assert.ok(once > 0)
    assert.equal(paying('', ''), 2 * once, 'one after the other')
    assert.equal(paying(', protocol: 2pc', '{ tx: pay }'), 2 * once, 'prepare, then decide')
  })

  it('names what is missing and counts it as nothing', () => {
    const latency = latencyIn('client c\nservice a { latency { p50: 10ms, p99: 20ms } }\ndatabase d\nc -> a\na -> d : reads\nflow "F" { c -> a }')
    assert.deepEqual(latency.missing, ['`latency` of `d`'])
    assert.equal(latency.estimate(0.99).sureness, 'bound')
    near(latency.estimate(0.99).seconds, 20)
  })

  it('M6: adds waiting where the stated times were measured without load', () => {
    const at = (rate: string) => latencyIn(`client c\nservice a { replicas: 1, capacity: 100/s, latency { p50: 10ms, p99: 20ms, unloaded: yes } }\nc -> a\nflow "F" { rate: ${rate}  c -> a }`)
    near(at('50/s').estimate(0.5).seconds, 20)
    near(at('90/s').estimate(0.5).seconds, 100)
  })

  it('bears cycles, and a ladder of diamonds without walking its paths', () => {
    near(latencyIn('client c\nservice a { latency { p50: 10ms, p99: 20ms } }\nservice b { latency { p50: 10ms, p99: 20ms } }\nc -> a -> b\nb -> a\nflow "F" { c -> a }').atLeast(0.5).seconds, 30)
    const rungs = Array.from({ length: 300 }, (_, i) => `service l${i} { latency { p50: 1ms, p99: 2ms } }\nservice r${i} { latency { p50: 1ms, p99: 2ms } }\n${i === 0 ? '' : `l${i - 1}, r${i - 1} -> l${i}, r${i}`}`).join('\n')
    const started = performance.now()
    near(latencyIn(`client c\n${rungs}\nc -> l0\nflow "F" { c -> l0 }`).atLeast(0.5).seconds, 300)
    assert.ok(performance.now() - started < 2000)
    const deep = Array.from({ length: 3000 }, (_, i) => `service d${i} { latency { p50: 1ms, p99: 2ms } }${i === 0 ? '' : `\nd${i - 1} -> d${i}`}`).join('\n')
    near(latencyIn(`client c\n${deep}\nc -> d0\nflow "F" { c -> d0 }`).atLeast(0.5).seconds, 3000)
  })
})
