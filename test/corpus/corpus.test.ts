/** The gallery and the acceptance designs: every example is clean, every flawed twin has exactly the findings that its carets name. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { check, createRenderer, marksOf, type Diagnostic, type Renderer } from '../../src/core.ts'
import { inProcessEngine } from '../../src/diagram/engine.ts'
import { formatQuantity, formatBits } from '../../src/model/quantity.ts'
import { openText } from '../../src/workspace.ts'
import { exampleOf } from '../rules/page.ts'
import { ROOT } from '../support/lintel.ts'

const TODAY = '2026-11-21'
const SHARED = join(ROOT, '..', 'shared', 'acceptance')
const COPY = join(ROOT, 'test', 'corpus', 'acceptance')
const ACCEPTANCE = existsSync(SHARED) ? SHARED : COPY

const serious = (text: string): readonly Diagnostic[] => check(openText(text), { today: TODAY }).filter(({ severity }) => severity === 'error' || severity === 'warning')
const shown = ({ at, severity, rule, message }: Diagnostic): string => `${at.range.start.line + 1}: ${severity} ${rule}: ${message}`

const gallery = readdirSync(join(ROOT, 'examples'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => ({ name, path: join(ROOT, 'examples', name, `${name}.lintel`), flawed: join(ROOT, 'examples', name, `${name}.flawed.lintel`) }))

describe('corpus', () => {
  let renderer: Renderer
  before(() => (renderer = createRenderer(inProcessEngine())))
  after(() => renderer.dispose())

  for (const { name, path, flawed } of gallery) {
    describe(name, () => {
      it('is clean', () => assert.deepEqual(serious(readFileSync(path, 'utf8')).map(shown), []))

      it('says in its first line what it is about', () => assert.match(readFileSync(path, 'utf8'), /^\/\/ \S.{20,140}\n/))

      it('has a twin with exactly the findings that its carets name', () => {
        const { text, expected } = exampleOf(readFileSync(flawed, 'utf8').replace(/\n$/, '').split('\n'), 0)
        assert.ok(expected.length > 0, 'names what must be found')
        const found = serious(text).map(({ at, severity, rule }) => `${at.range.start.line + 1} ${severity} ${rule}`)
        assert.deepEqual(found.sort(), expected.map(({ line, severity, rule }) => `${line + 1} ${severity} ${rule}`).sort())
        for (const { line, from, to, rule } of expected) {
          const match = serious(text).find(({ at, rule: one }) => one === rule && at.range.start.line === line)!
          const { start, end } = match.at.range
          assert.ok(Math.max(start.character, 2) === from || start.character === from, `the carets of ${rule} begin at ${start.character}, not at ${from}`)
          if (end.line === line) assert.equal(to, Math.max(end.character, from + 1), `the carets of ${rule} end with what is underlined`)
        }
      })

      it('is drawn: every component by its label, nothing foreign in it', async () => {
        for (const file of [path, flawed]) await draws(renderer, readFileSync(file, 'utf8'))
      })
    })
  }
})

describe('acceptance', () => {
  let renderer: Renderer
  before(() => (renderer = createRenderer(inProcessEngine())))
  after(() => renderer.dispose())

  it('the copy here is the same as what was agreed', function () {
    if (!existsSync(SHARED)) return this.skip()
    for (const file of readdirSync(SHARED).filter((name) => name.endsWith('.lintel'))) {
      assert.equal(readFileSync(join(COPY, file), 'utf8'), readFileSync(join(SHARED, file), 'utf8'), `${file} differs: copy it from there`)
    }
  })

  it('the first sketch has its three findings, on their lines, and no other error', () => {
    const text = readFileSync(join(ACCEPTANCE, 'orders-first-sketch.lintel'), 'utf8')
    const marked = text.split('\n').flatMap((line, index) => [...line.matchAll(/\/\/! ([\w-]+)\s*$/g)].map(([, rule]) => `${index + 1} ${rule}`))
    assert.equal(marked.length, 3)
    assert.deepEqual(serious(text).filter(({ severity }) => severity === 'error').map(({ at, rule }) => `${at.range.start.line + 1} ${rule}`), marked)
  })

  it('the sound orders have no error and no warning', () => {
    assert.deepEqual(serious(readFileSync(join(ACCEPTANCE, 'orders-sound.lintel'), 'utf8')).map(shown), [])
  })

  it('the numbers of the walkthrough come out to the digits of its comments', () => {
    const text = readFileSync(join(ACCEPTANCE, 'instagram.lintel'), 'utf8')
    const { model } = openText(text)
    let compared = 0
    for (const line of text.split('\n')) {
      const match = /^let ([\w-]+)\s*=.*\/\/ (.+)$/.exec(line)
      if (!match) continue
      const value = model.lets.find(({ name }) => name === match[1])?.value
      assert.ok(value, match[1])
      const [said, bits] = match[2]!.split(' = ')
      assert.equal(formatQuantity(value), said!.trim(), match[1])
      if (bits) assert.equal(formatBits(value), bits.trim(), match[1])
      compared++
    }
    assert.equal(compared, 5)
  })

  for (const file of readdirSync(ACCEPTANCE).filter((name) => name.endsWith('.lintel'))) {
    it(`${basename(file)} is drawn`, () => draws(renderer, readFileSync(join(ACCEPTANCE, file), 'utf8')))
  }
})

async function draws(renderer: Renderer, text: string): Promise<void> {
  const opened = openText(text)
  const marks = marksOf(check(opened, { today: TODAY }))
  const { svg } = await renderer.draw(opened.model, { theme: 'light', marks })
  const again = await renderer.draw(opened.model, { theme: 'light', marks })
  assert.equal(svg, again.svg, 'the same bytes twice')
  assert.ok(!/<foreignObject|<script|style="/.test(svg))
  const plain = svg.replace(/<\/tspan>\s*<tspan[^>]*>/g, ' ').replace(/<[^>]+>/g, '\n').replace(/&quot;/g, '"').replace(/&amp;/g, '&')
  for (const { label, name } of opened.model.components) assert.ok(plain.includes(label ?? name), `${label ?? name} is in the picture`)
}
