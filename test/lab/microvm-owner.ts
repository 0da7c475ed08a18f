// A process that owns a microvm lab, for tests that end it. Says `up` when the lab runs, then goes on.
import { microvm } from '../../src/lab/backends/microvm.ts'
import { topology } from '../../src/lab/topology.ts'

process.stdout.write('starting\n')
const lab = await microvm.start(topology())
lab.exec('A', ['sleep', '1000'])
lab.terminal('B', ['bash'])
process.stdout.write('up\n')
await lab.ended
