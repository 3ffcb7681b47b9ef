/** Major, minor, patch. Missing parts are 0; what follows them (`-rc.1`, `+12-gabc`, `-2.el9`) does not count. */
export type VersionNumber = readonly [major: number, minor: number, patch: number];

/** The leading number of a version text; `0.0.0` when it has none. */
export function versionNumber(version: string): VersionNumber {
  const parts = /^(\d{1,6})(?:\.(\d{1,6}))?(?:\.(\d{1,6}))?/.exec(version);
  return [Number(parts?.[1] ?? 0), Number(parts?.[2] ?? 0), Number(parts?.[3] ?? 0)];
}

/** Negative, zero or positive, as for sorting. */
export function compareVersions(left: VersionNumber, right: VersionNumber): number {
  return left[0] - right[0] || left[1] - right[1] || left[2] - right[2];
}

/** True from `floor` on. */
export function isAtLeast(version: VersionNumber, floor: VersionNumber): boolean {
  return compareVersions(version, floor) >= 0;
}
