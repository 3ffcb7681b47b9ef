import type { HostConditions } from '#core/runtime/hostConditions.ts';
import { folderNamed } from './folderFacts.ts';
import { readPrivilege } from './privilegeFacts.ts';
import type { Probe } from './probe.ts';

/** A probe → what the explainer's rules may ask of a host. */
export function hostConditionsOf(probe: Probe): HostConditions {
  const privilege = readPrivilege(probe);
  const temporary = folderNamed(probe.values, 'temporary');
  const isRestricted = probe.values.get('apparmorRestrictsUserNamespaces') === '1';
  return {
    fakeroot: privilege.fakeroot,
    userNamespaces: privilege.hasUserNamespaces ? 'works' : isRestricted ? 'restrictedByAppArmor' : 'blocked',
    ...(privilege.isSetuid === null
      ? {}
      : { setuid: privilege.isSetuid ? ('yes' as const) : ('no' as const) }),
    ...(privilege.fuse === 'unknown' ? {} : { fuse: privilege.fuse }),
    subuid: privilege.subuid.state,
    ...(temporary === null ? {} : { temporary: temporary.isNoExec ? ('noexec' as const) : temporary.medium }),
  };
}
