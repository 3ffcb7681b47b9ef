import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type HostPath, hostPathFromText } from '#core/contract/hostPath.ts';
import { type HostId, localHostId } from '#core/contract/ids.ts';
import type { SignInput, Verification, VerifyInput } from '#core/contract/trust.ts';
import type { Host } from '#core/hosts/host.ts';
import { createLocalHost } from '#core/hosts/localHost.ts';
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

/** Of this machine, or of another host with the keys that it has. */
export function createTrustFixture({
  hostId = localHostId,
  host: given,
}: {
  readonly hostId?: HostId;
  readonly host?: Host;
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
    rules: stderrRules,
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
