import type { Profile, Seconds, TaskProfile } from './profile.ts'

const around = (median: number, spread = 1.3): Seconds => ({ median, spread })

/** A look at a host that is connected: a probe or two. */
const LOOK = around(0.5, 1.5)

/** What every task does that nothing else is said of. */
export const ANY_TASK: TaskProfile = {
  seconds: around(2, 1.5),
  look: LOOK,
  changed: 1,
  mishaps: {},
  lines: [],
  says: [],
}

/** Where the seconds come from is told in docs/rehearsal.md; the rates are a choice: enough goes wrong in a fleet to practise on. */
const TASKS: { readonly [task: string]: Partial<TaskProfile> } = {
  preflight: {
    look: around(30),
    mishaps: {
      unreachable: {
        rate: 0.01,
        words: [{ message: 'the connection timed out', remedy: 'see whether the host is up, and its address' }],
      },
      refused: {
        rate: 0.005,
        words: [
          {
            message: 'an inhibitor: booted_kernel (the booted kernel is not the newest installed one)',
            remedy: 'Reboot into the newest kernel, or remove it.',
          },
        ],
      },
    },
  },
  gather_modules: { seconds: around(11) },
  install_rpms: {
    seconds: around(195),
    lines: [
      'resolving and downloading the packages',
      'installing the packages',
      'installing glibc (40/212)',
      'installing systemd (110/212)',
      'installing dracut (180/212)',
    ],
    mishaps: {
      failed: {
        rate: 0.005,
        words: [
          {
            message: 'no space: the packages need at least {80-400} MiB more',
            remedy: 'free space there, then run again',
          },
          {
            message: 'a repository can not be reached: labos: connection timed out',
            remedy: 'see whether the host reaches it, then run again',
          },
        ],
      },
    },
  },
  upload_dracut_modules: { seconds: around(80) },
  stage_finish: { seconds: around(88) },
  run_dracut: {
    seconds: around(250),
    lines: [
      'dracut: Including module: systemd',
      'dracut: Including module: kernel-modules',
      'dracut: Including module: sys-upgrade',
      'dracut: Creating image file',
    ],
  },
  stage_transaction: {
    seconds: around(240),
    lines: [
      'resolving the transaction',
      'package 120 of 480: glibc',
      'package 360 of 480: systemd',
      'testing the transaction',
    ],
  },
  copy_boot: {
    seconds: around(12),
    mishaps: {
      refused: {
        rate: 0.01,
        words: [
          {
            message: 'no space in /boot: the new files need 143 MiB, {60-120} MiB are free',
            remedy: 'Remove old kernels, or files that do not belong there.',
          },
        ],
      },
    },
  },
  boot_entry: { seconds: around(5) },
  reboot_upgrade: {
    seconds: around(920),
    phases: {
      arming: 5,
      'going-down': 25,
      'initramfs-boot': 60,
      checks: 45,
      recovery: 5,
      transaction: 600,
      finish: 90,
      rebooting: 10,
      'first-boot': 60,
      'resume-service': 20,
    },
    packages: 480,
    mishaps: {
      failed: {
        rate: 0.003,
        words: [
          {
            message: 'the host waits in the upgrade image: a scriptlet of kernel-core failed: exit code 1',
            remedy: 'log in to the image, mend it, then resume',
          },
        ],
      },
      overdue: {
        rate: 0.002,
        words: [
          {
            message: 'overdue: nobody answers, longer than was to be waited for',
            remedy: 'look at its console; run the playbook again to go on watching',
          },
        ],
      },
    },
  },
  verify_upgrade: { look: around(8) },
  cancel_upgrade: { seconds: around(6) },
}

/** What is drawn from when nobody gave anything else. */
export const BUILT_IN: Profile = {
  source: 'the built-in profile',
  names: new Map(),
  tasks: new Map(Object.entries(TASKS).map(([task, own]) => [task, { ...ANY_TASK, ...own }])),
  others: ANY_TASK,
}
