import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testNotebook, type TestNotebook } from './notebook.ts'

let book: TestNotebook
beforeAll(() => {
  book = testNotebook()
})
afterAll(() => book.shutdown())

describe('the lab', () => {
  it('has its machines before it runs, and starts at the first use, once', async () => {
    const { lab } = book
    expect(lab.running).toBe(false)
    expect([lab.A.ip, lab.B.mac, lab.router.ip, lab.A.subnet]).toEqual(['192.168.111.128', '00:0c:29:49:39:92', '192.168.111.1', '192.168.111.0/24'])
    expect(() => lab.engine).toThrow(/does not run yet/)
    expect(() => lab.A.docker).toThrow(/lab\.start/)
    const text = await book.printed(() => Promise.all([lab.A.namespace(), lab.B.namespace()]))
    expect(text.match(/lab up in [\d.]+ s: A 192\.168\.111\.128, B 192\.168\.111\.129, router 192\.168\.111\.1 \(namespaces, Docker [\d.]+\S*\)\n/g)).toHaveLength(1)
    expect(lab.running).toBe(true)
    expect(await lab.A.namespace()).not.toBe(await lab.B.namespace())
    expect((await lab.A.routes()).find(({ destination }) => destination === 'default')).toMatchObject({ gateway: '192.168.111.1', device: 'ens33' })
  })

  it('starts afresh with other machines; handles stay, what was in the old lab says so', async () => {
    const { lab } = book
    const { A } = lab
    const old = await book.bridge.run('busybox', { name: 'old' })
    await lab.start({ hosts: 3 })
    expect(lab.A).toBe(A)
    expect(lab.hosts.map(({ name }) => name)).toEqual(['A', 'B', 'C'])
    expect((await lab.host('C').run(['ping', '-c', '1', lab.A.ip], { print: false })).text).toContain('1 received')
    await expect(old.sh`true`).rejects.toThrow(/old was in a lab that has ended/)
    expect(await A.containers()).toEqual([])
    expect(() => lab.machine('D')).toThrow(/A, B, C, router/)
  })

  it('takes a topology of its own, and leaves the running lab alone when that is wrong', async () => {
    const { lab } = book
    await expect(lab.start({ topology: 'moon' as never })).rejects.toThrow(/tutorial, ipvlan/)
    await expect(lab.start({ hosts: 0 })).rejects.toThrow(/hosts/)
    expect(lab.running).toBe(true)
    const own = structuredClone(lab.topology)
    own.name = 'own'
    await lab.start({ topology: 'ipvlan' })
    expect((await lab.A.link('ens33')).addresses[0]!.cidr).toBe('192.168.0.105/24')
    await lab.start({ topology: { ...own, machines: own.machines.filter(({ name }) => name !== 'B') } })
    expect(lab.machines.map(({ name }) => name)).toEqual(['A', 'C', 'router'])
    expect(() => lab.B).toThrow(/no machine "B"/)
  })

  it('says so when an engine or the whole lab has ended, and what to do', async () => {
    const { lab } = book
    await lab.start()
    await lab.A.sh`kill -9 $(pidof dockerd)`
    await expect(book.bridge.run('busybox', { name: 'bbox' })).rejects.toThrow(/ended[\s\S]*lab\.start\(\)/)
    await lab.start()
    expect((await book.bridge.run('busybox', { name: 'bbox' })).ip).toBe('172.17.0.2')
    await lab.current!.stop()
    await expect(lab.A.sh`true`).rejects.toThrow(/The lab has ended[\s\S]*await lab\.start\(\)/)
    await lab.start()
  })

  it('prints the commands that build it', () => {
    expect(book.lab.plan()).toMatch(/^#!\/bin\/bash/)
  })

  it('ends when told to', async () => {
    await book.lab.stop()
    expect(book.lab.running).toBe(false)
    expect(String(book.lab)).toContain('not running')
  })
})
