/** All the ways to say which clip, for programs: a name with options, a configuration, a rule, or a whole clip. */
import type { ClipConfig } from '../core/config/schema.js'
import { type Clip, clipOf } from './clip.js'
import { createClip, parseClip } from './registry.js'
import type { ClipRule } from './rule.js'

export type ClipLike = string | ClipConfig | ClipRule | Clip

/**
 * @param signal what a rule that listens hears when it comes by name and its `signal` is not said
 * @throws UsageError for a wrong name or option @throws RangeError for a rule that does not fit its words
 */
export function asClip(clip: ClipLike, signal: string): Clip {
  if (typeof clip === 'string') return asClip(parseClip(clip), signal)
  if ('threshold' in clip) return clipOf(clip as ClipRule)
  if ('rule' in clip) return clip as Clip
  const config = clip as ClipConfig
  const made = createClip(config)
  return made.rule.listensTo === undefined || config['signal'] !== undefined ? made : createClip({ ...config, signal })
}
