import { expect, test } from 'vitest';
import { createDialect } from '../dialect.ts';
import { corpus } from './definitionCorpus.fixture.ts';
import { lintDefinition } from './lintDefinition.ts';

const apptainer = createDialect('apptainer', '1.4.5', null);

/** Everything but hints, and hints that the corpus names. */
function codesOf(text: string, buildArguments: Readonly<Record<string, string>>, named: readonly string[]) {
  const { findings } = lintDefinition(text, { dialect: apptainer, buildArguments });
  return findings
    .filter(({ severity, code }) => severity !== 'hint' || named.includes(code))
    .map(({ code }) => code)
    .sort();
}

test.each(corpus)('of the corpus: $name', ({ text, buildArguments = {}, codes }) => {
  expect(codesOf(text, buildArguments, codes)).toEqual([...codes].sort());
});

test('what another runtime takes differently', () => {
  const text = 'Bootstrap: localimage\nFrom: a.sif\n%post\n  echo {{ A }}\n';
  const old = createDialect('apptainer', '1.1.9', null);
  const [finding] = lintDefinition(text, { dialect: old, buildArguments: {} }).findings;
  expect(finding).toMatchObject({ code: 'argument.unsupported', severity: 'warning', isRefused: false });

  const singularity = createDialect('singularity-ce', '4.3.0', null);
  const unused = lintDefinition(text, { dialect: singularity, buildArguments: { A: '1', B: '2' } }).findings;
  expect(unused).toMatchObject([{ code: 'argument.unused', severity: 'warning', isRefused: false }]);

  const buildkit = 'Bootstrap: buildkit\nFrom: .\nFilename: Dockerfile\n';
  expect(lintDefinition(buildkit, { dialect: null, buildArguments: {} }).findings).toEqual([]);
});

test('places and fixes are those of the text', () => {
  const text =
    'Bootstrap: Docker\nFrom: debian:12\n\n%post\n    apt-get update\n    sudo apt-get install gcc\n';
  const { findings } = lintDefinition(text, { dialect: apptainer, buildArguments: {} });
  expect(findings.map(({ code, range }) => [code, range.line, range.column])).toEqual([
    ['bootstrap.case', 1, 12],
    ['post.sudo', 6, 5],
    ['post.asks', 6, 10],
  ]);
  const edits = findings.flatMap(({ fix }) => fix?.edits ?? []).toSorted((a, b) => b.from - a.from);
  const mended = edits.reduce((so, { from, to, text: put }) => so.slice(0, from) + put + so.slice(to), text);
  expect(mended).toBe(
    'Bootstrap: docker\nFrom: debian:12\n\n%post\n    apt-get update\n    apt-get install -y gcc\n',
  );
});

test('outline: stages, sections, steps and build arguments', () => {
  const text = `Bootstrap: docker
From: debian:{{ RELEASE }}
Stage: build

%arguments
    RELEASE=12
%post
    make
    # checkpoint: made
    echo {{ API_TOKEN }}

Bootstrap: scratch
%files from build
    /a
`;
  const { outline } = lintDefinition(text, { dialect: apptainer, buildArguments: { RELEASE: '13' } });
  expect(outline.stages).toMatchObject([
    {
      name: 'build',
      agent: 'docker',
      base: 'debian:13',
      range: { line: 1 },
      sections: [{ name: 'arguments' }, { name: 'post', range: { line: 7, endLine: 11 } }],
      checkpoints: [{ name: 'made', range: { line: 9, column: 5 } }],
    },
    { name: null, agent: 'scratch', base: null, sections: [{ name: 'files', argument: 'from build' }] },
  ]);
  expect(outline.buildArguments).toEqual([
    { name: 'RELEASE', defaultValue: '12', isSecret: false },
    { name: 'API_TOKEN', defaultValue: null, isSecret: true },
  ]);
});

test('no secret is repeated in what is said', () => {
  const text =
    'Bootstrap: docker\nFrom: a\n%environment\n  export TOKEN=hunter2\n%labels\n  password hunter2\n';
  const { findings } = lintDefinition(text, { dialect: null, buildArguments: {} });
  expect(findings).toHaveLength(2);
  expect(JSON.stringify(findings)).not.toContain('hunter2');
});

test.each([
  ['section lines', '%x\n'.repeat(30_000)],
  ['stages', 'Bootstrap: docker\n'.repeat(5000)],
  ['here-documents', 'Bootstrap: docker\nFrom: a\n'.concat('%post\ncat <<A\n%test\n'.repeat(5000))],
  ['open quotes', 'Bootstrap: docker\nFrom: a\n%post\n'.concat('"$('.repeat(100_000))],
  ['placeholders', 'Bootstrap: docker\nFrom: a\n%post\n'.concat('{{a}}{{ '.repeat(50_000))],
  ['one long line', 'Bootstrap: docker\nFrom: a\n%post\n'.concat('x=1;'.repeat(100_000))],
  ['labels', 'Bootstrap: docker\nFrom: a\n%labels\n'.concat('\t \n'.repeat(100_000))],
  ['placeholders after a hash', 'Bootstrap: docker\nFrom: a\n%post\n# x '.concat('{{a}}'.repeat(100_000))],
  [
    'defaults',
    `Bootstrap: docker\nFrom: a\n%arguments\n${'ab=1\n'.repeat(60_000)}${'{{abc}}'.repeat(60_000)}`,
  ],
  ['files', 'Bootstrap: docker\nStage: a\n%files from b\n'.repeat(5000)],
  ['white space within', `Bootstrap: docker\nFrom: a${' '.repeat(500_000)}x\n`],
  ['white space', `${' '.repeat(500_000)}x`],
])('a hostile file ends: %s', (_, text) => {
  const { findings } = lintDefinition(text, { dialect: null, buildArguments: {} });
  expect(findings.length).toBeLessThanOrEqual(2000);
});
