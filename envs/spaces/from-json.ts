/** The way back from `space.toJSON()`. */
import { EnvError } from '../errors.js'
import type { Json } from '../json.js'
import { decodeNumbers } from '../numbers.js'
import { type JsonObject, savedObject } from '../saved.js'
import { type BoxType, box } from './box.js'
import { discrete } from './discrete.js'
import { multiBinary } from './multi-binary.js'
import { multiDiscrete } from './multi-discrete.js'
import type { Space } from './space.js'

/** An equal space. @throws EnvError when the description is not one of a space */
export function spaceFromJson(json: Json): Space {
  const description = savedObject('spaceFromJson', json)
  switch (description['kind']) {
    case 'discrete':
      return discrete(description['n'] as number, { start: description['start'] as number })
    case 'box':
      return box({
        low: numbers(description, 'low'),
        high: numbers(description, 'high'),
        shape: numbers(description, 'shape'),
        dtype: description['dtype'] as BoxType,
      })
    case 'multi-discrete':
      return multiDiscrete(numbers(description, 'nvec'), { start: numbers(description, 'start'), shape: numbers(description, 'shape') })
    case 'multi-binary':
      return multiBinary(numbers(description, 'shape'))
    default:
      throw new EnvError(`spaceFromJson: unknown kind of space ${JSON.stringify(description['kind'])}`)
  }
}

function numbers(description: JsonObject, field: string): number[] {
  const list = description[field]
  const values = Array.isArray(list) ? decodeNumbers(list, list.length) : null
  if (values === null) throw new EnvError(`spaceFromJson: ${field} must be a list of numbers, got ${JSON.stringify(list)}`)
  return values
}
