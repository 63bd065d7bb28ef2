# Shared by the scripts beside it (source it, do not run it): where things are, how they talk, how results add up.
# shellcheck shell=bash

set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
cd "$root"

version="$(sed -nE 's/^#define HJ_VERSION_(MAJOR|MINOR|PATCH) ([0-9]+)$/\2/p' include/hujia.h | paste -sd.)"
abi="$(sed -nE 's/^#define HJ_ABI_VERSION ([0-9]+)$/\1/p' include/hujia.h)"

out="$root/out"                 # what a person looks at: lib, bin, report.html
lib_scratch="$root/.build-lib"  # release, static Swift runtime: the library and the tool
stage="$root/.build-install"    # an installed copy for the tests, never the machine's own
results="${HUJIA_RESULTS:-}"    # where counts are added up, when a script runs others

# The Swift runtime's own backtracer hooks signals; in tests a crash must be the host's.
export SWIFT_BACKTRACE=enable=no

say() { printf '\033[1m== %s\033[0m\n' "$*"; }
note() { printf '   %s\n' "$*"; }
fail() { printf 'error: %s\n' "$*" >&2; exit 1; }

need() { command -v "$1" >/dev/null 2>&1 || fail "$1 is missing: run \`make deps\`"; }

# release_flags: how the library and the tool are built. The same for both, so that what they share is compiled once.
release_flags=(-c release --scratch-path "$lib_scratch" --disable-local-rpath -Xswiftc -static-stdlib
  -Xswiftc -use-ld=lld -Xswiftc "-I$lib_scratch/essentials" -Xlinker --gc-sections)

# stand_in: a small module FoundationEssentials, for the argument parser (scripts/essentials says why). An unchanged one
# stays as it is: nothing is compiled again because of it.
stand_in() {
  local folder="$lib_scratch/essentials" new file
  new="$(mktemp -d)"
  mkdir -p "$folder"
  swiftc -swift-version 6 -O -wmo -parse-as-library -static -avoid-emit-module-source-info \
    -module-name FoundationEssentials -emit-module -emit-module-path "$new/FoundationEssentials.swiftmodule" \
    -emit-object -o "$new/FoundationEssentials.o" \
    scripts/essentials/FoundationEssentials.swift Sources/HostKit/JSONTree.swift
  for file in FoundationEssentials.swiftmodule FoundationEssentials.o; do
    cmp -s "$new/$file" "$folder/$file" || mv -f "$new/$file" "$folder/$file"
  done
  rm -rf "$new"
}

# count PASSED FAILED: adds to the closing line.
count() {
  [[ -n "$results" ]] && printf '%s %s\n' "$1" "$2" >>"$results"
  return 0
}

# skip NAME WHY: something that could not run here. It is counted, and named again before the closing line.
skip() {
  note "SKIP  $1: $2"
  [[ -n "$results" ]] && printf '0 0 1 %s: %s\n' "$1" "$2" >>"$results"
  return 0
}

# count_skips NAME LOG: the lines "skipped: WHAT: WHY" that a program printed become skips of ours.
count_skips() {
  local line
  while IFS= read -r line; do skip "$1" "${line#skipped: }"; done < <(grep -E '^skipped: ' "$2" || true)
}

# failed NAME LOG: what failed, shown here and told again before the closing line, where nobody has to search for it.
failed() {
  local log
  log="$(cat "$2")"
  note "FAIL  $1"
  shown_of <<<"$log" | sed 's/^/      | /'
  [[ -n "$results" ]] || return 0
  printf '  %s\n' "$1" >>"$results.failed"
  { grep -E '^ *FAIL' <<<"$log" || grep -E '✘|FAIL|error|missed' <<<"$log" || tail -12 <<<"$log"; } | tail -12 | cut -c -400 | sed 's/^/      | /' \
    >>"$results.failed"
}

# run_counted NAME COMMAND...: one check that either holds or does not. Its output is shown when it fails.
run_counted() {
  local name="$1" log begun="$SECONDS"
  shift
  log="$(mktemp)"
  if "$@" >"$log" 2>&1; then
    note "ok    $name$(lasted "$begun")"
    count 1 0
    rm -f "$log"
    return 0
  fi
  failed "$name" "$log"
  count 0 1
  rm -f "$log"
  return 1
}

# lasted BEGUN: the seconds since then, where there are enough of them to be worth a reader's eye.
lasted() {
  local seconds=$((SECONDS - $1))
  if [[ "$seconds" -ge 5 ]]; then printf ' (%s s)' "$seconds"; fi
}

# beside COMMAND...: a command that counts (run_suite and its kind), in a lane of its own: as many lanes as processors.
# together: waits for all of them, then shows what each said and adds up what each counted, in the order of their beginning.
lanes=""
beside() {
  local at
  [[ -n "$lanes" ]] || { lanes="$(mktemp -d)"; begun_lanes=0; }
  at="$lanes/$(printf '%05d' "$begun_lanes")"
  begun_lanes=$((begun_lanes + 1))
  while [[ "$(jobs -rp | wc -l)" -ge "$(nproc)" ]]; do wait -n || true; done
  : >"$at.counts"
  (results="$at.counts" && export HUJIA_RESULTS="$results" && lanes="" && "$@") >"$at.said" 2>&1 &
  echo "$!" >"$at.process"
}
together() {
  local said at ended
  [[ -n "$lanes" ]] || return 0
  for said in "$lanes"/*.said; do
    at="${said%.said}"
    ended=0
    wait "$(cat "$at.process")" || ended=$?
    cat "$said"
    [[ -n "$results" ]] || continue
    cat "$at.counts" >>"$results"
    if [[ -s "$at.counts.failed" ]]; then cat "$at.counts.failed" >>"$results.failed"; fi
    # A lane that broke before it counted has failed.
    if [[ ! -s "$at.counts" ]]; then
      printf '  a lane that counted nothing (status %s)\n' "$ended" >>"$results.failed"
      count 0 1
    fi
  done
  rm -rf "$lanes"
  lanes=""
}

# shown_of: of a failed run's log, read from its input, what a reader needs. The stacks of a test that reached its limit
# are shown whole.
shown_of() {
  local log lines=60
  log="$(cat)"
  grep -q ': not done after ' <<<"$log" && lines=400
  grep -vE '^[0-9]+ passed' <<<"$log" | tail -"$lines" || true
}

# run_suite NAME COMMAND...: a program that ends with "N passed, N failed"; both numbers are added up. Lines that it opens
# with "note: " are shown: figures that a reader wants to see. Lines that it opens with "skipped: " count as skipped.
run_suite() {
  local name="$1" log status=0 line passed failed begun="$SECONDS"
  shift
  log="$(mktemp)"
  "$@" >"$log" 2>&1 || status=$?
  line="$(grep -E '^[0-9]+ passed, [0-9]+ failed(, [0-9]+ skipped)?$' "$log" | tail -1 || true)"
  count_skips "$name" "$log"
  if [[ -z "$line" ]]; then
    failed "$name: ended with status $status and no closing line" "$log"
    count 0 1
    rm -f "$log"
    return 1
  fi
  read -r passed _ failed _ <<<"${line//,/}"
  count "$passed" "$failed"
  if [[ "$status" -ne 0 || "$failed" -ne 0 ]]; then
    failed "$name: $line (status $status)" "$log"
    if [[ "$failed" -eq 0 ]]; then count 0 1; fi
    rm -f "$log"
    return 1
  fi
  note "ok    $name: $line$(lasted "$begun")"
  sed -nE 's/^note: /         /p' "$log"
  rm -f "$log"
}

# collect: starts adding up, unless a caller already does. closing: prints the closing line and ends with its status.
collect() {
  collects=0
  if [[ -z "$results" ]]; then
    results="$(mktemp)"
    export HUJIA_RESULTS="$results"
    collects=1
  fi
}

closing() {
  [[ "$collects" -eq 1 ]] || return 0
  local passed failed skipped rest=""
  read -r passed failed skipped < <(awk '{p += $1; f += $2; s += $3} END {print p + 0, f + 0, s + 0}' "$results")
  if [[ "$skipped" -gt 0 ]]; then
    printf 'did not run here:\n'
    awk '$3 > 0 {sub(/^0 0 1 /, "  "); print}' "$results"
    rest=", $skipped skipped"
  fi
  if [[ -s "$results.failed" ]]; then
    printf 'failed:\n'
    cat "$results.failed"
  fi
  rm -f "$results" "$results.failed"
  printf '%s passed, %s failed%s\n' "$passed" "$failed" "$rest"
  [[ "$failed" -eq 0 ]]
}

# quiet_build NAME COMMAND...: warnings and the time; everything when it fails. Drops a linker warning about `mktemp`
# that comes from the static Swift runtime, not from us.
quiet_build() {
  local name="$1" log start
  shift
  log="$(mktemp)"
  start="$SECONDS"
  if "$@" >"$log" 2>&1; then
    grep -E 'warning:' "$log" | grep -vE "mktemp|mkstemp|tmpnam|tempnam" || true
    note "built $name in $((SECONDS - start)) s"
    rm -f "$log"
    return 0
  fi
  grep -vE "mktemp|mkstemp|^\[[0-9]+/[0-9]+\] (Compiling|Emitting|Write|Wrapping)" "$log" >"$log.kept" || true
  failed "building $name" "$log.kept"
  rm -f "$log" "$log.kept"
  return 1
}
