import { describe, expect, test } from 'vitest'
import { make } from '../../../envs/registry.js'
import { recordEpisodeStatistics } from '../../../envs/wrappers/record-episode-statistics.js'
import { gymnasiumWrapped, wrapperSuite } from '../../suites/wrapper.js'

wrapperSuite('recordEpisodeStatistics', recordEpisodeStatistics)
gymnasiumWrapped('RecordEpisodeStatistics', recordEpisodeStatistics, {
  check: (infos, { episode_info: expected }) => {
    const told = infos.flatMap((info, step) => (info.episode ? [{ step, r: info.episode.return, l: info.episode.length }] : []))
    expect(told).toEqual(expected)
  },
})

describe('recordEpisodeStatistics', () => {
  test('keeps what the environment says itself', () => {
    const env = make('FrozenLake', { desc: ['SG'], isSlippery: false }, { recordStatistics: true })
    env.reset({ seed: 0 })
    expect(env.step(2)[4]).toEqual({ prob: 1, episode: { return: 1, length: 1 } })
  })
})
