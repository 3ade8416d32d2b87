import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { check } from '../src/core.ts'
import { readmeSketch } from '../src/tools/readme-picture.ts'
import { openText } from '../src/workspace.ts'
import { ROOT } from './support/lintel.ts'

const readme = readFileSync(join(ROOT, 'README.md'), 'utf8')

describe('README', () => {
  it('shows a sketch of ten lines with exactly the findings of its table', () => {
    const text = readmeSketch(readme)
    assert.equal(text.trim().split('\n').length, 10)
    const table = [...readme.matchAll(/^\| (\d+) \| \[`([\w-]+)`\]/gm)].map(([, line, rule]) => `${line} ${rule}`)
    assert.equal(table.length, 3)
    assert.deepEqual(check(openText(text)).map(({ at, rule }) => `${at.range.start.line + 1} ${rule}`), table)
  })

  for (const page of ['README.md', 'CONTRIBUTING.md', 'docs/ci.md']) {
    it(`${page} links only to what is there`, () => {
      const links = [...readFileSync(join(ROOT, page), 'utf8').matchAll(/\]\(([^)#]+)\)|src="([^"]+)"/g)].map(([, a, b]) => (a ?? b)!).filter((link) => !/^https?:/.test(link))
      assert.ok(links.length > 0)
      assert.deepEqual(links.filter((link) => !existsSync(join(ROOT, dirname(page), link))), [])
    })
  }
})
