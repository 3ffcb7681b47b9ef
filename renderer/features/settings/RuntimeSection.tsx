import { useText } from '#renderer/i18n/i18n.ts';
import { currentHost, useHosts } from '#renderer/state/hosts.ts';
import { Field } from '#renderer/ui/Field.tsx';
import { Select, type SelectOption } from '#renderer/ui/Select.tsx';
import { type SectionProps, saveSettings } from './saveSettings.ts';

const automatic = 'automatic';

/** Which of the runtimes that were found is used. */
export function RuntimeSection({ settings }: SectionProps) {
  const text = useText('settings');
  const names = useText('hosts');
  const runtimes = useHosts(currentHost)?.facts?.runtimes ?? [];
  const { path } = settings.runtime;
  const options: SelectOption<string>[] = [
    { value: automatic, label: text('runtimeAuto'), detail: text('runtimeAutoDetail') },
    ...runtimes.map((runtime) => ({
      value: runtime.path,
      label: `${names(`product.${runtime.product}`)} ${runtime.version}`,
      detail:
        runtime.knowledge === 'documentation'
          ? `${runtime.path}, ${names('fromDocumentation')}`
          : runtime.path,
    })),
  ];
  const isMissing = path !== null && runtimes.every((runtime) => runtime.path !== path);
  if (isMissing) options.push({ value: path, label: text('runtimeMissing', { path }) });
  function choose(value: string) {
    const chosen = runtimes.find((runtime) => runtime.path === value);
    if (value === automatic) saveSettings({ runtime: { path: null } });
    else if (chosen !== undefined) saveSettings({ runtime: { path: chosen.path } });
  }
  return (
    <Field label={text('runtimeChoice')}>
      {(control) => (
        <Select
          control={control}
          value={path ?? automatic}
          onChange={choose}
          options={options}
          className="w-80 max-w-full"
        />
      )}
    </Field>
  );
}
