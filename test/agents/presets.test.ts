import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { algorithmNames } from '../../agents/registry.js'
import { registeredIds } from '../../envs/registry.js'
import { runConfigSchema } from '../../src/core/config/schema.js'

const folder = new URL('../../agents/presets/', import.meta.url)
const files = readdirSync(folder)

describe.each(files)('%s', (file) => {
  const preset = parse(readFileSync(new URL(file, folder), 'utf8')) as Record<string, Record<string, Record<string, unknown>>>

  test('has entries for algorithms and environments that exist, and a default for the rest', () => {
    for (const [algo, entries] of Object.entries(preset)) {
      expect(algorithmNames()).toContain(algo)
      expect(Object.keys(entries)).toContain('default')
      for (const env of Object.keys(entries)) expect(['default', ...registeredIds()]).toContain(env)
    }
  })

  test('every entry says where it is from, and is a valid part of a configuration', () => {
    for (const [algo, entries] of Object.entries(preset)) {
      for (const { source, measured, ...settings } of Object.values(entries)) {
        expect(source).toEqual(expect.any(String))
        expect(['string', 'undefined']).toContain(typeof measured)
        expect(runConfigSchema.safeParse({ env: 'CartPole-v1', algo, ...settings }).error).toBeUndefined()
      }
    }
  })
})
