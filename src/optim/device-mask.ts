/**
 * A step of a tfjs optimiser that is taken or not, as a tensor says that never leaves the device: what the step changed is put back by
 * `where`. Selecting is the only way: a gradient that is not finite times 0 is not 0.
 */
import { fill, type Optimizer, scalar, type Tensor, tidy, type Variable, where } from '@tensorflow/tfjs-core'
import { TfOptimizer } from './tf-optimizer.js'

type Insides = Readonly<Record<string, unknown>> & { readonly initialAccumulatorValue?: number }

const KNOWN: readonly string[] = ['SGD', 'Momentum', 'Adam', 'Adamax', 'RMSProp', 'Adagrad', 'Adadelta']

/** Whether it is known where the optimiser keeps its moments. */
export const canMask = (optimizer: Optimizer): boolean => optimizer instanceof TfOptimizer || KNOWN.includes(optimizer.getClassName())

/**
 * Lets the optimiser take its step, and undoes it where `take` is false.
 * @param variables those that the step may change @param step calls the optimiser's applyGradients
 */
export function maskedStep(optimizer: Optimizer, variables: readonly Variable[], take: Tensor, step: () => void): void {
  if (optimizer instanceof TfOptimizer) {
    optimizer.takeWhere(take, step)
    return
  }
  const before = new Map([...variables, ...momentsOf(optimizer)].map((variable) => [variable, variable.clone()]))
  try {
    step()
    for (const [variable, old] of before) putBack(variable, take, old)
    for (const moment of momentsOf(optimizer)) {
      if (before.has(moment)) continue // made in this step
      const first = moment.size === 1 ? scalar(initial(optimizer)) : fill(moment.shape, initial(optimizer))
      putBack(moment, take, first)
      first.dispose()
    }
  } finally {
    for (const old of before.values()) old.dispose()
  }
}

/** Steps that the host counted and the device did not take. */
export function uncount(optimizer: Optimizer, steps: number): void {
  if (optimizer instanceof TfOptimizer) optimizer.uncount(steps)
  else (optimizer as unknown as { iterations_: number }).iterations_ -= steps
}

function putBack(variable: Variable, take: Tensor, old: Tensor): void {
  const chosen = tidy(() => where(take, variable, old))
  variable.assign(chosen)
  chosen.dispose()
}

/** tfjs keeps them in fields: variables, or lists of { originalName, variable }. */
function momentsOf(optimizer: Optimizer): Variable[] {
  return Object.values(optimizer as unknown as Insides).flatMap((field) =>
    isVariable(field)
      ? [field]
      : Array.isArray(field)
        ? field.flatMap((one) => (isVariable(one?.variable) ? [one.variable as Variable] : []))
        : [],
  )
}

const isVariable = (value: unknown): value is Variable =>
  typeof value === 'object' && value !== null && 'assign' in value && 'dataId' in value

/** What the accumulators of tfjs start from. */
const initial = (optimizer: Optimizer): number => (optimizer as unknown as Insides).initialAccumulatorValue ?? 0
