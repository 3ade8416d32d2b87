/**
 * Broken and hostile designs: mutations of every example and acceptance design, by bytes and by words. Nothing throws, nothing hangs (mocha's limit
 * is the watchdog), every report points into its file, and what can be drawn is drawn. Time-boxed and seeded: LINTEL_SEED=new looks
 * elsewhere than the last time, LINTEL_SEED=… repeats a run, LINTEL_FUZZ_SECONDS makes it longer.
 */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { axes, check, createRenderer, marksOf, type Renderer } from '../../src/core.ts'
import { inProcessEngine } from '../../src/diagram/engine.ts'
import type { Origin } from '../../src/model/origin.ts'
import { vocabulary } from '../../src/vocabulary/index.ts'
import { openText } from '../../src/workspace.ts'
import { designOf, random } from '../support/generator.ts'
import { ROOT } from '../support/lintel.ts'

const SECONDS = Number(process.env.LINTEL_FUZZ_SECONDS ?? 30)
const WANTED = process.env.LINTEL_SEED ?? '20261121'
const SEED = WANTED === 'new' ? Date.now() % 1_000_000 : Number(WANTED)

const corpus = ['examples', 'test/corpus'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.lintel'))
    .map((file) => readFileSync(join(ROOT, folder, file), 'utf8')),
)

const WORDS = [
  ...vocabulary.kinds.map(({ name }) => name),
  ...vocabulary.verbs.map(({ name }) => name),
  ...vocabulary.properties.map(({ name }) => `${name}:`),
  ...vocabulary.technologies.map(({ name }) => `uses ${name}`),
  ...'{ } [ ] ( ) -> ~> : , .. " // /* */ + - * / % 0 -1 1e999 12..1 5y 99.999% 1/s NaN none unknown accept because until import flow when parallel repeat any-of view scenario expect let a a.b.c'.split(' '),
]

describe(`fuzz (LINTEL_SEED=${SEED}, ${SECONDS} s)`, function () {
  this.timeout((SECONDS + 240) * 1000)
  let renderer: Renderer
  before(() => (renderer = createRenderer(inProcessEngine())))
  after(() => renderer.dispose())

  it('has a corpus', () => assert.ok(corpus.length >= 6))

  it('takes any mutation without a throw, and reports only places that exist', async () => {
    const next = random(SEED)
    const until = performance.now() + SECONDS * 1000
    let runs = 0
    while (performance.now() < until) {
      const text = mutate(corpus[Math.floor(next() * corpus.length)]!, next)
      await survives(text, runs++ % 10 === 0 ? renderer : undefined)
    }
    console.error(`    ${runs} designs`)
    assert.ok(runs > 10)
  })

  const hostile: Readonly<Record<string, string>> = {
    'an empty file': '',
    blanks: ' \n\t\r\n',
    'one brace': '{',
    'ten thousand braces': '{'.repeat(10_000),
    'deep nesting': 'group g {\n'.repeat(500) + '}\n'.repeat(500),
    'deep brackets': `data D { key: ${'['.repeat(2_000)}${']'.repeat(2_000)} }`,
    'deep parentheses': `let x = ${'('.repeat(2_000)}1${')'.repeat(2_000)}`,
    'a sum of ten thousand': `let x = ${Array(10_000).fill('1').join(' + ')}`,
    'a chain of ten thousand': `service a\nservice b\n${Array(10_000).fill('a').join(' -> ')}`,
    'a fan-out of 200 by 200': `${Array.from({ length: 400 }, (_, i) => `service s${i}`).join('\n')}\n${range(0, 200)} -> ${range(200, 400)}`,
    'an endless line': `service ${'a'.repeat(200_000)}`,
    'an endless string': `service a "${'x'.repeat(200_000)}`,
    'no line ends at all': designOf(50).replace(/\n/g, ' '),
    'only names': 'a '.repeat(20_000),
    'control characters': 'service \u0000\u0001\ufeff a\u2028b "\u202e\u0007"\n',
    'a lone surrogate': 'service a "\ud800"\n',
    'lets in a ring': Array.from({ length: 2_000 }, (_, i) => `let l${i} = l${(i + 1) % 2_000} * 2`).join('\n'),
    'lets in a line': Array.from({ length: 2_000 }, (_, i) => `let l${i} = ${i ? `l${i - 1} + 1` : 1}`).join('\n'),
    'names of object methods': 'service constructor\nservice toString\nservice __proto__ { replicas: 2, constructor: 3, __proto__: 4 }\nconstructor -> toString -> __proto__',
    'kinds that extend themselves': 'kind a extends b\nkind b extends a\ntechnology x extends y\ntechnology y extends x\na one uses x\nb two uses y',
    noise: Array.from({ length: 20_000 }, (_, i) => String.fromCharCode(32 + ((i * 7919) % 95))).join(''),
  }
  for (const [name, text] of Object.entries(hostile)) it(`survives ${name}`, () => survives(text, renderer))

  it('checks and draws 2,000 components', () => survives(designOf(2_000), renderer))
})

async function survives(text: string, renderer?: Renderer): Promise<void> {
  try {
    const opened = openText(text)
    const diagnostics = check(opened)
    const lines = text.split('\n')
    for (const { rule, message, at, related } of diagnostics) {
      assert.notEqual(rule, 'rule-failed', message)
      assert.ok(message.length > 0)
      for (const origin of [at, ...related.map((one) => one.at)]) assert.ok(within(origin, lines), `${rule} points to ${JSON.stringify(origin.range)}`)
    }
    JSON.stringify(opened.model)
    axes(opened.model)
    if (renderer && opened.model.components.length > 0 && opened.model.components.length < 2_500) {
      const { svg } = await renderer.draw(opened.model, { theme: 'light', marks: marksOf(diagnostics) })
      assert.match(svg, /<\/svg>\s*$/)
    }
  } catch (error) {
    throw new Error(`LINTEL_SEED=${SEED}: ${(error as Error).stack}\n--- the design:\n${text.length > 4_000 ? `${text.slice(0, 4_000)} …` : text}`)
  }
}

function within({ range: { start, end } }: Origin, lines: readonly string[]): boolean {
  return (
    start.line >= 0 && start.character >= 0 && end.line < lines.length && start.character <= lines[start.line]!.length && end.character <= lines[end.line]!.length &&
    (start.line < end.line || (start.line === end.line && start.character <= end.character))
  )
}

function mutate(text: string, next: () => number): string {
  const at = () => Math.floor(next() * (text.length + 1))
  for (let n = 1 + Math.floor(next() * 4); n > 0; n--) {
    const [a, b] = [at(), at()].sort((x, y) => x - y) as [number, number]
    const word = WORDS[Math.floor(next() * WORDS.length)]!
    const lines = text.split('\n')
    const line = Math.floor(next() * lines.length)
    switch (Math.floor(next() * 8)) {
      case 0: text = text.slice(0, a) + text.slice(Math.min(b, a + 20)); break
      case 1: text = `${text.slice(0, a)} ${word} ${text.slice(a)}`; break
      case 2: text = text.slice(0, a) + String.fromCharCode(Math.floor(next() * 0x2ff)) + text.slice(a + 1); break
      case 3: lines.splice(line, 1); text = lines.join('\n'); break
      case 4: lines.splice(line, 0, lines[Math.floor(next() * lines.length)]!); text = lines.join('\n'); break
      case 5: text = text.slice(0, a) + text.slice(a, Math.min(b, a + 60)).repeat(2) + text.slice(a); break
      case 6: text = text.replace(/[\w-]+/g, (found) => (next() < 0.01 ? word : found)); break
      case 7: lines[line] = lines[line]!.replace(/\d+/, String(Math.floor(next() ** 8 * 1e12))); text = lines.join('\n'); break
    }
  }
  return text
}

function range(from: number, to: number): string {
  return Array.from({ length: to - from }, (_, i) => `s${from + i}`).join(', ')
}
