/**
 * Which actions an environment allows now, as it says in `info.actionMask` (Gymnasium's and sb3-contrib's `action_mask` too): 1 for every choice
 * that may be taken. Several choices at once (MultiDiscrete, MultiBinary as pairs of "off, on"): one list for each, or all in one.
 *
 * Whether there are masks is seen once, after a reset; an environment that then leaves one out allows everything. A masked policy is
 * another policy (Huang and Ontañón 2020, arXiv:2006.14171): masks belong to acting, training and evaluation alike.
 */
import type { Info } from '../../envs/core.js'
import type { VectorEnv } from '../../envs/vector/vector-env.js'
import { RunError, UsageError } from '../../src/core/errors.js'
import type { Acting, ActionAdapter } from './actions.js'

export interface ActionMasks {
  /** [N, columns of logits] 1 where a choice is allowed in the observations that stand now; its own array, rewritten by `read`. */
  readonly current: Uint8Array
  /**
   * Reads the masks that stand now.
   * @param when said in errors: 'at step 3 of the rollout'
   * @throws RunError when a mask has another form, or allows nothing
   */
  read(infos: readonly Info[], when: string): void
}

/**
 * The masks of environments that have just been reset.
 * @returns null where they give none, or `masks` is 'off'
 * @throws UsageError when they give masks to actions that are not choices; RunError as `read`
 */
export function actionMasks(
  venv: VectorEnv,
  { distribution: { choices } }: ActionAdapter,
  { masks = 'auto' }: Acting = {},
): ActionMasks | null {
  const infos = masks === 'off' ? [] : (venv.infos?.() ?? [])
  const name = venv.spec?.id ?? 'environment'
  if (!infos.some((info) => maskIn(info) !== undefined)) return null
  if (choices === undefined) {
    throw new UsageError(
      `${name}: info.actionMask: expected masks with discrete actions only, got one with ${venv.actionSpace.kind} actions; set masks=off.`,
    )
  }
  const width = choices.reduce((sum, n) => sum + n, 0)
  const current = new Uint8Array(venv.numEnvs * width)
  const reader: ActionMasks = {
    current,
    read(told, when) {
      for (let i = 0; i < venv.numEnvs; i++) {
        const mask = maskIn(told[i] ?? {})
        const row = current.subarray(i * width, (i + 1) * width)
        const where = () => `${name}: the action mask of environment ${i} ${when}`
        if (mask === undefined) row.fill(1)
        else write(mask, choices, row, where)
        checkSome(row, choices, where)
      }
    },
  }
  reader.read(infos, 'after reset')
  return reader
}

const maskIn = (info: Info): unknown => info['actionMask'] ?? info['action_mask'] ?? undefined

/** @param where said in errors, made only then: this runs at every step */
function write(mask: unknown, choices: readonly number[], row: Uint8Array, where: () => string): void {
  const nested = isList(mask) && isList(mask[0])
  const lists: readonly unknown[] = nested ? Array.from(mask) : [mask]
  const sizes = nested ? choices : [row.length]
  if (lists.length !== sizes.length) throw misfit(where(), choices, mask)
  let at = 0
  for (let c = 0; c < lists.length; c++) {
    const list = lists[c]
    if (!isList(list) || list.length !== sizes[c]) throw misfit(where(), choices, mask)
    for (let k = 0; k < list.length; k++) {
      const allowed = Number(list[k])
      if (allowed !== 0 && allowed !== 1) throw misfit(where(), choices, mask)
      row[at++] = allowed
    }
  }
}

function checkSome(row: Uint8Array, choices: readonly number[], where: () => string): void {
  for (let c = 0, at = 0; c < choices.length; at += choices[c]!, c++) {
    const own = row.subarray(at, at + choices[c]!)
    if (own.includes(1)) continue
    const which = choices.length === 1 ? '' : ` for choice ${c}`
    throw new RunError(
      `${where()} allows nothing${which}: expected at least one 1 among ${choices[c]} choices, got [${own.join(', ')}]. ` +
        'An episode without a legal action must end; or set masks=off.',
    )
  }
}

const isList = (value: unknown): value is ArrayLike<unknown> =>
  Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView))

function misfit(where: string, choices: readonly number[], mask: unknown): RunError {
  const total = choices.reduce((sum, n) => sum + n, 0)
  const lists = choices.length === 1 ? '' : `, or lists of ${choices.join(', ')}`
  return new RunError(`${where}: expected ${total} numbers${lists}, each 0 or 1, got ${JSON.stringify(plain(mask)) ?? String(mask)}.`)
}

/** Typed arrays as lists. */
const plain = (value: unknown): unknown => (isList(value) ? Array.from(value, plain) : value)
