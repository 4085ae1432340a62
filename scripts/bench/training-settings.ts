/** The trainings that all programs run with equal settings. */

export interface TrainingSettings {
  readonly algo: 'ppo' | 'a2c'
  readonly envs: number
  /** Per environment. */
  readonly rolloutSteps: number
  readonly minibatch: number
  readonly epochs: number
  readonly learningRate: number
  /** Down to 0 over the run. */
  readonly anneal: boolean
  readonly lambda: number
  readonly entropyCoefficient: number
  /** Of half the squared error. */
  readonly valueCoefficient: number
  readonly valueClip: number | null
  readonly seed: number
  /** Of the whole run. */
  readonly steps: number
}

const SEED = 1

/** CartPole, networks of 2 × 64 tanh for actor and critic, γ 0.99, gradients clipped to a joint norm of 0.5. */
export const SETTINGS = {
  /** ppo.py of CleanRL. */
  cleanrl: {
    ...{ algo: 'ppo', envs: 4, rolloutSteps: 128, minibatch: 128, epochs: 4, learningRate: 2.5e-4, anneal: true, lambda: 0.95 },
    ...{ entropyCoefficient: 0.01, valueCoefficient: 0.5, valueClip: 0.2, seed: SEED },
  },
  /** PPO of Stable-Baselines3. */
  sb3: {
    ...{ algo: 'ppo', envs: 1, rolloutSteps: 2048, minibatch: 64, epochs: 10, learningRate: 3e-4, anneal: false, lambda: 0.95 },
    ...{ entropyCoefficient: 0, valueCoefficient: 1, valueClip: null, seed: SEED },
  },
  large: {
    ...{ algo: 'ppo', envs: 64, rolloutSteps: 128, minibatch: 2048, epochs: 4, learningRate: 1e-3, anneal: true, lambda: 0.95 },
    ...{ entropyCoefficient: 0.01, valueCoefficient: 0.5, valueClip: 0.2, seed: SEED },
  },
  /** A2C of Stable-Baselines3, 8 environments. */
  a2c: {
    ...{ algo: 'a2c', envs: 8, rolloutSteps: 5, minibatch: 40, epochs: 1, learningRate: 7e-4, anneal: false, lambda: 1 },
    ...{ entropyCoefficient: 0, valueCoefficient: 1, valueClip: null, seed: SEED },
  },
} as const satisfies Readonly<Record<string, Omit<TrainingSettings, 'steps'>>>
