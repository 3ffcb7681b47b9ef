import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { localHostId } from '#core/contract/ids.ts';
import type { ActionInput } from '#core/contract/images.ts';
import { defaultActionOptions } from '#core/contract/runtime.ts';
import { createLocalHost } from '#core/hosts/localHost.ts';
import { createDialect } from '#core/runtime/dialect.ts';
import { scrubbedEnvironment } from '#core/runtime/environment.ts';
import { stderrRules } from '#core/runtime/stderrRules.ts';
import { testbed, whyMissing } from '#e2e/testbed/testbed.ts';
import { resolveActionCommand } from './actions.ts';

/** Others beside us may have a passphrase among their words. */
const ours = randomUUID();
const passphrase = `sesame 'open' $HOME ${ours}`;
const folder = mkdtempSync(join(tmpdir(), 'image-key-'));
const file = (name: string) => hostPathFromText(join(folder, name));
const room = {
  host: createLocalHost({
    environment: scrubbedEnvironment(process.env, null),
    observer: { started: () => ({ ended: () => undefined }) },
  }),
  runtime: {
    path: hostPathFromText('/usr/bin/apptainer'),
    dialect: createDialect('apptainer', '1.4.5', null),
  },
  rules: stderrRules,
  openWorkspace: () => Promise.resolve(null),
};
const action = (
  name: string,
  opensWith: ActionInput['opensWith'],
  ...args: readonly string[]
): ActionInput => ({
  hostId: localHostId,
  path: file(name),
  verb: 'exec',
  options: defaultActionOptions,
  args: [...args],
  workspace: null,
  opensWith,
});
const encrypted = (cause: string) =>
  expect.objectContaining({ report: expect.objectContaining({ code: 'image.encrypted', cause }) });

beforeEach((context) => {
  const reason = whyMissing('apptainer', 'tiny');
  if (reason !== null) context.skip(reason);
});
beforeAll(() => {
  if (whyMissing('apptainer', 'tiny') !== null) return;
  const run = (program: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}) =>
    execFileSync(program, args, { cwd: folder, env: { ...process.env, ...environment }, stdio: 'ignore' });
  const { sif } = testbed().tiny;
  run('apptainer', ['build', '--encrypt', 'secret.sif', sif], {
    APPTAINER_ENCRYPTION_PASSPHRASE: passphrase,
  });
  for (const name of ['mine', 'other'])
    run('openssl', ['genrsa', '-traditional', '-out', `${name}.pem`, '2048']);
  run('openssl', ['rsa', '-in', 'mine.pem', '-RSAPublicKey_out', '-out', 'mine.pub']);
  run('apptainer', ['build', '--pem-path', 'mine.pub', 'keyed.sif', sif]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a passphrase opens it; it is in no command line, and not in the container', async () => {
  const input = action(
    'secret.sif',
    { type: 'passphrase' },
    'sh',
    '-c',
    // Some are gone before they are read.
    'env; cat /proc/*/cmdline 2>/dev/null; :',
  );
  const { stdout, exitStatus } = await room.host.run(await resolveActionCommand(room, input, passphrase));
  expect(exitStatus).toBe(0);
  expect(stdout).toContain('PATH=');
  expect(stdout).not.toContain(ours);
});

test('without it the runtime asks on the terminal, and takes what is typed', async () => {
  const input = action('secret.sif', { type: 'passphrase' }, 'echo', 'inside');
  const pty = await room.host.openPty(await resolveActionCommand(room, input, null), {
    size: { columns: 80, rows: 24 },
  });
  let shown = '';
  let isTyped = false;
  const exitStatus = await new Promise((resolve) => {
    pty.onExit((end) => resolve(end.exitStatus));
    pty.onData((bytes) => {
      shown += new TextDecoder().decode(bytes);
      if (isTyped || !/passphrase[^\n]*: ?$/i.test(shown)) return;
      isTyped = true;
      pty.write(new TextEncoder().encode(`${passphrase}\n`));
    });
  });
  expect([exitStatus, shown]).toEqual([0, expect.stringContaining('inside')]);
});

test('a wrong passphrase is named before anything is started', async () => {
  const input = action('secret.sif', { type: 'passphrase' }, 'true');
  await expect(resolveActionCommand(room, input, 'wrong')).rejects.toEqual(
    encrypted('The passphrase is wrong.'),
  );
});

test('a PEM key opens what is encrypted for it, and no other does', async () => {
  const opensWith = (name: string) => ({ type: 'pem' as const, path: file(name) });
  const spec = await resolveActionCommand(
    room,
    action('keyed.sif', opensWith('mine.pem'), 'echo', 'inside'),
    null,
  );
  expect((await room.host.run(spec)).stdout).toBe('inside\n');
  const other = action('keyed.sif', opensWith('other.pem'), 'true');
  await expect(resolveActionCommand(room, other, null)).rejects.toEqual(encrypted('The key does not fit.'));
});
