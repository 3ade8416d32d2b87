/** The pictures of README's ten lines, from those lines: as they are, and through two lenses. */
import { check, createRenderer, marksOf, seen, type Lens } from '../core.ts'
import { inProcessEngine } from '../diagram/engine.ts'
import { openText } from '../workspace.ts'

export async function readmePicture(readme: string, lens?: Lens): Promise<string> {
  const text = readmeSketch(readme)
  const opened = openText(text, 'file:///ten-lines.lintel')
  const renderer = createRenderer(inProcessEngine())
  try {
    const { svg } = await renderer.draw(opened.model, { theme: 'auto', ...(lens ? { overlay: seen(opened.model, lens).overlay } : { marks: marksOf(check(opened)) }) })
    return svg
  } finally {
    renderer.dispose()
  }
}

/** @throws when README has lost its sketch. */
export function readmeSketch(readme: string): string {
  const block = /```lintel\n([\s\S]*?)```/.exec(readme)?.[1]
  if (!block) throw new Error('README.md has no lintel block')
  return block
}
