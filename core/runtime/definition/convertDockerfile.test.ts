import { expect, test } from 'vitest';
import { convertDockerfile } from './convertDockerfile.ts';
import { isDockerfile } from './dockerfileText.ts';
import { lintDefinition } from './lintDefinition.ts';

function refusalsOf(definition: string) {
  const { findings } = lintDefinition(definition, { dialect: null, buildArguments: {} });
  return findings.filter(({ severity }) => severity === 'error').map(({ code, range }) => [code, range.line]);
}

test('recognises a Dockerfile', () => {
  expect(isDockerfile('# syntax=docker/dockerfile:1\n\nfrom debian\n')).toBe(true);
  expect(isDockerfile('ARG A=1\nFROM debian:$A\n')).toBe(true);
  expect(isDockerfile('From: debian\nBootstrap: docker\n')).toBe(false);
  expect(isDockerfile('From: debian\n')).toBe(false);
  expect(isDockerfile('%post\nFROM x\n')).toBe(false);
});

test('two stages, arguments, variables and what is run', () => {
  const { definition, unsupported } = convertDockerfile(`
ARG PYTHON=3.12
FROM python:\${PYTHON}-slim AS Build
ARG FLAGS="-O2 -g"
ENV PATH=/opt/bin:$PATH FLAGS2=$FLAGS
WORKDIR /src
COPY src "a b" ./
RUN apt-get update && \\
    # compilers
    apt-get install -y gcc

FROM python:\${PYTHON}-slim
COPY --from=build /src/app /usr/local/bin/
LABEL maintainer="A  B" version=1
ENTRYPOINT ["app", "--x"]
CMD ["it's"]
`);
  expect(definition).toBe(`Bootstrap: docker
From: python:{{ PYTHON }}-slim
Stage: build

%arguments
    PYTHON=3.12
    FLAGS=-O2 -g

%files
    src /src/
    "a b" /src/

%post
    export FLAGS="{{ FLAGS }}"
    export PATH="/opt/bin:$PATH"
    export FLAGS2="{{ FLAGS }}"
    mkdir -p "/src"
    cd "/src"
    apt-get update && \\
        apt-get install -y gcc

%environment
    export PATH="/opt/bin:$PATH"
    export FLAGS2="{{ FLAGS }}"

Bootstrap: docker
From: python:{{ PYTHON }}-slim

%arguments
    PYTHON=3.12

%files from build
    /src/app /usr/local/bin/

%labels
    maintainer A B
    version 1

%runscript
    if [ $# -eq 0 ]; then set -- 'it'\\''s'; fi
    exec app --x "$@"
`);
  expect(unsupported.map(({ line, reason }) => [line, reason])).toEqual([
    [7, 'If src is a folder, it lands inside the destination: Docker copies what is in it.'],
    [7, 'If a b is a folder, it lands inside the destination: Docker copies what is in it.'],
    [13, 'If /src/app is a folder, it lands inside the destination: Docker copies what is in it.'],
  ]);
  expect(refusalsOf(definition)).toEqual([]);
});

test('every line that is not carried over is listed', () => {
  const { definition, unsupported } = convertDockerfile(`FROM --platform=linux/arm64 debian
RUN --mount=type=secret,id=x cat /run/secrets/x
ADD https://example.org/x.tar.gz /opt/
ADD y.tar.gz /opt/
COPY --chown=1:1 z.txt /opt/z.txt
USER nobody
EXPOSE 80
VOLUME /data
HEALTHCHECK CMD true
STOPSIGNAL SIGINT
ONBUILD RUN true
SHELL ["powershell"]
RUN printf 'a\\n' > /x && cat <<EOF > /y.spec
%prep
EOF
RUN docker inspect -f '{{ name }}' x
NONSENSE x
`);
  const listed = new Set(unsupported.map(({ line }) => line));
  expect([...listed].sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 16, 17]);
  expect(definition).not.toContain('%prep');
  expect(refusalsOf(definition)).toEqual([]);
});

test('a stage on top of another one, an image as source, a shell', () => {
  const { definition, unsupported } = convertDockerfile(`FROM debian AS one
RUN cd /opt && touch a
FROM one AS two
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
RUN set -e; printf x | tee b
COPY --from=nginx:1 /etc/nginx /etc/nginx
CMD exec nginx -g "daemon off;"
`);
  expect(definition).toBe(`Bootstrap: docker
From: debian
Stage: one

%post
    (
    cd /opt && touch a
    )

Bootstrap: docker
From: nginx:1
Stage: image-1

Bootstrap: docker
From: debian
Stage: two

%files from image-1
    /etc/nginx /etc/nginx

%post -c /bin/bash
    (
    cd /opt && touch a
    )
    set -o pipefail
    (
    set -e; printf x | tee b
    )

%runscript
    if [ $# -gt 0 ]; then exec "$@"; fi
    exec /bin/sh -c 'exec nginx -g "daemon off;"'
`);
  expect(unsupported.map(({ line }) => line)).toEqual([4, 6]);
  expect(refusalsOf(definition)).toEqual([]);
});

test('no Dockerfile at all gives nothing', () => {
  expect(convertDockerfile('hello\n')).toEqual({
    definition: '',
    unsupported: [{ line: 1, text: 'hello', reason: 'This is no instruction of a Dockerfile.' }],
  });
});

test.each([
  ['instructions', 'FROM a AS b\n'.repeat(30_000)],
  ['stages upon stages', 'FROM a AS b\nFROM b AS b\nRUN x\n'.repeat(30_000)],
  [
    'images',
    'FROM a\n'.concat(Array.from({ length: 30_000 }, (_, index) => `COPY --from=i${index} a b`).join('\n')),
  ],
  ['here-documents', 'FROM a\n'.concat('RUN <<E\n'.repeat(100_000))],
  ['empty lines', `FROM a\nRUN <<E\n${'\n'.repeat(900_000)}E\n`],
  ['quotes', 'FROM a\nENV '.concat('a="\\'.repeat(50_000))],
  ['white space', `FROM a\nRUN ${' '.repeat(900_000)}x\n`],
])('a hostile file ends: %s', (_, text) => {
  expect(convertDockerfile(text).unsupported.length).toBeLessThanOrEqual(1000);
});
