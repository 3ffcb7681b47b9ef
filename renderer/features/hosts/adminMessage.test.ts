import { describe, expect, it } from 'vitest';
import type { Verdict } from '#core/contract/hosts.ts';
import { sampleHost } from '#renderer/testing/samples.ts';
import { adminMessage } from './adminMessage.ts';

const works: Verdict = {
  id: 'a',
  level: 'works',
  sentence: 'Images run.',
  fact: 'Apptainer 1.4.5.',
  fix: null,
};
const blocked: Verdict = {
  id: 'b',
  level: 'blocked',
  sentence: 'You cannot install packages in a build here.',
  fact: 'No range for alice in /etc/subuid.',
  fix: { command: 'sudo usermod --add-subuids 100000-165535 alice', who: 'administrator' },
};

describe('the message to the administrator', () => {
  it('tells what does not work, why, and the one line that mends it', () => {
    expect(adminMessage(sampleHost, [works, blocked])).toBe(
      [
        'Hello, on local (Debian 12, kernel 6.1, amd64) the container runtime cannot do everything that I need:',
        '',
        '- You cannot install packages in a build here.',
        '  No range for alice in /etc/subuid.',
        '  To mend it: sudo usermod --add-subuids 100000-165535 alice',
      ].join('\n'),
    );
  });

  it('tells what works where nothing is wrong', () => {
    expect(adminMessage(sampleHost, [works])).toContain('the container runtime works:\n\n- Images run.');
  });
});
