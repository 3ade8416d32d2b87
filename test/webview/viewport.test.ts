import assert from 'node:assert/strict'
import fc from 'fast-check'
import { bring, carry, fit, LARGEST, nearestToMiddle, pan, sees, SMALLEST, type Viewport, zoom } from '../../src/webview/viewport.ts'

const stage = { width: 800, height: 600 }
const length = fc.integer({ min: 1, max: 20_000 })
const size = fc.record({ width: length, height: length })
const place = fc.integer({ min: -5_000, max: 5_000 })
const viewports = fc.record({ x: place, y: place, scale: fc.double({ min: SMALLEST, max: LARGEST, noNaN: true }), touched: fc.constant(true) })

describe('viewport', () => {
  it('fits the whole picture, centred and never enlarged', () => {
    assert.deepEqual(fit({ width: 100, height: 100 }, stage), { x: 350, y: 250, scale: 1, touched: false })
    fc.assert(
      fc.property(size, (picture) => {
        const fitted = fit(picture, stage)
        assert.ok(fitted.scale <= 1)
        if (fitted.scale > SMALLEST) assert.ok(sees(fitted, stage, { x: 0, y: 0, ...picture }))
        assert.ok(Math.abs(2 * fitted.x + picture.width * fitted.scale - stage.width) < 1e-6)
      }),
    )
  })
  it('keeps the point under the pointer when it zooms, within its limits', () => {
    fc.assert(
      fc.property(viewports, fc.double({ min: 0.1, max: 10, noNaN: true }), place, place, (viewport, factor, x, y) => {
        const zoomed = zoom(viewport, factor, { x, y })
        assert.ok(zoomed.scale >= SMALLEST && zoomed.scale <= LARGEST)
        const before = { x: (x - viewport.x) / viewport.scale, y: (y - viewport.y) / viewport.scale }
        assert.ok(Math.abs((x - zoomed.x) / zoomed.scale - before.x) < 1e-4)
        assert.ok(Math.abs((y - zoomed.y) / zoomed.scale - before.y) < 1e-4)
      }),
    )
  })
  it('is the person’s once moved', () => {
    assert.equal(pan(fit({ width: 10, height: 10 }, stage), 1, 0).touched, true)
    assert.equal(zoom(fit({ width: 10, height: 10 }, stage), 2, { x: 0, y: 0 }).touched, true)
  })
  it('brings a box into sight, and stays where it is when the box is seen', () => {
    const viewport: Viewport = { x: 0, y: 0, scale: 1, touched: true }
    assert.deepEqual(bring(viewport, stage, { x: 300, y: 300, width: 100, height: 50 }), viewport)
    fc.assert(
      fc.property(viewports, place, place, (from, x, y) => {
        const box = { x, y, width: 80, height: 40 }
        const after = bring(from, stage, box)
        assert.equal(after.scale, from.scale)
        assert.ok(sees(after, stage, box))
      }),
    )
  })

  describe('for the next picture', () => {
    const box = (x: number, y: number) => ({ x, y, width: 100, height: 50 })
    it('keeps what is nearest to the middle where it is on screen', () => {
      const viewport: Viewport = { x: -1000, y: -700, scale: 2, touched: true }
      const things = [
        { id: 'away', box: box(0, 0) },
        { id: 'here', box: box(650, 480) },
      ]
      assert.equal(nearestToMiddle(viewport, stage, things), 'here')
      assert.equal(nearestToMiddle(viewport, stage, []), undefined)
      assert.deepEqual(carry(viewport, stage, { width: 2000, height: 2000 }, { before: box(650, 480), after: box(700, 510) }), { ...viewport, x: -1100, y: -760 })
    })
    it('does not move when what it shows did not', () => {
      const viewport: Viewport = { x: 13, y: 17, scale: 0.7, touched: true }
      assert.deepEqual(carry(viewport, stage, { width: 9000, height: 9000 }, { before: box(5, 5), after: box(5, 5) }), viewport)
    })
    it('that nobody has moved, fits again only when the picture outgrew the stage', () => {
      const first = fit({ width: 400, height: 300 }, stage)
      assert.equal(carry(first, stage, { width: 420, height: 300 }, undefined), first)
      assert.deepEqual(carry(first, stage, { width: 4000, height: 300 }, undefined), fit({ width: 4000, height: 300 }, stage))
    })
    it('that has nothing of the last one is fitted if it would be out of sight', () => {
      const away: Viewport = { x: 5000, y: 0, scale: 1, touched: true }
      const picture = { width: 400, height: 300 }
      assert.deepEqual(carry(away, stage, picture, undefined), { ...fit(picture, stage), touched: true })
    })
  })
})
