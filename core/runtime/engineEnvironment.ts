/**
 * For podman and what stands in for it: without a session bus it would start one (`dbus-launch`), which nothing ever ends
 * (podman 4.3.1, run). Neither a build by chroot nor a look at images needs one.
 */
export const withoutSessionBus = { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/dev/null' } as const;

/** podman's own options that go with it: it would look for systemd on that bus, and say that it found none. */
export const withoutSystemd: readonly string[] = ['--cgroup-manager', 'cgroupfs'];

/** The variable by which what an engine leaves running is known, with the private folder of its run as the value. */
export const engineFolderVariable = 'MYSINGULARITY_ENGINE_FOLDER';
