/** The picture of README's ten lines, from those lines. */
import { check, createRenderer, marksOf } from '../core.ts'
import { inProcessEngine } from '../diagram/engine.ts'
import { openText } from '../workspace.ts'

export async function readmePicture(readme: string): Promise<string> {
  const text = readmeSketch(readme)
  const opened = openText(text, 'file:///ten-lines.lintel')
  const renderer = createRenderer(inProcessEngine())
  try {
    const { svg } = await renderer.draw(opened.model, { theme: 'auto', marks: marksOf(check(opened)) })
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
