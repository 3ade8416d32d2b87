/** Trees of all files of a design → one model. Never throws: what does not resolve is a problem, and what is left is still a design. */
import type { Component, Container, Data, Design, Model, OwnKind, OwnTechnology, Part, Problem, TechnologyUse, Waiver } from '../../model/model.ts'
import type { Fact, Facts, Value } from '../../model/value.ts'
import { vocabulary } from '../../vocabulary/index.ts'
import type { Expression } from '../syntax.ts'
import type { Tree } from '../tree.ts'
import { bodyOf, Context, extentOf, originOf, type Sited } from './context.ts'
import { baseKind, declarationsOf, type Declarations, type Declared, type DeclaredComponent, type OwnWord } from './declarations.ts'
import { layered, statedFacts, type About } from './facts.ts'
import { FlowLowering } from './flows.ts'
import { RelationLowering, type Lowered as LoweredRelations } from './relations.ts'
import { isDate, Lets } from './values.ts'

export interface LoweredDesign {
  readonly model: Model
  readonly problems: readonly Problem[]
}

/** The first tree is the root's. */
export function lower(trees: readonly Tree[]): LoweredDesign {
  const context = new Context()
  const lets = new Lets(context)
  const declared = declarationsOf(context, trees, lets)
  lets.evaluateAll()
  const lowering = new Lowering(context, lets, declared)

  const data = declared.data.map((one) => lowering.data(one))
  const containers = declared.containers.map((one) => lowering.container(one))
  const parts = new Map<string, Part[]>()
  for (const one of declared.parts) {
    const list = parts.get(one.component)
    if (list) list.push(lowering.part(one))
    else parts.set(one.component, [lowering.part(one)])
  }
  const components = declared.components.map((one) => lowering.component(one, parts))
  const arrows = new RelationLowering(context, lets, components)
  const relations = arrows.lower(declared.relations)
  const flows = new FlowLowering(context, lets, arrows, relations.relations)
  const design = lowering.design()
  // Before the relations are read: a step may imply one.
  const loweredFlows = declared.flows.map((one) => flows.flow(one))
  const model: Model = {
    files: trees.map(({ file }) => file),
    ...(design && { design }),
    lets: lets.done,
    data,
    containers,
    components,
    relations: relations.relations,
    flows: loweredFlows,
    scenarios: declared.scenarios.map((one) => flows.scenario(one)),
    views: declared.views.map((one) => flows.view(one)),
    waivers: lowering.waivers(relations),
    ownKinds: [...declared.ownKinds.values()].map((one) => lowering.ownKind(one)),
    ownTechnologies: [...declared.ownTechnologies.values()].map((one) => lowering.ownTechnology(one)),
    mentions: context.mentions,
  }
  return { model: deepFreeze(model), problems: [...trees.flatMap(({ problems }) => problems), ...context.problems] }
}

class Lowering {
  private readonly context: Context
  private readonly lets: Lets
  private readonly declared: Declarations
  private readonly containerFacts = new Map<string, Record<string, Fact>>()
  private readonly parents = new Map<string, string | undefined>()
  private readonly ownFacts = new Map<OwnWord, Facts>()
  private readonly inheritedIn = new Map<string, readonly Facts[]>()
  private designFacts: Record<string, Fact> = {}

  constructor(context: Context, lets: Lets, declared: Declarations) {
    this.context = context
    this.lets = lets
    this.declared = declared
    for (const { id, parent } of [...declared.containers, ...declared.components]) this.parents.set(id, parent)
    const [first] = declared.designs
    if (first) this.designFacts = statedFacts(context, first.tree, first.node.children, { subject: 'design', what: 'a design' }, lets)
    for (const one of declared.containers) this.containerFacts.set(one.id, this.stated(one, { subject: 'container', what: `a ${one.kind}` }))
  }

  design(): Design | undefined {
    const [first, ...others] = this.declared.designs
    if (!first || first.node.statement.type !== 'titled') return undefined
    for (const other of others) {
      const { tree } = other
      if (tree !== first.tree || other.node.statement.type !== 'titled') continue
      this.context.report(originOf(other, other.node.statement.keyword), 'duplicate-name', 'error', 'A file has at most one `design`.', { related: [{ origin: extentOf(first), message: 'The first one; it counts' }] })
    }
    const body = bodyOf(first)
    const { title } = first.node.statement
    return { title: title.text, origin: originOf(first, title), extent: extentOf(first), ...(body && { body }), facts: layered(this.designFacts, [], {}) }
  }

  data(one: Declared): Data {
    return { ...base(one), facts: layered(this.stated(one, { subject: 'data', what: 'data' }), [], {}) }
  }

  container(one: Declarations['containers'][number]): Container {
    return {
      ...base(one),
      kind: one.kind,
      ...labelOf(one),
      ...(one.parent !== undefined && { parent: one.parent }),
      facts: layered(this.containerFacts.get(one.id) ?? {}, this.inherited(one.parent, 'container'), {}),
    }
  }

  part(one: Declarations['parts'][number]): Part {
    return { ...base(one), kind: one.kind, ...labelOf(one), parent: one.parent ?? one.component, facts: layered(this.stated(one, { subject: one.kind, what: `a ${one.kind}` }), [], {}) }
  }

  component(one: DeclaredComponent, parts: ReadonlyMap<string, readonly Part[]>): Component {
    const technology = this.technology(one)
    const stated = this.stated(one, { subject: 'component', kind: one.kind, what: `a ${one.kind}` })
    return {
      ...base(one),
      kind: one.kind,
      writtenKind: one.writtenKind,
      ...labelOf(one),
      ...(technology && { technology }),
      ...(one.parent !== undefined && { parent: one.parent }),
      parts: parts.get(one.id) ?? [],
      facts: layered(stated, this.inherited(one.parent, 'component'), this.defaults(one, technology)),
    }
  }

  private stated(one: Sited, about: About): Record<string, Fact> {
    return statedFacts(this.context, one.tree, one.node.children, about, this.lets)
  }

  /** What the containers around it say for what is in them, nearest first, the design last. */
  private inherited(parent: string | undefined, subject: 'component' | 'container'): readonly Facts[] {
    const key = `${subject}:${parent ?? ''}`
    const made = this.inheritedIn.get(key)
    if (made) return made
    const facts = parent === undefined ? undefined : this.containerFacts.get(parent)
    const own = parent === undefined ? inheritable(this.designFacts, 'design', subject, 'design') : facts && inheritable(facts, 'container', subject, parent)
    const outer = parent === undefined ? [] : this.inherited(this.parents.get(parent), subject)
    const layers = own && Object.keys(own).length > 0 ? [own, ...outer] : outer
    this.inheritedIn.set(key, layers)
    return layers
  }

  private technology(one: DeclaredComponent): TechnologyUse | undefined {
    const { statement } = one.node
    if (statement.type !== 'declaration' || !statement.uses) return undefined
    const { name, version } = statement.uses
    const origin = originOf(one, name)
    const own = this.declared.ownTechnologies.get(name.text)
    const known = vocabulary.technology(own ? (this.baseTechnology(own) ?? '') : name.text)
    if (own) this.context.mention(origin, { kind: 'own-technology', id: own.name })
    else if (!known) {
      const near = [...vocabulary.technologies.flatMap((technology) => [technology.name, ...technology.aliases]), ...this.declared.ownTechnologies.keys()]
      this.context.unknown(origin, 'unknown-technology', 'hint', `Nothing is known of \`${name.text}\`, so no default facts hold; \`technology ${name.text} extends ${one.kind} { … }\` can state some.`, name.text, near)
    }
    if (known && !known.kinds.includes(one.kind)) {
      this.context.report(origin, 'unusual-technology', 'hint', `${known.label} is usually a ${known.kinds.join(' or ')}, here it is a ${one.kind}.`)
    }
    const said = version && versionOf(version)
    return { name: own ? own.name : (known?.name ?? name.text), ...(known && { base: known.name }), ...(said && { version: said }), origin }
  }

  private baseTechnology(own: OwnWord): string | undefined {
    const seen = new Set<OwnWord>()
    let word: OwnWord | undefined = own
    while (word && !seen.has(word)) {
      seen.add(word)
      const known = vocabulary.technology(word.extends)
      if (known) return known.name
      word = this.declared.ownTechnologies.get(word.extends)
    }
    return undefined
  }

  /** A team's own words say more than the vocabulary's, the technology more than the kind. */
  private defaults(one: DeclaredComponent, technology: TechnologyUse | undefined): Facts {
    const known = vocabulary.defaultsFor(one.kind, technology)
    const ownTechnology = technology && this.declared.ownTechnologies.get(technology.name)
    const layers = [...this.chain(ownTechnology, this.declared.ownTechnologies), ...this.chain(this.declared.ownKinds.get(one.writtenKind), this.declared.ownKinds)]
    if (layers.length === 0) return known
    const facts: Record<string, Fact> = {}
    for (const layer of [...layers.map((word) => this.factsOfOwn(word, one.kind)), known]) for (const [path, fact] of Object.entries(layer)) facts[path] ??= fact
    return facts
  }

  private chain(word: OwnWord | undefined, all: ReadonlyMap<string, OwnWord>): readonly OwnWord[] {
    const chain: OwnWord[] = []
    for (let at = word; at && !chain.includes(at); at = all.get(at.extends)) chain.push(at)
    return chain
  }

  /** Said once in this design for all that are one: as good as said of each. */
  private factsOfOwn(word: OwnWord, kind: string): Facts {
    const made = this.ownFacts.get(word)
    if (made) return made
    const facts: Record<string, Fact> = {}
    for (const [path, fact] of Object.entries(this.stated(word.sited, { subject: 'component', kind, what: `a ${kind}` }))) {
      facts[path] = fact.from === 'stated' ? { ...fact, inheritedFrom: word.name } : fact
    }
    this.ownFacts.set(word, facts)
    return facts
  }

  ownKind(word: OwnWord): OwnKind {
    const kind = baseKind(word.name, this.declared.ownKinds)
    this.checkBase(word, kind !== undefined, 'kind', [...vocabulary.kinds.map(({ name }) => name), ...this.declared.ownKinds.keys()])
    const facts = this.factsOfOwn(word, kind ?? 'service')
    return { ...base({ ...word.sited, id: word.name, name: word.name }), facts, extends: word.extends }
  }

  ownTechnology(word: OwnWord): OwnTechnology {
    const technology = this.baseTechnology(word)
    const last = this.chain(word, this.declared.ownTechnologies).at(-1)!.extends
    const kind = technology === undefined ? baseKind(last, this.declared.ownKinds) : vocabulary.technology(technology)!.kinds[0]
    const candidates = [...vocabulary.technologies.map(({ name }) => name), ...vocabulary.kinds.map(({ name }) => name), ...this.declared.ownTechnologies.keys()]
    this.checkBase(word, kind !== undefined, 'technology or kind', candidates)
    const facts = this.factsOfOwn(word, kind ?? 'service')
    return { ...base({ ...word.sited, id: word.name, name: word.name }), ...labelOf(word.sited), facts, extends: word.extends }
  }

  private checkBase(word: OwnWord, known: boolean, what: string, candidates: readonly string[]): void {
    const { statement } = word.sited.node
    if (known || statement.type !== 'declaration' || !statement.base) return
    const origin = originOf(word.sited, statement.base)
    if (candidates.includes(statement.base.text)) this.context.report(origin, 'unknown-kind', 'error', `\`${word.name}\` extends itself in the end.`)
    else this.context.unknown(origin, 'unknown-kind', 'error', `There is no ${what} \`${statement.base.text}\`.`, statement.base.text, candidates)
  }

  waivers(relations: LoweredRelations): readonly Waiver[] {
    return this.declared.waivers.flatMap((one): Waiver[] => {
      const { statement } = one.node
      if (statement.type !== 'accept') return []
      const scope = one.relation ? { type: 'relation' as const, ids: relations.byStatement.get(one.relation) ?? [] } : one.scope
      if (!scope) return []
      // A day that does not exist neither comes nor goes: the waiver stands, and its date is what has to be mended.
      const until = statement.until && isDate(statement.until.text) ? statement.until.text : undefined
      if (statement.until && until === undefined) this.context.report(originOf(one, statement.until), 'bad-value', 'error', `There is no day ${statement.until.text}: a date is year, month and day, such as \`2027-03-01\`.`)
      return [{ rule: statement.rule.text, reason: statement.reason.text, ...(until !== undefined && { until }), scope, origin: originOf(one, statement.rule), extent: extentOf(one) }]
    })
  }
}

function base(one: Declared): Pick<Component, 'id' | 'name' | 'origin' | 'extent' | 'body'> {
  const { statement } = one.node
  const name: { start: number; end: number } = statement.type === 'declaration' ? statement.name : { start: 0, end: 0 }
  const body = bodyOf(one)
  return { id: one.id, name: one.name, origin: originOf(one, name), extent: extentOf(one), ...(body && { body }) }
}

function labelOf(one: Sited): { label?: string } {
  const { statement } = one.node
  return statement.type === 'declaration' && statement.label ? { label: statement.label.text } : {}
}

function inheritable(facts: Readonly<Record<string, Fact>>, from: 'container' | 'design', to: 'component' | 'container', where: string): Facts {
  const passed: Record<string, Fact> = {}
  for (const [path, fact] of Object.entries(facts)) {
    if (fact.from !== 'stated' || !vocabulary.property(from, path)?.inherits || !vocabulary.property(to, path)) continue
    passed[path] = { ...fact, inheritedFrom: where }
  }
  return passed
}

function versionOf(expression: Expression): Value | undefined {
  switch (expression.type) {
    case 'quantity':
      return { type: 'text', text: expression.text }
    case 'name':
      return { type: 'word', word: expression.name }
    case 'text':
      return { type: 'text', text: expression.text }
    case 'comparison': {
      const than = versionOf(expression.than)
      return than && { type: 'comparison', operator: expression.operator, than }
    }
    default:
      return undefined
  }
}

/** Twenty thousand objects for a design of 200 components: walked without making a list of each one's values. */
function deepFreeze<T extends object>(value: T): T {
  for (const key in value) {
    const inner = value[key]
    if (typeof inner === 'object' && inner !== null && !Object.isFrozen(inner)) deepFreeze(inner)
  }
  return Object.freeze(value)
}
