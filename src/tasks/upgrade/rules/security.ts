import { isInstalled, isPresent } from '../host/facts.ts'
import { type BuiltInRule, same } from './rule.ts'

export const fips: BuiltInRule = {
  name: 'fips',
  proven: 'never run',
  about: 'Where FIPS mode is on: dracut’s `fips`, and from 8 to 9 the files that OpenSSL 3 needs for it.',
  when: ({ host }) => host.fips,
  asks: ({ source }) => ({
    dracut_modules: [{ name: 'fips' }],
    include_files:
      source === '8'
        ? [
            '/etc/crypto-policies/back-ends/opensslcnf.config',
            '/etc/pki/tls/openssl.cnf',
            '/usr/lib64/ossl-modules/fips.so',
          ]
        : [],
  }),
}

export const cryptoPolicy: BuiltInRule = {
  name: 'crypto-policy',
  proven: 'never run',
  about: 'Where the system-wide crypto policy is not DEFAULT: what is needed to set it in the container.',
  when: ({ host }) => host.cryptoPolicy !== 'DEFAULT',
  asks: () => ({ install_rpms: ['crypto-policies-scripts'] }),
}

export const livePatching: BuiltInRule = {
  name: 'kpatch',
  proven: 'never run',
  about: 'Where kpatch’s dnf plugin is installed: the plugin and its configuration.',
  when: ({ host }) => isInstalled(host, 'kpatch-dnf'),
  asks: ({ host }) => ({
    install_rpms: ['kpatch-dnf'],
    copy_files: isPresent(host, '/etc/dnf/plugins/kpatch.conf') ? same(['/etc/dnf/plugins/kpatch.conf']) : [],
  }),
}
