import assert from 'node:assert/strict'
import { vocabularyPage } from '../../src/tools/vocabulary-page.ts'
import { vocabulary } from '../../src/vocabulary/index.ts'

describe('the vocabulary’s reference', () => {
  const page = vocabularyPage()

  it('names every word', () => {
    for (const row of [
      ...vocabulary.kinds,
      ...vocabulary.containers,
      ...vocabulary.verbs,
      ...vocabulary.properties,
      ...vocabulary.technologies,
    ]) {
      assert.ok(page.includes(`\`${row.name}\``), row.name)
    }
  })

  it('has a heading behind each of its links', () => {
    const headings = new Set(
      [...page.matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
        title!
          .toLowerCase()
          .replace(/[^\w\- ]/g, '')
          .replaceAll(' ', '-'),
      ),
    )
    for (const [, target] of page.matchAll(/\]\(#([^)]+)\)/g)) assert.ok(headings.has(target!), target)
  })

  it('keeps every table in shape', () => {
    for (const block of page.split('\n\n').filter((part) => part.startsWith('|'))) {
      const widths = new Set(
        block
          .trim()
          .split('\n')
          .map((line) => line.replaceAll('\\|', '').split('|').length),
      )
      assert.equal(widths.size, 1, block.slice(0, 200))
    }
  })
})
