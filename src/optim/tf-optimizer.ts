/**
 * One tf.Optimizer for all our rules: it keeps moments, counts steps, and saves and loads; the arithmetic is the rule's (tf-rule.ts) and
 * runs on the device, nothing is read back.
 *
 * Unlike the optimisers of tfjs it keeps moments by the variable's name, not by its position in a list; each variable counts its own steps,
 * one without a gradient waits; and what is saved with a model goes on bit for bit: counters are exact numbers, not recomputed powers.
 * Gradients that are not finite are not looked for: `withClipping(optimizer, 'none')` leaves out such steps.
 */
import {
  dispose,
  engine,
  fill,
  keep,
  type NamedTensorMap,
  Optimizer,
  type Scalar,
  scalar,
  serialization,
  type Tensor,
  tidy,
  type Variable,
  where,
} from '@tensorflow/tfjs-core'
import { RunError, UsageError } from '../core/errors.js'
import { checkRateSchedule, type RateSchedule, rateAt } from './rate-schedule.js'
import { observePlateau, PLATEAU_START, type PlateauOptions, type PlateauSettings, plateauSettings } from './reduce-on-plateau.js'
import { adamRule } from './tf-adam.js'
import { rmspropRule } from './tf-rmsprop.js'
import type { TfRule, TfRuleFactory } from './tf-rule.js'
import { sgdRule } from './tf-sgd.js'
import { readTfState, type TfSlotRecord, tfStateTensor } from './tf-state.js'
import { adoptedNames } from './variable-slots.js'

export interface TfOptimizerOptions {
  /** Lowers the rate when the numbers that `reportProgress` is given stop getting better. Default: never. */
  readonly plateau?: PlateauOptions | null
}

export type TfRuleName = keyof typeof RULES

type NamedTensor = { name: string; tensor: Tensor }

interface Slot {
  readonly shape: readonly number[]
  /** Steps that this variable took. */
  steps: number
  /** In the order of the rule's; kept until the next step. */
  moments: Tensor[]
}

const RULES = { adam: adamRule, rmsprop: rmspropRule, sgd: sgdRule } as const satisfies Record<string, TfRuleFactory>
const STATE = 'tau-rl/optimizer-state' // name of the one weight that is not a moment

export class TfOptimizer extends Optimizer {
  static get className(): string {
    return 'TauOptimizer'
  }

  /** tfjs calls everything an instance that has an optimiser's methods; subclasses would inherit that. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return Function.prototype[Symbol.hasInstance].call(TfOptimizer, value)
  }

  readonly ruleName: TfRuleName
  /** The learning rate is multiplied by this: for those who step on behalf of a clip rule that asks for smaller steps for a while. */
  rateFactor = 1
  /**
   * v of a variable, its bias corrected where it has one and that is asked for; null before its first step. The caller disposes it.
   * Absent: the rule keeps none.
   */
  readonly secondMomentOf?: (variable: string, corrected: boolean) => Tensor | null
  private readonly rule: TfRule
  private schedule: RateSchedule
  private readonly plateauSettings: PlateauSettings | null
  private plateau = PLATEAU_START
  /** By the variable's name. */
  private slots = new Map<string, Slot>()
  /** Of the step in hand: whether it is to be taken; null: it is. */
  private take: Tensor | null = null
  /** Loaded: the names are those of the program that saved, the first gradients tell today's. */
  private foreign = false

  /** Use `tfAdam`, `tfAdamW`, `tfRmsprop` or `tfSgd`. @throws RangeError when an option is out of range, of the wrong type or misspelt */
  constructor(ruleName: TfRuleName, learningRate: RateSchedule, options: object & TfOptimizerOptions = {}) {
    super()
    const { plateau = null, ...ruleOptions } = options as Readonly<Record<string, unknown>> & TfOptimizerOptions
    this.ruleName = ruleName
    this.rule = RULES[ruleName](ruleOptions)
    this.schedule = checkRateSchedule(`${LABELS[ruleName]}: learningRate`, learningRate)
    this.plateauSettings = plateau === null ? null : plateauSettings(plateau)
    const { rule } = this
    if (rule.secondMoment) {
      this.secondMomentOf = (variable, corrected) => {
        const slot = this.slots.get(variable)
        return slot && slot.steps > 0 ? tidy(() => rule.secondMoment!(slot.moments, slot.steps, corrected)) : null
      }
    }
  }

  /** ε; undefined where the rule has none. */
  get epsilon(): number | undefined {
    const { epsilon } = this.rule.options
    return typeof epsilon === 'number' ? epsilon : undefined
  }

  /** α of the coming step. Setting it puts a constant in the place of the schedule. */
  get learningRate(): number {
    return rateAt(this.schedule, this.iterations) * this.plateau.scale
  }

  set learningRate(value: number) {
    this.schedule = checkRateSchedule(`${LABELS[this.ruleName]}: learningRate`, value)
    this.plateau = { ...this.plateau, scale: 1 }
  }

  /**
   * A loss or a return, for the option `plateau`: once per epoch or so.
   * @throws UsageError without that option
   */
  reportProgress(value: number): void {
    if (this.plateauSettings === null) throw new UsageError(`${LABELS[this.ruleName]}: reportProgress needs the option plateau`)
    this.plateau = observePlateau(this.plateauSettings, this.plateau, value)
  }

  /**
   * @throws UsageError for a gradient of no known variable, or of another shape than its variable
   * @throws RunError when a variable changed its shape, or a loaded state belongs to others; then nothing is changed
   */
  applyGradients(gradients: NamedTensorMap | NamedTensor[]): void {
    const given: [name: string, gradient: Tensor | null | undefined][] = Array.isArray(gradients)
      ? gradients.map(({ name, tensor }) => [name, tensor])
      : Object.entries(gradients)
    const variables = given.map(([name, gradient]) => this.checked(name, gradient))
    this.meet(variables)
    const rate = this.learningRate * this.rateFactor
    const constants = new Map<number, Scalar>() // one set for all variables
    const constant = (value: number): Scalar => {
      const known = constants.get(value) ?? keep(scalar(value))
      constants.set(value, known)
      return known
    }
    try {
      given.forEach(([name, gradient], i) => {
        if (gradient) tidy(() => this.step(variables[i]!, gradient, this.slots.get(name)!, rate, constant))
      })
    } finally {
      dispose([...constants.values()])
    }
    this.incrementIterations()
  }

  /**
   * The steps within `step` change weights and moments only where `take` is true, a tensor of one flag that is not read. The host counts
   * them all the same, until `uncount`.
   */
  takeWhere(take: Tensor, step: () => void): void {
    this.take = take
    try {
      step()
    } finally {
      this.take = null
    }
  }

  /** The last `steps` steps were not taken: counters and schedule go back. */
  uncount(steps: number): void {
    this.iterations_ = Math.max(0, this.iterations - steps)
    for (const slot of this.slots.values()) slot.steps = Math.max(0, slot.steps - steps)
  }

  /** Moments and the variables' step counters start anew; the schedule goes on. */
  resetMoments(): void {
    this.disposeMoments()
  }

  /** The moments, which stay this optimiser's, then one text with counters, which the caller disposes. */
  override async getWeights(): Promise<NamedTensor[]> {
    const moments = this.rule.moments.map(([name]) => name)
    const weights = [...this.slots].flatMap(([variable, slot]) =>
      slot.moments.map((tensor, i) => ({ name: `${variable}/${moments[i]}`, tensor })),
    )
    const variables = [...this.slots].map(([name, { shape, steps }]) => ({ name, shape, steps }))
    const { ruleName: rule, iterations, plateau } = this
    return [...weights, { name: STATE, tensor: tfStateTensor({ rule, moments, iterations, plateau, variables }) }]
  }

  /** @throws RunError when it was saved by another optimiser, or something is missing; then nothing is changed */
  override async setWeights(weights: NamedTensor[]): Promise<void> {
    const own = weights.find(({ name }) => name === STATE)
    const label = LABELS[this.ruleName]
    if (!own) {
      const got =
        weights.length === 0
          ? 'none'
          : weights
              .map(({ name }) => name)
              .slice(0, 4)
              .join(', ')
      throw new RunError(`${label}: expected a weight "${STATE}" among the optimizer's weights, got ${got}`)
    }
    const moments = this.rule.moments.map(([name]) => name)
    const state = await readTfState(own.tensor, label, this.ruleName, moments)
    const byName = new Map(weights.map(({ name, tensor }) => [name, tensor]))
    const found = state.variables.map((record) => ({ record, tensors: momentsOf(label, record, moments, byName) }))
    this.disposeMoments()
    for (const { record, tensors } of found) {
      this.slots.set(record.name, { shape: record.shape, steps: record.steps, moments: tensors.map((tensor) => keep(tensor.clone())) })
    }
    this.foreign = found.length > 0
    this.iterations_ = state.iterations
    this.plateau = state.plateau
  }

  /** One text, without underscores: tfjs changes those in every key and string of a configuration when it loads. */
  override getConfig(): serialization.ConfigDict {
    const { ruleName: rule, schedule, plateauSettings: plateau } = this
    const settings = { rule, learningRate: schedule, options: { ...this.rule.options, plateau } }
    return { settings: JSON.stringify(settings) }
  }

  static override fromConfig<T extends serialization.Serializable>(
    _cls: serialization.SerializableConstructor<T>,
    config: serialization.ConfigDict,
  ): T {
    const { rule, learningRate, options } = JSON.parse(String(config['settings']))
    if (!Object.hasOwn(RULES, rule)) throw new UsageError(`TauOptimizer: there is no rule ${JSON.stringify(rule)}`)
    return new TfOptimizer(rule, learningRate, options) as unknown as T
  }

  /** Gives the moments back. An optimiser that steps again afterwards starts anew. */
  override dispose(): void {
    this.disposeMoments()
  }

  private step(variable: Variable, gradient: Tensor, slot: Slot, rate: number, constant: (value: number) => Scalar): void {
    slot.steps++
    const next = this.rule.update(variable, gradient, slot.moments, { count: slot.steps, rate, constant })
    const { take } = this
    const before = [variable, ...slot.moments]
    const [parameter, ...moments] = take === null ? next : next.map((after, i) => where(take, after, before[i]!))
    variable.assign(parameter!)
    dispose(slot.moments)
    slot.moments = moments.map((tensor) => keep(tensor))
  }

  private checked(name: string, gradient: Tensor | null | undefined): Variable {
    const label = LABELS[this.ruleName]
    const variable = engine().registeredVariables[name]
    if (!variable) throw new UsageError(`${label}: no variable is called "${name}"; gradients are named after their variables`)
    if (gradient && !sameShape(gradient.shape, variable.shape))
      throw new UsageError(`${label}: expected a gradient of [${variable.shape}] for "${name}", got [${gradient.shape}]`)
    return variable
  }

  /** Makes room for variables that were not seen before. */
  private meet(variables: readonly Variable[]): void {
    const label = LABELS[this.ruleName]
    if (this.foreign) {
      const saved = [...this.slots].map(([name, slot]) => ({ name, shape: slot.shape, slot }))
      const names = adoptedNames(label, saved, variables)
      this.slots = new Map(saved.map(({ slot }, i) => [names[i]!, slot]))
      this.foreign = false
    }
    for (const { name, shape } of variables) {
      const slot = this.slots.get(name)
      if (slot && !sameShape(slot.shape, shape))
        throw new RunError(`${label}: the variable "${name}" was [${slot.shape}] and is [${shape}] now; make a new optimizer for it`)
    }
    for (const { name, shape } of variables) {
      if (this.slots.has(name)) continue
      const moments = this.rule.moments.map(([, initial]) => keep(fill(shape, initial)))
      this.slots.set(name, { shape: [...shape], steps: 0, moments })
    }
  }

  private disposeMoments(): void {
    for (const { moments } of this.slots.values()) dispose(moments)
    this.slots.clear()
  }
}

serialization.registerClass(TfOptimizer)

const LABELS = { adam: 'tfAdam', rmsprop: 'tfRmsprop', sgd: 'tfSgd' } as const satisfies Record<TfRuleName, string>

function momentsOf(
  label: string,
  { name, shape }: TfSlotRecord,
  moments: readonly string[],
  weights: ReadonlyMap<string, Tensor>,
): Tensor[] {
  return moments.map((moment) => {
    const tensor = weights.get(`${name}/${moment}`)
    if (!tensor || !sameShape(tensor.shape, shape))
      throw new RunError(`${label}: expected a weight "${name}/${moment}" of [${shape}], got ${tensor ? `[${tensor.shape}]` : 'none'}`)
    return tensor
  })
}

const sameShape = (a: readonly number[], b: readonly number[]): boolean => a.length === b.length && a.every((n, i) => n === b[i])
