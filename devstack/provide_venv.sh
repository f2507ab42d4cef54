#!/bin/sh
# Some distributions ship Python without its venv module. Installs it where we may, else names the one command.
# usage: provide_venv.sh PYTHON FOLDER
python=$1 folder=$2
rm -rf "$folder"
version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
package="python$version-venv"
if command -v apt-get >/dev/null; then
    if [ "$(id -u)" = 0 ]; then sudo=""; elif sudo -n true 2>/dev/null; then sudo="sudo"; else sudo=none; fi
    if [ "$sudo" != none ]; then
        echo "This Python has no venv module: installing $package …"
        $sudo apt-get -qq update && $sudo apt-get -qq install --yes --no-install-recommends "$package" >/dev/null &&
            exec "$python" -m venv "$folder"
    fi
    echo "This Python has no venv module. Install it with: sudo apt-get install $package"
else
    echo "This Python has no venv module; install the one that belongs to $python."
fi
exit 1
