/** What the vocabulary says of its words, as Markdown: hover and completion show the same. */
import type { DefaultFact } from '../model/value.ts'
import {
  callsOf, choicesOf, describeType, vocabulary, type CallChoice, type ContainerWord, type Kind, type Property, type Technology, type Verb, type WordChoice,
} from '../vocabulary/index.ts'
import { code, fenced, plain, provenance, valueText } from './show.ts'

export function kindDoc(kind: Kind): string {
  const short = kind.aliases.length > 0 ? `, short ${kind.aliases.map(code).join(', ')}` : ''
  return paragraphs([
    `**${kind.name}** (kind of component${short})`,
    kind.meaning,
    kind.first.length > 0 ? `Its rules ask first for ${kind.first.map(code).join(', ')}.` : undefined,
    defaultsList(Object.entries(vocabulary.defaultsFor(kind.name))),
  ])
}

export function containerDoc(container: ContainerWord): string {
  return paragraphs([`**${container.name}** (container${container.failureDomain ? ', a failure domain' : ', only visual'})`, container.meaning])
}

export function verbDoc(verb: Verb, written: string = verb.name): string {
  const reversed = verb.aliases.find(({ name }) => name === written)?.reversed === true
  const waits = { yes: 'The sender waits for the answer', no: 'Nobody waits', acceptance: 'The sender waits until the broker has accepted it' }[verb.sync]
  const needer = verb.needer === 'from' ? 'the left end needs the right one' : 'the right end needs the left one'
  return paragraphs([
    `**${written}** (verb${reversed ? `: ${code(verb.name)}, written from the other end` : ''}, ${verb.arrow === 'message' ? 'asynchronous' : 'request'})`,
    verb.meaning,
    `${waits}; ${needer}${verb.hard ? ' and fails with it unless the relation says otherwise' : ''}.`,
    defaultsList(Object.entries(vocabulary.defaultsForVerb(verb.name))),
  ])
}

export function propertyDoc(property: Property, fallback?: DefaultFact): string {
  const choices = choicesOf(property.type)
  const calls = callsOf(property.type)
  return paragraphs([
    `**${property.name}** (property of ${property.on.join(', ')}${property.aliases.length > 0 ? `; also ${property.aliases.map(code).join(', ')}` : ''})`,
    property.meaning,
    `Takes ${describeType(property.type)}.`,
    choices.length + calls.length > 0 && choices.length + calls.length <= MOST_CHOICES ? [...choices.map(choiceLine), ...calls.map(callLine)].join('\n') : undefined,
    fallback ? `Default: ${code(valueText(fallback.value))} (${provenance(fallback)}). Source: ${linked(fallback.source)}` : ABSENCE[property.absence],
    property.inherits ? 'Stated on a container, it holds for everything in it.' : undefined,
    property.example === '' ? undefined : fenced(property.example),
  ])
}

export function technologyDoc(technology: Technology): string {
  return paragraphs([
    `**${plain(technology.label)}** (${technology.kinds.join(', ')})`,
    technology.meaning,
    defaultsList(
      technology.defaults.map(({ property, value, confidence, source, below, from }) => [
        property + (below ? ` (before ${below})` : from ? ` (from ${from})` : ''),
        { from: 'default' as const, value, by: technology.name, confidence, source },
      ]),
    ),
    technology.traps.length > 0 ? `Worth knowing:\n${technology.traps.map((trap) => `- ${trap}`).join('\n')}` : undefined,
    `Source: ${linked(technology.source)}`,
  ])
}

export function choiceDoc(choice: WordChoice, property: string): string {
  return paragraphs([`**${choice.word}** (value of ${code(property)})`, choice.meaning])
}

export function callDoc(call: CallChoice, property: string): string {
  const args = call.args.map(({ name, type, optional }) => `- ${code(name)}${optional ? ' (optional)' : ''}: ${describeType(type)}`)
  return paragraphs([`**${callSignature(call)}** (value of ${code(property)})`, call.meaning, args.join('\n')])
}

export function callSignature(call: CallChoice): string {
  return `${call.name}(${call.args.map(({ name, optional }) => (optional ? `${name}?` : name)).join(', ')})`
}

export function paragraphs(parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== '').join('\n\n')
}

const MOST_CHOICES = 16

const ABSENCE = {
  unknown: 'Left out, it is unknown: rules that need it stay quiet.',
  none: 'Left out, there is none.',
  concern: 'Left out, it counts as missing only where the design cares about it elsewhere.',
}

function defaultsList(defaults: readonly (readonly [string, DefaultFact])[]): string | undefined {
  if (defaults.length === 0) return undefined
  return `Known without being said:\n${defaults.map(([path, fact]) => `- ${code(`${path}: ${valueText(fact.value)}`)}${fact.confidence === 'high' ? '' : fact.confidence === 'medium' ? ' (usual)' : ' (a guess)'}`).join('\n')}`
}

function choiceLine({ word, meaning }: WordChoice): string {
  return `- ${code(word)}: ${meaning}`
}

function callLine(call: CallChoice): string {
  return `- ${code(callSignature(call))}: ${call.meaning}`
}

/** Sources are titles, or addresses; only the latter are links. */
function linked(source: string): string {
  return /^https?:\/\/\S+$/.test(source) ? `<${source}>` : source
}
