/** Runs inside the extension host, in either host: mocha over the suite, with the results left where the runner outside reads them. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

export async function run(): Promise<void> {
  const { default: Mocha } = await import('mocha')
  const mocha = new Mocha({ ui: 'bdd', timeout: 60_000, color: false })
  mocha.suite.emit('pre-require', globalThis, 'suite', mocha)
  await import('./language.ts')
  await import('./preview.ts')
  await import('./virtual.ts')

  const passed: string[] = []
  const failed: string[] = []
  await new Promise<void>((resolve) => {
    const runner = mocha.run(() => resolve())
    runner.on('pass', (test) => passed.push(test.fullTitle()))
    runner.on('fail', (test, error: Error) => failed.push(`${test.fullTitle()}\n${error.stack ?? error.message}`))
  })
  writeFileSync(join(__dirname, 'results.json'), JSON.stringify({ passed, failed }))
  if (failed.length > 0) throw new Error(`${failed.length} failed`)
}
