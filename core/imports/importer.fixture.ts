import type { ImportInput } from '#core/contract/images.ts';
import { createImportsFixture, importInput } from './imports.fixture.ts';

/**
 * Imports in a process of its own that kills itself (SIGKILL) some time after a phase was first seen:
 * `FOLDER SOURCE FORM PHASE MILLISECONDS`. Without a phase it only removes what others left.
 */
const [folder = '', source = '', form = 'sif', phase = '', afterMs = '0'] = process.argv.slice(2);
const fixture = createImportsFixture({ folder });
await fixture.imports.removeLeftovers();
if (phase !== '') {
  const input = importInput(source, {
    form: form as ImportInput['form'],
    fileName: 'made' as NonNullable<ImportInput['fileName']>,
  });
  let isSeen = false;
  await fixture.run(input, {
    onProgress: (progress) => {
      if (progress.phase !== phase || isSeen) return;
      isSeen = true;
      if (afterMs === '0') process.kill(process.pid, 'SIGKILL');
      else setTimeout(() => process.kill(process.pid, 'SIGKILL'), Number(afterMs));
    },
  });
}
