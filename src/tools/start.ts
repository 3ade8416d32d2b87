/**
 * `npm start`: build, check and draw the showcase, then open VS Code with the extension and the examples: the desktop's where there is one,
 * else VS Code in the browser from npm. `--no-open` stops before the last step.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { run, say } from './run.ts'

const SHOWCASE = 'examples/orders/orders.lintel'

await step('building', 'node', ['src/tools/build.ts'])
say(`checking ${SHOWCASE} …`)
const found = await run('node', ['dist/lintel.js', 'check', SHOWCASE])
if (found === 2) fail(`lintel check ${SHOWCASE}`)
mkdirSync('out', { recursive: true })
await step('drawing it to out/showcase.svg', 'node', ['dist/lintel.js', 'render', SHOWCASE, '-o', 'out/showcase.svg'])

if (process.argv.includes('--no-open')) {
  say('ready: the showcase is checked and drawn to out/showcase.svg')
} else if (hasDesktop()) {
  say('opening VS Code with the extension and the examples …')
  const opened = spawnSync('code', ['--new-window', `--extensionDevelopmentPath=${process.cwd()}`, process.cwd() + '/examples', SHOWCASE], { stdio: 'inherit', shell: process.platform === 'win32' })
  if (opened.status !== 0) fail('code')
  say('ready: VS Code is open; press Ctrl+K V in orders.lintel for the picture')
} else {
  await step('packaging the extension', 'node', ['src/tools/package.ts'])
  const { startEditor } = await import('../../test/vscode/support/code-server.ts')
  const editor = await startEditor({ home: resolve('.cache/start'), vsix: resolve('out/lintel.vsix') })
  const file = `vscode-remote://127.0.0.1:${editor.port}${resolve(SHOWCASE)}`
  say(`ready: open ${editor.open(resolve('examples'), { payload: JSON.stringify([['openFile', file]]) })} in a browser (Ctrl+C stops it)`)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void editor.stop().then(() => process.exit(0)))
}

async function step(what: string, command: string, args: readonly string[]): Promise<void> {
  say(`${what} …`)
  if ((await run(command, args)) !== 0) fail(`${command} ${args.join(' ')}`)
}

function fail(what: string): never {
  say(`stopped: ‘${what}’ did not work, see above`)
  process.exit(1)
}

/** A desktop VS Code needs its command on the PATH and, on Linux, a display. */
function hasDesktop(): boolean {
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) return false
  const probe = spawnSync('code', ['--version'], { stdio: 'ignore', shell: process.platform === 'win32' })
  return probe.status === 0
}

