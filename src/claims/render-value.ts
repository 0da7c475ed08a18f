/**
 * A value as one short line that a person reads: `ens33`, `0 %` as given, objects as `key: value`, lists with commas.
 * Nested objects get braces; what is longer than `limit` characters ends in an ellipsis. No limit by default.
 */
export function renderValue(value: unknown, limit = Infinity): string {
  const text = render(value, 0, new Set())
  const characters = [...text]
  return characters.length <= limit ? text : `${characters.slice(0, limit - 1).join('').trimEnd()}…`
}

function render(value: unknown, depth: number, above: Set<object>): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'null'
  if (typeof value === 'string') return value.replace(/\s+/g, ' ').trim() || '(empty)'
  if (typeof value === 'number') return renderNumber(value)
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value !== 'object') return String(value)
  if (above.has(value)) return '(itself)'
  const inside = new Set(above).add(value)
  if (value instanceof Error) return value.message.replace(/\s+/g, ' ').trim()
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'no date' : value.toISOString()
  if (value instanceof RegExp) return String(value)
  if (value instanceof Map) return render(Object.fromEntries(value), depth, above)
  if (value instanceof Set || Array.isArray(value)) {
    const items = [...value].map(item => render(item, depth + 1, inside))
    if (items.length === 0) return 'none'
    const list = items.join(', ')
    return depth > 0 && items.length > 1 ? `[${list}]` : list
  }
  const fields = Object.entries(value).filter(([, field]) => field !== undefined && typeof field !== 'function')
  if (fields.length === 0) return 'none'
  const text = fields.map(([key, field]) => `${key}: ${render(field, depth + 1, inside)}`).join(', ')
  return depth > 0 ? `{${text}}` : text
}

/** Whole numbers as they are, others to four significant digits: measured values carry no more. */
function renderNumber(value: number): string {
  return Number.isInteger(value) || !Number.isFinite(value) ? String(value) : String(Number(value.toPrecision(4)))
}
