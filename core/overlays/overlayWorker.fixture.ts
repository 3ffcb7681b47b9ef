import type { TaskKind } from '#core/contract/tasks.ts';
import { openOverlays } from './overlays.fixture.ts';

/** Work on an overlay in a process of its own, for somebody to kill: `FOLDER KIND INPUT`. Says what it does, line by line. */
const [folder = '', kind = '', input = '{}'] = process.argv.slice(2);
const fixture = await openOverlays('local', folder, {
  onProgress: (text) => process.stdout.write(`${text}\n`),
  taskId: 'task-to-be-killed',
});
await fixture.run(kind as TaskKind, JSON.parse(input) as object);
process.stdout.write('done\n');
