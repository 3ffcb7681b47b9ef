import type { StderrRule } from './stderrRule.ts';
import { actionRules } from './stderrRulesAction.ts';
import { buildRules } from './stderrRulesBuild.ts';
import { diskRules } from './stderrRulesDisk.ts';
import { hostRules } from './stderrRulesHost.ts';
import { imageRules } from './stderrRulesImage.ts';
import { mountRules } from './stderrRulesMount.ts';
import { registryRules } from './stderrRulesRegistry.ts';
import { systemRules } from './stderrRulesSystem.ts';

/**
 * In order: the first row that fits explains the failure. What the system refuses comes before full disks, because the
 * kernel says "no space left on device" of user namespaces too; the script of a build comes last of its kind.
 */
export const stderrRules: readonly StderrRule[] = [
  ...systemRules,
  ...diskRules,
  ...imageRules,
  ...mountRules,
  ...buildRules,
  ...actionRules,
  ...registryRules,
  ...hostRules,
];
