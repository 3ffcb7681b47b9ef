import { describe, expect, it } from 'vitest';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { defaultActionOptions } from '#core/contract/runtime.ts';
import { createDialect } from './dialect.ts';
import {
  instanceStartCommand,
  instanceStatsCommand,
  parseInstanceList,
  parseInstanceStats,
  processStats,
} from './instance.ts';
import { showCommand } from './shellWords.ts';

const path = hostPathFromText;
const runtime = { path: path('/usr/bin/apptainer'), dialect: createDialect('apptainer', '1.4.5', null) };

describe('instanceStartCommand', () => {
  const start = {
    runtime,
    imagePath: path('/data/web.sif'),
    name: 'web1',
    args: ['--port', '80 80'],
    options: defaultActionOptions,
  };

  it('has the options of a run, no working folder, and the words of the start script last', () => {
    const options = {
      ...defaultActionOptions,
      isolation: 'clean' as const,
      binds: [{ source: path('/data/a'), destination: '/a', isReadOnly: true }],
      overlays: [
        { path: path('/data/base.img'), isReadOnly: true },
        { path: path('/data/o.img'), isReadOnly: false },
      ],
    };
    const workspace = { route: 'home' as const, tree: path('/w/home') };
    expect(showCommand(instanceStartCommand({ ...start, options, workspace }))).toBe(
      "/usr/bin/apptainer instance start --cleanenv --no-mount cwd --home /w/home:/home/mysingularity --overlay /data/base.img:ro --overlay /data/o.img --mount type=bind,src=/data/a,dst=/a,ro /data/web.sif web1 --port '80 80'",
    );
  });

  it('says only what is asked for', () => {
    expect(showCommand(instanceStartCommand({ ...start, args: [] }))).toBe(
      '/usr/bin/apptainer instance start /data/web.sif web1',
    );
  });
});

it('asks old runtimes for no statistics, which they would print for ever (from documentation, not run)', () => {
  const old = { ...runtime, dialect: createDialect('apptainer', '1.1.9', null) };
  expect(instanceStatsCommand(old, 'web1')).toBeNull();
  expect(instanceStatsCommand(runtime, 'web1')?.args).toContain('--no-stream');
});

/** Recorded from Apptainer 1.4.5, the account's name shortened. */
const listed = `{
	"instances": [
		{
			"instance": "db1",
			"pid": 22174,
			"img": "/p/da.sif",
			"ip": "",
			"logErrPath": "/home/a/.apptainer/instances/logs/vm/a/db1.err",
			"logOutPath": "/home/a/.apptainer/instances/logs/vm/a/db1.out"
		}
	]
}
`;

describe('parseInstanceList', () => {
  it('reads what the runtime prints', () => {
    expect(parseInstanceList(listed)).toEqual([
      {
        name: 'db1',
        processId: 22174,
        imagePath: '/p/da.sif',
        outLog: '/home/a/.apptainer/instances/logs/vm/a/db1.out',
        errorLog: '/home/a/.apptainer/instances/logs/vm/a/db1.err',
      },
    ]);
    expect(parseInstanceList('{\n\t"instances": []\n}\n')).toEqual([]);
    expect(parseInstanceList('{"instances": null}')).toEqual([]);
  });

  it.each([
    '',
    'INSTANCE NAME PID',
    '{"instances": 1}',
    `{"instances": [{"instance": "${'x'.repeat(300)}", "pid": 1}]}`,
    '{"instances": [{"instance": "x", "pid": -1}]}',
  ])('believes nothing else: %.40s', (text) => {
    expect(parseInstanceList(text)).toBeNull();
  });
});

describe('parseInstanceStats', () => {
  it('reads libcgroups’ numbers; the largest limit is none', () => {
    const told = {
      cpu_stats: { cpu_usage: { total_usage: 1_500_000_000 } },
      memory_stats: { usage: { usage: 4096, limit: 2 ** 63 } },
      pids_stats: { current: 3 },
      blkio_stats: {},
    };
    expect(parseInstanceStats(JSON.stringify(told))).toEqual({
      cpuSeconds: 1.5,
      memoryBytes: 4096,
      memoryLimitBytes: null,
      processes: 3,
      source: 'controlGroups',
      reason: null,
    });
    expect(parseInstanceStats('no JSON')).toBeNull();
  });
});

describe('processStats', () => {
  const line = (id: number, parent: number, name = 'sh') =>
    `${id} (${name}) S ${parent} 1 1 0 -1 4194624 1 1 0 0 50 25 15 10 20 0 1 0 99 1000 4 18446744073709551615`;
  const table = {
    ticksPerSecond: 100,
    pageBytes: 4096,
    lines: [line(10, 1), line(11, 10, 'a) S 1 ('), line(12, 11), line(13, 1), 'noise'],
  };

  it('counts a process and all below it, whatever they are called', () => {
    expect(processStats(table, 10)).toEqual({ cpuSeconds: 3, memoryBytes: 3 * 4 * 4096, processes: 3 });
    expect(processStats(table, 99)).toBeNull();
  });

  it('ends where a forged table runs in a circle', () => {
    const lines = [line(10, 11), line(11, 10)];
    expect(processStats({ ...table, lines }, 10)?.processes).toBe(2);
  });
});
