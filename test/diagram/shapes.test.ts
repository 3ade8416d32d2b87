import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { icons } from '../../src/diagram/generated/icons.ts'
import { moved, outline, pathData, reach, type Side } from '../../src/diagram/shapes.ts'
import { monogram } from '../../src/diagram/technology-marks.ts'
import { vocabulary } from '../../src/vocabulary/index.ts'
import { property } from '../support/property.ts'

const RECT = { x: 100, y: 50, width: 168, height: 56 }

describe('silhouettes', () => {
  it('tell the kinds apart without colour', () => {
    const drawn = new Map<string, string>()
    for (const { name } of vocabulary.kinds) {
      // An external is a service's card, dashed.
      if (name === 'external') continue
      const shape = outline(name, RECT)
      const key = pathData(shape) + (shape.inner ?? '')
      assert.equal(drawn.get(key), undefined, `${name} looks like ${drawn.get(key)}`)
      drawn.set(key, name)
    }
    assert.ok(drawn.size > 20)
  })

  it('stay inside their boxes, move with them, and are met where they are', () => {
    const kind = fc.constantFrom(...vocabulary.kinds.map(({ name }) => name))
    const size = fc.record({ x: fc.integer({ min: 0, max: 500 }), y: fc.integer({ min: 0, max: 500 }), width: fc.integer({ min: 72, max: 600 }), height: fc.integer({ min: 48, max: 400 }) })
    property(
      fc.property(kind, size, fc.constantFrom<Side>('left', 'right', 'top', 'bottom'), fc.integer({ min: 15, max: 85 }), (name, rect, side, percent) => {
        const level = side === 'left' || side === 'right'
        const at = level ? rect.y + (rect.height * percent) / 100 : rect.x + (rect.width * percent) / 100
        const hit = reach(outline(name, rect), side, at)
        assert.ok(hit !== undefined, `nothing of a ${name} at ${percent} % of its ${side}`)
        const depth = { left: hit - rect.x, right: rect.x + rect.width - hit, top: hit - rect.y, bottom: rect.y + rect.height - hit }[side]
        // A stream's wave swings a little to both sides of its lower edge.
        assert.ok(depth >= -3 && depth <= 18, `${name} ${side}: ${depth}`)
        const further = reach(outline(name, moved(rect, 4, -4)), side, at + (level ? -4 : 4))!
        assert.ok(Math.abs(further - hit - (level ? 4 : -4)) < 1e-6)
      }),
    )
  })

  it('are missed by a line that passes by', () => {
    assert.equal(reach(outline('service', RECT), 'left', 10), undefined)
    assert.equal(reach(outline('log', RECT), 'left', 78)! - RECT.x > 9, true)
    assert.equal(reach(outline('service', RECT), 'left', 78), RECT.x)
  })
})

describe('icons', () => {
  it('are there for every kind, container and part', () => {
    const names = [...vocabulary.kinds.map(({ name }) => name), ...vocabulary.containers.map(({ name }) => name), 'shard', 'replica']
    assert.deepEqual(names.filter((name) => !icons[name]), [])
    assert.equal(new Set(names.map((name) => icons[name])).size, names.length)
  })

  it('are absolute path data', () => {
    for (const [name, path] of Object.entries(icons)) assert.match(path, /^M-?[\d.]+[ ,-][\d\sa-zA-Z.,-]+$/, name)
  })
})

describe('technology marks', () => {
  it('are one or two letters for every technology, and seldom shared', () => {
    const marks = vocabulary.technologies.map(({ name, label }) => monogram(name, label))
    for (const mark of marks) assert.match(mark, /^[\p{L}\p{N}]{1,2}$/u)
    assert.ok(new Set(marks).size >= marks.length * 0.85, `${new Set(marks).size} marks for ${marks.length} technologies: ${marks.join(' ')}`)
  })

  it('come from the words or the first letters of a name of our own', () => {
    assert.equal(monogram('house-db', 'ClickHouse'), 'CH')
    assert.equal(monogram('tidb', 'titan'), 'Ti')
    assert.equal(monogram('x', ''), 'X')
  })
})
