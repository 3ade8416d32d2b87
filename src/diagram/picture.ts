/**
 * The stages of a picture, as plain data: `toGraph` (what is drawn, measured) → `layout` (where, the one asynchronous stage) → `render`
 * (SVG). The preview, the export and the command line call the same functions, so they give the same bytes.
 */
import type { Severity } from '../model/model.ts'
import type { Family } from '../vocabulary/vocabulary.ts'

export type Theme = 'light' | 'dark' | 'auto'

/** A mark on a node or an arrow for what the rules found there. Never changes the layout. */
export interface Mark {
  /** A component's or a relation's id. */
  readonly id: string
  readonly severity: Severity
  readonly count: number
  /** The messages, worst first: the tooltip. */
  readonly text: readonly string[]
}

/**
 * What a lens lays over a picture: tints, and words where there is room for them. It fits into what is drawn already and never changes the layout, so
 * that all lenses show the same picture.
 */
export interface Overlay {
  /** What is seen through it, for the picture's title: `Load`. */
  readonly title: string
  /** By the id of a component, container or part. What is hidden in a collapsed node is shown on that. */
  readonly things: ReadonlyMap<string, Laid>
  /** By the id of a relation. */
  readonly arrows: ReadonlyMap<string, LaidArrow>
  /** What the tones mean, for the legend; only those that occur are shown. */
  readonly key: readonly { readonly tone: Tone; readonly text: string }[]
  /** Whether the pills that say where the truth lives belong to it. */
  readonly truths?: boolean
}

export interface Laid {
  readonly tone?: Tone
  /** The same said at length and in brief, the longest first: the first that has room is shown. */
  readonly words?: readonly string[]
  /** Behind the name in the tooltip, a line each. */
  readonly note?: readonly string[]
  /** It has no part in what is shown. */
  readonly faint?: boolean
  /** It is out of order. */
  readonly out?: boolean
}

export interface LaidArrow extends Laid {
  /** Of what goes over it, 0..1 of the most in the design: its width. */
  readonly weight?: number
}

/** From no matter to the worst; `lit` is for what is meant, rather than judged. */
export type Tone = 'quiet' | 'lit' | 'calm' | 'warm' | 'hot' | 'over'

/** What is drawn, with every size known, before anything has a place. All lengths are in px. */
export interface DiagramGraph {
  /** What the view asks for. Unset: the layout takes what gives the more compact picture. */
  readonly direction?: Direction
  readonly nodes: readonly GraphNode[]
  readonly edges: readonly GraphEdge[]
  /**
   * Of everything that decides where things go (ids, nesting, sizes, order, ends, label sizes) and of nothing else: equal hashes mean that the
   * same placement serves, so an edit that changes only words that fit, numbers or findings runs no layout.
   */
  readonly structure: string
}

export type Direction = 'right' | 'down'

export interface GraphNode {
  readonly id: string
  /** The container (or component with nested ones) it is drawn in. */
  readonly parent?: string
  readonly type: 'component' | 'container' | 'part'
  /** The vocabulary's kind: `database`, `region`, `replica`. */
  readonly kind: string
  readonly family?: Family
  /** The label in lines, wrapped. */
  readonly title: readonly string[]
  /** The line of facts below. */
  readonly facts: string
  readonly technology?: string
  readonly technologyLabel?: string
  /** Copies that run, for the stacked card and its `×12`. */
  readonly copies?: string
  /** The kinds of data whose truth it is: the filled pill on the lower edge. */
  readonly truthOf: readonly string[]
  /** Size of a leaf's card, without what hangs over its border (stack, badge, pill: up to 10 px each way); the least size of a container. */
  readonly width: number
  readonly height: number
  /** Height kept free at the top of a node with content, for its caption and the gap below it; 0 for a leaf. */
  readonly head: number
  /** Collapsed: stands for what is in it. */
  readonly collapsed?: boolean
}

/** What a node says, before `measureNode` of measure.ts wraps its label and gives it a size. */
export interface NodeContent extends Omit<GraphNode, 'title' | 'width' | 'height' | 'head'> {
  readonly label: string
  /** Whether other nodes are drawn in it. */
  readonly holds: boolean
}

/** What measure.ts answers: `measureNode(content: NodeContent): NodeMeasure`. Whole px; a leaf's width and height are multiples of 8. */
export type NodeMeasure = Pick<GraphNode, 'title' | 'width' | 'height' | 'head'>

/** And for the label of an edge: `measureLabel(text: string): LabelMeasure`, padding to its line's ends included. Zero where the text is empty. */
export interface LabelMeasure {
  readonly lines: readonly string[]
  readonly width: number
  readonly height: number
}

export interface GraphEdge {
  readonly id: string
  /** The relations that this one line stands for. */
  readonly relations: readonly string[]
  readonly from: string
  readonly to: string
  readonly arrow: 'request' | 'message'
  /** Its text in lines, wrapped; empty for none. */
  readonly label: readonly string[]
  readonly labelWidth: number
  readonly labelHeight: number
}

export interface Point {
  readonly x: number
  readonly y: number
}

export interface PlacedGraph {
  readonly direction: Direction
  readonly width: number
  readonly height: number
  readonly nodes: readonly PlacedNode[]
  readonly edges: readonly PlacedEdge[]
}

/** All coordinates are absolute, from the top left of the picture. */
export interface PlacedNode extends GraphNode {
  readonly x: number
  readonly y: number
  /** What a lens hangs on its lower edge, in place of the pill of truth. */
  readonly chip?: { readonly text: string; readonly tone: Tone; /** With a cross before its words. */ readonly out?: boolean }
}

export interface PlacedEdge extends GraphEdge {
  /**
   * From the border of the one node's box to the border of the other's, orthogonal, no two neighbouring points equal. A silhouette that lies inside
   * its box (a hexagon's slope) is reached by lengthening the first or the last segment.
   */
  readonly route: readonly Point[]
  /** Top left of the label's gap in the line, where the edge has a label. */
  readonly labelAt?: Point
}

export interface Picture {
  readonly svg: string
  readonly width: number
  readonly height: number
  readonly placed: PlacedGraph
}
