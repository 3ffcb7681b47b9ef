/**
 * How a build acts as root here: as root; mapped to a range of subordinate ids; mapped so that only the user becomes
 * root, without or with the fakeroot command; by that command alone (setuid starter, sandboxes only); by proot
 * (SingularityCE); or not at all.
 */
export type FakerootMode =
  | 'root'
  | 'subuid'
  | 'rootMapped'
  | 'rootMappedWithCommand'
  | 'commandOnly'
  | 'proot'
  | 'none';

/** What the doctor knows of a host that changes what a failure means. Undefined is unknown, and fits no condition. */
export interface HostConditions {
  readonly fakeroot?: FakerootMode;
  readonly userNamespaces?: 'works' | 'blocked' | 'restrictedByAppArmor';
  readonly setuid?: 'yes' | 'no';
  readonly fuse?: 'open' | 'closed' | 'missing';
  readonly subuid?: 'usable' | 'missing' | 'tooSmall' | 'disabled' | 'noGroups' | 'noTools' | 'failed';
  readonly temporary?: 'disk' | 'memory' | 'network' | 'noexec';
}
