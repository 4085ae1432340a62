import { expect, test } from 'vitest'
import { importOptional, isMissing } from '../../src/backend/optional.js'
import { UsageError } from '../../src/core/errors.js'

test('a package that is not installed: its name, and the command that installs it', async () => {
  const missing = importOptional('@example/not-there', 'webgpu', 'npm install @example/not-there')
  await expect(missing).rejects.toThrow(UsageError)
  await expect(missing).rejects.toThrow('backend "webgpu" needs the package @example/not-there: npm install @example/not-there')
})

test('a package that is there, whether of one kind or the other, by its names', async () => {
  expect(await importOptional('seedrandom', 'webgpu', '')).toHaveProperty('alea') // CommonJS
  expect(await importOptional('yaml', 'webgpu', '')).toHaveProperty('parse')
})

test.each([
  ['not found, as an ES module', { code: 'ERR_MODULE_NOT_FOUND', message: "Cannot find package 'webgpu' imported from here" }, true],
  ['not found, as CommonJS', { code: 'MODULE_NOT_FOUND', message: "Cannot find module 'webgpu'" }, true],
  ['left out by a bundler', { message: 'Could not resolve "webgpu" imported by "tau-rl".' }, true],
  ['something that it needs is not found', { code: 'MODULE_NOT_FOUND', message: "Cannot find module './dawn.node'" }, false],
  ['a library of the system is not found', { code: 'ERR_DLOPEN_FAILED', message: 'libvulkan.so.1: cannot open' }, false],
])('%s', (_what, error, missing) => {
  expect(isMissing(error, 'webgpu')).toBe(missing)
})
