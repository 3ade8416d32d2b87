import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { analyse } from '../../src/analysis/analysis.ts'
import { LEVELS, staleReadProbability, time, weaker, type StalePath } from '../../src/analysis/staleness.ts'
import { modelFrom, type Outline, type Said } from '../support/model.ts'
import { property } from '../support/property.ts'

function paths(outline: Outline): readonly StalePath[] {
  const analysis = analyse(modelFrom(outline))
  return analysis.flows.flatMap((flow) => analysis.staleness.of(flow))
}

const age = (outline: Outline): number => Math.max(0, ...paths(outline).map((path) => path.seconds))

describe('staleness', () => {
  it('M21: the chance of a stale read', () => {
    assert.equal((100 * staleReadProbability(0.1, 2)).toFixed(1), '18.1')
  })

  it('meets at the weaker level', () => {
    for (const a of LEVELS) for (const b of LEVELS) assert.equal(weaker(a, b), LEVELS[Math.max(LEVELS.indexOf(a), LEVELS.indexOf(b))])
  })

  it('writes sums so that they can be added up again', () => {
    assert.deepEqual([151, 60, 90, 3600, 0.25, Infinity].map(time), ['151s', '1min', '90s', '1h', '250ms', 'without end'])
  })

  const prices = (says: { browser?: Said; cdn?: Said; cache?: Said; read?: Said; origin?: Said } = {}): Outline => ({
    components: [
      { id: 'browser', kind: 'client', says: { 'max-age': '30s', ...says.browser } },
      { id: 'edge', kind: 'cdn', says: { ttl: '60s', ...says.cdn } },
      { id: 'api', kind: 'service' },
      { id: 'price-cache', kind: 'cache', says: { ttl: '60s', 'rebuild-from': '@prices', ...says.cache } },
      { id: 'prices', kind: 'database', says: { 'lag.p99': '1s' } },
    ],
    relations: [
      { from: 'browser', to: 'edge', verb: 'calls' },
      { from: 'edge', to: 'api', verb: 'routes' },
      { from: 'api', to: 'price-cache', verb: 'reads', says: says.read ?? {} },
      { from: 'api', to: 'prices', verb: 'reads', says: { consistency: 'follower', ...says.origin } },
    ],
  })

  it('M21: adds up browser, CDN, cache and replica', () => {
    assert.equal(age(prices()), 151)
    const [path] = paths(prices()).filter(({ read }) => read.needed === 'price-cache')
    assert.deepEqual(
      path!.layers.map((layer) => layer.seconds),
      [30, 60, 60, 1],
    )
    assert.equal(path!.level, 'bounded')
  })

  it('counts stale-while-revalidate, and nothing for what writes through, is told of changes, or may not be kept', () => {
    assert.equal(age(prices({ cdn: { 'stale-while-revalidate': '30s' } })), 181)
    assert.equal(age(prices({ cache: { pattern: 'write-through' } })), 91)
    assert.equal(age(prices({ cache: { invalidation: 'cdc', 'invalidation.delay': '2s' } })), 93)
    assert.equal(age(prices({ cache: { 'fill-from': 'leader' } })), 150)
    assert.equal(age(prices({ origin: { consistency: 'leader' } })), 150)
  })

  it('takes the longer of two ages where the inner one is passed on', () => {
    assert.equal(age(prices({ cache: { 'forwards-age': 'yes' } })), 30 + 60 + 1)
    assert.equal(age(prices({ cache: { 'forwards-age': 'yes', ttl: '90s' } })), 30 + 90 + 1)
  })

  it('has no end where an entry has none', () => {
    assert.equal(age(prices({ cache: { ttl: 'none' } })), Infinity)
  })

  it('adds nothing for what is unknown', () => {
    for (const layer of ['browser', 'cdn', 'cache'] as const)
      assert.ok(age(prices({ [layer]: { ttl: 'unknown', 'max-age': 'unknown' } })) < 151)
    assert.equal(age(prices({ cache: { invalidation: 'unknown' } })), 91)
  })

  it('leaves a CDN out where the request changes something behind it', () => {
    const buying = prices()
    assert.equal(age({ ...buying, relations: [...buying.relations!, { from: 'api', to: 'prices', verb: 'writes' }] }), 61)
  })

  it('follows a projection back to the truth by the fastest way', () => {
    const projected = (also: Outline['relations'] = []): Outline => ({
      components: [
        { id: 'app', kind: 'client' },
        { id: 'api', kind: 'service' },
        { id: 'db', kind: 'database' },
        { id: 'relay', kind: 'cdc' },
        { id: 'events', kind: 'log' },
        { id: 'indexer', kind: 'worker' },
        { id: 'index', kind: 'search', says: { refresh: '1s' } },
      ],
      relations: [
        { from: 'app', to: 'api', verb: 'calls' },
        { from: 'api', to: 'index', verb: 'reads' },
        { from: 'db', to: 'relay', verb: 'captures', says: { 'lag.p99': '2s' } },
        { from: 'relay', to: 'events', verb: 'captures' },
        { from: 'events', to: 'indexer', verb: 'delivers', says: { 'max-lag': '30s' } },
        { from: 'indexer', to: 'index', verb: 'writes' },
        ...also,
      ],
    })
    assert.equal(age(projected()), 33)
    assert.equal(age(projected([{ from: 'api', to: 'index', verb: 'writes' }])), 1)
  })

  it('takes a view to be as far behind as the worker that fills it may fall', () => {
    const view = (worker: Said, handed: Said = {}): Outline => ({
      components: [{ id: 'app', kind: 'client' }, { id: 'api', kind: 'service' }, { id: 'orders', kind: 'database' }, { id: 'events', kind: 'log' }, { id: 'projector', kind: 'worker', says: worker }, { id: 'view', kind: 'database' }],
      relations: [
        { from: 'app', to: 'api', verb: 'calls' },
        { from: 'api', to: 'view', verb: 'reads' },
        { from: 'orders', to: 'events', verb: 'captures', says: { lag: '1s' } },
        { from: 'events', to: 'projector', verb: 'delivers', says: handed },
        { from: 'projector', to: 'view', verb: 'writes' },
      ],
    })
    assert.equal(age(view({})), 1)
    assert.equal(age(view({ 'max-lag': '5s' })), 6)
    assert.equal(age(view({ 'max-lag': '5s' }, { 'max-lag': '2s' })), 3)
    assert.equal(age(view({ 'max-lag': '5s' }, { 'max-lag': 'unknown' })), 1)
    const [path] = paths(view({ 'max-lag': '5s' }))
    assert.equal(path!.level, 'bounded')
    assert.equal(path!.layers.at(0)!.what, '`projector` 5s (max-lag)')
  })

  it('agrees with walking every way of random chains of caches', () => {
    const layered = fc.integer({ min: 1, max: 4 }).chain((depth) =>
      fc.record({
        ttls: fc.array(fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 3 }), { minLength: depth, maxLength: depth }),
        links: fc.array(fc.tuple(fc.nat(2), fc.nat(2), fc.nat(depth)), { maxLength: 10 }),
      }),
    )
    property(
      fc.property(layered, ({ ttls, links }) => {
        // Levels of CDNs, each asking some of the next level; the first of each level asks the first of the next.
        const name = (level: number, at: number): string => `cdn-${level}-${at}`
        const components: Outline['components'][number][] = [
          { id: 'app', kind: 'client' },
          { id: 'api', kind: 'service' },
          { id: 'db', kind: 'database' },
        ]
        const relations: { from: string; to: string; verb: string }[] = [
          { from: 'app', to: name(0, 0), verb: 'calls' },
          { from: 'api', to: 'db', verb: 'reads' },
        ]
        ttls.forEach((level, depth) =>
          level.forEach((ttl, at) => components.push({ id: name(depth, at), kind: 'cdn', says: { ttl: `${ttl}s` } })),
        )
        const edges = new Set<string>()
        ttls.forEach((_, level) => edges.add(`${level}:0:0`))
        for (const [a, b, level] of links)
          if (ttls[level]?.[a] !== undefined && (level + 1 === ttls.length ? b === 0 : ttls[level + 1]?.[b] !== undefined))
            edges.add(`${level}:${a}:${b}`)
        const next = (level: number, at: number): readonly string[] =>
          [...edges]
            .filter((edge) => edge.startsWith(`${level}:${at}:`))
            .map((edge) => (level + 1 === ttls.length ? 'api' : name(level + 1, Number(edge.split(':')[2]))))
        for (const edge of edges) {
          const [level, a, b] = edge.split(':').map(Number) as [number, number, number]
          relations.push({ from: name(level, a), to: level + 1 === ttls.length ? 'api' : name(level + 1, b), verb: 'routes' })
        }
        const oldest = (level: number, at: number): number =>
          Math.max(
            -Infinity,
            ...next(level, at).map((to) =>
              to === 'api' ? ttls[level]![at]! : ttls[level]![at]! + oldest(level + 1, Number(to.split('-')[2])),
            ),
          )
        assert.equal(age({ components, relations }), oldest(0, 0))
      }),
      { numRuns: 150 },
    )
  })
})
