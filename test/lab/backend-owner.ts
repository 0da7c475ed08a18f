// A process that owns a lab, for tests that end it. Says `up` when the lab runs, then goes on.
import { namespaces } from '../../src/lab/backends/namespaces.ts'
import { topology } from '../../src/lab/topology.ts'

process.stdout.write('starting\n')
const lab = await namespaces.start(topology())
lab.exec('A', ['sleep', '1000'])
lab.terminal('B', ['bash'])
process.stdout.write('up\n')
await lab.ended
