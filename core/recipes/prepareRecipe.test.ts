import { expect, it } from 'vitest';
import { recipeChoiceSchema } from '#core/contract/recipes.ts';

const git = (address: string) => ({
  kind: 'spack',
  from: { kind: 'git', address },
  reference: null,
  buildJobs: 2,
});
const pip = (...packages: readonly string[]) => ({ kind: 'pip', folder: 'venv', packages, wheels: null });
const accepts = (choice: object) => recipeChoiceSchema.safeParse(choice).success;

it('takes addresses and names, and nothing that a program takes for an option or a command', () => {
  for (const address of [
    'https://git.example.org/spack.git',
    'ssh://git@host/spack',
    'git@host.example.org:spack/spack.git',
  ])
    expect(accepts(git(address)), address).toBe(true);
  for (const address of [
    'ext::sh -c id',
    '--upload-pack=id',
    '-oProxyCommand=id@host:x',
    'https://x/ y',
    'fd::17',
    'https://token@git.example.org/spack.git',
    'https://alice:secret@git.example.org/spack.git',
    'ssh://alice:secret@host/spack',
    '',
  ])
    expect(accepts(git(address)), address).toBe(false);
  expect(accepts(pip('numpy==2.1', 'torch>=2', 'uvicorn[standard]'))).toBe(true);
  for (const name of ['-r/etc/passwd', '--index-url=x', 'a b', 'a;b', '$(id)', ''])
    expect(accepts(pip(name)), name).toBe(false);
  expect(accepts({ ...pip(), folder: '../x' })).toBe(false);
  expect(accepts({ ...git('https://x/y'), reference: '--branch' })).toBe(false);
});
