import { describe, expect, it } from 'vitest'
import { resolveTarget } from '../../src/remote/target.ts'

describe('behavioural variables', () => {
  it('default to the command line, and to the name', () => {
    const defaults = {
      user: 'ann',
      port: 2200,
      password: 'p',
      becomePassword: 'b',
      connectTimeoutMs: 5000,
      privateKeyFile: '/k',
    }
    expect(resolveTarget('web1', {}, defaults)).toMatchObject({
      name: 'web1',
      address: 'web1',
      connection: 'ssh',
      user: 'ann',
      port: 2200,
      password: 'p',
      privateKeyFile: '/k',
      connectTimeoutMs: 5000,
      become: { password: 'b' },
    })
  })

  it('win over the command line, in all their spellings', () => {
    const vars = {
      ansible_host: '10.0.0.1',
      ansible_port: '22',
      ansible_ssh_user: 'bob',
      ansible_ssh_pass: 12345,
      ansible_ssh_private_key_file: '/key',
      ansible_host_key_checking: 'False',
      ansible_ssh_timeout: 3,
      ansible_become: 'yes',
      ansible_become_user: 'app',
      ansible_become_pass: 'x',
      ansible_become_exe: '/usr/local/bin/sudo',
      ansible_become_flags: '-H -i',
      ansible_become_method: 'sudo',
      ansible_ssh_common_args: '-J gate',
      ansible_ssh_extra_args: '-p 23 -i /k2',
      ansible_python_interpreter: '/usr/bin/python3',
    }
    expect(resolveTarget('web1', vars, { user: 'ann' })).toEqual({
      name: 'web1',
      address: '10.0.0.1',
      connection: 'ssh',
      port: 22,
      user: 'bob',
      password: '12345',
      privateKeyFile: '/key',
      ssh: {
        options: [
          ['proxyjump', 'gate'],
          ['port', '23'],
        ],
        identityFiles: ['/k2'],
        configFile: undefined,
      },
      hostKeyChecking: false,
      connectTimeoutMs: 3000,
      become: { wanted: true, user: 'app', password: 'x', exe: '/usr/local/bin/sudo', flags: '-H -i' },
    })
  })

  it.each([
    [{ ansible_ssh_common_args: '-o ProxyCommand=x' }, 'host web1: ansible_ssh_common_args: ProxyCommand'],
    [{ ansible_ssh_extra_args: '-R 1:2:3' }, 'host web1: ansible_ssh_extra_args: -R is not supported'],
    [{ ansible_connection: 'winrm' }, '"winrm" is not supported'],
    [{ ansible_become_method: 'su' }, '"su" is not supported'],
    [{ ansible_shell_type: 'powershell' }, '"powershell" is not supported'],
    [{ ansible_port: 0 }, 'port number'],
    [{ ansible_port: 'ssh' }, 'port number'],
    [{ ansible_host: '-oProxyCommand=x' }, 'must not begin with "-"'],
    [{ ansible_user: '-x' }, 'must not begin with "-"'],
    [{ ansible_user: ['a'] }, 'must be a text'],
    [{ ansible_user: 'a\nb' }, 'must be one line'],
    [{ ansible_host_key_checking: 'maybe' }, 'must be true or false'],
    [{ ansible_timeout: 'soon' }, 'number of seconds'],
  ])('refuses %j', (vars, message) => {
    expect(() => resolveTarget('web1', vars)).toThrow(message)
  })
})
