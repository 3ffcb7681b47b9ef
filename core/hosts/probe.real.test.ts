import { expect, it } from 'vitest';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { commandSpec } from '#core/runtime/commandSpec.ts';
import { runAttached } from './attached.ts';
import { diagnose } from './doctor.ts';
import { createLocalHost } from './localHost.ts';
import { probeHost } from './probe.ts';

const environment = { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '/' };
const host = createLocalHost({ environment, observer: { started: () => ({ ended: () => undefined }) } });

it('finds the real runtime and says that an ordinary user can run images', async () => {
  const probe = await probeHost(host, { chosenPath: null, imageFolder: hostPathFromText('/tmp') });
  expect(probe.facts).toMatchObject({ architecture: 'amd64', uid: process.getuid?.() });
  expect(probe.facts.freeBytes).toBeGreaterThan(0);
  expect(probe.facts.runtimes.find((runtime) => runtime.isChosen)).toMatchObject({
    product: 'apptainer',
    isSetuid: false,
  });
  const levels = Object.fromEntries(diagnose(probe).verdicts.map((verdict) => [verdict.id, verdict.level]));
  expect(levels).toMatchObject({
    runtime: 'works',
    userNamespaces: 'works',
    fuse: 'works',
    fakeroot: 'works',
  });
});

it('passes an exit status and a signal on, as a shell does', async () => {
  const shell = (script: string) => commandSpec('/bin/sh', ['-c', script], { purpose: 'test' });
  expect(await runAttached(shell('exit 7'), environment)).toBe(7);
  expect(await runAttached(shell('kill -TERM $$'), environment)).toBe(143);
});
