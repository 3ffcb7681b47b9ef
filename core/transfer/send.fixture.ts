import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKeyedLock } from '#core/cache/keyedLock.ts';
import { type HostPath, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import { taskIdSchema } from '#core/contract/ids.ts';
import type { Progress } from '#core/contract/tasks.ts';
import type { Host } from '#core/hosts/host.ts';
import { createLocalHost } from '#core/hosts/localHost.ts';
import { openSshHost } from '#core/hosts/ssh/createSshHost.ts';
import { type Master, openMaster } from '#core/hosts/ssh/master.fixture.ts';
import { scrubbedEnvironment } from '#core/runtime/environment.ts';
import { runOverChannel } from './channelRun.ts';
import { remoteScript, type ScriptValue } from './remoteScript.ts';
import { type SendMeans, type SendRequest, type SentFile, sendFile } from './sendFile.ts';

/** A host of the test bed, with a folder there, a folder here, and everything real in between. */
export interface SendFixture {
  readonly here: string;
  readonly there: HostPath;
  readonly host: Host;
  readonly line: Master;
  readonly means: SendMeans;
  /** Sends as a task would. */
  send(
    request: Partial<SendRequest> & Pick<SendRequest, 'source' | 'target'>,
    options?: SendOptions,
  ): Promise<SentFile>;
  /** Runs a script there. */
  script(body: string, values?: Readonly<Record<string, ScriptValue>>): Promise<string>;
  /** SHA-256 there, and the names in a folder there. */
  sha256(path: HostPath): Promise<string>;
  names(): Promise<readonly string[]>;
  readonly log: readonly string[];
  dispose(): Promise<void>;
}

export interface SendOptions {
  readonly means?: Partial<SendMeans>;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ReportedProgress) => void;
}

export type ReportedProgress = Partial<Progress> & Pick<Progress, 'phase'>;

const observer = { started: () => ({ ended: () => undefined }) };

/** This machine, with another search path where one is given. */
export function localHost(path?: string): Host {
  const environment = scrubbedEnvironment(process.env, null);
  return createLocalHost({
    environment: path === undefined ? environment : { ...environment, PATH: path },
    observer,
  });
}

export async function createSendFixture(name = 'cluster'): Promise<SendFixture> {
  const here = mkdtempSync(join(tmpdir(), 'send-test-'));
  const line = await openMaster(name);
  const script: SendFixture['script'] = async (body, values) => {
    const { signal } = new AbortController();
    const end = await runOverChannel(line, remoteScript(body, values), { signal });
    if (end === null || end.exitStatus !== 0) throw new Error(`there: ${end?.stderr ?? 'cut'}`);
    return end.output;
  };
  const there = hostPathFromText((await script('mktemp -d')).trim());
  await script('chmod 755 "$there"', { there: { path: there } });
  const host = await openSshHost({
    id: line.hostId,
    label: name,
    connection: line,
    observer,
    initLines: () => '',
  });
  const means: SendMeans = {
    local: localHost(),
    host,
    connection: line,
    transferConnection: null,
    locks: createKeyedLock(join(here, 'locks')),
  };
  const log: string[] = [];
  return {
    here,
    there,
    host,
    line,
    means,
    log,
    script,
    send: (request, options = {}) =>
      sendFile(
        { ...means, ...options.means },
        { overwrite: false, sha256: null, share: { from: 0, to: 1 }, ...request },
        {
          id: taskIdSchema.parse('send-test'),
          signal: options.signal ?? new AbortController().signal,
          report: (progress) => options.onProgress?.(progress),
          log: (_stream, text) => log.push(text),
          resumeFrom: 0,
          isAdopted: false,
        },
      ),
    sha256: async (path) => (await script('sha256sum <"$path"', { path: { path } })).slice(0, 64),
    names: async () =>
      (await script('ls -A "$there"', { there: { path: there } })).split('\n').filter((word) => word !== ''),
    async dispose() {
      await script('rm -rf "$there"', { there: { path: there } });
      await line.dispose();
      rmSync(here, { recursive: true, force: true });
    },
  };
}

/** A path in the fixture's folder there. */
export function inThere(fixture: SendFixture, name: string): HostPath {
  return joinPath(fixture.there, name as HostPath);
}
