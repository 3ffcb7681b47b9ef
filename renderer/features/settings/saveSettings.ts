import type { Settings, SettingsChange } from '#core/contract/settings.ts';
import { attempt } from '#renderer/state/notices.ts';
import { changeSettings } from '#renderer/state/settings.ts';

/** What each part of the settings page is given. */
export interface SectionProps {
  readonly settings: Settings;
}

/** Saves a change; a failure is told to the person. */
export function saveSettings(change: SettingsChange): void {
  attempt(() => changeSettings(change));
}
