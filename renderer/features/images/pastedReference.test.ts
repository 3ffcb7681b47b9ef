import { describe, expect, it } from 'vitest';
import { readPastedReference } from './pastedReference.ts';

describe('what is pasted into the pull box', () => {
  it.each([
    ['docker://alpine:3.20', 'docker://alpine:3.20', 'asIs'],
    ['  oras://ghcr.io/lab/salmon:1\n', 'oras://ghcr.io/lab/salmon:1', 'asIs'],
    ['docker pull alpine:3.20', 'docker://alpine:3.20', 'command'],
    ['$ sudo docker image pull ghcr.io/lab/tool:1', 'docker://ghcr.io/lab/tool:1', 'command'],
    ['podman pull -q docker://alpine', 'docker://alpine', 'command'],
    ['singularity pull docker://alpine', 'docker://alpine', 'command'],
    ['/usr/bin/apptainer --silent exec docker://alpine ls /', 'docker://alpine', 'command'],
    ['singularity pull library://sylabs/examples/lolcow', 'library://sylabs/examples/lolcow', 'command'],
    ['https://hub.docker.com/r/rocker/rstudio/tags?page=1', 'docker://rocker/rstudio', 'webPage'],
    ['https://hub.docker.com/_/alpine', 'docker://alpine', 'webPage'],
    [
      'https://quay.io/repository/biocontainers/samtools?tab=tags',
      'docker://quay.io/biocontainers/samtools',
      'webPage',
    ],
    ['alpine:3.20', 'docker://alpine:3.20', 'shortName'],
    ['127.0.0.1:5000/demo/tiny:v1', 'docker://127.0.0.1:5000/demo/tiny:v1', 'shortName'],
    ['/data/alpine.sif', '/data/alpine.sif', 'asIs'],
    ['tool.sif', 'tool.sif', 'asIs'],
    ['https://example.org/tool.sif', 'https://example.org/tool.sif', 'asIs'],
    ['docker run --rm -it alpine', 'docker run --rm -it alpine', 'asIs'],
    ['', '', 'asIs'],
  ])('takes %j as %s (%s)', (text, reference, taken) => {
    expect(readPastedReference(text)).toMatchObject({ reference, taken });
  });

  it('keeps the file name and the architecture of a pasted command', () => {
    expect(
      readPastedReference('singularity pull --arch arm64 --dir /x my.sif docker://alpine'),
    ).toMatchObject({
      reference: 'docker://alpine',
      fileName: 'my.sif',
      architecture: 'arm64',
    });
    expect(readPastedReference('docker pull --platform=linux/arm64/v8 alpine')).toMatchObject({
      reference: 'docker://alpine',
      fileName: null,
      architecture: 'arm64',
    });
  });

  it('says what is wrong with a reference', () => {
    expect(readPastedReference('docker://UPPER/case').parsed).toMatchObject({
      ok: false,
      problem: 'repository',
    });
    expect(readPastedReference('shub://vsoch/hello').parsed).toMatchObject({
      ok: false,
      problem: 'scheme',
      detail: 'shub',
    });
  });
});
