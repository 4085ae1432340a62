import { describe, expect, test } from 'vitest'
import { experimentGrid, readClips, readSeeds } from '../../src/compare/grid.js'

const grid = (over = {}) =>
  experimentGrid({ folder: 'c', envs: ['CartPole-v1'], clips: ['none', 'global-norm:tau=0.5'], seeds: [1, 2], ...over })

describe('experimentGrid', () => {
  test('one run per environment, clip and seed, in whole blocks of clips', () => {
    expect(grid().map(({ name }) => name)).toEqual([
      'CartPole-v1__none__1',
      'CartPole-v1__global-norm+tau=0.5__1',
      'CartPole-v1__none__2',
      'CartPole-v1__global-norm+tau=0.5__2',
    ])
  })

  test('each run carries its flags: the shared ones first, so that its own win', () => {
    expect(grid({ args: ['--total-steps', '1000'] })[1]).toEqual({
      name: 'CartPole-v1__global-norm+tau=0.5__1',
      folder: 'c/runs/CartPole-v1__global-norm+tau=0.5__1',
      env: 'CartPole-v1',
      clip: 'global-norm:tau=0.5',
      seed: 1,
      args: [
        ...['--total-steps', '1000', '--env', 'CartPole-v1', '--clip', 'global-norm:tau=0.5', '--seed', '1'],
        ...['--run-dir', 'c/runs/CartPole-v1__global-norm+tau=0.5__1'],
      ],
    })
  })

  test('names hold nothing that a file system or a path could take amiss', () => {
    const [spec] = grid({ envs: ['../ALE/Pong v5'], clips: ['a:b=1,c="x/y"'] })
    expect(spec!.name).toBe('..-ALE-Pong-v5__a+b=1+c=-x-y-__1')
  })

  test.each([
    [{ clips: [] }, 'compare needs at least one clip'],
    [{ seeds: [3, 3] }, 'compare: seed "3" is given twice'],
    [{ clips: ['none', 'none'] }, 'compare: clip "none" is given twice'],
    [{ clips: ['a:b', 'A,b'] }, 'would share the folder c/runs/CartPole-v1__A+b__1'],
  ])('refuses %o', (over, message) => {
    expect(() => grid(over)).toThrow(message)
  })
})

describe('readSeeds', () => {
  test.each([
    ['3', [1, 2, 3]],
    ['7,3', [7, 3]],
    ['11..13', [11, 12, 13]],
    ['0,4..5', [0, 4, 5]],
  ])('%s', (text, seeds) => {
    expect(readSeeds(text)).toEqual(seeds)
  })

  test.each(['', '0', '-1', '1.5', 'x', '5..3', '1,,2', '1e3', '99999', '1..4294967296'])('refuses "%s"', (text) => {
    expect(() => readSeeds(text)).toThrow(`seeds must be a count ("5"), a list ("1,2,9") or a range ("11..20"), got "${text}"`)
  })

  test('refuses a seed given twice', () => {
    expect(() => readSeeds('1..3,2')).toThrow('seed "2" is given twice')
  })
})

describe('readClips', () => {
  test.each([
    ['none', ['none']],
    ['none, agc', ['none', 'agc']],
    ['none,percentile:p=90,window=500,agc', ['none', 'percentile:p=90,window=500', 'agc']],
    ['fixed:tau=1,of=element,fixed:tau=2', ['fixed:tau=1,of=element', 'fixed:tau=2']],
  ])('%s', (text, clips) => {
    expect(readClips(text)).toEqual(clips)
  })

  test.each(['', 'none,', 'tau=1', 'none,tau=1'])('refuses "%s"', (text) => {
    expect(() => readClips(text)).toThrow(`got "${text}"`)
  })
})
