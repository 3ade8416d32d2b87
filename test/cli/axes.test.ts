/** How the table of the axes is laid out: at the terminal's width, and with links in Markdown. */
import assert from 'node:assert/strict'
import { axesOf } from '../../src/axes/axes.ts'
import { axesAsMarkdown } from '../../src/cli/axes-markdown.ts'
import { axesAsText } from '../../src/cli/axes.ts'
import { modelOf } from '../support/design.ts'

const table = (text: string) => axesOf(modelOf(text))

const shop = `
design "Shop | one" { optimizes: availability }
data Order { class: order }
client shopper
service api-with-a-name-that-is-rather-long "API" { replicas: 3, zones: 3 }
database ledger uses postgres { replicas: 1, stores: Order, latency { p50: 5ms, p99: 20ms } }
service ads { replicas: 1 }
shopper -> api-with-a-name-that-is-rather-long -> ledger : writes { data: Order, timeout: 200ms }
api-with-a-name-that-is-rather-long -> ads { fallback: empty }
flow "Buy" { rate: 10/s  shopper -> api-with-a-name-that-is-rather-long  api-with-a-name-that-is-rather-long -> ledger : writes  api-with-a-name-that-is-rather-long -> ads }
flow "Look" { shopper -> api-with-a-name-that-is-rather-long  api-with-a-name-that-is-rather-long -> ads }`

describe('the axes at a terminal', () => {
  const columns = Object.getOwnPropertyDescriptor(process.stdout, 'columns')
  const at = (width: number | undefined): string => {
    Object.defineProperty(process.stdout, 'columns', { value: width, configurable: true, writable: true })
    return axesAsText(table(shop))
  }
  afterEach(() => {
    if (columns) Object.defineProperty(process.stdout, 'columns', columns)
    else delete (process.stdout as { columns?: number }).columns
  })

  it('begin with the seven answers, aligned', () => {
    const lines = at(80).split('\n')
    assert.equal(lines[0], 'Shop | one')
    const answers = lines.slice(2, lines.indexOf('', 2))
    const heads = answers.filter((line) => !line.startsWith(' '))
    assert.deepEqual(heads.map((line) => line.slice(0, 14).trim()), ['consistency', 'availability', 'latency', 'throughput', 'scale unit', 'state', 'recovery'])
    for (const line of answers) assert.match(line.slice(12, 15), line.startsWith(' ') ? /^ {2}\S|^ {3}/ : /^ {2}\S/)
  })

  it('keep to its width', () => {
    for (const width of [60, 80, 200]) for (const line of at(width).split('\n')) assert.ok(line.length <= width, `${line.length} > ${width}: ${line}`)
    assert.ok(Math.max(...at(200).split('\n').map(({ length }) => length)) > 80)
  })

  it('tell what falls with what', () => {
    assert.match(at(80), /When one thing falls\n {2}· without ledger: Buy fails; the other works\n {2}· without ads: every flow is degraded\n/)
  })

  it('ask for a property of several once, and hold a place together', () => {
    assert.match(at(200), /would be known from `p50` and `p99` of `api-with-a-name-that-is-rather-long` and `ads`/)
    assert.doesNotMatch(at(80), /\(default of\n/)
  })
})

describe('the axes as Markdown', () => {
  it('link each fact with its line', () => {
    const markdown = axesAsMarkdown(table(shop))
    assert.match(markdown, /^# Shop \\\| one: the seven axes\n\n\| axis \| answer \| claimed \|\n\|---\|---\|---\|\n\| \*\*Consistency\*\* \|/)
    assert.match(markdown, /\n\| ledger \| p50 5ms, p99 20ms \| \[latency\.p50: 5ms, latency\.p99: 20ms\]\([^)]+#L6\) \|\n/)
    assert.match(markdown, /\n\| without \| Buy \| Look \|\n\|---\|---\|---\|\n\| ledger \| \*\*fails\*\* \| works \|\n\| ads \| degraded \| degraded \|\n/)
  })

  it('have as many cells in each row as in its head', () => {
    const lines = axesAsMarkdown(table(shop)).split('\n')
    const cells = (line: string): number => line.replace(/\\\|/g, '').split('|').length
    lines.forEach((line, at) => {
      if (line.startsWith('|') && lines[at - 1]?.startsWith('|')) assert.equal(cells(line), cells(lines[at - 1]!), line)
    })
  })

  it('of many flows name those that fail, instead of a column for each', () => {
    const flows = Array.from({ length: 9 }, (_, at) => `flow "F${at}" { c -> a -> d }`).join('\n')
    assert.match(axesAsMarkdown(table(`client c\nservice a { replicas: 2 }\ndatabase d { replicas: 1 }\nc -> a -> d\n${flows}`)), /\| without \| fails \|\n\|---\|---\|\n\| d \| F0, F1, F2, F3, F4, F5, F6, F7 and 1 more \|/)
  })
})
