/**
 * What the bench says besides the picture: all analyses of a design at several sizes, each rule's cost, and a whole `lintel check`. Warm medians;
 * growth is what a component costs against the size before, so that 1.0 is linear.
 */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { aftermathOf } from '../../src/analysis/aftermath.ts'
import { analyse, type Analysis } from '../../src/analysis/analysis.ts'
import { figuresOf } from '../../src/analysis/figures.ts'
import { loadReportOf } from '../../src/analysis/load-report.ts'
import { axesOf } from '../../src/axes/axes.ts'
import type { Model } from '../../src/model/model.ts'
import { allRules } from '../../src/rules/index.ts'
import { settingsFor } from '../../src/rules/settings.ts'
import { openText } from '../../src/workspace.ts'
import { designOf } from '../support/generator.ts'

/** What one keystroke may cost, in ms on a quiet machine. */
const BUDGET: Readonly<Record<number, number>> = { 500: 50, 2000: 250 }

/** Runs before it counts: an editor has been typed in for a while, and the compiler has seen every function. */
const WARM_UP = 20

interface Part {
  readonly name: string
  run(model: Model, analysis: Analysis): unknown
}

const PARTS: readonly Part[] = [
  { name: 'facets', run: (_, analysis) => (Object.keys(analysis) as (keyof Analysis)[]).map((facet) => analysis[facet]) },
  { name: 'figures', run: (model, analysis) => figuresOf(model, analysis) },
  { name: 'axes', run: (model) => axesOf(model) },
  { name: 'load report', run: (model, analysis) => loadReportOf(model, analysis, 'bench') },
  { name: 'one failure', run: (model, analysis) => aftermathOf(model, analysis, { fails: [{ type: 'thing', target: { kind: 'component', id: model.components.find(({ kind }) => kind === 'database')!.id } }] }) },
]

/** Prints the cost of everything that is computed of a design, afresh each time. */
export function benchAnalyses(sizes: readonly number[], runs: number): void {
  console.log('\nAll analyses of a design, afresh each time, and the whole axes table as a reader gets it, with its evidence.\n')
  const rows = sizes.map((size) => {
    const times = PARTS.map((): number[] => [])
    const all: number[] = []
    const table: number[] = []
    let components = 0
    for (let run = -WARM_UP; run < runs; run++) {
      const { model } = openText(designOf(size))
      components = model.components.length
      const analysis = analyse(model)
      const spent = PARTS.map(({ run }) => timed(() => run(model, analysis)))
      const written = timed(() => JSON.stringify(axesOf(model)))
      if (run < 0) continue
      spent.forEach((time, at) => times[at]!.push(time))
      all.push(spent.reduce((sum, time) => sum + time, 0))
      table.push(written)
    }
    return { components, parts: times.map(median), all: median(all), table: median(table), budget: BUDGET[size] }
  })
  print(
    ['components', ...PARTS.map(({ name }) => name), 'all', 'budget', 'growth', 'axes as JSON'],
    rows.map(({ components, parts, all, table, budget }, at) => [String(components), ...[...parts, all].map(ms), budget === undefined ? '' : String(budget), growth(rows, at, (row) => row.all), ms(table)]),
  )
}

/** Prints what all rules together cost over a made analysis, and which of them cost most. */
export function benchRules(sizes: readonly number[], runs: number): void {
  console.log('\nAll rules over a made analysis, and the slowest five.\n')
  const rows = sizes.map((size) => {
    const spent = new Map<string, number[]>(allRules.map(({ id }) => [id, []]))
    const all: number[] = []
    let components = 0
    for (let run = -2; run < runs; run++) {
      const { model } = openText(designOf(size))
      components = model.components.length
      const analysis = analyse(model)
      for (const facet of Object.keys(analysis) as (keyof Analysis)[]) void analysis[facet]
      let sum = 0
      for (const rule of allRules) {
        const time = timed(() => [...rule.check(model, analysis, settingsFor(rule))])
        sum += time
        if (run >= 0) spent.get(rule.id)!.push(time)
      }
      if (run >= 0) all.push(sum)
    }
    const each = [...spent].map(([id, times]) => ({ id, time: median(times) })).sort((a, b) => b.time - a.time)
    return { components, all: median(all), each }
  })
  print(
    ['components', `${allRules.length} rules`, 'growth', 'the slowest five'],
    rows.map(({ components, all, each }, at) => {
      const slowest = each.slice(0, 5).map(({ id, time }) => {
        const before = rows[at - 1]?.each.find((one) => one.id === id)
        const grows = before && before.time > 0 ? ` ×${((time / components / before.time) * rows[at - 1]!.components).toFixed(1)}` : ''
        return `${id} ${ms(time)}${grows}`
      })
      return [String(components), ms(all), growth(rows, at, (row) => row.all), slowest.join(', ')]
    }),
  )
}

/** Prints the wall time of `lintel check` over all examples, from start to exit. */
export function benchCheck(runs: number): void {
  const file = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))
  const built = file('dist/lintel.js')
  const program = existsSync(built) ? built : file('src/cli/lintel.ts')
  const run = (): void => {
    try {
      execFileSync(process.execPath, [program, 'check', file('examples')], { stdio: 'ignore' })
    } catch {
      // The first sketches among the examples have errors, as they should.
    }
  }
  run()
  const times = Array.from({ length: Math.max(3, runs) }, () => timed(run))
  console.log(`\n\`lintel check examples\`, from start to exit${program === built ? '' : ' (from source: not built)'}: ${median(times).toFixed(0)} ms`)
}

function growth<T extends { readonly components: number }>(rows: readonly T[], at: number, of: (row: T) => number): string {
  const [before, now] = [rows[at - 1], rows[at]!]
  return before === undefined ? '' : (of(now) / now.components / (of(before) / before.components)).toFixed(2)
}

function print(header: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = header.map((text, column) => (column === header.length - 1 ? text.length : Math.max(text.length, ...rows.map((row) => row[column]!.length))))
  console.log(header.map((text, column) => text.padStart(widths[column]!)).join(' | '))
  console.log(widths.map((width) => '-'.repeat(width)).join('-|-'))
  for (const row of rows) console.log(row.map((cell, column) => (column === header.length - 1 ? cell : cell.padStart(widths[column]!))).join(' | '))
}

function timed(work: () => unknown): number {
  const start = performance.now()
  work()
  return performance.now() - start
}

function ms(time: number): string {
  return time < 10 ? time.toFixed(1) : time.toFixed(0)
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
