import { expect, test } from 'vitest'
import { parseLinks } from '../../../src/observe/links.ts'
import { parseNamespaces, placeNames } from '../../../src/show/diagrams/namespaces.ts'

const json = (name: string, index: number) => JSON.stringify([{ ifindex: index, ifname: name, flags: ['UP'], mtu: 1500, addr_info: [] }])

test('namespaces, their files and the processes in them', () => {
  const facts = parseNamespaces([
    '== 100 own', json('ens33', 2), '++ 41 200', '-- 200 process', '== 200', json('eth0', 4), '++ 42 100', '-- 100 process', '-- 200 8f1c2d3e4a5b', '-- 300 1-thya4qliq9', '== 300', json('br0', 2), '',
  ].join('\n'), parseLinks)
  expect(facts.own.inode).toBe('100')
  expect(facts.own.links.map(({ name }) => name)).toEqual(['ens33'])
  expect(facts.others.map(({ inode, files, links }) => [inode, files, links[0]!.name])).toEqual([['200', ['8f1c2d3e4a5b'], 'eth0'], ['300', ['1-thya4qliq9'], 'br0']])
  expect([...facts.ofProcess]).toEqual([[41, '200'], [42, '100']])
})

test('what Docker calls them says what they are', () => {
  expect(placeNames(['1-thya4qliq9'])).toEqual({ kind: 'overlay', network: 'thya4qliq9' })
  expect(placeNames(['lb_thya4qliq'])).toEqual({ kind: 'load-balancer', network: 'thya4qliq' })
  expect(placeNames(['ingress_sbox'])).toEqual({ kind: 'ingress' })
  expect(placeNames(['8f1c2d3e4a5b'])).toEqual({ kind: 'container' })
})
