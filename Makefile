# make demo : l’exemple, du début au rapport. make test : toutes les vérifications. Rien n’est installé hors de ce dossier.
# make demo: the example, from start to report. make test: every check. Nothing is installed outside this folder.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
EXAMPLE := examples/sante-quebec
# One worker a core, each test file on one of them: what a file sets up once, it sets up once.
PYTEST_ARGS ?= -n auto --dist loadfile

.PHONY: demo nuage porte test check docs bench clean
.DELETE_ON_ERROR:

# The example's findings are the point: 1, 3 and 4 say what was found, and only other codes are failures.
demo: $(VENV)/.installed
	@cd $(EXAMPLE) && code=0; ../../$(BIN)/sovercheck assess || code=$$?; \
	case $$code in 0|1|3|4) ;; *) exit $$code;; esac
	@echo
	@echo "Rapport / report: $(CURDIR)/$(EXAMPLE)/sortie/bilan.html"

# Les doublures de trois comptes AWS et de deux abonnements Azure, lues et jugées. / Doubles of clouds, read and judged.
nuage: $(VENV)/.tools
	@code=0; $(BIN)/python examples/nuage-public/lancer.py || code=$$?; \
	case $$code in 0|1|3|4) ;; *) exit $$code;; esac
	@echo
	@echo "Rapport / report: $(CURDIR)/examples/nuage-public/sortie/bilan.html"

# Trois plans au contrôle préalable : ce à quoi chacun se termine. / Three plans at the gate: what each ends with.
porte: $(VENV)/.installed
	@cd examples/porte-ci && for plan in module-voisin variable inconnue; do \
	  code=0; $(abspath $(BIN))/sovercheck gate $$plan/plan.json --data-class health || code=$$?; \
	  case $$code in 0|1|3) ;; *) exit $$code;; esac; \
	  echo; echo "== $$plan : code $$code"; echo; \
	done

test: check node_modules/.installed
	$(BIN)/pytest $(PYTEST_ARGS)

check: $(VENV)/.tools
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: $(VENV)/.tools
	$(BIN)/python -m tests.documents

bench: $(VENV)/.tools
	@for bench in benchmarks/bench_*.py; do \
	  echo "== $$bench"; $(BIN)/python -m "benchmarks.$$(basename $$bench .py)" || exit 1; \
	done

clean:
	rm -rf $(VENV) node_modules dist build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	rm -rf examples/*/sortie examples/*/historique
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 ou plus récent est requis / is required."; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	  echo "python3 -m venv ne fonctionne pas : installez python3-venv / does not work: install python3-venv."; exit 1; }
	@$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	@touch $@

$(VENV)/.installed: $(VENV)/.pip pyproject.toml
	@$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/.tools: $(VENV)/.installed
	@$(BIN)/python -m pip install --quiet --group check --group test
	@touch $@

# The accessibility tests need axe-core; without npm they are skipped, and pytest names them.
node_modules/.installed: package.json
	@if command -v npm >/dev/null; then npm install --no-save --no-package-lock --no-audit --no-fund --silent; \
	else echo "npm est absent : les essais d’accessibilité seront sautés / is missing: accessibility tests will be skipped."; fi
	@mkdir -p node_modules && touch $@
