import { join } from 'node:path';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { localHostId, type WorkspaceId } from '#core/contract/ids.ts';
import { defaultActionOptions } from '#core/contract/runtime.ts';
import { openClient, openTerminalSocket } from '../fixtures/client.ts';
import { startHost } from '../fixtures/host.ts';
import { createPerson } from '../fixtures/person.ts';
import { startProgram } from '../fixtures/programs.ts';
import { testbed } from '../testbed/testbed.ts';
import { median, report } from './report.ts';

/** Fewer for a first look: MYSINGULARITY_BENCH_RUNS=1. */
const runs = Number(process.env['MYSINGULARITY_BENCH_RUNS'] ?? 20);
const image = testbed().tiny.sif;
const size = { columns: 80, rows: 24 };
/** Says that it runs, and lives until it was heard. */
const program = ['sh', '-c', 'echo ready; sleep 0.3'];
const person = await createPerson();
const host = await startHost(person);

try {
  const { client, session, close } = await openClient(host);
  await client.workspaces.create({
    hostId: localHostId,
    name: 'tools',
    description: '',
    parent: null,
    from: { kind: 'empty' },
    imagePath: null,
  });
  const made = async () => (await client.workspaces.list({ hostId: localHostId })).workspaces[0];
  let workspace = await made();
  for (const until = Date.now() + 30_000; workspace === undefined; workspace = await made())
    if (Date.now() > until) throw new Error('no workspace was made');
  const { id: workspaceId, folder } = workspace;

  /** Milliseconds from the call to the first words of the program, which a page is given. */
  const throughCore = async (workspace: WorkspaceId | null): Promise<number> => {
    const startedAt = performance.now();
    const { id } = await client.terminals.open({
      subject: {
        kind: 'container',
        action: {
          hostId: localHostId,
          path: hostPathFromText(image),
          verb: 'exec',
          options: defaultActionOptions,
          args: program,
          workspace,
        },
      },
      size,
    });
    const socket = await openTerminalSocket(host, session, id);
    const isReady = new Promise<void>((resolve, reject) => {
      socket.once('close', (code) => reject(new Error(`the socket closed with ${code}`)));
      let said = '';
      socket.on('message', (data: Buffer) => {
        said += data.toString();
        if (said.includes('ready')) resolve();
      });
    });
    socket.send(JSON.stringify({ type: 'attach', size }));
    await isReady;
    const took = performance.now() - startedAt;
    socket.close();
    await client.terminals.close({ id });
    return took;
  };

  /** The same by a person's own command line. */
  const bare = async (): Promise<number> => {
    const startedAt = performance.now();
    const home = `${join(folder, 'home')}:/home/mysingularity`;
    const { ended, waitFor } = startProgram('apptainer', ['exec', '--home', home, image, ...program], {
      environment: person.environment,
    });
    await waitFor((output) => output.includes('ready'));
    const took = performance.now() - startedAt;
    await ended;
    return took;
  };

  await throughCore(workspaceId); // the emulator of terminals is loaded with the first
  const ours: number[] = [];
  const peer: number[] = [];
  const without: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    peer.push(await bare());
    ours.push(await throughCore(workspaceId));
    without.push(await throughCore(null));
  }
  report({
    what: 'a program in a workspace, to its first words',
    unit: 'ms',
    ours: median(ours),
    peer: { name: 'apptainer exec', value: median(peer) },
    goal: null,
  });
  report({
    what: 'the same without a workspace',
    unit: 'ms',
    ours: median(without),
    peer: { name: 'apptainer exec', value: median(peer) },
    goal: null,
  });
  report({
    what: 'what the workspace adds to apptainer exec',
    unit: 'ms',
    ours: median(ours) - median(peer),
    peer: null,
    goal: { of: 'ours', atMost: 30 },
  });
  close();
} finally {
  await host.stop();
  await person.dispose();
}
