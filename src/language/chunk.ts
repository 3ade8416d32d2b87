/** A statement group to statements, whatever its text: cached by content, and repaired where the parser refuses it. */
import { parseGroup } from './parser.ts'
import { repair } from './repair.ts'
import type { Statement, SyntaxProblem } from './syntax.ts'

export interface ParsedChunk {
  readonly statements: readonly Statement[]
  readonly problems: readonly SyntaxProblem[]
}

/** Beyond this the oldest half is forgotten: several large designs fit, and a long session of typing stays small. */
const MOST_CACHED = 40_000
/** What is longer than any statement is noise; the parser would take seconds over it. */
const LONGEST = 50_000

/** The parser's time grows with the square of them. */
const MOST_TERMS = 1000

const cache = new Map<string, ParsedChunk>()

export function parseChunk(text: string): ParsedChunk {
  const cached = cache.get(text)
  if (cached) return cached
  const parsed = parse(text)
  if (cache.size >= MOST_CACHED) for (const key of [...cache.keys()].slice(0, MOST_CACHED / 2)) cache.delete(key)
  cache.set(text, parsed)
  return parsed
}

function parse(text: string): ParsedChunk {
  const terms = text.length < 2 * MOST_TERMS ? 0 : (text.match(/[-+*/]\s/g)?.length ?? 0)
  if (terms > MOST_TERMS) return { statements: [], problems: [{ start: 0, end: 1, message: `This calculation has ${terms} operations: name parts of it with \`let\`.` }] }
  if (text.length > LONGEST) return { statements: [], problems: [{ start: 0, end: 1, message: `This line is too long to be a statement (${text.length} characters): break it into several.` }] }
  const first = parseGroup(text)
  if ('statements' in first) return { statements: first.statements, problems: [] }
  const repaired = repair(text)
  const second = repaired.text.trim() === '' ? { statements: [] } : parseGroup(repaired.text)
  const problems = repaired.problems.length > 0 ? repaired.problems : [{ start: first.errorAt, end: first.errorAt + 1, message: 'This cannot be read as a statement.' }]
  return { statements: 'statements' in second ? second.statements : [], problems }
}
