/** `npm run package`: the extension as a `.vsix` in `out/`, refused when it is larger than a person would wait for. */
import { mkdirSync, statSync } from 'node:fs'
import { run, say } from './run.ts'

const LIMIT = 3 * 1024 * 1024
const file = 'out/lintel.vsix'

mkdirSync('out', { recursive: true })
const code = await run('vsce', ['package', '--no-dependencies', '--allow-missing-repository', '--no-rewrite-relative-links', '--out', file])
if (code !== 0) process.exit(code)
const { size } = statSync(file)
if (size > LIMIT) {
  say(`${file} has ${(size / 1024 / 1024).toFixed(2)} MB, more than the ${LIMIT / 1024 / 1024} MB it may have`)
  process.exit(1)
}
say(`${file}: ${(size / 1024 / 1024).toFixed(2)} MB`)
