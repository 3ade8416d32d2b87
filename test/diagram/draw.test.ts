import assert from 'node:assert/strict'
import { createRenderer, type DrawOptions } from '../../src/diagram/draw.ts'
import { inProcessEngine, type LayoutEngine } from '../../src/diagram/engine.ts'
import { modelOf } from '../support/design.ts'
import { designOf } from '../support/generator.ts'

const options: DrawOptions = { theme: 'light' }

/** Counts what the engine is asked to lay out. */
function counting(): { readonly engine: LayoutEngine; runs: number } {
  const engine = inProcessEngine()
  const counted = {
    runs: 0,
    engine: {
      ...engine,
      layout(...args: Parameters<LayoutEngine['layout']>) {
        counted.runs++
        return engine.layout(...args)
      },
    },
  }
  return counted
}

describe('draw', () => {
  const text = designOf(40)

  it('runs no layout where only numbers, themes and findings change', async () => {
    const counted = counting()
    const renderer = createRenderer(counted.engine)
    const first = await renderer.draw(modelOf(text), options)
    const runs = counted.runs
    assert.ok(runs > 0)
    const numbers = await renderer.draw(modelOf(text.replace('let visits = 20k/s', 'let visits = 30k/s').replace('retention: 7d', 'retention: 8d')), options)
    await renderer.draw(modelOf(text), { theme: 'dark', marks: [{ id: 'region-0.d0.d0-db', severity: 'error', count: 1, text: ['x'] }] })
    assert.equal(counted.runs, runs)
    assert.deepEqual(numbers.placed.nodes.map(({ x, y }) => [x, y]), first.placed.nodes.map(({ x, y }) => [x, y]))
    renderer.dispose()
  })

  it('lays out anew where an arrow is added', async () => {
    const counted = counting()
    const renderer = createRenderer(counted.engine)
    await renderer.draw(modelOf(text), options)
    const runs = counted.runs
    await renderer.draw(modelOf(`${text}d0-api -> d1-view : reads\n`), options)
    assert.ok(counted.runs > runs)
    renderer.dispose()
  })

  it('gives the same bytes whatever was drawn before', async () => {
    const fresh = createRenderer(inProcessEngine())
    const used = createRenderer(inProcessEngine())
    const edited = `${text}d0-api -> d1-view : reads\n`
    for (const before of [edited, text, text.replace('service d0-api', 'service d0-apis'), designOf(20)]) await used.draw(modelOf(before.replaceAll('d0-api ', before.includes('d0-apis') ? 'd0-apis ' : 'd0-api ')), options)
    assert.equal((await used.draw(modelOf(edited), options)).svg, (await fresh.draw(modelOf(edited), options)).svg)
    assert.equal((await used.draw(modelOf(text), options)).svg, (await fresh.draw(modelOf(text), options)).svg)
    fresh.dispose()
    used.dispose()
  })
})
