import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ElkNode } from 'elkjs/lib/elk-api.js'
import { inProcessEngine, type LayoutEngine } from '../../src/diagram/engine.ts'
import { toGraph } from '../../src/diagram/graph.ts'
import { layout } from '../../src/diagram/layout.ts'
import type { DiagramGraph, PlacedGraph } from '../../src/diagram/picture.ts'
import { faults } from '../../src/diagram/quality.ts'
import { modelOf } from '../support/design.ts'
import { designOf } from '../support/generator.ts'
import { ROOT } from '../support/lintel.ts'
import { randomGraph } from './random.ts'

const engine = inProcessEngine()

/** Counts passes, and fails those that `fails` says. */
function watched(fails: (graph: ElkNode, count: number) => boolean = () => false): LayoutEngine & { passes: number } {
  const watching = {
    passes: 0,
    async layout(graph: ElkNode, signal?: AbortSignal) {
      watching.passes++
      if (fails(graph, watching.passes)) throw new Error('an odd graph')
      return engine.layout(graph, signal)
    },
    dispose() {},
  }
  return watching
}

const ten = toGraph(modelOf(readFileSync(join(ROOT, 'test', 'corpus', 'acceptance', 'orders-first-sketch.lintel'), 'utf8')), {})

function ratio({ width, height }: PlacedGraph): number {
  return width / height
}

/** What has a place of its own, without names. */
function places({ nodes, edges, width, height }: PlacedGraph): unknown {
  return { width, height, nodes: nodes.map(({ x, y, width, height }) => [x, y, width, height]), edges: edges.map(({ route, labelAt }) => [route, labelAt]) }
}

describe('a layout', function () {
  this.timeout(30_000)

  it('of a ten-line sketch is compact, straight and between 1 : 1 and 2.4 : 1', async () => {
    const placed = await layout(ten, engine)
    assert.ok(ratio(placed) >= 1 && ratio(placed) <= 2.4, `${ratio(placed)} : 1`)
    assert.equal(placed.edges.reduce((sum, { route }) => sum + route.length - 2, 0), 0, 'no bend at all')
    const middle = (id: string) => {
      const { x, width } = placed.nodes.find((node) => node.id === id)!
      return x + width / 2
    }
    for (const id of ['lb', 'api', 'events', 'billing']) assert.equal(middle(id), middle('shopper'), `${id} is on the straight path`)
    for (const { route } of placed.edges) assert.ok(Math.abs(route[0]!.x - route[1]!.x) + Math.abs(route[0]!.y - route[1]!.y) <= 160, 'short lines')
  })

  it('runs the way that a view asks for', async () => {
    for (const direction of ['right', 'down'] as const) {
      const placed = await layout({ ...ten, direction }, engine)
      const [shopper, billing] = ['shopper', 'billing'].map((id) => placed.nodes.find((node) => node.id === id)!)
      if (direction === 'right') assert.ok(shopper!.x + shopper!.width < billing!.x)
      else assert.ok(shopper!.y + shopper!.height < billing!.y)
      assert.equal(placed.direction, direction)
    }
  })

  it('is the same whatever was laid out before', async () => {
    const cache = new Map()
    const fresh = new Map<number, PlacedGraph>()
    for (let seed = 1; seed <= 12; seed++) fresh.set(seed, await layout(randomGraph(seed, { size: 30 + seed, depth: 3 }), inProcessEngine(), { pass: 8 }))
    for (const round of [1, 2]) {
      for (let seed = 12; seed >= 1; seed--) {
        const placed = await layout(randomGraph(seed, { size: 30 + seed, depth: 3 }), engine, { pass: 8, cache })
        assert.deepEqual(placed, fresh.get(seed), `seed ${seed}, round ${round}`)
      }
    }
  })

  it('has no ear for names', async () => {
    for (let seed = 1; seed <= 10; seed++) {
      const graph = randomGraph(seed, { size: 25, depth: 3 })
      const rename = (id: string) => `zz.${id.split('').reverse().join('')}`
      const renamed: DiagramGraph = {
        ...graph,
        nodes: graph.nodes.map((node) => ({ ...node, id: rename(node.id), ...(node.parent !== undefined && { parent: rename(node.parent) }) })),
        edges: graph.edges.map((edge) => ({ ...edge, id: rename(edge.id), from: rename(edge.from), to: rename(edge.to) })),
      }
      assert.deepEqual(places(await layout(renamed, engine)), places(await layout(graph, engine)), `seed ${seed}`)
    }
  })

  it('of a large design runs again, after an edit, only for the parts on the way to the root', async () => {
    const text = designOf(200)
    const cache = new Map()
    const first = watched()
    await layout(toGraph(modelOf(text), {}), first, { cache })
    assert.ok(first.passes > 12, `${first.passes} parts`)
    const edits = {
      'an arrow inside a domain': { text: `${text}d0-api -> d0-view : reads { timeout: 20ms }\n`, most: 3 },
      'an arrow between regions': { text: `${text}d0-api -> d1-view : reads { timeout: 20ms }\n`, most: 5 },
      'one more component': { text: text.replace('    service d3-core', '    service d3-more\n    service d3-core'), most: 3 },
      'a number': { text: text.replace('20k/s', '30k/s'), most: 0 },
    }
    for (const [what, { text: edited, most }] of Object.entries(edits)) {
      const again = watched()
      await layout(toGraph(modelOf(edited), {}), again, { cache: new Map(cache) })
      assert.ok(again.passes <= most, `${what}: ${again.passes} passes`)
    }
  })

  it('leaves the places of other containers alone after an edit inside of one', async () => {
    const text = designOf(200)
    const graph = toGraph(modelOf(text), {})
    const edited = toGraph(modelOf(`${text}d0-api -> d0-view : reads { timeout: 20ms }\n`), {})
    const [before, after] = [await layout(graph, engine), await layout(edited, engine)]
    const within = (placed: PlacedGraph, group: string) => {
      const box = placed.nodes.find(({ id }) => id === group)!
      return placed.nodes.filter(({ parent }) => parent === group).map(({ id, x, y }) => [id, x - box.x, y - box.y])
    }
    for (const { id, kind } of before.nodes) {
      if (kind === 'group' && !id.endsWith('.d0')) assert.deepEqual(within(after, id), within(before, id), id)
    }
  })

  it('makes do where ELK throws on its best profile, or without labels', async () => {
    const placed = await layout(ten, watched((graph) => graph.layoutOptions!['elk.layered.considerModelOrder.strategy'] !== undefined))
    assert.deepEqual(faults(placed), [])
  })

  it('gives a picture without overlaps even where ELK throws at everything', async () => {
    for (let seed = 1; seed <= 20; seed++) {
      const graph = randomGraph(seed, { size: 4 + seed, depth: 3 })
      const placed = await layout(graph, watched(() => true))
      assert.deepEqual(faults(placed), [], `seed ${seed}`)
      assert.equal(placed.nodes.length, graph.nodes.length)
    }
  })

  it('ends between two parts when it is not wanted any more', async () => {
    const graph = toGraph(modelOf(designOf(200)), {})
    const control = new AbortController()
    const stopped = watched((_, count) => {
      if (count === 3) control.abort(new Error('a newer edit'))
      return false
    })
    await assert.rejects(layout(graph, stopped, { signal: control.signal }), /a newer edit/)
    assert.equal(stopped.passes, 3)
  })
})
