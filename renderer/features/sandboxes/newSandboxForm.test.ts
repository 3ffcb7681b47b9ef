import { expect, it } from 'vitest';
import { sampleHost, sampleSshHost } from '#renderer/testing/samples.ts';
import { checkNewSandbox, emptySandboxForm, type NewSandboxForm } from './newSandboxForm.ts';

const form = (change: Partial<NewSandboxForm>) => ({ ...emptySandboxForm, ...change });
const check = (change: Partial<NewSandboxForm>, host = sampleHost) => checkNewSandbox(form(change), host);

it('asks for nothing while nothing is named', () => {
  expect(check({}).making).toBeNull();
  expect(check({ source: 'image', image: '/' }).making).toBeNull();
});

it('pulls straight from a registry; a name alone is of a docker registry', () => {
  expect(check({ reference: ' debian:12-slim ' }).making).toMatchObject({
    by: 'pull',
    input: { reference: 'docker://debian:12-slim', form: 'sandbox', folder: null, fileName: null },
  });
  expect(check({ reference: 'oras://r.example.org/a:1', allowHttp: true }).making).toMatchObject({
    input: { reference: 'oras://r.example.org/a:1', allowHttp: true },
  });
});

it('unpacks an image of this machine by an import, and one of another machine by a build there', () => {
  const named = { source: 'image', image: '/images/tool.sif', folder: '/work/', name: 'mine' } as const;
  expect(check(named).making).toMatchObject({
    by: 'import',
    input: { path: '/images/tool.sif', folder: '/work', fileName: 'mine', form: 'sandbox' },
  });
  const hydra = sampleSshHost();
  expect(check(named, hydra).making).toMatchObject({
    by: 'build',
    input: {
      hostId: 'hydra',
      target: { hostId: 'hydra', folder: '/work', fileName: 'mine' },
      definition: { text: 'Bootstrap: localimage\nFrom: /images/tool.sif\n', name: 'tool.def' },
    },
  });
});

it('builds a definition file as a folder', () => {
  expect(check({ source: 'definition', definition: '/work/tool.def' }).making).toMatchObject({
    by: 'build',
    input: { definition: { kind: 'file', path: '/work/tool.def' }, form: 'sandbox' },
  });
});

it('says what is wrong', () => {
  expect(check({ source: 'image', image: 'tool.sif' })).toMatchObject({
    sourceProblem: 'notAbsolute',
    making: null,
  });
  expect(check({ reference: 'a', folder: 'work' })).toMatchObject({
    folderProblem: 'notAbsolute',
    making: null,
  });
  expect(check({ reference: 'a', name: 'b/c' })).toMatchObject({ nameProblem: 'nameSlash', making: null });
  expect(check({ reference: 'a', name: '..' })).toMatchObject({ nameProblem: 'nameEmpty', making: null });
});
