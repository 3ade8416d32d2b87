/** The designs that every property of the language is held to: the acceptance files, the language page's example and the gallery. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../support/lintel.ts'

export interface Sample {
  readonly name: string
  readonly text: string
}

export const SHARED = join(ROOT, '..', 'shared')
const COPIES = join(ROOT, 'test', 'corpus')

/** The fenced `lintel` blocks of the language page where it is at hand, the copies of them otherwise. */
export const languageBlocks: readonly Sample[] = (() => {
  const page = join(SHARED, 'design', 'LANGUAGE.md')
  if (!existsSync(page)) return [{ name: 'language/ticket-sales', text: readFileSync(join(COPIES, 'language', 'ticket-sales.lintel'), 'utf8') }]
  return [...readFileSync(page, 'utf8').matchAll(/```lintel\n([\s\S]*?)```/g)].map((match, index) => ({ name: `LANGUAGE.md, block ${index + 1}`, text: match[1]! }))
})()

export const imported = readFileSync(join(COPIES, 'language', 'payments.lintel'), 'utf8')

export const acceptance: readonly Sample[] = filesIn(join(COPIES, 'acceptance'))

export const gallery: readonly Sample[] = readdirSync(join(ROOT, 'examples'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name }) => filesIn(join(ROOT, 'examples', name)))

export const samples: readonly Sample[] = [...languageBlocks, ...acceptance, ...gallery]

function filesIn(folder: string): readonly Sample[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.lintel'))
    .sort()
    .map((file) => ({ name: file, text: readFileSync(join(folder, file), 'utf8') }))
}
