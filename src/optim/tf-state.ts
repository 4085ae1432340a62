/** What our tf optimisers save beside their moments: one text, because counters must stay exact numbers and tfjs keeps only tensors. */
import { type Tensor, tensor } from '@tensorflow/tfjs-core'
import { RunError } from '../core/errors.js'
import type { PlateauState } from './reduce-on-plateau.js'

export interface TfSlotRecord {
  /** As the saving program called the variable. */
  readonly name: string
  readonly shape: readonly number[]
  /** Steps that it took. */
  readonly steps: number
}

export interface TfState {
  readonly rule: string
  readonly moments: readonly string[]
  /** Steps of the optimiser. */
  readonly iterations: number
  readonly plateau: PlateauState
  readonly variables: readonly TfSlotRecord[]
}

const VERSION = 1

/** The caller disposes it. */
export const tfStateTensor = (state: TfState): Tensor => tensor([JSON.stringify({ version: VERSION, ...state })], [1], 'string')

/**
 * @param label opens each message: 'tfAdam'
 * @throws RunError when it was saved by another rule or version, or for other moments
 */
export async function readTfState(from: Tensor, label: string, rule: string, moments: readonly string[]): Promise<TfState> {
  const [text] = (await from.data<'string'>()) as unknown as string[]
  const { version, ...state } = JSON.parse(text!) as TfState & { readonly version: number }
  const refuse = (what: string, expected: unknown, got: unknown) =>
    new RunError(`${label}: the saved state does not fit: expected ${what} ${JSON.stringify(expected)}, got ${JSON.stringify(got)}`)
  if (version !== VERSION) throw refuse('version', VERSION, version)
  if (state.rule !== rule) throw refuse('rule', rule, state.rule)
  if (!moments.every((name) => state.moments.includes(name))) throw refuse('moments', moments, state.moments)
  return state
}
