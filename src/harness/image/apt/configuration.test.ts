import { expect, it } from 'vitest';
import { takenSettings } from './configuration.ts';

/** Lines that `apt-config dump` printed, some on other hosts. */
const RECORDED = `APT "";
APT::Architecture "arm64";
APT::Architectures "";
APT::Architectures:: "arm64";
APT::Sandbox::User "_apt";
APT::Update::Post-Invoke-Success "";
APT::Update::Post-Invoke-Success:: "/usr/bin/test -e /run/x && rm -f /var/cache/apt/*.deb || true";
APT::Update::Pre-Invoke:: "snapper create";
DPkg::Pre-Install-Pkgs:: "/usr/sbin/dpkg-preconfigure --apt || true";
DPkg::Post-Invoke:: "sh -c "quoted"";
Dir "/";
Dir::State "var/lib/apt";
Dir::State::lists "lists/";
Dir::Cache "var/cache/apt";
Dir::Etc "etc/apt";
Dir::Etc::sourceparts "sources.list.d";
Dir::Log "var/log/apt";
Acquire::http::Proxy "http://proxy.test:3128";
Acquire::Check-Valid-Until "false";
`;

it('takes over sources, keys and proxies, and neither state nor commands', () => {
  expect(takenSettings(RECORDED)).toEqual([
    'APT "";',
    'Dir "/";',
    'Dir::Etc "etc/apt";',
    'Dir::Etc::sourceparts "sources.list.d";',
    'Acquire::http::Proxy "http://proxy.test:3128";',
    'Acquire::Check-Valid-Until "false";',
  ]);
});
