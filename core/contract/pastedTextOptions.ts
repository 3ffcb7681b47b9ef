import type { PastedPart, PastedWarning } from './pastedTextParts.ts';

/** Options of a program as its line had them: by name with their last value, and the words beside them. */
export interface ReadOptions {
  readonly options: ReadonlyMap<string, string>;
  readonly operands: readonly string[];
}

export interface OptionGrammar {
  /** Long options whose value is the next word. */
  readonly withValue?: ReadonlySet<string>;
  /** With this, every long option but these takes the next word: programs with many of them. */
  readonly withoutValue?: ReadonlySet<string>;
  /** Letters of short options that take the rest of the word, or the next one. */
  readonly lettersWithValue: string;
  /** After the first operand nothing is an option any more: it is the program to be run. */
  readonly endsAtOperand: boolean;
}

/** Words after a program's verb → options and operands, as getopt and pflag read them. */
export function readOptions(words: readonly string[], grammar: OptionGrammar): ReadOptions {
  const options = new Map<string, string>();
  const operands: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (word === '--') return { options, operands: [...operands, ...words.slice(at + 1)] };
    if (!word.startsWith('-') || word === '-') {
      if (grammar.endsAtOperand) return { options, operands: [...operands, ...words.slice(at)] };
      operands.push(word);
    } else if (word.startsWith('--')) {
      const equals = word.indexOf('=');
      const name = equals < 0 ? word : word.slice(0, equals);
      const takesNext =
        grammar.withoutValue === undefined
          ? grammar.withValue?.has(name) === true
          : !grammar.withoutValue.has(name);
      if (equals < 0 && takesNext) at += 1;
      options.set(name, equals >= 0 ? word.slice(equals + 1) : takesNext ? (words[at] ?? '') : '');
    } else {
      at += readLetters(word, words[at + 1] ?? '', grammar.lettersWithValue, options);
    }
  }
  return { options, operands };
}

/** `-itv /a:/b`, `-v/a:/b`, `-F`: gives how many of the next words were the value. */
function readLetters(
  word: string,
  next: string,
  lettersWithValue: string,
  options: Map<string, string>,
): 0 | 1 {
  for (let at = 1; at < word.length; at += 1) {
    const letter = word.charAt(at);
    if (!lettersWithValue.includes(letter)) {
      options.set(`-${letter}`, '');
      continue;
    }
    const rest = word.slice(at + 1).replace(/^=/, '');
    options.set(`-${letter}`, rest === '' ? next : rest);
    return rest === '' ? 1 : 0;
  }
  return 0;
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/).filter((word) => word !== ''));

/** `docker run`, `podman run`, `docker create`: options of docker 27 and podman 5 that stand alone. */
export const engineRunGrammar: OptionGrammar = {
  withoutValue: words(
    `--detach --interactive --tty --rm --privileged --init --publish-all --read-only --no-healthcheck --sig-proxy
    --oom-kill-disable --quiet --help --disable-content-trust --use-api-socket --replace --rootfs --env-host
    --http-proxy --no-hosts --no-hostname --passwd --read-only-tmpfs --rmi --systemd --tls-verify --all-tags`,
  ),
  lettersWithValue: 'acehlmpuvw',
  endsAtOperand: true,
};

/** `docker pull`, `podman pull`, `nerdctl pull`, `ctr image pull`, `skopeo`, `crane`, `oras`. */
export const fetchGrammar: OptionGrammar = {
  withValue: words(
    `--platform --arch --os --variant --override-arch --override-os --override-variant --creds --src-creds --dest-creds
    --authfile --cert-dir --src-cert-dir --dest-cert-dir --format --output --username --password --config --registry-config --user
    --retry --retry-times --decryption-key --snapshotter --namespace --concurrency --local --storage --unpack-dir`,
  ),
  lettersWithValue: 'oupan',
  endsAtOperand: false,
};

/** Options in front of the verb of Apptainer and Singularity. */
export const runtimeGlobalGrammar: OptionGrammar = {
  withValue: words('--config'),
  lettersWithValue: 'c',
  endsAtOperand: true,
};

/** `pull`, `build` and their ancestors; letters differ, see `lettersOfVerb`. */
const runtimeMakeOptions = words(
  `--arch --arch-variant --platform --authfile --bind --mount --build-arg --build-arg-file --builder --buildkit-host
  --library --mksquashfs-args --section --pem-path --docker-host --docker-username --docker-password --tmpdir --dir
  --path --name --size --webkeyserver --keyserver --url`,
);

/** `exec`, `run`, `shell`, `test`, `instance start`: options of Apptainer 1.5 and SingularityCE 4.5 with a value. */
const runtimeActionOptions = words(
  `--add-caps --app --apply-cgroups --authfile --bind --blkio-weight --blkio-weight-device --cdi-dirs --config
  --cpu-shares --cpus --cpuset-cpus --cpuset-mems --cwd --data --device --dns --docker-host --docker-password
  --docker-username --drop-caps --env --env-file --fusemount --home --hostname --memory --memory-reservation
  --memory-swap --mount --netns-path --network --network-args --overlay --pem-path --pid-file --pids-limit --pwd
  --runscript-timeout --scratch --security --shell --tmpdir --workdir`,
);

/** How the words after a verb of Apptainer or Singularity are read. */
export function runtimeGrammar(verb: string): OptionGrammar {
  switch (verb) {
    case 'pull':
      return { withValue: runtimeMakeOptions, lettersWithValue: 'n', endsAtOperand: false };
    case 'exec':
    case 'run':
    case 'test':
    case 'start':
    case 'instance.start':
      return { withValue: runtimeActionOptions, lettersWithValue: 'BHWSoa', endsAtOperand: true };
    case 'shell':
      return { withValue: runtimeActionOptions, lettersWithValue: 'BHWSoas', endsAtOperand: true };
    default:
      return { withValue: runtimeMakeOptions, lettersWithValue: 'B', endsAtOperand: false };
  }
}

/** Architecture and plain http, under the names that the programs have for them. */
export function sharedOf({ options }: ReadOptions): Pick<PastedPart, 'architecture' | 'allowHttp'> {
  const platform = options.get('--platform');
  const asked =
    options.get('--arch') ??
    options.get('--override-arch') ??
    (platform?.includes('/') === true ? platform.split('/')[1] : platform);
  const isPlain =
    ['--tls-verify', '--src-tls-verify'].some((name) => options.get(name) === 'false') ||
    ['--nohttps', '--no-https', '--plain-http', '--insecure', '--insecure-registry'].some((name) =>
      options.has(name),
    );
  return { architecture: asked === undefined || asked === '' ? null : ociName(asked), allowHttp: isPlain };
}

/** A password in a line is not taken over: it would stand in the box in the clear. */
export function passwordOf({ options }: ReadOptions): readonly PastedWarning[] {
  const named = ['--creds', '--src-creds', '--docker-password', '--password', '--docker-username'];
  return named.some((name) => options.has(name)) ? ['passwordLeftOut'] : [];
}

/** Apptainer's and uname's names of architectures → OCI's (Apptainer internal/pkg/build/oci, ArchMap). */
function ociName(name: string): string {
  if (name === 'x86_64' || name === 'x86-64') return 'amd64';
  if (name === 'aarch64' || name === 'arm64v8') return 'arm64';
  return /^arm32v[5-7]$/.test(name) ? 'arm' : name;
}
