/** Reads the XML that `render` writes: elements, attributes, text. Strict: what it does not expect is a bug in the picture, and thrown. */
export interface Element {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly (Element | string)[]
}

/** @throws Error at the first character that is not well-formed. */
export function readXml(text: string): Element {
  const root: { name: string; attributes: Record<string, string>; children: (Element | string)[] } = { name: '', attributes: {}, children: [] }
  const open = [root]
  const token = /<\/([\w:-]+)>|<([\w:-]+)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/gy
  for (let end = 0; end < text.length; end = token.lastIndex) {
    token.lastIndex = end
    const match = token.exec(text)
    if (!match) throw new Error(`not well-formed at character ${end}: ${text.slice(end, end + 40)}`)
    const [, close, name, attributes = '', empty, words] = match
    if (words !== undefined) open.at(-1)!.children.push(unescape(words))
    else if (name !== undefined) {
      const element = { name, attributes: readAttributes(attributes), children: [] }
      open.at(-1)!.children.push(element)
      if (!empty) open.push(element)
    } else if (open.length < 2 || open.pop()!.name !== close) throw new Error(`</${close}> closes nothing, at character ${end}`)
  }
  const elements = root.children.filter((child) => typeof child !== 'string')
  if (open.length !== 1 || elements.length !== 1) throw new Error(open.length > 1 ? `<${open.at(-1)!.name}> is not closed` : 'not one element')
  return elements[0]!
}

function readAttributes(text: string): Record<string, string> {
  return Object.fromEntries([...text.matchAll(/([\w:-]+)="([^"]*)"/g)].map(([, name, value]) => [name!, unescape(value!)]))
}

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function unescape(text: string): string {
  return text.replace(/&(?:#(\d+)|(\w+));/g, (whole, code?: string, name?: string) => (code ? String.fromCodePoint(Number(code)) : (NAMED[name!] ?? whole)))
}
