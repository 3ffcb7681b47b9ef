import { describe, expect, it } from 'vitest';
import type { Outline } from '#core/contract/definitions.ts';
import { helpAt, offersAfter, placeAfter, withoutKnownHeaders } from './definitionWords.ts';
import { sampleRange, sampleWords } from './sampleBuilds.ts';

const outline: Outline = {
  stages: [
    {
      name: 'build',
      agent: 'docker',
      base: 'debian:12',
      range: sampleRange(1, 0, 5),
      headers: [],
      sections: [],
      checkpoints: [],
    },
  ],
  buildArguments: [{ name: 'VERSION', defaultValue: '1.2', isSecret: false }],
};

function labelsAfter(text: string): readonly string[] | null {
  const found = offersAfter(text, sampleWords, outline);
  return found === null ? null : [...found.offers].sort((a, b) => b.rank - a.rank).map(({ label }) => label);
}

describe('the place in a definition file', () => {
  it('is in a section from the percent sign on, and a new stage begins at Bootstrap', () => {
    expect(placeAfter('Bootstrap: docker\nFrom: a\n%post\n  x')).toMatchObject({
      section: 'post',
      agent: 'docker',
    });
    expect(placeAfter('Bootstrap: docker\n%post\n  x\nBootstrap: debootstrap\n')).toMatchObject({
      section: null,
      agent: 'debootstrap',
    });
    expect([...placeAfter('Bootstrap: docker\nFrom: a\n').headers]).toEqual(['bootstrap', 'from']);
  });
});

describe('words that are offered', () => {
  it('begin with Bootstrap, then with what the agent needs', () => {
    expect(labelsAfter('B')?.[0]).toBe('Bootstrap');
    expect(labelsAfter('Bootstrap: docker\nF')?.[0]).toBe('From');
    expect(labelsAfter('Bootstrap: docker\nFrom: a\nR')).not.toContain('From');
  });

  it('are agents with the headers they need', () => {
    const found = offersAfter('Bootstrap: deb', sampleWords, null);
    expect(found?.typed).toBe(3);
    expect(found?.offers.find(({ label }) => label === 'debootstrap')?.insert).toBe(
      'debootstrap\nMirrorURL: \nOSVersion: ',
    );
  });

  it('are sections after a percent sign, arguments in braces, stages after files from', () => {
    expect(labelsAfter('Bootstrap: docker\n%po')).toContain('%post');
    expect(labelsAfter('%post\n    echo {{ VER')).toEqual(['VERSION']);
    expect(labelsAfter('%files from ')).toEqual(['build']);
  });

  it('are none inside a script', () => {
    expect(labelsAfter('Bootstrap: docker\n%post\n    apt')).toBeNull();
  });

  it('leave out headers that the stage has below', () => {
    expect(withoutKnownHeaders('docker\nFrom: ', '\nfrom: debian\n%post\n')).toBe('docker');
    expect(withoutKnownHeaders('docker\nFrom: ', '\n%post\n From: no\n')).toBe('docker\nFrom: ');
  });
});

describe('help', () => {
  it('explains sections, headers and agents where they stand', () => {
    const inHeaders = { isInSection: false, words: sampleWords };
    expect(helpAt('%post', 2, inHeaders)?.title).toBe('%post: What is done in the new image');
    expect(helpAt('From: debian', 1, inHeaders)?.title).toBe('From: The header From');
    expect(helpAt('Bootstrap: docker', 13, inHeaders)?.text).toBe('Pulls an OCI or Docker image.');
    expect(helpAt('From: debian', 8, inHeaders)).toBeNull();
    expect(helpAt('    From: debian', 5, { isInSection: true, words: sampleWords })).toBeNull();
  });
});
