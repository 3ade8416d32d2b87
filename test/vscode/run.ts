/** `npm run test:vscode [-- --host desktop|browser] [-- --grep …]`: the editor suites alone. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { repository } from './support/cache.ts'

const { values } = parseArgs({ options: { host: { type: 'string', default: 'browser' }, grep: { type: 'string' } } })
if (values.host !== 'browser' && values.host !== 'desktop') {
  console.error(`no host ${values.host}; there are browser (code-server and Chromium, from npm) and desktop (downloads Visual Studio Code)`)
  process.exit(2)
}
// What a person does is done in a browser; on the desktop only the suite inside the host runs.
const files = values.host === 'desktop' ? ['test/vscode/in-host.test.ts'] : ['test/vscode/*.test.ts']
const mocha = join(repository, 'node_modules', 'mocha', 'bin', 'mocha.js')
const child = spawn(process.execPath, [mocha, ...files, ...(values.grep ? ['--grep', values.grep] : [])], {
  cwd: repository,
  stdio: 'inherit',
  env: { ...process.env, LINTEL_TEST_HOST: values.host },
})
child.on('exit', (code) => process.exit(code ?? 1))
