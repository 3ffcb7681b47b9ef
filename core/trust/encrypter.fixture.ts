import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { localHostId, taskIdSchema } from '#core/contract/ids.ts';
import { createLocalHost } from '#core/hosts/localHost.ts';
import { createWorkRecords } from '#core/images/workRecords.ts';
import { createDialect } from '#core/runtime/dialect.ts';
import { scrubbedEnvironment } from '#core/runtime/environment.ts';
import { stderrRules } from '#core/runtime/stderrRules.ts';
import { createTrust } from './createTrust.ts';

/**
 * An encryption in a process of its own that kills itself (SIGKILL) some time after it began: `FOLDER SOURCE
 * MILLISECONDS`. Without a source it only removes what others left.
 */
const [folder = tmpdir(), source = '', afterMs = '0'] = process.argv.slice(2);
const host = createLocalHost({
  environment: scrubbedEnvironment(process.env, null),
  observer: { started: () => ({ ended: () => undefined }) },
});
const records = createWorkRecords({
  host,
  folder: hostPathFromText(join(folder, 'work')),
  onProblem: console.error,
});
const trust = createTrust({
  openHost: async () => host,
  runtime: async () => ({
    path: hostPathFromText('/usr/bin/apptainer'),
    dialect: createDialect('apptainer', '1.4.5', null),
  }),
  isRoot: async () => false,
  keyserver: () => null,
  rules: stderrRules,
  recordsOf: () => records,
  stateFolder: join(folder, 'state'),
});
if (source === '') await records.removeLeftovers();
else
  await trust.definition.run(
    {
      hostId: localHostId,
      path: hostPathFromText(source),
      target: hostPathFromText(join(folder, 'images', 'secret.sif')),
      overwrite: false,
      with: { type: 'passphrase', passphrase: 'sesame' },
    },
    {
      id: taskIdSchema.parse('killed-encryption'),
      signal: new AbortController().signal,
      report: () => {
        if (afterMs === '0') process.kill(process.pid, 'SIGKILL');
        else setTimeout(() => process.kill(process.pid, 'SIGKILL'), Number(afterMs));
      },
      log: () => undefined,
      resumeFrom: 0,
      isAdopted: false,
    },
  );
