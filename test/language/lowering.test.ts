/** Text → model: names, facts with their precedence, arrows and their verbs, a team's own words. */
import assert from 'node:assert/strict'
import type { Model } from '../../src/model/model.ts'
import type { Fact, Value } from '../../src/model/value.ts'
import { openText } from '../../src/workspace.ts'
import { modelOf, problemsOf } from '../support/design.ts'

const component = (model: Model, id: string) => model.components.find((one) => one.id === id)!
const arrows = (model: Model): readonly string[] => model.relations.map(({ from, to, verb, arrow, inferred }) => `${from} ${arrow === 'request' ? '->' : '~>'} ${to} ${verb}${inferred ? '?' : ''}`)
const codes = (text: string): readonly string[] => problemsOf(text).map(({ code, origin }) => `${origin.range.start.line + 1}:${origin.range.start.character} ${code}`)
const messages = (text: string): readonly string[] => problemsOf(text).map(({ message }) => message)

describe('lowering', () => {
  it('takes a value that it cannot read for unknown, and not for none', () => {
    for (const [text, path] of [['service a { auth: sso }', 'auth'], ['service a { timeout: 5lightyears }', 'timeout'], ['database a { failover: frobnicate }', 'failover'], ['cache a { ttl: 5MB }', 'ttl']] as const) {
      const { model } = openText(text)
      assert.equal(component(model, 'a').facts[path]?.value.type, 'unknown', text)
    }
  })

  describe('names', () => {
    const two = 'region eu { service orders }\nregion us { service orders\n  database db }\n'

    it('reach a unique match anywhere', () => assert.deepEqual(arrows(modelOf(`${two}eu.orders -> db : reads`)), ['eu.orders -> us.db reads']))

    it('with two matches are an error that lists both', () => {
      const [problem] = problemsOf(`${two}orders -> db : reads`)
      assert.equal(problem!.code, 'ambiguous-name')
      assert.match(problem!.message, /`eu\.orders` or `us\.orders`/)
      assert.deepEqual(problem!.fixes!.map(({ edits }) => edits[0]!.newText), ['eu.orders', 'us.orders'])
      assert.deepEqual(problem!.related!.map(({ origin }) => origin.range.start.line), [0, 1])
    })

    it('may leave out containers in the middle', () =>
      assert.deepEqual(arrows(modelOf('provider aws { region eu { zone a { service x } } }\nregion us { service x }\nservice y\naws.x -> y')), ['aws.eu.a.x -> y calls?']))

    it('are unique within their container', () => {
      const [problem] = problemsOf('service a\ncache a')
      assert.equal(problem!.code, 'duplicate-name')
      assert.deepEqual(problem!.related!.map(({ origin }) => origin.range.start.line), [0])
      assert.deepEqual(codes('region r { service a }\nregion s { service a }'), [])
    })

    it('may be any word, kinds and keywords too', () => {
      const { components, relations } = modelOf('cache cache uses redis { role: gateway }\nservice data\nservice uses uses temporal\nservice let\ndata -> uses -> let\nlet -> cache : reads')
      assert.deepEqual(components.map(({ id }) => id), ['cache', 'data', 'uses', 'let'])
      assert.equal(relations.length, 3)
    })

    it('that nothing declares are told with the nearest one, and can be declared', () => {
      const [problem] = problemsOf('service orders\ndatabase ledger\norders -> legder : reads')
      assert.deepEqual(problem!.fixes!.map(({ title }) => title), ['Change to `ledger`', 'Declare `database legder`'])
    })
  })

  describe('facts', () => {
    it('are stated over inherited over defaults', () => {
      const model = modelOf('region eu { owner: web, auth: token\n  service a { owner: core }\n  service b }\nlog l uses kafka { retention: 3d }')
      assert.deepEqual(said(component(model, 'eu.a').facts['owner']), 'stated core')
      assert.deepEqual(said(component(model, 'eu.b').facts['owner']), 'stated web from eu')
      assert.deepEqual(said(component(model, 'l').facts['retention']), 'stated 3d')
      const isr = component(model, 'l').facts['min-isr']!
      assert.equal(isr.from, 'default')
      assert.equal(isr.from === 'default' && isr.by, 'kafka')
    })

    it('take the nearest container’s word', () => {
      const { containers, components } = modelOf('region r { owner: outer\n  zone z { owner: inner\n    service a } }')
      assert.equal(said(components[0]!.facts['owner']), 'stated inner from r.z')
      assert.deepEqual(containers.map(({ facts }) => said(facts['owner'])), ['stated outer', 'stated inner'])
    })

    it('change with the version', () => {
      const acks = (uses: string): string | undefined => said(component(modelOf(`log l uses ${uses}`), 'l').facts['acks'])
      assert.match(acks('kafka(2.8)')!, /default 1/)
      assert.match(acks('kafka')!, /default all/)
    })

    it('flatten blocks, and say that there is one', () => {
      const { facts } = component(modelOf('service a { autoscale { min: 12, max: 24, ready: 30s } }'), 'a')
      assert.deepEqual(Object.entries(facts).map(([path, fact]) => `${path} ${said(fact)}`), ['autoscale stated yes', 'autoscale.min stated 12', 'autoscale.max stated 24', 'autoscale.ready stated 30s'])
    })

    it('that say none or unknown keep defaults away, those of the block too', () => {
      const { facts } = component(modelOf('log l uses kafka { failover: unknown, min-isr: unknown, retention: forever }'), 'l')
      assert.deepEqual(Object.keys(facts).filter((path) => path.startsWith('failover')), ['failover'])
      assert.equal(facts['min-isr']!.value.type, 'unknown')
    })

    it('may be stated in the short form, the dotted form or the block', () => {
      for (const text of ['service a { latency { p99: 5ms } }', 'service a { latency.p99: 5ms }', 'service a { p99: 5ms }']) {
        assert.equal(said(component(modelOf(text), 'a').facts['latency.p99']), 'stated 5ms', text)
      }
    })

    it('hold lists, lists of lists, ranges, calls, dates and words that begin with a digit', () => {
      const model = modelOf(`
        database db { key: [tenant, id], key-dist: zipf(1, 1M), replicas: 2..5, invariants: [non-negative(balance), at-most(10, user-id)] }
        service a { tx { name: sell, protocol: 2pc } }
        region x { service b }
        region y { service c }
        scenario "split" { partitions: [[x], [y]] }`)
      const { facts } = component(model, 'db')
      assert.deepEqual(['key', 'key-dist', 'replicas', 'invariants'].map((path) => said(facts[path])), ['stated [tenant id]', 'stated zipf(1 1M)', 'stated 2..5', 'stated [non-negative(balance) at-most(10 user-id)]'])
      assert.equal(said(component(model, 'a').facts['tx.protocol']), 'stated 2pc')
      assert.deepEqual(model.scenarios[0]!.partitions.map((group) => group.map(({ id }) => id)), [['x'], ['y']])
    })

    it('refer to what is declared, and a replica’s zone is declared by being named', () => {
      const { parts } = component(modelOf('database db { replica b1 { zone: site-b, role: leader, lag: 2s }\n  shard s { replica r2 } }'), 'db')
      assert.deepEqual(parts.map(({ id, kind, parent }) => `${kind} ${id} of ${parent}`), ['replica db.b1 of db', 'shard db.s of db', 'replica db.s.r2 of db.s'])
      assert.equal(said(parts[0]!.facts['zone']), 'stated site-b')
    })

    const wrong: readonly (readonly [text: string, where: string, message: RegExp, fix?: string])[] = [
      ['servce a', '1:0 unknown-kind', /no kind `servce`/, 'service'],
      ['service a { replica: 3 }', '1:12 unknown-property', /service has no property `replica`/, 'replicas'],
      ['database d { isolation: serialisable }', '1:24 bad-value', /`isolation`/, 'serializable'],
      ['service a { timeout: 3mss }', '1:22 unknown-unit', /unit `mss`/, 'ms'],
      ['database d uses postgress', '1:16 unknown-technology', /Nothing is known of `postgress`/, 'postgres'],
      ['cache c { ttl: 5MB }', '1:15 bad-value', /`ttl` expects a duration.*size \(B\)/],
      ['cache c { hit-ratio: 92 }', '1:21 bad-value', /share such as 92%/, '92%'],
      ['cache c { ttl: 30 }', '1:15 bad-value', /a duration such as/, '30s'],
      ['service a { replicas: 5..2 }', '1:22 bad-value', /ends before it begins/],
      ['service a { replicas: 2, replicas: 3 }', '1:25 duplicate-property', /stated twice/],
      ['data D { class: ordr }', '1:16 bad-value', /knows no `ordr`/, 'order'],
      ['data D { requires: [no-loss, stalness(3s)] }', '1:29 bad-value', /`requires`/, 'staleness'],
      ['cache c { stores: Crat }\ndata Cart', '1:18 unknown-name', /`Crat`/, 'Cart'],
      ['accept x because "y" until 2027-02-30', '1:27 bad-value', /no day/],
      ['replicas: 3', '1:0 misplaced', /braces of what it is about/],
      ['replica b1', '1:0 misplaced', /store it is a part of/],
      ['flo "Buy" { }', '1:0 unknown-statement', /no statement `flo`/, 'flow'],
      ['flow Buy { }', '1:5 missing-title', /in quotes/, '"Buy"'],
      ['service "Order API"', '1:8 missing-name', /needs a name/, 'order-api '],
      ['kind payments', '1:5 missing-base', /extends service/],
      ['kind service extends worker', '1:5 duplicate-name', /a word of the language/],
      ['kind a extends servce', '1:15 unknown-kind', /`servce`/, 'service'],
    ]
    for (const [text, where, message, fix] of wrong) {
      it(`${text}: ${where}`, () => {
        const problem = problemsOf(text)[0]!
        assert.equal(`${problem.origin.range.start.line + 1}:${problem.origin.range.start.character} ${problem.code}`, where)
        assert.match(problem.message, message)
        assert.equal(problem.fixes?.[0]?.edits[0]?.newText, fix)
        assert.equal(problemsOf(text).length, 1, messages(text).join('\n'))
      })
    }

    it('after its first fix, a text has that problem no more', () => {
      for (const [text, , , fix] of wrong) {
        if (fix === undefined) continue
        const problem = problemsOf(text)[0]!
        const lines = text.split('\n')
        for (const { origin: { range }, newText } of problem.fixes![0]!.edits) {
          const line = lines[range.start.line]!
          lines[range.start.line] = line.slice(0, range.start.character) + newText + line.slice(range.end.character)
        }
        assert.deepEqual(messages(lines.join('\n')), [], lines.join('\n'))
      }
    })

    it('on a kind that they say nothing about are a hint', () => {
      const [problem] = problemsOf('client c { min-isr: 2 }')
      assert.deepEqual([problem!.code, problem!.severity], ['odd-property', 'hint'])
    })
  })

  describe('arrows', () => {
    const kinds = 'client c\ncdn e\nload-balancer lb\nservice s\ndatabase db\ncache k\nqueue q\nlog l\nworker w\ncdc r\nexternal x\nobject-store o\n'

    it('run along chains, and from each to each', () => {
      assert.deepEqual(arrows(modelOf(`${kinds}c, s -> lb, x`)), ['c -> lb calls?', 'c -> x calls?', 's -> lb calls?', 's -> x calls?'])
      assert.deepEqual(arrows(modelOf(`${kinds}c -> lb\n  -> s\n  -> x : calls "pay" { timeout: 1s }`)), ['c -> lb calls', 'lb -> s calls', 's -> x calls'])
    })

    it('infer their verbs from both ends', () => {
      const inferred = 'c -> e calls, e -> lb routes, lb -> s routes, s -> db calls, s -> q publishes, l ~> w delivers, db ~> l captures'
      for (const expected of inferred.split(', ')) {
        const [from, arrow, to, verb] = expected.split(' ')
        const [relation] = modelOf(`${kinds}${from} ${arrow} ${to}`).relations
        assert.deepEqual([relation!.verb, relation!.inferred], [verb, true], expected)
      }
    })

    it('give a chain’s verb to the hops that it can join', () =>
      assert.deepEqual(arrows(modelOf(`${kinds}db ~> r ~> l ~> w : captures`)), ['db ~> r captures', 'r ~> l captures', 'l ~> w delivers?']))

    it('give a chain’s label to the hops that have its verb, and its properties to those they make sense on', () => {
      const text = 'log orders\nworker billing\nexternal psp\norders ~> billing -> psp : calls "charge the card" { op: charge, timeout: 2s, max-deliveries: 5 }'
      const { model, problems } = openText(text)
      assert.deepEqual(problems.map(({ message }) => message), [])
      const [delivers, calls] = model.relations
      assert.deepEqual([delivers!.verb, delivers!.label, calls!.verb, calls!.label], ['delivers', undefined, 'calls', 'charge the card'])
      const stated = (facts: Readonly<Record<string, Fact>>): readonly string[] => Object.keys(facts).filter((path) => facts[path]!.from === 'stated')
      assert.deepEqual(stated(calls!.facts), ['op', 'timeout'])
      assert.ok(stated(delivers!.facts).includes('max-deliveries') && !stated(delivers!.facts).includes('op'))
      assert.deepEqual(modelOf('client c\nload-balancer l\nservice s\nc -> l -> s "same" { timeout: 1s }').relations.map(({ label }) => label), ['same', 'same'])
    })

    it('read a consumption as the delivery that it is', () => {
      const [consumes] = modelOf(`${kinds}w -> q : consumes { max-deliveries: 5 }`).relations
      const [delivers] = modelOf(`${kinds}q ~> w : delivers { max-deliveries: 5 }`).relations
      assert.deepEqual([consumes!.id, consumes!.arrow, said(consumes!.facts['max-deliveries'])], [delivers!.id, delivers!.arrow, said(delivers!.facts['max-deliveries'])])
    })

    it('lower `dead-letter: parked` to an arrow of its own', () => {
      const text = 'queue q\nqueue parked\nworker w\nq ~> w : delivers { max-deliveries: 5, dead-letter: parked }'
      const { relations } = modelOf(text)
      assert.deepEqual(relations.map(({ id }) => id), ['q>w:delivers', 'q>parked:dead-letters'])
      const { start, end } = relations[1]!.origin.range
      assert.equal(text.split('\n')[3]!.slice(start.character, end.character), 'dead-letter: parked')
      assert.equal(modelOf(`${text}\nq ~> parked : dead-letters`).relations.length, 2, 'stated, it is not made again')
    })

    it('tell further ones with the same ends and verb apart', () =>
      assert.deepEqual(modelOf(`${kinds}s -> db : reads "a"\ns -> db : reads "b"`).relations.map(({ id, label }) => `${id} ${label}`), ['s>db:reads a', 's>db:reads#2 b']))

    it('join whole regions where these fail over', () => {
      const regions = 'region eu { service a\n  database d\n  cache only }\nregion us { service a\n  database d }\n'
      assert.deepEqual(arrows(modelOf(`${regions}eu -> us : fails-over-to { detect: 5s }`)), ['eu.a -> us.a fails-over-to', 'eu.d -> us.d fails-over-to'])
      assert.deepEqual(codes(`${regions}eu -> us`), ['6:0 arrow-to-container', '6:6 arrow-to-container'])
    })

    it('stay where only their verb is wrong', () => {
      const misspelt = openText(`${kinds}s -> db : raeds`)
      assert.deepEqual(misspelt.problems.map(({ code, fixes }) => [code, fixes![0]!.edits[0]!.newText]), [['unknown-verb', 'reads']])
      assert.equal(misspelt.model.relations.length, 1)
      const [turned] = problemsOf(`${kinds}w -> q : delivers`)
      assert.equal(turned!.code, 'verb-does-not-join')
      assert.deepEqual(turned!.fixes![0]!.edits.map(({ newText }) => newText), ['q', 'w'])
    })

    it('keep their properties apart from what follows a comma', () => {
      const { flows } = modelOf(`${kinds}c -> lb -> s\ns -> db : reads\nflow "f" { c -> lb -> s, rate: 3/s, s -> db : reads, p99: 2s, parallel { s -> db } }`)
      assert.deepEqual(Object.keys(flows[0]!.facts), ['rate', 'p99'])
      assert.deepEqual(flows[0]!.steps.map(({ type }) => type), ['relation', 'relation', 'relation', 'parallel'])
    })

    it('to themselves, doubled and many at once do no harm', () => {
      assert.deepEqual(arrows(modelOf('service a\na -> a')), ['a -> a calls?'])
      assert.equal(problemsOf(`${Array.from({ length: 100 }, (_, i) => `service s${i}`).join('\n')}\n${Array.from({ length: 100 }, (_, i) => `s${i}`).join(', ')} -> ${Array.from({ length: 100 }, (_, i) => `s${i}`).join(', ')}`)[0]!.code, 'too-many-arrows')
    })
  })

  describe('own words', () => {
    it('bring their facts as if said of each, and are kinds and technologies like others', () => {
      const { components } = modelOf(`
        kind payments extends service { replicas: 3 }
        technology clickhouse "ClickHouse" extends database { isolation: snapshot }
        technology house-kafka extends kafka { retention: 3d }
        payments pay { zones: 2 }
        database d uses clickhouse(23)
        log l uses house-kafka`)
      const [pay, d, l] = components
      assert.deepEqual([pay!.kind, pay!.writtenKind, said(pay!.facts['replicas'])], ['service', 'payments', 'stated 3 from payments'])
      assert.deepEqual([d!.technology!.name, d!.technology!.base, said(d!.facts['isolation'])], ['clickhouse', undefined, 'stated snapshot from clickhouse'])
      assert.deepEqual([l!.technology!.base, said(l!.facts['retention'])], ['kafka', 'stated 3d from house-kafka'])
      assert.equal(l!.facts['min-isr']!.from, 'default')
    })

    it('may not extend themselves', () => assert.deepEqual(codes('kind a extends b\nkind b extends a'), ['1:15 unknown-kind', '2:15 unknown-kind']))
  })

  it('waivers know what they stand in', () => {
    const { waivers } = modelOf(`
      accept rule-a because "everywhere"
      region eu { accept rule-b because "here"
        service s { accept rule-c because "in it" until 2027-03-01 } }
      database d
      s -> d : reads { accept rule-d because "on it" }
      flow "f" { s -> d\n when "x" { accept rule-e because "in the flow" } }
      data D { accept rule-f because "of it" }`)
    assert.deepEqual(waivers.map(({ rule, scope }) => `${rule} ${scope.type} ${scope.type === 'file' ? '' : scope.ids.join()}`.trim()).sort(), [
      'rule-a file', 'rule-b container eu', 'rule-c component eu.s', 'rule-d relation eu.s>d:reads', 'rule-e flow flow:f', 'rule-f data D',
    ])
  })
})

function said(fact: Fact | undefined): string | undefined {
  if (!fact) return undefined
  const by = fact.from === 'default' && fact.by !== 'kafka' && !fact.by.startsWith('kafka(') ? ` by ${fact.by}` : ''
  const from = fact.from === 'stated' && fact.inheritedFrom !== undefined ? ` from ${fact.inheritedFrom}` : ''
  return `${fact.from} ${written(fact.value)}${by}${from}`
}

function written(value: Value): string {
  switch (value.type) {
    case 'word':
      return value.word
    case 'text':
      return value.text
    case 'quantity':
      return value.text ?? String(value.value)
    case 'list':
      return `[${value.items.map(written).join(' ')}]`
    case 'span':
      return `${written(value.from)}..${written(value.to)}`
    case 'call':
      return `${value.name}(${value.args.map(written).join(' ')})`
    case 'reference':
      return `@${value.to.id}`
    default:
      return value.type
  }
}
