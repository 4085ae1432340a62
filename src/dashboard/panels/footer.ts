/** The last line: which keys do what, the most wanted first; the help screen has them all. */
import { fitLine, type Line, packed, span } from '../text.js'
import { KEYS } from '../view.js'
import { boxed, type Panel } from './panel.js'

export const footer: Panel = (_state, view, width) => {
  const hints: readonly (readonly [key: string, meaning: string])[] = [
    ['q', 'stop and save'],
    ...(view.canPause ? [['space', view.paused ? 'go on' : 'pause'] as const] : []),
    ['?', 'help'],
    ['1-4', view.focus === 0 ? 'one panel' : 'another, 0 all'],
    ['v', view.preview ? 'no drawing' : 'drawing'],
    ['y', view.logScale ? 'linear' : 'log'],
    ['s', `smooth ${view.smoothing}`],
    ['g', view.group === 0 ? 'one group' : 'next group'],
  ]
  const parts = hints.map(([key, meaning]): Line => [span(key, 'key'), span(` ${meaning}`, 'dim')])
  return [fitLine([span(' '), ...packed(parts, Math.max(0, width - 2), 3)], width)]
}

export const help: Panel = (_state, _view, width, height) => {
  const lines = KEYS.map(([key, meaning]): Line => [span(key.padEnd(9), 'key'), span(meaning)])
  const words: readonly Line[] = [
    [],
    [span('before, after', 'strong'), span(' norm of the gradient before and after clipping, mean over an update')],
    [span('τ', 'strong'), span(' the threshold in force; where before runs above it, the clip works')],
    [
      span('KL', 'strong'),
      span(' how far one update moved the policy; '),
      span('ratios clipped', 'strong'),
      span(' share of samples at PPO’s limit'),
    ],
    [span('explained variance', 'strong'), span(' how well the critic predicts: 1 perfect, 0 no better than a constant')],
  ]
  return boxed([span('Help', 'title')], [...lines, ...words], width, height)
}
