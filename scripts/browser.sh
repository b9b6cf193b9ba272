#!/bin/sh
# The browser that the tests of the screens drive, and letters for its pictures: Debian's packages,
# installed where they are missing and this user may. Tests fail, and say so, without a browser.
set -eu

missing=""
for name in chromium chromium-browser google-chrome-stable google-chrome; do
  command -v "$name" >/dev/null && break
  test "$name" = google-chrome && missing="chromium"
done
# Chinese letters: any font that has them will do.
if ! command -v fc-list >/dev/null || test -z "$(fc-list :lang=zh)"; then
  missing="$missing fonts-noto-cjk"
fi
test -n "$missing" || exit 0

if test "$(id -u)" = 0 && command -v apt-get >/dev/null; then
  echo "Installing $missing, for the tests of the screens"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
else
  echo "For the tests of the screens, install as root: apt-get install $missing" >&2
fi
