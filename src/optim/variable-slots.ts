/**
 * Which tfjs variable is which parameter. The optimisers of tfjs keep their moments by position in the list of gradients, so a wrapper must
 * hand over the same variables in the same order at every step; this list is that order. It only grows.
 *
 * A parameter keeps the name under which it was first seen: after a model was saved and loaded, tfjs may call the variable otherwise.
 */
import { RunError } from '../core/errors.js'
import type { Json } from '../core/json.js'
import type { ParameterSlot } from './layout.js'

/** `variable` is the name that tfjs knows now. */
export type VariableSlot = Omit<ParameterSlot, 'offset' | 'size'> & { readonly variable: string }

export interface IncomingVariable {
  readonly name: string
  readonly shape: readonly number[]
}

/** Says what a variable is part of. */
export type GroupVariable = (variable: string) => { readonly network: string; readonly layer: string }

/** 'dense_1/kernel' → layer 'dense_1' of network 'model'; 'actor/dense_1/kernel' → layer 'actor/dense_1' of network 'actor'. */
export const groupByPath: GroupVariable = (variable) => {
  const parts = variable.split('/')
  return { network: parts.length > 2 ? parts[0]! : 'model', layer: parts.length > 1 ? parts.slice(0, -1).join('/') : variable }
}

/** The known slots, and one more for each variable that was not seen before; the same list when there is none. */
export function withNew(
  known: readonly VariableSlot[],
  incoming: readonly IncomingVariable[],
  group: GroupVariable,
): readonly VariableSlot[] {
  const seen = new Set(known.map(({ variable }) => variable))
  const fresh = incoming.filter(({ name }) => !seen.has(name))
  if (fresh.length === 0) return known
  return [...known, ...fresh.map(({ name, shape }) => ({ variable: name, name, shape: [...shape], ...group(name) }))]
}

/**
 * The saved slots with today's variable names: by name where every incoming variable is known, else by position.
 * @throws RunError when neither fits
 */
export function adopted(saved: readonly VariableSlot[], incoming: readonly IncomingVariable[]): readonly VariableSlot[] {
  const known = saved.map(({ variable, shape }) => ({ name: variable, shape }))
  const names = adoptedNames('withClipping', known, incoming)
  return saved.map((slot, i) => (slot.variable === names[i] ? slot : { ...slot, variable: names[i]! }))
}

/**
 * Today's name of each saved variable: its own where every incoming variable is known by its name, else that of the same position.
 * @param where opens the message: 'withClipping'
 * @throws RunError when neither fits
 */
export function adoptedNames(where: string, saved: readonly IncomingVariable[], incoming: readonly IncomingVariable[]): string[] {
  const shapes = new Map(saved.map(({ name, shape }) => [name, shape]))
  if (incoming.every(({ name, shape }) => sameShape(shapes.get(name), shape))) return saved.map(({ name }) => name)
  const fits = incoming.length === saved.length && incoming.every(({ shape }, i) => sameShape(saved[i]!.shape, shape))
  if (fits) return incoming.map(({ name }) => name)
  const list = (variables: readonly IncomingVariable[]) => variables.map((v) => `${v.name} [${v.shape}]`).join(', ')
  throw new RunError(`${where}: the saved optimizer belongs to other variables: expected ${list(saved)}; got ${list(incoming)}`)
}

/** @throws RunError when it is not a list of slots */
export function readSlots(saved: Json | undefined): VariableSlot[] {
  if (!Array.isArray(saved)) throw new RunError('withClipping: the saved state has no list of variables')
  return saved.map((entry: unknown) => {
    const { variable, name, network, layer, shape } = (entry ?? {}) as Record<string, unknown>
    const texts = [variable, name, network, layer]
    if (!texts.every((text) => typeof text === 'string') || !Array.isArray(shape) || !shape.every((n) => Number.isSafeInteger(n)))
      throw new RunError(`withClipping: the saved state has a variable that cannot be read: ${JSON.stringify(entry)}`)
    return { variable, name, network, layer, shape } as VariableSlot
  })
}

const sameShape = (a: readonly number[] | undefined, b: readonly number[]): boolean =>
  a !== undefined && a.length === b.length && a.every((n, i) => n === b[i])
