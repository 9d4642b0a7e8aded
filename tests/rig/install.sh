#!/bin/sh
# Installs what tests/rig needs to run a real MediaWiki on loopback: Debian 12 packages, about 1 minute.
# No web server: the wiki runs under `php -S` on SQLite. MariaDB and Redis are for the tests of
# the bot's ledger and of its limits, which start servers of their own.
set -eu

say() { printf 'install.sh: %s\n' "$*" >&2; }

if ! command -v apt-get >/dev/null 2>&1; then
    say "this needs a Debian system (apt-get); run the rig in a Debian 12 container instead."
    exit 1
fi
if [ "$(id -u)" -ne 0 ]; then
    say "this installs system packages: run it as root, for example with sudo."
    exit 1
fi

# micro-httpd and php8.2-cgi are the smallest packages that satisfy mediawiki's dependencies on a web
# server and a PHP for it; neither is run. Without them apt would install Apache.
# diffutils brings diff3, without which MediaWiki calls every overlapping edit a conflict.
packages="
    mediawiki micro-httpd php8.2-cgi
    php-cli php-sqlite3 php-mbstring php-xml php-intl php-gd php-curl php-apcu
    imagemagick librsvg2-bin ghostscript poppler-utils djvulibre-bin ffmpeg
    mariadb-server redis-server chromium
    diffutils fonts-dejavu-core ca-certificates
    shellcheck openssl curl sqlite3
"

# Debian starts services on installation unless this file refuses (exit 101 = "forbidden by policy").
# See invoke-rc.d(8) and README.policy-rc.d of the package init-system-helpers.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    trap 'rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
fi

export DEBIAN_FRONTEND=noninteractive
apt-get update -q
# shellcheck disable=SC2086  # one word per package is what is meant
apt-get install -q --yes --no-install-recommends $packages
say "done: $(php --version | head -n 1)"
