import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { convertDockerfile } from '#core/runtime/definition/convertDockerfile.ts';
import { corpus } from '#core/runtime/definition/definitionCorpus.fixture.ts';
import { lintDefinition } from '#core/runtime/definition/lintDefinition.ts';
import { createDialect, parseVersion } from '#core/runtime/dialect.ts';
import { testbed } from '#e2e/testbed/testbed.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'definitions-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

interface Outcome {
  readonly status: number;
  readonly output: string;
}

const apptainer = (args: readonly string[]) => run('apptainer', args);

function run(program: string, args: readonly string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(program, [...args], { cwd: folder, env: process.env }, (error, stdout, stderr) =>
      resolve({ status: error === null ? 0 : Number(error.code ?? 255), output: stdout + stderr }),
    );
  });
}

async function installedDialect() {
  const version = parseVersion((await apptainer(['--version'])).output);
  if (version === null) throw new Error('apptainer says no version');
  return createDialect(version.product, version.version, null);
}

/**
 * The real parser's verdict: it says `Starting build...` when it has taken the file, with its build arguments and
 * agents, and before it fetches a base. Those of the corpus cannot be fetched, so nothing is built: 0.1 s a file.
 */
async function verdictOf(index: number): Promise<{ readonly isRefused: boolean; readonly output: string }> {
  const file = corpus[index];
  if (file === undefined) throw new Error('no such file');
  const name = join(folder, `${index}.def`);
  await writeFile(name, file.text);
  const values = Object.entries(file.buildArguments ?? {}).flatMap(([key, value]) => [
    '--build-arg',
    `${key}=${value}`,
  ]);
  // As root of a namespace it does not start itself once more in one, which takes most of the time.
  const words = ['apptainer', 'build', ...values, join(folder, `${index}.sif`), name];
  const { output } = await run('unshare', ['--map-root-user', ...words]);
  return { isRefused: !output.includes('Starting build...'), output };
}

test('lint refuses what the real parser refuses, and explains its words', async () => {
  const dialect = await installedDialect();
  const waiting = corpus.keys();
  const wrong: string[] = [];
  const worker = async () => {
    for (const index of waiting) {
      const file = corpus[index];
      if (file === undefined) continue;
      const verdict = await verdictOf(index);
      const { findings } = lintDefinition(file.text, { dialect, buildArguments: file.buildArguments ?? {} });
      const refusals = findings.filter(({ isRefused }) => isRefused);
      if (verdict.isRefused !== refusals.length > 0) wrong.push(`${file.name}: ${verdict.output}`);
      else if (
        verdict.isRefused &&
        !refusals.some(({ runtimeSays }) => runtimeSays !== null && verdict.output.includes(runtimeSays))
      )
        wrong.push(
          `${file.name}: ${refusals.map(({ runtimeSays }) => runtimeSays).join(', ')} explains not ${verdict.output}`,
        );
    }
  };
  await Promise.all([worker(), worker(), worker(), worker()]);
  expect(wrong).toEqual([]);
});

const dockerfile = `# syntax=docker/dockerfile:1
ARG TAG=v1
FROM ${testbed().registry}/demo/tiny:$TAG AS build
ARG NAME=world
WORKDIR /work
COPY greeting.txt ./text/greeting.txt
RUN cd /work/text && \\
    # a comment within
    echo "made by $NAME" > made.txt
RUN ["/bin/sh", "-c", "echo two words > '/work/a file'"]
RUN <<SCRIPT
pwd > /work/where.txt
SCRIPT

FROM ${testbed().registry}/demo/tiny:$TAG
ENV GREETING="hello \\"you\\"" OTHER=1
LABEL org.example.title="Two words" version=1
COPY --from=build /work/text/made.txt /work/where.txt /opt/
COPY --from=build ["/work/a file", "/opt/b file"]
COPY --from=0 /work/text/greeting.txt /opt/greeting.txt
COPY <<'TEXT' /opt/text.txt
costs $5
TEXT
WORKDIR /opt
USER nobody
HEALTHCHECK CMD true
ENTRYPOINT ["/bin/sh", "-c", "cat b* g* m* t* w*; echo $GREETING $0"]
CMD ["by default"]
`;

test('a converted Dockerfile builds, and does what the Dockerfile says', async () => {
  const { definition, unsupported } = convertDockerfile(dockerfile);
  expect(unsupported.map(({ text }) => text.split(' ')[0])).toEqual(['USER', 'HEALTHCHECK']);
  const dialect = await installedDialect();
  const { findings } = lintDefinition(definition, { dialect, buildArguments: {} });
  expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);

  const image = join(folder, 'converted.sif');
  await writeFile(join(folder, 'converted.def'), definition);
  await writeFile(join(folder, 'greeting.txt'), 'good day\n');
  const options = ['--no-https', '--disable-cache'];
  const built = await apptainer(['build', ...options, image, join(folder, 'converted.def')]);
  expect(built.output).toContain('Build complete');
  const ran = await apptainer(['run', image]);
  expect(ran.output).toBe('two words\ngood day\nmade by world\ncosts $5\n/work\nhello "you" by default\n');
  const labels = await apptainer(['inspect', '--labels', image]);
  expect(labels.output).toContain('org.example.title: Two words');
});
