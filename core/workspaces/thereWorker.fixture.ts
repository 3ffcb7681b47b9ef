import { hostPathSchema } from '#core/contract/hostPath.ts';
import type { TaskKind } from '#core/contract/tasks.ts';
import { openThere } from './there.fixture.ts';

/** Work on workspaces of the cluster in a process of its own, for somebody to kill: `STATE SSH PARENT KIND INPUT`. Says its id. */
const [state = '', ssh = '', parent = '', kind = '', input = '{}'] = process.argv.slice(2);
const there = await openThere('cluster', { state, ssh, parent: hostPathSchema.parse(parent) });
const id = await there.start(kind as TaskKind, JSON.parse(input) as object);
process.stdout.write(`${id}\n`);
await there.tasks.ended(id);
