/** How the sheet looks in a browser and on paper. */
import { dark, light } from '../diagram/theme.ts'
import type { Sheet } from './sheet.ts'

const LIGHT = '--ink:#1b2330;--muted:#5b6675;--line:#dfe4ea;--accent:#0b62c4;--good:#1a7f37;--bad:#b42318;--fair:#9a5b00'
const DARK = '--ink:#e6eaf0;--muted:#9aa7b4;--line:#2c3542;--accent:#58a6ff;--good:#56d364;--bad:#ff8a80;--fair:#f0a04b'

export const SHEET_CSS = [
  `:root{color-scheme:light dark;--ground:${light.ground};${LIGHT}}`,
  `@media screen and (prefers-color-scheme:dark){:root{--ground:${dark.ground};${DARK}}}`,
  'html{background:var(--ground);color:var(--ink);font:15px/1.5 Inter,system-ui,"Segoe UI",Roboto,Helvetica,Arial,sans-serif}',
  'body{margin:0}main{max-width:70rem;margin:0 auto;padding:2.5rem 1.5rem 3rem;overflow-wrap:anywhere}',
  'h1{font-size:1.9rem;line-height:1.2;margin:0 0 .4rem;letter-spacing:-.01em}',
  '.goal{font-size:1.15rem;margin:.2rem 0}.stance,.muted,small,footer,figcaption,.rate,.from{color:var(--muted)}.stance{margin:.2rem 0}',
  'h2{font-size:.8rem;text-transform:uppercase;letter-spacing:.08em;color:var(--accent);margin:2rem 0 .5rem;border-bottom:1px solid var(--line);padding-bottom:.3rem}',
  'h3{font-size:1rem;margin:1rem 0 .3rem;display:flex;justify-content:space-between;gap:1rem;align-items:baseline}.rate{font-weight:400;font-size:.92em;white-space:nowrap}h2+.flow h3{margin-top:.4rem}',
  'figure{margin:1.5rem 0 0;text-align:center}figure svg{max-width:100%;height:auto;max-height:44rem}figcaption{font-size:.85em}',
  'table{border-collapse:collapse;width:100%;font-size:.92em}th,td{text-align:left;vertical-align:top;padding:.3rem 1rem .3rem 0;border-bottom:1px solid var(--line)}tr>:last-child{padding-right:0}tbody tr:last-child>*{border-bottom:0}',
  'th{font-weight:600;overflow-wrap:normal}thead th{color:var(--muted);font-weight:400}.unseen{position:absolute;clip-path:inset(50%);height:1px;overflow:hidden}',
  '.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}.estimate .number{font-weight:600}.estimate th,.hops tbody th{font-weight:400}',
  '.axes th{width:14rem}.axes small{display:block;font-weight:400}.budget th[scope=row]{width:6.2rem;font-weight:400;color:var(--muted)}.budget th+td:not(:last-child){width:42%}',
  '.kept{color:var(--good)}.broken,.error{color:var(--bad)}.warning{color:var(--fair)}b.open{color:var(--muted)}b{font-weight:600}',
  'dl{margin:0}dl div{margin-top:.6rem}dt{font-weight:600}dd{margin:.1rem 0 0;max-width:56rem}ul{margin:0;padding-left:1.1rem}li{margin:.25rem 0;max-width:56rem}footer{margin-top:2.5rem;font-size:.85em}',
  // Words beside the picture, and what a flow waits for beside its budget.
  '@media screen and (min-width:60rem){.tall .first{display:grid;grid-template-columns:1fr 1fr;gap:0 2.5rem;align-items:start}.tall .axes th{width:7rem}.tall .axes small{display:none}.tall .numbers h2{margin-top:1.5rem}main:not(.tall) .first:has(.estimate){display:grid;grid-template-columns:2fr 3fr;gap:0 2.5rem;align-items:start}.tables{display:flex;gap:2.5rem;align-items:start}.budget{flex:1 1 60%}.hops{flex:1 1 40%}}',
  // On a phone what was computed stands below what is promised.
  '@media screen and (max-width:40rem){main{padding:1.5rem 1rem 2rem}.axes small{display:none}.axes th{width:6.6rem}.budget thead{display:none}.budget td{display:block;border-bottom:0;padding-bottom:.1rem}.budget td:empty{display:none}.budget tbody td,.budget th+td:not(:last-child){width:auto}}',
  // On paper: two columns that end at one height.
  '@page{size:A4;margin:12mm}@media print{:root{color-scheme:light}html{background:#fff;line-height:1.36}main{max-width:none;padding:0}h1{font-size:2rem}h2{margin:1.1rem 0 .35rem;padding-bottom:.15rem}h3{margin:.7rem 0 .1rem}footer{margin-top:.8rem}small{display:none!important}',
  '.sheet{columns:2;column-gap:8mm}.sheet>:first-child,.first>:first-child{margin-top:0}.first>:first-child h2,.numbers>:first-child h2{margin-top:.4rem}figure{margin:.6rem 0 0}figure svg{max-height:110mm}.tall figure svg{max-height:120mm}table{font-size:1em}th,td{padding:.1rem .6rem .1rem 0;border:0}.axes th{width:6.4rem;font-weight:400;color:var(--muted)}.budget thead{display:none}.budget td{display:block;padding-left:0}.budget td:empty{display:none}.budget tbody td,.budget th+td:not(:last-child){width:auto}.hops{font-size:.92em}dl div{margin-top:.35rem}li{margin:.15rem 0}dl div,li,tr,.flow,.axes table,.estimate table{break-inside:avoid}h2,h3{break-after:avoid}}',
].join('')

/** On A4, 12 mm from its edges, in CSS px. */
const PAPER = { width: 703, height: 1032 }
const SIZES = [11.5, 11, 10.5, 10, 9.5, 9]

/** The largest size of words, in px, with which the sheet is likely to fit one page: browsers do not say, and what does not fit takes two at a readable size. */
export function printSizeOf(sheet: Sheet, picture: { readonly width: number; readonly height: number; readonly tall: boolean }): number {
  const column = (PAPER.width - 30) / 2
  return SIZES.find((size) => {
    const lines = (text: string, width: number): number => Math.max(1, Math.ceil((text.length * size * 0.53) / width))
    const rows = (texts: readonly string[], width: number): number => texts.reduce((sum, text) => sum + lines(text, width) + 0.15, 0)
    const answers = ({ derived, claims }: Sheet['axes'][number] | Sheet['flows'][number]['budget'][number]): readonly string[] => [...claims.map(({ text, verdict, note = '' }) => `${text}: ${verdict}, ${note}`), ...(derived || claims.length === 0 ? [derived] : [])]
    const beside = column - 6.6 * size
    const { estimate, axes, flows, failures, tradeOffs, open } = sheet
    const text =
      rows(estimate.map(({ expression }) => expression), column * 0.5) +
      rows(axes.flatMap(answers), beside) +
      flows.reduce((sum, { budget, hops }) => sum + 2 + rows(budget.flatMap(answers), beside) + (hops.length > 0 ? 1.2 + hops.length : 0), 0) +
      failures.reduce((sum, { then }) => sum + 1.4 + lines(then.join(' '), column), 0) +
      rows(tradeOffs.map(({ what, because }) => what + because), column) +
      rows(open.map(({ text }) => text), column) +
      2.6 * [estimate, axes, flows, failures, tradeOffs, open].filter(({ length }) => length > 0).length
    const height = picture.tall ? Math.min(454, (picture.height * column) / picture.width) / 2 : Math.min(416, (picture.height * PAPER.width) / picture.width)
    return height + 9 * size + (text * size * 1.36) / 2 < PAPER.height * 0.94
  }) ?? 10
}
