/**
 * What each registered name observes and does, for the type checker: `make('CartPole-v1')` is an Env<Float32Array, number>.
 *
 * The library's own names come from the one line each has in standard.ts. Your own join by declaration merging, beside `register`:
 *
 *   declare module 'tau-rl/envs' {
 *     interface EnvTypes { 'mine/Maze-v0': Env<number, number> }
 *   }
 *
 * or say it where you make one: make<Env<number, number>>('mine/Maze-v0'). A name that is not known here gives an Env<any, any>.
 */
import type { Env, FunctionalEnv } from './core.js'
import type { standard } from './standard.js'

/** Ids and their environments; open to your own. */
export interface EnvTypes extends TypesOf<typeof standard> {}

/** The environment of an id, or of a name without its version, which may be any of its versions. */
export type EnvNamed<Name extends string> = string extends Name
  ? AnyEnv
  : Name extends keyof EnvTypes
    ? EnvTypes[Name]
    : VersionOf<Name> extends never
      ? AnyEnv
      : EnvTypes[VersionOf<Name>]

type VersionOf<Name extends string> = Extract<keyof EnvTypes, `${Name}-v${number}`>

// biome-ignore lint/suspicious/noExplicitAny: a name that only the running program knows
export type AnyEnv = Env<any, any>

type TypesOf<List extends readonly { readonly id: string }[]> = { readonly [One in List[number] as One['id']]: EnvOf<One> }

type EnvOf<One> = One extends { readonly functions: (options: never) => FunctionalEnv<infer O, infer A> }
  ? Env<O, A>
  : One extends { readonly env: (options: never) => Env<infer O, infer A> }
    ? Env<O, A>
    : AnyEnv
