#!/usr/bin/env bash
# What action.yml runs: every input comes through the environment, so that none of them is ever read as a command.
set -euo pipefail

case "$ON_UNKNOWN" in fail|warn) ;; *) echo "on-unknown: fail | warn" >&2; exit 2 ;; esac

if [ -z "${SOVERCHECK:-}" ]; then
  python3 -m venv "$RUNNER_TEMP/sovercheck"
  "$RUNNER_TEMP/sovercheck/bin/python" -m pip install --quiet "$ACTION"
  SOVERCHECK="$RUNNER_TEMP/sovercheck/bin/sovercheck"
fi

words=(gate --fail-on "$FAIL_ON" -f "summary=$RUNNER_TEMP/sovercheck-summary.md" -f github=-)
[ -z "$SOURCE_DIR" ] || words+=(--source-dir "$SOURCE_DIR")
[ -z "$DATA_CLASS" ] || words+=(--data-class "$DATA_CLASS")
[ -z "$BASE" ] || words+=(--base "$BASE")
[ -z "$BASELINE" ] || words+=(--baseline "$BASELINE")
[ -z "$SARIF" ] || words+=(-f "sarif=$SARIF")
while IFS= read -r word; do [ -z "$word" ] || words+=("$word"); done <<< "$ARGUMENTS"
words+=(--)
while IFS= read -r word; do [ -z "$word" ] || words+=("$word"); done <<< "$PLAN"

code=0
"$SOVERCHECK" "${words[@]}" || code=$?

echo "code=$code" >> "$GITHUB_OUTPUT"
if [ -f "$RUNNER_TEMP/sovercheck-summary.md" ]; then
  cat "$RUNNER_TEMP/sovercheck-summary.md" >> "$GITHUB_STEP_SUMMARY"
fi

# 0: satisfied. 1: a finding. 2: usage or input. 3: not established. 4: all waived.
case "$code" in
  0|4) exit 0 ;;
  3) [ "$ON_UNKNOWN" = fail ] || { echo "::warning title=sovercheck::code 3"; exit 0; }; exit 3 ;;
  *) exit "$code" ;;
esac
