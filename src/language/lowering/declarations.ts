/** The first walk over all files: what is declared, where it stands, and which statements wait for names to be known. */
import type { ContainerKind, WaiverScope } from '../../model/model.ts'
import { vocabulary } from '../../vocabulary/index.ts'
import type { TitledStatement, Token } from '../syntax.ts'
import { meantWithout, type Node, type Tree } from '../tree.ts'
import { originOf, type Context, type Sited } from './context.ts'
import type { Lets } from './values.ts'

export interface Declared extends Sited {
  readonly id: string
  readonly name: string
  /** The container or component it stands in, or for a part its component or shard. */
  readonly parent?: string
}

export interface DeclaredComponent extends Declared {
  readonly kind: string
  readonly writtenKind: string
}

export interface DeclaredContainer extends Declared {
  readonly kind: ContainerKind
}

export interface DeclaredPart extends Declared {
  readonly kind: 'shard' | 'replica'
  readonly component: string
}

export interface OwnWord {
  readonly name: string
  /** A kind or technology of the vocabulary, or another own word. */
  readonly extends: string
  readonly sited: Sited
}

export interface PendingWaiver extends Sited {
  /** Unset in a relation's body: known when that is lowered. */
  readonly scope?: WaiverScope
  readonly relation?: Node
}

export interface Declarations {
  readonly containers: DeclaredContainer[]
  readonly components: DeclaredComponent[]
  readonly parts: DeclaredPart[]
  readonly data: Declared[]
  readonly flows: Declared[]
  readonly scenarios: Declared[]
  readonly views: Declared[]
  readonly designs: Sited[]
  readonly relations: Sited[]
  readonly waivers: PendingWaiver[]
  readonly ownKinds: Map<string, OwnWord>
  readonly ownTechnologies: Map<string, OwnWord>
}

const TITLED = ['design', 'flow', 'scenario', 'view', 'import']
/** What has a title, and no name that could be taken for a component's. */
const UNTITLED = ['design', 'flow', 'scenario', 'view']
const WORDS = ['data', 'kind', 'technology', 'shard', 'replica']

export function declarationsOf(context: Context, trees: readonly Tree[], lets: Lets): Declarations {
  const all: Declarations = {
    containers: [], components: [], parts: [], data: [], flows: [], scenarios: [], views: [], designs: [], relations: [], waivers: [],
    ownKinds: new Map(), ownTechnologies: new Map(),
  }
  for (const tree of trees) collectOwnWords(context, tree, tree.nodes, all)
  const walker = new Walker(context, all, lets, trees)
  for (const tree of trees) walker.statements(tree, tree.nodes, { path: '', scope: { type: 'file', file: tree.file } })
  return all
}

/** The vocabulary's kind behind a written one, through a team's own kinds. */
export function baseKind(written: string, own: ReadonlyMap<string, OwnWord>): string | undefined {
  const seen = new Set<string>()
  let name = written
  while (!seen.has(name)) {
    const kind = vocabulary.kind(name)
    if (kind) return kind.name
    seen.add(name)
    const next = own.get(name)
    if (!next) return undefined
    name = next.extends
  }
  return undefined
}

function collectOwnWords(context: Context, tree: Tree, nodes: readonly Node[], all: Declarations): void {
  for (const node of nodes) {
    const { statement } = node
    if (statement.type !== 'declaration' || (statement.keyword.text !== 'kind' && statement.keyword.text !== 'technology')) continue
    const sited = { tree, node }
    const own = statement.keyword.text === 'kind'
    const origin = originOf(sited, statement.name)
    if (!statement.base) {
      context.report(origin, 'missing-base', 'error', `Say what \`${statement.name.text}\` is like: \`${statement.keyword.text} ${statement.name.text} extends ${own ? 'service' : 'database'}\`.`)
      continue
    }
    const name = statement.name.text
    if ((own && vocabulary.kind(name)) || (!own && vocabulary.technology(name))) {
      context.report(origin, 'duplicate-name', 'error', `\`${name}\` is a word of the language already: choose another.`)
      continue
    }
    const target = { kind: own ? ('own-kind' as const) : ('own-technology' as const), id: name }
    if (!context.declare({ target, name, what: statement.keyword.text, origin })) continue
    ;(own ? all.ownKinds : all.ownTechnologies).set(name, { name, extends: statement.base.text, sited })
  }
}

interface Within {
  /** Qualified name with a dot behind it, or nothing at the top. */
  readonly path: string
  readonly parent?: string
  readonly component?: DeclaredComponent
  readonly shard?: string
  readonly scope: WaiverScope
}

class Walker {
  private readonly context: Context
  private readonly all: Declarations
  private readonly lets: Lets
  private readonly trees: readonly Tree[]
  /** Names that sound lines declare; made when the first unsound one is met. */
  private sound: ReadonlySet<string> | undefined

  constructor(context: Context, all: Declarations, lets: Lets, trees: readonly Tree[]) {
    this.context = context
    this.all = all
    this.lets = lets
    this.trees = trees
  }

  statements(tree: Tree, nodes: readonly Node[], within: Within): void {
    for (const node of nodes) this.statement({ tree, node }, within)
  }

  private statement(sited: Sited, within: Within): void {
    const { tree, node } = sited
    const { statement } = node
    switch (statement.type) {
      case 'let':
        this.lets.add(sited)
        return
      case 'accept':
        this.all.waivers.push({ ...sited, scope: within.scope })
        return
      case 'relation':
        this.all.relations.push(sited)
        // `{ group billing }` is a property without its colon, not a group.
        if (node.children.some(({ statement: inner }) => inner.type === 'declaration' && !vocabulary.property('relation', inner.keyword.text))) {
          // `region -> us-east {`: a container's header that was broken into an arrow.
          this.misplaced(sited, 'an arrow’s body holds its properties')
          this.statements(tree, meantWithout(node.children), within)
          return
        }
        for (const child of node.children) {
          if (child.statement.type === 'accept') this.all.waivers.push({ tree, node: child, relation: node })
          else if (child.statement.type !== 'property' && child.statement.type !== 'block') this.misplaced({ tree, node: child }, 'an arrow’s body holds its properties')
        }
        return
      case 'property':
      case 'block':
        if (statement.type === 'block' && within.parent === undefined && UNTITLED.includes(statement.keyword.text)) return this.untitled(sited, statement.keyword, undefined, within)
        if (within.parent === undefined && within.shard === undefined) this.misplaced(sited, 'a property belongs in the braces of what it is about')
        // A header of which only the last word was left: what it holds is still meant.
        this.statements(tree, meantWithout(node.children), within)
        return
      case 'expect':
        this.misplaced(sited, '`expect` belongs in a scenario')
        return
      case 'titled':
        this.titled(sited, within)
        return
      case 'declaration':
        this.declaration(sited, within)
    }
  }

  private misplaced({ tree, node }: Sited, why: string): void {
    const end = node.body ? Math.max(node.start + 1, node.body.start - 1) : node.end
    this.context.report(tree.origin(node.start, end), 'misplaced', 'error', `This stands in the wrong place: ${why}.`)
  }

  private titled(sited: Sited, within: Within): void {
    const { tree, node } = sited
    const { statement } = node
    if (statement.type !== 'titled') return
    const keyword = this.titledKeyword(sited, statement, within)
    if (keyword === undefined) return
    if (within.parent !== undefined) this.misplaced(sited, `\`${keyword}\` stands at the top of a file`)
    if (keyword === 'import') return
    if (keyword === 'design') {
      this.all.designs.push(sited)
      this.inside(tree, node.children, 'a design')
      return
    }
    const kind = keyword as 'flow' | 'scenario' | 'view'
    const id = `${kind}:${statement.title.text}`
    const name = statement.title.text
    if (!this.context.declare({ target: { kind, id }, name, what: kind, origin: originOf(sited, statement.title) })) return
    const list = { flow: this.all.flows, scenario: this.all.scenarios, view: this.all.views }[kind]
    list.push({ ...sited, id, name })
    if (kind !== 'view') this.waiversIn(tree, node.children, { type: kind, ids: [id] })
  }

  /** The word that a titled statement begins with, or the one that was probably meant; what it cannot be is reported. */
  private titledKeyword(sited: Sited, { keyword, title }: TitledStatement, within: Within): string | undefined {
    const written = keyword.text
    if (TITLED.includes(written)) return written
    if (written === 'when') {
      this.misplaced(sited, '`when` belongs in a flow')
      return undefined
    }
    if (vocabulary.kind(written) || vocabulary.container(written) || this.all.ownKinds.has(written) || WORDS.includes(written)) {
      const name = nameFrom(title.text)
      const place = originOf(sited, { start: title.start, end: title.start })
      this.context.report(originOf(sited, title), 'missing-name', 'error', `A ${written} needs a name before its label: \`${written} ${name} "${title.text}"\`.`, {
        fixes: [{ title: `Name it \`${name}\``, edits: [{ origin: place, newText: `${name} ` }] }],
      })
      this.statements(sited.tree, meantWithout(sited.node.children), within)
      return undefined
    }
    this.context.unknown(originOf(sited, keyword), 'unknown-statement', 'error', `There is no statement \`${written}\`.`, written, TITLED)
    const near = vocabulary.nearest(written, TITLED)
    // What declares things in its body is none of these, however alike the words are.
    if (near !== undefined && !sited.node.children.some((child) => child.statement.type === 'declaration')) return near
    this.statements(sited.tree, meantWithout(sited.node.children), within)
    return undefined
  }

  /** `flow Buy { … }` and `flow { … }`: the title lacks its quotes, or is not there. */
  private untitled(sited: Sited, keyword: Token, title: Token | undefined, within: Within): void {
    const { tree, node } = sited
    const origin = originOf(sited, title ?? keyword)
    this.context.report(origin, 'missing-title', 'error', title ? `The title of a ${keyword.text} stands in quotes.` : `A ${keyword.text} needs a title in quotes behind its word.`, {
      fixes: [title ? { title: 'Put it in quotes', edits: [{ origin, newText: JSON.stringify(title.text) }], safe: true } : { title: 'Give it a title', edits: [{ origin, newText: `${keyword.text} "Title"` }] }],
    })
    const { start, end } = node.statement
    this.titled({ tree, node: { ...node, statement: { type: 'titled', start, end, keyword, title: title ?? keyword } } }, within)
  }

  /** `accept`s anywhere in a flow, its branches included. */
  private waiversIn(tree: Tree, nodes: readonly Node[], scope: WaiverScope): void {
    for (const node of nodes) {
      if (node.statement.type === 'accept') this.all.waivers.push({ tree, node, scope })
      else this.waiversIn(tree, node.children, scope)
    }
  }

  private inside(tree: Tree, nodes: readonly Node[], where: string): void {
    for (const node of nodes) {
      if (node.statement.type === 'accept') this.all.waivers.push({ tree, node, scope: { type: 'file', file: tree.file } })
      else if (node.statement.type !== 'property' && node.statement.type !== 'block') this.misplaced({ tree, node }, `only properties stand in ${where}`)
    }
  }

  private declaration(sited: Sited, within: Within): void {
    const { tree, node } = sited
    const { statement } = node
    if (statement.type !== 'declaration') return
    const keyword = statement.keyword.text
    if (keyword === 'kind' || keyword === 'technology') {
      this.inside(tree, node.children, `a ${keyword}`)
      return
    }
    if (UNTITLED.includes(keyword)) return this.untitled(sited, statement.keyword, statement.name, within)
    if (keyword === 'data') return this.dataDeclaration(sited)
    if ((keyword === 'shard' || keyword === 'replica') && within.component) return this.part(sited, within, keyword)
    if (keyword === 'shard' || keyword === 'replica') return this.misplaced(sited, `a ${keyword} stands in the braces of the store it is a part of`)
    const container = vocabulary.container(keyword)
    if (container) return this.container(sited, within, container.name as ContainerKind)
    this.component(sited, within)
  }

  /** Whether a line that could be read only in part, or whose kind is unknown, takes a name that a sound line declares: then that one has it. */
  private givesWay({ node }: Sited, name: string): boolean {
    if (!node.damaged && this.isSound(node)) return false
    this.sound ??= new Set(this.trees.flatMap(({ nodes }) => this.soundNames(nodes)))
    return this.sound.has(name)
  }

  private soundNames(nodes: readonly Node[]): readonly string[] {
    return nodes.flatMap((node) => {
      const { statement } = node
      if (statement.type !== 'declaration') return []
      const inner = this.soundNames(node.children)
      return node.damaged || !this.isSound(node) ? inner : [statement.name.text, ...inner]
    })
  }

  private isSound({ statement }: Node): boolean {
    if (statement.type !== 'declaration') return false
    const word = statement.keyword.text
    return WORDS.includes(word) || vocabulary.container(word) !== undefined || baseKind(word, this.all.ownKinds) !== undefined
  }

  private dataDeclaration(sited: Sited): void {
    const { tree, node } = sited
    const { statement } = node
    if (statement.type !== 'declaration') return
    const name = statement.name.text
    if (this.givesWay(sited, name)) return
    if (!this.context.declare({ target: { kind: 'data', id: name }, name, what: 'data', origin: originOf(sited, statement.name) })) return
    this.all.data.push({ ...sited, id: name, name })
    for (const child of node.children) if (child.statement.type === 'accept') this.all.waivers.push({ tree, node: child, scope: { type: 'data', ids: [name] } })
  }

  private part(sited: Sited, within: Within, kind: 'shard' | 'replica'): void {
    const { tree, node } = sited
    const { statement } = node
    if (statement.type !== 'declaration') return
    const name = statement.name.text
    const id = within.path + name
    if (!this.context.declare({ target: { kind: 'part', id }, name, what: kind, origin: originOf(sited, statement.name) })) return
    const component = within.component!.id
    this.all.parts.push({ ...sited, id, name, kind, component, parent: within.shard ?? component })
    this.statements(tree, node.children, { path: `${id}.`, parent: id, component: within.component, shard: id, scope: within.scope })
  }

  private container(sited: Sited, within: Within, kind: ContainerKind): void {
    const { tree, node } = sited
    const { statement } = node
    if (statement.type !== 'declaration') return
    const name = statement.name.text
    if (this.givesWay(sited, name)) return this.statements(tree, node.children, within)
    const id = within.path + name
    const declared = this.context.declare({ target: { kind: 'container', id }, name, what: kind, origin: originOf(sited, statement.name) })
    if (declared) this.all.containers.push({ ...sited, id, name, kind, ...(within.parent !== undefined && { parent: within.parent }) })
    this.statements(tree, node.children, { path: `${id}.`, parent: id, scope: { type: 'container', ids: [id] } })
  }

  private component(sited: Sited, within: Within): void {
    const { tree, node } = sited
    const { statement } = node
    if (statement.type !== 'declaration') return
    const written = statement.keyword.text
    const origin = originOf(sited, statement.keyword)
    let kind = baseKind(written, this.all.ownKinds)
    if (this.all.ownKinds.has(written)) this.context.mention(origin, { kind: 'own-kind', id: written })
    if (kind === undefined) {
      const candidates = [...vocabulary.kinds.flatMap((one) => [one.name, ...one.aliases]), ...vocabulary.containers.map((one) => one.name), ...this.all.ownKinds.keys(), ...WORDS]
      this.context.unknown(origin, 'unknown-kind', 'error', `There is no kind \`${written}\`.`, written, candidates)
      const near = vocabulary.nearest(written, candidates)
      if (near === 'data') {
        this.dataDeclaration(sited)
        // A broken header may only look like it: what it holds is still meant.
        return this.statements(tree, node.children.filter(({ statement }) => statement.type === 'declaration' || statement.type === 'relation'), within)
      }
      const container = near === undefined ? undefined : vocabulary.container(near)
      if (container) return this.container(sited, within, container.name as ContainerKind)
      // It is still drawn, as what was probably meant.
      kind = (near === undefined ? undefined : baseKind(near, this.all.ownKinds)) ?? 'service'
    }
    const name = statement.name.text
    if (this.givesWay(sited, name)) return
    const id = within.path + name
    const component: DeclaredComponent = { ...sited, id, name, kind, writtenKind: written, ...(within.parent !== undefined && { parent: within.parent }) }
    if (this.context.declare({ target: { kind: 'component', id }, name, what: written, origin: originOf(sited, statement.name) })) this.all.components.push(component)
    this.statements(tree, node.children, { path: `${id}.`, parent: id, component, scope: { type: 'component', ids: [id] } })
  }
}

/** A name made from a label: `"Order API"` → `order-api`. */
function nameFrom(label: string): string {
  const name = label.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^[-\d]+|-+$/g, '')
  return name === '' ? 'name' : name
}
