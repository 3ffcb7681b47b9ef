import { hostPathSchema } from '#core/contract/hostPath.ts';
import { openOnHost } from './pullOnHost.fixture.ts';

/** Pulls on the cluster in a process of its own, and says the task's id once bytes come: `STATE FOLDER REFERENCE`. */
const [state = '', folder = '', reference = ''] = process.argv.slice(2);
const fixture = await openOnHost('ssh', state, hostPathSchema.parse(folder));
const id = await fixture.tasks.start('image.pull', fixture.input(reference));
let hasSaid = false;
for await (const event of fixture.tasks.watch()) {
  if (hasSaid || event.type !== 'changed' || event.task.status.state !== 'running') continue;
  // A little later than the first bytes, so that a record with progress was surely saved.
  if ((event.task.status.progress.bytes?.done ?? 0) < 400_000) continue;
  hasSaid = true;
  process.stdout.write(`${id}\n`);
}
