import { readFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What the running test bed offers, as `e2e/testbed/start.sh` wrote it to `testbed.json`. Addresses are `host:port`. */
export interface Testbed {
  /** The test bed's own folder; everything in it may be read by the test user. */
  readonly folder: string;
  /** An open registry, plain http; with `demo/multi:1`, an index for amd64 and arm64. */
  readonly registry: string;
  /**
   * A read-only registry that follows the OCI specification 1.1 (specRegistry.mjs), plain http: lists in pages of at most
   * 1,000, referrers in pages of 3. `many/tags` (5,000 tags), `demo/multi:1` (three platforms and an attestation),
   * `demo/signed:1` (seven referrers), `demo/old:1` (three, by tags alone), `team-NN/tool-NNN` (2,500 repositories).
   */
  readonly specRegistry: string;
  /** A pull-through cache before the open registry, plain http. */
  readonly proxyRegistry: string;
  /** A registry with a password (htpasswd), plain http. */
  readonly authRegistry: { readonly address: string; readonly userName: string; readonly password: string };
  /**
   * A registry behind a token server (tokenServer.mjs), plain http: `demo/tiny:v1`, `demo/python:1` for people,
   * `public/tiny:v1` for everybody. The reader may pull, not push. `setTokenLife` speaks to the server.
   */
  readonly tokenRegistry: {
    readonly address: string;
    readonly server: string;
    readonly userName: string;
    readonly password: string;
    readonly reader: { readonly userName: string; readonly password: string };
  };
  /**
   * An S3-compatible server (s3Server.mjs), plain http: `images/site/tiny.sif` for this account alone, `public/tiny.sif`
   * for everybody. By virtual hosts it answers as `BUCKET.s3.test`, a name that leads nowhere.
   */
  readonly s3: {
    readonly address: string;
    readonly bucket: string;
    readonly publicBucket: string;
    readonly accessKey: string;
    readonly secret: string;
  };
  /** Debian's onak, http://ADDRESS: keys that went there stay, so give them names of their own. */
  readonly keyserver: string;
  /** A static web server with Range support; tests may write into its folder. */
  readonly web: { readonly address: string; readonly folder: string };
  readonly tiny: {
    /** A 1 MB SIF built by the real runtime from a definition file with labels, help, test, apps. */
    readonly sif: string;
    /** docker://…/demo/tiny:v1 in both registries, oras://…/demo/sif:v1 in the open one. */
    readonly repository: string;
    readonly tag: string;
    readonly orasRepository: string;
    readonly ociLayout: string;
    readonly rootfs: string;
  };
  /** An image of at least 60 MB compressed in several layers; tag `2` shares all but the last layer with tag `1`. */
  readonly realistic: {
    readonly repository: string;
    readonly tags: readonly [string, string];
    readonly compressedBytes: number;
    readonly layers: number;
  };
  /** Hosts that are reached by ssh. Empty when `ssh` is missing. */
  readonly ssh: SshTestbed;
  /** The ordinary user (with a subuid range) that the suites run as. */
  readonly userName: string;
  /** With which that user may use sudo; of no use when `sudo` is missing. */
  readonly sudoPassword: string;
  /** An installed Chromium or Chrome; empty when there is none. */
  readonly browser: string;
  /** What could not be set up on this machine, and why; its fields above are empty. */
  readonly missing: readonly { readonly part: TestbedPart; readonly reason: string }[];
}

/** The ssh hosts: `near` on the loopback, `far` behind a link of its own. Paths are absolute. */
export interface SshTestbed {
  /**
   * An ssh_config with the hosts: `cluster` (alice: bash with a `.bashrc` that prints), `cluster-bob` (tcsh, home in
   * /srv/people), `cluster-carol` (fish), `cluster-nologin` (dave: prints a line and exits 1), `cluster-passphrase`,
   * `cluster-stranger` (a key that nobody knows), `cluster-unknown` (known hosts of `$HOME`), `cluster-changed` (another
   * key is known for it), `cluster-otp` (alice: password, then code), `cluster-far`, `cluster-far-bob`,
   * `cluster-far-carol`, and `cluster-jump` (far through `cluster`).
   */
  readonly config: string;
  readonly knownHosts: string;
  /** Private keys, readable by the user of the suites alone. Both let in as every account. */
  readonly key: string;
  readonly passphraseKey: string;
  readonly passphrase: string;
  /** Of every account, at `near.codePort`. */
  readonly password: string;
  /** Base32; SHA-1, 6 digits, 30 seconds. A code may be used again, and the ones before and after it count too. */
  readonly totpSecret: string;
  readonly near: {
    readonly name: string;
    readonly address: string;
    readonly port: number;
    readonly codePort: number;
    /** `SHA256:…` of the host keys. */
    readonly fingerprint: string;
    readonly codeFingerprint: string;
  };
  /** Empty fingerprint when `sshFar` is missing. */
  readonly far: {
    readonly name: string;
    readonly address: string;
    readonly port: number;
    readonly fingerprint: string;
  };
  /** Folders on both hosts, for every account. */
  readonly places: {
    /** A file system of 4 MB. */
    readonly small: string;
    /** "Disk quota exceeded" after 4 MB. Empty where the kernel has no btrfs. */
    readonly quota: string;
    /** 64 MB, mounted `noexec`. */
    readonly noexec: string;
    /** Of root: may be read, not written. */
    readonly locked: string;
    /** `$SCRATCH` is a folder in it, one for each account. */
    readonly scratch: string;
  };
  /** The socket of the control (sshControl.mjs): `cutLink`, `setFact` and so on speak to it. */
  readonly control: string;
}

/** A fault that `setFact` makes real on the far host. */
export type ClusterFact =
  | 'userNamespacesOff'
  /** bob has no range in /etc/subuid and /etc/subgid, or one of 10. */
  | 'subuidMissing'
  | 'subuidTooSmall'
  | 'fuseHelpersMissing'
  | 'fuseDeviceMissing'
  | 'tmpNoexec'
  | 'tmpFull'
  /** alice may not write into her home folder. */
  | 'homeNotWritable'
  /** `user bind control = no` in apptainer.conf. */
  | 'bindControlOff'
  | 'runtimeMissing'
  | 'rsyncMissing';

/** What may be missing on a machine that is not Debian 12, or where nobody was root. */
export type TestbedPart =
  | 'apptainer'
  /** Charliecloud and bubblewrap, which open sandboxes without a runtime. */
  | 'otherWays'
  | 'registry'
  | 'authRegistry'
  | 'tokenRegistry'
  | 'specRegistry'
  | 'proxyRegistry'
  | 's3'
  | 'sudo'
  | 'keyserver'
  | 'web'
  | 'tiny'
  | 'realistic'
  | 'ssh'
  | 'sshFar'
  | 'browser'
  | 'user'
  | 'subuid';

/** The running test bed. Fails with what to do when there is none. */
export function testbed(): Testbed {
  const folder = process.env['MYSINGULARITY_TESTBED'] ?? join(tmpdir(), 'mysingularity-testbed');
  const file = join(folder, 'testbed.json');
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Testbed;
  } catch (cause) {
    throw new Error(`No test bed at ${file}. Start it with e2e/testbed/start.sh.`, { cause });
  }
}

/** Why a test that needs these parts cannot run here; null when it can. Give it to `skip`. */
export function whyMissing(...parts: readonly TestbedPart[]): string | null {
  const reasons = testbed().missing.filter(({ part }) => parts.includes(part));
  return reasons.length === 0 ? null : reasons.map(({ part, reason }) => `${part}: ${reason}`).join('; ');
}

/** How long the next tokens live, in seconds (60 at first); gives how many were asked for since the last such call. */
export async function setTokenLife(seconds: number): Promise<number> {
  const address = `http://${testbed().tokenRegistry.server}/control?life=${seconds}`;
  const answer = await fetch(address, { method: 'POST' });
  if (!answer.ok) throw new Error(`Test bed: the token server answered ${answer.status}.`);
  const { asked } = (await answer.json()) as { readonly asked: number };
  return asked;
}

/** Cuts the link to the far host: what is sent is lost, nothing is closed. */
export function cutLink(): Promise<void> {
  return control('link down');
}

/** Restores the link; resolves when the far host's sshd answers. */
export function restoreLink(): Promise<void> {
  return control('link up');
}

/** Ends everything on the far host and starts it again; resolves when its sshd answers. /tmp is empty then, faults are off. */
export function rebootCluster(): Promise<void> {
  return control('reboot');
}

/** Makes a fault real on the far host, or takes it away; for every session there, also those that are open. */
export function setFact(fact: ClusterFact, isOn: boolean): Promise<void> {
  return control(`fact ${fact} ${isOn ? 'on' : 'off'}`);
}

/** The link up and every fault off: for the end of a test that may have failed half way. */
export function resetCluster(): Promise<void> {
  return control('reset');
}

/** One request to the control, which runs as root; rejects with its reason. */
function control(request: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let reply = '';
    const socket = createConnection(testbed().ssh.control, () => socket.write(`${request}\n`));
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      reply += chunk;
      if (reply.endsWith('\n')) socket.end();
    });
    socket.on('error', reject);
    socket.on('close', () => {
      if (reply === 'ok\n') resolve();
      else reject(new Error(`Test bed: ${request}: ${reply.trim() || 'no answer from its control'}`));
    });
  });
}
