/**
 * One tf.Optimizer for all our rules: it counts steps, saves and loads; the moments are kept in tf-moments.ts, the arithmetic is the rule's
 * (tf-rule.ts) and runs on the device, nothing is read back.
 *
 * Unlike the optimisers of tfjs it keeps moments by the variable's name, not by its position in a list; each variable counts its own steps,
 * one without a gradient waits; and what is saved with a model goes on bit for bit: counters are exact numbers, not recomputed powers.
 * Gradients that are not finite are not looked for: `withClipping(optimizer, 'none')` leaves out such steps.
 */
import {
  dispose,
  engine,
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
import { sameShape, TfMoments, type TfSlot } from './tf-moments.js'
import { rmspropRule } from './tf-rmsprop.js'
import type { TfRule, TfRuleFactory } from './tf-rule.js'
import { sgdRule } from './tf-sgd.js'
import { readTfState, tfStateTensor } from './tf-state.js'
import { gradientsByName, type NamedTensor } from './variable-gradients.js'

export interface TfOptimizerOptions {
  /** Lowers the rate when the numbers that `reportProgress` is given stop getting better. Default: never. */
  readonly plateau?: PlateauOptions | null
}

export type TfRuleName = keyof typeof RULES

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
  private readonly moments: TfMoments
  /** Of the step in hand: whether it is to be taken; null: it is. */
  private take: Tensor | null = null

  /** Use `tfAdam`, `tfAdamW`, `tfRmsprop` or `tfSgd`. @throws RangeError when an option is out of range, of the wrong type or misspelt */
  constructor(ruleName: TfRuleName, learningRate: RateSchedule, options: object & TfOptimizerOptions = {}) {
    super()
    const { plateau = null, ...ruleOptions } = options as Readonly<Record<string, unknown>> & TfOptimizerOptions
    this.ruleName = ruleName
    this.rule = RULES[ruleName](ruleOptions)
    this.schedule = checkRateSchedule(`${LABELS[ruleName]}: learningRate`, learningRate)
    this.plateauSettings = plateau === null ? null : plateauSettings(plateau)
    const { rule } = this
    this.moments = new TfMoments(LABELS[ruleName], rule.moments)
    if (rule.secondMoment) {
      this.secondMomentOf = (variable, corrected) => {
        const slot = this.moments.of(variable)
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
    const given = [...gradientsByName(gradients)]
    const variables = given.map(([name, gradient]) => this.checked(name, gradient))
    this.moments.meet(variables)
    const rate = this.learningRate * this.rateFactor
    const constants = new Map<number, Scalar>() // one set for all variables
    const constant = (value: number): Scalar => {
      const known = constants.get(value) ?? keep(scalar(value))
      constants.set(value, known)
      return known
    }
    try {
      given.forEach(([name, gradient], i) => {
        if (gradient) tidy(() => this.step(variables[i]!, gradient, this.moments.of(name)!, rate, constant))
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
    this.moments.uncount(steps)
  }

  /** Moments and the variables' step counters start anew; the schedule goes on. */
  resetMoments(): void {
    this.moments.dispose()
  }

  /** The moments, which stay this optimiser's, then one text with counters, which the caller disposes. */
  override async getWeights(): Promise<NamedTensor[]> {
    const { ruleName: rule, iterations, plateau } = this
    const { names: moments, records: variables } = this.moments
    const state = tfStateTensor({ rule, moments, iterations, plateau, variables })
    return [...this.moments.tensors(), { name: STATE, tensor: state }]
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
    const state = await readTfState(own.tensor, label, this.ruleName, this.moments.names)
    this.moments.load(state.variables, weights)
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
    this.moments.dispose()
  }

  private step(variable: Variable, gradient: Tensor, slot: TfSlot, rate: number, constant: (value: number) => Scalar): void {
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
}

serialization.registerClass(TfOptimizer)

const LABELS = { adam: 'tfAdam', rmsprop: 'tfRmsprop', sgd: 'tfSgd' } as const satisfies Record<TfRuleName, string>
