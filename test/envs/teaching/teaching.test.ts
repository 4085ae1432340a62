import { describe, expect, test } from 'vitest'
import { make } from '../../../envs/registry.js'

const IDENTITIES = [
  'teaching/Identity-v0',
  'teaching/IdentityBox-v0',
  'teaching/IdentityMultiBinary-v0',
  'teaching/IdentityMultiDiscrete-v0',
] as const

describe('Identity', () => {
  test.each(IDENTITIES)('%s: doing what is seen earns the most, and an episode has 20 steps', (id) => {
    const env = make(id as string)
    let [seen] = env.reset({ seed: 0 })
    for (let t = 1; t <= 20; t++) {
      const [next, reward, terminated, truncated] = env.step(seen)
      expect(reward).toBeCloseTo(id.includes('Box') ? 0 : 1, 12)
      expect([terminated, truncated]).toEqual([false, t === 20])
      seen = next
    }
  })

  test('pays by the share that agrees, or less by the square of the difference', () => {
    const several = make('teaching/IdentityMultiDiscrete-v0', { n: 4, size: 4 })
    const [wanted] = several.reset({ seed: 0 })
    expect(several.step(wanted.map((value, i) => (i === 0 ? (value + 1) % 4 : value)))[1]).toBe(0.75)
    const box = make('teaching/IdentityBox-v0', { size: 1 })
    const [[seen]] = box.reset({ seed: 0 })
    expect(box.step([seen! > 0 ? seen! - 0.5 : seen! + 0.5])[1]).toBeCloseTo(-0.25, 6)
  })

  test('a guess is right once in n', () => {
    const env = make('teaching/Identity-v0', { n: 5 }, { maxEpisodeSteps: null })
    env.reset({ seed: 0 })
    let right = 0
    for (let i = 0; i < 3000; i++) right += env.step(3)[1]
    expect(right / 3000).toBeCloseTo(0.2, 1)
  })

  test.each([
    ['teaching/Identity-v0', { n: 1 }, 'Identity: option n must be a whole number of at least 2, got 1'],
    ['teaching/IdentityBox-v0', { size: 0 }, 'IdentityBox: option size must be a whole number of at least 1, got 0'],
    ['teaching/IdentityMultiBinary-v0', { size: 1.5 }, 'IdentityMultiBinary: option size must be a whole number of at least 1, got 1.5'],
  ])('%s refuses %o', (id, options, message) => {
    expect(() => make(id, options)).toThrow(message)
  })
})

describe('Memory', () => {
  const play = (answer: (cue: number) => number, delay: number) => {
    const env = make('teaching/Memory-v0', { cues: 3, delay })
    const returns: number[] = []
    for (let episode = 0; episode < 300; episode++) {
      let [frame] = env.reset(episode === 0 ? { seed: 0 } : {})
      const cue = frame.indexOf(1)
      expect(cue).toBeLessThan(3)
      for (let t = 1; ; t++) {
        const asked = frame[3] === 1
        const [next, reward, terminated] = env.step(asked ? answer(cue) : 0)
        if (!asked) expect(reward).toBe(0)
        if (terminated) {
          expect([t, asked]).toEqual([delay + 2, true])
          expect([...next]).toEqual([0, 0, 0, 0])
          returns.push(reward)
          break
        }
        expect([...next].reduce((a, b) => a + b)).toBe(t === delay + 1 ? 1 : 0)
        frame = next
      }
    }
    return returns.reduce((a, b) => a + b) / returns.length
  }

  test.each([0, 3, 10])('memory earns 1, guessing one in the number of cues, after a delay of %i', (delay) => {
    expect(play((cue) => cue, delay)).toBe(1)
    expect(play(() => 1, delay)).toBeCloseTo(1 / 3, 1)
  })

  test('refuses less than two cues', () => {
    expect(() => make('teaching/Memory-v0', { cues: 1 })).toThrow('Memory: option cues must be a whole number of at least 2, got 1')
    expect(() => make('teaching/Memory-v0', { delay: -1 })).toThrow('Memory: option delay must be a whole number of at least 0, got -1')
  })
})

describe('Target', () => {
  test('going straight to the target arrives and stays; what was paid is the distance', () => {
    const env = make('teaching/Target-v0')
    let [observation] = env.reset({ seed: 0 })
    for (let t = 0; t < 50; t++) {
      const [x, y, targetX, targetY] = observation as unknown as [number, number, number, number]
      const [next, reward, terminated, truncated] = env.step([(targetX - x) / 0.1, (targetY - y) / 0.1])
      expect(reward).toBeCloseTo(-Math.hypot(next[0]! - targetX, next[1]! - targetY), 5)
      expect([terminated, truncated]).toEqual([false, t === 49])
      if (t > 20) expect(reward).toBeCloseTo(0, 5)
      observation = next
    }
  })

  test('the point stays inside', () => {
    const env = make('teaching/Target-v0', { size: 3 })
    env.reset({ seed: 1 })
    let last = new Float32Array()
    for (let t = 0; t < 30; t++) last = env.step([5, -5, 1])[0] as Float32Array<ArrayBuffer>
    expect([...last.subarray(0, 3)]).toEqual([1, -1, 1])
  })

  test('refuses a size of 0', () => {
    expect(() => make('teaching/Target-v0', { size: 0 })).toThrow('Target: option size must be a whole number of at least 1, got 0')
  })
})
