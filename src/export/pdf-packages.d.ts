/** The little of this untyped package that `pdf.ts` and `sheet-pdf.ts` use. */
declare module 'pdfkit' {
  export default class PDFDocument {
    constructor(options: {
      readonly size: readonly [width: number, height: number]
      readonly margin: number
      readonly font: Uint8Array
      readonly lang?: string
      readonly displayTitle?: boolean
      readonly bufferPages?: boolean
      readonly autoFirstPage?: boolean
      readonly info: Readonly<Record<string, string | Date>>
    })
    on(event: 'data', listener: (chunk: Uint8Array) => void): this
    on(event: 'end', listener: () => void): this
    on(event: 'error', listener: (error: Error) => void): this
    end(): void
    addPage(): this
    switchToPage(page: number): this
    bufferedPageRange(): { readonly start: number; readonly count: number }
    save(): this
    restore(): this
    transform(a: number, b: number, c: number, d: number, e: number, f: number): this
    registerFont(name: string, source: Uint8Array): this
    font(name: string): this
    fontSize(size: number): this
    widthOfString(text: string, options: TextOptions): number
    text(text: string, x: number, y: number, options: TextOptions): this
    path(data: string): this
    moveTo(x: number, y: number): this
    lineTo(x: number, y: number): this
    rect(x: number, y: number, width: number, height: number): this
    roundedRect(x: number, y: number, width: number, height: number, radius: number): this
    circle(x: number, y: number, radius: number): this
    lineWidth(width: number): this
    lineCap(cap: string): this
    lineJoin(join: string): this
    dash(length: number, options: { readonly space: number }): this
    fillColor(colour: string): this
    fillOpacity(opacity: number): this
    strokeColor(colour: string): this
    strokeOpacity(opacity: number): this
    fill(): this
    stroke(): this
    fillAndStroke(): this
  }
  interface TextOptions {
    readonly lineBreak: false
    readonly baseline?: 'alphabetic'
    readonly characterSpacing?: number
  }
}
