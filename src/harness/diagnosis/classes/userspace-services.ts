/** A system that runs, and whose services do not. */
import { classesOf } from '../failure-class.ts';

export const USERSPACE_SERVICES = classesOf('userspace', {
  'essential-unit-failed': {
    severity: 'hard',
    signs: [
      /\[FAILED\] Failed to start .{0,40}(?:Remount Root|D-Bus System Message Bus|Journal Service|Login (?:Service|Management)|Getty on (?:ttyS0|hvc0)|udev (?:Kernel Device|Coldplug)|Rule-based Manager for Device)/,
      /Failed to start .{0,20}(?:Remount Root and Kernel File Systems|D-Bus System Message Bus)/,
    ],
    cause: 'a service that a system can not do without did not start',
    remedy:
      'systemctl status and journalctl -u of that unit tell why; often the root file system is full or read-only',
    source: 'systemd src/core/job.c',
    explains: ['unit-failed'],
  },
  'unit-failed': {
    severity: 'soft',
    signs: [
      /\[FAILED\] Failed to start /,
      /systemd\[1\]: Failed to start /,
      /systemd\[1\]: \S+\.service: Failed with result '/,
      /^ ?\* ERROR: \S+ failed to start/,
      /^ ?\* ERROR: cannot start \S+ as /,
      /^ ?\* ERROR: \S+ needs service/,
      /init: Failed to spawn \S+ (?:main|pre-start) process: /,
      /startpar: service\(s\) returned failure/,
    ],
    cause: 'a service did not start; most boots can do without it',
    remedy: 'systemctl status of that unit tells why; systemctl reset-failed when it is not wanted',
    source: 'systemd src/core/job.c; OpenRC',
  },
  'service-restart-loop': {
    severity: 'soft',
    signs: [/Start request repeated too quickly/, /(?:start-limit-hit|Failed with result 'start-limit)/],
    cause: 'a service ends again and again at once, and systemd has given up on it',
    remedy: 'journalctl -u of that unit tells why it ends',
    source: 'systemd src/core/service.c',
  },
  'getty-respawning': {
    severity: 'hard',
    signs: [
      /\binit:? Id "?[\w-]{1,8}"? respawning too fast/i,
      /getty(?:\[\d+\])?: (?:\/dev\/)?\w+: (?:cannot|can't|could not) (?:open|get)/i,
      /getty(?:\[\d+\])?: (?:\/dev\/)?\w+: (?:not a (?:tty|character device)|No such (?:file|device)|Input\/output error)/i,
      /^can't open \/dev\/(?:tty\w+|hvc\d+|console): (?:No such|Input|Permission)/,
      /init: (?:tty\w*|hvc\d|console) (?:main process|respawning too fast).{0,60}(?:stopped|respawning too fast)/,
    ],
    cause: 'getty runs on a console that is not there, so nobody can log in',
    remedy: 'name the right device for it: ttyS0 of a machine, hvc0 of a Xen PV guest',
    source: 'sysvinit src/init.c; util-linux term-utils/agetty.c',
    explains: ['no-login-prompt'],
  },
  'serial-getty-missing': {
    severity: 'soft',
    signs: [
      /Timed out waiting for device .{0,40}(?:tty(?:S|AMA|USB|PS|SC|O|mxc)\d|hvc\d)/,
      /Dependency failed for Serial Getty on /,
      {
        line: /(?:tty\w{1,5}|hvc\d)\.device(?:: Job .{0,80}timed out|\/start (?:timed out|failed with))/,
        early: true,
      },
    ],
    cause: 'the device of a console did not appear in time, so no login is offered there',
    remedy:
      'name the console that this machine has in console=, and mask the getty of the one that it has not',
    source: 'systemd units/serial-getty@.service.in, src/getty-generator',
    explains: ['no-login-prompt'],
  },
  'login-refused': {
    severity: 'soft',
    signs: [
      /^(?:.{0,40}\s)?Login incorrect\s*$/,
      /Maximum number of tries exceeded \(\d+\)/,
      /LOGIN FAILURE FROM|FAILED LOGIN \(\d+\)/,
    ],
    cause: 'somebody tried to log in with a wrong name or password',
    remedy:
      'check the name and password of the image; typed text can lose characters: wait for the prompt first',
    source: 'util-linux login-utils/login.c',
  },
  'pam-broken': {
    severity: 'hard',
    signs: [
      /PAM unable to dlopen\(|PAM adding faulty module/,
      /PAM [Ff]ailure, aborting: Critical error/,
      /login: (?:PAM (?:Failure|Error)|Authentication service cannot retrieve)/i,
      /Cannot make\/remove an entry for the specified session/,
      /(?:login|su|passwd|sshd)\S{0,12}: .{0,60}(?:Authentication (?:service cannot retrieve|token manipulation error)|Module is unknown)/,
    ],
    cause: 'login is refused because its PAM configuration or modules are broken',
    remedy: 'install the PAM modules that /etc/pam.d/login names, or use a login without PAM (busybox)',
    source: 'Linux-PAM libpam/pam_dispatch.c; util-linux login-utils/login.c',
    explains: ['login-refused'],
  },
  'account-locked': {
    severity: 'hard',
    signs: [
      /(?:This account is currently not available|Your account has expired; please contact)/,
      /(?:login|su|sshd)\S{0,12}: .{0,60}(?:account .{0,30}(?:locked|expired)|password has expired)/i,
      /System is (?:booting up|going down)\. (?:Unprivileged users|See pam_nologin)/,
    ],
    cause: 'the account exists and may not log in (locked, expired, no shell, or too early)',
    remedy: 'set a password and a shell for it in the image; wait for the boot to finish before you log in',
    source: 'shadow src/nologin.c; Linux-PAM modules/pam_unix, pam_nologin',
  },
  'ssh-no-host-keys': {
    severity: 'hard',
    signs: [
      /no hostkeys available -- exiting/,
      /sshd.{0,20}: Could not load host key/,
      /dropbear.{0,40}: (?:No hostkeys|Failed loading .{0,60}host_?key)/i,
    ],
    cause: 'the SSH server has no host keys, so it can not start',
    remedy: 'make them: ssh-keygen -A (dropbearkey, or dropbear -R)',
    source: 'OpenSSH sshd.c; dropbear svr-main.c',
    explains: ['unit-failed', 'service-restart-loop'],
  },
  'read-only-filesystem': {
    severity: 'soft',
    signs: [/: Read-only file system\s*$/, /Read-only file system\b/],
    cause: 'something could not be written because its file system is mounted read-only',
    remedy:
      'remount it (mount -o remount,rw /); if the kernel made it read-only, look for the disk error before',
    source: 'errno EROFS',
  },
  'disk-full': {
    severity: 'hard',
    signs: [
      /^(?!.*(?:inotify|watch|devices\.|cgroup|sysfs|xc:|qemu-))(?:.{0,200}: |.{0,200}\()?(?:write error: |cannot write: )?No space left on device/i,
      /(?:write failed, |on \/\S{0,80}: )file ?system (?:is )?full\b/i,
    ],
    cause: 'the disk is full',
    remedy: 'give the image a bigger disk, or remove what is not needed; look at df -h and df -i',
    source: 'errno ENOSPC',
    explains: ['unit-failed', 'scriptlet-failed'],
  },
  'dhcp-failed': {
    severity: 'soft',
    signs: [
      /No (?:working )?(?:DHCPOFFERS|leases in persistent database)/i,
      /udhcpc: no lease, failing/,
      /dhcpcd?(?:\[\d+\])?: .{0,40}(?:timed out|no (?:lease|interfaces have a carrier))/i,
    ],
    cause: 'no DHCP server answered',
    remedy: 'connect the network card (QEMU: -netdev user), or give the machine a static address',
    source: 'ISC dhclient; busybox networking/udhcp',
    explains: ['network-unreachable', 'name-resolution-failed', 'repo-unreachable'],
  },
  'network-unreachable': {
    severity: 'soft',
    signs: [
      /(?:: |connect: |sendto: )Network is (?:unreachable|down)\b/i,
      /Destination (?:Host|Net) Unreachable/,
      /No route to host/,
    ],
    cause: 'there is no network, or no route to where the program wanted to',
    remedy: 'check ip addr and ip route; give the machine a network card that is connected',
    source: 'errno ENETUNREACH, EHOSTUNREACH',
    explains: ['repo-unreachable', 'name-resolution-failed'],
  },
  'name-resolution-failed': {
    severity: 'soft',
    signs: [
      /Temporary failure in name resolution/,
      /(?:ping|wget|curl|ssh|git|fatal|getaddrinfo)\S{0,24}:? .{0,80}(?:Name or service not known|[Cc]ould not resolve host|bad address '|unknown host)/,
    ],
    cause: 'a host name could not be resolved',
    remedy: 'check /etc/resolv.conf and that the name server can be reached (QEMU user network: 10.0.2.3)',
    source: 'glibc resolv',
    explains: ['repo-unreachable'],
  },
  'cloud-init-no-datasource': {
    severity: 'soft',
    signs: [
      /cloud-init\S{0,12}: .{0,100}no datasource found!/i,
      /DataSourceNotFoundException: Did not find any data source/,
      /\[net\] Exiting without datasource|No instance datasource found/,
    ],
    cause:
      'cloud-init found nothing that describes this machine: no user, no key, no network is set up by it',
    remedy: 'attach a seed disk with the label cidata (cloud-localds), or name the source in datasource_list',
    source: 'cloud-init cloudinit/sources/__init__.py, cloudinit/cmd/main.py',
    explains: ['init-script-failed', 'login-refused'],
  },
  'init-script-failed': {
    severity: 'soft',
    signs: [
      /Failed to run module scripts-user/,
      /cloud-init\S{0,12}: .{0,100}(?:\[CRITICAL\]|Failed running )/,
    ],
    cause: 'a script that runs at boot failed',
    remedy: 'read its own message before this line',
    source: 'cloud-init cloudinit/cmd/main.py; BSD rc',
  },
  'ssh-unreachable': {
    severity: 'soft',
    signs: [
      /ssh: connect to host \S+ port \d+: (?:Connection (?:refused|timed out)|No route to host|Operation timed out)/,
      /Timeout waiting for SSH|Timed out while waiting for the machine to boot/,
    ],
    cause: 'the machine did not answer on its SSH port',
    remedy: 'read its console: it is not that far yet, has no network, or runs no SSH server',
    source: 'OpenSSH sshconnect.c; Packer communicator; Vagrant',
  },
});
