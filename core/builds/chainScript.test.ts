import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { correctedMetadata, metadataFromLabel, metadataValues } from '#core/runtime/partMetadata.ts';
import {
  chainFileNames,
  droppedProgram,
  droppedValue,
  metadataProgram,
  partOfMessage,
} from './chainScript.ts';

const label = 'org.label-schema.usage.singularity.deffile';

/** What the programs of a host make of metadata, with the files as a job has them. */
function correctedThere(json: string, values: Readonly<Record<string, string | null>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'metadata-'));
  try {
    const lines = Object.entries(values).map(([name, value]) => `${name}\n${value ?? droppedValue}\n`);
    writeFileSync(join(folder, chainFileNames.values), lines.join(''));
    writeFileSync(join(folder, chainFileNames.metadata), metadataProgram);
    writeFileSync(join(folder, chainFileNames.dropped), droppedProgram(metadataFromLabel));
    const script = `awk -f ${chainFileNames.metadata} >new && sed -f ${chainFileNames.dropped} new`;
    const environment = { PATH: process.env['PATH'] ?? '', LC_ALL: 'C' };
    return execFileSync('sh', ['-c', script], {
      cwd: folder,
      input: json,
      encoding: 'utf8',
      env: environment,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

it('corrects on a host what an image says of itself, to the byte as here', () => {
  const definition =
    'Bootstrap: docker\nFrom: a/b:1\n\n%post\n\techo "é \\"x\\" \\\\ &<> %s $1 \\1" | sed \'s/a/&/\'\n';
  const attributes = {
    environment: { '/.singularity.d/env/1.sh': 'export A="\\"\\\\"\n' },
    labels: {
      Note: '"deffile":"not me" \\',
      'org.label-schema.schema-version': '1.0',
      [`${label}.bootstrap`]: 'localimage',
      [metadataFromLabel]: '/x/empty.sif',
      zz: '\\"',
    },
    deffile: 'Bootstrap: localimage\n"quoted" \\ \\" end\\',
    startscript: 'after',
  };
  const json = JSON.stringify({ data: { attributes }, type: 'container' });
  for (const from of ['a/b:1 &<>', null]) {
    const headers = { bootstrap: 'docker', from };
    expect(correctedThere(json, metadataValues(definition, headers))).toBe(
      correctedMetadata(json, definition, headers),
    );
  }
  expect(() => correctedThere('{"data":{}}', metadataValues('a', { bootstrap: 'b', from: null }))).toThrow();
});

it('reads which part a build on a host is at', () => {
  expect(partOfMessage('Part 2 of 3')).toEqual({ part: 1, count: 3 });
  expect(partOfMessage('Checkpoints are not used: the whole definition is built.')).toBe('whole');
  for (const text of ['Part 0 of 3', 'Part 4 of 3', 'Part 1 of 3 x', 'Running post scriptlet'])
    expect(partOfMessage(text)).toBeNull();
});
