/** For small windows: the numbers alone, in as many columns as fit, or packed into the very few lines there are. */

import { verdict } from '../health.js'
import { count, number, percent } from '../numbers.js'
import type { DashboardState } from '../state.js'
import { cells, fitText, flowed, type Line, span } from '../text.js'
import type { Role } from '../theme.js'
import { progressOf, stateWord } from './header.js'
import type { Panel } from './panel.js'
import { meanReturn } from './return.js'

interface Fact {
  readonly name: string
  readonly short: string
  readonly text: string
  readonly role: Role
}

/** `name value` in columns of at least 18 cells, filled downward; two cells stay free on the right. */
export const numbersPanel: Panel = (state, _view, width, height) => {
  const across = Math.max(1, Math.floor(width / 20))
  const each = Math.floor(width / across) - 2
  const facts = factsOf(state).slice(0, across * height)
  return Array.from({ length: height }, (_, row) =>
    Array.from({ length: across }, (_, column) => facts[column * height + row]).flatMap((fact, column): Line => {
      const gap = column > 0 ? [span('  ')] : []
      if (fact === undefined) return [...gap, span(' '.repeat(each))]
      return [...gap, span(fitText(fact.name, each - cells(fact.text) - 1), 'dim'), span(' '), span(fact.text, fact.role)]
    }),
  )
}

/** As many facts as fit, a line being filled before the next. */
export const linePanel: Panel = (state, view, width, height) => {
  const parts: Line[] = [
    stateWord(state, view),
    [span(percent(progressOf(state)), 'strong')],
    ...factsOf(state).map(({ short, text, role }): Line => [span(`${short} `, 'dim'), span(text, role)]),
  ]
  return flowed(parts, width, height)
}

function factsOf(state: DashboardState): readonly Fact[] {
  const { latest, evaluation, bestReturn, speed, episodes, metrics } = state
  const value = (metric: string): number | null => latest[metric] ?? null
  const fact = (name: string, short: string, text: string, role: Role = 'strong'): Fact => ({ name, short, text, role })
  const judged = (name: string, short: string, metric: string, text: string): Fact => {
    const { word, role } = verdict(metric, value(metric))
    return word === '' || role === 'good' ? fact(name, short, text) : fact(name, short, `${text} ${word}`, role)
  }
  const entropy = value('train/entropy_loss')
  return [
    fact('return', 'R', number(meanReturn(state)), 'curve'),
    fact('gradient', '|g|', number(value('grad/norm_pre')), 'before'),
    fact('clipped to', '>', number(value('grad/norm_post')), 'after'),
    fact('τ', 'τ', metrics['grad/tau'] !== undefined && latest['grad/tau'] === null ? 'no limit' : number(value('grad/tau')), 'tau'),
    judged('clip rate', 'c', 'grad/clip_rate', percent(value('grad/clip_rate'))),
    judged('KL', 'KL', 'train/approx_kl', number(value('train/approx_kl'))),
    fact('steps/s', '/s', count(speed.now ?? speed.mean)),
    fact('best', 'best', number(bestReturn)),
    ...(evaluation === null ? [] : [fact('evaluation', 'E', number(evaluation.mean), 'evaluation')]),
    fact('entropy', 'H', number(entropy === null ? null : -entropy)),
    judged('expl. variance', 'EV', 'train/explained_variance', number(value('train/explained_variance'))),
    fact('episodes', 'ep', count(episodes)),
    fact('value loss', 'VL', number(value('train/value_loss'))),
  ]
}
