/** A run folder with the files that a comparison reads, made in a moment. */
import { mkdirSync, writeFileSync } from 'node:fs'
import type { Metrics, RunResult } from '../../src/core/events.js'
import { newManifest, writeManifest } from '../../src/record/manifest.js'
import { writeResult } from '../../src/record/result.js'
import { runFiles } from '../../src/record/run-folder.js'

export interface FakeRun {
  readonly seed: number
  readonly clip?: string
  /** One episode of 10 steps each. */
  readonly returns: readonly number[]
  readonly metrics?: readonly Metrics[]
  readonly status?: RunResult['status']
  readonly solvedAt?: number | null
}

export function fakeResult({ seed, clip = 'none', returns, status = 'done' }: FakeRun): RunResult {
  return {
    status,
    steps: returns.length * 10,
    updates: 1,
    episodes: returns.length,
    seconds: 2,
    stepsPerSecond: returns.length * 5,
    meanReturn100: returns.at(-1) ?? null,
    evalReturnMean: returns.at(-1) ?? null,
    evalReturnStd: 0,
    backend: 'cpu',
    clip,
    seed,
  }
}

export const fakeEpisodes = (returns: readonly number[]) => returns.map((value, i) => ({ step: (i + 1) * 10, return: value }))

export function writeFakeRun(path: string, run: FakeRun): void {
  const { seed, clip = 'none', returns, metrics = [], solvedAt = null } = run
  const files = runFiles(path)
  mkdirSync(path, { recursive: true })
  const started = {
    env: 'Toy-v0',
    algo: 'ppo',
    seed,
    totalSteps: returns.length * 10,
    numEnvs: 1,
    backend: 'cpu',
    clip,
    parameters: 1,
    vectorization: 'arrays: it is written as functions',
    solvedAt,
  }
  writeManifest(files.manifest, { ...newManifest({ argv: [], versions: {}, now: 0 }), run: started, status: run.status ?? 'done' })
  writeFileSync(
    files.episodes,
    lines(fakeEpisodes(returns).map((row, i) => ({ ...row, episode: i + 1, env: 0, length: 10, end: 'terminated' }))),
  )
  writeFileSync(files.metrics, lines(metrics.map((row, i) => ({ step: (i + 1) * 10, update: i + 1, ...row }))))
  writeResult(files.result, fakeResult(run))
}

const lines = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('')
