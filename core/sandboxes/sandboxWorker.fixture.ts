import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { taskKindSchema } from '#core/contract/tasks.ts';
import { openSandboxes } from './sandboxes.fixture.ts';

/**
 * Work on sandboxes in a process of its own that kills itself (SIGKILL) some time after it began:
 * `FOLDER KIND INPUT MILLISECONDS`; KIND `note` keeps what the sandbox INPUT begins with,
 * `make` makes it and dies before; `images` removes it as the page of images does.
 */
const [folder = '', kind = '', input = '', afterMs = '0'] = process.argv.slice(2);
const fixture = openSandboxes(folder);
await fixture.sandboxes.list('local' as never);
const die = () => process.kill(process.pid, 'SIGKILL');
setTimeout(die, Number(afterMs));
if (kind === 'note') await fixture.note(input);
else if (kind === 'images') await fixture.removeAsImage(input);
else if (kind === 'make')
  await fixture.note(input, () => {
    mkdirSync(join(input, '.singularity.d'), { recursive: true });
    die();
  });
else await fixture.run(taskKindSchema.parse(kind), JSON.parse(input));
process.exit(0);
