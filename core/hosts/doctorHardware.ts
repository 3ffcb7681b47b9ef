import type { Verdict } from '#core/contract/hosts.ts';
import type { Probe } from './probe.ts';
import { administratorCan, verdictsOf } from './verdict.ts';

const { works, risk } = verdictsOf('hardware');

/** Graphics processors. None is no fault: login nodes have none. */
export function hardwareVerdicts({ values }: Probe): readonly Verdict[] {
  const has = (key: string) => (values.get(key) ?? '') !== '';
  const driver = values.get('nvidiaDriver') ?? '';
  if (driver !== '' || Number(values.get('nvidiaNodes') ?? 0) > 0)
    return [values.get('nvidiaLibraries') === 'no' ? nvidiaWithoutLibraries(driver) : nvidia(values, driver)];
  if (has('amdNode'))
    return [
      works('gpu', {
        sentence: 'Images can use the GPU with --rocm.',
        fact: has('has.rocm-smi') ? '/dev/kfd and rocm-smi were found.' : '/dev/kfd was found.',
      }),
    ];
  return [];
}

function nvidia(values: Probe['values'], driver: string): Verdict {
  const devices = values.get('nvidiaDevices') || `${values.get('nvidiaNodes') ?? ''} devices`;
  return works('gpu', {
    sentence: 'Images can use the GPU with --nv.',
    fact: `${devices}; NVIDIA driver ${driver || 'of unknown version'}.`,
  });
}

function nvidiaWithoutLibraries(driver: string): Verdict {
  return risk('gpu', {
    sentence: 'There is a GPU, but programs in images cannot use it.',
    fact: `The NVIDIA driver ${driver} is loaded, but its library libcuda.so was not found.`,
    fix: administratorCan(
      'Install the libraries of the NVIDIA driver (libcuda1, or nvidia-driver-cuda-libs)',
    ),
  });
}
