/** Where rsync is in the file: `    54,558,720  55%   47.75MB/s    0:00:00`, from `--info=progress2`. */
export interface RsyncProgress {
  readonly doneBytes: number;
  /** 0 to 1. */
  readonly fraction: number;
}

const progressLine = /^\s*([\d.,]+)\s+(\d{1,3})%\s/;

/** A line of rsync's output as progress; null for any other line. Thousands may be grouped. */
export function parseRsyncProgress(line: string): RsyncProgress | null {
  const [, bytes, percent] = progressLine.exec(line) ?? [];
  if (bytes === undefined || percent === undefined) return null;
  return {
    doneBytes: Number(bytes.replaceAll(/[.,]/g, '')),
    fraction: Math.min(1, Number(percent) / 100),
  };
}

/** `Total bytes sent: 346,123` of `--stats`; null where it is not there. */
export function parseSentBytes(output: string): number | null {
  const [, bytes] = /^Total bytes sent: ([\d.,]+)/m.exec(output) ?? [];
  return bytes === undefined ? null : Number(bytes.replaceAll(/[.,]/g, ''));
}

/** The same for `Total bytes received: …`. */
export function parseReceivedBytes(output: string): number | null {
  const [, bytes] = /^Total bytes received: ([\d.,]+)/m.exec(output) ?? [];
  return bytes === undefined ? null : Number(bytes.replaceAll(/[.,]/g, ''));
}

/** Whether `rsync --version` is of the original rsync 3 or later (not openrsync, which lacks what is needed). */
export function isUsableRsync(version: string): boolean {
  const [, major] = /^rsync\s+version v?(\d+)\./m.exec(version) ?? [];
  return major !== undefined && Number(major) >= 3 && !/openrsync/i.test(version);
}
