/** manifest.json, result.json, config.yaml. */
import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { runConfigSchema } from '../../src/core/config/schema.js'
import { UsageError } from '../../src/core/errors.js'
import { newManifest, readManifest, writeManifest } from '../../src/record/manifest.js'
import { readResult, writeResult } from '../../src/record/result.js'
import { readConfig, writeConfig } from '../../src/record/run-config.js'
import { runFiles } from '../../src/record/run-folder.js'
import { oneLineError } from './support/errors.js'
import { emptyFolder } from './support/folders.js'
import { NOW, sampleResult } from './support/samples.js'

const folder = () => ({ files: runFiles(emptyFolder()) })

describe('manifest', () => {
  test('comes back equal, and says what, where and when', () => {
    const { files } = folder()
    const manifest = newManifest({
      argv: ['train', '--seed', '1'],
      versions: { 'tau-rl': '0.1.0' },
      now: NOW,
      workingFolder: emptyFolder(),
    })
    writeManifest(files.manifest, manifest)
    expect(readManifest({ files })).toEqual(manifest)
    expect(manifest).toMatchObject({
      versions: { 'tau-rl': '0.1.0', node: process.versions.node },
      argv: ['train', '--seed', '1'],
      start: '2026-01-02T03:04:05.000Z',
      status: 'running',
      gitCommit: null,
    })
  })

  test.each([
    ['{"format":2}', 'this version reads manifests of format 1'],
    ['{}', 'at "format"'],
    ['', 'expected JSON'],
    ['{"__proto__":1}', 'the key "__proto__" is not allowed'],
  ])('%s is no manifest', (text, message) => {
    const { files } = folder()
    writeFileSync(files.manifest, text)
    expect(oneLineError(() => readManifest({ files }), files.manifest).message).toContain(message)
  })
})

describe('result', () => {
  test('comes back equal', () => {
    const { files } = folder()
    writeResult(files.result, sampleResult)
    expect(readResult({ files })).toEqual(sampleResult)
  })

  test('a wrong value is named', () => {
    const { files } = folder()
    writeFileSync(files.result, JSON.stringify({ ...sampleResult, steps: 'many' }))
    expect(oneLineError(() => readResult({ files }), files.result).message).toContain('at "steps"')
  })
})

describe('config', () => {
  test('every setting comes back equal', () => {
    const { files } = folder()
    const config = runConfigSchema.parse({
      env: 'CartPole-v1',
      envOptions: { a: [1, 'x', null], 'odd key: #': { deep: true } },
      learn: { learningRate: { from: 0.001, to: 0 }, targetKl: 0.01 },
      clip: { name: 'loss-feedback', per: 'network', tau0: 0.5 },
    })
    writeConfig(files.config, config)
    expect(readConfig({ files })).toEqual(config)
  })

  test('reads as a person would write it', () => {
    const { files } = folder()
    writeConfig(files.config, runConfigSchema.parse({ env: 'CartPole-v1' }))
    expect(readFileSync(files.config, 'utf8')).toMatch(
      /^# The settings of this run.*\nenv: CartPole-v1\nenvFile: null\nenvOptions: \{\}\nalgo: ppo\nseed: 1\n/,
    )
  })

  test('a setting that is not valid is a UsageError with its place', () => {
    const { files } = folder()
    writeFileSync(files.config, 'env: CartPole-v1\nlearn:\n  gamma: 2\n')
    expect(() => readConfig({ files })).toThrow(UsageError)
    expect(() => readConfig({ files })).toThrow(`${files.config}:3:10: learn.gamma: expected at most 1, got 2`)
  })
})
