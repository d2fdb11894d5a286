#!/usr/bin/env bash
# needs.sh WHAT: see that what a target needs is on this machine.
#
#   demo      Go, Node, make
#   go        Go, PostgreSQL (the tests start a server of their own)
#   race      Go, gcc
#   browser   Node, Chromium, a Chinese font
#   test      all of these
#   chromium  print the path of the browser
#
# On Debian and Ubuntu, where we are root or may use sudo without a password, what is missing is installed.
# Elsewhere this fails and names it. Nothing is ever skipped.
set -euo pipefail
cd "$(dirname "$0")/.."

fail() { echo "needs: $*" >&2; exit 1; }

sudo_=()
may_install() {
  command -v apt-get >/dev/null || return 1
  [ "$(id -u)" = 0 ] && return 0
  command -v sudo >/dev/null && sudo -n true 2>/dev/null && { sudo_=(sudo -n); return 0; }
  return 1
}

updated=
install() { # install WHY PACKAGE...
  local why=$1; shift
  may_install || fail "$why is missing; install it (Debian and Ubuntu: apt-get install $*)"
  echo "needs: installing $* ($why)" >&2
  if [ -z "$updated" ]; then "${sudo_[@]}" apt-get -qq update >/dev/null || fail "apt-get update failed"; updated=1; fi
  "${sudo_[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "$@" >/dev/null ||
    fail "$why is missing and apt-get could not install $*"
}

at_least() { [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -1)" = "$1" ]; } # at_least WANTED HAVE

go_() {
  command -v go >/dev/null || fail "Go 1.26 or newer is missing; see https://go.dev/dl/"
  local have; have=$(go env GOVERSION); have=${have#go}
  at_least 1.26 "$have" || fail "Go 1.26 or newer is needed, this is $have"
}

node_() {
  command -v node >/dev/null && command -v npm >/dev/null || fail "Node 20.19 or newer with npm is missing; see https://nodejs.org/"
  local have; have=$(node --version); have=${have#v}
  at_least 20.19 "$have" || fail "Node 20.19 or newer is needed, this is $have"
}

gcc_() {
  command -v gcc >/dev/null && echo 'int main(void){return 0;}' | gcc -x c - -o /dev/null 2>/dev/null || install "a C compiler for the race detector" gcc libc6-dev
}

postgres_() {
  [ -n "${PEIBAN_TEST_POSTGRES:-}" ] && return
  ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 && return
  command -v initdb >/dev/null && return
  if may_install && [ ! -e /etc/postgresql-common/createcluster.conf ]; then # we start our own; no cluster of the system's
    "${sudo_[@]}" mkdir -p /etc/postgresql-common
    echo 'create_main_cluster = false' | "${sudo_[@]}" tee /etc/postgresql-common/createcluster.conf >/dev/null
  fi
  install "PostgreSQL (or PEIBAN_TEST_POSTGRES naming a server)" postgresql
}

chromium() {
  local c
  for c in "${CHROMIUM:-}" /usr/bin/chromium-headless-shell /usr/bin/chromium /usr/bin/google-chrome \
    "$HOME"/.cache/ms-playwright/chromium_headless_shell-*/chrome-*/headless_shell \
    "$HOME"/.cache/ms-playwright/chromium_headless_shell-*/*/chrome-headless-shell; do
    [ -n "$c" ] && [ -x "$c" ] && { echo "$c"; return; }
  done
  return 1
}

browser_() {
  if ! chromium >/dev/null; then
    # Ubuntu has no such package: there the browser comes from Playwright, which names it the same.
    if may_install && { "${sudo_[@]}" apt-get -qq update >/dev/null; updated=1; } && apt-cache show chromium-headless-shell >/dev/null 2>&1; then
      install "Chromium" chromium-headless-shell
    elif [ -e web/node_modules/playwright-core/cli.js ] && may_install; then
      echo "needs: fetching Chromium by Playwright" >&2
      (cd web && "${sudo_[@]}" node node_modules/playwright-core/cli.js install-deps chromium >/dev/null &&
        node node_modules/playwright-core/cli.js install chromium-headless-shell >/dev/null) || true
    fi
    chromium >/dev/null || fail "Chromium is missing; install chromium-headless-shell or set CHROMIUM to its path"
  fi
  if ! command -v fc-list >/dev/null || [ -z "$(fc-list :lang=zh-cn family)" ]; then
    install "a Chinese font" fontconfig fonts-wqy-microhei
  fi
}

case ${1:-} in
  demo) go_; node_ ;;
  go) go_; node_; postgres_ ;;
  race) go_; gcc_ ;;
  browser) node_; browser_ ;;
  test) go_; node_; gcc_; postgres_; browser_ ;;
  chromium) chromium || fail "no Chromium" ;;
  *) fail "usage: needs.sh demo|go|race|browser|test|chromium" ;;
esac
