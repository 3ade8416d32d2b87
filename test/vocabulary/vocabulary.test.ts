import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { describeType, fit, vocabulary, type Default, type Property, type Subject } from '../../src/vocabulary/index.ts'
import { valueOf } from '../../src/vocabulary/make.ts'

const subjects: readonly Subject[] = [
  'component',
  'container',
  'relation',
  'data',
  'flow',
  'design',
  'scenario',
  'view',
  'shard',
  'replica',
]

describe('the vocabulary table', () => {
  it('has one row for each subject and path, and no other spelling that hides a row', () => {
    const seen = new Map<string, Property>()
    for (const property of vocabulary.properties) {
      for (const subject of property.on) {
        assert.ok(!seen.has(`${subject} ${property.name}`), `${subject} ${property.name} twice`)
        seen.set(`${subject} ${property.name}`, property)
      }
    }
    for (const property of vocabulary.properties) {
      for (const subject of property.on) {
        for (const alias of property.aliases) {
          assert.ok(!seen.has(`${subject} ${alias}`), `${alias} of ${property.name} is a row itself`)
          assert.equal(vocabulary.property(subject, alias), property, `${subject} ${alias}`)
        }
      }
    }
  })

  it('writes every name in kebab-case', () => {
    const words = [...vocabulary.kinds, ...vocabulary.containers, ...vocabulary.verbs, ...vocabulary.technologies].map((row) => row.name)
    for (const word of words) assert.match(word, /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/)
    for (const property of vocabulary.properties) assert.match(property.name, /^[a-z][a-z0-9]*(-[a-z0-9]+)*(\.[a-z][a-z0-9-]*)?$/)
  })

  it('says something about every row', () => {
    for (const row of [
      ...vocabulary.kinds,
      ...vocabulary.containers,
      ...vocabulary.verbs,
      ...vocabulary.properties,
      ...vocabulary.technologies,
    ]) {
      assert.match(row.meaning, /^[A-Z0-9].*[.!?]$/s, `${row.name}: ${row.meaning}`)
    }
  })

  it('names only kinds, verbs and properties that exist', () => {
    for (const property of vocabulary.properties) {
      for (const kind of property.kinds) assert.ok(vocabulary.kind(kind)?.name === kind, `${property.name}: kind ${kind}`)
      for (const verb of property.verbs) assert.ok(vocabulary.verb(verb)?.verb.name === verb, `${property.name}: verb ${verb}`)
      assert.ok(
        property.kinds.length === 0 || property.on.includes('component'),
        `${property.name} has kinds and does not stand on components`,
      )
      assert.ok(
        property.verbs.length === 0 || property.on.includes('relation'),
        `${property.name} has verbs and does not stand on relations`,
      )
      const parent = property.name.includes('.') ? property.name.split('.')[0]! : undefined
      for (const subject of property.on) {
        if (parent)
          assert.equal(vocabulary.property(subject, parent)?.type.type, 'block', `${subject} ${property.name} has no block ${parent}`)
      }
    }
    for (const kind of vocabulary.kinds) {
      const offered = vocabulary.propertiesFor('component', { kind: kind.name }).map((row) => row.name)
      for (const first of kind.first) assert.ok(offered.includes(first), `${kind.name}: ${first}`)
      assert.deepEqual(offered.slice(0, kind.first.length), kind.first)
    }
    for (const verb of vocabulary.verbs) {
      for (const pair of verb.joins)
        for (const kind of [...pair.from, ...pair.to])
          assert.ok(kind === 'any' || vocabulary.kind(kind)?.name === kind, `${verb.name}: ${kind}`)
    }
    for (const technology of vocabulary.technologies)
      for (const kind of technology.kinds) assert.ok(vocabulary.kind(kind)?.name === kind, `${technology.name}: ${kind}`)
  })

  it('gives every default a property of that kind, a value of its type and a source', () => {
    const check = (owner: string, kind: string, fact: Default): void => {
      const property = vocabulary.propertiesFor('component', { kind }).find((row) => row.name === fact.property)
      assert.ok(property, `${owner}: ${fact.property} does not stand on a ${kind}`)
      const fitted = fit(property.type, fact.value)
      assert.ok('value' in fitted, `${owner}: ${fact.property} ${'problem' in fitted ? fitted.problem : ''}`)
      assert.ok(fact.source.length > 5, `${owner}: ${fact.property} has no source`)
    }
    for (const kind of vocabulary.kinds) for (const fact of kind.defaults) check(kind.name, kind.name, fact)
    for (const technology of vocabulary.technologies)
      for (const fact of technology.defaults) check(technology.name, technology.kinds[0]!, fact)
    for (const verb of vocabulary.verbs) {
      for (const fact of verb.defaults) {
        const property = vocabulary.propertiesFor('relation', { verb: verb.name }).find((row) => row.name === fact.property)
        assert.ok(property, `${verb.name}: ${fact.property}`)
        assert.ok('value' in fit(property.type, fact.value), `${verb.name}: ${fact.property}`)
      }
    }
  })

  it('never gives a technology two values for one property and version', () => {
    const versions = ['', '1', '2.8', '3.0', '3.12', '4.0', '5.0', '7.0', '8.0', '1.31', '1.32', '20']
    for (const technology of vocabulary.technologies) {
      for (const version of versions) {
        const used = version === '' ? undefined : ({ type: 'text', text: version } as const)
        const facts = vocabulary.defaultsFor(technology.kinds[0]!, { name: technology.name, version: used })
        const own = technology.defaults.filter((fact) => facts[fact.property]?.value === fact.value)
        for (const property of new Set(own.map((fact) => fact.property))) {
          const switched = technology.defaults.filter(
            (fact) => fact.property === property && fact.below === undefined && fact.from === undefined,
          )
          assert.ok(switched.length <= 1, `${technology.name}: ${property}`)
        }
      }
      for (const fact of technology.defaults.filter((row) => row.below !== undefined)) {
        const counterpart = technology.defaults.find((row) => row.property === fact.property && row.from !== undefined)
        if (counterpart) assert.equal(counterpart.from, fact.below, `${technology.name}: ${fact.property}`)
      }
    }
  })

  it('shows each property by an example that means what its type says', () => {
    for (const property of vocabulary.properties) {
      const leaf = property.name.split('.').at(-1)!
      const match = /^([a-z][a-z0-9-]*)(?:: (.+)| \{ (.+) \})$/.exec(property.example)
      assert.ok(match, `${property.name}: ${property.example}`)
      assert.equal(match[1], leaf, property.example)
      if (match[3] !== undefined) {
        assert.equal(property.type.type, 'block', property.example)
        for (const inner of split(match[3])) {
          const [name, value] = inner.split(/: (.*)/s)
          const row = property.on
            .map((subject) => vocabulary.property(subject, `${property.name}.${name}`))
            .find((found) => found !== undefined)
          assert.ok(row, `${property.name}.${name} is no row`)
          accept(row, value!)
        }
      } else accept(property, match[2]!)
    }
  })

  it('fits `none` and `unknown` everywhere', () => {
    for (const property of vocabulary.properties) {
      for (const word of ['none', 'unknown']) assert.ok('value' in fit(property.type, { type: 'word', word }), `${property.name}: ${word}`)
    }
  })

  it('takes silence as DECISIONS says', () => {
    const silence = (subject: Subject, path: string): string | undefined => vocabulary.property(subject, path)?.absence
    for (const path of ['retry-budget', 'compensate', 'carries', 'idempotent', 'dedupe', 'affinity', 'heartbeat', 'fencing']) {
      assert.equal(silence('relation', path), 'none', path)
    }
    for (const path of ['coalesce', 'escrow', 'ttl-jitter', 'failover.fencing', 'dedupe', 'heartbeat'])
      assert.equal(silence('component', path), 'none', path)
    for (const path of ['auth', 'trace', 'backup', 'schema', 'alarm']) assert.equal(silence('component', path), 'concern', path)
    for (const path of ['capacity', 'latency', 'lag', 'replicas', 'zones', 'key-dist', 'consistency'])
      assert.equal(silence('component', path), 'unknown', path)
    for (const path of ['op', 'consistency']) assert.equal(silence('relation', path), 'unknown', path)
  })

  it('can say in words what each property takes', () => {
    for (const property of vocabulary.properties) assert.ok(describeType(property.type).length > 3, property.name)
  })

  it('is frozen to the bottom', () => {
    const walk = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return
      assert.ok(Object.isFrozen(value))
      for (const inner of Object.values(value)) walk(inner)
    }
    walk(vocabulary)
  })

  describe('is complete', () => {
    const page = '/work/shared/design/rules/VOCABULARY.md'
    const committed = JSON.parse(readFileSync(new URL('./words.json', import.meta.url), 'utf8')) as {
      properties: string[]
      technologies: string[]
    }

    it('in properties', () => {
      const missing = committed.properties.filter((word) => !subjects.some((subject) => vocabulary.property(subject, word)))
      assert.deepEqual(missing, [])
    })

    it('in technologies', () => {
      assert.deepEqual(
        committed.technologies.filter((name) => !vocabulary.technology(name)),
        [],
      )
    })

    it('and the committed list is the page’s, where the page is at hand', function () {
      if (!existsSync(page)) return this.skip()
      const words = wordsOf(readFileSync(page, 'utf8'))
      assert.deepEqual(words, committed)
    })

    it('in the kinds and verbs of the language', () => {
      const kinds =
        'client dns cdn load-balancer gateway service function worker stream-processor batch workflow scheduler database cache queue log topic object-store search coordinator cdc external monitor'
      assert.deepEqual(vocabulary.kinds.map((kind) => kind.name).toSorted(), kinds.split(' ').toSorted())
      assert.deepEqual(vocabulary.containers.map((container) => container.name).toSorted(), [
        'cell',
        'group',
        'host',
        'provider',
        'region',
        'trust-zone',
        'zone',
      ])
      const verbs =
        'calls reads writes invalidates publishes delivers consumes captures replicates caches routes resolves locks triggers backs-up dead-letters fails-over-to configures observes reconciles'
      assert.deepEqual(
        verbs.split(' ').filter((verb) => !vocabulary.verb(verb)),
        [],
      )
      assert.equal(vocabulary.kind('lb')?.name, 'load-balancer')
      assert.equal(vocabulary.kind('db')?.name, 'database')
      assert.deepEqual(vocabulary.verb('consumes')?.reversed, true)
    })
  })
})

/** The property words of section B3 and the technologies of B5, as the language spells them. */
function wordsOf(text: string): { properties: string[]; technologies: string[] } {
  const section = text.slice(text.indexOf('### B3.'), text.indexOf('**Minimum set'))
  const bare = section.slice(section.indexOf('Common (component)'))
  const properties = new Set<string>()
  for (const [, code] of bare.matchAll(/`([^`]+)`/g)) {
    const property = /^([a-z_0-9]+)\b/.exec(code!)?.[1]
    if (property) properties.add(spelt(property))
    // Flow: `requires/tolerates`, `p50/p99`, `n, r, w`.
    for (const other of code!.matchAll(/[/,]\s*([a-z][a-z_0-9]*)(?=[/,`]|$)/g))
      if (!code!.includes('{') && !code!.includes(':')) properties.add(spelt(other[1]!))
    const block = /^([a-z_]+)\s*\{([^}]*)\}/.exec(code!)
    if (block) for (const inner of block[2]!.split(',')) properties.add(`${spelt(block[1]!)}.${spelt(/^\s*(\w+)/.exec(inner)![1]!)}`)
  }
  for (const word of NOT_PROPERTIES) properties.delete(word)
  const table = text.slice(text.indexOf('### B5.'))
  const technologies = new Set<string>()
  for (const [, cell] of table.matchAll(/^\| (`[^|]*) \|/gm))
    for (const [, name] of cell!.matchAll(/`([a-z0-9_]+)`/g)) technologies.add(spelt(name!))
  return { properties: [...properties].toSorted(), technologies: [...technologies].toSorted() }
}

/** `tech` is written `uses`; `ops` of a capacity is the capacity itself. */
const NOT_PROPERTIES = new Set(['tech', 'capacity.ops'])
const SPELLINGS: Readonly<Record<string, string>> = { swr: 'stale-while-revalidate', rf: 'replication-factor' }

function spelt(word: string): string {
  const kebab = word.replaceAll('_', '-')
  return SPELLINGS[kebab] ?? kebab
}

/** Splits a block's example at the commas outside of brackets. */
function split(text: string): readonly string[] {
  return text.split(/,\s*(?![^([]*[)\]])/)
}

function accept(property: Property, text: string): void {
  const reading = text.startsWith('"')
    ? ({ type: 'text', text: text.slice(1, -1) } as const)
    : /^\[\[/.test(text)
      ? ({ type: 'list', items: [] } as const)
      : valueOf(text)
  const references = property.type.type === 'reference' || (property.type.type === 'block' && property.type.shorthand?.type === 'reference')
  const fitted = fit(property.type, reading)
  if ('value' in fitted || references) return
  assert.fail(`${property.name}: \`${text}\` ${fitted.problem}`)
}
