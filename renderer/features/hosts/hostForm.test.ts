import { describe, expect, it } from 'vitest';
import { sampleHost, sampleSshHost } from '#renderer/testing/samples.ts';
import {
  checkHostForm,
  emptyHostForm,
  hostFormOf,
  proposeColour,
  proposeLabel,
  readDestination,
  withLine,
} from './hostForm.ts';

const form = { ...emptyHostForm, label: 'hydra', destination: 'alice@login.hydra.example.org' };

describe('the form of a host', () => {
  it('gives preferences where nothing is wrong, and null for what was left empty', () => {
    const checked = checkHostForm(
      { ...form, port: ' 2222 ', imageFolders: '/scratch/a\n\n  /project/b ', cacheFolder: '/scratch/c' },
      [],
    );
    expect(checked).toMatchObject({
      ok: true,
      preferences: {
        port: 2222,
        imageFolders: ['/scratch/a', '/project/b'],
        cacheFolder: '/scratch/c',
        workspaceFolder: null,
        transferDestination: null,
      },
    });
  });

  it('is what it was after a round through the fields', () => {
    const { preferences } = sampleSshHost();
    if (preferences === null) throw new Error('the sample has no preferences');
    expect(checkHostForm(hostFormOf(preferences), [])).toEqual({ ok: true, preferences });
  });

  it('names everything that is wrong, each at its field', () => {
    const checked = checkHostForm(
      {
        ...form,
        destination: '-oProxyCommand=evil',
        port: '70000',
        imageFolders: 'images',
        workspaceFolder: '~/work',
        transferDestination: 'a b',
      },
      ['hydra'],
    );
    expect(checked).toEqual({
      ok: false,
      problems: {
        label: 'labelTaken',
        destination: 'destinationBad',
        port: 'portBad',
        imageFolders: 'pathNotAbsolute',
        workspaceFolder: 'pathNotAbsolute',
        transferDestination: 'destinationBad',
      },
    });
  });

  it.each([
    ['alice@login.example.org', 'alice@login.example.org', ''],
    ['alice@login.example.org:2222', 'alice@login.example.org', '2222'],
    ['ssh -p 2222 -l alice login.example.org', 'alice@login.example.org', '2222'],
    ['ssh alice@login.example.org', 'alice@login.example.org', ''],
    ['ssh://alice@login.example.org:22/', 'alice@login.example.org', '22'],
    ['[::1]', '[::1]', ''],
  ])('reads %s', (typed, destination, port) => {
    expect(readDestination(typed)).toEqual({ destination, port });
  });

  it('does not hide an option that it cannot keep', () => {
    const { destination } = readDestination('ssh -J gateway alice@node');
    expect(checkHostForm({ ...form, destination }, [])).toMatchObject({ ok: false });
  });

  it.each([
    ['hydra', 'hydra'],
    ['alice@login.hydra.example.org', 'hydra'],
    ['alice@node7.example.org', 'node7'],
    ['alice@10.0.0.7', '10.0.0.7'],
    ['known', 'known 2'],
  ])('proposes a name for %s', (destination, label) => {
    expect(proposeLabel(destination, ['known'])).toBe(label);
  });

  it('proposes the colour that is used least', () => {
    const hosts = [sampleHost, sampleSshHost(), sampleSshHost({ colour: 2 }), sampleSshHost({ colour: 4 })];
    expect(proposeColour(hosts)).toBe(3);
  });

  it('adds a proposed folder once', () => {
    const [folder] = sampleSshHost().imageFolders;
    if (folder === undefined) throw new Error('the sample has no folder');
    expect(withLine(withLine('/a', folder), folder)).toBe(`/a\n${folder}`);
  });
});
