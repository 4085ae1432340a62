import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { keyNames } from '../../src/dashboard/live-root.js'
import { initialView, press } from '../../src/dashboard/view.js'

const type = (keys: readonly string[], groups = 2, view = initialView({ canPause: true })) =>
  keys.reduce(
    (all, key) => {
      const { view: next, command } = press(all.view, key, groups)
      return { view: next, commands: command === null ? all.commands : [...all.commands, command] }
    },
    { view, commands: [] as string[] },
  )

describe('keys', () => {
  test('any typing is harmless and keeps the view valid', () => {
    const key = fc.oneof(
      fc.constantFrom('q', '?', 'space', '1', '2', '3', '4', 'y', 's', 'g', 'v', 'escape', 'ctrl-c', 'ctrl-l'),
      fc.string(),
    )
    fc.assert(
      fc.property(fc.array(key), fc.integer({ min: 0, max: 5 }), (keys, groups) => {
        const { view } = type(keys, groups)
        expect([0, 1, 2, 3, 4]).toContain(view.focus)
        expect([0, 0.6, 0.9, 0.99]).toContain(view.smoothing)
        expect(view.group).toBeLessThanOrEqual(groups > 1 ? groups : 0)
      }),
    )
  })

  test('q asks to stop, and every Ctrl-C is told', () => {
    expect(type(['q', 'ctrl-c', 'ctrl-c'])).toMatchObject({ commands: ['quit', 'interrupt', 'interrupt'], view: { stopping: true } })
  })

  test('space pauses and goes on, where the run can', () => {
    expect(type(['space', 'space']).commands).toEqual(['pause', 'resume'])
    expect(type(['space'], 2, initialView()).commands).toEqual([])
    expect(type(['q', 'space']).commands).toEqual(['quit'])
  })

  test('a digit shows one panel, the same digit, 0 or Esc all of them', () => {
    expect(type(['2']).view.focus).toBe(2)
    for (const back of ['2', '0', 'escape']) expect(type(['2', back]).view.focus).toBe(0)
  })

  test('y, s, g and v go round', () => {
    expect(type(['y']).view.logScale).toBe(false)
    expect(type(['s', 's', 's']).view.smoothing).toBe(0.99)
    expect(type(['s', 's', 's', 's']).view.smoothing).toBe(0)
    expect(type(['g', 'g']).view.group).toBe(2)
    expect(type(['g', 'g', 'g']).view.group).toBe(0)
    expect(type(['v', 'v']).commands).toEqual(['preview-off', 'preview-on'])
  })
})

describe('key names', () => {
  test.each([
    ['q', {}, ['q']],
    [' ', {}, ['space']],
    ['c', { ctrl: true }, ['ctrl-c']],
    ['', { escape: true }, ['escape']],
    ['', { leftArrow: true, shift: true }, ['shift-left']],
    ['q q', {}, ['q', 'space', 'q']], // typed while the training was busy
    ['q\u0003', {}, ['q', 'ctrl-c']],
  ])('%j with %j is %j', (input, key, names) => {
    expect(keyNames(input, key)).toEqual(names)
  })
})
