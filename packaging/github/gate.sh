#!/usr/bin/env bash
# What action.yml runs: every input comes through the environment, so that none of them is ever read as a command, and
# each stands in one word with its option, so that none of them is ever read as another option.
set -euo pipefail

# An error of usage, told as the command tells its own.
refuse() {
  echo "::error title=sovercheck::$1"
  echo "code=2" >> "$GITHUB_OUTPUT"
  exit 2
}

case "$ON_UNKNOWN" in fail|warn) ;; *) refuse "on-unknown: fail | warn" ;; esac

if [ -z "${SOVERCHECK:-}" ]; then
  # 1 would mean a finding.
  python3 -m venv "$RUNNER_TEMP/sovercheck" || refuse "python3 -m venv"
  "$RUNNER_TEMP/sovercheck/bin/python" -m pip install --quiet "$ACTION" || refuse "pip install"
  SOVERCHECK="$RUNNER_TEMP/sovercheck/bin/sovercheck"
fi

# Another step of the same job may have left its own.
summary="$RUNNER_TEMP/sovercheck-summary.md"
rm -f "$summary"

words=(gate "--fail-on=$FAIL_ON" "--lang=$SOVERCHECK_LANG" "--format=summary=$summary" --format=github=-)
[ -z "$SOURCE_DIR" ] || words+=("--source-dir=$SOURCE_DIR")
[ -z "$DATA_CLASS" ] || words+=("--data-class=$DATA_CLASS")
[ -z "$BASE" ] || words+=("--base=$BASE")
[ -z "$BASELINE" ] || words+=("--baseline=$BASELINE")
[ -z "$SARIF" ] || words+=("--format=sarif=$SARIF")
while IFS= read -r word; do [ -z "$word" ] || words+=("$word"); done <<< "${ARGUMENTS//$'\r'/}"
words+=(--)
while IFS= read -r word; do [ -z "$word" ] || words+=("$word"); done <<< "${PLAN//$'\r'/}"

code=0
"$SOVERCHECK" "${words[@]}" || code=$?

echo "code=$code" >> "$GITHUB_OUTPUT"
if [ -f "$summary" ]; then
  cat "$summary" >> "$GITHUB_STEP_SUMMARY"
fi

# 0: satisfied. 1: a finding. 2: usage or input. 3: not established. 4: all waived.
case "$code" in
  0|4) exit 0 ;;
  3) [ "$ON_UNKNOWN" = fail ] || { echo "::warning title=sovercheck::code 3"; exit 0; }; exit 3 ;;
  *) exit "$code" ;;
esac
