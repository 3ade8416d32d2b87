/** Findings as people read them: the list below the picture, and the card at the thing they are about. */
import type { PictureFinding } from '../protocol.ts'
import { h, icon, type IconName, prose } from './dom.ts'
import { post } from './state.ts'

const ICONS: Readonly<Record<PictureFinding['severity'], IconName>> = { error: 'error', warning: 'warning', info: 'info', hint: 'info' }
const RANK = { error: 0, warning: 1, info: 2, hint: 3 }

/** @param light Called with the ids to light while the pointer is on an entry. */
export function findingsList(findings: readonly PictureFinding[], light: (ids: readonly string[]) => void): HTMLElement {
  if (findings.length === 0) return h('p', { class: 'empty' }, icon('check'), 'No findings.')
  const sorted = [...findings].sort((a, b) => RANK[a.severity] - RANK[b.severity] || a.index - b.index)
  return h(
    'ul',
    { class: 'findings' },
    ...sorted.map((finding) =>
      h('li', { class: 'finding', onmouseenter: () => light(finding.ids), onmouseleave: () => light([]) }, ...entry(finding, true)),
    ),
  )
}

/** The findings of one thing, with their fixes. */
export function findingsCard(findings: readonly PictureFinding[]): HTMLElement {
  return h('div', {}, ...findings.map((finding) => h('div', { class: 'finding' }, ...entry(finding, false))))
}

function entry(finding: PictureFinding, linked: boolean): Node[] {
  const reveal = () => post({ type: 'revealOrigin', origin: finding.at })
  const place = `Line ${finding.at.range.start.line + 1}`
  return [
    h('span', { class: `severity ${finding.severity}`, title: finding.severity }, icon(ICONS[finding.severity])),
    h(
      'div',
      { class: 'words' },
      linked ? h('button', { class: 'message link', title: 'Go to the text', onclick: reveal }, ...prose(finding.message)) : h('p', { class: 'message' }, ...prose(finding.message)),
      finding.help !== '' && h('p', { class: 'help' }, ...prose(finding.help)),
      h(
        'p',
        { class: 'actions' },
        ...finding.fixes.map((fix, index) =>
          h('button', { class: 'action fix', onclick: () => post({ type: 'fix', finding: finding.index, fix: index }) }, icon('bulb'), h('span', {}, ...prose(fix))),
        ),
        finding.documented
          ? h('button', { class: 'action', title: `What ${finding.rule} means`, onclick: () => post({ type: 'rule', rule: finding.rule }) }, icon('book'), finding.rule)
          : h('span', { class: 'rule' }, finding.rule),
        h('button', { class: 'action', title: 'Go to the text', onclick: reveal }, place),
      ),
    ),
  ]
}

/** How many of each severity. */
export function countsOf(findings: readonly PictureFinding[]): { readonly errors: number; readonly warnings: number; readonly others: number } {
  const of = (severity: PictureFinding['severity']) => findings.filter((finding) => finding.severity === severity).length
  return { errors: of('error'), warnings: of('warning'), others: of('info') + of('hint') }
}
