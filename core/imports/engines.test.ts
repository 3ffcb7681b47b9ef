import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLocalHost } from '#core/hosts/localHost.ts';
import { engineImage } from './engineImage.ts';
import { listImportSources } from './engines.ts';

/**
 * Answers of their documented shape, given by stand-ins for the programs. From documentation, not run against a daemon:
 * docs.docker.com/reference/cli/docker/image/ls and docs.podman.io, podman-images.1.
 */
const dockerRows = [
  { Containers: 'N/A', ID: 'sha256:91ef0af61f39', Repository: 'alpine', Size: '7.8MB', Tag: '3.20' },
  { Containers: 'N/A', ID: 'sha256:0123456789ab', Repository: '<none>', Size: '1.2GB', Tag: '<none>' },
];
const podmanRows = [
  { Id: '91ef0af61f39ece4', Names: ['docker.io/library/alpine:3.20', 'localhost/mine:1'], Size: 8_075_000 },
  { Id: 'ffff0af61f39ece4', Size: 10 },
];

let programs: string;
beforeEach(() => {
  programs = mkdtempSync(join(tmpdir(), 'engines-test-'));
});
afterEach(() => rmSync(programs, { recursive: true, force: true }));

function program(name: string, script: string): void {
  writeFileSync(join(programs, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(programs, name), 0o755);
}

function sources() {
  const host = createLocalHost({
    environment: { PATH: programs },
    observer: { started: () => ({ ended: () => undefined }) },
  });
  return listImportSources(host, new AbortController().signal);
}

const printing = (text: string) => `while IFS= read -r line; do echo "$line"; done <<'END'\n${text}\nEND`;

describe('the sources of a machine', () => {
  it('are the engines that are there, with their images', async () => {
    program('docker', printing(dockerRows.map((row) => JSON.stringify(row)).join('\n')));
    program('podman', printing(JSON.stringify(podmanRows)));
    expect(await sources()).toEqual([
      {
        kind: 'docker-daemon',
        images: [
          { member: 'docker-daemon:alpine:3.20', sizeBytes: 7_800_000 },
          { member: 'docker-daemon:0123456789ab', sizeBytes: 1_200_000_000 },
        ],
        problem: null,
      },
      {
        kind: 'podman-storage',
        images: [
          { member: 'podman-storage:docker.io/library/alpine:3.20', sizeBytes: 8_075_000 },
          { member: 'podman-storage:localhost/mine:1', sizeBytes: 8_075_000 },
          { member: 'podman-storage:ffff0af61f39ece4', sizeBytes: 10 },
        ],
        problem: null,
      },
    ]);
  });

  it('are none where no engine is, and say what an engine says that is not running', async () => {
    expect(await sources()).toEqual([]);
    program('docker', 'echo "Cannot connect to the Docker daemon." >&2; exit 1');
    expect(await sources()).toEqual([
      { kind: 'docker-daemon', images: [], problem: 'Cannot connect to the Docker daemon.' },
    ]);
  });

  it('leave out lines that make no sense', async () => {
    program('docker', printing('not json\n{"Repository":1}'));
    program('podman', printing('{"a":1}'));
    expect(await sources()).toMatchObject([{ images: [] }, { images: [] }]);
  });
});

describe('the name of an image of an engine', () => {
  it('can be taken for no option', () => {
    expect(engineImage('podman-storage:localhost/mine:1')).toEqual({
      engine: 'podman-storage',
      reference: 'localhost/mine:1',
    });
    for (const member of [
      null,
      'alpine',
      'docker-daemon:',
      'docker-daemon:--output=/etc/x',
      'docker-daemon:a b',
    ])
      expect(() => engineImage(member)).toThrow();
  });
});
