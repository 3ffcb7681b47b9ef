import { describe, expect, it } from 'vitest';
import { buildOutline } from './buildOutline.ts';

const head = 'Bootstrap: docker\nFrom: debian:12\n\n';

describe('what a build needs of a definition', () => {
  it('has the bases of all stages, with their lines', () => {
    const text = `${head}Bootstrap: LOCALIMAGE\nStage: two\nFrom: a \\\n  b.sif # not this\n\nBootstrap: scratch\n`;
    expect(buildOutline(text, {}).bases).toEqual([
      { agent: 'docker', from: 'debian:12', line: 2 },
      { agent: 'localimage', from: 'a b.sif', line: 6 },
      { agent: 'scratch', from: '', line: 9 },
    ]);
  });

  it('puts in the arguments of each stage, and none behind a “#”', () => {
    const stage = (from: string, value: string) =>
      `Bootstrap: docker\nFrom: ${from}\n\n%arguments\n    tag=${value}\n\n%files\n    {{ file }}\n    #{{ file }}\n\n`;
    const outline = buildOutline(`${stage('a:{{ tag }}', '1')}${stage('b:{{ tag }}', '2')}`, {
      file: 'x.txt',
    });
    expect(outline.bases.map(({ from }) => from)).toEqual(['a:1', 'b:2']);
    expect(outline.fileSources.map(({ source, line }) => [source, line])).toEqual([
      ['x.txt', 8],
      ['x.txt', 18],
    ]);
  });

  // Seen with Apptainer 1.4.5: only double quotes keep words together, a backslash does not.
  it.each([
    ['"a b/c d.txt" /one', 'a b/c d.txt', '/one'],
    ['a\\ b /two', 'a\\', 'b'],
    ['only', 'only', null],
    ['one two three', 'one', 'two'],
  ])('reads a line of %%files as the runtime does: %s', (line, source, destination) => {
    expect(buildOutline(`${head}%files\n    # no\n    ${line}\n`, {}).fileSources).toEqual([
      { source, destination, line: 6 },
    ]);
  });

  it('has the sources of the host alone, those of apps too', () => {
    const text = `${head}%files from one\n    a\n%files one two three\n    b\n%appfiles tool\n    c d # e\n%files\n    f\n`;
    expect(buildOutline(text, {}).fileSources).toEqual([
      { source: 'c', destination: 'd', line: 9 },
      { source: 'f', destination: null, line: 11 },
    ]);
  });
});
