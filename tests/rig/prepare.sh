#!/bin/sh
# Makes sure that the test rig's packages are there: installs them where it may, else says how.
set -eu
here=$(dirname "$0")

if [ -e /usr/share/mediawiki/index.php ] && command -v php >/dev/null && command -v ffmpeg >/dev/null; then
    exit 0
fi
if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "== MediaWiki and what it needs, from Debian's packages, about a minute"
    exec sh "$here/install.sh"
fi
echo "== No MediaWiki here: its tests are skipped. To run them, as root on Debian 12: $here/install.sh"
