import { type Command, InvalidArgumentError, Option } from 'commander';
import type { CommonOptions } from './commandLine.ts';
import type { EncryptOptions } from './encryptCommand.ts';
import type { Invocation } from './invocation.ts';
import type {
  ExportOptions,
  KeyserverOptions,
  KeysOptions,
  NewKeyOptions,
  RemoveOptions,
} from './keysCommand.ts';
import type { PassphraseOptions } from './passphraseInput.ts';
import type { SignOptions } from './signCommand.ts';
import type { VerifyOptions } from './verifyCommand.ts';

interface Grammar {
  readonly program: Command;
  readonly invoke: (run: Invocation, options: CommonOptions) => Promise<void>;
  readonly onHost: (command: Command) => Command;
}

const passphraseOption = ['--passphrase-stdin', 'read the passphrase from standard input'] as const;
const imageHelp = 'path of a SIF, or its name in the library';

/** Keys, signatures and encryption. */
export function trustCommands(grammar: Grammar): void {
  keys(grammar);
  const { program, invoke, onHost } = grammar;

  onHost(program.command('sign'))
    .summary('sign an image')
    .description(
      'Adds a signature to a SIF: over each of its groups of objects, one group, or single objects.',
    )
    .argument('<image>', imageHelp)
    .option('--key <fingerprint>', 'which private key; not needed where there is only one')
    .addOption(new Option('--pem <file>', 'a PEM private key (unencrypted) in its place').conflicts('key'))
    .option('--group <number>', 'only this group of objects', parseNumber)
    .addOption(
      new Option('--object <number>', 'only this object; repeatable')
        .argParser(appendNumber)
        .conflicts('group'),
    )
    .option(...passphraseOption)
    .action((image: string, options: SignOptions) =>
      invoke(async (line) => (await import('./signCommand.ts')).sign(line, image, options), options),
    );

  onHost(program.command('verify'))
    .summary('say by whom an image is signed, and whether it was changed')
    .description(
      'Verifies the signatures of a SIF with the keys of the host, and says which objects are covered. Ends with 0 only when all is signed and every signature holds. Nobody is asked on the network without --online or --keyserver.',
    )
    .argument('<image>', imageHelp)
    .option(
      '--online',
      'ask the keyserver of the settings (or the runtime) for unknown keys; it then learns which',
    )
    .addOption(new Option('--keyserver <url>', 'the same with another keyserver').conflicts('online'))
    .addOption(
      new Option('--pem <file>', 'a PEM public key').conflicts(['keyserver', 'online', 'certificate']),
    )
    .addOption(new Option('--certificate <file>', 'an X.509 certificate').conflicts(['keyserver', 'online']))
    .option('--roots <file>', 'with --certificate: the root certificates that count')
    .action((image: string, options: VerifyOptions) =>
      invoke(async (line) => (await import('./verifyCommand.ts')).verify(line, image, options), options),
    );

  onHost(program.command('encrypt'))
    .summary('make an encrypted image of an image')
    .description(
      'Makes an encrypted SIF. shell, exec and run then ask for its passphrase, or take --passphrase-stdin or --pem (the private key).',
    )
    .argument('<image>', imageHelp)
    .argument('<target>', 'file or folder to put it in')
    .option('--pem <file>', 'a PEM public key, as openssl rsa -RSAPublicKey_out writes it')
    .option('-f, --force', 'replace an existing target')
    .option(...passphraseOption)
    .action((image: string, target: string, options: EncryptOptions) =>
      invoke(
        async (line) => (await import('./encryptCommand.ts')).encrypt(line, { image, target }, options),
        options,
      ),
    );
}

function keys({ program, invoke, onHost }: Grammar): void {
  const group = program
    .command('keys')
    .summary('list, make and exchange the keys that sign images')
    .description('The key rings of the runtime, here or on another host.');
  const load = () => import('./keysCommand.ts');
  const atServer = (command: Command) =>
    onHost(command).option(
      '--keyserver <url>',
      'ask this keyserver, not that of the settings or the runtime',
    );

  onHost(group.command('list', { isDefault: true }))
    .summary('list the keys')
    .action((options: KeysOptions) =>
      invoke(async (line) => (await load()).listKeys(line, options), options),
    );

  onHost(group.command('create'))
    .summary('make a key pair')
    .requiredOption('--name <name>', 'your name')
    .requiredOption('--email <address>', 'your e-mail address')
    .option('--comment <text>', 'what the key is for', '')
    .addOption(
      new Option('--bits <number>', 'size of the RSA key').choices(['2048', '3072', '4096']).default('4096'),
    )
    .option(...passphraseOption)
    .option('--no-passphrase', 'leave the private key open to whoever can read its file')
    .action((options: Omit<NewKeyOptions, 'bits'> & { readonly bits: '2048' | '3072' | '4096' }) =>
      invoke(
        async (line) => (await load()).createKey(line, { ...options, bits: bitsOf(options.bits) }),
        options,
      ),
    );

  onHost(group.command('import'))
    .summary('add the keys of an armored file of this machine')
    .argument('<file>', 'public or private keys')
    .option(...passphraseOption)
    .action((file: string, options: KeysOptions & PassphraseOptions) =>
      invoke(async (line) => (await load()).importKeys(line, file, options), options),
    );

  onHost(group.command('export'))
    .summary('write a key as armored text')
    .argument('<fingerprint>', 'whole, as the list shows it')
    .option('--private', 'the private key, still protected by its passphrase')
    .option('-o, --output <file>', 'a new file of this machine; standard output by default')
    .option(...passphraseOption)
    .action((fingerprint: string, options: ExportOptions) =>
      invoke(async (line) => (await load()).exportKey(line, fingerprint, options), options),
    );

  onHost(group.command('remove'))
    .summary('remove a key')
    .argument('<fingerprint>', 'whole, as the list shows it')
    .addOption(
      new Option('--half <which>', 'what to remove').choices(['public', 'private', 'both']).default('public'),
    )
    .option('-y, --yes', 'remove it')
    .action((fingerprint: string, options: RemoveOptions) =>
      invoke(async (line) => (await load()).removeKey(line, fingerprint, options), options),
    );

  atServer(group.command('search'))
    .summary('find keys at a keyserver')
    .argument('<text>', 'name, e-mail address or fingerprint')
    .action((text: string, options: KeyserverOptions) =>
      invoke(async (line) => (await load()).searchKeys(line, text, options), options),
    );

  atServer(group.command('fetch'))
    .summary('fetch a public key from a keyserver')
    .argument('<fingerprint>', 'whole: shorter names can be forged')
    .action((fingerprint: string, options: KeyserverOptions) =>
      invoke(async (line) => (await load()).fetchKey(line, fingerprint, options), options),
    );

  atServer(group.command('push'))
    .summary('send a public key to a keyserver')
    .argument('<fingerprint>', 'whole, as the list shows it')
    .action((fingerprint: string, options: KeyserverOptions) =>
      invoke(async (line) => (await load()).pushKey(line, fingerprint, options), options),
    );
}

function bitsOf(text: '2048' | '3072' | '4096'): NewKeyOptions['bits'] {
  return text === '2048' ? 2048 : text === '3072' ? 3072 : 4096;
}

function parseNumber(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('Expected a number from 1 on.');
  return Number(text);
}

function appendNumber(text: string, previous: readonly number[] | undefined): readonly number[] {
  return [...(previous ?? []), parseNumber(text)];
}
