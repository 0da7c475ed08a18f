import { describe, expect, it } from 'vitest'
import { parseRoutes } from '../../../src/observe/routes.ts'
import { fixture } from './fixture.ts'

describe('parseRoutes', () => {
  it.each(['a', 'b', 'box'])('finds the same routes of %s in all forms', node => {
    const essence = (path: string) => parseRoutes(fixture(path)).map(({ protocol: _, scope: _scope, ...rest }) => rest)
    const json = essence(`routes/iproute2-6.1-${node}.json`)
    expect(essence(`routes/iproute2-6.1-${node}.txt`)).toEqual(json)
    expect(essence(`routes/iproute2-6.1-${node}-details.json`)).toEqual(json)
    // busybox lists what the kernel remembers of single destinations (a path MTU) too.
    expect(essence(`routes/busybox-1.35-${node}.txt`).filter(route => !route.destination.endsWith('/32'))).toEqual(json)
  })

  it('reads gateways, types, metrics and single addresses', () => {
    expect(parseRoutes(fixture('routes/iproute2-6.1-b.txt'))).toEqual(expect.arrayContaining([
      { destination: 'default', gateway: '192.168.111.1', device: 'ens33' },
      { destination: '10.0.9.0/24', gateway: '192.168.111.128', device: 'ens33', source: '192.168.111.129', protocol: 'static', metric: 50 },
      { destination: '10.98.0.0/16', type: 'unreachable' },
      { destination: '10.99.0.0/16', type: 'blackhole' },
      { destination: '192.168.111.0/24', device: 'ens33', source: '192.168.111.129', scope: 'link', protocol: 'kernel' },
    ]))
    expect(parseRoutes(fixture('routes/busybox-1.35-a.txt'))).toContainEqual({ destination: '10.7.0.2/32', gateway: '192.168.111.1', device: 'ens33' })
  })

  it('takes an empty table as one, and refuses what is none', () => {
    expect(parseRoutes('')).toEqual([])
    expect(parseRoutes('[ ]')).toEqual([])
    expect(() => parseRoutes('sh: ip: not found')).toThrow('not a line of ip route')
  })
})
