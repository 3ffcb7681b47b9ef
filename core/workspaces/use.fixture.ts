import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type HostPath, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import { hostIdSchema, localHostId, workspaceIdSchema } from '#core/contract/ids.ts';
import type { ActionInput } from '#core/contract/images.ts';
import { type ActionOptions, defaultActionOptions } from '#core/contract/runtime.ts';
import { type Workspace, workspaceManifestSchema } from '#core/contract/workspaces.ts';
import type { CommandOutcome, Host } from '#core/hosts/host.ts';
import { createLocalHost } from '#core/hosts/localHost.ts';
import { nobody } from '#core/hosts/ssh/asker.ts';
import { createSshConnection } from '#core/hosts/ssh/createSshConnection.ts';
import { openSshHost } from '#core/hosts/ssh/createSshHost.ts';
import { actionCommand, type Runtime } from '#core/runtime/action.ts';
import { type CommandSpec, commandSpec } from '#core/runtime/commandSpec.ts';
import { createDialect } from '#core/runtime/dialect.ts';
import { scrubbedEnvironment } from '#core/runtime/environment.ts';
import { testbed } from '#e2e/testbed/testbed.ts';
import { createWorkspaceStore } from './createWorkspaceStore.ts';
import { readLease } from './leases.ts';
import { createWorkspaceUse, type WorkspaceUse } from './openWorkspace.ts';
import type { WorkspaceStore } from './workspaceStore.ts';

/** A host of the test bed with a folder of workspaces, an image, and what opens the ones in the other. */
export interface UseFixture {
  readonly host: Host;
  readonly runtime: Runtime;
  readonly folder: HostPath;
  readonly image: HostPath;
  readonly store: WorkspaceStore;
  readonly use: WorkspaceUse;
  /** A workspace with the test's program in it, in a folder of this name. */
  make(name: string): Promise<Workspace>;
  /** The same, with its tree in `packed.sif` alone. */
  makePacked(name: string): Promise<Workspace>;
  action(workspace: Workspace, words: readonly string[], more?: Partial<ActionOptions>): ActionInput;
  /** The command of an action, as images make it. */
  command(action: ActionInput): Promise<CommandSpec>;
  run(workspace: Workspace, ...words: readonly string[]): Promise<CommandOutcome>;
  say(line: string, ...words: readonly string[]): Promise<string>;
  dispose(): Promise<void>;
}

export interface FixtureOptions {
  /** `local`, or a name of the test bed's ssh_config. */
  readonly name: string;
  /** Of this machine, with the programs that `makeProgram` makes. */
  readonly program: Uint8Array;
  /** Other values in the runtime's configuration. */
  readonly configuration?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
}

const packScript = `set -e; mkdir -p "$1"; cd "$1"; mkdir -p root/home/mysingularity home upper work
tar -C root/home/mysingularity -xf "$2"
mksquashfs root tree.sqfs -quiet -no-progress -all-root >/dev/null
apptainer sif new packed.sif
apptainer sif add --datatype 4 --partfs 1 --parttype 4 --partarch 2 --groupid 1 packed.sif tree.sqfs
rm -r root tree.sqfs`;

const observer = { started: () => ({ ended: () => undefined }) };

/**
 * A tar archive of `bin/hello`, which finds its library and its loader below /home/mysingularity alone, and `bin/script`,
 * whose interpreter lies there: built software with a fixed prefix. Without a compiler both are scripts.
 */
export function makeProgram(folder: string): Uint8Array {
  const sh = (script: string) => execFileSync('/bin/sh', ['-ec', script], { cwd: folder });
  writeFileSync(join(folder, 'said.c'), 'const char *said(void) { return "hello from the library"; }\n');
  writeFileSync(
    join(folder, 'hello.c'),
    '#include <stdio.h>\nconst char *said(void);\nint main(void) { puts(said()); return 0; }\n',
  );
  sh(`mkdir -p tree/bin tree/lib
    if command -v gcc >/dev/null; then
      gcc -shared -fPIC -o tree/lib/libsaid.so said.c
      gcc -o tree/bin/hello hello.c -Ltree/lib -lsaid -Wl,-rpath,/home/mysingularity/lib -Wl,--disable-new-dtags \
        -Wl,--dynamic-linker,/home/mysingularity/lib/ld.so
      cp -L "$(gcc -print-file-name=libc.so.6)" tree/lib/libc.so.6
      cp -L "$(gcc -print-file-name=ld-linux-x86-64.so.2)" tree/lib/ld.so
    else
      printf '#!/home/mysingularity/bin/sh\\necho hello from the library\\n' > tree/bin/hello
    fi
    printf '#!/home/mysingularity/bin/sh\\necho script in $HOME\\n' > tree/bin/script
    ln -s /bin/sh tree/bin/sh
    chmod +x tree/bin/hello tree/bin/script
    tar -C tree -cf program.tar .`);
  return readFileSync(join(folder, 'program.tar'));
}

export async function openUse(options: FixtureOptions): Promise<UseFixture> {
  const { name } = options;
  const environment = { ...scrubbedEnvironment(process.env, null), ...options.environment };
  const here = mkdtempSync(join(process.env['HOME'] ?? '/tmp', 'use-'));
  const connection =
    name === 'local'
      ? null
      : createSshConnection({
          hostId: hostIdSchema.parse(name),
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
  const id = connection === null ? localHostId : hostIdSchema.parse(name);
  const host =
    connection === null
      ? createLocalHost({ environment, observer })
      : await openSshHost({ id, label: name, connection, observer, initLines: () => '' });
  const folder =
    connection === null
      ? hostPathFromText(here)
      : await host.files.makeTemporaryFolder(host.homeFolder, hostPathFromText('use-'));
  const at = (below: string) => joinPath(folder, hostPathFromText(below));
  const image = at('tiny.sif');
  await host.files.write(image, readFileSync(testbed().tiny.sif));
  await host.files.write(at('program.tar'), options.program);
  const settings = { ...options.configuration };
  const runtime: Runtime = {
    path: connection === null ? configuredRuntime(here, settings) : hostPathFromText('/usr/bin/apptainer'),
    dialect: createDialect('apptainer', '1.4.5', null),
    conditions: { userNamespaces: 'works' },
  };
  const store = createWorkspaceStore({
    parentOf: () => folder,
    otherParents: () => Promise.resolve([]),
    rememberParent: () => Promise.resolve(),
    readLease,
  });
  const facts: Readonly<Record<string, string>> = {
    userName: 'tester',
    'has.squashfuse': '/usr/bin/squashfuse',
    fuse: 'open',
    userOverlayTest: 'works',
  };
  const use = createWorkspaceUse({
    store,
    hosts: {
      open: () => Promise.resolve(host),
      runtime: () => Promise.resolve(runtime),
      architecture: () => Promise.resolve('amd64'),
      fact: (_id, key) => Promise.resolve(facts[key] ?? null),
      runtimeSetting: (_id, key) => Promise.resolve(settings[key] ?? 'yes'),
    },
  });
  const sh = (line: string, words: readonly string[]) =>
    host.run(commandSpec('/bin/sh', ['-c', line, 'sh', ...words], { purpose: 'Test' }));
  const action: UseFixture['action'] = (workspace, words, more = {}) => ({
    hostId: host.id,
    path: image,
    verb: 'exec',
    options: { ...defaultActionOptions, ...more },
    args: [...words],
    workspace: workspace.id,
  });
  const command: UseFixture['command'] = async (input) => {
    const opened = await use.open(host, runtime, input);
    if (opened === null) throw new Error('an action without a workspace');
    const { verb, path, options: chosen, args } = input;
    return opened.wrap(
      actionCommand({ runtime, verb, imagePath: path, options: chosen, args, workspace: opened.mount }),
    );
  };
  async function make(called: string, layered: Workspace['layered']): Promise<Workspace> {
    const place = at(called);
    if (layered === null)
      await sh('mkdir -p "$1/home" && tar -C "$1/home" -xf "$2"', [place, at('program.tar')]);
    const manifest = workspaceManifestSchema.parse({
      version: 1,
      id: workspaceIdSchema.parse(randomUUID()),
      name: called.replaceAll(/[^A-Za-z0-9]/g, '_'),
      description: '',
      createdAt: 0,
      image: null,
      size: null,
      software: [],
      lineage: [],
      layered,
    });
    await store.writeManifest(host, place, manifest);
    return await store.find(host, manifest.id);
  }
  return {
    host,
    runtime,
    folder,
    image,
    store,
    use,
    action,
    command,
    make: (called) => make(called, null),
    async makePacked(called) {
      await sh(packScript, [at(called), at('program.tar')]);
      return await make(called, { file: hostPathFromText('packed.sif'), digest: `sha256:${'0'.repeat(64)}` });
    },
    run: async (workspace, ...words) => await host.run(await command(action(workspace, words))),
    say: async (line, ...words) => (await sh(line, words)).stdout,
    async dispose() {
      await sh('chmod -R u+rwX -- "$1"; rm -rf --one-file-system -- "$1"', [folder]);
      if (connection === null) return;
      await connection.disconnect();
      execFileSync('rm', ['-rf', here]);
    },
  };
}

/** The runtime with a configuration of its own, which an installation without setuid allows (`-c FILE`). */
function configuredRuntime(folder: string, settings: Readonly<Record<string, string>>): HostPath {
  if (Object.keys(settings).length === 0) return hostPathFromText('/usr/bin/apptainer');
  const original = readFileSync('/etc/apptainer/apptainer.conf', 'utf8');
  const text = Object.entries(settings).reduce(
    (before, [key, value]) => before.replace(new RegExp(`^${key} = .*$`, 'm'), `${key} = ${value}`),
    original,
  );
  const file = join(folder, 'apptainer.conf');
  writeFileSync(file, text);
  const program = join(folder, 'apptainer');
  writeFileSync(program, `#!/bin/sh\nexec /usr/bin/apptainer -c '${file}' "$@"\n`, { mode: 0o755 });
  return hostPathFromText(program);
}
