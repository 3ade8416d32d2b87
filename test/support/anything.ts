/**
 * Designs in which anything may be said: every kind, verb, technology and property of the vocabulary with values that fit it, put together at random.
 * Nobody would draw them, but every rule must hold its laws on them. A design is a list of pieces, so that a failing one can be made small.
 */
import { callsOf, choicesOf, vocabulary, type Property, type PropertyType, type QuantityKind, type Subject } from '../../src/vocabulary/index.ts'
import { random } from './generator.ts'

export interface Anything {
  readonly statements: readonly Piece[]
}

/** One statement with what its body says; flows name the arrows that they travel. */
export interface Piece {
  readonly head: string
  readonly body: readonly string[]
  readonly forced?: boolean
}

const NUMBERS: Readonly<Record<QuantityKind, readonly string[]>> = {
  count: ['1', '2', '3', '5', '16', '64'],
  number: ['1', '2', '10'],
  ratio: ['1%', '10%', '45%', '92%', '100%'],
  rate: ['1/s', '100/s', '2k/s', '50k/s'],
  duration: ['1ms', '50ms', '2s', '30s', '5min', '1d', '30d'],
  size: ['100B', '1KB', '2MB', '50GB'],
  bandwidth: ['1MB/s', '1GB/s'],
  'rate-or-bandwidth': ['500/s', '10MB/s'],
  'count-or-size': ['1k', '1GB'],
  'count-or-ratio': ['3', '90%'],
  'duration-or-size': ['1h', '10GB'],
  availability: ['99%', '99.9%', '99.99%'],
}
const NAMES = ['order-id', 'user-id', 'created-at', 'country', 'path']
const CLASSES = ['order', 'money', 'inventory', 'user-content', 'message', 'config', 'acl', 'feed', 'telemetry', 'session', 'identity']

export function anything(seed: number): Anything {
  const next = random(seed)
  const below = (count: number): number => Math.floor(next() * count)
  const pick = <T>(items: readonly T[]): T => items[below(items.length)]!
  const chance = (share: number): boolean => next() < share

  const data = ['A', 'B', 'C'].slice(0, 1 + below(3))
  const kinds = ['client', ...Array.from({ length: 4 + below(6) }, () => pick(KINDS))]
  const components = kinds.map((kind, index) => ({ kind, name: `${kind.slice(0, 2)}${index}` }))
  const containers = chance(0.5) ? [pick(['region', 'zone', 'host', 'cell'])] : []
  const containerNames = containers.map((kind, index) => `${kind}-${index}`)

  const value = (type: PropertyType): string | undefined => valueFor(type, { next, data, containers: containerNames, components })

  /** `failover.mode` is written `failover { mode: auto }`. */
  function said(row: Property): string | undefined {
    const written = value(row.type)
    if (written === undefined) return row.type.type === 'block' ? `${row.name}: yes` : undefined
    const [block, inner] = row.name.split('.')
    return inner === undefined ? `${row.name}: ${written}` : `${block} { ${inner}: ${written} }`
  }

  function body(subject: Subject, of: { readonly kind?: string; readonly verb?: string }, many: number): readonly string[] {
    const rows = vocabulary.propertiesFor(subject, of).filter(({ name }) => name !== 'note')
    const chosen = new Map<string, string>()
    for (let count = below(many + 1); count > 0; count--) {
      // What its rules ask for first comes up more often than what hardly anybody says.
      const row = chance(0.5) ? rows[below(Math.min(12, rows.length))]! : pick(rows)
      const text = said(row)
      const key = row.name.split('.')[0]!
      if (text !== undefined && !chosen.has(key)) chosen.set(key, text)
    }
    return [...chosen.values()]
  }

  const statements: Piece[] = data.map((name) => ({ head: `data ${name}`, body: [...(chance(0.8) ? [`class: ${pick(CLASSES)}`] : []), ...(chance(0.6) ? ['key: order-id'] : []), ...(chance(0.6) ? [`size: ${pick(NUMBERS.size)}`] : []), ...body('data', {}, 2).filter((line) => !/^(class|key|size)\b/.test(line))] }))
  const inside: Piece[] = []
  for (const { kind, name } of components) {
    const technologies = vocabulary.technologies.filter((technology) => technology.kinds.includes(kind))
    const uses = technologies.length > 0 && chance(0.6) ? ` uses ${pick(technologies).name}` : ''
    const piece = { head: `${kind} ${name}${uses}`, body: [...(STORING.has(kind) && chance(0.6) ? [`stores: ${pick(data)}`] : []), ...body('component', { kind }, 8).filter((line) => !line.startsWith('stores:'))] }
    if (containers.length > 0 && chance(0.4)) inside.push(piece)
    else statements.push(piece)
  }
  if (containers.length > 0) statements.push({ head: `${containers[0]} ${containerNames[0]}`, body: [...body('container', { kind: containers[0]! }, 1), ...inside.map(written)] })

  const arrows: { readonly from: string; readonly to: string; readonly verb: string }[] = []
  for (let count = components.length + below(components.length); count > 0; count--) {
    const [from, to] = [pick(components), pick(components)]
    const verbs = vocabulary.verbs.filter(({ name }) => vocabulary.verbJoins(name, from.kind, to.kind))
    if (from === to || verbs.length === 0) continue
    const verb = pick(verbs)
    if (arrows.some((arrow) => arrow.from === from.name && arrow.to === to.name && arrow.verb === verb.name)) continue
    arrows.push({ from: from.name, to: to.name, verb: verb.name })
    statements.push({ head: `${from.name} ${verb.arrow === 'message' ? '~>' : '->'} ${to.name} : ${verb.name}`, body: [...(chance(0.4) ? [`data: ${pick(data)}`] : []), ...body('relation', { verb: verb.name }, 6).filter((line) => !line.startsWith('data:'))] })
  }
  for (let count = below(3); count > 0 && arrows.length > 0; count--) {
    const steps: string[] = []
    let at = chance(0.7) ? components[0]!.name : pick(arrows).from
    for (let length = 1 + below(5); length > 0; length--) {
      const onward = arrows.filter(({ from }) => from === at)
      if (onward.length === 0) break
      const arrow = pick(onward)
      steps.push(`${arrow.from} -> ${arrow.to} : ${arrow.verb}`)
      at = chance(0.7) ? arrow.to : at
    }
    if (steps.length > 0) statements.push({ head: `flow "F${count}"`, body: [...(chance(0.7) ? [`rate: ${pick(NUMBERS.rate)}`] : []), ...body('flow', {}, 4).filter((line) => !/^(rate|entry|needs)\b/.test(line)), ...steps], forced: true })
  }
  return { statements }
}

/** What a value may name. */
export interface Names {
  readonly next: () => number
  readonly data: readonly string[]
  readonly containers: readonly string[]
  readonly components: readonly { readonly kind: string; readonly name: string }[]
}

/** Some value that fits the type, written as in a design; undefined where nothing is at hand. */
export function valueFor(type: PropertyType, names: Names): string | undefined {
  const { next, data, containers, components } = names
  const pick = <T>(items: readonly T[]): T => items[Math.floor(next() * items.length)]!
  const chance = (share: number): boolean => next() < share
  if (chance(0.03)) return 'unknown'
  const choices = choicesOf(type).map(({ word }) => word)
  const calls = callsOf(type)
  if (calls.length > 0 && chance(0.3)) {
    const chosen = pick(calls)
    const args = chosen.args.filter(({ optional }) => !optional || chance(0.5)).map((arg) => valueFor(arg.type, names))
    return args.some((arg) => arg === undefined) ? undefined : args.length === 0 ? chosen.name : `${chosen.name}(${args.join(', ')})`
  }
  switch (type.type) {
    case 'quantity':
      if (choices.length > 0 && chance(0.2)) return pick(choices)
      if (type.names && chance(0.3)) return '[a, b]'
      if (type.span && chance(0.15)) return '2..8'
      return pick(NUMBERS[type.of])
    case 'words':
      return choices.length === 0 ? undefined : type.list && chance(0.3) ? `[${pick(choices)}, ${pick(choices)}]` : pick(choices)
    case 'flag':
      return pick(['yes', 'no'])
    case 'name':
      return choices.length > 0 && chance(0.5) ? pick(choices) : type.list && chance(0.3) ? `[${pick(NAMES)}, ${pick(NAMES)}]` : pick(NAMES)
    case 'reference': {
      if (choices.length > 0 && chance(0.4)) return pick(choices)
      if (type.to === 'data') return pick(data)
      if (type.to === 'component' || type.to === 'target') {
        const fitting = components.filter(({ kind }) => !type.kinds?.length || type.kinds.includes(kind))
        return fitting.length === 0 ? undefined : pick(fitting).name
      }
      return type.to === 'container' && containers.length > 0 ? pick(containers) : undefined
    }
    case 'text':
      return '"said"'
    case 'date':
      return '2027-03-01'
    case 'block':
      return type.shorthand ? valueFor(type.shorthand, names) : undefined
    case 'open':
      return undefined
  }
}

const KINDS = vocabulary.kinds.map(({ name }) => name)
const STORING: ReadonlySet<string> = new Set(['database', 'cache', 'object-store', 'search'])

function written({ head, body, forced }: Piece): string {
  return body.length === 0 && !forced ? head : `${head} {\n  ${body.join('\n  ')}\n}`
}

export function textOf({ statements }: Anything): string {
  return `${statements.map(written).join('\n')}\n`
}

/** The smallest design that still fails, by leaving out statements and lines as long as that helps. */
export function smallest(design: Anything, fails: (text: string) => boolean): string {
  let best = design
  for (let shrunk = true; shrunk; ) {
    shrunk = false
    for (const candidate of smaller(best)) {
      if (!fails(textOf(candidate))) continue
      best = candidate
      shrunk = true
      break
    }
  }
  return textOf(best)
}

function* smaller({ statements }: Anything): Iterable<Anything> {
  for (const index of statements.keys()) yield { statements: statements.filter((_, at) => at !== index) }
  for (const [index, piece] of statements.entries()) {
    for (const line of piece.body.keys()) yield { statements: statements.map((one, at) => (at === index ? { ...piece, body: piece.body.filter((_, other) => other !== line) } : one)) }
  }
}
