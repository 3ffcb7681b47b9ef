import { describe, expect, it } from 'vitest';
import { type MemorySources, memoryFolder } from './memoryFolder.ts';

const gigabyte = 1024 ** 3;

function machine(files: Readonly<Record<string, string>>, type = 0x0102_1994, free = 12): MemorySources {
  return {
    read: (path) => Promise.resolve(files[path] ?? null),
    fileSystem: (path) => Promise.resolve(path === '/dev/shm' ? { type, freeBytes: free * gigabyte } : null),
  };
}

const meminfo = `MemTotal:       25165824 kB\nMemAvailable:   ${16 * 1024 * 1024} kB\nSwapTotal: 0 kB\n`;
const free = { '/proc/meminfo': meminfo, '/proc/self/cgroup': '0::/user.slice/user-1000.slice\n' };

describe('a folder in memory', () => {
  it('is given for at most a quarter of the free memory', async () => {
    expect(await memoryFolder(4 * gigabyte, machine(free))).toBe('/dev/shm');
    expect(await memoryFolder(4 * gigabyte + 1, machine(free))).toBe(null);
  });

  it('is not given where its own file system has little room, or is on a disk', async () => {
    expect(await memoryFolder(4 * gigabyte, machine(free, 0x0102_1994, 7))).toBe(null);
    expect(await memoryFolder(1, machine(free, 0xef53))).toBe(null);
  });

  it('keeps to the limits of every control group above this process', async () => {
    const limited = {
      ...free,
      '/sys/fs/cgroup/user.slice/user-1000.slice/memory.max': 'max\n',
      '/sys/fs/cgroup/user.slice/memory.max': `${5 * gigabyte}\n`,
      '/sys/fs/cgroup/user.slice/memory.current': `${gigabyte}\n`,
    };
    expect(await memoryFolder(gigabyte, machine(limited))).toBe('/dev/shm');
    expect(await memoryFolder(gigabyte + 1, machine(limited))).toBe(null);
  });

  it('does not count files that are only kept for later as taken', async () => {
    const group = '/sys/fs/cgroup/user.slice';
    const cached = {
      ...free,
      [`${group}/memory.max`]: `${8 * gigabyte}\n`,
      [`${group}/memory.current`]: `${8 * gigabyte}\n`,
      [`${group}/memory.stat`]: `anon 0\ninactive_file ${4 * gigabyte}\nactive_file 0\n`,
    };
    expect(await memoryFolder(gigabyte, machine(cached))).toBe('/dev/shm');
    expect(await memoryFolder(gigabyte + 1, machine(cached))).toBe(null);
  });

  it('keeps to the limits of the first version of control groups, too', async () => {
    const group = '/sys/fs/cgroup/memory/jobs/17';
    const old = {
      ...free,
      '/proc/self/cgroup': '9:cpu,cpuacct:/\n5:memory:/jobs/17\n0::/\n',
      '/sys/fs/cgroup/memory/memory.limit_in_bytes': '9223372036854771712\n',
      '/sys/fs/cgroup/memory/memory.usage_in_bytes': '0\n',
      [`${group}/memory.limit_in_bytes`]: `${6 * gigabyte}\n`,
      [`${group}/memory.usage_in_bytes`]: `${4 * gigabyte}\n`,
      [`${group}/memory.stat`]: `cache 0\ntotal_inactive_file ${2 * gigabyte}\n`,
    };
    expect(await memoryFolder(gigabyte, machine(old))).toBe('/dev/shm');
    expect(await memoryFolder(gigabyte + 1, machine(old))).toBe(null);
  });

  it('is not given where the machine does not say what is free', async () => {
    expect(await memoryFolder(1, machine({}))).toBe(null);
    expect(await memoryFolder(1, machine({ '/proc/meminfo': meminfo }))).toBe(null);
  });
});
