import { describe, expect, it } from 'vitest';
import type { TaskResult } from '#core/contract/tasks.ts';
import { sampleTask } from '#renderer/testing/samples.ts';
import { resultText } from './taskText.ts';

const digest = `sha256:${'0'.repeat(64)}`;
const succeeded = (facts: TaskResult['facts']) =>
  ({ state: 'succeeded', result: { path: null, digest, sizeBytes: 5, facts } }) as const;

describe('what came of a task', () => {
  it('says where an image was pushed to, and when nothing had to be sent', () => {
    const push = { kind: 'image.publish', title: 'oras://ghcr.io/lab/tool:1', target: null } as const;
    expect(resultText(sampleTask(succeeded({ bytesSent: 5 }), push))).toBe(
      'Pushed to oras://ghcr.io/lab/tool:1',
    );
    expect(resultText(sampleTask(succeeded({ bytesSent: 0 }), push))).toBe(
      'oras://ghcr.io/lab/tool:1 had it already: nothing was sent',
    );
    expect(resultText(sampleTask({ state: 'cancelled' }, push))).toBe(null);
  });

  it('says what a file was imported as', () => {
    expect(
      resultText(sampleTask(succeeded({}), { kind: 'image.import', title: '/home/alice/image.tar' })),
    ).toBe('Imported as /images/alpine_3.20.sif');
    expect(resultText(sampleTask(succeeded({})))).toBe(null);
  });
});
