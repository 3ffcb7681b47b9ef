import { truncate } from 'node:fs/promises';
import { expect } from '@playwright/test';
import { type HostPath, hostPathSchema } from '#core/contract/hostPath.ts';
import { hostIdSchema } from '#core/contract/ids.ts';
import type { Image } from '#core/contract/images.ts';
import type { Client } from '#core/contract/index.ts';
import type { Terminal } from '#core/contract/terminals.ts';
import { openClient } from '../fixtures/client.ts';
import { askHost, expectTold, first, hostSettings, taskUntil } from '../fixtures/clusterHosts.ts';
import { startHost } from '../fixtures/host.ts';
import { test } from '../fixtures/test.ts';
import { hostPane, hostsPage, promptDialog } from '../pages/hostsPage.ts';
import { workbench } from '../pages/workbench.ts';
import { testbed } from '../testbed/testbed.ts';

test.use({ needs: ['user', 'apptainer', 'tiny', 'ssh'] });

const { tiny, ssh } = testbed();
const near = { destination: 'cluster' };
const clusterId = hostIdSchema.parse('cluster');

const unreachable = [
  { says: 'an unknown host', host: 'nosuch.invalid', code: 'host.nameUnknown', status: 5 },
  { says: 'a refused port', host: 'shut', code: 'host.connectionRefused', status: 5 },
  { says: 'a key that nobody knows', host: 'cluster-stranger', code: 'host.authenticationFailed', status: 4 },
  { says: 'an account without a shell', host: 'cluster-nologin', code: 'host.loginShell', status: 1 },
  { says: 'an unknown machine', host: 'cluster-unknown', code: 'host.keyUnknown', status: 4 },
  { says: 'a changed machine', host: 'cluster-changed', code: 'host.keyChanged', status: 4 },
  { says: 'a question without a terminal', host: 'cluster-otp', code: 'host.promptImpossible', status: 4 },
];
test('a host that cannot be used is told with its cause and the next step', async ({ person }) => {
  await person.hasSettings(hostSettings({ shut: { destination: '127.0.0.1', port: 3 } }));
  await person.hasImage(tiny.sif, 'tiny.sif');
  for (const { says, host, code, status } of unreachable) {
    await test.step(says, async () => {
      expectTold(await person.workbench(['list', '--host', host]), code, status);
      expectTold(await person.workbench(['push', 'tiny.sif', `${host}:/tmp/`]), code, status);
    });
  }
});

test('an account without a shell is told in the words of its host', async ({ person }) => {
  const ended = await person.workbench(['list', '--host', 'cluster-nologin']);
  expect(ended.stderr).toContain('“This account is currently not available.”');
});

test('what a startup file prints is not taken for an answer', async ({ person }) => {
  const folder = await newFolder('/home/alice');
  await person.hasImage(tiny.sif, 'tiny.sif');
  const pushed = await person.workbench(['push', 'tiny.sif', `cluster:${folder}/`]);
  expect(pushed).toMatchObject({ status: 0, stdout: `${folder}/tiny.sif\n` });
  const image = `${folder}/tiny.sif`;
  expect(await person.workbench(['exec', '--host', 'cluster', image, 'echo', 'here'])).toMatchObject({
    status: 0,
    stdout: 'here\n',
  });
  const { stdout } = await person.workbench(['inspect', '--host', 'cluster', '--json', image]);
  expect(JSON.parse(stdout)).toMatchObject({ image: { format: 'sif', architecture: 'amd64' } });
  await askHost('cluster', `rm -r ${folder}`);
});

test('a cancelled question ends signing in, and is not asked again', async ({ openWorkbench }) => {
  const { page } = await openWorkbench();
  const bench = workbench(page);
  await bench.endWelcome();
  await bench.goTo('Hosts');
  await hostsPage(page).addAndConnect('cluster-otp');
  const { dialog } = promptDialog(page, 'cluster-otp');
  await expect(dialog).toContainText('Password:');
  await page.keyboard.press('Escape');
  const { pane, connect } = hostPane(page, 'cluster-otp');
  await expect(pane).toContainText('You cancelled signing in');
  await expect(pane).toContainText('Connect again when you are ready.');
  await expect(dialog).toBeHidden();
  await connect();
  await expect(dialog).toContainText('Password:');
});

const refusedPlaces = [
  { says: 'a small disk', place: ssh.places.small, bytes: 8_000_000, code: 'disk.full', status: 6 },
  { says: 'a used up quota', place: ssh.places.quota, bytes: 8_000_000, code: 'disk.quota', status: 6 },
  {
    says: 'a folder of others',
    place: ssh.places.locked,
    bytes: null,
    code: 'host.permissionDenied',
    status: 4,
  },
];
for (const { says, place, bytes, code, status } of refusedPlaces) {
  test(`${says} takes no image, and keeps no part of one`, async ({ person }) => {
    test.skip(place === '', 'the kernel has no such file system');
    const image = await person.hasImage(tiny.sif, 'tool.sif');
    if (bytes !== null) await truncate(image, bytes);
    const before = await askHost('cluster', `ls -A ${place}`);
    expectTold(await person.workbench(['push', 'tool.sif', `cluster:${place}/`]), code, status);
    expect(await askHost('cluster', `ls -A ${place}`)).toBe(before);
  });
}

test('more terminals than the server takes are refused in words; the others go on', async ({ person }) => {
  await person.hasSettings(hostSettings({ cluster: near }));
  const image = await person.hasImage(tiny.sif, 'tiny.sif');
  const host = await startHost(person);
  const { client, close } = await openClient(host);
  try {
    await client.hosts.connect({ hostId: clusterId });
    const subject = { kind: 'hostShell', hostId: clusterId, folder: null } as const;
    const open = () => client.terminals.open({ subject, size: { columns: 80, rows: 24 } });
    const opened: Terminal[] = [];
    // Sshd's own limit, and one session is the workbench's.
    while (opened.length < 9) opened.push(await open());
    await expect(open()).rejects.toMatchObject({
      data: {
        code: 'host.tooManySessions',
        title: 'cluster takes no more sessions',
        nextStep: expect.stringContaining('Close a terminal'),
      },
    });
    const push = { path: hostPathSchema.parse(image), hostId: clusterId, fileName: null, overwrite: false };
    const { taskId } = await client.images.push({ ...push, folder: hostPathSchema.parse('/tmp') });
    const { status } = await taskUntil(client, taskId, ({ endedAt }) => endedAt !== null);
    expect(status).toMatchObject({ state: 'failed', error: { code: 'host.tooManySessions' } });
    const { terminals } = await first(client.terminals.watch());
    expect(terminals.map(({ ended }) => ended)).toEqual(opened.map(() => null));
    for (const { id } of opened) await client.terminals.close({ id });
    expect(await open()).toMatchObject({ ended: null });
  } finally {
    close();
    await host.stop();
  }
});

test('file names that attack a shell or the screen stay names on a host', async ({ person }) => {
  const folder = await newFolder('/home/alice');
  // The last is no UTF-8, the one before has a line end and an escape sequence in it.
  const names = [
    '-dash.sif',
    `it'"'"'s "quoted" $(touch pwned).sif`,
    'two\\nlines\\033[31m.sif',
    'raw\\377\\376.sif',
  ];
  await person.hasImage(tiny.sif, 'tiny.sif');
  await person.workbench(['push', 'tiny.sif', `cluster:${folder}/plain.sif`]);
  for (const name of names) await askHost('cluster', `cd ${folder}; cp plain.sif "./$(printf -- '${name}')"`);
  await askHost('cluster', `rm ${folder}/plain.sif`);

  await person.hasSettings(
    hostSettings({ cluster: { ...near, imageFolders: [hostPathSchema.parse(folder)] } }),
  );
  const listed = await person.workbench(['list', '--host', 'cluster']);
  expect(listed.stdout).toContain('two\\x0alines\\x1b[31m.sif');
  expect(listed.stdout).toContain('raw\\xff\\xfe.sif');
  const host = await startHost(person);
  const { client, close } = await openClient(host);
  try {
    await client.hosts.connect({ hostId: clusterId });
    const rows = await rowsOf(client);
    expect(rows.map(({ format }) => format)).toEqual(names.map(() => 'sif'));
    const renamed: HostPath[] = [];
    for (const [index, { path }] of rows.entries()) {
      const detail = await client.images.detail({ hostId: clusterId, path });
      expect(detail.labels).toContainEqual({ name: 'Name', value: 'tiny' });
      const newName = hostPathSchema.parse(`'${index}\\x0a\\xff $(touch pwned).sif`);
      renamed.push((await client.images.rename({ hostId: clusterId, path, newName })).path);
    }
    expect(await askHost('cluster', `ls -A ${folder} | grep -c "^'"`)).toBe('4\n');
    expect(await client.images.remove({ hostId: clusterId, paths: renamed })).toMatchObject({ removed: 4 });
    expect(await askHost('cluster', `ls -A ${folder}; ls | grep pwned; true`)).toBe('');
  } finally {
    close();
    await host.stop();
    await askHost('cluster', `rm -r ${folder}`);
  }
});

/** A folder on the near host that nothing else is in. */
async function newFolder(parent: string): Promise<string> {
  return (await askHost('cluster', `mktemp -d ${parent}/faults-XXXXXX`)).trim();
}

/** The images of the near host, once its folders are read. */
async function rowsOf(client: Client): Promise<readonly Image[]> {
  const images: Image[] = [];
  for await (const event of await client.images.watch({ hostId: clusterId })) {
    if (event.type === 'upsert') images.push(...event.images);
    if (event.type === 'ready') break;
  }
  return images.sort((one, other) => one.path.localeCompare(other.path));
}
