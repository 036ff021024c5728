import { digestOf } from '../digest.ts'
import type { ArtifactsManifest, ImageInputs } from '../manifests.ts'
import type { WantedImage } from './wanted.ts'

// Grows when the way an image is built changes so that images built before must be built again.
const RECIPE = 1

/** Digests of everything that an image is built from. */
export function imageInputsOf(container: string, stage: string, wanted: WantedImage): ImageInputs {
  const { modules, drivers, optionalDrivers, units, files, network, ...flags } = wanted
  return {
    container,
    stage,
    request: digestOf({ modules, drivers, optionalDrivers, units, files }),
    flags: digestOf({ recipe: RECIPE, ...flags }),
    network: digestOf(
      network ? { files: network.files, port: network.port, authorizedKey: network.authorizedKey } : null,
    ),
  }
}

const NAMES: Readonly<Record<keyof ImageInputs, string>> = {
  container: 'the container',
  stage: 'the staged modules',
  request: 'the requested modules, drivers and files',
  flags: "dracut's flags or the RAID arrays",
  network: 'the network or the key that may log in',
}

/** Which inputs differ from those of the image that is there, in words. */
export function changedInputs(wanted: ImageInputs, found: ArtifactsManifest): string[] {
  return (Object.keys(NAMES) as (keyof ImageInputs)[])
    .filter((key) => wanted[key] !== found.inputs[key])
    .map((key) => `${NAMES[key]} changed (${found.inputs[key].slice(0, 12)} -> ${wanted[key].slice(0, 12)})`)
}
