/** What is lit: the cursor's thing, the one under the pointer, and what a search found. Drawn over the picture, which stays as it is. */
import { svgElement } from './dom.ts'
import type { Scene, Thing } from './scene.ts'

export type Light = 'cursor' | 'hover' | 'focus' | 'found' | 'found-now' | 'passed' | 'step'

export interface Lights {
  set(light: Light, ids: readonly string[]): void
  /** After a picture was swapped, or on another zoom. */
  draw(scene: Scene | undefined, scale: number): void
}

/** Later ones are drawn over earlier ones. */
const ORDER: readonly Light[] = ['passed', 'found', 'hover', 'cursor', 'focus', 'found-now', 'step']

export function createLights(layer: SVGSVGElement): Lights {
  const lit = new Map<Light, readonly string[]>()
  let scene: Scene | undefined
  let scale = 1

  const draw = () => {
    if (!scene) return layer.replaceChildren()
    layer.setAttribute('viewBox', `0 0 ${scene.width} ${scene.height}`)
    layer.setAttribute('width', String(scene.width))
    layer.setAttribute('height', String(scene.height))
    const marks = ORDER.flatMap((light) =>
      (lit.get(light) ?? []).flatMap((id) => {
        const thing = scene!.things.get(id)
        return thing ? [mark(thing, light, scale)] : []
      }),
    )
    layer.replaceChildren(...marks)
  }
  return {
    set(light, ids) {
      const before = lit.get(light) ?? []
      if (before.length === ids.length && before.every((id, index) => id === ids[index])) return
      lit.set(light, ids)
      draw()
    },
    draw(next, at) {
      scene = next
      scale = at
      draw()
    },
  }
}

function mark(thing: Thing, light: Light, scale: number): SVGElement {
  const group = svgElement('g', { class: `light light-${light}`, 'data-light': thing.id })
  if (thing.type === 'edge') {
    // The first path is the whole way, without the gap for the label.
    const route = thing.element.querySelector('path')?.getAttribute('d')
    if (route) group.append(svgElement('path', { d: route }))
    return group
  }
  // Far out, a hairline would vanish: the frame keeps its width on screen.
  const room = Math.max(4, 3 / scale)
  const { x, y, width, height } = thing.box
  const frame = { x: x - room, y: y - room, width: width + 2 * room, height: height + 2 * room, rx: 10 }
  group.append(svgElement('rect', { ...frame, 'stroke-width': Math.max(2, 2 / scale) }))
  return group
}
