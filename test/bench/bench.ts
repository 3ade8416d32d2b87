/**
 * `npm run bench`: from a keystroke to diagnostics and to the picture, at several sizes, beside one full elkjs pass over the same graph, all in
 * one run; then all analyses, all rules and a whole check. Medians; ratios are what counts, since machines differ.
 * `npm run bench -- --sizes 20,200 --runs 5`, `--only analyses`.
 */
import { parseArgs } from 'node:util'
import { check, createRenderer, marksOf } from '../../src/core.ts'
import { inProcessEngine } from '../../src/diagram/engine.ts'
import { toGraph } from '../../src/diagram/graph.ts'
import { createWorkspace } from '../../src/workspace.ts'
import { designOf } from '../support/generator.ts'
import { benchAnalyses, benchCheck, benchRules } from './analyses.ts'
import { rawElk } from './raw-elk.ts'

const { values } = parseArgs({ options: { sizes: { type: 'string', default: '20,50,200,500' }, runs: { type: 'string', default: '7' }, only: { type: 'string' } } })
const sizes = values.sizes.split(',').map(Number)
const runs = Number(values.runs)

const wanted = (part: 'pictures' | 'analyses' | 'rules' | 'check'): boolean => values.only === undefined || values.only === part
/** Ten times, and four times, as large: what grows faster than the design shows. */
const LARGE = [50, 500, 2000] as const

console.log(`Node ${process.version}, ${runs} runs each, warm, medians in ms. One keystroke changes one number, or one arrow.\n`)
const header = ['components', 'diagnostics', 'picture, same structure', 'picture, one arrow more', 'first picture', 'elkjs raw, warm', 'arrow / raw']
if (wanted('pictures')) {
  console.log(header.join(' | '))
  console.log(header.map((text) => '-'.repeat(text.length)).join('-|-'))
}

for (const size of wanted('pictures') ? sizes : []) {
  const text = designOf(size)
  const uri = 'bench:/design.lintel'
  let current = text
  const workspace = createWorkspace({ read: (wanted) => (wanted === uri ? { text: current } : { error: 'missing' }) })
  const renderer = createRenderer(inProcessEngine())
  const open = async (next: string) => {
    current = next
    workspace.changed([uri])
    return workspace.open(uri)
  }
  const picture = async (next: string) => {
    const opened = await open(next)
    return renderer.draw(opened.model, { theme: 'light', marks: marksOf(check(opened)) })
  }

  const began = performance.now()
  await picture(text)
  const first = performance.now() - began

  const count = (await open(text)).model.components.length
  const diagnostics: number[] = []
  const same: number[] = []
  const arrow: number[] = []
  const raw: number[] = []
  const numbers = (run: number) => text.replace('let visits = 20k/s', `let visits = ${21 + run}k/s`)
  const arrows = (run: number) => `${text}d0-api -> d${run % Math.max(1, Math.round(size / 16))}-view : reads { timeout: ${20 + run}ms }\n`
  for (let run = -2; run < runs; run++) {
    const keep = (list: number[], value: number) => run >= 0 && list.push(value)
    keep(diagnostics, await timed(async () => check(await open(numbers(run + 10)))))
    keep(same, await timed(() => picture(numbers(run + 30))))
    keep(arrow, await timed(() => picture(arrows(run + 10))))
    await picture(text)
    const graph = toGraph((await open(arrows(run + 10))).model, {})
    keep(raw, await timed(() => rawElk(graph)))
  }
  const cells = [count, median(diagnostics), median(same), median(arrow), first, median(raw)].map((value) => (value < 10 ? value.toFixed(1) : value.toFixed(0)))
  console.log([...cells, (median(arrow) / median(raw)).toFixed(2)].map((cell, i) => cell.padStart(header[i]!.length)).join(' | '))
  renderer.dispose()
}

if (wanted('analyses')) benchAnalyses(LARGE, runs)
if (wanted('rules')) benchRules(LARGE, runs)
if (wanted('check')) benchCheck(3)

async function timed(work: () => unknown): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
