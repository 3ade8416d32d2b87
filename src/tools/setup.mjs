/**
 * What `npm start` and `npm test` do first, on whatever Node the machine has: install the packages, then go on with the Node that they
 * bring. Plain JavaScript, because an older Node must be able to read it.
 */
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const stamp = join(root, 'node_modules', '.lintel-installed')

/** Installs exactly what the lock file names, unless it is there already. Ends the process with a line that says what to do where it fails. */
export function install() {
  const wanted = createHash('sha256').update(readFileSync(join(root, 'package-lock.json'))).digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return say('packages are installed')
  say('installing packages from the npm registry (about a minute the first time) …')
  const began = Date.now()
  const done = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], shell: process.platform === 'win32' })
  if (done.status !== 0) {
    console.error('\nlintel: npm could not install the packages; see its message above. Is the npm registry reachable?')
    process.exit(2)
  }
  mkdirSync(dirname(stamp), { recursive: true })
  writeFileSync(stamp, wanted)
  say(`installed in ${Math.round((Date.now() - began) / 1000)} s`)
}

/** Goes on with a script under the Node that the packages brought; its exit code is ours. */
export function continueWith(script, args) {
  const bin = join(root, 'node_modules', '.bin')
  const path = `${bin}${process.platform === 'win32' ? ';' : ':'}${process.env.PATH}`
  const child = spawn('node', [join(root, script), ...args], { cwd: root, stdio: 'inherit', env: { ...process.env, PATH: path }, shell: process.platform === 'win32' })
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code) => process.exit(code ?? 1))
}

function say(text) {
  console.error(`lintel: ${text}`)
}
