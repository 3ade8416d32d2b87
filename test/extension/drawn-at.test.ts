import assert from 'node:assert/strict'
import { drawnAt } from '../../src/extension/drawn-at.ts'
import type { Origin } from '../../src/model/origin.ts'

const at = (startLine: number, start: number, endLine: number, end: number, file = 'a'): Origin => ({
  file,
  range: { start: { line: startLine, character: start }, end: { line: endLine, character: end } },
})

// 0  region us-east {
// 1    service api { replicas: 2 }
// 2    database ledger {
// 3      shards: 16
// 4    }
// 5  }
// 6  api -> ledger -> archive
const extents = {
  'us-east': at(0, 0, 5, 1),
  api: at(1, 2, 1, 29),
  ledger: at(2, 2, 4, 3),
  first: at(6, 0, 6, 13),
  second: at(6, 4, 6, 24),
  elsewhere: at(1, 0, 9, 0, 'b'),
}
const find = (line: number, character: number, file = 'a') => drawnAt(extents, (one) => one === file, { line, character })

describe('what the cursor is on', () => {
  it('is the innermost statement that holds it', () => {
    assert.equal(find(1, 10), 'api')
    assert.equal(find(3, 8), 'ledger')
    assert.equal(find(0, 3), 'us-east')
  })
  it('includes both ends of a statement', () => {
    assert.equal(find(1, 2), 'api')
    assert.equal(find(1, 29), 'api')
    assert.equal(find(4, 3), 'ledger')
  })
  it('is what starts on the line when the cursor stands in its indentation', () => {
    assert.equal(find(1, 0), 'api')
    assert.equal(find(2, 1), 'ledger')
  })
  it('is the arrow of a chain that the cursor is at', () => {
    assert.equal(find(6, 2), 'first')
    assert.equal(find(6, 20), 'second')
  })
  it('is nothing where nothing stands, and nothing of another file', () => {
    assert.equal(find(7, 0), undefined)
    assert.equal(find(1, 10, 'b'), 'elsewhere')
    assert.equal(find(0, 0, 'c'), undefined)
  })
})
