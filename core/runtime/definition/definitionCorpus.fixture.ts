/** A small definition file, and what lint must say of it. */
export interface CorpusFile {
  readonly name: string;
  readonly text: string;
  readonly buildArguments?: Readonly<Record<string, string>>;
  /** Every error and warning, and hints where they are the point, in any order; nothing else but hints. */
  readonly codes: readonly string[];
}

const base = 'Bootstrap: localimage\nFrom: /nonexistent/base.sif\n';
const post = (script: string) => `${base}%post\n${script}\n`;
const registry = 'Bootstrap: docker\nFrom: 127.0.0.1:1/none\n';
/** A section of so many bytes, its own line counted. */
const longHelp = (bytes: number) =>
  `%help\n${`${'x'.repeat(99)}\n`.repeat(700)}`.slice(0, bytes - 1).concat('\n');

/**
 * Good and bad files, one for each thing that lint says. None reaches for a network or does anything before the real
 * parser's verdict: their base does not exist, or is on a closed port of this machine.
 */
export const corpus: readonly CorpusFile[] = [
  // What the runtime takes
  { name: 'headers alone', text: base, codes: [] },
  { name: 'any case', text: `BOOTSTRAP: localimage\nFROM: /nonexistent/x\n%POST\n  true\n`, codes: [] },
  { name: 'carriage returns', text: post('  true').replaceAll('\n', '\r\n'), codes: [] },
  { name: 'comments first', text: `# A file\n\n  # more\n${base}`, codes: [] },
  { name: 'continued header', text: 'Bootstrap: localimage\nFrom: /nonexistent\\\n/x.sif\n', codes: [] },
  { name: 'two percent signs', text: `${base}%%post\n  true\n`, codes: [] },
  { name: 'app', text: `${base}%apprun hello\n  true\n%appenv hello\n  export A=1\n`, codes: [] },
  {
    name: 'other address',
    text: `Bootstrap: zypper\nMirrorURL: http://127.0.0.1:1/\nOtherURL3: x\n`,
    codes: [],
  },
  { name: 'labels', text: `${base}%labels\n  Version 1.0\n  # comment\n`, codes: [] },
  { name: 'help with a colon', text: `${base}%help\n  Bootstrap: is a header.\n`, codes: [] },
  { name: 'section repeated', text: `${base}%post\n  true\n%post\n  true\n`, codes: ['section.repeated'] },
  {
    name: 'two stages',
    text: `${base}Stage: one\n%post\n  true\n\n${base}%files from one\n  /a /b\n`,
    codes: [],
  },
  { name: 'here-document', text: post('cat > /a <<EOF\n 50%\nEOF\ntrue'), codes: [] },
  { name: 'unfinished continuation', text: `${base}Stage: a\\\n`, codes: ['header.unfinishedContinuation'] },
  { name: 'header twice', text: `${base}From: /nonexistent/other.sif\n`, codes: ['header.repeated'] },
  { name: 'header of another agent', text: `${base}OSVersion: 12\n`, codes: ['header.unused'] },
  { name: 'address cut', text: 'Bootstrap: localimage\nFrom: /nonexistent/a#b\n', codes: ['header.cut'] },
  { name: 'section of 64 KiB, last', text: base + longHelp(65_535), codes: [] },
  { name: 'section of 64 KiB', text: `${base}${longHelp(65_530)}%test\n`, codes: [] },
  // What it refuses
  { name: 'nothing', text: '', codes: ['file.empty'] },
  { name: 'comments alone', text: '# nothing\n\n', codes: ['file.empty'] },
  { name: 'Dockerfile', text: 'FROM debian:12\nRUN true\n', codes: ['file.dockerfile'] },
  {
    name: 'Dockerfile with argument',
    text: 'ARG V=12\nFROM debian:$V\nRUN true\n',
    codes: ['file.dockerfile'],
  },
  { name: 'prose', text: 'this is not a definition\n', codes: ['header.noValue'] },
  { name: 'RUN in the header', text: `${base}RUN true\n`, codes: ['header.noValue'] },
  { name: 'misspelt header', text: `${base}Stagge: a\n`, codes: ['header.unknown'] },
  { name: 'header of a newer version', text: `${base}Target: a\n`, codes: ['header.unknown'] },
  { name: 'address without number', text: `${base}OtherURL: a\n`, codes: ['header.unknown'] },
  { name: 'byte order mark', text: `\ufeff${base}`, codes: ['file.byteOrderMark'] },
  {
    name: 'blank line in a continuation',
    text: 'Bootstrap: localimage\nFrom: /nonexistent\\\n\n/x.sif: y\n',
    codes: ['header.brokenContinuation', 'header.unknown', 'header.missing'],
  },
  {
    name: 'comment in a continuation',
    text: 'Bootstrap: localimage\nFrom: /nonexistent\\\n# why\nStage: a\n',
    codes: ['header.brokenContinuation', 'header.missing'],
  },
  { name: 'sections alone', text: '%post\n  true\n', codes: ['stage.noHeader'] },
  { name: 'a section alone', text: '%post\n', codes: ['stage.noHeader'] },
  {
    name: 'section before the header',
    text: `# hi\n%post\n  true\n${base}`,
    codes: ['stage.noHeader', 'stage.lost'],
  },
  { name: 'header before bootstrap', text: `From: /x\n${base}`, codes: ['bootstrap.missing', 'stage.lost'] },
  { name: 'agent with a capital', text: 'Bootstrap: Docker\nFrom: x\n', codes: ['bootstrap.case'] },
  { name: 'misspelt agent', text: 'Bootstrap: dokcer\nFrom: x\n', codes: ['bootstrap.unknown'] },
  { name: 'agent of a newer version', text: 'Bootstrap: buildkit\nFrom: .\n', codes: ['bootstrap.unknown'] },
  {
    name: 'agent from an argument',
    text: 'Bootstrap: {{ A }}\nFrom: x\n%arguments\nA=Docker\n',
    codes: ['bootstrap.case'],
  },
  { name: 'unknown section', text: `${base}%install\n  true\n`, codes: ['section.unknown'] },
  { name: 'misspelt section', text: `${base}%enviroment\n  export A=1\n`, codes: ['section.unknown'] },
  { name: 'section without name', text: `${base}%\n  true\n`, codes: ['section.unknown'] },
  { name: 'space after the sign', text: `${base}% post\n  true\n`, codes: ['section.unknown'] },
  { name: 'indented section', text: `${base}  %post\n  true\n`, codes: ['section.indented'] },
  { name: 'tab after a section', text: `${base}%post\t-c /bin/bash\n  true\n`, codes: ['section.tab'] },
  { name: 'app in capitals', text: `${base}%appRun foo\n  true\n`, codes: ['section.appCase'] },
  { name: 'app without name', text: `${base}%apprun\n  true\n`, codes: ['section.appNoName'] },
  {
    name: 'sign in a here-document',
    text: post('cat > /a.spec <<EOF\n%prep\nEOF\ntrue'),
    codes: ['section.inHereDocument'],
  },
  {
    name: 'indented sign in a here-document',
    text: post('cat > /a <<-EOF\n\t%d items\n\tEOF\ntrue'),
    codes: ['section.inHereDocument'],
  },
  { name: 'sign in a text', text: `${base}%help\n  usage:\n  %s is a string\n`, codes: ['section.unknown'] },
  { name: 'long section', text: `${base}${longHelp(65_531)}%test\n`, codes: ['section.tooLong'] },
  { name: 'long last section', text: base + longHelp(65_536), codes: ['section.tooLong'] },
  // Build arguments
  {
    name: 'defaults',
    text: `${base}%arguments\n  A=1\n  B = {{ A }}\n%post\n  echo {{A}} {{ B }}\n`,
    codes: [],
  },
  { name: 'given', text: post('  echo {{ A }}'), buildArguments: { A: '1' }, codes: [] },
  { name: 'undefined', text: post('  echo {{ item }}'), codes: ['argument.undefined'] },
  {
    name: 'misspelt argument',
    text: `${base}%arguments\n  VERSION=1\n%post\n  echo {{ VERSOIN }}\n`,
    codes: ['argument.undefined', 'argument.defaultUnused'],
  },
  {
    name: 'default of another stage',
    text: `${base}Stage: a\n%arguments\n  A=1\n%post\n  echo {{ A }}\n\n${base}%post\n  echo {{ A }}\n`,
    codes: ['argument.undefined'],
  },
  { name: 'over two lines', text: post('  echo {{\n  A\n  }}'), codes: ['argument.undefined'] },
  { name: 'unused', text: post('  true'), buildArguments: { A: '1' }, codes: ['argument.unused'] },
  {
    name: 'after a hash',
    text: `${base}%arguments\n  A=1\n%post\n  echo {{ A }} "#x" {{ A }}\n`,
    codes: ['argument.afterHash'],
  },
  { name: 'undefined after a hash', text: post('  echo "#x" {{ A }}'), codes: [] },
  { name: 'right after a hash', text: post('  #{{ A }}'), codes: ['argument.undefined'] },
  { name: 'after a hash-bang', text: post('  echo "#!" {{ A }}'), codes: ['argument.undefined'] },
  {
    name: 'templates of others',
    text: post("  echo '{{ .Name }} {{ a | b }}'"),
    codes: ['argument.foreign', 'argument.foreign'],
  },
  { name: 'name with a hyphen', text: post('  echo {{ my-name }}'), codes: ['argument.name'] },
  { name: 'default that is none', text: `${base}%arguments\n  A\n`, codes: ['argument.malformed'] },
  { name: 'default not used', text: `${base}%arguments\n  A=1\n`, codes: ['argument.defaultUnused'] },
  { name: 'default with a hyphen', text: `${base}%arguments\n  a-b=1\n`, codes: ['argument.name'] },
  {
    name: 'secret default',
    text: `${base}%arguments\n  API_KEY=abc123\n%post\n  echo {{ API_KEY }}\n`,
    codes: ['secret.inFile'],
  },
  {
    name: 'secret given',
    text: post('  fetch {{ GITHUB_TOKEN }}'),
    buildArguments: { GITHUB_TOKEN: 'abc' },
    codes: ['secret.inFile'],
  },
  // What is taken, and fails or surprises later
  { name: 'no mirror', text: 'Bootstrap: debootstrap\nOSVersion: bookworm\n', codes: ['header.missing'] },
  { name: 'no base', text: 'Bootstrap: docker\n', codes: ['header.missing'] },
  { name: 'no agent', text: 'Bootstrap:\nFrom: x\n', codes: ['bootstrap.empty'] },
  {
    name: 'release not said',
    text: 'Bootstrap: yum\nMirrorURL: http://127.0.0.1:1/%{OSVERSION}\n',
    codes: ['header.missing'],
  },
  {
    name: 'scheme in From',
    text: 'Bootstrap: docker\nFrom: docker://127.0.0.1:1/none\n',
    codes: ['from.scheme'],
  },
  {
    name: 'accidental stage',
    text: post('cat > /a.def <<EOF\nBootstrap: scratch\nEOF\ntrue'),
    codes: ['stage.inHereDocument', 'header.noValue', 'header.noValue'],
  },
  {
    name: 'accidental stage in help',
    text: `${base}%help\nUse it like this:\n${base}`,
    codes: ['stage.lost'],
  },
  { name: 'indented stage', text: `${base}%files\n  /a\n  Bootstrap: docker\n`, codes: ['stage.indented'] },
  {
    name: 'section in a here-document',
    text: post('cat > /a.spec <<EOF\n%files\nEOF\ntrue'),
    codes: ['section.inHereDocument'],
  },
  { name: 'endless here-document', text: post('cat > /a <<EOF\nhello'), codes: ['shell.openHereDocument'] },
  { name: 'three words', text: `${base}%files\n  a b c\n`, codes: ['files.moreThanTwo'] },
  { name: 'single quotes', text: `${base}%files\n  'a b' /c\n`, codes: ['files.singleQuote'] },
  { name: 'quoted file', text: `${base}%files\n  "a b" "/c d"\n`, codes: [] },
  { name: 'unknown stage', text: `${base}%files from builder\n  /a\n`, codes: ['files.stage'] },
  {
    name: 'later stage',
    text: `${base}Stage: a\n%files from b\n  /a\n\n${base}Stage: b\n`,
    codes: ['files.stage'],
  },
  { name: 'stage without from', text: `${base}%files builder\n  /a\n`, codes: ['files.argument'] },
  {
    name: 'file for post in the temporary folder',
    text: `${base}%files\n  a /tmp/a\n`,
    codes: ['files.temporary'],
  },
  {
    name: 'file of post in the temporary folder',
    text: `${base}Stage: a\n%post\n  true\n\n${base}%files from a\n  /tmp/a /a\n`,
    codes: ['files.temporary'],
  },
  { name: 'folder from the host', text: `${base}%files\n  data/ /data\n`, codes: ['files.links'] },
  { name: 'setup', text: `${base}%setup\n  true\n`, codes: ['section.runsOnHost'] },
  { name: 'pre', text: `${base}%pre\n  true\n`, codes: ['section.runsOnHost'] },
  { name: 'no shell', text: 'Bootstrap: scratch\n%post\n  true\n', codes: ['post.noShell'] },
  {
    name: 'apt-get asks',
    text: `${registry}%post\n  apt-get update && apt-get install gcc\n`,
    codes: ['post.asks'],
  },
  {
    name: 'apt-get that is only quiet',
    text: `${registry}%post\n  apt-get -q update\n  apt-get install -q gcc\n`,
    codes: ['post.asks'],
  },
  {
    name: 'apt-get without lists',
    text: `${registry}%post\n  apt-get install -y gcc\n`,
    codes: ['post.noUpdate'],
  },
  {
    name: 'apt-get as it should be',
    text: `${registry}%post\n  apt-get -qq update\n  DEBIAN_FRONTEND=noninteractive apt-get install -qq -y gcc\n`,
    codes: [],
  },
  { name: 'sudo', text: post('  sudo make install'), codes: ['post.sudo'] },
  { name: 'bash in sh', text: post('  source /opt/env.sh'), codes: ['post.bashOnly'] },
  { name: 'bash in bash', text: `${base}%post -c /bin/bash\n  source /opt/env.sh\n`, codes: [] },
  { name: 'conda in post', text: post('  conda activate base'), codes: ['post.condaActivate'] },
  { name: 'RUN in post', text: post('  RUN make'), codes: ['shell.dockerfileWord'] },
  {
    name: 'typographic quotes',
    text: post('  echo “hello world”'),
    codes: ['shell.typographic', 'shell.typographic'],
  },
  { name: 'typographic apostrophe in a text', text: post('  echo "it’s fine"'), codes: [] },
  {
    name: 'function',
    text: `${base}%environment\n  greet() { echo hi; }\n`,
    codes: ['environment.function'],
  },
  { name: 'alias', text: `${base}%environment\n  alias ll="ls -l"\n`, codes: ['environment.alias'] },
  {
    name: 'conda in the environment',
    text: `${base}%environment\n  conda activate base\n`,
    codes: ['environment.condaActivate'],
  },
  {
    name: 'not exported',
    text: `${base}%environment\n  A=1\n  B=2\n  export B\n`,
    codes: ['environment.notExported'],
  },
  {
    name: 'secret in the environment',
    text: `${base}%environment\n  export DB_PASSWORD=hunter2\n`,
    codes: ['secret.inFile'],
  },
  {
    name: 'secret from outside',
    text: `${base}%environment\n  export DB_PASSWORD="\${DB_PASSWORD:-}"\n`,
    codes: [],
  },
  { name: 'secret label', text: `${base}%labels\n  token abc123\n`, codes: ['secret.inFile'] },
  {
    name: 'password in an address',
    text: post('  git clone https://me:secret@example.org/x.git'),
    codes: ['secret.inAddress'],
  },
  { name: 'tab in labels', text: `${base}%labels\n  Version\t1.0\n`, codes: ['labels.tab'] },
  { name: 'label with a sign', text: `${base}%labels\n  Version=1.0\n`, codes: ['labels.noValue'] },
  // Checkpoints
  {
    name: 'checkpoints',
    text: post(
      '  cd /src\n  make\n  cd /\n  # checkpoint: one\n  A=1\n  echo $A\n  # checkpoint: two\n  true',
    ),
    codes: [],
  },
  {
    name: 'folder across',
    text: post('  cd /src\n  # checkpoint: one\n  make'),
    codes: ['checkpoint.state'],
  },
  { name: 'folder set anew', text: post('  cd /src\n  # checkpoint: one\n  cd /src\n  make'), codes: [] },
  { name: 'folder of a subshell', text: post('  (cd /src && make)\n  # checkpoint: one\n  make'), codes: [] },
  {
    name: 'variable across',
    text: post('  version=1.0\n  # checkpoint: one\n  echo "$version"'),
    codes: ['checkpoint.state'],
  },
  {
    name: 'exported across',
    text: post('  export PATH=/opt/bin:$PATH\n  # checkpoint: one\n  make'),
    codes: ['checkpoint.state'],
  },
  {
    name: 'function across',
    text: post('  fetch() {\n    curl "$1"\n  }\n  # checkpoint: one\n  fetch x'),
    codes: ['checkpoint.state'],
  },
  {
    name: 'options across',
    text: post('  set +e\n  # checkpoint: one\n  false'),
    codes: ['checkpoint.state'],
  },
  {
    name: 'checkpoint without name',
    text: post('  true\n  # checkpoint:\n  true'),
    codes: ['checkpoint.noName'],
  },
  {
    name: 'checkpoint twice',
    text: post('  true\n  # checkpoint: a\n  true\n  # checkpoint: a\n  true'),
    codes: ['checkpoint.repeated'],
  },
  {
    name: 'checkpoint inside',
    text: post('  if true; then\n  # checkpoint: a\n  true\n  fi'),
    codes: ['checkpoint.inside'],
  },
];
