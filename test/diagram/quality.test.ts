/**
 * The laws of every placement, over the acceptance designs, the gallery, awkward sketches and random nested graphs; and the table of how good
 * they are. `ACCEPT=1 mocha test/diagram/quality.test.ts` writes the table anew; without, no figure may be worse than it says.
 */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inProcessEngine } from '../../src/diagram/engine.ts'
import { toGraph } from '../../src/diagram/graph.ts'
import { layout, type LayoutOptions } from '../../src/diagram/layout.ts'
import type { DiagramGraph } from '../../src/diagram/picture.ts'
import { faults, figures, type Figures } from '../../src/diagram/quality.ts'
import { openText } from '../../src/workspace.ts'
import { designOf } from '../support/generator.ts'
import { ROOT } from '../support/lintel.ts'
import { randomGraph, type RandomOptions } from './random.ts'
import { sketches } from './sketches.ts'

const TABLE = join(ROOT, 'test', 'diagram', 'quality.md')
const engine = inProcessEngine()

/** Each line of the table: its name, and the figures of all its pictures together. */
const measured = new Map<string, Figures & { readonly pictures: number }>()

async function judge(line: string, graph: DiagramGraph, what: string, options: LayoutOptions = {}): Promise<void> {
  const placed = await layout(graph, engine, options)
  assert.deepEqual(faults(placed), [], what)
  const found = figures(placed)
  const sum = measured.get(line)
  measured.set(line, {
    pictures: (sum?.pictures ?? 0) + 1,
    crossings: (sum?.crossings ?? 0) + found.crossings,
    bends: (sum?.bends ?? 0) + found.bends,
    length: (sum?.length ?? 0) + found.length,
    width: (sum?.width ?? 0) + found.width,
    height: (sum?.height ?? 0) + found.height,
  })
}

describe('the quality of pictures', function () {
  this.timeout(120_000)

  const acceptance = join(ROOT, 'test', 'corpus', 'acceptance')
  for (const file of readdirSync(acceptance).filter((name) => name.endsWith('.lintel'))) {
    it(`${file}: nothing overlaps, in any direction`, async () => {
      const graph = toGraph(openText(readFileSync(join(acceptance, file), 'utf8')).model, {})
      await judge(file, graph, 'as chosen')
      for (const direction of ['right', 'down'] as const) await judge(`${file}, ${direction}`, { ...graph, direction }, direction)
    })
  }

  for (const name of readdirSync(join(ROOT, 'examples'))) {
    it(`the example ${name}, with each of its views: nothing overlaps`, async () => {
      for (const file of readdirSync(join(ROOT, 'examples', name)).filter((one) => one.endsWith('.lintel'))) {
        const { model } = openText(readFileSync(join(ROOT, 'examples', name, file), 'utf8'))
        for (const view of [undefined, ...model.views.map(({ title }) => title)]) {
          const placed = await layout(toGraph(model, { view }), engine)
          assert.deepEqual(faults(placed), [], `${file} ${view ?? ''}`)
        }
      }
    })
  }

  for (const [name, graph] of Object.entries(sketches)) {
    it(`${name}: nothing overlaps, in any direction`, async () => {
      await judge(`sketch: ${name}`, graph, 'as chosen')
      for (const direction of ['right', 'down'] as const) assert.deepEqual(faults(await layout({ ...graph, direction }, engine)), [], direction)
    })
  }

  const sets: readonly { readonly name: string; readonly seeds: number; readonly options: (seed: number) => RandomOptions; readonly pass?: number }[] = [
    { name: 'small, flat', seeds: 60, options: (seed) => ({ size: 2 + (seed % 14), depth: 0 }) },
    { name: 'small, nested', seeds: 80, options: (seed) => ({ size: 4 + (seed % 20), depth: 1 + (seed % 4) }) },
    { name: 'small, nested, every container on its own', seeds: 60, options: (seed) => ({ size: 4 + (seed % 20), depth: 1 + (seed % 4) }), pass: 2 },
    { name: 'middling, nested', seeds: 20, options: (seed) => ({ size: 40 + (seed % 30), depth: 1 + (seed % 4), local: 0.85 }) },
    { name: 'middling, nested, every container on its own', seeds: 20, options: (seed) => ({ size: 40 + (seed % 30), depth: 1 + (seed % 4), local: 0.85 }), pass: 2 },
    { name: 'middling, dense, without labels', seeds: 12, options: (seed) => ({ size: 30 + (seed % 10), depth: 2, density: 2.2, labels: false }) },
  ]
  for (const { name, seeds, options, pass } of sets) {
    it(`${seeds} random graphs, ${name}: nothing overlaps`, async () => {
      for (let seed = 1; seed <= seeds; seed++) {
        const direction = (['right', 'down', undefined] as const)[seed % 3]
        await judge(`random: ${name}`, { ...randomGraph(seed, options(seed)), direction }, `seed ${seed}, ${direction ?? 'as chosen'}`, { pass })
      }
    })
  }

  for (const size of [50, 200]) {
    it(`a generated design of ${size} components: nothing overlaps`, () => judge(`generated: ${size} components`, toGraph(openText(designOf(size)).model, {}), `${size}`))
  }

  after(() => engine.dispose())

  it('is as good as the table says, or better', () => {
    if (process.env.ACCEPT) writeFileSync(TABLE, tableOf(measured))
    assert.ok(existsSync(TABLE), 'there is a table; ACCEPT=1 writes it')
    const worse: string[] = []
    for (const [line, recorded] of readTable(readFileSync(TABLE, 'utf8'))) {
      const now = measured.get(line)
      if (now === undefined) {
        worse.push(`${line}: not measured any more`)
        continue
      }
      for (const figure of FIGURES) {
        const slack = figure === 'crossings' || figure === 'bends' ? Math.floor(recorded[figure] * 0.02) : recorded[figure] * 0.02 + 16
        if (now[figure] > recorded[figure] + slack) worse.push(`${line}: ${figure} ${now[figure]}, was ${recorded[figure]}`)
      }
    }
    assert.deepEqual(worse, [], 'worse than recorded; if it is meant, ACCEPT=1 writes the table anew')
    assert.deepEqual([...measured.keys()].filter((line) => !readTable(readFileSync(TABLE, 'utf8')).has(line)), [], 'in the table')
  })
})

const FIGURES = ['crossings', 'bends', 'length', 'width', 'height'] as const

function tableOf(lines: ReadonlyMap<string, Figures & { readonly pictures: number }>): string {
  return [
    '# How good the pictures are',
    '',
    'Sums over the pictures of each line; lengths in px. Written by `ACCEPT=1 mocha test/diagram/quality.test.ts`; the test fails when a figure gets worse.',
    '',
    `| what | pictures | ${FIGURES.join(' | ')} |`,
    `|---|---|${FIGURES.map(() => '---|').join('')}`,
    ...[...lines].map(([line, found]) => `| ${line} | ${found.pictures} | ${FIGURES.map((figure) => found[figure]).join(' | ')} |`),
    '',
  ].join('\n')
}

function readTable(text: string): ReadonlyMap<string, Figures> {
  const rows = text.split('\n').filter((row) => /^\| .*\d/.test(row))
  return new Map(
    rows.map((row) => {
      const [line, , ...values] = row.split('|').slice(1, -1).map((cell) => cell.trim())
      return [line!, Object.fromEntries(FIGURES.map((figure, i) => [figure, Number(values[i])])) as unknown as Figures]
    }),
  )
}
