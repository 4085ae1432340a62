/** Where a replay stands and what the keys do, as in mpv: pure, so that a test can press keys and let time pass. */

export interface ReplayState {
  /** Steps of the episode: t runs from 0 to this. */
  readonly length: number
  /** The place in the episode, in steps; its whole part is the frame shown. */
  readonly position: number
  readonly playing: boolean
  /** 1 = the base rate. */
  readonly speed: number
  readonly loop: boolean
  /** Digits typed after `g`, or null. */
  readonly goTo: string | null
  readonly help: boolean
}

export type ReplayCommand = 'quit' | 'next' | 'previous' | 'redraw'

/** Steps per second at speed 1. */
export const BASE_RATE = 30

export const initialReplay = (length: number): ReplayState => ({
  length,
  position: 0,
  playing: true,
  speed: 1,
  loop: false,
  goTo: null,
  help: false,
})

export const REPLAY_KEYS: readonly (readonly [key: string, meaning: string])[] = [
  ['space', 'pause and go on; at the end: once more'],
  ['. ,', 'one step forward, one step back'],
  ['← →', 'five seconds back, forward; with Shift: one second'],
  ['[ ]', 'slower, faster by a tenth; { } half, double; Backspace: normal'],
  ['0 … 9', 'jump to 0 % … 90 %; Home, End: first, last frame'],
  ['g', 'go to a step: digits, then Enter'],
  ['l', 'loop'],
  ['< >', 'the episode recorded before, after'],
  ['?', 'this help'],
  ['q', 'leave'],
]

/** The frame to show. */
export const frameOf = ({ position }: ReplayState): number => Math.floor(position)

/** The state after `elapsedMs` of watching. */
export function advance(state: ReplayState, elapsedMs: number): ReplayState {
  if (!state.playing || !(elapsedMs > 0)) return state
  const position = state.position + (elapsedMs / 1000) * BASE_RATE * state.speed
  if (position < state.length) return { ...state, position }
  // The last frame shows for one step before a loop begins again.
  if (state.loop && position >= state.length + 1) return { ...state, position: 0 }
  return state.loop ? { ...state, position } : { ...state, position: state.length, playing: false }
}

/** The state after `key`, and what the caller is asked to do. */
export function pressReplay(state: ReplayState, key: string): { readonly state: ReplayState; readonly command: ReplayCommand | null } {
  const show = (change: Partial<ReplayState>, command: ReplayCommand | null = null) => ({ state: { ...state, ...change }, command })
  const jump = (position: number, change: Partial<ReplayState> = {}) =>
    show({ position: Math.min(state.length, Math.max(0, position)), ...change })
  const seconds = (count: number) => jump(frameOf(state) + count * BASE_RATE)
  const faster = (factor: number) => show({ speed: Math.min(100, Math.max(0.01, state.speed * factor)) })
  if (state.goTo !== null && key !== 'q' && key !== 'ctrl-c') return typed(key)
  switch (key) {
    case 'q':
    case 'ctrl-c':
      return show({}, 'quit')
    case 'ctrl-l':
      return show({}, 'redraw')
    case '<':
      return show({}, 'previous')
    case '>':
      return show({}, 'next')
    case '?':
    case 'h':
      return show({ help: !state.help })
    case 'escape':
      return show({ help: false })
    case 'space':
    case 'p':
      return !state.playing && state.position >= state.length ? jump(0, { playing: true }) : show({ playing: !state.playing })
    case '.':
      return jump(frameOf(state) + 1, { playing: false })
    case ',':
      return jump(frameOf(state) - 1, { playing: false })
    case 'right':
      return seconds(5)
    case 'left':
      return seconds(-5)
    case 'shift-right':
      return seconds(1)
    case 'shift-left':
      return seconds(-1)
    case ']':
      return faster(1.1)
    case '[':
      return faster(1 / 1.1)
    case '}':
      return faster(2)
    case '{':
      return faster(0.5)
    case 'backspace':
      return show({ speed: 1 })
    case 'home':
      return jump(0)
    case 'end':
      return jump(state.length, { playing: false })
    case 'l':
      return show({ loop: !state.loop })
    case 'g':
      return show({ goTo: '' })
    default:
      return /^[0-9]$/.test(key) ? jump(Math.floor((Number(key) / 10) * state.length)) : show({})
  }

  function typed(next: string) {
    const text = state.goTo ?? ''
    if (/^[0-9]$/.test(next)) return show({ goTo: (text + next).slice(0, 9) })
    if (next === 'backspace') return show({ goTo: text.slice(0, -1) })
    if (next === 'return' && text !== '') return jump(Number(text), { goTo: null, playing: false })
    return show({ goTo: null })
  }
}
