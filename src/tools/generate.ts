/**
 * `npm run generate`: everything in the repository that is made from something else in it. Each part only says what its files should hold, so a
 * test compares that with what stands there.
 */
import { existsSync, readFileSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { execFile } from 'node:child_process'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { configSchemas } from './config-schema.ts'
import { fontFiles } from './font.ts'
import { iconFile } from './icons.ts'
import { generatedRulePages, readRulePages } from './rule-pages.ts'
import { readmePicture } from './readme-picture.ts'
import { readmeWithRules } from './readme-rules.ts'
import { textMateGrammar } from './textmate.ts'
import { vocabularyPage } from './vocabulary-page.ts'

export interface Generated {
  /** From the repository's root, with forward slashes. */
  readonly path: string
  readonly content: string
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** Folders that hold nothing but generated files: what is in them besides is left over. */
const WHOLE = ['docs/rules', 'src/language/generated', 'src/diagram/generated']

export async function generated(): Promise<readonly Generated[]> {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8')
  return [
    ...(await parser()),
    { path: 'syntaxes/lintel.tmLanguage.json', content: textMateGrammar() },
    { path: 'docs/vocabulary.md', content: vocabularyPage() },
    ...configSchemas(),
    ...generatedRulePages(readRulePages(ROOT)),
    ...(await fontFiles()),
    await iconFile(),
    { path: 'media/ten-lines.svg', content: await readmePicture(readme) },
    { path: 'media/ten-lines-load.svg', content: await readmePicture(readme, { type: 'load' }) },
    { path: 'media/ten-lines-failure.svg', content: await readmePicture(readme, { type: 'failure', down: ['psp'] }) },
    { path: 'README.md', content: readmeWithRules(readme) },
  ]
}

/** Files in generated folders that nothing makes any more. */
export async function leftOver(files: readonly Generated[]): Promise<readonly string[]> {
  const made = new Set(files.map(({ path }) => path))
  const found: string[] = []
  for (const folder of WHOLE) {
    if (!existsSync(join(ROOT, folder))) continue
    for (const name of await readdir(join(ROOT, folder))) if (!made.has(`${folder}/${name}`)) found.push(`${folder}/${name}`)
  }
  return found
}

/** Langium's command line writes where its configuration says, so it works on a copy. */
async function parser(): Promise<readonly Generated[]> {
  const folder = await mkdtemp(join(tmpdir(), 'lintel-grammar-'))
  try {
    await cp(join(ROOT, 'language'), join(folder, 'language'), { recursive: true })
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }\n')
    const cli = join(ROOT, 'node_modules', 'langium-cli', 'bin', 'langium.js')
    await promisify(execFile)(process.execPath, [cli, 'generate', '--file', 'language/langium-config.json'], { cwd: folder })
    const out = join(folder, 'src', 'language', 'generated')
    const names = (await readdir(out)).sort()
    return await Promise.all(names.map(async (name) => ({ path: `src/language/generated/${name}`, content: await readFile(join(out, name), 'utf8') })))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const files = await generated()
  let written = 0
  for (const { path, content } of files) {
    const target = join(ROOT, path)
    if (existsSync(target) && readFileSync(target, 'utf8') === content) continue
    await mkdir(dirname(target), { recursive: true })
    await writeFile(target, content)
    console.error(`wrote ${path}`)
    written++
  }
  for (const path of await leftOver(files)) {
    await rm(join(ROOT, path))
    console.error(`removed ${path}`)
    written++
  }
  console.error(written === 0 ? `all ${files.length} generated files are fresh` : `${written} of ${files.length} generated files brought up to date`)
}
