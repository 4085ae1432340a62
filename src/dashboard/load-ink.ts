/**
 * Loads Ink and React in their production builds. React chooses by NODE_ENV while it is imported, and its development build makes a frame
 * about twice as expensive; so the variable is set for the time of the import, and everything that imports React is imported here.
 * Except under a test runner, which compiles JSX for the development build.
 */

export interface InkParts {
  readonly render: typeof import('ink').render
  readonly createElement: typeof import('react').createElement
  readonly Dashboard: typeof import('./dashboard.js').Dashboard
  readonly ReplayScreen: typeof import('./replay-screen.js').ReplayScreen
  readonly LiveRoot: typeof import('./live-root.js').LiveRoot
  readonly rowStore: typeof import('./rows.js').rowStore
}

let loading: Promise<InkParts> | null = null

export function loadInk(): Promise<InkParts> {
  loading ??= load()
  return loading
}

async function load(): Promise<InkParts> {
  const before = process.env['NODE_ENV']
  if (before !== 'test') process.env['NODE_ENV'] = 'production'
  try {
    const [ink, react, dashboard, replay, root, rows] = await Promise.all([
      import('ink'),
      import('react'),
      import('./dashboard.js'),
      import('./replay-screen.js'),
      import('./live-root.js'),
      import('./rows.js'),
    ])
    return {
      render: ink.render,
      createElement: react.createElement,
      Dashboard: dashboard.Dashboard,
      ReplayScreen: replay.ReplayScreen,
      LiveRoot: root.LiveRoot,
      rowStore: rows.rowStore,
    }
  } finally {
    if (before === undefined) delete process.env['NODE_ENV']
    else process.env['NODE_ENV'] = before
  }
}
