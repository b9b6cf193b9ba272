#!/bin/sh
# The browser that the tests of the screens drive, and letters for its pictures: Debian's packages,
# installed where they are missing and this user may. Tests fail, and say so, without a browser.
set -eu

# Chromium's headless shell opens a page for a third of the processor time; where it cannot be had,
# another Chromium will do.
shell=chromium-headless-shell

add() {
  echo "Installing $*, for the tests of the screens"
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

browser=""
for name in $shell chromium chromium-browser google-chrome-stable google-chrome; do
  command -v "$name" >/dev/null && browser="$name" && break
done
# Chinese letters: any font that has them will do.
letters=$(command -v fc-list >/dev/null && fc-list :lang=zh | head -n 1 || true)

if test "$browser" = $shell && test -n "$letters"; then
  exit 0
elif test "$(id -u)" = 0 && command -v apt-get >/dev/null; then
  test -n "$browser" && test -n "$letters" || apt-get update -qq
  if test "$browser" != $shell && apt-cache show $shell >/dev/null 2>&1; then
    add $shell && browser=$shell || echo "Another Chromium has to do" >&2
  fi
  test -n "$browser" || add chromium
  test -n "$letters" || add fonts-noto-cjk
elif test -z "$browser" || test -z "$letters"; then
  echo "For the tests of the screens, install as root: apt-get install $shell fonts-noto-cjk" >&2
fi
