import { join } from 'node:path';
import { hostPathSchema } from '#core/contract/hostPath.ts';
import { defaultHostPreferences } from '#core/contract/hosts.ts';
import { openClient } from '../fixtures/client.ts';
import { startHost } from '../fixtures/host.ts';
import { createPerson, type Person } from '../fixtures/person.ts';
import { runProgram } from '../fixtures/programs.ts';
import { testbed } from '../testbed/testbed.ts';
import { startMaster } from './plainMaster.ts';
import { median, report } from './report.ts';

const rounds = 40;
const freshRounds = 8;
const name = 'cluster';
/** A folder with some names in it, the same for ours and for the peer. */
const folder = '/etc/skel';

/** Milliseconds that a piece of work takes. */
async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

async function ssh(person: Person, args: readonly string[]): Promise<void> {
  const { status, stderr } = await runProgram('ssh', args, { environment: person.environment });
  if (status !== 0) throw new Error(`ssh ended with ${status}: ${stderr}`);
}

const person = await createPerson();
const host = await startHost(person);
const { client, close } = await openClient(host);
const fresh = ['-F', testbed().ssh.config, '-o', 'BatchMode=yes', '-q'];
const shared = [...fresh, '-S', join(person.home, 's')];
const master = await startMaster(shared, name, person.environment);
try {
  const { id } = await client.hosts.add({
    label: 'Cluster',
    ...defaultHostPreferences,
    destination: name,
  });
  await client.hosts.connect({ hostId: id });
  const look = () => client.hosts.browse({ hostId: id, folder: hostPathSchema.parse(folder) });
  await look();
  const ours: number[] = [];
  const raw: number[] = [];
  const anew: number[] = [];
  // In turns, so that a busy moment of the machine hits all alike.
  for (let round = 0; round < rounds; round += 1) {
    ours.push(await timed(look));
    raw.push(await timed(() => ssh(person, [...shared, '-o', 'ControlMaster=no', name, `ls -la ${folder}`])));
    if (round < freshRounds)
      anew.push(
        await timed(() => ssh(person, [...fresh, '-o', 'ControlPath=none', name, `ls -la ${folder}`])),
      );
  }
  report({
    what: 'a look into a folder of an ssh host',
    unit: 'ms',
    ours: median(ours),
    peer: { name: 'ssh over a master', value: median(raw) },
    goal: { of: 'ratio', atMost: 1.5 },
  });
  report({
    what: 'a look into a folder of an ssh host',
    unit: 'ms',
    ours: median(ours),
    peer: { name: 'a fresh connection', value: median(anew) },
    goal: { of: 'ratio', atMost: 0.1 },
  });
} finally {
  await master.stop();
  close();
  await host.stop();
  await person.dispose();
}
