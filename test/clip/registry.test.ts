import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { asClipPlan } from '../../src/clip/as-clip.js'
import { CLIP_OF, CLIP_PER, CLIP_SHAPES, clipOf } from '../../src/clip/clip.js'
import { fixed } from '../../src/clip/fixed.js'
import { lossFeedback } from '../../src/clip/loss-feedback.js'
import type { NumberOption, Option } from '../../src/clip/options.js'
import { clipConfig, clipEntries, clipNames, createClip, describeClip, parseClip, planConfig } from '../../src/clip/registry.js'
import type { ClipConfig } from '../../src/core/config/schema.js'
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
    ['agc', 'agc per unit, except @heads'],
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

  test.each(['', ':tau=1', 'norm:tau', 'norm:=1', 'norm:tau=1,tau=2', 'norm:name=x', 'norm:tau=1=2', 'norm:a=1,,b=2'])(
    'refuses %j',
    (text) => {
      expect(() => parseClip(text)).toThrow(UsageError)
    },
  )
})

describe('refused, with the near name, the bound and the value', () => {
  test.each([
    [{ name: 'agcc' }, 'Did you mean "agc"'],
    [{ name: 'toString' }, 'unknown clip'],
    [parseClip('norm:__proto__=1'), 'has no option "__proto__"'],
    [parseClip('norm:constructor=1'), 'has no option "constructor"'],
    [{ name: 'global-norm', taw: 1 }, 'Did you mean "tau"'],
    [{ name: 'global-norm', tau: 0 }, 'tau must be above 0, got 0'],
    [{ name: 'global-norm', tau: 'big' }, 'tau'],
    [{ name: 'global-norm', per: 'layers' }, 'Did you mean "layer"'],
    [{ name: 'global-norm', of: 'norm2' }, 'of must be one of'],
    [{ name: 'global-norm', shape: 'square' }, 'shape must be one of'],
    [{ name: 'global-norm', stage: 'updates' }, 'Did you mean "update"'],
    [{ name: 'percentile', p: 101 }, 'at most 100, got 101'],
    [{ name: 'mean-std', k: Number.NaN }, 'k'],
  ])('%j', (config, said) => {
    expect(() => createClip(config as never)).toThrow(UsageError)
    expect(() => createClip(config as never)).toThrow(said)
  })
})

/** As it is written on a command line. */
const asText = (value: unknown): string =>
  Array.isArray(value) ? value.map((one: { name?: string }) => one.name ?? one).join('|') : String(value)

/** Any value that the option allows. */
function allowed(option: Option): fc.Arbitrary<unknown> {
  if (option.kind === 'choice') return fc.constantFrom(...option.values)
  if (option.kind === 'text') return fc.constantFrom('loss', 'return', 'kl')
  if (option.kind === 'rules') return fc.constantFrom([{ name: 'zscore' }], [{ name: 'percentile' }, { name: 'loss-feedback' }])
  return option.orNull === undefined ? numberWithin(option) : fc.oneof(numberWithin(option), fc.constant(null))
}

function numberWithin({ above, atLeast, below, atMost, whole }: NumberOption): fc.Arbitrary<number> {
  const [min, max] = [atLeast ?? above ?? -50, atMost ?? below ?? 50]
  const any = whole ? fc.integer({ min, max }) : fc.double({ min, max, noNaN: true })
  return any.map((x) => x + 0).filter((x) => (above === undefined || x > above) && (below === undefined || x < below)) // text has no −0
}

/** What clipOf refuses has tests of its own. */
function wordsGoTogether(config: ClipConfig): boolean {
  const { of, shape, ...rest } = config
  const { rule, of: usual } = createClip(rest)
  const bounded = of ?? usual
  if (rule.bounds === 'element' && bounded !== 'element') return false
  if (rule.measures !== undefined && bounded === 'element') return false
  return shape !== 'rescale' || bounded === 'element'
}

describe('for any options', () => {
  // bounds of loss feedback hang together; they have tests of their own
  const configs = fc.constantFrom(...clipEntries()).chain(({ name, options }) => {
    const free = Object.entries(options).filter(
      ([key]) => !(name.startsWith('loss-feedback') && ['min', 'max'].includes(key)) && !['mean', 'meanSquare'].includes(key),
    )
    const words = { per: fc.constantFrom(...CLIP_PER), shape: fc.constantFrom(...CLIP_SHAPES), of: fc.constantFrom(...CLIP_OF) }
    const chosen = fc.record({ ...Object.fromEntries(free.map(([key, option]) => [key, allowed(option)])), ...words }, { requiredKeys: [] })
    return chosen.map((rest) => ({ ...rest, name }) as ClipConfig).filter(wordsGoTogether)
  })

  test('a clip comes back from its configuration, also through a file', () => {
    fc.assert(
      fc.property(configs, (config) => {
        const clip = createClip(config)
        const saved = clipConfig(clip)
        expect(saved).toMatchObject(config)
        expect(clipConfig(createClip(JSON.parse(JSON.stringify(saved))))).toEqual(JSON.parse(JSON.stringify(saved)))
      }),
      { numRuns: 500 },
    )
  })

  test('and from the text of a command line', () => {
    fc.assert(
      fc.property(configs, ({ name, ...rest }) => {
        const pairs = Object.entries(rest).map(([key, value]) => `${key}=${asText(value)}`)
        const text = pairs.length === 0 ? name : `${name}:${pairs.join(',')}`
        expect(clipConfig(createClip(parseClip(text)))).toEqual(clipConfig(createClip({ ...rest, name })))
      }),
      { numRuns: 500 },
    )
  })

  test('its rule is one of a clip in every respect: the words that were not said are the preset’s', () => {
    for (const { name } of clipEntries()) {
      const { of, per, shape } = createClip({ name })
      expect(clipConfig(createClip({ name, per: 'tensor' }))).toMatchObject({ of, per: 'tensor', shape })
      expect(clipConfig(createClip({ name, shape: 'soft' }))).toMatchObject({ of, per, shape: 'soft' })
    }
  })
})

describe('ways to say a clip', () => {
  test('text, configuration, rule and clip are the same', () => {
    const wanted = clipConfig(createClip({ name: 'fixed', tau: 2 }))
    for (const clip of ['fixed:tau=2', { name: 'fixed', tau: 2 }, fixed(2), clipOf(fixed(2))])
      expect(planConfig(asClipPlan(clip, 'loss'))).toEqual(wanted)
  })

  test('a rule that listens hears the caller’s signal, unless one is said', () => {
    const heard = (clip: Parameters<typeof asClipPlan>[0]) => asClipPlan(clip, 'kl')[0]!.rule.listensTo
    expect(heard('loss-feedback')).toBe('kl')
    expect(heard({ name: 'loss-feedback', tau0: 2 })).toBe('kl')
    expect(heard('loss-feedback:signal=return')).toBe('return')
    expect(heard(lossFeedback({ signal: 'value-loss' }))).toBe('value-loss')
    expect(heard('agc')).toBeUndefined()
  })

  test('a rule of the caller’s own has no configuration', () => {
    const { config: _, ...own } = fixed(1)
    expect(() => clipConfig(clipOf({ ...own, name: 'mine' }))).toThrow('has a rule of its own ("mine")')
  })

  test('a rule for elements bounds no norm', () => {
    expect(() => createClip({ name: 'mean-std', of: 'norm' })).toThrow('of must be element, got norm')
  })
})
