import { describe, expect, test } from 'vitest'
import { canUseTui, terminalSize, terminalTheme } from '../../src/dashboard/terminal.js'

const terminal = { stdout: { isTTY: true }, stdin: { isTTY: true, setRawMode: () => {} }, env: { TERM: 'xterm-256color' } }

describe('the dashboard is used', () => {
  test('in a terminal', () => {
    expect(canUseTui(terminal)).toBe(true)
    expect(canUseTui({ ...terminal, env: { TERM: 'xterm', CI: 'false' } })).toBe(true)
  })

  test.each([
    ['a pipe behind', { ...terminal, stdout: { isTTY: false } }],
    ['a pipe in front', { ...terminal, stdin: { isTTY: undefined } }],
    ['no raw mode', { ...terminal, stdin: { isTTY: true } }],
    ['CI', { ...terminal, env: { ...terminal.env, CI: 'true' } }],
    ['TERM=dumb', { ...terminal, env: { TERM: 'dumb' } }],
    ['a screen reader', { ...terminal, env: { ...terminal.env, INK_SCREEN_READER: 'true' } }],
    ['--no-tui', { ...terminal, flags: { tui: false } }],
  ])('not with %s', (_, choice) => {
    expect(canUseTui(choice)).toBe(false)
  })
})

describe('the theme', () => {
  test.each([
    [{ TERM: 'xterm-256color' }, '256'],
    [{ TERM: 'xterm' }, '16'],
    [{ TERM: 'xterm', COLORTERM: 'truecolor' }, '256'],
    [{ TERM: 'xterm-256color', NO_COLOR: '1' }, 'none'],
    [{ TERM: 'xterm-256color', NO_COLOR: '' }, '256'],
    [{ TERM: 'xterm', NO_COLOR: '1', FORCE_COLOR: '3' }, '256'],
    [{ TERM: 'xterm', FORCE_COLOR: '0' }, 'none'],
  ])('%j has colours: %s', (env, colour) => {
    expect(terminalTheme(env).colour).toBe(colour)
  })

  test.each([
    [{ LANG: 'de_DE.UTF-8' }, true],
    [{ LANG: 'C.utf8' }, true],
    [{ LANG: 'en_US.UTF-8', LC_ALL: 'C' }, false],
    [{ LANG: 'en_US.ISO-8859-1' }, false],
    [{ TERM: 'xterm' }, true],
    [{ TERM: 'linux' }, false],
  ])('%j has Unicode: %s', (env, unicode) => {
    expect(terminalTheme(env).unicode).toBe(unicode)
  })

  test('a size that nobody knows is 80 × 24', () => {
    expect(terminalSize({})).toEqual({ columns: 80, rows: 24 })
    expect(terminalSize({ columns: 0, rows: 0 })).toEqual({ columns: 80, rows: 24 })
  })
})
