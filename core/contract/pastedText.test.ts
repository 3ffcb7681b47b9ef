import { describe, expect, it } from 'vitest';
import { maximumPastedLength, recognisePastedText } from './pastedText.ts';

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;

describe('what names one image', () => {
  it.each<[text: string, reference: string, explanation: string | null]>([
    // Names
    ['ubuntu', 'docker://ubuntu', 'shortName'],
    ['ubuntu:24.04', 'docker://ubuntu:24.04', 'shortName'],
    ['  rocker/rstudio:4.5\n', 'docker://rocker/rstudio:4.5', 'shortName'],
    ['"alpine:3.20"', 'docker://alpine:3.20', 'shortName'],
    ['`ghcr.io/lab/tool:1`', 'docker://ghcr.io/lab/tool:1', 'shortName'],
    ['“ubuntu:24.04”', 'docker://ubuntu:24.04', 'shortName'],
    [
      'quay.io/biocontainers/samtools:1.20--h50ea8bc_0',
      'docker://quay.io/biocontainers/samtools:1.20--h50ea8bc_0',
      'shortName',
    ],
    ['127.0.0.1:5000/demo/tiny:v1', 'docker://127.0.0.1:5000/demo/tiny:v1', 'shortName'],
    ['localhost/demo', 'docker://localhost/demo', 'shortName'],
    ['nvcr.io/nvidia/pytorch:24.01-py3', 'docker://nvcr.io/nvidia/pytorch:24.01-py3', 'shortName'],
    [`alpine@${digest}`, `docker://alpine@${digest}`, 'shortName'],
    ['docker.io/library/ubuntu:24.04', 'docker://ubuntu:24.04', 'shortName'],
    ['docker.io/rocker/rstudio', 'docker://rocker/rstudio', 'shortName'],
    ['index.docker.io/library/alpine:3.20', 'docker://alpine:3.20', 'hubHost'],
    // References
    ['docker://alpine:3.20', 'docker://alpine:3.20', null],
    ['DOCKER://alpine', 'docker://alpine', null],
    ['docker:///alpine', 'docker://alpine', null],
    ['docker://index.docker.io/library/alpine', 'docker://alpine', 'hubHost'],
    ['docker://registry-1.docker.io/rocker/shiny', 'docker://rocker/shiny', 'hubHost'],
    ['docker://docker.io/library/alpine', 'docker://alpine', null],
    ['docker://nvcr.io#nvidia/pytorch:24.01-py3', 'docker://nvcr.io/nvidia/pytorch:24.01-py3', null],
    ['oras://ghcr.io/lab/salmon:1', 'oras://ghcr.io/lab/salmon:1', null],
    ['s3://images/lab/tool.sif', 's3://images/lab/tool.sif', null],
    ['https://example.org/tool.sif', 'https://example.org/tool.sif', null],
    ['https://example.org/tool.sif?token=1', 'https://example.org/tool.sif?token=1', null],
    ['ftp://example.org/tool.sif', 'ftp://example.org/tool.sif', null],
    ['<https://example.org/tool.sif>', 'https://example.org/tool.sif', null],
    // Old habits
    ['library://lolcow', 'library://library.sylabs.io/library/default/lolcow:latest', 'libraryDefault'],
    [
      'library://sylabs/examples/lolcow:1',
      'library://library.sylabs.io/sylabs/examples/lolcow:1',
      'libraryDefault',
    ],
    [
      'library:///sylabs/examples/lolcow',
      'library://library.sylabs.io/sylabs/examples/lolcow:latest',
      'libraryDefault',
    ],
    ['library://library.example.org/a/b/c:1', 'library://library.example.org/a/b/c:1', null],
    ['shub://vsoch/hello-world', 'shub://vsoch/hello-world', 'shubArchive'],
    ['singularity pull shub://GodloveD/lolcow:latest', 'shub://GodloveD/lolcow:latest', 'shubArchive'],
    ['singularity build --remote x.sif docker://ubuntu', 'docker://ubuntu', 'remoteBuild'],
    ['singularity build -r x.sif docker://ubuntu', 'docker://ubuntu', 'remoteBuild'],
    ['singularity pull --docker-login docker://lab/private:1', 'docker://lab/private:1', 'dockerLogin'],
    ['SINGULARITY_NOHTTPS=1 singularity pull docker://reg.lab:5000/x', 'docker://reg.lab:5000/x', 'command'],
    ['singularity pull --nohttps docker://reg.lab:5000/x', 'docker://reg.lab:5000/x', 'noHttps'],
    ['singularity import ubuntu.img docker://ubuntu:16.04', 'docker://ubuntu:16.04', 'oldVerb'],
    ['sudo singularity bootstrap x.img docker://ubuntu', 'docker://ubuntu', 'oldVerb'],
    [
      'singularity pull lolcow',
      'library://library.sylabs.io/library/default/lolcow:latest',
      'libraryDefault',
    ],
    [
      'singularity pull --library https://library.example.org library://a/b/c:1',
      'library://library.example.org/a/b/c:1',
      'command',
    ],
    // Lines
    ['docker pull alpine:3.20', 'docker://alpine:3.20', 'command'],
    ['$ sudo docker image pull ghcr.io/lab/tool:1', 'docker://ghcr.io/lab/tool:1', 'command'],
    ['# docker pull alpine', 'docker://alpine', 'command'],
    ['docker pull -q --platform linux/arm64/v8 alpine', 'docker://alpine', 'command'],
    ['docker pull --disable-content-trust alpine', 'docker://alpine', 'command'],
    ['podman pull -q docker://alpine', 'docker://alpine', 'command'],
    ['podman pull --tls-verify=false reg.lab:5000/x', 'docker://reg.lab:5000/x', 'command'],
    ['docker run --rm -it ubuntu:24.04 bash', 'docker://ubuntu:24.04', 'command'],
    [
      'docker run -v $PWD:/data -w /data quay.io/lab/x:1 samtools view a.bam',
      'docker://quay.io/lab/x:1',
      'command',
    ],
    [
      'docker run -d -p 8787:8787 -e PASSWORD=x --name rs rocker/rstudio',
      'docker://rocker/rstudio',
      'command',
    ],
    [
      'docker run -itv /a:/b --gpus all nvcr.io/nvidia/cuda:12.4.1-base nvidia-smi',
      'docker://nvcr.io/nvidia/cuda:12.4.1-base',
      'command',
    ],
    ['docker run -p8080:80 --network=host nginx', 'docker://nginx', 'command'],
    ['docker container run --rm hello-world', 'docker://hello-world', 'command'],
    [
      'docker run \\\n  --rm \\\n  -v "$PWD":/x \\ \n  alpine:3.20 \\\n  ls',
      'docker://alpine:3.20',
      'command',
    ],
    ['docker buildx imagetools inspect alpine', 'docker://alpine', 'command'],
    ['podman run --rm docker.io/library/alpine echo docker://other', 'docker://alpine', 'command'],
    ['nerdctl pull alpine', 'docker://alpine', 'command'],
    ['skopeo inspect docker://alpine:3.20', 'docker://alpine:3.20', 'command'],
    ['skopeo copy docker://alpine:3.20 docker-archive:a.tar', 'docker://alpine:3.20', 'command'],
    ['crane manifest ghcr.io/lab/tool', 'docker://ghcr.io/lab/tool', 'command'],
    ['oras pull ghcr.io/lab/salmon:1', 'oras://ghcr.io/lab/salmon:1', 'command'],
    ['ctr image pull docker.io/library/alpine:3.20', 'docker://alpine:3.20', 'command'],
    [
      'enroot import docker://nvcr.io#nvidia/pytorch:24.01-py3',
      'docker://nvcr.io/nvidia/pytorch:24.01-py3',
      'command',
    ],
    ['shifterimg -v pull docker:ubuntu:15.10', 'docker://ubuntu:15.10', 'command'],
    ['ch-image pull alpine:3.20', 'docker://alpine:3.20', 'command'],
    [
      'shpc install quay.io/biocontainers/samtools:1.20--h50ea8bc_0',
      'docker://quay.io/biocontainers/samtools:1.20--h50ea8bc_0',
      'command',
    ],
    [
      'wget https://depot.galaxyproject.org/singularity/samtools:1.20--h50ea8bc_0',
      'https://depot.galaxyproject.org/singularity/samtools:1.20--h50ea8bc_0',
      'command',
    ],
    ['curl -LO https://example.org/a/tool.sif', 'https://example.org/a/tool.sif', 'command'],
    ['singularity pull docker://alpine', 'docker://alpine', 'command'],
    ['apptainer pull alpine:3.20', 'docker://alpine:3.20', 'command'],
    ['apptainer pull --arch arm64 my.sif oras://ghcr.io/lab/x:1', 'oras://ghcr.io/lab/x:1', 'command'],
    ['apptainer pull -F --disable-cache x.sif docker://alpine', 'docker://alpine', 'command'],
    ['/usr/bin/apptainer --silent exec docker://alpine ls /', 'docker://alpine', 'command'],
    [
      'singularity -d exec --nv -B /data:/data docker://alpine curl https://x.org/y',
      'docker://alpine',
      'command',
    ],
    ['apptainer shell --overlay o.img docker://ubuntu', 'docker://ubuntu', 'command'],
    ['apptainer run --env A=docker://b docker://c:1', 'docker://c:1', 'command'],
    ['apptainer instance start docker://nginx web', 'docker://nginx', 'command'],
    ['singularity instance.start docker://nginx web', 'docker://nginx', 'command'],
    ['srun -n 4 --mpi=pmix apptainer exec docker://lab/mpi:1 ./a.out', 'docker://lab/mpi:1', 'command'],
    ['mpirun -np 8 singularity exec docker://lab/mpi:1 a', 'docker://lab/mpi:1', 'command'],
    ['sbatch --wrap="apptainer pull docker://alpine"', 'docker://alpine', 'command'],
    ["bash -c 'apptainer pull docker://alpine'", 'docker://alpine', 'command'],
    ['module load apptainer && apptainer pull docker://alpine', 'docker://alpine', 'command'],
    ['cd /scratch; apptainer pull docker://alpine > log.txt 2>&1', 'docker://alpine', 'command'],
    ['APPTAINER_CACHEDIR=/x apptainer pull docker://alpine &', 'docker://alpine', 'command'],
    ['[alice@login01 ~]$ apptainer pull docker://alpine', 'docker://alpine', 'command'],
    ['alice@login:~$ apptainer pull docker://alpine', 'docker://alpine', 'command'],
    ['apptainer pull docker://alpine  # small', 'docker://alpine', 'command'],
    ['apptainer build –sandbox ubuntu/ docker://ubuntu', 'docker://ubuntu', 'command'],
    // Files that name images
    ['FROM python:3.12-slim AS build', 'docker://python:3.12-slim', 'fileLine'],
    ['FROM --platform=linux/arm64 python:3.12', 'docker://python:3.12', 'fileLine'],
    ['Bootstrap: docker\nFrom: ubuntu:24.04\n\n%post\n  apt-get update', 'docker://ubuntu:24.04', 'fileLine'],
    [
      'Bootstrap: library\nFrom: library.sylabs.io/a/b/c:1',
      'library://library.sylabs.io/a/b/c:1',
      'fileLine',
    ],
    ['image: nginx:1.27', 'docker://nginx:1.27', 'fileLine'],
    ["container 'quay.io/lab/x:1'", 'docker://quay.io/lab/x:1', 'fileLine'],
    ['singularity: "docker://lab/x:1"', 'docker://lab/x:1', 'fileLine'],
    // Pages
    ['https://hub.docker.com/_/python', 'docker://python', 'webPage'],
    ['https://hub.docker.com/_/python/tags?name=3.12', 'docker://python', 'webPage'],
    ['https://hub.docker.com/r/rocker/rstudio/tags?page=1', 'docker://rocker/rstudio', 'webPage'],
    ['hub.docker.com/r/rocker/rstudio', 'docker://rocker/rstudio', 'webPage'],
    ['https://hub.docker.com/repository/docker/lab/tool/general', 'docker://lab/tool', 'webPage'],
    ['https://hub.docker.com/layers/library/python/3.12/images/sha256-ab', 'docker://python:3.12', 'webPage'],
    [
      'https://hub.docker.com/layers/rocker/rstudio/4.5/images/sha256-ab?context=explore',
      'docker://rocker/rstudio:4.5',
      'webPage',
    ],
    [
      'https://quay.io/repository/biocontainers/samtools?tab=tags',
      'docker://quay.io/biocontainers/samtools',
      'webPage',
    ],
    ['https://quay.io/repository/lab/x?tab=tags&tag=1.2', 'docker://quay.io/lab/x:1.2', 'webPage'],
    [`https://quay.io/repository/lab/x/manifest/${digest}`, `docker://quay.io/lab/x@${digest}`, 'webPage'],
    ['https://quay.io/lab/x:1', 'docker://quay.io/lab/x:1', 'webPage'],
    ['https://ghcr.io/lab/tool:1', 'docker://ghcr.io/lab/tool:1', 'webPage'],
    ['https://github.com/orgs/Lab/packages/container/package/tool', 'docker://ghcr.io/lab/tool', 'webPage'],
    [
      'https://github.com/orgs/lab/packages/container/tool/1234?tag=2.1',
      'docker://ghcr.io/lab/tool:2.1',
      'webPage',
    ],
    ['https://github.com/Lab/repo/pkgs/container/repo%2Ftool', 'docker://ghcr.io/lab/repo/tool', 'webPage'],
    [
      'https://github.com/lab/repo/releases/download/v1/tool.sif',
      'https://github.com/lab/repo/releases/download/v1/tool.sif',
      null,
    ],
    [
      'https://catalog.ngc.nvidia.com/orgs/nvidia/containers/pytorch',
      'docker://nvcr.io/nvidia/pytorch',
      'webPage',
    ],
    [
      'https://catalog.ngc.nvidia.com/orgs/nvidia/teams/clara/containers/parabricks/tags',
      'docker://nvcr.io/nvidia/clara/parabricks',
      'webPage',
    ],
    [
      'https://ngc.nvidia.com/catalog/containers/nvidia:tensorflow',
      'docker://nvcr.io/nvidia/tensorflow',
      'webPage',
    ],
    [
      'https://cloud.sylabs.io/library/sylabs/examples/lolcow',
      'library://library.sylabs.io/sylabs/examples/lolcow',
      'webPage',
    ],
    ['https://gallery.ecr.aws/lambda/python', 'docker://public.ecr.aws/lambda/python', 'webPage'],
    ['https://biocontainers.pro/tools/samtools', 'docker://quay.io/biocontainers/samtools', 'webPage'],
    [
      'https://bioconda.github.io/recipes/samtools/README.html',
      'docker://quay.io/biocontainers/samtools',
      'webPage',
    ],
    [
      'https://gitlab.com/Lab/tool/container_registry/123',
      'docker://registry.gitlab.com/lab/tool',
      'webPage',
    ],
    [
      'https://mcr.microsoft.com/en-us/artifact/mar/dotnet/sdk/about',
      'docker://mcr.microsoft.com/dotnet/sdk',
      'webPage',
    ],
    // Written wrong: taken as meant, and found wrong by the grammar of references
    ['Ubuntu:24.04', 'docker://Ubuntu:24.04', 'shortName'],
    ['docker://UPPER/case', 'docker://UPPER/case', null],
    ['docker://example.org/Upper Case', 'docker://example.org/Upper Case', null],
  ])('takes %j as %s', (text, reference, explanation) => {
    const taken = recognisePastedText(text);
    expect({ ...taken, explanation: taken.explanation?.code ?? null }).toMatchObject({
      kind: 'reference',
      reference,
      explanation,
    });
  });
});

describe('what names a file', () => {
  it.each([
    ['/data/alpine.sif', '/data/alpine.sif'],
    ['~/images/tool.sif', '~/images/tool.sif'],
    ['./tool', './tool'],
    ['tool.sif', 'tool.sif'],
    ['file:///data/tool.sif', '/data/tool.sif'],
    ['rootfs.tar.xz', 'rootfs.tar.xz'],
    ['apptainer build x.sif docker-archive:///data/x.tar', '/data/x.tar'],
    ['apptainer build x.sif docker-archive:x.tar', 'x.tar'],
    ['apptainer build x.sif oci-archive://x.tar', 'x.tar'],
    ['apptainer exec /data/tool.sif ls', '/data/tool.sif'],
    ['sudo singularity build x.sif sandbox/', 'sandbox/'],
  ])('takes %j as the file %s', (text, reference) => {
    expect(recognisePastedText(text)).toMatchObject({ kind: 'file', reference });
  });
});

describe('what names no image', () => {
  it.each([
    ['', undefined],
    [' \n ', undefined],
    ['how do I pull an image?', 'notUnderstood'],
    ['rm -rf /', 'notUnderstood'],
    ['hello world', 'notUnderstood'],
    ['docker ps', 'lineWithoutImage'],
    ['docker exec web ls', 'lineWithoutImage'],
    ['apptainer exec instance://web ls', 'lineWithoutImage'],
    ['singularity --version', 'lineWithoutImage'],
    ['docker push lab/tool:1', 'pushLine'],
    ['apptainer push x.sif oras://ghcr.io/lab/x:1', 'pushLine'],
    ['apptainer build x.sif x.def', 'definitionFile'],
    ['sudo singularity build --remote x.sif recipes/x.def', 'definitionFile'],
    ['apptainer build x.sif docker-daemon:alpine:3.20', 'engineImage'],
    ['https://hub.docker.com/search?q=samtools', 'pageWithoutImage'],
    ['https://hub.docker.com/u/rocker', 'pageWithoutImage'],
    ['https://github.com/apptainer/apptainer', 'pageWithoutImage'],
    ['https://cloud.sylabs.io/library/_container/5baba99394feb900016ea433', 'pageWithoutImage'],
    ["docker run 'alpine", 'openLine'],
    ['docker pull alpine \\', 'openLine'],
    ['docker pull alp\u001b[31mine', 'control'],
    ['docker://evil\u202egnp.alpine', 'control'],
    ['a'.repeat(maximumPastedLength + 1), 'tooLong'],
  ])('says of %j: %s', (text, code) => {
    const taken = recognisePastedText(text);
    expect(taken).toMatchObject({ kind: 'nothing', reference: null });
    expect(taken.explanation?.code).toBe(code);
  });
});
