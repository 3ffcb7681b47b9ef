// run.mjs [NAME...] - what `npm run bench` does: runs the named benches (all by default), one after the other, as the
// ordinary user of the test bed. A bench is a program NAME.bench.ts in this folder; it prints with report.ts.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';

const here = import.meta.dirname;
const checkout = join(here, '../..');
const known = readdirSync(here)
  .filter((name) => name.endsWith('.bench.ts'))
  .map((name) => name.replace('.bench.ts', ''));
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`No such bench: ${unknown.join(', ')}. There are: ${known.join(', ')}.`);
  process.exit(2);
}

function run(command, args, environment = {}) {
  const { status } = spawnSync(command, args, {
    cwd: checkout,
    stdio: 'inherit',
    env: { ...process.env, ...environment },
  });
  return status ?? 1;
}

/** Test bed and build first, then this program again as the user of the suites. */
function prepareAndRun() {
  const started = run(join(checkout, 'e2e/testbed/start.sh'), [], { MYSINGULARITY_BENCHES: '1' });
  if (started !== 0) return started;
  const built = run(process.execPath, ['electron/build.mjs', '--if-needed']);
  if (built !== 0) return built;
  return run(join(checkout, 'e2e/testbed/as-user.sh'), ['node', 'e2e/bench/run.mjs', ...wanted], {
    MYSINGULARITY_BENCH: 'ready',
  });
}

async function runBenches(names) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  // Packages are not bundled: node finds them from the folder of the bundle.
  symlinkSync(join(checkout, 'node_modules'), join(folder, 'node_modules'));
  let worst = 0;
  try {
    for (const name of names) {
      await build({
        configFile: false,
        root: checkout,
        logLevel: 'warn',
        build: {
          ssr: join(here, `${name}.bench.ts`),
          outDir: folder,
          emptyOutDir: false,
          target: 'node20',
          rollupOptions: { output: { entryFileNames: '[name].mjs' } },
        },
      });
      console.log(`\n${name}`);
      worst = Math.max(
        worst,
        run(process.execPath, [join(folder, `${name}.bench.mjs`)], { MYSINGULARITY_CHECKOUT: checkout }),
      );
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return worst;
}

process.exitCode =
  process.env['MYSINGULARITY_BENCH'] === 'ready'
    ? await runBenches(wanted.length > 0 ? wanted : known)
    : prepareAndRun();
