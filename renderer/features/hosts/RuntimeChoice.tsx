import type { HostPath } from '#core/contract/hostPath.ts';
import type { RuntimeInstallation } from '#core/contract/runtime.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { Field } from '#renderer/ui/Field.tsx';
import { Select, type SelectOption } from '#renderer/ui/Select.tsx';

const automatic = 'automatic';

export interface RuntimeChoiceProps {
  /** What the probe found; null before the first. */
  readonly runtimes: readonly RuntimeInstallation[] | null;
  /** Null chooses by itself. */
  readonly value: HostPath | null;
  readonly onChange: (path: HostPath | null) => void;
}

/** Which of a host's runtimes is used. */
export function RuntimeChoice({ runtimes, value, onChange }: RuntimeChoiceProps) {
  const text = useText('hostsForms');
  const names = useText('hosts');
  const found = runtimes ?? [];
  const isMissing = value !== null && found.every(({ path }) => path !== value);
  const options: readonly SelectOption<string>[] = [
    { value: automatic, label: text('runtimeAutomatic'), detail: text('runtimeAutomaticDetail') },
    ...found.map((runtime) => ({
      value: runtime.path,
      label: `${names(`product.${runtime.product}`)} ${runtime.version}`,
      detail: runtime.path,
    })),
    ...(isMissing ? [{ value, label: text('runtimeMissing', { path: value }) }] : []),
  ];
  function choose(chosen: string) {
    const runtime = found.find(({ path }) => path === chosen);
    if (chosen === automatic) onChange(null);
    else if (runtime !== undefined) onChange(runtime.path);
  }
  return (
    <Field label={text('runtime')} hint={runtimes === null ? text('runtimeUnknown') : undefined}>
      {(control) => (
        <Select
          control={control}
          value={value ?? automatic}
          options={options}
          onChange={choose}
          className="w-80 max-w-full"
        />
      )}
    </Field>
  );
}
