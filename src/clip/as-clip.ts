/** All the ways to say which clip, for programs: a name with options, a configuration, a rule, a whole clip, or a list of them. */
import type { ClipConfig } from '../core/config/schema.js'
import { type Clip, type ClipPlan, clipOf } from './clip.js'
import { createClip, parsePlan } from './registry.js'
import type { ClipRule } from './rule.js'

export type ClipLike = string | ClipConfig | ClipRule | Clip | readonly ClipLike[]

/**
 * @param signal what a rule that listens hears when it comes by name and its `signal` is not said
 * @throws UsageError for a wrong name or option @throws RangeError for a rule that does not fit its words
 */
export function asClipPlan(clip: ClipLike, signal: string): ClipPlan {
  if (typeof clip === 'string') return asClipPlan(parsePlan(clip), signal)
  if (isList(clip)) return clip.flatMap((one) => asClipPlan(one, signal))
  if ('threshold' in clip) return [clipOf(clip as ClipRule)]
  if ('rule' in clip) return [clip as Clip]
  const config = clip as ClipConfig
  const made = createClip(config)
  return [made.rule.listensTo === undefined || config['signal'] !== undefined ? made : createClip({ ...config, signal })]
}

const isList = (clip: ClipLike): clip is readonly ClipLike[] => Array.isArray(clip)
