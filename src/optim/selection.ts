/**
 * Which parameters a clip works on. A pattern is a parameter's name with * for any run of characters ('critic/*', '*bias'), or one of the
 * kinds @heads (the last layer of each network), @biases (vectors: biases, gains, log standard deviations) and @kernels (all others).
 */
import type { Clip } from '../clip/clip.js'
import { UsageError } from '../core/errors.js'
import { didYouMean } from '../core/suggest.js'
import type { ParameterLayout, ParameterSlot } from './layout.js'

/** The slots that the clip works on: those that `only` names (all when it is empty) without those that `except` names. */
export function selectedSlots(layout: ParameterLayout, { only, except }: Pick<Clip, 'only' | 'except'>): readonly ParameterSlot[] {
  if (only.length === 0 && except.length === 0) return layout.slots
  const [wanted, left] = [only, except].map((patterns) => patterns.map((pattern) => matcher(pattern, layout)))
  return layout.slots.filter((slot) => (wanted!.length === 0 || wanted!.some((is) => is(slot))) && !left!.some((is) => is(slot)))
}

/**
 * For a layout that is complete: every pattern must name a parameter, so that a slip of the pen does not switch a clip off.
 * @throws UsageError for a pattern that names none, with the names there are
 */
export function checkPatterns(clips: readonly Clip[], layout: ParameterLayout): void {
  for (const { name, only, except } of clips) {
    for (const pattern of [...only, ...except]) {
      if (layout.slots.some(matcher(pattern, layout))) continue
      const names = layout.slots.map((slot) => slot.name)
      throw new UsageError(`clip "${name}": no parameter is called "${pattern}".${didYouMean(pattern, names)} Names: ${names.join(', ')}.`)
    }
  }
}

type Matcher = (slot: ParameterSlot) => boolean

const KINDS: Readonly<Record<string, (layout: ParameterLayout) => Matcher>> = {
  '@heads': ({ slots }) => {
    const last = new Map(slots.map(({ network, layer }) => [network, layer])) // the last one of a network stays
    return ({ network, layer }) => last.get(network) === layer
  },
  '@biases': () => isVector,
  '@kernels': () => (slot) => !isVector(slot),
}

/** @throws UsageError for a kind that does not exist */
function matcher(pattern: string, layout: ParameterLayout): Matcher {
  if (pattern.startsWith('@')) {
    const kind = Object.hasOwn(KINDS, pattern) ? KINDS[pattern] : undefined
    if (kind === undefined) throw new UsageError(`clip: unknown kind of parameters "${pattern}". Kinds: ${Object.keys(KINDS).join(', ')}.`)
    return kind(layout)
  }
  const escaped = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
  const expression = new RegExp(`^${escaped.join('.*')}$`)
  return ({ name }) => expression.test(name)
}

const isVector = ({ shape }: ParameterSlot): boolean => shape.filter((n) => n > 1).length <= 1
