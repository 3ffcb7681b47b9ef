import { describe, expect, it } from 'vitest';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { WorkbenchError } from '#core/errors/workbenchError.ts';
import { publishInput } from './publishing.fixture.ts';
import { publishByHand, publishTarget } from './publishRequest.ts';

const problemOf = (text: string): unknown => {
  try {
    publishTarget(text);
  } catch (thrown) {
    return thrown instanceof WorkbenchError ? thrown.report : thrown;
  }
  return null;
};

describe('where a SIF is pushed to', () => {
  it('is an oras address, with or without its scheme', () => {
    const target = {
      registry: 'ghcr.io',
      repository: 'lab/tool',
      tag: 'v1',
      shown: 'oras://ghcr.io/lab/tool:v1',
    };
    expect(publishTarget('oras://ghcr.io/lab/tool:v1')).toEqual(target);
    expect(publishTarget(' ghcr.io/lab/tool:v1 ')).toEqual(target);
    expect(publishTarget('ghcr.io/lab/tool').shown).toBe('oras://ghcr.io/lab/tool:latest');
  });

  it.each([
    'docker://ghcr.io/lab/tool:v1',
    'https://ghcr.io/x.sif',
    'library://a/b/c:d',
    `ghcr.io/lab/tool@sha256:${'0'.repeat(64)}`,
    'ghcr.io/LAB/tool:v1',
    'ghcr.io/lab/tool:v 1',
    '',
  ])('is not %s', (text) => {
    expect(problemOf(text)).toMatchObject({ code: 'registry.badReference' });
  });

  it('shows no password that was typed into it', () => {
    expect(JSON.stringify(problemOf('oras://me:secret@ghcr.io/lab/tool:v1'))).not.toContain('secret');
    expect(JSON.stringify(problemOf('me:secret@ghcr.io/lab/tool:v1'))).not.toContain('secret');
  });
});

it('says what a person would type', () => {
  const shown = (path: string, text: string, allowHttp: boolean) =>
    publishByHand(
      { ...publishInput(path, text, { allowHttp }), path: hostPathFromText(path) },
      publishTarget(text),
    );
  expect(shown('/data/my image.sif', 'oras://reg.example:5000/a:1', true)).toBe(
    "apptainer push --no-https '/data/my image.sif' oras://reg.example:5000/a:1",
  );
  expect(shown('/data/a.sif', '127.0.0.1:5000/a:1', true)).toBe(
    'apptainer push /data/a.sif oras://127.0.0.1:5000/a:1',
  );
});
