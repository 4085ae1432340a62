import { describe, expect, test } from 'vitest'
import { clipConfig, clipEntries, clipNames, createClip, describeClip, parseClip } from '../../src/clip/registry.js'
import { UsageError } from '../../src/core/errors.js'

describe.each(clipNames())('preset %s', (name) => {
  test('makes a clip, says what it is, and comes back from its configuration', () => {
    const clip = createClip({ name })
    expect(describeClip(clip)).toContain(name)
    const again = createClip(JSON.parse(JSON.stringify(clipConfig(clip))))
    expect(clipConfig(again)).toEqual(clipConfig(clip))
    expect({ ...again, rule: null }).toEqual({ ...clip, rule: null })
  })

  test('is described for a list, with a source and every option', () => {
    const entry = clipEntries().find((one) => one.name === name)!
    expect(entry.description.length).toBeGreaterThan(5)
    expect(entry.source).not.toBe('')
    for (const option of Object.values(entry.options)) expect(option.help.length).toBeGreaterThan(5)
  })
})

describe('what the names mean', () => {
  test.each([
    ['global-norm', 'global-norm per model'],
    ['loss-feedback', 'loss-feedback per network'],
    ['agc', 'agc per unit'],
    ['value', 'value of element per model'],
    ['none', 'none'],
  ])('%s: %s', (name, described) => {
    expect(describeClip(createClip({ name }))).toBe(described)
  })

  test('the field’s 0.5 and the headline’s return signal are defaults', () => {
    expect(clipConfig(createClip({ name: 'global-norm' }))).toMatchObject({ tau: 0.5, per: 'model', of: 'norm' })
    expect(clipConfig(createClip({ name: 'loss-feedback' }))).toMatchObject({ tau0: 0.5, signal: 'return', per: 'network' })
  })
})

describe('on the command line', () => {
  test.each([
    ['global-norm', { name: 'global-norm' }],
    ['global-norm:tau=0.1', { name: 'global-norm', tau: 0.1 }],
    ['percentile:p=90,window=500,per=layer', { name: 'percentile', p: 90, window: 500, per: 'layer' }],
    ['autoclip:window=null', { name: 'autoclip', window: null }],
    ['loss-feedback:signal=kl', { name: 'loss-feedback', signal: 'kl' }],
  ])('%s', (text, config) => {
    expect(parseClip(text)).toEqual(config)
    expect(() => createClip(parseClip(text))).not.toThrow()
  })

  test.each(['', ':tau=1', 'norm:tau', 'norm:=1', 'norm:tau=1,tau=2', 'norm:name=x', 'norm:tau=1=2'])('refuses %j', (text) => {
    expect(() => parseClip(text)).toThrow(UsageError)
  })
})

describe('refused, with the near name, the bound and the value', () => {
  test.each([
    [{ name: 'agcc' }, 'Did you mean "agc"'],
    [{ name: 'toString' }, 'unknown clip'],
    [{ name: 'global-norm', taw: 1 }, 'Did you mean "tau"'],
    [{ name: 'global-norm', tau: 0 }, 'tau must be above 0, got 0'],
    [{ name: 'global-norm', tau: 'big' }, 'tau'],
    [{ name: 'global-norm', per: 'layers' }, 'Did you mean "layer"'],
    [{ name: 'global-norm', of: 'norm2' }, 'of must be one of'],
    [{ name: 'global-norm', shape: 'square' }, 'shape must be one of'],
    [{ name: 'global-norm', stage: 'update' }, 'not available yet'],
    [{ name: 'percentile', p: 101 }, 'at most 100, got 101'],
    [{ name: 'mean-std', k: Number.NaN }, 'k'],
  ])('%j', (config, said) => {
    expect(() => createClip(config as never)).toThrow(UsageError)
    expect(() => createClip(config as never)).toThrow(said)
  })
})
