# cd-tools. `make help` lists the targets.
#
# A new command (bin/cd-x.c), a part of commands (bin/cmd/x.c), library file
# (lib/LAYER/x.c), kernel (lib/kern/x_avx2.c), unit program (tests/unit/x.c) or
# page (man/cd-x.1) is found by its place: nothing here needs to name it.

MAKEFLAGS += -r
CC ?= cc
# Sanitizers are for finding errors, not for speed: their builds compile faster
# with -O1.
CFLAGS ?= $(if $(SAN),-O1,-O2) -g
PREFIX ?= /usr/local
MACHINE := $(shell $(CC) -dumpmachine)
VERSION := $(shell sed -n 's/.*CD_VERSION[^"]*"\(.*\)".*/\1/p' bin/cmd/opt.h)

# SAN=address,undefined or SAN=thread builds apart, with those sanitizers.
comma := ,
BUILD ?= build$(if $(SAN),/$(subst $(comma),-,$(SAN)))
BIN ?= $(if $(SAN),$(BUILD)/bin,bin)

PKGS = libjpeg libpng libwebp libwebpdemux libdeflate libarchive libprotobuf-c \
	jansson
# Loaded when it is called (lib/kern/gemm_blas.c), not linked.
LOADED = openblas
# -ffp-contract=off: gcc and clang round alike; kernels ask for FMA by name.
STD = -std=c11 -ffp-contract=off -D_POSIX_C_SOURCE=200809L -iquote lib -pthread
WARN = -Wall -Wextra -Wconversion -Wno-sign-conversion -Wshadow \
	-Wstrict-prototypes -Wmissing-prototypes \
	-Wno-missing-field-initializers $(if $(WERROR),-Werror)
# As Debian builds (dpkg-buildflags with hardening=+all), but for sanitizers,
# which stand for themselves. tests/tree.bats looks at the programs.
GUARDS = $(if $(findstring x86_64,$(MACHINE)),-fcf-protection) \
	$(if $(findstring aarch64,$(MACHINE)),-mbranch-protection=standard)
HARDEN ?= $(if $(SAN),,-fstack-protector-strong -fstack-clash-protection \
	-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -Wformat \
	-Werror=format-security $(GUARDS) -fPIE)
HARDENLINK ?= $(if $(SAN),,-pie -Wl,-z,relro -Wl,-z,now)
SANFLAGS = $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all \
	-fno-omit-frame-pointer)
PKGFLAGS := $(shell pkg-config --cflags $(PKGS) $(LOADED))
ALLFLAGS = $(STD) $(WARN) $(HARDEN) $(SANFLAGS) $(PKGFLAGS) \
	$(CPPFLAGS) $(CFLAGS)
# --as-needed: a program loads only the libraries that it calls.
LIBS := $(shell pkg-config --libs $(PKGS)) -ldl -lm
# Commands are shown in short; V=1 shows them whole.
say = $(if $(V),,@echo '  $(1)' && )
LINK = $(CC) -pthread $(SANFLAGS) $(CFLAGS) $(HARDENLINK) -Wl,--as-needed \
	$(LDFLAGS)

# Files for one instruction set are left out on other machines.
OTHER = $(if $(filter x86_64%,$(MACHINE)),,%_avx2.c %_avx512.c) \
	$(if $(filter aarch64%,$(MACHINE)),,%_neon.c)
SRC = $(filter-out $(OTHER),$(wildcard lib/*/*.c))
# Messages of protobuf, from which protoc-c makes C.
PROTO = $(patsubst %.proto,$(BUILD)/%.pb-c,$(wildcard lib/*/*.proto))
OBJ = $(SRC:%.c=$(BUILD)/%.o) $(PROTO:%=%.o)
CMDOBJ = $(patsubst %.c,$(BUILD)/%.o,$(wildcard bin/cmd/*.c))
# In the order in which a program is linked with them.
ARCHIVES = $(BUILD)/cmd.a $(BUILD)/libcd.a
# cd-train-mpi is built where an MPI library is (Debian: mpi-default-dev).
MPI := $(shell pkg-config --exists mpi && echo mpi)
PROGS = $(patsubst bin/%.c,$(BIN)/%,$(filter-out \
	$(if $(MPI),,bin/cd-train-mpi.c),$(wildcard bin/cd-*.c)))
UNIT = $(patsubst tests/%.c,$(BUILD)/%,$(wildcard tests/unit/*.c))
TOOLS = $(patsubst tests/%.c,$(BUILD)/%,$(wildcard tests/tools/*.c))
PRELOAD = $(patsubst tests/%.c,$(BUILD)/%.so,$(wildcard tests/preload/*.c))
FUZZ = $(patsubst tests/%.c,$(BUILD)/%,$(wildcard tests/fuzz/*.c))
SCALING = $(BUILD)/bench/scaling
KERNCHECK = $(patsubst tests/%.c,$(BUILD)/%,$(wildcard tests/kerncheck.c))
KERNOBJ = $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/kerncheck/*.c))

COMPLETION = $(BUILD)/completion/cd-tools $(BUILD)/completion/_cd-tools

all: $(ARCHIVES) $(PROGS) $(COMPLETION) ## the programs, in bin/
tools: all $(TOOLS) $(PRELOAD)
tests: tools $(UNIT) $(KERNCHECK) ## the test programs

test: tests ## build and run all tests
	tests/run --no-setup
unit: $(UNIT) $(KERNCHECK) ## unit programs and kernel checks only
	for t in $^; do echo "$$t" && "$$t" || exit; done
bench: all $(KERNCHECK) $(SCALING) ## time the kernels, the stages and the nets
	$(KERNCHECK) -b
	CD_BIN=$(BIN) tests/bench/stages
	CD_BIN=$(BIN) tests/bench/nets
	for net in s m pairs-24; do echo "$$net, 96x96, batches of 64:" && \
	    $(SCALING) pipelines/nets/$$net.net 96 64 || exit; done
lint: ## layers, sizes, style, pages, scripts
	tests/lint
format: ## put the sources in that style
	clang-format -i lib/*/*.[ch] bin/*.c bin/cmd/*.[ch] \
	    tests/*.c tests/*/*.[ch]

TIME ?= 20
fuzz: ## fuzz each target for TIME seconds (20), with clang
	$(MAKE) CC=clang SAN=address,undefined,fuzzer-no-link BUILD=build/fuzz \
	    fuzz-programs
	tests/fuzz/run build/fuzz $(TIME)
fuzz-programs: $(FUZZ)
$(FUZZ): LDFLAGS += -fsanitize=fuzzer

$(BIN)/%: $(BUILD)/bin/%.o $(ARCHIVES)
	@mkdir -p $(@D)
	$(call say,link $@)$(LINK) -o $@ $^ $(LIBS)
$(KERNCHECK): $(KERNOBJ)
$(UNIT) $(TOOLS) $(FUZZ) $(KERNCHECK) $(SCALING): $(ARCHIVES)
$(UNIT) $(TOOLS) $(FUZZ) $(KERNCHECK) $(SCALING): \
    $(BUILD)/%: $(BUILD)/tests/%.o
	@mkdir -p $(@D)
	$(call say,link $@)$(LINK) -o $@ $^ $(LIBS)

# Test libraries that stand before libc (LD_PRELOAD).
$(BUILD)/preload/%.so: tests/preload/%.c
	@mkdir -p $(@D)
	$(call say,link $@)$(CC) $(STD) $(WARN) $(CFLAGS) -shared -fPIC -o $@ $<

$(BUILD)/libcd.a: $(OBJ)
$(BUILD)/cmd.a: $(CMDOBJ)
$(ARCHIVES):
	$(call say,ar $@)rm -f $@ && $(AR) qcs $@ $^

# -O3: gcc vectorises loops over floats only there; nobody reads errno of sqrt.
LOOPS = $(if $(SAN),,-O3) -fno-math-errno
# The kernels get no untrusted bytes, and to watch them would take most of the
# time that the fuzz programs take to build.
KERN = $(if $(findstring fuzzer,$(SAN)),-fno-sanitize=all)
AVX2 = $(LOOPS) -mavx2 -mfma
AVX512 = $(AVX2) -mavx512f -mavx512bw -mavx512dq -mavx512vl \
	-mprefer-vector-width=512
$(BUILD)/lib/layer/%.o: MORE = $(LOOPS)
$(BUILD)/lib/kern/%.o: MORE = $(LOOPS) $(KERN)
$(BUILD)/lib/pix/%.o: MORE = $(LOOPS)
# what protoc-c made
$(BUILD)/lib/out/%.o: MORE = -iquote $(BUILD)/lib
# choices between floats are vectorised only where no trap counts
$(BUILD)/lib/pix/colour.o: MORE = $(LOOPS) -fno-trapping-math
$(BUILD)/lib/kern/%_avx2.o: MORE = $(AVX2) $(KERN)
$(BUILD)/lib/kern/%_avx512.o: MORE = $(AVX512) $(KERN)
$(BUILD)/lib/pix/%_avx2.o: MORE = $(AVX2)
# what protoc-c makes is there before what includes it is compiled
$(BUILD)/lib/%.pb-c.c $(BUILD)/lib/%.pb-c.h: lib/%.proto
	@mkdir -p $(@D)
	$(call say,protoc-c $<)protoc-c --proto_path=lib --c_out=$(BUILD)/lib $<
$(SRC:%.c=$(BUILD)/%.o): | $(PROTO:%=%.h)
$(PROTO:%=%.o): %.o: %.c $(BUILD)/flags
	$(call say,cc $<)$(CC) $(ALLFLAGS) $(MORE) -w -MMD -MP -c -o $@ $<
# only mains and tests see bin/cmd
$(BUILD)/bin/%.o: MORE = -iquote bin
$(BUILD)/bin/cd-train-mpi.o: MORE = -iquote bin $(shell pkg-config --cflags mpi)
$(BIN)/cd-train-mpi: LIBS += $(shell pkg-config --libs mpi)
$(BUILD)/tests/%.o: MORE = -iquote bin -iquote tests
$(BUILD)/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,cc $<)$(CC) $(ALLFLAGS) $(MORE) -MMD -MP -c -o $@ $<

# Completion for bash and zsh: scripts that know the commands' names.
$(BUILD)/completion/cd-tools: bin/cmd/complete.bash $(PROGS)
$(BUILD)/completion/_cd-tools: bin/cmd/complete.zsh $(PROGS)
$(COMPLETION):
	@mkdir -p $(@D)
	$(call say,sed $@)sed 's/@COMMANDS@/$(notdir $(PROGS))/' $< > $@

# Changes when the compiler or its flags do, and then all is made again.
MADEBY = $(CC) $(filter-out -Werror,$(ALLFLAGS))
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(MADEBY)' | cmp -s - $@ || echo '$(MADEBY)' > $@

SHARE = $(DESTDIR)$(PREFIX)/share
BASHCOMP = $(SHARE)/bash-completion/completions
ZSHCOMP = $(SHARE)/zsh/site-functions
install: all ## under DESTDIR and PREFIX
	install -d $(DESTDIR)$(PREFIX)/bin
	install $(PROGS) $(DESTDIR)$(PREFIX)/bin
	for n in 1 5 7; do install -d $(SHARE)/man/man$$n && \
	    install -m 644 man/*.$$n $(SHARE)/man/man$$n || exit; done
	install -d $(SHARE)/mime/packages
	install -m 644 formats/cd-tools.xml $(SHARE)/mime/packages
	for d in formats pipelines; do install -d $(SHARE)/cd-tools && \
	    cp -R $$d $(SHARE)/cd-tools || exit; done
	install -d $(BASHCOMP) $(ZSHCOMP)
	install -m 644 $(BUILD)/completion/cd-tools $(BASHCOMP)
	for p in $(notdir $(PROGS)); do \
	    ln -sf cd-tools $(BASHCOMP)/$$p || exit; done
	install -m 644 $(BUILD)/completion/_cd-tools $(ZSHCOMP)
uninstall: ## what install put there
	cd $(DESTDIR)$(PREFIX)/bin && rm -f $(notdir $(PROGS))
	for f in $(notdir $(wildcard man/*.[157])); do \
	    rm -f $(SHARE)/man/man$${f##*.}/$$f; done
	rm -f $(SHARE)/mime/packages/cd-tools.xml
	cd $(BASHCOMP) && rm -f cd-tools $(notdir $(PROGS))
	rm -f $(ZSHCOMP)/_cd-tools
	rm -rf $(SHARE)/cd-tools
# Run in man/, where mandoc looks which pages there are: others are linked at
# Debian's. The index is a page too, of the name and the description of each.
HTML = $(abspath $(BUILD)/html)
PAGES = $(notdir $(wildcard man/*.[157]))
MANDOC = mandoc -T html -O 'style=style.css,man=%N.%S.html;$\
	https://manpages.debian.org/%N.%S'
html: ## the manual pages as HTML, in build/html
	rm -rf $(HTML) && install -d $(HTML)
	install -m 644 man/style.css $(HTML)
	cd man && for p in $(PAGES); do $(MANDOC) $$p > $(HTML)/$$p.html && \
	    sed -i '/"head-vol"/s|>.*<|><a href="index.html">cd-tools</a><|' \
	    $(HTML)/$$p.html || exit; done
	cd man && { printf '%s\n' .Dd '.Dt CD-TOOLS 7' .Os '.Sh MANUAL PAGES' \
	    '.Bl -item -compact' && for p in $(PAGES); do \
	    printf '.It\n.Xr %s %s :\n' $${p%.?} $${p##*.} && \
	    sed -n 's/^\.Nd //p' $$p || exit; \
	done && echo .El; } | $(MANDOC) > $(HTML)/index.html
DIST = cd-tools-$(VERSION)
dist: ## cd-tools-VERSION.tar.gz of the last commit
	git archive --prefix=$(DIST)/ -o $(DIST).tar.gz HEAD
deb: ## Debian packages, in build/deb
	pipelines/deb
clean: ## remove all that was built
	rm -rf build $(patsubst %.c,%,$(wildcard bin/cd-*.c))
help: ## this list
	@awk -F ' ## ' '/^[a-z]+:.*## / { sub(/:.*/, "", $$1); \
	    printf "%-10s %s\n", $$1, $$2 }' Makefile

.PHONY: all tools tests test unit bench lint format fuzz fuzz-programs \
	install uninstall \
	dist html deb clean help FORCE
.SECONDARY:
-include $(wildcard $(BUILD)/lib/*/*.d $(BUILD)/bin/*.d $(BUILD)/bin/*/*.d \
	$(BUILD)/tests/*.d $(BUILD)/tests/*/*.d)
