/** dnf, yum, apt, zypper, apk and pacman: what they fetch and whom they trust. */
import { classesOf } from '../failure-class.ts';
import { WENT_ON } from './package-went-well.ts';

/** apt 3 writes "Error:" where apt 1 and 2 wrote "E:". */
const APT = String.raw`(?:E|W|Err|Error|Warning|Ign):(?:\d+)? ?`;

export const PACKAGE_REPOSITORY = classesOf('package-manager', {
  'checksum-mismatch': {
    severity: 'hard',
    signs: [
      new RegExp(`${APT}(?:Failed to fetch )?.{0,400}Hash Sum mismatch`),
      /\bhas incorrect checksum/,
      /(?:^\s*- )?Downloading successful, but checksum doesn't match/,
      /(?:repomd\.xml|metadata file|Metadata file) does not match (?:metalink|checksum)/i,
      /Package does not match intended download/,
      /Inconsistent server data, reported file Content-Length: \d+, repository metadata states/,
      /(?:\b(?:rpm|package|Package|metadata|repomd|repository|pkg)\b.{0,200}|\.(?:rpm|deb|pkg|apk|xml|gz)\S*: .{0,60})[Cc]hecksum (?:doesn't match|mismatch|verification failed)/,
      /File has unexpected size \(\d+ != \d+\)/,
      /(?:Digest verification failed|Wrong digest) for/i,
      /\(invalid or corrupted package \(checksum\)\)/,
      /^\s*Hash Sum mismatch/,
    ],
    cause:
      'what was downloaded is not what the repository promised: a stale mirror, a proxy, or a damaged file',
    remedy:
      'clean the cache (dnf clean all, apt-get clean and update) and try again; else make the repository metadata anew',
    source: 'apt apt-pkg/acquire-item.cc; librepo; https://github.com/emqx/emqx/issues/3908',
    explains: ['transaction-failed', 'repo-unreachable', 'package-corrupt'],
    overcomeBy: WENT_ON,
  },
  'gpg-key-missing': {
    severity: 'hard',
    signs: [
      /You have enabled checking of packages via GPG keys/,
      // yum 3 says this of a key that it fetches next.
      { line: /Public key for \S+ is not installed/, early: true },
      /signatures couldn't be verified because the public key is not available/,
      /\bNO_PUBKEY [0-9A-F]{8,40}/,
      /(?:GPG key retrieval failed|Failed to retrieve GPG key|Couldn't open file \S*RPM-GPG-KEY|curl error \(37\))/i,
      /(?:: )?UNTRUSTED signature/,
      /(?:signature from .{1,120} is unknown trust|required key missing from keyring|key ".{1,60}" could not be (?:looked up|imported))/,
      /Signature verification failed .{0,80}(?:unknown key|key .{0,40}not (?:trusted|found))/i,
    ],
    cause: 'the repository is signed with a key that this system does not have',
    remedy: 'import its key (rpm --import, gpgkey= in the .repo file, /etc/apt/keyrings)',
    source: 'dnf dnf/base.py; apt methods/gpgv.cc; pacman lib/libalpm/signing.c',
    explains: ['transaction-failed', 'signature-invalid', 'repo-not-signed', 'repo-unreachable'],
    overcomeBy: /Key imported successfully|Importing GPG key 0x/,
  },
  'signature-invalid': {
    severity: 'hard',
    signs: [
      /\b(?:BADSIG|EXPKEYSIG|REVKEYSIG|EXPSIG) [0-9A-F]{8,40}/,
      /The following signatures were invalid/,
      /KEYEXPIRED \d+/,
      /GPG keys listed for the ".{1,200}" repository are already installed but they are not correct/,
      /(?:repomd\.xml )?GPG signature verification error|Bad (?:GPG|PGP) signature|BAD signature/,
      /(?:^\s*- )?Signature verification failed for /i,
      /invalid or corrupted package \(PGP signature\)/,
      /(?:Header|Payload)? ?V\d \S+ Signature, key ID \w+: BAD|signatures? NOT OK|SIGNATURES NOT OK/,
      /(?:Error: )?GPG (?:check|signature check) FAILED/,
      /Package \S+ is not signed/,
      /OpenPGP (?:check|signature).{0,60}(?:failed|FAILED)/,
    ],
    cause: 'a signature of the repository or of a package is wrong or expired',
    remedy: 'fetch its current key; a clock that is wrong makes signatures expire too: check date',
    source: 'rpm lib/rpmchecksig.c; apt methods/gpgv.cc',
    explains: ['transaction-failed', 'repo-not-signed', 'repo-unreachable'],
  },
  'repo-not-signed': {
    severity: 'hard',
    signs: [
      /^(?:E|Error): The repository '[^'\n]+' is not signed/,
      /^WARNING: The following packages cannot be authenticated!/,
      /There were unauthenticated packages and -y was used without/,
    ],
    cause: 'the repository is not signed, and unsigned ones are not trusted',
    remedy:
      'sign it; or say that this one is trusted ([trusted=yes], gpgcheck=0) where that is what you want',
    source: 'apt apt-pkg/acquire-item.cc',
    explains: ['repo-unreachable'],
  },
  'repo-changed': {
    severity: 'hard',
    signs: [/\bE: ?Repository '[^'\n]{1,200}' changed its '\w+' value from '/],
    cause:
      'the repository calls itself something else than at the last update (a new release, say), which must be accepted',
    remedy: 'apt-get update --allow-releaseinfo-change, once you have seen that the change is meant',
    source: 'apt apt-pkg/acquire-item.cc AllowInsecureRepositories(), man apt-secure(8)',
    explains: ['repo-unreachable'],
  },
  'release-file-time': {
    severity: 'hard',
    signs: [
      /Release file for \S+ is (?:not valid yet|expired) \(invalid /,
      /(?:SSL|TLS|handshake|server|peer|[Cc]url)\b.{0,120}\b(?:certificate|cert) (?:is not yet valid|has expired)|certificate is not yet valid or (?:has )?expired/i,
    ],
    cause:
      "this machine's clock does not fit the dates of the repository (a restored snapshot's clock stands still)",
    remedy: 'set the clock (date -s, or -rtc base=utc), then update again',
    source: 'apt apt-pkg/acquire-item.cc; OpenSSL',
    explains: ['repo-unreachable', 'tls-failed'],
  },
  'tls-failed': {
    severity: 'hard',
    signs: [
      /(?:SSL certificate problem|server certificate verification failed|Certificate verification failed|Peer's [Cc]ertificate .{0,40}(?:not recognized|expired))/,
      /(?:^\s*- )?Curl error \((?:35|60|77|58)\)/i,
      /TLS: server certificate not trusted/,
    ],
    cause: 'the TLS connection to the repository was refused: an unknown authority, a proxy, or old programs',
    remedy: 'install ca-certificates and check the clock; behind a proxy install its authority',
    source: 'curl lib/strerror.c; apt methods/connect.cc; apk libfetch',
    explains: ['repo-unreachable'],
    overcomeBy: WENT_ON,
  },
  'no-repositories': {
    severity: 'hard',
    signs: [
      /There are no enabled repo(?:s|sitories)\b/,
      /Error getting repository data for \S+, repository not found|Error: Unknown repo: |No repository match: /,
      /Warning: No repositories defined|error: no usable package repositories configured/i,
    ],
    cause: 'no repository is configured or enabled, or not the one that was asked for',
    remedy: 'put its .repo file in place and enable it (dnf config-manager, yum-config-manager --enable)',
    source: 'dnf dnf/cli/cli.py; yum; zypper; pacman',
    explains: ['package-not-found', 'repo-unreachable'],
  },
  'not-registered': {
    severity: 'soft',
    signs: [
      /This system is not registered (?:with an entitlement server|to Red Hat Subscription Management)/,
      /Unable to read consumer identity/,
    ],
    cause: 'the machine has no subscription, so the repositories of its distribution stay shut',
    remedy: 'subscription-manager register, or use other repositories',
    source: 'subscription-manager src/dnf-plugins',
    explains: ['no-repositories'],
  },
  'package-file-missing': {
    severity: 'hard',
    signs: [
      new RegExp(`${APT}(?:Failed to fetch )?\\S{1,300}\\.deb\\s+404 {1,2}Not Found`),
      /(?:Status code: 404 for|HTTP Error 404 .{0,20}|404 Not Found.{0,10}) ?\S{0,300}\.(?:d?rpm|deb|apk|pkg\.tar\.\w+)\b/,
      /(?:\.d?rpm|\.apk|\.pkg\.tar\.\w+): .{0,60}(?:HTTP Error 404|404 Not Found|package mentioned in index not found)/,
      /package mentioned in index not found \(try 'apk update'\)/,
      /File '\S{1,300}\.d?rpm' not found on medium|\.d?rpm \[The requested URL returned error: 404/,
      /\bpkg: (?:Failed to fetch )?https?:\S+\.(?:pkg|t[xbg]z): Not Found/i,
    ],
    cause: "the mirror no longer has a package of which this system's index still speaks",
    remedy: 'update the index first (apt-get update, dnf --refresh, apk update, pacman -Sy)',
    source: 'apt methods/http.cc; apk-tools src/package.c',
    explains: ['transaction-failed', 'repo-unreachable'],
    overcomeBy: WENT_ON,
  },
  'repo-unreachable': {
    severity: 'hard',
    signs: [
      /Error: Failed to download metadata for repo /i,
      /Cannot find a valid baseurl for repo/,
      /One of the configured repositories failed/,
      /Cannot prepare internal mirrorlist/,
      /Cannot (?:retrieve|download) (?:metalink|mirrorlist|repository metadata|repomd\.xml)/,
      /(?:E|W|Error|Warning): Failed to fetch (?!.*(?:Hash Sum|\.deb\s+404|unexpected size))\S/,
      /The repository '[^'\n]+' (?:does not have|no longer has) a Release file/,
      /Could not retrieve mirrorlist /,
      /No URLs in mirrorlist|No more mirrors to try|All mirrors were (?:already )?tried/,
      { line: /Errors during downloading metadata for repository/, early: true },
      /\bpkg: (?:Repository \S+ (?:cannot be opened|missing|load error|has a wrong)|No active remote repositories|truncated reply for)/,
      /\bpkg: (?:https?|pkg\+https?):\S+\/(?:meta|packagesite|data)\.\w+: /,
      /(?:^\s*- )?Status code: [45]\d\d for \S/,
      /Valid metadata not found at specified URL|Download \(curl\) error for |Repository '[^'\n]+' is invalid\.|Problem retrieving files from '/,
      /\[Errno 14\] (?:curl#\d+|HTTPS? Error \d+|PYCURL ERROR \d+|problem making ssl connection)/,
      /error: failed (?:retrieving file|to (?:synchronize|update) )/,
      /^(?:WARNING|ERROR): .{0,300}(?:temporary error \(try again later\)|DNS (?:lookup error|:? ?.{0,30}try again)|network (?:error|connection aborted)|could not connect to server|operation timed out)/i,
      /(?:WARNING: Ignoring|WARNING: (?:updating|opening|fetching)) \S*https?:\/\/\S+: (?!No such file or directory$)/,
      /Failed to synchronize cache for repo|repository metadata .{0,60}could not be (?:loaded|downloaded)/i,
      /Clearsigned file isn't valid, got 'NO(?:SPLIT|DATA)'/,
      /(?:^\s*- )?Curl error \((?:5|6|7|28|52|55|56|22)\)/i,
      { line: /Unable to (?:open created|update) repository \S/, early: true },
      {
        line: /Failed to retrieve new repository metadata|^(?:Warning: )?Skipping repository '.{1,120}' because of the above error/,
        early: true,
      },
      { line: /^Err:\d+ (?:https?|ftp|mirror\+\w+):\S/, early: true },
      {
        line: /(?:Could not resolve (?:host|proxy|')|Couldn't resolve host|Could not connect to \S+:\d|Temporary failure resolving)/,
        early: true,
      },
    ],
    cause: 'the package manager could not reach its repository, or the repository is not there any more',
    remedy:
      "check the network and name resolution of the guest, then the repository's address: old releases move to an archive",
    source: 'dnf; librepo; yum yum/__init__.py; apt; https://github.com/sobolevn/git-secret/issues/763',
    explains: ['transaction-failed', 'package-not-found', 'package-corrupt'],
    overcomeBy: WENT_ON,
  },
});
