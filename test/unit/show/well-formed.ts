import { expect } from 'vitest'

/** Asserts that an SVG is well-formed XML with its elements nested, runs nothing and refers to nothing outside itself. */
export function expectWellFormed(svg: string): void {
  const open: string[] = []
  const rest = svg.replace(/<(\/?)([a-zA-Z][\w:-]*)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/g, (_, close: string, name: string, __, empty: string) => {
    if (close) expect(open.pop(), `</${name}> closes`).toBe(name)
    else if (!empty) open.push(name)
    expect(['script', 'foreignObject', 'image', 'a', 'iframe', 'use', 'object']).not.toContain(name)
    return ''
  })
  expect(open).toEqual([])
  expect(rest).not.toMatch(/[<>]/)
  expect(rest.replace(/&(amp|lt|gt|quot|apos|#\d+|#x[\da-f]+);/gi, '')).not.toContain('&')
  expect(svg).not.toMatch(/\s(on\w+|href|xlink:href)=|@import|url\((?!#)/)
  expect(svg).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/)
}
