# Completion of the shells: every option of every command, words, files.
load helper

setup() {
	scratch
	commands=("$ROOT"/bin/cd-*.c)
	commands=("${commands[@]##*/}")
	commands=("${commands[@]%.c}")
}

# completes COMMAND WORD ...: what bash would offer for the last word, a line
# each. --norc: without the bash-completion package.
completes() {
	bash --norc -c '
	. "$1" || exit
	shift
	COMP_WORDS=("$@")
	COMP_CWORD=$(($# - 1))
	complete -p "$1" >/dev/null || exit
	_cd_tools "$1" "${!#}" "${COMP_WORDS[COMP_CWORD - 1]}"
	printf "%s\n" "${COMPREPLY[@]}"' \
		bash "$CD_BUILD/completion/cd-tools" "$@"
}

# The table and --help name the same options, which all complete.
complete_as_help_says() {
	"$1" --help | sed -n 's/^  \(-.,\|   \) \(--[a-z0-9-]*\).*/\2/p' >helped
	"$1" --options | cut -f 1 | diff helped -
	completes "$1" -- | diff helped -
	"$1" --options | awk -F '\t' 'NF != 6 { exit 1 }'
	"$1" --options | cut -f 2 | grep -v -x -e - >letters
	completes "$1" - | grep -x -e '-.' | diff letters -
}

@test "bash: every option of every command" {
	local c
	for c in "${commands[@]}"; do
		complete_as_help_says "$c" || { echo "$c"; false; }
	done
}

@test "bash: every option with files completes files, one with words words" {
	local c name arg traits words got n=0
	touch 'a file.trs'
	mkdir folder
	for c in "${commands[@]}"; do
		while IFS=$'\t' read -r name _ arg traits words _; do
			got=$(completes "$c" "$name" '' | tr '\n' ' ')
			n=$((n + 1))
			case $arg:$traits:$words in
			*:*file*:* | -:*)
				[[ $got == *'a file.trs '*'folder '* ]] ;;
			*:-) [ "$got" = ' ' ] ;;
			*) [ "$got" = "$words " ] ;;
			esac || { echo "$c $name: $got"; false; }
		done < <("$c" --options)
	done
	[ "$n" -gt 150 ]
}

@test "bash: words, files and operands, as they are typed" {
	touch a.trs b.trs -- --grey
	[ "$(completes cd-decode --fit '')" = $'squash\ncrop\npad' ]
	[ "$(completes cd-decode --fit c)" = crop ]
	[ "$(completes cd-decode --fit = c)" = crop ]
	[ "$(completes cd-batch -n '')" = '' ]
	[ "$(completes cd-batch -o a)" = a.trs ]
	[ "$(completes cd-batch --output = a)" = a.trs ]
	[ "$(completes cd-eval --require a)" = $'accuracy=\nauc=' ]
	[ "$(completes cd-train --class-weights balanced : b)" = b.trs ]
	[ "$(completes cd-info --check a.trs b)" = b.trs ]
	[ "$(completes cd-decode -- --g)" = --grey ]
	[ "$(completes cd-decode --gr)" = --grey ]
	# a program of that name that is another
	printf '#!/bin/sh\nexit 1\n' >cd-info
	chmod +x cd-info
	[ "$(completes ./cd-info -)" = '' ]
}

# zsh_makes LINE WORD ...: in a terminal, zsh makes each LINE, with a tab behind
# it, one that holds WORD.
zsh_makes() {
	cat >type.zsh <<-'END'
	zmodload zsh/zpty
	zpty z "env TERM=dumb zsh -f"
	zpty -w z "PS1=; fpath=($CD_AT \$fpath); autoload -Uz compinit"
	zpty -w z "compinit -u -D; setopt no_beep; echo re\\ady"
	zpty -r z got "*ready*"
	for line word; do
		zpty -w -n z $line$'\t'
		zpty -r z got "*$word*" || exit
		zpty -w z $'\x15'
	done
	END
	CD_AT=$CD_BUILD/completion timeout 20 zsh -f type.zsh "$@"
}

@test "zsh: options, words and files" {
	command -v zsh >/dev/null || skip "no zsh"
	touch file.trs
	zsh_makes 'cd-decode --fit c' '--fit crop' \
		'cd-batch -o f' '-o file.trs' \
		'cd-eval --require au' '--require auc=' \
		'cd-train --class-weights balanced:f' 'balanced:file.trs' \
		'cd-info f' 'cd-info file.trs' \
		'cd-cmp --tol' '--tolerance'
}
