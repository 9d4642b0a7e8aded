#!/bin/sh
# Makes sure that the rig's packages are there: prepare.sh PYTHON
# Installs them where it may, else says how.
set -eu
here=$(dirname "$0")

if PYTHONPATH=$here/.. "$1" -c 'import sys; from rig.requirements import missing_requirements as missing; sys.exit(bool(missing()))'; then
    exit 0
fi
if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "== MediaWiki and what it needs, from Debian's packages, about a minute"
    exec sh "$here/install.sh"
fi
echo "== No MediaWiki here: its tests are skipped. To run them, as root on Debian 12: $here/install.sh"
