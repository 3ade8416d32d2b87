/** What may begin in a body: properties, blocks and statements, those first that belong there most. */
import { CompletionItemKind } from 'vscode-languageserver'
import { choicesOf, vocabulary, type Property, type PropertyType, type Subject } from '../vocabulary/index.ts'
import type { Offer, Place } from './completion.ts'
import { nameOffers } from './completion-names.ts'
import { KEYWORDS } from './keywords.ts'
import { subjectOf } from './subject.ts'
import { containerDoc, kindDoc, propertyDoc } from './vocabulary-docs.ts'

export function statementOffers(place: Place): readonly Offer[] {
  const { context, model } = place
  const here = subjectOf(context.frames, (word) => model.ownKinds.find(({ name }) => name === word)?.extends)
  const { frame } = here
  const inBlock = here.prefix !== ''
  const properties = here.subject === undefined ? [] : propertyOffers(place, here)
  if (inBlock) return properties
  switch (frame.type) {
    case 'file':
      return [...keywordOffers(FILE_KEYWORDS), ...kindOffers(place, 3), ...containerOffers(4), ...relationStarts(place, 4)]
    case 'container':
      return [...kindOffers(place, 2), ...containerOffers(3), ...properties, ...relationStarts(place, 5), ...keywordOffers(['accept'], 6)]
    case 'component':
      return [...properties, ...keywordOffers(['accept'], 6), ...keywordOffers(['shard', 'replica'], 7), ...kindOffers(place, 8), ...containerOffers(8)]
    case 'own-kind':
    case 'own-technology':
      return properties
    case 'flow':
    case 'steps':
      return [...properties, ...relationStarts(place, 4), ...keywordOffers(['when', 'any-of', 'parallel', 'repeat', ...(frame.type === 'flow' ? ['accept'] : [])], 5)]
    case 'scenario':
      return [...properties, ...keywordOffers(['expect', 'accept'])]
    case 'relation':
    case 'data':
      return [...properties, ...keywordOffers(['accept'], 6)]
    default:
      return properties
  }
}

function propertyOffers({ context }: Place, { subject, kind, technology, verb, prefix }: ReturnType<typeof subjectOf>): readonly Offer[] {
  const rows = vocabulary.propertiesFor(subject!, { kind: subject === 'component' ? kind : undefined, verb })
  const first = (kind === undefined ? undefined : vocabulary.kind(kind)?.first) ?? FIRST[subject!] ?? []
  const defaults = kind === undefined || subject !== 'component' ? {} : vocabulary.defaultsFor(kind, technology === undefined ? undefined : { name: technology, base: vocabulary.technology(technology)?.name })
  const isPresent = (row: Property) => [row.name, ...row.aliases].some((name) => context.present.has(name) || context.present.has(prefix + name))
  return rows.flatMap((row): readonly Offer[] => {
    const name = nameHere(row, prefix, rows)
    if (name === undefined || isPresent(row)) return []
    const rank = first.includes(row.name) ? 1 : subject === 'container' ? 5 : 2
    const common = { detail: short(row), documentation: propertyDoc(row, defaults[row.name]) }
    const plain: Offer = { ...common, label: name, kind: CompletionItemKind.Property, insert: `${name}: `, snippet: `${name}: ${placeholder(row.type)}`, rank, then: choicesOf(row.type).length > 0 }
    if (row.type.type !== 'block') return [plain]
    const block: Offer = { ...common, label: name, kind: CompletionItemKind.Struct, insert: `${name} { `, snippet: `${name} { $0 }`, rank }
    const { shorthand } = row.type
    if (!shorthand) return [block]
    // Of a number, people mostly say the one that counts; of a policy, its parts.
    return shorthand.type === 'quantity' ? [plain, { ...block, label: `${name} { … }`, rank: rank + 1 }] : [block, { ...plain, label: `${name}: …`, rank: rank + 1 }]
  })
}

/** Where the vocabulary's kinds say nothing: what a reader asks first. Paths, so that they can be found in the table. */
const FIRST: Readonly<Partial<Record<Subject, readonly string[]>>> = {
  flow: ['rate', 'rate.peak', 'p99', 'availability'],
  data: ['class', 'key', 'size'],
}

/** How a property is written in these braces: its name in its block, an alias outside of it, or not at all. */
function nameHere(row: Property, prefix: string, rows: readonly Property[]): string | undefined {
  if (!row.name.startsWith(prefix)) return undefined
  const name = row.name.slice(prefix.length)
  return name.includes('.') && blockOf(row.name, prefix, rows) ? row.aliases.find((alias) => !alias.includes('.') && prefix === '') : name
}

/** Whether a dotted property has a block of its own to stand in: `failover.detect` in `failover`, but `p99.9` nowhere. */
function blockOf(path: string, prefix: string, rows: readonly Property[]): boolean {
  const block = path.slice(0, path.indexOf('.', prefix.length))
  return rows.some(({ name, type }) => name === block && type.type === 'block')
}

function placeholder(type: PropertyType): string {
  switch (type.type) {
    case 'text':
      return '"$1"'
    case 'name':
    case 'reference':
    case 'words':
      return type.list ? '[$1]' : '$1'
    default:
      return '$1'
  }
}

function short({ type }: Property): string {
  return type.type === 'quantity' ? type.of.replaceAll('-', ' ') : type.type === 'words' ? 'one of a few words' : type.type === 'reference' ? `a ${type.to}` : type.type
}

const FILE_KEYWORDS = ['design', 'import', 'let', 'data', 'flow', 'scenario', 'view', 'accept', 'kind', 'technology']

const SNIPPETS: Readonly<Record<string, string>> = {
  design: 'design "${1:Title}" { goal: "${2:What it is for}" }',
  import: 'import "./$1"',
  let: 'let ${1:name} = $0',
  data: 'data ${1:Name} { class: $0 }',
  flow: 'flow "${1:Title}" {\n\trate: ${2:100/s}\n\t$0\n}',
  scenario: 'scenario "${1:Title}" {\n\tfails: $2\n\texpect "$3": $0\n}',
  view: 'view "${1:Title}" { include: [$0] }',
  accept: 'accept ${1:rule} because "${2:why}"',
  kind: 'kind ${1:name} extends ${2:service} { $0 }',
  technology: 'technology ${1:name} extends ${2:database} { $0 }',
  expect: 'expect "$1": $0',
  when: 'when "${1:why}" ${2:10%} { $0 }',
  'any-of': 'any-of { $0 }',
  parallel: 'parallel { $0 }',
  repeat: 'repeat ${1:10} { $0 }',
  shard: 'shard ${1:name} { $0 }',
  replica: 'replica ${1:name} { $0 }',
}

function keywordOffers(words: readonly string[], rank = 2): readonly Offer[] {
  return words.map((word) => ({ label: word, kind: CompletionItemKind.Keyword, documentation: KEYWORDS[word], insert: `${word} `, snippet: SNIPPETS[word], rank }))
}

function kindOffers({ model }: Place, rank: number): readonly Offer[] {
  return [
    ...vocabulary.kinds.map((kind) => ({
      label: kind.name, kind: CompletionItemKind.Class, detail: kind.aliases.length > 0 ? `or ${kind.aliases.join(', ')}` : undefined, documentation: kindDoc(kind), insert: `${kind.name} `, snippet: `${kind.name} \${1:name}`, rank,
    })),
    ...model.ownKinds.map(({ name, extends: base }) => ({ label: name, kind: CompletionItemKind.Class, detail: `a ${base}`, insert: `${name} `, snippet: `${name} \${1:name}`, rank })),
  ]
}

function containerOffers(rank: number): readonly Offer[] {
  return vocabulary.containers.map((container) => ({
    label: container.name, kind: CompletionItemKind.Module, documentation: containerDoc(container), insert: `${container.name} `, snippet: `${container.name} \${1:name} {\n\t$0\n}`, rank,
  }))
}

/** A relation begins with a component's name. */
function relationStarts(place: Place, rank: number): readonly Offer[] {
  return nameOffers(place, ['component'], { rank })
}
