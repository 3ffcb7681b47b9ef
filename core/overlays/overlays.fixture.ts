import { readFileSync } from 'node:fs';
import { type HostPath, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import { hostIdSchema, localHostId, taskIdSchema } from '#core/contract/ids.ts';
import type { TaskKind, TaskResult } from '#core/contract/tasks.ts';
import type { Host } from '#core/hosts/host.ts';
import { createLocalHost } from '#core/hosts/localHost.ts';
import { nobody } from '#core/hosts/ssh/asker.ts';
import { createSshConnection } from '#core/hosts/ssh/createSshConnection.ts';
import { openSshHost } from '#core/hosts/ssh/createSshHost.ts';
import { createWorkRecords } from '#core/images/workRecords.ts';
import { commandSpec } from '#core/runtime/commandSpec.ts';
import { createDialect } from '#core/runtime/dialect.ts';
import { scrubbedEnvironment } from '#core/runtime/environment.ts';
import { stderrRules } from '#core/runtime/stderrRules.ts';
import { testbed } from '#e2e/testbed/testbed.ts';
import { createOverlays } from './createOverlays.ts';
import type { Overlays } from './overlays.ts';

/** Overlays in a folder of a host of the test bed, with the tiny image beside them. */
export interface OverlaysFixture {
  readonly host: Host;
  readonly folder: HostPath;
  readonly image: HostPath;
  readonly overlays: Overlays;
  at(name: string): HostPath;
  run(kind: TaskKind, input: object): Promise<TaskResult>;
  /** What a line of sh says in the folder; `$TINY` is the image. */
  say(line: string): Promise<string>;
  dispose(): Promise<void>;
}

const observer = { started: () => ({ ended: () => undefined }) };

/** `name` is `local` or a host of the test bed's ssh_config; `here` a private folder of this machine. */
export async function openOverlays(
  name: string,
  here: string,
  options: { readonly onProgress?: (text: string) => void; readonly taskId?: string } = {},
): Promise<OverlaysFixture> {
  const environment = scrubbedEnvironment(process.env, null);
  const local = createLocalHost({ environment, observer });
  const id = name === 'local' ? localHostId : hostIdSchema.parse(name);
  const connection =
    name === 'local'
      ? null
      : createSshConnection({
          hostId: id,
          label: name,
          destination: name,
          port: null,
          sharesConnection: true,
          configFile: testbed().ssh.config,
          runtimeFolder: here,
          asker: nobody,
          onChange: () => undefined,
          environment,
        });
  await connection?.connect();
  const host =
    connection === null
      ? local
      : await openSshHost({ id, label: name, connection, observer, initLines: () => '' });
  const folder =
    connection === null
      ? hostPathFromText(here)
      : await host.files.makeTemporaryFolder(host.homeFolder, hostPathFromText('overlays-'));
  const at = (below: string) => joinPath(folder, hostPathFromText(below));
  const image = at('tiny.sif');
  await host.files.write(image, readFileSync(testbed().tiny.sif));
  const overlays = createOverlays({
    local,
    hosts: {
      open: () => Promise.resolve(host),
      runtime: () =>
        Promise.resolve({
          path: hostPathFromText('/usr/bin/apptainer'),
          dialect: createDialect('apptainer', '1.4.5', null),
        }),
    },
    libraryOf: async () =>
      (await host.files.list(folder)).flatMap(({ name: file, facts }) =>
        facts.kind === 'file' && !file.startsWith('.')
          ? [{ path: joinPath(folder, file), format: file.endsWith('.sif') ? 'sif' : 'ext3' } as const]
          : [],
      ),
    defaultFolder: () => folder,
    recordsOf: () =>
      createWorkRecords({
        host,
        folder: at('.work'),
        onProblem: (text) => {
          throw new Error(text);
        },
      }),
    stateFolder: hostPathFromText(here),
    rules: stderrRules,
  });
  let count = 0;
  const say: OverlaysFixture['say'] = async (line) => {
    const { stdout } = await host.run(
      commandSpec('/bin/sh', ['-c', `cd "$1"; TINY=$2; ${line}`, 'sh', { path: folder }, { path: image }], {
        purpose: 'Test',
      }),
    );
    return stdout;
  };
  return {
    host,
    folder,
    image,
    overlays,
    at,
    say,
    async run(kind, input) {
      count += 1;
      const definition = overlays.taskDefinitions.find((one) => one.kind === kind);
      if (definition === undefined) throw new Error(`no work ${kind}`);
      return await definition.run(definition.input.parse({ hostId: id, ...input }), {
        id: taskIdSchema.parse(options.taskId ?? `task-${process.pid}-${count}`),
        signal: new AbortController().signal,
        report: ({ text }) => options.onProgress?.(text ?? ''),
        log: () => undefined,
        resumeFrom: 0,
        isAdopted: false,
      });
    },
    async dispose() {
      await host.run(commandSpec('rm', ['-rf', { path: folder }], { purpose: 'Test' }));
      await connection?.disconnect();
    },
  };
}
