/** The arrays in which a vector environment answers, made once and written over at every step: row i belongs to environment i. */
import type { Info } from '../core.js'
import type { VectorStep } from './vector-env.js'

export interface Rows {
  readonly observations: Float32Array
  readonly finalObservations: Float32Array
  readonly rewards: Float64Array
  readonly terminated: Uint8Array
  readonly truncated: Uint8Array
  /** What `step` returns, every time the same object. */
  readonly step: VectorStep
}

/** @param width numbers in one observation  @param infos asked only when somebody reads them */
export function answerRows(numEnvs: number, width: number, infos: () => readonly Info[]): Rows {
  const rows = {
    observations: new Float32Array(numEnvs * width),
    finalObservations: new Float32Array(numEnvs * width),
    rewards: new Float64Array(numEnvs),
    terminated: new Uint8Array(numEnvs),
    truncated: new Uint8Array(numEnvs),
  }
  const step: VectorStep = {
    ...rows,
    episodes: [],
    get infos() {
      return infos()
    },
  }
  return { ...rows, step }
}
