/** The reference of the vocabulary, `docs/vocabulary.md`, written from the table. */
import { writeValue } from '../model/write.ts'
import {
  describeType,
  callsOf,
  choicesOf,
  vocabulary,
  type Default,
  type Property,
  type PropertyType,
  type Subject,
  type Technology,
  type Verb,
} from '../vocabulary/index.ts'
import { propertyGroups } from '../vocabulary/properties/index.ts'

export function vocabularyPage(): string {
  return (
    [
      '# Vocabulary',
      '<!-- Written by `npm run generate` from src/vocabulary. Do not edit. -->',
      'Every word that Lintel knows: what a component can be, what an arrow can say, which facts can be stated, and what is known of a ' +
        'technology before anybody says a word about it.',
      [
        '- [Kinds](#kinds) and [containers](#containers)',
        '- [Verbs](#verbs)',
        '- [Properties](#properties)',
        ...sections().map(({ title }) => `  - [${title}](#${anchor(title)})`),
        '- [Technologies](#technologies)',
      ].join('\n'),
      ...kindsPart(),
      ...containersPart(),
      ...verbsPart(),
      ...propertiesPart(),
      ...technologiesPart(),
    ].join('\n\n') + '\n'
  )
}

function kindsPart(): readonly string[] {
  const families = {
    entry: 'Where requests come in',
    compute: 'What computes',
    'may-forget': 'What may forget',
    keeps: 'What keeps data',
    carries: 'What carries messages',
    others: 'Control, and others’ systems',
  } as const
  return [
    '## Kinds',
    'A component is written `KIND name ["Label"] [uses TECHNOLOGY] [{ … }]`. The properties named are those that the rules ask for first.',
    ...Object.entries(families).flatMap(([family, title]) => [
      `### ${title}`,
      table(
        ['kind', 'is', 'state first'],
        vocabulary.kinds
          .filter((kind) => kind.family === family)
          .map((kind) => [
            [code(kind.name), ...kind.aliases.map(code)].join(', '),
            kind.meaning + kindDefaults(kind.defaults),
            kind.first.map(code).join(', '),
          ]),
      ),
    ]),
  ]
}

function kindDefaults(facts: readonly Default[]): string {
  if (facts.length === 0) return ''
  return ` Unless stated: ${facts.map((fact) => code(`${fact.property}: ${writeValue(fact.value)}`)).join(', ')}.`
}

function containersPart(): readonly string[] {
  return [
    '## Containers',
    'A container nests components. One that is a failure domain can fail as a whole.',
    table(
      ['container', 'is', 'failure domain'],
      vocabulary.containers.map((container) => [code(container.name), container.meaning, container.failureDomain ? 'yes' : 'no']),
    ),
  ]
}

function verbsPart(): readonly string[] {
  return [
    '## Verbs',
    'An arrow is written `a -> b : VERB`, or `a ~> b : VERB` for messages. Where the verb is left out it follows from both ends.',
    table(
      ['verb', 'means', 'waits', 'who needs whom', 'load on the right end'],
      vocabulary.verbs.map((verb) => [
        [
          code(verb.name),
          ...verb.aliases.map((alias) => `${code(alias.name)}${alias.reversed ? ' (written from the other end)' : ''}`),
        ].join(', '),
        verb.meaning,
        { yes: 'for the answer', no: 'no', acceptance: 'for acceptance' }[verb.sync],
        `${verb.needer === 'from' ? 'left needs right' : 'right needs left'}${verb.hard ? '' : ', softly'}`,
        LOAD[verb.load],
      ]),
    ),
  ]
}

const LOAD: Readonly<Record<Verb['load'], string>> = {
  with: 'each request',
  none: 'none',
  misses: 'misses only',
  writes: 'the source’s writes',
  failures: 'failures only',
}

interface Section {
  readonly title: string
  readonly subjects: readonly Subject[]
  readonly rows: readonly Property[]
}

function sections(): readonly Section[] {
  const components = propertyGroups
    .slice(0, 5)
    .map((group): Section => ({
      title: group.title,
      subjects: ['component'],
      rows: group.rows.filter((row) => row.on.includes('component')),
    }))
  const designRows = propertyGroups.at(-1)!.rows
  const of = (title: string, ...subjects: Subject[]): Section => ({
    title,
    subjects,
    rows: vocabulary.properties.filter((row) => row.on.some((subject) => subjects.includes(subject))),
  })
  return [
    ...components,
    {
      title: 'What is required and tolerated',
      subjects: ['component', 'relation', 'data', 'flow'],
      rows: designRows.filter((row) => row.on.length > 1 && row.on.includes('component')),
    },
    of('Relations', 'relation'),
    of('Data', 'data'),
    of('Flows', 'flow'),
    of('The design', 'design'),
    of('Regions, zones and other containers', 'container'),
    of('Named shards and replicas', 'shard', 'replica'),
    of('Scenarios and views', 'scenario', 'view'),
  ]
}

function propertiesPart(): readonly string[] {
  return [
    '## Properties',
    'A property is written `name: value`, and a block `name { … }`. Every property also takes `none` (there is none) and `unknown` (said on ' +
      'purpose: it stops a default and keeps the rules quiet).',
    'What silence means: usually *unknown*. Where it says *none*, a protection that is not stated is taken not to be there. Where it says ' +
      '*concern*, it is unknown until the design shows that it cares, by stating it elsewhere or by an objective that needs it.',
    ...sections().flatMap((section) => [`### ${section.title}`, propertyTable(section)]),
  ]
}

function propertyTable(section: Section): string {
  return table(
    ['property', 'takes', 'means', 'example'],
    section.rows.map((row) => [
      [code(row.name), ...row.aliases.map((alias) => `also ${code(alias)}`), ...standsOn(row, section)].join('<br>'),
      takes(row.type),
      meaning(row),
      code(row.example),
    ]),
  )
}

function standsOn(row: Property, section: Section): readonly string[] {
  const narrow =
    section.subjects.length > 1 && row.on.length < section.subjects.length
      ? [`on a ${row.on.filter((subject) => section.subjects.includes(subject)).join(', ')}`]
      : []
  const words = section.subjects.includes('component') ? row.kinds : section.subjects.includes('relation') ? row.verbs : []
  return [...narrow, ...(words.length > 0 && words.length <= 6 ? [`*${words.join(', ')}*`] : [])]
}

function meaning(row: Property): string {
  const words = [...choicesOf(row.type), ...callsOf(row.type).map((call) => ({ word: `${call.name}(…)`, meaning: call.meaning }))]
  const explained =
    row.type.type === 'flag' || isLimitOnly(row.type) ? [] : words.map((choice) => `<br>${code(choice.word)}: ${choice.meaning}`)
  const silence = row.absence === 'unknown' ? '' : ` Silence: *${row.absence}*.`
  return `${row.meaning}${row.inherits ? ' On a container it holds for everything in it.' : ''}${silence}${explained.join('')}`
}

/** `none`, `unlimited` and `forever` need no explanation in each row. */
function isLimitOnly(type: PropertyType): boolean {
  return type.type === 'quantity' && !type.words && !type.calls
}

/** The type without its words, which stand with their meanings beside it. */
function takes(type: PropertyType): string {
  switch (type.type) {
    case 'words':
      return type.list ? 'words' : 'a word'
    case 'quantity':
      return `${describeType({ type: 'quantity', of: type.of, span: type.span, names: type.names })}${type.limit ? ', or no limit' : ''}${type.words || type.calls ? ', or a word' : ''}`
    case 'block':
      return type.shorthand ? `a block, or ${takes(type.shorthand)}` : 'a block'
    case 'name':
      return `${type.list ? 'a name or a list of names' : 'a name'}${type.words || type.calls ? ', or a word' : ''}`
    case 'reference':
      return `${describeType({ ...type, words: undefined, calls: undefined })}${type.words || type.calls ? ', or a word' : ''}`
    default:
      return describeType(type)
  }
}

function technologiesPart(): readonly string[] {
  const byKind = new Map<string, Technology[]>()
  for (const technology of vocabulary.technologies) {
    const kind = technology.kinds[0]!
    byKind.set(kind, [...(byKind.get(kind) ?? []), technology])
  }
  return [
    '## Technologies',
    'What is known of a component by its `uses`, until the design states something else. How sure a fact is: **high** is documented; **medium** ' +
      'depends on version, edition or provider, and makes a finding milder by a step; **low** is a rule of thumb, and raises a remark at most. ' +
      'A version can be given: `uses kafka(2.8)`, `uses mongodb(<5)`; without one the newest is meant.',
    [...byKind]
      .map(
        ([kind, technologies]) =>
          `- ${kind}: ${technologies.map((technology) => `[${technology.label}](#${anchor(technology.label)})`).join(', ')}`,
      )
      .join('\n'),
    ...vocabulary.technologies.flatMap(technologyPart),
  ]
}

function technologyPart(technology: Technology): readonly string[] {
  const names = [code(technology.name), ...technology.aliases.map(code)].join(', ')
  return [
    `### ${technology.label}`,
    `${names} · ${technology.kinds.join(', ')}`,
    technology.meaning,
    ...(technology.defaults.length > 0 ? [factTable(technology)] : []),
    technology.traps.map((trap) => `- ${trap}`).join('\n'),
    `Source: ${technology.source}`,
  ]
}

/** One row for all facts that are equally sure, hold for the same versions and have the same source. */
function factTable(technology: Technology): string {
  const rows = new Map<string, { readonly sure: string; readonly facts: string[] }>()
  for (const fact of technology.defaults) {
    const version = fact.below ? `before ${fact.below}` : fact.from ? `from ${fact.from}` : ''
    const sure = [`${fact.confidence}`, version, fact.source === technology.source ? '' : fact.source]
      .filter((part) => part !== '')
      .join('; ')
    const row = rows.get(sure) ?? { sure, facts: [] }
    rows.set(sure, row)
    row.facts.push(code(`${fact.property}: ${writeValue(fact.value)}`))
  }
  return table(
    ['sure', 'facts unless stated'],
    [...rows.values()].map((row) => [row.sure, row.facts.join(', ')]),
  )
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

function code(text: string): string {
  return `\`${text}\``
}

function anchor(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-')
}
