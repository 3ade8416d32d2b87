/** Hover: what a word means in the vocabulary, what a name means in the design, and how every fact about it came to be known. */
import type { Position } from '../model/origin.ts'
import { explain } from '../core.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Model } from '../model/model.ts'
import { describeQuantity } from '../model/quantity.ts'
import type { Fact, Facts } from '../model/value.ts'
import { callsOf, choicesOf, vocabulary, type Subject } from '../vocabulary/index.ts'
import { partAt } from './context.ts'
import { around, compare, mentionAt } from './documents.ts'
import { declarationOf, factsOf, summary, type Declaration } from './declarations.ts'
import { code, fenced, plain, provenance, valueText } from './show.ts'
import { COMMON, KEYWORDS, OUTCOMES } from './keywords.ts'
import { expectedDoc, scenarioDoc } from './scenario-docs.ts'
import { subjectOf } from './subject.ts'
import type { Part } from './outline.ts'
import { callDoc, choiceDoc, containerDoc, kindDoc, paragraphs, propertyDoc, technologyDoc, verbDoc } from './vocabulary-docs.ts'

export interface HoverAnswer {
  readonly markdown: string
  /** Offsets of the word. */
  readonly start: number
  readonly end: number
}

export interface HoverQuestion {
  readonly model: Model
  readonly uri: string
  readonly text: string
  readonly offset: number
  readonly position: Position
  readonly pageOf: (rule: string) => string | undefined
}

export function hover(question: HoverQuestion): HoverAnswer | undefined {
  const part = partAt(question.text, question.offset)
  if (!part) return undefined
  const markdown = aboutName(question) ?? aboutWord(part, question)
  return markdown === undefined ? undefined : { markdown, start: part.token.start, end: part.token.end }
}

function aboutName({ model, uri, position }: HoverQuestion): string | undefined {
  const mention = mentionAt(model, uri, position)
  const declaration = mention && declarationOf(model, mention.target)
  return declaration && aboutDeclaration(model, declaration)
}

function aboutDeclaration(model: Model, declaration: Declaration): string {
  if (declaration.kind === 'let') return aboutLet(model, declaration.of.id)
  const { of } = declaration
  const title = 'title' in of ? of.title : of.name
  const where = 'parent' in of && of.parent !== undefined && declaration.kind !== 'part' ? `, in ${code(of.parent)}` : ''
  return paragraphs([
    `**${plain(title)}** (${plain(summary(declaration))}${where})`,
    declaration.kind === 'component' ? vocabulary.kind(declaration.of.kind)?.meaning : declaration.kind === 'container' ? vocabulary.container(declaration.of.kind)?.meaning : undefined,
    declaration.kind === 'scenario' ? scenarioDoc(model, declaration.of) : factsTable(factsOf(declaration), (id) => lookup(model).container(id)?.name ?? lookup(model).component(id)?.name ?? id),
    declaration.kind === 'component' ? neighbours(model, declaration.of) : declaration.kind === 'container' ? inhabitants(model, declaration.of.id) : undefined,
  ])
}

/** Stated first, then inherited, derived, and what is only known by default. */
function factsTable(facts: Facts, nameOf: (id: string) => string): string | undefined {
  const rank = (fact: Fact) => (fact.from === 'stated' ? (fact.inheritedFrom === undefined ? 0 : 1) : fact.from === 'derived' ? 2 : 3)
  const rows = Object.entries(facts)
    // A block's own row only says that it is there; its properties say so too.
    .filter(([path, fact]) => !(fact.value.type === 'word' && fact.value.word === 'yes' && Object.keys(facts).some((other) => other.startsWith(`${path}.`))))
    .sort(([, a], [, b]) => rank(a) - rank(b) || byPlace(a, b))
  if (rows.length === 0) return undefined
  const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ')
  return ['| fact | value | known from |', '|---|---|---|', ...rows.map(([path, fact]) => `| ${path} | ${code(cell(valueText(fact.value)))} | ${cell(provenance(fact, nameOf))} |`)].join('\n')
}

/** As written; what was not written stays in its order. */
function byPlace(a: Fact, b: Fact): number {
  return a.from === 'stated' && b.from === 'stated' && a.origin.file === b.origin.file ? compare(a.origin.range.start, b.origin.range.start) : 0
}

function inhabitants(model: Model, id: string): string | undefined {
  const names = lookup(model).childrenOf(id).map(({ name }) => code(name))
  return names.length === 0 ? undefined : `Holds ${names.slice(0, MOST_NEIGHBOURS).join(', ')}${names.length > MOST_NEIGHBOURS ? ` and ${names.length - MOST_NEIGHBOURS} more` : ''}.`
}

function neighbours(model: Model, { id }: Component): string | undefined {
  const { relationsFrom, relationsTo, component } = lookup(model)
  const name = (id: string) => code(component(id)?.name ?? id)
  const list = (texts: readonly string[]) => (texts.length > MOST_NEIGHBOURS ? [...texts.slice(0, MOST_NEIGHBOURS), `${texts.length - MOST_NEIGHBOURS} more`] : texts).join(', ')
  const to = relationsFrom(id).map(({ verb, to }) => `${verb} ${name(to)}`)
  const from = relationsTo(id).map(({ verb, from }) => `${name(from)} ${verb} it`)
  return [...(to.length > 0 ? [list(to)] : []), ...(from.length > 0 ? [list(from)] : [])].join('; ') || undefined
}

const MOST_NEIGHBOURS = 8

function aboutLet(model: Model, id: string): string {
  const one = model.lets.find((one) => one.id === id)!
  const inputs = one.reads.flatMap((read) => model.lets.filter(({ id }) => id === read))
  return paragraphs([
    `**${plain(one.name)}** = ${one.value ? code(describeQuantity({ ...one.value, text: undefined })) : 'not known, since its expression has a problem'}`,
    fenced(`let ${one.name} = ${one.expression}`),
    inputs.length > 0 ? inputs.map(({ name, value }) => `- ${code(name)} = ${value ? code(describeQuantity(value)) : 'not known'}`).join('\n') : undefined,
  ])
}

function aboutWord(part: Part, question: HoverQuestion): string | undefined {
  const { token, role } = part
  switch (role) {
    case 'kind': {
      const kind = vocabulary.kind(token.text)
      if (kind) return kindDoc(kind)
      const own = question.model.ownKinds.find(({ name }) => name === token.text)
      return own && aboutDeclaration(question.model, { kind: 'own-kind', of: own })
    }
    case 'container': {
      const container = vocabulary.container(token.text)
      return container && containerDoc(container)
    }
    case 'technology': {
      const technology = vocabulary.technology(token.text)
      if (technology) return technologyDoc(technology)
      const own = question.model.ownTechnologies.find(({ name }) => name === token.text)
      return own ? aboutDeclaration(question.model, { kind: 'own-technology', of: own }) : `**${plain(token.text)}** (technology): nothing is known of it. Say what it is like: \`technology ${token.text} extends …\`.`
    }
    case 'verb': {
      const used = vocabulary.verb(token.text)
      const relations = around(question.model.relations, question.uri, question.position)
      return used && paragraphs([verbDoc(used.verb, token.text), relations.length === 1 ? factsTable(relations[0]!.facts, (id) => id) : undefined])
    }
    case 'arrow':
      return aboutArrow(question)
    case 'property':
    case 'block':
      return aboutProperty(part, question)
    case 'value':
    case 'call':
      return aboutValue(part)
    case 'rule':
      return aboutRule(token.text, question.pageOf)
    case 'outcome':
      return OUTCOMES[token.text] && paragraphs([`**${token.text}** (outcome)`, OUTCOMES[token.text], expectedDoc(question.model, question.uri, question.position)])
    case 'keyword':
      return KEYWORDS[token.text] && paragraphs([`**${token.text}**`, KEYWORDS[token.text], token.text === 'expect' ? expectedDoc(question.model, question.uri, question.position) : undefined])
    default:
      return undefined
  }
}

/** The relation that an arrow stands for; of a fan-out, each. */
function aboutArrow({ model, uri, position }: HoverQuestion): string | undefined {
  const { component } = lookup(model)
  const name = (id: string) => component(id)?.name ?? id
  const found = around(model.relations.map((relation) => ({ ...relation, extent: relation.origin })), uri, position)
  if (found.length === 0) return undefined
  const shown = found.slice(0, MOST_NEIGHBOURS).map(({ from, to, verb, inferred }) => `**${plain(name(from))}** ${verb} **${plain(name(to))}**${inferred ? ' (inferred from both ends)' : ''}`)
  return paragraphs([...shown, found.length === 1 ? factsTable(found[0]!.facts, (id) => id) : undefined])
}

function aboutProperty(part: Part, { model, uri, position }: HoverQuestion): string | undefined {
  const { subject, kind, technology } = subjectOf(part.frames)
  const path = part.property ?? part.token.text
  const row = subject && vocabulary.property(subject, path)
  if (!row) return undefined
  const technologyName = technology ? { name: technology, base: vocabulary.technology(technology)?.name } : undefined
  const fallback = kind === undefined ? undefined : vocabulary.defaultsFor(kind, technologyName)[row.name]
  return paragraphs([propertyDoc(row, fallback), here(model, uri, position, row.name, subject)])
}

/** What the property comes to in this place, where that is not what is written there anyway. */
function here(model: Model, uri: string, position: Position, path: string, subject: Subject): string | undefined {
  const candidates: readonly { readonly extent: Component['extent']; readonly facts: Facts }[] =
    subject === 'component' ? model.components : subject === 'container' ? model.containers : subject === 'relation' ? model.relations : subject === 'flow' ? model.flows : subject === 'data' ? model.data : []
  const fact = around(candidates, uri, position).at(-1)?.facts[path]
  return fact && (fact.value.type === 'quantity' || fact.from !== 'stated') ? `Here: ${code(fact.value.type === 'quantity' ? describeQuantity(fact.value) : valueText(fact.value))} (${provenance(fact)})` : undefined
}

function aboutValue(part: Part): string | undefined {
  const { subject } = subjectOf(part.frames)
  const row = subject && part.property !== undefined ? vocabulary.property(subject, part.property) : undefined
  if (!row) return undefined
  const outer = part.call && callsOf(row.type).find(({ name }) => name === part.call!.name)
  const type = outer?.args[part.call!.index]?.type ?? row.type
  const word = part.token.text
  const call = part.role === 'call' ? callsOf(type).find(({ name }) => name === word) : undefined
  if (call) return callDoc(call, row.name)
  const choice = [...choicesOf(type), ...COMMON].find((choice) => choice.word === word)
  return choice && choiceDoc(choice, row.name)
}

function aboutRule(id: string, pageOf: (rule: string) => string | undefined): string | undefined {
  const rule = explain(id)
  if (!rule) return undefined
  const page = pageOf(id)
  return paragraphs([`**${rule.id}** (rule ${rule.code}, ${rule.severity})`, rule.title, rule.why, page === undefined ? undefined : `[How to fix it, and examples](${page})`])
}
