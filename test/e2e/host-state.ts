import type { Fleet } from '../../lab/fleet/fleet.ts'

async function sh(fleet: Fleet, host: string, script: string): Promise<string> {
  return (await fleet.exec(host, ['sh', '-c', script])).stdout
}

/**
 * What a run made of a host, in words that two hosts prepared alike agree in: digests of what lies in /boot and in the state folder, the boot
 * entry, GRUB's environment. Times and the host's own ids are left out.
 */
export async function product(fleet: Fleet, host: string): Promise<Record<string, string>> {
  const state = '/var/lib/upgrade-push'
  const said = await sh(
    fleet,
    host,
    `section() { echo "== $1"; }
section boot; cd /boot && find . -type f ! -path './loader/entries/*-*-*' ! -name grubenv -exec sha256sum {} + | sort -k2
section entry; cat /boot/loader/entries/upgrade-push.conf 2>&1
section environment; grub2-editenv - list | sed 's/=[0-9a-f]\\{32\\}-/=MACHINE-/'
section request; cat ${state}/request.json 2>&1
for name in target.json stage/manifest.json artifacts/manifest.json; do section $name; sed 's/"\\(builtAt\\|stagedAt\\|rpmdb\\)":"[^"]*"//g' ${state}/$name 2>&1; done
section stage; cd ${state}/stage 2>/dev/null && find . -type f ! -name manifest.json -exec sha256sum {} + | sort -k2; cd /
section names; find ${state} -mindepth 1 -maxdepth 2 ! -path '${state}/target/*' ! -path '${state}/dnf/*' ! -path '${state}/jobs/*' | sort
section container; cd ${state}/target 2>/dev/null && find etc usr/lib/modules usr/lib/dracut usr/bin -type f | sort | sha256sum; true`,
  )
  const parts = said.split(/^== (.*)\n/m).slice(1)
  return Object.fromEntries(parts.flatMap((name, i) => (i % 2 === 0 ? [[name, parts[i + 1] ?? '']] : [])))
}

/** What only a run that is still going may have: nothing of it should be there afterwards. */
export async function leftovers(fleet: Fleet, host: string): Promise<string[]> {
  const said = await sh(
    fleet,
    host,
    `find / -xdev \\( -path /proc -o -path /var/lib/upgrade-push/target -o -path /var/lib/upgrade-push/dnf \\) -prune -o \\
  \\( -name '.upgrade-push*' -o -path '/var/lib/upgrade-push/*' \\( -name '*.new' -o -name 'new.*' -o -name 'old.*' -o -name 'token.*' -o -name '*.old' -o -name '*.tmp' \\) \\) -print
find /boot -name '.*upgrade-push*' -o -name '*.tmp' -o -name '*.new'
[ ! -e /var/lib/upgrade-push/lock ] || echo "lock held: $(tr '\\n' ' ' </var/lib/upgrade-push/lock)"
while read -r what where rest; do case $where in *upgrade-push*) echo "mount: $where";; esac; done </proc/self/mounts
for p in /proc/[0-9]*; do tr '\\0' ' ' <$p/cmdline 2>/dev/null | grep -aE 'dracut|dnf|upgrade-push/(jobs|target)|^/bin/sh ./?(run|script)' | grep -av 'host-init' | grep -v "find / -xdev" | sed "s|^|process: |"; done
true`,
  )
  return said.split('\n').filter((line) => line !== '')
}

/** The files that the old system boots with, by digest; GRUB's environment apart. */
export function oldBoot(fleet: Fleet, host: string): Promise<string> {
  return sh(
    fleet,
    host,
    `cd /boot && find . -type f ! -name '*upgrade*' ! -name grubenv -exec sha256sum {} + | sort -k2; ls -l --time-style=full-iso vmlinuz-[0-9]* initramfs-[0-9]*
grub2-editenv - list | grep ^saved_entry; sha256sum /etc/default/grub`,
  )
}

/** Variables of GRUB's environment block. */
export async function grubEnvironment(fleet: Fleet, host: string): Promise<Record<string, string>> {
  const lines = (await sh(fleet, host, 'grub2-editenv - list')).trim().split('\n')
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]))
}

/** Files of ours in /boot and among the artifacts that are not, whole, what the manifest beside them says. */
export async function halfWritten(fleet: Fleet, host: string): Promise<string[]> {
  const said = await sh(
    fleet,
    host,
    `m=/var/lib/upgrade-push/artifacts/manifest.json
for f in /boot/vmlinuz-upgrade.* /boot/initramfs-upgrade.* /var/lib/upgrade-push/artifacts/kernel /var/lib/upgrade-push/artifacts/initramfs; do
  [ ! -e "$f" ] || grep -q "$(sha256sum <"$f" | cut -c1-64)" $m || echo "$f"
done
for f in request.json target.json stage/manifest.json artifacts/manifest.json; do
  f=/var/lib/upgrade-push/$f; [ ! -e $f ] || tail -c 3 $f | grep -q '}' || echo $f
done
true`,
  )
  return said.split('\n').filter((line) => line !== '')
}
