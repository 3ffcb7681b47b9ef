import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testbed } from '#e2e/testbed/testbed.ts';
import { createDialect, parseBuildConfiguration, parseVersion } from './dialect.ts';
import { explainFailure } from './explainFailure.ts';
import { provocations } from './stderrProvocations.ts';
import { matchPattern } from './stderrRule.ts';
import { stderrRules } from './stderrRules.ts';

/**
 * Every row that is not marked as read in documentation is provoked with the real runtime: a new version that
 * changes its words breaks this suite and not a person's evening.
 */

let folder = '';
const at = (name: string) => join(folder, name);

function shell(line: string) {
  const { tiny, registry, authRegistry, web, realistic } = testbed();
  return spawnSync('/bin/sh', ['-c', line], {
    cwd: folder,
    encoding: 'utf8',
    input: '',
    env: {
      ...process.env,
      APPTAINER_CONFIGDIR: at('config'),
      APPTAINER_CACHEDIR: at('cache'),
      TINY: tiny.sif,
      USER_ID: String(process.getuid?.() ?? 0),
      REGISTRY: registry,
      AUTH: authRegistry.address,
      WEB: web.address,
      REALISTIC: `${realistic.repository}:${realistic.tags[0]}`,
      ARCHIVE: at('archive.tar'),
    },
  });
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stderr-rules-'));
  const { tiny, registry } = testbed();
  for (const name of ['have', 'cutEarly', 'cutLate', 'protected']) copyFileSync(tiny.sif, at(`${name}.sif`));
  truncateSync(at('cutEarly.sif'), 20_000);
  truncateSync(at('cutLate.sif'), 500_000);
  chmodSync(at('protected.sif'), 0o555);
  writeFileSync(at('text.sif'), 'not an image');
  writeFileSync(at('foreign.sif'), foreignImage(readFileSync(tiny.sif)));
  mkdirSync(at('closed'), 0o555);
  mkdirSync(at('small'));
  writeFileSync(at('empty'), '');
  writeDefinitions(tiny.sif);
  writeConfigurations();
  mkdirSync(at('upper'));
  copyFileSync(tiny.sif, at('layered.sif'));
  copyFileSync(tiny.sif, at('signed.sif'));
  shell('apptainer build --sandbox sandbox $TINY');
  shell('apptainer overlay create --size 64 layered.sif');
  shell(
    'apptainer key newpair --name a --email a@example.org --password "" --push=false && apptainer sign signed.sif',
  );
  shell('apptainer overlay create --size 64 ov.img');
  shell('APPTAINER_ENCRYPTION_PASSPHRASE=yes apptainer build --encrypt locked.sif $TINY');
  shell(
    `skopeo copy --src-tls-verify=false docker://${registry}/${tiny.repository}:${tiny.tag} docker-archive:archive.tar`,
  );
});

afterAll(() => {
  chmodSync(at('closed'), 0o755);
  rmSync(folder, { recursive: true, force: true });
});

/** Definition files that the runtime takes, or stumbles over, one reason each. */
function writeDefinitions(sif: string): void {
  const base = `Bootstrap: localimage\nFrom: ${sif}\n`;
  writeFileSync(at('good.def'), `${base}%post\n  touch /x\n`);
  writeFileSync(at('post.def'), `${base}%post\n  exit 3\n`);
  writeFileSync(at('placeholder.def'), `${base}%post\n  echo {{ name }}\n`);
  for (const name of ['yum', 'arch', 'zypper', 'debootstrap'])
    writeFileSync(
      at(`${name}.def`),
      `Bootstrap: ${name}\nMirrorURL: http://127.0.0.1:1/\nOSVersion: none\nInclude: x\n`,
    );
}

/** The site's configuration with one switch turned; an installation without setuid takes them with `-c`. */
function writeConfigurations(): void {
  const text = readFileSync('/etc/apptainer/apptainer.conf', 'utf8');
  writeFileSync(at('noOverlay.conf'), text.replace('enable overlay = yes', 'enable overlay = no'));
  writeFileSync(at('noSandbox.conf'), text.replace('allow container dir = yes', 'allow container dir = no'));
}

/** The tiny image with another processor's code in its header and in its partition. */
function foreignImage(bytes: Buffer): Buffer {
  bytes.write('11', 45);
  for (let at = 4096; at < 32_176; at += 585)
    if (bytes.readInt32LE(at) === 0x4004 && bytes[at + 4] === 1) bytes.write('11', at + 201 + 8);
  return bytes;
}

function installedDialect() {
  const version = parseVersion(shell('apptainer --version').stdout);
  if (version === null) throw new Error('apptainer says no version');
  return createDialect(
    version.product,
    version.version,
    parseBuildConfiguration(shell('apptainer buildcfg').stdout),
  );
}

describe('the table', () => {
  it('has a provocation for every row that is not from documentation', () => {
    const provoked = stderrRules.filter(({ knowledge }) => knowledge === 'provoked').map(({ id }) => id);
    expect(provocations.map(({ id }) => id).sort()).toEqual([...provoked].sort());
  });
});

describe('the real runtime', () => {
  it.each(provocations)('is understood: $id', ({ id, verb, line, code, facts, exitStatus }) => {
    const { stderr, status } = shell(line);
    const explanation = explainFailure({ stderr, exitStatus: status, dialect: installedDialect(), verb });
    const inPlace = Object.fromEntries(
      Object.entries(facts ?? {}).map(([name, value]) => [name, value.replace('DIR', folder)]),
    );
    expect({ stderr, explanation }).toMatchObject({ explanation: { code, facts: inPlace } });
    expect(status).toBe(exitStatus ?? 255);
    const rule = stderrRules.find((one) => one.id === id);
    expect(rule === undefined ? null : matchPattern(rule.pattern, stderr)).not.toBeNull();
  });

  it('is not blamed for what the program inside does', () => {
    const { stderr, status } = shell('apptainer exec $TINY sh -c "echo No space left on device >&2; exit 7"');
    expect(status).toBe(7);
    expect(
      explainFailure({ stderr, exitStatus: status, dialect: installedDialect(), verb: 'exec' }),
    ).toBeNull();
  });
});
