/** The `.vsix` under test: the one that was packaged, made anew where the sources are newer. */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { progress, repository } from './cache.ts'

const SOURCES = ['src', 'media', 'syntaxes', 'language', 'docs/rules', 'package.json', '.vscodeignore']

/** `LINTEL_TEST_VSIX` names another. */
export function packagedExtension(): string {
  const named = process.env['LINTEL_TEST_VSIX']
  if (named) return named
  const vsix = join(repository, 'out', 'lintel.vsix')
  if (!existsSync(vsix) || statSync(vsix).mtimeMs < newest(SOURCES.map((source) => join(repository, source)))) {
    for (const script of ['src/tools/build.ts', 'src/tools/package.ts']) {
      progress(`${script} …`)
      const { status, stdout, stderr } = spawnSync(process.execPath, [script], {
        cwd: repository,
        encoding: 'utf8',
        env: { ...process.env, PATH: `${join(repository, 'node_modules', '.bin')}${delimiter}${process.env['PATH'] ?? ''}` },
      })
      if (status !== 0) throw new Error(`${script} failed:\n${stdout}\n${stderr}`)
    }
  }
  return vsix
}

function newest(paths: readonly string[]): number {
  return Math.max(
    0,
    ...paths.map((path) => {
      if (!existsSync(path)) return 0
      const info = statSync(path)
      return info.isDirectory() ? newest(readdirSync(path).map((name) => join(path, name))) : info.mtimeMs
    }),
  )
}
