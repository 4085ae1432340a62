/** The laws that every wrapper of a vector environment keeps, and its equality with the wrapper of single environments. */
import { describe, expect, test } from 'vitest'
import { drawing } from '../../envs/canvas/canvas.js'
import type { Env } from '../../envs/core.js'
import type { Json } from '../../envs/json.js'
import { make, makeVec } from '../../envs/registry.js'
import { writeFlat } from '../../envs/spaces/flat.js'
import { serial } from '../../envs/vector/serial.js'
import type { AutoresetMode, VectorEnv } from '../../envs/vector/vector-env.js'

const MODES: readonly AutoresetMode[] = ['same-step', 'next-step', 'disabled']

export interface VectorWrapperChoices {
  /** Environment to wrap. Default Pendulum-v1, with episodes of 7 steps. */
  readonly id?: string
  /** The same wrapper of a single environment, where the rows are its business alone. */
  // biome-ignore lint/suspicious/noExplicitAny: any environment
  readonly single?: (env: Env<any, any>) => Env<any, any>
}

export function vectorWrapperSuite(
  name: string,
  wrap: (venv: VectorEnv) => VectorEnv,
  { id = 'Pendulum-v1', single }: VectorWrapperChoices = {},
): void {
  const bare = (autoreset: AutoresetMode = 'same-step') => makeVec(id, { numEnvs: 3, autoreset, maxEpisodeSteps: 7 })

  describe(`${name} keeps the laws of vector wrappers`, () => {
    test.each(MODES)('saved through JSON in mode %s it goes on the same way', (autoreset) => {
      const [one, two] = [wrap(bare(autoreset)), wrap(bare(autoreset))]
      one.reset({ seed: 4 })
      onward(one, 17)
      two.load(JSON.parse(JSON.stringify(one.save())) as Json)
      expect(two.save()).toEqual(one.save())
      expect(onward(two, 40)).toEqual(onward(one, 40))
    })

    test('a state saved without it is refused', () => {
      expect(() => wrap(bare()).load(bare().save())).toThrow('make the environments as they were made when they were saved')
      expect(() => wrap(bare()).load(null)).toThrow('expected an object, got null')
    })

    test('the arrays of a step are the same objects every time', () => {
      const venv = wrap(bare())
      const first = venv.reset({ seed: 0 })
      const actions = new Float32Array(3 * venv.actionSpace.size)
      const step = venv.step(actions)
      expect(step.observations).toBe(first)
      expect(venv.step(actions)).toBe(step)
      expect(first).toHaveLength(3 * venv.observationSpace.size)
    })

    test('a reset by mask leaves the other rows as they are', () => {
      const venv = wrap(bare('disabled'))
      venv.reset({ seed: 0 })
      const before = [...venv.step(new Float32Array(3 * venv.actionSpace.size)).observations]
      const after = [...venv.reset({ mask: [0, 1, 0] })]
      const width = venv.observationSpace.size
      const others = (rows: number[]) => [...rows.slice(0, width), ...rows.slice(2 * width)]
      expect(others(after)).toEqual(others(before))
      expect(after.slice(width, 2 * width)).not.toEqual(before.slice(width, 2 * width))
    })

    test('draws, saves one and closes what is inside; tells its episodes', () => {
      let closed = 0
      const inner: VectorEnv = { ...bare(), close: () => closed++ }
      const venv = wrap(inner)
      venv.reset({ seed: 0 })
      for (let t = 0; t < 7; t++) venv.step(new Float32Array(3 * venv.actionSpace.size))
      expect(drawing((canvas) => venv.draw!(1, canvas))).toEqual(drawing((canvas) => inner.draw!(1, canvas)))
      expect(venv.saveOne(1)).toEqual(inner.saveOne(1))
      const last = new Float32Array(3 * venv.actionSpace.size)
      for (let t = 0; t < 6; t++) venv.step(last)
      expect(venv.step(last).episodes).toMatchObject([0, 1, 2].map((env) => ({ env, length: 7, truncated: true })))
      venv.close()
      expect(closed).toBe(1)
      const { draw: _, ...blind } = bare()
      expect('draw' in wrap(blind)).toBe(false)
    })

    test('refuses wrong actions', () => {
      const venv = wrap(bare())
      venv.reset({ seed: 0 })
      expect(() => venv.step([])).toThrow('expected 3 numbers (3 environments, 1 each), got 0')
      expect(() => venv.step([0, Number.NaN, 0])).toThrow('environment 1: expected')
    })

    if (single !== undefined) {
      test.each(MODES)('does in mode %s what the wrappers of single environments do', (autoreset) => {
        const apart = serial(() => single(make(id, {}, { maxEpisodeSteps: 7 })), { numEnvs: 3, autoreset })
        const together = wrap(makeVec(id, { numEnvs: 3, autoreset, maxEpisodeSteps: 7 }))
        expect(together.observationSpace.equals(apart.observationSpace)).toBe(true)
        expect(together.actionSpace.equals(apart.actionSpace)).toBe(true)
        expect([...together.reset({ seed: 6 })]).toEqual([...apart.reset({ seed: 6 })])
        expect(onward(together, 30)).toEqual(onward(apart, 30))
      })
    }
  })
}

function onward(venv: VectorEnv, steps: number): unknown[] {
  venv.actionSpace.seed(5)
  const { size } = venv.actionSpace
  const actions = new Float32Array(venv.numEnvs * size)
  return Array.from({ length: steps }, () => {
    for (let i = 0; i < venv.numEnvs; i++) writeFlat(venv.actionSpace, venv.actionSpace.sample(), actions, i * size)
    const { observations, rewards, terminated, truncated, finalObservations } = venv.step(actions)
    const ended = terminated.map((over, i) => over | truncated[i]!)
    const width = finalObservations.length / venv.numEnvs
    const finals = [...finalObservations].filter((_, i) => ended[Math.floor(i / width)])
    const told = [[...observations], [...rewards], [...terminated], [...truncated], finals]
    if (venv.autoreset === 'disabled' && ended.includes(1)) return [...told, [...venv.reset({ mask: ended })]]
    return told
  })
}
