import type { TaskKind } from '#core/contract/tasks.ts';
import { openHandover } from './handover.fixture.ts';

/** Handing over in a process of its own, for somebody to kill: `FOLDER KIND INPUT`. Says `go` when it begins. */
const [folder = '', kind = '', input = '{}'] = process.argv.slice(2);
const fixture = await openHandover({ folder });
process.stdout.write('go\n');
await fixture.run(kind as TaskKind, JSON.parse(input) as object);
