/** Linux capabilities by bit. Source: linux/capability.h. */
const names = (
  'CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE ' +
  'NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT ' +
  'SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP ' +
  'MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE'
).split(' ');

/**
 * Two masks as hexadecimal text (as in `CapBnd` of /proc/self/status) → names of what the first has and the second
 * has not: `CAP_SYS_RESOURCE`. Empty when a mask cannot be read.
 */
export function missingCapabilities(wanted: string, permitted: string): readonly string[] {
  if (!/^(0x)?[0-9a-f]{1,16}$/i.test(wanted) || !/^(0x)?[0-9a-f]{1,16}$/i.test(permitted)) return [];
  const mask = (text: string) => BigInt(`0x${text.replace(/^0x/i, '')}`);
  const missing = mask(wanted) & ~mask(permitted);
  return names.filter((_, bit) => ((missing >> BigInt(bit)) & 1n) === 1n).map((name) => `CAP_${name}`);
}
