/** Arrows → relations: chains and fan-outs to one relation each pair, verbs read or inferred, both spellings of a delivery to the same one. */
import type { Component, Relation } from '../../model/model.ts'
import type { Origin } from '../../model/origin.ts'
import type { Fact } from '../../model/value.ts'
import { vocabulary, type VerbUse } from '../../vocabulary/index.ts'
import type { RelationStatement, Token } from '../syntax.ts'
import type { Node } from '../tree.ts'
import { bodyOf, extentOf, originOf, type Context, type Sited } from './context.ts'
import { layered, statedFacts } from './facts.ts'
import type { Lets } from './values.ts'

export interface Lowered {
  readonly relations: readonly Relation[]
  /** The relations of each statement, for what stands in its body. */
  readonly byStatement: ReadonlyMap<Node, readonly string[]>
}

export interface End {
  readonly component: Component
  readonly word: Token
}

/** Where whole regions or zones fail over to each other. */
interface ContainerEnd {
  readonly container: string
  readonly word: Token
}

/** One arrow between two names as written, before its verb is settled. */
interface Hop {
  readonly from: End
  readonly to: End
  readonly arrow: 'request' | 'message'
}

export class RelationLowering {
  private readonly relations: Relation[] = []
  private readonly byStatement = new Map<Node, string[]>()
  private readonly counts = new Map<string, number>()
  private readonly context: Context
  private readonly lets: Lets
  private readonly components: readonly Component[]
  readonly component: (id: string) => Component | undefined

  constructor(context: Context, lets: Lets, components: readonly Component[]) {
    this.context = context
    this.lets = lets
    this.components = components
    const byId = new Map(components.map((one) => [one.id, one]))
    this.component = (id) => byId.get(id)
  }

  lower(statements: readonly Sited[]): Lowered {
    for (const sited of statements) if (sited.node.statement.type === 'relation') this.statement(sited, sited.node.statement)
    this.deadLetters()
    return { relations: this.relations, byStatement: this.byStatement }
  }

  private statement(sited: Sited, statement: RelationStatement): void {
    const { tree, node } = sited
    const used = statement.verb && this.verb(sited, statement.verb)
    const ends = statement.ends.map((names) => names.flatMap((word) => this.end(sited, word, used) ?? []))
    const hops: Hop[] = []
    for (const [index, arrow] of statement.arrows.entries()) {
      for (const from of ends[index] ?? []) {
        for (const to of ends[index + 1] ?? []) hops.push(...this.between(sited, from, to, arrow.text === '~>' ? 'message' : 'request'))
      }
      if (hops.length > MOST_HOPS) {
        this.context.report(extentOf(sited), 'too-many-arrows', 'error', `This one statement makes more than ${MOST_HOPS} arrows; only the first are kept.`)
        hops.length = MOST_HOPS
        break
      }
    }
    const joined = used !== undefined && hops.some((hop) => fits(used, hop))
    const settled = hops.map((hop) => this.settle(sited, statement, hop, used, joined))
    // Where nothing could be joined, what is wrong in the body is wrong all the same.
    const verbs = settled.length > 0 ? [...new Set(settled.map(({ verb }) => verb))] : used ? [used.verb.name] : []
    const what = verbs.length === 1 ? `an arrow that ${verbs[0]!}` : 'an arrow'
    const stated = statedFacts(this.context, tree, node.children, { subject: 'relation', verbs, what }, this.lets)
    const shared = { extent: extentOf(sited), body: bodyOf(sited), text: hops.length > 1 ? tree.text.slice(node.start, node.end) : undefined }
    const byVerb = new Map(verbs.map((verb) => [verb, verbs.length === 1 ? stated : factsOf(verb, verbs, stated, joined ? used.verb.name : undefined)]))
    const ids = hops.map((hop, index) => {
      const settledHop = settled[index]!
      // In a chain the label goes with the verb, to the hops that have it.
      const label = joined && settledHop.inferred ? undefined : statement.label?.text
      return this.add(sited, hop, settledHop, byVerb.get(settledHop.verb)!, { ...shared, label })
    })
    this.byStatement.set(node, ids)
  }

  private add(
    sited: Sited,
    hop: Hop,
    { verb, inferred, reversed }: Settled,
    stated: Readonly<Record<string, Fact>>,
    shared: { readonly extent: Origin; readonly body: ReturnType<typeof bodyOf>; readonly text: string | undefined; readonly label: string | undefined },
  ): string {
    const [from, to] = reversed ? [hop.to, hop.from] : [hop.from, hop.to]
    const key = `${from.component.id}>${to.component.id}:${verb}`
    const count = (this.counts.get(key) ?? 0) + 1
    this.counts.set(key, count)
    const id = count === 1 ? key : `${key}#${count}`
    const begin = Math.min(hop.from.word.start, hop.to.word.start)
    const end = Math.max(hop.from.word.end, hop.to.word.end)
    this.relations.push({
      id,
      from: from.component.id,
      to: to.component.id,
      verb,
      inferred,
      arrow: reversed ? (vocabulary.verb(verb)?.verb.arrow ?? 'message') : hop.arrow,
      ...(shared.label !== undefined && { label: shared.label }),
      facts: layered(stated, [], vocabulary.defaultsForVerb(verb)),
      origin: originOf(sited, { start: begin, end }),
      extent: shared.extent,
      end: originOf(sited, hop.to.word),
      ...(shared.body && { body: shared.body }),
      ...(shared.text !== undefined && { statement: shared.text }),
    })
    return id
  }

  /** A region that fails over to another does so with each of its components that has a namesake there. */
  private between(sited: Sited, from: End | ContainerEnd, to: End | ContainerEnd, arrow: Hop['arrow']): readonly Hop[] {
    if ('component' in from && 'component' in to) return [{ from, to, arrow }]
    const hops: Hop[] = []
    if ('container' in from && 'container' in to) {
      for (const component of this.components) {
        if (!component.id.startsWith(`${from.container}.`)) continue
        const twin = this.component(to.container + component.id.slice(from.container.length))
        if (twin) hops.push({ from: { component, word: from.word }, to: { component: twin, word: to.word }, arrow })
      }
    }
    if (hops.length === 0) {
      const place = { start: Math.min(from.word.start, to.word.start), end: Math.max(from.word.end, to.word.end) }
      this.context.report(originOf(sited, place), 'no-counterpart', 'error', `Nothing in \`${from.word.text}\` has a component of the same name in \`${to.word.text}\` to fail over to: join the components themselves.`)
    }
    return hops
  }

  /** An arrow that only a flow's step writes down. It exists; what the step's body says is all that is known of it. */
  imply(sited: Sited, statement: RelationStatement, from: End, to: End, used: VerbUse): Relation | undefined {
    const hop: Hop = { from, to, arrow: statement.arrows[0]!.text === '~>' ? 'message' : 'request' }
    if (!fits(used, hop)) return undefined
    const { tree, node } = sited
    const stated = statedFacts(this.context, tree, node.children, { subject: 'relation', verbs: [used.verb.name], what: `an arrow that ${used.verb.name}` }, this.lets)
    const settled = { verb: used.verb.name, inferred: false, reversed: used.reversed }
    const text = statement.arrows.length > 1 || statement.ends.some((names) => names.length > 1) ? tree.text.slice(node.start, node.end) : undefined
    this.add(sited, hop, settled, stated, { extent: extentOf(sited), body: bodyOf(sited), text, label: statement.label?.text })
    return this.relations.at(-1)
  }

  private end(sited: Sited, word: Token, used: VerbUse | undefined): End | ContainerEnd | undefined {
    const origin = originOf(sited, word)
    const found = this.context.find(word.text, ['component', 'part', 'container'])
    if (found.length === 0) {
      const near = vocabulary.nearest(word.text, this.context.names(['component']))
      const kind = probableKind(sited.node.statement as RelationStatement, word, used)
      this.context.report(origin, 'unknown-name', 'error', `There is no component \`${word.text}\`.${near === undefined ? '' : ` Did you mean \`${near}\`?`}`, {
        fixes: [
          ...(near === undefined ? [] : [{ title: `Change to \`${near}\``, edits: [{ origin, newText: near }], safe: true }]),
          { title: `Declare \`${kind} ${word.text}\``, edits: [{ origin: { file: origin.file, range: { start: extentOf(sited).range.start, end: extentOf(sited).range.start } }, newText: `${kind} ${word.text}\n` }] },
        ],
      })
      return undefined
    }
    const named = this.context.resolve(word.text, origin, ['component', 'part', 'container'], 'component')
    if (!named) return undefined
    if (named.target.kind === 'container') {
      if (used?.verb.name === 'fails-over-to') return { container: named.target.id, word }
      this.context.report(origin, 'arrow-to-container', 'error', `\`${word.text}\` is a ${named.what}, and arrows join components: name one that stands in it.`)
      return undefined
    }
    const component = this.component(named.target.kind === 'part' ? partOwner(named.target.id, this.component) : named.target.id)
    return component && { component, word }
  }

  private verb(sited: Sited, word: Token): VerbUse | undefined {
    const used = vocabulary.verb(word.text)
    if (used) return used
    const names = vocabulary.verbs.flatMap((verb) => [verb.name, ...verb.aliases.map(({ name }) => name)])
    this.context.unknown(originOf(sited, word), 'unknown-verb', 'error', `There is no verb \`${word.text}\`.`, word.text, names)
    return undefined
  }

  /** The written verb where it can stand between these two; the usual one for the other hops of a chain that has such a hop. */
  private settle(sited: Sited, statement: RelationStatement, hop: Hop, used: VerbUse | undefined, joined: boolean): Settled {
    if (used && fits(used, hop)) return { verb: used.verb.name, inferred: false, reversed: used.reversed }
    const [from, to] = [hop.from.component.kind, hop.to.component.kind]
    const usual = vocabulary.inferVerb(from, to, hop.arrow)
    if (used && !joined) {
      const what = `\`${statement.verb!.text}\` cannot join a ${from} to a ${to}`
      const turned = statement.arrows.length === 1 && hop.from.word !== hop.to.word && fits(used, { ...hop, from: hop.to, to: hop.from })
      const advice = turned ? '; turn the arrow round' : usual ? `; between them an arrow usually \`${usual}\`` : ''
      const verb = originOf(sited, statement.verb!)
      this.context.report(verb, 'verb-does-not-join', 'error', `${what}${advice}.`, {
        fixes: [
          ...(turned ? [{ title: 'Turn the arrow round', edits: [{ origin: originOf(sited, hop.from.word), newText: hop.to.word.text }, { origin: originOf(sited, hop.to.word), newText: hop.from.word.text }] }] : []),
          ...(usual === undefined ? [] : [{ title: `Change to \`${usual}\``, edits: [{ origin: verb, newText: usual }] }]),
        ],
      })
    } else if (usual === undefined && !statement.verb) {
      this.context.report(originOf(sited, { start: Math.min(hop.from.word.start, hop.to.word.start), end: Math.max(hop.from.word.end, hop.to.word.end) }), 'no-usual-verb', 'warning',
        `Nothing usual runs from a ${from} to a ${to}: say what this arrow does, as in \`${hop.from.word.text} -> ${hop.to.word.text} : calls\`.`)
    }
    return { verb: usual ?? 'calls', inferred: true, reversed: false }
  }

  /** `dead-letter: parked` on a delivery is short for an arrow from the broker to there. */
  private deadLetters(): void {
    for (const relation of [...this.relations]) {
      const fact = relation.facts['dead-letter']
      if (fact?.from !== 'stated' || fact.value.type !== 'reference' || fact.value.to.kind !== 'component') continue
      const to = fact.value.to.id
      if (this.relations.some((one) => one.verb === 'dead-letters' && one.from === relation.from && one.to === to)) continue
      const key = `${relation.from}>${to}:dead-letters`
      this.counts.set(key, 1)
      this.relations.push({
        id: key, from: relation.from, to, verb: 'dead-letters', inferred: false, arrow: 'message',
        facts: layered({}, [], vocabulary.defaultsForVerb('dead-letters')),
        origin: fact.origin, extent: fact.origin, end: fact.origin,
      })
    }
  }
}

interface Settled {
  readonly verb: string
  readonly inferred: boolean
  readonly reversed: boolean
}

const MOST_HOPS = 2000

function fits({ verb, reversed }: VerbUse, { from, to }: Hop): boolean {
  return reversed ? vocabulary.verbJoins(verb.name, to.component.kind, from.component.kind) : vocabulary.verbJoins(verb.name, from.component.kind, to.component.kind)
}

/** What the verb does, and whether that may happen twice: said of the verb that is written, not of the hops around it. */
const OF_THE_VERB: ReadonlySet<string> = new Set(['op', 'idempotent'])

/** What is stated of a chain, for its hops with one verb: a property that belongs to other verbs of the chain is theirs alone. */
function factsOf(verb: string, verbs: readonly string[], stated: Readonly<Record<string, Fact>>, written: string | undefined): Readonly<Record<string, Fact>> {
  return Object.fromEntries(
    Object.entries(stated).filter(([path]) => {
      if (written !== undefined && OF_THE_VERB.has(path)) return verb === written
      const row = vocabulary.property('relation', path)
      return !row || row.verbs.length === 0 || row.verbs.includes(verb) || !verbs.some((other) => row.verbs.includes(other))
    }),
  )
}

/** What a name that nothing declares would be, at this end of this verb. */
function probableKind({ ends }: RelationStatement, word: Token, used: VerbUse | undefined): string {
  const last = ends.at(-1)!.includes(word)
  const kinds = used?.verb.joins.flatMap((pair) => (last !== used.reversed ? pair.to : pair.from)) ?? []
  return kinds.length === 0 || kinds.includes('any') || kinds.includes('service') ? 'service' : kinds[0]!
}

/** The component that a named shard or replica belongs to: its id without the last names. */
function partOwner(id: string, component: (id: string) => Component | undefined): string {
  let owner = id
  while (owner.includes('.')) {
    owner = owner.slice(0, owner.lastIndexOf('.'))
    if (component(owner)) return owner
  }
  return owner
}
