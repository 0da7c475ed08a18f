import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Environment, type Plan, plan, planScript, type Step } from '../../src/lab/plan.ts'
import { ipBatch } from '../../src/lab/plan/ip-batch.ts'
import { mountTable } from '../../src/lab/plan/mount-table.ts'
import { topology } from '../../src/lab/topology.ts'

const environment: Environment = { userNamespace: true, folders: ['/usr'], links: { '/bin': 'usr/bin' }, cgroup: 2, busybox: '/usr/bin/busybox' }

describe('plan', () => {
  test('is pure: the same arguments give the same plan, and are not changed', () => {
    const given = topology()
    const copy = structuredClone(given)
    expect(plan(given, environment)).toEqual(plan(given, environment))
    expect(given).toEqual(copy)
  })

  test('every step says what it is good for, and belongs to a machine of the topology or to the lab', () => {
    for (const { machine, argv, why } of plan(topology({ hosts: 5 }), environment).steps) {
      expect(why.length).toBeGreaterThan(5)
      expect(argv.length).toBeGreaterThan(0)
      expect([null, 'A', 'B', 'C', 'D', 'E', 'router']).toContain(machine)
    }
  })

  test('each host has one engine, the router none', () => {
    const engines = plan(topology({ hosts: 3 }), environment).steps.filter(({ argv }) => argv[0] === 'dockerd')
    expect(engines.map(({ machine }) => machine)).toEqual(['A', 'B', 'C'])
  })

  test('engines are rootless in a user namespace only', () => {
    const engine = (userNamespace: boolean) => plan(topology(), { ...environment, userNamespace }).steps.find(({ argv }) => argv[0] === 'dockerd')!.argv
    expect(engine(true)).toContain('--rootless')
    expect(engine(false)).not.toContain('--rootless')
  })

  test('control groups of version 2 are read-only in a user namespace, so that none can stay', () => {
    const cgroups = (change: Partial<Environment>) => plan(topology(), { ...environment, ...change }).steps.map(({ input }) => input ?? '').join('').match(/^\/sys\/fs\/cgroup .*$/m)?.[0]
    expect(cgroups({})).toContain('rbind,ro')
    expect(cgroups({ userNamespace: false })).not.toContain(',ro')
    expect(cgroups({ cgroup: 1 })).not.toContain(',ro')
    expect(cgroups({ cgroup: null })).toBeUndefined()
  })

  test('a topology with faults has no plan', () => {
    expect(() => plan({ ...topology(), machines: [] }, environment)).toThrow(/no host/)
  })
})

describe('the script', () => {
  test.each([1, 2, 32, 250])('for %d hosts is shell that bash can read', hosts => {
    const script = planScript(plan(topology({ hosts }), environment))
    expect(() => execFileSync('bash', ['-n'], { input: script })).not.toThrow()
  })

  test('says why before each command', () => {
    const made = plan(topology(), environment)
    const script = planScript(made)
    for (const { why } of made.steps) expect(script.toLowerCase()).toContain(`# ${why.toLowerCase()}.`)
  })

  test('runs exactly the words of each step, whatever is in them', () => {
    // The script's own commands, run by bash with programs that write down how they were called.
    const word = fc.string({ unit: 'grapheme', maxLength: 20 }).filter(text => !text.includes('\0'))
    fc.assert(fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), word, fc.option(fc.string().filter(text => !text.includes('\0')), { nil: undefined }), (args, why, input) => {
      const step: Step = { machine: null, argv: ['record', ...args], why, ...input === undefined ? {} : { input: `${input}\n` } }
      const script = planScript({ topology: topology(), environment, steps: [step] } satisfies Plan)
      const [, afterHeader] = script.split("<(:); done'\n")
      const commands = afterHeader!.split('\n# ---- A ----')[0]!
      const recorder = `record() { printf '%s\\0' "$@"${input === undefined ? '' : "; printf '\\0'; cat"}; }\n`
      const out = execFileSync('bash', ['-c', recorder + commands], { encoding: 'utf8' })
      expect(out).toBe(`${args.map(arg => `${arg}\0`).join('')}${input === undefined ? '' : `\0${input}\n`}`)
    }), { numRuns: 100, seed: 3 })
  })

  test('values of the topology reach the shell quoted only', () => {
    // Names are checked long before; should one slip through, it must still be one word.
    const evil = "$(touch /tmp/x)`id`'\"; rm -rf / #"
    const steps: Step[] = [{ machine: 'A', argv: ['hostname', evil], why: 'its name', log: evil }]
    const script = planScript({ topology: topology(), environment, steps })
    expect(script).toContain(`hostname '${evil.replaceAll("'", "'\\''")}'`)
    expect(() => execFileSync('bash', ['-n'], { input: script })).not.toThrow()
  })
})

test('ip -batch refuses words that it could not read', () => {
  expect(ipBatch([['link', 'set', 'a b', 'up']])).toBe("link set 'a b' up\n")
  expect(() => ipBatch([["it's"]])).toThrow(/cannot be a word of ip -batch/)
  expect(() => ipBatch([['a\nb']])).toThrow(/cannot be a word/)
})

test('mount tables escape what fstab(5) says must be', () => {
  expect(mountTable([['/a b', '/c#d', 'none', 'rbind']])).toBe('/a\\040b /c\\043d none rbind\n')
})

