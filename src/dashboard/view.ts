/** What the person at the keyboard chose to look at, and what each key does: pure, so that a test can type. */

export interface DashboardView {
  /** The panel that fills the screen; 0 = all of them. */
  readonly focus: 0 | 1 | 2 | 3 | 4
  readonly help: boolean
  readonly paused: boolean
  /** The run was asked to stop and finishes its update. */
  readonly stopping: boolean
  readonly logScale: boolean
  readonly preview: boolean
  /** Weight of the past in smoothed curves, 0 … 0.99. */
  readonly smoothing: number
  /** Which clip group the gradient chart shows: 0 = as many as fit, k = the k-th alone. */
  readonly group: number
  /** Space does nothing when the run cannot pause. */
  readonly canPause: boolean
  /** Name of the run, for the header; '' = none. */
  readonly runName: string
  /** Seconds since the dashboard started, by its own clock; null where there is none. */
  readonly seconds: number | null
}

export type Command = 'quit' | 'interrupt' | 'pause' | 'resume' | 'preview-on' | 'preview-off' | 'redraw'

export function initialView(choices: Partial<DashboardView> = {}): DashboardView {
  return {
    focus: 0,
    help: false,
    paused: false,
    stopping: false,
    logScale: true,
    preview: true,
    smoothing: 0,
    group: 0,
    canPause: false,
    runName: '',
    seconds: null,
    ...choices,
  }
}

/** The keys of the help screen, the most wanted first. */
export const KEYS: readonly (readonly [key: string, meaning: string])[] = [
  ['q', 'stop: finish the update, save, leave'],
  ['Ctrl-C', 'the same; a second time leaves at once'],
  ['space', 'pause and go on'],
  ['1 2 3 4', 'one panel alone: return, gradient, learning, environment; 0 all'],
  ['y', 'gradient norms on a logarithmic or a linear axis'],
  ['s', 'smoothing of the curves: 0, 0.6, 0.9, 0.99'],
  ['g', 'gradient chart: all clip groups, or one after the other'],
  ['v', 'live drawing of one environment on or off (off saves its time)'],
  ['? h', 'this help; Esc closes it'],
  ['Ctrl-L', 'draw the screen anew'],
]

/** The view after `key`, and what the run is asked to do. `groups`: how many clip groups there are. */
export function press(view: DashboardView, key: string, groups = 0): { readonly view: DashboardView; readonly command: Command | null } {
  const show = (change: Partial<DashboardView>, command: Command | null = null) => ({ view: { ...view, ...change }, command })
  switch (key) {
    case 'q':
      return show({ stopping: true, help: false }, 'quit')
    case 'ctrl-c':
      return show({ stopping: true, help: false }, 'interrupt')
    case 'ctrl-l':
      return show({}, 'redraw')
    case '?':
    case 'h':
      return show({ help: !view.help })
    case 'escape':
    case '0':
      return show({ help: false, focus: 0 })
    case 'space':
      return view.canPause && !view.stopping ? show({ paused: !view.paused }, view.paused ? 'resume' : 'pause') : show({})
    case '1':
    case '2':
    case '3':
    case '4': {
      const focus = Number(key) as 1 | 2 | 3 | 4
      return show({ focus: view.focus === focus ? 0 : focus, help: false })
    }
    case 'y':
      return show({ logScale: !view.logScale })
    case 's':
      return show({ smoothing: SMOOTHINGS[(SMOOTHINGS.indexOf(view.smoothing) + 1) % SMOOTHINGS.length]! })
    case 'g':
      return show({ group: groups > 1 ? (view.group + 1) % (groups + 1) : 0 })
    case 'v':
      return show({ preview: !view.preview }, view.preview ? 'preview-off' : 'preview-on')
    default:
      return show({})
  }
}

const SMOOTHINGS: readonly number[] = [0, 0.6, 0.9, 0.99]
