/** Flows, scenarios and views: what names the declared relations and components. */
import { nameOf, numberOf } from '../../model/facts.ts'
import type { Expectation, Failing, Fix, Flow, Relation, Scenario, Step, View } from '../../model/model.ts'
import { quantity, type Quantity } from '../../model/quantity.ts'
import type { Target, Value } from '../../model/value.ts'
import { vocabulary, type VerbUse } from '../../vocabulary/index.ts'
import type { Expression, RelationStatement, Token } from '../syntax.ts'
import type { Node } from '../tree.ts'
import { bodyOf, extentOf, originOf, type Context, type Sited } from './context.ts'
import type { Declared } from './declarations.ts'
import { layered, statedFacts } from './facts.ts'
import type { RelationLowering } from './relations.ts'
import { evaluate, type Lets } from './values.ts'

export class FlowLowering {
  private readonly byEnds = new Map<string, Relation[]>()
  private readonly context: Context
  private readonly lets: Lets

  private readonly arrows: RelationLowering
  /** Steps whose body says what is true of an arrow that stands nowhere else. */
  private readonly impliedBy = new Set<Node>()

  constructor(context: Context, lets: Lets, arrows: RelationLowering, relations: readonly Relation[]) {
    this.context = context
    this.lets = lets
    this.arrows = arrows
    for (const relation of relations) this.know(relation)
  }

  private know(relation: Relation): void {
    const key = `${relation.from}>${relation.to}`
    const list = this.byEnds.get(key)
    if (list) list.push(relation)
    else this.byEnds.set(key, [relation])
  }

  flow(declared: Declared): Flow {
    const { tree, node } = declared
    const facts = statedFacts(this.context, tree, node.children, { subject: 'flow', what: 'a flow' }, this.lets)
    return { ...this.base(declared), title: declared.name, facts: layered(facts, [], {}), steps: this.steps(declared, node.children) }
  }

  scenario(declared: Declared): Scenario {
    const { tree, node } = declared
    const facts = statedFacts(this.context, tree, node.children, { subject: 'scenario', what: 'a scenario' }, this.lets)
    const expects = node.children.flatMap((child) => this.expectation({ tree, node: child }) ?? [])
    for (const child of node.children) {
      if (child.statement.type === 'relation' || child.statement.type === 'declaration' || child.statement.type === 'titled') {
        this.context.report(tree.origin(child.start, child.end), 'misplaced', 'error', 'A scenario holds `fails:`, `slows:`, `surges:`, `partitions:` and `expect`.')
      }
    }
    const value = (name: string): Value | undefined => facts[name]?.value
    return {
      ...this.base(declared),
      title: declared.name,
      facts: layered(facts, [], {}),
      fails: failingOf(value('fails')),
      slows: this.factored(declared, 'slows', ['component', 'container']),
      surges: this.factored(declared, 'surges', ['flow', 'component']),
      partitions: groupsOf(value('partitions')),
      expects,
    }
  }

  view(declared: Declared): View {
    const { tree, node } = declared
    const facts = statedFacts(this.context, tree, node.children, { subject: 'view', what: 'a view' }, this.lets)
    const direction = facts['direction']?.value
    return {
      ...this.base(declared),
      title: declared.name,
      facts: layered(facts, [], {}),
      include: targetsOf(facts['include']?.value),
      exclude: targetsOf(facts['exclude']?.value),
      collapse: targetsOf(facts['collapse']?.value),
      ...(direction?.type === 'word' && (direction.word === 'right' || direction.word === 'down') && { direction: direction.word }),
    }
  }

  private base(declared: Declared): Pick<Flow, 'id' | 'name' | 'origin' | 'extent' | 'body'> {
    const { statement } = declared.node
    const title = statement.type === 'titled' ? statement.title : { start: 0, end: 0 }
    const body = bodyOf(declared)
    return { id: declared.id, name: declared.name, origin: originOf(declared, title), extent: extentOf(declared), ...(body && { body }) }
  }

  private steps({ tree }: Sited, nodes: readonly Node[]): Step[] {
    const steps: Step[] = []
    for (const node of nodes) {
      const sited = { tree, node }
      const { statement } = node
      const origin = tree.origin(node.start, node.end)
      if (statement.type === 'relation') steps.push(...this.hops(sited, statement))
      else if (statement.type === 'titled' && statement.keyword.text === 'when') {
        const share = statement.amount && evaluate(this.context, sited, statement.amount, { lets: this.lets })
        steps.push({ type: 'when', why: statement.title.text, ...(share && { share: share.value }), steps: this.steps(sited, node.children), origin })
      } else if (statement.type === 'block' && (statement.keyword.text === 'any-of' || statement.keyword.text === 'parallel')) {
        steps.push({ type: statement.keyword.text, steps: this.steps(sited, node.children), origin })
      } else if (statement.type === 'block' && statement.keyword.text === 'repeat') {
        const times = statement.amount && evaluate(this.context, sited, statement.amount, { lets: this.lets })
        steps.push({ type: 'repeat', ...(times && { times: times.value }), steps: this.steps(sited, node.children), origin })
      } else if (statement.type === 'declaration' && statement.keyword.text === 'repeat') {
        // `repeat items { … }` has the shape of a declaration.
        const { name } = statement
        const times = evaluate(this.context, sited, { type: 'name', name: name.text, start: name.start, end: name.end }, { lets: this.lets })
        steps.push({ type: 'repeat', ...(times && { times: times.value }), steps: this.steps(sited, node.children), origin })
      } else if (statement.type === 'block' && statement.keyword.text === 'when') {
        this.context.report(originOf(sited, statement.keyword), 'syntax', 'error', 'Say when: `when "the cache misses" 8% { … }`.')
        steps.push(...this.steps(sited, node.children))
      } else if (statement.type === 'titled' || statement.type === 'declaration' || statement.type === 'expect' || statement.type === 'let') {
        const word = statement.type === 'titled' || statement.type === 'declaration' ? statement.keyword : undefined
        this.context.unknown(word ? originOf(sited, word) : origin, 'misplaced', 'error', 'A flow holds its properties, its steps `a -> b`, and `when`, `any-of`, `parallel` and `repeat`.', word?.text ?? '', word ? ['when', 'any-of', 'parallel', 'repeat'] : [])
      }
    }
    return steps
  }

  private hops(sited: Sited, statement: RelationStatement): Step[] {
    const used = statement.verb && vocabulary.verb(statement.verb.text)
    if (statement.verb && !used) {
      const names = vocabulary.verbs.flatMap((verb) => [verb.name, ...verb.aliases.map(({ name }) => name)])
      this.context.unknown(originOf(sited, statement.verb), 'unknown-verb', 'error', `There is no verb \`${statement.verb.text}\`.`, statement.verb.text, names)
    }
    const ends = statement.ends.map((names) => names.map((word) => ({ word, id: this.end(sited, word) })))
    const data = this.dataOf(sited)
    const steps: Step[] = []
    const single = statement.arrows.length === 1
    for (let index = 0; index < statement.arrows.length; index++) {
      const relations: string[] = []
      let first: Token | undefined
      let last: Token | undefined
      for (const from of ends[index] ?? []) {
        for (const to of ends[index + 1] ?? []) {
          if (from.id === undefined || to.id === undefined) continue
          const wanted = used?.verb.name
          const there = this.byEnds.get(`${from.id}>${to.id}`) ?? []
          const back = this.byEnds.get(`${to.id}>${from.id}`)?.filter(({ verb }) => vocabulary.verb(verb)?.verb.aliases.some(({ reversed }) => reversed)) ?? []
          const all = used?.reversed ? back : there.length > 0 ? there : back
          // In a chain the verb belongs to the hops that have it.
          const byVerb = wanted === undefined ? all : all.filter(({ verb }) => verb === wanted)
          const chosen = byVerb.length > 0 || single ? byVerb : all
          const found = this.narrowed(sited, statement, chosen, data)
          first ??= from.word
          last = to.word
          if (found.length > 0) relations.push(...found.map(({ id }) => id))
          else {
            const implied = used && all.length > 0 ? this.implied(sited, statement, { id: from.id, word: from.word }, { id: to.id, word: to.word }, used, all) : undefined
            if (implied) relations.push(implied.id)
            else this.undeclared(sited, from.word, to.word, statement, all)
          }
        }
      }
      if (relations.length > 0 && first && last) steps.push({ type: 'relation', relations, origin: originOf(sited, { start: Math.min(first.start, last.start), end: Math.max(first.end, last.end) }), extent: extentOf(sited) })
    }
    const idle = sited.node.children.find(({ statement: inner }) => !(inner.type === 'property' && inner.name.text === 'data'))
    if (idle && !this.impliedBy.has(sited.node)) {
      this.context.report(sited.tree.origin(idle.start, idle.end), 'misplaced', 'warning', 'A step names an arrow; what is true of the arrow belongs where it is declared, outside of the flow.')
    }
    return steps
  }

  /** Ids of the data by which a step chooses among arrows with the same ends and verb. */
  private dataOf({ tree, node }: Sited): readonly string[] {
    const said = node.children.filter(({ statement }) => statement.type === 'property' && statement.name.text === 'data')
    if (said.length === 0) return []
    return targetsOf(statedFacts(this.context, tree, said, { subject: 'relation', what: 'a step' }, this.lets)['data']?.value).map(({ id }) => id)
  }

  /** Arrows with the same ends and verb differ by their label or their data; a step that names neither means all. */
  private narrowed(sited: Sited, statement: RelationStatement, chosen: readonly Relation[], data: readonly string[]): readonly Relation[] {
    const { label } = statement
    const byLabel = label === undefined ? chosen : chosen.filter((one) => one.label === label.text)
    if (label !== undefined && byLabel.length === 0 && chosen.some((one) => one.label !== undefined)) {
      const labels = chosen.flatMap((one) => one.label ?? [])
      const near = vocabulary.nearest(label.text, labels) ?? (labels.length === 1 ? labels[0] : undefined)
      const origin = originOf(sited, label)
      this.context.report(origin, 'unknown-label', 'hint', `No such arrow has the label "${label.text}", so this step means ${chosen.length === 1 ? 'the one there is' : 'all of them'}.`, near === undefined ? {} : {
        fixes: [{ title: `Change to "${near}"`, edits: [{ origin, newText: JSON.stringify(near) }] }],
      })
    }
    const labelled = byLabel.length > 0 ? byLabel : chosen
    if (data.length === 0) return labelled
    const byData = labelled.filter((one) => targetsOf(one.facts['data']?.value).some(({ id }) => data.includes(id)))
    return byData.length > 0 ? byData : labelled
  }

  /** A verb that no arrow between these two has yet, but could: the step itself is the arrow, and whoever wants to say more declares it. */
  private implied(sited: Sited, statement: RelationStatement, from: { readonly id: string; readonly word: Token }, to: { readonly id: string; readonly word: Token }, used: VerbUse, others: readonly Relation[]): Relation | undefined {
    const [source, target] = [this.arrows.component(from.id), this.arrows.component(to.id)]
    const declared = verbsOf(others)
    const other = others[0]!.verb
    const relation = source && target && this.arrows.imply(sited, statement, { component: source, word: from.word }, { component: target, word: to.word }, used)
    if (!relation) return undefined
    this.know(relation)
    this.impliedBy.add(sited.node)
    const verb = originOf(sited, statement.verb!)
    const insertion = this.declaring(sited, from.word, to.word, statement)
    this.context.report(verb, 'implied-arrow', 'hint', `Outside of this flow, \`${from.word.text}\` only ${declared} \`${to.word.text}\`: that it \`${used.verb.name}\` it too is said in this step alone.`, {
      fixes: [insertion, { title: `Change to \`${other}\``, edits: [{ origin: verb, newText: other }] }],
    })
    return relation
  }

  private end(sited: Sited, word: Token): string | undefined {
    return this.context.resolve(word.text, originOf(sited, word), ['component'], 'component')?.target.id
  }

  private undeclared(sited: Sited, from: Token, to: Token, statement: RelationStatement, others: readonly Relation[]): void {
    const origin = originOf(sited, { start: Math.min(from.start, to.start), end: Math.max(from.end, to.end) })
    if (others.length > 0) {
      this.context.report(originOf(sited, statement.verb!), 'undeclared-step', 'error', `\`${from.text}\` ${verbsOf(others)} \`${to.text}\`; it does not \`${statement.verb!.text}\`.`, {
        fixes: [{ title: `Change to \`${others[0]!.verb}\``, edits: [{ origin: originOf(sited, statement.verb!), newText: others[0]!.verb }], safe: true }],
      })
      return
    }
    const insertion = this.declaring(sited, from, to, statement)
    this.context.report(origin, 'undeclared-step', 'error', `No arrow runs from \`${from.text}\` to \`${to.text}\`: a flow’s steps name arrows that are declared outside of it.`, { fixes: [insertion] })
  }

  /** The fix that declares a step's arrow just before the flow. */
  private declaring(sited: Sited, from: Token, to: Token, statement: RelationStatement): Fix {
    let top = sited
    const flow = sited.tree.nodes.find((node) => node.start <= sited.node.start && sited.node.end <= node.end)
    if (flow) top = { tree: sited.tree, node: flow }
    const start = extentOf(top)
    const arrow = statement.arrows[0]!.text
    const declaration = `${from.text} ${arrow} ${to.text}${statement.verb ? ` : ${statement.verb.text}` : ''}`
    return { title: `Declare \`${declaration}\``, edits: [{ origin: { file: start.file, range: { start: start.range.start, end: start.range.start } }, newText: `${declaration}\n` }] }
  }

  private expectation(sited: Sited): Expectation | undefined {
    const { statement } = sited.node
    if (statement.type !== 'expect') return undefined
    const origin = originOf(sited, statement)
    const flow = this.context.resolve(statement.flow.text, originOf(sited, statement.flow), ['flow'], 'flow')
    const word = statement.outcome
    const outcome = word === undefined ? 'available' : OUTCOMES.find((one) => one === word.text)
    if (word && !outcome) this.context.unknown(originOf(sited, word), 'bad-value', 'error', `\`${word.text}\` is no outcome: ${OUTCOMES.join(', ')}.`, word.text, OUTCOMES)
    const within = statement.within && evaluate(this.context, sited, statement.within, { lets: this.lets })
    return flow && outcome && { flow: flow.target.id, outcome, ...(within && { within: within.value }), origin, ...(word && { outcomeOrigin: originOf(sited, word) }) }
  }

  /** `slows: ledger(10x), feed(2)` */
  private factored({ tree, node }: Sited, name: string, kinds: readonly Target['kind'][]): { target: Target; by?: Quantity }[] {
    const found: { target: Target; by?: Quantity }[] = []
    for (const child of node.children) {
      if (child.statement.type !== 'property' || child.statement.name.text !== name) continue
      const sited = { tree, node: child }
      const { value } = child.statement
      for (const item of value.type === 'list' ? value.items : [value]) {
        const subject: Token | undefined = item.type === 'call' ? item.name : item.type === 'name' ? { ...item, text: item.name } : item.type === 'text' ? item : undefined
        if (!subject) continue
        const named = this.context.resolve(subject.text, originOf(sited, subject), kinds, kinds[0]!)
        if (!named) continue
        const by = item.type === 'call' && item.args[0] ? this.factor(sited, item.args[0]) : undefined
        const least = name === 'slows' ? 1 : 0
        if (by && (by.value < least || by.value === 0)) {
          this.context.report(originOf(sited, item), 'bad-value', 'error', `\`${name}\` takes how many times ${name === 'slows' ? 'slower, 1 or more' : 'as much, more than 0'}.`)
          continue
        }
        found.push({ target: named.target, ...(by && { by }) })
      }
    }
    return found
  }

  private factor(sited: Sited, expression: Expression): Quantity | undefined {
    if (expression.type === 'quantity' && /^\d+(\.\d+)?x$/.test(expression.text)) return quantity(Number(expression.text.slice(0, -1)))
    return evaluate(this.context, sited, expression, { lets: this.lets })
  }
}

function verbsOf(relations: readonly Relation[]): string {
  return [...new Set(relations.map(({ verb }) => `\`${verb}\``))].join(' and ')
}

const OUTCOMES = ['available', 'degraded', 'deferred', 'unavailable'] as const

const PLACES = ['zone', 'region', 'host', 'provider'] as const

function failingOf(value: Value | undefined): readonly Failing[] {
  switch (value?.type) {
    case 'list':
      return value.items.flatMap(failingOf)
    case 'reference':
      return [{ type: 'thing', target: value.to }]
    case 'call': {
      const [first, second] = value.args
      const named = nameOf(first)
      if (named === undefined) return []
      const level = PLACES.find((one) => one === value.name)
      if (level) return [{ type: 'place', level, name: named }]
      if (value.name === 'technology') return [{ type: 'technology', name: named }]
      return value.name === 'replica' ? [{ type: 'replica', component: named, count: numberOf(second) ?? 1 }] : []
    }
    default:
      return []
  }
}

export function targetsOf(value: Value | undefined): readonly Target[] {
  if (value?.type === 'reference') return [value.to]
  return value?.type === 'list' ? value.items.flatMap(targetsOf) : []
}

function groupsOf(value: Value | undefined): readonly (readonly Target[])[] {
  if (value?.type !== 'list') return []
  return value.items.map(targetsOf).filter((group) => group.length > 0)
}
