import {
  Anvil,
  Archive,
  Boxes,
  Cpu,
  Database,
  FolderTree,
  Globe,
  Library,
  ListTree,
  type LucideIcon,
  Package,
  Sailboat,
  Ship,
  Waypoints,
} from 'lucide-react';
import type { RegistryKind } from '#core/contract/registryKinds.ts';

/** The icon of each kind of registry. */
export const kindIcons: Readonly<Record<RegistryKind, LucideIcon>> = {
  oci: Boxes,
  'docker-hub': Ship,
  ghcr: Package,
  quay: Anvil,
  ngc: Cpu,
  gitlab: Waypoints,
  harbor: Sailboat,
  library: Library,
  shub: Archive,
  shpc: ListTree,
  folder: FolderTree,
  web: Globe,
  s3: Database,
};
