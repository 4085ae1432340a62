/** TransformAction: hands each action to the environment through a function of one's own. */
import type { Env } from '../core.js'
import type { Space } from '../spaces/space.js'
import { acting } from './wrapper.js'

export interface TransformActionOptions<B> {
  /** Where actions lie before the change. Default: where they lie after it. */
  readonly actionSpace?: Space<B>
}

/** @param change must depend on its argument alone, and leave it as it is */
export function transformAction<O, A, B = A>(
  env: Env<O, A>,
  change: (action: B) => A,
  { actionSpace = env.actionSpace as unknown as Space<B> }: TransformActionOptions<B> = {},
): Env<O, B> {
  return acting('TransformAction', env, actionSpace, change)
}
