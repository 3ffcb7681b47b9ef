import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { askHost } from '../fixtures/clusterHosts.ts';
import { oneTimeCode } from '../fixtures/oneTimeCode.ts';
import { test } from '../fixtures/test.ts';
import { hostPane, hostsPage, promptDialog } from '../pages/hostsPage.ts';
import { workbench } from '../pages/workbench.ts';
import { testbed } from '../testbed/testbed.ts';

test.use({ needs: ['user', 'apptainer', 'authRegistry', 'tiny', 'ssh'] });

test('what is typed to sign in is nowhere but where it was asked for', async ({ person, openWorkbench }) => {
  const { ssh, authRegistry, tiny } = testbed();
  const code = oneTimeCode(ssh.totpSecret);
  const login = `${authRegistry.userName}:${authRegistry.password}`;
  const secrets = [ssh.password, authRegistry.password, Buffer.from(login).toString('base64')];
  const expectNoSecret = (text: string, where: string) => {
    for (const secret of secrets) expect(text.includes(secret), `${where} has a secret`).toBe(false);
    // Six digits alone: as a part of a longer number they are not the code.
    expect(new RegExp(`(?<![0-9A-Za-z])${code}(?![0-9A-Za-z])`).test(text), `${where} has the code`).toBe(
      false,
    );
  };
  const expectSilentProcesses = async (where: string) => {
    expectNoSecret(await processesHere(), `a process here, ${where}`);
    expectNoSecret(
      await askHost('cluster', 'cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline 2>/dev/null; true'),
      where,
    );
  };

  const { page } = await openWorkbench();
  const bench = workbench(page);
  await bench.endWelcome();
  await bench.goTo('Hosts');
  await hostsPage(page).addAndConnect('cluster-otp');
  const prompt = promptDialog(page, 'cluster-otp');
  await expect(prompt.dialog).toContainText('Password:');
  await prompt.answer(ssh.password);
  await expect(prompt.dialog).toContainText('Verification code:');
  await expectSilentProcesses('between the two questions');
  await prompt.answer(code);
  await hostPane(page, 'cluster-otp').untilConnected();
  await expectSilentProcesses('signed in');

  // Over the window's line: there is no terminal to ask on.
  const target = `${(await askHost('cluster', 'mktemp -d /home/alice/secrets-XXXXXX')).trim()}/tiny.sif`;
  const reference = `docker://${authRegistry.address}/${tiny.repository}:${tiny.tag}`;
  const words = ['pull', '--verbose', '--host', 'cluster-otp', '--route', 'host'];
  let isPulling = true;
  const pulling = person
    .workbench([...words, '--user', authRegistry.userName, '--password-stdin', reference, target], {
      input: `${authRegistry.password}\n`,
    })
    .finally(() => {
      isPulling = false;
    });
  while (isPulling) await expectSilentProcesses('while it pulls');
  const pulled = await pulling;
  expect(pulled, pulled.stderr).toMatchObject({ status: 0, stdout: `${target}\n` });
  expectNoSecret(pulled.stderr, 'what the command line says');

  const log = await bench.showDock('Commands');
  expectNoSecret((await log.textContent()) ?? '', 'the command log');
  for (const { name, text } of await filesBelow(person.home)) expectNoSecret(text, name);
  // All files of the account there, read as one: also those of work that went before.
  expectNoSecret(await askHost('cluster', 'find ~ -type f -exec cat {} +'), 'the home folder on the host');
  await askHost('cluster', `rm -r ${target.replace(/\/[^/]*$/, '')}`);
});

/** Command lines and environments of all processes that this user may read. */
async function processesHere(): Promise<string> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const files = ids.flatMap((id) => [`/proc/${id}/cmdline`, `/proc/${id}/environ`]);
  // A process may end between the listing and the reading, and others' environments are not ours to read.
  return (await Promise.all(files.map((file) => readFile(file, 'latin1').catch(() => '')))).join('\n');
}

async function filesBelow(
  folder: string,
): Promise<readonly { readonly name: string; readonly text: string }[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(names.map(async (name) => ({ name, text: await readFile(name, 'latin1') })));
}
