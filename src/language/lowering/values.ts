/** Expressions → values: arithmetic with units, names looked up where the property's type says what they may mean. */
import type { Let } from '../../model/model.ts'
import { add, divide, isQuantityError, multiply, negate, parseQuantity, PLAIN, quantity, sameDimension, subtract, UNITS, type Dimension, type Quantity } from '../../model/quantity.ts'
import type { Target, Value } from '../../model/value.ts'
import { callsOf, choicesOf, dimensionOf, fit, vocabulary, type Fit, type PropertyType, type QuantityKind } from '../../vocabulary/index.ts'
import type { Expression, LetStatement } from '../syntax.ts'
import { extentOf, originOf, textOf, type Context, type Sited } from './context.ts'

/** Named numbers, computed on demand, each once. */
export class Lets {
  readonly done: Let[] = []
  private readonly pending = new Map<string, Sited>()
  private readonly values = new Map<string, Quantity>()
  private readonly context: Context

  constructor(context: Context) {
    this.context = context
  }

  add(sited: Sited): void {
    const { statement } = sited.node
    if (statement.type !== 'let') return
    const origin = originOf(sited, statement.name)
    const name = statement.name.text
    if (this.context.declare({ target: { kind: 'let', id: name }, name, what: 'let', origin })) this.pending.set(name, sited)
  }

  /** All of them, each after those that it reads: deep chains need no stack that way. */
  evaluateAll(): void {
    for (const name of this.inOrder()) this.done.push(this.evaluated(name))
    const order = new Map([...this.pending.keys()].map((name, index) => [name, index]))
    this.done.sort((a, b) => order.get(a.name)! - order.get(b.name)!)
  }

  /** Unset where it has a problem, which is reported where it stands. */
  value(name: string): Quantity | undefined {
    return this.values.get(name)
  }

  private evaluated(name: string): Let {
    const sited = this.pending.get(name)!
    const statement = sited.node.statement as LetStatement
    const reads = new Set<string>()
    const value = evaluate(this.context, sited, statement.value, { lets: this, reads })
    if (value) this.values.set(name, value)
    return {
      id: name,
      name,
      origin: originOf(sited, statement.name),
      extent: extentOf(sited),
      expression: textOf(sited, statement.value),
      ...(value && { value }),
      reads: [...reads],
    }
  }

  /** A depth-first walk without recursion; each ring that it meets is reported once, with its path. */
  private inOrder(): readonly string[] {
    const order: string[] = []
    const state = new Map<string, 'open' | 'done'>()
    for (const root of this.pending.keys()) {
      const path: { readonly name: string; readonly reads: readonly string[]; next: number }[] = []
      const enter = (name: string): void => {
        state.set(name, 'open')
        path.push({ name, reads: this.readsOf(name), next: 0 })
      }
      if (!state.has(root)) enter(root)
      while (path.length > 0) {
        const top = path[path.length - 1]!
        const read = top.reads[top.next++]
        if (read === undefined) {
          state.set(top.name, 'done')
          order.push(top.name)
          path.pop()
        } else if (state.get(read) === 'open') {
          this.reportRing(path.slice(path.findIndex(({ name }) => name === read)).map(({ name }) => name))
        } else if (!state.has(read)) enter(read)
      }
    }
    return order
  }

  private readsOf(name: string): readonly string[] {
    const { value } = this.pending.get(name)!.node.statement as LetStatement
    return namesIn(value).filter((read) => this.pending.has(read))
  }

  private reportRing(names: readonly string[]): void {
    const ring = [...names, names[0]!].map((one) => `\`${one}\``)
    const shown = ring.length > 8 ? [...ring.slice(0, 4), '…', ...ring.slice(-3)] : ring
    const [first, ...others] = names.map((name) => {
      const sited = this.pending.get(name)!
      return { name, origin: originOf(sited, (sited.node.statement as LetStatement).name) }
    })
    const message = others.length === 0 ? `\`${first!.name}\` is defined by itself, so it has no value: ${shown.join(' → ')}.` : `These depend on each other, so none has a value: ${shown.join(' → ')}.`
    this.context.report(first!.origin, 'let-cycle', 'error', message, { related: others.slice(0, 10).map(({ name, origin }) => ({ origin, message: `\`${name}\`` })) })
  }
}

/** Every name in an expression, in order. */
function namesIn(expression: Expression): readonly string[] {
  const names: string[] = []
  const rest: Expression[] = [expression]
  for (let one = rest.pop(); one; one = rest.pop()) {
    if (one.type === 'name') names.push(one.name)
    else if (one.type === 'operation') rest.push(one.right, one.left)
    else if (one.type === 'group' || one.type === 'negation') rest.push(one.value)
  }
  return names
}

interface Arithmetic {
  readonly lets: Lets
  readonly expected?: Dimension
  /** Names of lets that were read. */
  readonly reads?: Set<string>
}

/** A number, or undefined with the problem reported. */
export function evaluate(context: Context, sited: Sited, expression: Expression, arithmetic: Arithmetic): Quantity | undefined {
  switch (expression.type) {
    case 'quantity': {
      const read = parseQuantity(expression.text, arithmetic.expected)
      if (!isQuantityError(read)) {
        if (arithmetic.reads) hintAtBillions(context, sited, expression)
        return read
      }
      reportNumber(context, sited, expression, read.error)
      return undefined
    }
    case 'group':
      return evaluate(context, sited, expression.value, arithmetic)
    case 'negation': {
      const value = evaluate(context, sited, expression.value, arithmetic)
      return value && negate(value)
    }
    case 'operation':
      return operate(context, sited, expression, arithmetic)
    case 'name': {
      const origin = originOf(sited, expression)
      if (context.isLet(expression.name)) {
        context.mention(origin, { kind: 'let', id: expression.name })
        arithmetic.reads?.add(expression.name)
        return arithmetic.lets.value(expression.name)
      }
      context.unknown(origin, 'unknown-name', 'error', `There is no \`let ${expression.name}\` to calculate with.`, expression.name, context.letNames())
      return undefined
    }
    default:
      context.report(originOf(sited, expression), 'not-a-number', 'error', `Expected a number with a unit here, such as \`12\`, \`400/s\` or \`10min\`.`)
      return undefined
  }
}

/** In a named number nothing says whether `500B` is meant as bytes; a few billions are common, hundreds of them are not. */
function hintAtBillions(context: Context, sited: Sited, expression: Expression & { type: 'quantity' }): void {
  const amount = /^(\d+(?:\.\d+)?)B$/.exec(expression.text)?.[1]
  if (amount === undefined || Number(amount) < 16) return
  const origin = originOf(sited, expression)
  context.report(origin, 'billions', 'hint', `\`${expression.text}\` is ${amount} billion here; ${amount} bytes are \`${amount}bytes\`.`, { fixes: [{ title: `Change to \`${amount}bytes\``, edits: [{ origin, newText: `${amount}bytes` }] }] })
}

/** Long sums lean to the left: walked in a loop, so that ten thousand terms need no stack. */
function operate(context: Context, sited: Sited, expression: Expression & { type: 'operation' }, arithmetic: Arithmetic): Quantity | undefined {
  const spine: (Expression & { type: 'operation' })[] = []
  let left: Expression = expression
  while (left.type === 'operation') {
    spine.push(left)
    left = left.left
  }
  // A literal's bytes or billions are decided by what the whole is expected to be only where nothing changes the dimension.
  const inner: Arithmetic = spine.some(({ operator }) => operator === '*' || operator === '/') ? { ...arithmetic, expected: undefined } : arithmetic
  let value = evaluate(context, sited, left, inner)
  for (const { operator, right, ...place } of spine.reverse()) {
    const other = (operator === '/' ? periodOf(context, right) : undefined) ?? evaluate(context, sited, right, inner)
    if (!value || !other) {
      value = undefined
      continue
    }
    const result = operator === '+' ? add(value, other) : operator === '-' ? subtract(value, other) : operator === '*' ? multiply(value, other) : divide(value, other)
    if (isQuantityError(result)) {
      context.report(originOf(sited, place), 'dimension-mismatch', 'error', `${capital(result.error)}.`)
      value = undefined
    } else value = result
  }
  return value
}

/** `pods/day`: what a number is for each unit of time, where no `let` has the unit's name. */
function periodOf(context: Context, expression: Expression): Quantity | undefined {
  if (expression.type !== 'name' || !PERIODS.has(expression.name) || context.isLet(expression.name)) return undefined
  const one = parseQuantity(`1${expression.name}`)
  return isQuantityError(one) ? undefined : quantity(one.value, one.dimension)
}

const PERIODS: ReadonlySet<string> = new Set(['s', 'second', 'min', 'minute', 'h', 'hour', 'd', 'day', 'w', 'week', 'y', 'year'])

function reportNumber(context: Context, sited: Sited, expression: Expression & { type: 'quantity' }, error: string): void {
  const unit = /^[\d.]+(.*)$/.exec(expression.text)?.[1] ?? ''
  const start = expression.end - unit.length
  context.unknown(originOf(sited, unit ? { start, end: expression.end } : expression), 'unknown-unit', 'error', `${capital(error)}.`, unit, UNITS)
}

export interface Resolving {
  readonly lets: Lets
}

/** A property's value by its type; undefined with the problem reported. */
export function valueFor(context: Context, sited: Sited, property: string, type: PropertyType, expression: Expression, resolving: Resolving): Value | undefined {
  const raw = rawValue(context, sited, type, expression, resolving)
  // Reported, here or where a `let` that it reads has its problem.
  if (raw === undefined) return undefined
  const fitted = fit(type, raw)
  if ('value' in fitted) return fitted.value
  reportMisfit(context, sited, property, type, expression, raw, fitted)
  return undefined
}

/** Says what does not fit, on the word that does not: in a list, on the first such item. */
function reportMisfit(context: Context, sited: Sited, property: string, type: PropertyType, expression: Expression, raw: Value, misfit: Extract<Fit, { problem: string }>): void {
  const index = raw.type === 'list' ? raw.items.findIndex((item) => 'problem' in fit(type, item)) : -1
  const item = expression.type === 'list' ? expression.items[index] : undefined
  if (item && raw.type === 'list') {
    const inner = fit(type, raw.items[index]!)
    return reportMisfit(context, sited, property, type, item, raw.items[index]!, 'problem' in inner ? inner : misfit)
  }
  const { problem, candidates } = misfit
  // A word with arguments may be misspelt as well as a bare one.
  const called = expression.type === 'call' && candidates.length > 0 && !candidates.includes(expression.name.text)
  const written = expression.type === 'name' ? expression.name : called ? expression.name.text : ''
  const origin = called ? originOf(sited, expression.name) : originOf(sited, expression)
  // With the right word at hand, a list of all the others would only hide it.
  const near = written !== '' && candidates.length > 4 && vocabulary.nearest(written, candidates) !== undefined
  const many = written !== '' && candidates.length > 8
  const said = problem.replace(/\.$/, '')
  const some = candidates.slice(0, 6).map((word) => `\`${word}\``).join(', ')
  const message = near ? `\`${property}\` knows no \`${written}\`.` : many ? `\`${property}\` knows no \`${written}\`; it knows ${some} and ${candidates.length - 6} more.` : /^(expects|cannot|takes|needs|is) /.test(said) ? `\`${property}\` ${said}.` : `\`${property}\`: ${said}.`
  const meant = raw.type === 'quantity' && type.type === 'quantity' ? withUnit(type.of, raw, expression) : undefined
  if (meant === undefined) return context.unknown(origin, 'bad-value', 'error', message, written, written ? candidates : [])
  context.report(origin, 'bad-value', 'error', message, { fixes: [{ title: `Change to \`${meant}\``, edits: [{ origin, newText: meant }] }] })
}

/** A bare number where a unit was plainly forgotten: `hit-ratio: 92` for 92%, `timeout: 2` for 2s. */
function withUnit(of: QuantityKind, { value, dimension }: Quantity, expression: Expression): string | undefined {
  if (expression.type !== 'quantity' || !/^\d+(\.\d+)?$/.test(expression.text) || !sameDimension(dimension, PLAIN)) return undefined
  if (of === 'ratio' || of === 'availability') return value > 1 && value <= 100 ? `${expression.text}%` : undefined
  return of === 'duration' ? `${expression.text}s` : of === 'rate' ? `${expression.text}/s` : undefined
}

function rawValue(context: Context, sited: Sited, type: PropertyType, expression: Expression, resolving: Resolving): Value | undefined {
  const inner = type.type === 'block' ? type.shorthand : undefined
  if (inner) return rawValue(context, sited, inner, expression, resolving)
  switch (expression.type) {
    case 'text':
      return type.type === 'reference' ? resolveText(context, sited, type, expression) : { type: 'text', text: expression.text }
    case 'date':
      if (isDate(expression.text)) return { type: 'date', iso: expression.text }
      context.report(originOf(sited, expression), 'bad-value', 'error', `There is no day ${expression.text}.`)
      return undefined
    case 'list': {
      const items = expression.items.map((item) => rawValue(context, sited, type, item, resolving))
      return items.some((item) => item === undefined) ? undefined : { type: 'list', items: items as Value[] }
    }
    case 'span': {
      const expected = type.type === 'quantity' ? dimensionOf(type.of) : undefined
      const from = evaluate(context, sited, expression.from, { lets: resolving.lets, expected })
      const to = evaluate(context, sited, expression.to, { lets: resolving.lets, expected })
      return from && to && { type: 'span', from, to }
    }
    case 'comparison': {
      const than = rawValue(context, sited, type, expression.than, resolving)
      return than && { type: 'comparison', operator: expression.operator, than }
    }
    case 'call':
      return callValue(context, sited, type, expression, resolving)
    case 'name':
      return nameValue(context, sited, type, expression, resolving)
    case 'quantity':
      // A word may begin with a digit: `2pc`, `3ds`, a zone `1a`. What is a number with a unit is no name.
      if (choicesOf(type).some(({ word }) => word === expression.text) || type.type === 'text') return wordOf(expression.text)
      if (type.type === 'name' && !hasUnit(expression.text)) return wordOf(expression.text)
      if (type.type === 'open' && /^\d+(\.\d+)?x$/.test(expression.text)) return quantity(Number(expression.text.slice(0, -1)))
      return evaluate(context, sited, expression, { lets: resolving.lets, expected: type.type === 'quantity' ? dimensionOf(type.of) : undefined })
    default:
      return evaluate(context, sited, expression, { lets: resolving.lets, expected: type.type === 'quantity' ? dimensionOf(type.of) : undefined })
  }
}

const SAID = new Set(['none', 'unknown'])

function nameValue(context: Context, sited: Sited, type: PropertyType, expression: Expression & { type: 'name' }, resolving: Resolving): Value | undefined {
  const { name } = expression
  if (SAID.has(name)) return wordOf(name)
  const origin = originOf(sited, expression)
  const choices = choicesOf(type).map(({ word }) => word)
  if (choices.includes(name)) return wordOf(name)
  switch (type.type) {
    case 'quantity': {
      if (context.isLet(name)) return evaluate(context, sited, expression, { lets: resolving.lets })
      if (type.names) return wordOf(name)
      if (callsOf(type).some((call) => call.name === name)) return { type: 'call', name, args: [] }
      context.unknown(origin, 'unknown-name', 'error', `\`${name}\` is no number, and there is no \`let ${name}\`.`, name, [...context.letNames(), ...choices])
      return undefined
    }
    case 'reference':
      return resolveName(context, sited, type, name, expression)
    case 'open': {
      if (context.isLet(name)) return evaluate(context, sited, expression, { lets: resolving.lets })
      const found = context.find(name, ['component', 'container', 'data'])
      if (found.length !== 1) return wordOf(name)
      context.mention(origin, found[0]!.target)
      return { type: 'reference', to: found[0]!.target }
    }
    case 'words':
      return callsOf(type).some((call) => call.name === name && call.args.every((arg) => arg.optional)) ? { type: 'call', name, args: [] } : wordOf(name)
    case 'name': {
      const near = choices.length > 4 ? vocabulary.nearest(name, choices) : undefined
      if (near !== undefined) context.unknown(origin, 'unusual-word', 'hint', `\`${name}\` is a word of your own here.`, name, choices)
      return wordOf(name)
    }
    default:
      return wordOf(name)
  }
}

type ReferenceType = PropertyType & { type: 'reference' }

function kindsFor(type: ReferenceType): readonly Target['kind'][] {
  if (type.to === 'target') return ['component', 'container', 'part', 'flow', 'data', 'own-technology']
  return type.to === 'component' ? ['component', 'part'] : [type.to]
}

function resolveName(context: Context, sited: Sited, type: ReferenceType, name: string, place: { start: number; end: number }): Value | undefined {
  const kinds = kindsFor(type)
  const words = [...choicesOf(type).map(({ word }) => word), ...callsOf(type).map((call) => call.name)]
  const origin = originOf(sited, place)
  const found = context.find(name, kinds)
  if (found.length === 0 && vocabulary.technology(name) && callsOf(type).some((call) => call.name === 'technology')) {
    context.report(origin, 'unknown-name', 'error', `\`${name}\` is a technology: \`technology(${name})\` means everything that uses it.`, { fixes: [{ title: `Change to \`technology(${name})\``, edits: [{ origin, newText: `technology(${name})` }] }] })
    return undefined
  }
  if (found.length === 0) {
    const what = type.to === 'target' ? 'component, container or flow' : type.to
    context.unknown(origin, 'unknown-name', 'error', `There is no ${what} \`${name}\`.`, name, [...context.names(kinds), ...words])
    return undefined
  }
  const named = context.resolve(name, origin, kinds, type.to)
  return named && { type: 'reference', to: named.target }
}

function resolveText(context: Context, sited: Sited, type: ReferenceType, expression: Expression & { type: 'text' }): Value | undefined {
  if (type.to !== 'flow' && type.to !== 'target') return { type: 'text', text: expression.text }
  const named = context.resolve(expression.text, originOf(sited, expression), ['flow'], 'flow')
  return named && { type: 'reference', to: named.target }
}

function callValue(context: Context, sited: Sited, type: PropertyType, expression: Expression & { type: 'call' }, resolving: Resolving): Value | undefined {
  const choice = callsOf(type).find((call) => call.name === expression.name.text)
  const args: Value[] = []
  for (const [index, arg] of expression.args.entries()) {
    const argType: PropertyType = choice?.args[Math.min(index, choice.args.length - 1)]?.type ?? { type: 'open' }
    const value = rawValue(context, sited, argType, arg, resolving)
    if (value === undefined) return undefined
    args.push(value)
  }
  return { type: 'call', name: expression.name.text, args }
}

function hasUnit(text: string): boolean {
  const read = parseQuantity(text)
  return !isQuantityError(read) && !/^\d+$/.test(text)
}

/** Whether the calendar has it: `2027-02-30` looks like a date and is none. */
export function isDate(iso: string): boolean {
  const date = new Date(`${iso}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(iso)
}

function wordOf(word: string): Value {
  return { type: 'word', word }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
