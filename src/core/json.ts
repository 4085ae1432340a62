/** Any value that survives JSON. Infinity does not: "no limit" is written as null. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

export type JsonObject = { readonly [key: string]: Json }

/** Keys that would reach an object's prototype; readers of foreign JSON, YAML and `--set` refuse them. */
export const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])
