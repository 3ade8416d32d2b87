/** What the documentation tells people to type, is there to be typed; what it shows, is right. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readConfig } from '../../src/config.ts'
import { check } from '../../src/core.ts'
import { openText } from '../../src/workspace.ts'
import { lintel, ROOT } from '../support/lintel.ts'

const PAGES = ['README.md', 'docs/ci.md']

function blocks(page: string, language: string): readonly string[] {
  const text = readFileSync(join(ROOT, page), 'utf8')
  return [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].filter(([, name]) => name === language).map(([, , content]) => content!)
}

describe('the documentation', () => {
  it('uses commands, options and formats that exist', async () => {
    const lines = PAGES.flatMap((page) => [...blocks(page, 'sh'), ...blocks(page, 'yaml')]).flatMap((block) => block.split('\n'))
    const commands = lines.flatMap((line) => /(?:^|npx )(lintel [^#>]*)/.exec(line.trim().replace(/^- (run: )?/, ''))?.[1] ?? [])
    assert.ok(commands.length >= 10, String(commands.length))
    const help = new Map<string, string>()
    for (const command of commands) {
      const name = command.split(' ')[1]!
      if (!help.has(name)) help.set(name, (await lintel([name, '--help'])).stdout)
      assert.match(help.get(name)!, /^Usage: lintel /, command)
      for (const [option] of command.matchAll(/(?<= )--?[a-z-]+/g)) assert.match(help.get(name)!, new RegExp(`(^|[ ,])${option}\\b`, 'm'), command)
      const format = /--format (\w+)/.exec(command)?.[1]
      if (format) assert.match(help.get(name)!, new RegExp(`"${format}"`), command)
    }
  })

  it('shows a lintel.json without a mistake', () => {
    for (const block of blocks('docs/ci.md', 'json')) assert.deepEqual(readConfig(block).problems, [])
  })

  it('shows an accept that is one', () => {
    for (const block of blocks('docs/ci.md', 'lintel')) {
      const { model, problems } = openText(block)
      assert.deepEqual(problems.filter(({ severity }) => severity === 'error'), [])
      assert.deepEqual(model.waivers.map(({ rule, until }) => [rule, until]), [['hot-partition', '2027-05-01']])
      assert.ok(!check(openText(block), { today: '2027-01-01' }).some(({ severity }) => severity === 'error'))
    }
  })
})
