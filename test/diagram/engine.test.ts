import assert from 'node:assert/strict'
import type { ElkNode } from 'elkjs/lib/elk-api.js'
import { inProcessEngine, workerEngine } from '../../src/diagram/engine.ts'

const WORKER = new URL('../../src/diagram/elk-worker.ts', import.meta.url)

function chain(length: number): ElkNode {
  return {
    id: 'root',
    layoutOptions: { 'elk.algorithm': 'layered' },
    children: Array.from({ length }, (_, i) => ({ id: `n${i}`, width: 100, height: 50 })),
    edges: Array.from({ length: length - 1 }, (_, i) => ({ id: `e${i}`, sources: [`n${i}`], targets: [`n${i + 1}`] })),
  }
}

/** Takes ELK seconds. */
function tangle(): ElkNode {
  const size = 400
  return { ...chain(size), edges: Array.from({ length: 4 * size }, (_, i) => ({ id: `e${i}`, sources: [`n${(i * 7) % size}`], targets: [`n${(i * 13 + 5) % size}`] })) }
}

describe('a layout engine in a worker', function () {
  this.timeout(60_000)

  it('answers as the one in this thread does, however many are asked at once', async () => {
    const engine = workerEngine(WORKER)
    try {
      const placed = await Promise.all([2, 5, 9].map((length) => engine.layout(chain(length))))
      for (const [i, length] of [2, 5, 9].entries()) {
        const { children } = await inProcessEngine().layout(chain(length))
        assert.deepEqual(placed[i]!.children!.map(({ x, y }) => [x, y]), children!.map(({ x, y }) => [x, y]))
      }
    } finally {
      engine.dispose()
    }
  })

  it('hands on what ELK says of a graph that it does not like, and goes on', async () => {
    const engine = workerEngine(WORKER)
    try {
      await assert.rejects(engine.layout({ id: 'root', children: [], edges: [{ id: 'e', sources: ['nobody'], targets: ['nobody'] }] }), /nobody|exist/i)
      assert.equal((await engine.layout(chain(3))).children!.length, 3)
    } finally {
      engine.dispose()
    }
  })

  it('gives up an obsolete layout without waiting for it, and does not keep this thread busy', async () => {
    const engine = workerEngine(WORKER)
    try {
      await engine.layout(chain(2))
      const control = new AbortController()
      let turns = 0
      const pulse = setInterval(() => turns++, 5)
      const long = engine.layout(tangle(), control.signal)
      const next = engine.layout(chain(4))
      setTimeout(() => control.abort(new Error('a newer edit')), 100)
      await assert.rejects(long, /a newer edit/)
      assert.ok(turns >= 3, `${turns} turns while ELK was at it`)
      assert.equal((await next).children!.length, 4)
      clearInterval(pulse)
    } finally {
      engine.dispose()
    }
  })

  it('does not begin what was given up while it waited', async () => {
    const engine = workerEngine(WORKER)
    try {
      const control = new AbortController()
      const [first, second] = [engine.layout(chain(3)), engine.layout(chain(4), control.signal)]
      control.abort(new Error('never mind'))
      await assert.rejects(second, /never mind/)
      assert.equal((await first).children!.length, 3)
      await assert.rejects(engine.layout(chain(2), AbortSignal.abort(new Error('too late'))), /too late/)
    } finally {
      engine.dispose()
    }
  })

  it('rejects what is unanswered when it is disposed of', async () => {
    const engine = workerEngine(WORKER)
    const [running, waiting] = [engine.layout(chain(3)), engine.layout(chain(4))]
    engine.dispose()
    await assert.rejects(running, /disposed/)
    await assert.rejects(waiting, /disposed/)
    await assert.rejects(engine.layout(chain(2)), /disposed/)
  })

  it('says so where its file is missing', async () => {
    const engine = workerEngine(new URL('./no-such-worker.ts', import.meta.url))
    await assert.rejects(engine.layout(chain(2)), /no-such-worker/)
    engine.dispose()
  })
})
