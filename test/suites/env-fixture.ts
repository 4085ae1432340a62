/** Compares an environment with the trajectories that Gymnasium recorded (test/fixtures/envs.json and envs-options.json). */
import { describe, expect, test } from 'vitest'
import { type EnvOptions, make } from '../../envs/registry.js'
import { fixture } from '../support/fixtures.js'

// biome-ignore lint/suspicious/noExplicitAny: fixture rows
type Row = any

export interface Tolerance {
  /** Of observations; 0: exactly equal. */
  readonly observations?: number
  /** Of rewards, absolute. Default 1e-9. */
  readonly rewards?: number
}

/** Every trajectory of `id`: observations, rewards, both flags, `prob`, steps after an end, and resets with options. */
export function gymnasiumTrajectories(id: string, { observations = 0, rewards = 1e-9 }: Tolerance = {}): void {
  const cases = [...fixture('envs').cases, ...fixture('envs-options').cases].filter((c: Row) => c.env === id)

  describe(`${id} goes where Gymnasium's goes`, () => {
    test.each<Row>(cases.filter((c: Row) => c.episodes))(
      '$name, seed $seed, $kwargs',
      ({ kwargs, episodes, max_episode_steps: maxEpisodeSteps }) => {
        const env = make(id, optionsOf(kwargs), { maxEpisodeSteps })
        for (const episode of episodes) {
          const [first, info] = env.reset(episode.seed === null ? {} : { seed: episode.seed })
          expect(flat(first)).toBeAllClose(flat(episode.reset_obs), 0, observations)
          if (episode.reset_info !== undefined) expect(info).toEqual(optionsOf(episode.reset_info))
          const steps = episode.actions.map((action: Row) => env.step(action))
          expect(steps.flatMap(([observation]: Row) => flat(observation))).toBeAllClose(episode.obs.flatMap(flat), 0, observations)
          expect(steps.map(([, reward]: Row) => reward)).toBeAllClose(episode.rewards, 0, rewards)
          expect(steps.map(([, , terminated]: Row) => terminated)).toEqual(episode.terminated)
          expect(steps.map(([, , , truncated]: Row) => truncated)).toEqual(episode.truncated)
          if (episode.prob !== undefined) expect(steps.map((step: Row) => step[4].prob)).toEqual(episode.prob)
          if (episode.action_mask !== undefined) expect(steps.map((step: Row) => step[4].actionMask.join(''))).toEqual(episode.action_mask)
          for (const { action, obs, reward, terminated, truncated } of episode.after_end ?? []) {
            const [observation, ...rest] = env.step(action)
            expect([flat(observation), ...rest.slice(0, 3)]).toEqual([flat(obs), reward, terminated, truncated])
          }
        }
      },
    )

    test.each<Row>(cases.filter((c: Row) => c.resets))('resets with $options', ({ seed, options, resets }) => {
      const env = make(id)
      const firsts = resets.map((_: Row, i: number) => flat(env.reset({ ...(i === 0 && { seed }), options: optionsOf(options) })[0]))
      expect(firsts.flat()).toBeAllClose(resets.flat(), 0, observations)
    })
  })
}

/** Options, and what is told in `info`, in our spelling: `map_name` is `mapName`. The time limit is no option of the environment. */
function optionsOf(kwargs: Readonly<Record<string, Row>> = {}): EnvOptions {
  const own = Object.entries(kwargs).filter(([name]) => name !== 'max_episode_steps')
  return Object.fromEntries(own.map(([name, value]) => [name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()), value]))
}

const flat = (observation: Row): number[] => (typeof observation === 'number' ? [observation] : [...observation])
