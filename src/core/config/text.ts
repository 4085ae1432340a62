/** Configuration written by people: YAML documents and `--set a.b=c`. */
import { isAlias, isNode, LineCounter, parse, parseDocument } from 'yaml'
import { UsageError } from '../errors.js'
import type { Json, JsonObject } from '../json.js'
import { FORBIDDEN_KEYS } from '../json.js'
import { type ConfigLayer, isObject, type KeyPath } from './layers.js'

/** A YAML document as a layer; errors point at its line and column. @param name how to call the document in messages */
export function yamlLayer(text: string, name: string): ConfigLayer {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  const broken = document.errors[0]
  if (broken) throw new UsageError(`${name}: not readable as YAML: ${broken.message.split('\n')[0]}`)
  const value = (document.toJS({ maxAliasCount: 20 }) ?? {}) as Json
  if (!isObject(value))
    throw new UsageError(`${name}: expected settings as "key: value" lines, got ${Array.isArray(value) ? 'a list' : typeof value}.`)
  return {
    value,
    locate: (path) => {
      const node = document.getIn(path, true)
      if (!isNode(node) || isAlias(node) || !node.range) return name
      const { line, col } = lines.linePos(node.range[0])
      return `${name}:${line}:${col}`
    },
  }
}

/** `learn.gamma=0.98` as a layer. The value is read as YAML: numbers, true, null, [64, 64], {from: 1, to: 0}. */
export function setLayer(assignment: string): ConfigLayer {
  const equals = assignment.indexOf('=')
  if (equals < 1) throw new UsageError(`--set ${assignment}: expected KEY=VALUE, as in --set learn.gamma=0.98`)
  const path = assignment.slice(0, equals).split('.')
  for (const key of path) {
    if (key === '' || FORBIDDEN_KEYS.has(key)) throw new UsageError(`--set ${assignment}: "${key}" cannot be part of a key.`)
  }
  return pathLayer(path, readValue(assignment.slice(equals + 1), `--set ${assignment}`), `--set ${path.join('.')}`)
}

/** One value at one path. @param name the flag that set it, for messages */
export function pathLayer(path: KeyPath, value: Json, name: string): ConfigLayer {
  const nested = [...path].reverse().reduce<Json>((inner, key) => ({ [key]: inner }), value)
  return { value: nested as JsonObject, locate: () => name }
}

function readValue(text: string, where: string): Json {
  try {
    return parse(text) as Json
  } catch {
    throw new UsageError(`${where}: the value is not readable as YAML.`)
  }
}
