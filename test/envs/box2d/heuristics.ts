/** Controllers written by hand, after those that Gymnasium tests its environments with. They read observations and know no physics. */

export type Controller<A> = (observation: ArrayLike<number>) => A

/** What the lander should do: turn by so much, rise by so much. */
function wishes(s: ArrayLike<number>): { readonly turn: number; readonly rise: number } {
  const [x, y, vx, vy, angle, spin] = Array.from(s) as [number, number, number, number, number, number]
  const landed = s[6] === 1 || s[7] === 1
  if (landed) return { turn: 0, rise: -vy * 0.5 }
  const lean = clip(x * 0.5 + vx, 0.4) // rad, toward the pad
  const height = 0.55 * Math.abs(x) // as high as it is far
  return { turn: (lean - angle) * 0.5 - spin, rise: (height - y) * 0.5 - vy * 0.5 }
}

export const landDiscrete: Controller<number> = (s) => {
  const { turn, rise } = wishes(s)
  if (rise > Math.abs(turn) && rise > 0.05) return 2
  return turn < -0.05 ? 3 : turn > 0.05 ? 1 : 0
}

export const landContinuous: Controller<number[]> = (s) => {
  const { turn, rise } = wishes(s)
  return [clip(rise * 20 - 1, 1), clip(-turn * 20, 1)]
}

const SPEED = 0.29 // faster than that, it falls
const BENT = 0.1 // knee of the leg that stands

/** A walker in three phases: swing one leg forward, put it down, push off with the other. It has no notion of balance. */
export function walk(): Controller<number[]> {
  let phase: 'swing' | 'put down' | 'push off' = 'swing'
  let moving = 0
  let standing = 1
  let knee = BENT // that the standing leg aims at

  return (s) => {
    const legOf = (leg: number) => 4 + 5 * leg // hip, its speed, knee, its speed, contact
    const hips: (number | null)[] = [null, null]
    const knees: (number | null)[] = [null, null]

    if (phase === 'swing') {
      hips[moving] = 1.1
      knees[moving] = -0.6
      knee = Math.min(knee + (s[2]! > SPEED ? 0.06 : 0.03), BENT)
      knees[standing] = knee
      if (s[legOf(standing)]! < 0.1) phase = 'put down'
    }
    if (phase === 'put down') {
      hips[moving] = 0.1
      knees[moving] = BENT
      knees[standing] = knee
      if (s[legOf(moving) + 4] === 1) {
        phase = 'push off'
        knee = Math.min(s[legOf(moving) + 2]!, BENT)
      }
    }
    if (phase === 'push off') {
      knees[moving] = knee
      knees[standing] = 1
      if (s[legOf(standing) + 2]! > 0.88 || s[2]! > 1.2 * SPEED) {
        phase = 'swing'
        moving = 1 - moving
        standing = 1 - moving
      }
    }

    const upright = -0.9 * -s[0]! + 1.5 * s[1]!
    return [0, 1].flatMap((leg) => {
      const at = legOf(leg)
      const hip = (hips[leg] ? 0.9 * (hips[leg]! - s[at]!) - 0.25 * s[at + 1]! : 0) + upright
      const bend = (knees[leg] ? 4 * (knees[leg]! - s[at + 2]!) - 0.25 * s[at + 3]! : 0) - 15 * s[3]!
      return [clip(0.5 * hip, 1), clip(0.5 * bend, 1)]
    })
  }
}

const clip = (x: number, bound: number) => Math.min(Math.max(x, -bound), bound)
