import {
  chmodSync,
  closeSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type HostPath, hostPathFromText, hostPathToText } from '#core/contract/hostPath.ts';
import { type HostId, localHostId } from '#core/contract/ids.ts';
import type { SignInput, Verification, VerifyInput } from '#core/contract/trust.ts';
import type { Host } from '#core/hosts/host.ts';
import { createLocalHost } from '#core/hosts/localHost.ts';
import { createWorkRecords } from '#core/images/workRecords.ts';
import { createDialect } from '#core/runtime/dialect.ts';
import { scrubbedEnvironment } from '#core/runtime/environment.ts';
import { stderrRules } from '#core/runtime/stderrRules.ts';
import { testbed } from '#e2e/testbed/testbed.ts';
import { createTrust } from './createTrust.ts';
import type { Trust } from './trust.ts';

/** A person with a home folder and key rings of their own. */
export interface TrustFixture {
  readonly folder: string;
  readonly host: Host;
  readonly trust: Trust;
  /** Command lines that were run, secrets and all: what `ps` would show. */
  readonly started: readonly string[];
  /** A copy of the tiny SIF. */
  image(name: string): HostPath;
  verify(path: HostPath, means?: VerifyInput['with']): Promise<Verification>;
  sign(path: HostPath, fingerprint: string, passphrase: string, what?: SignInput['what']): Promise<void>;
  dispose(): void;
}

export const never = () => new AbortController().signal;
/** Of the keys that tests make. */
export const passphrase = 'only for the test';
/** What a call that fails with this code rejects with. */
export const failsWith = (code: string) =>
  expect.objectContaining({ report: expect.objectContaining({ code }) });
export const textOf = (path: HostPath) => hostPathToText(path) ?? '';

/** Gives the new key's fingerprint. */
export function createKey({ trust }: TrustFixture, name: string, secret: string | null): Promise<string> {
  const email = `${name.toLowerCase().replaceAll(' ', '.')}@example.org`;
  return trust.keys.create(
    { hostId: localHostId, name, email, comment: '', passphrase: secret, bits: 2048 },
    never(),
  );
}

/** Writes one other byte into a file. */
export function changeByte(path: HostPath, at: number): void {
  const file = openSync(textOf(path), 'r+');
  const byte = readFileSync(textOf(path))[at] ?? 0;
  writeSync(file, Uint8Array.of(byte ^ 0xff), 0, 1, at);
  closeSync(file);
}

/** Of this machine, or of another host with the keys that it has. */
export function createTrustFixture({
  hostId = localHostId,
  host: given,
  keyserver = null,
  records,
}: {
  readonly hostId?: HostId;
  readonly host?: Host;
  /** Of the settings. */
  readonly keyserver?: string | null;
  /** Where work is written down, on that host; this machine's own folder of the fixture by default. */
  readonly records?: HostPath;
} = {}): TrustFixture {
  const folder = mkdtempSync(join(tmpdir(), 'trust-'));
  const home = join(folder, 'home');
  mkdirSync(home);
  const started: string[] = [];
  const environment = { ...scrubbedEnvironment(process.env, null), HOME: home };
  const local = createLocalHost({
    environment,
    observer: {
      started: (_, spec) => {
        started.push(JSON.stringify([spec.program, spec.args]));
        return { ended: () => undefined };
      },
    },
  });
  const host = given ?? local;
  const trust = createTrust({
    openHost: async () => host,
    runtime: async () => ({
      path: hostPathFromText('/usr/bin/apptainer'),
      dialect: createDialect('apptainer', '1.4.5', null),
    }),
    isRoot: async () => false,
    keyserver: () => keyserver,
    rules: stderrRules,
    recordsOf: (on) =>
      createWorkRecords({
        host: on,
        folder: records ?? hostPathFromText(join(folder, 'work')),
        onProblem: (problem) => {
          throw new Error(problem);
        },
      }),
    stateFolder: join(folder, 'state'),
  });
  return {
    folder,
    host,
    trust,
    started,
    image: (name) => {
      const path = join(folder, name);
      copyFileSync(testbed().tiny.sif, path);
      chmodSync(path, 0o644);
      return hostPathFromText(path);
    },
    verify: (path, means = { type: 'local' }) => trust.verify({ hostId, path, with: means }, never()),
    sign: (path, fingerprint, passphrase, what = { type: 'all' }) =>
      trust.sign({ hostId, path, key: { type: 'ring', fingerprint, passphrase }, what }, never()),
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  };
}
