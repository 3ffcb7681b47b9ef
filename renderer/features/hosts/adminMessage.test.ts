import { describe, expect, it } from 'vitest';
import type { Diagnosis, Feature, Verdict } from '#core/contract/hosts.ts';
import { sampleHost, sampleSshHost } from '#renderer/testing/samples.ts';
import { adminMessage } from './adminMessage.ts';

const works: Verdict = {
  id: 'a',
  group: 'runtime',
  level: 'works',
  sentence: 'Images run.',
  fact: 'Apptainer 1.4.5.',
  fix: null,
};
const blocked: Verdict = {
  id: 'b',
  group: 'privilege',
  level: 'blocked',
  sentence: 'You cannot install packages in a build here.',
  fact: 'No range for alice in /etc/subuid.',
  fix: { command: 'sudo usermod --add-subuids 100000-165535 alice', who: 'administrator' },
};
const mine: Verdict = {
  id: 'c',
  group: 'storage',
  level: 'risk',
  sentence: 'Your cache fills your home.',
  fact: '12 GB of 15 GB.',
  fix: { command: 'apptainer cache clean', who: 'you' },
};
const build: Feature = {
  id: 'build',
  title: 'Build from a definition file',
  here: 'limited',
  reason: 'Packages cannot change owners.',
  with: { setuid: true, userNamespaces: false, subuid: true, fuse: false },
};
const diagnosis = (verdicts: Verdict[], features: Feature[] = []): Diagnosis => ({
  verdicts,
  features,
  facts: [],
});

describe('the message to the administrator', () => {
  it('tells what the user cannot mend, why, what mends it, and what it costs', () => {
    expect(adminMessage(sampleHost, diagnosis([works, blocked, mine], [build]))).toBe(
      [
        'Hello, on local (Debian 12, kernel 6.1, amd64) the container runtime cannot do everything that I need:',
        '',
        '- You cannot install packages in a build here.',
        '  No range for alice in /etc/subuid.',
        '  To mend it: sudo usermod --add-subuids 100000-165535 alice',
        '',
        'Because of this I cannot use:',
        '',
        '- Build from a definition file: Packages cannot change owners.',
        '',
        'Seen by alice (uid 1101) with no container runtime.',
      ].join('\n'),
    );
  });

  it('names an ssh host as the administrator knows it', () => {
    expect(adminMessage(sampleSshHost(), diagnosis([blocked]))).toContain(
      'on alice@login.hydra.example.org:22 (',
    );
  });

  it('tells what works where nothing needs an administrator', () => {
    const message = adminMessage(sampleHost, diagnosis([works, mine], [build]));
    expect(message).toContain('the container runtime works:\n\n- Images run.');
    expect(message).not.toContain('cache');
  });
});
