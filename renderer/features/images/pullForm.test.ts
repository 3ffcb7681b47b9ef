import { describe, expect, it } from 'vitest';
import { hostIdSchema, localHostId } from '#core/contract/ids.ts';
import { checkPull, type PullForm, type PullPlace } from './pullForm.ts';

const empty: PullForm = {
  reference: '',
  folder: null,
  fileName: null,
  form: null,
  overwrite: false,
  architecture: null,
  compression: null,
  route: null,
  userName: '',
  password: '',
  allowHttp: null,
};
const local = { id: localHostId, kind: 'local', label: 'local' } as const;
const hydra = { id: hostIdSchema.parse('hydra'), kind: 'ssh', label: 'hydra' } as const;
const check = (more: Partial<PullForm>, host: PullPlace = local) =>
  checkPull({ ...empty, ...more }, host, { folder: '/data/images', library: null });

describe('the form of a pull', () => {
  it('derives the file name, and leaves defaults to core', () => {
    const checked = check({ reference: 'docker pull rocker/rstudio:4.5' });
    expect(checked.fileName).toBe('rstudio_4.5.sif');
    expect(checked.input).toEqual({
      hostId: 'local',
      reference: 'docker://rocker/rstudio:4.5',
      folder: null,
      fileName: null,
      form: 'sif',
      overwrite: false,
      allowHttp: false,
      architecture: null,
      compression: null,
      route: null,
      credentials: null,
    });
  });

  it('sends what was chosen', () => {
    const checked = check({
      reference: 'docker://registry.example.org/a/b:1',
      folder: '/scratch/',
      fileName: 'mine.sif',
      architecture: 'arm64',
      compression: 'zstd-3',
      userName: 'u',
      password: 'p',
      allowHttp: true,
    });
    expect(checked.input).toMatchObject({
      folder: '/scratch',
      fileName: 'mine.sif',
      architecture: 'arm64',
      compression: 'zstd-3',
      credentials: { userName: 'u', password: 'p' },
      allowHttp: true,
    });
  });

  it('offers plain http only where a registry could be without encryption and is not on this machine', () => {
    expect(check({ reference: 'docker://registry.example.org/a' }).httpRegistry).toBe('registry.example.org');
    expect(check({ reference: 'docker://127.0.0.1:5000/a', allowHttp: true }).httpRegistry).toBe(null);
    expect(check({ reference: 'docker://127.0.0.1:5000/a', allowHttp: true }).input?.allowHttp).toBe(false);
    expect(check({ reference: 'docker://alpine', allowHttp: true }).input?.allowHttp).toBe(false);
    expect(check({ reference: 'https://example.org/a.sif' }).httpRegistry).toBe(null);
  });

  it('compresses only what is built here', () => {
    expect(check({ reference: 'oras://ghcr.io/a/b:1', compression: 'zstd-9' }).input?.compression).toBe(null);
  });

  it.each([
    ['', 'empty'],
    ['how do I pull?', 'explained'],
    ['apptainer build x.sif x.def', 'explained'],
    ['docker pull alpine:1 && docker pull ubuntu:2', 'several'],
    ['library://a/b', 'repository'],
    ['docker pull alp\u001b[1mine', 'explained'],
    ['ftp://x/y.sif', 'scheme'],
    ['docker://UPPER', 'repository'],
    ['docker://a:-', 'tag'],
    ['tool.sif', 'relativePath'],
    ['~/tool.sif', 'relativePath'],
  ] as const)('says of %j that it is %s', (reference, kind) => {
    const checked = check({ reference });
    expect(checked.issue.kind).toBe(kind);
    expect(checked.input).toBe(null);
  });

  it.each([
    ['library://sylabs/examples/lolcow', 'library://library.sylabs.io/sylabs/examples/lolcow:latest'],
    ['singularity pull shub://vsoch/hello', 'shub://vsoch/hello'],
    ['s3://images/lab/tool.sif', 's3://images/lab/tool.sif'],
    ['oras://ghcr.io/lab/tool:1', 'oras://ghcr.io/lab/tool:1'],
  ])('pulls %s', (reference, sent) => {
    expect(check({ reference }).input).toMatchObject({ reference: sent, form: 'sif', fileName: null });
  });

  it('asks the library of the list of registries', () => {
    const checked = checkPull({ ...empty, reference: 'library://a/b/c:1' }, local, {
      folder: null,
      library: 'library.example.org',
    });
    expect(checked.input?.reference).toBe('library://library.example.org/a/b/c:1');
    expect(checked.httpRegistry).toBe('library.example.org');
  });

  it('takes folder, name, form, architecture and plain http from the text, until they are changed', () => {
    const reference =
      'singularity build --sandbox --nohttps --arch arm64 /scratch/x/ubuntu docker://reg.lab:5000/ubuntu:24.04';
    expect(check({ reference, compression: 'zstd-3' }).input).toMatchObject({
      folder: '/scratch/x',
      fileName: 'ubuntu',
      form: 'sandbox',
      architecture: 'arm64',
      compression: null,
      allowHttp: true,
    });
    const changed = { folder: '/data', fileName: 'u.sif', form: 'sif', allowHttp: false } as const;
    expect(check({ reference, ...changed }).input).toMatchObject(changed);
  });

  it('names a sandbox without the ending of a file', () => {
    expect(check({ reference: 'docker://alpine:3.20', form: 'sandbox' })).toMatchObject({
      fileName: 'alpine_3.20',
      input: { form: 'sandbox', fileName: null },
    });
  });

  it('refuses file names that are paths, half credentials, and folders that are not whole', () => {
    const reference = 'docker://alpine';
    expect(check({ reference, fileName: '../x' })).toMatchObject({ fileNameProblem: 'slash', input: null });
    expect(check({ reference, fileName: ' ' })).toMatchObject({ fileNameProblem: 'empty', input: null });
    expect(check({ reference, userName: 'u' })).toMatchObject({
      credentialsProblem: 'incomplete',
      input: null,
    });
    expect(check({ reference, folder: 'images' })).toMatchObject({
      folderProblem: 'notAbsolute',
      input: null,
    });
  });

  it('knows a file of this host, which is copied and not pulled', () => {
    const checked = check({ reference: '/data/other/x.sif' });
    expect(checked.target).toEqual({ kind: 'file', path: '/data/other/x.sif' });
    expect(checked.input).toBe(null);
  });

  it('sends the chosen way to an ssh host only', () => {
    const docker = { reference: 'docker://alpine:3.20', route: 'send' } as const;
    expect(check(docker).input?.route).toBe(null);
    expect(check(docker, hydra).input).toMatchObject({ hostId: 'hydra', route: 'send' });
  });

  it('takes no path of this machine for a file of an ssh host', () => {
    const checked = check({ reference: '/data/tool.sif' }, hydra);
    expect(checked.issue).toEqual({ kind: 'fileElsewhere', detail: 'hydra' });
    expect(checked.input).toBe(null);
  });
});
