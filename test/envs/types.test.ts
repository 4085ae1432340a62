/** What the type checker knows of environments and spaces; it runs with `npm run types`. */
import {
  type BatchOf,
  type BoxArray,
  batchSpace,
  box,
  dict,
  discrete,
  type ElementOf,
  type Env,
  type EnvTypes,
  graph,
  type MultiDiscrete,
  make,
  makeVec,
  oneOf,
  type Space,
  sequence,
  text,
  tuple,
  type VectorEnv,
} from 'tau-rl/envs'
import { describe, expectTypeOf, test } from 'vitest'

declare module 'tau-rl/envs' {
  interface EnvTypes {
    'test/TypedByMerging-v0': Env<string, 'left' | 'right'>
  }
}

/** Never called: only its types are looked at. */
const typed = (_look: () => void) => {}

describe('make', () => {
  test('knows what the library’s own names observe and do', () => {
    expectTypeOf(make('CartPole-v1')).toEqualTypeOf<Env<Float32Array, number>>()
    expectTypeOf(make('Pendulum-v1')).toEqualTypeOf<Env<Float32Array, ArrayLike<number>>>()
    expectTypeOf(make('FrozenLake8x8-v1', { isSlippery: false })).toEqualTypeOf<Env<number, number>>()
    expectTypeOf(make('CartPole-v1').reset()[0]).toEqualTypeOf<Float32Array>()
    expectTypeOf(make('CartPole-v1').actionSpace.sample()).toEqualTypeOf<number>()
  })

  test('a name without its version is known too', () => {
    expectTypeOf(make('CartPole')).toEqualTypeOf<Env<Float32Array, number>>()
    expectTypeOf(make('FrozenLake')).toEqualTypeOf<Env<number, number>>()
  })

  test('refuses actions of another type', () => {
    typed(() => {
      // @ts-expect-error: CartPole takes a number
      make('CartPole-v1').step('left')
      // @ts-expect-error: Pendulum takes a list
      make('Pendulum-v1').step(1)
      // @ts-expect-error: kwargs are plain data
      make('CartPole-v1', { gravity: () => 9.8 })
    })
  })

  test('every id of the library has its line', () => {
    expectTypeOf<'Acrobot-v1' | 'MountainCar-v0' | 'MountainCarContinuous-v0' | 'Taxi-v4' | 'Blackjack-v1'>().toExtend<keyof EnvTypes>()
    expectTypeOf<EnvTypes['Taxi-v4']>().not.toBeAny()
  })

  test('your own names join by declaration merging, or say it where they are made', () => {
    typed(() => {
      expectTypeOf(make('test/TypedByMerging-v0')).toEqualTypeOf<Env<string, 'left' | 'right'>>()
      expectTypeOf(make('test/TypedByMerging')).toEqualTypeOf<Env<string, 'left' | 'right'>>()
      expectTypeOf(make<Env<number, boolean>>('test/Nobody-v0')).toEqualTypeOf<Env<number, boolean>>()
    })
  })

  test('a name that only the running program knows gives any environment', () => {
    typed(() => {
      const name: string = String('CartPole')
      expectTypeOf(make(name).reset()[0]).toBeAny()
      expectTypeOf(make('test/Nobody-v0').reset()[0]).toBeAny()
    })
  })

  test('many of them cross as rows, whatever they are', () => {
    expectTypeOf(makeVec('CartPole-v1')).toEqualTypeOf<VectorEnv>()
  })
})

describe('spaces', () => {
  test('a box knows its array', () => {
    expectTypeOf(box({ low: 0, high: 1 }).sample()).toEqualTypeOf<BoxArray<'float32'>>()
    expectTypeOf(box({ low: 0, high: 1, dtype: 'uint8' }).sample()).toEqualTypeOf<BoxArray<'uint8'>>()
    expectTypeOf(box({ low: 0, high: 1 })).toExtend<Space<Float32Array>>()
  })

  test('parts within parts know their elements', () => {
    const space = dict({ goal: tuple([discrete(3), text(4)]), path: sequence(box({ low: 0, high: 1 })) })
    type Element = { readonly goal: readonly [number, string]; readonly path: readonly BoxArray<'float32'>[] }
    expectTypeOf<ElementOf<typeof space>>().toEqualTypeOf<Element>()
    expectTypeOf(space.sample().goal[1]).toEqualTypeOf<string>()
    expectTypeOf(space).toExtend<Space<Element>>()
    typed(() => {
      // @ts-expect-error: a Discrete takes a list of numbers as its mask
      space.sample({ mask: { goal: ['x', null], path: null } })
    })
  })

  test('one of several tells by its number which it is', () => {
    const [which, element] = oneOf([discrete(3), text(4)]).sample()
    expectTypeOf(which).toEqualTypeOf<0 | 1>()
    expectTypeOf(element).toEqualTypeOf<number | string>()
    if (which === 1) expectTypeOf(element).toEqualTypeOf<string>()
  })

  test('batches, stacked sequences and graphs are arrays', () => {
    const parts = dict({ a: discrete(2), b: box({ low: 0, high: 1 }) })
    type Batch = { readonly a: Int32Array; readonly b: BoxArray<'float32'> }
    expectTypeOf<BatchOf<typeof parts>>().toEqualTypeOf<Batch>()
    expectTypeOf(batchSpace(discrete(2), 3)).toEqualTypeOf<MultiDiscrete>()
    expectTypeOf<ElementOf<ReturnType<typeof stacked>>>().toEqualTypeOf<Batch>()
    expectTypeOf(graph(discrete(3)).sample().edges).toEqualTypeOf<null>()
    expectTypeOf(graph(discrete(3), discrete(2)).sample().nodes).toEqualTypeOf<Int32Array>()
  })
})

const stacked = () => sequence(dict({ a: discrete(2), b: box({ low: 0, high: 1 }) }), { stack: true })
