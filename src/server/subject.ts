/** What the braces around a place belong to, in the vocabulary's terms. */
import { vocabulary, type Subject } from '../vocabulary/index.ts'
import type { Frame } from './outline.ts'

export interface SubjectHere {
  /** Unset where no properties may stand. */
  readonly subject?: Subject
  /** The vocabulary's kind, or the container's word. */
  readonly kind?: string
  readonly technology?: string
  readonly verb?: string
  /** Path of the block, with a dot behind it; empty outside of blocks. */
  readonly prefix: string
  readonly frame: Frame
}

/** `kindOf` resolves a team's own kinds. */
export function subjectOf(frames: readonly Frame[], kindOf: (word: string) => string | undefined = () => undefined): SubjectHere {
  const frame = frames.findLast(({ type }) => type !== 'block') ?? frames[0]!
  const block = frames.at(-1)!
  const prefix = block.type === 'block' ? `${block.word}.` : ''
  const kind = vocabulary.kind(frame.word)?.name ?? kindOf(frame.word)
  switch (frame.type) {
    case 'component':
      return { subject: 'component', kind, technology: frame.technology || undefined, prefix, frame }
    case 'own-kind':
      return { subject: 'component', kind, prefix, frame }
    case 'own-technology': {
      const technology = vocabulary.technology(frame.word)
      return { subject: 'component', kind: kind ?? technology?.kinds[0], technology: technology?.name, prefix, frame }
    }
    case 'container':
      return { subject: 'container', kind: frame.word, prefix, frame }
    case 'relation':
      return { subject: 'relation', verb: frame.ends?.verb === undefined ? undefined : vocabulary.verb(frame.ends.verb)?.verb.name, prefix, frame }
    case 'data':
    case 'flow':
    case 'design':
    case 'scenario':
    case 'view':
    case 'shard':
    case 'replica':
      return { subject: frame.type, prefix, frame }
    default:
      return { prefix, frame }
  }
}
