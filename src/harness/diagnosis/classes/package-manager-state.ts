/** A package manager that can not begin: no right, a lock, a database or programs that are broken. */
import { classesOf } from '../failure-class.ts';
import { WENT_ON } from './package-went-well.ts';

export const PACKAGE_MANAGER_STATE = classesOf('package-manager', {
  'lock-held': {
    severity: 'hard',
    signs: [
      /(?:E|Error|Waiting for cache lock): Could not get lock \S+/,
      /Could not get lock \/var\/(?:lib\/dpkg|lib\/apt|cache\/apt)\/\S+/,
      /dpkg: error: (?:dpkg frontend lock|dpkg frontend|dpkg status database|dpkg database) (?:was locked|lock was locked|is locked) by another process/,
      /Another app is currently holding the yum lock/,
      /Existing lock \S+: another copy is running/,
      /Waiting for process with pid \d+ to finish/,
      /(?:Failed to obtain|Can't obtain|Cannot acquire) .{0,40}(?:transaction )?lock/i,
      /System management is locked by the application with pid/,
      /Unable to lock database: (?:Resource temporarily unavailable|temporarily unavailable)/i,
      /unable to lock database\)?/,
      /can't create transaction lock on \S+ \(Resource temporarily unavailable\)/,
      /Failed to lock apt for exclusive operation|pkg: Cannot get an? (?:exclusive|advisory|read) lock on a database/,
      /sqlite3\.OperationalError: database is locked/,
      /SQLite error on "[^"\n]{1,200}": .{0,200}database is locked/,
    ],
    cause: 'another package manager is running, and only one can',
    remedy:
      'wait for it or stop it (unattended-upgrades, dnf-makecache, PackageKit); a lock that was left behind can be removed',
    source: 'dnf dnf/lock.py; apt apt-pkg/contrib/fileutl.cc; pacman lib/libalpm',
    explains: ['transaction-failed', 'scriptlet-failed', 'repo-unreachable'],
    overcomeBy: WENT_ON,
  },
  'permission-denied': {
    severity: 'hard',
    signs: [
      /Could not open lock file \S+ - open \(13: Permission denied\)/,
      /(?:This command has to be run with superuser privileges|Root privileges are required for running)/,
      /You need to be root to perform this command/,
      /you cannot perform this operation unless you are root/,
      /Unable to lock database: Permission denied/i,
      /requested operation requires superuser privilege/,
      /error: could not open file \S+\.(?:db|files|part|sig): Permission denied/,
      /Unable to acquire the dpkg frontend lock .{0,80}are you root\?/,
    ],
    cause:
      'the package manager may not write its own files: it was not started as root, or its download user has no way in',
    remedy: 'run it as root, or with sudo; let everybody enter the directories above its root',
    source: 'dnf dnf/cli; apt; pacman src/pacman/pacman.c',
    explains: ['lock-held', 'repo-unreachable', 'transaction-failed'],
  },
  'dpkg-interrupted': {
    severity: 'hard',
    signs: [/dpkg was interrupted, you must manually run/],
    cause: 'an earlier installation was cut off in the middle',
    remedy: 'run dpkg --configure -a, then try again',
    source: 'apt apt-pkg/deb/debsystem.cc',
    explains: ['transaction-failed'],
  },
  'rpmdb-corrupt': {
    severity: 'hard',
    signs: [
      /(?:rpmdb|db5?|BDB\d+).{0,80}(?:DB_RUNRECOVERY|PANIC: fatal region error|Thread\/process .{0,40}failed|run database recovery)/i,
      /(?:cannot open Packages (?:index|database)|rpmdb open failed)/,
      /[Ee]rror: .{0,160}database disk image is malformed|\bpkg: sqlite error while executing/,
      /rpmdbNextIterator: skipping|error: rpmdb: .{0,60}(?:damaged|corrupt)/,
    ],
    cause: "rpm's database is damaged: an installation was cut off, or the disk was full",
    remedy: 'rebuild it: rm -f /var/lib/rpm/__db*; rpm --rebuilddb',
    source: 'rpm lib/backend',
    explains: ['transaction-failed', 'dependency-conflict', 'repo-unreachable'],
  },
  'dpkg-database-corrupt': {
    severity: 'hard',
    signs: [
      /dpkg: (?:error|unrecoverable fatal error).{0,80}parsing file '?\/var\/lib\/dpkg\/\S+ near line/,
      /files list file for package '?\S+ (?:is missing final newline|contains empty filename)/,
      /E: The package (?:lists or status file could not be parsed|cache file is corrupted)|E: Problem with MergeList/,
    ],
    cause:
      "a file of dpkg's or apt's database is damaged: the disk was full, or the machine was switched off",
    remedy: 'restore it from /var/backups (dpkg.status.*), or remove /var/lib/apt/lists/* and update',
    source: 'dpkg lib/dpkg/parsehelp.c, lib/dpkg/db-fsys-files.c; apt apt-pkg/pkgcachegen.cc',
    explains: ['scriptlet-failed', 'repo-unreachable'],
  },
  'package-manager-broken': {
    severity: 'hard',
    signs: [
      /File "\/usr\/(?:bin\/yum|bin\/dnf|libexec\/urlgrabber-ext-down)", line \d+/,
      /There was a problem importing one of the Python modules/,
      /required to run yum\. The error leading to this problem was/,
      /(?:dnf|yum|zypper|apt|rpm|dpkg): error while loading shared libraries/,
      /ModuleNotFoundError: No module named '(?:dnf|yum|rpm|libdnf)\w*'/,
    ],
    cause: 'the package manager itself can not run: its Python modules or libraries do not fit',
    remedy: 'reinstall it from packages by hand (rpm -Uvh --force), or begin again from the pristine image',
    source: 'yum bin/yum.py',
  },
});
