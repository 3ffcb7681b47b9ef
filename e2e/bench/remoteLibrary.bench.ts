import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { defaultHostPreferences, type HostPreferences } from '#core/contract/hosts.ts';
import type { HostId } from '#core/contract/ids.ts';
import type { Client } from '#core/contract/index.ts';
import { openClient } from '../fixtures/client.ts';
import { startHost } from '../fixtures/host.ts';
import { createPerson, type Person } from '../fixtures/person.ts';
import { runProgram } from '../fixtures/programs.ts';
import { startSlowLink } from '../fixtures/slowLink.ts';
import { testbed } from '../testbed/testbed.ts';
import { startMaster } from './plainMaster.ts';
import { median, report } from './report.ts';

const imageCount = 1000;
const runs = 5;
const bed = testbed();
/** An account whose startup files print nothing, so that bare programs work with it. */
const quietHost = 'cluster-bob';
const link = { delayMs: 20, bytesPerSecond: 12_500_000 };

const seconds = async (work: () => Promise<unknown>): Promise<number> => {
  const startedAt = performance.now();
  await work();
  return (performance.now() - startedAt) / 1000;
};

async function readLibrary(client: Client, hostId: HostId): Promise<void> {
  let rows = 0;
  for await (const event of await client.images.watch({ hostId })) {
    if (event.type === 'upsert') rows += event.images.length;
    if (event.type === 'ready') break;
  }
  if (rows !== imageCount) throw new Error(`${rows} of ${imageCount} images were listed`);
}

async function there(person: Person, options: readonly string[], command: string): Promise<string> {
  const { environment } = person;
  const ended = await runProgram('ssh', [...options, quietHost, command], { environment });
  if (ended.status !== 0) throw new Error(ended.stderr);
  return ended.stdout;
}

function preferences(label: string, destination: string, folder: string): HostPreferences {
  return {
    label,
    ...defaultHostPreferences,
    imageFolders: [hostPathFromText(folder)],
    destination,
  };
}

const slow = await startSlowLink({ target: { host: '127.0.0.1', port: bed.ssh.near.port }, ...link });
const person = await createPerson();
const config = join(person.home, 'ssh_config');
await mkdir(person.home, { recursive: true });
await writeFile(
  config,
  [
    'Host slow',
    '  HostName 127.0.0.1',
    `  Port ${slow.port}`,
    '  User bob',
    `  IdentityFile ${bed.ssh.key}`,
    `  UserKnownHostsFile ${bed.ssh.knownHosts}`,
    `  HostKeyAlias [127.0.0.1]:${bed.ssh.near.port}`,
    'Match all',
    `Include ${bed.ssh.config}`,
    '',
  ].join('\n'),
);
const quick = ['-F', config, '-o', 'BatchMode=yes', '-q'];
const shared = [...quick, '-S', join(person.home, 's')];
const master = await startMaster(shared, quietHost, person.environment);
const host = await startHost({
  ...person,
  startWorkbench: (args) => person.startWorkbench(args, { MYSINGULARITY_SSH_CONFIG: config }),
});
const { client, close } = await openClient(host);
const folder = (await there(person, shared, 'mktemp -d')).trim();
try {
  const scp = ['-F', config, '-o', `ControlPath=${join(person.home, 's')}`, '-q'];
  const original = `${folder}/image-0000.sif`;
  const copied = await runProgram('scp', [...scp, bed.tiny.sif, `${quietHost}:${original}`], {
    environment: person.environment,
  });
  if (copied.status !== 0) throw new Error(copied.stderr);
  const more = `i=1; while [ $i -lt ${imageCount} ]; do cp ${original} ${folder}/image-$i.sif; i=$((i + 1)); done`;
  await there(person, shared, `sh -c '${more}'`);

  const { id } = await client.hosts.add(preferences('Quick', quietHost, folder));
  const { id: slowId } = await client.hosts.add(preferences('Slow', 'slow', folder));
  await client.hosts.connect({ hostId: id });
  await client.hosts.connect({ hostId: slowId });
  const first: number[] = [];
  const heads: number[] = [];
  const overSlow: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    heads.push(await seconds(() => there(person, shared, `head -qc 8192 ${folder}/*.sif`)));
    // Other times make other files of them: everything is read again.
    await there(person, shared, `touch -d 2026-01-${String(run + 1).padStart(2, '0')} ${folder}/*.sif`);
    first.push(await seconds(() => readLibrary(client, id)));
    overSlow.push(await seconds(() => readLibrary(client, slowId)));
  }
  const loop = await seconds(() =>
    there(
      person,
      shared,
      `sh -c 'for i in ${folder}/*.sif; do apptainer inspect --json $i >/dev/null; done'`,
    ),
  );
  report({
    what: `${imageCount} images of an ssh host`,
    unit: 's',
    ours: median(first),
    peer: { name: 'one GNU head over all files, same kind of line', value: median(heads) },
    goal: { of: 'ratio', atMost: 1.5 },
  });
  report({
    what: `${imageCount} images of an ssh host`,
    unit: 's',
    ours: median(first),
    peer: { name: 'loop of apptainer inspect over the line', value: loop },
    goal: { of: 'ratio', atMost: 0.02 },
  });
  report({
    what: `${imageCount} images over 100 Mbit/s and 40 ms there and back`,
    unit: 's',
    ours: median(overSlow),
    peer: null,
    goal: null,
  });

  const doctor: number[] = [];
  const reconnect: number[] = [];
  const login: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    doctor.push(await seconds(() => client.hosts.check({ hostId: id })));
    await client.hosts.disconnect({ hostId: id });
    login.push(await seconds(() => there(person, [...quick, '-o', 'ControlPath=none'], 'true')));
    reconnect.push(await seconds(() => client.hosts.connect({ hostId: id })));
    // What the connecting itself began in the background is not part of the next round.
    await client.hosts.check({ hostId: id });
  }
  report({
    what: 'doctor',
    unit: 's',
    ours: median(doctor),
    peer: null,
    goal: { of: 'ours', atMost: 2 },
  });
  report({
    what: 'Reconnect until the host can be used',
    unit: 's',
    ours: median(reconnect),
    peer: { name: 'a fresh ssh login', value: median(login) },
    goal: { of: 'ratio', atMost: 1.5 },
  });
} finally {
  await there(person, shared, `rm -rf ${folder}`);
  await master.stop();
  close();
  await host.stop();
  slow.close();
  await person.dispose();
}
