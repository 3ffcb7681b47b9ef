import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Everything in an image but times: modes, owners, sizes, links and contents, and what the SIF says of itself. */
export function contentsOf(image: string) {
  const folder = mkdtempSync(join(tmpdir(), 'sif-'));
  try {
    const squash = join(folder, 'squash');
    const list = execFileSync('apptainer', ['sif', 'list', image], { encoding: 'utf8' });
    const ids = [...list.matchAll(/^(\d+)\s+\|.*\|(\S+)/gm)].map(([, id, type]) => ({ id, type }));
    const dump = (id = '') => execFileSync('apptainer', ['sif', 'dump', id, image], { maxBuffer: 1e8 });
    const objects = ids
      .filter(({ type }) => type !== 'FS')
      .map(({ id, type }) => [type, withoutTimes(dump(id).toString())]);
    const partition = dump(ids.find(({ type }) => type === 'FS')?.id);
    execFileSync('tee', [squash], { input: partition, stdio: ['pipe', 'ignore', 'inherit'] });
    const tree = execFileSync('unsquashfs', ['-lln', squash], { encoding: 'utf8' })
      .split('\n')
      .map((line) => line.replace(/\d{4}-\d\d-\d\d \d\d:\d\d/, ''))
      // The time in it has no fixed length.
      .map((line) => (line.endsWith('/labels.json') ? line.replace(/ \d+ /, ' ') : line));
    const root = join(folder, 'tree');
    execFileSync('/usr/bin/unshare', [
      '--map-root-user',
      '--map-auto',
      'unsquashfs',
      '-q',
      '-n',
      '-d',
      root,
      squash,
    ]);
    const sums = execFileSync(
      '/usr/bin/unshare',
      [
        '--map-root-user',
        '--map-auto',
        'sh',
        '-c',
        'find . -type f ! -name labels.json -exec sha256sum {} + | sort',
      ],
      { cwd: root, encoding: 'utf8' },
    );
    const labels = execFileSync('cat', [join(root, '.singularity.d/labels.json')], { encoding: 'utf8' });
    execFileSync('/usr/bin/unshare', ['--map-root-user', '--map-auto', 'rm', '-rf', root]);
    return { objects, tree, sums, labels: withoutTimes(labels) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const withoutTimes = (text: string) =>
  text.replaceAll(/("org\.label-schema\.build-date": ?)"[^"]*"/g, '$1""');

/** A definition with two checkpoints and everything that parts could spoil. */
export const checkpointDefinition = (base: string) => `${base}
%arguments
    who=nobody
%files
    data.txt /opt/data.txt
%post -c /bin/sh
    # {{ who }}
    mkdir -m 750 /owned && touch /owned/file && chown -R 7:8 /owned
    ln /opt/data.txt /opt/same
    ln -s nowhere /opt/link
    echo "Kept yes" >>"$APPTAINER_LABELS"
    # checkpoint: first
    cat /opt/data.txt >/two
    rm /opt/data.txt
    # checkpoint: second
    echo "{{ who }}" >/three
%environment
    export WHO="<{{ who }}>"
%labels
    Site here & there
%runscript
    cat /three
%help
    Shows /three.
%test
    test -f /two
%appinstall tool
    echo app >/scif-made
%apprun tool
    echo tool
`;
