/** What the parts of checkEnv share: how to report, and when two values are the same. */
import type { Env } from '../core.js'

export interface Finding {
  readonly level: 'error' | 'warning'
  /** Where: 'reset', 'step', 'observationSpace', … */
  readonly where: string
  readonly message: string
  /** What to do about it. */
  readonly remedy: string
}

export type Report = (level: Finding['level'], where: string, message: string, remedy: string) => void

// biome-ignore lint/suspicious/noExplicitAny: any environment can be checked
export type AnyEnv = Env<any, any>

/** A value as text that is equal exactly when the value is, NaN, infinity and −0 included. Typed arrays are copied thereby. */
export function kept(value: unknown): string {
  return JSON.stringify(value, exactly) ?? 'undefined'
}

function exactly(_key: string, value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return Array.from(value as Float64Array, (x) => exactly('', x))
  if (typeof value !== 'number' || (Number.isFinite(value) && !Object.is(value, -0))) return value
  return `number ${Object.is(value, -0) ? '-0' : value}`
}

export const saved = (env: AnyEnv): string => JSON.stringify(env.save())
