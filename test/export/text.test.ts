import assert from 'node:assert/strict'
import { d2 } from '../../src/export/d2.ts'
import { dot } from '../../src/export/dot.ts'
import { mermaid } from '../../src/export/mermaid.ts'
import type { PlacedGraph } from '../../src/diagram/picture.ts'
import { hostile, HOSTILE, orders } from './placed.ts'

/** What is left of a line when its strings are taken out; throws where a string does not end. */
function bare(line: string, string: RegExp): string {
  const rest = line.replace(string, '""')
  assert.equal((rest.match(/"/g) ?? []).length % 2, 0, line)
  return rest
}

const PLAIN = /"[^"]*"/g
const ESCAPED = /"(?:[^"\\]|\\.)*"/g

describe('the exporters to text', () => {
  let plain: PlacedGraph
  let evil: PlacedGraph
  before(async () => {
    plain = await orders()
    evil = await hostile()
  })

  it('Mermaid: frames, shapes, dashes, and a node that stands for a frame that calls into itself', () => {
    const text = mermaid(plain)
    assert.match(text, /^flowchart (LR|TB)\n/)
    for (const line of [
      '  n_end(["Web<br/>client"])',
      '  subgraph n_eu ["eu"]',
      '    subgraph n_a ["a"]',
      '      n_a_api("a.api ×3<br/>service")',
      '      n_a_api_2("a-api<br/>service")',
      '    subgraph n_store ["store<br/>database"]',
      '      self_n_store[("store<br/>database")]',
      '      n_shard[("shard<br/>shard")]',
      '    n_jobs[["jobs<br/>queue"]]',
      '  n_A_API_3("A-API<br/>worker")',
      '  n_end -->|"calls"| n_a_api',
      '  n_a_api -.->|"publishes"| n_jobs',
      '  n_jobs -.-> n_A_API_3',
      '  self_n_store -->|"routes"| n_shard',
    ]) {
      assert.ok(text.split('\n').includes(line), `${line}\nin\n${text}`)
    }
    assert.equal(text.match(/^ *subgraph /gm)?.length, text.match(/^ *end$/gm)?.length)
  })

  it('D2: frames nest, arrows name the whole path', () => {
    const text = d2(plain)
    for (const line of ['n_eu: "eu" {', '    n_a_api: "a.api ×3\\nservice" {shape: rectangle}', '    self: "store\\ndatabase" {shape: cylinder}']) assert.ok(text.split('\n').includes(line), `${line}\nin\n${text}`)
    assert.ok(text.includes('\nn_end -> n_eu.n_a.n_a_api: "calls"\n'))
    assert.ok(text.includes('\nn_eu.n_a.n_a_api -> n_eu.n_jobs: "publishes" {style.stroke-dash: 4}\n'))
    assert.ok(text.includes('\nn_eu.n_jobs -> n_A_API_3: {style.stroke-dash: 4}\n'))
    assert.ok(text.includes('\nn_eu.n_store.self -> n_eu.n_store.n_shard: "routes"\n'))
  })

  it('DOT: clusters, and arrows that end at them', () => {
    const text = dot(plain)
    assert.ok(text.includes('  subgraph cluster_n_eu {\n    label="eu"\n'), text)
    assert.ok(text.includes('n_store [label="store\\ndatabase", shape=cylinder]'))
    assert.ok(text.includes('\n  n_a_api -> n_jobs [label="publishes", style=dashed]\n'))
    assert.ok(text.includes('\n  n_a_api -> n_store [label="writes"]\n'), 'its own node stands for the frame')
    const cut = dot({ ...plain, edges: plain.edges.filter(({ to }) => to !== 'shard') })
    assert.ok(cut.includes('\n  n_a_api -> n_store [label="writes", lhead=cluster_n_store]\n'), cut)
  })

  for (const [name, write, string] of [
    ['Mermaid', mermaid, PLAIN],
    ['D2', d2, ESCAPED],
    ['DOT', dot, ESCAPED],
  ] as const) {
    it(`${name}: no word becomes syntax, and nothing is lost`, () => {
      const lines = write(evil).trimEnd().split('\n').map((line) => bare(line, string))
      const nodes = lines.filter((line) => /^ *n_h\d+\W/.test(line) && !line.includes('>'))
      const edges = lines.filter((line) => /^ *n_h\d+ -+>/.test(line))
      assert.deepEqual([nodes.length, edges.length], [evil.nodes.length, evil.edges.length])
      assert.equal(edges.length, HOSTILE.length - 1)
      for (const line of lines) assert.doesNotMatch(line, /script|secret|init|bold|subgraph x|#|\$|%/)
      const plainLines = write(plain).split('\n')
      assert.equal(plainLines.filter((line) => / (-\.?->|->)/.test(line)).length, plain.edges.length)
    })

    it(`${name}: the same graph gives the same bytes`, () => assert.equal(write(plain), write(structuredClone(plain))))
  }

  it('Mermaid: quotes, hashes, directives and HTML are character codes', () => {
    const text = mermaid(evil)
    assert.ok(!/[<>](?!br\/>)/.test(text.replaceAll('<br/>', '').replaceAll('-->', '')), text)
    assert.ok(!text.includes('%') && !text.includes('`'))
    assert.match(text, /#34;quoted#34;/)
  })

  it('D2: no variable is replaced', () => assert.doesNotMatch(d2(evil), /(?<!\\)\$/))
})
