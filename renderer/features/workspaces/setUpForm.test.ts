import { expect, it } from 'vitest';
import { checkSetUp, emptySetUp, type SetUpForm } from './setUpForm.ts';

const check = (part: Partial<SetUpForm>) => checkSetUp({ ...emptySetUp('/images/a.sif'), ...part });
const problemsOf = (part: Partial<SetUpForm>) => Object.fromEntries(check(part).problems);

it('makes of what was typed the choice of the contract', () => {
  expect(check({ address: ' https://git.example.org/spack.git ', reference: 'v1.0' }).choice).toEqual({
    kind: 'spack',
    from: { kind: 'git', address: 'https://git.example.org/spack.git' },
    reference: 'v1.0',
    buildJobs: 2,
  });
  expect(check({ from: 'path', path: '/mirrors/spack/' }).choice).toMatchObject({
    from: { kind: 'path', path: '/mirrors/spack' },
    reference: null,
  });
  expect(check({ kind: 'conda', installer: '/x/Miniforge3.sh' }).choice).toEqual({
    kind: 'conda',
    installer: '/x/Miniforge3.sh',
  });
  expect(check({ kind: 'pip', pythonPackages: ' numpy  scipy==1.14 ' }).choice).toEqual({
    kind: 'pip',
    folder: 'venv',
    packages: ['numpy', 'scipy==1.14'],
    wheels: null,
  });
  expect(check({ kind: 'r', rPackages: 'sf' }).choice).toMatchObject({ packages: ['sf'], repository: null });
});

it('says of each field what is wrong, and only of the chosen recipe', () => {
  expect(problemsOf({})).toEqual({ address: { what: 'missing', word: '' } });
  expect(problemsOf({ address: 'ext::sh -c id', buildJobs: '2.5', reference: '--x' })).toMatchObject({
    address: { what: 'bad' },
    buildJobs: { what: 'bad' },
    reference: { what: 'bad' },
  });
  expect(problemsOf({ address: 'https://alice:secret@git.example.org/spack' })).toMatchObject({
    address: { what: 'bad' },
  });
  expect(problemsOf({ from: 'path', path: 'relative' })).toMatchObject({ path: { what: 'bad' } });
  expect(problemsOf({ kind: 'conda' })).toMatchObject({ installer: { what: 'missing' } });
  expect(problemsOf({ kind: 'pip', folder: '../x', wheels: 'x', pythonPackages: 'numpy -r' })).toMatchObject({
    folder: { what: 'bad' },
    wheels: { what: 'bad' },
    pythonPackages: { what: 'bad', word: '-r' },
  });
});
